"""The week as one Markdown page: as it was imported, edited whole, pasted and taken over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.orm import Session

from app.document.reader import read
from app.document.schema import Document, PageReading, WeekRule
from app.document.vocabulary import Language
from app.document.writer import write
from app.errors import Invalid
from app.reports import sections as report_sections
from app.reports.access import EditableKnownReport, EditableReport, ReadableReport, ReportInView, Writer
from app.reports.assembly import document_of, working_copy
from app.reports.comparison import comparison
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
    return _source(request, shown, write(document_of(session, shown.report)))


@router.post(REPORT + "/source")
def save_source(
    request: Request, shown: EditableReport, writer: Writer, form: SourceData, session: DbSession, now: Now
) -> Response:
    """Save the page as a whole; lines that stayed keep all that is known about them."""
    stored = document_of(session, shown.report)
    reading = _read(request, shown.report, form.text)
    if form.version != shown.report.version and write(stored) != write(reading.document):
        clash = {"theirs": write(stored), "clash": comparison(reading.document, stored)}
        return _source(request, shown, form.text, clash, status=409)
    merge_page(session, shown.report, reading.document, by=writer, at=now)
    return go_to(request, f"{shown.url}/edit")


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
    kept = keep_before_replacing(session, shown.report, by=writer, at=now)
    if not merge_page(session, shown.report, taken, by=writer, at=now):
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
        copy = working_copy(session, shown.report, for_readers=True)
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


def _source(
    request: Request,
    shown: ReportInView,
    text: str,
    clash: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
) -> Response:
    context = {
        "text": text,
        "theirs": None,
        "clash": None,
        "reading": reading_shown(_read(request, shown.report, text)),
        **(clash or {}),
    }
    return _page(request, "reports/source.html", shown, context, status=status)


def _page(
    request: Request, name: str, shown: ReportInView, context: Mapping[str, Any], *, status: int = 200
) -> Response:
    common = {"team": shown.team, "tab": "report", "report": shown.report, "url": shown.url}
    return page(request, name, {**common, **context}, status=status)
