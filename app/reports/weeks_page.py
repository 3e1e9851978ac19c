"""A team's year at a glance, and beside it the other teams one may see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy.orm import Session

from app.accounts import policy
from app.accounts.access import TeamInView
from app.document.weeks import period_of
from app.reports import goal_queries, queries
from app.reports.discarding import discarded_of
from app.reports.goal_queries import GoalCount
from app.reports.page_metrics import Digits, digits_of
from app.reports.queries import BoardTeam, WeekTick, YearRail
from app.reports.report_page import this_week

WEEK = timedelta(days=7)
BOARD_SPANS = (12, 26, 52)
NAMED_MISSING = 3


@dataclass(frozen=True, slots=True)
class WeeksSubject:
    """The weeks that a list of weeks is about to show: a team's, from one Monday to another."""

    team_id: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class WeekFigures:
    """A column of figures in the list of weeks: literals as published, by Monday."""

    name: str
    by_week: Mapping[date, str]

    @property
    def width(self) -> int:
        """Most digits before a decimal point, for aligning the column."""
        return max((len(digits_of(literal).whole) for literal in self.by_week.values()), default=0)


week_figures: list[Callable[[Session, WeeksSubject], Sequence[WeekFigures]]] = []
"""Where other features add columns to the list of weeks, in at most two statements each."""


@dataclass(frozen=True, slots=True)
class WeekRow:
    """A line of the list: a week that has a report, or should have one."""

    tick: WeekTick
    state: str
    is_now: bool
    figures: list[Digits | None]
    goals: GoalCount | None


@dataclass(frozen=True, slots=True)
class YearSummary:
    """What the lede and the legend count.

    `due` are the weeks since the first report that are over and not skipped.
    """

    counts: dict[str, int]
    written: int
    due: int
    missing: list[int]
    accidents: int
    accidents_ab: int
    weeks_with_accidents: int


STATES = ("published", "amended", "draft", "skipped", "missing", "future")


@dataclass(frozen=True, slots=True)
class BoardCell:
    start: date
    state: str
    has_accident: bool
    has_grave_accident: bool
    skipped: str | None = None
    """Why there is no report, where the team said so."""


@dataclass(frozen=True, slots=True)
class BoardRow:
    team: BoardTeam
    cells: list[BoardCell]
    goals: GoalCount | None


@dataclass(frozen=True, slots=True)
class Board:
    """The teams one may see, a tick a week; `weeks` are (Monday, number) of the columns."""

    weeks: list[tuple[date, int]]
    rows: list[BoardRow]
    span: int
    spans: Sequence[int] = field(default=BOARD_SPANS)

    @property
    def has_goals(self) -> bool:
        return any(row.goals and row.goals.said for row in self.rows)

    @property
    def this_week(self) -> list[tuple[str, int]]:
        """How many teams are how far, those that are done first."""
        counts = Counter(row.cells[-1].state for row in self.rows)
        return [(state, counts[state]) for state in STATES if counts[state]]


def weeks_page(
    session: Session, *, team: TeamInView, year: int | None, now: datetime, board: int = BOARD_SPANS[0]
) -> dict[str, Any]:
    """The context of the weeks' template, in as many statements for one week as for fifty-three.

    Without a `year` it is this week's, or the newest the team has reports of where this one has none.
    """
    now_in = this_week(now, team)
    years = queries.years_of(session, team.id, with_drafts=team.may_see_drafts)
    shown = year or _year_to_show(now_in[0], [known for known, _ in years], team.may_write)
    rail = queries.year_rail(session, team.id, shown, team.week_rule, with_drafts=team.may_see_drafts)
    monday = _monday(now_in, team.week_rule)
    first, last = rail.weeks[0].start, rail.weeks[-1].start
    figures = [
        column for joined in week_figures for column in joined(session, WeeksSubject(team.id, first, last))
    ]
    goals = goal_queries.goal_counts(session, [team.id], first - WEEK, last - WEEK)
    rows = _rows(rail, now_in, monday, figures, {day: count for (_, day), count in goals.items()})
    this_one = next((tick for tick in rail.weeks if tick.start == monday), None)
    return {
        "year": shown,
        "years": _years(years, shown, now_in[0]),
        "rail": rail,
        "this_week": now_in,
        "this_monday": monday,
        "months": [(month, list(group)) for month, group in groupby(rows, key=_month)],
        "figures": figures,
        "has_goals": any(row.goals for row in rows),
        "summary": summary_of(rail, now_in),
        "is_empty": not years,
        "may_start": (
            team.may_write and this_one is not None and this_one.state is None and this_one.skipped is None
        ),
        "discarded": discarded_of(session, team.id, now) if team.may_write else [],
        "week_name": lambda day: queries.week_name_of(day, team.week_rule),
        "board": _board(session, team, monday, board if board in BOARD_SPANS else BOARD_SPANS[0]),
    }


