"""The little line beside a metric."""

from __future__ import annotations

import re
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from app.metrics.sparkline import line_path, sparkline, step_path

WEEKS = st.lists(
    st.one_of(st.none(), st.decimals(min_value=90, max_value=100, places=3)), min_size=1, max_size=30
)


def values(*texts: str | None) -> list[Decimal | None]:
    return [None if text is None else Decimal(text) for text in texts]


class TestALine:
    def test_is_broken_where_a_week_is_missing(self) -> None:
        assert line_path([(0, 1), (1, 2), None, (3, 2), (4, 1.25)]) == "M0 1L1 2M3 2L4 1.2"

    def test_of_one_week_is_a_dot(self) -> None:
        assert line_path([None, (1, 2), None]) == "M1 2h0"

    def test_of_steps_begins_anew_with_the_year(self) -> None:
        assert step_path([(5, 1), (15, 2), (25, 0), None, (45, 3)], 10, {2}) == (
            "M0 1H10V2H20M20 0H30M40 3H50"
        )


class TestASparkline:
    def test_is_none_where_nothing_is_known(self) -> None:
        assert sparkline(values(None, None), declared_scale="nines") is None

    def test_ends_with_the_newest_value_only_if_there_is_one(self) -> None:
        known = sparkline(values("99.9", "99.95"), declared_scale="nines")
        missing = sparkline(values("99.9", None), declared_scale="nines")
        assert known is not None
        assert missing is not None
        assert known.end is not None
        assert missing.end is None

    def test_puts_exactly_100_above_the_rest(self) -> None:
        drawn = sparkline(values("99.9", "99.9999", "100"), declared_scale="nines")
        assert drawn is not None
        assert drawn.end_is_whole
        heights = [float(y) for y in re.findall(r"[ML][\d.]+ ([\d.]+)", drawn.trace)]
        assert heights[0] > heights[1] > heights[2] + 4

    @given(WEEKS, st.booleans())
    def test_stays_inside_its_place(self, weeks: list[Decimal | None], steps: bool) -> None:
        drawn = sparkline(weeks, declared_scale="nines", target=Decimal("99.98"), steps=steps)
        if all(week is None for week in weeks):
            assert drawn is None
            return
        assert drawn is not None
        numbers = [float(text) for text in re.findall(r"-?\d+(?:\.\d+)?", drawn.trace)]
        assert all(0 <= number <= max(drawn.width, drawn.height) for number in numbers)
        assert drawn.target_y is not None
        assert 0 <= drawn.target_y <= drawn.height
