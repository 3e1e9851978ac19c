"""What the trend page reads: columns only, five statements however many weeks.

Six where events are told otherwise than they are stored: while a week is amended, or as of a day before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Team
from app.document.weeks import monday_of
from app.incidents.models import Incident
from app.metrics.models import Reading as ReadingRow
from app.reports.models import Report, Revision
from app.trends.accident_queries import Accident, Seen, accidents_of
from app.trends.asked import WINDOW, Asked
from app.trends.axes import WEEK, TimeAxis
from app.trends.mark_queries import Remark, marks_of
from app.trends.metric_queries import metrics_of
from app.trends.statistics import Metric, Reading, Series, series

LEAST_WEEKS = 8
"""A younger team's charts are this wide, with room for the weeks to come before the first."""
MOST_WEEKS = 1040
BEFORE = 54
"""Weeks before the newest that are always read: limits are taken from them, and last year's week."""


@dataclass(frozen=True, slots=True)
class Span:
    """The Mondays of a team's first and last published week."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Week:
    """A week that was published by the day that is asked about; `amending` while its working copy differs.

    `revision` is the one that readers saw then, `newest` where they see it still; `events` are the production
    events that it tells, graded or not.
    """

    report_id: int
    start: date
    year: int
    number: int
    amending: bool
    revision: int = 1
    newest: bool = True
    events: int = 0

    @property
    def path(self) -> str:
        """What follows `weeks/` in the address of what readers saw."""
        return self.start.isoformat() if self.newest else f"{self.start}/revisions/{self.revision}"


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team that has published weeks; `pulse` counts its changes."""

    id: int
    slug: str
    name: str
    pulse: int = 0


@dataclass(frozen=True, slots=True)
class Trends:
    """Everything read of one team, laid out on the page's time axis. `known` are all its weeks ever."""

    team: TeamRow
    span: Span
    axis: TimeAxis
    weeks: Mapping[date, Week]
    series: list[Series]
    accidents: list[Accident]
    known: Mapping[date, Week] = field(default_factory=dict)
    remarks: Sequence[Remark] = ()
    skipped: Mapping[date, str] = field(default_factory=dict)
    """Weeks that somebody said have no report, and why, by their Monday."""

    @property
    def since_first(self) -> range:
        """The weeks of the axis from the team's first published one on."""
        return range(max(0, self.axis.index(self.span.first)), self.axis.weeks)

    def path(self, week: date) -> str | None:
        """What follows `weeks/` in the address of what readers saw of a week; None where they saw nothing."""
        known = self.known.get(week)
        return known.path if known else None

    @property
    def shown_accidents(self) -> list[Accident]:
        """Those of the weeks on the axis."""
        return [one for one in self.accidents if 0 <= self.axis.index(one.week) < self.axis.weeks]


@dataclass(frozen=True, slots=True)
class Published:
    """A team and those below it that had published weeks at `cutoff` (None: now), each with its weeks."""

    team_id: int
    teams: list[TeamRow]
    known: Mapping[int, Mapping[date, Week]]
    cutoff: datetime | None


def read(session: Session, team_id: int, asked: Asked, time_zone: str = "UTC") -> list[Trends]:
    """The team and the teams below it that have published weeks, all on one time axis; the team first.

    Only what is asked for is laid out: the team's own weeks, or those of the teams below.
    """
    return lay_out(session, published(session, team_id, asked, time_zone), asked)


def published(session: Session, team_id: int, asked: Asked, time_zone: str) -> Published:
    """The weeks that can be shown, in one statement."""
    cutoff = knowledge_cutoff(asked, time_zone)
    teams, known = _weeks(session, team_id, cutoff)
    return Published(team_id, teams, known, cutoff)


def lay_out(session: Session, found: Published, asked: Asked) -> list[Trends]:
    """What is asked for of these weeks."""
    known, cutoff = found.known, found.cutoff
    chosen = _chosen(found.team_id, found.teams, asked)
    if not chosen:
        return []
    ids = [team.id for team in chosen]
    spans = {team: Span(min(known[team]), max(known[team])) for team in ids}
    whole = Span(min(span.first for span in spans.values()), max(span.last for span in spans.values()))
    axis = axis_for(whole, WINDOW[asked.weeks], asked.until)
    metrics = metrics_of(session, ids, cutoff)
    marks = marks_of(session, ids, cutoff)
    metrics = [replace(metric, baselines=marks.baselines.get(metric.id, ())) for metric in metrics]
    readings = _readings(session, ids, known, axis, _needed_from(axis, metrics, asked))
    accidents, told = accidents_of(
        session,
        {
            week.report_id: Seen(week.start, week.revision, is_stored=week.newest and not week.amending)
            for team in ids
            for week in known[team].values()
        },
        ids,
        axis,
        cutoff,
    )
    known = {
        team: {
            start: replace(week, events=told.get(week.report_id, week.events))
            for start, week in weeks.items()
        }
        for team, weeks in known.items()
    }
    return [
        Trends(
            team=team,
            span=spans[team.id],
            axis=axis,
            weeks={start: week for start, week in known[team.id].items() if axis.first <= start < axis.end},
            series=[
                series(metric, readings.get(metric.id, ()), axis)
                for metric in metrics
                if metric.team_id == team.id
            ],
            accidents=[one for one in accidents if one.team_id == team.id],
            known=known[team.id],
            remarks=marks.remarks.get(team.id, ()),
            skipped=marks.skipped.get(team.id, {}),
        )
        for team in chosen
    ]


