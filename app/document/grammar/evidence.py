"""Whether something that is written like a date is one: what the words around it must say for each form."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Final

from app.document.grammar.patterns import any_of, words
from app.document.grammar.scenes import Scene, last_verb, verbs_in
from app.document.grammar.verbs import (
    ANY_VERB,
    COUNTED_NOUN,
    MEASURE,
    MILESTONE_NEXT,
    NOT_A_VERB,
    PLANNED,
    VERB_NEXT,
)
from app.document.grammar.written import Need, Written, is_near, shift

_TALKED_ABOUT = re.compile(r"\s?(?:整体)?(?:来?看|期间|以来)")
_SPANS: Final = ("month", "month_range", "half")


def is_date(line: str, one: Written, scene: Scene, role: str | None, monday: date) -> bool:
    """Whether the words around `one` make it a date, as much as its form needs (see `Need`)."""
    if one.precision in _SPANS and is_talked_about(line, one):
        return True
    return _RULES[one.need](line, one, scene, role, monday)


def is_talked_about(line: str, one: Written) -> bool:
    """`2~3月看`, `3月以来`: a span to look at, in which nothing is due."""
    return bool(_TALKED_ABOUT.match(line, one.end))


def _written(line: str, one: Written, scene: Scene, role: str | None, monday: date) -> bool:
    return one.precision != "day" or not _is_name(line, one, scene)


def _by_clause(line: str, one: Written, scene: Scene, role: str | None, monday: date) -> bool:
    return role is not None or scene.has_cue or scene.is_deadline or scene.is_as_of


def _by_neighbour(line: str, one: Written, scene: Scene, role: str | None, monday: date) -> bool:
    if scene.has_cue or scene.is_as_of or scene.is_deadline:
        return True
    return _has_next(MILESTONE_NEXT if one.precision in _SPANS else VERB_NEXT, line, one)


# 6/7 --------------------------------------------------------------------------------------------

_IS_DONE_BEFORE = re.compile(r"完成\s?\(\s?$")


def _as_day(line: str, one: Written, scene: Scene, role: str | None, monday: date) -> bool:
    """`6/7`: a day unless it is a ratio or a name, or nobody says anything and it is far away."""
    if _is_ratio(line, one, scene) or _is_name(line, one, scene):
        return False
    if _IS_DONE_BEFORE.search(scene.whole_before):  # 完成（3/5）
        return is_near(one.low, monday, before=60, after=60)
    is_behind = role is not None and not verbs_in(scene.after) and role == last_verb(scene.before)
    if is_behind and not scene.has_cue and not is_near(one.low, monday, before=90, after=200):
        return False
    if role is not None or scene.has_cue or scene.is_deadline or scene.is_as_of:
        return True
    if "里程碑" in scene.whole_before or PLANNED.search(scene.before):
        return True
    is_own_week = one.low == monday and shift(monday, 4) <= one.high <= shift(monday, 6)
    return is_near(one.low, monday, before=45, after=45) and not is_own_week


#: Right after digits with a stroke: they are no day, whatever follows ...
SURE_RATIO_NEXT = words(
    r"\s?(?:个(?!人|税|性|贷)|项(?!目)|笔(?!试|记)|台(?!账|湾|阶)|家(?!装|居|庭)|次(?!日|新|级)|[%‰]|原则|法则|端口|报错|错误|",
    r"以上|以下|以内|的?(?:流量|概率|比例|人力|量)|左右的?(?:流量|用户)|of\b|[hd]\b|",
    r"(?:[GTMK]B|ms|mins?|core|px)(?![A-Za-z])|[A-Za-z](?![A-Za-z]))",
)
#: ... or unless a verb follows: `6/20系统上线` and `6/20分账上线` are days.
_RATIO_NEXT = words(
    rf"\s?(?!起)(?:{MEASURE}|[倍折码层位天版]|小时|周(?![一二三四五六日末])|分(?!批|阶段|步|期|次|别|两|三|多|片|公司|行|支)|",
    rf"的?(?:{COUNTED_NOUN}|用户|机器|请求|时间|成本|资源|样本|数据|订单))",
)
FRACTION_NEXT = re.compile(r"\s?(?:的(?!上线|提测|切换|发布|版本|验收|投产|割接|评审)|强|弱|多)")
_RATIO_BEFORE = words(
    "(?:",
    any_of("占比 比例 比率 比分 排名 名次 完成率 完成度 评分 得分 打分 第 页 步骤? 阶段 约占 占"),
    r"|\b(?:phase|step|part|page|score|chapter|stage|round)\b)\s?[:(]?\s?$|[0-9]%\s?\(?$|[0-9]\s?[x*]\s?$",
)
_COUNT_BEFORE = words(r"(?:(?:进度|进展|progress)\s?[:(]?|(?:完成|版本|done|completed)\s?:?)\s?$")


def _is_counted_next(line: str, end: int) -> bool:
    """Whether what follows digits with a stroke counts something: `5/8个`, `1/3的流量`."""
    return bool(SURE_RATIO_NEXT.match(line, end) or _RATIO_NEXT.match(line, end))


def _is_ratio(line: str, one: Written, scene: Scene) -> bool:
    """`5/8个`, `1/3的流量`, `完成 3/5`, `7/24`."""
    if line[one.end - 1] in "日号":
        return False
    if _is_counted_next(line, one.end):
        is_small = one.low.month < one.low.day <= 5
        is_sure = is_small or bool(SURE_RATIO_NEXT.match(line, one.end))
        if is_sure or "已" in scene.after or not verbs_in(scene.after):
            return True
    if one.precision == "day_range":
        return False
    is_followed = bool(VERB_NEXT.match(line, one.end))
    if _RATIO_BEFORE.search(scene.whole_before):
        return True
    if _COUNT_BEFORE.search(scene.whole_before) and not is_followed and not scene.after.strip():
        return True
    if scene.has_cue:
        return False
    if line[one.start : one.end] == "7/24" and not is_followed:
        return True
    return one.low.month < one.low.day <= 10 and bool(FRACTION_NEXT.match(line, one.end))


_VERSION_NEXT = words(r"\s?(?:版(?!面)|迭代)")
_NAMED_NEXT = words(
    r"\s?",
    any_of("需求 项目 会议 大促 例会 事故 故障 账单 报表 数据 日报 周报 月报 纪要 邮件 快照 截图"),
)


def _is_name(line: str, one: Written, scene: Scene) -> bool:
    """`6/15版本`, `6月5日账单`: the day is the name of something; not so `6/15数据迁移`."""
    if scene.has_cue or scene.before.rstrip().endswith("于"):
        return False
    if _VERSION_NEXT.match(line, one.end):
        return True
    return bool(_NAMED_NEXT.match(line, one.end)) and not verbs_in(scene.after)


# 6.18, 9~10, 617 --------------------------------------------------------------------------------

_MILESTONE_BEFORE = re.compile(r"(?:上线|提测|转测|交付|投产|验收|封板|割接|启动|评审)\s?:?\s?$")
_BEGINS_A_MILESTONE = re.compile(
    r"\s?(?:之?前|后)?(?:正式|完成|全量|整体)?(?=[上提转送投发交切割验封灰下启开部完内公封生结立试])"
)
_NO_MILESTONE = words(r"[会稿商量率单物器的0-9]|了[0-9]")


def _by_both(line: str, one: Written, scene: Scene, role: str | None, monday: date) -> bool:
    """`6.18`, `9~10`: versions and counts look the same."""
    ends = not scene.after.strip()
    if scene.has_cue or scene.is_as_of:
        is_all = ends and (role is not None or scene.has_sure_cue)
        return scene.is_deadline or is_all or _has_next(VERB_NEXT, line, one)
    is_long = line[one.end - 2].isdigit()  # 2.1 may be a version, or the number of a paragraph
    if (
        role is not None
        and is_long
        and (scene.is_deadline or (ends and _MILESTONE_BEFORE.search(scene.before)))
    ):
        return True
    opens = not scene.before.strip() or scene.before.endswith("、")
    is_close = line[one.end : one.end + 1] != " " and is_near(one.low, monday, before=14, after=60)
    return one.precision == "day" and opens and (is_long or is_close) and _is_milestone_next(line, one)


def _by_milestone(line: str, one: Written, scene: Scene, role: str | None, monday: date) -> bool:
    """`617`, `06-17`: digits that name things more often than days."""
    if "-" in line[one.start : one.end] and not scene.has_cue and scene.before.strip():
        return False
    if scene.is_deadline and role is not None:
        return True
    if (scene.has_cue or scene.is_as_of) and (
        scene.is_deadline or not scene.after.strip() or _has_next(VERB_NEXT, line, one)
    ):
        return True
    return _is_milestone_next(line, one)


def _has_next(verb: re.Pattern[str], line: str, one: Written) -> bool:
    if not verb.match(line, one.end):
        return False
    found = ANY_VERB.search(line, one.end, one.end + 24)
    return found is not None and not NOT_A_VERB.match(line, found.start())


def _is_milestone_next(line: str, one: Written) -> bool:
    right = _BEGINS_A_MILESTONE.match(line, one.end)
    verb = MILESTONE_NEXT.match(line, one.end) if right else None
    if right is None or verb is None or NOT_A_VERB.match(line, right.end()):
        return False
    return not _NO_MILESTONE.match(line, verb.end())


_RULES: Final[dict[Need, Callable[[str, Written, Scene, str | None, date], bool]]] = {
    "written": _written,
    "day": _as_day,
    "clause": _by_clause,
    "next": _by_neighbour,
    "both": _by_both,
    "milestone": _by_milestone,
}
