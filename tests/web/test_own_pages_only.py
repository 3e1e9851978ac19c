"""Another site can make a browser send requests here with the person's cookie. They change nothing."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.db import Database
from app.main import create_app
from app.web import csrf
from tests.conftest import PUBLIC_URL, Cast, SignIn

OWN = [
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://192.168.0.7:8000"},
    {"Origin": PUBLIC_URL},
    {"Origin": PUBLIC_URL.upper()},
    {"Origin": PUBLIC_URL + ":80"},
    {"Authorization": "Bearer token"},
]
FOREIGN = [
    {},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": PUBLIC_URL},
    {"Sec-Fetch-Site": "same-site", "Origin": PUBLIC_URL},
    {"Origin": "null"},
    {"Origin": "https://weekline.test"},
    {"Origin": PUBLIC_URL + ":8000"},
    {"Origin": PUBLIC_URL + ".evil.test"},
    {"Origin": "http://evil.test"},
    {"Referer": PUBLIC_URL + "/account"},
    {"Authorization": "Basic bGluOng="},
]


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """None of this depends on the kind of database."""
    return sqlite_database


@pytest.fixture
def bare(client: TestClient) -> TestClient:
    """The client without an Origin of its own."""
    del client.headers["Origin"]
    return client


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
class TestARequestThatChangesSomething:
    @pytest.mark.parametrize("headers", FOREIGN, ids=str)
    def test_from_elsewhere_is_refused(self, bare: TestClient, method: str, headers: dict[str, str]) -> None:
        answer = bare.request(method, "/account/theme", headers=headers, data={"theme": "dark"})
        assert answer.status_code == 403
        assert PUBLIC_URL in answer.text
        assert "set-cookie" not in answer.headers

    @pytest.mark.parametrize("headers", OWN, ids=str)
    def test_from_an_own_page_goes_through(
        self, bare: TestClient, method: str, headers: dict[str, str]
    ) -> None:
        answer = bare.request(method, "/account/theme", headers=headers, data={"theme": "dark"})
        assert answer.status_code == (303 if method == "POST" else 405)


class TestReading:
    @pytest.mark.parametrize("headers", FOREIGN, ids=str)
    def test_from_elsewhere_is_fine(self, bare: TestClient, headers: dict[str, str]) -> None:
        assert bare.get("/sign-in", headers=headers).status_code == 200
        assert bare.head("/sign-in", headers=headers).status_code in {200, 405}


class TestTheCookieAlone:
    def test_signs_nobody_out(self, bare: TestClient, cast: Cast, sign_in: SignIn) -> None:
        sign_in(bare, cast.lin)
        assert bare.post("/sign-out", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
        assert bare.get("/teams").status_code == 200

    def test_control_without_the_guard_it_would(
        self, app: FastAPI, cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(csrf.OwnPagesOnly, "is_own", lambda *_: True)
        unguarded = create_app(app.state.settings, app.state.database)
        with TestClient(unguarded, PUBLIC_URL, follow_redirects=False) as client:
            sign_in(client, cast.lin)
            assert client.post("/sign-out", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 303
