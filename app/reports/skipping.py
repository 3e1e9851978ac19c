"""Weeks without a report on purpose, said with a word: a public holiday is no gap."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.actions import audit
from app.accounts.models import User
from app.document.weeks import monday_of
from app.errors import Conflict, Invalid
from app.reports.models import SkippedWeek
from app.reports.starting import find_report, refuse_out_of_range
from app.reports.trail import beat

LONGEST_REASON = 120


def skip_week(
    session: Session, *, team_id: int, day: date, reason: str, by: User, at: datetime
) -> SkippedWeek:
    """Say why the week of that day has no report; said again, the new word counts.

    Raises Conflict where the week has a report, and Invalid without a word or out of range.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise Invalid("skip.reason_needed")
    if len(reason) > LONGEST_REASON:
        raise Invalid("skip.reason_too_long", longest=LONGEST_REASON)
    refuse_out_of_range(day)
    monday = monday_of(day)
    if find_report(session, team_id, monday) is not None:
        raise Conflict("skip.week_exists", period=monday.isoformat())
    skipped = skip_of(session, team_id, monday)
    if skipped is None:
        skipped = SkippedWeek(team_id=team_id, period_start=monday)
        session.add(skipped)
    skipped.reason, skipped.by_id, skipped.at = reason, by.id, at
    subject = f"week:{monday.isoformat()}"
    audit(session, "week.skipped", by=by.id, at=at, team_id=team_id, subject=subject, reason=reason)
    beat(session, team_id)
    return skipped


def unskip_week(session: Session, *, team_id: int, monday: date, by: User, at: datetime) -> None:
    """Take a skip back; nothing where there is none."""
    skipped = skip_of(session, team_id, monday)
    if skipped is None:
        return
    subject = f"week:{monday.isoformat()}"
    audit(session, "week.unskipped", by=by.id, at=at, team_id=team_id, subject=subject)
    beat(session, team_id)
    session.delete(skipped)


def skip_of(session: Session, team_id: int, monday: date) -> SkippedWeek | None:
    return session.scalars(
        select(SkippedWeek).where(SkippedWeek.team_id == team_id, SkippedWeek.period_start == monday)
    ).one_or_none()
