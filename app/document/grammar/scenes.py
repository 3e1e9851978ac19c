"""The clause around a date, and the verb in it: what is to happen then, or happened."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from app.document.grammar.folding import clause_end, clause_start
from app.document.grammar.patterns import any_of, words
from app.document.grammar.verbs import (
    ANY_VERB,
    AS_OF_BEFORE,
    CUE_BEFORE,
    DEADLINE_NEXT,
    EVE,
    MOVED_FROM,
    NOT_A_VERB,
    SURE_CUE_BEFORE,
)
from app.document.grammar.written import Written

_CUE_REACH: Final = 20

_OPENING = re.compile(r"[(【\[「“]")
_BRACKET = re.compile(r"[()【】\[\]「」“”]")
_WEEKDAY_NOTE = re.compile(
    r"\s?\((?:[本这上下]{0,2}(?:周|星期|礼拜))?[一二三四五六日天](?:晚上?|上午|下午|凌晨|中午)?\)"
)


@dataclass(frozen=True, slots=True)
class Scene:
    """What stands around a date in its clause, up to the dates before and after it.

    `clause` is where the clause begins and `whole_before` its words up to the date; `before` and
    `after` end at a bracket. A cue (预计, 于, by) makes digits a date; after a sure one (上线时间) nothing
    else can stand.
    """

    clause: int
    whole_before: str
    before: str
    after: str
    is_labelled: bool
    has_cue: bool
    has_sure_cue: bool
    is_deadline: bool
    is_as_of: bool


def scenes_of(line: str, written: list[Written]) -> list[Scene]:
    """The scene of each date, in the same order."""
    starts = [*(one.start for one in written[1:]), len(line) + 1]
    ends = [0, *(one.end for one in written)]
    return [_scene(line, *around) for around in zip(written, ends, starts, strict=False)]


def _scene(line: str, one: Written, previous: int, following: int) -> Scene:
    clause = clause_start(line, one.start)
    begin, end = max(clause, previous), clause_end(line, one.end)
    note = _WEEKDAY_NOTE.match(line, one.end)
    after = line[note.end() if note else one.end : min(end, following)]
    if bracket := _BRACKET.search(after):
        after = after[: bracket.start()]
    before = line[begin : one.start]
    for bracket in _OPENING.finditer(before):
        before = line[begin + bracket.end() : one.start]
    return Scene(
        clause=clause,
        whole_before=line[clause : one.start],
        before=before,
        after=after,
        is_labelled=following <= end and bool(_PARTED.match(after)) and _label(after) is not None,
        has_cue=bool(CUE_BEFORE.search(line[max(begin, one.start - _CUE_REACH) : one.start])),
        has_sure_cue=bool(SURE_CUE_BEFORE.search(before)),
        is_deadline=bool(DEADLINE_NEXT.match(line, one.end)),
        is_as_of=bool(AS_OF_BEFORE.search(before)),
    )


# Roles ------------------------------------------------------------------------------------------

_LIST = words(r"\s?(?:[、,/&~]|和|及|与|或|\band\b|\bor\b)\s?")
_PUT_OFF: Final = any_of("延期 延后 推迟 顺延 提前 调整 改 变更")
_PUT_OFF_TO = words(
    rf"(?:{_PUT_OFF}|延)[到至为]\s?$|\b",
    any_of(r"postponed moved slipped rescheduled pushed(?:\sback)? delayed brought\sforward"),
    r" to\s$",
)
#: Between two dates of which the second takes the place of the first: `1/22改为3/12`.
_PUT_OFF_BETWEEN = words(
    rf"(?:\s?\([^()]{{1,8}}\))?\s?(?P<verb>[^,;。\n0-9]{{0,8}}?)(?P<pause>\s?,\s?)?(?:现|再|又|已|计划|统一)?"
    rf"(?:{_PUT_OFF}|延)[了]?(?:[到至为成]|→)\s?"
)
_HAPPENED = re.compile(r"完成|完毕|已|了|、|和|及")
_FORMER_BEFORE = words(r"原(?:定|计划|先|来)?[^,;。\n0-9]{0,10}$|[由从]\s?$")


def are_superseded(line: str, written: list[Written]) -> list[bool]:
    """Which dates the next one has taken the place of: they were only planned."""
    pairs = pairwise(written)
    return [*(_is_superseded(line, one, following) for one, following in pairs), False][: len(written)]


def _is_superseded(line: str, one: Written, following: Written) -> bool:
    before = line[max(0, one.start - 48) : one.start]
    if MOVED_FROM.search(before) and _TO.fullmatch(line, one.end, following.start):
        return True
    between = _PUT_OFF_BETWEEN.fullmatch(line, one.end, following.start)
    if between is None or _HAPPENED.search(between["verb"]):
        return False
    return not between["pause"] or bool(_FORMER_BEFORE.search(before))


_TO = words(r"\s*(?:to|until|till)\s+")
_IS_PUT_OFF = words(rf"{any_of('延期 推迟 延长 延后 调整 更新')}+$")


def _moved_role(first: Scene, second: Scene) -> str | None:
    """What was moved: 上线 of `上线由1/22推迟到3/12` and of `由1/22推迟到3/12上线`."""
    own = _put_off_verb(first.before)
    return own or _verb_phrase(_PUT_OFF_AFTER.split(first.after)[0]) or _verb_phrase(second.after)


def _put_off_verb(window: str) -> str | None:
    """The verb the window ends with, without what moves it: 上线 of 上线推迟."""
    while said := last_verb(window):
        if verb := _IS_PUT_OFF.sub("", said):
            return verb
        window = window[: window.rindex(said)]
    return None


_PUT_OFF_AFTER = words(_PUT_OFF)


def roles_of(line: str, written: list[Written], scenes: list[Scene]) -> list[str | None]:
    """The verb of each date: its own, that of the list it stands in, or of the date it was put off from."""
    roles: list[str | None] = [None] * len(written)
    for index in range(len(written) - 1, -1, -1):
        following = roles[index + 1] if index + 1 < len(written) else None
        if following and _LIST.fullmatch(line, written[index].end, written[index + 1].start):
            roles[index] = following
        else:
            roles[index] = _role(line, written[index], scenes[index])
    superseded = are_superseded(line, written)
    for index in range(1, len(written)):
        earlier, scene = roles[index - 1], scenes[index]
        if superseded[index - 1]:
            moved = _moved_role(scenes[index - 1], scene)
            roles[index - 1] = moved
            if not verbs_in(scene.after):
                roles[index] = moved
        elif earlier and not verbs_in(scene.after) and _PUT_OFF_TO.search(scene.before):
            roles[index] = _put_off_verb(scene.before) or earlier
        if roles[index] is None and _LIST.fullmatch(line, written[index - 1].end, written[index].start):
            roles[index] = earlier
    return roles


_CJK = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]{2}")


def _role(line: str, one: Written, scene: Scene) -> str | None:
    around = scene.before + scene.after
    if _LATIN.search(around) and not _CJK.search(around):
        return last_verb(scene.before) or _verb_phrase(scene.after)
    if scene.is_as_of:
        return _verb_phrase(scene.after) or _in_the_next_clause(line, one, scene)
    if scene.is_labelled and (label := _label(scene.before)):
        return label
    return (
        _verb_phrase(scene.after)
        or last_verb(scene.before)
        or _across_a_bracket(line, one, scene)
        or _in_the_next_clause(line, one, scene)
    )


_LABEL_ENDS = re.compile(r"(?:的?(?:计划|预计|目标)?(?:时间|日期|节点|时点|日))?[\s:是为在于由从原到至*]*$")
#: The verb after a date belongs to the next date: `提测6/24 上线6/30`, `由6/18调整为6/25`.
_PARTED = re.compile(rf"[\s、/>→-]|{_PUT_OFF}")


def _label(window: str) -> str | None:
    """The verb that ends the window, as in `提测6/24` or `上线时间：6/30`."""
    tail = _LABEL_ENDS.search(window)
    said = window[: tail.start()] if tail else window
    verb = last_verb(said[-8:])
    return verb if verb and said.endswith(verb) else None


def _across_a_bracket(line: str, one: Written, scene: Scene) -> str | None:
    """`完成切换（6/24）`, `【6/24】上线`."""
    start, end = one.start - len(scene.before), one.end + len(scene.after)
    if start > 0 and _OPENING.match(line, start - 1):
        verb = last_verb(line[clause_start(line, start - 1) : start - 1])
        if verb:
            return verb
    if line[end : end + 1] in (")", "]", "】", "」", "”"):
        return _verb_phrase(line[end + 1 : clause_end(line, end + 1)])
    return None


_PAUSE_AFTER = re.compile(r"\s?[,:-]")


def _in_the_next_clause(line: str, one: Written, scene: Scene) -> str | None:
    """`6/24，账户切换完成`."""
    pause = _PAUSE_AFTER.match(line, one.end)
    if pause is None or scene.after.strip(" :-"):
        return None
    return _verb_phrase(line[pause.end() : clause_end(line, pause.end())])


# Verbs ------------------------------------------------------------------------------------------

_LONGEST_PHRASE: Final = 10
_FARTHEST_VERB: Final = 24
_PAUSE = re.compile(rf"[、\s→>]|{EVE}")
_ACHIEVES = re.compile(r"完成|通过|实现|达成|做完|结束|上会")
_MODIFIER = re.compile(r"(?:正式|整体|全量|全部|全面|小流量)$")


def verbs_in(window: str) -> list[tuple[int, int]]:
    """Where the verbs of the window begin and end; nouns that begin like one (测试环境) are none."""
    return [verb.span() for verb in ANY_VERB.finditer(window) if not NOT_A_VERB.match(window, verb.start())]


def last_verb(window: str) -> str | None:
    """The verbs the window ends with: 验收切换 of 报表的验收切换."""
    verbs = verbs_in(window)
    return _last_of(window, verbs) if verbs else None


def _verb_phrase(window: str) -> str | None:
    """What is said right after a date: 完成柜面上线, 整体交付.

    Of a long phrase the verbs it ends with where it begins with 完成, else those it begins with.
    """
    verbs = verbs_in(window)
    if not verbs or verbs[0][0] > _FARTHEST_VERB:
        return None
    if pause := _PAUSE.search(window, verbs[0][1]):
        verbs = [verb for verb in verbs if verb[1] <= pause.start()]
    (start, end), (_, last) = verbs[0], verbs[-1]
    modifier = _MODIFIER.search(window, max(0, start - 3), start)
    begin = modifier.start() if modifier else start
    if last - begin <= _LONGEST_PHRASE and "的" not in window[begin:last]:
        return window[begin:last]
    if _ACHIEVES.match(window, start):
        return _last_of(window, verbs)
    for verb in verbs[1:]:
        if verb[0] != end:
            break
        end = verb[1]
    return window[begin:end]


def _last_of(window: str, verbs: list[tuple[int, int]]) -> str:
    start, end = verbs[-1]
    for verb in reversed(verbs[:-1]):
        if verb[1] != start:
            break
        start = verb[0]
    return window[start:end]
