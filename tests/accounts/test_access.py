"""Every route × every person × whose thing it is × its state: who gets in, who is refused, and how.

Routes are found, not listed: a new one is asked as soon as it exists. What must come of it follows from the
access it declares; an access that is not in the table below, or a path parameter nobody knows a value for
(`tests/every_route.py`), fails here until it is added.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Literal

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import select
from starlette.routing import Mount
from starlette.testclient import TestClient

from app.accounts import sessions
from app.config import Settings
from app.db import Database
from app.reports.models import Report
from tests.conftest import PUBLIC_URL, Cast, Clock, new_session
from tests.every_route import (
    ACCESSES,
    DRAFT,
    Asked,
    World,
    make_world,
    parameters,
    plausible_form,
    routes,
    strictest,
)
from tests.reports.pages import MONDAY

Outcome = Literal["in", "sign-in", "forbidden", "not found"]
PEOPLE = ("nobody", "otto", "eve", "mei", "lin", "ada")

# What comes of asking for payments' things, in the order of PEOPLE:
TABLE: dict[str, tuple[Outcome, ...]] = {
    "public": ("in", "in", "in", "in", "in", "in"),
    "signed_in": ("sign-in", "in", "in", "in", "in", "in"),
    "administrator": ("sign-in", "forbidden", "forbidden", "forbidden", "forbidden", "in"),
    "team.visible": ("sign-in", "not found", "in", "in", "in", "in"),
    "team.drafts": ("sign-in", "not found", "forbidden", "in", "in", "in"),
    "team.writable": ("sign-in", "not found", "forbidden", "forbidden", "in", "in"),
    "report.readable": ("sign-in", "not found", "in", "in", "in", "in"),
    "report.readable, draft": ("sign-in", "not found", "forbidden", "in", "in", "in"),
    "report.editable": ("sign-in", "not found", "forbidden", "forbidden", "in", "in"),
    "shared link": ("not found",) * 6,
    "metric.readable": ("sign-in", "not found", "in", "in", "in", "in"),
    "metric.editable": ("sign-in", "not found", "forbidden", "forbidden", "in", "in"),
}

MAY_BE_ABSENT = {
    "token",
    "number",
    "other",
    "batch_id",
    "session_id",
    "goal_id",
    "name_id",
    "discarded_draft_id",
}
"""Whoever may ask can still get a 404 for these: there may be no such thing in this week, or it is not
their own (sessions), or it is said in the week after (outcomes of goals), or it is another metric's."""


@pytest.fixture
def world(settings: Settings, sqlite_database: Database, cast: Cast, clock: Clock) -> World:
    return make_world(settings, sqlite_database, cast, clock)


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """Who may do what does not depend on the kind of database."""
    return sqlite_database


@pytest.fixture
def ask(world: World) -> Iterator[Any]:
    with TestClient(
        world.app,
        PUBLIC_URL,
        headers={"Origin": PUBLIC_URL},
        follow_redirects=False,
        raise_server_exceptions=False,
    ) as client:
        world.app.state.broadcast.close()  # streams end as soon as they have let somebody in

        def asking(asked: Asked, who: str) -> tuple[int, Outcome]:
            client.cookies.clear()
            if who != "nobody":
                client.cookies.set(sessions.cookie_name(world.app.state.settings), world.tokens[who])
            form = None if asked.method == "GET" else plausible_form(asked.route)
            answer = client.request(asked.method, asked.path, data=form)
            return answer.status_code, outcome(answer)

        yield asking


def outcome(answer: Any) -> Outcome:
    if answer.status_code == 401 or answer.headers.get("location", "").startswith("/sign-in?"):
        return "sign-in"
    if answer.status_code == 303 and answer.headers["location"] == "/sign-in":
        return "sign-in"
    return {403: "forbidden", 404: "not found"}.get(answer.status_code, "in")  # type: ignore[return-value]


