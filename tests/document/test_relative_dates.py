"""Dates that were said in an earlier week mean what they meant then."""

from __future__ import annotations

from datetime import date

import pytest

from app.document.phrases import find_facts
from app.document.relative_dates import dates_said_before, with_absolute

SAID, NOW = date(2025, 6, 2), date(2025, 6, 9)


@pytest.mark.parametrize(
    ("text", "iso", "written"),
    [
        ("预计下周二上线", "2025-06-10", "预计6/10上线"),
        ("争取本周五前完成", "2025-06-06", "争取6/6前完成"),
        ("计划周五上线，进度80%", "2025-06-06", "计划6/6上线，进度80%"),
        ("下周完成灰度", "2025-06-09/2025-06-15", "6/9-6/15完成灰度"),
        ("go-live next Tuesday", "2025-06-10", "go-live 6/10"),
    ],
)
def test_a_relative_date_is_written_as_the_day_it_meant(text: str, iso: str, written: str) -> None:
    (one,) = dates_said_before(text, SAID, NOW)
    assert (one.iso, one.week) == (iso, SAID)
    assert with_absolute(text, one) == written
    assert [fact.values["iso"] for fact in find_facts(written, NOW) if fact.kind == "date"] == [iso]


@pytest.mark.parametrize("text", ["预计6/20上线", "预计月底提测", "计划7月初上线", "进度60%", ""])
def test_a_date_that_means_the_same_in_both_weeks_is_left(text: str) -> None:
    assert dates_said_before(text, SAID, NOW) == []


def test_the_end_of_a_month_means_another_day_in_the_next_month() -> None:
    (one,) = dates_said_before("预计月底提测", date(2025, 6, 23), date(2025, 6, 30))
    assert with_absolute("预计月底提测", one) == "预计6/30提测"


def test_only_the_relative_one_of_two_dates_is_meant_otherwise() -> None:
    (one,) = dates_said_before("预计下周二灰度，6/20全量", SAID, NOW)
    assert with_absolute("预计下周二灰度，6/20全量", one) == "预计6/10灰度，6/20全量"
