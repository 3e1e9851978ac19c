"""What became of last week's goals, said in the week they were set for.

A goal that is carried over becomes a goal of this week for the next, and knows which it was, so that how
often it was put off can be counted. Taking that back takes the new goal away again, unless somebody made
it theirs.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.document.headings import heading_for, phrase_key
from app.document.schema import Block
from app.document.vocabulary import Language
from app.errors import NotFound, StaleVersion, TooLarge
from app.reports.editing import FIELD_LIMIT, insert_block
from app.reports.live import tell_changed
from app.reports.models import Goal, Item, Report, Section
from app.reports.noting import touch
from app.reports.placing import sections_of
from app.reports.removing import remove_item
from app.reports.sections import add_section
from app.reports.trail import beat


def goal_set_for(session: Session, report: Report, goal_id: int) -> Goal:
    """A goal that the team's report before this one set; NotFound for any other."""
    before = (
        select(Report.id)
        .where(Report.team_id == report.team_id, Report.period_start < report.period_start)
        .order_by(Report.period_start.desc())
        .limit(1)
        .scalar_subquery()
    )
    goal = session.scalars(select(Goal).where(Goal.id == goal_id, Goal.report_id == before)).one_or_none()
    if goal is None:
        raise NotFound("goal.gone")
    return goal


def say_outcome(
    session: Session,
    report: Report,
    goal: Goal,
    *,
    outcome: str | None,
    note: str | None,
    version: int,
    language: Language,
    by: User,
    at: datetime,
) -> list[int]:
    """What became of last week's goal: done, carried or dropped, with a word if wanted.

    Gives the sections of this week that changed: a goal that is carried over is added to its goals for
    the next.
    """
    if (goal.outcome, goal.note) == (outcome, note):
        return []
    if goal.version != version:
        said = " ".join(filter(None, [goal.outcome, goal.note]))
        raise StaleVersion(
            base=None,
            theirs=said,
            mine=note or "",
            version=goal.version,
            field="note",
            others={"outcome": outcome or ""},
            subject=f"goal-{goal.id}",
        )
    if note is not None and len(note.encode()) > FIELD_LIMIT:
        raise TooLarge("text.too_large", limit=FIELD_LIMIT // 1024)
    before = goal.outcome
    goal.outcome, goal.note = outcome, note
    goal.version += 1
    tell_changed(session, report, by_id=by.id, goals=[goal.id])
    beat(session, report.team_id)
    session.flush()
    if outcome == "carried" and before != "carried":
        return _carry_over(session, report, goal, language=language, by=by, at=at)
    if outcome != "carried" and (before == "carried" or outcome is not None):
        return _take_back(session, report, goal, by=by, at=at)
    return []


def _carry_over(
    session: Session, report: Report, goal: Goal, *, language: Language, by: User, at: datetime
) -> list[int]:
    """Make the goal one of this week's for the next: the one that says the same already, else a new one."""
    own = session.scalars(select(Goal).where(Goal.report_id == report.id)).all()
    if any(each.carried_from_id == goal.id for each in own):
        return []
    same = next(
        (
            each
            for each in own
            if each.carried_from_id is None and phrase_key(each.text) == phrase_key(goal.text)
        ),
        None,
    )
    if same is not None:
        same.carried_from_id = goal.id
        return []
    section = _section_of_goals(session, report, language=language, by=by, at=at)
    numbered = session.scalar(
        select(Item.ordered)
        .where(Item.section_id == section.id, Item.parent_id.is_(None), Item.kind == "item")
        .order_by(Item.position.desc())
        .limit(1)
    )
    item = insert_block(
        session,
        report,
        section.id,
        Block(kind="item", text=goal.text, ordered=True if numbered is None else numbered),
    )
    set_in = session.get_one(Report, goal.report_id)
    item.carried = {
        "from": set_in.period_start.isoformat(),
        "text": goal.text,
        "progress": None,
        "dates": [],
        "goal": goal.id,
    }
    touch(session, report, [section.id], by=by, at=at)
    for added in session.scalars(select(Goal).where(Goal.item_id == item.id)):
        added.carried_from_id = goal.id
    session.flush()
    return [section.id]


def _take_back(session: Session, report: Report, goal: Goal, *, by: User, at: datetime) -> list[int]:
    """Take the goal out of this week's again; one that was typed or edited stays, as a goal of its own."""
    carried = session.scalars(
        select(Goal).where(Goal.report_id == report.id, Goal.carried_from_id == goal.id)
    ).all()
    changed: list[int] = []
    for each in carried:
        each.carried_from_id = None
        item = session.get(Item, each.item_id) if each.item_id is not None else None
        if item is None or (item.carried or {}).get("goal") != goal.id or item.text != goal.text:
            continue
        if session.scalar(select(Item.id).where(Item.parent_id == item.id).limit(1)) is None:
            changed.append(item.section_id)
            remove_item(session, report, item, version=item.version, by=by, at=at)
    return changed


def _section_of_goals(
    session: Session, report: Report, *, language: Language, by: User, at: datetime
) -> Section:
    sections = sections_of(session, report)
    for section in sections:
        if section.kind == "next_goals":
            return section
    heading = heading_for("next_goals", title=None, code=None, language=language)
    after = sections[-1] if sections else None
    return add_section(session, report, heading=heading, after=after, by=by, at=at)
