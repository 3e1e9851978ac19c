"""When an incident began: the day and clock time its text begins with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from app.document.grammar.chinese import chinese_dates
from app.document.grammar.clock import CLOCK, NEXT_DAY, TO, clock_minute, iso_minute
from app.document.grammar.digits import RUN, digit_date
from app.document.grammar.english import english_dates
from app.document.grammar.evidence import FRACTION_NEXT, SURE_RATIO_NEXT
from app.document.grammar.folding import prose
from app.document.grammar.patterns import any_of, words
from app.document.grammar.written import day_near, shift

_LONGEST_HEAD: Final = 400


@dataclass(frozen=True, slots=True)
class Moment:
    """The time at `text[start:end]` that an incident begins with.

    `started_at` is a local ISO minute (`2025-06-10T10:25`), or only the day (`2025-06-10`) where no
    clock time stands. `until` is the ISO minute that a range (`8:20~9:05`) ends with, else None.
    """

    start: int
    end: int
    started_at: str
    until: str | None
    literal: str


#: What may stand before the moment: marks, a number, 【a label】, `时间：`.
_OPENING = words(
    any_of(
        r"\s \* _ > [-+•·](?=\s) [①-⑳] \[[\sxX]\] 【[^】\n]{0,30}】 \[[^\]\n]{0,30}\](?!\()",
        r"\([0-9一二三四五六七八九十]{1,3}\) [0-9]{1,2}[)、] [一二三四五六七八九十]{1,3}、 (?:on|at)\s",
        r"(?:发生|故障|事故|告警|开始|发现|影响)?(?:时间|日期)\s?: [A-D]{1,2}级(?:事故|故障)?\s?:",
    ),
    "*",
)
_NUMBERED = re.compile(r"[0-9]{1,2}\.\s?")
_BRACKET = re.compile(r"[\s*_]*[【(]\s?(?=[0-9])")


def find_moment(text: str, monday: date) -> Moment | None:
    """The moment at the very beginning of `text`, behind list numbers, 【labels】 and `时间：` at most."""
    line = prose(text[:_LONGEST_HEAD])
    opening = _OPENING.match(line)
    begins = [opening.end() if opening else 0]
    if bracket := _BRACKET.match(line):
        begins.insert(0, bracket.end())
    if number := _NUMBERED.match(line, begins[-1]):
        rest = _OPENING.match(line, number.end())
        begins.append(rest.end() if rest else number.end())
    for begin in begins:
        if moment := _moment_at(text, line, begin, monday):
            return moment
    return None


_BETWEEN = words(
    any_of(
        r"\s , T \* 日 号 at\b -(?=\s|[0-9]{1,2}\s?:)",
        r"\((?:周|星期)?[一二三四五六日天]\) (?:周|星期)[一二三四五六日天]",
    ),
    "*",
)


def _moment_at(text: str, line: str, start: int, monday: date) -> Moment | None:
    found = _day_at(line, start, monday)
    if found is None:
        return None
    day_end, day = found
    between = _BETWEEN.match(line, day_end)
    clock_at = between.end() if between else day_end
    clock = CLOCK.match(line, clock_at)
    runs_on = clock_at == day_end and line[day_end - 1].isdigit()  # 6/1010:25
    if clock is None or (runs_on and not clock["daytime"]):
        return _whole_day(text, line, start, day_end, day)
    began = clock_minute(day, clock)
    end, until = _until(line, clock, began, monday)
    return Moment(start, end, iso_minute(began), iso_minute(until) if until else None, text[start:end])


_DASHED = re.compile(r"(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})(?=\s{1,2}[0-9]{1,2}\s?:)")


def _day_at(line: str, start: int, monday: date) -> tuple[int, date] | None:
    """Where the day that stands at `start` ends, and which it is."""
    if dashed := _DASHED.match(line, start):
        day = day_near(int(dashed["m"]), int(dashed["d"]), monday)
        return (dashed.end(), day) if day else None
    if run := RUN.match(line, start):
        written = digit_date(line, start, run.end(), monday)
        if written is None or written.bare_day or written.precision != "day":
            return None
        is_name = line[start : written.end].isdigit() and written.end - start != 8  # 617
        return None if is_name else (written.end, written.low)
    for find in (chinese_dates, english_dates):
        for written in find(line[: start + 40], monday):
            if written.start == start and written.precision == "day":
                return written.end, written.low
            if written.start > start:
                break
    return None


_IS_A_DAY = re.compile(r"[0-9].*(?:[月日/]|-.*-)", re.DOTALL)


def _whole_day(text: str, line: str, start: int, end: int, day: date) -> Moment | None:
    """A day without a clock time, if it cannot be something else (`3/4的商户`, 2.1)."""
    if (
        not _IS_A_DAY.match(line, start, end)
        or SURE_RATIO_NEXT.match(line, end)
        or FRACTION_NEXT.match(line, end)
    ):
        return None
    return Moment(start, end, day.isoformat(), None, text[start:end])


def _until(line: str, clock: re.Match[str], began: datetime, monday: date) -> tuple[int, datetime | None]:
    """Where the literal ends, and the minute a range ends with; a range into the night names the day."""
    to = TO.match(line, clock.end())
    if to is None:
        return clock.end(), None
    day, at, is_dated = began.date(), to.end(), False
    if next_day := NEXT_DAY.match(line, at):
        day, at, is_dated = shift(day, 1), next_day.end(), True
    elif RUN.match(line, at) and (found := _day_at(line, at, monday)):
        between = _BETWEEN.match(line, found[0])
        day, at, is_dated = found[1], between.end() if between else found[0], True
    last = CLOCK.match(line, at)
    if last is None:
        return clock.end(), None
    daytime = "" if last["daytime"] or is_dated else clock["daytime"] or ""
    ended = clock_minute(day, last, daytime)
    return last.end(), ended if ended >= began else None