def knowledge_cutoff(asked: Asked, time_zone: str) -> datetime | None:
    """The end of the day whose knowledge is asked for; None for today's."""
    if asked.as_of is None:
        return None
    return datetime.combine(asked.as_of + timedelta(days=1), time(), ZoneInfo(time_zone))


def axis_for(span: Span, weeks: int | None, until: date | None) -> TimeAxis:
    """The last `weeks` weeks (None: all) until the week that holds `until`, within what was published."""
    last = span.last if until is None else max(span.first, min(span.last, monday_of(until)))
    since_first = (last - span.first) // WEEK + 1
    count = min(max(min(weeks or since_first, since_first), LEAST_WEEKS), MOST_WEEKS)
    return TimeAxis(last - WEEK * (count - 1), count)


def weeks_since(span: Span, today: date) -> int:
    """Whole weeks that have passed since the last published one without a report."""
    return max(0, (monday_of(today) - span.last) // timedelta(days=7) - 1)


def _chosen(team_id: int, teams: Sequence[TeamRow], asked: Asked) -> list[TeamRow]:
    """The team alone; those below it where they are asked for, or it has no weeks of its own."""
    own = [team for team in teams if team.id == team_id]
    below = [team for team in teams if team.id != team_id]
    return below if below and (asked.teams == "below" or not own) else own


def _weeks(
    session: Session, team_id: int, cutoff: datetime | None
) -> tuple[list[TeamRow], dict[int, dict[date, Week]]]:
    """The team and those below it, and the published weeks of each by their Monday."""
    reach = select(Team.id).where(Team.id == team_id).cte("reach", recursive=True)
    reach = reach.union(select(Team.id).join(reach, Team.parent_id == reach.c.id))
    revision: Any = Report.published_revision
    if cutoff is not None:
        revision = (
            select(func.max(Revision.number))
            .where(Revision.report_id == Report.id, Revision.created_at < cutoff)
            .scalar_subquery()
        )
    events = (
        select(func.count(Incident.id))
        .where(Incident.report_id == Report.id, Incident.same_as_id.is_(None))
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Team.id,
            Team.slug,
            Team.name,
            Team.pulse,
            Report.id.label("report_id"),
            Report.period_start,
            Report.week_year,
            Report.week_number,
            Report.state == "amending",
            Report.published_revision,
            revision.label("revision"),
            events.label("events"),
        )
        .join(Report, Report.team_id == Team.id)
        .where(Team.id.in_(select(reach.c.id)), Report.published_revision > 0)
        .order_by(Team.name, Team.id, Report.period_start)
    )
    teams: dict[int, TeamRow] = {}
    known: dict[int, dict[date, Week]] = {}
    for id, slug, name, pulse, report_id, start, year, number, amending, newest, seen, told in rows:
        if seen:
            teams.setdefault(id, TeamRow(id, slug, name, pulse))
            known.setdefault(id, {})[start] = Week(
                report_id, start, year, number, bool(amending), seen, newest=seen == newest, events=told
            )
    return list(teams.values()), known


def _needed_from(axis: TimeAxis, metrics: Iterable[Metric], asked: Asked) -> date:
    """The first Monday that anything on the page is computed from."""
    needed = [axis.first, axis.week(axis.weeks - BEFORE)]
    needed += [locked.from_day - WEEK * BEFORE for metric in metrics for locked in metric.baselines]
    needed += [period.first for period in asked.compared or ()]
    return monday_of(max(min(needed), date(1900, 1, 1)))


def _readings(
    session: Session,
    team_ids: Sequence[int],
    known: Mapping[int, Mapping[date, Week]],
    axis: TimeAxis,
    since: date,
) -> Mapping[int, list[Reading]]:
    """What revisions said until the one that readers saw, oldest week first, by metric."""
    seen = {week.report_id: week.revision for team in team_ids for week in known[team].values()}
    rows = session.execute(
        select(
            ReadingRow.report_id,
            ReadingRow.metric_id,
            ReadingRow.period_start,
            ReadingRow.revision,
            ReadingRow.literal,
            ReadingRow.value,
            ReadingRow.decimals,
            ReadingRow.numerator,
            ReadingRow.denominator,
        )
        .where(
            ReadingRow.team_id.in_(team_ids),
            ReadingRow.revision > 0,
            ReadingRow.period_start >= since,
            ReadingRow.period_start < axis.end,
        )
        .order_by(ReadingRow.period_start)
    )
    readings: dict[int, list[Reading]] = {}
    for report_id, metric_id, week, revision, typed, value, decimals, part, whole in rows:
        newest = seen.get(report_id, 0)
        if revision <= newest:
            readings.setdefault(metric_id, []).append(
                Reading(week, revision, revision == newest, typed, value, decimals, part, whole)
            )
    return readings
