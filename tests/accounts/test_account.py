"""One's own account: name, language, theme, password, and where one is signed in."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.accounts.models import User
from app.accounts.passwords import verify_password
from app.db import Database
from tests.conftest import PASSWORD, Cast, Clock, SignIn, new_session

NEW = "another calm sentence"


@pytest.fixture
def lin(client: TestClient, cast: Cast, sign_in: SignIn) -> TestClient:
    return sign_in(client, cast.lin)


def change_password(client: TestClient, now: str = PASSWORD, new: str = NEW, again: str = NEW) -> Any:
    return client.post(
        "/account/password", data={"password_now": now, "password": new, "password_again": again}
    )


def stored(database: Database, user: User) -> User:
    with database.reading() as session:
        return session.scalars(select(User).where(User.id == user.id)).one()


class TestNameAndLanguage:
    def test_are_changed_and_shown(self, lin: TestClient, cast: Cast, database: Database) -> None:
        answer = lin.post("/account", data={"display_name": " 林  晚晚 ", "language": "zh"})
        assert answer.headers["location"] == "/account?saved=account"
        assert stored(database, cast.lin).display_name == "林 晚晚"
        assert lin.cookies["weekline_who"] == "%E6%9E%97%20%E6%99%9A%E6%99%9A"
        page = lin.get("/account?saved=account").text
        assert 'lang="zh-Hans"' in page
        assert "已保存。" in page

    def test_as_the_browser_asks(self, lin: TestClient, cast: Cast, database: Database) -> None:
        lin.post("/account", data={"display_name": "林晚", "language": "zh"})
        lin.post("/account", data={"display_name": "林晚", "language": ""})
        assert stored(database, cast.lin).language is None
        assert "weekline_language" not in lin.cookies
        assert 'lang="en"' in lin.get("/account").text

    def test_without_a_name_are_refused_beside_the_field(self, lin: TestClient) -> None:
        answer = lin.post("/account", data={"display_name": " ", "language": "en"})
        assert answer.status_code == 422
        assert "1 to 120" in answer.text.split('id="display_name-error"')[1][:300]


class TestThePassword:
    def test_is_changed_and_ends_all_other_sign_ins(
        self, lin: TestClient, cast: Cast, database: Database, clock: Clock
    ) -> None:
        other = new_session(lin.app.state, cast.lin, clock.now)  # type: ignore[attr-defined]
        assert change_password(lin).headers["location"] == "/account?saved=password"
        assert verify_password(stored(database, cast.lin).password_hash, NEW)
        assert lin.get("/account").status_code == 200
        lin.cookies.set("weekline_session", other)
        assert lin.get("/account").status_code == 303

    @pytest.mark.parametrize(
        ("given", "field", "words"),
        [
            ({"now": "wrong"}, "password_now", "not your present password"),
            ({"again": "something else"}, "password_again", "not the same"),
            ({"new": "short", "again": "short"}, "password", "At least 10"),
            ({"new": "x" * 257, "again": "x" * 257}, "password", "At most 256"),
        ],
    )
    def test_is_refused_beside_the_field(
        self,
        lin: TestClient,
        cast: Cast,
        database: Database,
        given: dict[str, str],
        field: str,
        words: str,
    ) -> None:
        answer = change_password(lin, **given)
        assert answer.status_code == 422
        assert words in answer.text.split(f'id="{field}-error"')[1][:300]
        assert verify_password(stored(database, cast.lin).password_hash, PASSWORD)

    def test_cannot_be_guessed_from_an_open_browser(self, lin: TestClient) -> None:
        for _ in range(10):
            assert change_password(lin, now="wrong").status_code == 422
        assert change_password(lin).status_code == 429

    def test_is_chosen_without_one_after_a_link(
        self, lin: TestClient, cast: Cast, database: Database
    ) -> None:
        with database.writing() as session:
            session.get_one(User, cast.lin.id).password_hash = None
        assert "Present password" not in lin.get("/account").text
        assert change_password(lin, now="").status_code == 303
        assert verify_password(stored(database, cast.lin).password_hash, NEW)


class TestSignIns:
    def test_are_listed_and_can_be_ended(self, lin: TestClient, cast: Cast, clock: Clock) -> None:
        new_session(lin.app.state, cast.lin, clock.now)  # type: ignore[attr-defined]
        page = lin.get("/account").text
        assert page.count("last used") == 2
        assert page.count("<b>this browser</b>") == 1
        end = re.search(r'action="(/account/sessions/\d+/end)"', page)
        assert end is not None
        assert lin.post(end[1]).headers["location"] == "/account?saved=sessions"
        assert lin.get("/account").text.count("last used") == 1
        assert lin.post(end[1]).status_code == 404


class TestTheTheme:
    @pytest.mark.parametrize(
        ("theme", "written"), [("dark", ' data-theme="dark"'), ("light", ' data-theme="light"'), ("", "")]
    )
    def test_is_written_into_the_page(self, client: TestClient, theme: str, written: str) -> None:
        answer = client.post("/account/theme", data={"theme": theme, "next": "/sign-in"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
        page = client.get("/sign-in").text
        assert f'<html lang="en"{written}>' in page

    def test_of_nonsense_follows_the_system(self, client: TestClient) -> None:
        client.cookies.set("weekline_theme", '"><script>')
        assert '<html lang="en">' in client.get("/sign-in").text
