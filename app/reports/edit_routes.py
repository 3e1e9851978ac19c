"""Changing a report where it stands: items, sections, facts, and what became of last week's goals.

Each change is a plain form post that ends in a redirect to the editing page; asked by htmx it ends in
the fragment that changed.
"""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.reports import edit_page, editable, editing, placing, removing, sections
from app.reports.access import EditableReport, ReportInView, Writer
from app.reports.assembly import WorkingCopy, working_copy
from app.reports.forms import (
    FactData,
    HeadingData,
    ItemData,
    MoveData,
    NewItemData,
    RestorationData,
    SectionMoveData,
    fact_value,
)
from app.reports.once import OnceOnly
from app.web.clock import Now
from app.web.database import DbSession
from app.web.htmx import go_to, retarget, wants_fragment
from app.web.templates import page

router = APIRouter()
REPORT = "/teams/{team}/weeks/{period}"
ITEM = REPORT + "/items/{item_id}"
SECTION = REPORT + "/sections/{section_id}"


@router.get(ITEM)
def item(request: Request, shown: EditableReport, item_id: int, session: DbSession) -> Response:
    """One item as it now stands, to take the place of a stale one."""
    found = editing.item_in(session, shown.report, item_id)
    copy = working_copy(session, shown.report, only_sections=[found.section_id])
    return _item_fragment(request, shown, copy, item_id, "reports/edit/_item.html")


@router.post(ITEM)
def save_item(
    request: Request,
    shown: EditableReport,
    writer: Writer,
    item_id: int,
    form: ItemData,
    once: OnceOnly,
    session: DbSession,
    now: Now,
) -> Response:
    """Save an item's text; the answer is what was recognised in it."""
    found = editing.item_in(session, shown.report, item_id)
    copy = editing.save_item(
        session,
        shown.report,
        found,
        text=form.text,
        version=form.version,
        base=form.base,
        by=writer,
        at=now,
    )
    if not wants_fragment(request):
        return go_to(request, f"{shown.url}/edit#item-{item_id}")
    shown_as = editable.find_item(editable.sections_to_edit(copy), item_id)
    if shown_as is None or shown_as.event is not None:  # it became part of an event: draw the section anew
        section = found.section_id
        answer = changed_sections(request, shown, session, [section], anchor=f"item-{item_id}")
        return once.answered(retarget(answer, f"#section-{section}", swap="outerHTML"))
    return once.answered(_item_fragment(request, shown, copy, item_id, "reports/edit/_item_state.html"))


@router.post(ITEM + "/place")
def move_item(
    request: Request,
    shown: EditableReport,
    writer: Writer,
    item_id: int,
    form: MoveData,
    once: OnceOnly,
    session: DbSession,
    now: Now,
) -> Response:
    """Move an item up, down, in or out; what was typed in it is saved first."""
    found = editing.item_in(session, shown.report, item_id)
    before = found.section_id
    editing.save_item(
        session,
        shown.report,
        found,
        text=form.text,
        version=form.version,
        base=form.base,
        by=writer,
        at=now,
    )
    placing.move_item(session, shown.report, found, direction=form.direction, by=writer, at=now)
    anchor = f"item-{item_id}"
    return once.answered(changed_sections(request, shown, session, [before, found.section_id], anchor=anchor))


@router.post(ITEM + "/removal")
def remove_item(
    request: Request,
    shown: EditableReport,
    writer: Writer,
    item_id: int,
    form: ItemData,
    once: OnceOnly,
    session: DbSession,
    now: Now,
) -> Response:
    found = editing.item_in(session, shown.report, item_id)
    section_id = found.section_id
    removing.remove_item(session, shown.report, found, version=form.version, by=writer, at=now)
    return once.answered(changed_sections(request, shown, session, [section_id], removed=[item_id]))


@router.post(REPORT + "/restoration")
def bring_back(
    request: Request,
    shown: EditableReport,
    writer: Writer,
    form: RestorationData,
    once: OnceOnly,
    session: DbSession,
    now: Now,
) -> Response:
    """Bring back what a form removed, to where it stood."""
    changed = removing.bring_back(session, shown.report, form.item, by=writer, at=now)
    anchor = f"item-{form.item[0]}"
    return once.answered(changed_sections(request, shown, session, changed, anchor=anchor))


@router.post(REPORT + "/items")
def add_item(
    request: Request,
    shown: EditableReport,
    writer: Writer,
    form: NewItemData,
    once: OnceOnly,
    session: DbSession,
    now: Now,
) -> Response:
    section = sections.section_in(session, shown.report, form.section)
    added, _ = editing.add_item(
        session,
        shown.report,
        section,
        text=form.text,
        parent=editing.item_in(session, shown.report, form.parent) if form.parent else None,
        after=editing.item_in(session, shown.report, form.after) if form.after else None,
        by=writer,
        at=now,
    )
    return once.answered(
        changed_sections(request, shown, session, [section.id], anchor=f"item-{added.id}", made=[added.id])
    )


