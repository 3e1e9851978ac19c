"""What was published, revision by revision: read each, compare any two, take any away as a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.orm import Session

from app.document.schema import Document
from app.document.writer import write
from app.errors import NotFound
from app.reports import report_page
from app.reports.access import EditableReport, ReadableReport, ReportInView
from app.reports.assembly import document_of, published_document, revision_document
from app.reports.comparison import comparison
from app.reports.forms import day_in_path
from app.reports.queries import week_name_of
from app.reports.revision_queries import published_week, revision_of, revisions_of
from app.web.clock import Now
from app.web.database import DbSession
from app.web.htmx import go_to
from app.web.templates import page

router = APIRouter()
REPORT = "/teams/{team}/weeks/{period}"
Number = Annotated[int, Query(ge=1, le=99_999)]


@router.get(REPORT + "/revisions")
def revisions(request: Request, shown: ReadableReport, session: DbSession) -> Response:
    context = {"report": shown.report, "revisions": revisions_of(session, shown.report.id)}
    return page(request, "reports/revisions.html", {"team": shown.team, "tab": "report", **context})


@router.get(REPORT + "/revisions/{number}")
def revision(request: Request, shown: ReadableReport, number: int, session: DbSession, now: Now) -> Response:
    row = revision_of(session, shown.report.id, number)
    document = revision_document(session, shown.report, number)
    newest = number == shown.report.published_revision
    context = report_page.report_page(
        session, report=shown.report, team=shown.team, document=document, now=now, with_source=newest
    )
    return page(
        request,
        "reports/revision.html",
        {"team": shown.team, "tab": "report", **context, "revision": row},
    )


@router.get(REPORT + "/compare")
def choose(
    request: Request,
    shown: ReadableReport,
    old: Number = 1,
    new: Annotated[int | None, Query(ge=1, le=99_999)] = None,
) -> Response:
    """The two revisions that were picked from the list, the older one first."""
    newer = new or shown.report.published_revision
    return go_to(request, f"{shown.url}/compare/{min(old, newer)}?with={max(old, newer)}")


@router.get(REPORT + "/compare/draft")
def compare_draft(request: Request, shown: EditableReport, session: DbSession) -> Response:
    """What the working copy changes in what readers see; nothing yet of a draft, whose preview tells more."""
    if not shown.report.is_published:
        return go_to(request, f"{shown.url}/publication")
    old = published_document(session, shown.report)
    context = {
        "old": revision_of(session, shown.report.id, shown.report.published_revision),
        "new": None,
        "other_week": None,
        "comparison": comparison(old, document_of(session, shown.report)),
    }
    return _page(request, shown, context)


@router.get(REPORT + "/compare/{other}")
def compare(
    request: Request,
    shown: ReadableReport,
    other: str,
    session: DbSession,
    newer: Annotated[int | None, Query(alias="with", ge=1, le=99_999)] = None,
) -> Response:
    """A revision beside another (`?with=`, else the newest), or the week beside another published week."""
    if "-" in other:
        return _compare_weeks(request, shown, other, session)
    if not (other.isascii() and other.isdecimal() and len(other) < 6):
        raise NotFound("report.no_such_revision")
    old = revision_of(session, shown.report.id, int(other))
    new = revision_of(session, shown.report.id, newer or shown.report.published_revision)
    context = {
        "old": old,
        "new": new,
        "other_week": None,
        "comparison": comparison(
            revision_document(session, shown.report, old.number),
            revision_document(session, shown.report, new.number),
        ),
    }
    return _page(request, shown, context)


@router.get(REPORT + "/export")
def export(
    shown: ReadableReport,
    session: DbSession,
    format: Literal["markdown", "json"] = "markdown",
    revision: Annotated[int | None, Query(ge=1, le=99_999)] = None,
) -> Response:
    """The week, or one revision of it, as a page again or as the JSON that a later version reads."""
    document = _document(session, shown, revision)
    if format == "json":
        body, media, ending = document.model_dump_json(indent=1), "application/json", "json"
    else:
        body, media, ending = write(document), "text/markdown; charset=utf-8", "md"
    which = f" r{revision}" if revision is not None else ""
    name = f"{shown.team.slug} {shown.report.period_start.isoformat()} {shown.report.label}{which}.{ending}"
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return Response(body, media_type=media, headers={"Content-Disposition": disposition})


def _compare_weeks(request: Request, shown: ReportInView, other: str, session: Session) -> Response:
    before = published_week(session, shown.team.id, day_in_path(other))
    context = {
        "old": None,
        "new": None,
        "other_week": before.period_start,
        "other_name": week_name_of(before.period_start, shown.team.week_rule),
        "comparison": comparison(
            published_document(session, before), _document(session, shown, None), same_week=False
        ),
    }
    return _page(request, shown, context)


def _document(session: Session, shown: ReportInView, revision: int | None) -> Document:
    """What the viewer reads: a revision, what is published, or the draft of a week that is not."""
    if revision is not None:
        return revision_document(
            session, shown.report, revision_of(session, shown.report.id, revision).number
        )
    if shown.report.is_published:
        return published_document(session, shown.report)
    return document_of(session, shown.report)


def _page(request: Request, shown: ReportInView, context: Mapping[str, object]) -> Response:
    return page(
        request,
        "reports/compare.html",
        {"team": shown.team, "tab": "report", "report": shown.report, "url": shown.url, **context},
    )
