"""Changing an event by its parts: its text in the report is composed anew from them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.document.event_lines import event_blocks, events_against, statement_of
from app.document.headings import says_none
from app.document.incident_form import IncidentFields, incident_blocks, shown_recovery
from app.document.phrases import find_recovery
from app.document.schema import Block
from app.document.schema import Incident as ReadIncident
from app.document.vocabulary import Language
from app.errors import Conflict, Invalid, NotFound, StaleVersion, TooLarge
from app.incidents.actions import set_grade
from app.incidents.forms import EventForm
from app.incidents.models import Incident
from app.reports import editing
from app.reports.assembly import WorkingCopy, working_copy
from app.reports.editable import event_version
from app.reports.models import Item, Report, Section
from app.reports.noting import touch
from app.reports.placing import put_in_order, siblings_of
from app.reports.removing import remove_items

PARTS = ("started", "symptom", "impact", "cause", "handling")
NO_EVENTS: dict[Language, str] = {"zh": "暂无", "en": "None"}


def add_events(
    session: Session,
    report: Report,
    section: Section,
    text: str,
    *,
    parent: Item | None = None,
    by: User,
    at: datetime,
) -> list[int]:
    """Add the events that a text tells, and give their lines. That there were none is taken back."""
    editing.texts_of(text)
    blocks = event_blocks(text, report.period_start)
    parent_id = parent.id if parent else None
    added = [
        editing.insert_block(session, report, section.id, block, parent_id=parent_id) for block in blocks
    ]
    written = [item.id for item in added]
    touch(session, report, [section.id], by=by, at=at, written=written)
    return written


def say_no_events(
    session: Session,
    report: Report,
    section: Section,
    *,
    said: bool,
    language: Language,
    by: User,
    at: datetime,
) -> None:
    """Write that there were no events, or take it back. Raises Conflict where events stand."""
    copy = working_copy(session, report)
    index = copy.section_ids.index(section.id)
    if said and events_against(copy.document, index):
        raise Conflict("incident.there_are_some")
    stands = statement_of(copy.document.sections[index]) is not None
    if said == stands:
        return
    if said:
        editing.insert_block(session, report, section.id, Block(kind="item", text=NO_EVENTS[language]))
    else:
        _take_back(session, section)
    touch(session, report, [section.id], by=by, at=at)


def _take_back(session: Session, section: Section) -> None:
    """Remove the word that there were none."""
    for item in session.scalars(select(Item).where(Item.section_id == section.id, Item.parent_id.is_(None))):
        if item.text and says_none(item.text):
            session.delete(item)
    session.flush()


def save_event(
    session: Session, report: Report, first: Item, form: EventForm, *, language: str, by: User, at: datetime
) -> None:
    """Give the event that begins in `first` other parts, and its grade.

    Raises StaleVersion where its text changed since the form was opened, with both texts.
    """
    copy = working_copy(session, report, only_sections=[first.section_id])
    event = _event_at(copy, first)
    if _is_changed(event, form, report.period_start):
        stored_version = event_version(copy, event)
        if stored_version != form.version:
            raise StaleVersion(
                base=None,
                theirs=_as_text(event),
                mine=form.symptom,
                version=stored_version,
                field="symptom",
                subject=f"item-{first.id}",
                others={part: getattr(form, part) for part in PARTS if part != "symptom"}
                | {"grade": form.grade, "recovered": form.recovered},
            )
        _write(session, report, copy, event, form, language=language, by=by, at=at)
        touch(session, report, [first.section_id], by=by, at=at)
    row = session.scalars(select(Incident).where(Incident.item_id == first.id)).one_or_none()
    if row is not None and (row.grade or "") != form.grade:
        set_grade(session, row, form.grade or None, by=by, at=at, reason=None)
        touch(session, report, [first.section_id], by=by, at=at)


def confirm_recovery(
    session: Session,
    report: Report,
    first: Item,
    *,
    recovered: str,
    version: str,
    language: str,
    by: User,
    at: datetime,
) -> None:
    """Write when the event was over, all its other parts as they are. Raises StaleVersion as saving does."""
    event = _event_at(working_copy(session, report, only_sections=[first.section_id]), first)
    form = EventForm(
        version=version,
        started=event.started_literal or "",
        symptom=event.symptom,
        impact=event.impact or "",
        cause=event.cause or "",
        handling=event.handling or "",
        asks_recovery=True,
        recovered=recovered,
        grade=event.grade or "",
    )
    save_event(session, report, first, form, language=language, by=by, at=at)


def remove_event(
    session: Session, report: Report, first: Item, *, version: str, by: User, at: datetime
) -> list[int]:
    """Remove all of the event's text and give its lines; refused where it changed since `version`."""
    copy = working_copy(session, report, only_sections=[first.section_id])
    event = _event_at(copy, first)
    stored_version = event_version(copy, event)
    if stored_version != version:
        raise StaleVersion(
            base=None,
            theirs=_as_text(event),
            mine="",
            version=stored_version,
            field="symptom",
            subject=f"item-{first.id}",
        )
    lines = _top_items(session, copy, event)
    ids = [line.id for line in lines]
    remove_items(session, report, lines, by=by, at=at)
    return ids


