"""Questions about goals: what was set for a week, what became of it, how often it was carried over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, literal, select
from sqlalchemy.orm import Session

from app.reports.models import Goal, Report

OFTEN = 3
"""Carried over so often, a goal stands out."""


@dataclass(frozen=True, slots=True)
class GoalOfWeek:
    """A goal, how many times it was carried over up to then, and the week it was first written in."""

    id: int
    version: int
    text: str
    outcome: str | None
    note: str | None
    times_carried: int
    first_written: date

    @property
    def is_carried_often(self) -> bool:
        """Whether it has been put off so often that it should be dropped, or given a date."""
        return self.times_carried >= OFTEN


@dataclass(frozen=True, slots=True)
class GoalsAround:
    """The goals set for a week by the report before it, and those the week sets itself."""

    before: date | None
    last: list[GoalOfWeek]
    next: list[GoalOfWeek]


@dataclass(frozen=True, slots=True)
class GoalCount:
    """Of the goals that a report set: how many, of how many the outcome was said, and how many are done."""

    total: int
    said: int
    done: int


def goals_around(session: Session, report: Report, *, with_drafts: bool) -> GoalsAround:
    """The goals for this week and those of this week, each with its history, in one statement."""
    asked = {"report_id": report.id, "team_id": report.team_id, "period_start": report.period_start}
    around = GoalsAround(None, [], [])
    for report_id, start, *goal in session.execute(_around_query(with_drafts), asked):
        if report_id == report.id:
            around.next.append(GoalOfWeek(*goal))
        else:
            around.last.append(GoalOfWeek(*goal))
            around = replace(around, before=start)
    return around


def goal_counts(
    session: Session, team_ids: Sequence[int], first: date, last: date
) -> dict[tuple[int, date], GoalCount]:
    """What became of the goals set in the weeks from one Monday to another, by team and Monday."""
    query = (
        select(
            Report.team_id,
            Report.period_start,
            func.count(),
            func.count(Goal.outcome),
            func.count().filter(Goal.outcome == "done"),
        )
        .join(Report, Report.id == Goal.report_id)
        .where(Report.team_id.in_(team_ids), Report.period_start.between(first, last))
        .group_by(Report.team_id, Report.period_start)
    )
    return {(team_id, start): GoalCount(*counts) for team_id, start, *counts in session.execute(query)}


@cache
def _around_query(with_drafts: bool) -> Select[*tuple[Any, ...]]:
    before = (
        select(Report.id)
        .where(Report.team_id == bindparam("team_id"), Report.period_start < bindparam("period_start"))
        .order_by(Report.period_start.desc())
        .limit(1)
        .scalar_subquery()
    )
    chain = (
        select(
            Goal.id.label("goal_id"),
            Goal.carried_from_id.label("above"),
            Goal.report_id.label("report_id"),
            literal(0).label("times"),
        )
        .where((Goal.report_id == before) | (Goal.report_id == bindparam("report_id")))
        .cte("chain", recursive=True)
    )
    chain = chain.union_all(
        select(chain.c.goal_id, Goal.carried_from_id, Goal.report_id, chain.c.times + 1)
        .join(Goal, Goal.id == chain.c.above)
        .where(chain.c.times < 104)
    )
    written = Report.__table__.alias("written")
    query = (
        select(
            Goal.report_id,
            Report.period_start,
            Goal.id,
            Goal.version,
            Goal.text,
            Goal.outcome,
            Goal.note,
            func.max(chain.c.times),
            func.min(written.c.period_start),
        )
        .join(Report, Report.id == Goal.report_id)
        .join(chain, chain.c.goal_id == Goal.id)
        .join(written, written.c.id == chain.c.report_id)
        .group_by(Goal.id, Report.period_start)
        .order_by(Goal.position, Goal.id)
    )
    if not with_drafts:
        query = query.where((Report.published_revision > 0) | (Report.id == bindparam("report_id")))
    return query
