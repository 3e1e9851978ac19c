"""The facts a careful reader takes out of a block: the golden table `phrases/facts.tsv` says which.

And what holds for any text at all: offsets slice it, nothing raises, nothing takes long.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.document.phrases import (
    FoundFact,
    as_fact,
    find_amounts,
    find_facts,
    find_grade,
    find_incident_counts,
    find_links,
    find_moment,
    find_parts_total,
    find_rates,
    find_recovery,
    fold,
    total_place,
)

TABLE = Path(__file__).parent / "phrases" / "facts.tsv"
MONDAY = date(2025, 6, 9)


def cases() -> Iterator[tuple[date, str, str]]:
    monday = MONDAY
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("@2"):
            monday = date.fromisoformat(line[1:])
        elif "\t" in line:
            text, wanted = line.split("\t")
            yield monday, text.replace("\\n", "\n"), wanted


def shown(text: str, fact: FoundFact, *, like: str = "") -> str:
    """The fact in the table's words; where `like` has `*` for its role, so has this."""
    values = fact.values
    match fact.kind:
        case "progress":
            value = format(values["value"].normalize(), "f")
        case "date":
            role = "*" if like.endswith(" *") else values["role"]
            value = " ".join(part for part in (values["iso"], values["status"], role) if part)
        case "done_total":
            value = f"{values['done']}/{values['total']}"
        case "parts_total":
            parts = ",".join(f"{name} {number}" for name, number in values["parts"].items())
            value = f"{values['total']}{{{parts}}}{'' if values['sum_ok'] else '!'}"
        case "amount":
            value = f"{values['value']} {values['currency'] or '-'} {values['count'] or '-'}"
    literal = text[fact.start : fact.end].replace("\n", "\\n")
    return f"{fact.kind}{'' if fact.certain else '?'}:{literal}={value}"


@pytest.mark.parametrize(("monday", "text", "wanted"), list(cases()), ids=lambda value: str(value)[:40])
def test_a_block_is_read_as_a_careful_reader_reads_it(monday: date, text: str, wanted: str) -> None:
    facts = find_facts(text, monday)
    parts = [] if wanted == "-" else wanted.split(" ; ")
    likes = [*parts, *[""] * len(facts)]
    assert [shown(text, fact, like=like) for fact, like in zip(facts, likes, strict=False)] == parts


def test_the_table_is_long_and_half_of_it_are_traps() -> None:
    wanted = [wanted for _, _, wanted in cases()]
    assert len(wanted) >= 700
    assert wanted.count("-") >= 200


class TestTotalsOverTwoBlocks:
    def test_the_parts_stand_in_the_block_below_the_total(self) -> None:
        total = "【理财报表】【进度：验收中】，总计14个"
        assert find_parts_total(total, "可归档6个，已投产5个（日结、月结），验收中3个。预计6/20完成切换") == (
            14,
            {"可归档": 6, "已投产": 5, "验收中": 3},
            True,
        )
        place = total_place(total)
        assert place is not None
        assert total[slice(*place)] == "总计14个"

    def test_parts_that_do_not_add_up_are_kept_as_written(self) -> None:
        parts = find_parts_total("【风控报表】，总数44个", "可归档12个，已投产3个，验收中21个，待开发6个")
        assert parts is not None
        assert (sum(parts.parts.values()), parts.total, parts.sum_ok) == (42, 44, False)

    @pytest.mark.parametrize(
        ("total", "following"),
        [
            ("【理财报表】，总计14个", "本周无变化"),
            ("【理财报表】，总计14个", "涉及3个系统、5个团队"),
            ("【理财报表】", "可归档6个，已投产5个"),
            ("总计14个，可归档9个，已投产5个", "可归档6个，已投产8个"),
            ("总计14个", "本周完成评审。可归档6个，已投产8个"),
            ("", ""),
        ],
    )
    def test_other_blocks_are_not_joined(self, total: str, following: str) -> None:
        assert find_parts_total(total, following) is None


class TestAFact:
    def test_it_becomes_the_documents_fact_with_its_place(self) -> None:
        text = "账单归档，预计６/20上线"
        [found] = find_facts(text, MONDAY)
        fact = as_fact(found, text, 2, (0, 1))
        assert fact.kind == "date"
        assert (fact.literal, fact.iso, fact.role) == ("６/20", "2025-06-20", "上线")
        assert (fact.place.section, fact.place.path, fact.place.start) == (2, (0, 1), 7)

    def test_a_percent_is_an_exact_decimal(self) -> None:
        [found] = find_facts("总进度：62.50%", MONDAY)
        assert found.values["value"] == Decimal("62.50")

    def test_money_is_an_exact_decimal_of_any_size(self) -> None:
        [amount] = find_amounts("备付金余额123,456,789,012,345.67元")
        assert amount.value == "123456789012345.67"
        [amount] = find_amounts("规模 1.234567亿元")
        assert amount.value == "123456700"

    def test_the_moment_of_an_incident_is_no_date(self) -> None:
        assert find_facts("6/10 10:25 监控发现网关超时", MONDAY) == []
        assert [fact.kind for fact in find_facts("6/18 20:00 完成账务割接", MONDAY)] == ["date"]

    def test_facts_come_in_the_order_of_the_text(self) -> None:
        facts = find_facts("6/20上线，进度80%，46/65个已完成，费用50万元", MONDAY)
        assert [fact.kind for fact in facts] == ["date", "progress", "done_total", "amount"]


