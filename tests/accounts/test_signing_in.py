"""Signing in and out: what works, what is refused, and what a stranger can learn (nothing)."""

from __future__ import annotations

import hashlib
import re
import statistics
import time
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from starlette.testclient import TestClient

from app.accounts import actions, passwords, signing_in
from app.accounts.models import AuditEvent, SignInAttempt, SignInSession, User
from app.config import Settings
from app.db import Database
from app.main import create_app
from tests.conftest import PASSWORD, PUBLIC_URL, Cast, Clock, SignIn

COOKIE = "weekline_session"


def try_to_sign_in(client: TestClient, name: str = "lin", password: str = PASSWORD, **more: str) -> Any:
    return client.post("/sign-in", data={"name": name, "password": password, **more})


def is_in(client: TestClient) -> bool:
    return bool(client.get("/teams").status_code == 200)


def sessions_in(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(SignInSession)) or 0


class TestTheRightPassword:
    def test_leads_home(self, client: TestClient, cast: Cast) -> None:
        answer = try_to_sign_in(client, name=" LIN ")
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert is_in(client)

    def test_leads_back_to_where_one_was(self, client: TestClient, cast: Cast) -> None:
        asked = client.get("/teams/payments/weeks?year=2025")
        assert asked.headers["location"] == "/sign-in?next=/teams/payments/weeks%3Fyear%3D2025"
        page = client.get(asked.headers["location"]).text
        form = page.split('action="/sign-in"')[1]
        kept = re.search(r'name="next" value="([^"]*)"', form)
        assert kept is not None
        answer = try_to_sign_in(client, next=kept[1])
        assert answer.headers["location"] == "/teams/payments/weeks?year=2025"

    def test_by_a_link_leads_back_to_where_one_was_too(
        self, client: TestClient, cast: Cast, database: Database, clock: Clock
    ) -> None:
        """Guard: `remembered_way`. Once signed in it is forgotten."""
        with database.writing() as session:
            links = [
                actions.make_sign_in_link(session, session.get_one(User, who.id), at=clock.now)
                for who in (cast.lin, cast.mei)
            ]
        client.get(client.get("/teams/payments/weeks?year=2025").headers["location"])
        way = r'<form method="post"><input type="hidden" name="next" value="([^"]*)"'
        kept = re.search(way, client.get(links[0]).text)
        assert kept is not None
        answer = client.post(links[0], data={"next": kept[1]})
        assert answer.headers["location"] == "/teams/payments/weeks?year=2025"
        forgotten = re.search(way, client.get(links[1]).text)
        assert forgotten is not None
        assert forgotten[1] == ""

    @pytest.mark.parametrize(
        "elsewhere",
        ["//evil.test", "https://evil.test/", "/\\evil.test", "\\\\evil", "/a\nb", "javascript:x", "x"],
    )
    def test_never_leads_elsewhere(self, client: TestClient, cast: Cast, elsewhere: str) -> None:
        assert try_to_sign_in(client, next=elsewhere).headers["location"] == "/"

    @pytest.mark.parametrize(
        ("person", "home"),
        [
            ("mei", "/teams/trade/weeks"),
            ("eve", "/teams/trade/trends"),
            ("ada", "/teams/elsewhere/weeks"),
        ],
    )
    def test_home_is_what_the_role_is_about(
        self, client: TestClient, cast: Cast, sign_in: SignIn, person: str, home: str
    ) -> None:
        assert sign_in(client, cast.people[person]).get("/").headers["location"] == home

    def test_is_written_down(self, client: TestClient, cast: Cast, database: Database) -> None:
        try_to_sign_in(client)
        with database.reading() as session:
            assert (
                session.scalar(select(AuditEvent.user_id).where(AuditEvent.action == "signed_in"))
                == cast.lin.id
            )


