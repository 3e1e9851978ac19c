"""Dates written in digits: `6/7`, `12.8日`, `2024年5月28日`, `9~10`, `617`.

A run of digits is told by the marks inside it (`/`, `-`, `.`, `~`, `:`); a run with other marks than
those in the table (an IP address, a version, a score) is no date.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Final

from app.document.grammar.patterns import words
from app.document.grammar.written import (
    LIMIT,
    Written,
    a_day,
    a_half,
    a_month,
    a_quarter,
    day_after,
    day_near,
    day_of,
    end_of_year,
    is_near,
    some_days,
    some_months,
)

#: Digits with marks between them.
RUN = re.compile(r"[0-9]+(?:[-./~:][0-9]+)*")
_LONGEST_RUN = 32
_MARKS = re.compile(r"[-./~:]")
_DAY_MARK = re.compile(r"\s?[日号](?![线楼机店令院库仓位段码卡池文均常志报终程内])")
_MONTH_MARK = re.compile(r"\s?月份?(?!额)")
_CHINESE_DATE = re.compile(
    r"(?:(?P<y>[0-9]{4}|[0-9]{2})\s?年\s?)?(?P<m>[0-9]{1,2})\s?月(?:"
    r"\s?(?P<d>[0-9]{1,2})(?![0-9.:%/-])\s?(?:[日号]|(?![个项张家条笔台套人次份年月天万亿元分]))"
    r"|份?(?P<part>[上中下]旬|初(?![步始审验稿版筛评])|底(?![层座稿价线盘数库])|末|中(?![心台间旬国信行文期标止断转]))?)"
)
_YEAR_PART = re.compile(
    r"(?P<y>[0-9]{4}|[0-9]{2})\s?年(?:(?P<part>[底末中])|度?(?P<half>[上下])半年|第?(?P<q>[一二三四])季度|\s?Q(?P<q2>[1-4]))"
)
_EVERY_MONTH = re.compile(r"每个?月[^,;。\n]*$")
_YEAR_WORD = re.compile(r"([今本明来去])年\s?$")
_YEAR_STEP = {"今": 0, "本": 0, "明": 1, "来": 1, "去": -1}

#: Right before a run of digits: it is part of something else ...
_GLUE: Final = "¥€£×第近每满"
_GLUED = re.compile(rf"[0-9A-Za-z./+^%#_=$\x00{_GLUE}]$|[0-9A-Za-z][-~]$|[0-9][:*]$")
#: ... unless the letters are one of these.
_CUE_WORD = words(
    r"(?:^|[^A-Za-z])(?:ETA|DDL|deadline|by|on|due|until|before|UAT|SIT|kickoff|launch|golive|live|release)$"
)


def digit_dates(line: str, monday: date) -> Iterator[Written]:
    """What is written like a date in digits, in order."""
    done = count = 0
    for run in RUN.finditer(line):
        start, end = run.span()
        if start < done or _is_glued(line, start):
            continue
        found = digit_date(line, start, end, monday)
        if found is not None:
            yield found
            done = found.end
            count += 1
            if count >= LIMIT:
                return


_RUNS_ON = re.compile(r"_|\.[A-Za-z]")


def digit_date(line: str, start: int, end: int, monday: date) -> Written | None:
    """The date that begins with the run of digits and marks at `line[start:end]`."""
    if end - start > _LONGEST_RUN:
        return None
    run = line[start:end]
    if run.isdigit():
        return None if _RUNS_ON.match(line, end) else _plain(run, line, start, end, monday)
    read = _READERS.get("".join(_MARKS.findall(run)))
    if read is None:
        return None
    parts = _MARKS.split(run)
    if any(len(part) > 8 for part in parts) or _RUNS_ON.match(line, end):
        return None
    return read(parts, line, start, end, monday)


def _is_glued(line: str, start: int) -> bool:
    last = line[start - 1 : start]
    if not last.isascii() and last not in _GLUE:
        return False
    before = line[max(0, start - 10) : start]
    if not _GLUED.search(before):
        return False
    return not (before[-1].isalpha() and before[-1].isascii() and _CUE_WORD.search(before))


def _plain(digits: str, line: str, start: int, end: int, monday: date) -> Written | None:
    if line[end : end + 2].lstrip()[:1] in ("年", "月"):
        if match := _CHINESE_DATE.match(line, start):
            return _chinese_date(match, line, monday)
        if match := _YEAR_PART.match(line, start):
            return _year_part(match)
    if len(digits) <= 2 and (mark := _DAY_MARK.match(line, end)):
        before = line[max(0, start - 10) : start]
        is_other = before.endswith(("年", "月")) or _EVERY_MONTH.search(before)
        return None if is_other else _day_of_month(int(digits), start, mark.end(), monday)
    if len(digits) == 8:
        day = day_of(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
        near = is_near(day, monday, before=400, after=400)
        return a_day(start, end, day, "both", certain=False) if near else None
    if len(digits) in (3, 4):
        day = day_near(int(digits[:-2]), int(digits[-2:]), monday)
        near = is_near(day, monday, before=60, after=180)
        return a_day(start, end, day, "milestone", certain=False) if near else None
    return None


def _chinese_date(match: re.Match[str], line: str, monday: date) -> Written | None:
    start, month = match.start(), int(match["m"])
    year = _year(match["y"]) if match["y"] else None
    if year is None and (word := _YEAR_WORD.search(line[max(0, start - 4) : start])):
        year = monday.year + _YEAR_STEP[word[1]]
        start -= len(word[0])
    if match["d"]:
        day = (
            day_near(month, int(match["d"]), monday) if year is None else day_of(year, month, int(match["d"]))
        )
        return a_day(start, match.end(), day, "written")
    return a_month(start, match.end(), year, month, match["part"], monday)


def _year_part(match: re.Match[str]) -> Written | None:
    start, end, year = match.start(), match.end(), _year(match["y"])
    if match["part"]:
        return end_of_year(start, end, year, match["part"])
    if match["half"]:
        return a_half(start, end, year, is_first=match["half"] == "上")
    quarter = int(match["q2"]) if match["q2"] else "一二三四".index(match["q"]) + 1
    return a_quarter(start, end, year, quarter)


def _day_of_month(day: int, start: int, end: int, monday: date) -> Written | None:
    """`15日`, `20号`: the first such day from a few days before the week on."""
    months = (monday.year * 12 + monday.month - 1 + step for step in (-1, 0, 1))
    days = [found for month in months if (found := day_of(month // 12, month % 12 + 1, day))]
    coming = next((found for found in days if (found - monday).days >= -9), None)
    one = a_day(start, end, coming, "next", certain=False)
    return replace(one, bare_day=True) if one else None


def _slash(parts: list[str], line: str, start: int, end: int, monday: date) -> Written | None:
    first, second = parts
    if len(first) == 4:
        return _year_month(first, second, start, end, monday)
    if len(first) > 2 or len(second) > 2:
        return None
    if mark := _MONTH_MARK.match(line, end):
        return some_months(int(first), int(second), start, mark.end(), monday, "next", certain=False)
    return a_day(start, _past_day_mark(line, end), day_near(int(first), int(second), monday), "day")


def _slash_range(parts: list[str], line: str, start: int, end: int, monday: date) -> Written | None:
    low, high = _month_day_range(parts, monday)
    return some_days(start, _past_day_mark(line, end), low, high, "day")


def _slash_then_clock(parts: list[str], line: str, start: int, end: int, monday: date) -> Written | None:
    """`6/7-20:00`: the day is the date."""
    day = day_near(int(parts[0]), int(parts[1]), monday)
    return a_day(start, start + len(parts[0]) + 1 + len(parts[1]), day, "day")


def _dotted(parts: list[str], line: str, start: int, end: int, monday: date) -> Written | None:
    first, second = parts
    if len(first) == 4:
        return _year_month(first, second, start, end, monday)
    if len(first) > 2 or len(second) > 2:
        return None
    day = day_near(int(first), int(second), monday)
    if mark := _DAY_MARK.match(line, end):
        return a_day(start, mark.end(), day, "written")
    near = is_near(day, monday, before=60, after=180)
    return a_day(start, end, day, "both", certain=False) if near else None


def _dotted_range(parts: list[str], line: str, start: int, end: int, monday: date) -> Written | None:
    low, high = _month_day_range(parts, monday)
    if mark := _DAY_MARK.match(line, end):
        return some_days(start, mark.end(), low, high, "written")
    return some_days(start, end, low, high, "next", certain=False)


def _dash(parts: list[str], line: str, start: int, end: int, monday: date) -> Written | None:
    first, second = parts
    if len(first) == 4:
        return _year_month(first, second, start, end, monday)
    if len(first) > 2 or len(second) > 2:
        return None
    if mark := _MONTH_MARK.match(line, end):
        return some_months(int(first), int(second), start, mark.end(), monday, "clause")
    if mark := _DAY_MARK.match(line, end):
        low = _day_of_month(int(first), start, end, monday)
        high = day_after(low.low, low.low.month, int(second)) if low else None
        return some_days(start, mark.end(), low.low if low else None, high, "next", certain=False)
    is_padded = len(first) == len(second) == 2 and "0" in (first[0], second[0])
    if line[start + len(first)] == "-" and (is_padded or int(second) > 12):
        return a_day(start, end, day_near(int(first), int(second), monday), "milestone", certain=False)
    return some_months(int(first), int(second), start, end, monday, "both", certain=False)


def _full(parts: list[str], line: str, start: int, end: int, monday: date) -> Written | None:
    low = _full_day(parts[:3], monday)
    end = _past_day_mark(line, end)
    if len(parts) == 3:
        return a_day(start, end, low, "written", certain=len(parts[0]) == 4)
    high = _full_day(parts[3:], monday) if len(parts) == 6 else day_after(low, int(parts[3]), int(parts[4]))
    return some_days(start, end, low, high, "written")


def _dotted_full(parts: list[str], line: str, start: int, end: int, monday: date) -> Written | None:
    return _full(parts, line, start, end, monday) if len(parts[0]) == 4 else None


def _full_day(parts: list[str], monday: date) -> date | None:
    year, month, day = parts
    if len(month) > 2 or len(day) > 2 or (month[0] == "0" and len(day) == 1):
        return None
    if len(year) == 2 and abs(int(year) + 2000 - monday.year) <= 1:
        return day_of(int(year) + 2000, int(month), int(day))
    return day_of(int(year), int(month), int(day)) if _is_year(year) else None


def _month_day_range(parts: list[str], monday: date) -> tuple[date | None, date | None]:
    low = day_near(int(parts[0]), int(parts[1]), monday)
    month, day = (parts[2], parts[3]) if len(parts) == 4 else (parts[0], parts[2])
    return low, day_after(low, int(month), int(day))


def _year_month(year: str, month: str, start: int, end: int, monday: date) -> Written | None:
    if not _is_year(year) or len(month) > 2 or not 1 <= int(month) <= 12:
        return None
    return a_month(start, end, int(year), int(month), None, monday)


def _past_day_mark(line: str, end: int) -> int:
    mark = _DAY_MARK.match(line, end)
    return mark.end() if mark else end


def _year(digits: str) -> int:
    return int(digits) + (2000 if len(digits) == 2 else 0)


def _is_year(digits: str) -> bool:
    return len(digits) == 4 and digits[:2] in ("19", "20")


#: What the marks between the digits make of them.
_READERS: Final[dict[str, Callable[[list[str], str, int, int, date], Written | None]]] = {
    "/": _slash,
    "/-": _slash_range,
    "/~": _slash_range,
    "/-/": _slash_range,
    "/~/": _slash_range,
    "/-:": _slash_then_clock,
    "/~:": _slash_then_clock,
    ".": _dotted,
    ".-": _dotted_range,
    ".~": _dotted_range,
    ".-.": _dotted_range,
    ".~.": _dotted_range,
    "-": _dash,
    "~": _dash,
    "//": _full,
    "--": _full,
    "..": _dotted_full,
    "//-//": _full,
    "//~//": _full,
    "--~--": _full,
    "-----": _full,
    "..-..": _dotted_full,
    "..~..": _dotted_full,
    "//-/": _full,
    "//~/": _full,
    "--~-": _full,
    "..-.": _dotted_full,
    "..~.": _dotted_full,
}
