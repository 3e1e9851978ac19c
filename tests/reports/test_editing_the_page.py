"""The week as one Markdown page: what stays keeps its row, what a person decided stays decided."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import select
from starlette.testclient import TestClient

from app.accounts.models import User
from app.db import Database
from app.document.reader import read
from app.document.schema import Document
from app.document.writer import write
from app.reports.assembly import document_of
from app.reports.merging import joined, merge_page, without_empty
from app.reports.models import Fact, Goal, Item, Report
from tests.conftest import Cast, Clock, SignIn
from tests.document.strategies import documents
from tests.reports.pages import PAGE, report_of, store_week
from tests.reports.test_publishing import URL, edit


@pytest.fixture
def published(database: Database, cast: Cast, clock: Clock) -> int:
    return store_week(database, cast.payments, cast.lin, clock.now)


@pytest.fixture
def lin(client: TestClient, cast: Cast, sign_in: SignIn) -> TestClient:
    return sign_in(client, cast.lin)


def items(database: Database, report_id: int) -> dict[str, Item]:
    with database.reading() as session:
        return {item.text: item for item in session.scalars(select(Item).where(Item.report_id == report_id))}


def text_of(database: Database, report_id: int) -> str:
    with database.reading() as session:
        return write(document_of(session, session.get_one(Report, report_id)))


def save(
    client: TestClient, database: Database, report_id: int, text: str, version: int | None = None
) -> Any:
    stored = report_of(database, report_id).version
    return client.post(f"{URL}/source", data={"text": text, "version": str(version or stored)})


class TestSavingThePage:
    def test_changes_what_was_changed_and_keeps_the_rows_of_all_else(
        self, lin: TestClient, database: Database, published: int
    ) -> None:
        before = items(database, published)
        changed = PAGE.replace("PC 端提测", "PC 端已上线").replace(
            "- 分期付能力", "- 退款专项立项\n- 分期付能力"
        )
        assert save(lin, database, published, changed).status_code == 303
        after = items(database, published)
        assert after["商户对账单自助下载：PC 端已上线"].id == before["商户对账单自助下载：PC 端提测"].id
        assert after["退款专项立项"].id not in {item.id for item in before.values()}
        for text, item in after.items():
            if text in before:
                assert (item.id, item.version) == (before[text].id, before[text].version)
        assert text_of(database, published) == write(read(changed).document)

    def test_keeps_what_people_decided(self, lin: TestClient, database: Database, published: int) -> None:
        item = items(database, published)["分期付能力：两家银行完成联调，进度60%，预计6/13灰度"]
        with database.writing() as session:
            session.add(
                Fact(
                    report_id=published, item_id=item.id, kind="progress", literal="进度60%",
                    start=16, end=21, value={"value": "65"}, decision="corrected",
                )
            )  # fmt: skip
            goal = session.scalars(select(Goal).where(Goal.text == "账户核心切换演练")).one()
            goal.outcome, goal_id = "done", goal.id
        moved = PAGE.replace("1. 账户核心切换演练\n2. 个人", "1. 个人").replace(
            "年检材料定稿\n", "年检材料定稿\n2. 账户核心切换演练\n"
        ).replace("两家银行完成联调", "三家银行完成联调")  # fmt: skip
        save(lin, database, published, moved)
        with database.reading() as session:
            fact = session.scalars(select(Fact).where(Fact.decision == "corrected")).one()
            assert fact.item_id == item.id
            goal = session.get_one(Goal, goal_id)
            assert (goal.outcome, goal.text, goal.position) == ("done", "账户核心切换演练", 1)

    def test_that_says_the_same_changes_nothing(
        self, lin: TestClient, database: Database, published: int
    ) -> None:
        version = report_of(database, published).version
        assert save(lin, database, published, text_of(database, published)).status_code == 303
        assert report_of(database, published).version == version
        assert report_of(database, published).state == "published"

    def test_keeps_text_that_is_not_known_as_it_is(
        self, lin: TestClient, database: Database, published: int
    ) -> None:
        odd = PAGE + "\n## 随想\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\n> 引文 <b>x</b>\n"
        save(lin, database, published, odd)
        assert text_of(database, published) == write(read(odd).document)

    def test_that_somebody_changed_meanwhile_shows_both_texts(
        self, lin: TestClient, database: Database, published: int
    ) -> None:
        version = report_of(database, published).version
        edit(database, lin, published, "商户对账单", "商户对账单：周梅改的")
        mine = PAGE.replace("PC 端提测", "PC 端已上线")
        answer = save(lin, database, published, mine, version)
        assert answer.status_code == 409
        assert "周梅改的" in answer.text
        assert "PC 端已上线" in answer.text
        assert "周梅改的" in text_of(database, published)
        assert save(lin, database, published, mine).status_code == 303
        assert "PC 端已上线" in text_of(database, published)

    def test_over_the_limit_is_refused(self, lin: TestClient, database: Database, published: int) -> None:
        assert save(lin, database, published, "字" * 100_000).status_code == 413
        assert save(lin, database, published, f"# 第23周\n\n- {'字' * 30_000}").status_code == 413

    def test_shows_what_is_recognised_and_stores_nothing(
        self, lin: TestClient, database: Database, published: int
    ) -> None:
        version = report_of(database, published).version
        text = "# 第23周 2025-06-06\n\n## 【O1 服务】\n\n- 账单：总计12个，已上线5个，测试中6个，进度80%"
        answer = lin.post(f"{URL}/source/reading", data={"text": text})
        assert "80%" in answer.text
        assert "5 + 6 = 12" in answer.text
        assert report_of(database, published).version == version


class TestMerging:
    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(documents(), documents())
    def test_any_page_into_any_other_says_that_page(
        self, sqlite_database: Database, cast: Cast, clock: Clock, old: Document, new: Document
    ) -> None:
        with sqlite_database.writing() as session:
            report = session.scalars(select(Report)).one()
            by = session.get_one(User, cast.lin.id)
            for document in (old, new):
                merge_page(session, report, document, by=by, at=clock.now)
                session.flush()
                assert write(document_of(session, report)) == write(without_empty(document))

    @pytest.fixture(autouse=True)
    def _a_week(self, database: Database, cast: Cast, clock: Clock) -> None:
        store_week(database, cast.payments, cast.lin, clock.now)

    @pytest.fixture
    def database(self, sqlite_database: Database) -> Database:
        """Trees are the same on both; rows are tested above."""
        return sqlite_database


class TestJoining:
    def test_puts_new_lines_below_the_same_headings_once(self) -> None:
        old = read(PAGE).document
        page = read(
            PAGE.replace("- 商户对账单自助下载：PC 端提测", "- 商户对账单自助下载：PC 端提测\n- 灰度平台立项")
            + "\n## 【招聘】\n\n- 到岗两人\n"
        ).document
        written = write(joined(old, page))
        assert written.count("商户对账单自助下载") == 1
        assert written.count("灰度平台立项") == 1
        assert "## 【招聘】\n\n- 到岗两人" in written

    def test_gives_metrics_that_wait_their_value(self) -> None:
        old = read("# 第23周 2025-06-06\n\n## 【系统运行数据】\n\n- 入金有效成功率：\n").document
        page = read("## 【系统运行数据】\n\n- 入金有效成功率：99.972%\n").document
        written = write(joined(old, page))
        assert written.count("入金有效成功率") == 1
        assert "99.972%" in written
