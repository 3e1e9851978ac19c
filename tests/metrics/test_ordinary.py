"""What is pointed out about a typed value, and what is not."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from app.metrics import ordinary
from app.metrics.ordinary import (
    Hint,
    Known,
    Subject,
    Typed,
    hints_for,
    ordinary_range,
    percent_of,
    usual_decimals,
)

FIRST = date(2025, 1, 6)
STEADY = ("99.972", "99.981", "99.968", "99.990", "99.975", "99.979", "99.983", "99.970", "99.988")


def known(*values: str, unit: str = "%", first: date = FIRST) -> list[Known]:
    """Past values week by week, `-` for a missing one."""
    return [
        Known(first + timedelta(days=7 * number), value + unit, Decimal(value), decimals(value))
        for number, value in enumerate(values)
        if value != "-"
    ]


def decimals(value: str) -> int:
    return len(value.partition(".")[2])


def subject(*values: str, kind: str = "rate", unit: str = "%", direction: str = "up") -> Subject:
    return Subject(kind, direction, "cbrt", "nearest", known(*values, unit=unit))


def hints(of: Subject, value: str, *, unit: str = "%", counts: tuple[str, str] | None = None) -> list[Hint]:
    week = of.past[-1].week + timedelta(days=7) if of.past else FIRST
    typed = Typed(week, date(2024, 12, 30), value + unit, Decimal(value), decimals(value), counts)
    return hints_for(of, typed)


def kinds(of: Subject, value: str, *, unit: str = "%") -> list[str]:
    return [hint.kind for hint in hints(of, value, unit=unit)]


class TestTheOrdinaryRange:
    def test_is_that_of_an_xmr_chart_screened_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(ordinary, "FEWEST_RANGES", 3)  # the well-known example has three
        values = ["1", "2", "1", "2", "10", "1", "2", "1", "2", "1", "2", "1", "2", "1", "2", "1", "2", "1"]
        found = ordinary_range(subject(*values, kind="gauge", unit=""))
        assert found is not None
        assert (round(found.low, 2), round(found.high, 1)) == (Decimal("-0.72"), Decimal("4.6"))

    def test_of_a_rate_never_passes_the_whole(self) -> None:
        found = ordinary_range(subject(*STEADY))
        assert found is not None
        assert Decimal("99.9") < found.low < Decimal("99.968")
        assert Decimal("99.99") < found.high <= 100

    def test_of_failures_lies_the_other_way_round(self) -> None:
        mirrored = [f"{100 - Decimal(value):f}" for value in STEADY]
        up, down = ordinary_range(subject(*STEADY)), ordinary_range(subject(*mirrored, direction="down"))
        assert up is not None
        assert down is not None
        assert float(down.low) == pytest.approx(float(100 - up.high))
        assert float(down.high) == pytest.approx(float(100 - up.low))

    def test_needs_six_values_that_differ(self) -> None:
        assert ordinary_range(subject(*STEADY[:5])) is None
        assert ordinary_range(subject(*["99.99", "99.98"] * 8)) is None

    def test_takes_no_range_across_a_missing_week(self) -> None:
        before, after = ("99.97", "99.98", "99.97", "99.985"), ("99.95", "99.96", "99.955", "99.965")
        with_gap, without = (*before, "-", *after), (*before, *after)
        gap, whole = ordinary_range(subject(*with_gap)), ordinary_range(subject(*without))
        assert gap is not None
        assert whole is not None
        assert gap.high - gap.low < whole.high - whole.low


class TestATypedValue:
    @pytest.mark.parametrize("value", ["99.979", "99.980", "99.970"])
    def test_inside_the_range_is_ordinary(self, value: str) -> None:
        assert kinds(subject(*STEADY), value) == ["ordinary"]

    def test_outside_is_asked_about_with_the_range(self) -> None:
        (hint,) = hints(subject(*STEADY), "99.817")
        assert hint.kind == "outside"
        assert (str(hint.low), str(hint.high)) == ("99.926", "99.998")

    @pytest.mark.parametrize(
        ("typed", "meant"),
        [("9.9979", "99.979%"), ("9.998", "99.98%"), ("9.9980", "99.980%"), ("9.9721", "99.721%")],
    )
    def test_with_its_point_moved_is_asked_about_with_every_digit(self, typed: str, meant: str) -> None:
        assert hints(subject(*STEADY), typed)[0] == Hint("shift", literal=meant)

    def test_of_a_count_may_have_a_digit_too_many(self) -> None:
        of = subject("1210", "1180", "1240", "1195", kind="count", unit="笔")
        assert hints(of, "12000", unit="笔")[0].literal == "1200笔"
        assert hints(of, "121", unit="笔")[0].literal == "1210笔"

    def test_with_fewer_decimals_than_usual_is_told_so(self) -> None:
        assert hints(subject(*STEADY), "99.98")[-1] == Hint("fewer", usual=3)

    def test_of_exactly_100_is_not_asked_for_decimals(self) -> None:
        assert "fewer" not in kinds(subject(*STEADY), "100")

    def test_of_a_metric_too_coarse_is_asked_for_one_more(self) -> None:
        of = subject(*["99.99", "99.98"] * 6)
        assert kinds(of, "99.99") == ["coarse"]
        assert hints(of, "99.99", counts=("9999", "10000")) == []

    def test_that_its_counts_do_not_give_is_said(self) -> None:
        assert hints(subject(), "99.98", counts=("9997", "10000")) == [Hint("disagrees", literal="99.97%")]
        assert hints(subject(), "99.98", counts=("99986", "100000")) == []  # cut, not rounded
        assert hints(subject(), "99.99", counts=("99986", "100000")) == []  # rounded

    def test_of_a_metric_nobody_knows_gets_no_word(self) -> None:
        assert hints(subject(), "1") == []


class TestAYearToDateValue:
    def test_of_a_count_never_falls_within_a_year(self) -> None:
        of = subject("1", "2", "3", kind="ytd_count", unit="次")
        assert hints(of, "2", unit="次") == [Hint("falls", literal="3次")]
        assert hints(of, "3", unit="次") == []

    def test_starts_again_in_another(self) -> None:
        of = subject("9", "9", "9", kind="ytd_count", unit="次")
        new_year = Typed(date(2026, 1, 5), date(2025, 12, 29), "1次", Decimal(1), 0)
        assert hints_for(of, new_year) == []

    def test_of_availability_never_takes_downtime_back(self) -> None:
        of = subject("99.990", "99.980", kind="ytd_rate")
        assert hints(of, "99.999")[0] == Hint("falls", literal="99.980%")
        assert "falls" not in kinds(of, "99.985")


class TestWorkingOutARate:
    @pytest.mark.parametrize(
        ("numerator", "denominator", "wanted"),
        [
            ("9998", "10000", "99.980%"),
            ("1", "3", "33.333%"),
            ("999999", "1000000", "99.999%"),
            ("9", "9", "100.000%"),
        ],
    )
    def test_rounds_up_to_the_whole_only_where_nothing_failed(
        self, numerator: str, denominator: str, wanted: str
    ) -> None:
        assert percent_of(numerator, denominator, 3) == wanted


def test_the_usual_decimals_are_those_of_most_weeks() -> None:
    assert usual_decimals(known("99.9", "99.98", "99.97", "99.980", "99.970", "99.96")) == 2
    assert usual_decimals([]) is None