class TestTheCookie:
    def test_is_out_of_reach_of_scripts_and_other_sites(self, client: TestClient, cast: Cast) -> None:
        given = try_to_sign_in(client).headers.get_list("set-cookie")
        session = next(cookie for cookie in given if cookie.startswith(COOKIE))
        assert "HttpOnly" in session
        assert "SameSite=lax" in session
        assert "Path=/" in session
        assert "Domain" not in session

    def test_is_bound_to_this_host_under_https(
        self, settings: Settings, database: Database, cast: Cast
    ) -> None:
        secure = settings.model_copy(update={"public_url": "https://weekline.test"})
        with TestClient(
            create_app(secure, database), "https://weekline.test", follow_redirects=False
        ) as client:
            client.headers["Origin"] = "https://weekline.test"
            given = try_to_sign_in(client).headers.get_list("set-cookie")
            session = next(cookie for cookie in given if cookie.startswith("__Host-weekline="))
            assert "Secure" in session
            assert "Path=/" in session
            assert "Domain" not in session
            assert is_in(client)

    def test_is_stored_as_a_hash_only(self, client: TestClient, cast: Cast, database: Database) -> None:
        try_to_sign_in(client)
        token = client.cookies[COOKIE]
        with database.reading() as session:
            stored = session.scalars(select(SignInSession.token_hash)).one()
        assert stored == hashlib.sha256(token.encode()).hexdigest()
        assert len(token) >= 43

    def test_is_a_new_one_at_every_sign_in_and_the_old_one_ends(
        self, client: TestClient, cast: Cast, database: Database
    ) -> None:
        try_to_sign_in(client)
        first = client.cookies[COOKIE]
        try_to_sign_in(client, name="mei")
        assert client.cookies[COOKIE] != first
        assert sessions_in(database) == 1
        client.cookies.clear()
        client.cookies.set(COOKIE, first)
        assert not is_in(client)

    def test_cannot_be_chosen_by_somebody_else(self, client: TestClient, cast: Cast) -> None:
        client.cookies.set(COOKIE, "chosen-by-an-attacker")
        given = try_to_sign_in(client).headers.get_list("set-cookie")
        assert all("chosen-by-an-attacker" not in cookie for cookie in given)

    @pytest.mark.parametrize("token", ["", "x", "x" * 5000, "\xff", "' OR 1=1 --"])
    def test_that_means_nothing_is_nobody(self, client: TestClient, cast: Cast, token: str) -> None:
        answer = client.get("/teams", headers={"Cookie": f"{COOKIE}={token}".encode("latin-1")})  # type: ignore[dict-item]
        assert answer.headers["location"] == "/sign-in?next=/teams"

    def test_names_the_person_to_scripts_and_proves_nothing(self, client: TestClient, cast: Cast) -> None:
        given = try_to_sign_in(client).headers.get_list("set-cookie")
        who = next(cookie for cookie in given if cookie.startswith("weekline_who="))
        assert who.startswith("weekline_who=%E6%9E%97%E6%99%9A;")
        assert "HttpOnly" not in who
        client.cookies.delete(COOKIE)
        assert not is_in(client)


