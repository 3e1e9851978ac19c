"""Keeping or dropping what was carried over from last week."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from app.reports import carried, editing, sections
from app.reports.access import EditableReport, Writer
from app.reports.edit_routes import ITEM, SECTION, changed_sections
from app.reports.forms import CarriedData, SaidDateData
from app.reports.noting import touch
from app.reports.once import OnceOnly
from app.web.clock import Now
from app.web.database import DbSession

router = APIRouter()


@router.post(ITEM + "/carried")
def decide_item(
    request: Request,
    shown: EditableReport,
    writer: Writer,
    item_id: int,
    form: CarriedData,
    once: OnceOnly,
    session: DbSession,
    now: Now,
) -> Response:
    """Keep a carried item as it stands, drop it, or bring a dropped one back."""
    item = editing.item_in(session, shown.report, item_id)
    match form.decision:
        case "keep":
            carried.keep(session, item)
        case "drop":
            carried.drop(session, item)
        case "back":
            carried.bring_back(item)
    touch(session, shown.report, [item.section_id], by=writer, at=now)
    anchor = f"section-{item.section_id}" if form.decision == "drop" else f"item-{item_id}"
    return once.answered(changed_sections(request, shown, session, [item.section_id], anchor=anchor))


@router.post(ITEM + "/dates")
def write_date(
    request: Request,
    shown: EditableReport,
    writer: Writer,
    item_id: int,
    form: SaidDateData,
    once: OnceOnly,
    session: DbSession,
    now: Now,
) -> Response:
    """Write a date that was said in an earlier week (`下周二`) as the day it meant (`6/17`)."""
    item = editing.item_in(session, shown.report, item_id)
    carried.write_date(
        session,
        shown.report,
        item,
        literal=form.literal,
        start=form.start,
        version=form.version,
        by=writer,
        at=now,
    )
    return once.answered(
        changed_sections(request, shown, session, [item.section_id], anchor=f"item-{item_id}")
    )


@router.post(SECTION + "/carried")
def keep_section(
    request: Request,
    shown: EditableReport,
    writer: Writer,
    section_id: int,
    once: OnceOnly,
    session: DbSession,
    now: Now,
) -> Response:
    """Keep all that is carried over in a section."""
    section = sections.section_in(session, shown.report, section_id)
    carried.keep_all(session, section)
    touch(session, shown.report, [section_id], by=writer, at=now)
    return once.answered(
        changed_sections(request, shown, session, [section_id], anchor=f"section-{section_id}")
    )