@router.post(ITEM + "/facts")
def decide_fact(
    request: Request,
    shown: EditableReport,
    writer: Writer,
    item_id: int,
    form: FactData,
    once: OnceOnly,
    session: DbSession,
    now: Now,
) -> Response:
    """Confirm, correct or dismiss a recognised value, or take the decision back."""
    found = editing.item_in(session, shown.report, item_id)
    copy = editing.decide_fact(
        session,
        shown.report,
        found,
        kind=form.kind,
        literal=form.literal,
        at_offsets=(form.start, form.end) if form.start is not None and form.end is not None else None,
        decision=None if form.decision == "open" else form.decision,
        value=fact_value(form),
        by=writer,
        at=now,
    )
    if not wants_fragment(request):
        return go_to(request, f"{shown.url}/edit#item-{item_id}")
    return once.answered(_item_fragment(request, shown, copy, item_id, "reports/edit/_item_state.html"))


@router.post(REPORT + "/sections")
def add_section(
    request: Request,
    shown: EditableReport,
    writer: Writer,
    form: HeadingData,
    once: OnceOnly,
    session: DbSession,
    now: Now,
) -> Response:
    added = sections.add_section(
        session,
        shown.report,
        heading=form.heading,
        after=sections.section_in(session, shown.report, form.after) if form.after else None,
        by=writer,
        at=now,
    )
    return once.answered(go_to(request, f"{shown.url}/edit#section-{added.id}"))


@router.post(SECTION)
def save_section(
    request: Request,
    shown: EditableReport,
    writer: Writer,
    section_id: int,
    form: HeadingData,
    once: OnceOnly,
    session: DbSession,
    now: Now,
) -> Response:
    """Give a section another heading."""
    section = sections.section_in(session, shown.report, section_id)
    sections.save_section(
        session, shown.report, section, heading=form.heading, version=form.version, by=writer, at=now
    )
    return once.answered(
        changed_sections(request, shown, session, [section_id], anchor=f"section-{section_id}")
    )


@router.post(SECTION + "/place")
def move_section(
    request: Request,
    shown: EditableReport,
    writer: Writer,
    section_id: int,
    form: SectionMoveData,
    once: OnceOnly,
    session: DbSession,
    now: Now,
) -> Response:
    section = sections.section_in(session, shown.report, section_id)
    sections.move_section(session, shown.report, section, direction=form.direction, by=writer, at=now)
    return once.answered(go_to(request, f"{shown.url}/edit#section-{section_id}"))


@router.post(SECTION + "/removal")
def remove_section(
    request: Request,
    shown: EditableReport,
    writer: Writer,
    section_id: int,
    form: HeadingData,
    once: OnceOnly,
    session: DbSession,
    now: Now,
) -> Response:
    section = sections.section_in(session, shown.report, section_id)
    sections.remove_section(session, shown.report, section, version=form.version, by=writer, at=now)
    return once.answered(go_to(request, f"{shown.url}/edit"))


def _item_fragment(
    request: Request, shown: ReportInView, copy: WorkingCopy, item_id: int, template: str
) -> Response:
    found = editable.find_item(editable.sections_to_edit(copy), item_id)
    if found is None:
        raise NotFound("item.gone")
    context = {"team": shown.team, "report": shown.report, "url": shown.url, "item": found}
    return page(request, template, context)


def changed_sections(
    request: Request,
    shown: ReportInView,
    session: Session,
    section_ids: list[int],
    *,
    anchor: str = "",
    removed: Sequence[int] = (),
    made: Sequence[int] = (),
) -> Response:
    """The changed sections anew: the first in its place, others out of band; names what was `made`.

    Without scripts the page itself, at `anchor`, or where it offers to bring back what was `removed`.
    """
    if removed and not wants_fragment(request):
        asked = "&".join(f"removed={item_id}" for item_id in removed)
        return go_to(request, f"{shown.url}/edit?{asked}#removed")
    if not wants_fragment(request):
        return go_to(request, f"{shown.url}/edit#{anchor}")
    context = {
        "team": shown.team,
        "report": shown.report,
        "url": shown.url,
        "first": section_ids[0],
        **edit_page.some_sections(session, shown.report, section_ids),
    }
    headers = {"Weekline-Made": " ".join(map(str, made))} if made else None
    return page(request, "reports/edit/_sections.html", context, headers=headers)
