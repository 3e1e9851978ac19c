"""One request, one transaction, committed before the answer; and nobody waits in a thread for a turn."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI, Request, Response
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from starlette.background import BackgroundTask
from starlette.testclient import TestClient

from app.accounts.models import AuditEvent
from app.db import Database
from app.errors import Conflict
from app.web.access import Public
from app.web.database import DbSession, Gate, TheDatabase, later
from tests.conftest import PUBLIC_URL


@contextmanager
def commits_fail() -> Iterator[None]:
    def fail(session: Session) -> None:
        if session.info.get("writes"):
            raise OperationalError("COMMIT", {}, Exception("connection lost"))

    event.listen(Session, "before_commit", fail)
    try:
        yield
    finally:
        event.remove(Session, "before_commit", fail)


def write(session: Session, action: str = "tested") -> None:
    session.info["writes"] = True
    session.add(AuditEvent(at=datetime.now(UTC), action=action, details={}))
    session.flush()


async def commits_after_the_answer(request: Request) -> AsyncIterator[Session]:
    """The plain way, for the control: its end runs when the answer has been sent."""
    gate: Gate = request.app.state.gate
    async with gate.writing() as session:
        yield session


@pytest.fixture
def app(app: FastAPI) -> FastAPI:
    @app.post("/test/save")
    def save(public: Public, session: DbSession) -> Response:
        write(session)
        return Response("saved")

    @app.post("/test/save-late")
    def save_late(public: Public, session: Annotated[Session, Depends(commits_after_the_answer)]) -> Response:
        write(session)
        return Response("saved")

    @app.post("/test/refuse")
    def refuse(public: Public, session: DbSession) -> Response:
        write(session)
        raise Conflict("report.already_published")

    @app.get("/test/read")
    def read(public: Public, session: DbSession) -> Response:
        write(session)
        return Response("read")

    @app.post("/test/slow-save")
    def slow_save(public: Public, session: DbSession) -> Response:
        write(session)
        time.sleep(0.005)
        return Response("saved")

    def keep(database: Database) -> None:
        with database.writing() as session:
            write(session, "kept")

    @app.get("/test/keep")
    def read_and_keep(public: Public, database: TheDatabase) -> Response:
        return Response("kept later", background=BackgroundTask(later, keep, database))

    @app.get("/test/slow-read")
    def slow_read(public: Public, session: DbSession) -> Response:
        session.execute(text("SELECT 1"))
        time.sleep(0.01)
        return Response(str(session.execute(text("SELECT 2")).scalar()))

    return app


def written(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).where(AuditEvent.action == "tested")) or 0


class TestACommit:
    def test_is_there_when_the_answer_is(self, client: TestClient, database: Database) -> None:
        assert client.post("/test/save").text == "saved"
        assert written(database) == 1

    def test_that_fails_is_a_503_with_a_time_to_try_again(
        self, client: TestClient, database: Database
    ) -> None:
        with commits_fail():
            answer = client.post("/test/save")
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "5"
        assert written(database) == 0

    def test_control_a_late_commit_that_fails_looks_like_success(
        self, client: TestClient, database: Database
    ) -> None:
        quiet = TestClient(
            client.app, PUBLIC_URL, raise_server_exceptions=False, headers={"Origin": PUBLIC_URL}
        )
        with commits_fail():
            assert quiet.post("/test/save-late").status_code == 200
        assert written(database) == 0


class TestARefusal:
    def test_rolls_back(self, client: TestClient, database: Database) -> None:
        assert client.post("/test/refuse").status_code == 409
        assert written(database) == 0


class TestReading:
    def test_keeps_nothing(self, client: TestClient, database: Database) -> None:
        assert client.get("/test/read").status_code == 200
        assert written(database) == 0


class TestACrowd:
    """More requests at once than threads and connections: all get an answer, none waits for a time-out.

    Were turns waited for in threads, this would hang.
    """

    def test_of_writers_and_readers_comes_through(self, client: TestClient, database: Database) -> None:
        def ask(number: int) -> int:
            method, path = (("GET", "slow-read"), ("POST", "slow-save"), ("GET", "keep"))[number % 3]
            return client.request(method, f"/test/{path}").status_code

        with ThreadPoolExecutor(120) as crowd:
            answers: list[Any] = list(crowd.map(ask, range(300)))
        assert set(answers) == {200}
        assert written(database) == 100
