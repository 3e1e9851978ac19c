"""What the trend page reads: columns only, five statements however many weeks (six while one is amended)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from app.document.schema import Document
from app.document.weeks import monday_of
from app.incidents.models import Incident
from app.metrics.models import Metric as MetricRow
from app.metrics.models import Reading as ReadingRow
from app.metrics.models import Target
from app.reports.models import Report, Revision
from app.trends.axes import WEEK, TimeAxis
from app.trends.statistics import Metric, Reading, Series, TargetFrom, series

LEAST_WEEKS = 8
"""A younger team's charts are this wide, with room for the weeks to come before the first."""
MOST_WEEKS = 1040


@dataclass(frozen=True, slots=True)
class Span:
    """The Mondays of a team's first and last published week."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Week:
    """A published week; `amending` while its working copy differs from what is published."""

    report_id: int
    start: date
    year: int
    number: int
    amending: bool


@dataclass(frozen=True, slots=True)
class Accident:
    """A graded event of a published week; `grade` is A to D, AB, CD, or open."""

    week: date
    grade: str
    symptom: str
    started_at: str | None


@dataclass(frozen=True, slots=True)
class Trends:
    """Everything read for the page, laid out on one time axis."""

    span: Span
    axis: TimeAxis
    weeks: Mapping[date, Week]
    series: list[Series]
    accidents: list[Accident]

    @property
    def since_first(self) -> range:
        """The weeks of the axis from the team's first published one on."""
        return range(max(0, self.axis.index(self.span.first)), self.axis.weeks)


def trends_of(session: Session, team_id: int, *, weeks: int | None, until: date | None) -> Trends | None:
    """The team's last `weeks` weeks (None: all) until a day; None where nothing is published."""
    span = published_span(session, team_id)
    if span is None:
        return None
    axis = axis_for(span, weeks, until)
    metrics = metrics_of(session, team_id)
    readings = readings_on(session, team_id, axis)
    weeks_told = weeks_on(session, team_id, axis)
    return Trends(
        span=span,
        axis=axis,
        weeks=weeks_told,
        series=[series(metric, readings.get(metric.id, ()), axis) for metric in metrics],
        accidents=accidents_on(session, team_id, axis, weeks_told),
    )


def published_span(session: Session, team_id: int) -> Span | None:
    first, last = session.execute(
        select(func.min(Report.period_start), func.max(Report.period_start)).where(
            Report.team_id == team_id, Report.published_revision > 0
        )
    ).one()
    return Span(first, last) if first is not None else None


def axis_for(span: Span, weeks: int | None, until: date | None) -> TimeAxis:
    """The last `weeks` weeks (None: all) until the week that holds `until`, within what was published."""
    last = span.last if until is None else max(span.first, min(span.last, monday_of(until)))
    since_first = (last - span.first) // WEEK + 1
    count = min(max(min(weeks or since_first, since_first), LEAST_WEEKS), MOST_WEEKS)
    return TimeAxis(last - WEEK * (count - 1), count)


def metrics_of(session: Session, team_id: int) -> list[Metric]:
    """The team's metrics in the order of its pages, each with its targets."""
    first_week = (
        select(ReadingRow.period_start)
        .where(ReadingRow.metric_id == MetricRow.id, ReadingRow.revision > 0)
        .order_by(ReadingRow.period_start)
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            MetricRow.id,
            MetricRow.key,
            MetricRow.name,
            MetricRow.unit,
            MetricRow.kind,
            MetricRow.direction,
            MetricRow.rounding,
            MetricRow.scale,
            MetricRow.retired_from,
            first_week.label("first_week"),
            Target.from_day,
            Target.literal,
            Target.value,
        )
        .outerjoin(Target, Target.metric_id == MetricRow.id)
        .where(MetricRow.team_id == team_id)
        .order_by(MetricRow.position, MetricRow.id, Target.from_day)
    )
    metrics: dict[int, Metric] = {}
    for row in rows:
        metric = metrics.setdefault(
            row.id,
            Metric(
                id=row.id,
                key=row.key,
                name=row.name,
                unit=row.unit,
                kind=row.kind,
                direction=row.direction,
                rounding=row.rounding,
                scale=row.scale,
                retired_from=row.retired_from,
                first_week=row.first_week,
            ),
        )
        if row.from_day is not None:
            target = TargetFrom(row.from_day, row.literal, row.value)
            metrics[row.id] = replace(metric, targets=(*metric.targets, target))
    return list(metrics.values())


