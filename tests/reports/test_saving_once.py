"""Forms that an open page saves by itself: a repeat gets the same answer, an older one changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.db import Database
from app.incidents.models import Incident
from app.reports.models import Goal
from tests.conftest import Cast, Clock, SignIn
from tests.reports.pages import store_week
from tests.reports.saving import URL, StoredWeek

PAGE = "6e0c2f7e-3f1d-4c0e-9d57-2b1f6f3c9a10"


@pytest.fixture
def week(database: Database, cast: Cast, clock: Clock) -> StoredWeek:
    return StoredWeek(database, store_week(database, cast.payments, cast.lin, clock.now))


@pytest.fixture
def lin(client: TestClient, cast: Cast, sign_in: SignIn, week: StoredWeek) -> TestClient:
    return sign_in(client, cast.lin)


def send(client: TestClient, path: str, sequence: int | None, field: str = "form", **form: Any) -> Any:
    name = {"Weekline-Save": f"{PAGE}/{field}/{sequence}"} if sequence is not None else {}
    return client.post(f"{URL}{path}", data=form, headers={"HX-Request": "true", **name})


def reading(week: StoredWeek, literal: str, base: str = "99.972%") -> dict[str, Any]:
    item = week.item("入金有效成功率")
    return {"item": item.id, "name": "入金有效成功率", "base": base, "literal": literal}


class TestAForm:
    def test_sent_again_gets_the_same_answer_and_changes_nothing(
        self, lin: TestClient, week: StoredWeek
    ) -> None:
        form = reading(week, "99.98%")
        first = send(lin, "/readings", 1, **form)
        version = week.report.version
        again = send(lin, "/readings", 1, **form)
        assert (first.status_code, again.status_code) == (200, 200)
        assert again.text == first.text
        assert week.report.version == version

    def test_control_without_a_name_it_is_saved_as_it_comes(self, lin: TestClient, week: StoredWeek) -> None:
        section = week.section("业务支撑").id
        for _ in range(2):
            send(lin, "/items", None, section=section, text="收银台改版")
        assert week.outline("业务支撑").count("收银台改版") == 2

    def test_that_adds_adds_once(self, lin: TestClient, week: StoredWeek) -> None:
        section = week.section("业务支撑").id
        answers = [send(lin, "/items", 1, section=section, text="收银台改版") for _ in range(2)]
        assert answers[0].text == answers[1].text
        assert week.outline("业务支撑").count("收银台改版") == 1

    def test_that_removes_is_answered_again_though_the_thing_has_gone(
        self, lin: TestClient, week: StoredWeek
    ) -> None:
        form = {**reading(week, ""), "literal": ""}
        assert send(lin, "/readings/removal", 1, **form).status_code == 200
        assert send(lin, "/readings/removal", 1, **form).status_code == 200

    def test_that_comes_late_is_refused(self, lin: TestClient, week: StoredWeek) -> None:
        send(lin, "/readings", 2, **reading(week, "99.98%"))
        late = send(lin, "/readings", 1, **reading(week, "99.97%", base="99.98%"))
        assert late.status_code == 409
        assert week.item("入金有效成功率").text == "入金有效成功率：99.98%"

    def test_that_was_refused_may_come_again(self, lin: TestClient, week: StoredWeek) -> None:
        assert send(lin, "/readings", 1, **reading(week, "x")).status_code == 422
        assert send(lin, "/readings", 1, **reading(week, "99.98%")).status_code == 200

    def test_goes_on_to_where_it_went_before(self, lin: TestClient, week: StoredWeek) -> None:
        first, again = (send(lin, "/sections", 1, heading="【O3 稳定】") for _ in range(2))
        assert first.headers["hx-redirect"] == again.headers["hx-redirect"]

    def test_of_an_event_is_saved_once(self, lin: TestClient, week: StoredWeek, database: Database) -> None:
        section = week.section("生产稳定性事件").id
        for _ in range(2):
            send(lin, "/incidents", 1, section=section, text="6/6 10:20 监控发现云杉银行代付失败")
        with database.reading() as session:
            found = session.scalars(select(Incident).where(Incident.symptom.contains("代付失败"))).all()
        assert len(found) == 1

    @pytest.mark.parametrize(
        "name", ["", "x", f"{PAGE}/form", f"{PAGE}/form/0", f"{PAGE}/../1", f"{PAGE}/a/1/1"]
    )
    def test_with_a_name_that_is_none_is_refused(self, lin: TestClient, week: StoredWeek, name: str) -> None:
        answer = lin.post(f"{URL}/readings", data=reading(week, "99.98%"), headers={"Weekline-Save": name})
        assert answer.status_code == 422


class TestWhatBecameOfAGoal:
    def test_is_said_once(self, lin: TestClient, week: StoredWeek, database: Database) -> None:
        lin.post("/teams/payments/weeks", data={"period_start": "2025-06-09"})
        with database.reading() as session:
            goal = session.scalars(select(Goal).order_by(Goal.position)).first()
        assert goal is not None
        address = f"/teams/payments/weeks/2025-06-09/outcomes/{goal.id}"
        form = {"outcome": "done", "note": "", "version": goal.version}
        headers = {"HX-Request": "true", "Weekline-Save": f"{PAGE}/goal-{goal.id}/1"}
        first, again = (lin.post(address, data=form, headers=headers) for _ in range(2))
        assert (first.status_code, again.status_code) == (200, 200)
        assert first.text == again.text


class TestASectionByItself:
    def test_is_shown_as_it_now_stands(self, lin: TestClient, week: StoredWeek) -> None:
        section = week.section("业务支撑")
        shown = lin.get(f"{URL}/sections/{section.id}")
        assert shown.status_code == 200
        assert f'id="section-{section.id}"' in shown.text
        assert "商户对账单" in shown.text
        assert "报表迁移" not in shown.text

    def test_that_is_not_there_is_not_found(self, lin: TestClient, week: StoredWeek) -> None:
        assert lin.get(f"{URL}/sections/999999").status_code == 404
