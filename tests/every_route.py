"""All addresses of the app, found rather than listed, over a world in which each has something to show."""

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

from app.accounts.models import Team
from app.config import Settings
from app.db import Database
from app.main import create_app
from app.metrics.models import Metric
from app.models import Base
from app.reports.models import Report
from app.reports.starting import start_report
from app.web.access import declared_access
from tests.conftest import Cast, Clock, new_session
from tests.reports.pages import MONDAY, store_week

DRAFT = date(2025, 6, 9)
ACCESSES = (
    "public",
    "signed_in",
    "administrator",
    "team.visible",
    "team.drafts",
    "team.writable",
    "report.readable",
    "report.editable",
    "shared link",
    "metric.readable",
    "metric.editable",
)
"""What routes may declare, the strictest last."""
ANY_TEXT = {"token": "no-such-token"}
"""Parameters that are not the id of a row. A made-up token lets nobody in, and is found by nobody."""
NO_SUCH_ID = 999_999
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
            pytest.fail(f"say in tests/every_route.py what to put for {{{name}}}")
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
    unknown = declared - set(ACCESSES)
    assert not unknown, f"{route.path}: give {unknown} its place in tests/every_route.py"
    return next((name for name in reversed(ACCESSES) if name in declared), "")


def make_world(settings: Settings, database: Database, cast: Cast, clock: Clock) -> World:
    """Payments with a published week and a draft, elsewhere with a published one."""
    published = store_week(database, cast.payments, cast.lin, clock.now)
    store_week(database, cast.elsewhere, cast.otto, clock.now)
    with database.writing() as session:
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
    app = create_app(settings, Undone(database.url.render_as_string(hide_password=False)))
    app.state.clock = lambda: clock.now
    real = create_app(settings, database).state
    tokens = {name: new_session(real, user, clock.now) for name, user in cast.people.items()}
    return World(app, database, cast, tokens, published, drafted)


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
