"""Taking a draft or an amendment back, and undoing that: what was written is kept for thirty days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.errors import Conflict, NotFound
from app.reports import events, live
from app.reports.actions import keep_goals
from app.reports.assembly import clear, lay_out, published_document, working_copy
from app.reports.decisions import decide_again, decisions_on
from app.reports.kept_rows import put_back, rows_of
from app.reports.models import DiscardedDraft, Report
from app.reports.trail import audit, beat

KEPT_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Discarded:
    """A notice: what was discarded or replaced, by whom and when."""

    id: int
    period_start: date
    is_amendment: bool
    why: str
    at: datetime
    by: str | None


def discard_draft(session: Session, report: Report, *, by: User, at: datetime) -> None:
    """Take back a week that was never published; a published one can not be removed."""
    if report.is_published:
        raise Conflict("report.published_stays")
    _keep(session, report, why="discarded", by=by, at=at)
    audit(session, "report.discarded", report, by=by, at=at)
    beat(session, report.team_id)
    session.flush()
    clear(session, report)
    session.execute(delete(Report).where(Report.id == report.id))


def discard_amendment(session: Session, report: Report, *, by: User, at: datetime) -> None:
    """Take the working copy back to what is published."""
    if report.state != "amending":
        raise Conflict("report.no_amendment")
    _keep(session, report, why="discarded", by=by, at=at)
    document = published_document(session, report)
    report.version += 1
    decided = decisions_on(session, report)
    clear(session, report)
    copy = decide_again(session, report, decided, lay_out(session, report, document))
    report.state = "published"
    report.updated_at, report.updated_by_id = at, by.id
    session.flush()
    change = events.WorkingCopyChange(report, document, copy.item_ids, frozenset(copy.section_ids))
    for join in events.on_working_copy_change:
        join(session, change)
    keep_goals(session, report, copy)
    audit(session, "report.amendment_discarded", report, by=by, at=at)
    beat(session, report.team_id)


def keep_before_replacing(session: Session, report: Report, *, by: User, at: datetime) -> DiscardedDraft:
    """Keep the working copy as it stands; the caller replaces it and then calls `note_replaced`."""
    return _keep(session, report, why="replaced", by=by, at=at)


def note_replaced(session: Session, kept: DiscardedDraft, report: Report) -> None:
    """Remember up to which change of the report the replacement can be undone."""
    session.flush()
    kept.kept = {**kept.kept, "version": report.version}


def restore(session: Session, kept: DiscardedDraft, *, by: User, at: datetime) -> Report:
    """Bring a discarded or replaced working copy back as it was.

    Raises Conflict where the week was started again, published or changed meanwhile: both are kept.
    """
    report = session.scalars(
        select(Report)
        .where(Report.team_id == kept.team_id, Report.period_start == kept.period_start)
        .with_for_update()
    ).one_or_none()
    if report is None and kept.published_revision:
        raise NotFound("draft.gone")
    if report is not None:
        _refuse_changed(report, kept)
    if report is None:
        report = Report(
            team_id=kept.team_id,
            period_start=kept.period_start,
            period_end=kept.period_start + timedelta(days=6),
            label="",
            week_year=kept.period_start.year,
            week_number=1,
            week_rule="iso",
            created_at=at,
            updated_at=at,
            version=int(kept.kept["was"]),
        )
        session.add(report)
        session.flush()
    report.version += 1
    report.state = "amending" if report.is_published else "draft"
    report.updated_at, report.updated_by_id = at, by.id
    put_back(session, report, kept.kept["rows"], version=report.version)
    copy = working_copy(session, report)
    change = events.WorkingCopyChange(report, copy.document, copy.item_ids, frozenset(copy.section_ids))
    for join in events.on_working_copy_change:
        join(session, change)
    keep_goals(session, report, copy)
    session.delete(kept)
    audit(session, "report.restored", report, by=by, at=at)
    if kept.why == "replaced":
        live.tell_changed(session, report, by_id=by.id, sections=copy.section_ids, arranged=True)
    else:
        live.tell_gone(session, report, "discarded", by_id=by.id)
    beat(session, report.team_id)
    session.flush()
    return report


def discarded_of(session: Session, team_id: int, now: datetime) -> list[Discarded]:
    """What the team's writers can still bring back, the newest first."""
    query = (
        select(
            DiscardedDraft.id,
            DiscardedDraft.period_start,
            DiscardedDraft.published_revision > 0,
            DiscardedDraft.why,
            DiscardedDraft.discarded_at,
            User.display_name,
        )
        .outerjoin(User, User.id == DiscardedDraft.discarded_by_id)
        .where(DiscardedDraft.team_id == team_id, DiscardedDraft.discarded_at > now - KEPT_FOR)
        .order_by(DiscardedDraft.discarded_at.desc(), DiscardedDraft.id.desc())
    )
    return [Discarded(*row) for row in session.execute(query)]


def discarded_in(session: Session, team_id: int, discarded_draft_id: int, now: datetime) -> DiscardedDraft:
    """One that can still be brought back, held until the transaction ends; NotFound for another team's."""
    kept = session.get(DiscardedDraft, discarded_draft_id, with_for_update=True)
    if kept is None or kept.team_id != team_id or kept.discarded_at <= now - KEPT_FOR:
        raise NotFound("draft.gone")
    return kept


def _keep(session: Session, report: Report, *, why: str, by: User, at: datetime) -> DiscardedDraft:
    session.flush()
    session.execute(
        delete(DiscardedDraft).where(
            DiscardedDraft.team_id == report.team_id, DiscardedDraft.discarded_at <= at - KEPT_FOR
        )
    )
    kept = DiscardedDraft(
        team_id=report.team_id,
        period_start=report.period_start,
        published_revision=report.published_revision,
        why=why,
        kept={"rows": rows_of(session, report), "was": report.version},
        discarded_at=at,
        discarded_by_id=by.id,
    )
    session.add(kept)
    session.flush()
    return kept


def _refuse_changed(report: Report, kept: DiscardedDraft) -> None:
    if kept.why == "replaced":
        if report.version != kept.kept.get("version"):
            raise Conflict("draft.changed_since")
    elif not kept.published_revision:
        raise Conflict("draft.started_again")
    elif report.state != "published" or report.published_revision != kept.published_revision:
        raise Conflict("draft.changed_since")
