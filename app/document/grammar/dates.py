"""Dates in running text: which of the phrases written like dates are dates, of what, and planned or past.

The clause decides. Its verb is the role (上线, 提测, 完成切换, go live); the words around say whether it
is planned, has happened, is a state (截至) or is a span that is only talked about; without such words
the report's week does: later is planned, earlier and within is past.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from app.document.grammar.digits import digit_dates
from app.document.grammar.folding import clause_end, clause_start, prose
from app.document.grammar.found import FoundFact
from app.document.grammar.verbs import (
    ANY_VERB,
    AS_OF_BEFORE,
    COUNTER,
    CUE_BEFORE,
    DEADLINE_BEFORE,
    DEADLINE_NEXT,
    MILESTONE_NEXT,
    NOT_A_VERB,
    PAST,
    PLANNED,
    PLANNED_BEFORE,
    SURE_CUE_BEFORE,
    VERB_NEXT,
)
from app.document.grammar.words import english_dates, word_dates
from app.document.grammar.written import Written, is_near, last_month, moved, shift, written_in_order

Status = Literal["planned", "actual", "as_of", "period"]

_CUE_REACH = 20


def find_dates(text: str, monday: date) -> list[FoundFact]:
    """The dates in `text`, in order. A year that is not written is the one nearest to the week of `monday`."""
    line = prose(text)
    found = [*digit_dates(line, monday), *word_dates(line, monday), *english_dates(line, monday)]
    if not found:
        return []
    written = _in_one_year(line, written_in_order(line, found))
    scenes = [
        _scene(line, one, previous.end if previous else 0, following.start if following else len(line) + 1)
        for previous, one, following in zip([None, *written], written, [*written[1:], None], strict=False)
    ]
    roles = _roles(line, written, scenes)
    facts: list[FoundFact] = []
    earlier: _Told | None = None
    for one, scene, role in zip(written, scenes, roles, strict=True):
        if not _is_date(line, one, scene, role, monday):
            continue
        status, by_word = _status(one, scene, role, monday)
        if (
            earlier
            and not by_word
            and earlier.is_planned
            and earlier.clause == scene.clause
            and earlier.low <= one.low
        ):
            status, by_word = "planned", True
        earlier = _Told(scene.clause, one.low, is_planned=by_word and status == "planned")
        one = _in_its_year(line, one, status if by_word else None, monday)
        facts.append(
            FoundFact(
                "date",
                one.start,
                one.end,
                one.certain
                and (role is not None or one.need != "day" or one.precision == "day_range" or scene.cue),
                {"iso": one.iso, "precision": one.precision, "role": role, "status": status},
            )
        )
    return facts


@dataclass(frozen=True, slots=True)
class _Scene:
    """What stands around a date in its clause, up to the dates before and after."""

    clause: int
    whole_before: str
    before: str
    after: str
    is_labelled: bool
    cue: bool


@dataclass(frozen=True, slots=True)
class _Told:
    clause: int
    low: date
    is_planned: bool


_OPENING = re.compile(r"[(【\[「“]")
_CLOSING = re.compile(r"[()【】\[\]「」“”]")
_WEEKDAY_NOTE = re.compile(
    r"\s?\((?:[本这上下]{0,2}(?:周|星期|礼拜))?[一二三四五六日天](?:晚上?|上午|下午|凌晨|中午)?\)"
)


def _scene(line: str, one: Written, previous: int, following: int) -> _Scene:
    clause = clause_start(line, one.start)
    begin = max(clause, previous)
    end = clause_end(line, one.end)
    note = _WEEKDAY_NOTE.match(line, one.end)
    after = line[note.end() if note else one.end : min(end, following)]
    if bracket := _CLOSING.search(after):
        after = after[: bracket.start()]
    before = line[begin : one.start]
    brackets = list(_OPENING.finditer(before))
    if brackets:
        before = before[brackets[-1].end() :]
    return _Scene(
        clause=clause,
        whole_before=line[clause : one.start],
        before=before,
        after=after,
        is_labelled=following <= end and bool(_PARTED.match(after)) and _label(after) is not None,
        cue=bool(CUE_BEFORE.search(line[max(begin, one.start - _CUE_REACH) : one.start])),
    )


# What the date is of ----------------------------------------------------------------------------

_LIST = re.compile(r"\s?(?:[、,/&~]|和|及|与|或|\band\b|\bor\b)\s?", re.ASCII)
_LABEL = r"(?:的?(?:计划|预计|目标)?(?:时间|日期|节点|时点|日))?[\s:是为在于由从原到至*]*"
_MOVED = re.compile(
    r"(?:延期|延后|延|推迟|顺延|提前|调整|改|变更)(?:到|至|为)\s?$|\b(?:postponed|moved|slipped|rescheduled|pushed(?: back)?|delayed|brought forward) to\s$",
    re.IGNORECASE,
)
_PARTED = re.compile(r"[\s、/>→-]|(?:延期|延后|推迟|顺延|提前|调整|改|变更)")
_LABEL_BEFORE = re.compile(_LABEL + r"$")
_CJK = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]{2}")
_LONGEST_ROLE = 10
_PAUSE = re.compile(r"[、\s→>]")
_ACHIEVES = re.compile(r"完成|通过|实现|达成|做完|结束|上会")
_MODIFIER = re.compile(r"(?:正式|整体|全量|全部|全面|小流量)$")


def _roles(line: str, written: list[Written], scenes: list[_Scene]) -> list[str | None]:
    roles: list[str | None] = [None] * len(written)
    for index in range(len(written) - 1, -1, -1):
        one, scene = written[index], scenes[index]
        following = roles[index + 1] if index + 1 < len(written) else None
        if following and _LIST.fullmatch(line, one.end, written[index + 1].start):
            roles[index] = following
        else:
            roles[index] = _role(line, one, scene)
    for index in range(1, len(written)):
        if roles[index - 1] and not _verbs(scenes[index].after) and _MOVED.search(scenes[index].before):
            roles[index] = roles[index - 1]
        if roles[index] is None and _LIST.fullmatch(line, written[index - 1].end, written[index].start):
            roles[index] = roles[index - 1]
    return roles


def _role(line: str, one: Written, scene: _Scene) -> str | None:
    if _LATIN.search(scene.before + scene.after) and not _CJK.search(scene.before + scene.after):
        return _last_verb(scene.before) or _verb_phrase(scene.after)
    if AS_OF_BEFORE.search(scene.before):
        return _verb_phrase(scene.after) or _in_the_next_clause(line, one, scene)
    if scene.is_labelled and (label := _label(scene.before)):
        return label
    return (
        _verb_phrase(scene.after)
        or _last_verb(scene.before)
        or _across_a_bracket(line, one, scene)
        or _in_the_next_clause(line, one, scene)
    )


def _label(window: str) -> str | None:
    """The verb that ends the window, as in `提测6/7` or `上线时间：6/15`."""
    tail = _LABEL_BEFORE.search(window)
    words = window[: tail.start()] if tail else window
    verb = _last_verb(words[-8:])
    return verb if verb and words.endswith(verb) else None


def _verbs(window: str) -> list[tuple[int, int]]:
    return [verb.span() for verb in ANY_VERB.finditer(window) if not NOT_A_VERB.match(window, verb.start())]


def _verb_phrase(window: str) -> str | None:
    """The first verbs after a date: 完成切换, 上会完成方案审批; of a long phrase the verbs at its end."""
    verbs = _verbs(window)
    if not verbs or verbs[0][0] > 24:
        return None
    if pause := _PAUSE.search(window, verbs[0][1]):
        verbs = [verb for verb in verbs if verb[1] <= pause.start()]
    first, last = verbs[0], verbs[-1]
    modifier = _MODIFIER.search(window, max(0, first[0] - 3), first[0])
    start = modifier.start() if modifier else first[0]
    if last[1] - start <= _LONGEST_ROLE and "的" not in window[start : last[1]]:
        return window[start : last[1]]
    if _ACHIEVES.match(window, first[0]):
        return _ending(window, verbs)
    for verb in verbs[1:]:
        if verb[0] != first[1]:
            break
        first = (first[0], verb[1])
    return window[start : first[1]]


def _last_verb(window: str) -> str | None:
    verbs = _verbs(window)
    return _ending(window, verbs) if verbs else None


def _ending(window: str, verbs: list[tuple[int, int]]) -> str:
    start, end = verbs[-1]
    for verb in reversed(verbs[:-1]):
        if verb[1] != start:
            break
        start = verb[0]
    return window[start:end]


def _across_a_bracket(line: str, one: Written, scene: _Scene) -> str | None:
    """`完成切换（6/7）`, `【6/7】上线`."""
    start = one.start - len(scene.before)
    if start > 0 and line[start - 1] in "([【「“":
        outside = line[clause_start(line, start - 1) : start - 1]
        if verb := _last_verb(outside):
            return verb
    end = one.end + len(scene.after)
    if line[end : end + 1] in (")", "]", "】", "」", "”"):
        return _verb_phrase(line[end + 1 : clause_end(line, end + 1)])
    return None


def _in_the_next_clause(line: str, one: Written, scene: _Scene) -> str | None:
    """`6/7，账户切换完成`."""
    if scene.after.strip() or line[one.end : one.end + 2].lstrip()[:1] not in (",", ":", "-"):
        return None
    start = line.find(line[one.end : one.end + 2].lstrip()[:1], one.end) + 1
    return _verb_phrase(line[start : clause_end(line, start)])


# Whether it is one ------------------------------------------------------------------------------

RATIO_NEXT = re.compile(
    rf"\s?(?!起)(?:{COUNTER}|%|‰|原则|法则|倍|折|小时|h\b|d\b|端口|报错|错误|码|版|迭代|层|位|天|周(?![一二三四五六日末])|"
    r"分(?!批|阶段|步|期|次|别|两|三|多|片|公司|行|支)|的?(?:流量|用户|机器|请求|量|概率|比例|时间|人力|成本|资源|样本|数据|订单)|"
    r"以上|以下|以内|左右的?(?:流量|用户)|of\b|(?:GB?|TB?|MB?|KB?|ms|s|min|mins|core|px|K|M|W|w|k|x|G)(?![A-Za-z])|[A-Za-z](?![A-Za-z]))",
    re.ASCII,
)
_RATIO_BEFORE = re.compile(
    r"(?:占比|比例|比率|比分|排名|名次|完成率|完成度|评分|得分|打分|第|页|步骤?|阶段|约占|占|"
    r"\b(?:phase|step|part|page|score|chapter|stage|round)\b)\s?[:(]?\s?$|[0-9]%\s?\(?$|[0-9]\s?[x*]\s?$",
    re.ASCII | re.IGNORECASE,
)
_COUNT_BEFORE = re.compile(
    r"(?:(?:进度|进展|progress)\s?[:(]?|(?:完成|版本|done|completed)\s?:?)\s?$", re.ASCII | re.IGNORECASE
)
FRACTION_NEXT = re.compile(r"\s?(?:的(?!上线|提测|切换|发布|版本|验收|投产|割接|评审)|强|弱|多)")
_TALKED_ABOUT = re.compile(r"\s?(?:整体)?(?:来?看|期间|以来)")
_SPANS = ("month", "month_range", "half")
_PLACE_NAMES = re.compile(
    r"\s?(?:版|版本|迭代|需求|项目|会议|大促|例会|事故|故障|账单|报表|数据|日报|周报|月报|纪要|会议纪要|邮件|快照|截图)"
)
_RIGHT_NEXT = re.compile(
    r"\s?(?:之?前|后)?(?:正式|完成|全量|整体)?(?=[上提转送投发交切割验封灰下启开部完内公封生结立试])"
)
_DONE_BRACKET = re.compile(r"完成\s?\(\s?$")
_LABELLED = re.compile(r"(?:上线|提测|转测|交付|投产|验收|封板|割接|启动|评审)\s?:?\s?$")
_NOT_AFTER_MILESTONE = re.compile(r"会|稿|商|量|率|单|物|器|[0-9]|了?[0-9]|的")


def _is_date(line: str, one: Written, scene: _Scene, role: str | None, monday: date) -> bool:
    if one.need == "written":
        return True
    deadline = bool(DEADLINE_NEXT.match(line, one.end))
    as_of = bool(AS_OF_BEFORE.search(scene.before))
    if one.precision in _SPANS and _TALKED_ABOUT.match(line, one.end):
        return True
    if one.need == "day":
        if _is_ratio(line, one, scene) or _is_name(line, one, scene):
            return False
        if _DONE_BRACKET.search(line[max(0, one.start - 6) : one.start]):
            return is_near(one.low, monday, before=60, after=60)
        is_behind = not _verbs(scene.after) and role is not None and role == _last_verb(scene.before)
        if is_behind and not scene.cue and not is_near(one.low, monday, before=90, after=200):
            return False
        is_told = (
            role is not None
            or "里程碑" in scene.whole_before
            or scene.cue
            or deadline
            or as_of
            or bool(PLANNED.search(scene.before))
        )
        return is_told or (is_near(one.low, monday, before=45, after=45) and not _is_the_week(one, monday))
    if one.need == "clause":
        return role is not None or scene.cue or deadline or as_of
    pattern = MILESTONE_NEXT if one.need == "next" and one.precision in _SPANS else VERB_NEXT
    verb_next = bool(pattern.match(line, one.end)) and _verb_is_real(line, one)
    if one.need == "next":
        return scene.cue or as_of or deadline or verb_next
    alone = not scene.after.strip() and (role is not None or bool(SURE_CUE_BEFORE.search(scene.before)))
    if one.need == "both":
        if scene.cue or as_of:
            return verb_next or deadline or alone
        if deadline and role is not None and line[one.end - 2].isdigit():
            return True
        if (
            role is not None
            and _LABELLED.search(scene.before)
            and not scene.after.strip()
            and line[one.end - 2].isdigit()
        ):
            return True
        opens = not scene.before.strip() or scene.before.endswith("、")
        is_long = line[one.end - 2].isdigit()  # 2.1 may be a number of a paragraph
        is_close = line[one.end : one.end + 1] != " " and is_near(one.low, monday, before=14, after=60)
        return (
            one.precision == "day"
            and opens
            and (is_long or is_close)
            and _has_milestone_right_next(line, one)
        )
    if "-" in line[one.start : one.end] and not scene.cue and scene.before.strip():
        return False
    if deadline and role is not None:
        return True
    return (
        (scene.cue or as_of) and (verb_next or deadline or not scene.after.strip())
    ) or _has_milestone_right_next(line, one)


def _is_the_week(one: Written, monday: date) -> bool:
    """`本周（6/9-6/13）`: the report's own week is nothing that is to happen."""
    return one.low == monday and shift(monday, 4) <= one.high <= shift(monday, 6)


