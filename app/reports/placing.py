"""Where items and sections stand: their order, and moving an item by a step.

Moving changes no words and needs no version.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.document.blocks import DEEPEST
from app.errors import Invalid
from app.reports.assembly import WorkingCopy, working_copy
from app.reports.forms import Direction
from app.reports.models import Item, Report, Section
from app.reports.noting import touch


def move_item(
    session: Session, report: Report, item: Item, *, direction: Direction, by: User, at: datetime
) -> WorkingCopy:
    """Move the item with all below it: among its siblings, below the one before, or out beside its parent.

    At the top of a section `up` goes on to the end of the section before; `down` the other way. Raises
    Invalid where it would stand deeper than a page can say.
    """
    siblings = siblings_in(session, item.section_id, item.parent_id)
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
            target = siblings_in(session, neighbour, None)
            target.insert(len(target) if direction == "up" else 0, item)
            _change_section(session, item, neighbour)
            put_in_order(session, target)
    elif direction == "in" and place > 0 and siblings[place - 1].kind == "item":
        above = siblings[place - 1]
        refuse_too_deep(session, above.id, _levels(session, item))
        siblings.remove(item)
        put_in_order(session, siblings)
        target = siblings_in(session, item.section_id, above.id)
        item.parent_id = above.id
        put_in_order(session, [*target, item])
    elif direction == "out" and item.parent_id is not None:
        parent = session.get_one(Item, item.parent_id)
        siblings.remove(item)
        put_in_order(session, siblings)
        target = siblings_in(session, item.section_id, parent.parent_id)
        target.insert(target.index(parent) + 1, item)
        item.parent_id = parent.parent_id
        put_in_order(session, target)
    item.carried_open, item.number = False, None
    return touch(session, report, sections, by=by, at=at, written={item.id})


def refuse_too_deep(session: Session, parent_id: int | None, levels: int = 1) -> None:
    """Raises Invalid where as many levels do not fit below the item."""
    above = 0
    while parent_id is not None:
        above += 1
        parent_id = session.get_one(Item, parent_id).parent_id
    if above + levels > DEEPEST:
        raise Invalid("item.too_deep", levels=DEEPEST)


def siblings_of(session: Session, item: Item) -> list[Item]:
    """The item and those beside it, in order."""
    return siblings_in(session, item.section_id, item.parent_id)


def siblings_in(session: Session, section_id: int, parent_id: int | None) -> list[Item]:
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


def _levels(session: Session, item: Item) -> int:
    """How many the item takes with all below it."""
    levels, below = 0, [item.id]
    while below:
        levels += 1
        below = list(session.scalars(select(Item.id).where(Item.parent_id.in_(below))))
    return levels


def _change_section(session: Session, item: Item, section_id: int) -> None:
    """Move the item to another section, and all below it too."""
    below = [item.id]
    while below:
        session.execute(update(Item).where(Item.id.in_(below)).values(section_id=section_id))
        below = list(session.scalars(select(Item.id).where(Item.parent_id.in_(below))))
    item.section_id = section_id