def move_event(session: Session, report: Report, first: Item, *, up: bool, by: User, at: datetime) -> None:
    """Change places with the event before or after it in the same list."""
    copy = working_copy(session, report, only_sections=[first.section_id])
    event = _event_at(copy, first)
    events = [one for one in copy.document.incidents if one.blocks[0][:-1] == event.blocks[0][:-1]]
    place = events.index(event)
    other = place + (-1 if up else 1)
    if not 0 <= other < len(events):
        return
    upper, lower = sorted((place, other))
    siblings = siblings_of(session, first)
    tops = [_top_items(session, copy, events[n]) for n in (upper, lower)]
    start = siblings.index(tops[0][0])
    end = siblings.index(tops[1][-1]) + 1
    between = [item for item in siblings[start:end] if item not in tops[0] and item not in tops[1]]
    put_in_order(session, [*siblings[:start], *tops[1], *between, *tops[0], *siblings[end:]])
    touch(session, report, [first.section_id], by=by, at=at)


def _event_at(copy: WorkingCopy, first: Item) -> ReadIncident:
    for event in copy.document.incidents:
        if copy.item_ids[event.section, event.blocks[0]] == first.id:
            return event
    raise NotFound("incident.gone")


def _write(
    session: Session,
    report: Report,
    copy: WorkingCopy,
    event: ReadIncident,
    form: EventForm,
    *,
    language: str,
    by: User,
    at: datetime,
) -> None:
    if not form.symptom.strip():
        raise Invalid("incident.symptom_needed")
    if any(len(getattr(form, part).encode()) > editing.FIELD_LIMIT for part in PARTS):
        raise TooLarge("text.too_large", limit=editing.FIELD_LIMIT // 1024)
    said = find_recovery(event.handling or "", event.symptom, event.started_at) if event.started_at else None
    same_time = form.started.strip() == (event.started_literal or "").strip()
    fields = IncidentFields(
        symptom=_one_paragraph(form.symptom),
        started_at=event.started_at if same_time else None,
        started_literal=form.started.strip() or None,
        recovered_at=_recovery(event, form, said, report.period_start),
        impact=_one_paragraph(form.impact) or None,
        cause=_one_paragraph(form.cause) or None,
        handling=_one_paragraph(form.handling) or None,
        grade=form.grade or None,
    )
    blocks = incident_blocks(fields, language="en" if language == "en" else "zh", monday=report.period_start)
    items = _items(session, copy, event)
    editing.replace_items(session, report, items[0].section_id, items, blocks, by=by, at=at)


def _recovery(event: ReadIncident, form: EventForm, said: str | None, monday: date) -> str | None:
    """When the event was over, where that needs a line of its own: it was set, and not by the other parts."""
    unchanged = shown_recovery(event, monday)
    if not form.asks_recovery or form.recovered.strip() == unchanged:
        return event.recovered_at if event.recovered_at != said else None
    if not form.recovered.strip():
        return None
    if event.started_at is None or "T" not in event.started_at:
        raise Invalid("incident.start_needed")
    recovered = find_recovery(f"{form.recovered} 恢复", "", event.started_at)
    if recovered is None:
        raise Invalid("incident.no_recovery", typed=form.recovered[:40])
    return recovered


def _one_paragraph(text: str) -> str:
    """The text as one block's lines: blank lines go, since a paragraph of its own would leave its part."""
    return "\n".join(line.strip(" \t") for line in text.split("\n") if line.strip(" \t"))


def _items(session: Session, copy: WorkingCopy, event: ReadIncident) -> list[Item]:
    return [session.get_one(Item, copy.item_ids[event.section, path]) for path in event.blocks]


def _top_items(session: Session, copy: WorkingCopy, event: ReadIncident) -> list[Item]:
    depth = len(event.blocks[0])
    return [
        session.get_one(Item, copy.item_ids[event.section, path])
        for path in event.blocks
        if len(path) == depth
    ]


def _is_changed(event: ReadIncident, form: EventForm, monday: date) -> bool:
    if form.asks_recovery and form.recovered.strip() != shown_recovery(event, monday):
        return True
    stored = (event.started_literal, event.symptom, event.impact, event.cause, event.handling)
    typed = [getattr(form, part).strip() for part in PARTS]
    return [(before or "").strip() for before in stored] != typed or (event.grade or "") != form.grade


def _as_text(event: ReadIncident) -> str:
    parts = (event.started_literal, event.symptom, event.impact, event.cause, event.handling)
    return "\n".join(part for part in parts if part)
