"""Limits of what is sent: whole bodies here, single fields by `Text`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Form
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import TooLarge

FIELD_BYTES = 64 * 1024
Refuse = Callable[[Request, Exception], Awaitable[Response]]


def within_limit(text: str, limit: int = FIELD_BYTES) -> str:
    """`text` unless it is longer than 64 kB."""
    if len(text) > limit // 4 and len(text.encode("utf-8", "replace")) > limit:
        raise PydanticCustomError("field_too_large", "longer than {limit} bytes", {"limit": limit})
    return text


Text = Annotated[str, Form(), AfterValidator(within_limit)]
"""A form field of at most 64 kB."""


class BodyLimit:
    """Refuses bodies over the limit with 413, and reads on for a while so that the browser shows it."""

    def __init__(self, app: ASGIApp, *, most: int, refuse: Refuse) -> None:
        self.app = app
        self.most = most
        self.refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD"}:
            await self.app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdigit() and int(declared) > self.most:
            await self._drain(receive)
            refusal = TooLarge("body.too_large", limit=_readable(self.most))
            response = await self.refuse(Request(scope, receive), refusal)
            await response(scope, receive, send)
            return
        taken = 0

        async def receive_within_limit() -> Message:
            nonlocal taken
            message = await receive()
            if message["type"] == "http.request":
                taken += len(message.get("body", b""))
                if taken > self.most:
                    raise HTTPException(413)
            return message

        await self.app(scope, receive_within_limit, send)

    async def _drain(self, receive: Receive) -> None:
        left = self.most * 16
        while left > 0:
            message = await receive()
            left -= len(message.get("body", b""))
            if message["type"] != "http.request" or not message.get("more_body", False):
                return


def _readable(size: int) -> str:
    return f"{size / 1024 / 1024:.3g} MiB" if size >= 1024 * 1024 else f"{size // 1024} KiB"
