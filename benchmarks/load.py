"""A small HTTP/1.1 load over keep-alive connections: counts answers and their latencies."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import cast

import uvloop


@dataclass(frozen=True, slots=True)
class Run:
    """Answers a second, latencies in seconds (sorted), and answers by status."""

    rate: float
    latencies: list[float]
    statuses: dict[int, int]

    def at(self, share: float) -> float:
        """The latency that this share of answers did not exceed."""
        return self.latencies[min(len(self.latencies) - 1, int(share * len(self.latencies)))]


class _Connection(asyncio.Protocol):
    def __init__(
        self, following: Callable[[], bytes], until: float, done: Callable[[_Connection], None]
    ) -> None:
        self.following, self.until, self.done = following, until, done
        self.buffer = bytearray()
        self.latencies: list[float] = []
        self.statuses: dict[int, int] = {}
        self.wanted: int | None = None
        self.sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self._send()

    def _send(self) -> None:
        self.sent = time.perf_counter()
        self.transport.write(self.following())

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if self.wanted is None:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = bytes(self.buffer[:end]).lower()
            status = int(head[9:12])
            self.statuses[status] = self.statuses.get(status, 0) + 1
            at = head.find(b"content-length:")
            length = 0 if status == 304 or at < 0 else int(head[at + 15 :].split(b"\r\n", 1)[0])
            self.wanted = end + 4 + length
        if len(self.buffer) < self.wanted:
            return
        del self.buffer[: self.wanted]
        self.wanted = None
        now = time.perf_counter()
        self.latencies.append(now - self.sent)
        if now < self.until:
            self._send()
        else:
            self.transport.close()

    def connection_lost(self, problem: Exception | None) -> None:
        self.done(self)


def load(port: int, requests: Iterable[bytes], *, connections: int, seconds: float) -> Run:
    """Send the requests in turn over all connections for so many seconds."""

    async def run() -> Run:
        loop = asyncio.get_running_loop()
        turn = itertools.cycle(requests)
        open_ = connections
        finished = loop.create_future()
        all_: list[_Connection] = []

        def done(connection: _Connection) -> None:
            nonlocal open_
            open_ -= 1
            if not open_ and not finished.done():
                finished.set_result(None)

        began = time.perf_counter()
        for _ in range(connections):
            _, connection = await loop.create_connection(
                lambda: _Connection(lambda: next(turn), began + seconds, done), "127.0.0.1", port
            )
            all_.append(connection)
        await finished
        took = time.perf_counter() - began
        latencies = sorted(latency for connection in all_ for latency in connection.latencies)
        statuses: dict[int, int] = {}
        for connection in all_:
            for status, count in connection.statuses.items():
                statuses[status] = statuses.get(status, 0) + count
        return Run(len(latencies) / took, latencies, statuses)

    return uvloop.run(run())


def request(
    method: str,
    path: str,
    *,
    headers: dict[str, str] | None = None,
    body: bytes = b"",
    kind: str = "application/x-www-form-urlencoded",
    host: str = "127.0.0.1",
) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body:
        lines += [f"Content-Length: {len(body)}", f"Content-Type: {kind}"]
    return "\r\n".join([*lines, "", ""]).encode() + body
