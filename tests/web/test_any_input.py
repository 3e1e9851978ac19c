"""Whatever is sent to whichever address: the answer says what is wrong, and is never a 500."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from app.accounts import sessions
from app.config import Settings
from app.db import Database
from tests.conftest import PUBLIC_URL, Cast, Clock
from tests.every_route import DRAFT, Asked, World, make_world, parameters, plausible, plausible_form

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
IDS = (b"0", b"-1", b"1_000", b"2147483648", b"9223372036854775808", b"1" * 400)
ODD = (b"a\0b", b"\xed\xa0\x80", b"\xc2\xb2", b"9223372036854775808", b"9999-12-27")
"""What some layer below chokes on: PostgreSQL, UTF-8, `int()`, columns, calendars."""
ODDER = (*ODD, b"", b" ", b"0001-01-01", b"1e400", b"NaN", b"x" * 60_000, b"[[[[", b"//elsewhere", b"a\r\nb")


@dataclass
class Prober:
    """Sends something odd in the place of what an address expects; notes what ends in a failure."""

    client: TestClient
    world: World
    failures: list[str]

    def everywhere(self, asked: Asked) -> None:
        route = asked.route
        form = plausible_form(route) if asked.method != "GET" else {}
        query = {name: plausible(kind) for name, kind in query_parameters(route.dependant)}
        for name in parameters(route):
            for odd in IDS if name.endswith("_id") else ODDER:
                self.ask(asked.method, self.path(route, name, odd), {}, form)
        for odd in ODDER:
            if query or form:
                self.ask(asked.method, asked.path, dict.fromkeys(query, odd[:2000]), dict.fromkeys(form, odd))
        for odd in ODD:
            for name in query:
                self.ask(asked.method, asked.path, query | {name: odd}, form)
            for name in form:
                self.ask(asked.method, asked.path, query, form | {name: odd})

    def path(self, route: APIRoute, odd_one: str, odd: bytes) -> str:
        path = route.path
        for name in parameters(route):
            value = self.world.value(name, self.world.cast.payments, DRAFT, self.world.drafted)
            put = quote(odd[:2000] if name == odd_one else str(value), safe="")
            path = re.sub(rf"\{{{name}(:\w+)?\}}", put.replace("\\", ""), path)
        return path

    def ask(self, method: str, path: str, query: dict[str, Any], form: dict[str, Any]) -> None:
        self.client.cookies.clear()
        name = sessions.cookie_name(self.world.app.state.settings)
        self.client.cookies.set(name, self.world.tokens["ada"])
        answer = self.client.request(
            method,
            f"{path}?{urlencode(query)}" if query else path,
            content=urlencode(form) if form else None,
            headers=FORM if form else None,
        )
        if answer.status_code >= 500:
            self.failures.append(f"{answer.status_code} {method} {path[:120]} {query!s:.120} {form!s:.240}")


def query_parameters(dependant: Dependant) -> Iterator[tuple[str, Any]]:
    for parameter in dependant.query_params:
        yield parameter.alias, parameter.field_info.annotation
    for below in dependant.dependencies:
        yield from query_parameters(below)


@pytest.fixture
def probe(settings: Settings, database: Database, cast: Cast, clock: Clock) -> Iterator[Prober]:
    world = make_world(settings, database, cast, clock)
    with TestClient(
        world.app,
        PUBLIC_URL,
        headers={"Origin": PUBLIC_URL},
        follow_redirects=False,
        raise_server_exceptions=False,
    ) as client:
        world.app.state.broadcast.close()  # streams end as soon as they have let somebody in
        yield Prober(client, world, [])


def every_address(world: World) -> Iterator[Asked]:
    for asked in world.asked(team=world.cast.payments, period=DRAFT, of=world.drafted):
        if asked.path != "/sign-out":  # ends the session that all are asked with
            yield asked


class TestAnyInput:
    def test_is_answered_without_a_failure(self, probe: Prober) -> None:
        for asked in every_address(probe.world):
            probe.everywhere(asked)
        assert probe.failures == []

    def test_control_one_that_fails_is_found(self, probe: Prober) -> None:
        @probe.world.app.get("/test/pages")
        def trusting(number: str = "1") -> int:
            return int(number) if number.isdigit() else 0

        for asked in every_address(probe.world):
            if asked.path == "/test/pages":
                probe.everywhere(asked)
        assert {failure[:19] for failure in probe.failures} == {"500 GET /test/pages"}
