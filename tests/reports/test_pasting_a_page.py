"""A page written elsewhere: read, looked at, taken over with one key, undone as one step."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.db import Database
from app.document.reader import read
from app.document.writer import write
from app.reports.assembly import document_of
from app.reports.models import DiscardedDraft, Item, Report, Section
from tests.conftest import Cast, Clock, SignIn
from tests.reports.pages import PAGE, report_of, store_week
from tests.reports.test_publishing import WEEKS

NEXT = f"{WEEKS}/2025-06-09"
THIS_WEEK = PAGE.replace("第23周 2025-06-06", "第24周 2025-06-13").replace("6/4 14:12", "6/11 14:12")


@pytest.fixture
def lin(client: TestClient, cast: Cast, sign_in: SignIn) -> TestClient:
    return sign_in(client, cast.lin)


@pytest.fixture
def draft(lin: TestClient, database: Database, cast: Cast, clock: Clock) -> int:
    store_week(database, cast.payments, cast.lin, clock.now)
    lin.post(WEEKS, data={"period_start": "2025-06-09"})
    with database.reading() as session:
        return session.scalars(select(Report.id).where(Report.state == "draft")).one()


def review(client: TestClient, text: str = THIS_WEEK, **more: str) -> Any:
    return client.post(f"{NEXT}/paste", data={"text": text, **more})


def take(client: TestClient, database: Database, report_id: int, text: str = THIS_WEEK, **more: str) -> Any:
    version = str(report_of(database, report_id).version)
    return client.post(f"{NEXT}/paste/page", data={"text": text, "version": version, **more})


def text_of(database: Database, report_id: int) -> str:
    with database.reading() as session:
        return write(document_of(session, session.get_one(Report, report_id)))


class TestTheReview:
    def test_highlights_each_value_in_the_source_and_lists_it(self, lin: TestClient, draft: int) -> None:
        page = review(lin).text
        marked = dict(re.findall(r'<mark id="v(\d+)"[^>]*>([^<]*)</mark>', page))
        listed = set(re.findall(r'data-value="(\d+)"', page))
        assert set(marked) == listed
        assert any("进度60%" in html.unescape(text) for text in marked.values())

    def test_holds_every_word_of_the_source(self, lin: TestClient, draft: int) -> None:
        source = review(lin).text.split('<ol class="source-lines">')[1].split("</ol>")[0]
        shown = html.unescape(re.sub(r"<a[^>]*>\d+</a>|<[^>]*>", "", source))
        assert "".join(shown.split()) == "".join(THIS_WEEK.split())

    def test_puts_uncertain_values_and_wrong_sums_first(self, lin: TestClient, draft: int) -> None:
        page = review(
            lin, THIS_WEEK + "\n## 【其他】\n\n- 目标617上线\n- 总计12个，已上线5个，测试中6个\n"
        ).text
        assert page.index('id="r-doubts"') < page.index("read-section")
        assert page.index('id="r-sums"') < page.index("read-section")

    def test_stores_nothing(self, lin: TestClient, draft: int, database: Database) -> None:
        before = text_of(database, draft)
        review(lin)
        assert text_of(database, draft) == before

    def test_asks_where_the_page_names_another_week(self, lin: TestClient, draft: int) -> None:
        page = review(lin, PAGE).text
        assert "The page says it is week 23" in page
        assert "all the same" in page
        assert "all the same" not in review(lin).text

    def test_of_nothing_is_refused(self, lin: TestClient, draft: int) -> None:
        assert review(lin, "  \n ").status_code == 422


class TestTakingOver:
    def test_makes_the_week_say_what_the_page_says(
        self, lin: TestClient, draft: int, database: Database
    ) -> None:
        answer = take(lin, database, draft)
        assert answer.headers["location"].startswith(f"{NEXT}/edit#taken-")
        assert text_of(database, draft) == write(read(THIS_WEEK).document)

    def test_leaves_no_empty_metric_beside_one_with_its_value(
        self, lin: TestClient, draft: int, database: Database
    ) -> None:
        take(lin, database, draft)
        with database.reading() as session:
            texts = session.scalars(select(Item.text).where(Item.report_id == draft)).all()
        assert [text for text in texts if text.startswith("入金有效成功率")] == ["入金有效成功率：99.972%"]

    def test_is_undone_as_one_step(self, lin: TestClient, draft: int, database: Database) -> None:
        lin.get(f"{NEXT}/edit")
        before = text_of(database, draft)
        number = take(lin, database, draft).headers["location"].rpartition("-")[2]
        assert lin.post(f"/teams/payments/discarded/{number}/restoration").status_code == 303
        assert text_of(database, draft) == before
        with database.reading() as session:
            assert session.scalars(select(Item).where(Item.report_id == draft, Item.carried_open)).all()

    def test_is_not_undone_over_what_was_written_since(
        self, lin: TestClient, draft: int, database: Database
    ) -> None:
        number = take(lin, database, draft).headers["location"].rpartition("-")[2]
        with database.reading() as session:
            section = session.scalars(select(Section.id).where(Section.report_id == draft)).first()
        lin.post(f"{NEXT}/items", data={"section": str(section), "text": "之后写的"})
        assert lin.post(f"/teams/payments/discarded/{number}/restoration").status_code == 409
        assert "之后写的" in text_of(database, draft)

    def test_beside_what_is_written_keeps_both(self, lin: TestClient, draft: int, database: Database) -> None:
        take(lin, database, draft)
        page = "# 第24周\n\n## 【O1 业务支撑】\n\n- 灰度平台立项\n"
        assert "Put it beside what is there" in review(lin, page).text
        take(lin, database, draft, page, how="add")
        written = text_of(database, draft)
        assert "灰度平台立项" in written
        assert "商户对账单自助下载" in written

    def test_in_its_place_replaces_it(self, lin: TestClient, draft: int, database: Database) -> None:
        take(lin, database, draft)
        page = "# 第24周 2025-06-13\n\n## 【O1 业务支撑】\n\n- 灰度平台立项\n"
        take(lin, database, draft, page, how="replace")
        assert text_of(database, draft) == page

    def test_into_one_section_leaves_the_others(
        self, lin: TestClient, draft: int, database: Database
    ) -> None:
        take(lin, database, draft)
        with database.reading() as session:
            section = session.scalars(
                select(Section.id).where(Section.report_id == draft, Section.code == "O2")
            ).one()
        take(lin, database, draft, "- 单元化改造\n    - 进度40%\n", section=str(section))
        written = text_of(database, draft)
        assert "- 单元化改造\n    - 进度40%" in written.split("O2 平台升级")[1].split("## ")[0]
        assert "商户对账单自助下载" in written

    def test_of_a_week_changed_meanwhile_is_refused(
        self, lin: TestClient, draft: int, database: Database
    ) -> None:
        stale = report_of(database, draft).version
        take(lin, database, draft)
        answer = lin.post(f"{NEXT}/paste/page", data={"text": "- x", "version": str(stale)})
        assert answer.status_code == 409
        with database.reading() as session:
            assert len(session.scalars(select(DiscardedDraft.id)).all()) == 1
