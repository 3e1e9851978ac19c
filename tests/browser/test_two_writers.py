"""Two people in one week: each sees what the other saved and where the other is, and nobody's words are lost.

Each test of a safety names the guard without which it fails.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Open, Site, Visit
from tests.browser.writing import (
    STATEMENT,
    URL,
    Writing,
    end_sessions,
    id_of,
    sign_in,
    stored_text,
)
from tests.reports.pages import store_week

SEEN = 5000
"""Milliseconds in which a saved change is in front of the others."""
AGAIN = 6000
"""Milliseconds until a page asks again for what it did not get."""


@pytest.fixture
def short_beat(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streams look nearly at once whether one is still signed in."""
    monkeypatch.setattr("app.reports.live_routes.BEAT", 0.3)


@pytest.fixture
def writers(visit: Open, site: Site) -> tuple[Writing, Writing]:
    """Lin, whose page is looked at, and Ada, who writes in the same week."""
    store_week(site.database, site.cast.payments, site.cast.lin, site.at)
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

    def test_offers_to_publish_the_amendment_that_it_makes(self, writers: tuple[Writing, Writing]) -> None:
        """Guard: becomeAmendment in live.js."""
        lin, ada = writers
        publish = lin.page.get_by_role("link", name="发布修订")
        expect(publish).to_have_count(0)
        field(ada, id_of(lin.statement)).fill("她的")
        ada.saved()
        expect(publish).to_be_visible(timeout=SEEN)

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
        lin.visit.expects_refusals()  # the console repeats the 409

    def test_in_the_same_words_are_settled_by_a_person(
        self, writers: tuple[Writing, Writing], site: Site
    ) -> None:
        """Guards, either of which is enough: the server's 409, `isHeld` of a line with a clash."""
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
        lin.visit.expects_refusals()


