"""What last week said of the items of this one, of those carried over from it and of others that go on.

An item that is written anew, pasted or imported goes on with a line of last week where their words say so
for certain (`app/document/continuing.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.document.carrying import PromisedDate
from app.document.continuing import Line, continued, head_of
from app.document.history import told, work_lines
from app.document.places import block_at
from app.document.schema import Document
from app.reports.assembly import WorkingCopy
from app.reports.models import Report, Revision


@dataclass(frozen=True, slots=True)
class LastSaid:
    """Progress and promised days as last week said them."""

    progress: str | None
    dates: list[PromisedDate]

    @classmethod
    def of(cls, carried: Mapping[str, Any]) -> LastSaid:
        """From `Item.carried`."""
        return cls(carried["progress"], [PromisedDate(**one) for one in carried["dates"]])


def last_said(session: Session, report: Report, copy: WorkingCopy) -> dict[int, LastSaid]:
    """By item what last week said of it. A statement only where nothing was carried over into the week."""
    if copy.carried:
        return said_within(copy)
    new = _written_anew(copy)
    return _said_in(_last_published(session, report), new) if new else {}


def said_within(copy: WorkingCopy) -> dict[int, LastSaid]:
    """The same as far as the week itself knows it, from what was carried over into it. Pure."""
    own = {
        item_id: LastSaid.of(carried.said)
        for item_id, carried in copy.carried.items()
        if not carried.is_open and "goal" not in carried.said
    }
    return own | _left_open(copy, _written_anew(copy))


def _written_anew(copy: WorkingCopy) -> dict[int, Line]:
    """The lines of work that were not carried over."""
    lines = {copy.item_ids[spot]: line for spot, line in work_lines(copy.document).items()}
    return {item_id: line for item_id, line in lines.items() if item_id not in copy.carried}


def _left_open(copy: WorkingCopy, new: Mapping[int, Line]) -> dict[int, LastSaid]:
    """Of the lines that go on with one that was carried over and is still open, or was dropped."""
    old: dict[int, Line] = {}
    for (index, path), item_id in copy.item_ids.items():
        carried = copy.carried.get(item_id)
        if carried is not None and carried.is_open:
            blocks = copy.document.sections[index].blocks
            above = head_of(block_at(blocks, path[:-1]).text) if path[:-1] else ""
            old[item_id] = Line(block_at(blocks, path).text, above)
    return {
        item_id: LastSaid.of(copy.carried[before].said) for item_id, before in continued(new, old).items()
    }


def _said_in(document: Document | None, new: Mapping[int, Line]) -> dict[int, LastSaid]:
    if document is None:
        return {}
    goes_on = continued(new, work_lines(document))
    said = told(document, goes_on.values())
    return {item_id: LastSaid(said[spot].progress, said[spot].dates) for item_id, spot in goes_on.items()}


def _last_published(session: Session, report: Report) -> Document | None:
    """What the team's last week before this one says, where it is published."""
    query = (
        select(Revision.document)
        .join(Report, (Report.id == Revision.report_id) & (Report.published_revision == Revision.number))
        .where(Report.team_id == report.team_id, Report.period_start < report.period_start)
        .order_by(Report.period_start.desc())
        .limit(1)
    )
    stored = session.scalars(query).one_or_none()
    return Document.model_validate_json(stored) if stored is not None else None
