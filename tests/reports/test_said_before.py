"""What was said with last week in mind (`下周二`) means in this week what it meant then."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.reports.assembly import published_document
from app.reports.models import Report
from tests.conftest import Cast, Clock, SignIn
from tests.reports.pages import MONDAY, PAGE, store_week
from tests.reports.test_starting import Draft

LINE = "商户对账单自助下载：PC 端提测，预计下周二上线"
WEEK = timedelta(days=7)
NEXT = MONDAY + WEEK


@pytest.fixture
def draft(client: TestClient, database: Database, cast: Cast, clock: Clock, sign_in: SignIn) -> Draft:
    page = PAGE.replace("商户对账单自助下载：PC 端提测", LINE)
    store_week(database, cast.payments, cast.lin, clock.now, page)
    client.headers["Accept-Language"] = "zh-CN"
    return Draft(sign_in(client, cast.lin), database).start()


def write(draft: Draft, *, version: int | None = None, literal: str = "下周二") -> int:
    item = draft.item("商户对账单")
    data = {
        "literal": literal,
        "start": str(item.text.find("下周二")),
        "version": str(item.version if version is None else version),
    }
    return draft.client.post(f"{draft.url}/items/{item.id}/dates", data=data).status_code


def promised(draft: Draft) -> str:
    """The day that the published week says it means."""
    with draft.database.reading() as session:
        document = published_document(session, session.get_one(Report, draft.report().id))
    return next(fact.iso for fact in document.facts if fact.kind == "date" and fact.role == "上线")


class TestAKeptLine:
    def test_keeps_the_day_that_was_meant(self, draft: Draft) -> None:
        draft.decide("商户对账单", "keep")
        draft.publish()
        assert promised(draft) == "2025-06-10"

    def test_keeps_it_for_a_second_week(self, draft: Draft) -> None:
        draft.decide("商户对账单", "keep")
        draft.publish()
        later = Draft(draft.client, draft.database, NEXT + WEEK).start()
        later.decide("商户对账单", "keep")
        later.publish()
        assert promised(later) == "2025-06-10"

    def test_shows_the_day_and_the_week_that_said_it(self, draft: Draft) -> None:
        draft.decide("商户对账单", "keep")
        page = " ".join(re.sub(r"<[^>]+>", " ", draft.edit_page()).split())
        assert "6/10 周二" in page
        assert "第 23 周说的 改写成 6/10" in page

    def test_asks_the_writer(self, draft: Draft) -> None:
        draft.decide("商户对账单", "keep")
        panel = draft.client.get(f"{draft.url}/checks").text
        assert "“下周二”是之前某周说的，指 6/10" in panel

    def test_that_gets_another_text_is_read_in_its_own_week(self, draft: Draft) -> None:
        item = draft.item("商户对账单")
        data = {"text": "商户对账单自助下载：预计下周二上线", "version": str(item.version)}
        draft.client.post(f"{draft.url}/items/{item.id}", data=data)
        draft.publish()
        assert promised(draft) == "2025-06-17"


class TestWritingTheDay:
    def test_puts_it_in_the_text_and_confirms_the_line(self, draft: Draft) -> None:
        assert write(draft) == 303
        item = draft.item("商户对账单")
        assert item.text == "商户对账单自助下载：PC 端提测，预计6/10上线"
        assert not item.carried_open
        draft.publish()
        assert promised(draft) == "2025-06-10"

    def test_is_not_offered_afterwards(self, draft: Draft) -> None:
        write(draft)
        assert "改写成" not in draft.edit_page()
        assert write(draft) == 409

    @pytest.mark.parametrize(("version", "literal"), [(0, "下周二"), (None, "下周三")])
    def test_is_refused_where_the_text_was_changed(
        self, draft: Draft, version: int | None, literal: str
    ) -> None:
        assert write(draft, version=version, literal=literal) == 409
        assert draft.item("商户对账单").text == LINE


class TestTheMargin:
    def test_tells_the_first_day_of_a_promise_that_moved(self, draft: Draft) -> None:
        item = draft.item("分期付能力")
        text = item.text.replace("6/13", "6/20")
        draft.client.post(f"{draft.url}/items/{item.id}", data={"text": text, "version": str(item.version)})
        draft.publish()
        later = Draft(draft.client, draft.database, NEXT + WEEK).start()
        page = " ".join(re.sub(r"<[^>]+>", " ", later.edit_page()).split())
        assert re.search(r"原定 6/13 → 6/20 灰度\s?，\s?已移 1 次", page)
        said = later.item("分期付能力").carried
        assert said is not None
        assert said["dates"][0]["first"] == date(2025, 6, 13).isoformat()