def _is_ratio(line: str, one: Written, scene: _Scene) -> bool:
    """`5/8个`, `1/3的流量`, `完成 3/5`, `7/24`: digits with a stroke that are no day."""
    if line[one.end - 1] in "日号":
        return False
    if RATIO_NEXT.match(line, one.end):
        return True
    if one.precision == "day_range":
        return False
    before = scene.whole_before
    verb_next = bool(VERB_NEXT.match(line, one.end))
    if _RATIO_BEFORE.search(before) or (
        _COUNT_BEFORE.search(before) and not verb_next and not scene.after.strip()
    ):
        return True
    if scene.cue:
        return False
    if line[one.start : one.end] == "7/24" and not verb_next:
        return True
    return one.low.month < one.low.day <= 10 and bool(FRACTION_NEXT.match(line, one.end))


def _is_name(line: str, one: Written, scene: _Scene) -> bool:
    """A day that only names something (`6/15版本`), and digits nobody says anything about."""
    return bool(
        not scene.cue and _PLACE_NAMES.match(line, one.end) and not scene.before.strip().endswith("于")
    )


def _verb_is_real(line: str, one: Written) -> bool:
    verb = ANY_VERB.search(line, one.end, one.end + 24)
    return verb is not None and not NOT_A_VERB.match(line, verb.start())


