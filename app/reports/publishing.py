"""Publication: freeze a week's working copy as a revision, first or amended, or as a page gave it."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts.models import Team, User
from app.db import insert_rows
from app.document.schema import Document, PageReading
from app.errors import Conflict, Invalid
from app.reports import events
from app.reports.actions import keep_goals
from app.reports.assembly import WorkingCopy, clear, lay_out, working_copy
from app.reports.carried import leave_behind
from app.reports.decisions import decide_again, decisions_on
from app.reports.models import Fact, Report, Revision, SourcePage
from app.reports.trail import audit, beat

HEADLINE_LENGTH = 80


def publish_report(
    session: Session,
    report: Report,
    *,
    by: User | None,
    author_name: str,
    at: datetime,
    reason: str | None = None,
) -> Revision:
    """Freeze the working copy as the next revision, which readers see from now on.

    The first needs no reason, an amendment does. Raises Conflict where nothing changed since the
    last publication and Invalid where the report is empty.
    """
    reason = (reason or "").strip() or None
    if report.state == "published":
        raise Conflict("report.already_published")
    if report.is_published and reason is None:
        raise Invalid("report.reason_needed")
    copy = working_copy(session, report, for_readers=True)
    if says_nothing(copy.document):
        raise Invalid("report.empty")
    return _publish(session, report, copy, by=by, author_name=author_name, at=at, reason=reason, page=None)


def store_page(
    session: Session,
    *,
    team: Team,
    reading: PageReading,
    page: SourcePage,
    by: User | None,
    author_name: str,
    at: datetime,
    reason: str | None = None,
) -> Report:
    """A new report from a page that was read, published as revision 1. The page must name its week."""
    document = reading.document
    week = document.week
    if week is None:
        raise Invalid("report.no_week")
    session.add(page)
    session.flush()
    report = Report(
        team_id=team.id,
        period_start=week.start,
        period_end=week.end,
        label=week.label,
        week_year=week.year,
        week_number=week.number,
        week_rule=week.rule,
        year_from=week.year_from,
        created_at=at,
        created_by_id=by.id if by else None,
        updated_at=at,
        updated_by_id=by.id if by else None,
        source_page_id=page.id,
    )
    session.add(report)
    session.flush()
    copy = lay_out(session, report, document)
    _publish(session, report, copy, by=by, author_name=author_name, at=at, reason=reason, page=page, new=True)
    return report


def replace_with_page(
    session: Session,
    *,
    report: Report,
    reading: PageReading,
    page: SourcePage,
    by: User | None,
    author_name: str,
    at: datetime,
    reason: str | None,
) -> Report:
    """A new revision of the report from a changed page; the working copy is laid out anew."""
    week = reading.document.week
    if week is None or week.start != report.period_start:
        raise Invalid("report.other_week", period=report.period_start.isoformat())
    session.add(page)
    session.flush()
    report.label, report.year_from, report.week_rule = week.label, week.year_from, week.rule
    report.source_page_id = page.id
    report.updated_at, report.updated_by_id = at, by.id if by else None
    report.version += 1
    decided = decisions_on(session, report)
    clear(session, report)
    copy = decide_again(session, report, decided, lay_out(session, report, reading.document))
    _publish(session, report, copy, by=by, author_name=author_name, at=at, reason=reason, page=page)
    return report


def edited_since_import(session: Session, report: Report) -> bool:
    """Whether people changed the week after its page was read: edits, or revisions of their own."""
    if report.state != "published":
        return True
    newest_page = session.scalars(
        select(Revision.source_page_id).where(
            Revision.report_id == report.id, Revision.number == report.published_revision
        )
    ).one()
    return newest_page is None


def says_nothing(document: Document) -> bool:
    """Whether nothing is written: headings and names of metrics that wait for their value are none."""
    return not any(
        not (section.kind == "metrics" and block.text.rstrip().endswith(("：", ":")))
        for section in document.sections
        for block in section.blocks
    )


def canonical_json(document: Document) -> str:
    """The document as JSON with sorted keys and no spaces, so that equal documents hash equally."""
    return json.dumps(
        document.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )


def revision_hash(
    *, document: str, number: int, author: str, reason: str | None, at: datetime, previous: str | None
) -> str:
    """SHA-256 over all a revision says, and the hash of the one before."""
    said = json.dumps([document, number, author, reason, at.isoformat(), previous], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()


def headline_of(document: Document) -> str | None:
    """The first thing the report tells: its first key work, else its first workstream item."""
    for kind in ("key_work", "workstream", "custom", "other"):
        for section in document.sections:
            if section.kind == kind and section.blocks:
                plain = re.sub(
                    r"[*_`\[\]]|\]\([^)]*\)", "", section.blocks[0].text.replace("\n", " ")
                ).strip()
                return plain if len(plain) <= HEADLINE_LENGTH else plain[: HEADLINE_LENGTH - 1] + "…"
    return None


def _publish(
    session: Session,
    report: Report,
    copy: WorkingCopy,
    *,
    by: User | None,
    author_name: str,
    at: datetime,
    reason: str | None,
    page: SourcePage | None,
    new: bool = False,
) -> Revision:
    if not events.on_publication:
        raise RuntimeError("import app.features before publishing")
    previous = (
        None
        if new
        else session.execute(
            select(Revision.number, Revision.hash)
            .where(Revision.report_id == report.id)
            .order_by(Revision.number.desc())
            .limit(1)
        ).one_or_none()
    )
    number = (previous.number if previous else 0) + 1
    stored = canonical_json(copy.document)
    revision = Revision(
        report_id=report.id,
        number=number,
        document=stored,
        previous_hash=previous.hash if previous else None,
        hash=revision_hash(
            document=stored,
            number=number,
            author=author_name,
            reason=reason,
            at=at,
            previous=previous.hash if previous else None,
        ),
        author_id=by.id if by else None,
        author_name=author_name,
        reason=reason,
        created_at=at,
        source_page_id=page.id if page else None,
    )
    session.add(revision)
    report.state = "published"
    report.published_revision = number
    report.published_at = at
    _summarise(report, copy.document)
    session.flush()
    _keep_facts(session, report, copy, new=new)
    keep_goals(session, report, copy, new=new)
    if not new:
        leave_behind(session, report)
    publication = events.Publication(
        report=report,
        document=copy.document,
        item_ids=copy.item_ids,
        revision=number,
        by_id=by.id if by else None,
        at=at,
    )
    for join in events.on_publication:
        join(session, publication)
    audit(session, "report.published", report, by=by, at=at, revision=number, reason=reason)
    beat(session, report.team_id)
    session.flush()
    return revision


def _summarise(report: Report, document: Document) -> None:
    counts = document.incident_counts
    graded = [incident.grade for incident in document.incidents if incident.grade]
    report.headline = headline_of(document)
    report.event_count = len(document.incidents)
    report.accidents_ab = (
        sum(counts.get(grade, 0) for grade in ("AB", "A", "B"))
        if counts
        else sum(1 for grade in graded if grade in ("A", "B", "AB"))
    )
    report.accidents_cd = (
        sum(counts.get(grade, 0) for grade in ("CD", "C", "D"))
        if counts
        else sum(1 for grade in graded if grade in ("C", "D", "CD"))
    )
    report.accidents_open = sum(1 for grade in graded if grade == "open")


def _keep_facts(session: Session, report: Report, copy: WorkingCopy, *, new: bool = False) -> None:
    """Store the recognised facts; those a person decided stay as decided where their text still stands."""
    decided = (
        {}
        if new
        else {
            (fact.item_id, fact.kind, fact.literal): fact
            for fact in session.scalars(
                select(Fact).where(Fact.report_id == report.id, Fact.decision.is_not(None))
            )
        }
    )
    if not new:
        session.execute(delete(Fact).where(Fact.report_id == report.id, Fact.decision.is_(None)))
    rows = []
    for fact in copy.document.facts:
        item_id = copy.item_ids[fact.place.section, fact.place.path]
        if (item_id, fact.kind, fact.literal) in decided:
            continue
        rows.append(
            {
                "report_id": report.id,
                "item_id": item_id,
                "kind": fact.kind,
                "value": fact.model_dump(
                    mode="json", exclude={"kind", "literal", "certain", "place", "source"}
                ),
                "literal": fact.literal,
                "start": fact.place.start,
                "end": fact.place.end,
                "certain": fact.certain,
            }
        )
    insert_rows(session, Fact.__table__, rows)
