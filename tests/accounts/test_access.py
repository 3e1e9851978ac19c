"""Every route × every person × whose thing it is × its state: who gets in, who is refused, and how.

Routes are found, not listed: a new one is asked as soon as it exists. What must come of it follows from the
access it declares; an access that is not in the table below, or a path parameter nobody knows a value for,
fails here until it is added.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args, get_origin

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import BaseModel
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session
from starlette.routing import Mount
from starlette.testclient import TestClient

from app.accounts import sessions
from app.accounts.models import Team
from app.config import Settings
from app.db import Database
from app.main import create_app
from app.metrics.models import Metric
from app.models import Base
from app.reports.models import Report
from app.reports.starting import start_report
from app.web.access import declared_access
from tests.conftest import PUBLIC_URL, Cast, Clock, new_session
from tests.reports.pages import MONDAY, store_week

DRAFT = date(2025, 6, 9)
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
STRICTEST_FIRST = tuple(reversed([name for name in TABLE if ", " not in name]))
ANY_TEXT = {"token": "no-such-token"}
"""Parameters that are not the id of a row. A made-up token lets nobody in, and is found by nobody."""
NO_SUCH_ID = 999_999
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
CALLED_OTHERWISE = {"session": "signinsession", "name": "metricname", "shared_link": "sharedlink"}
"""Ids whose tables have a longer name."""


@dataclass(frozen=True)
class Asked:
    """One address of one route, and who owns what it names."""

    method: str
    route: APIRoute
    access: str
    path: str
    complete: bool
    """Whether there is a row for every id in the path."""

    def __str__(self) -> str:
        return f"{self.method} {self.path} ({self.access})"


class Undone(Database):
    """A database in which every request's changes are undone, so that all are asked of the same state."""

    @contextmanager
    def writing(self) -> Iterator[Session]:
        try:
            with super().writing() as session:
                yield session
                raise _UndoneError
        except _UndoneError:
            pass


class _UndoneError(Exception):
    pass


@dataclass
class World:
    """The app, what is in it, and a session cookie for everybody."""

    app: FastAPI
    database: Database
    cast: Cast
    tokens: dict[str, str]
    published: int
    drafted: int

    def asked(self, *, team: Team, period: date, of: int) -> Iterator[Asked]:
        """All routes with a team's address and the ids of the report `of`."""
        for route in routes(self.app):
            access = strictest(route)
            if access.startswith("report") and period == DRAFT and access == "report.readable":
                access = "report.readable, draft"
            values = {name: self.value(name, team, period, of) for name in parameters(route)}
            path = route.path
            for name, value in values.items():
                path = re.sub(rf"\{{{name}(:\w+)?\}}", str(value), path)
            for method in sorted(route.methods - {"HEAD"}):
                yield Asked(method, route, access, path, complete=NO_SUCH_ID not in values.values())

    def value(self, name: str, team: Team, period: date, of: int) -> Any:
        if name == "team":
            return team.slug
        if name == "period":
            return period.isoformat()
        if name in {"number", "revision"}:
            return 1
        if name == "other":
            return MONDAY.isoformat()
        if name in ANY_TEXT:
            return ANY_TEXT[name]
        if name == "person_id":
            return self.cast.lin.id
        if name == "team_id":
            return self.cast.payments.id
        return self.some_id(name, of)

    def some_id(self, name: str, of: int) -> int:
        """The id of a row of that report, or of its team: `item_id` is an `Item`."""
        wanted = name.removesuffix("_id").replace("_", "")
        wanted = CALLED_OTHERWISE.get(wanted, wanted)
        kinds = [m.class_ for m in Base.registry.mappers if m.class_.__name__.lower() == wanted]
        if not kinds:
            pytest.fail(f"say in tests/accounts/test_access.py what to put for {{{name}}}")
        columns = inspect(kinds[0]).columns
        with self.database.reading() as session:
            query = select(kinds[0].id)
            if "report_id" in columns:
                query = query.where(columns["report_id"] == of)
            elif "metric_id" in columns:
                report = session.get_one(Report, of)
                metrics = select(Metric.id).where(Metric.team_id == report.team_id)
                query = query.where(columns["metric_id"].in_(metrics)).order_by(columns["metric_id"])
            elif "team_id" in columns:
                report = session.get_one(Report, of)
                query = query.where(columns["team_id"] == report.team_id)
            return session.scalars(query.limit(1)).first() or NO_SUCH_ID


def routes(app: FastAPI) -> list[APIRoute]:
    return [route for route in app.routes if isinstance(route, APIRoute)]


def parameters(route: APIRoute) -> list[str]:
    return re.findall(r"\{(\w+)(?::\w+)?\}", route.path)


def strictest(route: APIRoute) -> str:
    declared = declared_access(route.dependant)
    unknown = declared - set(TABLE)
    assert not unknown, f"{route.path}: give {unknown} a row in the table of expected answers"
    return next((name for name in STRICTEST_FIRST if name in declared), "")


@pytest.fixture
def world(settings: Settings, sqlite_database: Database, cast: Cast, clock: Clock) -> World:
    published = store_week(sqlite_database, cast.payments, cast.lin, clock.now)
    store_week(sqlite_database, cast.elsewhere, cast.otto, clock.now)
    with sqlite_database.writing() as session:
        draft = start_report(
            session,
            team_id=cast.payments.id,
            period_start=DRAFT,
            rule="jan1-monday",
            language="zh",
            by=cast.lin,
            at=clock.now,
        )
        session.flush()
        drafted = draft.id
    app = create_app(settings, Undone(sqlite_database.url.render_as_string(hide_password=False)))
    app.state.clock = lambda: clock.now
    real = create_app(settings, sqlite_database).state
    tokens = {name: new_session(real, user, clock.now) for name, user in cast.people.items()}
    return World(app, sqlite_database, cast, tokens, published, drafted)


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


def plausible_form(route: APIRoute) -> dict[str, str]:
    """Something for every field, so that a form's own checks do not hide who may send it."""
    form: dict[str, str] = {}
    for parameter in route.dependant.body_params:
        kind = parameter.field_info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            form |= {name: plausible(field.annotation) for name, field in kind.model_fields.items()}
        else:
            form[parameter.name] = plausible(kind)
    return form


def plausible(kind: Any) -> str:
    if get_origin(kind) is Literal:
        return str(get_args(kind)[0])
    kinds = [kind, *get_args(kind)]
    if bool in kinds:
        return "true"
    if int in kinds:
        return "1"
    return "2025-06-16" if date in kinds else "x"


class TestEveryRoute:
    def test_declares_its_access(self, app: FastAPI) -> None:
        undeclared = [route.path for route in routes(app) if not strictest(route)]
        assert undeclared == []

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
