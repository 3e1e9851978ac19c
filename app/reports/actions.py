"""What every change of a week brings about: its goals follow the text."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.reports.assembly import WorkingCopy
from app.reports.goal_links import link_goals, link_goals_after
from app.reports.models import Goal, Report


def keep_goals(session: Session, report: Report, copy: WorkingCopy, *, new: bool = False) -> None:
    """Bring the Goal rows in line with the goals recognised in the text; outcomes stay with their goal."""
    stored = (
        []
        if new
        else session.scalars(select(Goal).where(Goal.report_id == report.id).order_by(Goal.position)).all()
    )
    by_item = {goal.item_id: goal for goal in stored if goal.item_id is not None}
    by_text = {goal.text: goal for goal in stored}
    kept: set[int] = set()
    for position, goal in enumerate(copy.document.goals):
        item_id = copy.item_ids.get((goal.place.section, goal.place.path))
        row = by_item.get(item_id) if item_id is not None else None
        if row is None or row.id in kept:
            row = by_text.get(goal.text)
        if row is None or row.id in kept:
            session.add(Goal(report_id=report.id, item_id=item_id, text=goal.text, position=position))
            continue
        kept.add(row.id)
        if (row.item_id, row.text, row.position) != (item_id, goal.text, position):
            row.item_id, row.text, row.position = item_id, goal.text, position
            row.version += 1
    gone = [goal.id for goal in stored if goal.id not in kept]
    if gone:
        session.execute(delete(Goal).where(Goal.id.in_(gone)))
    session.flush()
    link_goals(session, report)
    if new:
        link_goals_after(session, report)