# Any text ---------------------------------------------------------------------------------------

FINDERS: dict[str, Callable[[str], Any]] = {
    "facts": lambda text: find_facts(text, MONDAY),
    "facts in metrics": lambda text: find_facts(text, MONDAY, in_metrics=True),
    "rates": find_rates,
    "incident counts": find_incident_counts,
    "moment": lambda text: find_moment(text, MONDAY),
    "recovery": lambda text: find_recovery(text, text, "2025-06-10T10:00"),
    "grade": find_grade,
    "amounts": find_amounts,
    "links": find_links,
    "parts": lambda text: find_parts_total(text, text),
}
PIECES = [
    *[
        "0",
        "1",
        "2",
        "6",
        "7",
        "9",
        "12",
        "30",
        "31",
        "99",
        "100",
        "617",
        "2025",
        "20250620",
        "1,000",
        "²",
        "³",
        "٣",
        "Ⅳ",
        "①",
        "６",
        "9999999999999999999",
    ],
    *[
        "％",
        "%",
        "‰",
        "/",
        "／",
        "-",
        "~",
        "～",
        "—",
        ":",
        "：",
        ".",
        "．",
        ",",
        "，",
        "、",
        ";",
        "。",
        "(",
        ")",
        "（",
        "）",
        "【",
        "】",
        "[",
        "]",
        "](",
        "**",
        "`",
    ],
    *[
        "年",
        "月",
        "日",
        "号",
        "周",
        "周一",
        "下周三",
        "星期",
        "本",
        "上",
        "下",
        "底",
        "中旬",
        "半年",
        "季度",
        "Q3",
        "H1",
        "第",
        "每",
        "前",
        "后",
        "截至",
        "预计",
        "已",
        "了",
        "14:40",
        "0:17",
    ],
    *[
        "完成",
        "上线",
        "提测",
        "进度",
        "占比",
        "研发",
        "总计",
        "共",
        "个",
        "张",
        "笔",
        "元",
        "万",
        "亿",
        "¥",
        "$",
        "USD",
        "金额",
        "成功率：",
        "级",
        "事故",
        "A",
        "B",
        "AB",
        "C",
    ],
    *[
        "定级",
        "待",
        "恢复",
        "持续",
        "分钟",
        "小时",
        "次日",
        "恢复时间",
        "June",
        "May",
        "next",
        "Monday",
        "week",
        "of",
        "by",
        "progress",
        "done",
    ],
    *("https://x.test/6/7", " ", "\n", "\u3000", "\u00a0", "\x00", "\ud800", "\u200b"),
]
HUGE = [
    *[
        "1",
        "/",
        "%",
        "第",
        "[",
        "](",
        "（",
        "【",
        "1/",
        "1,",
        "1.",
        "9%",
        "周",
        "月",
        "6月",
        "1个",
        "1个，",
        "1元",
        "1万",
        "A级1次，",
        "http://",
        "1笔，1元",
        "持续1分",
        "**",
        "²",
    ],
    *("9% ", "May 5 ", "1 of 2 ", " ", "\n"),
]


class TestAnyText:
    @given(text=st.text())
    def test_folding_keeps_the_length(self, text: str) -> None:
        assert len(fold(text)) == len(text)

    @given(text=st.text(st.characters(min_codepoint=0xFF01, max_codepoint=0xFF5E)))
    def test_full_width_becomes_half_width(self, text: str) -> None:
        assert fold(text).isascii()

    @settings(max_examples=400, deadline=None)
    @given(pieces=st.lists(st.sampled_from(PIECES), max_size=24))
    def test_offsets_slice_the_text_and_facts_are_valid(self, pieces: list[str]) -> None:
        text = "".join(pieces)
        for found in find_facts(text, MONDAY):
            assert 0 <= found.start < found.end <= len(text)
            as_fact(found, text, 0, (0,))
        for rate in find_rates(text):
            assert text[rate.start : rate.end] == rate.literal
        for amount in find_amounts(text):
            assert Decimal(amount.value) >= 0
        for link in find_links(text):
            assert link.href in text[link.start : link.end]
        moment = find_moment(text, MONDAY)
        assert moment is None or text[moment.start : moment.end] == moment.literal

    @settings(max_examples=200, deadline=None)
    @given(
        pieces=st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=40),
        finder=st.sampled_from(list(FINDERS)),
    )
    def test_nothing_raises(self, pieces: list[str], finder: str) -> None:
        FINDERS[finder]("".join(pieces))

    @given(monday=st.dates(), text=st.sampled_from([text for _, text, _ in cases()]))
    def test_any_week_will_do(self, monday: date, text: str) -> None:
        find_facts(text, monday)
        find_moment(text, monday)

    @pytest.mark.parametrize("piece", HUGE)
    def test_a_megabyte_of_anything_takes_no_time(self, piece: str) -> None:
        text = (piece * 1_000_000)[:1_000_000]
        began = time.process_time()
        for find in FINDERS.values():
            find(text)
        assert time.process_time() - began < 10
