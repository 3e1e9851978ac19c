"""Readings on the editing page."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from app.metrics.editing import add_reading, remove_reading, save_reading
from app.metrics.forms import NewReadingData, ReadingData
from app.reports.access import EditableReport, Writer
from app.reports.edit_routes import changed_sections
from app.reports.editing import item_in
from app.reports.once import OnceOnly
from app.reports.sections import section_in
from app.web.clock import Now
from app.web.database import DbSession

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
    """Correct a reading, digits as typed."""
    item = item_in(session, shown.report, form.item)
    save_reading(
        session,
        shown.report,
        item,
        name=form.name,
        base=form.base,
        literal=form.literal,
        by=writer,
        at=now,
    )
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
    remove_reading(session, shown.report, item, name=form.name, base=form.base, by=writer, at=now)
    return once.answered(changed_sections(request, shown, session, [section], anchor=f"section-{section}"))


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
    add_reading(session, shown.report, section, name=form.name, literal=form.literal, by=writer, at=now)
    return once.answered(
        changed_sections(request, shown, session, [section.id], anchor=f"section-{section.id}")
    )
