"""Published weeks with metrics, as the tests of trends need them: `publish(session, team, monday, {...})`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from app.accounts.models import Team
from app.document.schema import Document, Grade, Metric, Place
from app.document.schema import Incident as Told
from app.document.weeks import week_of
from app.incidents.models import Incident
from app.metrics.actions import keep_readings
from app.reports.events import Publication
from app.reports.models import Report, Revision

AT = datetime(2025, 6, 13, 9, 42, tzinfo=UTC)
WEEK = timedelta(days=7)
LAST = date(2025, 6, 9)
"""The Monday of week 24."""


def document(values: Mapping[str, str], accidents: Mapping[str, Grade] | None = None) -> Document:
    """A document that reports metrics, `{"入金有效成功率": "99.98%"}`, and accidents with their grades."""
    return Document(
        metrics=[_metric(place, name, value) for place, (name, value) in enumerate(values.items())],
        incidents=[
            Told(symptom=symptom, grade=grade, section=0, blocks=[(0,)])
            for symptom, grade in (accidents or {}).items()
        ],
    )


def publish(
    session: Session,
    team: Team,
    monday: date,
    values: Mapping[str, str],
    *,
    accidents: Mapping[str, Grade] | None = None,
    report: Report | None = None,
    at: datetime = AT,
) -> Report:
    """The next revision of that week, with these metrics."""
    if report is None:
        year, number = week_of(monday, "jan1-monday")
        report = Report(
            team_id=team.id,
            period_start=monday,
            period_end=monday + timedelta(days=6),
            label=f"第{number}周",
            week_year=year,
            week_number=number,
            week_rule="jan1-monday",
            state="published",
            published_revision=1,
            published_at=AT,
            created_at=AT,
            updated_at=AT,
        )
        session.add(report)
    else:
        report.published_revision += 1
    session.flush()
    said = document(values, accidents)
    session.add(
        Revision(
            report_id=report.id,
            number=report.published_revision,
            document=said.model_dump_json(),
            hash="0" * 64,
            author_name="林晚",
            created_at=at,
        )
    )
    keep_readings(
        session,
        Publication(
            report=report,
            document=said,
            item_ids={},
            revision=report.published_revision,
            by_id=None,
            at=at,
        ),
    )
    return report


def happen(session: Session, report: Report, *, grade: str | None, symptom: str, day: str | None) -> Incident:
    """An event of that week."""
    incident = Incident(
        team_id=report.team_id,
        report_id=report.id,
        grade=grade,
        symptom=symptom,
        started_at=day and f"{day}T14:12",
    )
    session.add(incident)
    session.flush()
    return incident


def _metric(place: int, name: str, typed: str) -> Metric:
    number = typed.rstrip("%个 ")
    return Metric(
        name=name,
        value=number,
        decimals=len(number.partition(".")[2]),
        unit=typed[len(number) :].strip() or None,
        literal=f"{name}：{typed}",
        place=Place(section=0, path=(place,), start=0, end=len(name) + 1 + len(typed)),
    )
