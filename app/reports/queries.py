"""Questions about weeks, for reading: each selects the columns that its page shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any, Literal

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    Date,
    Select,
    bindparam,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from app.accounts.models import Team
from app.document.schema import WeekRule
from app.document.weeks import period_of, week_of, weeks_in_year
from app.reports.models import Report, SkippedWeek

TickState = Literal["published", "amended", "draft"]
SHORT_DAYS = timedelta(days=3)
"""From Monday to Thursday: the day whose month a week belongs to."""


@dataclass(frozen=True, slots=True)
class WeekTick:
    """A week of a year, and the report on it if there is one one may know of."""

    year: int
    number: int
    start: date
    end: date
    month: int
    state: TickState | None = None
    opens_month: bool = False
    event_count: int = 0
    accidents_ab: int = 0
    accidents_cd: int = 0
    accidents_open: int = 0
    report_id: int | None = None
    headline: str | None = None
    has_changes: bool = False
    """Published, with changes that readers do not see yet."""
    skipped: str | None = None
    """Why there is no report, where the team said so."""

    @property
    def has_accident(self) -> bool:
        return self.accidents_ab + self.accidents_cd + self.accidents_open > 0


@dataclass(frozen=True, slots=True)
class YearRail:
    """The weeks of a year, the first to the last; `since` is the Monday of the team's first report."""

    year: int
    weeks: list[WeekTick]
    since: date | None

    def state_of(self, tick: WeekTick, this_week: tuple[int, int] | None = None) -> str:
        """What the tick shows: its report's state, `skipped`, `missing` (since the first report), `future`.

        Without `this_week` it is taken to be that of the year's last report.
        """
        if tick.state is not None:
            return tick.state
        if tick.skipped is not None:
            return "skipped"
        if this_week is None:
            this_week = max(
                (week.year, week.number) for week in self.weeks if week.state or week is self.weeks[0]
            )
        begun = self.since is not None and tick.start >= self.since
        return "missing" if begun and (tick.year, tick.number) < this_week else "future"


@dataclass(frozen=True, slots=True)
class NeighbourWeek:
    start: date
    end: date
    year: int
    number: int
    is_draft: bool


@dataclass(frozen=True, slots=True)
class BoardTeam:
    """A team that has reports; `since` is the Monday of the first."""

    id: int
    slug: str
    name: str
    since: date


def year_rail(session: Session, team_id: int, year: int, rule: str, *, with_drafts: bool = True) -> YearRail:
    """All weeks of a year with what the team reported on them, in one statement."""
    weeks = _weeks_of(year, rule)
    asked = {"team_id": team_id, "first": weeks[0].start, "last": weeks[-1].start}
    rows: dict[date, Any] = {}
    for row in session.execute(_rail_query(with_drafts), asked):
        if row.id is not None or row.period_start not in rows:  # a report counts for more than a skip
            rows[row.period_start] = row
    first = next(iter(rows.values()))[-1] if rows else None
    return YearRail(year, [_with_report(week, rows.get(week.start)) for week in weeks], first)


def years_of(session: Session, team_id: int, *, with_drafts: bool) -> list[tuple[int, int]]:
    """The years that the team has reports of, the newest first, and how many."""
    query = (
        select(Report.week_year, func.count())
        .where(Report.team_id == team_id)
        .group_by(Report.week_year)
        .order_by(Report.week_year.desc())
    )
    if not with_drafts:
        query = query.where(Report.published_revision > 0)
    return [(year, count) for year, count in session.execute(query)]


def neighbours(
    session: Session, team_id: int, period_start: date, *, with_drafts: bool = True
) -> tuple[NeighbourWeek | None, NeighbourWeek | None]:
    """The reports before and after a week, however far away, in one statement."""
    asked = {"team_id": team_id, "period_start": period_start}
    found = [NeighbourWeek(*row) for row in session.execute(_neighbours_query(with_drafts), asked)]
    return (
        next((week for week in found if week.start < period_start), None),
        next((week for week in found if week.start > period_start), None),
    )


def teams_with_reports(session: Session, team_ids: Sequence[int] | None) -> list[BoardTeam]:
    """Those of the teams (all of them for None) that have a report, by name."""
    query = (
        select(Team.id, Team.slug, Team.name, func.min(Report.period_start))
        .join(Report, Report.team_id == Team.id)
        .group_by(Team.id, Team.slug, Team.name)
        .order_by(Team.name)
    )
    if team_ids is not None:
        query = query.where(Team.id.in_(team_ids))
    return [BoardTeam(*row) for row in session.execute(query)]


