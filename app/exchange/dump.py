"""All rows of a database in one zip file: a manifest, and each table as a line of JSON a row.

The file names its schema and the kinds of its columns, so that later versions, on SQLite or
PostgreSQL, can load it: they build that schema, fill it, and migrate from there.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from io import TextIOWrapper
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from sqlalchemy import (
    JSON,
    Boolean,
    Connection,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Table,
    TableClause,
    column,
    func,
    insert,
    select,
    table,
    text,
)
from sqlalchemy.types import TypeEngine

from app import __version__, migrate
from app.db import DatabaseRefused, ExactDecimal, Instant
from app.errors import Invalid
from app.models import Base

FORMAT = "weekline-backup"
VERSION = 1
MANIFEST = "manifest.json"
DERIVED = frozenset({"alembic_version", "page_snapshots"})
"""Tables that are made anew from others, or by migrating."""

_ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Kind:
    """How values of a column are written as JSON, read back, and bound."""

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]
    type: TypeEngine[Any]


def _same(value: Any) -> Any:
    return value


KINDS: dict[str, Kind] = {
    "integer": Kind(_same, _same, Integer()),
    "boolean": Kind(_same, _same, Boolean()),
    "text": Kind(_same, _same, String()),
    "json": Kind(_same, _same, JSON()),
    "decimal": Kind(str, Decimal, ExactDecimal()),
    "date": Kind(date.isoformat, date.fromisoformat, Date()),
    "instant": Kind(datetime.isoformat, datetime.fromisoformat, Instant()),
    "bytes": Kind(lambda value: base64.b64encode(value).decode(), base64.b64decode, LargeBinary()),
}

_KIND_OF_TYPE: tuple[tuple[type[Any], str], ...] = (
    (Boolean, "boolean"),
    (Integer, "integer"),
    (ExactDecimal, "decimal"),
    (Numeric, "decimal"),
    (Instant, "instant"),
    (DateTime, "instant"),
    (Date, "date"),
    (JSON, "json"),
    (LargeBinary, "bytes"),
    (String, "text"),
)


@dataclass(frozen=True, slots=True)
class DumpedTable:
    name: str
    columns: dict[str, str]
    rows: int


@dataclass(frozen=True, slots=True)
class Manifest:
    schema: str
    tables: list[DumpedTable]


def write_dump(connection: Connection, target: Path, *, at: datetime) -> Manifest:
    """Every row that the connection's transaction sees, and the manifest that describes them."""
    schema = migrate.schema_of(connection)
    if schema is None:
        raise Invalid("exchange.backup.no_database")
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        dumped = [_write_table(connection, each, archive) for each in _stored_tables(connection, schema)]
        manifest = {
            "format": FORMAT,
            "version": VERSION,
            "program_version": __version__,
            "created_at": at.isoformat(),
            "schema": schema,
            "tables": [asdict(each) for each in dumped],
        }
        archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=2))
    return Manifest(schema, dumped)


def read_manifest(archive: ZipFile) -> Manifest:
    """What a dump says it holds. Raises Invalid if it is none, or of a version unknown here."""
    try:
        said = json.loads(archive.read(MANIFEST))
        if said["format"] != FORMAT:
            raise Invalid("exchange.restore.not_a_backup")
        if said["version"] > VERSION:
            raise DatabaseRefused("exchange.restore.newer", found=said["program_version"])
        manifest = Manifest(said["schema"], [DumpedTable(**each) for each in said["tables"]])
    except (KeyError, TypeError, ValueError, BadZipFile) as error:
        raise Invalid("exchange.restore.not_a_backup") from error
    if not migrate.knows(manifest.schema):
        raise DatabaseRefused("database.newer_schema", found=manifest.schema)
    return manifest


def check_dump(target: Path) -> Manifest:
    """Read the whole dump again. Raises Invalid where a byte or a row is missing."""
    with ZipFile(target) as archive:
        manifest = read_manifest(archive)
        for each in manifest.tables:
            if sum(1 for _ in _rows(archive, each)) != each.rows:
                raise Invalid("exchange.backup.damaged", name=each.name)
    return manifest


