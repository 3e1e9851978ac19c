"""Dates that mean another day in another week (`下周二`, `by Friday`), as they were meant when said. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from app.document.phrases import FoundFact, find_facts
from app.document.places import Path
from app.document.schema import DateFact, Document


@dataclass(frozen=True, slots=True)
class SaidBefore:
    """A date of a text that was said in an earlier week: what it meant then, and how to write that.

    `week` is the Monday of that week; `absolute` is None where no words say the date in any week.
    """

    week: date
    start: int
    end: int
    iso: str
    absolute: str | None


def dates_said_before(text: str, said: date, now: date) -> list[SaidBefore]:
    """The dates that mean something else in the week of `now` than in that of `said`, as they were meant."""
    then, today = (_dates(text, monday) for monday in (said, now))
    return [
        SaidBefore(said, one.start, one.end, one.values["iso"], _absolute(text, one, now))
        for place, one in then.items()
        if place in today and today[place].values["iso"] != one.values["iso"]
    ]


def read_as_said(document: Document, section: int, path: Path, dates: list[SaidBefore]) -> None:
    """Give the dates recognised in a block the days they were meant as."""
    meant = {one.start: one.iso for one in dates}
    for fact in document.facts:
        if isinstance(fact, DateFact) and (fact.place.section, fact.place.path) == (section, path):
            fact.iso = meant.get(fact.place.start, fact.iso)


def with_absolute(text: str, one: SaidBefore) -> str:
    """The text with the date as it is written in any week."""
    return f"{text[: one.start]}{one.absolute}{text[one.end :]}"


def _dates(text: str, monday: date) -> dict[tuple[int, int], FoundFact]:
    return {(one.start, one.end): one for one in find_facts(text, monday) if one.kind == "date"}


def _absolute(text: str, one: FoundFact, now: date) -> str | None:
    """The first of the usual ways to write it that is read as the same day."""
    iso = one.values["iso"]
    for words in _written(iso, text):
        written = text[: one.start] + words + text[one.end :]
        if any(
            found.start == one.start and found.values["iso"] == iso for found in _dates(written, now).values()
        ):
            return words
    return None


def _written(iso: str, text: str) -> Iterator[str]:
    start, _, end = iso.partition("/")
    first, last = start.split("-"), end.split("-")
    if len(first) == 3:
        day = f"{int(first[1])}/{int(first[2])}"
        yield f"{day}-{int(last[1])}/{int(last[2])}" if len(last) == 3 else day
    elif len(first) == 2:
        if not text.isascii():
            yield f"{int(first[1])}月" if not end else f"{int(first[1])}月-{int(last[1])}月"
        yield iso
