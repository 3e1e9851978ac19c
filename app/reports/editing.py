"""Changing the working copy where it stands: items and what is recognised in them.

Every change names the version it saw, so that nobody's words are lost: a stale one is refused with
all texts at hand. Adding changes no words and needs no version.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.document.lines import normalise_text
from app.document.schema import Block
from app.errors import Conflict, Invalid, NotFound, StaleVersion, TooLarge
from app.reports.assembly import WorkingCopy
from app.reports.decisions import follow_texts
from app.reports.models import Fact, Item, Report, Section
from app.reports.noting import touch
from app.reports.placing import refuse_too_deep, siblings_in

FIELD_LIMIT = 64 * 1024


def refuse_other_version(report: Report, version: int) -> None:
    """Refuse to publish or discard a working copy that the person has not seen as it is now."""
    if report.version != version:
        raise Conflict("report.changed_meanwhile")


def item_in(session: Session, report: Report, item_id: int) -> Item:
    item = session.get(Item, item_id)
    if item is None or item.report_id != report.id:
        raise NotFound("item.gone")
    return item


def save_item(
    session: Session,
    report: Report,
    item: Item,
    *,
    text: str,
    version: int,
    base: str | None,
    by: User,
    at: datetime,
) -> WorkingCopy:
    """Give the item a new text. Paragraphs after a blank line become its paragraphs.

    Raises StaleVersion where the item was changed since `version`, unless it says the same already.
    """
    first, *rest = texts_of(text)
    _refuse_stale(item, version=version, base=base, mine=text)
    if first != item.text or rest:
        paragraphs = [
            _insert(
                session,
                item.report_id,
                item.section_id,
                item.id,
                offset,
                Block(kind="paragraph", text=paragraph),
            )
            for offset, paragraph in enumerate(rest)
        ]
        _set_text(session, item, first, by=by, at=at, beside={one.id: one.text for one in paragraphs})
    return touch(session, report, [item.section_id], by=by, at=at, written={item.id})


def add_item(
    session: Session,
    report: Report,
    section: Section,
    *,
    text: str,
    parent: Item | None = None,
    after: Item | None = None,
    by: User,
    at: datetime,
) -> tuple[Item, WorkingCopy]:
    """A new item after `after`, else at the end of `parent` or the section."""
    first, *rest = texts_of(text)
    if after is not None:
        parent_id, position, ordered = after.parent_id, after.position + 1, after.ordered
        if after.section_id != section.id:
            raise NotFound("item.gone")
    else:
        parent_id = parent.id if parent else None
        refuse_too_deep(session, parent_id)
        position = len(siblings_in(session, section.id, parent_id))
        ordered = False
    item = _insert(
        session, report.id, section.id, parent_id, position, Block(kind="item", text=first, ordered=ordered)
    )
    for offset, paragraph in enumerate(rest):
        _insert(session, report.id, section.id, item.id, offset, Block(kind="paragraph", text=paragraph))
    return item, touch(session, report, [section.id], by=by, at=at, written={item.id})


def replace_items(
    session: Session,
    report: Report,
    section_id: int,
    old: list[Item],
    new: list[Block],
    *,
    by: User,
    at: datetime,
) -> None:
    """Put `new` where the first of `old` stood; the first keeps its row. The caller touches the report."""
    first = old[0]
    for item in old[1:]:
        session.execute(delete(Item).where(Item.id == item.id))
        session.expunge(item)
    session.execute(delete(Item).where(Item.parent_id == first.id))
    for other in [thing for thing in session.identity_map.values() if isinstance(thing, Item)]:
        if other.parent_id == first.id:
            session.expunge(other)
    _set_text(session, first, new[0].text, by=by, at=at)
    for offset, child in enumerate(new[0].blocks):
        _insert(session, report.id, section_id, first.id, offset, child)
    for offset, block in enumerate(new[1:], start=1):
        _insert(session, report.id, section_id, first.parent_id, first.position + offset, block)


def insert_block(
    session: Session, report: Report, section_id: int, block: Block, *, parent_id: int | None = None
) -> Item:
    """Append a block with all below it to a section or an item. The caller touches the report."""
    return _insert(
        session, report.id, section_id, parent_id, len(siblings_in(session, section_id, parent_id)), block
    )


def decide_fact(
    session: Session,
    report: Report,
    item: Item,
    *,
    kind: str,
    literal: str,
    at_offsets: tuple[int, int] | None,
    decision: Literal["confirmed", "corrected", "dismissed"] | None,
    value: dict[str, Any],
    by: User,
    at: datetime,
) -> WorkingCopy:
    """Keep a person's word on a value; None takes it back.

    `at_offsets` is where the recognised literal stood in the text; without it the value is added by
    the person, who names the words that say it. Raises Invalid where they do not stand in the text.
    """
    if at_offsets is None:
        literal = literal.strip()
        found = item.text.find(literal) if literal else -1
        if found < 0:
            raise Invalid("fact.words_not_in_text", typed=literal[:40])
        at_offsets = (found, found + len(literal))
    start, end = at_offsets
    if item.text[start:end] != literal:
        raise StaleVersion(
            base=literal, theirs=item.text, mine=literal, version=item.version, subject=f"item-{item.id}"
        )
    stored = session.scalars(
        select(Fact).where(Fact.item_id == item.id, Fact.kind == kind, Fact.start == start)
    ).first()
    if stored is None:
        stored = Fact(report_id=report.id, item_id=item.id, kind=kind, literal=literal, start=start, end=end)
        session.add(stored)
    stored.value, stored.certain = value, True
    stored.decision, stored.decided_by_id = decision, by.id if decision else None
    stored.version = (stored.version or 0) + 1
    return touch(session, report, [item.section_id], by=by, at=at)


def _refuse_stale(item: Item, *, version: int, base: str | None, mine: str) -> None:
    if item.version != version and item.text not in (mine.strip(), base):
        raise StaleVersion(
            base=base, theirs=item.text, mine=mine, version=item.version, subject=f"item-{item.id}"
        )


def _set_text(
    session: Session,
    item: Item,
    text: str,
    *,
    by: User,
    at: datetime,
    beside: Mapping[int, str] | None = None,
) -> None:
    """`beside` are the texts of items made of what was typed in this one."""
    if item.text == text:
        return
    follow_texts(session, {item.id: (item.text, text)}, made=beside)
    item.text = text
    item.version += 1
    item.carried_open = False
    item.updated_at, item.updated_by_id = at, by.id
    item.source_start = item.source_end = item.source_line = None


def texts_of(text: str) -> list[str]:
    """What was typed as the texts of an item and its paragraphs; refused where it is empty or too long."""
    if len(text.encode()) > FIELD_LIMIT:
        raise TooLarge("text.too_large", limit=FIELD_LIMIT // 1024)
    texts = normalise_text(text)
    if not texts:
        raise Invalid("item.empty")
    return texts


def _insert(
    session: Session, report_id: int, section_id: int, parent_id: int | None, position: int, block: Block
) -> Item:
    session.execute(
        update(Item)
        .where(
            Item.section_id == section_id,
            Item.parent_id == parent_id if parent_id else Item.parent_id.is_(None),
            Item.position >= position,
        )
        .values(position=Item.position + 1)
    )
    item = Item(
        report_id=report_id,
        section_id=section_id,
        parent_id=parent_id,
        kind=block.kind,
        text=block.text,
        ordered=block.ordered,
        number=block.number,
        position=position,
        version=session.get_one(Report, report_id).version + 1,  # ids may come again, versions do not
    )
    session.add(item)
    session.flush()
    for offset, child in enumerate(block.blocks):
        _insert(session, report_id, section_id, item.id, offset, child)
    return item
