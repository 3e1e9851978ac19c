"""Words of the scorecard and beside charts that a reader would otherwise have to guess."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from app.trends.statistics import TargetFrom
from tests.trends.drawing import page_of, told
from tests.trends.laying import spread
from tests.trends.weeks import LAST, WEEK

ORDINARY = spread("99.980", 1, -2, 0, 3, -1, 2, -3, 1, 0, 2, -2, 1, -1, 3, -2, 0, 2, -3, 1, -1, 2, 0, -2, 3)


def target(literal: str) -> tuple[TargetFrom, ...]:
    return (TargetFrom(date(2023, 1, 1), literal, Decimal(literal.rstrip("%"))),)


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def first_row(html: str) -> str:
    rows = re.findall(r"<tr>.*?</tr>", html[html.index("scorecard") :], re.DOTALL)
    return words(rows[1])


class TestTheScorecard:
    def test_says_that_a_target_usually_missed_is_met_this_week(self) -> None:
        html = page_of(told(*ORDINARY, *ORDINARY, "99.993", targets=target("99.99%")))
        assert "稳定未达 本周达标" in first_row(html)

    def test_says_that_a_metric_is_retired_with_its_last_week(self) -> None:
        html = page_of(told(*ORDINARY, None, None, retired_from=LAST - WEEK))
        assert "第 22 周，已停用" in first_row(html)
        html = page_of(told(*ORDINARY, None, retired_from=LAST), language="en")
        assert "week 23, retired" in first_row(html)

    def test_does_not_say_so_before_the_day(self) -> None:
        html = page_of(told(*ORDINARY, None, retired_from=LAST + WEEK * 9))
        assert "已停用" not in first_row(html)


class TestThePage:
    def test_counts_no_targets_where_none_is_set(self) -> None:
        html = page_of(told(*ORDINARY))
        head = words(html[html.index("<h1") : html.index("scorecard")])
        assert "未设目标" in head
        assert "未达目标" not in head

    def test_calls_a_young_chart_by_its_weeks(self) -> None:
        assert '<p class="panel-name">24 周</p>' in page_of(told(*ORDINARY), weeks="6")
        assert '<p class="panel-name">12 个月</p>' in page_of(
            told(*ORDINARY, *ORDINARY, *ORDINARY[:4]), weeks="6"
        )

    def test_keeps_a_change_in_the_headline_on_one_line(self) -> None:
        html = page_of(told(*ORDINARY, *ORDINARY, "99.930"))
        headline = html[html.index("<h1") : html.index("</h1>")]
        assert "170\u00a0→\u00a0700\u00a0ppm" in headline
        assert "4.1\u00a0倍" in headline

    def test_says_of_accidents_that_there_were_none(self) -> None:
        summary = page_of(told(*ORDINARY)).partition('class="trio')[2]
        assert "这段时间没有事故" in summary
        assert "还没有记原因" not in summary
