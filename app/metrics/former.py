"""What metrics were before each change, for pages as of a day before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, null, select
from sqlalchemy.orm import Session

from app.metrics.models import FormerSettings, Metric, Target

KEPT = ("name", "unit", "kind", "direction", "rounding", "scale", "spc_scale")


def keep_former(session: Session, metric: Metric, *, at: datetime) -> None:
    """Keep what the metric is until now; called before anything of it changes."""
    targets = session.scalars(select(Target).where(Target.metric_id == metric.id).order_by(Target.from_day))
    was = {
        **{each: getattr(metric, each) for each in KEPT},
        "retired_from": metric.retired_from.isoformat() if metric.retired_from else None,
        "targets": [[each.from_day.isoformat(), each.literal, f"{each.value:f}"] for each in targets],
    }
    session.add(FormerSettings(metric_id=metric.id, until=at, was=was))


def former_at(cutoff: datetime | None) -> ScalarSelect[Any]:
    """What the metric of the enclosing statement was at `cutoff`; null where it was not changed since."""
    if cutoff is None:
        return select(null()).scalar_subquery()
    return (
        select(FormerSettings.was)
        .where(FormerSettings.metric_id == Metric.id, FormerSettings.until >= cutoff)
        .order_by(FormerSettings.until, FormerSettings.id)
        .limit(1)
        .correlate(Metric)
        .scalar_subquery()
    )
