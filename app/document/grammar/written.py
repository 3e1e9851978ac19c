"""A phrase that is written like a date, and how such phrases are built and joined."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Literal

from app.document.grammar.verbs import MOVED_FROM

Precision = Literal["day", "week", "month_part", "month", "month_range", "day_range", "half"]

#: How much the words around must say before it counts as a date.
#: written: nothing; day: no sign of a ratio; clause: a verb in the clause; next: a verb or a cue right
#: beside it; both: a cue before it and a verb after; milestone: a cue before it or a milestone right after.
Need = Literal["written", "day", "clause", "next", "both", "milestone"]

#: More than this many dates in one block is no prose; what follows them is not read.
LIMIT: Final = 1000

#: Farther from the report's week than this, a day without a year is not what was meant.
_NEAR = 190

_RANGE = re.compile(r"\s?(?:--?|~|至|到|\bto\b|\bthrough\b)\s?", re.ASCII)
_TWIN = re.compile(r"\s?[(/]?\s?|(?P<comma>,\s?)")


@dataclass(frozen=True, slots=True)
class Written:
    """`line[start:end]` is written like a date and stands for the days `low` to `high`."""

    start: int
    end: int
    low: date
    high: date
    precision: Precision
    need: Need
    certain: bool = True
    weekday: Literal["", "bare", "named"] = ""
    bare_day: bool = False

    @property
    def iso(self) -> str:
        """A day, a month, or a span of either."""
        if self.precision == "month":
            return self.low.isoformat()[:7]
        if self.precision == "month_range":
            return f"{self.low.isoformat()[:7]}/{self.high.isoformat()[:7]}"
        if self.low == self.high:
            return self.low.isoformat()
        return f"{self.low.isoformat()}/{self.high.isoformat()}"


def written_in_order(line: str, found: list[Written]) -> list[Written]:
    """The phrases in order, none inside another, `6/5-6/9` made one, `6/9 (周五)` told once."""
    found.sort(key=lambda one: (one.start, -one.end))
    kept: list[Written] = []
    for one in found:
        last = kept[-1] if kept else None
        if last is None:
            kept.append(one)
        elif one.start < last.end:
            continue
        elif span := _joined(line, last, one):
            kept[-1] = span
        elif last.weekday == "named" and one.weekday == "bare" and _is_list(line, last, one):
            kept.append(_same_week(one, last))
        elif one.bare_day and last.precision == "day" and not last.weekday and _is_list(line, last, one):
            day = day_of(last.low.year, last.low.month, one.low.day)
            kept.append(
                replace(one, low=day, high=day, need=last.need, bare_day=False, certain=True) if day else one
            )
        elif (
            last.precision == "week" and one.precision == "day" and _TWIN.fullmatch(line, last.end, one.start)
        ):
            kept[-1] = one
        elif _is_twin(line, last, one):
            kept[-1] = _twin(last, one)
        else:
            kept.append(one)
    return kept


def _joined(line: str, first: Written, second: Written) -> Written | None:
    if not _RANGE.fullmatch(line, first.end, second.start):
        return None
    if MOVED_FROM.search(line, max(0, first.start - 48), first.start):
        return None
    if second.bare_day and first.precision == "day":
        day = day_of(first.low.year, first.low.month, second.low.day)
        second = replace(second, low=day, high=day, certain=True) if day else second
    elif first.weekday and second.weekday == "bare":
        second = _same_week(second, first)
    elif second.precision == "day" and second.low < first.low:  # nearest in another year
        day = day_after(first.low, second.low.month, second.low.day)
        second = replace(second, low=day, high=day) if day else second
    if first.high >= second.low:
        return None
    need: Need = "written" if "written" in (first.need, second.need) else first.need
    certain = first.certain and second.certain
    weekday = first.weekday
    if first.precision == second.precision == "day":
        return Written(first.start, second.end, first.low, second.high, "day_range", need, certain, weekday)
    if first.precision == second.precision == "month":
        return Written(first.start, second.end, first.low, second.high, "month_range", need, certain)
    return None


def _same_week(one: Written, named: Written) -> Written:
    step = (named.low - timedelta(days=named.low.weekday())) - (one.low - timedelta(days=one.low.weekday()))
    return replace(one, low=one.low + step, high=one.high + step, weekday="named")


def _is_list(line: str, first: Written, second: Written) -> bool:
    return second.start - first.end <= 3 and line[first.end : second.start].strip() in (
        "、",
        ",",
        "/",
        "和",
        "及",
        "或",
        "与",
    )


def _is_twin(line: str, first: Written, second: Written) -> bool:
    if bool(first.weekday) == bool(second.weekday):
        return False
    between = _TWIN.fullmatch(line, first.end, second.start)
    if between is None:
        return False
    return not between["comma"] or first.low.weekday() == second.low.weekday()


def _twin(first: Written, second: Written) -> Written:
    """`6/9 (周五)` and `周五 (6/9)` are one date, that in digits; not certain where they disagree."""
    weekday, digits = (first, second) if first.weekday else (second, first)
    agree = weekday.low.weekday() == digits.low.weekday()
    return replace(digits, certain=digits.certain and agree, need=min(digits.need, weekday.need, key=_ease))


def _ease(need: Need) -> int:
    return ("written", "day", "clause", "next", "milestone", "both").index(need)


# Building ---------------------------------------------------------------------------------------


def a_day(start: int, end: int, day: date | None, need: Need, *, certain: bool = True) -> Written | None:
    return Written(start, end, day, day, "day", need, certain) if day else None


def some_days(
    start: int, end: int, low: date | None, high: date | None, need: Need, *, certain: bool = True
) -> Written | None:
    if low is None or high is None or not low < high:
        return None
    return Written(start, end, low, high, "day_range", need, certain)


def a_month(
    start: int, end: int, year: int | None, month: int, part: str | None, monday: date, need: Need = "next"
) -> Written | None:
    """A month, or a part of it: 初 and 旬 are spans, 中 is the 15th, 底 and 末 are the last day."""
    year = year if year is not None else _year_near(month, monday)
    if year is None or not (first := day_of(year, month, 1)):
        return None
    last = first.replace(day=monthrange(year, month)[1])
    if not part:
        return Written(start, end, first, last, "month", need)
    low, high = {
        "初": (1, 10),
        "上旬": (1, 10),
        "中旬": (11, 20),
        "中": (15, 15),
        "下旬": (21, last.day),
    }.get(part, (last.day, last.day))
    return Written(start, end, first.replace(day=low), first.replace(day=high), "month_part", "clause")


def some_months(
    first: int, second: int, start: int, end: int, monday: date, need: Need, *, certain: bool = True
) -> Written | None:
    """`4~5月`, and `9~10` where the words around say so: at most half a year, not far from the week."""
    if not (1 <= first <= 12 and 1 <= second <= 12 and first != second):
        return None
    year = _year_near(first, monday)
    if year is None:
        return None
    low = day_of(year, first, 1)
    last_year = year + (second < first)
    high = day_of(last_year, second, monthrange(last_year, second)[1]) if last_year <= 9999 else None
    if low is None or high is None or (high - low).days > 190:
        return None
    return Written(start, end, low, high, "month_range", need, certain)


def end_of_year(start: int, end: int, year: int, part: str) -> Written | None:
    day = day_of(year, 6, 30) if part == "中" else day_of(year, 12, 31)
    return Written(start, end, day, day, "month_part", "clause") if day else None


def a_half(start: int, end: int, year: int, *, is_first: bool, need: Need = "clause") -> Written | None:
    low, high = (
        (day_of(year, 1, 1), day_of(year, 6, 30)) if is_first else (day_of(year, 7, 1), day_of(year, 12, 31))
    )
    return Written(start, end, low, high, "half", need) if low and high else None


def a_quarter(start: int, end: int, year: int, number: int, part: str | None = None) -> Written | None:
    first = day_of(year, number * 3 - 2, 1)
    if first is None:
        return None
    last = first.replace(month=number * 3, day=monthrange(year, number * 3)[1])
    if part in ("末", "底"):
        return Written(start, end, last, last, "month_part", "next")
    if part == "初":
        return Written(start, end, first, first.replace(day=10), "month_part", "next")
    return Written(start, end, first, last, "month_range", "next")


# The calendar -----------------------------------------------------------------------------------


def day_near(month: int, day: int, monday: date) -> date | None:
    """That day of the year nearest to the week of `monday`; None where there is none within half a year."""
    middle = shift(monday, 3)
    days = [found for step in (-1, 0, 1) if (found := day_of(monday.year + step, month, day))]
    nearest = min(days, key=lambda found: abs((found - middle).days), default=None)
    return nearest if nearest is not None and abs((nearest - middle).days) <= _NEAR else None


def day_after(first: date | None, month: int, day: int) -> date | None:
    """The first such day after `first`, within half a year: what a range ends with."""
    if first is None:
        return None
    for year in (first.year, first.year + 1):
        found = day_of(year, month, day)
        if found and 0 < (found - first).days <= _NEAR:
            return found
    return None


def is_near(day: date | None, monday: date, *, before: int, after: int) -> bool:
    return day is not None and -before <= (day - monday).days <= after


def day_of(year: int, month: int, day: int) -> date | None:
    """That day, or None where the calendar has none such."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def shift(day: date, days: int) -> date:
    """So many days later, or the last (first) day of the calendar."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min


def moved(one: Written, *, years: int) -> Written:
    """The same days of another year; unchanged where that year has no such days."""
    low = day_of(one.low.year + years, one.low.month, one.low.day)
    high = day_of(one.high.year + years, one.high.month, one.high.day)
    return replace(one, low=low, high=high) if low and high else one


def last_month(day: date) -> date:
    """The same day a month earlier, or the last one of that month."""
    end = shift(day.replace(day=1), -1)
    return end.replace(day=min(day.day, end.day))


def _year_near(month: int, monday: date) -> int | None:
    middle = day_near(month, 15, monday)
    return middle.year if middle else None
