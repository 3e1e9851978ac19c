"""Events on the editing page."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from app.document.vocabulary import Language
from app.incidents.editing import (
    add_events,
    confirm_recovery,
    move_event,
    remove_event,
    save_event,
    say_no_events,
)
from app.incidents.forms import (
    EventData,
    EventMoveData,
    EventTextData,
    NewEventData,
    NoEventsData,
    RecoveryData,
)
from app.incidents.preview import incident_preview
from app.reports import editing, sections
from app.reports.access import EditableReport, Writer
from app.reports.edit_routes import changed_sections
from app.reports.once import OnceOnly
from app.web.clock import Now
from app.web.database import DbSession
from app.web.templates import page

router = APIRouter()
REPORT = "/teams/{team}/weeks/{period}"
EVENT = REPORT + "/incidents/{item_id}"


@router.post(REPORT + "/incidents/none")
def say_none(
    request: Request,
    shown: EditableReport,
    writer: Writer,
    form: NoEventsData,
    once: OnceOnly,
    session: DbSession,
    now: Now,
) -> Response:
    """Say that there were no events this week, or take that back."""
    section = sections.section_in(session, shown.report, form.section)
    language: Language = "en" if shown.team.language == "en" else "zh"
    say_no_events(session, shown.report, section, said=form.said, language=language, by=writer, at=now)
    return once.answered(
        changed_sections(request, shown, session, [section.id], anchor=f"section-{section.id}")
    )


@router.post(REPORT + "/incidents/recognition")
def recognise(request: Request, shown: EditableReport, form: EventTextData, session: DbSession) -> Response:
    """What is made of an event while it is typed. Nothing is stored."""
    context = {
        "team": shown.team,
        "url": shown.url,
        "events": incident_preview(session, shown.report, form.text),
    }
    return page(request, "reports/edit/_event_preview.html", context)


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


@router.post(EVENT + "/recovery")
def recover(
    request: Request,
    shown: EditableReport,
    writer: Writer,
    item_id: int,
    form: RecoveryData,
    once: OnceOnly,
    session: DbSession,
    now: Now,
) -> Response:
    """Confirm when an event was over: a time earlier than the start is the next day's if a person says so."""
    first = editing.item_in(session, shown.report, item_id)
    section = first.section_id
    confirm_recovery(
        session,
        shown.report,
        first,
        recovered=form.recovered,
        version=form.version,
        language=shown.team.language,
        by=writer,
        at=now,
    )
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
    removed = remove_event(session, shown.report, first, version=form.version, by=writer, at=now)
    return once.answered(changed_sections(request, shown, session, [section], removed=removed))


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
    """Add events; a line such as `6/5 14:40 …` is enough for each."""
    section = sections.section_in(session, shown.report, form.section)
    parent = editing.item_in(session, shown.report, form.parent) if form.parent else None
    added = add_events(session, shown.report, section, form.text, parent=parent, by=writer, at=now)
    anchor = f"item-{added[0]}"
    return once.answered(changed_sections(request, shown, session, [section.id], anchor=anchor, made=added))
