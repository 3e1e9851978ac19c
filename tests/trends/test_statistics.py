"""What the numbers say: missing weeks, restated values, targets, change."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.trends.axes import WEEK, TimeAxis
from app.trends.statistics import (
    Metric,
    Reading,
    Series,
    TargetFrom,
    failure_change,
    runs,
    series,
    target_spans,
)

FIRST = date(2025, 1, 6)
AXIS = TimeAxis(FIRST, 8)
D = Decimal


def metric(**changes: object) -> Metric:
    usual: dict[str, object] = {
        "id": 1,
        "key": "pay_in_success",
        "name": "入金有效成功率",
        "unit": "%",
        "kind": "rate",
        "direction": "up",
        "rounding": "nearest",
        "scale": "nines",
        "retired_from": None,
        "first_week": FIRST,
    }
    return Metric(**(usual | changes))  # type: ignore[arg-type]  # fields by name


def reading(index: int, literal: str, *, revision: int = 1, stands: bool = True) -> Reading:
    number = literal.rstrip("%")
    decimals = len(number.partition(".")[2])
    return Reading(FIRST + WEEK * index, revision, stands, literal, D(number), decimals)


def laid_out(*readings: Reading, **changes: object) -> Series:
    return series(metric(**changes), readings, AXIS)


class TestAMissingWeek:
    def test_is_one_since_the_first_reading_without_a_value(self) -> None:
        one = laid_out(reading(3, "99.9%"), reading(5, "99.8%"), first_week=FIRST + WEEK * 3)
        assert one.missing == (4, 6, 7)

    def test_is_one_from_the_start_where_the_metric_is_older_than_the_axis(self) -> None:
        assert laid_out(reading(1, "99.9%"), first_week=FIRST - WEEK).missing == (0, 2, 3, 4, 5, 6, 7)

    def test_is_none_after_the_metric_was_retired(self) -> None:
        assert laid_out(reading(0, "99.9%"), retired_from=FIRST + WEEK * 2).missing == (1,)

    def test_is_told_as_a_stretch_with_its_neighbours(self) -> None:
        assert runs([3, 4, 5, 9]) == [(3, 5), (9, 9)]


class TestAValueThatNoRateCanHave:
    @pytest.mark.parametrize("literal", ["100.3%", "-0.5%"])
    def test_takes_part_in_nothing_but_is_kept_as_written(self, literal: str) -> None:
        one = laid_out(reading(0, "99.9%"), reading(1, literal), reading(2, "99.8%"))
        assert [value.literal for value in one.values] == ["99.9%", "99.8%"]
        assert one.impossible[1].literal == literal
        assert 1 not in one.missing_set

    def test_is_one_of_rates_alone(self) -> None:
        one = laid_out(reading(0, "-3"), reading(1, "120"), kind="gauge", unit="万元")
        assert len(one.values) == 2
        assert not one.impossible


class TestARestatedValue:
    def test_keeps_what_was_said_before(self) -> None:
        one = laid_out(reading(0, "99.978%", revision=1, stands=False), reading(0, "99.984%", revision=2))
        assert [value.literal for value in one.values] == ["99.984%"]
        assert one.restated[0].former is not None
        assert one.restated[0].former.literal == "99.978%"

    def test_is_not_one_that_was_only_published_again(self) -> None:
        one = laid_out(reading(0, "99.9%", revision=1, stands=False), reading(0, "99.9%", revision=2))
        assert one.restated == ()

    def test_is_one_that_gained_a_digit(self) -> None:
        one = laid_out(reading(0, "99.9%", revision=1, stands=False), reading(0, "99.90%", revision=2))
        assert len(one.restated) == 1

    def test_that_was_withdrawn_is_missing_and_remembered(self) -> None:
        one = laid_out(reading(0, "99.9%", revision=1, stands=False), reading(1, "99.8%"))
        assert 0 in one.missing_set
        assert one.withdrawn == {0: "99.9%"}


class TestATarget:
    TARGETS = (
        TargetFrom(date(2024, 1, 1), "99.9%", D("99.9")),
        TargetFrom(date(2025, 1, 22), "99.98%", D("99.98")),
    )

    def test_judges_the_week_in_which_it_begins(self) -> None:
        one = laid_out(*(reading(index, "99.95%") for index in range(8)), targets=self.TARGETS)
        assert [one.meets_target(value) for value in one.values] == [True, True] + [False] * 6

    def test_holds_from_its_week_on(self) -> None:
        spans = target_spans(laid_out(targets=self.TARGETS), AXIS)
        assert [(first, until, target.literal) for first, until, target in spans] == [
            (0, 2, "99.9%"),
            (2, 8, "99.98%"),
        ]

    def test_that_is_yet_to_come_is_not_drawn(self) -> None:
        later = (TargetFrom(date(2026, 1, 1), "99.9%", D("99.9")),)
        assert target_spans(laid_out(targets=later), AXIS) == []

    def test_is_none_where_none_was_set(self) -> None:
        one = laid_out(reading(0, "99.9%"))
        assert one.meets_target(one.values[0]) is None


class TestChange:
    def test_is_told_in_failures(self) -> None:
        change = failure_change(D("99.972"), D("99.980"))
        assert (change.before, change.now) == (D(280), D(200))
        assert change.percent == -29

    def test_from_no_failures_has_no_ratio(self) -> None:
        assert failure_change(D(100), D("99.99")).percent is None

    def test_is_only_told_against_the_week_before(self) -> None:
        assert laid_out(reading(0, "99.9%"), reading(2, "99.8%")).change is None
        assert laid_out(reading(0, "99.9%"), reading(1, "99.8%")).change is not None

    @pytest.mark.parametrize("kind", ["ytd_rate", "count", "gauge"])
    def test_is_not_told_of_what_is_no_weekly_rate(self, kind: str) -> None:
        assert laid_out(reading(0, "99.9%"), reading(1, "99.8%"), kind=kind).change is None


class TestTheWorstWeek:
    def test_is_the_lowest_and_the_newest_of_equals(self) -> None:
        one = laid_out(reading(0, "99.5%"), reading(1, "99.5%"), reading(2, "99.9%"))
        assert one.worst is not None
        assert one.worst.index == 1

    def test_is_the_highest_where_lower_is_better(self) -> None:
        one = laid_out(reading(0, "0.5%"), reading(1, "0.1%"), direction="down")
        assert one.worst is not None
        assert one.worst.index == 0
