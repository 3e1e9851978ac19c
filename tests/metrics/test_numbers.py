"""Numbers as reported: exact, with the interval they stand for, and where they stand on a scale."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.metrics.scales import (
    Interval,
    as_typed,
    exact,
    failures_per_million,
    fitting_scale,
    interval,
    is_met,
    on_the_point,
    plain,
    position,
)

D = Decimal
RATES = st.decimals(min_value=0, max_value=100, places=4)


class TestATypedNumber:
    @pytest.mark.parametrize(
        ("typed", "value"),
        [
            ("99.980", D("99.980")),
            ("1,029,126,803.25", D("1029126803.25")),
            ("-3", D(-3)),
            ("９９.９", D("99.9")),
        ],
    )
    def test_keeps_every_digit(self, typed: str, value: Decimal) -> None:
        assert str(exact(typed)) == str(value)

    @pytest.mark.parametrize("typed", ["", "约", "NaN", "Infinity", "1e5", "1" * 50, "9.9.9", "0x1"])
    def test_that_is_no_finite_decimal_is_none(self, typed: str) -> None:
        assert exact(typed) is None

    @pytest.mark.parametrize(
        ("literal", "value", "unit", "typed"),
        [
            ("入金有效成功率：99.980%", "99.980", "%", "99.980%"),
            ("99.98 %", "99.98", "%", "99.98 %"),
            ("可用性 99.99％，同比持平", "99.99", "%", "99.99％"),
            ("未结工单：12个", "12", "个", "12个"),
            ("交易额：1,234元", "1234", "元", "1,234元"),
            ("延迟 12 ms", "12", "ms", "12 ms"),
            ("", "5", None, "5"),
        ],
    )
    def test_is_cut_out_of_its_line_as_it_was_typed(
        self, literal: str, value: str, unit: str | None, typed: str
    ) -> None:
        assert as_typed(literal, value, unit) == typed


class TestAnInterval:
    def test_is_half_a_digit_to_both_sides(self) -> None:
        assert interval(D("99.972"), 3, "nearest", rate=True) == Interval(D("99.9715"), D("99.9725"))

    def test_of_a_truncated_metric_lies_above(self) -> None:
        assert interval(D("99.99"), 2, "truncate", rate=True) == Interval(D("99.99"), D("100.00"))

    def test_of_a_rate_stays_within_the_whole(self) -> None:
        assert interval(D(100), 0, "nearest", rate=True) == Interval(D("99.5"), D(100))
        assert interval(D(0), 1, "nearest", rate=True).low == 0

    def test_of_what_no_rate_can_be_is_about_the_value_all_the_same(self) -> None:
        assert interval(D("100.3"), 1, "nearest", rate=True) == Interval(D("100.25"), D("100.35"))
        assert interval(D("-0.5"), 1, "nearest", rate=True) == Interval(D("-0.55"), D("-0.45"))

    def test_of_a_count_may_go_below_nothing_reported(self) -> None:
        assert interval(D(0), 0, "nearest", rate=False).low == D("-0.5")


class TestTheNinesScale:
    def test_puts_99_9_and_99_99_as_far_apart_as_99_99_and_99_999(self) -> None:
        three, four, five = (position("nines", D(text)) for text in ("99.9", "99.99", "99.999"))
        assert three == pytest.approx(3)
        assert four == pytest.approx(4)
        assert five == pytest.approx(5)

    def test_has_no_place_for_exactly_100(self) -> None:
        assert position("nines", D("100.000")) is None
        assert position("logit", D(100)) is None
        assert position("linear", D(100)) == 100

    @given(RATES, RATES)
    def test_is_higher_for_more(self, one: Decimal, other: Decimal) -> None:
        for scale in ("nines", "logit"):
            if min(one, other) > 0 and max(one, other) < 100 and one < other:
                low, high = position(scale, one), position(scale, other)
                assert low is not None
                assert high is not None
                assert low < high


class TestTheScaleThatFits:
    def test_is_the_declared_one_where_it_can_be(self) -> None:
        assert fitting_scale("nines", [D("99.9"), D(100)]) == "nines"
        assert fitting_scale("linear", [D("99.9")]) == "linear"

    def test_is_logit_for_a_rate_that_lives_below_90(self) -> None:
        assert fitting_scale("nines", [D(85), D(88), D(91)]) == "logit"

    def test_stays_on_nines_for_one_bad_week(self) -> None:
        assert fitting_scale("nines", [D("99.9"), D("99.8"), D(71)]) == "nines"

    def test_is_linear_where_a_value_has_no_place_on_it(self) -> None:
        assert fitting_scale("logit", [D(0), D(3)]) == "linear"
        assert fitting_scale("nines", [D("100.2")]) == "linear"


class TestShowing:
    def test_failures_per_million_are_exact(self) -> None:
        assert plain(failures_per_million(D("99.972"))) == "280"
        assert plain(failures_per_million(D("97.18"))) == "28,200"
        assert plain(failures_per_million(D("99.99996"))) == "0.4"

    def test_a_failure_rate_counts_its_own_share(self) -> None:
        assert plain(failures_per_million(D("0.05"), "down")) == "500"

    @pytest.mark.parametrize(
        ("literal", "parts"),
        [
            ("99.972%", ("99", ".972%")),
            ("100%", ("100", "%")),
            ("8个", ("8", "个")),
            ("1,234.5 ms", ("1,234", ".5 ms")),
            ("-3", ("-3", "")),
            ("约 5", ("", "约 5")),
        ],
    )
    def test_a_literal_is_parted_at_its_decimal_point(self, literal: str, parts: tuple[str, str]) -> None:
        assert on_the_point(literal) == parts

    @given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9))
    def test_a_plain_number_is_the_same_number(self, number: Decimal) -> None:
        assert D(plain(number).replace(",", "")) == number

    def test_the_target_itself_is_met(self) -> None:
        assert is_met(D("99.980"), D("99.98"), "up")
        assert not is_met(D("99.979"), D("99.98"), "up")
        assert is_met(D(3), D(5), "down")
