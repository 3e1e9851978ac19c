"""What a person decided on a recognised value stays decided, wherever the words go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.accounts.models import Team, User
from app.db import Database
from app.document.reader import read
from app.document.schema import Document
from app.reports.assembly import document_of, published_document
from app.reports.models import Fact, Item, Report, Section, SourcePage
from app.reports.publishing import replace_with_page
from tests.conftest import Cast, Clock, SignIn
from tests.reports.pages import PAGE, store_week
from tests.reports.saving import URL, OpenPage, uid

TEXT = "分期付能力：两家银行完成联调，进度60%，预计6/13灰度"


@dataclass
class Week:
    database: Database
    client: TestClient
    page: OpenPage
    report_id: int
    team: Team
    lead: User
    now: datetime

    def item(self, beginning: str) -> Item:
        with self.database.reading() as session:
            return session.scalars(
                select(Item).where(Item.report_id == self.report_id, Item.text.startswith(beginning))
            ).one()

    @property
    def document(self) -> Document:
        with self.database.reading() as session:
            return document_of(session, session.get_one(Report, self.report_id))

    def decide(
        self, decision: str, value: str = "", *, item: str = "分期付能力", literal: str = "60%"
    ) -> None:
        row = self.item(item)
        fact = next(
            fact
            for fact in self.document.facts
            if fact.kind == "progress" and literal in fact.literal and fact.literal in row.text
        )
        data = {"kind": "progress", "literal": fact.literal, "decision": decision, "value": value}
        data |= {"start": str(fact.place.start), "end": str(fact.place.end)}
        assert self.client.post(f"{URL}/items/{row.id}/facts", data=data).status_code == 303

    def progress(self, document: Document | None = None) -> list[str]:
        """The values, but for that of an item which nobody touches."""
        found = [f"{fact.value}" for fact in (document or self.document).facts if fact.kind == "progress"]
        found.remove("81")
        return found

    def change(self, *changes: dict[str, Any]) -> None:
        answer = self.page.send(*changes)
        assert answer.status_code == 200, answer.text

    def text(self, item: Item, text: str) -> dict[str, Any]:
        return {"kind": "text", "item": item.id, "text": text, "version": item.version, "base": item.text}

    def section(self, title: str) -> int:
        with self.database.reading() as session:
            return session.scalars(
                select(Section.id).where(Section.report_id == self.report_id, Section.title == title)
            ).one()

    def import_again(self, page: str) -> Document:
        with self.database.writing() as session:
            report = session.get_one(Report, self.report_id)
            source = SourcePage(
                team_id=self.team.id,
                name="23.md",
                content=page.encode(),
                sha256="b" * 64,
                reader_version="2",
                created_at=self.now,
            )
            replace_with_page(
                session,
                report=report,
                reading=read(page),
                page=source,
                by=session.get_one(User, self.lead.id),
                author_name="林晚",
                at=self.now,
                reason="页面有改动",
            )
        with self.database.reading() as session:
            return published_document(session, session.get_one(Report, self.report_id))


@pytest.fixture
def week(database: Database, client: TestClient, cast: Cast, clock: Clock, sign_in: SignIn) -> Week:
    report_id = store_week(database, cast.payments, cast.lin, clock.now)
    signed_in = sign_in(client, cast.lin)
    return Week(database, signed_in, OpenPage(signed_in), report_id, cast.payments, cast.lin, clock.now)


class TestACorrection:
    @pytest.fixture(autouse=True)
    def corrected(self, week: Week) -> None:
        week.decide("corrected", "65")
        assert week.progress() == ["65"]

    @pytest.mark.parametrize(
        "text",
        [
            "分期付能力：三家银行完成联调，进度60%，预计6/20灰度",
            "【重点】分期付能力：两家银行完成联调，总体进度60%，预计6/13灰度",
            "分期付能力：上周进度60%",
        ],
    )
    def test_stays_when_other_words_of_the_text_change(self, week: Week, text: str) -> None:
        item = week.item("分期付能力")
        assert week.page.text(item, text).status_code == 200
        assert week.progress() == ["65"]

    def test_stays_when_the_text_is_saved_without_scripts(self, week: Week) -> None:
        item = week.item("分期付能力")
        data = {"text": f"新：{item.text}", "version": str(item.version)}
        week.client.post(f"{URL}/items/{item.id}", data=data)
        assert week.progress() == ["65"]

    def test_is_of_the_same_words_where_they_are_said_twice(self, week: Week) -> None:
        item = week.item("分期付能力")
        week.page.text(item, f"商户侧进度60%；{TEXT}")
        item = week.item("商户侧")
        week.page.text(item, f"好，{item.text}")
        with week.database.reading() as session:
            fact = session.scalars(select(Fact).where(Fact.decision == "corrected")).one()
            text = session.get_one(Item, fact.item_id).text
        assert text[fact.start : fact.end] == fact.literal

    def test_goes_with_words_that_become_an_item_of_their_own(self, week: Week) -> None:
        item, new = week.item("分期付能力"), uid()
        week.change(
            week.text(item, "分期付能力：两家银行完成联调"),
            {
                "kind": "add",
                "section": item.section_id,
                "parent": None,
                "after": item.id,
                "items": [{"uid": new, "text": "进度60%，预计6/13灰度"}],
            },
        )
        assert week.progress() == ["65"]

    def test_goes_with_words_that_are_joined_to_the_item_above(self, week: Week) -> None:
        item, after = week.item("分期付能力"), week.item("商户对账单")
        week.change(
            week.text(after, f"{after.text}，{TEXT}"),
            {"kind": "remove", "item": item.id, "version": item.version},
        )
        assert week.progress() == ["65"]

    def test_comes_back_when_that_is_undone(self, week: Week) -> None:
        item, after, new = week.item("分期付能力"), week.item("商户对账单"), uid()
        week.change(
            week.text(after, f"{after.text}，{TEXT}"),
            {"kind": "remove", "item": item.id, "version": item.version},
        )
        joined = week.item("商户对账单")
        add = {"kind": "add", "section": joined.section_id, "parent": None, "after": None}
        week.change(week.text(joined, after.text), {**add, "items": [{"uid": new, "text": TEXT}]})
        assert week.progress() == ["65"]
        with week.database.reading() as session:
            fact = session.scalars(select(Fact).where(Fact.decision == "corrected")).one()
            assert session.get_one(Item, fact.item_id).text == TEXT

    def test_goes_with_an_item_that_is_moved_to_another_section(self, week: Week) -> None:
        item = week.item("分期付能力")
        place = {"section": week.section("平台升级"), "parent": None, "after": None}
        week.change({"kind": "move", "item": item.id, **place})
        assert week.progress() == ["65"]

    def test_stays_when_others_are_pasted_beside_it(self, week: Week) -> None:
        item = week.item("分期付能力")
        pasted = [{"uid": uid(), "text": f"第{number}项：进度{number}0%"} for number in range(1, 4)]
        add = {"kind": "add", "section": item.section_id, "parent": None, "after": item.id}
        week.change({**add, "items": pasted})
        assert sorted(week.progress()) == ["10", "20", "30", "65"]

    def test_stays_when_a_changed_page_is_imported(self, week: Week) -> None:
        published = week.import_again(PAGE.replace("两家银行完成联调", "三家银行完成联调"))
        assert week.progress(published) == ["65"]
        assert week.progress() == ["65"]

    def test_is_not_given_to_other_words_by_an_import(self, week: Week) -> None:
        changed = PAGE.replace(TEXT, "云杉通道：容量评估，进度60%")
        assert week.progress(week.import_again(changed)) == ["60"]

    def test_goes_when_its_words_are_said_no_more(self, week: Week) -> None:
        item = week.item("分期付能力")
        week.page.text(item, "分期付能力：进度80%")
        assert week.progress() == ["80"]
        with week.database.reading() as session:
            assert session.scalars(select(Fact).where(Fact.decision.is_not(None))).all() == []

    def test_is_not_given_to_another_item_when_its_own_is_removed(self, week: Week) -> None:
        item, other = week.item("分期付能力"), week.item("商户对账单")
        week.page.text(other, "商户对账单：进度60%")
        week.change({"kind": "remove", "item": item.id, "version": item.version})
        assert week.progress() == ["60"]


class TestADismissal:
    def test_stays_through_edits_and_imports(self, week: Week) -> None:
        week.decide("dismissed")
        item = week.item("分期付能力")
        week.page.text(item, f"好：{item.text}，继续")
        assert week.progress() == []
        assert week.progress(week.import_again(PAGE.replace("预计6/13", "预计6/20"))) == []


class TestDiscardingAnAmendment:
    def test_keeps_what_was_decided(self, week: Week) -> None:
        week.decide("corrected", "65")
        with week.database.reading() as session:
            version = session.get_one(Report, week.report_id).version
        week.client.post(f"{URL}/publication", data={"version": str(version), "reason": "改正"})
        item = week.item("商户对账单")
        week.page.text(item, "商户对账单：改了")
        with week.database.reading() as session:
            version = session.get_one(Report, week.report_id).version
        week.client.post(f"{URL}/discard", data={"version": str(version)})
        assert week.item("商户对账单").text != "商户对账单：改了"
        assert week.progress() == ["65"]
