"""What a page calls a metric, and what the name tells."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.metrics.names import Guess, fold, guess, known_key


class TestAName:
    @pytest.mark.parametrize(
        "spelt",
        [
            "入金有效成功率",
            "入金 有效成功率",
            "【入金有效成功率】",
            "**入金有效成功率**：",
            "入金(有效)成功率",
            "入金（有效）成功率",
        ],
    )
    def test_is_the_same_however_it_is_spelt(self, spelt: str) -> None:
        assert fold(spelt) == fold("入金有效成功率")

    def test_ignores_width_case_and_hyphens(self) -> None:
        assert fold("Pay-In Success Rate") == fold("ｐａｙ ｉｎ success　rate")

    def test_of_nothing_but_marks_keeps_them(self) -> None:
        assert fold("（）") == "()"
        assert fold("  ") == ""

    def test_is_cut_to_what_the_table_holds(self) -> None:
        assert len(fold("率" * 500)) == 200


class TestAWellKnownName:
    @pytest.mark.parametrize(
        ("name", "key"),
        [
            ("入金有效成功率", "pay_in_success"),
            ("Pay-out success rate", "pay_out_success"),
            ("一次支付成功率", "first_attempt_success"),
            ("First-attempt success rate", "first_attempt_success"),
            ("支付系统年度可用性", "availability_ytd"),
            ("Availability, year to date", "availability_ytd"),
            ("退款成功率", "refund_success"),
        ],
    )
    def test_has_a_stable_key(self, name: str, key: str) -> None:
        assert known_key(name) == key

    def test_is_not_found_inside_another(self) -> None:
        assert known_key("代扣签约成功率") is None


class TestAGuess:
    @pytest.mark.parametrize(
        ("name", "unit", "value", "decimals", "guessed"),
        [
            ("入金有效成功率", "%", "99.97", 2, Guess("rate", "up", "nines")),
            ("支付系统年度可用性", "%", "99.99", 2, Guess("ytd_rate", "up", "nines")),
            ("Availability, YTD", "%", "99.99", 2, Guess("ytd_rate", "up", "nines")),
            ("转化率", "%", "71.3", 1, Guess("rate", "up", "logit")),
            ("交易失败率", "%", "0.03", 2, Guess("rate", "down", "logit")),
            ("失败重试成功率", "%", "93", 0, Guess("rate", "up", "nines")),
            ("环比增长", "%", "120", 0, Guess("rate", "up", "linear")),
            ("生产事件数", "次", "2", 0, Guess("count", "down", "linear")),
            ("今年事故数", "次", "2", 0, Guess("ytd_count", "down", "linear")),
            ("交易笔数", None, "120345", 0, Guess("count", "up", "linear")),
            ("平均耗时", "ms", "12.5", 1, Guess("gauge", "down", "linear")),
            ("Deployments", "times", "7", 0, Guess("count", "up", "linear")),
            ("峰值", "tps", "2310", 0, Guess("gauge", "up", "linear")),
        ],
    )
    def test_tells_kind_direction_and_scale(
        self, name: str, unit: str | None, value: str, decimals: int, guessed: Guess
    ) -> None:
        assert guess(name, unit=unit, value=Decimal(value), decimals=decimals) == guessed
