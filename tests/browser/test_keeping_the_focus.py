"""Whatever one does by keyboard, one is somewhere afterwards; Esc leaves; a finger finds what it presses."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Open, Site
from tests.browser.outline_page import URL, OutlinePage

TOO_SMALL = """() => {
    const found = [];
    const wanted = 'button, a, summary, input:not([type=hidden]):not(.line), select';
    for (const element of document.querySelectorAll(`main :is(${wanted})`)) {
        if (!element.checkVisibility({opacityProperty: true, visibilityProperty: true})) continue;
        if (element.matches('.vh') || element.closest('.sheet-of-keys')) continue;
        element.scrollIntoView({block: 'center'});
        const {left, top, width, height} = element.getBoundingClientRect();
        const own = element.closest('label') ?? element;
        const isHit = (y) => own.contains(document.elementFromPoint(left + width / 2, y));
        const middle = top + height / 2;
        let [up, down] = [0, 0];
        while (up < 60 && isHit(middle - up)) up += 1;
        while (down < 60 && isHit(middle + down)) down += 1;
        // values stand close together below their text, as words in a sentence do
        const least = element.closest('.chip') ? 20 : 43;
        if (up + down - 1 < least) found.push(`${element.outerHTML.slice(0, 90)} ${up + down - 1}`);
    }
    return found;
}"""


def is_lost(page: Page) -> bool:
    lost: bool = page.evaluate("document.activeElement === document.body")
    return lost


class TestTheFocus:
    def test_stays_with_the_word_that_there_were_no_events(
        self, visit: Open, site: Site, last_week: int
    ) -> None:
        """Guard: `nearest` in place.js. The button that was pressed becomes another one."""
        page = visit("/", as_=site.cast.lin).page
        page.get_by_role("button", name="开始写第").first.click()
        outline = OutlinePage(page)
        page.get_by_role("button", name="本周无生产事件").focus()
        outline.press("Enter")
        expect(page.get_by_role("button", name="撤回")).to_be_focused()

    def test_stays_in_the_section_whose_carried_items_were_kept(
        self, visit: Open, site: Site, last_week: int
    ) -> None:
        page = visit("/", as_=site.cast.lin).page
        page.get_by_role("button", name="开始写第").first.click()
        outline = OutlinePage(page)
        section = outline.section("业务支撑")
        keep = section.get_by_role("button", name="全部保留")
        keep.focus()
        outline.press("Enter")
        expect(keep).to_have_count(0)
        expect(section.locator(":focus")).to_have_count(1)

    @pytest.mark.parametrize("decision", ["confirmed", "dismissed"])
    def test_stays_with_a_value_that_was_decided(self, outline: OutlinePage, decision: str) -> None:
        """Guard: `nearest` in place.js."""
        chip = outline.page.locator("li.chip").filter(has_text="60%")
        chip.locator("summary").focus()
        outline.press("Enter")
        chip.locator(f"button[value={decision}]").focus()
        with outline.page.expect_response("**/facts"):
            outline.press("Enter")
        outline.page.wait_for_function(
            "!document.querySelector('details.more[open] button[value=confirmed]')"
        )
        assert not is_lost(outline.page)


class TestEsc:
    @pytest.mark.parametrize(
        "beside", [".chip:not(.new) summary", ".note .more > summary", ".reading summary"]
    )
    def test_folds_up_what_is_unfolded_and_goes_back_to_it(self, outline: OutlinePage, beside: str) -> None:
        """Guard: `foldUp`."""
        page = outline.page
        summary = page.locator(f"main {beside}").first
        summary.focus()
        outline.press("Enter")
        unfolded = summary.locator("xpath=..")
        expect(unfolded.locator("input:visible, button:visible").first).to_be_visible()
        outline.press("Tab")
        expect(unfolded.locator(":focus")).to_have_count(1)
        expect(summary).not_to_be_focused()
        outline.press("Escape")
        expect(summary).to_be_focused()
        assert page.locator("main details[open]").count() == 0


class TestAFinger:
    def test_has_targets_of_44_pixels(self, visit: Open, site: Site, week: int) -> None:
        opened = visit(f"{URL}/edit", as_=site.cast.lin, size=PHONE)
        OutlinePage(opened.page)
        assert opened.page.evaluate(TOO_SMALL) == []
        assert not opened.scrolls_sideways()


class TestWhatAnAddressLeadsTo:
    @pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
    def test_is_not_hidden_by_the_bar(self, visit: Open, site: Site, week: int, size: dict[str, int]) -> None:
        """Guard: `scroll-padding-top`. What was removed without scripts is offered where one then is."""
        page = visit(f"{URL}/edit", as_=site.cast.lin, size=size, scripts=False).page
        item = page.locator("li.item").filter(has=page.locator("textarea").filter(has_text="报表迁移")).last
        item.locator("textarea").first.focus()
        item.get_by_role("button", name="删除").click()
        page.wait_for_url("**#removed")
        offered = page.get_by_role("button", name="放回")
        expect(offered).to_be_in_viewport()
        bar = page.locator(".bar-stand").bounding_box()
        button = offered.bounding_box()
        assert bar is not None
        assert button is not None
        assert button["y"] >= bar["y"] + bar["height"]
        offered.click()
        page.wait_for_url("**#item-*")
        expect(page.locator("textarea").filter(has_text="报表迁移").first).to_be_visible()