class TestWhatWentBy:
    """What a page could not be told, or not draw, it asks for again."""

    def test_of_a_great_many_items_is_seen(
        self, writers: tuple[Writing, Writing], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Guard: `reload` in live.js."""
        lin, ada = writers
        item = id_of(lin.statement)
        monkeypatch.setattr("app.db.LONGEST_MESSAGE", 40)
        field(ada, item).fill("她的说法")
        ada.saved()
        expect(field(lin, item)).to_have_value("她的说法", timeout=SEEN)

    def test_while_the_server_did_not_give_it_is_fetched_again(
        self, writers: tuple[Writing, Writing]
    ) -> None:
        """Guard: `later` in live.js, which also leaves the page's version as it was."""
        lin, ada = writers
        item = id_of(lin.statement)
        version = lin.page.locator("main").get_attribute("data-version")
        lin.page.route(f"**/items/{item}", lambda route: route.fulfill(status=503))
        with lin.page.expect_response(f"**/items/{item}"):
            field(ada, item).fill("她的说法")
        lin.page.wait_for_timeout(300)
        assert lin.page.locator("main").get_attribute("data-version") == version
        expect(field(lin, item)).to_have_value("她的说法", timeout=AGAIN + SEEN)
        lin.visit.expects_refusals()

    def test_while_the_session_had_ended_is_seen_after_signing_in_again(
        self, short_beat: None, writers: tuple[Writing, Writing], site: Site
    ) -> None:
        """Guards: `openIfWanted` and `since` in live.js."""
        lin, ada = writers
        item = id_of(lin.statement)
        with lin.page.expect_response("**/sign-in**"):
            end_sessions(site, site.cast.lin)
        expect(ada.page.locator("#people")).to_be_empty(timeout=SEEN)
        expect(lin.page.locator("#people")).to_be_empty()
        field(ada, item).fill("她的说法")
        ada.saved()
        sign_in(site, lin.page.context, site.cast.lin)
        expect(field(lin, item)).to_have_value("她的说法", timeout=3 * AGAIN)
        lin.visit.expects_refusals()


class TestAWholePageSaved:
    """Somebody edits the week as Markdown, pastes a page or arranges sections: the open page follows."""

    def test_brings_new_sections_where_they_belong_and_takes_gone_ones_away(
        self, writers: tuple[Writing, Writing]
    ) -> None:
        """Guard: `arranged` in merging.py and drawChanges, the end of redrawAll."""
        lin, ada = writers
        mine = field(lin, id_of(lin.statement))
        mine.focus()
        mine.press("End")
        mine.evaluate("(field) => (field.isTheSame = true)")

        def change(page: str) -> str:
            page = page.replace("## 【O2 平台升级】", "## 【O3 稳定性】\n\n- 演练一次\n\n## 【O2 平台升级】")
            page = re.sub(r"# 本周收获与反思.*?(?=# 下周)", "", page, flags=re.DOTALL)
            return page.replace("    1. 云杉银行：已投产", "    1. 云杉银行：已投产\n    2. 白桦银行：待联调")

        save_source(ada, change)
        expect(lin.item("演练一次")).to_be_visible(timeout=SEEN)
        expect(lin.item("白桦银行：待联调")).to_be_visible()
        assert lin.page.locator("main > section[id^=section-] h2").all_text_contents() == [
            "系统运行数据",
            "O1业务支撑",
            "O3稳定性",
            "O2平台升级",
            "生产稳定性事件",
            "下周工作及目标",
        ]
        expect(mine).to_be_focused()
        assert mine.evaluate("(field) => field.isTheSame && field.selectionStart === field.value.length")
        mine.press_sequentially("，下周上线")
        lin.saved()
        ada.visit.expects_refusals()

    def test_marks_the_item_one_is_in_and_shows_it_once_one_leaves(
        self, writers: tuple[Writing, Writing]
    ) -> None:
        """Guard: `items` in merge_page."""
        lin, ada = writers
        mine = field(lin, id_of(lin.statement))
        mine.focus()
        mine.press("Home")
        save_source(ada, lambda page: page.replace(STATEMENT, "商户对账单：她的说法"))
        expect(lin.page.get_by_text("Ada Berg也改了这一项")).to_be_visible(timeout=SEEN)
        expect(mine).to_have_value(STATEMENT)
        mine.blur()
        expect(mine).to_have_value("商户对账单：她的说法", timeout=SEEN)

    def test_leaves_a_section_that_has_gone_until_one_leaves_it(
        self, writers: tuple[Writing, Writing]
    ) -> None:
        """Guard: letGo in live.js."""
        lin, ada = writers
        mine = lin.item("报表迁移")
        mine.focus()
        mine.press("Home")
        save_source(
            ada,
            lambda page: re.sub(r"## 【O2 平台升级】.*?(?=## )", "", page, flags=re.DOTALL) + "3. 复盘\n",
        )
        expect(lin.item("复盘")).to_be_visible(timeout=SEEN)
        expect(mine).to_be_focused()
        mine.blur()
        expect(lin.page.get_by_role("heading", name="平台升级")).to_have_count(0, timeout=SEEN)

    def test_follows_a_section_that_is_added_moved_or_removed(self, writers: tuple[Writing, Writing]) -> None:
        """Guard: `arranged` in sections.py."""
        lin, ada = writers
        new = ada.page.get_by_role("combobox", name="新栏目")
        new.fill("临时栏目")
        new.press("Enter")
        added = lin.page.get_by_role("region", name="临时栏目")
        expect(added).to_be_visible(timeout=SEEN)
        press_of_section(ada, "平台升级", "上移")
        first = lin.page.locator("main > section[data-kind=workstream]").first
        expect(first).to_contain_text("平台升级", timeout=SEEN)
        press_of_section(ada, "临时栏目", "删除")
        expect(added).to_have_count(0, timeout=SEEN)


def press_of_section(writing: Writing, title: str, button: str) -> None:
    section = writing.page.get_by_role("region", name=title)
    section.locator("summary").filter(has_text="栏目").first.click()
    section.get_by_role("button", name=button, exact=True).first.click()
    writing.page.wait_for_load_state()


def save_source(writing: Writing, change: Callable[[str], str]) -> None:
    """Edit the week as Markdown in another tab of the same browser, and save it."""
    page = writing.page.context.new_page()
    page.goto(f"{URL}/source")
    text = page.locator("textarea[name=text]")
    changed = change(text.input_value())
    assert changed != text.input_value()
    text.fill(changed)
    page.get_by_role("button", name="保存").click()
    page.wait_for_url(f"**{URL}/edit**")
    page.close()


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


class TestOneselfInAnotherWindow:
    @pytest.fixture
    def windows(self, visit: Open, site: Site) -> tuple[Writing, Writing]:
        store_week(site.database, site.cast.payments, site.cast.lin, site.at)
        first = visit(f"{URL}/edit", as_=site.cast.lin)
        page = first.page.context.new_page()
        page.goto(f"{URL}/edit")
        return Writing(first), Writing(Visit(page, site, problems=first.problems))

    def test_is_not_somebody_else(self, windows: tuple[Writing, Writing]) -> None:
        """Guard: nameFor in page.js, isOwn in live.js."""
        one, other = windows
        for window in windows:
            people = window.page.locator("#people")
            expect(people).to_have_text("你在另一个窗口也打开了这一周", timeout=SEEN)
        item = id_of(one.statement)
        field(other, item).focus()
        expect(one.page.locator(f"#item-{item} > .field > .writer")).to_have_text("另一个窗口", timeout=SEEN)

    def test_overwrites_nothing_unseen(self, windows: tuple[Writing, Writing], site: Site) -> None:
        """Guard: the server's 409, whoever wrote the newer text."""
        one, other = windows
        item = id_of(one.statement)
        mine = field(one, item)
        mine.focus()
        field(other, item).fill("另一个窗口的说法")
        field(other, item).blur()
        other.saved()
        expect(one.page.get_by_text("另一个窗口也改了这一项")).to_be_visible(timeout=SEEN)
        mine.fill("这个窗口的说法")
        mine.blur()
        expect(one.clash()).to_contain_text("你在另一个窗口也改了这一项")
        assert stored_text(site, item) == "另一个窗口的说法"
        one.clash().get_by_role("button", name="用这个窗口的").click()
        one.saved()
        expect(field(other, item)).to_have_value("这个窗口的说法", timeout=SEEN)
        one.visit.expects_refusals()


class TestRecognition:
    def test_shows_what_a_text_says_while_it_is_typed(self, writers: tuple[Writing, Writing]) -> None:
        lin, _ = writers
        item = id_of(lin.statement)
        with lin.page.expect_response("**/recognition"):
            field(lin, item).press_sequentially("，进度73%")
        expect(lin.page.locator(f"#item-{item}").get_by_text("73%")).to_be_visible()