def _has_milestone_right_next(line: str, one: Written) -> bool:
    right = _RIGHT_NEXT.match(line, one.end)
    verb = MILESTONE_NEXT.match(line, one.end) if right else None
    return bool(
        verb
        and not NOT_A_VERB.match(line, right.end() if right else 0)
        and not _NOT_AFTER_MILESTONE.match(line, verb.end())
    )


# Planned or past --------------------------------------------------------------------------------


_HAS_YEAR = re.compile(r"(?:19|20)[0-9]{2}|年")
_FAR = 100


def _status(one: Written, scene: _Scene, role: str | None, monday: date) -> tuple[Status, bool]:
    """The status, and whether a word says so (else the report's week decided)."""
    sunday = shift(monday, 6)
    if AS_OF_BEFORE.search(scene.before) and not DEADLINE_BEFORE.search(scene.before):
        return "as_of", True
    if _TALKED_ABOUT.match(scene.after) or (
        one.precision == "half" and not scene.cue and not DEADLINE_NEXT.match(scene.after)
    ):
        return "period", True
    planned = _last(PLANNED, scene.before)
    past = _last(PAST, scene.before)
    if past >= 0 and _verbs(scene.before[past:]):
        past = -1
    has_happened = past > planned or bool(PAST.search(scene.after))
    will_happen = (
        planned >= 0
        or bool(PLANNED_BEFORE.search(scene.before))
        or bool(PLANNED.search(scene.after))
        or bool(DEADLINE_NEXT.match(scene.after))
    )
    if has_happened and one.bare_day and not will_happen:
        return "actual", True
    if has_happened and one.high <= (sunday if will_happen else shift(sunday, 10)):
        return "actual", True
    if will_happen:
        return "planned", True
    return ("planned" if one.high > sunday else "actual"), False