def summary_of(rail: YearRail, now_in: tuple[int, int]) -> YearSummary:
    """The year counted."""
    states = [(rail.state_of(tick, now_in), tick) for tick in rail.weeks]
    counts = {
        state: sum(1 for one, _ in states if one == state)
        for state in ("published", "amended", "draft", "missing", "skipped")
    }
    due = [tick for state, tick in states if state not in ("future", "skipped") and _is_over(tick, now_in)]
    return YearSummary(
        counts=counts,
        written=sum(1 for tick in due if tick.state in ("published", "amended")),
        due=len(due),
        missing=[tick.number for state, tick in states if state == "missing"],
        accidents=sum(_accidents(tick) for tick in rail.weeks),
        accidents_ab=sum(tick.accidents_ab for tick in rail.weeks),
        weeks_with_accidents=sum(1 for tick in rail.weeks if tick.has_accident),
    )


def _year_to_show(this_year: int, known: Sequence[int], may_write: bool) -> int:
    return this_year if may_write or not known or this_year in known else known[0]


def _years(years: Sequence[tuple[int, int]], shown: int, this_year: int) -> list[int]:
    """The years to choose from, the newest first."""
    return sorted({shown, this_year, *(year for year, _ in years)}, reverse=True)


def _rows(
    rail: YearRail,
    now_in: tuple[int, int],
    monday: date,
    figures: Sequence[WeekFigures],
    goals: Mapping[date, GoalCount],
) -> list[WeekRow]:
    """The weeks that have or lack a report, the newest first."""
    rows = []
    for tick in reversed(rail.weeks):
        state = rail.state_of(tick, now_in)
        if state == "future":
            continue
        said = goals.get(tick.start - WEEK)
        rows.append(
            WeekRow(
                tick=tick,
                state=state,
                is_now=tick.start == monday,
                figures=[_digits(column.by_week.get(tick.start)) for column in figures],
                goals=said if said and said.said else None,
            )
        )
    return rows


def _board(session: Session, team: TeamInView, monday: date, span: int) -> Board | None:
    """The viewer's teams over the last weeks; None where there is no other team to see."""
    viewer = team.viewer
    teams = queries.teams_with_reports(session, None if viewer.is_administrator else list(viewer.roles))
    if len(teams) < 2:
        return None
    mondays = [monday - WEEK * back for back in range(span - 1, -1, -1)]
    ids = [one.id for one in teams]
    reports = queries.reports_between(session, ids, mondays[0], mondays[-1])
    skipped = queries.skipped_between(session, ids, mondays[0], mondays[-1])
    goals = goal_queries.goal_counts(session, ids, monday - WEEK, monday - WEEK)
    rows = []
    for one in teams:
        drafts = policy.may_see_drafts(viewer, one.id)
        cells = []
        for day in mondays:
            tick = reports.get((one.id, day))
            if tick is not None and tick.state == "draft" and not drafts:
                tick = None
            cells.append(_cell(day, tick, one, monday, skipped=skipped.get((one.id, day))))
        rows.append(BoardRow(one, cells, goals.get((one.id, monday - WEEK))))
    return Board([(day, queries.week_name_of(day, team.week_rule)[1]) for day in mondays], rows, span)


def _cell(
    day: date, tick: WeekTick | None, team: BoardTeam, monday: date, *, skipped: str | None
) -> BoardCell:
    if tick is None or tick.state is None:
        state = "skipped" if skipped else "missing" if team.since <= day < monday else "future"
        return BoardCell(day, state, False, False, skipped)
    return BoardCell(day, tick.state, tick.has_accident, tick.accidents_ab > 0)


def _digits(literal: str | None) -> Digits | None:
    return None if literal is None else digits_of(literal)


def _monday(week: tuple[int, int], rule: str) -> date:
    return period_of(*week, "iso" if rule == "iso" else "jan1-monday")[0]


def _is_over(tick: WeekTick, now_in: tuple[int, int]) -> bool:
    """Whether the week counts: it is over, or already written."""
    return (tick.year, tick.number) < now_in or tick.state in ("published", "amended")


def _accidents(tick: WeekTick) -> int:
    return tick.accidents_ab + tick.accidents_cd + tick.accidents_open


def _month(row: WeekRow) -> int:
    return row.tick.month
