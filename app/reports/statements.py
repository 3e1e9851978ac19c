"""That there were no events is a statement in the text (`暂无`), which gives way to an event."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.document.event_lines import statement_of
from app.errors import Conflict
from app.reports.assembly import Path, WorkingCopy
from app.reports.models import Item


def take_back_statements(session: Session, copy: WorkingCopy, written: Collection[int]) -> bool:
    """Remove the word of a section that there were no events where one of its events was written now.

    `written` are the items that the change added, moved or gave another text. What was written together
    stays as it is: it contradicts itself, which the writer is told. Whether any word was removed.
    """
    gone = [
        statement
        for statement, events in _contradicted(copy)
        if statement not in written and not events.isdisjoint(written)
    ]
    if gone:
        session.execute(delete(Item).where(Item.id.in_(gone)))
    return bool(gone)


def refuse_statements(copy: WorkingCopy, written: Collection[int]) -> None:
    """Raise Conflict where it was written that there were no events, and some stand in the section."""
    for statement, events in _contradicted(copy):
        if statement in written and events.isdisjoint(written):
            raise Conflict("incident.there_are_some")


def _contradicted(copy: WorkingCopy) -> list[tuple[int, set[int]]]:
    """Items that say there were no events, each with the items of the events in its section."""
    ids = copy.item_ids
    events: dict[int, set[int]] = {}
    for incident in copy.document.incidents:
        items = (ids[incident.section, path] for path in incident.blocks)
        events.setdefault(incident.section, set()).update(items)
    found = []
    for index in events:
        section = copy.document.sections[index]
        statement = statement_of(section)
        if statement is not None:
            place: Path = (next(n for n, block in enumerate(section.blocks) if block is statement),)
            found.append((ids[index, place], events[index]))
    return found
