"""The app behind a real socket, for what needs two requests at once: streams, and several processes."""

from __future__ import annotations

import json
import queue
import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from typing import Any

import uvicorn
from fastapi import FastAPI


def free_port() -> int:
    """A port for a server that starts later; none that some connection may be given meanwhile."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as asked, suppress(OSError):
            asked.bind(("127.0.0.1", port))
            return port


@dataclass
class Served:
    """A server in a thread of this process."""

    app: FastAPI
    port: int
    server: uvicorn.Server

    def request(
        self, method: str, path: str, *, cookie: str, body: Any = None, form: str | None = None
    ) -> Any:
        """Status and text of an answer."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Cookie": cookie, "Origin": self.app.state.settings.public_url, "Accept-Language": "en"}
        sent = form
        if body is not None:
            sent = json.dumps(body)
            headers["Content-Type"] = "application/json"
        elif form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body=sent, headers=headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text


@contextmanager
def served(app: FastAPI) -> Iterator[Served]:
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, timeout_graceful_shutdown=5)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.01)
    try:
        yield Served(app, server.servers[0].sockets[0].getsockname()[1], server)
    finally:
        app.state.broadcast.close()  # a signal does this where the server has a process of its own
        server.should_exit = True
        thread.join(10)
        assert not thread.is_alive(), "the server did not stop"


@dataclass
class Events:
    """A browser's view of a stream of server-sent events."""

    status: int
    headers: dict[str, str]
    _came: queue.Queue[tuple[str, Any] | None] = field(default_factory=queue.Queue)

    def next(self, name: str, within: float = 15.0) -> Any:
        """The data of the next event of that name; others before it are passed over."""
        until = time.monotonic() + within
        while True:
            event = self._came.get(timeout=max(0.001, until - time.monotonic()))
            assert event is not None, f"the stream ended before {name}"
            if event[0] == name:
                return event[1]

    def none_of(self, name: str, within: float) -> bool:
        try:
            self.next(name, within)
        except queue.Empty:
            return True
        return False

    def ends(self, within: float = 15.0) -> bool:
        until = time.monotonic() + within
        try:
            while self._came.get(timeout=max(0.001, until - time.monotonic())) is not None:
                pass
        except queue.Empty:
            return False
        return True


@contextmanager
def events(
    server: Served, path: str, *, cookie: str, headers: dict[str, str] | None = None
) -> Iterator[Events]:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request(
        "GET", path, headers={"Cookie": cookie, "Accept-Encoding": "gzip, br", **(headers or {})}
    )
    answer = connection.getresponse()
    stream = Events(answer.status, {name.lower(): value for name, value in answer.getheaders()})
    opened = connection.sock
    reader = threading.Thread(target=_read, args=(answer, stream._came), daemon=True)
    reader.start()
    try:
        yield stream
    finally:
        if opened is not None:
            with suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)
        connection.close()


def _read(answer: HTTPResponse, came: queue.Queue[tuple[str, Any] | None]) -> None:
    name, data = "", ""
    try:
        while line := answer.readline():
            text = line.decode().rstrip("\n")
            if text.startswith("event: "):
                name = text.removeprefix("event: ")
            elif text.startswith("data: "):
                data = text.removeprefix("data: ")
            elif not text and name:
                came.put((name, json.loads(data)))
                name, data = "", ""
    except (OSError, ValueError, AttributeError):
        pass
    came.put(None)
