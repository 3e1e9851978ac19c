"""Backup to one file, and back. SQLite is copied as it is; PostgreSQL is dumped row by row.

Either kind of file can be restored into either database. A backup is checked before it is renamed
into place, and what is restored is built whole before it takes the old database's place.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote
from zipfile import ZipFile, is_zipfile

from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.exc import DatabaseError

from app import migrate
from app.accounts.models import Team, User
from app.db import Database, sqlite_module
from app.errors import Conflict, Invalid, NotFound
from app.exchange.dump import check_dump, load_dump, write_dump
from app.exchange.files import put_in_place
from app.exchange.liveness import nobody_else, sqlite_path
from app.reports.models import Report

SQLITE_START = b"SQLite format 3\0"


def back_up(database: Database, target: Path, *, at: datetime) -> None:
    """Write everything the database holds to the file; a running server is not disturbed."""
    path = sqlite_path(database)
    if path is None:
        with put_in_place(target) as draft:
            with _snapshot(database) as connection:
                write_dump(connection, draft, at=at)
            check_dump(draft)
        return
    if not path.exists() or path.stat().st_size == 0:
        raise NotFound("exchange.backup.no_database")
    if target.exists() and target.samefile(path):
        raise Invalid("exchange.backup.onto_itself")
    with put_in_place(target) as draft:
        _copy_sqlite(path, draft, mode="rw")


def restore(database: Database, source: Path, *, force: bool) -> None:
    """Make the database what the backup holds, migrated to this program's schema.

    Raises Conflict while a server runs on it, and where it holds something unless forced.
    """
    is_dump = _is_dump(source)
    with nobody_else(database):
        if not force and _holds_something(database):
            raise Conflict("exchange.restore.not_empty")
        database.dispose()
        path = sqlite_path(database)
        if path is not None:
            _restore_sqlite(path, source, is_dump=is_dump)
        else:
            _restore_postgresql(database, source, is_dump=is_dump)


def _is_dump(source: Path) -> bool:
    """Whether it is a dump, rather than a SQLite file. Raises Invalid for anything else."""
    with source.open("rb") as file:
        start = file.read(len(SQLITE_START))
    if start != SQLITE_START and not is_zipfile(source):
        raise Invalid("exchange.restore.not_a_backup", name=str(source))
    return start != SQLITE_START


def _holds_something(database: Database) -> bool:
    path = sqlite_path(database)
    if path is not None and (not path.exists() or path.stat().st_size == 0):
        return False
    try:
        with database.engine.connect() as connection:
            names = set(inspect(connection).get_table_names())
            if "alembic_version" not in names:
                return bool(names)
            ours = [Team.id, User.id, Report.id]
            return any(connection.scalar(select(each).limit(1)) is not None for each in ours)
    except DatabaseError:
        if path is None:
            raise
        return True  # damaged, but somebody's


def _restore_sqlite(path: Path, source: Path, *, is_dump: bool) -> None:
    with put_in_place(path) as draft:
        _build_sqlite(draft, source, is_dump=is_dump)
        for beside in ("-wal", "-shm", "-journal"):
            path.with_name(path.name + beside).unlink(missing_ok=True)


def _build_sqlite(draft: Path, source: Path, *, is_dump: bool) -> None:
    """A SQLite file of this program's schema, in one piece and checked."""
    if not is_dump:
        _copy_sqlite(source, draft, mode="ro")
    fresh = Database(f"sqlite:///{draft}")
    try:
        if is_dump:
            _load_into_sqlite(fresh, source)
        else:
            migrate.upgrade(fresh)
    finally:
        fresh.dispose()
    _check_sqlite(draft)


def _load_into_sqlite(fresh: Database, source: Path) -> None:
    with (
        fresh.engine.connect().execution_options(begin="IMMEDIATE") as connection,
        ZipFile(source) as archive,
    ):
        raw = connection.connection.dbapi_connection
        assert raw is not None
        raw.execute("PRAGMA foreign_keys = OFF")
        with connection.begin():
            load_dump(connection, archive)


def _restore_postgresql(database: Database, source: Path, *, is_dump: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        if not is_dump:
            source = _dump_of_sqlite(source, Path(folder))
        with database.engine.begin() as connection, ZipFile(source) as archive:
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            _drop_tables(connection)
            load_dump(connection, archive)


def _dump_of_sqlite(source: Path, folder: Path) -> Path:
    copy, dump = folder / "copy.sqlite3", folder / "dump.zip"
    _build_sqlite(copy, source, is_dump=False)
    database = Database(f"sqlite:///{copy}")
    try:
        with database.engine.connect() as connection:
            write_dump(connection, dump, at=datetime.now(UTC))
    finally:
        database.dispose()
    return dump


def _drop_tables(connection: Connection) -> None:
    """Remove every table of the schema, and the functions that only their triggers call."""
    functions = connection.scalars(
        text(
            "SELECT DISTINCT tgfoid::regprocedure::text "
            "FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
            "WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace"
        )
    ).all()
    quote_name = connection.dialect.identifier_preparer.quote
    for name in inspect(connection).get_table_names():
        connection.exec_driver_sql(f"DROP TABLE {quote_name(name)} CASCADE")
    for function in functions:
        connection.exec_driver_sql(f"DROP FUNCTION {function}")


@contextmanager
def _snapshot(database: Database) -> Iterator[Connection]:
    """One moment of a PostgreSQL database, however long it takes to read."""
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with database.engine.connect().execution_options(**options) as connection, connection.begin():
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        yield connection


def _copy_sqlite(source: Path, target: Path, *, mode: str) -> None:
    """SQLite's online backup: one moment of the database, while others write to it.

    `mode` is `rw` for the live database, whose journal is tidied up by whoever closes it last.
    """
    with _said_clearly(source):
        address = f"file:{quote(str(source.resolve()))}?mode={mode}"
        connect = sqlite_module().connect
        with closing(connect(address, uri=True)) as old, closing(connect(str(target))) as new:
            old.backup(new)
            new.execute("PRAGMA journal_mode = DELETE")
    _check_sqlite(target)


def _check_sqlite(path: Path) -> None:
    """Raises Invalid where the file is damaged, or is no database of this program."""
    with _said_clearly(path), closing(sqlite_module().connect(str(path))) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        said = connection.execute("PRAGMA integrity_check").fetchall()
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        if said != [("ok",)] or broken:
            raise Invalid("exchange.backup.damaged", name=str(path))
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchall():
            raise Invalid("exchange.restore.not_a_backup", name=str(path))


@contextmanager
def _said_clearly(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite_module().Error as error:
        raise Invalid("exchange.backup.sqlite", name=str(path), why=str(error)) from error
