"""Metric lines as fields: what stands there, what is awaited, and what a new value leaves alone."""

from __future__ import annotations

import pytest

from app.document.entries import awaited_names, entries_of, parted, section_entries, with_value, without
from app.document.reader import read
from app.document.schema import Block


def entries(text: str) -> list[tuple[str, str, str]]:
    return [(entry.name, entry.state, entry.written) for entry in entries_of(Block(kind="item", text=text))]


def changed(text: str, name: str, value: str, counts: str = "") -> str:
    entry = next(entry for entry in entries_of(Block(kind="item", text=text)) if entry.name == name)
    return with_value(text, entry, value, counts)


class TestAMetricLine:
    def test_holds_a_value_with_its_counts(self) -> None:
        assert entries("充值成功率：99.980%（1,234,320/1,234,567）") == [
            ("充值成功率", "reported", "99.980%（1,234,320/1,234,567）")
        ]

    def test_may_wait_for_its_value(self) -> None:
        assert entries("充值成功率：") == [("充值成功率", "empty", "")]
        assert entries("**充值成功率：**") == [("充值成功率", "empty", "")]

    def test_may_say_that_it_is_not_reported(self) -> None:
        assert entries("充值成功率：未上报") == [("充值成功率", "unreported", "未上报")]

    def test_may_hold_several_in_the_order_of_the_text(self) -> None:
        assert entries("充值成功率：，提现成功率：99.9%，退款成功率：未上报") == [
            ("充值成功率", "empty", ""),
            ("提现成功率", "reported", "99.9%"),
            ("退款成功率", "unreported", "未上报"),
        ]

    def test_over_others_names_their_group_and_is_no_field(self) -> None:
        page = "# 第23周\n## 【系统运行数据】\n- 成功率：\n    - 充值成功率：99.9%\n    - 提现成功率：\n"
        document = read(page).document
        section = document.sections[0]
        assert [entry.name for _, entry in section_entries(section.blocks)] == ["充值成功率", "提现成功率"]
        assert awaited_names(document) == ["提现成功率"]

    def test_that_waits_is_no_group_of_the_next(self) -> None:
        document = read("# 第23周\n## 【系统运行数据】\n- 充值成功率：\n- 提现成功率：99.9%\n").document
        assert [(metric.name, metric.group) for metric in document.metrics] == [("提现成功率", None)]


class TestAnotherValue:
    @pytest.mark.parametrize(
        ("text", "value", "wanted"),
        [
            ("充值成功率：", "99.980%", "充值成功率：99.980%"),
            ("Pay-in success rate:", "99.980%", "Pay-in success rate: 99.980%"),
            ("充值成功率：99.98%", "99.980%", "充值成功率：99.980%"),
            ("充值成功率：99.98%，受演练影响", "99.980%", "充值成功率：99.980%，受演练影响"),
            ("**充值成功率**：**99.98%**", "99.980%", "**充值成功率**：**99.980%**"),
            ("充值成功率：未上报（演练）", "99.980%", "充值成功率：99.980%（演练）"),
            ("充值成功率：99.98%（1/2 ）", "", "充值成功率：（1/2 ）"),
            ("充值成功率：99.98%", "", "充值成功率："),
            ("Pay-in success rate: 99.98%", "", "Pay-in success rate:"),
        ],
    )
    def test_stands_in_the_place_of_the_first(self, text: str, value: str, wanted: str) -> None:
        name = "充值成功率" if "充" in text else "Pay-in success rate"
        assert changed(text, name, value) == wanted

    def test_may_bring_counts_or_take_them_away(self) -> None:
        text = changed("充值成功率：99.98%，好", "充值成功率", "99.98%", "（9998/10000）")
        assert text == "充值成功率：99.98%（9998/10000），好"
        assert changed(text, "充值成功率", "99.97%") == "充值成功率：99.97%，好"
        assert changed("**充值成功率：99.98%**（9998/10000）", "充值成功率", "99.97%", "（1/2）") == (
            "**充值成功率：99.97%**（1/2）"
        )

    def test_of_metrics_by_a_stroke_leaves_the_other(self) -> None:
        text = "充值/提现成功率：99.99%/99.98%"
        assert changed(text, "提现成功率", "99.97%") == "充值/提现成功率：99.99%/99.97%"
        assert changed(text, "充值成功率", "99.97%") == "充值/提现成功率：99.97%/99.98%"

    def test_that_does_not_go_with_a_stroke_parts_the_line_first(self) -> None:
        block = Block(kind="item", text="充值/提现成功率：99.99%/99.98%，好")
        line = parted(block.text, entries_of(block)[0])
        assert line == "充值成功率：99.99%，提现成功率：99.98%，好"
        assert without(line, entries_of(Block(kind="item", text=line))[0]) == "提现成功率：99.98%，好"
