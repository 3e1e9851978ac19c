"""Readings in a metrics section, and counts of incidents by grade."""

from __future__ import annotations

import pytest

from app.document.phrases import find_facts, find_incident_counts, find_rates, find_unreported
from tests.document.test_phrases import MONDAY

#: A bullet, and its readings as (name, value, unit).
BULLETS: list[tuple[str, list[tuple[str, str, str | None]]]] = [
    # one reading
    ("充值有效成功率：99.98%", [("充值有效成功率", "99.98", "%")]),
    ("提现有效成功率: 99.9%", [("提现有效成功率", "99.9", "%")]),
    ("清分系统年度可用性：99.996%", [("清分系统年度可用性", "99.996", "%")]),
    ("代付成功率：100%", [("代付成功率", "100", "%")]),
    ("代付成功率：99.980%", [("代付成功率", "99.980", "%")]),
    ("代付成功率：99.9８％", [("代付成功率", "99.98", "%")]),
    ("代付成功率：９９．９８％", [("代付成功率", "99.98", "%")]),
    ("代付成功率 ： 99.98 %", [("代付成功率", "99.98", "%")]),
    ("**代付成功率**：**99.98%**", [("代付成功率", "99.98", "%")]),
    ("**代付成功率：** 99.98%", [("代付成功率", "99.98", "%")]),
    ("1. 代付成功率：99.98%", [("代付成功率", "99.98", "%")]),
    ("1.代付成功率：99.98%", [("代付成功率", "99.98", "%")]),
    ("【代付】成功率：99.98%", [("成功率", "99.98", "%")]),
    ("【代付成功率】99.98%", [("代付成功率", "99.98", "%")]),
    ("代付成功率（剔除用户原因）：99.93%", [("代付成功率（剔除用户原因）", "99.93", "%")]),
    ("代付成功率约为：99.93%", [("代付成功率约为", "99.93", "%")]),
    # without a colon
    ("代付成功率99.98%", [("代付成功率", "99.98", "%")]),
    ("代付成功率为 99.98%", [("代付成功率", "99.98", "%")]),
    ("交易峰值 3,210 tps", [("交易峰值", "3210", "tps")]),
    ("健康分587", [("健康分", "587", None)]),
    ("SLA 99.95%", [("SLA", "99.95", "%")]),
    ("峰值TPS 3,210", [("峰值TPS", "3210", None)]),
    ("活跃门店 3,200 家", [("活跃门店", "3200", "家")]),
    # other values and units
    ("峰值：3,210 tps", [("峰值", "3210", "tps")]),
    ("平均响应时间：42ms", [("平均响应时间", "42", "ms")]),
    ("P99延迟：350ms", [("P99延迟", "350", "ms")]),
    ("健康分：587", [("健康分", "587", None)]),
    ("健康分：587分", [("健康分", "587", "分")]),
    ("对账差错率：0.002‰", [("对账差错率", "0.002", "‰")]),
    ("日均交易量：12.3万笔", [("日均交易量", "12.3", "万笔")]),
    ("单笔成本：0.12元/笔", [("单笔成本", "0.12", "元/笔")]),
    ("MTTR：12min", [("MTTR", "12", "min")]),
    ("机器数：1,204台（新增4台）", [("机器数", "1204", "台")]),
    ("T+1到账及时率：100%", [("T+1到账及时率", "100", "%")]),
    ("30日留存率：45.2%", [("30日留存率", "45.2", "%")]),
    ("净增用户：-120人", [("净增用户", "-120", "人")]),
    # two in one bullet
    (
        "提现成功率：99.964% ，首次支付成功率：98.85%",
        [("提现成功率", "99.964", "%"), ("首次支付成功率", "98.85", "%")],
    ),
    ("充值成功率：99.9%；提现成功率：99.8%", [("充值成功率", "99.9", "%"), ("提现成功率", "99.8", "%")]),
    ("充值成功率：99.9% 提现成功率：99.8%", [("充值成功率", "99.9", "%"), ("提现成功率", "99.8", "%")]),
    ("充值成功率：99.9%\n提现成功率：99.8%", [("充值成功率", "99.9", "%"), ("提现成功率", "99.8", "%")]),
    ("渠道：充值成功率 99.9%，提现成功率 99.8%", [("充值成功率", "99.9", "%"), ("提现成功率", "99.8", "%")]),
    ("招行：99.5%；工行：99.2%", [("招行", "99.5", "%"), ("工行", "99.2", "%")]),
    (
        "日均交易量：12.3万笔，日均交易额：3.2亿元",
        [("日均交易量", "12.3", "万笔"), ("日均交易额", "3.2", "亿元")],
    ),
    # two by a stroke
    ("充值/提现成功率：99.99%/99.98%", [("充值成功率", "99.99", "%"), ("提现成功率", "99.98", "%")]),
    ("充值/提现成功率：99.99%", [("充值/提现成功率", "99.99", "%")]),
    (
        "充值／提现有效成功率：99.99％／99.98％",
        [("充值有效成功率", "99.99", "%"), ("提现有效成功率", "99.98", "%")],
    ),
    ("充值成功率/提现成功率：99.99%/99.98%", [("充值成功率", "99.99", "%"), ("提现成功率", "99.98", "%")]),
    (
        "充值/提现成功率：99.99% / 99.98%，退款成功率：99.9%",
        [("充值成功率", "99.99", "%"), ("提现成功率", "99.98", "%"), ("退款成功率", "99.9", "%")],
    ),
    (
        "Pay-in/pay-out success rate: 99.99%/99.98%",
        [("Pay-in success rate", "99.99", "%"), ("pay-out success rate", "99.98", "%")],
    ),
    # a sentence after the value
    ("提现成功率：99.964％，较上周下降0.02个百分点，主要因某行升级", [("提现成功率", "99.964", "%")]),
    ("提现成功率：99.964%（上周99.98%）", [("提现成功率", "99.964", "%")]),
    ("提现成功率：99.964%（目标：99.95%），3家银行维护", [("提现成功率", "99.964", "%")]),
    ("提现成功率：99.964%，目标：99.95%", [("提现成功率", "99.964", "%")]),
    ("提现成功率：99.964%。6/12 银行侧升级影响约30笔", [("提现成功率", "99.964", "%")]),
    ("健康分587，提升12分，中心排名第4", [("健康分", "587", None)]),
    ("投诉量：12件，环比下降20%", [("投诉量", "12", "件")]),
    # the newer of two values
    ("提现成功率：99.97%→99.98%", [("提现成功率", "99.98", "%")]),
    # English
    ("Pay-in success rate: 99.98%", [("Pay-in success rate", "99.98", "%")]),
    ("Availability (YTD): 99.998%, target 99.99%", [("Availability (YTD)", "99.998", "%")]),
    ("P99 latency: 350 ms", [("P99 latency", "350", "ms")]),
    ("Peak throughput 3,210 tps", [("Peak throughput", "3210", "tps")]),
    ("Uptime: 99.99%", [("Uptime", "99.99", "%")]),
    ("Download success rate: 99%", [("Download success rate", "99", "%")]),
    # a qualifier behind a comma is of the name
    ("API availability, year to date: 99.993%", [("API availability, year to date", "99.993", "%")]),
    (
        "Refund success rate, weekly: 99.9%, P95 latency: 350 ms",
        [("Refund success rate, weekly", "99.9", "%"), ("P95 latency", "350", "ms")],
    ),
    ("Latency, p95: 120 ms", [("Latency, p95", "120", "ms")]),
    ("Uptime, this week: 99.9%", [("Uptime, this week", "99.9", "%")]),
    ("代付成功率，本周：99.9%", [("代付成功率，本周", "99.9", "%")]),
    ("代付成功率，年累计（剔除用户原因）：99.9%", [("代付成功率，年累计（剔除用户原因）", "99.9", "%")]),
    (
        "Success rate: 99.9%, year to date: 99.8%",
        [("Success rate", "99.9", "%"), ("year to date", "99.8", "%")],
    ),
    # nothing to read
    ("提现成功率：", []),
    ("提现成功率：待统计", []),
    ("提现成功率：-", []),
    ("提现成功率：N/A", []),
    ("提现成功率：>99.9%", []),
    ("招行/工行：99.99%/99.98%", []),
    ("微信/支付宝成功率：99.99%/99.98%", []),
    ("充值/提现成功率：99.99%/99.98%/99.97%", []),
    ("成功率/失败率：99.99%/0.01%", []),
    ("事故数AB级0次，CD级1次", []),
    ("AB级事故：0次", []),
    ("Incidents: grade A/B 0, grade C/D 1", []),
    ("统计时间：6/9-6/15", []),
    ("更新时间：2025-06-15 09:00", []),
    ("数据截至6月15日24:00", []),
    ("版本：3.2.1", []),
    ("失败原因：余额不足 45%", []),
    ("本周发布12次变更", []),
    ("电话：400-820-8820", []),
    ("成功：3/5", []),
    ("本周无数据", []),
    ("", []),
    ("：", []),
    ("：99%", []),
    ("99.9%", []),
]


