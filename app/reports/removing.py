"""Removing items by a form, and bringing back what was removed: it is kept as what the open page removes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.errors import StaleVersion
from app.reports.change_forms import RemoveChange, RestoreChange
from app.reports.changes import save_changes
from app.reports.kept_branches import kept_branches
from app.reports.models import Item, Report
from app.reports.placing import sections_of, siblings_in
from app.reports.planning import ItemGone, Row


@dataclass(frozen=True, slots=True)
class Removed:
    """What a form removed, to be offered back where it stood."""

    item_ids: list[int]
    section_id: int
    text: str


def remove_item(
    session: Session, report: Report, item: Item, *, version: int, by: User, at: datetime
) -> None:
    """Remove the item and what is below it; refused where its text changed since `version`."""
    if item.version != version:
        raise StaleVersion(
            base=None, theirs=item.text, mine="", version=item.version, subject=f"item-{item.id}"
        )
    remove_items(session, report, [item], by=by, at=at)


def remove_items(session: Session, report: Report, items: Sequence[Item], *, by: User, at: datetime) -> None:
    """Remove items that go together, each with what is below it; all of it is kept for a while."""
    session.flush()
    removals = [RemoveChange(kind="remove", item=item.id, version=item.version) for item in items]
    save_changes(session, report, removals, by_id=by.id, at=at)
    session.expire_all()


def bring_back(
    session: Session, report: Report, item_ids: Sequence[int], *, by: User, at: datetime
) -> list[int]:
    """Bring removed items back to where they stood, each with all that was known of it; gives their sections.

    The others come after the first. Raises ItemGone where they are not kept any more.
    """
    kept = kept_branches(session, report, item_ids)
    sections = [section.id for section in sections_of(session, report)]
    changes: list[RestoreChange] = []
    for item_id in item_ids:
        if item_id not in kept:
            raise ItemGone(item_id, None)
        if changes:
            change = changes[-1].model_copy(update={"item": item_id, "after": changes[-1].item})
        else:
            section, parent, after = _place(session, kept[item_id].root, sections)
            change = RestoreChange(kind="restore", item=item_id, section=section, parent=parent, after=after)
        changes.append(change)
    save_changes(session, report, changes, by_id=by.id, at=at)
    session.expire_all()
    return sorted({change.section for change in changes})


def removed_by_form(session: Session, report: Report, item_ids: Sequence[int]) -> Removed | None:
    """What can be brought back of the items a form removed; None where that is not all of them."""
    kept = kept_branches(session, report, item_ids)
    if not item_ids or not all(item_id in kept for item_id in item_ids):
        return None
    roots = [kept[item_id].root for item_id in item_ids]
    return Removed(list(item_ids), roots[0].section, roots[0].text)


def _place(session: Session, root: Row, sections: Sequence[int]) -> tuple[int, int | None, int | None]:
    """Its section, what it stood below and behind; the end where its section or that is gone."""
    if root.section not in sections:
        return sections[-1], None, _last(session, sections[-1])
    above = session.get(Item, root.parent_id) if root.parent_id is not None else None
    if root.parent_id is not None and (above is None or above.section_id != root.section):
        return root.section, None, _last(session, root.section)
    beside = siblings_in(session, root.section, root.parent_id)
    before = [item.id for item in beside if item.position < root.position]
    return root.section, root.parent_id, before[-1] if before else None


def _last(session: Session, section_id: int) -> int | None:
    query = select(Item.id).where(Item.section_id == section_id, Item.parent_id.is_(None))
    return session.scalar(query.order_by(Item.position.desc(), Item.id.desc()).limit(1))
