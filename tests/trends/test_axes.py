"""Axes: labels that are round and never touch."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.metrics.scales import Scale, position
from app.trends.axes import LEAST_APART, MONTH_LABEL, NARROW, WIDE, TimeAxis, value_ticks

JANUARY = date(2024, 12, 30)
D = Decimal


def labels(scale: Scale, low: str, high: str, height: float = 120) -> list[str]:
    bottom, top = position(scale, D(low)), position(scale, D(high))
    assert bottom is not None
    assert top is not None
    ticks = value_ticks(scale, bottom, top, lambda at: height - (at - bottom) / (top - bottom) * height)
    return [f"{tick.value:f}" for tick in ticks]


class TestTheLabelsOfANinesAxis:
    def test_are_the_roundest_values_in_its_range(self) -> None:
        assert labels("nines", "99.4", "99.995") == ["99.995", "99.99", "99.95", "99.9", "99.5"]
        assert labels("nines", "90", "99.999") == ["99.999", "99.99", "99.9", "99", "90"]

    def test_are_equal_steps_where_the_range_is_narrow(self) -> None:
        assert labels("nines", "96.9", "97.65") == ["97.6", "97.4", "97.2", "97.0"]

    def test_reach_down_to_nothing(self) -> None:
        assert labels("nines", "0", "99")[-1] == "0"

    @settings(deadline=None)
    @given(
        st.decimals(min_value=0, max_value="99.99", places=3),
        st.decimals(min_value="0.001", max_value=60, places=3),
        st.sampled_from(["nines", "logit", "linear"]),
    )
    def test_never_touch_and_stay_inside(self, low: Decimal, span: Decimal, scale: Scale) -> None:
        high = min(low + span, D("99.9999"))
        low = max(low, D("0.001"))
        bottom, top = position(scale, low), position(scale, high)
        assert bottom is not None
        assert top is not None
        if top - bottom < 0.1:
            return
        ticks = value_ticks(scale, bottom, top, lambda at: 120 - (at - bottom) / (top - bottom) * 120)
        assert len(ticks) >= 2
        assert all(after.y - before.y >= LEAST_APART - 0.2 for before, after in pairwise(ticks))
        assert all(-0.1 <= tick.y <= 120.1 for tick in ticks)
        assert all(before.value > after.value for before, after in pairwise(ticks))


class TestTheLabelsOfAGauge:
    def test_are_whole_where_things_are_counted(self) -> None:
        ticks = value_ticks("linear", 0, 2, lambda at: 100 - 50 * at, whole_numbers=True)
        assert [tick.value for tick in ticks] == [2, 1, 0]


class TestTheTimeAxis:
    def test_places_days_and_weeks(self) -> None:
        axis = TimeAxis(JANUARY, 4)
        assert axis.x(date(2025, 1, 13)) == 50
        assert axis.centre(0) == 12.5
        assert axis.edge(3) == 75
        assert axis.index(date(2025, 1, 19)) == 2
        assert axis.index(date(2024, 12, 29)) == -1
        assert axis.end == date(2025, 1, 27)

    def test_names_months_of_half_a_year(self) -> None:
        ticks = TimeAxis(date(2024, 12, 16), 26).ticks()
        assert [tick.kind for tick in ticks] == ["year", "month", "month", "month", "month", "month"]
        assert not any(tick.minor for tick in ticks)

    def test_names_every_other_month_of_a_year_on_a_phone(self) -> None:
        ticks = TimeAxis(JANUARY, 52).ticks()
        assert [tick.day.month for tick in ticks if not tick.minor] == [1, 3, 5, 7, 9, 11]
        assert len(ticks) == 12

    def test_names_years_of_a_decade(self) -> None:
        ticks = TimeAxis(date(2016, 1, 4), 520).ticks()
        assert {tick.kind for tick in ticks} == {"year"}

    def test_names_mondays_of_a_few_weeks(self) -> None:
        assert [tick.kind for tick in TimeAxis(JANUARY, 8).ticks()] == ["week"] * 8

    @settings(deadline=None)
    @given(st.integers(min_value=1, max_value=1040), st.integers(min_value=0, max_value=1000))
    def test_never_lets_two_labels_touch(self, weeks: int, later: int) -> None:
        ticks = TimeAxis(date(2010, 1, 4) + timedelta(days=7 * later), weeks).ticks()
        for width, shown in ((WIDE, ticks), (NARROW, [tick for tick in ticks if not tick.minor])):
            gap = MONTH_LABEL / width * 100
            assert all(after.x - before.x >= gap - 0.02 for before, after in pairwise(shown))

    @pytest.mark.parametrize("weeks", [26, 52, 104, 156, 520])
    def test_has_labels_at_any_length(self, weeks: int) -> None:
        assert len([tick for tick in TimeAxis(JANUARY, weeks).ticks() if not tick.minor]) >= 3
