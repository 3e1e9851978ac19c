"""What was recognised in a text is confirmed, corrected and dismissed without touching the mouse."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Route, expect
from sqlalchemy import select

from app.reports.models import Fact
from tests.browser.conftest import Open, Site
from tests.browser.writing import URL, Writing, id_of, stored_text
from tests.reports.pages import store_week

TEXT = "商户对账单：进度60%，预计6/13灰度，涉及金额2618300.75元"


@pytest.fixture
def writing(visit: Open, site: Site) -> Writing:
    """The week with an item that says a progress, a date and an amount; the caret at the end of its text."""
    store_week(site.database, site.cast.payments, site.cast.lin, site.at)
    writing = Writing(visit(f"{URL}/edit", as_=site.cast.lin))
    field = writing.statement
    field.fill(TEXT)
    field.blur()
    writing.saved()
    field.press("End")
    return writing


def chips(writing: Writing) -> Locator:
    """The values of the item that one is in, or of which one has a value in hand."""
    field = writing.page.locator("textarea[name=text]").filter(has_text="商户对账单").first
    return writing.page.locator(f"#item-{id_of(field)} > .field > .state .chip:not(.new)")


def decided(site: Site) -> list[tuple[str, str | None, str]]:
    """What people said on values: kind, decision, and the corrected value where there is one."""
    with site.database.reading() as session:
        facts = session.scalars(select(Fact).where(Fact.decision.is_not(None)))
        return [(fact.kind, fact.decision, fact.value.get("value", "")) for fact in facts]


def tab_to(writing: Writing, target: Locator) -> None:
    """Esc leaves the text; then Tab, until it is there."""
    if writing.page.locator("textarea[name=text]:focus").count():
        writing.page.keyboard.press("Escape")
    for _ in range(20):
        if target.evaluate("(element) => element === document.activeElement"):
            return
        writing.page.keyboard.press("Tab")
    pytest.fail("Tab does not lead there")


class TestAValueByKeyboardAlone:
    def test_is_confirmed(self, writing: Writing, site: Site) -> None:
        chip = chips(writing).filter(has_text="60%")
        tab_to(writing, chip.locator("summary"))
        writing.page.keyboard.press("Enter")
        tab_to(writing, chip.get_by_role("button", name="正确", exact=True))
        with writing.page.expect_response("**/facts"):
            writing.page.keyboard.press("Enter")
        assert decided(site) == [("progress", "confirmed", "")]
        expect(chips(writing).filter(has_text="60%")).to_be_visible()

    def test_is_corrected(self, writing: Writing, site: Site) -> None:
        chip = chips(writing).filter(has_text="60%")
        tab_to(writing, chip.locator("summary"))
        writing.page.keyboard.press("Enter")
        tab_to(writing, chip.get_by_label("百分比"))
        writing.page.keyboard.press("Control+A")
        writing.page.keyboard.type("65")
        with writing.page.expect_response("**/facts"):
            writing.page.keyboard.press("Enter")
        assert decided(site) == [("progress", "corrected", "65")]
        expect(chips(writing).filter(has_text="65%")).to_be_visible()

    def test_is_dismissed(self, writing: Writing, site: Site) -> None:
        chip = chips(writing).filter(has_text="6/13")
        tab_to(writing, chip.locator("summary"))
        writing.page.keyboard.press("Enter")
        tab_to(writing, chip.get_by_role("button", name="不是", exact=True))
        with writing.page.expect_response("**/facts"):
            writing.page.keyboard.press("Enter")
        expect(chips(writing).filter(has_text="6/13")).to_have_count(0)
        assert decided(site) == [("date", "dismissed", "")]


class TestAValueSeenWhileOneTypes:
    def test_does_not_take_the_place_of_the_stored_one_when_it_comes_late(self, writing: Writing) -> None:
        """Guard: `isOutrun`. What is only seen beforehand cannot be decided on."""
        held: list[Route] = []
        field = writing.page.locator("textarea[name=text]").filter(has_text="商户对账单").first
        writing.page.route("**/recognition", lambda route: held.append(route))
        with writing.page.expect_request("**/recognition"):
            field.press_sequentially("，另12000元")
        field.blur()
        stored = chips(writing).filter(has_text="12,000 CNY").locator("summary")
        expect(stored).to_have_count(1)
        writing.saved()
        with writing.page.expect_response("**/recognition"):
            for route in held:
                route.continue_()
        writing.page.evaluate("new Promise((drawn) => setTimeout(drawn))")
        expect(stored).to_have_count(1)


class TestAnAmount:
    def test_is_shown_with_its_thousands_apart_and_stays_as_typed_in_the_text(
        self, writing: Writing, site: Site
    ) -> None:
        expect(chips(writing).filter(has_text="2,618,300.75 CNY")).to_be_visible()
        field = writing.page.locator("textarea[name=text]").filter(has_text="商户对账单").first
        expect(field).to_have_value(TEXT)
        assert stored_text(site, id_of(field)) == TEXT
        with writing.page.expect_response("**/recognition"):
            field.press_sequentially("，另12000元")
        expect(chips(writing).filter(has_text="12,000 CNY")).to_be_visible()
