"""`/livez` says that the process answers, `/readyz` that it can do its work, and neither says more."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from app.config import Settings
from app.db import Database
from app.main import create_app
from app.web import health
from app.web.health import readiness


class TestLivez:
    def test_answers_without_the_database(self, client: TestClient, query_counter: Any) -> None:
        with query_counter() as queries:
            answer = client.get("/livez")
        assert (answer.status_code, answer.text, queries.total) == (200, "ok\n", 0)


class TestReadyz:
    def test_is_ready(self, client: TestClient) -> None:
        answer = client.get("/readyz")
        assert (answer.status_code, answer.text) == (200, "database: ok\nschema: ok\ndisk: ok\n")

    def test_is_not_without_a_database_that_can_be_written(
        self, client: TestClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(database: Database) -> bool:
            raise OperationalError("UPDATE", {}, Exception("password=secret host=db"))

        monkeypatch.setattr(health, "can_write", fail)
        answer = client.get("/readyz")
        assert (answer.status_code, answer.text) == (503, "database: failed\nschema: ok\ndisk: ok\n")

    def test_is_not_with_another_schema(self, client: TestClient, database: Database) -> None:
        with database.writing() as session:
            session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        assert client.get("/readyz").text == "database: ok\nschema: failed\ndisk: ok\n"


class TestTheDisk:
    def test_must_have_room_for_a_file_database(
        self, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        usage = namedtuple("usage", "total used free")
        monkeypatch.setattr(health.shutil, "disk_usage", lambda _: usage(100, 99, 1))
        assert not readiness(sqlite_database).disk
        assert not readiness(sqlite_database).ready


class TestStarting:
    def test_brings_an_empty_database_to_the_schema(self, settings: Settings) -> None:
        with TestClient(create_app(settings), settings.public_url) as client:
            assert client.get("/readyz").status_code == 200
        assert (settings.data_dir / "weekline.sqlite3").exists()
