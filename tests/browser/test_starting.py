"""From `/` into this week: by keyboard, without scripts, on any screen."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from app.reports.assembly import document_of
from app.reports.models import Goal, Report
from tests.browser.conftest import DESKTOP, PHONE, Open, Site, this_monday


class Writing:
    """The week while it is written."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def field(self, beginning: str) -> Locator:
        return self.page.locator("textarea[name=text]").filter(has_text=beginning).first

    def goal(self, text: str) -> Locator:
        return self.page.get_by_role("group", name=text)

    def saved(self) -> None:
        expect(self.page.locator("#save-state")).to_contain_text("已保存", timeout=10_000)


def texts(site: Site) -> list[str]:
    """What this week says by now."""
    with site.database.reading() as session:
        report = session.scalars(select(Report).where(Report.period_start == this_monday())).one()
        document = document_of(session, report)
    return [
        block.text for section in document.sections for top in section.blocks for block in [top, *top.blocks]
    ]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh", "en"])
class TestThePages:
    def test_before_starting_are_accessible_and_fit(
        self, visit: Open, site: Site, last_week: int, language: str, theme: str, size: dict[str, int]
    ) -> None:
        opened = visit("/", as_=site.cast.lin, language=language, theme=theme, size=size)
        assert opened.axe() == []
        assert not opened.scrolls_sideways()

    def test_once_begun_are_so_too_with_the_panel_open(
        self, visit: Open, site: Site, last_week: int, language: str, theme: str, size: dict[str, int]
    ) -> None:
        opened = visit("/", as_=site.cast.lin, language=language, theme=theme, size=size)
        opened.page.keyboard.press("Enter")
        opened.page.wait_for_url("**/edit")
        opened.page.locator("#checks > summary").click()
        assert opened.axe() == []
        assert not opened.scrolls_sideways()


class TestByKeyboard:
    def test_enter_starts_the_week_and_leads_into_it(self, visit: Open, site: Site, last_week: int) -> None:
        page = visit("/", as_=site.cast.lin).page
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/weeks/{this_monday()}/edit")
        expect(Writing(page).field("分期付能力")).to_be_visible()
        assert not any("分期付能力" in text for text in texts(site))

    def test_a_carried_item_is_kept_or_dropped_by_one_key(
        self, visit: Open, site: Site, last_week: int
    ) -> None:
        page = visit("/", as_=site.cast.lin).page
        page.keyboard.press("Enter")
        page.wait_for_url("**/edit")
        writing = Writing(page)
        writing.field("报表迁移").focus()
        page.keyboard.press("Alt+Enter")
        writing.field("商户对账单").focus()
        page.keyboard.press("Alt+Backspace")
        writing.saved()
        expect(writing.field("商户对账单")).to_have_count(0)
        assert any("报表迁移" in text for text in texts(site))
        page.reload()
        expect(writing.field("商户对账单")).to_have_count(0)
        expect(page.locator("li.item.carried", has_text="报表迁移")).to_have_count(0)

    def test_a_goal_carried_over_stands_among_this_weeks(
        self, visit: Open, site: Site, last_week: int
    ) -> None:
        page = visit("/", as_=site.cast.lin).page
        page.keyboard.press("Enter")
        page.wait_for_url("**/edit")
        writing = Writing(page)
        writing.goal("账户核心切换演练").get_by_label("完成").focus()
        page.keyboard.press("ArrowRight")
        expect(writing.field("账户核心切换演练")).to_be_visible(timeout=10_000)
        writing.saved()
        with site.database.reading() as session:
            outcomes = list(session.scalars(select(Goal.outcome).where(Goal.text == "账户核心切换演练")))
        assert "carried" in outcomes

    def test_one_begins_with_the_first_goal_nobody_spoke_of(
        self, visit: Open, site: Site, last_week: int
    ) -> None:
        page = visit("/", as_=site.cast.lin).page
        page.keyboard.press("Enter")
        page.wait_for_url("**/edit")
        writing = Writing(page)
        expect(writing.goal("账户核心切换演练").get_by_label("完成")).to_be_focused()
        page.keyboard.press("Space")
        expect(page.locator("#save-state")).to_have_text(re.compile(r"^已保存 \d\d:\d\d$"))
        page.reload()
        expect(writing.goal("个人信息保护年检材料定稿").get_by_label("完成")).to_be_focused()

    def test_the_very_first_week_begins_with_its_first_item(self, visit: Open, site: Site) -> None:
        page = visit("/", as_=site.cast.lin).page
        page.keyboard.press("Enter")
        page.wait_for_url("**/edit")
        ghost = page.get_by_role("region", name="重点工作").get_by_role("textbox")
        expect(ghost).to_be_focused()

    def test_a_finding_leads_into_its_field(self, visit: Open, site: Site, last_week: int) -> None:
        page = visit("/", as_=site.cast.lin).page
        page.keyboard.press("Enter")
        page.wait_for_url("**/edit")
        page.locator("#checks > summary").press("Enter")
        page.get_by_role("link", name="入金有效成功率还没填").press("Enter")
        expect(page.get_by_label("入金有效成功率", exact=True).first).to_be_focused()
        expect(page.locator("#checks")).not_to_have_attribute("open", "")

    def test_the_panel_follows_what_is_saved(self, visit: Open, site: Site, last_week: int) -> None:
        page = visit("/", as_=site.cast.lin).page
        page.keyboard.press("Enter")
        page.wait_for_url("**/edit")
        expect(page.locator("#checks")).to_contain_text("带来的 4 项还没确认")
        Writing(page).field("报表迁移").focus()
        page.keyboard.press("Alt+Enter")
        expect(page.locator("#checks")).to_contain_text("带来的 3 项还没确认", timeout=10_000)


class TestWithoutScripts:
    def test_the_week_is_started_and_items_are_kept_dropped_and_brought_back(
        self, visit: Open, site: Site, last_week: int
    ) -> None:
        page = visit("/", as_=site.cast.lin, scripts=False).page
        page.get_by_role("button", name=re.compile("开始写")).click()
        page.get_by_role("button", name=re.compile("^保留 报表迁移")).click()
        assert any("报表迁移" in text for text in texts(site))
        page.get_by_role("button", name=re.compile("^去掉 商户对账单")).click()
        expect(page.get_by_label("去掉的工作项").get_by_text("商户对账单").first).to_be_visible()
        page.get_by_role("button", name=re.compile("^放回 商户对账单")).click()
        expect(page.get_by_role("button", name=re.compile("^去掉 商户对账单"))).to_be_visible()

    def test_a_week_is_skipped_with_a_word_and_taken_back(
        self, visit: Open, site: Site, last_week: int
    ) -> None:
        page = visit("/", as_=site.cast.lin, scripts=False).page
        page.get_by_text("这一周不写…").click()
        page.get_by_label("为什么不写").fill("国庆假期")
        page.get_by_role("button", name="跳过这一周").click()
        expect(page.get_by_text("这一周已跳过：国庆假期。还是要写吗？")).to_be_visible()
        page.get_by_role("button", name="取消跳过").click()
        expect(page.get_by_text("还没开始")).to_be_visible()