def reports_between(
    session: Session, team_ids: Sequence[int], first: date, last: date
) -> dict[tuple[int, date], WeekTick]:
    """The reports of several teams from one Monday to another, drafts included, by team and Monday."""
    query = _ticks().add_columns(Report.team_id, Report.period_end, Report.week_year, Report.week_number)
    rows = session.execute(
        query.where(Report.team_id.in_(team_ids), Report.period_start.between(first, last))
    )
    return {
        (row.team_id, row.period_start): _with_report(
            WeekTick(
                row.week_year, row.week_number, row.period_start, row.period_end, row.period_start.month
            ),
            row,
        )
        for row in rows
    }


def skipped_between(
    session: Session, team_ids: Sequence[int], first: date, last: date
) -> dict[tuple[int, date], str]:
    """Why weeks from one Monday to another are skipped, by team and Monday."""
    query = select(SkippedWeek.team_id, SkippedWeek.period_start, SkippedWeek.reason).where(
        SkippedWeek.team_id.in_(team_ids), SkippedWeek.period_start.between(first, last)
    )
    return {(team_id, start): reason for team_id, start, reason in session.execute(query)}


def _ticks() -> Select[*tuple[Any, ...]]:
    return select(
        Report.id,
        Report.period_start,
        Report.state,
        Report.published_revision,
        Report.headline,
        Report.event_count,
        Report.accidents_ab,
        Report.accidents_cd,
        Report.accidents_open,
    )


@cache
def _rail_query(with_drafts: bool) -> Select[*tuple[Any, ...]]:
    """The weeks of a team from one Monday to another: those with a report, and those that are skipped."""
    since = select(func.min(Report.period_start)).where(Report.team_id == bindparam("team_id"))
    reports = _ticks().where(
        Report.team_id == bindparam("team_id"),
        Report.period_start.between(bindparam("first"), bindparam("last")),
    )
    if not with_drafts:
        since = since.where(Report.published_revision > 0)
        reports = reports.where(Report.published_revision > 0)
    skipped = select(
        null(),
        SkippedWeek.period_start,
        literal("skipped"),
        literal(0),
        null(),
        *(literal(0) for _ in range(4)),
        SkippedWeek.reason,
    ).where(
        SkippedWeek.team_id == bindparam("team_id"),
        SkippedWeek.period_start.between(bindparam("first"), bindparam("last")),
    )
    weeks = union_all(reports.add_columns(null().label("skipped")), skipped).subquery()
    return select(*weeks.c, since.scalar_subquery())


@cache
def _neighbours_query(with_drafts: bool) -> CompoundSelect[*tuple[Any, ...]]:
    query = select(
        Report.period_start,
        Report.period_end,
        Report.week_year,
        Report.week_number,
        Report.published_revision == 0,
    ).where(Report.team_id == bindparam("team_id"))
    if not with_drafts:
        query = query.where(Report.published_revision > 0)
    here: BindParameter[date] = bindparam("period_start", type_=Date)
    earlier = query.where(Report.period_start < here).order_by(Report.period_start.desc()).limit(1)
    later = query.where(Report.period_start > here).order_by(Report.period_start).limit(1)
    return union_all(select(earlier.subquery()), select(later.subquery()))


def _weeks_of(year: int, rule: str) -> list[WeekTick]:
    known: WeekRule = "iso" if rule == "iso" else "jan1-monday"
    weeks: list[WeekTick] = []
    for number in range(1, weeks_in_year(year, known) + 1):
        start, end = period_of(year, number, known)
        thursday = start + SHORT_DAYS
        month = 1 if thursday.year < year else 12 if thursday.year > year else thursday.month
        opens = not weeks or weeks[-1].month != month
        weeks.append(WeekTick(year, number, start, end, month, opens_month=opens))
    return weeks


def _with_report(week: WeekTick, row: Any) -> WeekTick:
    if row is None:
        return week
    if row.id is None:
        return replace(week, skipped=row.skipped)
    state: TickState = (
        "draft" if row.published_revision == 0 else "amended" if row.published_revision > 1 else "published"
    )
    return replace(
        week,
        state=state,
        event_count=row.event_count,
        accidents_ab=row.accidents_ab,
        accidents_cd=row.accidents_cd,
        accidents_open=row.accidents_open,
        report_id=row.id,
        headline=row.headline,
        has_changes=row.state == "amending",
    )


def week_name_of(day: date, rule: str) -> tuple[int, int]:
    """Year and number of the week that holds `day`, by a team's rule."""
    return week_of(day, "iso" if rule == "iso" else "jan1-monday")
