"""What the reader was unsure of is said in both languages, with its line."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from app.document.problems import MESSAGES, SEVERITIES
from app.document.reader import read
from app.document.vocabulary import Language

TITLE = "# 第23周 2025-06-06\n\n"


def problems(page: str, language: Language = "zh") -> list[tuple[int, str]]:
    return [(problem.line, problem.key) for problem in read(page, language=language).problems]


class TestTheTable:
    @pytest.mark.parametrize("key", sorted(MESSAGES))
    def test_has_both_languages_with_the_same_values(self, key: str) -> None:
        named = {language: set(re.findall(r"\{(\w+)\}", text)) for language, text in MESSAGES[key].items()}
        assert set(named) == set(get_args(Language))
        assert named["zh"] == named["en"]
        assert key in SEVERITIES


class TestProblems:
    def test_are_said_in_the_readers_language(self) -> None:
        assert read("x", language="zh").problems[0].message.startswith("没有找到标题")
        assert read("x", language="en").problems[0].message.startswith("No title")

    def test_a_page_without_a_title_and_a_week(self) -> None:
        assert problems("text\n") == [(0, "title.missing"), (0, "week.unknown")]

    def test_a_section_nobody_knows(self) -> None:
        assert problems(TITLE + "## 随想\n\n- a\n\n## 空栏目\n") == [(3, "section.custom")]

    def test_a_workstream_that_occurs_twice(self) -> None:
        assert problems(TITLE + "## 【O1 甲】\n\n## 【O1 乙】\n") == [(5, "section.twice")]

    def test_a_metric_without_a_value(self) -> None:
        assert problems(TITLE + "## 系统运行数据\n\n- 成功率%\n") == [(5, "metrics.none")]

    def test_an_incident_of_another_week_is_shown_and_never_rejected(self) -> None:
        page = TITLE + "## 生产事件\n\n- 6/1 23:10 甲\n- 6/9 0:10 乙\n- 6/8 23:59 丙\n"
        assert problems(page) == [(5, "incident.outside_week"), (6, "incident.outside_week")]
        assert len(read(page).document.incidents) == 3

    def test_an_incident_without_a_time(self) -> None:
        assert problems(TITLE + "## 生产事件\n\n- 甲异常，原因：乙\n") == [(5, "incident.no_time")]

    def test_a_date_that_is_not_certain(self) -> None:
        assert problems(TITLE + "## 【O1】\n\n- 甲\n617上线\n") == [(6, "fact.uncertain")]

    def test_a_page_without_doubts_has_none(self) -> None:
        assert problems(TITLE + "## 【O1 服务】\n\n- 进度80%，6/12上线\n") == []
