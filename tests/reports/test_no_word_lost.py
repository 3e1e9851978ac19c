"""A report page shows every word of its document, in its place, whatever the page looked like."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings

from app import paths
from app.document.places import walk
from app.document.reader import read
from app.document.recognition import recognise
from app.document.schema import Block, Document
from app.reports.goal_queries import GoalsAround
from app.reports.markdown import render_inline
from app.reports.models import Report
from app.reports.page_text import Facts, anchor
from app.reports.report_page import as_written, sections_of
from app.web.assets import Assets
from app.web.templates import Templates
from tests.document.strategies import documents
from tests.reports.pages import PAGE
from tests.reports.reading import Node, letters, parse, stands_in

SAMPLES = sorted(paths.SEEDS.glob("*/*.md"))
TEMPLATES = Templates(Assets(paths.STATIC))
MONDAY = date(2025, 6, 2)
EMPHASIS = str.maketrans("", "", "*_`~")
"""Marks around a value go with the line that is no more; a value's own row has none."""
PEN = """# 第23周

负责人：林晚
标签：周报

# 上周进展

- 【专项一】
    第一段

    第二段，进度40%

    ```sql
    select 1 -- 6/7
    ```

## 【系统运行数据】

说明：以下为日均值

- 出金有效成功率：99.985% ，一次支付成功率：97.14%，受演练影响，预计6/13恢复
- 充值/提现成功率：99.99%/99.98%，好
- 代付成功率：99.980%（1,234,320/1,234,567），代收成功率：未上报（演练）
- 其中：
    - 退款成功率：99.98%
- 事故数AB级0次，CD级1次，另有一起待定级

| 通道 | 成功率 |
| --- | --- |
| 云杉 | 99.9% |

### A. 子项：【补充】

1. 一、甲
2. 二、乙 **总数20个，已完成12个**

## 【生产事件】

本周共两起：

- **6/4 14:12** 监控发现【青禾银行】代扣超时；原因：对方扩容
处置：14:26 切换，14:41 恢复。影响：失败1,284笔，金额3,226.50元

    [复盘](https://example.test/a%20b)

    ```
    trace 6/4
    ```
- 6/5 08:05 日报延迟

    1. 先看队列
    2. 再调权重

    处置：09:10 全部生成
- 其他说明文字，不是事件

# 日报合集

[6/5 日报](%E6%97%A5%E6%8A%A5.md)[6/6](b.md)
"""


def rendered(document: Document, language: str = "zh") -> Node:
    """The page's own part of the document, as the template writes it."""
    team = SimpleNamespace(slug="payments", name="示例支付平台组", time_zone="Asia/Shanghai")
    report = SimpleNamespace(week_year=2025, label="第23周", version=1)
    sections = sections_of(document, Facts(document, "/source"), {})
    context: dict[str, Any] = {
        "team": team,
        "report": report,
        "document": document,
        "sections": sections,
        "goals": GoalsAround(None, [], []),
        "goals_after": None,
        "goals_said": None,
        "goals_from": None,
        "goals_are_last_weeks": False,
        "accidents": [],
        "following": None,
        "week_name": lambda day: (day.year, 1),
        "inline": render_inline,
    }
    return parse(TEMPLATES.render(language, "reports/_document.html", context))


def visible(text: str) -> str:
    """The letters a reader sees of a block's text, markup aside."""
    return letters(parse(str(render_inline(text))).text())


def visible_code(text: str) -> str:
    """Of text kept letter by letter: without its fence; of a table without its rules."""
    lines = text.split("\n")
    if lines[0].lstrip().startswith("|"):
        cells = "".join(line.replace("\\|", "") for line in lines if set(line.strip()) - set("|:- "))
        return letters(cells.replace("|", "").replace("\\", ""))
    return letters(
        "".join(line.strip("`~") if line.strip()[:3] in ("```", "~~~") else line for line in lines)
    )


def missing(document: Document) -> Iterator[str]:
    """What of the document is not on its page."""
    page = rendered(document)
    told = {(incident.section, path) for incident in document.incidents for path in incident.blocks}
    measured = {(metric.place.section, metric.place.path) for metric in document.metrics}
    tables = {section for section, _ in measured}
    for index, section in enumerate(document.sections):
        (place,) = page.find(id=anchor(index))
        words = letters(place.text(without={"note", "side", "muted", "gauge"}))
        for heading in (section.code, section.title):
            if heading and letters(heading) not in words:
                yield f"heading {heading!r}"
        if section.heading and not stands_in(_letters_of(section.heading), words):
            yield f"heading {section.heading!r}"
        for path, block in walk(section.blocks):
            if not block.text.strip():
                continue
            if block.kind == "code":
                if not stands_in(visible_code(block.text), words):
                    yield f"code {block.text!r}"
                continue
            if (index, path) in told or (index, path) in measured:
                if not stands_in(visible(block.text).translate(EMPHASIS), words):
                    yield f"value text {block.text!r}"
                continue
            said = _own_text(page, index, path, in_table=index in tables)
            if letters(said) != visible(block.text):
                yield f"{block.kind} {block.text!r}: {said!r}"


def _own_text(page: Node, index: int, path: tuple[int, ...], *, in_table: bool) -> str:
    found = page.find(id=anchor(index, path))
    if not found:
        return ""
    if in_table:
        return found[0].text(without={"side", "note"})
    own = next(
        (child for child in found[0].children if isinstance(child, Node) and "text" in child.classes), None
    )
    return own.text() if own else ""


def _letters_of(heading: str) -> str:
    """A heading without its brackets and marks."""
    return "".join(character for character in heading if character.isalnum())


class TestEveryWord:
    @pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem[:8]}")
    def test_of_a_sample_week_is_on_its_page(self, path: Path) -> None:
        document = read(path.read_text(encoding="utf-8")).document
        assert list(missing(document)) == []

    @pytest.mark.parametrize("page", [PAGE, PEN], ids=["plain", "crooked"])
    def test_of_a_page_is_on_its_page(self, page: str) -> None:
        assert list(missing(read(page).document)) == []

    @given(documents())
    @settings(max_examples=60, deadline=None)
    def test_of_any_document_is_on_its_page(self, document: Document) -> None:
        document = recognise(document, monday=MONDAY)
        assert list(missing(document)) == []

    def test_above_the_first_section_is_on_its_page(self) -> None:
        document = read(PEN).document
        said = as_written(document, Report(label="第23周", period_start=MONDAY))
        assert said == ["第23周", "负责人：林晚", "标签：周报"]


class TestTheCheck:
    """The check above must notice what it is there for."""

    def test_notices_a_lost_block(self) -> None:
        document = read(PAGE).document
        document.sections[1].blocks.append(Block(kind="item", text="不在页面上"))
        lost = document.model_copy(deep=True)
        document.sections[1].blocks.pop()
        page = rendered(document)
        assert "不在页面上" not in page.text()
        assert [block.text for block in lost.sections[1].blocks][-1] == "不在页面上"
