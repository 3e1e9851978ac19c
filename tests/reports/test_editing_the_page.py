"""The week as one Markdown page: what stays keeps its row, what a person decided stays decided."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from sqlalchemy import select
from starlette.testclient import TestClient

from app.accounts.models import User
from app.db import Database
from app.document.places import walk
from app.document.reader import read
from app.document.schema import Block, Document
from app.document.schema import Section as DocumentSection
from app.document.writer import write
from app.reports.assembly import WorkingCopy, document_of, working_copy
from app.reports.merging import joined, merge_page, without_empty
from app.reports.models import DiscardedDraft, Fact, Goal, Item, Report
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
    client: TestClient,
    database: Database,
    report_id: int,
    text: str,
    version: int | None = None,
    *,
    base: str = "",
    **more: Any,
) -> Any:
    stored = report_of(database, report_id).version
    data = {"text": text, "version": str(version or stored), "base": base, **more}
    return client.post(f"{URL}/source", data=data)


def edit_in(
    database: Database, client: TestClient, report_id: int, before: str, after: str, url: str
) -> None:
    item = next(item for text, item in items(database, report_id).items() if text.startswith(before))
    answer = client.post(f"{url}/items/{item.id}", data={"text": after, "version": str(item.version)})
    assert answer.status_code == 303


def places(document: Document) -> dict[tuple[int, tuple[int, ...]], str]:
    return {
        (index, path): block.text
        for index, section in enumerate(document.sections)
        for path, block in walk(section.blocks)
    }


def open_of(copy: WorkingCopy) -> set[int]:
    return {item_id for item_id, carried in copy.carried.items() if carried.is_open}


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

    def test_is_one_step_that_can_be_undone(
        self, lin: TestClient, database: Database, published: int
    ) -> None:
        before = text_of(database, published)
        answer = save(lin, database, published, PAGE.replace("PC 端提测", "PC 端已上线"))
        kept = re.search(r"/edit#taken-(\d+)$", answer.headers["location"])
        assert kept is not None
        lin.post(f"/teams/payments/discarded/{kept[1]}/restoration")
        assert text_of(database, published) == before

    def test_that_says_the_same_leaves_nothing_to_undo(
        self, lin: TestClient, database: Database, published: int
    ) -> None:
        answer = save(lin, database, published, text_of(database, published))
        assert answer.headers["location"] == f"{URL}/edit"
        with database.reading() as session:
            assert session.scalars(select(DiscardedDraft.id)).all() == []

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


class TestSavingAPageThatSomebodyChangedMeanwhile:
    @pytest.fixture
    def opened(self, database: Database, published: int) -> tuple[str, int]:
        """The page as it is opened, and its version."""
        return text_of(database, published), report_of(database, published).version

    def test_puts_changes_of_different_lines_together(
        self, lin: TestClient, database: Database, published: int, opened: tuple[str, int]
    ) -> None:
        base, version = opened
        edit(database, lin, published, "商户对账单", "商户对账单：周梅改的")
        mine = base.replace("两家银行完成联调", "三家银行完成联调")
        assert save(lin, database, published, mine, version, base=base).status_code == 303
        stored = text_of(database, published)
        assert "商户对账单：周梅改的" in stored
        assert "三家银行完成联调" in stored

    def test_shows_both_texts_of_a_line_that_both_changed_and_saves_nothing(
        self, lin: TestClient, database: Database, published: int, opened: tuple[str, int]
    ) -> None:
        base, version = opened
        edit(database, lin, published, "商户对账单", "商户对账单自助下载：周梅改的")
        stored = text_of(database, published)
        mine = base.replace("PC 端提测", "PC 端已上线").replace("两家银行完成联调", "三家银行完成联调")
        answer = save(lin, database, published, mine, version, base=base)
        assert answer.status_code == 409
        assert "周梅改的" in answer.text
        assert "PC 端已上线" in answer.text
        assert answer.text.count('name="settled"') == 1
        assert text_of(database, published) == stored

    @pytest.mark.parametrize("which", ["theirs", "mine"])
    def test_saves_what_the_person_chose(
        self, lin: TestClient, database: Database, published: int, opened: tuple[str, int], which: str
    ) -> None:
        base, version = opened
        edit(database, lin, published, "商户对账单", "商户对账单自助下载：周梅改的")
        mine = base.replace("PC 端提测", "PC 端已上线")
        shown = save(lin, database, published, mine, version, base=base).text
        key = re.search(r'name="settled" value="(\w+)"', shown)
        assert key is not None
        chosen = {"settled": [key[1]], "kept": [f"{key[1]}-{which}"]}
        assert save(lin, database, published, mine, version, base=base, **chosen).status_code == 303
        stored = text_of(database, published)
        assert ("周梅改的" in stored, "PC 端已上线" in stored) == (which == "theirs", which == "mine")

    def test_asks_again_where_somebody_changed_the_line_once_more(
        self, lin: TestClient, database: Database, published: int, opened: tuple[str, int]
    ) -> None:
        base, version = opened
        edit(database, lin, published, "商户对账单", "商户对账单自助下载：周梅改的")
        mine = base.replace("PC 端提测", "PC 端已上线")
        shown = save(lin, database, published, mine, version, base=base).text
        key = re.search(r'name="settled" value="(\w+)"', shown)
        assert key is not None
        edit(database, lin, published, "商户对账单", "商户对账单自助下载：又改了")
        chosen = {"settled": [key[1]], "kept": [f"{key[1]}-mine"]}
        answer = save(lin, database, published, mine, version, base=base, **chosen)
        assert answer.status_code == 409
        assert "又改了" in answer.text

    def test_keeps_the_opened_page_in_the_form(
        self, lin: TestClient, database: Database, published: int, opened: tuple[str, int]
    ) -> None:
        form = lin.get(f"{URL}/source").text
        base = re.search(r'name="base" value="([^"]*)"', form)
        assert base is not None
        assert unescape(base[1]) == opened[0]


class TestCarriedItems:
    """Those that nobody edited or kept are no part of the page, and stay beside it."""

    NEXT = "/teams/payments/weeks/2025-06-09"

    @pytest.fixture
    def draft(self, lin: TestClient, database: Database, published: int) -> int:
        lin.post("/teams/payments/weeks", data={"period_start": "2025-06-09"})
        with database.reading() as session:
            return session.scalars(select(Report.id).where(Report.state == "draft")).one()

    def save(self, lin: TestClient, database: Database, draft: int, text: str) -> None:
        version = str(report_of(database, draft).version)
        data = {"text": text, "version": version, "base": text_of(database, draft)}
        assert lin.post(f"{self.NEXT}/source", data=data).status_code == 303

    def waiting(self, database: Database, draft: int) -> set[str]:
        with database.reading() as session:
            copy = working_copy(session, session.get_one(Report, draft))
            said = {copy.item_ids[place]: text for place, text in places(copy.document).items()}
            return {text for item_id, text in said.items() if item_id in open_of(copy)}

    def test_are_not_in_the_text_and_the_page_says_so(self, lin: TestClient, draft: int) -> None:
        page = lin.get(f"{self.NEXT}/source").text
        assert "分期付能力" not in page
        assert "not looked at yet" in page

    def test_stay_as_they_are_beside_what_is_written(
        self, lin: TestClient, database: Database, draft: int
    ) -> None:
        before = self.waiting(database, draft)
        heading = "## 【O1 业务支撑】"
        page = text_of(database, draft)
        self.save(lin, database, draft, page.replace(heading, f"{heading}\n\n- 全新的一件事"))
        assert self.waiting(database, draft) == before
        assert len(before) >= 4
        assert "分期付能力" not in text_of(database, draft)

    def test_move_up_where_their_section_is_taken_away(
        self, lin: TestClient, database: Database, draft: int
    ) -> None:
        before = self.waiting(database, draft)
        self.save(lin, database, draft, text_of(database, draft).replace("## 【O2 平台升级】\n\n", ""))
        assert self.waiting(database, draft) == before
        assert "报表迁移" in lin.get(f"{self.NEXT}/edit").text

    @pytest.mark.parametrize("page", ["# 另一周\n", "# 第24周\n\n## 【随想】\n\n- 一\n"])
    def test_survive_any_other_page(self, lin: TestClient, database: Database, draft: int, page: str) -> None:
        before = self.waiting(database, draft)
        self.save(lin, database, draft, page)
        assert self.waiting(database, draft) == before

    def test_stay_where_the_item_above_them_is_taken_away(
        self, lin: TestClient, database: Database, draft: int
    ) -> None:
        edit_in(database, lin, draft, "分期付能力", "分期付能力：签约完成", self.NEXT)
        before = self.waiting(database, draft)
        assert any(text.startswith("青禾银行") for text in before)
        self.save(lin, database, draft, text_of(database, draft).replace("- 分期付能力：签约完成\n", ""))
        assert self.waiting(database, draft) == before

    def test_go_along_where_the_item_above_them_is_moved(
        self, lin: TestClient, database: Database, draft: int
    ) -> None:
        edit_in(database, lin, draft, "分期付能力", "分期付能力：签约完成", self.NEXT)
        before = self.waiting(database, draft)
        line = "- 分期付能力：签约完成\n"
        page = text_of(database, draft).replace(line, "")
        self.save(lin, database, draft, page.replace("## 【O2 平台升级】\n", f"## 【O2 平台升级】\n\n{line}"))
        assert self.waiting(database, draft) == before

    def test_are_taken_up_by_a_line_that_goes_on_with_them(
        self, lin: TestClient, database: Database, draft: int
    ) -> None:
        carried = items(database, draft)["报表迁移：总数148个，已完成开发120个，占比81%"]
        heading = "## 【O2 平台升级】"
        line = "- 报表迁移：总数148个，已完成开发140个，占比95%"
        page = text_of(database, draft)
        self.save(lin, database, draft, page.replace(heading, f"{heading}\n\n{line}"))
        taken = items(database, draft)[line.removeprefix("- ")]
        assert taken.id == carried.id
        assert not taken.carried_open
        assert not any(text.startswith("报表迁移") for text in self.waiting(database, draft))


UNFILLED = Document(
    title="第23周 2025-06-06",
    sections=[
        DocumentSection(
            kind="metrics",
            title="系统运行数据",
            heading="【系统运行数据】",
            level=2,
            blocks=[Block(kind="item", text="入金有效成功率：")],
        )
    ],
)
"""Says a metric without its value, which readers do not see."""


class TestMerging:
    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(documents(), documents())
    @example(UNFILLED, Document())
    def test_any_page_into_any_other_says_that_page(
        self, sqlite_database: Database, cast: Cast, clock: Clock, old: Document, new: Document
    ) -> None:
        with sqlite_database.writing() as session:
            report = session.scalars(select(Report)).one()
            by = session.get_one(User, cast.lin.id)
            for document in (old, new):
                merge_page(session, report, document, by=by, at=clock.now)
                session.flush()
                said = working_copy(session, report, as_text=True).document
                assert write(said) == write(without_empty(document))

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
