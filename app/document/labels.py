"""Which week a page is about: its label (`第23周`, `2025-W23`, `Week 23, 2025`), dates and year."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.document.phrases import fold
from app.document.schema import Property, Week, WeekRule, YearFrom
from app.document.weeks import period_of, week_of

_LONGEST = 200
_YEAR = r"(?<!\d)(?P<year>(?:19|20)\d{2})"
_YEAR_AFTER = r"(?:\s*(?:,|\(|/|of|-)?\s*(?P<year>(?:19|20)\d{2})(?:年(?!\s*\d)|(?![\d\-/.年]))\)?)?"
_NUMBER = r"(?P<number>\d{1,2}|[一二三四五六七八九十]{1,3})"
_LABELS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_YEAR}\s*[-./,]?\s*(?:W|wk|week)\s*\.?\s*(?P<number>\d{{1,2}})(?!\d)",
        rf"{_YEAR}\s*(?:年度?\s*第?|-?\s*第)\s*{_NUMBER}\s*周(?![一二三四五六日天末])",
        rf"第\s*{_NUMBER}\s*周(?![一二三四五六日天末]){_YEAR_AFTER}",
        rf"(?<![A-Za-z])(?:calendar\s+week|week|wk|cw|W)\s*\.?\s*(?:no\.?\s*)?(?P<number>\d{{1,2}})(?!\d){_YEAR_AFTER}",
    )
)
_MONTH_NAMES = (
    "jan january|feb february|mar march|apr april|may|jun june|"
    "jul july|aug august|sep sept september|oct october|nov november|dec december"
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES.split("|"), 1) for name in names.split()}
_MONTH = r"(?P<month>[A-Za-z]{3,9})\.?"
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_YEAR}\s*(?:[-/.]|年)\s*(?P<month>\d{{1,2}})\s*(?:[-/.]|月)\s*(?P<day>\d{{1,2}})(?!\d)\s*[日号]?",
        r"(?<!\d)(?P<year>20\d{2})(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?!\d)",
        rf"(?<![A-Za-z]){_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>(?:19|20)\d{{2}})(?!\d)",
        rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+{_MONTH},?\s+(?P<year>(?:19|20)\d{{2}})(?!\d)",
    )
)
_YEAR_WORDS = re.compile(r"(?<!\d)(20\d{2})(?=年|[Hh][12](?!\d)|[Qq][1-4](?!\d))")
_REPORT = re.compile(r"周报|weekly|report|week", re.IGNORECASE)
#: Properties whose day is when somebody worked on the page, and those whose day is the week's.
_STAMP = re.compile(r"creat|edit|updat|modif|创建|建立|新建|修改|更新|编辑", re.IGNORECASE)
_PERIOD = re.compile(r"date|period|week|日期|周期|周次|时间", re.IGNORECASE)
_NEAR = timedelta(days=60)
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class WeekWords:
    """What a title says: the label as written, and the year, number and day if they stand there."""

    label: str
    year: int | None
    number: int | None
    day: date | None


@dataclass(frozen=True, slots=True)
class Doubt:
    """A key of the table of problems, and what its message names."""

    key: str
    values: dict[str, str | int]


def begins_with_label(line: str) -> bool:
    """Whether a plain line can be a page's title: a week label, or a date in a line that says report."""
    if len(line) > _LONGEST or line.endswith(("：", ":", "。", "；", ";")):
        return False
    if has_label(line):
        return not re.search(r"[，。；,;]\s*\D", fold(line))
    days = dates_in(line)
    return bool(days) and (_REPORT.search(line) is not None or len(fold(line).strip()) <= 12)


def has_label(text: str) -> bool:
    """Whether a text names a week by its number."""
    folded = fold(text[:_LONGEST])
    return any(pattern.search(folded) for pattern in _LABELS)


def read_title(title: str) -> WeekWords:
    """The week label and the date of a title."""
    title = title[:_LONGEST]
    folded = fold(title)
    days = dates_in(title)
    day = days[0][0] if days else None
    for pattern in _LABELS:
        found = pattern.search(folded)
        if found is not None:
            year = found["year"]
            label = title[found.start() : found.end()].strip()
            return WeekWords(label, int(year) if year else None, _number(found["number"]), day)
    return WeekWords(days[0][1] if days else "", None, None, day)


def same_week(one: str, other: str) -> bool:
    """Whether two titles name the same week by its number, and `other` says nothing that differs."""
    first, second = read_title(one), read_title(other)
    return (
        first.number is not None
        and first.number == second.number
        and (first.day is None or second.day is None or first.day == second.day)
        and (first.year is None or second.year is None or first.year == second.year)
        and _words_beside(other, second) in ("", _words_beside(one, first))
    )


def _words_beside(title: str, words: WeekWords) -> str:
    """What a title says beside its label and dates, letters and digits only."""
    rest = title.replace(words.label, "", 1)
    for _, literal in dates_in(rest):
        rest = rest.replace(literal, "", 1)
    return "".join(char for char in rest if char.isalnum())


def dates_in(text: str) -> list[tuple[date, str]]:
    """The days written with their year in a text, each as written, in order."""
    folded = fold(text)
    found: list[tuple[int, date, str]] = []
    for pattern in _DATES:
        for match in pattern.finditer(folded):
            month = match["month"]
            number = int(month) if month.isdigit() else _MONTHS.get(month.lower(), 0)
            try:
                day = date(int(match["year"]), number, int(match["day"]))
            except ValueError:
                continue
            found.append((match.start(), day, text[match.start() : match.end()].strip()))
    return [(day, literal) for _, day, literal in sorted(found)]


