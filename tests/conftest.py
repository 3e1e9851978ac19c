"""What all tests share: a fresh database each (SQLite, and PostgreSQL where one answers), the app over it, a
client, a clock that stands still, and the fixed cast.

    lin leads payments · mei manages payments and merchant through their department · eve is the department's
    executive · ada administers · otto leads elsewhere, which has nothing to do with the others
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import event, select
from starlette.testclient import TestClient

from app import migrate
from app.accounts import actions, passwords, sessions
from app.accounts.models import Team, User
from app.config import Settings
from app.db import Database
from app.main import create_app
from tests import postgresql, states
from tests.postgresql import ReusedDatabase
from tests.states import SqliteCopies, States

PUBLIC_URL = "http://weekline.test"
PASSWORD = "a calm week, five minutes"
FRIDAY = datetime(2025, 6, 13, 9, 42, tzinfo=UTC)
"""17:42 in Shanghai, on the Friday of week 24."""

PEOPLE = {"lin": "林晚", "mei": "周梅", "eve": "Eve Hart", "ada": "Ada Berg", "otto": "Otto Lang"}
TEAMS = {"department": "trade", "payments": "payments", "merchant": "merchant", "elsewhere": "elsewhere"}

REQUIRED = set(os.environ.get("WEEKLINE_TEST_REQUIRE", "").replace(",", " ").split())


def skip_or_fail(what: str, how: str) -> None:
    """Skip with a line that says how to get it; fail where WEEKLINE_TEST_REQUIRE names it."""
    if what in REQUIRED:
        pytest.fail(f"{what} is required (WEEKLINE_TEST_REQUIRE) and not there: {how}")
    pytest.skip(f"no {what}: {how}")


@dataclass
class Clock:
    """The time as the app sees it; tests move it."""

    now: datetime = FRIDAY


@dataclass(frozen=True)
class Cast:
    """The people and teams of every test."""

    lin: User
    mei: User
    eve: User
    ada: User
    otto: User
    department: Team
    payments: Team
    merchant: Team
    elsewhere: Team

    @property
    def people(self) -> dict[str, User]:
        return {name: getattr(self, name) for name in PEOPLE}


@dataclass
class Queries:
    """What reached the database while it was counted."""

    statements: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return len(self.statements)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", public_url=PUBLIC_URL, log_level="error")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request: pytest.FixtureRequest) -> Database:
    """An empty database with the newest schema. Tests run on SQLite, then on PostgreSQL."""
    opened: Database = request.getfixturevalue(f"{request.param}_database")
    return opened


@pytest.fixture
def sqlite_database(tmp_path: Path, migrated_sqlite: Path, sqlite_states: States) -> Iterator[Database]:
    path = tmp_path / "data" / "weekline.sqlite3"
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(migrated_sqlite, path)
    database = Database(f"sqlite:///{path}")
    with states.followed(database, sqlite_states):
        yield database
    database.dispose()


@pytest.fixture
def postgresql_database(reused_postgresql: ReusedDatabase) -> Iterator[Database]:
    database = Database(reused_postgresql.url)
    with states.followed(database, reused_postgresql.states):
        yield database
    database.dispose()
    reused_postgresql.clear()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "weekline.sqlite3"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def sqlite_states(tmp_path_factory: pytest.TempPathFactory) -> States:
    return States(SqliteCopies(tmp_path_factory.mktemp("states")))


@pytest.fixture(scope="session")
def reused_postgresql() -> Iterator[ReusedDatabase]:
    if not postgresql.answers():
        skip_or_fail("postgresql", postgresql.HOW)
    database = ReusedDatabase()
    yield database
    database.drop()


def _migrate(url: str) -> None:
    database = Database(url)
    migrate.upgrade(database)
    if database.is_sqlite:  # into one file, to be copied
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.connection.dbapi_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
    database.dispose()


@pytest.fixture
def app(request: pytest.FixtureRequest, settings: Settings, database: Database, clock: Clock) -> FastAPI:
    for there in ("cast", "published"):  # a server seldom starts with nothing
        if there in request.fixturenames:
            request.getfixturevalue(there)
    app = create_app(settings, database)
    app.state.clock = lambda: clock.now
    return app


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """A browser that shows redirects as they are and says where its requests come from."""
    with TestClient(
        app,
        base_url=app.state.settings.public_url,
        headers={"Origin": app.state.settings.public_url, "Accept-Language": "en"},
        follow_redirects=False,
    ) as client:
        yield client


@pytest.fixture
def cast(database: Database, clock: Clock) -> Cast:
    return make_cast(database, clock.now)


def make_cast(database: Database, at: datetime) -> Cast:
    """The cast in the database; everybody's password is `PASSWORD`."""
    states.known_step(database, ("cast", at), lambda: _make_cast(database, at))
    with database.reading() as session:
        people = {person.name: person for person in session.scalars(select(User))}
        teams = {team.slug: team for team in session.scalars(select(Team))}
    return Cast(
        **{name: people[name] for name in PEOPLE},
        **{field: teams[slug] for field, slug in TEAMS.items()},
    )


def _make_cast(database: Database, at: datetime) -> None:
    with database.writing() as session:
        people = {
            name: actions.create_user(
                session, name=name, display_name=shown, at=at, is_administrator=name == "ada"
            )
            for name, shown in PEOPLE.items()
        }
        for person in people.values():
            person.password_hash = _hash()
        department = actions.create_team(session, slug="trade", name="示例支付事业部", at=at)
        payments = actions.create_team(
            session, slug="payments", name="示例支付平台组", at=at, parent=department
        )
        actions.create_team(session, slug="merchant", name="示例商户组", at=at, parent=department)
        elsewhere = actions.create_team(
            session, slug="elsewhere", name="Elsewhere", at=at, language="en", time_zone="Europe/Berlin"
        )
        actions.grant_role(session, people["lin"], payments, "lead", at=at)
        actions.grant_role(session, people["mei"], department, "manager", at=at)
        actions.grant_role(session, people["eve"], department, "executive", at=at)
        actions.grant_role(session, people["otto"], elsewhere, "lead", at=at)


@cache
def _hash() -> str:
    return passwords.hash_password(PASSWORD)


SignIn = Callable[[TestClient, User], TestClient]


@pytest.fixture
def sign_in(clock: Clock) -> SignIn:
    """`sign_in(client, cast.lin)` gives the client lin's session without the sign-in page."""

    def signed_in(client: TestClient, user: User) -> TestClient:
        state: Any = client.app.state  # type: ignore[attr-defined]
        client.cookies.clear()
        client.cookies.set(sessions.cookie_name(state.settings), new_session(state, user, clock.now))
        return client

    return signed_in


def new_session(state: Any, user: User, at: datetime) -> str:
    """The cookie's value of a new session for the person."""
    with state.database.writing() as session:
        return sessions.begin_session(
            session, user, settings=state.settings, agent="test", replacing=None, at=at
        )


@pytest.fixture
def query_counter(app: FastAPI) -> Callable[[], Any]:
    """`with query_counter() as queries: …` and then `queries.total`; quick reads count too."""

    @contextmanager
    def counting() -> Iterator[Queries]:
        seen = Queries()

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if not statement.startswith("BEGIN"):
                seen.statements.append(statement)

        engine = app.state.database.engine
        event.listen(engine, "before_cursor_execute", note)
        app.state.quick.watch = seen.statements.append
        try:
            yield seen
        finally:
            app.state.quick.watch = None
            event.remove(engine, "before_cursor_execute", note)

    return counting
