"""Goals that go on with one of the week before by their words, where nobody said so.

A page that was imported, pasted or typed by hand sets a goal again without answering what became of it.
As long as nobody answers, which goal it was follows from the words, and changes with them; an answer decides.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.document.continuing import Line, continued
from app.reports.models import Goal, Report


def link_goals(session: Session, report: Report) -> None:
    """Let the report's goals know which of the week before they are, by words."""
    before = (
        select(Report.id)
        .where(Report.team_id == report.team_id, Report.period_start < report.period_start)
        .order_by(Report.period_start.desc())
        .limit(1)
        .scalar_subquery()
    )
    own = session.scalars(select(Goal).where(Goal.report_id == report.id)).all()
    linked = [goal.carried_from_id for goal in own if goal.carried_from_id is not None]
    if not own:
        return
    query = select(Goal, Goal.report_id == before).where((Goal.report_id == before) | Goal.id.in_(linked))
    known = session.execute(query.order_by(Goal.position, Goal.id)).all()
    answered = {goal.id for goal, _ in known if goal.outcome is not None}
    decided = {goal.id for goal in own if goal.carried_from_id in answered}
    taken = {goal.carried_from_id for goal in own if goal.id in decided}
    new = {goal.id: Line(goal.text) for goal in own if goal.id not in decided}
    old = {
        goal.id: Line(goal.text)
        for goal, is_before in known
        if is_before and goal.outcome in (None, "carried") and goal.id not in taken
    }
    went_on = continued(new, old, by_name=False)
    for goal in own:
        if goal.id in new and goal.carried_from_id != went_on.get(goal.id):
            goal.carried_from_id = went_on.get(goal.id)


def link_goals_after(session: Session, report: Report) -> None:
    """The same for the week after, where that was stored before this one."""
    after = session.scalars(
        select(Report)
        .where(Report.team_id == report.team_id, Report.period_start > report.period_start)
        .order_by(Report.period_start)
        .limit(1)
    ).one_or_none()
    if after is not None:
        link_goals(session, after)
