"""A value outside the ordinary range is asked about until somebody says that it is right."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.accounts.models import User
from app.db import Database
from app.metrics.models import ConfirmedValue
from app.reports.models import Report
from tests.conftest import Cast, Clock, SignIn
from tests.metrics.test_entering import NAME, URL, Entering
from tests.reports.pages import MONDAY, store_week
from tests.trends.weeks import WEEK, publish

ODD = "99.700%"
ASKS = "确认无误？"


@pytest.fixture
def week(database: Database, client: TestClient, cast: Cast, clock: Clock, sign_in: SignIn) -> Entering:
    with database.writing() as session:
        for back in range(12, 0, -1):
            value = f"99.9{60 + back * 7 % 30:02d}%"
            publish(session, cast.payments, MONDAY - WEEK * back, {NAME: value})
    report_id = store_week(database, cast.payments, cast.lin, clock.now)
    client.headers["Accept-Language"] = "zh-CN"
    week = Entering(database, sign_in(client, cast.lin), report_id)
    week.save("99.972%", ODD)
    return week


def row(week: Entering, client: TestClient | None = None) -> str:
    page = (client or week.client).get(f"{URL}/edit").text
    found = page[page.index(f">{NAME}</label>") :]
    return re.sub(r"\s+", " ", found[: found.index("</tr>")])


def confirm(week: Entering, literal: str = ODD, name: str = NAME) -> Any:
    data = {"item": str(week.item(NAME).id), "name": name, "value": literal}
    return week.client.post(f"{URL}/readings/confirmation", data=data)


def test_the_value_is_asked_about_with_an_answer_at_hand(week: Entering) -> None:
    assert ASKS in row(week)
    assert "readings/confirmation" in row(week)


def test_a_confirmed_value_is_not_asked_about_again_by_anybody(
    week: Entering, cast: Cast, sign_in: SignIn
) -> None:
    assert confirm(week).status_code == 303
    assert ASKS not in row(week)
    assert "readings/confirmation" not in row(week)
    assert ASKS not in row(week, sign_in(week.client, cast.ada))


def test_the_answer_says_who_gave_it_and_when(
    week: Entering, database: Database, cast: Cast, clock: Clock
) -> None:
    confirm(week)
    assert f"{cast.lin.display_name}已确认无误" in row(week)
    with database.reading() as session:
        answer = session.scalars(select(ConfirmedValue)).one()
        assert (answer.by_id, answer.at) == (cast.lin.id, clock.now)


def test_another_value_is_asked_about_anew_and_the_first_one_not(week: Entering) -> None:
    confirm(week)
    week.save(ODD, "99.701%")
    assert ASKS in row(week)
    week.save("99.701%", ODD)
    assert ASKS not in row(week)


def test_the_same_value_in_another_week_is_asked_about(week: Entering, database: Database) -> None:
    confirm(week)
    with database.writing() as session:
        other = session.scalars(select(Report.id).where(Report.id != week.report_id).limit(1)).one()
        session.scalars(select(ConfirmedValue)).one().report_id = other
    assert ASKS in row(week)


@pytest.mark.parametrize(("literal", "name"), [("99.972%", NAME), (ODD, "没有的指标"), ("", NAME)])
def test_a_value_that_does_not_stand_there_is_not_confirmed(
    week: Entering, database: Database, literal: str, name: str
) -> None:
    assert confirm(week, literal, name).status_code in {409, 422}
    with database.reading() as session:
        assert session.scalars(select(ConfirmedValue)).all() == []


def test_confirming_twice_is_the_same(week: Entering, database: Database, cast: Cast) -> None:
    confirm(week)
    assert confirm(week).status_code == 303
    with database.reading() as session:
        assert len(session.scalars(select(ConfirmedValue)).all()) == 1
        assert session.get_one(User, cast.lin.id).display_name


class TestTheLastWeek:
    def test_without_a_value_gives_way_to_the_last_week_that_had_one(
        self, database: Database, client: TestClient, cast: Cast, clock: Clock, sign_in: SignIn
    ) -> None:
        with database.writing() as session:
            publish(session, cast.payments, MONDAY - WEEK * 3, {NAME: "99.961%"})
        report_id = store_week(database, cast.payments, cast.lin, clock.now)
        client.headers["Accept-Language"] = "zh-CN"
        week = Entering(database, sign_in(client, cast.lin), report_id)
        said = re.sub(r"<[^>]+>", "", row(week))
        assert "99.961% 第 20 周" in said
        page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", client.get(URL).text))
        assert "99.961% 第 20 周" in page

    def test_with_a_value_is_shown_without_its_week(self, week: Entering) -> None:
        said = re.sub(r"<[^>]+>", "", row(week))
        assert "99.967%" in said
        assert "第 22 周" not in said
