"""The metrics that a team reports, though last week's page left one out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.metrics.models import Metric, Reading
from app.metrics.names import fold
from app.reports.events import MetricToAdd, WeekToStart
from app.reports.models import Report

LOOKED_BACK = timedelta(weeks=12)


def usual_metrics(session: Session, weeks: Sequence[WeekToStart]) -> Mapping[int, Sequence[MetricToAdd]]:
    """By team, the metrics of the last 12 weeks that are not retired and not named, in the settings' order.

    Each goes by the name it last went by, below the metric before it in that order.
    """
    if not weeks:
        return {}
    query = (
        select(Reading.team_id, Reading.metric_id, Reading.name, Reading.period_start, Metric.retired_from)
        .join(Metric, Metric.id == Reading.metric_id)
        .join(Report, and_(Report.id == Reading.report_id, Report.published_revision == Reading.revision))
        .where(
            Reading.revision > 0,
            or_(
                *(
                    and_(
                        Reading.team_id == week.team_id,
                        Reading.period_start.between(
                            week.monday - LOOKED_BACK, week.monday - timedelta(days=1)
                        ),
                    )
                    for week in weeks
                )
            ),
        )
        .order_by(Metric.position, Metric.id, Reading.period_start)
    )
    rows = session.execute(query).all()
    missing: dict[int, list[MetricToAdd]] = {}
    for week in weeks:
        of_team = [row for row in rows if row.team_id == week.team_id]
        metric_of = {fold(row.name): row.metric_id for row in of_team}
        named = {metric_of[folded]: name for name in week.named if (folded := fold(name)) in metric_of}
        newest = {row.metric_id: row for row in of_team}
        after = None
        for metric_id, row in newest.items():
            if metric_id in named:
                after = named[metric_id]
            elif row.retired_from is None or row.retired_from > week.monday:
                missing.setdefault(week.team_id, []).append(MetricToAdd(row.name, after))
                after = row.name
    return missing
