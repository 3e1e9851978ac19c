"""What each change of a week leaves behind: the team's pulse, a line in the audit log, word to open pages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.accounts.models import AuditEvent, Team, User
from app.reports import live
from app.reports.models import Report

BECAME: dict[str, live.Became] = {
    "report.published": "published",
    "report.discarded": "discarded",
    "report.amendment_discarded": "discarded",
}
"""What an open editing page shows is that no more."""


def beat(session: Session, team_id: int) -> None:
    """Count a change that shows on the team's pages, so that no kept page is shown after it."""
    session.execute(update(Team).where(Team.id == team_id).values(pulse=Team.pulse + 1))


def audit(
    session: Session, action: str, report: Report, *, by: User | None, at: datetime, **details: object
) -> None:
    """Log what was done to the week as a whole."""
    session.add(
        AuditEvent(
            at=at,
            user_id=by.id if by else None,
            team_id=report.team_id,
            action=action,
            subject=f"report:{report.id}:{report.period_start.isoformat()}",
            details={key: value for key, value in details.items() if value is not None},
        )
    )
    if action in BECAME:
        live.tell_gone(session, report, BECAME[action], by_id=by.id if by else None)
