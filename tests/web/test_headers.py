"""Every answer, good or bad, carries the headers that keep a page to itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI, Response
from starlette.testclient import TestClient

from app.config import Settings
from app.db import Database
from app.main import create_app
from app.web.access import Public
from tests.conftest import PUBLIC_URL

ADDRESSES = [
    "/sign-in",
    "/",
    "/livez",
    "/readyz",
    "/nothing/here",
    "/teams/x/weeks",
    "/test/crash",
    "/setup/x",
]


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """None of this depends on the kind of database."""
    return sqlite_database


@pytest.fixture
def quiet(app: FastAPI) -> Iterator[TestClient]:
    @app.get("/test/crash")
    def crash(public: Public) -> None:
        raise RuntimeError("secret of the inside")

    with TestClient(
        app,
        PUBLIC_URL,
        raise_server_exceptions=False,
        follow_redirects=False,
        headers={"Accept-Language": "en"},
    ) as client:
        yield client


class TestEveryAnswer:
    @pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
    @pytest.mark.parametrize("address", ADDRESSES)
    def test_has_them(self, quiet: TestClient, address: str, method: str) -> None:
        headers = quiet.request(method, address).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "base-uri 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert "camera=()" in headers["permissions-policy"]
        assert headers["cache-control"] == "no-store"

    def test_static_files_are_kept_but_otherwise_the_same(self, quiet: TestClient, app: FastAPI) -> None:
        headers = quiet.get(app.state.assets.url("css/weekline.css")).headers
        assert headers["cache-control"] == "public, max-age=31536000, immutable"
        assert headers["x-content-type-options"] == "nosniff"


class TestAPageThatSaysHowItIsKept:
    def test_is_not_overruled(self, app: FastAPI, quiet: TestClient) -> None:
        @app.get("/test/kept")
        def kept(public: Public) -> Response:
            return Response("x", headers={"Cache-Control": "private, no-cache"})

        assert quiet.get("/test/kept").headers["cache-control"] == "private, no-cache"


class TestACrash:
    def test_tells_nothing_of_the_inside(self, quiet: TestClient) -> None:
        answer = quiet.get("/test/crash")
        assert answer.status_code == 500
        assert "nothing was changed" in answer.text
        assert "secret" not in answer.text
        assert "Traceback" not in answer.text


class TestHttps:
    def test_is_kept_to_once_it_is_there(self, settings: Settings, sqlite_database: Database) -> None:
        secure = settings.model_copy(update={"public_url": "https://weekline.test"})
        with TestClient(create_app(secure, sqlite_database), "https://weekline.test") as client:
            assert client.get("/livez").headers["strict-transport-security"] == "max-age=31536000"
            assert (
                "secure"
                in client.post(
                    "/account/theme",
                    data={"theme": "dark"},
                    headers={"Sec-Fetch-Site": "same-origin"},
                    follow_redirects=False,
                )
                .headers["set-cookie"]
                .lower()
            )

    def test_is_not_claimed_on_plain_http(self, quiet: TestClient) -> None:
        assert "strict-transport-security" not in quiet.get("/livez").headers