class TestReadings:
    @pytest.mark.parametrize(("text", "wanted"), BULLETS, ids=[text[:40] for text, _ in BULLETS])
    def test_name_value_and_unit_are_as_typed(
        self, text: str, wanted: list[tuple[str, str, str | None]]
    ) -> None:
        assert [(rate.name, rate.value, rate.unit) for rate in find_rates(text)] == wanted

    @pytest.mark.parametrize("text", [text for text, wanted in BULLETS if wanted])
    def test_every_offset_slices_what_it_says(self, text: str) -> None:
        for rate in find_rates(text):
            assert text[rate.start : rate.end] == rate.literal
            assert rate.start <= rate.value_start < rate.value_end <= rate.end
            assert rate.name in rate.literal or rate.shared
            assert rate.value_end <= rate.typed_end <= rate.end <= rate.full_end

    def test_the_decimals_are_those_reported(self) -> None:
        assert [rate.decimals for rate in find_rates("A率：100%；B率：99.980%；C率：98.85%")] == [0, 3, 2]

    def test_the_value_can_be_replaced_where_it_stands(self) -> None:
        text = "提现成功率：99.964% ，首次支付成功率：98.85%"
        rate = find_rates(text)[1]
        assert text[: rate.value_start] + "98.86" + text[rate.value_end :] == text.replace("98.85", "98.86")

    def test_a_reading_is_no_progress(self) -> None:
        assert find_facts("完成率：99.98%", MONDAY, in_metrics=True) == []


