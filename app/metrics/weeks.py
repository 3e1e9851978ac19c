"""The key figures beside a list of weeks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.metrics.models import Metric, Reading
from app.reports.models import Report
from app.reports.weeks_page import WeekFigures, WeeksSubject

COLUMNS = 2


def figures_of_weeks(session: Session, subject: WeeksSubject) -> Sequence[WeekFigures]:
    """The team's first rates with what each published week says of them, in one statement."""
    key_metrics = (
        select(Metric.id)
        .where(Metric.team_id == subject.team_id, Metric.kind == "rate", Metric.retired_from.is_(None))
        .order_by(Metric.position, Metric.id)
        .limit(COLUMNS)
    )
    query = (
        select(Metric.name, Reading.period_start, Reading.literal)
        .join(Metric, Metric.id == Reading.metric_id)
        .join(Report, and_(Report.id == Reading.report_id, Report.published_revision == Reading.revision))
        .where(
            Reading.revision > 0,
            Reading.metric_id.in_(key_metrics),
            Reading.period_start.between(subject.first, subject.last),
        )
        .order_by(Metric.position, Metric.id)
    )
    columns: dict[str, dict[date, str]] = {}
    for name, period_start, literal in session.execute(query):
        columns.setdefault(name, {})[period_start] = literal
    return [WeekFigures(name, by_week) for name, by_week in columns.items()]
