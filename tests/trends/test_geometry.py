"""From points to paths: gaps, the lane of 100 %, targets, labels."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.trends.axes import TimeAxis
from app.trends.geometry import Chart, Frame, Level, Point, Target, draw
from app.trends.geometry.chart import LABEL_HEIGHT
from app.trends.pins import lay_pins

AXIS = TimeAxis(date(2024, 12, 16), 26)
D = Decimal
RATES = st.lists(
    st.one_of(st.none(), st.decimals(min_value=0, max_value=100, places=3)), min_size=1, max_size=26
)


def points(*values: str | Decimal | None, half: str = "0.0005") -> list[Point]:
    return [
        Point(index, D(value), max(D(value) - D(half), D(0)), min(D(value) + D(half), D(100)))
        for index, value in enumerate(values)
        if value is not None
    ]


def chart(*values: str | Decimal | None, **more: object) -> Chart:
    missing = [index for index, value in enumerate(values) if value is None]
    return draw(AXIS, points(*values), missing=missing, **more)  # type: ignore[arg-type]  # as they are named


class TestAChart:
    def test_is_drawn_as_it_always_was(self) -> None:
        drawn = chart("99.987", "99.99", "99.985", None, "99.931", targets=[Target(0, 26, D("99.98"))])
        assert drawn.trace == "M5 38.8L15 26L25 45.7M45 120h0"
        assert drawn.dots == "M5 38.8h0M15 26h0M25 45.7h0"
        assert [(mark.index, mark.newest) for mark in drawn.marks] == [(4, True)]
        assert drawn.targets[0].y == 59.7
        assert [(f"{tick.value:f}", tick.y) for tick in drawn.ticks] == [
            ("99.99", 26.0),
            ("99.98", 59.7),
            ("99.95", 104.3),
            ("99.9", 138.1),
        ]
        assert (drawn.height, drawn.axis_y, drawn.lane) == (170.0, 148.0, None)

    @settings(deadline=None)
    @given(RATES)
    def test_is_higher_where_the_value_is(self, values: list[Decimal | None]) -> None:
        drawn = chart(*values)
        known = [value for value in values if value is not None]
        heights = sorted(zip(known, drawn.heights.values(), strict=True), key=lambda pair: pair[0])
        assert all(low[1] >= high[1] for low, high in pairwise(heights))
        assert all(drawn.plot_top <= y <= drawn.plot_bottom for value, y in heights if value != 100)

    @settings(deadline=None)
    @given(RATES)
    def test_draws_each_point_once_as_a_dot_or_a_mark(self, values: list[Decimal | None]) -> None:
        drawn = chart(*values)
        known = sum(1 for value in values if value is not None)
        assert drawn.dots.count("M") + len(drawn.marks) == known

    @settings(deadline=None)
    @given(RATES)
    def test_breaks_its_line_at_every_gap(self, values: list[Decimal | None]) -> None:
        runs = re.findall(r"1+", "".join("0" if value is None else "1" for value in values))
        assert chart(*values).trace.count("M") == len(runs)

    @settings(deadline=None)
    @given(RATES)
    def test_has_no_infinite_coordinates(self, values: list[Decimal | None]) -> None:
        assert not re.search(r"nan|inf", repr(chart(*values)))

    def test_of_nothing_is_an_empty_frame(self) -> None:
        drawn = chart()
        assert (drawn.trace, drawn.marks, drawn.latest) == ("", (), None)
        assert len(drawn.ticks) >= 2


class TestExactly100:
    def test_stands_in_a_lane_of_its_own_with_an_open_mark(self) -> None:
        drawn = chart("99.99", "100.000", "99.98")
        assert drawn.lane is not None
        top, height = drawn.lane
        assert [mark.index for mark in drawn.marks if mark.whole] == [1]
        assert drawn.heights[1] == top + height / 2
        assert all(drawn.heights[index] > top + height for index in (0, 2))

    def test_is_no_lane_where_nothing_reaches_it(self) -> None:
        assert chart("99.99999").lane is None

    def test_every_week_still_has_an_axis_below(self) -> None:
        drawn = chart("100", "100")
        assert [f"{tick.value:f}" for tick in drawn.ticks] == ["99.99", "99.98", "99.95", "99.9"]

    def test_as_a_target_is_a_line_in_the_lane(self) -> None:
        drawn = chart("99.9", targets=[Target(0, 26, D(100))])
        assert drawn.lane is not None
        assert drawn.targets[0].y == drawn.lane[0] + drawn.lane[1] / 2


class TestAValueBelow90:
    def test_that_is_the_rule_gets_a_logit_axis(self) -> None:
        assert chart("85.2", "88.1", "71.3").scale == "logit"

    def test_once_stays_on_the_nines(self) -> None:
        assert chart("99.9", "85", "99.8").scale == "nines"


class TestMissingWeeks:
    def test_are_drawn_as_one_gap_where_they_are_neighbours(self) -> None:
        drawn = chart("99.9", None, None, "99.8", None, "99.9")
        assert [(gap.first, gap.last) for gap in drawn.gaps] == [(1, 2), (4, 4)]

    @settings(deadline=None)
    @given(st.sets(st.integers(min_value=0, max_value=519)))
    def test_are_labelled_only_where_the_word_fits(self, missing: set[int]) -> None:
        axis = TimeAxis(date(2016, 1, 4), 520)
        gaps = draw(axis, [], missing=sorted(missing)).gaps
        labelled = [gap.centre for gap in gaps if gap.label != "none"]
        on_a_phone = [gap.centre for gap in gaps if gap.label == "always"]
        assert all(after - before >= 20 / 640 * 100 for before, after in pairwise(labelled))
        assert all(after - before >= 20 / 240 * 100 for before, after in pairwise(on_a_phone))


class TestATarget:
    def test_is_a_step_where_it_changes(self) -> None:
        drawn = chart("99.9", targets=[Target(0, 10, D("99.9")), Target(10, 26, D("99.98"))])
        first, second = drawn.targets
        assert second.rise_from == first.y
        assert first.x2 == second.x1
        assert drawn.target_label is not None
        assert (drawn.target_label.value, drawn.target_label.y) == (D("99.98"), second.y)

    def test_that_ended_is_not_labelled_as_if_it_held(self) -> None:
        assert chart("99.9", targets=[Target(0, 10, D("99.9"))]).target_label is None

    @settings(deadline=None)
    @given(
        st.decimals(min_value=99, max_value=100, places=3), st.decimals(min_value=99, max_value=100, places=3)
    )
    def test_label_never_touches_the_newest_values(self, value: Decimal, target: Decimal) -> None:
        drawn = chart(*[None] * 25, value, targets=[Target(0, 26, target)])
        assert drawn.latest is not None
        assert drawn.target_label is not None
        assert abs(drawn.latest.y - drawn.target_label.y) >= LABEL_HEIGHT - 0.2

    @settings(deadline=None)
    @given(
        st.decimals(min_value=99, max_value=100, places=3), st.decimals(min_value=99, max_value=100, places=3)
    )
    def test_line_never_runs_through_a_value_that_is_not_of_the_last_week(
        self, value: Decimal, target: Decimal
    ) -> None:
        drawn = chart(value, value, targets=[Target(0, 26, target)])
        assert drawn.latest is not None
        assert drawn.target_label is not None
        assert abs(drawn.latest.y - drawn.target_label.y) >= LABEL_HEIGHT - 0.2


class TestLabels:
    def test_stand_at_the_newest_and_the_worst_value(self) -> None:
        drawn = chart("99.9", "99.5", "99.8", *[None] * 22, "99.7")
        assert drawn.latest is not None
        assert drawn.extreme is not None
        assert (drawn.latest.index, drawn.latest.x) == (25, 100.0)
        assert (drawn.extreme.index, drawn.extreme.anchor) == (1, "start")

    def test_of_a_value_that_is_not_new_stand_beside_it(self) -> None:
        drawn = chart("99.9", "99.5")
        assert drawn.latest is not None
        assert drawn.latest.x == AXIS.centre(1)

    def test_name_the_highest_where_lower_is_better(self) -> None:
        drawn = chart("0.1", "0.9", "0.2", "0.3", lower_is_better=True, declared_scale="logit")
        assert drawn.extreme is not None
        assert drawn.extreme.index == 1
        assert drawn.extreme.y < drawn.heights[1]


class TestLimits:
    ORDINARY = (99.95, 99.98, 99.99)

    def test_are_a_band_with_its_centre(self) -> None:
        (band,) = chart("99.98", "99.97", levels=[Level(0, 26, [self.ORDINARY])]).bands
        assert band.top < band.centre < band.bottom
        assert (band.x1, band.x2, band.upper_line, band.lower_line) == (0, 100, True, True)

    def test_that_cannot_be_passed_have_no_line(self) -> None:
        drawn = chart("99.98", "100", levels=[Level(0, 26, [(99.95, 99.98, 100.0)])])
        (band,) = drawn.bands
        assert drawn.lane is not None
        assert (band.upper_line, band.top) == (False, drawn.lane[0])

    def test_by_volume_are_steps(self) -> None:
        (band,) = chart("99.98", levels=[Level(0, 2, [self.ORDINARY, (99.96, 99.98, 99.985)])]).bands
        assert band.area.count("M") == 1
        assert band.area.endswith("Z")
        assert band.lines.count("M") == 2

    def test_show_the_break_where_a_baseline_begins(self) -> None:
        assert chart("99.98", breaks=[13]).breaks == (50,)

    def test_need_room_themselves(self) -> None:
        drawn = chart("99.98", "99.981", levels=[Level(0, 26, [(99.9, 99.98, 99.99)])])
        assert drawn.bands[0].bottom < drawn.plot_bottom


class TestSignals:
    def test_are_marks_of_their_own(self) -> None:
        said = [Point(0, D("99.9"), D("99.9"), D("99.9"), sign="worse", strong=True), *points("99.98")[1:]]
        (mark,) = draw(AXIS, said).marks
        assert (mark.sign, mark.strong) == ("worse", True)


class TestCharts:
    def test_of_one_frame_share_a_scale(self) -> None:
        frame = Frame([D("99.9"), D("99.99")])
        one, other = draw(AXIS, points("99.95"), frame=frame), draw(AXIS, points("99.99"), frame=frame)
        assert one.ticks == other.ticks
        assert one.heights[0] > other.heights[0]

    def test_of_ten_years_have_no_dot_a_week(self) -> None:
        axis = TimeAxis(date(2016, 1, 4), 520)
        drawn = draw(axis, points(*(["99.98", "99.97"] * 260), half="0.05"))
        assert (drawn.dots, drawn.whiskers, drawn.crowded) == ("", "", True)


class TestAYearToDateMetric:
    def test_is_a_line_of_steps_that_starts_again(self) -> None:
        drawn = chart("99.99", "99.99", "99.95", steps=True, restarts={2})
        assert drawn.trace.startswith("M0 ")
        assert drawn.trace.count("M") == 2
        assert "L" not in drawn.trace


class TestRestatedAndRounded:
    def test_a_restated_value_shows_where_it_was(self) -> None:
        drawn = draw(AXIS, [Point(0, D("99.98"), D("99.98"), D("99.98"), former=D("99.95"))])
        assert drawn.marks[0].former_y is not None
        assert drawn.marks[0].former_y > drawn.marks[0].y

    def test_a_coarse_value_has_whiskers_inside_the_plot(self) -> None:
        drawn = draw(AXIS, points("99.99", "99.9", half="0.005"))
        first = re.match(r"M5 ([\d.]+)V([\d.]+)", drawn.whiskers)
        assert first is not None
        assert drawn.plot_top <= float(first[1]) < drawn.heights[0] < float(first[2]) <= drawn.plot_bottom
        assert chart("99.990", "99.900").whiskers == ""

    def test_a_zero_on_a_rate_that_may_be_low_is_drawn(self) -> None:
        assert chart("0", "0.5", "0.2", declared_scale="logit").scale == "linear"


class TestPins:
    @settings(deadline=None)
    @given(st.lists(st.integers(min_value=0, max_value=51), max_size=60))
    def test_are_all_there_and_never_over_one_another(self, weeks: list[int]) -> None:
        axis = TimeAxis(date(2024, 6, 17), 52)
        pins = lay_pins(axis, sorted(weeks))
        numbers = [number for pin in pins.marks for number in range(pin.first, pin.last + 1)]
        assert numbers == list(range(1, len(weeks) + 1))
        for row in range(pins.rows):
            on_row = [pin for pin in pins.marks if pin.row == row]
            for before, after in pairwise(on_row):
                wide = 36 if max(before.last - before.first, after.last - after.first) else 18
                assert after.x - before.x >= min(wide, 18) / 240 * 100 - 0.02

    def test_of_one_week_share_a_mark(self) -> None:
        pins = lay_pins(AXIS, [3, 3, 9])
        assert [(pin.first, pin.last) for pin in pins.marks] == [(1, 2), (3, 3)]

    def test_keep_the_numbers_they_are_given(self) -> None:
        pins = lay_pins(TimeAxis(date(2025, 5, 5), 6), [1, 4], numbers=[9, 10])
        assert [pin.first for pin in pins.marks] == [9, 10]

    def test_stand_below_the_plot_with_a_stem_to_the_point(self) -> None:
        drawn = chart("99.9", "99.5", pins=lay_pins(AXIS, [1]))
        (pin, y), (stem,) = drawn.pins[0], drawn.stems
        assert pin.x == stem.x
        assert drawn.plot_bottom < y < drawn.axis_y
        assert stem.y1 == pytest.approx(drawn.heights[1] + 7)
        assert stem.y2 == y
