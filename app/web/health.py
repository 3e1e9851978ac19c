"""`/livez`: the process answers. `/readyz`: it can do its work. `weekline health` asks the same."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import anyio.to_thread
from anyio import CapacityLimiter
from fastapi import APIRouter
from fastapi.responses import PlainTextResponse
from sqlalchemy.exc import SQLAlchemyError

from app.db import Database, can_write
from app.migrate import is_current
from app.web.access import Public
from app.web.database import TheDatabase

router = APIRouter()
_one_at_a_time = CapacityLimiter(1)  # a thread of its own: it may have to wait for a writer
LEAST_DISK_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Readiness:
    """What was asked and what came of it; `detail` is for the log, never for strangers."""

    database: bool
    schema: bool
    disk: bool

    @property
    def ready(self) -> bool:
        return self.database and self.schema and self.disk

    def lines(self) -> str:
        states = {"database": self.database, "schema": self.schema, "disk": self.disk}
        return "".join(f"{name}: {'ok' if good else 'failed'}\n" for name, good in states.items())


@router.get("/livez")
async def livez(public: Public) -> PlainTextResponse:
    return PlainTextResponse("ok\n")


@router.get("/readyz")
async def readyz(public: Public, database: TheDatabase) -> PlainTextResponse:
    state = await anyio.to_thread.run_sync(readiness, database, limiter=_one_at_a_time)
    return PlainTextResponse(state.lines(), 200 if state.ready else 503)


def readiness(database: Database) -> Readiness:
    """A write that changes nothing, the schema, and room on the disk of a SQLite database."""
    try:
        schema = is_current(database)
    except (SQLAlchemyError, OSError):
        schema = False
    try:
        written = can_write(database)
    except (SQLAlchemyError, OSError):
        written = False
    return Readiness(database=written, schema=schema, disk=_has_room(database))


def _has_room(database: Database) -> bool:
    path = database.url.database
    if not database.is_sqlite or not path or path == ":memory:":
        return True
    try:
        return shutil.disk_usage(Path(path).parent).free >= LEAST_DISK_BYTES
    except OSError:
        return False
