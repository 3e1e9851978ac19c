"""What is made of an event while one types it, before anything is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.document.event_lines import event_blocks, next_day_recovery, read_events
from app.document.schema import Incident as Told
from app.incidents.queries import Alike, Repeat, minutes_of, seen_before
from app.reports.models import Report

LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class EventPreview:
    """An event as it would be stored. `started` and `recovered` are local; None where they are not stated.

    `next_day` is when it was over if a clock time earlier than the start is one of the day after.
    """

    told: Told
    started: datetime | None
    has_clock: bool
    recovered: datetime | None
    next_day: datetime | None
    minutes: int | None
    is_outside: bool
    repeat: Repeat | None
    alike: Alike | None

    @property
    def day(self) -> date | None:
        return self.started.date() if self.started else None


def incident_preview(session: Session, report: Report, text: str) -> list[EventPreview]:
    """The events that a typed text tells, in its order."""
    blocks = event_blocks(text[:LONGEST], report.period_start)
    events = read_events(blocks, report.period_start)
    seen = seen_before(session, report, events)
    return [_preview(report, event, *before) for event, before in zip(events, seen, strict=True)]


def _preview(report: Report, event: Told, repeat: Repeat | None, alike: Alike | None) -> EventPreview:
    started = _local(event.started_at)
    inside = started is None or report.period_start <= started.date() <= report.period_end
    return EventPreview(
        told=event,
        started=started,
        has_clock="T" in (event.started_at or ""),
        recovered=_local(event.recovered_at),
        next_day=_local(next_day_recovery(event)),
        minutes=minutes_of(event.started_at, event.recovered_at),
        is_outside=not inside,
        repeat=repeat,
        alike=alike,
    )


def _local(iso: str | None) -> datetime | None:
    return datetime.fromisoformat(iso) if iso else None