#: A bullet, and the numerator and denominator of its first reading.
COUNTED: list[tuple[str, tuple[str, str] | None]] = [
    ("充值成功率：99.980%（1,234,320/1,234,567）", ("1234320", "1234567")),
    ("Pay-in success rate: 99.980% (1,234,320/1,234,567)", ("1234320", "1234567")),
    ("充值成功率：99.98%(1234320 / 1234567)", ("1234320", "1234567")),
    ("充值成功率：９９．９８％（１２３４３２０／１２３４５６７）", ("1234320", "1234567")),
    ("充值成功率：99.98%（1,234,320笔/1,234,567笔）", ("1234320", "1234567")),
    ("**充值成功率**：**99.98%**（1234320/1234567）", ("1234320", "1234567")),
    ("充值成功率：75%（3/4）", ("3", "4")),
    ("充值成功率：99%（3 / 4）", ("3", "4")),
    ("充值成功率：99.9%（1,234/1,300）", ("1234", "1300")),
    # a day, a comparison, a target, nothing to divide by
    ("充值成功率：99.98%（6/12）", None),
    ("充值成功率：99.98%（上周99.97%）", None),
    ("充值成功率：99.98%（目标：99.95%）", None),
    ("充值成功率：99.98%（12/0）", None),
    ("交易量：1,234笔（1,234/1,300）", None),
    ("充值成功率：99.98%", None),
]


