"""Questions about one published week: its revisions, and the page it came from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Integer, Select, bindparam, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.errors import NotFound
from app.reports.models import Report, Revision, SourcePage


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """What is known about a revision besides its document."""

    number: int
    created_at: datetime
    author_name: str
    reason: str | None
    hash: str
    previous_hash: str | None
    from_page: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Who published or wrote the week, and the page it came from."""

    revisions: dict[int, RevisionRow]
    source_name: str | None = None
    source_read_at: datetime | None = None
    writer: str | None = None


@dataclass(frozen=True, slots=True)
class SourceText:
    """An imported page as it came, line by line."""

    name: str
    sha256: str
    reader_version: str
    read_at: datetime
    lines: list[str]


def revisions_of(session: Session, report_id: int) -> list[RevisionRow]:
    """All revisions of a report, the newest first, without their documents."""
    query = _revisions().where(Revision.report_id == report_id).order_by(Revision.number.desc())
    return [RevisionRow(*row) for row in session.execute(query)]


def revision_of(session: Session, report_id: int, number: int) -> RevisionRow:
    """One revision without its document; NotFound where the report has no such number."""
    query = _revisions().where(Revision.report_id == report_id, Revision.number == number)
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound("report.no_such_revision")
    return RevisionRow(*row)


def published_week(session: Session, team_id: int, day: date) -> Report:
    """The team's published report of the week that begins on the day; NotFound where there is none."""
    query = select(Report).where(
        Report.team_id == team_id, Report.period_start == day, Report.published_revision > 0
    )
    report = session.scalars(query).one_or_none()
    if report is None:
        raise NotFound("report.not_found")
    return report


def published_before(session: Session, report: Report) -> Report | None:
    """The team's last published week before the report's."""
    query = select(Report).where(
        Report.team_id == report.team_id,
        Report.period_start < report.period_start,
        Report.published_revision > 0,
    )
    return session.scalars(query.order_by(Report.period_start.desc()).limit(1)).one_or_none()


def standing_of(session: Session, report: Report) -> Standing:
    """First and newest revision with the page it came from; of a draft, who wrote last. One statement."""
    if not report.is_published:
        query = select(User.display_name).where(User.id == report.updated_by_id)
        return Standing({}, writer=session.scalar(query) if report.updated_by_id else None)
    asked = {
        "report_id": report.id,
        "newest": report.published_revision,
        "source_page_id": report.source_page_id,
    }
    rows = session.execute(_standing_query(), asked).all()
    revisions = [RevisionRow(*row[:-2]) for row in rows]
    name, read_at = rows[0][-2:]
    return Standing({revision.number: revision for revision in revisions}, name, read_at)


def source_page_of(session: Session, report: Report) -> dict[str, Any]:
    """The imported page of a report as the context of its template; NotFound where it was typed."""
    row = session.execute(
        select(
            SourcePage.name,
            SourcePage.sha256,
            SourcePage.reader_version,
            SourcePage.created_at,
            SourcePage.content,
        ).where(SourcePage.id == report.source_page_id)
    ).one_or_none()
    if row is None:
        raise NotFound("report.no_source_page")
    text = row.content.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.removesuffix("\n").split("\n")
    return {"source": SourceText(row.name, row.sha256, row.reader_version, row.created_at, lines)}


@cache
def _standing_query() -> Select[*tuple[Any, ...]]:
    return (
        _revisions()
        .add_columns(SourcePage.name, SourcePage.created_at)
        .outerjoin(SourcePage, SourcePage.id == bindparam("source_page_id", type_=Integer))
        .where(Revision.report_id == bindparam("report_id"))
        .where((Revision.number == 1) | (Revision.number == bindparam("newest")))
    )


def _revisions() -> Select[*tuple[Any, ...]]:
    return select(
        Revision.number,
        Revision.created_at,
        Revision.author_name,
        Revision.reason,
        Revision.hash,
        Revision.previous_hash,
        Revision.source_page_id.is_not(None),
    )