class TestEveryRoute:
    def test_declares_its_access(self, app: FastAPI) -> None:
        undeclared = [route.path for route in routes(app) if not strictest(route)]
        assert undeclared == []

    def test_declares_one_that_is_in_the_table(self) -> None:
        assert {access.partition(",")[0] for access in TABLE} == set(ACCESSES)

    def test_is_one_that_this_test_sees(self, app: FastAPI) -> None:
        others = [
            route
            for route in app.routes
            if not isinstance(route, APIRoute) and not (isinstance(route, Mount) and route.path == "/static")
        ]
        assert others == []

    def test_has_its_own_address_and_method(self, app: FastAPI) -> None:
        seen = [(method, route.path) for route in routes(app) for method in route.methods]
        assert len(seen) == len(set(seen))

    def test_control_one_without_access_is_found(self, app: FastAPI) -> None:
        @app.get("/test/open")
        def forgotten() -> None: ...

        assert [route.path for route in routes(app) if not strictest(route)] == ["/test/open"]


class TestPaymentsThings:
    @pytest.mark.parametrize("who", PEOPLE)
    @pytest.mark.parametrize("period", [MONDAY, DRAFT], ids=["published week", "draft"])
    def test_are_for_those_with_a_role_on_them(self, world: World, ask: Any, who: str, period: date) -> None:
        wrong = []
        of = world.published if period == MONDAY else world.drafted
        for asked in world.asked(team=world.cast.payments, period=period, of=of):
            if asked.path == "/sign-out":
                continue
            status, came = ask(asked, who)
            expected = TABLE[asked.access][PEOPLE.index(who)]
            absent = came == "not found" and expected == "in" and _may_be_absent(asked)
            if status >= 500 or (came != expected and not absent):
                wrong.append(f"{asked}: {who} gets {status}, should be: {expected}")
        assert not wrong, "\n".join(wrong)


class TestIdsOfAnotherTeam:
    def test_under_ones_own_teams_address_are_not_found(self, world: World, ask: Any) -> None:
        """Otto leads elsewhere, whose week has the same Monday, and names payments' items there."""
        wrong = []
        for asked in world.asked(team=world.cast.elsewhere, period=MONDAY, of=world.published):
            owned = [name for name in parameters(asked.route) if name.endswith("_id")]
            if "{team}" not in asked.route.path or not owned:
                continue
            status, came = ask(asked, "otto")
            if came != "not found":
                wrong.append(f"{asked}: {status}")
        assert not wrong, "\n".join(wrong)

    def test_control_his_own_are_found(self, world: World, ask: Any) -> None:
        with world.database.reading() as session:
            own = session.scalars(select(Report.id).where(Report.team_id == world.cast.elsewhere.id)).one()
        found = [
            ask(asked, "otto")[1]
            for asked in world.asked(team=world.cast.elsewhere, period=MONDAY, of=own)
            if "{item_id}" in asked.route.path
        ]
        assert "in" in found


class TestOnesOwnAccount:
    def test_has_only_ones_own_sessions_in_it(
        self, client: TestClient, database: Database, cast: Cast, clock: Clock
    ) -> None:
        state = client.app.state  # type: ignore[attr-defined]
        token = new_session(state, cast.mei, clock.now)
        client.cookies.set(sessions.cookie_name(state.settings), new_session(state, cast.otto, clock.now))
        with database.reading() as session:
            meis = session.scalar(
                select(sessions.SignInSession.id).where(
                    sessions.SignInSession.token_hash == sessions.hash_token(token)
                )
            )
        assert client.post(f"/account/sessions/{meis}/end").status_code == 404
        client.cookies.set(sessions.cookie_name(state.settings), token)
        assert client.get("/account").status_code == 200


def _may_be_absent(asked: Asked) -> bool:
    """Whoever may ask can be told that there is no such thing; a form's made-up ids are no such things."""
    names = set(parameters(asked.route))
    in_form = asked.method != "GET" and bool(asked.route.dependant.body_params)
    return (
        in_form
        or bool(names & MAY_BE_ABSENT)
        or not asked.complete
        or asked.path.endswith("/source/imported")
    )


class TestControl:
    def test_a_policy_that_lets_everybody_see_is_noticed(
        self, world: World, ask: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("app.accounts.policy.may_see_team", lambda *_: True)
        came = {
            ask(asked, "otto")[1]
            for asked in world.asked(team=world.cast.payments, period=MONDAY, of=world.published)
            if asked.access in {"team.visible", "report.readable"}
        }
        assert "in" in came
