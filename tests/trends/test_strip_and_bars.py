"""The incident strip, Pareto bars, and the dots of recovery times."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from app.trends.axes import TimeAxis
from app.trends.geometry import Happened, dot_plot, incident_strip, pareto

AXIS = TimeAxis(date(2024, 6, 17), 52)
D = Decimal


def happened(
    week: int, grade: str, amount: str | None = None, number: int = 1, currency: str | None = "CNY"
) -> Happened:
    return Happened(number, AXIS.week(week), grade, D(amount) if amount else None, currency)


class TestTheIncidentStrip:
    def test_has_a_row_a_grade_the_gravest_on_top(self) -> None:
        strip = incident_strip(
            AXIS, [happened(3, grade) for grade in ("A", "AB", "B", "CD", "C", "D", "open")]
        )
        assert [strip.rows.index(mark.y) for mark in strip.marks] == [0, 1, 1, 2, 2, 3, 4]

    def test_makes_areas_proportional_to_amounts(self) -> None:
        large, small = incident_strip(AXIS, [happened(3, "B", "8000000"), happened(20, "C", "2000000")]).marks
        assert (large.r, small.r) == (10.0, 5.0)

    def test_sizes_each_currency_by_itself(self) -> None:
        yuan, less, dollars, unsaid = incident_strip(
            AXIS,
            [
                happened(3, "B", "8000000"),
                happened(20, "C", "2000000"),
                happened(30, "D", "1000", currency="USD"),
                happened(40, "D", "70", currency=None),
            ],
        ).marks
        assert (yuan.r, less.r, dollars.r, unsaid.r) == (10.0, 5.0, 10.0, 10.0)

    def test_still_shows_what_has_no_amount(self) -> None:
        (mark,) = incident_strip(AXIS, [happened(3, "D")]).marks
        assert mark.r > 3
        assert mark.named == ""

    def test_places_an_accident_on_its_day(self) -> None:
        one = Happened(1, AXIS.first + timedelta(days=182), "C")
        assert incident_strip(AXIS, [one]).marks[0].x == 50

    def test_keeps_a_day_outside_the_axis_at_its_edge(self) -> None:
        one = Happened(1, AXIS.first - timedelta(days=3), "C")
        assert incident_strip(AXIS, [one]).marks[0].x == 0

    def test_names_the_largest_where_nothing_is_in_the_way(self) -> None:
        strip = incident_strip(
            AXIS, [happened(20, "C", "500"), happened(22, "C", "100"), happened(49, "D", "90")]
        )
        assert [mark.named for mark in strip.marks] == ["fin", "beg", "fin"]

    def test_of_nothing_is_an_empty_frame(self) -> None:
        assert incident_strip(AXIS, []).marks == ()


class TestBars:
    def test_are_the_most_frequent_first(self) -> None:
        bars = pareto(["change", "code", "change", "capacity"])
        assert [(bar.name, bar.count) for bar in bars] == [("change", 2), ("capacity", 1), ("code", 1)]
        assert [bar.share for bar in bars] == [1, 0.5, 0.5]
        assert bars[-1].total == 1

    def test_tell_the_rest_as_one(self) -> None:
        bars = pareto("aabbccddeeffgh")
        assert (len(bars), bars[-1].name, bars[-1].count) == (6, None, 4)

    def test_of_nothing_are_none(self) -> None:
        assert pareto([]) == []


class TestTheDotsOfRecoveryTimes:
    def test_mark_the_median_and_never_a_mean(self) -> None:
        plot = dot_plot([(1, 5), (2, 10), (3, 600)])
        assert plot is not None
        assert plot.median == 10

    @settings(deadline=None)
    @given(st.lists(st.integers(min_value=0, max_value=20_000), min_size=1, max_size=60))
    def test_never_touch_on_one_row_and_keep_their_order(self, minutes: list[int]) -> None:
        plot = dot_plot(list(enumerate(minutes)))
        assert plot is not None
        assert len(plot.dots) == len(minutes)
        for y in {dot.y for dot in plot.dots}:
            row = sorted(dot.x for dot in plot.dots if dot.y == y)
            assert all(after - before >= 9 / 240 * 100 - 0.02 for before, after in pairwise(row))
        assert all(0 <= dot.x <= 100 for dot in plot.dots)
        assert all(0 <= x <= 100 for _, x in plot.ticks)

    def test_of_nothing_are_none(self) -> None:
        assert dot_plot([]) is None
