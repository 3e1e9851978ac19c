"""The page before a week is written: which week it is, what would be carried into it, what was missed.

The same page for `/` of a lead, and for any week of a team that has no report.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.access import TeamInView
from app.document.carrying import OpenItem, open_items
from app.document.schema import Document, WeekRule
from app.document.weeks import monday_of, which_week
from app.errors import Invalid
from app.reports import queries
from app.reports.events import WeekToStart
from app.reports.models import Report, Revision
from app.reports.starting import metrics_left_out

WEEK = timedelta(days=7)
LOOKED_BACK = 8
"""So many weeks back are missed ones named: older gaps are history, and stand on the page of the year."""
AHEAD = 4
"""So many weeks ahead one may be started."""


@dataclass(frozen=True, slots=True)
class NamedWeek:
    monday: date
    year: int
    number: int

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)


@dataclass(frozen=True, slots=True)
class CarriedSection:
    """Open items of a section of last week's, as they would be carried over."""

    code: str | None
    title: str | None
    items: list[OpenItem]


@dataclass(frozen=True, slots=True)
class Source:
    """The week that one would be started from, and what it hands on."""

    week: NamedWeek
    sections: list[CarriedSection]
    items: int
    goals: int
    metrics: int


@dataclass(slots=True)
class WeekToWrite:
    """A team's week, and what one needs to know before writing it."""

    team: TeamInView
    week: NamedWeek
    weeks_ahead: int
    """0 for this week, negative for one that is over."""
    state: str | None = None
    """Of its report: draft, published or amending; None where it has none yet."""
    skipped: str | None = None
    missed: list[NamedWeek] = field(default_factory=list)
    """Weeks that are over without a report, the newest first."""
    unpublished: list[NamedWeek] = field(default_factory=list)
    """Drafts before it, of which nothing is carried over."""
    skipped_since: list[tuple[NamedWeek, str]] = field(default_factory=list)
    """Weeks between the source and this one that were skipped, and why."""
    source: Source | None = None


def this_monday(team: TeamInView, now: datetime) -> date:
    return which_week(now, team.time_zone, rule_of(team))[0]


def refuse_too_far(team: TeamInView, monday: date, now: datetime) -> None:
    """Raise Invalid for a week that lies too far ahead to be started."""
    if monday > this_monday(team, now) + WEEK * AHEAD:
        raise Invalid("report.week_too_far", weeks=AHEAD)


def rule_of(team: TeamInView) -> WeekRule:
    return "iso" if team.week_rule == "iso" else "jan1-monday"


