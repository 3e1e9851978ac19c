"""Values in running text. (First importable version: the signatures; the grammar follows.)"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from app.document.grammar.found import FoundFact, as_fact
from app.document.schema import Grade

__all__ = ["FoundFact", "as_fact"]


class PartsTotal(NamedTuple):
    total: int
    parts: dict[str, int]
    sum_ok: bool


@dataclass(frozen=True, slots=True)
class Rate:
    name: str
    literal: str
    value: str
    decimals: int
    unit: str | None
    start: int
    end: int
    value_start: int
    value_end: int


class IncidentCounts(dict[str, int]):
    """Counts by grade; `start` and `end` are where they stand in the text."""

    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Moment:
    """`started_at` is an ISO minute (`2025-06-05T14:40`), or a day (`2025-06-05`) where no clock time stands."""

    start: int
    end: int
    started_at: str
    until: str | None
    literal: str


@dataclass(frozen=True, slots=True)
class FoundAmount:
    start: int
    end: int
    value: str
    currency: str | None
    count: int | None
    certain: bool


@dataclass(frozen=True, slots=True)
class FoundLink:
    text: str
    href: str
    kind: Literal["external", "page"]
    start: int
    end: int


def fold(text: str) -> str:
    return text


def find_facts(text: str, monday: date, *, in_metrics: bool = False) -> list[FoundFact]:
    return []


def find_parts_total(total_text: str, following: str) -> PartsTotal | None:
    return None


def find_rates(text: str) -> list[Rate]:
    return []


def find_incident_counts(text: str) -> IncidentCounts:
    return IncidentCounts()


def find_moment(text: str, monday: date) -> Moment | None:
    return None


def find_recovery(handling: str, symptom: str, started_at: str, until: str | None = None) -> str | None:
    return None


def find_grade(text: str) -> Grade | None:
    return None


def find_amounts(text: str) -> list[FoundAmount]:
    return []


def find_links(text: str) -> list[FoundLink]:
    return []
