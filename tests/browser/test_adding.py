"""Lines for what is new, an event or a metric: nothing typed in them is lost before it is added.

Each test of a safety names the guard without which it fails.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect
from sqlalchemy import select

from app.reports.models import Item
from tests.browser.conftest import Open, Site, Visit
from tests.browser.writing import STATEMENT, URL, Writing

FIRST = "6/3 09:10 监控发现入账变慢，09:35恢复"
SECOND = "6/4 10:20 客户反馈退款重复，已回退"
ADDED = re.compile("/incidents$")


@pytest.fixture
def opened(visit: Open, site: Site, week: int) -> Visit:
    return visit(f"{URL}/edit", as_=site.cast.lin)


@pytest.fixture
def page(opened: Visit) -> Page:
    return opened.page


@pytest.fixture
def held(page: Page) -> list[Route]:
    """Events that were sent, to be answered when the test says so."""
    routes: list[Route] = []
    page.route(ADDED, lambda route: routes.append(route))
    return routes


def line(page: Page) -> Locator:
    return page.get_by_label("新事件", exact=True)


def events(site: Site) -> list[str]:
    """The beginnings of those that the tests added, in their order."""
    with site.database.reading() as session:
        texts = session.scalars(select(Item.text).order_by(Item.section_id, Item.position)).all()
    return [text[:8] for text in texts if text.startswith(("6/3 09:10", "6/4 10:20"))]


def sent(page: Page, held: list[Route], number: int) -> Route:
    for _ in range(500):
        if len(held) > number:
            return held[number]
        page.wait_for_timeout(20)
    raise AssertionError(f"{len(held)} sent")


def answer(page: Page, held: list[Route], number: int) -> None:
    route = sent(page, held, number)
    with page.expect_response(ADDED):
        route.continue_()


class TestWhatIsTypedWhileALineIsSent:
    def test_stands_in_the_new_line(self, page: Page, site: Site, held: list[Route]) -> None:
        """Guard: `empty` when it is sent, `carryOver` when it is drawn anew."""
        line(page).fill(FIRST)
        page.keyboard.press("Enter")
        expect(line(page)).to_have_value("")
        page.keyboard.type(SECOND)
        answer(page, held, 0)
        expect(page.get_by_text("监控发现入账变慢").first).to_be_visible()
        expect(line(page)).to_have_value(SECOND)
        expect(line(page)).to_be_focused()
        page.keyboard.type("！")
        expect(line(page)).to_have_value(f"{SECOND}！")
        assert events(site) == [FIRST[:8]]

    def test_is_added_after_it(self, page: Page, site: Site, held: list[Route]) -> None:
        """Guard: `hold`; two on their way at once would overtake each other, or one be dropped."""
        line(page).fill(FIRST)
        page.keyboard.press("Enter")
        page.keyboard.type(SECOND)
        page.keyboard.press("Enter")
        expect(line(page)).to_have_value(SECOND)
        answer(page, held, 0)
        answer(page, held, 1)
        expect(page.get_by_text("客户反馈退款重复").first).to_be_visible()
        expect(line(page)).to_have_value("")
        assert events(site) == [FIRST[:8], SECOND[:8]]

    def test_is_composed_undisturbed(self, page: Page, site: Site, held: list[Route]) -> None:
        """Guard: the answer is put around the line, which stays the same element."""
        line(page).fill(FIRST)
        page.keyboard.press("Enter")
        expect(line(page)).to_have_value("")
        devtools = page.context.new_cdp_session(page)
        devtools.send("Input.imeSetComposition", {"text": "tui", "selectionStart": 3, "selectionEnd": 3})
        answer(page, held, 0)
        expect(page.get_by_text("监控发现入账变慢").first).to_be_visible()
        devtools.send("Input.imeSetComposition", {"text": "tuikuan", "selectionStart": 7, "selectionEnd": 7})
        devtools.send("Input.insertText", {"text": "退款"})
        expect(line(page)).to_have_value("退款")

    def test_is_added_after_it_where_the_section_was_drawn_anew_meanwhile(
        self, visit: Open, site: Site, page: Page, held: list[Route]
    ) -> None:
        """Guard: `settle` by the line's name; the one that was sent is not in the page any more."""
        line(page).fill(FIRST)
        page.keyboard.press("Enter")
        first = sent(page, held, 0)
        page.locator("textarea").filter(has_text=STATEMENT).first.focus()
        other = visit(f"{URL}/edit", as_=site.cast.ada).page
        line(other).fill("6/5 11:30 账单迟到")
        other.keyboard.press("Enter")
        expect(page.get_by_text("账单迟到").first).to_be_visible()
        with page.expect_response(ADDED):
            first.continue_()
        expect(page.get_by_text("监控发现入账变慢").first).to_be_visible()
        line(page).fill(SECOND)
        page.keyboard.press("Enter")
        answer(page, held, 1)
        expect(page.get_by_text("客户反馈退款重复").first).to_be_visible()
        assert sorted(events(site)) == [FIRST[:8], SECOND[:8]]

    def test_stays_beside_what_is_refused(self, opened: Visit, page: Page, held: list[Route]) -> None:
        """Guard: `settle` with an answer that is an error."""
        line(page).fill(FIRST)
        page.keyboard.press("Enter")
        page.keyboard.type(SECOND)
        refusal = '<div class="refusal"><p>不收</p></div>'
        headers = {"HX-Retarget": "#notices", "HX-Reswap": "innerHTML", "Content-Type": "text/html"}
        sent(page, held, 0).fulfill(status=422, headers=headers, body=refusal)
        expect(page.get_by_role("alert").filter(has_text="不收")).to_be_visible()
        expect(line(page)).to_have_value(f"{FIRST} {SECOND}")
        opened.expects_refusals()  # the console repeats the 422

    def test_and_what_no_server_answered_is_still_there(
        self, opened: Visit, page: Page, held: list[Route]
    ) -> None:
        line(page).fill(FIRST)
        page.keyboard.press("Enter")
        expect(line(page)).to_have_value("")
        sent(page, held, 0).abort("internetdisconnected")
        expect(line(page)).to_have_value(FIRST)
        expect(page.locator("#told")).to_have_text("没有添加：服务器没有响应，文字还在。")
        opened.expects_refusals()  # the console repeats that it could not be sent


