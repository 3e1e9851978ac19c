"""Whether a server has the database open, so that nobody restores under its feet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import IO

from sqlalchemy import text

from app.db import Database, sqlite_module
from app.errors import Conflict

try:
    import fcntl
except ImportError:  # Windows has no such locks; there the journal alone tells
    fcntl = None  # type: ignore[assignment]

OTHER_CONNECTIONS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)
PATIENCE_S = 2.0
BETWEEN_LOOKS_S = 0.05


@contextmanager
def announced(database: Database) -> Iterator[None]:
    """Hold the sign that a server runs: a lock beside a SQLite file, a connection to PostgreSQL."""
    path = sqlite_path(database)
    if path is None and not database.is_sqlite:
        with database.engine.connect():
            yield
        return
    if path is None or fcntl is None:
        yield
        return
    with _lock_file(path).open("a") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield


@contextmanager
def nobody_else(database: Database) -> Iterator[None]:
    """Raises Conflict while a server, or anybody else, has the database open; keeps servers out meanwhile."""
    database.dispose()
    path = sqlite_path(database)
    if path is None:
        _refuse_connections(database)
        yield
        return
    if fcntl is None:
        _refuse_open_file(path)
        yield
        return
    with _lock_file(path).open("a") as file:
        _lock_alone(file)
        _refuse_open_file(path)
        yield


def sqlite_path(database: Database) -> Path | None:
    path = database.url.database
    return Path(path) if database.is_sqlite and path and path != ":memory:" else None


def _lock_file(path: Path) -> Path:
    return path.with_name(f"{path.name}.serving")


def _lock_alone(file: IO[str]) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Conflict("exchange.restore.live_server") from error


def _refuse_open_file(path: Path) -> None:
    """Take the database out of WAL, which needs it alone, and leaves its whole content in one file."""
    if not path.exists() or path.stat().st_size == 0:
        return
    sqlite = sqlite_module()
    connection = sqlite.connect(path, timeout=0.5, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("ROLLBACK")
    except sqlite.OperationalError as error:
        if "locked" in str(error):
            raise Conflict("exchange.restore.live_server") from error
        raise
    except sqlite.DatabaseError:
        pass  # a damaged file is nobody's; the caller decides whether to replace it
    finally:
        connection.close()


def _refuse_connections(database: Database) -> None:
    """A backend outlives its closed connection for a moment; a server that has just stopped is waited for."""
    patience = monotonic() + PATIENCE_S
    with database.engine.connect() as connection:
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")  # sees the present each time
        while others := connection.scalar(OTHER_CONNECTIONS):
            if monotonic() > patience:
                raise Conflict("exchange.restore.connections", count=others)
            sleep(BETWEEN_LOOKS_S)
