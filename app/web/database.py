"""Transactions of a request.

`DbSession` is one transaction a request: opened for reading by GET and HEAD, for writing by everything else,
and committed before the answer is sent, so that a commit that fails never looks like success.

Waiting happens here and never in a thread: AnyIO has 40 threads, and if all of them waited for the writer's
turn or for a connection, the request that holds it would find no thread to finish in.
"""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any

import anyio
import anyio.to_thread
from anyio import CapacityLimiter
from fastapi import Depends, Request
from sqlalchemy import Select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.db import POOL_SIZE, Database

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
Statement = Select[*tuple[Any, ...]]
SPARE_CONNECTIONS = 8
"""Connections that requests leave to everything else: health checks, quick reads, background work."""


class Gate:
    """Who may hold a connection, and on SQLite whose turn it is to write. One per app."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._connections = anyio.Semaphore(POOL_SIZE - SPARE_CONNECTIONS)
        self._turn = anyio.Lock()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Session]:
        async with self._connections:
            opened = self.database.reading()
            session = opened.__enter__()  # takes no connection before its first query
            async with _ending(opened):
                yield session

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Session]:
        if not self.database.is_sqlite:
            async with self._connections, self._write() as session:
                yield session
            return
        async with self._turn, self._connections, self._write() as session:
            yield session

    @asynccontextmanager
    async def _write(self) -> AsyncIterator[Session]:
        opened = self.database.writing()
        session = await anyio.to_thread.run_sync(opened.__enter__)
        async with _ending(opened):
            yield session


@asynccontextmanager
async def _ending(opened: AbstractContextManager[Session]) -> AsyncIterator[None]:
    """Commit or roll back whatever happens, in a thread that nobody has to wait for."""
    try:
        yield
    except BaseException as problem:
        await _leave(opened, problem)
        raise
    await _leave(opened, None)


async def _leave(opened: AbstractContextManager[Session], problem: BaseException | None) -> None:
    kind, trace = (type(problem), problem.__traceback__) if problem else (None, None)
    with anyio.CancelScope(shield=True):
        try:
            await anyio.to_thread.run_sync(opened.__exit__, kind, problem, trace, limiter=CapacityLimiter(1))
        except BaseException as again:
            if again is not problem:
                raise


async def open_session(request: Request) -> AsyncIterator[Session]:
    """The request's transaction."""
    gate: Gate = request.app.state.gate
    async with gate.reading() if request.method in SAFE_METHODS else gate.writing() as session:
        yield session


DbSession = Annotated[Session, Depends(open_session, scope="function")]


async def the_database(request: Request) -> Database:
    """The database itself, for the few routes that need several transactions."""
    database: Database = request.app.state.database
    return database


TheDatabase = Annotated[Database, Depends(the_database)]


@dataclass(frozen=True, slots=True)
class _CompiledRead:
    """A statement as SQLite takes it. It keeps the statement, whose id is its key, alive."""

    statement: Statement
    sql: str
    names: tuple[str, ...]
    fixed: Mapping[str, Any]

    @classmethod
    def of(cls, statement: Statement, database: Database) -> _CompiledRead:
        compiled = statement.compile(dialect=database.engine.dialect)
        names = compiled.positiontup or ()
        return cls(statement, str(compiled), tuple(names), compiled.params)


async def later(work: Callable[..., None], *arguments: Any) -> None:
    """Work for `BackgroundTask` that opens its own transaction: one at a time, in a thread of its own.

    In the threads of requests, such work could fill all of them while it waits for a writer who needs one.
    """
    await anyio.to_thread.run_sync(work, *arguments, limiter=_behind_the_requests)


_behind_the_requests = CapacityLimiter(1)


class QuickReads:
    """Tiny reads outside the request's transaction, such as "who is this": rows as the driver gives them.

    On SQLite they run in the event loop on one connection of their own (some microseconds, where a thread
    alone would cost eighty); on PostgreSQL in a thread. Statements are compiled once.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._compiled: dict[int, _CompiledRead] = {}
        self._lock = threading.Lock()
        self._raw: Any = None
        self._threads = CapacityLimiter(SPARE_CONNECTIONS)
        self.watch: Callable[[str], None] | None = None
        """Told every statement on SQLite, where SQLAlchemy does not see them; tests count with it."""

    async def rows(self, statement: Statement, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """All rows of a statement kept in a module; `values` are its bind parameters by name."""
        if self._database.is_sqlite:
            return self._sqlite_rows(statement, values)
        return await anyio.to_thread.run_sync(self._pooled_rows, statement, values, limiter=self._threads)

    def _sqlite_rows(self, statement: Statement, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        known = self._compiled.get(id(statement))
        if known is None:
            known = self._compiled[id(statement)] = _CompiledRead.of(statement, self._database)
        given = [values[name] if name in values else known.fixed[name] for name in known.names]
        if self.watch is not None:
            self.watch(known.sql)
        with self._lock:
            try:
                if self._raw is None:
                    self._raw = self._connect()
                rows: Sequence[Sequence[Any]] = self._raw.execute(known.sql, given).fetchall()
            except self._database.engine.dialect.loaded_dbapi.Error as problem:
                self._raw = None  # a new connection next time
                raise OperationalError(known.sql, given, problem) from problem
        return rows

    def _connect(self) -> Any:
        fairy = self._database.engine.raw_connection()
        raw = fairy.dbapi_connection
        assert raw is not None
        fairy.detach()
        raw.execute("PRAGMA query_only = ON")
        return raw

    def _pooled_rows(self, statement: Statement, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        with self._database.engine.connect() as connection:
            return connection.execute(statement, dict(values)).fetchall()

    def close(self) -> None:
        with self._lock:
            if self._raw is not None:
                self._raw.close()
                self._raw = None
