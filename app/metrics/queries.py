"""What the metrics know about a report page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.document.schema import Metric as Reported
from app.document.schema import WeekRule
from app.document.weeks import week_of
from app.metrics.models import Metric, MetricName, Reading, Target
from app.metrics.names import fold
from app.metrics.scales import exact, is_met
from app.metrics.sparkline import Sparkline, sparkline
from app.reports.events import PageSubject
from app.reports.models import Report

SPARK_WEEKS = 26
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class MetricNote:
    """What stands beside a metric of the page. Literals are digits as reported.

    `last_literal` is the week before's, None where that week is missing; `target_literal` the target
    in force on the page's Sunday; `meets_target` None without a target; `weeks_known` of the last
    26, this one included, have a value. `spark` ends with the page's own value.
    """

    metric_id: int
    key: str
    name: str
    kind: str
    direction: str
    unit: str | None
    last_literal: str | None
    target_literal: str | None
    meets_target: bool | None
    weeks_known: int
    spark: Sparkline | None


@dataclass(frozen=True, slots=True)
class _Past:
    period_start: date
    literal: str
    value: Decimal


def notes_for_page(session: Session, subject: PageSubject) -> Mapping[str, Any]:
    """`metric_notes`: a MetricNote by the metric's name on the page, for the metrics that are known.

    Two statements. Only published weeks count as past; the page's own values are the document's.
    """
    reported: dict[str, Reported] = {}
    for metric in subject.document.metrics:
        reported.setdefault(metric.name, metric)
    if not reported:
        return {"metric_notes": {}}
    metrics = _metrics_named(session, subject, {fold(name) for name in reported})
    past = _past_readings(session, [row.id for row in metrics.values()], subject.period_start)
    return {
        "metric_notes": {
            name: _note(row, past.get(row.id, []), exact(metric.value), subject)
            for name, metric in reported.items()
            if (row := metrics.get(fold(name))) is not None
        }
    }


def _note(row: Any, past: Sequence[_Past], value: Decimal | None, subject: PageSubject) -> MetricNote:
    by_week = {reading.period_start: reading for reading in past}
    weeks = [subject.period_start - WEEK * back for back in range(SPARK_WEEKS - 1, -1, -1)]
    values = [by_week[week].value if week in by_week else None for week in weeks[:-1]] + [value]
    before = by_week.get(subject.period_start - WEEK)
    rule: WeekRule = "iso" if subject.report.week_rule == "iso" else "jan1-monday"
    year_to_date = row.kind.startswith("ytd_")
    return MetricNote(
        metric_id=row.id,
        key=row.key,
        name=row.name,
        kind=row.kind,
        direction=row.direction,
        unit=row.unit,
        last_literal=before.literal if before else None,
        target_literal=row.target_literal,
        meets_target=(
            None
            if row.target_value is None or value is None
            else is_met(value, row.target_value, row.direction)
        ),
        weeks_known=sum(1 for known in values if known is not None),
        spark=sparkline(
            values,
            declared_scale=row.scale,
            target=row.target_value,
            steps=year_to_date,
            restarts={index for index, week in enumerate(weeks) if week_of(week, rule)[1] == 1},
        ),
    )


def _metrics_named(session: Session, subject: PageSubject, folded: set[str]) -> dict[str, Any]:
    """The team's metrics by folded name, each with its target in force."""
    last_day = subject.period_start + timedelta(days=6)
    rows = session.execute(
        select(
            MetricName.folded,
            Metric.id,
            Metric.key,
            Metric.name,
            Metric.kind,
            Metric.direction,
            Metric.unit,
            Metric.scale,
            Target.value.label("target_value"),
            Target.literal.label("target_literal"),
        )
        .join(Metric, Metric.id == MetricName.metric_id)
        .outerjoin(Target, and_(Target.metric_id == Metric.id, Target.from_day <= last_day))
        .where(MetricName.team_id == subject.team_id, MetricName.folded.in_(folded))
        .order_by(Target.from_day)
    )
    return {row.folded: row for row in rows}  # the newest target comes last and stays


def _past_readings(session: Session, metric_ids: Sequence[int], before: date) -> dict[int, list[_Past]]:
    if not metric_ids:
        return {}
    rows = session.execute(
        select(Reading.metric_id, Reading.period_start, Reading.literal, Reading.value)
        .join(Report, and_(Report.id == Reading.report_id, Report.published_revision == Reading.revision))
        .where(
            Reading.metric_id.in_(metric_ids),
            Reading.revision > 0,
            Reading.period_start >= before - WEEK * (SPARK_WEEKS - 1),
            Reading.period_start < before,
        )
    )
    past: dict[int, list[_Past]] = {}
    for metric_id, period_start, literal, value in rows:
        past.setdefault(metric_id, []).append(_Past(period_start, literal, value))
    return past
