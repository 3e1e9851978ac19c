"""Bodies and fields have limits, and say so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import pytest
from fastapi import FastAPI, Form, Request, Response, UploadFile
from starlette.testclient import TestClient

from app.config import Settings
from app.db import Database
from app.main import create_app
from app.web.access import Public
from app.web.limits import Text
from tests.conftest import PUBLIC_URL

LIMIT = 256 * 1024


@pytest.fixture
def small(settings: Settings, sqlite_database: Database) -> Iterator[TestClient]:
    app: FastAPI = create_app(settings.model_copy(update={"max_body_bytes": LIMIT}), sqlite_database)

    @app.post("/test/upload")
    def upload(public: Public, file: UploadFile) -> Response:
        return Response(str(len(file.file.read())))

    @app.post("/test/field")
    def field(public: Public, text: Text) -> Response:
        return Response(str(len(text)))

    @app.post("/test/raw")
    async def raw(public: Public, request: Request) -> Response:
        return Response(str(len(await request.body())))

    @app.post("/test/number")
    def number(public: Public, count: Annotated[int, Form()]) -> Response:
        return Response(str(count))

    with TestClient(
        app, PUBLIC_URL, headers={"Origin": PUBLIC_URL, "Accept-Language": "en"}, follow_redirects=False
    ) as client:
        yield client


def in_pieces(size: int) -> Iterator[bytes]:
    """A body whose length nobody says beforehand."""
    for _ in range(size // 8192):
        yield b"x" * 8192


class TestABody:
    def test_within_the_limit_is_taken(self, small: TestClient) -> None:
        assert small.post("/test/raw", content=b"x" * LIMIT).text == str(LIMIT)
        assert small.post("/test/raw", content=in_pieces(LIMIT)).text == str(LIMIT)

    @pytest.mark.parametrize("path", ["/test/raw", "/sign-in", "/nothing"])
    def test_over_the_limit_is_a_413_that_names_it(self, small: TestClient, path: str) -> None:
        answer = small.post(path, content=b"x" * (LIMIT + 1))
        assert answer.status_code == 413
        assert "at most 256 KiB" in answer.text

    def test_over_the_limit_without_a_length_is_a_413_too(self, small: TestClient) -> None:
        answer = small.post("/test/raw", content=in_pieces(LIMIT + 8192))
        assert answer.status_code == 413
        assert "too large" in answer.text

    def test_that_lies_about_its_length_gains_nothing(self, small: TestClient) -> None:
        answer = small.post("/test/raw", content=in_pieces(LIMIT * 2), headers={"Content-Length": "10"})
        assert answer.status_code == 413

    def test_of_an_upload_counts_as_well(self, small: TestClient) -> None:
        assert small.post("/test/upload", files={"file": b"x" * 1000}).text == "1000"
        assert small.post("/test/upload", files={"file": b"x" * LIMIT}).status_code == 413


class TestAField:
    def test_of_64_kB_is_taken(self, small: TestClient) -> None:
        assert small.post("/test/field", data={"text": "x" * 65536}).text == "65536"

    @pytest.mark.parametrize("text", ["x" * 65537, "周" * 21846])
    def test_over_64_kB_is_a_422_that_names_it(self, small: TestClient, text: str) -> None:
        answer = small.post("/test/field", data={"text": text})
        assert answer.status_code == 422
        assert "“text” is longer than 64 kB" in answer.text

    def test_that_is_not_what_it_should_be_is_a_422(self, small: TestClient) -> None:
        answer = small.post("/test/number", data={"count": "many"})
        assert answer.status_code == 422
        assert "“count” cannot be read" in answer.text

    def test_of_a_form_of_ours_is_limited(self, small: TestClient) -> None:
        assert small.post("/sign-in", data={"name": "x" * 65537, "password": "y"}).status_code == 422
