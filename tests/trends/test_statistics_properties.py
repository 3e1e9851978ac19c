"""What holds of limits and signals whatever was reported, with volumes and without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from app.document.weeks import week_of
from app.trends.axes import WEEK, TimeAxis
from app.trends.statistics import Baseline, Judged, Limits, Reading, checks, judge, series
from app.trends.statistics.xmr import limits
from tests.trends.laying import FIRST, judged, laid_out, metric, spread

LOCKED = (Baseline(FIRST, FIRST + WEEK * 23, "启用多路由"),)
COUNTED = st.lists(st.tuples(st.integers(1, 10**6), st.floats(0, 1)), min_size=0, max_size=40)
GAPPED = st.lists(st.one_of(st.none(), st.integers(-40, 15)), min_size=1, max_size=60)


def counted(weeks: Sequence[tuple[int, int]], **changes: object) -> Judged:
    """Weeks that report how many of how many succeeded, with three decimals."""
    readings = [
        Reading(
            FIRST + WEEK * index,
            1,
            stands=True,
            literal=f"{part / whole * 100:.3f}%",
            value=Decimal(f"{part / whole * 100:.3f}"),
            decimals=3,
            numerator=Decimal(part),
            denominator=Decimal(whole),
        )
        for index, (part, whole) in enumerate(weeks)
    ]
    axis = TimeAxis(FIRST, max(len(weeks), 1))
    return judge(series(metric(**changes), readings, axis), axis)


def shares(weeks: Sequence[tuple[int, float]]) -> list[tuple[int, int]]:
    return [(round(whole * share), whole) for whole, share in weeks]


class TestLimitsWithVolumes:
    @settings(deadline=None)
    @given(COUNTED)
    def test_never_leave_0_to_100(self, weeks: list[tuple[int, float]]) -> None:
        one = counted(shares(weeks))
        for value in one.series.values:
            bounds = one.bounds_of(value)
            if bounds is not None:
                assert 0 <= bounds.lower <= bounds.centre <= bounds.upper <= 100

    ORDINARY = tuple((99_980 + step, 100_000) for step in (1, -3, 4, -2, 3, -4, 2, -1, 5, -2, 3, 0) * 2)

    @settings(deadline=None)
    @given(st.lists(st.integers(-60, 15), max_size=20), st.lists(st.integers(-3, 3), min_size=1, max_size=12))
    def test_never_lose_a_signal_when_ordinary_weeks_follow(self, steps: list[int], more: list[int]) -> None:
        weeks = [*self.ORDINARY, *((99_980 + step, 100_000) for step in steps)]
        before = counted(weeks, baselines=LOCKED)
        after = counted([*weeks, *((99_980 + step, 100_000) for step in more)], baselines=LOCKED)
        assert before.limits is not None
        assert before.limits.method == "p_prime"
        assert before.signals.keys() <= after.signals.keys()

    def test_judge_what_was_counted_not_what_it_was_rounded_to(self) -> None:
        """What reads 99.9 % may be ordinary or not; 99,899 of 100,000 are not."""
        one = counted([*self.ORDINARY, (99_899, 100_000)])
        two = [replace(value, low=Decimal("99.85"), high=Decimal("99.985")) for value in one.series.values]
        blurred = replace(one.series, values=tuple(two))
        signal = judge(blurred, TimeAxis(FIRST, 25)).signals[24]
        assert signal.certain
        assert signal.kind == "outside"

    def test_are_none_where_too_few_weeks_stand_next_to_one_another(self) -> None:
        volumes = [1000] * 20
        gapped = [str(90 + index % 7) if index % 3 == 0 else None for index in range(20)]
        one, _ = laid_out(*gapped, volumes=volumes)
        assert limits(one.metric, one.values) == "too_few"
        gapped[1], gapped[2], gapped[4] = "91", "95", "92"
        one, _ = laid_out(*gapped, volumes=volumes)
        assert isinstance(limits(one.metric, one.values), Limits)


class TestWeeksMissing:
    @settings(deadline=None)
    @given(GAPPED, st.integers(min_value=-300, max_value=300))
    def test_weigh_the_same_on_other_dates(self, steps: list[int | None], later: int) -> None:
        values = [None if step is None else spread("99.980", step)[0] for step in steps]
        one, other = judged(*values), judged(*values, first=FIRST + timedelta(days=7 * later))
        assert (one.signals, one.variation, one.limits) == (other.signals, other.variation, other.limits)

    @settings(deadline=None)
    @given(GAPPED, GAPPED)
    def test_take_no_signal_away_under_locked_limits(
        self, steps: list[int | None], more: list[int | None]
    ) -> None:
        ordinary = spread("99.980", *[1, -3, 4, -2, 3, -4, 2, -1, 5, -2, 3, 0] * 2)
        weeks = [*ordinary, *(None if step is None else spread("99.980", step)[0] for step in steps)]
        later = [None if step is None else spread("99.980", step % 3)[0] for step in more]
        before = judged(*weeks, baselines=LOCKED)
        after = judged(*weeks, *later, baselines=LOCKED)
        assert before.signals.keys() <= after.signals.keys()


class TestTheTurnOfTheYear:
    def test_counts_no_minute_twice(self) -> None:
        """The last week of 2025 ends in 2026; its year has no more than 365 days."""
        one, _ = laid_out("99.990", kind="ytd_rate", first=date(2025, 12, 29))
        (check,) = checks(one, lambda _: 2025)
        assert check.high == Decimal("0.0105") * 365 * 1440 / 100
        (check,) = checks(one, lambda week: week_of(week, "iso")[0])
        assert check.high == Decimal("0.0105") * 4 * 1440 / 100


def test_a_rate_of_failures_so_far_implies_what_it_says() -> None:
    weeks = ("0.010", "0.010", "0.005")
    one, _ = laid_out(*weeks, kind="ytd_rate", direction="down", first=date(2025, 5, 5))
    found = checks(one, lambda _: 2025)
    assert found[0].low == Decimal("0.0095") * 131 * 1440 / 100
    assert [each.consistent for each in found] == [True, True, False]
