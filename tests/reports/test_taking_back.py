"""Taking a removal back: the server keeps what was removed and brings back all of it, not only its words."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from app.db import Database
from app.incidents.actions import set_grade
from app.incidents.models import FollowUp, GradeChange, Incident
from app.initiatives.models import Initiative
from app.metrics.models import Reading
from app.reports.models import Fact, Goal, Item, RemovedBranch
from tests.conftest import Cast, Clock, SignIn
from tests.reports.pages import PAGE, store_week
from tests.reports.saving import URL, OpenPage, StoredWeek, uid

O1 = "业务支撑"
PLAN = "分期付能力"
BANKS = ["云杉银行：已投产", "青禾银行：签约接口待修复"]
STATEMENTS = "商户对账单自助下载：PC 端提测"
SAID = {"from": "2025-05-26", "text": "上周的话", "progress": "60%", "dates": []}


@pytest.fixture
def week(database: Database, cast: Cast, clock: Clock) -> StoredWeek:
    return StoredWeek(database, store_week(database, cast.payments, cast.lin, clock.now))


@pytest.fixture
def lin(client: TestClient, cast: Cast, sign_in: SignIn, week: StoredWeek) -> OpenPage:
    return OpenPage(sign_in(client, cast.lin))


def removal(item: Item) -> dict[str, Any]:
    return {"kind": "remove", "item": item.id, "version": item.version}


def restoring(item: Item, **more: Any) -> dict[str, Any]:
    return {"kind": "restore", "item": item.id, "section": item.section_id, **more}


def columns(item: Item) -> dict[str, Any]:
    return {column.name: getattr(item, column.name) for column in Item.__table__.columns}


class TestARemovedItem:
    def test_comes_back_with_all_that_its_rows_said(
        self, lin: OpenPage, week: StoredWeek, database: Database, cast: Cast
    ) -> None:
        item, below = week.item(PLAN), week.item("云杉银行")
        with database.writing() as session:
            undertaking = Initiative(team_id=cast.payments.id, title="分期付")
            session.add(undertaking)
            session.flush()
            values = {"highlight": True, "initiative_id": undertaking.id, "uid": uid(), "ordered": True}
            session.execute(update(Item).where(Item.id == item.id).values(values))
            values = {"kind": "code", "carried": SAID, "carried_open": True}
            session.execute(update(Item).where(Item.id == below.id).values(values))
        before = [columns(each) for each in week.items()]
        lin.send(removal(item))
        assert week.outline(O1) == [STATEMENTS]
        told = lin.send(restoring(item, below=[below.id])).json()
        assert [columns(each) for each in week.items()] == before
        assert {ref: one["id"] for ref, one in told["items"].items()} == {
            str(item.id): item.id,
            str(below.id): below.id,
        }
        assert told["redraw"] == [item.section_id]

    def test_comes_back_with_what_a_person_decided_on_its_values(
        self, lin: OpenPage, week: StoredWeek, database: Database
    ) -> None:
        item = week.item(PLAN)
        at = item.text.index("进度60%")
        fields = {"kind": "progress", "literal": "进度60%", "decision": "corrected", "value": "61"}
        lin.client.post(f"{URL}/items/{item.id}/facts", data={**fields, "start": at, "end": at + 5})
        lin.send(removal(week.item(PLAN)))
        with database.reading() as session:
            assert session.scalars(select(Fact).where(Fact.decision.is_not(None))).all() == []
        lin.send(restoring(item))
        with database.reading() as session:
            fact = session.scalars(select(Fact).where(Fact.decision.is_not(None))).one()
        assert (fact.item_id, fact.value, fact.start) == (item.id, {"value": "61"}, at)

    def test_gets_its_decisions_back_from_the_item_that_it_was_joined_with(
        self, lin: OpenPage, week: StoredWeek, database: Database
    ) -> None:
        first, second = week.item("云杉银行"), week.item("青禾银行")
        lin.text(second, "青禾银行：进度60%")
        second = week.item("青禾银行")
        fields = {"kind": "progress", "literal": "进度60%", "decision": "corrected", "value": "61"}
        lin.client.post(f"{URL}/items/{second.id}/facts", data={**fields, "start": 5, "end": 10})
        joined = first.text + second.text
        text = {"kind": "text", "item": first.id, "text": joined, "version": first.version}
        lin.send({**text, "base": first.text}, removal(second))
        apart = {"kind": "text", "item": first.id, "text": first.text, "version": first.version + 1}
        below = week.item(PLAN)
        lin.send(restoring(second, parent=below.id, after=first.id), {**apart, "base": joined})
        assert week.outline(O1)[1] == [first.text, second.text]
        with database.reading() as session:
            fact = session.scalars(select(Fact).where(Fact.decision.is_not(None))).one()
        assert (fact.item_id, fact.start) == (second.id, 5)

    def test_comes_back_as_the_goal_it_was_with_its_outcome(
        self, lin: OpenPage, week: StoredWeek, database: Database
    ) -> None:
        item = week.item("账户核心切换演练")
        with database.writing() as session:
            values = {"outcome": "done", "note": "提前完成"}
            session.execute(update(Goal).where(Goal.item_id == item.id).values(values))
        lin.send(removal(item))
        with database.reading() as session:
            assert session.scalars(select(Goal).where(Goal.note == "提前完成")).all() == []
        lin.send(restoring(item))
        with database.reading() as session:
            goal = session.scalars(select(Goal).where(Goal.note == "提前完成")).one()
        assert (goal.item_id, goal.outcome, goal.position) == (item.id, "done", 0)

    def test_comes_back_as_the_event_it_was_with_grade_and_follow_ups(
        self, lin: OpenPage, week: StoredWeek, database: Database, cast: Cast, clock: Clock
    ) -> None:
        with database.writing() as session:
            event = session.scalars(select(Incident).where(Incident.item_id.is_not(None))).first()
            assert event is not None
            set_grade(session, event, "B", by=cast.lin, at=clock.now, reason="定级会")
            session.add(FollowUp(incident_id=event.id, text="加监控"))
        item = week.with_id(event.item_id or 0)
        lin.send(removal(item))
        with database.reading() as session:
            assert session.get(Incident, event.id) is None
        lin.send(restoring(item, parent=item.parent_id))
        with database.reading() as session:
            again = session.scalars(select(Incident).where(Incident.item_id == item.id)).one()
            assert (again.grade, again.grade_decided, again.symptom) == ("B", True, event.symptom)
            assert session.scalars(select(FollowUp.incident_id)).one() == again.id
            reasons = select(GradeChange.reason).where(GradeChange.incident_id == again.id)
            assert "定级会" in session.scalars(reasons).all()

    def test_is_again_what_a_published_reading_was_read_from(
        self, lin: OpenPage, week: StoredWeek, database: Database
    ) -> None:
        item = week.item("入金有效成功率")
        with database.writing() as session:
            session.execute(update(Reading).where(Reading.item_id.is_not(None)).values(item_id=item.id))
        lin.send(removal(item))
        lin.send(restoring(item))
        with database.reading() as session:
            assert set(session.scalars(select(Reading.item_id))) == {item.id}

    def test_keeps_the_words_that_were_typed_in_the_same_step(self, lin: OpenPage, week: StoredWeek) -> None:
        item = week.item(STATEMENTS)
        text = {"kind": "text", "item": item.id, "text": "商户对账单：已上线", "version": item.version}
        assert lin.send({**text, "base": item.text}, removal(item)).status_code == 200
        lin.send(restoring(item))
        assert week.outline(O1)[0] == "商户对账单：已上线"
        assert week.with_id(item.id).version == item.version + 1

    def test_is_removed_and_brought_back_as_often_as_one_likes(
        self, lin: OpenPage, week: StoredWeek, database: Database
    ) -> None:
        item = week.item(PLAN)
        before = week.outline(O1)
        for _ in range(3):
            lin.send(removal(item))
            lin.send(restoring(item))
        assert week.outline(O1) == before
        with database.reading() as session:
            assert session.scalars(select(RemovedBranch)).all() == []

    def test_is_not_brought_back_twice(self, lin: OpenPage, week: StoredWeek) -> None:
        item = week.item(PLAN)
        before = week.outline(O1)
        lin.send(removal(item))
        lin.send(restoring(item))
        again = OpenPage(lin.client).send(restoring(item))
        assert again.json()["items"][str(item.id)]["id"] == item.id
        assert week.outline(O1) == before

    def test_is_found_by_the_name_that_the_browser_gave_it(self, lin: OpenPage, week: StoredWeek) -> None:
        section, name, inner = week.section(O1).id, uid(), uid()
        item = {"uid": name, "text": "收银台改版", "items": [{"uid": inner, "text": "灰度"}]}
        told = lin.send({"kind": "add", "section": section, "items": [item]}).json()
        version = told["items"][name]["version"]
        lin.send({"kind": "remove", "item": name, "version": version})
        back = {"kind": "restore", "item": name, "section": section, "below": [inner]}
        assert lin.send(back).json()["items"] == told["items"]
        assert week.outline(O1)[:2] == ["收银台改版", ["灰度"]]

    def test_leaves_its_id_to_nobody_else(self, lin: OpenPage, week: StoredWeek) -> None:
        """Guard: the table counts its ids on SQLite too."""
        last = max(week.items(), key=lambda item: item.id)
        lin.send(removal(last))
        lin.client.post(f"{URL}/items", data={"section": str(last.section_id), "text": "别的"})
        lin.send({"kind": "add", "section": last.section_id, "items": [{"uid": uid(), "text": "又一项"}]})
        lin.send(restoring(last))
        assert week.with_id(last.id).text == last.text
        assert {"别的", "又一项"} <= {item.text for item in week.items()}

    def test_is_kept_for_thirty_days(self, lin: OpenPage, week: StoredWeek, database: Database) -> None:
        item, other = week.item(PLAN), week.item(STATEMENTS)
        lin.send(removal(item))
        with database.writing() as session:
            kept = session.scalars(select(RemovedBranch)).one()
            kept.removed_at -= timedelta(days=31)
        lin.send(removal(other))
        answer = lin.send(restoring(item))
        assert (answer.status_code, answer.json()["key"]) == (409, "item.gone")
        assert lin.send(restoring(other)).status_code == 200

    def test_of_another_week_is_not_there_to_be_had(
        self, lin: OpenPage, week: StoredWeek, database: Database, cast: Cast, clock: Clock
    ) -> None:
        item = week.item(PLAN)
        lin.send(removal(item))
        page = PAGE.replace("第23周 2025-06-06", "第24周 2025-06-13")
        later = StoredWeek(database, store_week(database, cast.payments, cast.lin, clock.now, page))
        section = later.section(O1).id
        lin.url = f"/teams/payments/weeks/{later.report.period_start}"
        answer = lin.send({"kind": "restore", "item": item.id, "section": section})
        assert (answer.status_code, answer.json()["key"]) == (409, "item.gone")


class TestWhereOthersChangedThePlace:
    def test_it_comes_after_the_neighbour_that_is_still_there(self, lin: OpenPage, week: StoredWeek) -> None:
        item, after = week.item("青禾银行"), week.item("云杉银行")
        parent = week.item(PLAN)
        lin.send(removal(item))
        OpenPage(lin.client).send(
            {
                "kind": "add",
                "section": item.section_id,
                "parent": parent.id,
                "items": [{"uid": uid(), "text": "新"}],
            }
        )
        lin.send(restoring(item, parent=parent.id, after=after.id))
        assert week.outline(O1)[1] == ["新", *BANKS]

    def test_it_comes_last_in_the_section_where_what_it_stood_below_has_gone(
        self, lin: OpenPage, week: StoredWeek
    ) -> None:
        item, parent = week.item("云杉银行"), week.item(PLAN)
        lin.send(removal(item))
        OpenPage(lin.client).send(removal(parent))
        assert lin.send(restoring(item, parent=parent.id)).status_code == 200
        assert week.outline(O1) == [STATEMENTS, item.text]

    def test_a_removed_parent_comes_back_without_what_was_removed_before_it(
        self, lin: OpenPage, week: StoredWeek
    ) -> None:
        item, parent = week.item("云杉银行"), week.item(PLAN)
        lin.send(removal(item))
        lin.send(removal(parent))
        lin.send(restoring(parent))
        assert week.outline(O1)[1] == BANKS[1:]
        lin.send(restoring(item, parent=parent.id))
        assert week.outline(O1)[1] == BANKS

    def test_the_others_pages_are_told_to_draw_the_section(
        self, lin: OpenPage, week: StoredWeek, database: Database
    ) -> None:
        heard: list[str] = []
        database.hears.append(heard.append)
        item = week.item(PLAN)
        lin.send(removal(item))
        heard.clear()
        lin.send(restoring(item))
        if database.is_sqlite:
            assert json.loads(heard[-1])["sections"] == [item.section_id]


class TestACarriedItem:
    @pytest.fixture(autouse=True)
    def carried(self, week: StoredWeek, database: Database) -> None:
        with database.writing() as session:
            carried = {"carried": SAID, "carried_open": True}
            session.execute(update(Item).where(Item.text.in_(BANKS)).values(carried))

    def says(self, week: StoredWeek) -> list[str]:
        return [b.text for s in week.document.sections for top in s.blocks for b in (top, *top.blocks)]

    def test_that_is_dropped_stands_among_those_to_bring_back(self, lin: OpenPage, week: StoredWeek) -> None:
        item = week.item("云杉银行")
        told = lin.send({"kind": "drop", "item": item.id}).json()
        assert told["redraw"] == [item.section_id]
        section = lin.client.get(f"{URL}/sections/{item.section_id}").text
        assert f'data-item="{item.id}"' not in section
        assert f'Bring back<span class="vh"> {item.text}' in section
        told = lin.send({"kind": "bring_back", "item": item.id}).json()
        assert told["redraw"] == [item.section_id]
        again = week.with_id(item.id)
        assert (again.carried, again.carried_open, again.is_dropped) == (SAID, True, False)
        assert week.outline(O1)[1] == BANKS

    def test_that_was_touched_below_is_not_dropped(self, lin: OpenPage, week: StoredWeek) -> None:
        item = week.item("云杉银行")
        below = {"kind": "add", "section": item.section_id, "parent": item.id}
        lin.send({**below, "items": [{"uid": uid(), "text": "新"}]})
        answer = lin.send({"kind": "drop", "item": item.id})
        assert (answer.status_code, answer.json()["key"]) == (409, "carried.touched")
        assert not week.with_id(item.id).is_dropped

    def test_that_was_kept_is_opened_again(self, lin: OpenPage, week: StoredWeek) -> None:
        item = week.item("云杉银行")
        assert lin.send({"kind": "keep", "item": item.id}).json()["redraw"] == [item.section_id]
        assert item.text in self.says(week)
        reopened = lin.send({"kind": "reopen", "item": item.id, "version": item.version})
        assert reopened.json()["redraw"] == [item.section_id]
        assert week.with_id(item.id).carried_open
        assert item.text not in self.says(week)

    def test_that_was_written_in_since_stays_kept(self, lin: OpenPage, week: StoredWeek) -> None:
        item = week.item("云杉银行")
        lin.send({"kind": "keep", "item": item.id})
        OpenPage(lin.client).text(item, "云杉银行：已投产，额度上调")
        answer = lin.send({"kind": "reopen", "item": item.id, "version": item.version})
        assert answer.status_code == 409
        assert not week.item("云杉银行").carried_open

    def test_that_was_never_carried_is_not_opened(self, lin: OpenPage, week: StoredWeek) -> None:
        item = week.item(STATEMENTS)
        lin.send({"kind": "reopen", "item": item.id, "version": item.version})
        assert not week.with_id(item.id).carried_open