def _in_its_year(line: str, one: Written, status: Status | None, monday: date) -> Written:
    """A year that is not written is the nearest, unless words say the day lies on the other side of the week."""
    if status not in ("planned", "actual") or _HAS_YEAR.search(line, one.start, one.end):
        return one
    if one.bare_day and status == "actual" and (one.low - monday).days > 6:
        return replace(one, low=last_month(one.low), high=last_month(one.high))
    if status == "planned" and (monday - one.high).days > _FAR:
        return moved(one, years=1)
    if status == "actual" and (one.low - monday).days > _FAR:
        return moved(one, years=-1)
    return one


def _in_one_year(line: str, written: list[Written]) -> list[Written]:
    """`12/6、12/14上线` is of one year, also where the nearest year of the two differs."""
    for index in range(1, len(written)):
        before, one = written[index - 1], written[index]
        if one.start - before.end > 24 or _HAS_YEAR.search(line, before.start, before.end):
            continue
        days = (one.low - before.low).days
        if abs(days) > 200 and not _HAS_YEAR.search(line, one.start, one.end):
            written[index] = moved(one, years=1 if days < 0 else -1)
    return written


def _last(pattern: re.Pattern[str], window: str) -> int:
    end = -1
    for match in pattern.finditer(window):
        end = match.end()
    return end
