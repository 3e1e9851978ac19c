"""Languages: messages from the committed catalogues, and how dates and numbers are written.

Templates and code use English messages (`_("Weeks")`); refusals use dotted keys (`report.already_published`),
which both languages translate. Each feature has its own file in `app/locales/<language>/`; they are merged
in memory at the first use.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request

from app import paths
from app.errors import Refusal

LANGUAGES = ("zh", "en")
DEFAULT = "zh"
LANGUAGE_COOKIE = "weekline_language"
ENGLISH_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
WEEKDAYS = {
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
Messages = Mapping[str, tuple[str, ...]]


def N_(message: str) -> str:
    """Mark a message that is translated where it is shown."""
    return message


class Translation:
    """One language: `gettext`, `ngettext`, and the formats of dates and numbers."""

    def __init__(self, language: str, messages: Messages) -> None:
        self.language = language
        self.html_lang = "zh-Hans" if language == "zh" else "en"
        self._messages = messages

    def gettext(self, message: str) -> str:
        forms = self._messages.get(message)
        return forms[0] if forms else message

    def ngettext(self, one: str, many: str, count: int) -> str:
        forms = self._messages.get(one)
        if forms is None:
            return one if count == 1 else many
        return forms[0] if len(forms) == 1 or count == 1 else forms[1]

    def refusal(self, refusal: Refusal) -> str:
        """What a refusal says to the person, and what to do about it."""
        return self.key(refusal.key, **refusal.values)

    def key(self, key: str, **values: Any) -> str:
        """The message of a dotted key; a general sentence where a key has none."""
        forms = self._messages.get(key)
        text = forms[0] if forms else self.gettext("refused")
        return text % {name: value if value is not None else "" for name, value in values.items()}

    def day(self, day: date) -> str:
        """`2025 年 6 月 9 日`, `9 June 2025`."""
        if self.language == "zh":
            return f"{day.year} 年 {day.month} 月 {day.day} 日"
        return f"{day.day} {ENGLISH_MONTHS[day.month - 1]} {day.year}"

    def short_day(self, day: date) -> str:
        """`6/9` in Chinese, `9 Jun` in English, where the month is never mistaken for the day."""
        if self.language == "zh":
            return f"{day.month}/{day.day}"
        return f"{day.day} {ENGLISH_MONTHS[day.month - 1][:3]}"

    def days(self, first: date, last: date) -> str:
        """`2025 年 6 月 9 日至 15 日`, `9–15 June 2025`; what both days share is said once."""
        if self.language == "zh":
            end = f"{last.day} 日"
            if first.year != last.year:
                end = self.day(last)
            elif first.month != last.month:
                end = f"{last.month} 月 {end}"
            return f"{self.day(first)}至 {end}"
        start = str(first.day)
        if first.year != last.year:
            start = f"{self.day(first)} "
        elif first.month != last.month:
            start = f"{first.day} {ENGLISH_MONTHS[first.month - 1]} "
        joint = f"{start}– " if start.endswith(" ") else f"{start}–"
        return joint + self.day(last)

    def short_days(self, first: date, last: date) -> str:
        """`6/9 – 6/15`, `9 – 15 Jun`."""
        if self.language == "en" and (first.year, first.month) == (last.year, last.month):
            return f"{first.day} – {self.short_day(last)}"
        return f"{self.short_day(first)} – {self.short_day(last)}"

    def month(self, month: int) -> str:
        """`6月`, `Jun`, for ticks."""
        return f"{month}月" if self.language == "zh" else ENGLISH_MONTHS[month - 1][:3]

    def weekday(self, day: date) -> str:
        return WEEKDAYS[self.language][day.weekday()]

    def moment(self, at: datetime, time_zone: str = "UTC") -> str:
        """`6/13 17:42` in the team's time zone, for what cannot be of another year."""
        local = at.astimezone(ZoneInfo(time_zone))
        return f"{self.short_day(local.date())} {local:%H:%M}"

    def long_moment(self, at: datetime, time_zone: str = "UTC") -> str:
        """`2025 年 6 月 13 日 17:42`, `13 June 2025, 17:42`."""
        local = at.astimezone(ZoneInfo(time_zone))
        return f"{self.day(local.date())}{' ' if self.language == 'zh' else ', '}{local:%H:%M}"

    def lately(self, at: datetime, now: datetime, time_zone: str = "UTC") -> str:
        """`17:42` today, `6/13 17:42` this year, and in full before: as short as is certain."""
        local, today = at.astimezone(ZoneInfo(time_zone)), now.astimezone(ZoneInfo(time_zone))
        if local.date() == today.date():
            return f"{local:%H:%M}"
        return self.moment(at, time_zone) if local.year == today.year else self.long_moment(at, time_zone)

    def number(self, value: int | Decimal) -> str:
        """Thousands apart, decimals as they are: `12,345`, `99.972`."""
        return f"{value:,}"


@cache
def translate(language: str) -> Translation:
    """The language's messages and formats; an unknown language is the default one."""
    known = language if language in LANGUAGES else DEFAULT
    return Translation(known, _read(paths.LOCALES / known))


def language_of(request: Request) -> str:
    """The person's choice, else the browser's cookie, else what the browser asks for, else Chinese."""
    chosen: str | None = getattr(request.state, "language", None)
    if chosen is None:
        viewer = getattr(request.state, "viewer", None)
        chosen = getattr(viewer, "language", None) or request.cookies.get(LANGUAGE_COOKIE)
        if chosen not in LANGUAGES:
            chosen = _accepted(request.headers.get("accept-language", ""))
    return chosen


def translation_of(request: Request) -> Translation:
    return translate(language_of(request))


def _read(folder: Path) -> dict[str, tuple[str, ...]]:
    from babel.messages.pofile import read_po  # late: it costs a tenth of a second

    messages: dict[str, tuple[str, ...]] = {}
    for path in sorted(folder.glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file):
                if not message.id or message.fuzzy:
                    continue
                forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
                key = message.id if isinstance(message.id, str) else message.id[0]
                if all(forms):
                    messages[key] = forms
    return messages


@cache
def _accepted(header: str) -> str:
    best, weight = DEFAULT, 0.0
    for part in header[:200].split(","):
        match = re.fullmatch(r"\s*([a-zA-Z]{2,3})(?:-[\w-]+)?\s*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*", part)
        if match and match[1].lower() in LANGUAGES:
            asked = float(match[2] or 1)
            if asked > weight:
                best, weight = match[1].lower(), asked
    return best
