"""Which lines go on with which of last week's: better one too few than a false one."""

from __future__ import annotations

import pytest

from app.document.continuing import Line, continued, lines_of
from app.document.reader import read
from tests.reports.pages import PAGE


def pairs(new: list[str], old: list[str], *, by_name: bool = True) -> dict[str, str]:
    found = continued({text: Line(text) for text in new}, {text: Line(text) for text in old}, by_name=by_name)
    return dict(found)


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ("分期付能力：三家银行联调，进度80%", "分期付能力：两家银行完成联调，进度60%，预计6/13灰度"),
        ("双机房网络专线验收", "双机房网络专线验收。"),
        ("账户核心切换演练（第二轮）", "账户核心切换演练"),
        ("第二批字段加密研发80%", "第二批字段加密研发65%。"),
        ("Dispute desk: letters, progress 48%", "Dispute desk: letters in two languages"),
    ],
)
def test_the_same_undertaking_told_anew(new: str, old: str) -> None:
    others = ["清明出行保障准备", "Signed webhooks: 158 endpoints"]
    assert pairs([new, *others], [old, *others])[new] == old


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ("完成B银行联调", "完成A银行联调"),
        ("完成青禾银行联调", "完成云杉银行联调"),
        ("需求评审", "代码评审"),
        ("上线", "已上线"),
        ("99.98%", "99.97%"),
    ],
)
def test_alike_words_are_not_enough(new: str, old: str) -> None:
    assert pairs([new], [old]) == {}


def test_a_beginning_that_two_lines_have_names_neither() -> None:
    assert pairs(["接口联调：云杉", "接口联调：青禾"], ["接口联调：招商"]) == {}


def test_a_beginning_below_another_line_is_another_one() -> None:
    old = {1: Line("云杉银行：接口待修复", below="分期付能力")}
    assert continued({1: Line("云杉银行：已投产", below="退款专项")}, old) == {}
    assert continued({1: Line("云杉银行：已投产", below="分期付能力")}, old) == {1: 1}


def test_a_goal_of_one_name_is_a_new_goal() -> None:
    assert pairs(["Settlement v2: wave eight"], ["Settlement v2: wave seven"], by_name=False) == {}
    assert pairs(["账户切换演练准备"], ["账户切换演练"], by_name=False)


def test_no_line_goes_on_with_two() -> None:
    assert len(pairs(["账户核心切换演练"], ["账户核心切换演练一期", "账户核心切换演练二期"])) == 0


def test_a_week_goes_on_with_itself_line_by_line() -> None:
    document = read(PAGE).document
    lines = lines_of(document, range(len(document.sections)))
    assert continued(lines, lines) == {place: place for place in lines}
