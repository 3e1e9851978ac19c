"""What is known about the events of a report page: how often before, how long, how graded now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from statistics import median
from typing import Any

from sqlalchemy import Select, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from app.document.schema import Incident as Told
from app.incidents.models import Incident, ThirdParty
from app.incidents.parties import ALIKE, alikeness, fold, party_of
from app.reports.events import PageSubject
from app.reports.models import Report

FEWEST_FOR_A_MEDIAN = 3


@dataclass(frozen=True, slots=True)
class IncidentNote:
    """What stands beside an event of the page.

    `times` counts the events of this year with the same third party up to this one, `last_day` and
    `last_week` (a Monday) tell of the one before. `median_minutes` is that of the year's published
    events so far with both times stated, None for fewer than three. `grade` is the one that holds now.
    """

    incident_id: int
    grade: str | None
    grade_decided: bool
    detected_by: str | None
    third_party: str | None
    times: int
    last_day: date | None
    last_week: date | None
    minutes: int | None
    median_minutes: int | None


def notes_for_page(session: Session, subject: PageSubject) -> Mapping[str, Any]:
    """`incident_notes`: an IncidentNote by the event's index in the document, for those that are stored.

    One statement, over the team's year; weeks that are not published count only for their own page. While
    a week is written its events have no third party yet: the names the team knows are looked for in them.
    """
    told = subject.document.incidents
    if not told:
        return {"incident_notes": {}}
    rows = _of_the_year(session, subject.report)
    is_written = subject.report.state != "published"
    parties = _parties(session, subject.team_id) if is_written else NO_PARTIES
    year = _Year.of(rows, parties, written=subject.report.id)
    mine = [row for row in rows if row.report_id == subject.report.id]
    notes: dict[int, IncidentNote] = {}
    for index, incident in enumerate(told):
        row = _same(mine, incident, index)
        if row is not None:
            mine.remove(row)
            notes[index] = _note(row, year)
    return {"incident_notes": notes}


def minutes_of(started_at: str | None, recovered_at: str | None) -> int | None:
    """Minutes from start to recovery, both stated to the minute; None otherwise."""
    if not started_at or not recovered_at or len(started_at) < 16 or len(recovered_at) < 16:
        return None
    lasted = datetime.fromisoformat(recovered_at) - datetime.fromisoformat(started_at)
    return int(lasted.total_seconds() // 60) if lasted >= timedelta(0) else None


@dataclass(frozen=True, slots=True)
class Repeat:
    """The same third party once more: for the how many-th time this year, and when it was the last time."""

    party: str
    times: int
    last_day: date
    last_week: date


@dataclass(frozen=True, slots=True)
class Alike:
    """An event of this year whose symptom says nearly the same."""

    symptom: str
    day: date
    week: date


def seen_before(
    session: Session, report: Report, events: Sequence[Told]
) -> list[tuple[Repeat | None, Alike | None]]:
    """For each event that is being written: what of the kind the team had this year. Two statements."""
    if not events:
        return []
    parties = _parties(session, report.team_id)
    rows = [row for row in _of_the_year(session, report) if row.started_at]
    year = _Year.of(rows, parties, written=report.id)
    return [(_repeat(event, year, parties), _alike(event, rows, report)) for event in events]


def _repeat(event: Told, year: _Year, parties: _Parties) -> Repeat | None:
    party = party_of(event.parties, event.symptom, event.cause, parties.ids)
    if party is None or event.started_at is None:
        return None
    before = _before(year, party, event.started_at)
    if not before:
        return None
    last = before[-1]
    return Repeat(parties.names[party], len(before) + 1, _day(last.started_at), last.period_start)


def _alike(event: Told, rows: Sequence[Any], report: Report) -> Alike | None:
    others = [row for row in rows if row.report_id != report.id]
    found = max(others, key=lambda row: alikeness(row.symptom, event.symptom), default=None)
    if found is None or alikeness(found.symptom, event.symptom) < ALIKE:
        return None
    return Alike(found.symptom, _day(found.started_at), found.period_start)


@dataclass(frozen=True, slots=True)
class _Parties:
    """The team's third parties: ids by folded name and alias, names by id."""

    ids: Mapping[str, int]
    names: Mapping[int, str]


NO_PARTIES = _Parties({}, {})


