"""Requests that change something must come from this site's own pages.

Browsers say where a request comes from: `Sec-Fetch-Site`, or on plain-HTTP addresses, where they leave it
out, `Origin`, which must be the public address. No tokens in forms are needed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.errors import Forbidden
from app.web.database import SAFE_METHODS

Refuse = Callable[[Request, Exception], Awaitable[Response]]


class OwnPagesOnly:
    """Refuses unsafe methods that another site may have caused.

    A request with an API token in `Authorization` is let through: no other site can make a browser send one.
    """

    def __init__(self, app: ASGIApp, *, public_url: str, refuse: Refuse) -> None:
        self.app = app
        self.origin = origin_of(public_url)
        self.public_url = public_url
        self.refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in SAFE_METHODS or self.is_own(Headers(scope=scope)):
            await self.app(scope, receive, send)
            return
        refusal = Forbidden("csrf.other_site", public_url=self.public_url)
        response = await self.refuse(Request(scope, receive), refusal)
        await response(scope, receive, send)

    def is_own(self, headers: Headers) -> bool:
        if headers.get("authorization", "").lower().startswith("bearer "):
            return True
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site in {"same-origin", "none"}
        origin = headers.get("origin")
        return origin is not None and origin_of(origin) == self.origin


def origin_of(url: str) -> str | None:
    """Scheme, host and port as a browser writes an origin; None for what is none (`null`)."""
    parts = urlsplit(url)
    if not parts.scheme or not parts.hostname:
        return None
    default = {"http": 80, "https": 443}.get(parts.scheme)
    try:
        port = parts.port
    except ValueError:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != default else "")
