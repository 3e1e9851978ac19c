"""What each change of a week leaves behind: the team's pulse, and a line in the audit log."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.accounts.models import AuditEvent, Team, User
from app.reports.models import Report


def beat(session: Session, team_id: int) -> None:
    """Count a change that shows on the team's pages, so that no kept page is shown after it."""
    session.execute(update(Team).where(Team.id == team_id).values(pulse=Team.pulse + 1))


def audit(
    session: Session, action: str, report: Report, *, by: User | None, at: datetime, **details: object
) -> None:
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
