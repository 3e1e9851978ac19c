"""What people put on charts: locked limits, remarks, and weeks said to have no report; one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Select, Text, cast, literal, null, select, union_all
from sqlalchemy.orm import Session

from app.document.weeks import monday_of
from app.metrics.models import Annotation, FormerMark
from app.metrics.models import Baseline as BaselineRow
from app.metrics.models import Metric as MetricRow
from app.reports.models import SkippedWeek
from app.trends.statistics import Baseline


@dataclass(frozen=True, slots=True)
class Remark:
    """What a person wrote beside a week of one metric, or of all (`metric_id` None)."""

    id: int
    metric_id: int | None
    week: date
    day: date
    text: str
    version: int


@dataclass(frozen=True, slots=True)
class Marks:
    """Locked limits by metric; remarks, and why weeks were skipped, by team."""

    baselines: Mapping[int, tuple[Baseline, ...]]
    remarks: Mapping[int, list[Remark]]
    skipped: Mapping[int, dict[date, str]]


def marks_of(session: Session, team_ids: Sequence[int], cutoff: datetime | None) -> Marks:
    """What stands on the charts now, or stood there before `cutoff`."""
    no_day = cast(null(), Date)
    statements: list[Select[*tuple[Any, ...]]] = [
        select(
            literal("baseline").label("kind"),
            BaselineRow.id.label("id"),
            MetricRow.team_id.label("team_id"),
            BaselineRow.metric_id.label("metric_id"),
            BaselineRow.from_day.label("day"),
            BaselineRow.until_day.label("until"),
            cast(BaselineRow.reason, Text).label("text"),
            BaselineRow.version.label("version"),
        )
        .join(MetricRow, MetricRow.id == BaselineRow.metric_id)
        .where(MetricRow.team_id.in_(team_ids)),
        select(
            literal("annotation"),
            Annotation.id,
            Annotation.team_id,
            Annotation.metric_id,
            Annotation.day,
            no_day,
            cast(Annotation.text, Text),
            Annotation.version,
        ).where(Annotation.team_id.in_(team_ids)),
        select(
            literal("skipped"),
            SkippedWeek.id,
            SkippedWeek.team_id,
            literal(0),
            SkippedWeek.period_start,
            no_day,
            cast(SkippedWeek.reason, Text),
            literal(0),
        ).where(SkippedWeek.team_id.in_(team_ids)),
    ]
    if cutoff is not None:
        times = (BaselineRow.created_at, Annotation.created_at, SkippedWeek.at)
        statements = [each.where(at < cutoff) for each, at in zip(statements, times, strict=True)]
        statements.append(
            select(
                FormerMark.kind,
                -FormerMark.id,
                FormerMark.team_id,
                FormerMark.metric_id,
                FormerMark.day,
                FormerMark.until_day,
                cast(FormerMark.text, Text),
                literal(0),
            ).where(
                FormerMark.team_id.in_(team_ids),
                FormerMark.said_from < cutoff,
                FormerMark.said_until >= cutoff,
            )
        )
    together = union_all(*statements).subquery()
    baselines: dict[int, list[Baseline]] = {}
    remarks: dict[int, list[Remark]] = {}
    skipped: dict[int, dict[date, str]] = {}
    for kind, id, team, metric, day, until, text, version in session.execute(
        select(together).order_by(together.c.day, together.c.id)
    ):
        if kind == "baseline":
            baselines.setdefault(metric, []).append(Baseline(day, until, text))
        elif kind == "annotation":
            remarks.setdefault(team, []).append(Remark(id, metric, monday_of(day), day, text, version))
        else:
            skipped.setdefault(team, {})[day] = text
    return Marks({metric: tuple(rows) for metric, rows in baselines.items()}, remarks, skipped)