def _parties(session: Session, team_id: int) -> _Parties:
    query = select(ThirdParty.id, ThirdParty.name, ThirdParty.aliases).where(ThirdParty.team_id == team_id)
    ids: dict[str, int] = {}
    names: dict[int, str] = {}
    for party_id, name, aliases in session.execute(query):
        names[party_id] = name
        ids.update({fold(str(said)): party_id for said in (*aliases, name)})
    return _Parties(ids, names)


def _day(iso: str) -> date:
    return date.fromisoformat(iso[:10])


def _of_the_year(session: Session, report: Report) -> Sequence[Any]:
    year = report.week_year
    asked = {
        "team_id": report.team_id,
        "report_id": report.id,
        "first": f"{year}-01-01",
        "end": f"{year + 1}-01-01",
    }
    return session.execute(_year_query(), asked).all()


@cache
def _year_query() -> Select[*tuple[Any, ...]]:
    in_year = and_(
        Incident.team_id == bindparam("team_id"),
        Incident.started_at >= bindparam("first"),
        Incident.started_at < bindparam("end"),
        Report.published_revision > 0,
    )
    return (
        select(
            Incident.id,
            Incident.report_id,
            Incident.position,
            Incident.started_at,
            Incident.started_literal,
            Incident.recovered_at,
            Incident.symptom,
            Incident.cause,
            Incident.grade,
            Incident.grade_decided,
            Incident.detected_by,
            Incident.third_party_id,
            Report.period_start,
            ThirdParty.name.label("third_party"),
        )
        .join(Report, Report.id == Incident.report_id)
        .outerjoin(ThirdParty, ThirdParty.id == Incident.third_party_id)
        .where(or_(Incident.report_id == bindparam("report_id"), in_year))
        .order_by(Incident.started_at, Incident.id)
    )


@dataclass(frozen=True, slots=True)
class _Year:
    """The year's events by third party, oldest first, and how long those took whose times are stated."""

    by_party: Mapping[int | None, list[Any]]
    party_of: Mapping[int, int]
    parties: _Parties
    lasted: list[tuple[str, int]]

    @classmethod
    def of(cls, rows: Sequence[Any], parties: _Parties, *, written: int | None = None) -> _Year:
        by_party: dict[int | None, list[Any]] = {}
        of_event: dict[int, int] = {}
        lasted = []
        for row in rows:
            party = row.third_party_id
            if party is None and row.report_id == written:
                party = party_of((), row.symptom, row.cause, parties.ids)
            if party is not None and row.started_at is not None:
                by_party.setdefault(party, []).append(row)
                of_event[row.id] = party
            minutes = minutes_of(row.started_at, row.recovered_at)
            if minutes is not None:
                lasted.append((row.started_at, minutes))
        return cls(by_party, of_event, parties, lasted)


def _before(year: _Year, party: int | None, started_at: str, *, but: int | None = None) -> list[Any]:
    """The events of the same year with that party that began earlier."""
    return [
        other
        for other in year.by_party.get(party, ())
        if other.id != but and other.started_at[:4] == started_at[:4] and other.started_at < started_at
    ]


def _same(rows: Sequence[Any], told: Told, index: int) -> Any:
    """The stored row of an event: the same words, else the same time at the same place."""
    for row in rows:
        if row.started_literal == told.started_literal and row.symptom == told.symptom:
            return row
    for row in rows:
        if row.started_at == told.started_at and row.position == index:
            return row
    return None


def _note(row: Any, year: _Year) -> IncidentNote:
    until = row.started_at or ""
    party = year.party_of.get(row.id)
    before = _before(year, party, until, but=row.id)
    lasted = [minutes for started, minutes in year.lasted if started <= until]
    last = before[-1] if before else None
    return IncidentNote(
        incident_id=row.id,
        grade=row.grade,
        grade_decided=row.grade_decided,
        detected_by=row.detected_by,
        third_party=row.third_party or year.parties.names.get(party or 0),
        times=len(before) + 1,
        last_day=date.fromisoformat(last.started_at[:10]) if last else None,
        last_week=last.period_start if last else None,
        minutes=minutes_of(row.started_at, row.recovered_at),
        median_minutes=round(median(lasted)) if len(lasted) >= FEWEST_FOR_A_MEDIAN else None,
    )
