"""Events are moved, dragged and removed as items are, and come back with their fields."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, expect
from sqlalchemy import select, update

from app.incidents.models import Incident
from app.reports.models import Item
from tests.browser.conftest import PHONE, Open, Site
from tests.browser.outline_page import URL, OutlinePage, box, stored_section

SECTION = "生产稳定性事件"
TIMEOUT = "监控发现青禾银行代扣受理超时"
REPORT = "资金部反馈日报生成延迟"


class Events:
    """The events of the week as they stand on the page."""

    def __init__(self, outline: OutlinePage) -> None:
        self.outline = outline
        self.page = outline.page

    def event(self, symptom: str) -> Locator:
        found = self.page.locator("li.item.event").filter(has_text=symptom)
        return found.first

    def field(self, symptom: str, label: str = "现象") -> Locator:
        return self.event(symptom).get_by_role("textbox", name=label)

    @property
    def order(self) -> list[str]:
        values: list[str] = self.page.evaluate(
            "() => [...document.querySelectorAll('.event textarea[name=symptom]')].map((each) => each.value)"
        )
        return values

    def stored(self, site: Site) -> list[tuple[str, str | None, str | None]]:
        with site.database.reading() as session:
            rows = session.scalars(select(Incident).order_by(Incident.position)).all()
        return [(row.symptom, row.handling, row.grade) for row in rows]

    def settled(self) -> None:
        """Wait until all is stored and the sections are drawn anew."""
        self.outline.saved()
        self.page.wait_for_timeout(500)

    def expect_order(self, *symptoms: str) -> None:
        events = self.page.locator("li.item.event textarea[name=symptom]")
        expect(events).to_have_count(len(symptoms))
        for place, symptom in enumerate(symptoms):  # a section may be drawn anew just now
            expect(events.nth(place)).to_have_value(symptom)
        assert self.order == list(symptoms)


@pytest.fixture
def events(outline: OutlinePage, site: Site) -> Events:
    return Events(outline)


class TestMoving:
    def test_by_keys_takes_all_lines_of_the_event_along(self, events: Events, site: Site, week: int) -> None:
        before, stored = stored_section(site, week, SECTION), events.stored(site)
        events.field(REPORT).focus()
        events.outline.press("Alt+ArrowUp")
        events.expect_order(REPORT, TIMEOUT)
        assert events.outline.here == REPORT
        events.outline.saved()
        assert stored_section(site, week, SECTION) == [*before[-1:], *before[:-1]]
        assert events.stored(site) == stored[::-1]
        events.outline.press("Alt+ArrowUp")
        assert events.outline.said == "事件只能在本节内移动"
        events.outline.press("Control+z")
        events.outline.saved()
        events.expect_order(TIMEOUT, REPORT)
        assert stored_section(site, week, SECTION) == before

    def test_by_buttons_stores_what_was_typed_first(self, events: Events, site: Site) -> None:
        field = events.field(TIMEOUT, "处置")
        field.fill("14:26 切换通道，14:45 恢复")
        events.event(TIMEOUT).get_by_role("button", name="下移").click()
        expect(events.page.locator("li.item.event").first).to_contain_text(REPORT)
        events.outline.saved()
        events.expect_order(REPORT, TIMEOUT)
        assert events.stored(site)[1] == (TIMEOUT, "14:26 切换通道，14:45 恢复", None)

    def test_by_hand_stays_in_the_section(self, events: Events, site: Site) -> None:
        drag(events, REPORT, events.event(TIMEOUT))
        events.expect_order(REPORT, TIMEOUT)
        events.settled()
        drag(events, REPORT, events.outline.field("报表迁移"))
        events.expect_order(REPORT, TIMEOUT)
        events.outline.saved()
        assert [symptom for symptom, _, _ in events.stored(site)] == [REPORT, TIMEOUT]

    def test_reaches_the_handle_on_a_phone(self, visit: Open, site: Site, week: int) -> None:
        opened = visit(f"{URL}/edit", as_=site.cast.lin, size=PHONE)
        grip = box(Events(OutlinePage(opened.page)).event(TIMEOUT).locator(".grip"))
        assert min(grip["width"], grip["height"]) >= 24
        assert not opened.scrolls_sideways()


class TestRemoving:
    @pytest.mark.parametrize("by", ["key", "button"])
    def test_is_taken_back_with_all_fields(self, events: Events, site: Site, week: int, by: str) -> None:
        with site.database.writing() as session:
            values: dict[str, Any] = {"grade": "C", "grade_decided": True}
            session.execute(update(Incident).where(Incident.symptom == TIMEOUT).values(values))
        before, stored = stored_section(site, week, SECTION), events.stored(site)
        events.field(TIMEOUT).focus()
        if by == "key":
            events.outline.press("Control+Shift+Backspace")
        else:
            events.event(TIMEOUT).get_by_role("button", name="删除").click()
        events.expect_order(REPORT)
        events.outline.saved()
        assert events.stored(site) == stored[1:]
        events.outline.press("Control+z")
        events.outline.saved()
        events.expect_order(TIMEOUT, REPORT)
        expect(events.field(TIMEOUT, "处置")).to_have_value("14:26 切换通道，14:41 恢复")
        assert stored_section(site, week, SECTION) == before
        assert events.stored(site) == stored
        events.outline.press("Control+y")
        events.outline.saved()
        events.expect_order(REPORT)

    def test_of_what_an_event_stands_below_takes_it_along_and_back(
        self, visit: Open, site: Site, week: int
    ) -> None:
        with site.database.writing() as session:
            first = session.scalars(select(Item).where(Item.text.contains(TIMEOUT))).one()
            above = Item(report_id=week, section_id=first.section_id, text="线上问题", position=0)
            session.add(above)
            session.flush()
            first.parent_id = above.id
        events = Events(OutlinePage(visit(f"{URL}/edit", as_=site.cast.lin).page))
        before, stored = stored_section(site, week, SECTION), events.stored(site)
        events.outline.go("线上问题")
        events.outline.press("Control+Shift+Backspace")
        events.outline.saved()
        events.expect_order(REPORT)
        events.page.wait_for_timeout(600)
        events.page.reload()
        expect(events.page.locator("main.can-undo")).to_have_count(1)
        events.outline.press("Control+z")
        events.outline.saved()
        expect(events.page.locator("li.item.event")).to_have_count(2)
        assert stored_section(site, week, SECTION) == before
        assert events.stored(site) == stored


def drag(events: Events, symptom: str, goal: Locator) -> None:
    """Drag an event by its handle to the upper edge of something."""
    mouse = events.page.mouse
    event = events.event(symptom)
    event.hover(position={"x": 60, "y": 10})
    grip = box(event.locator(".grip"))
    x, y = grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2
    mouse.move(x, y)
    mouse.down()
    mouse.move(x, box(goal)["y"] + 1, steps=8)
    expect(events.page.locator(".drop-line")).to_be_visible()
    mouse.up()
