"""The JSON object of a reading has the keys that are promised, and JSON values only."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.document.listing import as_json
from app.document.reader import read
from tests.document.golden import page_names, page_text

PAGE = """# 第23周 2025-06-06

Created: 2025年6月6日

## 【系统运行数据】

成功率：

- 入金有效成功率：99.980%
- 事故数AB级0次，CD级1次

## 【O2系统升级】

### A. 账务

- 进度72.5%，6/12上线
完成28/40
    1. 子项
    
    段落
    

### 生产事件

- 6/3 10:12 甲失败12笔，3,400.50元
处置：10:40恢复

# 下周计划

- 压测[方案](a%20b.md)
"""  # noqa: W293  # the lines of four spaces are the shape


def got() -> dict[str, Any]:
    return as_json(read(PAGE))


class TestTheObject:
    def test_has_all_its_keys(self) -> None:
        assert list(got()) == [
            "title", "week", "properties", "sections", "metrics", "incident_counts", "incidents", "goals",
            "reflections",
            "facts", "links", "problems",
        ]  # fmt: skip

    def test_shows_the_week(self) -> None:
        assert got()["week"] == {
            "label": "第23周", "year": 2025, "number": 23, "start": "2025-06-02", "end": "2025-06-08",
            "rule": "jan1-monday",
            "year_from": "title_date",
        }  # fmt: skip

    def test_shows_sections_with_items_as_they_nest(self) -> None:
        section = got()["sections"][2]
        keys = ("kind", "code", "title", "heading", "level", "parent", "paragraphs")
        assert {key: section[key] for key in keys} == {
            "kind": "workstream", "code": None, "title": "账务", "heading": "A. 账务", "level": 3,
            "parent": 1, "paragraphs": [],
        }  # fmt: skip
        (item,) = section["items"]
        assert (item["text"], item["paragraphs"]) == ("进度72.5%，6/12上线\n完成28/40", ["段落"])
        assert [below["text"] for below in item["items"]] == ["子项"]
        assert PAGE[item["start"] : item["end"]] == item["text"]
        assert PAGE[section["start"] : section["end"]].startswith("### A. 账务\n\n- 进度")

    def test_shows_metrics_as_typed(self) -> None:
        (metric,) = got()["metrics"]
        assert metric == {
            "name": "入金有效成功率", "group": "成功率", "value": "99.980", "decimals": 3, "unit": "%",
            "literal": "入金有效成功率：99.980%", "start": PAGE.index("入金"), "end": PAGE.index("入金") + 15,
        }  # fmt: skip

    def test_shows_incidents_with_null_for_what_is_not_stated(self) -> None:
        (incident,) = got()["incidents"]
        assert incident == {
            "started_at": "2025-06-03T10:12", "started_literal": "6/3 10:12",
            "recovered_at": "2025-06-03T10:40",
            "symptom": "甲失败12笔，3,400.50元", "cause": None, "handling": "10:40恢复", "impact": None,
            "grade": None, "parties": [],
            "amounts": [{"value": "3400.50", "currency": "CNY", "count": 12, "literal": "12笔，3,400.50元"}],
            "start": PAGE.index("6/3 10:12"), "end": PAGE.index("10:40恢复") + 7,
        }  # fmt: skip

    def test_shows_each_kind_of_fact_with_its_keys(self) -> None:
        facts = {fact["kind"]: fact for fact in got()["facts"]}
        assert facts["progress"]["value"] == 72.5
        assert (facts["date"]["iso"], facts["date"]["role"], facts["date"]["status"]) == (
            "2025-06-12",
            "上线",
            "planned",
        )
        assert (facts["done_total"]["done"], facts["done_total"]["total"]) == (28, 40)
        assert (facts["amount"]["value"], facts["amount"]["section"]) == ("3400.50", 3)

    def test_shows_whole_percents_as_whole_numbers(self) -> None:
        (fact,) = as_json(read("# 第23周 2025-06-06\n\n## 【O1】\n\n- 进度80%\n"))["facts"]
        assert json.dumps(fact["value"]) == "80"

    def test_shows_goals_and_links(self) -> None:
        assert [goal["text"] for goal in got()["goals"]] == ["压测[方案](a%20b.md)"]
        assert got()["links"] == [{"text": "方案", "href": "a%20b.md", "kind": "page"}]

    def test_counts_characters_of_the_page_without_carriage_returns(self) -> None:
        assert as_json(read(PAGE.replace("\n", "\r\n"))) == got()

    @pytest.mark.parametrize("name", page_names())
    def test_is_json(self, name: str) -> None:
        assert json.loads(json.dumps(as_json(read(page_text(name))))) == as_json(read(page_text(name)))
