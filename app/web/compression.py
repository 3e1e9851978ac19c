"""Compresses text answers that are whole in one piece; streams and encoded answers pass as they are."""

from __future__ import annotations

import gzip

import brotli  # type: ignore[import-untyped]  # has none
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LEAST = 1024
TEXT = ("text/", "application/json", "application/problem+json", "image/svg+xml", "application/javascript")
BROTLI_QUALITY = 4
GZIP_LEVEL = 5


class Compression:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] == "HEAD":
            await self.app(scope, receive, send)
            return
        accepted = Headers(scope=scope).get("accept-encoding", "")
        await self.app(scope, receive, _Compressor(send, accepted).send)


class _Compressor:
    def __init__(self, send: Send, accepted: str) -> None:
        self._send = send
        self._accepted = accepted
        self._start: Message | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and self._worth_it(message):
            self._start = message
            return
        if self._start is not None and message["type"] == "http.response.body":
            start, self._start = self._start, None
            if not message.get("more_body", False):
                message = self._compress(start, message)
            await self._send(start)
        await self._send(message)

    def _worth_it(self, start: Message) -> bool:
        headers = Headers(raw=start["headers"])
        if start["status"] in {204, 304} or "content-encoding" in headers:
            return False
        kind = headers.get("content-type", "")
        return kind.startswith(TEXT) and not kind.startswith("text/event-stream")

    def _compress(self, start: Message, message: Message) -> Message:
        body: bytes = message.get("body", b"")
        headers = MutableHeaders(scope=start)
        if "accept-encoding" not in headers.get("vary", "").lower():
            headers.add_vary_header("Accept-Encoding")
        if len(body) < LEAST:
            return message
        if "br" in self._accepted:
            body, encoding = brotli.compress(body, quality=BROTLI_QUALITY), "br"
        elif "gzip" in self._accepted:
            body, encoding = gzip.compress(body, GZIP_LEVEL, mtime=0), "gzip"
        else:
            return message
        headers["Content-Encoding"] = encoding
        headers["Content-Length"] = str(len(body))
        if (tag := headers.get("etag")) and not tag.startswith("W/"):
            headers["ETag"] = f"W/{tag}"
        return {**message, "body": body}
