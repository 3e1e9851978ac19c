"""Saving what an open page sends: several changes as one step, each save at most once.

A save is named by the page that is open (`client`), the field in it and a number that counts up. A
repeat is given the answer it was given before, one that comes late is refused; both in the transaction
of the change itself, so that neither a lost answer nor a crash can save anything twice.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.db import insert_rows, new_ids
from app.errors import Conflict
from app.reports import live
from app.reports.assembly import WorkingCopy, working_copy
from app.reports.change_forms import Change, Ref, RestoreChange, SaveName
from app.reports.decisions import follow_texts
from app.reports.editable import ItemToEdit, find_item, sections_to_edit
from app.reports.kept_branches import KeptBranch, insert_items, keep_branches, kept_branches, put_back
from app.reports.models import AcknowledgedSave, Item, Report, Section
from app.reports.noting import note_change
from app.reports.planning import ItemChanged, Plan, Row
from app.reports.statements import refuse_statements

REMEMBERED = timedelta(days=7)
"""How long a page can be open, asleep and out of touch, and still ask what became of its last save."""

_OF_FIELD = (
    (AcknowledgedSave.report_id == bindparam("of_report"))
    & (AcknowledgedSave.client == bindparam("of_client"))
    & (AcknowledgedSave.field == bindparam("of_field"))
)
_TOLD = select(AcknowledgedSave.sequence, AcknowledgedSave.answer).where(_OF_FIELD)
_TELL = (
    update(AcknowledgedSave)
    .where(_OF_FIELD)
    .values(sequence=bindparam("new_sequence"), answer=bindparam("new_answer"), at=bindparam("now"))
)
_FORGET = delete(AcknowledgedSave).where(AcknowledgedSave.at < bindparam("before"))


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a step: the items by the names that the browser used, and what it should draw anew."""

    items: dict[Ref, tuple[int, int]]
    """Id and version."""
    shown: dict[int, ItemToEdit]
    """By id; an item that is part of an event now is not among them."""
    removed: list[Ref]
    redraw: list[int]

    @classmethod
    def of_one(cls, ref: Ref, item: ItemToEdit) -> Saved:
        return cls({ref: (item.id, item.version)}, {item.id: item}, [], [])


def answer_before(session: Session, report: Report, save: SaveName) -> dict[str, Any] | None:
    """The answer to the same save before; None for a new one. Raises Conflict for one that comes late."""
    stored = session.execute(_TOLD, _name(report, save)).one_or_none()
    if stored is None or stored.sequence < save.sequence:
        return None
    if stored.sequence > save.sequence:
        raise Conflict("save.superseded")
    answer: dict[str, Any] = stored.answer
    return answer


def keep_answer(
    session: Session, report: Report, save: SaveName, answer: dict[str, Any], *, at: datetime
) -> None:
    """Remember what the browser is told; what was told to pages closed long ago is forgotten."""
    told = {"new_sequence": save.sequence, "new_answer": answer, "now": at}
    connection = session.connection()
    if connection.execute(_TELL, {**_name(report, save), **told}).rowcount:
        return
    connection.execute(_FORGET, {"before": at - REMEMBERED})
    row = {"report_id": report.id, "client": save.client, "field": save.field}
    connection.execute(
        insert(AcknowledgedSave), [{**row, "sequence": save.sequence, "answer": answer, "at": at}]
    )


def _name(report: Report, save: SaveName) -> dict[str, Any]:
    return {"of_report": report.id, "of_client": save.client, "of_field": save.field}


def save_changes(
    session: Session, report: Report, changes: Sequence[Change], *, by_id: int, at: datetime
) -> Saved:
    """Make all of the changes, or raise and make none.

    Raises ItemChanged where somebody else changed a text meanwhile, ItemGone where an item is not there
    any more, Conflict where a section has gone or an item would come below itself.
    """
    wanted = [change.item for change in changes if isinstance(change, RestoreChange)]
    kept = kept_branches(session, report, wanted)
    plan = Plan(
        *_as_it_stands(session, report),
        version=report.version + 1,
        kept={ref: branch.root for ref, branch in kept.items()},
    )
    try:
        for change in changes:
            plan.apply(change)
    except ItemChanged as clash:
        clash.by = session.scalar(select(User.display_name).where(User.id == clash.by_id))
        raise
    if not plan.sections:
        return Saved(_named(plan), _shown(session, report, plan), plan.gone, [])
    before = _shapes(working_copy(session, report, only_sections=plan.sections))
    coming = {branch.id: branch for branch in kept.values() if branch.root in plan.restored}
    _write(session, report, plan, coming.values(), by_id=by_id, at=at)
    rows = {*plan.made, *plan.restored, *plan.answered.values()}
    written = {row.id for row in rows if row.id is not None}
    copy = note_change(session, report, plan.sections, by_id=by_id, at=at, written=written)
    refuse_statements(copy, written)
    after = _shapes(copy)
    redraw = [
        section
        for section in copy.section_ids
        if section in plan.redrawn or before[section] != after[section]
    ]
    live.tell_changed(
        session,
        report,
        by_id=by_id,
        items={row.id: row.version for row in plan.texts | plan.kept if row.id is not None},
        removed=plan.removed,
        sections={*redraw, *plan.reshaped},
    )
    return Saved(
        items=_named(plan),
        shown=_to_edit(copy, plan),
        removed=plan.gone,
        redraw=redraw,
    )


