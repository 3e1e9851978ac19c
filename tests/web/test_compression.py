"""Text answers are compressed as asked; what is small, streamed or encoded already stays as it is."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import brotli  # type: ignore[import-untyped]  # has none
import pytest
from fastapi import FastAPI, Response
from starlette.responses import StreamingResponse
from starlette.testclient import TestClient

from app.db import Database
from app.web.access import Public

LONG = "每周一页 one page a week " * 200


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """None of this depends on the kind of database."""
    return sqlite_database


@pytest.fixture
def app(app: FastAPI) -> FastAPI:
    def pieces() -> Iterator[str]:
        for _ in range(3):
            yield LONG

    @app.api_route("/test/long", methods=["GET", "HEAD"])
    def long(public: Public) -> Response:
        return Response(LONG, media_type="text/html", headers={"ETag": '"abc"'})

    @app.get("/test/short")
    def short(public: Public) -> Response:
        return Response("short", media_type="text/html")

    @app.get("/test/picture")
    def picture(public: Public) -> Response:
        return Response(LONG, media_type="image/png")

    @app.get("/test/ready")
    def ready(public: Public) -> Response:
        body = brotli.compress(LONG.encode(), quality=4)
        return Response(body, media_type="text/html", headers={"Content-Encoding": "br"})

    @app.get("/test/stream")
    def stream(public: Public) -> Response:
        return StreamingResponse(pieces(), media_type="text/plain")

    @app.get("/test/unchanged")
    def unchanged(public: Public) -> Response:
        return Response(status_code=304, headers={"ETag": '"abc"'})

    return app


def raw(client: TestClient, path: str, accept: str, method: str = "GET") -> tuple[bytes, dict[str, str]]:
    with client.stream(method, path, headers={"Accept-Encoding": accept}) as answer:
        return b"".join(answer.iter_raw()), dict(answer.headers)


class TestALongText:
    @pytest.mark.parametrize(
        ("accept", "encoding"),
        [
            ("gzip, deflate, br", "br"),
            ("gzip, deflate", "gzip"),
            ("identity", None),
            ("", None),
        ],
    )
    def test_comes_as_asked(self, client: TestClient, accept: str, encoding: str | None) -> None:
        body, headers = raw(client, "/test/long", accept)
        assert headers.get("content-encoding") == encoding
        assert headers["vary"] == "Accept-Encoding"
        assert int(headers["content-length"]) == len(body)
        plain = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding](body)
        assert plain.decode() == LONG
        assert headers["etag"] == ('W/"abc"' if encoding else '"abc"')

    def test_has_no_body_for_head(self, client: TestClient) -> None:
        body, headers = raw(client, "/test/long", "br", "HEAD")
        assert body == b""
        assert "content-encoding" not in headers


class TestEverythingElse:
    @pytest.mark.parametrize("path", ["/test/short", "/test/picture", "/test/stream", "/test/unchanged"])
    def test_stays_as_it_is(self, client: TestClient, path: str) -> None:
        assert "content-encoding" not in raw(client, path, "br, gzip")[1]

    def test_arrives_whole_in_pieces(self, client: TestClient) -> None:
        assert raw(client, "/test/stream", "br")[0].decode() == LONG * 3

    def test_is_not_compressed_twice(self, client: TestClient) -> None:
        body, headers = raw(client, "/test/ready", "br")
        assert brotli.decompress(body).decode() == LONG
        assert headers["content-encoding"] == "br"
