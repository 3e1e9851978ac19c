"""Published pages, rendered and compressed once.

A published week does not change, so its page is kept: in memory, and in `page_snapshots` for the
thousands that are not in memory. The key holds everything the page depends on: the revision, the
team's pulse, the week it is now, and what the viewer may do, with language and theme. A page that
does not fit its key is rendered anew. ETags name the viewer too, so that a shared browser never
shows one person's page to another.
"""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

import brotli  # type: ignore[import-untyped]  # has none
import structlog
from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import SQLAlchemyError
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from app.db import Database
from app.reports.models import PageSnapshot, Report

log = structlog.get_logger("weekline.reports")
MEMORY = 64 * 1024 * 1024
QUALITY = 6
REPORT_STATE = select(Report.id, Report.published_revision, Report.state, Report.version).where(
    Report.team_id == bindparam("team_id"), Report.period_start == bindparam("period_start")
)
SNAPSHOT = select(PageSnapshot.brotli).where(
    PageSnapshot.report_id == bindparam("report_id"),
    PageSnapshot.variant == bindparam("variant"),
    PageSnapshot.key == bindparam("key"),
)


@dataclass(frozen=True, slots=True)
class PageKey:
    """What a kept page depends on. `variant` is language, theme and what the viewer may do."""

    report_id: int
    variant: str
    revision: int
    version: int
    pulse: int
    this_week: date
    program: str

    @property
    def text(self) -> str:
        return f"{self.revision}.{self.version}.{self.pulse}.{self.this_week.isoformat()}.{self.program}"

    def etag(self, user_id: int) -> str:
        said = f"{self.report_id}|{self.variant}|{self.text}|{user_id}"
        return f'"{hashlib.sha256(said.encode()).hexdigest()[:32]}"'


class KeptPages:
    """The newest used pages in memory, at most `limit` bytes of them. One per app."""

    def __init__(self, limit: int = MEMORY) -> None:
        self._limit = limit
        self._size = 0
        self._pages: OrderedDict[tuple[int, str], tuple[str, bytes]] = OrderedDict()
        self._lock = threading.Lock()
        self._making: dict[PageKey, asyncio.Task[bytes]] = {}

    async def get_or_make(self, key: PageKey, make: Callable[[], Awaitable[bytes]]) -> bytes:
        """The page, made once however many ask for it meanwhile."""
        kept = self.get(key)
        if kept is not None:
            return kept
        making = self._making.get(key)
        if making is None:
            making = self._making[key] = asyncio.ensure_future(make())
            making.add_done_callback(lambda _: self._making.pop(key, None))
        body = await asyncio.shield(making)
        self.put(key, body)
        return body

    def get(self, key: PageKey) -> bytes | None:
        """The page as brotli, if it is here and still fits its key."""
        place = (key.report_id, key.variant)
        with self._lock:
            kept = self._pages.get(place)
            if kept is None or kept[0] != key.text:
                return None
            self._pages.move_to_end(place)
            return kept[1]

    def put(self, key: PageKey, body: bytes) -> None:
        place = (key.report_id, key.variant)
        with self._lock:
            before = self._pages.pop(place, None)
            self._size += len(body) - (len(before[1]) if before else 0)
            self._pages[place] = (key.text, body)
            while self._size > self._limit and self._pages:
                _, (_, dropped) = self._pages.popitem(last=False)
                self._size -= len(dropped)


def compress(html: str) -> bytes:
    compressed: bytes = brotli.compress(html.encode(), quality=QUALITY)
    return compressed


def store(database: Database, key: PageKey, body: bytes, at: datetime | None = None) -> None:
    """Keep the page in the database as well. A database that cannot write does not matter here."""
    try:
        with database.writing() as session:
            upsert = sqlite_insert if database.is_sqlite else postgresql_insert
            row = {"key": key.text, "brotli": body, "created_at": at or datetime.now(UTC)}
            statement = upsert(PageSnapshot).values(report_id=key.report_id, variant=key.variant, **row)
            session.execute(
                statement.on_conflict_do_update(index_elements=["report_id", "variant"], set_=row)
            )
    except SQLAlchemyError as problem:
        log.info("a page was not kept", error=type(problem).__name__)


def answer(
    request: Request, body: bytes, etag: str | None = None, later: BackgroundTask | None = None
) -> Response:
    """The kept page as the browser takes it; a browser without brotli gets it plain, to be compressed.

    Without an ETag it is not to be stored at all, since it changes under the person's hands.
    """
    headers = {"Vary": "Accept-Encoding, Cookie", "Cache-Control": "no-store"}
    if etag is not None:
        headers |= {"ETag": etag, "Cache-Control": "private, no-cache"}
    if "br" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "br"
    else:
        body = brotli.decompress(body)
    return Response(body, media_type="text/html; charset=utf-8", headers=headers, background=later)


def not_modified(etag: str) -> Response:
    return Response(
        status_code=304,
        headers={"ETag": etag, "Cache-Control": "private, no-cache", "Vary": "Accept-Encoding, Cookie"},
    )


def asks_for(request: Request, etag: str) -> bool:
    """Whether the browser has this very page already (If-None-Match, weak comparison)."""
    asked = request.headers.get("if-none-match")
    return asked is not None and etag in asked.replace("W/", "")
