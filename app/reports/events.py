"""Where other features join in on a report, since imports go from them to reports and never back.

`app/features.py` fills these lists once; `publish_report` refuses to run while nothing has joined.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.document.schema import Document
from app.reports.models import Report

ItemIds = Mapping[tuple[int, tuple[int, ...]], int]
"""Item ids by (section index, path of the block) of a document laid out in tables."""


@dataclass(frozen=True, slots=True)
class Publication:
    """A revision just published, with where its blocks are stored."""

    report: Report
    document: Document
    item_ids: ItemIds
    revision: int
    by_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class WorkingCopyChange:
    """Sections of a working copy whose text changed; indexes are into `document.sections`."""

    report: Report
    document: Document
    item_ids: ItemIds
    section_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class PageSubject:
    """A report page about to be shown: which document, of which team and week."""

    report: Report
    team_id: int
    period_start: date
    document: Document


@dataclass(frozen=True, slots=True)
class WeekToStart:
    """A team's week about to be started, and the metrics that the page it starts from names, in order."""

    team_id: int
    monday: date
    named: Sequence[str]


@dataclass(frozen=True, slots=True)
class MetricToAdd:
    """A metric that the page it starts from does not name; it goes below `after`, or first."""

    name: str
    after: str | None


on_publication: list[Callable[[Session, Publication], None]] = []
on_working_copy_change: list[Callable[[Session, WorkingCopyChange], None]] = []
page_notes: list[Callable[[Session, PageSubject], Mapping[str, Any]]] = []
"""Each adds what it knows about the page to the template's context, in at most two queries."""
entry_notes: list[Callable[[Session, PageSubject], Mapping[str, Any]]] = []
"""The same while the page is written; they take the place of `page_notes` there."""
usual_metrics: list[Callable[[Session, Sequence[WeekToStart]], Mapping[int, Sequence[MetricToAdd]]]] = []
"""What the last page left out and the team reports otherwise, by team, in one statement."""
