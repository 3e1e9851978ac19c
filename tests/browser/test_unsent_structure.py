"""What was done to the outline and is not stored yet survives the page: all of it is there once, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.conftest import Open, Site
from tests.browser.outline_page import (
    BANKS,
    BUSINESS,
    PLAN,
    REPORTS,
    STATEMENTS,
    URL,
    OutlinePage,
    stored,
    stored_like,
    stored_section,
)
from tests.browser.writing import SAVES, lose_the_answer

KEPT = 600
"""Milliseconds after which what was done lies in the vault."""
DONE = [(PLAN, [BANKS[1], ("新的一项", [("其下一项", [])])])]
"""What section O1 says once `do_all` was done."""


def do_all(outline: OutlinePage) -> None:
    """Make, write, split, nest, move, remove, take back: all of it before anything is stored."""
    outline.go(STATEMENTS)
    outline.press("Enter")
    outline.type("新的一项其下一项")
    outline.page.wait_for_timeout(300)  # what is typed lies in the vault before it is parted
    for _ in range(4):
        outline.press("ArrowLeft")
    outline.press("Enter", "Tab")
    outline.go("新的一项")
    outline.press("Alt+ArrowUp", "Tab", "Alt+ArrowUp", "Alt+ArrowDown")
    outline.go(STATEMENTS)
    outline.press("Control+Shift+Backspace")
    outline.go("云杉银行")
    outline.press("Control+Shift+Backspace", "Control+z", "Control+y")
    outline.go("新的一项")
    outline.press("Shift+Tab", "Tab")


class Browser:
    """A page on the week that ends without a word, and another one in the same browser."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context

    def crash(self, page: Page) -> OutlinePage:
        page.close(run_before_unload=False)
        self.context.set_offline(False)
        again = self.context.new_page()
        again.goto(f"{URL}/edit")
        return OutlinePage(again)


@pytest.fixture
def outline(visit: Open, site: Site, week: int) -> Iterator[OutlinePage]:
    opened = visit(f"{URL}/edit", as_=site.cast.lin)
    yield OutlinePage(opened.page)
    opened.expects_refusals()  # the network was gone


def only_saves(handle: Callable[[Route], None]) -> Callable[[Route], None]:
    return lambda route: handle(route) if route.request.method == "POST" else route.continue_()


def everything_is_there(outline: OutlinePage, site: Site, week: int) -> None:
    expect(outline.section("业务支撑").locator("textarea").filter(has_text="其下一项")).to_have_count(1)
    outline.saved()
    assert stored_section(site, week, "业务支撑") == DONE
    assert stored_like(outline.everything(), stored(site, week))
    expect(outline.page.locator("#lost")).to_be_hidden()


class TestUnsentSteps:
    def test_made_without_a_network_are_stored_after_a_crash(
        self, outline: OutlinePage, site: Site, week: int
    ) -> None:
        """Guard: `Replay` of what the vault kept."""
        outline.page.context.set_offline(True)
        do_all(outline)
        assert outline.outline("业务支撑") == DONE
        outline.page.wait_for_timeout(KEPT)
        assert stored_section(site, week, "业务支撑") == BUSINESS
        again = Browser(outline.page.context).crash(outline.page)
        everything_is_there(again, site, week)
        again.page.reload()
        everything_is_there(OutlinePage(again.page), site, week)

    def test_that_were_stored_and_not_answered_are_not_done_twice(
        self, outline: OutlinePage, site: Site, week: int
    ) -> None:
        """Guard: steps are sent again under the name of the page that made them."""
        outline.page.route(SAVES, only_saves(lose_the_answer))
        do_all(outline)
        outline.page.wait_for_timeout(KEPT)
        again = Browser(outline.page.context).crash(outline.page)
        everything_is_there(again, site, week)

    def test_of_which_only_the_vault_does_not_know_that_they_are_stored_are_not_done_twice(
        self, outline: OutlinePage, site: Site, week: int
    ) -> None:
        """Guard: a step that a later one has superseded counts as stored."""
        page = outline.page
        page.context.set_offline(True)
        do_all(outline)
        page.wait_for_timeout(KEPT)
        kept = vault_rows(page)
        page.context.set_offline(False)
        outline.saved()
        put_into_vault(page, kept)
        again = Browser(page.context).crash(page)
        everything_is_there(again, site, week)

    def test_are_stored_after_a_reload_with_the_server_away(
        self, outline: OutlinePage, site: Site, week: int
    ) -> None:
        page = outline.page
        page.route(SAVES, only_saves(lambda route: route.abort()))
        do_all(outline)
        page.wait_for_timeout(KEPT)
        page.on("dialog", lambda dialog: dialog.accept())
        page.reload()
        page.wait_for_timeout(KEPT)
        page.unroute(SAVES)
        everything_is_there(OutlinePage(page), site, week)

    def test_that_somebody_else_has_overtaken_lose_no_word(
        self, outline: OutlinePage, visit: Open, site: Site, week: int
    ) -> None:
        """Guard: `#keepApart`."""
        outline.page.context.set_offline(True)
        outline.go(STATEMENTS, at=len("商户对账单"))
        outline.press("Enter")
        outline.go(REPORTS)
        outline.press("Enter")
        outline.type("还有一项")
        outline.page.wait_for_timeout(KEPT)
        other = OutlinePage(visit(f"{URL}/edit", as_=site.cast.ada).page)
        other.go(STATEMENTS)
        for _ in range(len(STATEMENTS)):
            other.press("Backspace")
        other.type("她的说法")
        other.saved()
        again = Browser(outline.page.context).crash(outline.page)
        clash = again.page.get_by_role("group", name="内容冲突")
        expect(clash).to_contain_text("她的说法")
        assert [text for text, _ in again.outline("业务支撑")][-1] == "自助下载：PC 端提测"
        assert again.outline("平台升级") == [(REPORTS, []), ("还有一项", [])]


ROWS = """() => new Promise((resolve, reject) => {
    const request = indexedDB.open("weekline-writing", 1);
    request.onerror = reject;
    request.onsuccess = () => {
        const all = request.result.transaction("unsaved").objectStore("unsaved").getAll();
        all.onsuccess = () => resolve(all.result.map((row) => ({
            ...row,
            iv: row.iv && [...row.iv],
            data: row.data && [...new Uint8Array(row.data)],
        })));
    };
})"""
PUT = """(rows) => new Promise((resolve, reject) => {
    const request = indexedDB.open("weekline-writing", 1);
    request.onerror = reject;
    request.onsuccess = () => {
        const transaction = request.result.transaction("unsaved", "readwrite");
        for (const row of rows) transaction.objectStore("unsaved").put({
            ...row,
            iv: row.iv && new Uint8Array(row.iv),
            data: row.data && new Uint8Array(row.data).buffer,
        });
        transaction.oncomplete = resolve;
    };
})"""


def vault_rows(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate(ROWS)
    return found


def put_into_vault(page: Page, rows: list[dict[str, Any]]) -> None:
    page.evaluate(PUT, rows)
