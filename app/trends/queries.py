"""What the trend page reads: columns only, five statements however many weeks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.document.weeks import monday_of
from app.incidents.models import Incident
from app.metrics.models import Metric as MetricRow
from app.metrics.models import Reading as ReadingRow
from app.metrics.models import Target
from app.reports.models import Report
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
    """A published week."""

    start: date
    end: date
    year: int
    number: int
    revision: int


@dataclass(frozen=True, slots=True)
class Accident:
    """A graded event of a published week; `grade` is A to D, AB, CD, or open."""

    id: int
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
    return Trends(
        span=span,
        axis=axis,
        weeks=weeks_on(session, team_id, axis),
        series=[series(metric, readings.get(metric.id, ()), axis) for metric in metrics],
        accidents=accidents_on(session, team_id, axis),
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
            Report.period_start,
            Report.period_end,
            Report.week_year,
            Report.week_number,
            Report.published_revision,
        ).where(
            Report.team_id == team_id,
            Report.published_revision > 0,
            Report.period_start >= axis.first,
            Report.period_start < axis.end,
        )
    )
    return {row[0]: Week(*row) for row in rows}


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


def accidents_on(session: Session, team_id: int, axis: TimeAxis) -> list[Accident]:
    """The graded events of the weeks on the axis, in the order they happened; told again counts once."""
    rows = session.execute(
        select(Incident.id, Report.period_start, Incident.grade, Incident.symptom, Incident.started_at)
        .join(Report, Report.id == Incident.report_id)
        .where(
            Incident.team_id == team_id,
            Incident.grade.is_not(None),
            Incident.same_as_id.is_(None),
            Report.published_revision > 0,
            Report.period_start >= axis.first,
            Report.period_start < axis.end,
        )
        .order_by(Report.period_start, Incident.started_at, Incident.position, Incident.id)
    )
    return [
        Accident(id, week, grade or "open", symptom, started_at)
        for id, week, grade, symptom, started_at in rows
    ]


def weeks_since(span: Span, today: date) -> int:
    """Whole weeks that have passed since the last published one without a report."""
    return max(0, (monday_of(today) - span.last) // timedelta(days=7) - 1)
