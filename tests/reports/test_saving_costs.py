"""What saving and recognising cost, in statements: writing must not slow down as a week grows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.db import Database
from app.incidents.models import Incident
from app.reports.models import Item, Section
from tests.conftest import Cast, Clock, SignIn
from tests.reports.pages import store_week
from tests.reports.saving import URL, OpenPage, StoredWeek, uid


@pytest.fixture
def week(database: Database, cast: Cast, clock: Clock) -> StoredWeek:
    return StoredWeek(database, store_week(database, cast.payments, cast.lin, clock.now))


@pytest.fixture
def lin(client: TestClient, cast: Cast, sign_in: SignIn, week: StoredWeek) -> OpenPage:
    return OpenPage(sign_in(client, cast.lin))


def questions(queries: Any) -> list[str]:
    """Those that ask; a notification on PostgreSQL only looks like a question."""
    asked = [one for one in queries.statements if one.lstrip().upper().startswith(("SELECT", "WITH"))]
    return [one for one in asked if "pg_notify" not in one]


class TestSavingAText:
    def test_asks_three_times_who_may_it_and_what_is_there(
        self, lin: OpenPage, week: StoredWeek, query_counter: Callable[[], Any]
    ) -> None:
        item = week.item("商户对账单")
        with query_counter() as queries:
            assert lin.text(item, "商户对账单：进度88%").status_code == 200
        assert len(questions(queries)) == 3, "\n".join(questions(queries))

    def test_writes_the_item_the_report_and_the_answer(
        self, lin: OpenPage, week: StoredWeek, query_counter: Callable[[], Any]
    ) -> None:
        lin.text(week.item("商户对账单"), "商户对账单：一")
        with query_counter() as queries:
            lin.text(week.item("商户对账单"), "商户对账单：二")
        written = [one.split()[1] for one in queries.statements if one.startswith("UPDATE")]
        assert sorted(written) == ["acknowledged_saves", "items", "reports"]

    def test_costs_the_same_in_a_week_of_a_thousand_items(
        self, lin: OpenPage, week: StoredWeek, query_counter: Callable[[], Any], database: Database
    ) -> None:
        item = week.item("商户对账单")
        with database.writing() as session:
            session.add_all(
                Item(
                    report_id=week.report_id,
                    section_id=item.section_id,
                    text=f"第{number}项，进度{number % 100}%",
                    position=number,
                )
                for number in range(10, 1010)
            )
        with query_counter() as queries:
            assert lin.text(item, "商户对账单：进度88%").status_code == 200
        assert len(questions(queries)) == 3

    def test_of_a_repeat_asks_no_more_and_writes_nothing(
        self, lin: OpenPage, week: StoredWeek, query_counter: Callable[[], Any]
    ) -> None:
        item = week.item("商户对账单")
        lin.text(item, "商户对账单：一", sequence=1)
        with query_counter() as queries:
            lin.text(item, "商户对账单：一", sequence=1)
        assert len(queries.statements) == 3


class TestOneStepOfStructure:
    def test_costs_the_same_however_many_items_it_adds(
        self, lin: OpenPage, week: StoredWeek, query_counter: Callable[[], Any]
    ) -> None:
        section = week.section("业务支撑").id
        counts = []
        for count in (1, 200):
            items = [{"uid": uid(), "text": f"第{number}项"} for number in range(count)]
            with query_counter() as queries:
                assert lin.send({"kind": "add", "section": section, "items": items}).status_code == 200
            counts.append(len(questions(queries)))
        assert counts[0] == counts[1]


class TestRecognisingWhatIsTyped:
    def recognise(self, lin: OpenPage, section: Section, text: str) -> Any:
        return lin.client.post(f"{URL}/recognition", data={"section": section.id, "text": text})

    def test_shows_what_is_found(self, lin: OpenPage, week: StoredWeek) -> None:
        answer = self.recognise(lin, week.section("业务支撑"), "收银台改版：进度45%，预计6/20上线")
        assert answer.status_code == 200
        assert "45%" in answer.text
        assert "Friday" in answer.text

    def test_stores_nothing(self, lin: OpenPage, week: StoredWeek, query_counter: Callable[[], Any]) -> None:
        before, section = week.report.version, week.section("业务支撑")
        with query_counter() as queries:
            self.recognise(lin, section, "进度45%")
        assert len(queries.statements) == len(questions(queries)) == 4
        assert week.report.version == before

    def test_in_a_section_of_another_week_is_not_found(self, lin: OpenPage, week: StoredWeek) -> None:
        answer = lin.client.post(f"{URL}/recognition", data={"section": 999_999, "text": "x"})
        assert answer.status_code == 404

    def test_of_a_text_that_is_too_long_is_refused(self, lin: OpenPage, week: StoredWeek) -> None:
        assert self.recognise(lin, week.section("业务支撑"), "长" * 22_000).status_code in {413, 422}


class TestWhatMeansMoreThanItsWords:
    """Such texts go the long way, so that events, metrics and goals follow."""

    def test_an_event_listed_in_another_section_is_kept(
        self, lin: OpenPage, week: StoredWeek, database: Database
    ) -> None:
        section = week.section("业务支撑").id
        lin.send(
            {
                "kind": "add",
                "section": section,
                "items": [
                    {"uid": uid(), "text": "生产稳定性事件：", "kind": "paragraph"},
                    {"uid": uid(), "text": "6/6 10:20 监控发现云杉银行代付失败"},
                ],
            }
        )
        item = week.item("6/6 10:20")
        lin.text(item, "6/6 10:25 监控发现云杉银行代付全部失败")
        with database.reading() as session:
            told = session.scalars(select(Incident.symptom).where(Incident.symptom.contains("云杉"))).all()
        assert told == ["监控发现云杉银行代付全部失败"]