class TestASession:
    def test_ends_when_it_is_not_used(
        self, client: TestClient, cast: Cast, sign_in: SignIn, clock: Clock, settings: Settings
    ) -> None:
        sign_in(client, cast.lin)
        clock.now += timedelta(minutes=settings.session_idle_minutes - 1)
        assert is_in(client)
        clock.now += timedelta(minutes=settings.session_idle_minutes - 1)
        assert is_in(client)
        clock.now += timedelta(minutes=settings.session_idle_minutes)
        assert not is_in(client)

    def test_ends_at_last_however_much_it_is_used(
        self, client: TestClient, cast: Cast, sign_in: SignIn, clock: Clock, settings: Settings
    ) -> None:
        sign_in(client, cast.lin)
        for _ in range(settings.session_days - 1):
            clock.now += timedelta(days=1)
            assert is_in(client)
        clock.now += timedelta(days=1)
        assert not is_in(client)

    def test_is_noted_as_used_at_most_every_few_minutes(
        self, client: TestClient, cast: Cast, sign_in: SignIn, clock: Clock, database: Database
    ) -> None:
        def seen() -> Any:
            with database.reading() as session:
                return session.scalars(select(SignInSession.seen_at)).one()

        sign_in(client, cast.lin)
        begun = clock.now
        clock.now += timedelta(minutes=4)
        assert is_in(client)
        assert seen() == begun
        clock.now += timedelta(minutes=1)
        assert is_in(client)
        assert seen() == clock.now

    def test_costs_one_small_question(
        self, client: TestClient, cast: Cast, sign_in: SignIn, query_counter: Any
    ) -> None:
        sign_in(client, cast.mei)
        with query_counter() as queries:
            client.get("/teams/menu")
        assert queries.total == 2  # who is it, and the teams

    def test_ends_on_signing_out(self, client: TestClient, cast: Cast, database: Database) -> None:
        try_to_sign_in(client)
        token = client.cookies[COOKIE]
        answer = client.post("/sign-out")
        assert answer.headers["location"] == "/sign-in"
        assert COOKIE not in client.cookies
        assert "weekline_who" not in client.cookies
        client.cookies.set(COOKIE, token)
        assert not is_in(client)
        assert sessions_in(database) == 0

    def test_ends_when_the_person_is_deactivated(
        self, client: TestClient, cast: Cast, sign_in: SignIn, database: Database, clock: Clock
    ) -> None:
        sign_in(client, cast.lin)
        with database.writing() as session:
            actions.deactivate(session, session.get_one(User, cast.lin.id), at=clock.now)
        assert not is_in(client)
        assert try_to_sign_in(client).status_code == 422

    def test_of_a_deactivated_person_ends_even_if_its_row_is_left(
        self, client: TestClient, cast: Cast, sign_in: SignIn, database: Database
    ) -> None:
        sign_in(client, cast.lin)
        with database.writing() as session:
            session.get_one(User, cast.lin.id).active = False
        assert not is_in(client)

    def test_sees_a_new_role_at_once(
        self, client: TestClient, cast: Cast, sign_in: SignIn, database: Database, clock: Clock
    ) -> None:
        sign_in(client, cast.otto)
        assert client.get("/teams/payments/weeks").status_code == 404
        with database.writing() as session:
            actions.grant_role(session, cast.otto, cast.department, "manager", at=clock.now)
        assert client.get("/teams/menu").text.count("<li") == 4


