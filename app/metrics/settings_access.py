"""Which metric a request may see or set: loaded and checked in one dependency.

Whoever sees the team reads its metrics' settings; its leads and administrators change them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from app.accounts.access import TeamInView, VisibleTeam, WritableTeam
from app.metrics.models import Metric
from app.metrics.settings_queries import metric_of
from app.web import urls
from app.web.access import declares_access
from app.web.database import DbSession


@dataclass(frozen=True, slots=True)
class MetricInView:
    """A metric, and the team with what the viewer may do there."""

    metric: Metric
    team: TeamInView

    @property
    def url(self) -> str:
        return urls.metric(self.team, self.metric.id)


@declares_access("metric.readable")
def readable_metric(team: VisibleTeam, metric_id: int, session: DbSession) -> MetricInView:
    """The metric, for those who see the team."""
    return MetricInView(metric_of(session, team.id, metric_id), team)


@declares_access("metric.editable")
def editable_metric(team: WritableTeam, metric_id: int, session: DbSession) -> MetricInView:
    """The metric, for one who writes the team's weeks; a change locks its row."""
    return MetricInView(metric_of(session, team.id, metric_id, to_change=True), team)


ReadableMetric = Annotated[MetricInView, Depends(readable_metric)]
EditableMetric = Annotated[MetricInView, Depends(editable_metric)]
