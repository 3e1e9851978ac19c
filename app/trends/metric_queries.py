"""The metrics of the trend page: what they are and should reach, now or as it was known then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.metrics.former import KEPT, former_at
from app.metrics.models import Metric as MetricRow
from app.metrics.models import Reading as ReadingRow
from app.metrics.models import Target
from app.trends.statistics import Metric, TargetFrom


def metrics_of(session: Session, team_ids: Sequence[int], cutoff: datetime | None) -> list[Metric]:
    """The teams' metrics in the order of their pages, each with its targets; what they were at `cutoff`."""
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
            MetricRow.team_id,
            MetricRow.key,
            MetricRow.name,
            MetricRow.unit,
            MetricRow.kind,
            MetricRow.direction,
            MetricRow.rounding,
            MetricRow.scale,
            MetricRow.spc_scale,
            MetricRow.retired_from,
            first_week.label("first_week"),
            former_at(cutoff).label("was"),
            Target.from_day,
            Target.literal,
            Target.value,
        )
        .outerjoin(Target, Target.metric_id == MetricRow.id)
        .where(MetricRow.team_id.in_(team_ids))
        .order_by(MetricRow.position, MetricRow.id, Target.from_day)
    )
    metrics: dict[int, Metric] = {}
    former: dict[int, Mapping[str, Any]] = {}
    for row in rows:
        metric = metrics.setdefault(
            row.id,
            Metric(
                id=row.id,
                team_id=row.team_id,
                key=row.key,
                name=row.name,
                unit=row.unit,
                kind=row.kind,
                direction=row.direction,
                rounding=row.rounding,
                scale=row.scale,
                spc_scale=row.spc_scale,
                retired_from=row.retired_from,
                first_week=row.first_week,
            ),
        )
        if row.was is not None:
            former[row.id] = row.was
        if row.from_day is not None:
            target = TargetFrom(row.from_day, row.literal, row.value)
            metrics[row.id] = replace(metric, targets=(*metric.targets, target))
    return [
        _as_it_was(metric, former[metric.id]) if metric.id in former else metric
        for metric in metrics.values()
    ]


def _as_it_was(metric: Metric, was: Mapping[str, Any]) -> Metric:
    retired = was["retired_from"]
    return replace(
        metric,
        **{each: was[each] for each in KEPT},
        retired_from=date.fromisoformat(retired) if retired else None,
        targets=tuple(
            TargetFrom(date.fromisoformat(day), literal, Decimal(value))
            for day, literal, value in was["targets"]
        ),
    )
