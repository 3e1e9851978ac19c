"""Which week it is. Weeks start on Monday under either rule; only their numbers differ.

* `jan1-monday`: week 1 is the week that holds 1 January (CLDR data for China, Excel WEEKNUM type 2).
* `iso`: week 1 is the week that holds 4 January (ISO 8601).

A week is named by the year and number, and identified by its Monday.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.document.schema import WeekRule

_WEEK = timedelta(days=7)
_TO_SUNDAY = timedelta(days=6)

#: The day of January that week 1 always holds.
_DAY_IN_WEEK_ONE: dict[WeekRule, int] = {"jan1-monday": 1, "iso": 4}


def which_week(instant: datetime, time_zone: str, rule: WeekRule) -> tuple[date, date]:
    """Monday and Sunday of the week that `instant` falls in, as the calendar of `time_zone` has it.

    The period is the same under both rules; the rule is asked for so that a caller cannot forget
    that the number depends on it. Raises ValueError for a naive instant or an unknown rule,
    ZoneInfoNotFoundError for an unknown zone.
    """
    if instant.tzinfo is None or instant.utcoffset() is None:
        raise ValueError("which_week needs an instant with a time zone")
    day = instant.astimezone(ZoneInfo(time_zone)).date()
    return period_of(*week_of(day, rule), rule)


def period_of(year: int, number: int, rule: WeekRule) -> tuple[date, date]:
    """Monday and Sunday of week `number` of `year`. ValueError for a week that does not exist."""
    if not 1 <= number <= weeks_in_year(year, rule):
        raise ValueError(f"{year} has no week {number} by the rule {rule}")
    monday = _first_monday(year, rule) + (number - 1) * _WEEK
    return monday, monday + _TO_SUNDAY


def week_of(day: date, rule: WeekRule) -> tuple[int, int]:
    """Year and number of the week that holds `day`; the year is the week's, not always the day's."""
    monday = monday_of(day)
    for year in (day.year + 1, day.year, day.year - 1):
        first = _first_monday(year, rule)
        if first <= monday:
            return year, (monday - first) // _WEEK + 1
    raise ValueError(f"{day} lies outside the calendar")


def weeks_in_year(year: int, rule: WeekRule) -> int:
    """52 or 53."""
    return (_first_monday(year + 1, rule) - _first_monday(year, rule)) // _WEEK


def monday_of(day: date) -> date:
    """The Monday of the week that holds `day`."""
    return day - timedelta(days=day.weekday())


def _first_monday(year: int, rule: WeekRule) -> date:
    if rule not in _DAY_IN_WEEK_ONE:
        raise ValueError(f"unknown week rule {rule!r}")
    return monday_of(date(year, 1, _DAY_IN_WEEK_ONE[rule]))
