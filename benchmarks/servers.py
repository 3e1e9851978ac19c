"""The servers that are measured: the program, and a bare FastAPI application to hold it against."""

from __future__ import annotations

import os
from pathlib import Path

from fastapi import FastAPI, Request
from starlette.responses import Response

from app.config import Settings
from app.db import Database
from app.main import create_app
from app.reports.kept_pages import KeptPages


def program() -> FastAPI:
    """The program over the database of WEEKLINE_DATABASE_URL; BENCHMARK_MEMORY=0 keeps no page in memory."""
    settings = Settings()
    app = create_app(settings, Database(settings.database))
    if os.environ.get("BENCHMARK_MEMORY") == "0":
        app.state.kept_pages = KeptPages(limit=0)
    return app


def bare() -> FastAPI:
    """One route that returns the bytes of BENCHMARK_BYTES, and one that echoes a POST."""
    body = Path(os.environ["BENCHMARK_BYTES"]).read_bytes()
    app = FastAPI(openapi_url=None)

    @app.get("/bytes")
    async def bytes_() -> Response:
        return Response(body, media_type="text/html; charset=utf-8")

    @app.post("/echo")
    async def echo(request: Request) -> Response:
        sent = await request.json()
        return Response(str(sent["changes"][0]["text"]), media_type="text/html; charset=utf-8")

    return app
