"""Graded events and what is still to be done about them, as the trend page tells them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from app.document.schema import Document
from app.incidents.models import FollowUp as FollowUpRow
from app.incidents.models import GradeChange, Incident, ThirdParty
from app.incidents.queries import minutes_of
from app.metrics.scales import exact
from app.reports.models import Report, Revision
from app.trends.axes import TimeAxis

GRAVE = ("A", "AB", "B")
LIGHT = ("C", "CD", "D")

PublishedWeeks = Mapping[int, tuple[date, bool]]
"""The Monday of each report, and whether it is being amended."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What is to be done about an accident and is not done."""

    id: int
    text: str
    owner: str | None
    due: date | None

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

    @property
    def day(self) -> date:
        """When it began; the Monday of its week where nobody said."""
        return date.fromisoformat(self.started_at[:10]) if self.started_at else self.week

    @property
    def is_grave(self) -> bool:
        return self.grade in GRAVE


def accidents_of(
    session: Session, weeks: PublishedWeeks, team_ids: Sequence[int], axis: TimeAxis, cutoff: datetime | None
) -> list[Accident]:
    """The graded events of published weeks until the axis ends, as they happened; told again counts once.

    The rows of a week that is being amended follow its working copy, which readers do not see: its
    events are those of the published document, with the grades that people decided.
    """
    rows = session.execute(_statement(team_ids, axis, cutoff)).all()
    amending = {report for report, (_, is_amending) in weeks.items() if is_amending}
    found: dict[int, Accident] = {}
    for row in rows:
        if row.report_id not in weeks or row.report_id in amending or row.grade is None:
            continue
        known = found.get(row.id)
        follow_ups = known.follow_ups if known else ()
        if row.follow_up_id is not None:
            follow_ups = (
                *follow_ups,
                FollowUp(row.follow_up_id, row.follow_up, row.owner, row.due_day),
            )
        found[row.id] = _accident(row, follow_ups)
    accidents = list(found.values())
    if amending:
        accidents += _as_published(session, {report: weeks[report][0] for report in amending}, rows)
    return sorted(accidents, key=lambda one: (one.week, one.started_at or ""))


def _statement(team_ids: Sequence[int], axis: TimeAxis, cutoff: datetime | None) -> Select[*tuple[Any, ...]]:
    grade: Any = Incident.grade
    if cutoff is not None:
        grade = (
            select(GradeChange.after)
            .where(GradeChange.incident_id == Incident.id, GradeChange.at < cutoff)
            .order_by(GradeChange.at.desc(), GradeChange.id.desc())
            .limit(1)
            .scalar_subquery()
        )
    return (
        select(
            Incident.id,
            Incident.team_id,
            Incident.report_id,
            Report.period_start,
            grade.label("grade"),
            Incident.grade_decided,
            Incident.symptom,
            Incident.started_at,
            Incident.recovered_at,
            Incident.cause_category,
            Incident.amount_at_risk,
            Incident.currency,
            Incident.amounts,
            ThirdParty.name.label("third_party"),
            FollowUpRow.id.label("follow_up_id"),
            FollowUpRow.text.label("follow_up"),
            FollowUpRow.owner,
            FollowUpRow.due_day,
        )
        .join(Report, Report.id == Incident.report_id)
        .outerjoin(ThirdParty, ThirdParty.id == Incident.third_party_id)
        .outerjoin(FollowUpRow, and_(FollowUpRow.incident_id == Incident.id, FollowUpRow.state == "open"))
        .where(
            Incident.team_id.in_(team_ids),
            or_(Incident.grade.is_not(None), Incident.grade_decided),
            Incident.same_as_id.is_(None),
            Report.published_revision > 0,
            Report.period_start < axis.end,
        )
        .order_by(Report.period_start, Incident.started_at, Incident.position, Incident.id, FollowUpRow.id)
    )


def _accident(row: Any, follow_ups: tuple[FollowUp, ...]) -> Accident:
    amount, currency = _amount(row)
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
        follow_ups=follow_ups,
        minutes=minutes_of(row.started_at, row.recovered_at),
    )


def _amount(row: Any) -> tuple[Decimal | None, str | None]:
    """What was at risk as a person said it; else the largest amount that the text names."""
    if row.amount_at_risk is not None:
        return row.amount_at_risk, row.currency
    told = [
        (value, each.get("currency"))
        for each in row.amounts
        if (value := exact(str(each.get("value", "")))) is not None
    ]
    return max(told, key=lambda each: each[0]) if told else (None, None)


def _as_published(session: Session, amending: Mapping[int, date], rows: Sequence[Any]) -> list[Accident]:
    decided = {(row.report_id, row.started_at, row.symptom): row.grade for row in rows if row.grade_decided}
    documents = session.execute(
        select(Revision.report_id, Report.team_id, Revision.document)
        .join(Report, and_(Report.id == Revision.report_id, Report.published_revision == Revision.number))
        .where(Report.id.in_(amending))
    )
    return [
        Accident(amending[report_id], grade, told.symptom, told.started_at, team_id)
        for report_id, team_id, document in documents
        for told in Document.model_validate_json(document).incidents
        if (grade := decided.get((report_id, told.started_at, told.symptom), told.grade)) is not None
    ]
