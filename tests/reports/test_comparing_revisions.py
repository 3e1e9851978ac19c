"""Reading what changed: two revisions, what is being written, a week beside another."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.document.reader import read
from app.document.writer import write
from tests.conftest import Cast, Clock, SignIn
from tests.reports.pages import MONDAY, PAGE, store_week
from tests.reports.reading import Node, parse
from tests.reports.test_publishing import URL, WEEKS, edit, publish


@pytest.fixture
def published(database: Database, cast: Cast, clock: Clock) -> int:
    return store_week(database, cast.payments, cast.lin, clock.now)


@pytest.fixture
def lin(client: TestClient, cast: Cast, sign_in: SignIn) -> TestClient:
    return sign_in(client, cast.lin)


@pytest.fixture
def amended(lin: TestClient, database: Database, published: int) -> int:
    edit(database, lin, published, "商户对账单", "商户对账单自助下载：PC 端已上线")
    assert publish(lin, database, published, "补充上线情况").status_code == 303
    return published


def changes(client: TestClient, address: str) -> Node:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return parse(answer.text).one("main")


def marked(page: Node, tag: str) -> list[str]:
    return [node.text(without={"vh"}) for node in page.find(tag) if "key" not in str(node.attributes)]


class TestTwoRevisions:
    def test_show_the_words_that_changed_and_why(self, lin: TestClient, amended: int) -> None:
        page = changes(lin, f"{URL}/compare/1?with=2")
        assert "补充上线情况" in page.text()
        assert "提测" in marked(page, "del")
        assert "已上线" in marked(page, "ins")

    def test_say_aloud_what_a_stroke_means(self, lin: TestClient, amended: int) -> None:
        page = changes(lin, f"{URL}/compare/1?with=2")
        assert "[gone: 提测]" in page.text().replace("\n", "")

    def test_fold_away_what_is_as_it_was(self, lin: TestClient, amended: int) -> None:
        page = changes(lin, f"{URL}/compare/1?with=2")
        assert "O2 平台升级" in page.text()
        assert "报表迁移" not in page.text()
        assert page.find("details", of="quiet")

    def test_without_a_second_one_go_up_to_the_newest(self, lin: TestClient, amended: int) -> None:
        assert "已上线" in marked(changes(lin, f"{URL}/compare/1"), "ins")

    def test_are_picked_from_the_list(self, lin: TestClient, amended: int) -> None:
        assert f'action="{URL}/compare"' in lin.get(f"{URL}/revisions").text
        answer = lin.get(f"{URL}/compare?old=2&new=1")
        assert answer.headers["location"] == f"{URL}/compare/1?with=2"

    def test_that_are_equal_say_so(self, lin: TestClient, amended: int) -> None:
        assert "Nothing is different." in changes(lin, f"{URL}/compare/2?with=2").text()

    @pytest.mark.parametrize(
        "other", ["3", "0", "x", "999999", "1?with=9", "draft2", "2025-13-40", "2025-05-26", "9999-01-01"]
    )
    def test_that_do_not_exist_are_not_found(self, lin: TestClient, amended: int, other: str) -> None:
        assert lin.get(f"{URL}/compare/{other}").status_code == 404

    def test_are_for_readers_too(self, lin: TestClient, amended: int, cast: Cast, sign_in: SignIn) -> None:
        assert sign_in(lin, cast.eve).get(f"{URL}/compare/1").status_code == 200
        assert lin.get(f"{URL}/compare/draft").status_code == 403


class TestWhatIsBeingWritten:
    def test_stands_beside_what_readers_see(self, lin: TestClient, database: Database, amended: int) -> None:
        edit(database, lin, amended, "商户对账单", "商户对账单自助下载：全部上线")
        page = changes(lin, f"{URL}/compare/draft")
        assert any("全部" in text for text in marked(page, "ins"))
        assert f"{URL}/compare/draft" in lin.get(URL).text


class TestTwoWeeks:
    def test_show_figures_from_what_to_what(
        self, lin: TestClient, published: int, database: Database, cast: Cast, clock: Clock
    ) -> None:
        later = PAGE.replace("第23周 2025-06-06", "第24周 2025-06-13").replace("99.972%", "99.981%")
        store_week(database, cast.payments, cast.lin, clock.now, later)
        page = changes(lin, f"{WEEKS}/2025-06-09/compare/{MONDAY.isoformat()}")
        row = page.one("table").text()
        assert "99.972%" in row
        assert "99.981%" in row
        assert "第23周" not in page.text()


class TestTheReport:
    def test_leads_readers_from_the_amendment_to_what_it_changed(self, lin: TestClient, amended: int) -> None:
        assert f"{URL}/compare/1?with=2" in lin.get(URL).text
        assert f"{URL}/compare/1?with=2" in lin.get(f"{URL}/revisions/2").text


class TestTakingARevisionAway:
    def test_as_markdown_gives_the_page_it_was(self, lin: TestClient, amended: int) -> None:
        first = lin.get(f"{URL}/export?revision=1")
        assert first.text == write(read(PAGE).document)
        assert "已上线" in lin.get(f"{URL}/export?revision=2").text
        assert f"{URL}/export?format=markdown&amp;revision=1" in lin.get(f"{URL}/revisions/1").text

    def test_as_json_gives_its_document(self, lin: TestClient, amended: int) -> None:
        document: dict[str, Any] = json.loads(lin.get(f"{URL}/export?format=json&revision=1").text)
        assert document["title"] == "第23周 2025-06-06"

    def test_that_does_not_exist_is_not_found(self, lin: TestClient, amended: int) -> None:
        assert lin.get(f"{URL}/export?revision=7").status_code == 404
