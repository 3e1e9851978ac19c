"""Changing the working copy where it stands: items, sections, facts and goals.

Every change names the version it saw, so that nobody's words are lost: a stale one is refused with
all texts at hand. Moving and adding change no words and need no version.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.accounts.models import Team, User
from app.document.lines import normalise_text
from app.document.schema import Block
from app.errors import Conflict, Invalid, NotFound, StaleVersion, TooLarge
from app.reports import events, live
from app.reports.actions import keep_goals
from app.reports.assembly import WorkingCopy, working_copy
from app.reports.decisions import follow_texts
from app.reports.forms import Direction
from app.reports.models import Fact, Item, Report, Section
from app.reports.statements import refuse_statements, take_back_statements

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
        position = len(_siblings(session, section.id, parent_id))
        ordered = False
    item = _insert(
        session, report.id, section.id, parent_id, position, Block(kind="item", text=first, ordered=ordered)
    )
    for offset, paragraph in enumerate(rest):
        _insert(session, report.id, section.id, item.id, offset, Block(kind="paragraph", text=paragraph))
    return item, touch(session, report, [section.id], by=by, at=at, written={item.id})


def remove_item(
    session: Session, report: Report, item: Item, *, version: int, by: User, at: datetime
) -> WorkingCopy:
    """Remove the item and what is below it; refused where its text changed since `version`."""
    if item.version != version:
        raise StaleVersion(
            base=None, theirs=item.text, mine="", version=item.version, subject=f"item-{item.id}"
        )
    section_id, parent_id = item.section_id, item.parent_id
    session.execute(delete(Item).where(Item.id == item.id))
    session.expunge(item)
    put_in_order(session, _siblings(session, section_id, parent_id))
    return touch(session, report, [section_id], by=by, at=at)


def move_item(
    session: Session, report: Report, item: Item, *, direction: Direction, by: User, at: datetime
) -> WorkingCopy:
    """Move the item with all below it: among its siblings, below the one before, or out beside its parent.

    At the top of a section `up` goes on to the end of the section before; `down` the other way.
    """
    siblings = _siblings(session, item.section_id, item.parent_id)
    place = siblings.index(item)
    sections = {item.section_id}
    if direction in ("up", "down"):
        other = place + (-1 if direction == "up" else 1)
        if 0 <= other < len(siblings):
            siblings[place], siblings[other] = siblings[other], siblings[place]
            put_in_order(session, siblings)
        elif item.parent_id is None:
            neighbour = _neighbour_section(session, report, item.section_id, direction)
            if neighbour is None:
                return working_copy(session, report, only_sections=sections)
            sections.add(neighbour)
            siblings.remove(item)
            put_in_order(session, siblings)
            target = _siblings(session, neighbour, None)
            target.insert(len(target) if direction == "up" else 0, item)
            _change_section(session, item, neighbour)
            put_in_order(session, target)
    elif direction == "in" and place > 0 and siblings[place - 1].kind == "item":
        above = siblings[place - 1]
        siblings.remove(item)
        put_in_order(session, siblings)
        target = _siblings(session, item.section_id, above.id)
        item.parent_id = above.id
        put_in_order(session, [*target, item])
    elif direction == "out" and item.parent_id is not None:
        parent = session.get_one(Item, item.parent_id)
        siblings.remove(item)
        put_in_order(session, siblings)
        target = _siblings(session, item.section_id, parent.parent_id)
        target.insert(target.index(parent) + 1, item)
        item.parent_id = parent.parent_id
        put_in_order(session, target)
    item.carried_open, item.number = False, None
    return touch(session, report, sections, by=by, at=at, written={item.id})


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
        session, report.id, section_id, parent_id, len(_siblings(session, section_id, parent_id)), block
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


def touch(
    session: Session,
    report: Report,
    section_ids: list[int] | set[int],
    *,
    by: User,
    at: datetime,
    written: Collection[int] = (),
    arranged: bool = False,
) -> WorkingCopy:
    """Note that the working copy changed, and let goals and other records follow its text.

    `written` are the items that got another text or place; `arranged` says that sections came, went or
    changed places. Gives the changed sections as they now stand.
    """
    copy = note_change(session, report, section_ids, by_id=by.id, at=at, written=written)
    refuse_statements(copy, written)
    live.tell_changed(session, report, by_id=by.id, sections=section_ids, arranged=arranged)
    return copy


def note_change(
    session: Session,
    report: Report,
    section_ids: list[int] | set[int],
    *,
    by_id: int,
    at: datetime,
    written: Collection[int] = (),
) -> WorkingCopy:
    if report.state == "published":
        report.state = "amending"
        session.execute(update(Team).where(Team.id == report.team_id).values(pulse=Team.pulse + 1))
    report.version += 1
    report.updated_at, report.updated_by_id = at, by_id
    session.flush()
    copy = working_copy(session, report, only_sections=section_ids)
    if take_back_statements(session, copy, written):
        copy = working_copy(session, report, only_sections=section_ids)
    change = events.WorkingCopyChange(report, copy.document, copy.item_ids, frozenset(section_ids))
    for join in events.on_working_copy_change:
        join(session, change)
    if any(
        section.kind == "next_goals" and copy.holds(section_id)
        for section, section_id in zip(copy.document.sections, copy.section_ids, strict=True)
    ):
        keep_goals(session, report, working_copy(session, report, for_readers=True))
    session.flush()
    return copy


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


def siblings_of(session: Session, item: Item) -> list[Item]:
    """The item and those beside it, in order."""
    return _siblings(session, item.section_id, item.parent_id)


def _siblings(session: Session, section_id: int, parent_id: int | None) -> list[Item]:
    session.flush()
    found = session.scalars(
        select(Item)
        .where(
            Item.section_id == section_id,
            Item.parent_id == parent_id if parent_id else Item.parent_id.is_(None),
        )
        .order_by(Item.position, Item.id)
    )
    return [item for item in found if not item.is_dropped]


def sections_of(session: Session, report: Report) -> list[Section]:
    """The report's sections in order."""
    return list(
        session.scalars(
            select(Section).where(Section.report_id == report.id).order_by(Section.position, Section.id)
        )
    )


def put_in_order(session: Session, rows: Sequence[Item | Section]) -> None:
    """Number rows as they stand in the list."""
    for position, row in enumerate(rows):
        row.position = position
    session.flush()


def _neighbour_section(session: Session, report: Report, section_id: int, direction: Direction) -> int | None:
    ids = [section.id for section in sections_of(session, report)]
    other = ids.index(section_id) + (-1 if direction == "up" else 1)
    return ids[other] if 0 <= other < len(ids) else None


def _change_section(session: Session, item: Item, section_id: int) -> None:
    """Move the item to another section, and all below it too."""
    below = [item.id]
    while below:
        session.execute(update(Item).where(Item.id.in_(below)).values(section_id=section_id))
        below = list(session.scalars(select(Item.id).where(Item.parent_id.in_(below))))
    item.section_id = section_id
