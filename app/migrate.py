"""Bring the database to this program's schema, and refuse one that is newer."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from app import paths
from app.db import Database, DatabaseRefused

if TYPE_CHECKING:
    from alembic.config import Config

POSTGRESQL_LOCK = 7_305_182_261  # any number of our own; held while one process migrates


def upgrade(database: Database) -> bool:
    """Upgrade to the newest schema in one transaction; True if anything was done.

    On SQLite foreign keys are off meanwhile, since a table rebuild with them on deletes child rows,
    and are checked before the commit. Processes that start together wait for each other.
    """
    with database.engine.connect() as probe:
        if schema_of(probe) == head():
            return False
    with database.engine.connect().execution_options(begin="IMMEDIATE") as connection:
        if database.is_sqlite:
            raw = connection.connection.dbapi_connection
            assert raw is not None
            raw.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                if not database.is_sqlite:
                    connection.execute(text("SET LOCAL statement_timeout = 0"))
                    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": POSTGRESQL_LOCK})
                current = schema_of(connection)
                if current == head():
                    return False
                if current is not None and not knows(current):
                    raise DatabaseRefused("database.newer_schema", found=current, known=head())
                _run(connection)
                if database.is_sqlite:
                    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                    if broken:
                        raise DatabaseRefused("database.broken_references", rows=str(broken[:5]))
        finally:
            if database.is_sqlite:
                raw = connection.connection.dbapi_connection
                assert raw is not None
                raw.execute("PRAGMA foreign_keys = ON")
    return True


def is_current(database: Database) -> bool:
    """Whether the schema is the one this program knows."""
    with database.engine.connect() as connection:
        return schema_of(connection) == head()


def head() -> str | None:
    """This program's schema."""
    return _schemas()[0]


def knows(schema: str) -> bool:
    """Whether this program can bring a database of that schema to its own."""
    return schema in _schemas()[1]


def upgrade_within(connection: Connection, to: str = "head") -> None:
    """Upgrade in the caller's transaction, for restoring; on SQLite foreign keys must be off."""
    _run(connection, to)


@cache
def _schemas() -> tuple[str | None, frozenset[str]]:
    """The newest schema and all known ones, read from the migrations once a process."""
    from alembic.script import ScriptDirectory

    script = ScriptDirectory.from_config(_config())
    return script.get_current_head(), frozenset(revision.revision for revision in script.walk_revisions())


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(paths.MIGRATIONS).replace("%", "%%"))
    return config


def schema_of(connection: Connection) -> str | None:
    """The schema the database has; None where it has none of ours."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _run(connection: Connection, to: str = "head") -> None:
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, to)
