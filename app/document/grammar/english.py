"""Dates written in English words: `next Monday`, `June 7`, `7 June`, `end of June`, `next week`.

Weekdays and weeks count from the Monday of the report's week.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from app.document.grammar.patterns import words
from app.document.grammar.written import (
    LIMIT,
    Written,
    a_day,
    a_month,
    a_quarter,
    day_near,
    day_of,
    shift,
    some_days,
)

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAME: Final = (
    r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|"
    r"Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b"
    r"(?:(?<=\b(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec))\.|(?<=\bSept)\.)?"
)
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_NAME: Final = (
    r"(?P<weekday>Mon(?:day)?|Tue(?:s(?:day)?)?|Wed(?:nesday)?|Thu(?:r(?:s(?:day)?)?)?|"
    r"Fri(?:day)?|Sat(?:urday)?|Sun(?:day)?)\b"
)
#: Names begin with a capital: `may` and `march` are words.
_FIRST = re.compile(r"\b(?=[JFMASONDTW])[A-Z][a-z]{2,8}\b|\b(?:week|weekend|month|quarter)\b", re.ASCII)
_MONTH_AT = re.compile(
    _MONTH_NAME
    + r"(?:\s+(?P<d>[0-9]{1,2})(?:st|nd|rd|th)?\b(?![:%.]?[0-9]|%)(?:\s?-\s?(?P<d2>[0-9]{1,2})\b(?!:))?"
    r"(?:,?\s+(?P<y>20[0-9]{2}))?|\s+(?P<y2>20[0-9]{2})\b)?",
    re.ASCII,
)
_DAY_BEFORE_MONTH = re.compile(r"(?<![0-9./:-])(?P<d>[0-9]{1,2})(?:st|nd|rd|th)?(?:\s+of)?\s+$", re.ASCII)
_PART_BEFORE = words(
    r"\b(?P<part>(?:the\s+)?(?:end|close)\s+of|late|mid|early|(?:the\s+)?(?:beginning|start)\s+of)[\s-]*$"
)
_PREPOSITION = words(r"\b(?:in|by|before|until|since|for|during|from|till|through|around|to)\s+$")
_DAY_AT = re.compile(_DAY_NAME, re.ASCII)
_WHICH_BEFORE = words(r"\b(?P<which>this|next|last|coming)\s+$")
_ON_BEFORE = words(r"\b(?:on|by|before|until|from|to|and|since|due|after|through|till)\s+$")
_EVERY_BEFORE = words(r"\b(?:every|each|per|a|one|two|three|some)\s+$")


def english_dates(line: str, monday: date) -> Iterator[Written]:
    """What is written like a date in English words, in order."""
    count = 0
    for first in _FIRST.finditer(line):
        at = first.start()
        found = (
            _english_week(line, first, monday) if first[0][0].islower() else _english_name(line, at, monday)
        )
        if found is not None:
            yield found
            count += 1
            if count >= LIMIT:
                return


def _english_name(line: str, at: int, monday: date) -> Written | None:
    if match := _MONTH_AT.match(line, at):
        return _english_month(line, match, monday)
    if match := _DAY_AT.match(line, at):
        return _english_weekday(line, match, monday)
    return None


def _english_month(line: str, match: re.Match[str], monday: date) -> Written | None:
    start, end = match.span()
    month = _MONTHS.index(match["month"][:3].lower()) + 1
    year = int(match["y"] or match["y2"]) if match["y"] or match["y2"] else None
    if match["d"]:
        low = _english_day(year, month, int(match["d"]), monday)
        if match["d2"] and low:
            return some_days(start, end, low, day_of(low.year, month, int(match["d2"])), "written")
        return a_day(start, end, low, "written")
    if match[0].endswith("."):  # the stop of the sentence as likely as of the short name
        end -= 1
    before = line[max(0, start - 24) : start]
    if day := _DAY_BEFORE_MONTH.search(before):
        return a_day(start - len(day[0]), end, _english_day(year, month, int(day["d"]), monday), "written")
    if part := _PART_BEFORE.search(before):
        return a_month(start - len(part[0]), end, year, month, _english_part(part["part"]), monday)
    if year or (_PREPOSITION.search(before) and len(match["month"]) > 2):
        return a_month(start, match.end("month") if not year else end, year, month, None, monday, "clause")
    return None


def _english_day(year: int | None, month: int, day: int, monday: date) -> date | None:
    return day_near(month, day, monday) if year is None else day_of(year, month, day)


def _english_part(words: str) -> str:
    words = words.lower()
    if words.endswith("mid"):
        return "中"
    return (
        "初"
        if "early" in words or "start" in words or "beginning" in words
        else "下旬"
        if words == "late"
        else "底"
    )


def _english_weekday(line: str, match: re.Match[str], monday: date) -> Written | None:
    start, end = match.span()
    before = line[max(0, start - 12) : start]
    which = _WHICH_BEFORE.search(before)
    if _EVERY_BEFORE.search(before):
        return None
    if len(match["weekday"]) < 6 and not which and not _ON_BEFORE.search(before):
        return None
    step = {"next": 7, "last": -7}.get(which["which"].lower(), 0) if which else 0
    days = _DAYS.index(match["weekday"][:3].lower())
    day = shift(monday, step + days)
    start -= len(which[0]) if which else 0
    return Written(start, end, day, day, "day", "clause", weekday="named" if which else "bare")


_SPAN_BEFORE = words(r"\b(?P<end>(?:the\s+)?end\s+of\s+)?(?P<which>next|this|the)\s+$")
_HEADING_NEXT = words(r"(?:'s|\s+(?:goals?|plans?|targets?|focus|work|tasks?)\b)")


def _english_week(line: str, match: re.Match[str], monday: date) -> Written | None:
    """`next week`, `this weekend`, `end of the month`, `next quarter`."""
    start, end = match.span()
    before = line[max(0, start - 24) : start]
    which = _SPAN_BEFORE.search(before)
    if which is None or _HEADING_NEXT.match(line, end):
        return None
    is_next = which["which"].lower() == "next"
    start -= len(which[0])
    if match[0] == "week" and is_next:
        low = shift(monday, 7)
        return Written(start + len(which["end"] or ""), end, low, shift(low, 6), "week", "clause")
    if match[0] == "weekend":
        return some_days(start, end, shift(monday, 5 + 7 * is_next), shift(monday, 6 + 7 * is_next), "clause")
    middle = shift(monday, 3)
    if match[0] == "month" and (is_next or which["end"]):
        months = middle.year * 12 + middle.month - 1 + is_next
        return a_month(start, end, months // 12, months % 12 + 1, "底" if which["end"] else None, monday)
    if match[0] == "quarter" and (is_next or which["end"]):
        quarters = middle.year * 4 + (middle.month - 1) // 3 + is_next
        return a_quarter(start, end, quarters // 4, quarters % 4 + 1, "末" if which["end"] else None)
    return None
