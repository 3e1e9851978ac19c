"""Dates in running text: which of the phrases written like dates are dates, of what, and planned or past.

The clause decides. Its verb is the role (上线, 提测, 完成切换, go live); the words around say whether it
is planned, has happened, is a state (截至) or is a span that is only talked about; without such words
the report's week does: later is planned, earlier and within is past.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Final, Literal

from app.document.grammar.chinese import chinese_dates
from app.document.grammar.digits import digit_dates
from app.document.grammar.english import english_dates
from app.document.grammar.evidence import is_date, is_talked_about
from app.document.grammar.folding import prose
from app.document.grammar.found import FoundFact
from app.document.grammar.patterns import words
from app.document.grammar.scenes import Scene, are_superseded, roles_of, scenes_of, verbs_in
from app.document.grammar.verbs import (
    DEADLINE_BEFORE,
    EVE_BEFORE,
    EVE_NEXT,
    PAST,
    PLANNED,
    PLANNED_BEFORE,
)
from app.document.grammar.written import Written, last_month, moved, shift, written_in_order

Status = Literal["planned", "actual", "as_of", "period"]


def find_dates(text: str, monday: date) -> list[FoundFact]:
    """The dates in `text`, in order; an unwritten year is the one nearest to the week of `monday`."""
    line = prose(text)
    found = [*digit_dates(line, monday), *chinese_dates(line, monday), *english_dates(line, monday)]
    if not found:
        return []
    written = _in_one_year(line, written_in_order(line, found))
    scenes = scenes_of(line, written)
    roles, superseded = roles_of(line, written, scenes), are_superseded(line, written)
    facts: list[FoundFact] = []
    is_of_share = False  # the date before was none but a share, and this one has taken its place
    planned: tuple[int, date] | None = None  # the clause and day of an earlier date that words say is planned
    for one, scene, role, is_superseded in zip(written, scenes, roles, superseded, strict=True):
        one = _coming(line, one, scene, monday)
        if is_of_share or (is_superseded and one.need == "day" and _SHARE_BEFORE.search(scene.whole_before)):
            is_of_share, planned = is_superseded, None
            continue
        if not (is_superseded and role) and not is_date(line, one, scene, role, monday):
            continue
        if is_superseded:
            planned = None
            facts.append(_fact(one, scene, role, "planned"))
            continue
        status, is_said = _status(line, one, scene, monday)
        if not is_said and planned and planned[0] == scene.clause and planned[1] <= one.low:
            status, is_said = "planned", True
        planned = (scene.clause, one.low) if is_said and status == "planned" else None
        facts.append(_fact(_in_its_year(line, one, status if is_said else None, monday), scene, role, status))
    return facts


#: `灰度比例由1/4调整为1/2`.
_SHARE_BEFORE = words(
    r"(?:(?:比例|占比|比重|权重|率)(?:已|均)?\s?[由从]?|\b(?:share|ratio|weight)\s.{0,16}from)\s*$"
)


def _fact(one: Written, scene: Scene, role: str | None, status: Status) -> FoundFact:
    is_bare_ratio = one.need == "day" and one.precision == "day" and role is None and not scene.has_cue
    values = {"iso": one.iso, "precision": one.precision, "role": role, "status": status}
    return FoundFact("date", one.start, one.end, one.certain and not is_bare_ratio, values)


# Planned or past --------------------------------------------------------------------------------

#: A report may be finished so many days after its week, and tell of what happened until then.
_LATE: Final = 10


def _status(line: str, one: Written, scene: Scene, monday: date) -> tuple[Status, bool]:
    """The status, and whether words say so (else the report's week decides)."""
    sunday = shift(monday, 6)
    if scene.is_as_of and not DEADLINE_BEFORE.search(scene.before):
        return "as_of", True
    is_open_half = one.precision == "half" and not scene.has_cue and not scene.is_deadline
    if is_open_half or is_talked_about(line, one):
        return "period", True
    if EVE_NEXT.match(scene.after) or EVE_BEFORE.search(scene.before):
        return "planned", True
    if start := _as_start(line, one, scene, sunday):
        return start, True
    planned, past = _last_end(PLANNED, scene.before), _last_end(PAST, scene.before)
    if past >= 0 and verbs_in(scene.before[past:]):
        past = -1  # it is said of that verb
    has_happened = past > planned or bool(PAST.search(scene.after))
    will_happen = planned >= 0 or scene.is_deadline
    will_happen = will_happen or bool(PLANNED_BEFORE.search(scene.before) or PLANNED.search(scene.after))
    has_happened = has_happened or _is_rest_done(scene, planned)
    if has_happened and one.bare_day and not will_happen:
        return "actual", True
    if has_happened and one.high <= (sunday if will_happen else shift(sunday, _LATE)):
        return "actual", True
    if will_happen:
        return "planned", True
    return ("planned" if one.high > sunday else "actual"), False


_SINCE = words(r"(?P<state>\b(?:[a-z]+ed|been|live|down|open|out)\s+)?\bsince\s+$")
_FROM = re.compile(r"(?:自从?|从)\s?$")
_ON = re.compile(
    r"\s?(?:[^,;。\n0-9]{0,10}?(?:到|至)(?:今天?|今日|现在|目前|如今|当前|当下)|起\s?(?:[,;。)\n]|$))"
)


def _as_start(line: str, one: Written, scene: Scene, sunday: date) -> Status | None:
    """`从五月立项到今天`, `自3月起`, `since 28 May`: a start that is only talked about is never planned."""
    if since := _SINCE.search(scene.before):
        return "actual" if one.high <= sunday and since["state"] else "period"
    if _FROM.search(scene.before) and _ON.match(line, one.end):
        return "period"
    return None


_REST_BEFORE = re.compile(r"(?:剩余|余下)$")
_DONE_AFTER = re.compile(r"\s?[^\s,0-9前]{1,8}完成\s?$")


def _is_rest_done(scene: Scene, planned: int) -> bool:
    """`剩余1项6/10修复完成`: the rest is no plan where the verb says that it is done."""
    if scene.is_deadline or not _DONE_AFTER.match(scene.after):
        return False
    before = scene.before[: max(planned, 0)]
    rest = _REST_BEFORE.search(before)
    return rest is not None and not PLANNED.search(before[: rest.start()])


_NO_COMING_BEFORE = re.compile(r"[较比从自由于]\s?$")


def _coming(line: str, one: Written, scene: Scene, monday: date) -> Written:
    """`月初` in the last week of a month is that of the next, unless something says that it is past."""
    if line[one.start : one.end] != "月初" or shift(monday, 9).month == one.low.month:
        return one
    if (shift(monday, 3).year, shift(monday, 3).month) != (one.low.year, one.low.month):
        return one
    is_past = PAST.search(scene.before) or PAST.search(scene.after) or _DONE_AFTER.match(scene.after)
    if is_past or is_talked_about(line, one) or _NO_COMING_BEFORE.search(scene.before):
        return one
    first = shift(monday, 9).replace(day=1)
    return replace(one, low=first, high=first.replace(day=10))


def _last_end(pattern: re.Pattern[str], window: str) -> int:
    return max((match.end() for match in pattern.finditer(window)), default=-1)


# The year ---------------------------------------------------------------------------------------

_HAS_YEAR = re.compile(r"(?:19|20)[0-9]{2}|年")
_FAR: Final = 100
_OTHER_YEAR: Final = 200
_ONE_LIST: Final = 24


def _in_one_year(line: str, written: list[Written]) -> list[Written]:
    """`12/6、12/14上线` is of one year, also where the nearest year of the two differs."""
    for index in range(1, len(written)):
        before, one = written[index - 1], written[index]
        days = (one.low - before.low).days
        if abs(days) <= _OTHER_YEAR or one.start - before.end > _ONE_LIST:
            continue
        if not (
            _HAS_YEAR.search(line, before.start, before.end) or _HAS_YEAR.search(line, one.start, one.end)
        ):
            written[index] = moved(one, years=1 if days < 0 else -1)
    return written


def _in_its_year(line: str, one: Written, status: Status | None, monday: date) -> Written:
    """The nearest, unless words say that the day lies on the other side of the week."""
    if status not in ("planned", "actual") or _HAS_YEAR.search(line, one.start, one.end):
        return one
    if one.bare_day and status == "actual" and (one.low - monday).days > 6:
        return replace(one, low=last_month(one.low), high=last_month(one.high))
    if status == "planned" and (monday - one.high).days > _FAR:
        return moved(one, years=1)
    if status == "actual" and (one.low - monday).days > _FAR:
        return moved(one, years=-1)
    return one
