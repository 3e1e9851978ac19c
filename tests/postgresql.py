"""PostgreSQL databases for tests: one a worker, emptied between tests instead of made anew."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError

from app import migrate
from app.db import Database
from tests.states import States

POSTGRESQL = os.environ.get("WEEKLINE_TEST_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1:5432")
HOW = (
    "start one and set WEEKLINE_TEST_POSTGRESQL=postgresql+psycopg://user@host:port, or pick a user that may "
    "create databases"
)
TABLES = """SELECT quote_ident(relname) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'"""
RESTARTS = """SELECT setval(oid::regclass, 1, false) FROM pg_class
    WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace"""
SCHEMA = """SELECT
    (SELECT string_agg(version_num, ',') FROM alembic_version),
    (SELECT md5(string_agg(concat(attrelid, attname, atttypid, attnotnull), ',' ORDER BY attrelid, attnum))
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0),
    (SELECT md5(string_agg(concat(oid, tgenabled), ',' ORDER BY oid)) FROM pg_trigger),
    (SELECT md5(string_agg(prosrc, ',' ORDER BY oid)) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace),
    (SELECT count(*) FROM pg_constraint)"""
COUNTED = """SELECT format('(%L::regclass, %s, %L::boolean)', quote_ident(sequencename),
    coalesce(last_value, 1), last_value IS NOT NULL) FROM pg_sequences WHERE schemaname = 'public'"""
OTHERS = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""


@cache
def answers() -> bool:
    try:
        administer("SELECT 1")
    except OperationalError:
        return False
    return True


def address_of(name: str) -> str:
    return make_url(POSTGRESQL).set(database=name).render_as_string(hide_password=False)


def administer(statement: str) -> None:
    """Run a statement outside any transaction in the database `postgres`."""
    engine = create_engine(
        address_of("postgres"), isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 3}
    )
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()


@contextmanager
def empty_database(prefix: str) -> Iterator[str]:
    """The address of a database of one's own without any table."""
    name = f"{prefix}_{uuid4().hex[:12]}"
    administer(f"CREATE DATABASE {name}")
    try:
        yield address_of(name)
    finally:
        administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


class ReusedDatabase:
    """A migrated database that tests use one after another.

    Emptying it takes a tenth of making one. Where a test changed the schema, or the user may not pass over
    triggers that refuse deletion, it is made anew.
    """

    def __init__(self) -> None:
        self.name = f"weekline_test_{uuid4().hex[:12]}"
        self.states = States(PostgresqlCopies())
        self._make()

    @property
    def url(self) -> str:
        return address_of(self.name)

    def clear(self) -> None:
        engine = create_engine(self.url)
        try:
            with engine.begin() as connection:
                connection.execute(text(OTHERS))
                is_empty = _schema(connection) == self._schema and _emptied(connection)
        finally:
            engine.dispose()
        if not is_empty:
            self.drop()
            self._make()

    def drop(self) -> None:
        administer(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")

    def _make(self) -> None:
        self.states.forget()
        administer(f"CREATE DATABASE {self.name}")
        administer(f"ALTER DATABASE {self.name} SET synchronous_commit TO off")  # no test pulls the plug
        database = Database(self.url)
        migrate.upgrade(database)
        with database.engine.connect() as connection:
            self._schema = _schema(connection)
        database.dispose()


def _schema(connection: Connection) -> tuple[Any, ...] | None:
    try:
        with connection.begin_nested():
            return tuple(connection.execute(text(SCHEMA)).one())
    except DBAPIError:
        return None


def _emptied(connection: Connection) -> bool:
    """Delete every row, those that nobody may delete too; False where this user may not."""
    if not _passes_over_triggers(connection):
        return False
    connection.execute(text(_deletions(connection)))
    connection.execute(text(RESTARTS))
    return True


def _deletions(connection: Connection) -> str:
    return ";".join(f"DELETE FROM {table}" for table in connection.scalars(text(TABLES)))


class PostgresqlCopies:
    """Schemas beside the tables, in the same database."""

    def keep(self, database: Database) -> str | None:
        """The statements that put it back."""
        with database.engine.begin() as connection:
            if not _passes_over_triggers(connection):
                return None
            schema = f"kept_{uuid4().hex[:12]}"
            filled = [
                table
                for table in connection.scalars(text(TABLES)).all()
                if connection.scalar(text(f"SELECT EXISTS (SELECT FROM {table})"))
            ]
            copies = [f"CREATE TABLE {schema}.{table} AS TABLE public.{table}" for table in filled]
            connection.execute(text(";".join([f"CREATE SCHEMA {schema}", *copies])))
            counters = ", ".join(connection.scalars(text(COUNTED)))
            return ";".join(
                [
                    _deletions(connection),
                    *(f"INSERT INTO public.{table} TABLE {schema}.{table}" for table in filled),
                    f"SELECT setval(counter, last, used) FROM (VALUES {counters}) AS x (counter, last, used)",
                ]
            )

    def put(self, kept: str, database: Database) -> None:
        with database.engine.begin() as connection:
            _passes_over_triggers(connection)
            connection.exec_driver_sql(kept)


def _passes_over_triggers(connection: Connection) -> bool:
    try:
        with connection.begin_nested():
            connection.execute(text("SET LOCAL session_replication_role = replica"))
    except DBAPIError:
        return False
    return True
