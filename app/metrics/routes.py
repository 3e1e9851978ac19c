"""Readings on the editing page."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from app.metrics.confirming import confirm_value
from app.metrics.editing import add_reading, remove_reading, save_reading
from app.metrics.forms import ConfirmedValueData, NewReadingData, ReadingData
from app.reports import edit_page
from app.reports.access import EditableReport, Writer
from app.reports.assembly import working_copy
from app.reports.edit_routes import changed_sections
from app.reports.editable import sections_to_edit
from app.reports.editing import item_in
from app.reports.once import OnceOnly
from app.reports.sections import section_in
from app.web.clock import Now
from app.web.database import DbSession
from app.web.htmx import go_to, retarget, wants_fragment
from app.web.templates import page

router = APIRouter()
REPORT = "/teams/{team}/weeks/{period}"


@router.post(REPORT + "/readings")
def save(
    request: Request,
    shown: EditableReport,
    writer: Writer,
    form: ReadingData,
    once: OnceOnly,
    session: DbSession,
    now: Now,
) -> Response:
    """Correct a reading, digits as typed; the answer is what is to be said about it."""
    item = item_in(session, shown.report, form.item)
    save_reading(
        session,
        shown.report,
        item,
        form,
        language="en" if shown.team.language == "en" else "zh",
        by=writer,
        at=now,
    )
    section = item.section_id
    if not wants_fragment(request):
        return once.answered(go_to(request, f"{shown.url}/edit#section-{section}"))
    copy = working_copy(session, shown.report, only_sections=[section])
    lines = [line for one in sections_to_edit(copy) for line in one.metrics]
    line = next((line for line in lines if line.item_id == form.item and line.name == form.name), None)
    if line is None:
        answer = changed_sections(request, shown, session, [section], anchor=f"section-{section}")
        return once.answered(retarget(answer, f"#section-{section}", swap="outerHTML"))
    context = {
        "team": shown.team,
        "report": shown.report,
        "url": shown.url,
        "metric": line,
        **edit_page.section_notes(session, shown.report, copy.document),
    }
    return once.answered(page(request, "reports/edit/_reading.html", context))


@router.post(REPORT + "/readings/confirmation")
def confirm(
    request: Request,
    shown: EditableReport,
    writer: Writer,
    form: ConfirmedValueData,
    once: OnceOnly,
    session: DbSession,
    now: Now,
) -> Response:
    """Answer that a value outside the ordinary range is right."""
    item = item_in(session, shown.report, form.item)
    confirm_value(session, shown.report, item, name=form.name, literal=form.value, by=writer, at=now)
    section = item.section_id
    return once.answered(changed_sections(request, shown, session, [section], anchor=f"section-{section}"))


@router.post(REPORT + "/readings/removal")
def remove(
    request: Request,
    shown: EditableReport,
    writer: Writer,
    form: ReadingData,
    once: OnceOnly,
    session: DbSession,
    now: Now,
) -> Response:
    item = item_in(session, shown.report, form.item)
    section = item.section_id
    is_gone = remove_reading(session, shown.report, item, form, by=writer, at=now)
    anchor, removed = f"section-{section}", [form.item] if is_gone else []
    return once.answered(changed_sections(request, shown, session, [section], anchor=anchor, removed=removed))


@router.post(REPORT + "/readings/new")
def add(
    request: Request,
    shown: EditableReport,
    writer: Writer,
    form: NewReadingData,
    once: OnceOnly,
    session: DbSession,
    now: Now,
) -> Response:
    section = section_in(session, shown.report, form.section)
    added = add_reading(
        session, shown.report, section, name=form.name, literal=form.literal, by=writer, at=now
    )
    anchor = f"section-{section.id}"
    return once.answered(
        changed_sections(request, shown, session, [section.id], anchor=anchor, made=[added.id])
    )
