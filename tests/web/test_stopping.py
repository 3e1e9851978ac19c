"""The server stops: what it was about to say is said before it lets its connections go."""

from __future__ import annotations

import time

import pytest
from starlette.testclient import TestClient

from app.config import Settings
from app.db import Database
from app.main import create_app
from app.web.broadcast import Broadcast


@pytest.mark.postgresql
def test_announcements_under_way_end_before_connections_are_let_go(
    settings: Settings, postgresql_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened: list[str] = []

    def announce(broadcast: Broadcast, message: str) -> None:
        time.sleep(0.2)
        happened.append("announced")

    let_go = postgresql_database.dispose

    def dispose() -> None:
        happened.append("let go")
        let_go()

    monkeypatch.setattr(Broadcast, "_notify", announce)
    monkeypatch.setattr(postgresql_database, "dispose", dispose)
    app = create_app(settings, postgresql_database)
    with TestClient(app) as client:
        assert client.portal is not None
        client.portal.call(app.state.broadcast.say, "week", {"here": "lin"})
    assert happened[:2] == ["announced", "let go"]
