"""Refusals and failures become answers that say what to do, in the person's language; never a bare 500."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.testclient import TestClient

from app.config import Settings
from app.db import Database
from app.errors import Conflict, Forbidden, Invalid, NotFound, SignInNeeded, TooLarge, TooMany
from app.main import create_app
from app.web.access import Public
from tests.conftest import PUBLIC_URL

FRAGMENT = {"HX-Request": "true"}


class Driver(Exception):
    def __init__(self, words: str, sqlstate: str | None = None) -> None:
        super().__init__(words)
        self.sqlstate = sqlstate


def raised(kind: type[Any], words: str, sqlstate: str | None = None) -> Exception:
    problem: Exception = kind("SELECT secret", {}, Driver(words, sqlstate))
    return problem


@pytest.fixture
def problems() -> dict[str, Exception]:
    return {}


@pytest.fixture
def app(settings: Settings, sqlite_database: Database, problems: dict[str, Exception]) -> FastAPI:
    app = create_app(settings, sqlite_database)

    @app.api_route("/test/fail", methods=["GET", "POST"])
    def fail(public: Public) -> None:
        raise problems["next"]

    return app


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(
        app,
        PUBLIC_URL,
        raise_server_exceptions=False,
        follow_redirects=False,
        headers={"Origin": PUBLIC_URL, "Accept-Language": "en"},
    ) as client:
        yield client


class TestARefusal:
    @pytest.mark.parametrize(
        ("problem", "status"),
        [
            (NotFound("team.not_found"), 404),
            (Forbidden("role.lead_needed"), 403),
            (Invalid("team.bad_slug"), 422),
            (Conflict("user.last_administrator"), 409),
            (TooLarge("body.too_large", limit="4 MiB"), 413),
            (TooMany("sign_in.too_many", retry_after=61, minutes=2), 429),
        ],
        ids=lambda value: str(value),
    )
    def test_has_its_status_and_says_why(
        self, client: TestClient, problems: dict[str, Exception], problem: Exception, status: int
    ) -> None:
        problems["next"] = problem
        english = client.get("/test/fail")
        chinese = client.get("/test/fail", headers={"Accept-Language": "zh-CN"})
        fragment = client.get("/test/fail", headers=FRAGMENT)
        assert {answer.status_code for answer in (english, chinese, fragment)} == {status}
        assert '<html lang="en"' in english.text
        assert '<html lang="zh-Hans"' in chinese.text
        assert "<html" not in fragment.text
        assert english.text != chinese.text

    def test_of_trying_too_often_says_when_to_come_back(
        self, client: TestClient, problems: dict[str, Exception]
    ) -> None:
        problems["next"] = TooMany("sign_in.too_many", retry_after=61, minutes=2)
        assert client.get("/test/fail").headers["retry-after"] == "61"

    def test_of_nobody_leads_to_the_sign_in_page_and_back(
        self, client: TestClient, problems: dict[str, Exception]
    ) -> None:
        problems["next"] = SignInNeeded("sign_in.needed")
        answer = client.get("/test/fail?year=2025&x=%2F")
        assert answer.status_code == 303
        assert answer.headers["location"] == "/sign-in?next=/test/fail%3Fyear%3D2025%26x%3D%252F"

    def test_of_a_form_gives_back_what_was_typed_to_send_it_again(
        self, client: TestClient, problems: dict[str, Exception]
    ) -> None:
        problems["next"] = SignInNeeded("sign_in.needed")
        typed = {"text": "\n第一行\n<b>二</b>", "password": "secret"}
        answer = client.post("/test/fail?x=1", data=typed)
        assert answer.status_code == 401
        assert 'action="/test/fail?x=1"' in answer.text
        assert '<textarea name="text" hidden>\n\n第一行\n&lt;b&gt;二&lt;/b&gt;</textarea>' in answer.text
        assert "secret" not in answer.text

    def test_of_a_save_in_the_background_leaves_the_page_where_it_is(
        self, client: TestClient, problems: dict[str, Exception]
    ) -> None:
        problems["next"] = SignInNeeded("sign_in.needed")
        answer = client.post("/test/fail", headers=FRAGMENT)
        assert answer.status_code == 401
        assert "still in this page" in answer.text
        assert "location" not in answer.headers
        assert "hx-redirect" not in answer.headers


class TestTheDatabase:
    @pytest.mark.parametrize(
        ("problem", "status", "words"),
        [
            (raised(OperationalError, "server closed the connection"), 503, "try again in some seconds"),
            (raised(OperationalError, "database is locked"), 503, "try again in some seconds"),
            (raised(InterfaceError, "connection already closed"), 503, "try again in some seconds"),
            (PoolTimeout("QueuePool limit"), 503, "try again in some seconds"),
            (raised(OperationalError, "database or disk is full"), 507, "disk is full"),
            (raised(OperationalError, "could not extend file", "53100"), 507, "disk is full"),
            (raised(OperationalError, "attempt to write a readonly database"), 503, "only be read"),
            (raised(OperationalError, "read-only transaction", "25006"), 503, "only be read"),
            (OSError(errno.ENOSPC, "No space left"), 507, "disk is full"),
            (OSError(errno.EROFS, "Read-only file system"), 503, "only be read"),
        ],
        ids=str,
    )
    def test_lost_full_or_read_only_is_said_plainly(
        self,
        client: TestClient,
        problems: dict[str, Exception],
        problem: Exception,
        status: int,
        words: str,
    ) -> None:
        problems["next"] = problem
        for headers in ({}, FRAGMENT):
            answer = client.post("/test/fail", headers=headers)
            assert answer.status_code == status
            assert words in answer.text
            assert "secret" not in answer.text
        assert ("retry-after" in answer.headers) == ("seconds" in words)

    @pytest.mark.parametrize(
        "problem",
        [raised(IntegrityError, "UNIQUE constraint failed"), OSError(errno.EPERM, "no"), KeyError("x")],
        ids=str,
    )
    def test_mistakes_of_ours_stay_a_500(
        self, client: TestClient, problems: dict[str, Exception], problem: Exception
    ) -> None:
        problems["next"] = problem
        assert client.get("/test/fail").status_code == 500


class TestAPageThatIsNotThere:
    @pytest.mark.parametrize("address", ["/nothing", "/settings/people/abc", "/teams//weeks"])
    def test_is_a_404_with_a_way_back(self, client: TestClient, address: str) -> None:
        answer = client.get(address)
        assert answer.status_code in {303, 404}
        if answer.status_code == 404:
            assert 'href="/"' in answer.text


class TestAWrongMethod:
    def test_is_a_405_page(self, client: TestClient) -> None:
        answer = client.delete("/sign-in")
        assert answer.status_code == 405
        assert "<html" in answer.text
        assert "GET" in answer.headers["allow"]