class TestAWrongPassword:
    def test_is_refused_with_the_name_kept_and_the_password_not(self, client: TestClient, cast: Cast) -> None:
        answer = try_to_sign_in(client, password="not this one")
        assert answer.status_code == 422
        assert "Name or password is not right." in answer.text
        assert 'value="lin"' in answer.text
        assert "not this one" not in answer.text
        assert "set-cookie" not in answer.headers

    def test_and_an_unknown_name_get_the_same_answer(
        self, client: TestClient, cast: Cast, database: Database
    ) -> None:
        with database.writing() as session:
            session.get_one(User, cast.otto.id).active = False
            session.get_one(User, cast.mei.id).password_hash = None
        pages = {
            name: try_to_sign_in(client, name=name, password="not this one") for name in ("lin", "nil", "mei")
        }
        pages["otto"] = try_to_sign_in(client, name="otto")
        texts = {page.text.replace(f'value="{name}"', "") for name, page in pages.items()}
        assert len(texts) == 1
        assert {page.status_code for page in pages.values()} == {422}
        assert len({str(sorted(set(page.headers) - {"date"})) for page in pages.values()}) == 1

    def test_and_an_unknown_name_take_the_same_time(self) -> None:
        stored = passwords.hash_password(PASSWORD)
        passwords.verify_password(None, "x")

        def took(hashed: str | None) -> float:
            begun = time.thread_time()
            assert not passwords.verify_password(hashed, "not this one")
            return time.thread_time() - begun

        known = statistics.median(took(stored) for _ in range(15))
        unknown = statistics.median(took(None) for _ in range(15))
        assert 0.5 < known / unknown < 2

    def test_guessed_too_often_closes_the_account_for_a_while(
        self, client: TestClient, cast: Cast, clock: Clock
    ) -> None:
        for _ in range(signing_in.PER_ACCOUNT):
            assert try_to_sign_in(client, password="wrong").status_code == 422
        answer = try_to_sign_in(client)
        assert answer.status_code == 429
        assert answer.headers["retry-after"] == "901"
        assert "Too many attempts. Try again in 16 min." in answer.text
        assert try_to_sign_in(client, name="mei").status_code == 303
        clock.now += signing_in.WINDOW
        assert try_to_sign_in(client).status_code == 303

    def test_of_unknown_names_counts_the_same(self, client: TestClient, cast: Cast) -> None:
        for _ in range(signing_in.PER_ACCOUNT):
            assert try_to_sign_in(client, name="nobody").status_code == 422
        assert try_to_sign_in(client, name="nobody").status_code == 429

    def test_guessed_for_many_names_closes_the_address_for_a_while(
        self, client: TestClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(signing_in, "PER_ADDRESS", 5)
        for number in range(5):
            assert try_to_sign_in(client, name=f"guess{number}").status_code == 422
        assert try_to_sign_in(client).status_code == 429

    def test_is_forgotten_after_the_right_one(
        self, client: TestClient, cast: Cast, database: Database
    ) -> None:
        try_to_sign_in(client, password="wrong")
        try_to_sign_in(client)
        with database.reading() as session:
            assert session.scalar(select(func.count()).select_from(SignInAttempt)) == 0

    def test_cannot_be_guessed_faster_by_asking_all_at_once(
        self, app: FastAPI, client: TestClient, cast: Cast
    ) -> None:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(30) as crowd:
            answers = list(
                crowd.map(lambda _: try_to_sign_in(client, password="wrong").status_code, range(30))
            )
        assert answers.count(422) <= signing_in.PER_ACCOUNT
        assert set(answers) <= {422, 429}


class TestPasswords:
    def test_are_stored_with_argon2id(self) -> None:
        assert passwords.hash_password(PASSWORD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")

    def test_of_old_settings_are_hashed_anew_at_the_next_sign_in(
        self, client: TestClient, cast: Cast, database: Database
    ) -> None:
        from argon2 import PasswordHasher

        weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
        with database.writing() as session:
            session.get_one(User, cast.lin.id).password_hash = weak
        assert try_to_sign_in(client).status_code == 303
        with database.reading() as session:
            stored = session.get_one(User, cast.lin.id).password_hash
        assert stored != weak
        assert passwords.verify_password(stored, PASSWORD)

    def test_that_are_not_hashes_let_nobody_in(self) -> None:
        assert not passwords.verify_password("plain", "plain")


class TestBehindAProxy:
    def ask(self, settings: Settings, database: Database, proxies: list[str]) -> str | None:
        behind = settings.model_copy(update={"trusted_proxies": proxies})
        with TestClient(create_app(behind, database), PUBLIC_URL, client=("10.0.0.2", 5000)) as client:
            client.headers["Origin"] = PUBLIC_URL
            client.post(
                "/sign-in",
                data={"name": "x", "password": "y"},
                headers={"X-Forwarded-For": "203.0.113.9"},
            )
        with database.reading() as session:
            return session.scalar(select(SignInAttempt.address))

    def test_the_address_is_the_visitors_if_the_proxy_is_trusted(
        self, settings: Settings, database: Database
    ) -> None:
        assert self.ask(settings, database, ["10.0.0.2"]) == "203.0.113.9"

    def test_and_the_proxys_otherwise(self, settings: Settings, database: Database) -> None:
        assert self.ask(settings, database, []) == "10.0.0.2"
