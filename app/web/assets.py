"""Static files under addresses that change with their content: `/static/<hash>/js/site.js`.

The hash is of the whole tree, so that relative imports between modules and style sheets keep working.
A file is compressed once, when it is first asked for.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

import anyio.to_thread
import brotli  # type: ignore[import-untyped]  # has none
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".woff2": "font/woff2",
    ".png": "image/png",
    ".txt": "text/plain; charset=utf-8",
}
NOT_SERVED = {".md"}
COMPRESSED = {".css", ".js", ".svg", ".json", ".txt"}
FOREVER = "public, max-age=31536000, immutable"


@dataclass(slots=True)
class Asset:
    content: bytes
    media_type: str
    compressible: bool
    brotli: bytes | None = None
    gzip: bytes | None = None

    def compress(self) -> None:
        self.gzip = gzip.compress(self.content, 9, mtime=0)
        self.brotli = brotli.compress(self.content, quality=11)


class Assets:
    """The static tree in memory, and the ASGI app that serves it under `/static`."""

    def __init__(self, folder: Path) -> None:
        self._files: dict[str, Asset] = {}
        digest = hashlib.sha256()
        for path in sorted(folder.rglob("*")):
            if not path.is_file() or path.name.startswith(".") or path.suffix in NOT_SERVED:
                continue
            name = path.relative_to(folder).as_posix()
            content = path.read_bytes()
            digest.update(f"{name}\0{len(content)}\0".encode())
            digest.update(content)
            kind = TYPES.get(path.suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
            self._files[name] = Asset(content, kind, path.suffix in COMPRESSED)
        self.hash = digest.hexdigest()[:12]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Assets) and other.hash == self.hash

    def __hash__(self) -> int:
        return hash(self.hash)

    def url(self, path: str) -> str:
        """The address of a file; an unknown one is a mistake in a template."""
        if path not in self._files:
            raise LookupError(f"static/{path} does not exist")
        return f"/static/{self.hash}/{path}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        path = scope["path"].removeprefix(scope.get("root_path", "")).lstrip("/")
        asked, _, name = path.partition("/")
        asset = self._files.get(name)
        if asset is None or scope["method"] not in {"GET", "HEAD"}:
            await Response("Not found" if asset is None else "", 404 if asset is None else 405)(
                scope, receive, send
            )
            return
        body, headers = await self._choose(asset, Headers(scope=scope).get("accept-encoding", ""))
        # A page that was open during an update still asks for the files of before: it gets these, unkept.
        headers["Cache-Control"] = FOREVER if asked == self.hash else "no-cache"
        await Response(body, 200, headers, asset.media_type)(scope, receive, send)

    async def _choose(self, asset: Asset, accepted: str) -> tuple[bytes, dict[str, str]]:
        if not asset.compressible:
            return asset.content, {}
        if asset.brotli is None:
            await anyio.to_thread.run_sync(asset.compress)
        vary = {"Vary": "Accept-Encoding"}
        if "br" in accepted and asset.brotli is not None:
            return asset.brotli, {"Content-Encoding": "br", **vary}
        if "gzip" in accepted and asset.gzip is not None:
            return asset.gzip, {"Content-Encoding": "gzip", **vary}
        return asset.content, vary
