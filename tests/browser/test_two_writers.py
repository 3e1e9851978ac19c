"""Two people in one week: each sees what the other saved and where the other is, and nobody's words are lost.

Each test of a safety names the guard without which it fails.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Open, Site
from tests.browser.writing import STATEMENT, URL, Writing, id_of, stored_text
from tests.reports.pages import store_week

SEEN = 5000
"""Milliseconds in which a saved change is in front of the others."""


@pytest.fixture
def writers(visit: Open, site: Site) -> tuple[Writing, Writing]:
    """Lin, whose page is looked at, and Ada, who writes in the same week."""
    store_week(site.database, site.cast.payments, site.cast.lin, datetime.now(UTC))
    lin, ada = (Writing(visit(f"{URL}/edit", as_=person)) for person in (site.cast.lin, site.cast.ada))
    expect(lin.page.locator("#people")).to_have_text("Ada Berg也在写")
    return lin, ada


def field(writing: Writing, item: int) -> Locator:
    return writing.page.locator(f"#text-{item}")


class TestWhatOthersSaved:
    def test_appears_where_it_stands(self, writers: tuple[Writing, Writing]) -> None:
        lin, ada = writers
        item = id_of(lin.statement)
        field(ada, item).fill("商户对账单：进度90%")
        ada.saved()
        expect(field(lin, item)).to_have_value("商户对账单：进度90%", timeout=SEEN)
        expect(lin.page.locator(f"#item-{item}").get_by_text("90%", exact=True)).to_be_visible()
        lin.saved()

    def test_is_typed_over_as_it_now_stands(self, writers: tuple[Writing, Writing], site: Site) -> None:
        lin, ada = writers
        item = id_of(lin.statement)
        field(ada, item).fill("她的")
        ada.saved()
        expect(field(lin, item)).to_have_value("她的", timeout=SEEN)
        field(lin, item).press("End")
        field(lin, item).press_sequentially("和我的")
        lin.saved()
        expect(lin.clash()).to_have_count(0)
        assert stored_text(site, item) == "她的和我的"

    def test_never_replaces_the_field_one_is_in(self, writers: tuple[Writing, Writing]) -> None:
        """Guard: `isTypedIn` in live.js, `written` in place.js."""
        lin, ada = writers
        item = id_of(lin.statement)
        mine = field(lin, item)
        mine.focus()
        mine.press("Home")
        field(ada, item).fill("她的说法")
        ada.saved()
        expect(lin.page.get_by_text("Ada Berg也改了这一项")).to_be_visible(timeout=SEEN)
        expect(mine).to_have_value(STATEMENT)
        mine.blur()
        expect(mine).to_have_value("她的说法", timeout=SEEN)


class TestChangesOfOneText:
    def test_in_different_words_become_one(self, writers: tuple[Writing, Writing], site: Site) -> None:
        lin, ada = writers
        item = id_of(lin.statement)
        mine = field(lin, item)
        mine.focus()
        mine.press("End")
        theirs = STATEMENT.replace("自助下载", "批量下载")
        field(ada, item).fill(theirs)
        ada.saved()
        mine.press_sequentially("，下周上线")
        lin.saved()
        assert stored_text(site, item) == theirs + "，下周上线"
        expect(mine).to_have_value(STATEMENT + "，下周上线")  # under the cursor nothing moves
        mine.press_sequentially("，放心")
        mine.blur()
        expect(mine).to_have_value(theirs + "，下周上线，放心")
        lin.saved()
        assert stored_text(site, item) == theirs + "，下周上线，放心"
        lin.visit.problems.clear()  # the console repeats the 409

    def test_in_the_same_words_are_settled_by_a_person(
        self, writers: tuple[Writing, Writing], site: Site
    ) -> None:
        """Guard: the server's 409; `isHeld` of a line with a clash."""
        lin, ada = writers
        item = id_of(lin.statement)
        mine = field(lin, item)
        mine.focus()
        field(ada, item).fill("她的说法")
        ada.saved()
        mine.fill("我的说法")
        mine.blur()
        expect(lin.clash()).to_be_visible()
        lin.says("clash")
        mine.press_sequentially("，再写几句")
        lin.page.wait_for_timeout(1000)
        assert stored_text(site, item) == "她的说法"
        lin.clash().get_by_role("button", name="两份并为一项再改").click()
        expect(mine).to_be_focused()
        expect(mine).to_have_value("我的说法，再写几句\n她的说法")
        lin.saved()
        assert stored_text(site, item) == "我的说法，再写几句\n她的说法"
        lin.visit.problems.clear()


class TestWhoIsThere:
    def test_is_shown_at_the_item_they_are_on(self, writers: tuple[Writing, Writing]) -> None:
        lin, ada = writers
        item = id_of(lin.statement)
        field(ada, item).focus()
        mark = lin.page.locator(f"#item-{item} > .field > .writer")
        expect(mark).to_have_text("Ada Berg", timeout=SEEN)
        ada.page.close()
        expect(mark).to_have_count(0, timeout=SEEN)
        expect(lin.page.locator("#people")).to_be_empty(timeout=SEEN)


class TestRecognition:
    def test_shows_what_a_text_says_while_it_is_typed(self, writers: tuple[Writing, Writing]) -> None:
        lin, _ = writers
        item = id_of(lin.statement)
        with lin.page.expect_response("**/recognition"):
            field(lin, item).press_sequentially("，进度73%")
        expect(lin.page.locator(f"#item-{item}").get_by_text("73%")).to_be_visible()
