"""The week as one Markdown page: as it was imported, edited whole, pasted and taken over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.document.merging import told_apart
from app.document.page_merging import merge_pages
from app.document.reader import read
from app.document.schema import Document, PageReading, WeekRule
from app.document.vocabulary import Language
from app.document.writer import write
from app.errors import Invalid
from app.reports import sections as report_sections
from app.reports.access import EditableKnownReport, EditableReport, ReadableReport, ReportInView, Writer
from app.reports.assembly import document_of, working_copy
from app.reports.discarding import keep_before_replacing, note_replaced
from app.reports.editing import refuse_other_version
from app.reports.forms import PageData, SourceData, TakingData
from app.reports.merging import joined, merge_page, with_section
from app.reports.models import Report
from app.reports.publishing import says_nothing
from app.reports.queries import week_name_of
from app.reports.reading_shown import reading_shown
from app.reports.revision_queries import source_page_of
from app.web.clock import Now
from app.web.database import DbSession
from app.web.htmx import go_to
from app.web.i18n import language_of
from app.web.templates import page

router = APIRouter()
REPORT = "/teams/{team}/weeks/{period}"


@router.get(REPORT + "/source/imported")
def imported(request: Request, shown: ReadableReport, session: DbSession) -> Response:
    """The page the week was imported from, line by line."""
    return _page(request, "reports/imported.html", shown, source_page_of(session, shown.report))


@router.get(REPORT + "/source")
def source(request: Request, shown: EditableReport, session: DbSession) -> Response:
    """The working copy as a Markdown page to edit, and what is recognised in it."""
    copy = working_copy(session, shown.report, as_text=True)
    text = write(copy.document)
    return _source(request, shown, text, base=text, left_behind=copy.left_behind)


@router.post(REPORT + "/source")
def save_source(
    request: Request, shown: EditableReport, writer: Writer, form: SourceData, session: DbSession, now: Now
) -> Response:
    """Save the page as a whole, as one step that can be undone; lines that stayed keep what is known of them.

    Where somebody changed the week meanwhile both changes are put together; lines that both changed are
    shown with both texts, and nothing is saved before the person chose.
    """
    text = form.text
    if form.version != shown.report.version:
        theirs = write(working_copy(session, shown.report, as_text=True).document)
        merged = merge_pages(form.base, form.text, theirs, settled=form.settled, kept=form.kept)
        if merged.clashes:
            clashes = [(one, *told_apart(one.theirs, one.mine)) for one in merged.clashes]
            shown_again = {"base": form.base, "version": form.version, "theirs": theirs, "clashes": clashes}
            return _source(request, shown, form.text, status=409, **shown_again)
        text = merged.text
    return _replaced(request, shown, session, _read(request, shown.report, text).document, by=writer, at=now)


@router.post(REPORT + "/source/reading")
async def reading(request: Request, known: EditableKnownReport, form: PageData) -> Response:
    """What is recognised in a page while it is typed; nothing is stored."""
    rule = known.team.week_rule
    found = await run_in_threadpool(_read_by, request, rule, form.text)
    context = {"reading": reading_shown(found), "team": known.team}
    return page(request, "reports/_reading.html", context)


@router.get(REPORT + "/paste")
def paste(
    request: Request,
    shown: EditableReport,
    session: DbSession,
    section: Annotated[int | None, Query()] = None,
) -> Response:
    """Where a page is pasted that was written elsewhere."""
    context = {"section": _section(session, shown, section)}
    return _page(request, "reports/paste.html", shown, context)


@router.post(REPORT + "/paste")
def review(request: Request, shown: EditableReport, form: PageData, session: DbSession) -> Response:
    """What was read from the page beside its source, before it is taken over."""
    if not form.text.strip():
        raise Invalid("page.empty")
    found = _read(request, shown.report, form.text)
    week = found.document.week
    other = week if week is not None and week.start != shown.report.period_start else None
    context = {
        "text": form.text,
        "section": _section(session, shown, form.section),
        "reading": reading_shown(found),
        "other_week": other,
        "other_name": week_name_of(other.start, shown.team.week_rule) if other else None,
        "is_empty": says_nothing(document_of(session, shown.report)),
    }
    return _page(request, "reports/review.html", shown, context)


@router.post(REPORT + "/paste/page")
def take_over(
    request: Request, shown: EditableReport, writer: Writer, form: TakingData, session: DbSession, now: Now
) -> Response:
    """Take the page over as the working copy, or beside what stands there; undone as one step."""
    refuse_other_version(shown.report, form.version)
    if not form.text.strip():
        raise Invalid("page.empty")
    taken = _taken(session, shown, form.section, form.how, _read(request, shown.report, form.text).document)
    return _replaced(request, shown, session, taken, by=writer, at=now)


def _replaced(
    request: Request, shown: ReportInView, session: Session, document: Document, *, by: User, at: datetime
) -> Response:
    """The working copy says what the document says, and offers to undo that."""
    kept = keep_before_replacing(session, shown.report, by=by, at=at)
    if not merge_page(session, shown.report, document, by=by, at=at):
        session.delete(kept)
        return go_to(request, f"{shown.url}/edit")
    note_replaced(session, kept, shown.report)
    return go_to(request, f"{shown.url}/edit#taken-{kept.id}")


def _taken(
    session: Session, shown: ReportInView, section_id: int | None, how: str, document: Document
) -> Document:
    """What the working copy is to say with the page in it."""
    stored = document_of(session, shown.report)
    if section_id is not None:
        section = report_sections.section_in(session, shown.report, section_id)
        copy = working_copy(session, shown.report, as_text=True)
        return with_section(copy.document, copy.section_ids.index(section.id), document)
    if how == "add" and not says_nothing(stored):
        return joined(stored, document)
    return document


def _section(session: Session, shown: ReportInView, section_id: int | None) -> Any:
    return report_sections.section_in(session, shown.report, section_id) if section_id is not None else None


def _read(request: Request, report: Report, text: str) -> PageReading:
    return _read_by(request, report.week_rule, text)


def _read_by(request: Request, rule: str, text: str) -> PageReading:
    known: WeekRule = "iso" if rule == "iso" else "jan1-monday"
    language: Language = "en" if language_of(request) == "en" else "zh"
    return read(text, rule=known, language=language)


def _source(request: Request, shown: ReportInView, text: str, *, status: int = 200, **more: Any) -> Response:
    context = {
        "text": text,
        "version": shown.report.version,
        "clashes": [],
        "left_behind": 0,
        "reading": reading_shown(_read(request, shown.report, text)),
        **more,
    }
    return _page(request, "reports/source.html", shown, context, status=status)


def _page(
    request: Request, name: str, shown: ReportInView, context: Mapping[str, Any], *, status: int = 200
) -> Response:
    common = {"team": shown.team, "tab": "report", "report": shown.report, "url": shown.url}
    return page(request, name, {**common, **context}, status=status)