def find_week(
    titles: Sequence[str], properties: Sequence[Property], texts: Iterable[str], rule: WeekRule
) -> tuple[Week | None, list[Doubt]]:
    """The week of a page from its titles, properties and text, and what is doubtful about it."""
    sources = [*titles, *(item.value for item in properties if _names_week(item))]
    said = [read_title(source) for source in sources]
    words = next((read for read in said if read.number is not None), None)
    words = words or next((read for read in said if read.day is not None), None)
    if words is None:
        return None, [Doubt("week.unknown", {})]
    if words.year is None and words.day is None:
        words = next((_joined(words, read) for read in said if read.year or read.day), words)
    if words.number is None:
        assert words.day is not None
        return _week(words.label, *week_of(words.day, rule), rule, "title_date"), []
    found = _year(words, properties, texts, rule)
    if found is None:
        key = "week.no_year" if _exists(words.number, rule) else "week.no_such"
        return None, [Doubt(key, {"label": words.label})]
    year, year_from = found
    try:
        week = _week(words.label, year, words.number, rule, year_from)
    except ValueError:
        doubt = Doubt("week.no_such", {"label": words.label})
        if words.day is None:
            return None, [doubt]
        return _week(words.label, *week_of(words.day, rule), rule, "title_date"), [doubt]
    return week, _doubts(week, words)


def _names_week(item: Property) -> bool:
    return not _STAMP.search(item.key) and bool(_PERIOD.search(item.key) or has_label(item.value))


def _joined(words: WeekWords, other: WeekWords) -> WeekWords:
    return WeekWords(words.label, other.year, words.number, other.day)


def _doubts(week: Week, words: WeekWords) -> list[Doubt]:
    doubts = []
    span: dict[str, str | int] = {
        "label": week.label,
        "start": week.start.isoformat(),
        "end": week.end.isoformat(),
    }
    if words.day is not None and not week.start <= words.day <= week.end:
        doubts.append(Doubt("week.title_date", {**span, "day": words.day.isoformat()}))
    if week.year_from in ("created", "content"):
        doubts.append(Doubt(f"week.year_from_{week.year_from}", {**span, "year": week.year}))
    return doubts


def _year(
    words: WeekWords, properties: Sequence[Property], texts: Iterable[str], rule: WeekRule
) -> tuple[int, YearFrom] | None:
    assert words.number is not None
    if words.year is not None:
        return words.year, "label"
    if words.day is not None:
        year = _nearest(words.number, words.day, rule)
        return (words.day.year if year is None else year), "title_date"
    created = next((days[0][0] for item in properties if (days := dates_in(item.value))), None)
    by_created = None if created is None else _latest_before(words.number, created + _WEEK, rule)
    by_content = _year_of_content(words.number, texts, rule, agree=by_created)
    if by_created is not None and (by_content is None or by_content >= by_created):
        return by_created, "created"
    return None if by_content is None else (by_content, "content")


def _year_of_content(number: int, texts: Iterable[str], rule: WeekRule, *, agree: int | None) -> int | None:
    """The year whose week `number` most days written with a year lie near; `agree` wins if any does."""
    days: list[date] = []
    mentioned: Counter[int] = Counter()
    for text in texts:
        if "20" in (folded := fold(text)):
            days += [day for day, _ in dates_in(text)]
            mentioned.update(int(year) for year in _YEAR_WORDS.findall(folded))
    near: Counter[int] = Counter()
    for day in set(days):
        for year in (day.year - 1, day.year, day.year + 1):
            period = _period(year, number, rule)
            if period is not None and period[0] - _NEAR <= day <= period[1] + _NEAR:
                near[year] += 1
    if agree in near:
        return agree
    if near:
        year, times = near.most_common(1)[0]
        if agree is None or times > 1:  # one old date says nothing against the day of creation
            return year
    if mentioned and agree is None:
        return mentioned.most_common(1)[0][0]
    return None


def _nearest(number: int, day: date, rule: WeekRule) -> int | None:
    best: tuple[timedelta, int] | None = None
    for year in (day.year, day.year - 1, day.year + 1):
        period = _period(year, number, rule)
        if period is not None:
            distance = max(period[0] - day, day - period[1], timedelta(0))
            if best is None or distance < best[0]:
                best = (distance, year)
    return None if best is None else best[1]


def _latest_before(number: int, day: date, rule: WeekRule) -> int | None:
    """A page is made in its week or later (a migration), so the last such week before `day`."""
    for year in (day.year + 1, day.year, day.year - 1, day.year - 2):
        period = _period(year, number, rule)
        if period is not None and period[0] <= day:
            return year
    return None


def _week(label: str, year: int, number: int, rule: WeekRule, year_from: YearFrom) -> Week:
    start, end = period_of(year, number, rule)
    return Week(label=label, year=year, number=number, start=start, end=end, rule=rule, year_from=year_from)


def _period(year: int, number: int, rule: WeekRule) -> tuple[date, date] | None:
    try:
        return period_of(year, number, rule)
    except (ValueError, OverflowError):
        return None


def _exists(number: int, rule: WeekRule) -> bool:
    return 1 <= number <= 53


def _number(text: str) -> int:
    """A week number in digits or as 二十三."""
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    digits = "一二三四五六七八九"
    if not ten:
        return digits.find(text) + 1 if len(text) == 1 else 0
    return (digits.find(tens) + 1 if tens else 1) * 10 + (digits.find(ones) + 1 if ones else 0)
