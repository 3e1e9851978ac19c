"""Clock times: `14:40`, `0：17`, `下午2:30`, `晚8点半`, `2:40 PM`."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Final

from app.document.grammar.patterns import any_of, words

_DAYTIME: Final = any_of("凌晨 清晨 早上 早晨 早 上午 中午 下午 傍晚 晚上 晚间 晚 夜间 夜里 深夜 当日 当天")
_AFTERNOON: Final = ("下午", "傍晚", "晚上", "晚间", "晚", "夜间")
_MIDNIGHT: Final = ("凌晨", "深夜", "夜里")

CLOCK = words(
    rf"(?P<daytime>{_DAYTIME})?\s?(?P<h>[01]?[0-9]|2[0-3])",
    r"(?:\s?:\s?(?P<m>[0-5][0-9])(?::[0-5][0-9])?(?![0-9:])|[点时](?P<m2>[0-5]?[0-9])分?|",
    r"[点时](?P<half>半)|[点时](?:整|许|左右)?(?![0-9]))",
    r"(?:\s?(?P<ampm>[ap]\.?m\b\.?))?",
)
TO = words(r"\s?(?:~|--?|至|到|\bto\b)\s?")
NEXT_DAY = re.compile(r"(?:次日|第二天|翌日|次晨|隔天)\s?")

_BEGINS_A_TIME = re.compile(r"[0-9](?<![0-9.][0-9])(?<![0-9]:[0-9])[0-9]?\s?[:点时]")
_DAYTIME_BEFORE = re.compile(rf"{_DAYTIME}\s?$")


def clock_times(line: str) -> list[re.Match[str]]:
    """The clock times of the folded line, in order, each with the time of day before it."""
    found = (_clock_at(line, begin.start()) for begin in _BEGINS_A_TIME.finditer(line))
    return [clock for clock in found if clock]


def _clock_at(line: str, at: int) -> re.Match[str] | None:
    daytime = _DAYTIME_BEFORE.search(line[max(0, at - 3) : at])
    return CLOCK.match(line, at - len(daytime[0]) if daytime else at)


def clock_minute(day: date, clock: re.Match[str], daytime: str = "") -> datetime:
    """The minute of `day` that a clock time names; 下午2:30 is 14:30. Local time, as the page has it."""
    hour = int(clock["h"])
    minute = 30 if clock["half"] else int(clock["m"] or clock["m2"] or 0)
    daytime = clock["daytime"] or daytime
    half = (clock["ampm"] or "").lower()[:1]
    if half == "p" or daytime in _AFTERNOON:
        hour += 12 if 0 < hour < 12 else 0
    elif daytime == "中午":
        hour += 12 if hour < 3 else 0
    elif hour == 12 and (half == "a" or daytime in _MIDNIGHT):
        hour = 0
    return datetime.combine(day, time(hour, minute))


def iso_minute(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")
