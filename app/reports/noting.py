"""That the working copy changed: its version and state, and what follows its text, are brought up to date."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.accounts.models import Team, User
from app.reports import events, live
from app.reports.actions import keep_goals
from app.reports.assembly import WorkingCopy, working_copy
from app.reports.models import Report
from app.reports.statements import refuse_statements, take_back_statements


def touch(
    session: Session,
    report: Report,
    section_ids: list[int] | set[int],
    *,
    by: User,
    at: datetime,
    written: Collection[int] = (),
    arranged: bool = False,
) -> WorkingCopy:
    """Note that the working copy changed, and let goals and other records follow its text.

    `written` are the items that got another text or place; `arranged` says that sections came, went or
    changed places. Gives the changed sections as they now stand.
    """
    copy = note_change(session, report, section_ids, by_id=by.id, at=at, written=written)
    refuse_statements(copy, written)
    live.tell_changed(session, report, by_id=by.id, sections=section_ids, arranged=arranged)
    return copy


def note_change(
    session: Session,
    report: Report,
    section_ids: list[int] | set[int],
    *,
    by_id: int,
    at: datetime,
    written: Collection[int] = (),
) -> WorkingCopy:
    if report.state == "published":
        report.state = "amending"
        session.execute(update(Team).where(Team.id == report.team_id).values(pulse=Team.pulse + 1))
    report.version += 1
    report.updated_at, report.updated_by_id = at, by_id
    session.flush()
    copy = working_copy(session, report, only_sections=section_ids)
    if take_back_statements(session, copy, written):
        copy = working_copy(session, report, only_sections=section_ids)
    change = events.WorkingCopyChange(report, copy.document, copy.item_ids, frozenset(section_ids))
    for join in events.on_working_copy_change:
        join(session, change)
    if any(
        section.kind == "next_goals" and copy.holds(section_id)
        for section, section_id in zip(copy.document.sections, copy.section_ids, strict=True)
    ):
        keep_goals(session, report, working_copy(session, report, for_readers=True))
    session.flush()
    return copy
