"""Links that work once: setting up the first time, and signing in without a password."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from starlette.testclient import TestClient

from app.accounts import actions
from app.accounts.models import OneTimeLink, Team, User
from app.accounts.routes import announce_setup
from app.db import Database
from tests.conftest import PASSWORD, Cast, Clock

SETUP = {
    "display_name": "Ada Berg",
    "name": "Ada",
    "password": PASSWORD,
    "password_again": PASSWORD,
    "team_name": "示例支付平台组",
    "team_slug": "payments",
    "language": "zh",
    "time_zone": "Asia/Shanghai",
    "week_rule": "jan1-monday",
}


class TestTheFirstStart:
    @pytest.fixture
    def link(self, database: Database, clock: Clock) -> str:
        with database.writing() as session:
            path = actions.make_setup_link_if_needed(session, at=clock.now)
        assert path is not None
        return path

    def test_says_the_link_in_the_log(
        self, app: FastAPI, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        said: list[dict[str, Any]] = []
        monkeypatch.setattr(
            "app.accounts.routes.log.warning", lambda event, **values: said.append({"event": event, **values})
        )
        announce_setup(database, app.state.settings)
        assert said[0]["url"].startswith("http://weekline.test/setup/")

    def test_creates_the_administrator_and_the_first_team(
        self, client: TestClient, link: str, database: Database
    ) -> None:
        assert "Set up Weekline" in client.get(link).text
        answer = client.post(link, data=SETUP)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert "示例支付平台组" in client.get("/").text
        with database.reading() as session:
            user, team = session.scalars(select(User)).one(), session.scalars(select(Team)).one()
        assert (user.name, user.is_administrator, user.active) == ("ada", True, True)
        assert (team.slug, team.language, team.time_zone) == ("payments", "zh", "Asia/Shanghai")

    def test_works_once(self, client: TestClient, link: str, database: Database, clock: Clock) -> None:
        with database.writing() as session:
            other = actions.make_setup_link_if_needed(session, at=clock.now)
        client.post(link, data=SETUP)
        for used in (link, other):
            assert client.get(used).status_code == 404
            assert client.post(used, data=SETUP | {"name": "eve", "team_slug": "x"}).status_code == 404
        with database.writing() as session:
            assert actions.make_setup_link_if_needed(session, at=clock.now) is None

    def test_is_over_after_a_week(self, client: TestClient, link: str, clock: Clock) -> None:
        clock.now += timedelta(days=7)
        assert client.get(link).status_code == 404

    def test_is_over_once_somebody_administers(
        self, client: TestClient, link: str, database: Database, clock: Clock
    ) -> None:
        with database.writing() as session:
            actions.create_user(session, name="ada", display_name="Ada", at=clock.now, is_administrator=True)
        assert client.post(link, data=SETUP).status_code == 404

    @pytest.mark.parametrize(
        ("wrong", "field", "words"),
        [
            ({"password_again": "another one entirely"}, "password_again", "not the same"),
            ({"password": "short", "password_again": "short"}, "password", "At least 10"),
            ({"name": "two words"}, "name", "without spaces"),
            ({"name": ""}, "name", "without spaces"),
            ({"display_name": "  "}, "display_name", "1 to 120"),
            ({"team_slug": "No Spaces"}, "team_slug", "hyphens only"),
            ({"team_name": "x" * 121}, "team_name", "1 to 120"),
            ({"time_zone": "Mars/Base"}, "time_zone", "No such time zone"),
            ({"week_rule": "none"}, "week_rule", "one of the two"),
            ({"language": "de"}, "language", "one of the languages"),
        ],
    )
    def test_says_what_is_wrong_beside_the_field_and_keeps_the_rest(
        self,
        client: TestClient,
        link: str,
        database: Database,
        wrong: dict[str, str],
        field: str,
        words: str,
    ) -> None:
        answer = client.post(link, data=SETUP | wrong)
        assert answer.status_code == 422
        told = answer.text.split(f'id="{field}-error"')[1][:400]
        assert words in told
        assert ('value="Ada Berg"' in answer.text) == ("display_name" not in wrong)
        assert PASSWORD not in answer.text
        with database.reading() as session:
            assert session.scalars(select(User)).all() == []
        assert client.post(link, data=SETUP).status_code == 303


class TestASignInLink:
    @pytest.fixture
    def link(self, database: Database, cast: Cast, clock: Clock) -> str:
        with database.writing() as session:
            return actions.make_sign_in_link(session, session.get_one(User, cast.lin.id), at=clock.now)

    @pytest.fixture
    def other_browser(self, app: FastAPI, client: TestClient) -> TestClient:
        return TestClient(app, client.base_url, headers=client.headers, follow_redirects=False)

    def test_shows_a_button_and_is_not_used_up_by_looking(self, client: TestClient, link: str) -> None:
        for _ in range(3):
            page = client.get(link)
            assert page.status_code == 200
            assert "林晚" in page.text
            assert "set-cookie" not in page.headers
        assert client.post(link).headers["location"] == "/"
        assert client.get("/teams").status_code == 200

    def test_works_once(self, client: TestClient, other_browser: TestClient, link: str) -> None:
        client.post(link)
        assert other_browser.post(link).status_code == 404
        assert other_browser.get(link).status_code == 404
        assert other_browser.get("/teams").status_code == 303

    def test_is_over_after_three_days(self, client: TestClient, link: str, clock: Clock) -> None:
        clock.now += timedelta(hours=72)
        assert client.post(link).status_code == 404

    def test_ends_with_the_next_one(
        self, client: TestClient, link: str, database: Database, cast: Cast, clock: Clock
    ) -> None:
        with database.writing() as session:
            newer = actions.make_sign_in_link(session, session.get_one(User, cast.lin.id), at=clock.now)
        assert client.post(link).status_code == 404
        assert client.post(newer).status_code == 303

    def test_ends_with_deactivation(
        self, client: TestClient, link: str, database: Database, cast: Cast, clock: Clock
    ) -> None:
        with database.writing() as session:
            actions.deactivate(session, session.get_one(User, cast.lin.id), at=clock.now)
        assert client.post(link).status_code == 404

    @pytest.mark.parametrize(
        ("next", "to"),
        [
            ("/teams/payments/trends?weeks=52", "/teams/payments/trends?weeks=52"),
            ("", "/"),
            ("https://elsewhere.test/", "/"),
            ("//elsewhere.test", "/"),
        ],
    )
    def test_leads_to_where_the_person_was_going(
        self, client: TestClient, link: str, next: str, to: str
    ) -> None:
        page = client.get(link, params={"next": next}).text
        asked = re.search(r'<form method="post"><input type="hidden" name="next" value="([^"]*)"', page)
        assert asked is not None
        assert client.post(link, data={"next": unescape(asked[1])}).headers["location"] == to

    def test_offers_to_choose_a_password_to_those_without_one(
        self, client: TestClient, link: str, database: Database, cast: Cast
    ) -> None:
        assert "choose a password" not in client.get(link).text
        with database.writing() as session:
            session.get_one(User, cast.lin.id).password_hash = None
        assert "Sign in and choose a password" in client.get(link).text
        assert client.post(link, data={"then": "password"}).headers["location"] == "/account#password"
        assert "Choose a password below" in client.get("/account").text

    def test_leads_somebody_without_a_password_on_as_well(
        self, client: TestClient, link: str, database: Database, cast: Cast
    ) -> None:
        with database.writing() as session:
            session.get_one(User, cast.lin.id).password_hash = None
        assert client.post(link, data={"next": "/teams"}).headers["location"] == "/teams"

    def test_is_stored_as_a_hash_only(self, link: str, database: Database) -> None:
        with database.reading() as session:
            stored = session.scalars(select(OneTimeLink.token_hash)).one()
        assert link.rsplit("/", 1)[1] not in stored

    def test_is_not_a_setup_link(self, client: TestClient, link: str) -> None:
        assert client.get(link.replace("/sign-in/", "/setup/")).status_code == 404
