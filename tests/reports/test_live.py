"""Two people in one week see each other's saved changes, and who is where."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, text

from app.accounts import sessions
from app.accounts.models import Membership, User
from app.config import Settings
from app.db import Database
from app.main import create_app
from app.reports import live, live_routes
from app.web import broadcast
from tests.conftest import Cast, Clock, new_session
from tests.reports.pages import store_week
from tests.reports.saving import URL, StoredWeek, uid
from tests.serving import Events, Served, events, served

CHANGES = f"{URL}/changes"


@pytest.fixture
def week(database: Database, cast: Cast, clock: Clock) -> StoredWeek:
    return StoredWeek(database, store_week(database, cast.payments, cast.lin, clock.now))


@pytest.fixture
def processes(database: Database, settings: Settings, clock: Clock) -> Iterator[list[Served]]:
    """Two on PostgreSQL, each with connections of its own; one on SQLite, which has no more."""
    with ExitStack() as stack:
        running = []
        for _ in range(1 if database.is_sqlite else 2):
            own = Database(database.url.render_as_string(hide_password=False))
            app = create_app(settings, own)
            app.state.clock = lambda: clock.now
            running.append(stack.enter_context(served(app)))
        if not database.is_sqlite:
            until_listening(database, len(running))
        yield running


LISTENING = """FROM pg_stat_activity WHERE application_name = 'weekline listening'
    AND datname = current_database() AND state = 'idle' AND query LIKE 'LISTEN%'"""


def until_listening(database: Database, processes: int) -> None:
    """Wait: what is announced before would go by."""
    until = time.monotonic() + 20
    while True:
        with database.reading() as session:
            if session.scalar(text(f"SELECT count(*) {LISTENING}")) == processes:
                return
        assert time.monotonic() < until, "not all processes listen"
        time.sleep(0.01)


class Browser:
    """A page of the week on one of the processes, with its stream."""

    def __init__(self, server: Served, user: User, at: Any) -> None:
        state = server.app.state
        token = new_session(state, user, at)
        self.server, self.cookie = server, f"{sessions.cookie_name(state.settings)}={token}"
        self.token, self.name, self.sent = token, uid(), 0

    def listen(self, stack: ExitStack, query: str = "", headers: dict[str, str] | None = None) -> Events:
        path = f"{CHANGES}?client={self.name}{query}"
        stream = stack.enter_context(events(self.server, path, cookie=self.cookie, headers=headers))
        if stream.status == 200:
            stream.next("people")
        return stream

    def send(self, *changes: dict[str, Any], field: str = "structure") -> tuple[int, str]:
        self.sent += 1
        body = {"client": self.name, "field": field, "sequence": self.sent, "changes": changes}
        answer: tuple[int, str] = self.server.request("POST", CHANGES, cookie=self.cookie, body=body)
        return answer

    def form(self, path: str, form: str) -> int:
        status: int = self.server.request("POST", f"{URL}{path}", cookie=self.cookie, form=form)[0]
        return status

    def text(self, item: Any, said: str) -> tuple[int, str]:
        return self.send({"kind": "text", "item": item.id, "text": said, "version": item.version})


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


@pytest.fixture
def lin(processes: list[Served], cast: Cast, clock: Clock) -> Browser:
    return Browser(processes[0], cast.lin, clock.now)


@pytest.fixture
def ada(processes: list[Served], cast: Cast, clock: Clock) -> Browser:
    return Browser(processes[-1], cast.ada, clock.now)


class TestASavedChange:
    def test_is_seen_by_the_other_within_five_seconds(
        self, lin: Browser, ada: Browser, week: StoredWeek, cast: Cast, stack: ExitStack
    ) -> None:
        stream = ada.listen(stack)
        item = week.item("商户对账单")
        assert lin.text(item, "商户对账单：上线")[0] == 200
        told = stream.next("changed", within=5)
        assert told["version"] == week.report.version
        assert told["by"] == {"id": cast.lin.id, "name": "林晚"}
        assert told["client"] == lin.name
        assert told["items"] == [{"id": item.id, "version": week.with_id(item.id).version}]
        assert (told["removed"], told["sections"]) == ([], [])

    def test_that_moves_adds_or_removes_says_which_sections_to_draw_anew(
        self, lin: Browser, ada: Browser, week: StoredWeek, stack: ExitStack
    ) -> None:
        stream = ada.listen(stack)
        item, section = week.item("商户对账单"), week.section("平台升级")
        lin.send({"kind": "move", "item": item.id, "section": section.id})
        assert sorted(stream.next("changed")["sections"]) == sorted([item.section_id, section.id])
        lin.send({"kind": "remove", "item": item.id, "version": item.version})
        assert stream.next("changed")["removed"] == [item.id]

    def test_by_a_form_is_seen_too(
        self, lin: Browser, ada: Browser, week: StoredWeek, stack: ExitStack
    ) -> None:
        stream = ada.listen(stack)
        item = week.item("商户对账单")
        assert lin.form(f"/items/{item.id}", f"text=x&version={item.version}") == 303
        assert stream.next("changed")["sections"] == [item.section_id]

    def test_that_is_refused_is_not_told(
        self, lin: Browser, ada: Browser, week: StoredWeek, stack: ExitStack
    ) -> None:
        stream = ada.listen(stack)
        item = week.item("商户对账单")
        stale = {"kind": "text", "item": item.id, "text": "x", "version": 999}
        other = week.item("报表迁移")
        fresh = {"kind": "text", "item": other.id, "text": "报表", "version": other.version}
        assert lin.send(fresh, stale)[0] == 409
        assert lin.send(fresh)[0] == 200
        told = stream.next("changed")  # the first since the page was opened
        assert [one["id"] for one in told["items"]] == [other.id]
        assert told["version"] == week.report.version

    def test_of_another_week_is_not_told(
        self, lin: Browser, ada: Browser, week: StoredWeek, stack: ExitStack
    ) -> None:
        assert (
            lin.server.request(
                "POST", "/teams/payments/weeks", cookie=lin.cookie, form="period_start=2025-06-09"
            )[0]
            == 303
        )
        stream = ada.listen(stack)
        body = {
            "client": uid(),
            "field": "structure",
            "sequence": 1,
            "changes": [{"kind": "keep", "item": 1}],
        }
        lin.server.request("POST", "/teams/payments/weeks/2025-06-09/changes", cookie=lin.cookie, body=body)
        lin.text(week.item("商户对账单"), "商户对账单：上线")
        assert stream.next("changed")["client"] == lin.name  # the first since the page was opened

    def test_of_a_great_many_items_says_only_that_much_changed(
        self, lin: Browser, ada: Browser, week: StoredWeek, stack: ExitStack, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("app.db.LONGEST_MESSAGE", 40)
        stream = ada.listen(stack)
        lin.text(week.item("商户对账单"), "商户对账单：上线")
        assert stream.next("reload") == {}


class TestTheStream:
    def test_is_not_compressed_nor_kept(self, ada: Browser, week: StoredWeek, stack: ExitStack) -> None:
        stream = ada.listen(stack)
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert "content-encoding" not in stream.headers
        assert stream.headers["cache-control"] == "no-store"

    def test_says_to_look_again_where_the_page_is_older(
        self, lin: Browser, ada: Browser, week: StoredWeek, stack: ExitStack
    ) -> None:
        before = week.report.version
        lin.text(week.item("商户对账单"), "商户对账单：上线")
        path = f"{CHANGES}?since={before}"
        stream = stack.enter_context(events(ada.server, path, cookie=ada.cookie))
        assert stream.next("reload") == {"version": week.report.version}

    def test_says_so_as_well_to_a_browser_that_missed_something_while_it_was_away(
        self, lin: Browser, ada: Browser, week: StoredWeek, stack: ExitStack
    ) -> None:
        before = week.report.version
        lin.text(week.item("商户对账单"), "商户对账单：上线")
        headers = {"Last-Event-ID": str(before)}
        path = f"{CHANGES}?since={week.report.version}"
        stream = stack.enter_context(events(ada.server, path, cookie=ada.cookie, headers=headers))
        assert stream.next("reload") == {"version": week.report.version}

    def test_ends_when_the_week_was_published(
        self, lin: Browser, ada: Browser, week: StoredWeek, stack: ExitStack
    ) -> None:
        lin.text(week.item("商户对账单"), "商户对账单：上线")
        stream = ada.listen(stack)
        assert lin.form("/publication", f"version={week.report.version}&reason=r") == 303
        assert stream.next("gone")["why"] == "published"

    def test_ends_after_sign_out(
        self, ada: Browser, week: StoredWeek, stack: ExitStack, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(live_routes, "BEAT", 0.3)
        stream = ada.listen(stack)
        with week.database.writing() as session:
            sessions.end_session(session, ada.token)
        assert stream.next("gone")["why"] == "signed_out"
        assert stream.ends()

    def test_ends_when_the_role_is_taken_away(
        self, lin: Browser, week: StoredWeek, cast: Cast, stack: ExitStack, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(live_routes, "BEAT", 0.3)
        stream = lin.listen(stack)
        with week.database.writing() as session:
            session.execute(delete(Membership).where(Membership.user_id == cast.lin.id))
        assert stream.next("gone")["why"] == "team.not_found"
        assert stream.ends()

    def test_looks_again_who_is_reading_at_least_every_fifteen_seconds(self) -> None:
        assert live_routes.BEAT <= 15

    def test_does_not_keep_a_sign_in_alive(
        self,
        ada: Browser,
        week: StoredWeek,
        stack: ExitStack,
        clock: Clock,
        settings: Settings,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(live_routes, "BEAT", 0.2)
        stream = ada.listen(stack)
        idle = timedelta(minutes=settings.session_idle_minutes)
        clock.now += idle * 0.6
        time.sleep(0.5)
        clock.now += idle * 0.6
        assert stream.next("gone")["why"] == "signed_out"

    def test_of_one_who_does_not_keep_up_says_to_look_again(
        self, ada: Browser, lin: Browser, week: StoredWeek, stack: ExitStack, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stream = ada.listen(stack)
        listeners = [one for here in ada.server.app.state.broadcast._listeners.values() for one in here]
        loop = listeners[0]._loop
        told = threading.Event()
        loop.call_soon_threadsafe(told.wait, 30)
        for _ in range(broadcast.MOST_WAITING + 5):
            for listener in listeners:
                listener.tell({"topic": "x", "version": 1, "by": None, "gone": "published"})
        told.set()
        assert stream.next("reload") == {}

    def test_holds_no_connection_of_the_pool(self, ada: Browser, week: StoredWeek, stack: ExitStack) -> None:
        for _ in range(60):  # more than there are connections
            ada.listen(stack)
        until = time.monotonic() + 10
        while ada.server.app.state.database.engine.pool.checkedout() > 0:
            assert time.monotonic() < until
            time.sleep(0.02)

    def test_ends_at_once_when_the_server_stops(
        self, ada: Browser, week: StoredWeek, stack: ExitStack
    ) -> None:
        stream = ada.listen(stack)
        ada.server.app.state.broadcast.close()
        assert stream.ends(within=live.BEAT / 2)


class TestBetweenProcesses:
    @pytest.fixture
    def database(self, postgresql_database: Database) -> Database:
        return postgresql_database

    def test_a_listener_that_lost_the_database_is_told_to_look_again(
        self, lin: Browser, ada: Browser, week: StoredWeek, stack: ExitStack
    ) -> None:
        stream = ada.listen(stack)
        with week.database.writing() as session:
            ended = session.execute(text(f"SELECT pg_terminate_backend(pid) {LISTENING}")).all()
        assert len(ended) == 2
        assert stream.next("reload", within=5) == {}
        lin.text(week.item("商户对账单"), "商户对账单：上线")
        assert stream.next("changed")["client"] == lin.name


class TestWhoIsThere:
    def test_is_shown_with_the_item_they_are_on(
        self, lin: Browser, ada: Browser, week: StoredWeek, cast: Cast, stack: ExitStack
    ) -> None:
        stream = ada.listen(stack)
        lin.listen(stack)
        item = week.item("商户对账单")
        assert lin.form("/presence", f"client={lin.name}&item={item.id}") == 204
        here = {"client": lin.name, "user": cast.lin.id, "name": "林晚", "item": str(item.id)}
        deadline = time.monotonic() + 5
        while here not in stream.next("people"):
            assert time.monotonic() < deadline

    def test_ends_when_the_page_is_closed(
        self, lin: Browser, ada: Browser, week: StoredWeek, stack: ExitStack
    ) -> None:
        stream = ada.listen(stack)
        with ExitStack() as page:
            lin.listen(page)
            while lin.name not in {one["client"] for one in stream.next("people")}:
                pass
        while lin.name in {one["client"] for one in stream.next("people")}:
            pass

    def test_is_forgotten_of_a_page_that_is_not_heard_of(
        self, lin: Browser, ada: Browser, week: StoredWeek, stack: ExitStack, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A computer that was shut says nothing any more."""
        monkeypatch.setattr(live, "AWAY_AFTER", 0.8)
        monkeypatch.setattr(live_routes, "BEAT", 0.3)
        stream = ada.listen(stack)
        lin.form("/presence", f"client={lin.name}&item=")
        while lin.name not in {one["client"] for one in stream.next("people")}:
            pass
        while lin.name in {one["client"] for one in stream.next("people")}:
            pass

    def test_is_asked_by_those_who_may_write_only(
        self, processes: list[Served], cast: Cast, week: StoredWeek, clock: Clock, stack: ExitStack
    ) -> None:
        mei = Browser(processes[0], cast.mei, clock.now)
        assert mei.listen(stack).status == 403
        assert mei.form("/presence", f"client={uid()}") == 403
