"""The first sentence of a report, computed: metrics, last week's goals, events. Pure; templates word it.

Rules. Metrics: those that miss their target are named, the first two with their value, and the rest
counted; where all meet it, that is said; where none has a target, the first metric stands beside last
week's value. Goals: how many of last week's were done, once any outcome was said. Events: how many, and
the graded ones by grade; that there were none only where the report says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.document.event_lines import says_no_events
from app.document.schema import Document
from app.reports.goal_queries import GoalOfWeek
from app.reports.page_metrics import MetricRow

NAMED = 2
GRADES = ("A", "B", "AB", "C", "D", "CD", "open")


@dataclass(frozen=True, slots=True)
class MetricWords:
    """A metric that the sentence names; `beside` is its target or last week's value."""

    name: str
    value: str
    beside: str | None


@dataclass(frozen=True, slots=True)
class MetricsClause:
    """`missed` by name, `others` further ones that miss theirs, `met` those that do not."""

    missed: list[MetricWords]
    others: int
    met: int
    plain: MetricWords | None = None
    """Without targets: the first metric beside last week's value."""


@dataclass(frozen=True, slots=True)
class GoalsClause:
    total: int
    done: int
    carried: int
    dropped: int

    @property
    def unsaid(self) -> int:
        return self.total - self.done - self.carried - self.dropped


@dataclass(frozen=True, slots=True)
class EventsClause:
    """Events in all, and accidents by grade, the gravest first."""

    total: int
    by_grade: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Lede:
    metrics: MetricsClause | None
    goals: GoalsClause | None
    events: EventsClause | None

    def __bool__(self) -> bool:
        return bool(self.metrics or self.goals or self.events)


def lede_of(
    document: Document,
    *,
    metrics: Sequence[MetricRow],
    last_goals: Sequence[GoalOfWeek],
    incident_notes: Mapping[Any, Any],
) -> Lede:
    return Lede(_metrics_clause(metrics), goals_clause(last_goals), _events_clause(document, incident_notes))


def goals_clause(goals: Sequence[GoalOfWeek]) -> GoalsClause | None:
    """How many became what; None where there are none, or nothing was said of any."""
    outcomes = Counter(goal.outcome for goal in goals if goal.outcome)
    if not outcomes:
        return None
    return GoalsClause(len(goals), outcomes["done"], outcomes["carried"], outcomes["dropped"])


def accidents_of(document: Document, incident_notes: Mapping[Any, Any]) -> list[tuple[str, int]]:
    """Accidents by grade: as the page counts them where it does, else as each event is graded."""
    grades = Counter[str]()
    for index, incident in enumerate(document.incidents):
        note = incident_notes.get(index)
        grade = incident.grade if note is None else note.grade
        if grade:
            grades[grade] += 1
    stated = document.incident_counts
    for grade, count in stated.items():
        if not any(grades[one] for one in grade):
            grades[grade] = count
    return [(grade, grades[grade]) for grade in GRADES if grades[grade]]


def _metrics_clause(rows: Sequence[MetricRow]) -> MetricsClause | None:
    judged = [row for row in rows if row.note is not None and row.note.meets_target is not None]
    if not judged:
        first = next((row for row in rows if row.last is not None), None)
        return MetricsClause([], 0, 0, _words(first, first.last)) if first else None
    missed = [row for row in judged if not row.note.meets_target]
    return MetricsClause(
        missed=[_words(row, row.target) for row in missed[:NAMED]],
        others=max(len(missed) - NAMED, 0),
        met=len(judged) - len(missed),
    )


def _words(row: MetricRow, beside: Any) -> MetricWords:
    return MetricWords(
        row.name, row.value.whole + row.value.rest, beside.whole + beside.rest if beside else None
    )


def _events_clause(document: Document, incident_notes: Mapping[Any, Any]) -> EventsClause | None:
    if not document.incidents and not document.incident_counts and not says_no_events(document):
        return None
    return EventsClause(len(document.incidents), accidents_of(document, incident_notes))
