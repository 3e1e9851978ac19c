"""A numbered list keeps its numbers from the page through draft, edit and publication to the export."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.db import Database
from app.document.reader import read
from app.document.writer import write
from app.reports.assembly import document_of, published_document
from app.reports.models import Item, Report
from tests.conftest import Cast, Clock, SignIn
from tests.reports.pages import PAGE, store_week
from tests.reports.saving import URL, OpenPage

LIST = """3. 灰度方案评审
4. 切换演练
7. 值守排班
7. 回滚预案
    2. 数据回滚
    3. 渠道回切
"""
TYPED = PAGE.replace("- 报表迁移", f"{LIST}- 报表迁移")


class Week:
    def __init__(self, database: Database, client: TestClient, report_id: int) -> None:
        self.database, self.client, self.report_id = database, client, report_id

    def item(self, beginning: str) -> Item:
        with self.database.reading() as session:
            query = select(Item).where(Item.report_id == self.report_id, Item.text.startswith(beginning))
            return session.scalars(query).one()

    @property
    def draft(self) -> str:
        with self.database.reading() as session:
            return write(document_of(session, session.get_one(Report, self.report_id)))

    @property
    def published(self) -> str:
        with self.database.reading() as session:
            return write(published_document(session, session.get_one(Report, self.report_id)))

    @property
    def version(self) -> str:
        with self.database.reading() as session:
            return str(session.get_one(Report, self.report_id).version)


@pytest.fixture
def week(database: Database, client: TestClient, cast: Cast, clock: Clock, sign_in: SignIn) -> Week:
    report_id = store_week(database, cast.payments, cast.lin, clock.now, TYPED)
    return Week(database, sign_in(client, cast.lin), report_id)


def test_the_numbers_of_a_page_stand_in_its_working_copy(week: Week) -> None:
    assert LIST in week.draft
    assert week.draft == write(read(TYPED).document)


def test_they_stay_when_an_item_is_edited_and_the_week_published_again(week: Week) -> None:
    assert OpenPage(week.client).text(week.item("切换演练"), "切换演练两轮").status_code == 200
    data = {"version": week.version, "reason": "补充"}
    assert week.client.post(f"{URL}/publication", data=data).status_code == 303
    assert LIST.replace("切换演练", "切换演练两轮") in week.published
    assert LIST.replace("切换演练", "切换演练两轮") in week.draft


def test_they_can_be_changed_on_the_page_as_markdown(week: Week) -> None:
    page = week.draft.replace("3. 灰度方案评审\n4. 切换演练", "5. 灰度方案评审\n6. 切换演练")
    data = {"text": page, "base": week.draft, "version": week.version}
    assert week.client.post(f"{URL}/source", data=data).status_code == 303
    assert week.draft == page


def test_they_come_back_when_that_is_undone(week: Week) -> None:
    before = week.draft
    data = {"text": before.replace("7. 值守排班", "5. 值守排班"), "base": before, "version": week.version}
    kept = week.client.post(f"{URL}/source", data=data).headers["location"].rsplit("-", 1)[1]
    assert week.draft != before
    week.client.post(f"/teams/payments/discarded/{kept}/restoration")
    assert week.draft == before


@pytest.mark.parametrize("scripted", [True, False])
def test_an_item_that_is_moved_bears_the_number_of_its_new_place(week: Week, scripted: bool) -> None:
    item, above = week.item("值守排班"), week.item("灰度方案")
    if scripted:
        move = {"kind": "move", "item": item.id, "section": item.section_id, "parent": None}
        assert OpenPage(week.client).send({**move, "after": above.id}).status_code == 200
    else:
        data = {"text": item.text, "version": str(item.version), "direction": "up"}
        assert week.client.post(f"{URL}/items/{item.id}/place", data=data).status_code == 303
    assert "3. 灰度方案评审\n4. 值守排班\n5. 切换演练\n7. 回滚预案\n" in week.draft


def test_a_discarded_amendment_keeps_what_is_published(week: Week) -> None:
    OpenPage(week.client).text(week.item("切换演练"), "改了")
    assert week.client.post(f"{URL}/discard", data={"version": week.version}).status_code == 303
    assert week.draft == write(read(TYPED).document)