def weeks_to_write(
    session: Session, teams: Sequence[TeamInView], now: datetime, *, day: date | None = None
) -> list[WeekToWrite]:
    """Each team's week of `day`, or the one it is now for it; in five statements for any number of teams."""
    wanted = []
    for team in teams:
        current = this_monday(team, now)
        monday = monday_of(day) if day else current
        wanted.append(WeekToWrite(team, _named(team, monday), (monday - current).days // 7))
    if not wanted:
        return []
    mondays = [each.week.monday for each in wanted]
    first, last = min(mondays) - WEEK * LOOKED_BACK, max(mondays)
    ids = [team.id for team in teams]
    since = _first_reports(session, ids)
    states = _states(session, ids, first, last)
    skipped = queries.skipped_between(session, ids, first, last)
    sources = _sources(session, wanted)
    left_out = metrics_left_out(
        session,
        [
            WeekToStart(
                each.team.id, each.week.monday, [one.name for one in sources[each.team.id][1].metrics]
            )
            for each in wanted
            if each.team.id in sources
        ],
    )
    for each in wanted:
        _tell(each, states, skipped, since.get(each.team.id))
        if each.team.id in sources:
            start, document = sources[each.team.id]
            each.source = _source(_named(each.team, start), document, len(left_out.get(each.team.id, ())))
            each.skipped_since = [
                (week, skipped[each.team.id, week.monday])
                for week in _weeks_between(each.team, start, each.week.monday)
                if (each.team.id, week.monday) in skipped
            ]
    return wanted


def start_page(session: Session, week: WeekToWrite, now: datetime) -> dict[str, Any]:
    """The context of the page of one week that is not begun."""
    team = week.team
    current = this_monday(team, now)
    return {
        "team": team,
        "to_write": week,
        "rail": queries.year_rail(session, team.id, week.week.year, team.week_rule),
        "this_week": queries.week_name_of(current, team.week_rule),
    }


def must_ask(session: Session, team: TeamInView, monday: date, now: datetime) -> bool:
    """Whether starting that week is unusual enough to ask first: it has not begun, or it is skipped."""
    return monday > this_monday(team, now) or bool(
        queries.skipped_between(session, [team.id], monday, monday)
    )


def _tell(
    week: WeekToWrite,
    states: dict[tuple[int, date], str],
    skipped: dict[tuple[int, date], str],
    since: date | None,
) -> None:
    team = week.team
    week.state = states.get((team.id, week.week.monday))
    week.skipped = skipped.get((team.id, week.week.monday))
    current = week.week.monday - WEEK * max(week.weeks_ahead, 0)
    for before in reversed(list(_weeks_between(team, current - WEEK * (LOOKED_BACK + 1), current))):
        state = states.get((team.id, before.monday))
        if state == "draft":
            week.unpublished.append(before)
        elif state is None and (team.id, before.monday) not in skipped and since and before.monday >= since:
            week.missed.append(before)


def _weeks_between(team: TeamInView, after: date, before: date) -> Iterator[NamedWeek]:
    monday = after + WEEK
    while monday < before:
        yield _named(team, monday)
        monday += WEEK


def _named(team: TeamInView, monday: date) -> NamedWeek:
    return NamedWeek(monday, *queries.week_name_of(monday, team.week_rule))


def _first_reports(session: Session, team_ids: Sequence[int]) -> dict[int, date]:
    query = select(Report.team_id, func.min(Report.period_start)).where(Report.team_id.in_(team_ids))
    return dict(iter(session.execute(query.group_by(Report.team_id))))


def _states(
    session: Session, team_ids: Sequence[int], first: date, last: date
) -> dict[tuple[int, date], str]:
    query = select(Report.team_id, Report.period_start, Report.state).where(
        Report.team_id.in_(team_ids), Report.period_start.between(first, last)
    )
    return {(team_id, start): state for team_id, start, state in session.execute(query)}


def _sources(session: Session, weeks: Iterable[WeekToWrite]) -> dict[int, tuple[date, Document]]:
    """By team, the newest published week before its own, as it was published."""
    newest = (
        select(Report.team_id, func.max(Report.period_start).label("start"))
        .where(
            Report.published_revision > 0,
            or_(
                *(
                    and_(Report.team_id == each.team.id, Report.period_start < each.week.monday)
                    for each in weeks
                )
            ),
        )
        .group_by(Report.team_id)
        .subquery()
    )
    query = (
        select(Report.team_id, Report.period_start, Revision.document)
        .join(newest, and_(newest.c.team_id == Report.team_id, newest.c.start == Report.period_start))
        .join(
            Revision,
            and_(Revision.report_id == Report.id, Revision.number == Report.published_revision),
        )
    )
    return {
        team_id: (start, Document.model_validate_json(stored))
        for team_id, start, stored in session.execute(query)
    }


def _source(week: NamedWeek, document: Document, more_metrics: int) -> Source:
    opened = open_items(document)
    sections = [
        CarriedSection(document.sections[index].code, document.sections[index].title, items)
        for index, items in opened.items()
    ]
    return Source(
        week=week,
        sections=sections,
        items=sum(_count(section.items) for section in sections),
        goals=len(document.goals),
        metrics=len(document.metrics) + more_metrics,
    )


def _count(items: Iterable[OpenItem]) -> int:
    return sum(1 + _count(item.below) for item in items if item.block.kind == "item")
