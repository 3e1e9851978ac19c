"""What the settings of metrics show: each with its names, targets, and how much was reported of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.errors import NotFound
from app.metrics.models import Metric, MetricName, Reading, TakenIn, Target, UnreportedReading


@dataclass(frozen=True, slots=True)
class Reported:
    """How many weeks of a team say a metric, and the Mondays of the first and the last one."""

    weeks: int = 0
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class MetricInSettings:
    """A metric with what belongs to it; targets newest first, names in the order they came."""

    metric: Metric
    names: list[MetricName]
    targets: list[Target]
    reported: Reported

    @property
    def key(self) -> str:
        return f"metric-{self.metric.id}"

    def target_on(self, day: date) -> Target | None:
        """The target in force that day."""
        return next((target for target in self.targets if target.from_day <= day), None)

    def holds_until(self, target: Target) -> date | None:
        """The day from which a later target takes its place."""
        place = self.targets.index(target)
        return self.targets[place - 1].from_day if place else None


@dataclass(frozen=True, slots=True)
class Merger:
    """Two metrics that may become one; `together` are the weeks of which one revision says both."""

    kept: MetricInSettings
    gone: MetricInSettings
    together: list[date]


def metrics_in_settings(session: Session, team_id: int) -> list[MetricInSettings]:
    """The team's metrics in their order, the retired ones last. Four statements."""
    return _in_settings(session, Metric.team_id == team_id)


def metric_in_settings(session: Session, team_id: int, metric_id: int) -> MetricInSettings:
    found = _in_settings(session, (Metric.team_id == team_id) & (Metric.id == metric_id))
    if not found:
        raise NotFound("metric.not_found")
    return found[0]


def metric_of(session: Session, team_id: int, metric_id: int, *, to_change: bool = False) -> Metric:
    """The team's metric; `to_change` holds off others who want to change it."""
    metric = session.get(Metric, metric_id, with_for_update=to_change or None)
    if metric is None or metric.team_id != team_id:
        raise NotFound("metric.not_found")
    return metric


def target_of(session: Session, metric: Metric, target_id: int) -> Target:
    target = session.get(Target, target_id)
    if target is None or target.metric_id != metric.id:
        raise NotFound("target.not_found")
    return target


def name_of(session: Session, metric: Metric, name_id: int) -> MetricName:
    name = session.get(MetricName, name_id)
    if name is None or name.metric_id != metric.id:
        raise NotFound("metric.name_not_found")
    return name


def merger_of(session: Session, team_id: int, kept_id: int, gone_id: int) -> Merger:
    """What would be merged into what."""
    return Merger(
        metric_in_settings(session, team_id, kept_id),
        metric_in_settings(session, team_id, gone_id),
        weeks_told_together(session, kept_id, gone_id),
    )


def weeks_told_together(session: Session, one_id: int, other_id: int) -> list[date]:
    """The weeks of which one and the same revision says both metrics: those cannot be the same thing.

    A week that says there is no value says the metric too.
    """
    one, other = (
        union_all(
            *(
                select(kind.report_id, kind.revision, kind.period_start).where(kind.metric_id == metric_id)
                for kind in (Reading, UnreportedReading)
            )
        ).subquery()
        for metric_id in (one_id, other_id)
    )
    return list(
        session.scalars(
            select(one.c.period_start)
            .join(other, (other.c.report_id == one.c.report_id) & (other.c.revision == one.c.revision))
            .distinct()
            .order_by(one.c.period_start)
        )
    )


def taken_in(session: Session, metric_id: int) -> list[tuple[TakenIn, str | None]]:
    """The metrics that were taken into it, newest first, each with who did that."""
    rows = session.execute(
        select(TakenIn, User.display_name)
        .outerjoin(User, User.id == TakenIn.by_id)
        .where(TakenIn.metric_id == metric_id)
        .order_by(TakenIn.at.desc(), TakenIn.id.desc())
    )
    return [(row[0], row[1]) for row in rows]


def _in_settings(session: Session, which: Any) -> list[MetricInSettings]:
    metrics = session.scalars(
        select(Metric).where(which).order_by(Metric.retired_from.is_not(None), Metric.position, Metric.id)
    ).all()
    ids = [metric.id for metric in metrics]
    names: dict[int, list[MetricName]] = {}
    for name in session.scalars(
        select(MetricName).where(MetricName.metric_id.in_(ids)).order_by(MetricName.id)
    ):
        names.setdefault(name.metric_id, []).append(name)
    targets: dict[int, list[Target]] = {}
    for target in session.scalars(
        select(Target).where(Target.metric_id.in_(ids)).order_by(Target.from_day.desc())
    ):
        targets.setdefault(target.metric_id, []).append(target)
    reported = {
        row[0]: Reported(row[1], row[2], row[3])
        for row in session.execute(
            select(
                Reading.metric_id,
                func.count(Reading.period_start.distinct()),
                func.min(Reading.period_start),
                func.max(Reading.period_start),
            )
            .where(Reading.metric_id.in_(ids), Reading.revision > 0)
            .group_by(Reading.metric_id)
        )
    }
    return [
        MetricInSettings(
            metric, names.get(metric.id, []), targets.get(metric.id, []), reported.get(metric.id, Reported())
        )
        for metric in metrics
    ]
