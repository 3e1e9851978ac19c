"""Bring the database to this program's schema, and refuse one that is newer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from app import paths
from app.db import Database, DatabaseRefused

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

POSTGRESQL_LOCK = 7_305_182_261  # any number of our own; held while one process migrates


def upgrade(database: Database) -> bool:
    """Upgrade to the newest schema in one transaction; True if anything was done.

    On SQLite foreign keys are off meanwhile, since a table rebuild with them on deletes child rows,
    and are checked before the commit. Processes that start together wait for each other.
    """
    config, script = _alembic()
    known = {revision.revision for revision in script.walk_revisions()}
    head = script.get_current_head()
    with database.engine.connect() as probe:
        if _current(probe) == head:
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
                current = _current(connection)
                if current == head:
                    return False
                if current is not None and current not in known:
                    raise DatabaseRefused("database.newer_schema", found=current, known=head)
                _run(config, connection)
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
    _, script = _alembic()
    with database.engine.connect() as connection:
        return _current(connection) == script.get_current_head()


def _alembic() -> tuple[Config, ScriptDirectory]:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(paths.MIGRATIONS).replace("%", "%%"))
    return config, ScriptDirectory.from_config(config)


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _run(config: Config, connection: Connection) -> None:
    from alembic import command

    config.attributes["connection"] = connection
    command.upgrade(config, "head")