def _as_it_stands(session: Session, report: Report) -> tuple[list[Row], list[int]]:
    """All items of the week in their order, and its sections."""
    columns = (
        Item.id,
        Item.uid,
        Item.section_id,
        Item.parent_id,
        Item.kind,
        Item.text,
        Item.ordered,
        Item.position,
        Item.version,
        Item.carried_open,
        Item.updated_by_id,
        Item.updated_at,
        Item.carried,
    )
    query = select(*columns).where(Item.report_id == report.id).order_by(Item.position, Item.id)
    sections = session.scalars(select(Section.id).where(Section.report_id == report.id))
    return [Row(*row) for row in session.execute(query)], list(sections)


def _write(
    session: Session,
    report: Report,
    plan: Plan,
    coming: Collection[KeptBranch],
    *,
    by_id: int,
    at: datetime,
) -> None:
    """`coming` are the removed branches that come back."""
    if plan.made:
        for row, own_id in zip(plan.made, new_ids(session, Item.__tablename__, len(plan.made)), strict=True):
            row.id = own_id
    rows = [
        {
            "id": row.id,
            "report_id": report.id,
            "uid": row.uid,
            "section_id": row.section,
            "parent_id": row.parent.id if row.parent else None,
            "kind": row.kind,
            "text": row.text,
            "ordered": row.ordered,
            "position": row.position,
            "version": row.version,
            "updated_at": at,
            "updated_by_id": by_id,
        }
        for row in plan.made
    ]
    insert_items(session, report, coming, plan.restored)
    insert_rows(session, Item.__table__, rows)
    keep_branches(session, report, plan.branches, by_id=by_id, at=at)
    follow_texts(
        session,
        {row.id: (row.before or "", row.text) for row in plan.texts if row.id is not None},
        made={row.id: row.text for row in (*plan.made, *plan.restored) if row.id is not None},
        gone=plan.removed,
    )
    put_back(session, coming, plan.restored)
    for row in plan.texts | plan.placed | plan.kept:
        values: dict[str, Any] = {"carried_open": row.carried_open}
        if row in plan.kept:
            values["carried"] = row.carried
        if row in plan.placed:
            values |= {"position": row.position, "section_id": row.section}
            values["parent_id"] = row.parent.id if row.parent else None
        if row in plan.moved:
            values["number"] = None
        if row in plan.texts:
            values |= {"text": row.text, "version": row.version, "updated_at": at, "updated_by_id": by_id}
            values |= dict.fromkeys(("source_start", "source_end", "source_line"))
        session.execute(update(Item).where(Item.id == row.id).values(values))
    if plan.removed:
        session.execute(delete(Item).where(Item.id.in_(plan.removed)))


def _named(plan: Plan) -> dict[Ref, tuple[int, int]]:
    return {ref: (row.id, row.version) for ref, row in plan.answered.items() if row.id is not None}


def _shown(session: Session, report: Report, plan: Plan) -> dict[int, ItemToEdit]:
    sections = {row.section for row in plan.answered.values()}
    if not sections:
        return {}
    return _to_edit(working_copy(session, report, only_sections=sections), plan)


def _to_edit(copy: WorkingCopy, plan: Plan) -> dict[int, ItemToEdit]:
    sections = sections_to_edit(copy)
    found = (find_item(sections, row.id) for row in plan.answered.values() if row.id is not None)
    return {item.id: item for item in found if item is not None and item.event is None}


def _shapes(copy: WorkingCopy) -> dict[int, object]:
    """By section, what the page shows of it besides its items: which of them are events, and its metrics."""
    document, ids = copy.document, copy.item_ids
    shapes: dict[int, object] = {}
    for index, section_id in enumerate(copy.section_ids):
        events = [
            [ids[index, path] for path in incident.blocks]
            for incident in document.incidents
            if incident.section == index
        ]
        metrics = [
            (ids[index, metric.place.path], metric.literal)
            for metric in document.metrics
            if metric.place.section == index
        ]
        lines = [key for key in ids if key[0] == index] if metrics else []
        shapes[section_id] = (events, metrics, [ids[key] for key in lines])
    return shapes
