"""The database: engine, base class, column types, and transactions.

SQLite: writes open with BEGIN IMMEDIATE and reads with a plain BEGIN, so that a read-then-write never
loses an update and never ends in "database is locked"; foreign keys are on, synchronous is FULL. WAL
is used where the SQLite library is 3.51.3 or newer (older ones can corrupt a WAL on reset).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import (
    DateTime,
    Dialect,
    Engine,
    FromClause,
    MetaData,
    Numeric,
    Table,
    Text,
    create_engine,
    event,
    insert,
    make_url,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import JSON, TypeDecorator

from app.errors import Refusal

CHANNEL = "weekline"
NOTIFY = text(f"SELECT pg_notify('{CHANNEL}', :message)")
ANNOUNCED = "what this transaction announces"
LONGEST_MESSAGE = 7500
WAL_SAFE_FROM = (3, 51, 3)
POOL_SIZE = 48  # AnyIO runs up to 40 threads; each may hold one connection
NETWORK_FILE_SYSTEMS = {
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "sshfs",
    "fuse.sshfs",
    "9p",
    "afs",
    "glusterfs",
}


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {dict[str, Any]: JSON, list[Any]: JSON}  # noqa: RUF012


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal that keeps every digit: NUMERIC on PostgreSQL, text on SQLite (which has only floats)."""

    impl = Text
    cache_ok = True

    def __init__(self, precision: int | None = None, scale: int | None = None) -> None:
        super().__init__()
        self.precision = precision
        self.scale = scale

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        on_postgresql = dialect.name == "postgresql"
        return dialect.type_descriptor(Numeric(self.precision, self.scale) if on_postgresql else Text())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if not value.is_finite():
            raise ValueError("a stored decimal must be finite")
        return value if dialect.name == "postgresql" else f"{value:f}"

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class Instant(TypeDecorator[datetime]):
    """A moment in UTC; only aware datetimes go in, and aware ones come out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        utc = value.astimezone(UTC)
        return utc if dialect.name == "postgresql" else utc.replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        instant: datetime = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return instant


class DatabaseRefused(Refusal):
    """The database cannot be used as it is; the message says why."""


class Database:
    """One engine, and the two ways to open a transaction: `reading()` and `writing()`."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(url) if self.is_sqlite else _postgresql_engine(url)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False, autoflush=False)
        self._one_writer = threading.Lock()
        self.hears: list[Callable[[str], None]] = []
        """Told each announcement of this process on SQLite; on PostgreSQL who wants them has to LISTEN."""

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for reading; nothing it changes is kept."""
        with self._sessions() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that commits when the block ends, and rolls back when it raises.

        On SQLite the writers of this process take turns here rather than wait on the file lock.
        """
        if not self.is_sqlite:
            with self._sessions.begin() as session:
                yield session
                for message in _announcements(session):
                    session.execute(NOTIFY, {"message": message})
            return
        with self._one_writer, self._sessions() as session:
            session.connection(execution_options={"begin": "IMMEDIATE"})
            with _committing(session):
                yield session
            for message in _announcements(session):
                for hear in self.hears:
                    hear(message)

    def dispose(self) -> None:
        self.engine.dispose()


def announcement(session: Session, topic: str) -> dict[str, Any]:
    """What is told about the topic once this transaction is committed, and only then: to be filled in.

    It reaches all processes on PostgreSQL, and this one on SQLite. Ids only: a message has 8,000 bytes.
    """
    announced: dict[str, dict[str, Any]] = session.info.setdefault(ANNOUNCED, {})
    return announced.setdefault(topic, {})


def _announcements(session: Session) -> list[str]:
    announced: dict[str, dict[str, Any]] = session.info.pop(ANNOUNCED, {})
    return [message_of(topic, said) for topic, said in announced.items() if said]


def message_of(topic: str, said: Mapping[str, Any]) -> str:
    """An announcement as it is sent; one that is too long only says that much changed."""
    message = json.dumps({"topic": topic, **said}, separators=(",", ":"))
    return message if len(message) < LONGEST_MESSAGE else json.dumps({"topic": topic, "much": True})


@contextmanager
def _committing(session: Session) -> Iterator[None]:
    try:
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise


def sqlite_module() -> Any:
    """The newest SQLite library at hand: the one bundled with pysqlite3, else Python's own."""
    try:
        from pysqlite3 import dbapi2  # type: ignore[import-untyped]  # has none
    except ImportError:
        import sqlite3 as dbapi2
    return dbapi2


def _sqlite_engine(url: str) -> Engine:
    path = make_url(url).database
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        _refuse_network_file_system(Path(path).parent.resolve())
    module = sqlite_module()
    wal = module.sqlite_version_info >= WAL_SAFE_FROM
    engine = create_engine(
        url, module=module, pool_size=POOL_SIZE, max_overflow=0, connect_args={"timeout": 15}
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # BEGIN is ours, below
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout = 15000")
        cursor.execute(f"PRAGMA journal_mode = {'WAL' if wal else 'DELETE'}")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        mode = connection.get_execution_options().get("begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {mode}")

    return engine


def _postgresql_engine(url: str) -> Engine:
    return create_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=0,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": 5,
            "options": "-c statement_timeout=30000 -c lock_timeout=10000 -c timezone=UTC",
        },
    )


def _refuse_network_file_system(folder: Path) -> None:
    """SQLite's locks do not hold on network file systems; say so before the first write."""
    mounts = Path("/proc/self/mounts")
    if not mounts.exists():
        return
    best, kind = "", ""
    for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = fields[1].replace("\\040", " ")
        holds = point == "/" or folder == Path(point) or Path(point) in folder.parents
        if holds and len(point) >= len(best):
            best, kind = point, fields[2]
    if kind in NETWORK_FILE_SYSTEMS:
        raise DatabaseRefused("database.network_file_system", folder=str(folder), kind=kind)


def can_write(database: Database) -> bool:
    """Whether a write reaches the database just now (asked by `/readyz`)."""
    with database.writing() as session:
        session.execute(text("UPDATE teams SET pulse = pulse WHERE 1 = 0"))
    return True


def new_ids(session: Session, table: str, count: int) -> list[int]:
    """Ids for rows of the table that this transaction is about to insert.

    On SQLite it must be a writing one, so that nobody takes the same; PostgreSQL counts in its sequence.
    SQLAlchemy can fetch the ids of many rows from SQLite only one by one. Where a table never gives an id
    again, SQLite counts apart from its rows.
    """
    if session.get_bind().dialect.name == "postgresql":
        query = text("SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :count)")
        return list(session.scalars(query, {"table": table, "count": count}))
    query = text(
        f"SELECT max(coalesce((SELECT max(id) FROM {table}), 0), "  # noqa: S608  # a table of ours
        "coalesce((SELECT seq FROM sqlite_sequence WHERE name = :table), 0))"
    )
    last = int(session.scalar(query, {"table": table}) or 0)
    return list(range(last + 1, last + 1 + count))


def insert_rows(session: Session, table: FromClause, rows: list[dict[str, Any]]) -> None:
    """Insert rows at once, past the unit of work; nothing comes back."""
    if rows:
        assert isinstance(table, Table)
        session.connection().execute(insert(table), rows)
