"""What is brought back by undoing is all that was there: nesting, values, margin notes, the kind of block."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import APIResponse, Locator, Route, expect
from sqlalchemy import select, update

from app.reports.models import Fact, Item
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
from tests.browser.writing import SAVES

SAID: dict[str, Any] = {
    "from": "2025-05-26",
    "text": BANKS[0][0],
    "progress": "55%",
    "dates": [{"iso": "2025-06-13", "literal": "6/13", "role": "灰度"}],
}


def item_of(outline: OutlinePage, text: str) -> Locator:
    return outline.field(text).locator("xpath=ancestor::li[1]")


def rows(site: Site, report_id: int) -> list[dict[str, Any]]:
    with site.database.reading() as session:
        items = session.scalars(select(Item).where(Item.report_id == report_id).order_by(Item.id)).all()
    names = [column.name for column in Item.__table__.columns]
    return [{name: getattr(item, name) for name in names} for item in items]


class TestARemoval:
    def test_is_taken_back_with_values_kind_and_identity(self, visit: Open, site: Site, week: int) -> None:
        with site.database.writing() as session:
            session.execute(update(Item).where(Item.text == BANKS[1][0]).values(kind="code"))
        outline = OutlinePage(visit(f"{URL}/edit", as_=site.cast.lin).page)
        chip = item_of(outline, PLAN).get_by_role("listitem").filter(has_text="60%")
        chip.locator("summary").click()
        chip.get_by_label("百分比").fill("65")
        chip.get_by_role("button", name="改正").click()
        expect(item_of(outline, PLAN).get_by_text("65%")).to_be_visible()
        before = rows(site, week)
        outline.go(PLAN)
        outline.press("Control+Shift+Backspace")
        outline.saved()
        assert stored_section(site, week, "业务支撑") == [(STATEMENTS, [])]
        outline.press("Control+z")
        outline.saved()
        assert rows(site, week) == before
        with site.database.reading() as session:
            assert session.scalars(select(Fact.value).where(Fact.decision == "corrected")).one() == {
                "value": "65"
            }
        expect(item_of(outline, PLAN).get_by_text("65%")).to_be_visible()
        expect(item_of(outline, BANKS[1][0])).to_have_class(re.compile("is-code"))
        outline.press("Control+y")
        outline.saved()
        assert stored_section(site, week, "业务支撑") == [(STATEMENTS, [])]

    def test_keeps_what_was_typed_right_before_it(self, outline: OutlinePage, site: Site, week: int) -> None:
        """Guard: what is not sent yet goes with the removal."""
        held: list[Route] = []
        outline.page.route(
            SAVES, lambda route: held.append(route) if route.request.method == "POST" else route.continue_()
        )
        outline.go(STATEMENTS)
        outline.type("，灰")
        outline.page.wait_for_timeout(1000)
        assert len(held) == 1, "the first words are on their way"
        outline.type("度")
        outline.press("Control+Shift+Backspace", "Control+z")
        for route in held:
            route.continue_()
        outline.page.unroute(SAVES)
        outline.saved()
        said = f"{STATEMENTS}，灰度"
        expected = [BUSINESS[0], (said, [])]
        assert outline.outline("业务支撑") == stored_section(site, week, "业务支撑") == expected

    def test_is_taken_back_where_what_it_stood_below_has_gone(
        self, outline: OutlinePage, visit: Open, site: Site, week: int
    ) -> None:
        outline.go("云杉银行")
        outline.press("Control+Shift+Backspace")
        outline.go(STATEMENTS)
        outline.saved()
        other = OutlinePage(visit(f"{URL}/edit", as_=site.cast.ada).page)
        other.go(PLAN)
        other.press("Control+Shift+Backspace")
        other.saved()
        expect(outline.section("业务支撑").get_by_text(PLAN)).to_have_count(0, timeout=10_000)
        outline.press("Control+z")
        outline.saved()
        expected = [(STATEMENTS, []), BANKS[0]]
        assert outline.outline("业务支撑") == stored_section(site, week, "业务支撑") == expected
        other.press("Control+z")
        other.saved()
        expected = [(PLAN, BANKS[1:]), (STATEMENTS, []), BANKS[0]]
        assert stored_section(site, week, "业务支撑") == expected

    def test_draws_nothing_that_is_older_than_what_was_saved_meanwhile(self, outline: OutlinePage) -> None:
        """Guard: `redrawSection` looks at the version of the page."""
        held: list[tuple[Route, APIResponse]] = []
        outline.page.route("**/sections/*", lambda route: held.append((route, route.fetch())))
        outline.go("云杉银行")
        outline.press("Control+Shift+Backspace", "Control+z")
        outline.saved()
        outline.page.wait_for_timeout(500)
        outline.go(STATEMENTS)
        outline.type("，灰度")
        outline.go("青禾银行")
        outline.saved()
        assert held, "the section was fetched before that"
        for route, answer in held:
            route.fulfill(response=answer)
        outline.page.wait_for_timeout(300)
        assert outline.outline("业务支撑") == [(PLAN, BANKS), (f"{STATEMENTS}，灰度", [])]
        outline.page.unroute("**/sections/*")

    def test_undoing_a_new_item_spares_it_where_somebody_else_wrote_in_it(
        self, outline: OutlinePage, visit: Open, site: Site, week: int
    ) -> None:
        outline.go(STATEMENTS)
        outline.press("Enter")
        outline.type("新")
        outline.saved()
        other = OutlinePage(visit(f"{URL}/edit", as_=site.cast.ada).page)
        other.go("新")
        other.type("的话")
        other.saved()
        outline.go(STATEMENTS)
        expect(outline.section("业务支撑").locator("textarea").filter(has_text="新的话")).to_have_count(1)
        outline.press("Control+z")
        assert outline.said == "他人已改动，无法再处理：新的一项"
        assert stored_section(site, week, "业务支撑") == [*BUSINESS, ("新的话", [])]


class TestACarriedItem:
    @pytest.fixture
    def outline(self, visit: Open, site: Site, week: int) -> OutlinePage:
        with site.database.writing() as session:
            for text, _ in BANKS:
                values = {"carried": {**SAID, "text": text}, "carried_open": True}
                session.execute(update(Item).where(Item.text == text).values(**values))
        return OutlinePage(visit(f"{URL}/edit", as_=site.cast.lin).page)

    def is_open(self, site: Site, text: str) -> bool:
        with site.database.reading() as session:
            item = session.scalars(select(Item).where(Item.text == text)).one()
        return item.carried_open and not item.is_dropped

    def expect_open(self, outline: OutlinePage, text: str) -> None:
        item = item_of(outline, text)
        expect(item).to_have_class(re.compile(r"\bcarried\b"))
        expect(item.get_by_role("note")).to_contain_text("55%")
        expect(item.get_by_role("note")).to_contain_text("灰度")
        expect(item.get_by_role("button", name=f"保留 {text}")).to_be_visible()

    @pytest.mark.parametrize("key", ["Alt+Backspace", "Control+Shift+Backspace"])
    def test_that_is_dropped_by_a_key_stands_in_the_list_to_bring_back(
        self, outline: OutlinePage, site: Site, week: int, key: str
    ) -> None:
        text = BANKS[0][0]
        outline.go(text)
        outline.press(key)
        back = outline.page.get_by_role("button", name=f"放回 {text}")
        expect(back).to_be_visible()
        assert outline.here == BANKS[1][0]
        outline.press("Control+z")
        assert outline.said == "已撤销：去掉"
        expect(back).to_have_count(0)
        self.expect_open(outline, text)
        outline.saved()
        assert stored_section(site, week, "业务支撑") == BUSINESS
        assert self.is_open(site, text)
        outline.press("Control+y")
        back.click()
        expect(back).to_have_count(0)
        self.expect_open(outline, text)
        assert outline.outline("业务支撑") == BUSINESS

    def test_that_was_kept_is_open_again(self, outline: OutlinePage, site: Site) -> None:
        text = BANKS[0][0]
        outline.go(text)
        outline.press("Alt+Enter")
        outline.saved()
        assert not self.is_open(site, text)
        outline.press("Control+z")
        assert outline.said == "已撤销：保留"
        assert outline.here == text
        outline.saved()
        assert self.is_open(site, text)
        self.expect_open(outline, text)
        outline.press("Control+y")
        outline.saved()
        assert not self.is_open(site, text)

    def test_that_was_written_in_is_open_again_once_all_of_it_is_undone(
        self, outline: OutlinePage, site: Site
    ) -> None:
        text = BANKS[0][0]
        outline.go(text)
        outline.type("！")
        outline.saved()
        assert not self.is_open(site, f"{text}！")
        outline.press("Control+z")
        outline.saved()
        assert self.is_open(site, text)
        self.expect_open(outline, text)

    def test_that_was_removed_with_what_it_stands_below_comes_back_open(
        self, outline: OutlinePage, site: Site, week: int
    ) -> None:
        before = rows(site, week)
        outline.go(PLAN)
        outline.press("Control+Shift+Backspace")
        outline.saved()
        outline.press("Control+z")
        outline.saved()
        assert rows(site, week) == before
        self.expect_open(outline, BANKS[0][0])
