"""Removed items with all that was known of them, kept for a while so that undoing brings everything back.

What a person decided on their values, goals with their outcomes, events with their grades and follow-ups:
whatever leads to an item by foreign keys is taken, whichever feature it belongs to.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Table, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from app.db import Base, insert_rows, new_ids
from app.reports.change_forms import Ref
from app.reports.decisions import stay
from app.reports.kept_rows import NOT_KEPT, Rows, leads_to, plain, typed
from app.reports.models import Fact, RemovedBranch, Report
from app.reports.planning import Row

KEPT_FOR = timedelta(days=30)
Ids = dict[str, dict[int, int]]
"""By table, the ids that rows had and those they have now."""
MAY_DIFFER = {"position", "start", "end", "version"}
"""Columns in which a row may have changed and still be the one that was kept."""


@dataclass(frozen=True, slots=True)
class KeptBranch:
    """A removed item with what was below it, and all rows that belong to it."""

    id: int
    root: Row
    rows: Rows


def keep_branches(
    session: Session, report: Report, roots: Sequence[Row], *, by_id: int, at: datetime
) -> None:
    """Keep items that are about to be deleted; what was kept long ago is forgotten."""
    if not roots:
        return
    session.execute(delete(RemovedBranch).where(RemovedBranch.removed_at <= at - KEPT_FOR))
    root_of = {row.id: root for root in roots for row in root.with_all_below if row.id is not None}
    parts = _parted(_rows_of(session, root_of), {row_id: root.id or 0 for row_id, root in root_of.items()})
    for root in roots:
        kept = parts.get(root.id or 0, {})
        _as_planned(kept.get("items", []), root)
        session.add(
            RemovedBranch(
                report_id=report.id,
                item_id=root.id,
                uid=root.uid,
                kept=kept,
                removed_at=at,
                removed_by_id=by_id,
            )
        )
    session.flush()


def kept_branches(session: Session, report: Report, refs: Collection[Ref]) -> dict[Ref, KeptBranch]:
    """The removed items of these names that are still kept."""
    if not refs:
        return {}
    ids = [ref for ref in refs if isinstance(ref, int)]
    uids = [ref for ref in refs if isinstance(ref, str)]
    query = select(RemovedBranch).where(
        RemovedBranch.report_id == report.id,
        or_(RemovedBranch.item_id.in_(ids), RemovedBranch.uid.in_(uids)),
    )
    found: dict[Ref, KeptBranch] = {}
    for stored in session.scalars(query.order_by(RemovedBranch.id)):
        root = _root(stored)
        if root is None:
            continue
        branch = KeptBranch(stored.id, root, stored.kept)
        found[stored.item_id] = branch
        if stored.uid is not None:
            found[stored.uid] = branch
    return found


def insert_items(
    session: Session, report: Report, branches: Collection[KeptBranch], rows: Sequence[Row]
) -> None:
    """Store restored items again, parents first, with all that only their own row says."""
    stored = {int(row["id"]): row for branch in branches for row in branch.rows["items"]}
    table = Base.metadata.tables["items"]
    again = []
    for row in rows:
        assert row.id is not None
        values = _values(stored[row.id], table)
        for column in table.c:
            if column.foreign_keys and leads_to(column) not in ("items", "sections", "reports"):
                values[column.name] = _still(session, column, values.get(column.name))
        values |= {"report_id": report.id, "uid": row.uid, "text": row.text, "carried_open": row.carried_open}
        again.append(values | _place(row))
    insert_rows(session, table, again)


def put_back(session: Session, branches: Collection[KeptBranch], rows: Sequence[Row]) -> None:
    """Put back what belongs to items just stored again; what went elsewhere meanwhile stays there."""
    ids: Ids = {"items": {row.id: row.id for row in rows if row.id is not None}}
    for branch in branches:
        for table in Base.metadata.sorted_tables:
            if table.name in branch.rows and table.name != "items":
                ids.setdefault(table.name, {}).update(
                    {row["id"]: _put_back(session, table, row, ids) for row in branch.rows[table.name]}
                )
        for reference in branch.rows.get("references", ()):
            _refer_again(session, reference, ids)
    session.execute(delete(RemovedBranch).where(RemovedBranch.id.in_([branch.id for branch in branches])))
    texts = {row.id: row.text for row in rows}
    for fact in session.scalars(select(Fact).where(Fact.item_id.in_(ids["items"]))).all():
        text = texts[fact.item_id]
        if text[fact.start : fact.end] != fact.literal and not stay(fact, before="", text=text):
            session.delete(fact)
    session.flush()


def _rows_of(session: Session, item_ids: Collection[int]) -> Rows:
    """The rows of the items, those that lead to them, and what in other rows refers to any of these."""
    kept: Rows = {}
    ids: dict[str, list[int]] = {"items": list(item_ids)}
    for table in Base.metadata.sorted_tables:
        wanted = [column.in_(ids[leads_to(column)]) for column in _leading(table, ids)]
        if table.name == "items":
            wanted = [table.c.id.in_(ids["items"])]
        if not wanted:
            continue
        found = session.execute(select(table).where(or_(*wanted)).order_by(table.c.id)).mappings()
        kept[table.name] = [{name: plain(value) for name, value in row.items()} for row in found]
        ids[table.name] = [row["id"] for row in kept[table.name]]
    kept["references"] = list(_references(session, ids))
    return kept


def _leading(table: Table, ids: Mapping[str, Sequence[int]]) -> list[Column[Any]]:
    """The columns by which a row of the table belongs to an item, or to what belongs to one."""
    if table.name in NOT_KEPT or table.name == "items":
        return []
    return [
        column
        for column in table.c
        if column.foreign_keys
        and ids.get(leads_to(column))
        and (leads_to(column) == "items" or not column.nullable)
    ]


def _references(session: Session, ids: Mapping[str, Sequence[int]]) -> Iterator[dict[str, Any]]:
    for table in Base.metadata.sorted_tables:
        for column in table.c:
            if not column.foreign_keys or not column.nullable or table.name == "items":
                continue
            if not ids.get(leads_to(column)) or column in _leading(table, ids):
                continue
            query = select(table.c.id, column).where(column.in_(ids[leads_to(column)]))
            for row_id, value in session.execute(query):
                if row_id not in ids.get(table.name, ()):
                    yield {"table": table.name, "id": row_id, "column": column.name, "to": value}


def _parted(rows: Rows, root_of: Mapping[int, int]) -> dict[int, Rows]:
    """The rows by the removed item that they went with."""
    owners: dict[tuple[str, int], int] = {("items", row_id): root for row_id, root in root_of.items()}
    parts: dict[int, Rows] = {}
    for name, listed in rows.items():
        for row in listed:
            if name == "references":
                column = Base.metadata.tables[row["table"]].c[row["column"]]
                owner = owners.get((leads_to(column), row["to"]))
            elif name == "items":
                owner = owners[name, row["id"]]
            else:
                columns = [column for column in Base.metadata.tables[name].c if column.foreign_keys]
                found = (owners.get((leads_to(column), row[column.name] or 0)) for column in columns)
                owner = next((each for each in found if each is not None), None)
            if owner is not None:
                owners[name, row["id"]] = owner
                parts.setdefault(owner, {}).setdefault(name, []).append(row)
    return parts


def _as_planned(stored: list[dict[str, Any]], root: Row) -> None:
    """What the same step did to the items before it removed them counts."""
    planned = {row.id: row for row in root.with_all_below}
    for values in stored:
        row = planned[values["id"]]
        values |= {"text": row.text, "carried_open": row.carried_open, "carried": row.carried} | _place(row)


def _place(row: Row) -> dict[str, Any]:
    return {
        "section_id": row.section,
        "parent_id": row.parent.id if row.parent is not None else None,
        "position": row.position,
        "version": row.version,
    }


def _root(stored: RemovedBranch) -> Row | None:
    rows: dict[int, Row] = {}
    for values in stored.kept.get("items", ()):
        at = typed(values["updated_at"])
        rows[values["id"]] = Row(
            id=values["id"],
            uid=values["uid"],
            section=values["section_id"],
            parent_id=values["parent_id"],
            kind=values["kind"],
            text=values["text"],
            ordered=values["ordered"],
            position=values["position"],
            version=values["version"],
            carried_open=values["carried_open"],
            updated_by_id=values["updated_by_id"],
            updated_at=at,
            carried=values["carried"],
        )
    for row in sorted(rows.values(), key=lambda row: (row.position, row.id)):
        parent = rows.get(row.parent_id) if row.parent_id is not None else None
        if parent is not None and row.id != stored.item_id:
            row.parent = parent
            parent.below.append(row)
    return rows.get(stored.item_id)


def _put_back(session: Session, table: Table, kept: Mapping[str, Any], ids: Ids) -> int:
    """Store the row again, where it is not there any more; gives its id."""
    values = _values(kept, table)
    for column in table.c:
        if column.foreign_keys:
            value = values.get(column.name)
            now = ids.get(leads_to(column), {}).get(value) if value is not None else None
            values[column.name] = now if now is not None else _still(session, column, value)
    there = session.execute(select(table).where(table.c.id == values["id"])).mappings().one_or_none()
    own_id = int(values["id"])
    if there is not None and _is_same(table, dict(there), values):
        for column in _leading(table, {"items": [own_id]}):
            session.execute(
                update(table)
                .where(table.c.id == own_id, column.is_(None))
                .values({column.name: values[column.name]})
            )
        return own_id
    if there is not None:  # on SQLite another row has the id by now
        own_id = values["id"] = new_ids(session, table.name, 1)[0]
    session.execute(insert(table).values(**values))
    return own_id


def _is_same(table: Table, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    names = [column.name for column in table.c if not column.foreign_keys and column.name not in MAY_DIFFER]
    return all(one[name] == other[name] for name in names)


def _values(row: Mapping[str, Any], table: Table) -> dict[str, Any]:
    return {name: typed(value) for name, value in row.items() if name in table.c}


def _still(session: Session, column: Column[Any], value: int | None) -> int | None:
    """The id, where that row still exists."""
    if value is None:
        return None
    table = Base.metadata.tables[leads_to(column)]
    return session.scalar(select(table.c.id).where(table.c.id == value))


def _refer_again(session: Session, reference: Mapping[str, Any], ids: Ids) -> None:
    table = Base.metadata.tables[reference["table"]]
    column = table.c[reference["column"]]
    now = ids.get(leads_to(column), {}).get(reference["to"])
    if now is not None:
        session.execute(
            update(table).where(table.c.id == reference["id"], column.is_(None)).values({column.name: now})
        )
