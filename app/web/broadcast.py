"""What was announced, to everybody who listens: on PostgreSQL from all processes, on SQLite from this one.

A listener has a bounded queue. One that does not keep up, or may have missed something while the database
was away, is told `LOST` in place of what it missed. Nothing here holds a connection of the pool.
"""

from __future__ import annotations

import asyncio
import json
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, Final

import psycopg
import structlog

from app.db import CHANNEL, NOTIFY, Database, message_of

log = structlog.get_logger("weekline.web")
Said = dict[str, Any]
LOST: Final[Said] = {"lost": True}
CLOSED: Final[Said] = {"closed": True}
MOST_WAITING = 64
RETRY = 1.0
"""Seconds until the next try to listen again."""
SILENCE = 20.0
"""Seconds after which the listening connection is asked whether it is still there."""


class Listener:
    """The announcements of a topic from now on, one after another."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._waiting: asyncio.Queue[Said] = asyncio.Queue(MOST_WAITING)

    async def next(self, within: float) -> Said | None:
        """The next one; None where there is none within so many seconds."""
        try:
            return await asyncio.wait_for(self._waiting.get(), within)
        except TimeoutError:
            return None

    def tell(self, said: Said) -> None:
        """From any thread."""
        with suppress(RuntimeError):  # its loop has ended
            self._loop.call_soon_threadsafe(self._put, said)

    def _put(self, said: Said) -> None:
        if self._waiting.full():
            while not self._waiting.empty():
                self._waiting.get_nowait()
            said = CLOSED if said is CLOSED else LOST
        self._waiting.put_nowait(said)


class Broadcast:
    """One per app."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._listeners: dict[str, set[Listener]] = {}
        self._lock = threading.Lock()
        self._closed = False
        self._under_way: set[asyncio.Future[None]] = set()
        self.on_hearing: list[Callable[[Said], None]] = []
        """Told every announcement before the listeners are, in whatever thread it comes."""
        if database.is_sqlite:
            database.hears.append(self._hear)

    @contextmanager
    def listening(self, topic: str) -> Iterator[Listener]:
        listener = Listener()
        with self._lock:
            self._listeners.setdefault(topic, set()).add(listener)
            if self._closed:
                listener.tell(CLOSED)
        try:
            yield listener
        finally:
            with self._lock:
                here = self._listeners[topic]
                here.discard(listener)
                if not here:
                    del self._listeners[topic]

    def say(self, topic: str, said: Said) -> None:
        """Announce what no transaction is about; it may be lost, and is sent in the background."""
        message = message_of(topic, said)
        if self._database.is_sqlite:
            self._hear(message)
            return
        sending = asyncio.ensure_future(asyncio.to_thread(self._notify, message))
        self._under_way.add(sending)
        sending.add_done_callback(self._under_way.discard)

    async def listen(self) -> None:
        """Hear what other processes announce, as long as this runs; nothing to do on SQLite."""
        while not self._database.is_sqlite:
            try:
                await self._listen_once()
            except (psycopg.Error, OSError) as problem:
                log.warning("not listening for changes", error=type(problem).__name__)
            await asyncio.sleep(RETRY)

    def close(self) -> None:
        """End all streams: the server stops."""
        self._closed = True
        self._tell_all(CLOSED)

    async def settled(self) -> None:
        """Wait for what is being sent, so that no connection is left behind."""
        if self._under_way:
            await asyncio.wait(self._under_way)

    async def _listen_once(self) -> None:
        url = self._database.url
        connection = await psycopg.AsyncConnection.connect(
            url.set(drivername="postgresql").render_as_string(hide_password=False),
            autocommit=True,
            connect_timeout=5,
            keepalives_idle=10,
            application_name="weekline listening",
        )
        async with connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            self._tell_all(LOST)  # whatever was announced before now went by
            while True:
                async for notification in connection.notifies(timeout=SILENCE):
                    self._hear(notification.payload)
                await connection.execute("SELECT 1")

    def _notify(self, message: str) -> None:
        try:
            with self._database.engine.begin() as connection:
                connection.execute(NOTIFY, {"message": message})
        except Exception as problem:  # nobody waits for it, and nothing is lost
            log.info("not announced", error=type(problem).__name__)

    def _hear(self, message: str) -> None:
        said: Said = json.loads(message)
        for hear in self.on_hearing:
            hear(said)
        with self._lock:
            here = list(self._listeners.get(said["topic"], ()))
        for listener in here:
            listener.tell(said)

    def _tell_all(self, said: Said) -> None:
        with self._lock:
            everybody = [listener for here in self._listeners.values() for listener in here]
        for listener in everybody:
            listener.tell(said)


def when_told_to_stop(do: Callable[[], None]) -> None:
    """Call `do` as soon as the server is told to stop, before it waits for the requests under way.

    To be called once its own signal handlers are there; does nothing outside the main thread.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)

        def stop(
            received: int, frame: FrameType | None, before: Any = before, do: Callable[[], None] = do
        ) -> None:
            loop.call_soon_threadsafe(do)
            if callable(before):
                before(received, frame)

        signal.signal(number, stop)
