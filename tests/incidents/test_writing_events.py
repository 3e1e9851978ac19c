"""Writing the week's events: a line is enough, what is made of it is shown, and "none" is a statement."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from app.db import Database
from app.document.schema import Document
from app.incidents.models import Incident, ThirdParty
from app.incidents.parties import alikeness
from app.reports.assembly import document_of
from app.reports.models import Item, Report, Section
from tests.conftest import Cast, Clock, Queries, SignIn
from tests.reports.pages import MONDAY, PAGE, store_week

URL = f"/teams/payments/weeks/{MONDAY.isoformat()}"
HTMX = {"HX-Request": "true"}
BEFORE = date(2025, 5, 26)


@dataclass
class Writing:
    database: Database
    client: TestClient
    report_id: int

    @property
    def section(self) -> int:
        with self.database.reading() as session:
            return session.scalars(
                select(Section.id).where(Section.report_id == self.report_id, Section.kind == "incidents")
            ).one()

    @property
    def document(self) -> Document:
        with self.database.reading() as session:
            return document_of(session, session.get_one(Report, self.report_id))

    def item(self, beginning: str) -> Item:
        with self.database.reading() as session:
            return session.scalars(
                select(Item).where(Item.report_id == self.report_id, Item.text.startswith(beginning))
            ).one()

    def post(self, path: str, **fields: Any) -> Any:
        data = {name: str(value) for name, value in fields.items()}
        return self.client.post(f"{URL}{path}", data=data, headers=HTMX)

    def add(self, text: str) -> Any:
        return self.post("/incidents", section=self.section, text=text)

    def preview(self, text: str) -> str:
        answer = self.post("/incidents/recognition", text=text)
        assert answer.status_code == 200
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))

    def clear(self) -> None:
        """No events any more."""
        for event in self.document.incidents:
            item = self.item(event.started_literal or event.symptom)
            page = self.client.get(f"{URL}/edit").text
            form = page[page.index(f'id="form-item-{item.id}"') :]
            version = re.search(r'name="version" value="([^"]+)"', form)
            assert version is not None
            self.post(f"/incidents/{item.id}/removal", version=version[1], symptom="x")


@pytest.fixture
def week(database: Database, client: TestClient, cast: Cast, clock: Clock, sign_in: SignIn) -> Writing:
    with database.writing() as session:
        session.add(ThirdParty(team_id=cast.payments.id, name="青禾银行", aliases=["青禾"]))
    earlier = PAGE.replace("第23周 2025-06-06", "第22周 2025-05-30")
    earlier = earlier.replace("6/4 14:12", "5/28 14:12").replace("6/5 08:05", "5/29 08:05")
    store_week(database, cast.payments, cast.lin, clock.now, earlier)
    report_id = store_week(database, cast.payments, cast.lin, clock.now)
    client.headers["Accept-Language"] = "zh-CN"
    return Writing(database, sign_in(client, cast.lin), report_id)


class TestALine:
    def test_pasted_with_others_makes_an_event_each(self, week: Writing) -> None:
        before = len(week.document.incidents)
        week.add("- 6/6 09:00 一通道超时\n原因：扩容\n- 6/6 10:00 二通道超时\n- 6/6 11:00 三通道超时")
        told = week.document.incidents[before:]
        assert [event.symptom for event in told] == ["一通道超时", "二通道超时", "三通道超时"]
        assert told[0].cause == "扩容"
        with week.database.reading() as session:
            stored = session.scalar(
                select(func.count()).select_from(Incident).where(Incident.report_id == week.report_id)
            )
        assert stored == before + 3

    def test_is_shown_in_its_parts_while_it_is_typed(self, week: Writing) -> None:
        shown = week.preview(
            "6/5 14:40 监控发现代扣超时，C级事故；影响：失败12笔，金额1,200元；原因：扩容；处置：14:52 恢复"
        )
        for words in (
            "6/5 14:40",
            "周四",
            "C 级 ",
            "监控发现代扣超时",
            "失败12笔",
            "扩容",
            "14:52",
            "历时 12 分钟",
            "1,200元",
        ):
            assert words in shown

    def test_is_not_stored_by_showing_it(self, week: Writing) -> None:
        before = week.document
        week.preview("6/5 14:40 监控发现代扣超时")
        assert week.document == before

    def test_with_a_third_party_tells_of_the_times_before(self, week: Writing) -> None:
        shown = week.preview("6/7 14:40 青禾代扣失败")
        assert "今年第 3 次" in shown or "今年第3次" in shown
        assert "6/4" in shown

    def test_of_another_week_is_told_so(self, week: Writing) -> None:
        assert "不在本周内" in week.preview("5/20 14:40 代扣失败")
        assert "不在本周内" not in week.preview("6/8 14:40 代扣失败")

    def test_that_says_what_was_said_before_shows_where(self, week: Writing) -> None:
        symptom = next(event.symptom for event in week.document.incidents)
        assert "相似 5/28" in week.preview(f"6/8 09:00 {symptom}")
        assert "相似" not in week.preview("6/8 09:00 机房空调停机")

    @pytest.mark.parametrize(
        "text", ["", "  ", "6/5", "：", "原因：", "\x00", "x" * 70_000, "6/5 14:40 " + "处置：" * 3000]
    )
    def test_of_anything_is_answered(self, week: Writing, text: str) -> None:
        assert week.post("/incidents/recognition", text=text).status_code in (200, 413, 422)

    def test_costs_two_statements_beside_the_access(self, week: Writing, query_counter: Any) -> None:
        with query_counter() as one:
            week.preview("6/5 14:40 代扣失败")
        with query_counter() as many:
            week.preview("\n".join(f"6/5 14:{minute} 青禾代扣失败" for minute in range(10, 40)))
        assert isinstance(one, Queries)
        assert many.total == one.total


class TestAnEventBeingWritten:
    def test_tells_of_its_third_party_before_anything_is_published(self, week: Writing) -> None:
        answer = week.add("6/7 14:40 青禾代扣失败")
        assert re.search(r"今年第\s*3\s*次", answer.text)

    def test_of_another_week_has_a_note(self, week: Writing) -> None:
        assert "这一天不在本周内" in week.add("5/20 14:40 代扣失败").text

    def test_gets_its_recovery_by_a_field_of_its_own(self, week: Writing) -> None:
        week.add("6/7 14:40 代扣失败")
        item = week.item("6/7 14:40")
        fields = {"started": "6/7 14:40", "symptom": "代扣失败", "asks_recovery": "true"}
        week.post(f"/incidents/{item.id}", version=f"{item.id}-{item.version}", recovered="15:05", **fields)
        assert week.document.incidents[-1].recovered_at == "2025-06-07T15:05"

    def test_takes_no_recovery_before_its_start(self, week: Writing) -> None:
        week.add("6/7 23:50 代扣失败")
        item = week.item("6/7 23:50")
        fields = {"started": "6/7 23:50", "symptom": "代扣失败", "asks_recovery": "true"}
        version = f"{item.id}-{item.version}"
        assert (
            week.post(f"/incidents/{item.id}", version=version, recovered="00:12", **fields).status_code
            == 422
        )
        week.post(f"/incidents/{item.id}", version=version, recovered="次日 00:12", **fields)
        assert week.document.incidents[-1].recovered_at == "2025-06-08T00:12"

    def test_is_over_the_next_day_only_once_a_person_confirms_it(self, week: Writing) -> None:
        answer = week.add("6/7 23:50 代扣失败；处置：00:12 恢复")
        assert week.document.incidents[-1].recovered_at is None
        assert "是次日 6/8 00:12" in answer.text
        item = week.item("6/7 23:50")
        version = f"{item.id}-{item.version}"
        week.post(f"/incidents/{item.id}/recovery", version=version, recovered="6/8 00:12")
        event = week.document.incidents[-1]
        assert event.recovered_at == "2025-06-08T00:12"
        assert "00:12 恢复" in (event.handling or "")

    def test_changed_meanwhile_is_not_confirmed(self, week: Writing) -> None:
        week.add("6/7 23:50 代扣失败；处置：00:12 恢复")
        item = week.item("6/7 23:50")
        stale = week.post(f"/incidents/{item.id}/recovery", version=f"{item.id}-0", recovered="6/8 00:12")
        assert stale.status_code == 409


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("监控发现青禾银行代扣超时", "监控发现青禾银行代扣超时，失败12笔", True),
        ("监控发现青禾银行代扣超时", "机房空调停机", False),
        ("", "", False),
        ("12:30", "12:30", False),
    ],
)
def test_symptoms_are_alike_by_their_letters(one: str, other: str, *, alike: bool) -> None:
    assert (alikeness(one, other) >= 0.5) is alike
