"""What can be undone outlives a reload in the same tab, and nobody else has it."""

from __future__ import annotations

import re

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Open, Site
from tests.browser.outline_page import (
    BANKS,
    BUSINESS,
    PLAN,
    STATEMENTS,
    URL,
    OutlinePage,
    stored_section,
)
from tests.browser.writing import SAVES, Writing

KEPT = 600
"""Milliseconds after which what was done lies in the vault."""


def reloaded(outline: OutlinePage) -> OutlinePage:
    outline.page.wait_for_timeout(KEPT)
    outline.page.reload()
    again = OutlinePage(outline.page)
    expect(again.page.locator("main.can-undo")).to_have_count(1)
    return again


class TestAReload:
    def test_leaves_all_to_be_undone_and_done_again(
        self, outline: OutlinePage, site: Site, week: int
    ) -> None:
        """Guard: `history.recall`."""
        outline.go(STATEMENTS)
        outline.press("Enter")
        outline.type("新")
        outline.press("Tab")
        outline.go("云杉银行")
        outline.press("Control+Shift+Backspace")
        outline.saved()
        done = [(PLAN, BANKS[1:]), (STATEMENTS, [("新", [])])]
        assert outline.outline("业务支撑") == done
        again = reloaded(outline)
        for expected in (
            [(PLAN, BANKS), (STATEMENTS, [("新", [])])],
            [(PLAN, BANKS), (STATEMENTS, []), ("新", [])],
            BUSINESS,
        ):
            again.press("Control+z")
            assert again.outline("业务支撑") == expected
        again.saved()
        assert stored_section(site, week, "业务支撑") == BUSINESS
        again = reloaded_to_redo(again)
        for _ in range(3):
            again.press("Control+y")
        assert again.outline("业务支撑") == done
        again.saved()
        assert stored_section(site, week, "业务支撑") == done

    def test_leaves_what_was_not_stored_to_be_undone(self, site: Site, week: int, visit: Open) -> None:
        opened = visit(f"{URL}/edit", as_=site.cast.lin)
        page, outline = opened.page, OutlinePage(opened.page)
        page.on("dialog", lambda dialog: dialog.accept())
        page.route(SAVES, lose)
        outline.new_line("业务支撑").click()
        outline.type("新")
        page.wait_for_timeout(KEPT)
        page.reload()
        page.unroute(SAVES)
        opened.expects_refusals()
        again = OutlinePage(page)
        expect(again.section("业务支撑").locator("textarea").filter(has_text="新")).to_have_count(1)
        again.saved()
        again.press("Control+z")
        again.saved()
        assert again.outline("业务支撑") == stored_section(site, week, "业务支撑") == BUSINESS

    def test_says_what_somebody_else_has_changed_since_and_skips_it(
        self, outline: OutlinePage, visit: Open, site: Site, week: int
    ) -> None:
        outline.go(STATEMENTS)
        outline.type("，灰度")
        outline.go("云杉银行")
        outline.press("Control+Shift+Backspace")
        outline.saved()
        other = OutlinePage(visit(f"{URL}/edit", as_=site.cast.ada).page)
        other.go(f"{STATEMENTS}，灰度")
        other.press("Backspace")
        other.type("已全量")
        other.saved()
        again = reloaded(outline)
        again.press("Control+z")
        assert again.said == "已撤销：删除"
        again.press("Control+z")
        assert again.said == "他人已改动，无法再处理：输入"
        again.saved()
        said = f"{STATEMENTS}，灰已全量"
        assert stored_section(site, week, "业务支撑") == [(PLAN, BANKS), (said, [])]


class TestWhatIsKept:
    def test_is_no_other_tabs(self, outline: OutlinePage) -> None:
        """Guard: sessionStorage says which page this tab had before."""
        outline.go(STATEMENTS)
        outline.type("！")
        outline.saved()
        outline.page.wait_for_timeout(KEPT)
        beside = outline.page.context.new_page()
        outline.page.close()
        beside.goto(f"{URL}/edit")
        other = OutlinePage(beside)
        beside.wait_for_timeout(KEPT)
        other.press("Control+z")
        assert other.said == "没有可撤销的操作"

    def test_cannot_be_read_and_goes_at_sign_out(self, visit: Open, site: Site, week: int) -> None:
        writing = Writing(visit(f"{URL}/edit", as_=site.cast.lin))
        writing.statement.press_sequentially("secret")
        writing.saved()
        writing.page.wait_for_timeout(KEPT)
        [row] = writing.kept(steps=True)
        assert row["field"] == "history"
        assert "secret" not in str(row)
        sign_out(writing.page)
        assert writing.kept(steps=True) == []


def lose(route: Route) -> None:
    if route.request.method == "POST":
        route.abort()
    else:
        route.continue_()


def reloaded_to_redo(outline: OutlinePage) -> OutlinePage:
    outline.page.wait_for_timeout(KEPT)
    outline.page.reload()
    again = OutlinePage(outline.page)
    expect(again.page.locator("main.can-redo")).to_have_count(1)
    return again


def sign_out(page: Page) -> None:
    page.locator("summary").filter(has_text="负责人").click()
    page.get_by_role("button", name="退出").click()
    expect(page).to_have_url(re.compile("/sign-in"))
