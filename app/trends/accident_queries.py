"""Graded events and what is still to be done about them, as the trend page tells them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.document.schema import Document
from app.document.schema import Incident as Told
from app.incidents.actions import detected_by
from app.incidents.models import FollowUp as FollowUpRow
from app.incidents.models import GradeChange, Incident, ThirdParty
from app.incidents.queries import minutes_of
from app.metrics.scales import exact
from app.reports.models import Report, Revision
from app.trends.axes import TimeAxis

GRAVE = ("A", "AB", "B")
LIGHT = ("C", "CD", "D")

NO_ACCIDENT = "none"
"""What a person decided of an event that is none."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A published week as readers saw it; `is_stored` where the rows of its events tell that revision."""

    monday: date
    revision: int
    is_stored: bool


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What is to be done about an accident and is not done."""

    id: int
    text: str
    owner: str | None
    due: date | None
    opened: date | None = None

    def overdue_days(self, today: date) -> int:
        return max((today - self.due).days, 0) if self.due else 0


@dataclass(frozen=True, slots=True)
class Accident:
    """A graded event of a published week; `grade` is A to D, AB, CD, or open. `amount` in `currency`."""

    week: date
    grade: str
    symptom: str
    started_at: str | None
    team_id: int = 0
    id: int = 0
    cause: str | None = None
    third_party: str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    follow_ups: tuple[FollowUp, ...] = ()
    minutes: int | None = None
    """From start to recovery, where both are said to the minute."""
    detected_by: str | None = None
    outstanding: Decimal | None = None
    """What was at risk, without what was recovered or lost; None where nobody said what became of it."""

    @property
    def day(self) -> date:
        """When it began; the Monday of its week where nobody said."""
        return date.fromisoformat(self.started_at[:10]) if self.started_at else self.week

    @property
    def is_grave(self) -> bool:
        return self.grade in GRAVE


def accidents_of(
    session: Session,
    weeks: Mapping[int, Seen],
    team_ids: Sequence[int],
    axis: TimeAxis,
    cutoff: datetime | None,
) -> tuple[list[Accident], dict[int, int]]:
    """The graded events of published weeks (by report) until the axis ends, as they happened.

    And by report how many events are told in all, where that is not what is stored.

    What is told again counts once. The rows of a week follow its working copy while it is amended, and its
    newest revision afterwards. What readers saw in another one is read from that document, with the grades
    that people had decided by then.
    """
    rows: dict[int, Any] = {}
    follow_ups: dict[int, list[FollowUp]] = {}
    for row in session.execute(_statement(team_ids, axis, cutoff)):
        rows[row.id] = row
        if row.follow_up_id is not None:
            found = FollowUp(
                row.follow_up_id,
                row.follow_up,
                row.owner,
                row.due_day,
                row.opened_at.date() if row.opened_at else None,
            )
            follow_ups.setdefault(row.id, []).append(found)
    accidents = [
        _accident(row, follow_ups.get(row.id, ()))
        for row in rows.values()
        if row.report_id in weeks
        and weeks[row.report_id].is_stored
        and row.same_as_id is None
        and row.grade not in (None, NO_ACCIDENT)
    ]
    other = {report: seen for report, seen in weeks.items() if not seen.is_stored and seen.monday < axis.end}
    counts: dict[int, int] = {}
    for report_id, team_id, document in _documents(session, other) if other else ():
        mine = [row for row in rows.values() if row.report_id == report_id]
        accidents += _as_told(document.incidents, mine, follow_ups, other[report_id].monday, team_id)
        counts[report_id] = len(document.incidents)
    return sorted(accidents, key=lambda one: (one.week, one.started_at or "")), counts


def _statement(team_ids: Sequence[int], axis: TimeAxis, cutoff: datetime | None) -> Select[*tuple[Any, ...]]:
    grade: Any = case(
        (Incident.grade_decided, func.coalesce(Incident.grade, NO_ACCIDENT)), else_=Incident.grade
    )
    is_open: Any = FollowUpRow.state == "open"
    if cutoff is not None:
        grade = (
            select(func.coalesce(GradeChange.after, NO_ACCIDENT))
            .where(GradeChange.incident_id == Incident.id, GradeChange.at < cutoff)
            .order_by(GradeChange.at.desc(), GradeChange.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        is_open = and_(
            or_(FollowUpRow.opened_at.is_(None), FollowUpRow.opened_at < cutoff),
            or_(is_open, FollowUpRow.closed_at >= cutoff),
        )
    return (
        select(
            Incident.id,
            Incident.team_id,
            Incident.report_id,
            Report.period_start,
            grade.label("grade"),
            Incident.same_as_id,
            Incident.symptom,
            Incident.started_at,
            Incident.recovered_at,
            Incident.cause_category,
            Incident.detected_by,
            Incident.amount_at_risk,
            Incident.amount_recovered,
            Incident.amount_lost,
            Incident.currency,
            Incident.amounts,
            ThirdParty.name.label("third_party"),
            FollowUpRow.id.label("follow_up_id"),
            FollowUpRow.text.label("follow_up"),
            FollowUpRow.owner,
            FollowUpRow.due_day,
            FollowUpRow.opened_at,
        )
        .join(Report, Report.id == Incident.report_id)
        .outerjoin(ThirdParty, ThirdParty.id == Incident.third_party_id)
        .outerjoin(FollowUpRow, and_(FollowUpRow.incident_id == Incident.id, is_open))
        .where(
            Incident.team_id.in_(team_ids),
            or_(Incident.grade.is_not(None), Incident.grade_decided),
            Report.published_revision > 0,
            Report.period_start < axis.end,
        )
        .order_by(Report.period_start, Incident.started_at, Incident.position, Incident.id, FollowUpRow.id)
    )


def _accident(row: Any, follow_ups: Sequence[FollowUp]) -> Accident:
    amount, currency = _amount(row, row.amounts)
    return Accident(
        week=row.period_start,
        grade=row.grade,
        symptom=row.symptom,
        started_at=row.started_at,
        team_id=row.team_id,
        id=row.id,
        cause=row.cause_category or ("third_party" if row.third_party else None),
        third_party=row.third_party,
        amount=amount,
        currency=currency,
        follow_ups=tuple(follow_ups),
        minutes=minutes_of(row.started_at, row.recovered_at),
        detected_by=row.detected_by,
        outstanding=_outstanding(row),
    )


def _documents(session: Session, weeks: Mapping[int, Seen]) -> Iterator[tuple[int, int, Document]]:
    """What readers saw: report, team, document."""
    rows = session.execute(
        select(Revision.report_id, Report.team_id, Revision.document)
        .join(Report, Report.id == Revision.report_id)
        .where(or_(*(and_(Revision.report_id == id, Revision.number == weeks[id].revision) for id in weeks)))
    )
    for report_id, team_id, document in rows:
        yield report_id, team_id, Document.model_validate_json(document)


def _as_told(
    incidents: Sequence[Told],
    rows: list[Any],
    follow_ups: Mapping[int, Sequence[FollowUp]],
    monday: date,
    team_id: int,
) -> Iterator[Accident]:
    """The accidents of a week as the document tells them, each with what its row knows besides."""
    for told in incidents:
        row = _row_of(told, rows)
        if row is not None:
            rows.remove(row)
        grade = told.grade if row is None or row.grade is None else row.grade
        if grade not in (None, NO_ACCIDENT) and (row is None or row.same_as_id is None):
            mine = follow_ups.get(row.id, ()) if row is not None else ()
            yield _told_as(told, row, str(grade), monday, team_id, mine)


def _row_of(told: Told, rows: Sequence[Any]) -> Any:
    """The row that this became: of the same time and words, else the only one of the same time."""
    same_time = [row for row in rows if row.started_at == told.started_at]
    same_words = [row for row in same_time if row.symptom == told.symptom]
    if same_words:
        return same_words[0]
    return same_time[0] if len(same_time) == 1 and told.started_at else None


def _told_as(
    told: Told, row: Any, grade: str, monday: date, team_id: int, follow_ups: Sequence[FollowUp]
) -> Accident:
    amount, currency = _amount(row, [each.model_dump(mode="json") for each in told.amounts])
    party = row.third_party if row is not None else next(iter(told.parties), None)
    return Accident(
        week=monday,
        grade=grade,
        symptom=told.symptom,
        started_at=told.started_at,
        team_id=team_id,
        id=row.id if row is not None else 0,
        cause=(row.cause_category if row is not None else None) or ("third_party" if party else None),
        third_party=party,
        amount=amount,
        currency=currency,
        follow_ups=tuple(follow_ups),
        minutes=minutes_of(told.started_at, told.recovered_at),
        detected_by=row.detected_by if row is not None else detected_by(told.symptom),
        outstanding=_outstanding(row) if row is not None else None,
    )


def _outstanding(row: Any) -> Decimal | None:
    if row.amount_at_risk is None or (row.amount_recovered is None and row.amount_lost is None):
        return None
    return Decimal(row.amount_at_risk - (row.amount_recovered or 0) - (row.amount_lost or 0))


def _amount(row: Any, amounts: Sequence[Mapping[str, Any]]) -> tuple[Decimal | None, str | None]:
    """What was at risk as a person said it; else the largest amount that the text names."""
    if row is not None and row.amount_at_risk is not None:
        return row.amount_at_risk, row.currency
    told = [
        (value, each.get("currency"))
        for each in amounts
        if (value := exact(str(each.get("value", "")))) is not None
    ]
    return max(told, key=lambda each: each[0]) if told else (None, None)