class TestCountsBehindARate:
    @pytest.mark.parametrize(("text", "wanted"), COUNTED)
    def test_are_numerator_and_denominator(self, text: str, wanted: tuple[str, str] | None) -> None:
        rate = find_rates(text)[0]
        assert ((rate.numerator, rate.denominator) if rate.numerator else None) == wanted
        assert (rate.full_end > rate.end) == (wanted is not None)

    def test_are_no_dates(self) -> None:
        for counts in ("（6/12）", "（6 / 12）", "（1,234/1,300）"):
            assert find_facts(f"充值成功率：50%{counts}", MONDAY, in_metrics=True) == []

    def test_leave_the_reading_behind_them_alone(self) -> None:
        text = "充值成功率：99.98%（9998/10000），首次支付成功率：98.85%（1977/2000）"
        assert [(rate.name, rate.numerator) for rate in find_rates(text)] == [
            ("充值成功率", "9998"),
            ("首次支付成功率", "1977"),
        ]


#: A bullet, and the metrics it says are not reported.
UNREPORTED: list[tuple[str, list[tuple[str, str]]]] = [
    ("退款成功率：未上报", [("退款成功率", "未上报")]),
    ("退款成功率： 本周未上报", [("退款成功率", "本周未上报")]),
    ("**退款成功率**：未上报", [("退款成功率", "未上报")]),
    ("1. 退款成功率：未上报（系统切换）", [("退款成功率", "未上报")]),
    ("Refund success rate: not reported", [("Refund success rate", "not reported")]),
    ("充值成功率：99.9%，提现成功率：未上报", [("提现成功率", "未上报")]),
    ("充值成功率：未上报，提现成功率：99.9%", [("充值成功率", "未上报")]),
    ("退款成功率：", []),
    ("退款成功率：待统计", []),
    ("退款成功率：已上报", []),
    ("退款成功率：未上报的有3家", []),
    ("说明：未上报", []),
    ("未上报", []),
]


class TestNotReported:
    @pytest.mark.parametrize(("text", "wanted"), UNREPORTED)
    def test_is_said_of_a_metric_by_name(self, text: str, wanted: list[tuple[str, str]]) -> None:
        found = find_unreported(text)
        assert [(one.name, text[one.said_start : one.said_end]) for one in found] == wanted


#: A line, and the counts by grade it states.
COUNTS: list[tuple[str, dict[str, int]]] = [
    ("事故数AB级0次，CD级1次", {"AB": 0, "CD": 1}),
    ("事故数：AB级0起、CD级2起（一起待定级）", {"AB": 0, "CD": 2}),
    ("事故数 ＡＢ级０次，ＣＤ级１次", {"AB": 0, "CD": 1}),
    ("生产事故：A/B级 0，C/D级 1，另有1起尚未定级", {"AB": 0, "CD": 1}),
    ("A级事故0起，B级事故0起，C级事故1起，D级事故2起", {"A": 0, "B": 0, "C": 1, "D": 2}),
    ("AB级事故：0次；CD级事故：3次", {"AB": 0, "CD": 3}),
    ("AB类事故0次，CD类事故1次", {"AB": 0, "CD": 1}),
    ("故障数 2 起，其中C级1起，D级1起", {"C": 1, "D": 1}),
    ("无AB级事故，CD级1次", {"AB": 0, "CD": 1}),
    ("本周AB级事故：无", {"AB": 0}),
    ("CD级事故一次", {"CD": 1}),
    ("Incidents: grade A/B 0, grade C/D 1", {"AB": 0, "CD": 1}),
    ("A/B incidents: 0; C/D incidents: 2", {"AB": 0, "CD": 2}),
    ("No grade A incidents", {"A": 0}),
    ("事故数：0", {}),
    ("事故数待统计", {}),
    ("A级机房3个", {}),
    ("AB级事故率0.1%", {}),
    ("B类账户120万户", {}),
    ("C级供应商事故响应", {}),
    ("", {}),
]


class TestIncidentCounts:
    @pytest.mark.parametrize(("text", "wanted"), COUNTS)
    def test_a_page_states_its_counts(self, text: str, wanted: dict[str, int]) -> None:
        assert find_incident_counts(text) == wanted

    def test_they_know_where_they_stand(self) -> None:
        text = "本周：事故数AB级0次，CD级1次，另有一起待定级"
        counts = find_incident_counts(text)
        assert text[counts.start : counts.end] == "事故数AB级0次，CD级1次"
