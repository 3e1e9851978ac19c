"""All that hangs on a report as rows of JSON, and back again under new ids.

Every table that leads to a report by its foreign keys is taken, whichever feature it belongs to, so that
nothing has to be told here of what a week consists of. What was published (revisions, readings) and what
only browsers and caches need is no part of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, Table, delete, insert, select, update
from sqlalchemy.orm import Session

from app.db import Base, new_ids
from app.reports.models import Report

Rows = dict[str, list[dict[str, Any]]]
NOT_KEPT = {"reports", "revisions", "readings", "page_snapshots", "acknowledged_saves", "removed_branches"}
LAID_OUT = ("facts", "items", "sections")
"""Tables whose rows are the text and its values: they come back as they were, what stands there goes."""
OWN = {
    "label",
    "week_year",
    "week_number",
    "week_rule",
    "year_from",
    "title",
    "front",
    "created_at",
    "created_by_id",
    "source_page_id",
    "period_end",
}
"""What a report itself says about its working copy."""


def rows_of(session: Session, report: Report) -> Rows:
    """The report's rows by table, and the columns of `reports` that are its working copy's."""
    kept: Rows = {"reports": [{name: plain(getattr(report, name)) for name in sorted(OWN)}]}
    ids = {"reports": [report.id]}
    for table in _tables():
        parent = _parent_of(table)
        query = select(table).where(parent.in_(ids[leads_to(parent)])).order_by(table.c.id)
        rows = [dict(row) for row in session.execute(query).mappings()]
        ids[table.name] = [row["id"] for row in rows]
        if rows:
            kept[table.name] = [{name: plain(value) for name, value in row.items()} for row in rows]
    kept["references"] = list(_references(session, ids))
    return kept


def put_back(session: Session, report: Report, kept: Rows, *, version: int) -> None:
    """Make the report's working copy the kept one; no row bears a lower version than `version`.

    Rows of other features that still exist are set back, others are made again; what they refer to is
    found under its new id, and what no longer exists is no longer referred to.
    """
    for name, value in kept["reports"][0].items():
        setattr(report, name, typed(value))
    session.flush()
    ids: dict[str, dict[int, int]] = {}
    for name in LAID_OUT:
        table = Base.metadata.tables[name]
        session.execute(delete(table).where(table.c.report_id == report.id))
    for table in _tables():
        rows = [
            {name: typed(value) for name, value in row.items() if name in table.c}
            for row in kept.get(table.name, ())
        ]
        ids[table.name] = _put_back_table(session, report, table, rows, ids, version)
    for reference in kept.get("references", ()):
        _refer_again(session, reference, ids)
    session.expire_all()


def _put_back_table(
    session: Session,
    report: Report,
    table: Table,
    rows: list[dict[str, Any]],
    ids: dict[str, dict[int, int]],
    version: int,
) -> dict[int, int]:
    there = _still_there(session, report, table, ids)
    fresh = [row for row in rows if row["id"] not in there]
    mapped = {row["id"]: row["id"] for row in rows if row["id"] in there}
    mapped |= dict(zip([row["id"] for row in fresh], new_ids(session, table.name, len(fresh)), strict=True))
    own = {**ids, table.name: mapped}
    inside: list[tuple[int, str, int]] = []
    for row in rows:
        values = dict(row)
        values["id"] = mapped[row["id"]]
        for column in table.c:
            if column.foreign_keys and values.get(column.name) is not None:
                values[column.name] = _now(session, report, column, values[column.name], own)
                if leads_to(column) == table.name:  # set once all rows of the table are there
                    inside.append((values["id"], column.name, values[column.name]))
                    values[column.name] = None
        if "version" in table.c:
            values["version"] = max(version, values["version"] + 1)
        if row["id"] in there:
            session.execute(update(table).where(table.c.id == values["id"]).values(**values))
        else:
            session.execute(insert(table).values(**values))
    for row_id, name, value in inside:
        session.execute(update(table).where(table.c.id == row_id).values({name: value}))
    return mapped


def _still_there(session: Session, report: Report, table: Table, ids: dict[str, dict[int, int]]) -> set[int]:
    if table.name in LAID_OUT:
        return set()
    parent = _parent_of(table)
    above = [report.id] if leads_to(parent) == "reports" else list(ids[leads_to(parent)].values())
    return set(session.scalars(select(table.c.id).where(parent.in_(above))))


def _now(
    session: Session, report: Report, column: Column[Any], value: int, ids: dict[str, dict[int, int]]
) -> int | None:
    """The id that a kept one has now; None where that row is gone."""
    name = leads_to(column)
    if name == "reports":
        return report.id
    if name in ids and value in ids[name]:
        return ids[name][value]
    table = Base.metadata.tables[name]
    return session.scalar(select(table.c.id).where(table.c.id == value))


def _references(session: Session, ids: dict[str, list[int]]) -> Iterator[dict[str, Any]]:
    """Rows of other reports that refer to kept ones, such as goals carried over from here."""
    for table in Base.metadata.sorted_tables:
        for column in table.c:
            if not column.foreign_keys or leads_to(column) not in ids or leads_to(column) == "reports":
                continue
            if table.name in NOT_KEPT or not column.nullable:
                continue
            query = select(table.c.id, column).where(column.in_(ids[leads_to(column)]))
            for row_id, value in session.execute(query):
                if row_id not in ids.get(table.name, ()):
                    yield {"table": table.name, "id": row_id, "column": column.name, "to": value}


def _refer_again(session: Session, reference: dict[str, Any], ids: dict[str, dict[int, int]]) -> None:
    table = Base.metadata.tables[reference["table"]]
    column = table.c[reference["column"]]
    now = ids.get(leads_to(column), {}).get(reference["to"])
    if now is not None:
        session.execute(
            update(table).where(table.c.id == reference["id"], column.is_(None)).values({column.name: now})
        )


def _tables() -> Iterator[Table]:
    """Tables below reports, those that others refer to first."""
    below = {"reports"}
    for table in Base.metadata.sorted_tables:
        if table.name not in NOT_KEPT and any(
            leads_to(column) in below and not column.nullable for column in table.c if column.foreign_keys
        ):
            below.add(table.name)
            yield table


def _parent_of(table: Table) -> Column[Any]:
    """The column that leads towards the report."""
    columns = [column for column in table.c if column.foreign_keys and not column.nullable]
    direct = [column for column in columns if leads_to(column) == "reports"]
    below = {"reports", *(one.name for one in _below_reports())}
    return (direct or [column for column in columns if leads_to(column) in below])[0]


def _below_reports() -> list[Table]:
    return [table for table in Base.metadata.sorted_tables if "report_id" in table.c]


def leads_to(column: Column[Any]) -> str:
    return next(iter(column.foreign_keys)).column.table.name


def plain(value: Any) -> Any:
    match value:
        case datetime():
            return {"$instant": value.isoformat()}
        case date():
            return {"$day": value.isoformat()}
        case Decimal():
            return {"$number": str(value)}
    return value


def typed(value: Any) -> Any:
    match value:
        case {"$instant": at}:
            return datetime.fromisoformat(at)
        case {"$day": day}:
            return date.fromisoformat(day)
        case {"$number": number}:
            return Decimal(number)
    return value
