"""Events on the editing page."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from app.document.schema import Block
from app.incidents.editing import move_event, remove_event, save_event
from app.incidents.forms import EventData, EventMoveData, NewEventData
from app.reports import editing, sections
from app.reports.access import EditableReport, Writer
from app.reports.edit_routes import changed_sections
from app.reports.once import OnceOnly
from app.web.clock import Now
from app.web.database import DbSession

router = APIRouter()
REPORT = "/teams/{team}/weeks/{period}"
EVENT = REPORT + "/incidents/{item_id}"


@router.post(EVENT)
def save(
    request: Request,
    shown: EditableReport,
    writer: Writer,
    item_id: int,
    form: EventData,
    once: OnceOnly,
    session: DbSession,
    now: Now,
) -> Response:
    """Correct an event by its parts, and its grade."""
    first = editing.item_in(session, shown.report, item_id)
    section = first.section_id
    save_event(session, shown.report, first, form, language=shown.team.language, by=writer, at=now)
    return once.answered(changed_sections(request, shown, session, [section], anchor=f"item-{item_id}"))


@router.post(EVENT + "/place")
def move(
    request: Request,
    shown: EditableReport,
    writer: Writer,
    item_id: int,
    form: EventMoveData,
    once: OnceOnly,
    session: DbSession,
    now: Now,
) -> Response:
    """Move an event up or down; what was typed in it is saved first."""
    first = editing.item_in(session, shown.report, item_id)
    section = first.section_id
    save_event(session, shown.report, first, form, language=shown.team.language, by=writer, at=now)
    move_event(session, shown.report, first, up=form.direction == "up", by=writer, at=now)
    return once.answered(changed_sections(request, shown, session, [section], anchor=f"item-{item_id}"))


@router.post(EVENT + "/removal")
def remove(
    request: Request,
    shown: EditableReport,
    writer: Writer,
    item_id: int,
    form: EventData,
    once: OnceOnly,
    session: DbSession,
    now: Now,
) -> Response:
    first = editing.item_in(session, shown.report, item_id)
    section = first.section_id
    remove_event(session, shown.report, first, version=form.version, by=writer, at=now)
    return once.answered(changed_sections(request, shown, session, [section], anchor=f"section-{section}"))


@router.post(REPORT + "/incidents")
def add(
    request: Request,
    shown: EditableReport,
    writer: Writer,
    form: NewEventData,
    once: OnceOnly,
    session: DbSession,
    now: Now,
) -> Response:
    """Add an event; a line such as `6/5 14:40 …` is enough."""
    section = sections.section_in(session, shown.report, form.section)
    texts = editing.texts_of(form.text)
    block = Block(
        kind="item", text=texts[0], blocks=[Block(kind="paragraph", text=text) for text in texts[1:]]
    )
    parent = editing.item_in(session, shown.report, form.parent) if form.parent else None
    added = editing.insert_block(
        session, shown.report, section.id, block, parent_id=parent.id if parent else None
    )
    editing.touch(session, shown.report, [section.id], by=writer, at=now)
    return once.answered(changed_sections(request, shown, session, [section.id], anchor=f"item-{added.id}"))