def weeks_on(session: Session, team_id: int, axis: TimeAxis) -> dict[date, Week]:
    """The published weeks on the axis by their Monday."""
    rows = session.execute(
        select(
            Report.id, Report.period_start, Report.week_year, Report.week_number, Report.state == "amending"
        ).where(
            Report.team_id == team_id,
            Report.published_revision > 0,
            Report.period_start >= axis.first,
            Report.period_start < axis.end,
        )
    )
    return {
        start: Week(report_id, start, year, number, bool(amending))
        for report_id, start, year, number, amending in rows
    }


def readings_on(session: Session, team_id: int, axis: TimeAxis) -> Mapping[int, list[Reading]]:
    """What published revisions said in the weeks on the axis, earlier revisions too, by metric."""
    rows = session.execute(
        select(
            ReadingRow.metric_id,
            ReadingRow.period_start,
            ReadingRow.revision,
            ReadingRow.revision == Report.published_revision,
            ReadingRow.literal,
            ReadingRow.value,
            ReadingRow.decimals,
        )
        .join(
            Report,
            and_(Report.id == ReadingRow.report_id, ReadingRow.revision <= Report.published_revision),
        )
        .where(
            ReadingRow.team_id == team_id,
            ReadingRow.revision > 0,
            ReadingRow.period_start >= axis.first,
            ReadingRow.period_start < axis.end,
        )
        .order_by(ReadingRow.period_start)
    )
    readings: dict[int, list[Reading]] = {}
    for metric_id, week, revision, stands, literal, value, decimals in rows:
        readings.setdefault(metric_id, []).append(
            Reading(week, revision, bool(stands), literal, value, decimals)
        )
    return readings


def accidents_on(
    session: Session, team_id: int, axis: TimeAxis, weeks: Mapping[date, Week]
) -> list[Accident]:
    """The graded events of the weeks on the axis, in the order they happened; told again counts once.

    The rows of a week that is being amended follow its working copy, which readers do not see: its
    events are those of the published document, with the grades that people decided.
    """
    rows = session.execute(
        select(
            Incident.report_id,
            Report.period_start,
            Incident.grade,
            Incident.grade_decided,
            Incident.symptom,
            Incident.started_at,
        )
        .join(Report, Report.id == Incident.report_id)
        .where(
            Incident.team_id == team_id,
            or_(Incident.grade.is_not(None), Incident.grade_decided),
            Incident.same_as_id.is_(None),
            Report.published_revision > 0,
            Report.period_start >= axis.first,
            Report.period_start < axis.end,
        )
        .order_by(Report.period_start, Incident.started_at, Incident.position, Incident.id)
    ).all()
    amending = {week.report_id: week.start for week in weeks.values() if week.amending}
    accidents = [
        Accident(row.period_start, row.grade, row.symptom, row.started_at)
        for row in rows
        if row.grade is not None and row.report_id not in amending
    ]
    if amending:
        decided = {
            (row.report_id, row.started_at, row.symptom): row.grade for row in rows if row.grade_decided
        }
        accidents += _as_published(session, amending, decided)
        accidents.sort(key=lambda accident: (accident.week, accident.started_at or ""))
    return accidents


def _as_published(
    session: Session,
    amending: Mapping[int, date],
    decided: Mapping[tuple[int, str | None, str], str | None],
) -> list[Accident]:
    documents = session.execute(
        select(Revision.report_id, Revision.document)
        .join(Report, and_(Report.id == Revision.report_id, Report.published_revision == Revision.number))
        .where(Report.id.in_(amending))
    )
    return [
        Accident(amending[report_id], grade, told.symptom, told.started_at)
        for report_id, document in documents
        for told in Document.model_validate_json(document).incidents
        if (grade := decided.get((report_id, told.started_at, told.symptom), told.grade)) is not None
    ]


def weeks_since(span: Span, today: date) -> int:
    """Whole weeks that have passed since the last published one without a report."""
    return max(0, (monday_of(today) - span.last) // timedelta(days=7) - 1)