class TestTheLine:
    def test_shows_nothing_of_the_event_before(self, page: Page) -> None:
        """Guard: the request for a preview is given up when its line is sent."""
        asked: list[Route] = []
        page.route(re.compile("/incidents/recognition$"), lambda route: asked.append(route))
        line(page).fill(FIRST)
        with page.expect_request(re.compile("/incidents/recognition$")):
            pass
        with page.expect_response(ADDED):
            page.keyboard.press("Enter")
        expect(page.get_by_text("监控发现入账变慢").first).to_be_visible()
        for route in asked:
            route.continue_()
        page.wait_for_load_state("networkidle")
        expect(page.locator(".event-preview")).to_have_count(0)

    def test_of_a_metric_begins_with_its_name_again(self, page: Page) -> None:
        name = page.get_by_placeholder("指标名称")
        name.fill("对账及时率")
        page.keyboard.press("Tab")
        page.keyboard.type("99.5%")
        page.keyboard.press("Enter")
        expect(page.get_by_label("对账及时率", exact=True)).to_have_value("99.5%")
        expect(name).to_be_focused()


class TestWhatIsNotAddedYet:
    def test_comes_back_after_a_reload(self, page: Page) -> None:
        """Guard: `keep`."""
        line(page).fill(FIRST)
        page.get_by_placeholder("指标名称").fill("对账及时率")
        page.wait_for_timeout(500)  # in which it is in the vault; the promise is a second
        page.reload()
        expect(line(page)).to_have_value(FIRST)
        expect(page.get_by_placeholder("指标名称")).to_have_value("对账及时率")
        expect(page.locator("#told")).to_contain_text("2")
        expect(page.locator(".event-preview")).to_contain_text("监控发现入账变慢")
        line(page).fill("")
        page.get_by_placeholder("指标名称").fill("")
        page.wait_for_timeout(500)
        page.reload()
        expect(page.locator("#save-state")).to_contain_text("已保存")
        expect(line(page)).to_have_value("")

    def test_nor_while_it_is_on_its_way(self, page: Page, held: list[Route]) -> None:
        line(page).fill(FIRST)
        page.keyboard.press("Enter")
        expect(line(page)).to_have_value("")
        page.wait_for_timeout(500)
        context: BrowserContext = page.context
        page.close(run_before_unload=False)
        again = context.new_page()
        again.goto(f"{URL}/edit")
        expect(line(again)).to_have_value(FIRST)

    def test_but_what_was_added_does_not(self, page: Page) -> None:
        line(page).fill(FIRST)
        page.keyboard.press("Enter")
        expect(page.get_by_text("监控发现入账变慢").first).to_be_visible()
        page.wait_for_timeout(500)
        page.reload()
        expect(page.locator("#save-state")).to_contain_text("已保存")
        expect(line(page)).to_have_value("")

    def test_stays_where_somebody_else_changes_the_section(self, visit: Open, site: Site, page: Page) -> None:
        """Guard: `written` takes such fields for written in, though the focus is elsewhere."""
        line(page).fill(FIRST)
        writing = Writing(visit(f"{URL}/edit", as_=site.cast.ada))
        line(writing.page).fill(SECOND)
        writing.page.keyboard.press("Enter")
        page.locator("textarea").filter(has_text=STATEMENT).first.focus()
        expect(page.get_by_text("客户反馈退款重复").first).to_be_visible()
        expect(line(page)).to_have_value(FIRST)

    def test_is_added_without_leaving_the_page_that_was_drawn_anew(
        self, visit: Open, site: Site, page: Page
    ) -> None:
        """Guard: `htmx.process` in `draw`; a page that is left forgets what is set on its window."""
        page.evaluate("window.isTheSame = true")
        page.locator("textarea").filter(has_text=STATEMENT).first.focus()
        writing = Writing(visit(f"{URL}/edit", as_=site.cast.ada))
        line(writing.page).fill(SECOND)
        writing.page.keyboard.press("Enter")
        expect(page.get_by_text("客户反馈退款重复").first).to_be_visible()
        line(page).fill(FIRST)
        page.keyboard.press("Enter")
        expect(page.get_by_text("监控发现入账变慢").first).to_be_visible()
        assert page.evaluate("window.isTheSame")