def load_dump(connection: Connection, archive: ZipFile) -> Manifest:
    """Build the dump's schema in a database that has none, fill it, and migrate to this program's.

    All in the connection's transaction; on SQLite its foreign keys must be off.
    """
    manifest = read_manifest(archive)
    migrate.upgrade_within(connection, manifest.schema)
    with _without_references(connection):
        for each in manifest.tables:
            _load_table(connection, each, archive)
    migrate.upgrade_within(connection)
    return manifest


def _stored_tables(connection: Connection, schema: str) -> list[DumpedTable]:
    """The tables to keep: those of the models, or all there are where the schema is an older one."""
    reflected = MetaData()
    reflected.reflect(connection)
    names = set(reflected.tables)
    if schema == migrate.head():
        names &= set(Base.metadata.tables)
    return [_described(reflected.tables[name]) for name in sorted(names - DERIVED)]


def _described(each: Table) -> DumpedTable:
    model = Base.metadata.tables.get(each.name)
    kinds = {}
    for one in each.columns:
        if one.computed is None:
            known = model.columns.get(one.name) if model is not None else None
            kinds[one.name] = kind_of(one.type if known is None else known.type)
    return DumpedTable(each.name, kinds, 0)


def kind_of(type_: TypeEngine[Any]) -> str:
    for each, kind in _KIND_OF_TYPE:
        if isinstance(type_, each):
            return kind
    raise TypeError(f"no kind for columns of type {type_!r}")


def _write_table(connection: Connection, each: DumpedTable, archive: ZipFile) -> DumpedTable:
    source = _light(each)
    writers = [KINDS[kind].write for kind in each.columns.values()]
    rows = 0
    query = select(source).order_by(source.c.id)
    with archive.open(_file_of(each), "w", force_zip64=True) as raw, TextIOWrapper(raw, "utf-8") as file:
        for row in connection.execution_options(yield_per=_ROWS_AT_ONCE).execute(query):
            values = [
                None if value is None else write(value) for write, value in zip(writers, row, strict=True)
            ]
            file.write(json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n")
            rows += 1
    return replace(each, rows=rows)


def _load_table(connection: Connection, each: DumpedTable, archive: ZipFile) -> None:
    target = _light(each)
    readers = [(name, KINDS[kind].read) for name, kind in each.columns.items()]
    loaded = 0
    some: list[dict[str, Any]] = []
    for values in _rows(archive, each):
        some.append(
            {
                name: None if value is None else read(value)
                for (name, read), value in zip(readers, values, strict=True)
            }
        )
        if len(some) == _ROWS_AT_ONCE:
            connection.execute(insert(target), some)
            loaded += len(some)
            some = []
    if some:
        connection.execute(insert(target), some)
        loaded += len(some)
    if loaded != each.rows:
        raise Invalid("exchange.backup.damaged", name=each.name)
    if connection.dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(each.name, "id")
        highest = select(func.max(target.c.id)).scalar_subquery()
        connection.execute(select(func.setval(sequence, func.coalesce(highest, 1), highest.is_not(None))))


def _rows(archive: ZipFile, each: DumpedTable) -> Iterator[list[Any]]:
    try:
        with archive.open(_file_of(each)) as raw, TextIOWrapper(raw, "utf-8") as file:
            for line in file:
                yield json.loads(line)
    except (KeyError, ValueError, BadZipFile, zlib.error, EOFError) as error:
        raise Invalid("exchange.backup.damaged", name=each.name) from error


def _light(each: DumpedTable) -> TableClause:
    """The table as the dump describes it, whatever the models say by now."""
    return table(each.name, *(column(name, KINDS[kind].type) for name, kind in each.columns.items()))


def _file_of(each: DumpedTable) -> str:
    return f"tables/{each.name}.jsonl"


@contextmanager
def _without_references(connection: Connection) -> Iterator[None]:
    """Rows may come before those they refer to: PostgreSQL drops its foreign keys meanwhile, and checks
    every row when they come back."""
    if connection.dialect.name != "postgresql":
        yield
        return
    references = connection.execute(
        text(
            "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) "
            "FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
        )
    ).all()
    for owner, name, _ in references:
        connection.exec_driver_sql(f"ALTER TABLE {owner} DROP CONSTRAINT {name}")
    yield
    for owner, name, definition in references:
        connection.exec_driver_sql(f"ALTER TABLE {owner} ADD CONSTRAINT {name} {definition}")
