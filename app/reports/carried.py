"""Items carried over from last week: what is known of them, and keeping or dropping them.

They stand in the draft faded and are no part of the week until somebody edits or keeps them, or something
below them. A dropped one can be brought back until the week is published.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.document.carrying import OpenItem, PromisedDate
from app.document.history import History
from app.document.relative_dates import with_absolute
from app.document.schema import Week
from app.document.weeks import week_of
from app.errors import Conflict
from app.reports.assembly import CarriedOver, working_copy
from app.reports.editing import save_item
from app.reports.models import Item, Report, Section


@dataclass(frozen=True, slots=True)
class SaidLastWeek:
    """What stands beside a carried item: the week it comes from, its progress then, what it had promised."""

    number: int
    is_last_week: bool
    """Whether that week is the one right before."""
    text: str
    progress: str | None
    dates: list[PromisedDate]
    is_goal: bool
    """Whether it is a goal that was carried over, not work."""
    is_open: bool


def said_of(item: OpenItem, monday: date, history: History | None = None) -> dict[str, Any]:
    """What is stored as `Item.carried` of an item that was open in the week of `monday`."""
    return {
        "from": monday.isoformat(),
        "said": (history.since if history else monday).isoformat(),
        "text": item.block.text,
        "progress": item.progress,
        "dates": [asdict(history.of(one) if history else one) for one in item.dates],
    }


def said_last_week(carried: CarriedOver, week: Week) -> SaidLastWeek:
    """The same, read back for the page of a week."""
    said = carried.said
    monday = date.fromisoformat(said["from"])
    return SaidLastWeek(
        number=week_of(monday, week.rule)[1],
        is_last_week=week.start - monday == timedelta(days=7),
        text=said["text"],
        progress=said["progress"],
        dates=[PromisedDate(**one) for one in said["dates"]],
        is_goal="goal" in said,
        is_open=carried.is_open,
    )


def keep(session: Session, item: Item) -> None:
    """Confirm a carried item as it stands, with its paragraphs; what else is below it stays open.

    The caller touches the report.
    """
    item.carried_open = False
    paragraphs = select(Item).where(Item.parent_id == item.id, Item.kind != "item", Item.carried_open)
    for paragraph in session.scalars(paragraphs):
        paragraph.carried_open = False


def keep_all(session: Session, section: Section) -> None:
    """Confirm all that is carried over in a section and was not dropped. The caller touches the report."""
    items = session.scalars(select(Item).where(Item.section_id == section.id, Item.carried_open)).all()
    dropped = {item.id for item in items if item.is_dropped}
    while more := {item.id for item in items if item.parent_id in dropped} - dropped:
        dropped |= more
    for item in items:
        if item.id not in dropped:
            item.carried_open = False


def drop(session: Session, item: Item) -> None:
    """Take a carried item out, with all below it. The caller touches the report.

    Raises Conflict where it, or something below it, was edited or kept meanwhile: that is removed as
    any other item.
    """
    if not item.carried_open or _is_touched_below(session, item):
        raise Conflict("carried.touched")
    item.carried = {**(item.carried or {}), "dropped": True}


def bring_back(item: Item) -> None:
    """Undo a drop: the item is open again. The caller touches the report."""
    if item.carried is not None:
        item.carried = {name: value for name, value in item.carried.items() if name != "dropped"}


def write_date(
    session: Session,
    report: Report,
    item: Item,
    *,
    literal: str,
    start: int,
    version: int,
    by: User,
    at: datetime,
) -> None:
    """Write a date that was said in an earlier week as the day it meant, which confirms the item.

    Raises Conflict where the words are not there any more.
    """
    copy = working_copy(session, report, only_sections=[item.section_id])
    for one in copy.said_before.get(item.id, ()):
        if one.start == start and item.text[start : one.end] == literal and one.absolute:
            break
    else:
        raise Conflict("report.changed_meanwhile")
    keep(session, item)
    text = with_absolute(item.text, one)
    save_item(session, report, item, text=text, version=version, base=None, by=by, at=at)


def leave_behind(session: Session, report: Report) -> None:
    """Remove what nobody edited or kept; done when the week is published."""
    open_ones = select(Item.id, Item.parent_id, Item.carried_open).where(Item.report_id == report.id)
    rows = session.execute(open_ones).all()
    if not any(row.carried_open for row in rows):
        return
    parents = {row.id: row.parent_id for row in rows}
    needed: set[int | None] = {None}
    for row in rows:
        above = row.id if not row.carried_open else None
        while above not in needed:
            needed.add(above)
            above = parents[above] if above is not None else None
    gone = [row.id for row in rows if row.id not in needed]
    if gone:
        session.execute(delete(Item).where(Item.id.in_(gone)))


def _is_touched_below(session: Session, item: Item) -> bool:
    level = [item.id]
    while level:
        below = session.execute(select(Item.id, Item.carried_open).where(Item.parent_id.in_(level))).all()
        if not all(row.carried_open for row in below):
            return True
        level = [row.id for row in below]
    return False
