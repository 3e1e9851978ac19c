"""What may be typed into a metric's field."""

from __future__ import annotations

import pytest

from app.errors import Invalid
from app.metrics.values import as_counts, as_value


class TestATypedValue:
    @pytest.mark.parametrize(
        ("typed", "written"),
        [
            ("99.980", "99.980%"),
            ("99.980%", "99.980%"),
            ("99.98 %", "99.98 %"),
            ("９９．９８％", "９９．９８％"),
            ("９９．９８", "９９．９８%"),
            ("99,98", "99.98%"),
            ("99，980%", "99.980%"),
            ("99。98％", "99.98％"),
            ("99·98", "99.98%"),
            ("100", "100%"),
            ("未上报", "未上报"),
            ("99.98%（9,998/10,000）", "99.98%（9,998/10,000）"),
            ("", ""),
        ],
    )
    def test_keeps_its_digits(self, typed: str, written: str) -> None:
        assert as_value(typed, name="入金有效成功率", unit=None) == written

    def test_of_a_count_keeps_its_thousands(self) -> None:
        assert as_value("12,345笔", name="交易笔数", unit="笔") == "12,345笔"

    @pytest.mark.parametrize("typed", ["九十九", "99..9", "99,9,8", "101", "-1", "好", "99%，好", "1" * 80])
    def test_that_is_no_such_number_is_refused(self, typed: str) -> None:
        with pytest.raises(Invalid):
            as_value(typed, name="入金有效成功率", unit="%")


class TestCounts:
    @pytest.mark.parametrize("typed", ["1,234,320", "1234320", "１２３４３２０", " 1 234 320 "])
    def test_may_be_typed_in_many_ways(self, typed: str) -> None:
        counts = as_counts(typed, "1,234,567")
        assert counts is not None
        assert counts.written(name="成功率", literal="99.980%") == "（1,234,320/1,234,567）"
        assert counts.written(name="Success rate", literal="99.980%") == " (1,234,320/1,234,567)"

    def test_that_look_like_a_day_get_spaces(self) -> None:
        counts = as_counts("6", "12")
        assert counts is not None
        assert counts.written(name="成功率", literal="99%") == "（6 / 12）"
        assert counts.written(name="成功率", literal="50%") == "（6/12）"

    def test_may_be_left_out(self) -> None:
        assert as_counts("", " ") is None

    @pytest.mark.parametrize(
        ("numerator", "denominator"), [("5", ""), ("", "5"), ("五", "6"), ("1", "0"), ("-1", "5")]
    )
    def test_that_are_no_pair_are_refused(self, numerator: str, denominator: str) -> None:
        with pytest.raises(Invalid):
            as_counts(numerator, denominator)
