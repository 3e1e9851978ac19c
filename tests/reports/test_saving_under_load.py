"""The server's word under load, over a bad line and through crashes: what is called saved is there, once."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
from sqlalchemy import select

from app.accounts import sessions
from app.config import Settings
from app.console.serving import SECONDS_TO_DRAIN
from app.db import Database
from app.main import create_app
from app.reports import changes, plain_texts
from app.reports.models import Item
from benchmarks.writers import Address, Lost, crash_while_writing, write_over_a_bad_line, write_together
from tests.conftest import Cast, Clock, new_session
from tests.reports.pages import store_week
from tests.reports.saving import URL
from tests.serving import free_port, served

ROOT = Path(__file__).parents[2]


@pytest.fixture
def items(database: Database, cast: Cast, clock: Clock) -> list[int]:
    """Three items of a week, which mean nothing beyond their words."""
    report_id = store_week(database, cast.payments, cast.lin, clock.now)
    with database.reading() as session:
        query = select(Item.id).where(Item.report_id == report_id)
        found = session.scalars(query.where(Item.text.contains("银行：") | Item.text.startswith("商户")))
        return list(found)


@pytest.fixture
def address(database: Database, settings: Settings, cast: Cast, clock: Clock) -> Iterator[Address]:
    app = create_app(settings, Database(database.url.render_as_string(hide_password=False)))
    app.state.clock = lambda: clock.now
    cookie = f"{sessions.cookie_name(settings)}={new_session(app.state, cast.lin, clock.now)}"
    with served(app) as server:
        yield Address(server.port, URL, cookie, settings.public_url)


class TestFiftyEditorsOfOneWeek:
    def test_lose_nothing(self, database: Database, address: Address, items: list[int]) -> None:
        outcome = write_together(database, address, items, writers=50, saves=1)
        assert outcome.accepted == outcome.versions == 50
        assert outcome.clashes > 0

    def test_control_without_the_check_of_versions_words_are_lost(
        self, database: Database, address: Address, items: list[int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("app.reports.planning.is_stale", lambda *_: False)
        with pytest.raises(Lost):
            write_together(database, address, items, writers=12, saves=3)


class TestABadLine:
    def test_makes_each_save_once_and_none_after_a_newer(
        self, database: Database, address: Address, items: list[int]
    ) -> None:
        assert write_over_a_bad_line(database, address, items[0], saves=40) > 60

    def test_control_without_the_numbers_it_does(
        self, database: Database, address: Address, items: list[int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(plain_texts.PlainText, "answer_before", lambda *_: None)
        monkeypatch.setattr(changes, "answer_before", lambda *_: None)
        with pytest.raises(Lost):
            write_over_a_bad_line(database, address, items[0], saves=40)


class TestACrash:
    """kill -9 of the real server while pages save; `python -m benchmarks.saving crashes` does many more."""

    @pytest.fixture
    def database(self, sqlite_database: Database) -> Database:
        return sqlite_database

    @pytest.fixture
    def start(
        self, settings: Settings, database: Database, cast: Cast
    ) -> Iterator[Callable[[], tuple[Address, Callable[[], None]]]]:
        running: list[subprocess.Popen[bytes]] = []
        app = create_app(settings, database)
        token = new_session(app.state, cast.lin, app.state.clock())

        def starting() -> tuple[Address, Callable[[], None]]:
            port = free_port()
            process = serve(settings, port)
            running.append(process)

            def kill() -> None:
                process.kill()
                process.wait()

            cookie = f"{sessions.cookie_name(settings)}={token}"
            return Address(port, URL, cookie, settings.public_url), kill

        yield starting
        for process in running:
            if process.poll() is None:
                process.kill()
                process.wait()

    def test_loses_no_acknowledged_save(
        self,
        database: Database,
        items: list[int],
        start: Callable[[], tuple[Address, Callable[[], None]]],
    ) -> None:
        rounds = list(crash_while_writing(database, items, rounds=3, start=start))
        assert rounds[-1][1] > 0

    def test_control_a_save_that_was_only_said_to_be_stored_is_noticed(
        self,
        database: Database,
        items: list[int],
        start: Callable[[], tuple[Address, Callable[[], None]]],
    ) -> None:
        def start_one_that_forgets() -> tuple[Address, Callable[[], None]]:
            address, kill = start()

            def kill_and_forget() -> None:
                kill()
                with database.writing() as session:
                    for item in session.scalars(select(Item).where(Item.id.in_(items))):
                        item.text, item.version = "an older text", 1

            return address, kill_and_forget

        with pytest.raises(Lost):
            list(crash_while_writing(database, items, rounds=1, start=start_one_that_forgets))

    def test_stopping_ends_open_streams_and_the_server_within_ten_seconds(
        self, settings: Settings, cast: Cast, items: list[int]
    ) -> None:
        port = free_port()
        app = create_app(settings, Database(settings.database))
        token = new_session(app.state, cast.lin, app.state.clock())
        process = serve(settings, port)
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            cookie = f"{sessions.cookie_name(settings)}={token}"
            connection.request("GET", f"{URL}/changes", headers={"Cookie": cookie})
            answer = connection.getresponse()
            assert answer.readline() == b"retry: 2000\n"
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            answer.read()
            streamed = time.monotonic() - began
            process.wait(timeout=10)
            assert streamed < SECONDS_TO_DRAIN - 2  # when it would be cut off
        finally:
            connection.close()
            app.state.database.dispose()
            if process.poll() is None:
                process.kill()
                process.wait()


def serve(settings: Settings, port: int) -> subprocess.Popen[bytes]:
    """The real server on that port, once it answers."""
    process = subprocess.Popen(
        [sys.executable, "-c", "import sys; from app.cli import main; sys.exit(main())", "serve"],
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "WEEKLINE_DATA_DIR": str(settings.data_dir),
            "WEEKLINE_PORT": str(port),
            "WEEKLINE_PUBLIC_URL": settings.public_url,
            "WEEKLINE_LOG_LEVEL": "error",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 120
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return process
        except OSError:
            assert time.monotonic() < deadline, "the server did not start"
            assert process.poll() is None, "the server ended"
            time.sleep(0.05)
