"""A published week stays as it is: of all that can be posted, only publication changes what readers see."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import inspect, select
from starlette.testclient import TestClient

from app.db import Database
from app.models import Base
from app.reports.models import Report, Revision, Section
from tests.accounts.test_access import parameters, plausible_form, routes
from tests.conftest import Cast, Clock, SignIn
from tests.reports.pages import MONDAY, report_of, store_week
from tests.reports.test_publishing import URL, edit

SUMMARY = (
    "published_revision",
    "published_at",
    "headline",
    "event_count",
    "accidents_ab",
    "accidents_cd",
    "accidents_open",
)


@pytest.fixture
def published(database: Database, cast: Cast, clock: Clock) -> int:
    return store_week(database, cast.payments, cast.lin, clock.now)


@pytest.fixture
def lin(client: TestClient, cast: Cast, sign_in: SignIn) -> TestClient:
    return sign_in(client, cast.lin)


def as_read(client: TestClient, database: Database, report_id: int) -> Any:
    with database.reading() as session:
        report = session.get_one(Report, report_id)
        revisions = session.scalars(
            select(Revision).where(Revision.report_id == report_id).order_by(Revision.number)
        ).all()
        return (
            [getattr(report, name) for name in SUMMARY],
            [(one.number, one.hash, one.document) for one in revisions],
            client.get(f"{URL}/export?format=json").text,
        )


def address(database: Database, path: str, names: list[str], report_id: int) -> str:
    """The route's address for this report and the first row of every other id."""
    values = {"team": "payments", "period": MONDAY.isoformat()}
    for name in names:
        if name in values:
            continue
        kinds = [
            mapper.class_
            for mapper in Base.registry.mappers
            if mapper.class_.__name__.lower() == name.removesuffix("_id").replace("_", "")
        ]
        values[name] = "1"
        if kinds:
            with database.reading() as session:
                query = select(kinds[0].id)
                if "report_id" in inspect(kinds[0]).columns:
                    query = query.where(kinds[0].report_id == report_id)
                values[name] = str(session.scalars(query.limit(1)).first() or 1)
    for name, value in values.items():
        path = re.sub(rf"\{{{name}(:\w+)?\}}", value, path)
    return path


class TestAPublishedWeek:
    def test_is_changed_for_readers_by_publication_alone(
        self, lin: TestClient, app: FastAPI, database: Database, published: int
    ) -> None:
        before = as_read(lin, database, published)
        edit(database, lin, published, "商户对账单", "商户对账单：改过")
        asked = 0
        for route in routes(app):
            names = parameters(route)
            if "POST" not in route.methods or "period" not in names or route.path.endswith("/publication"):
                continue
            form = plausible_form(route)
            with database.reading() as session:
                form["section"] = str(
                    session.scalars(select(Section.id).where(Section.report_id == published)).first()
                )
            if "version" in form:
                form["version"] = str(report_of(database, published).version)
            answer = lin.post(address(database, route.path, names, published), data=form)
            assert answer.status_code < 500, route.path
            assert as_read(lin, database, published) == before, route.path
            asked += 1
        assert asked > 15

    def test_control_publication_is_seen(self, lin: TestClient, database: Database, published: int) -> None:
        before = as_read(lin, database, published)
        edit(database, lin, published, "商户对账单", "商户对账单：改过")
        version = str(report_of(database, published).version)
        lin.post(f"{URL}/publication", data={"version": version, "reason": "改正"})
        assert as_read(lin, database, published) != before
