"""Writing a week in the browser: in place, by keyboard, and without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from app.reports.assembly import document_of
from app.reports.models import Item, Report
from tests.browser.conftest import DESKTOP, PHONE, Open, Site
from tests.reports.pages import MONDAY

URL = f"/teams/payments/weeks/{MONDAY.isoformat()}"


class EditingPage:
    """What a person does on the editing page, found by labels and roles."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def item(self, beginning: str) -> Locator:
        return self.page.locator("textarea[name=text]").filter(has_text=beginning).first

    def write(self, field: Locator, text: str) -> None:
        """Type the text into the field and leave it."""
        field.fill(text)
        field.blur()

    def saved(self) -> None:
        expect(self.page.get_by_role("status").filter(has_text="已保存").first).to_be_visible()

    def press(self, field: Locator, button: str) -> None:
        field.focus()
        field.locator("xpath=ancestor::form").get_by_role("button", name=button, exact=True).click()


def stored(site: Site, report_id: int, beginning: str) -> str | None:
    with site.database.reading() as session:
        return session.scalars(
            select(Item.text).where(Item.report_id == report_id, Item.text.startswith(beginning))
        ).first()


class TestThePage:
    @pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
    @pytest.mark.parametrize("theme", ["light", "dark"])
    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_is_accessible_and_fits(
        self, visit: Open, site: Site, week: int, language: str, theme: str, size: dict[str, int]
    ) -> None:
        opened = visit(f"{URL}/edit", as_=site.cast.lin, language=language, theme=theme, size=size)
        assert opened.axe() == []
        assert not opened.scrolls_sideways()


class TestWritingInPlace:
    def test_saves_on_leaving_the_field_and_shows_what_was_recognised(
        self, visit: Open, site: Site, week: int
    ) -> None:
        page = EditingPage(visit(f"{URL}/edit", as_=site.cast.lin).page)
        page.write(page.item("商户对账单"), "商户对账单：进度88%，预计6/20上线")
        page.saved()
        expect(page.page.get_by_text("6/20", exact=True)).to_be_visible()
        assert stored(site, week, "商户对账单") == "商户对账单：进度88%，预计6/20上线"

    def test_never_replaces_the_field_one_is_in(self, visit: Open, site: Site, week: int) -> None:
        page = EditingPage(visit(f"{URL}/edit", as_=site.cast.lin).page)
        field = page.item("商户对账单")
        field.fill("商户对账单：一")
        page.saved()
        expect(field).to_be_focused()
        field.press_sequentially("二")
        expect(field).to_have_value("商户对账单：一二")

    def test_adds_an_item_with_enter_and_waits_for_the_next(self, visit: Open, site: Site, week: int) -> None:
        page = EditingPage(visit(f"{URL}/edit", as_=site.cast.lin).page)
        section = page.page.get_by_role("region", name="业务支撑")
        field = section.get_by_role("textbox", name="新工作项")
        field.fill("清算引擎：方案评审完成")
        page.page.keyboard.press("Enter")
        expect(section.locator("textarea").filter(has_text="清算引擎")).to_have_count(1)
        expect(section.get_by_role("textbox", name="新工作项")).to_be_focused()

    def test_a_clash_shows_both_texts_and_is_settled_by_choosing(
        self, visit: Open, site: Site, week: int
    ) -> None:
        opened = visit(f"{URL}/edit", as_=site.cast.lin)
        mine, theirs = EditingPage(opened.page), EditingPage(visit(f"{URL}/edit", as_=site.cast.ada).page)
        mine.item("商户对账单").focus()
        theirs.write(theirs.item("商户对账单"), "商户对账单：她的")
        theirs.saved()
        mine.write(mine.item("商户对账单"), "商户对账单：我的")
        clash = mine.page.get_by_role("group", name="内容冲突")
        expect(clash).to_contain_text("她的")
        expect(clash).to_contain_text("我的")
        expect(mine.item("商户对账单")).to_have_accessible_description(re.compile("她的"))
        assert stored(site, week, "商户对账单") == "商户对账单：她的"
        clash.get_by_role("button", name="用我的").click()
        expect(clash).to_have_count(0)
        mine.saved()
        assert stored(site, week, "商户对账单") == "商户对账单：我的"
        opened.expects_refusals()  # the console repeats the 409

    def test_a_value_that_is_no_number_is_said_and_kept_in_the_field(
        self, visit: Open, site: Site, week: int
    ) -> None:
        opened = visit(f"{URL}/edit", as_=site.cast.lin)
        field = opened.page.get_by_label("入金有效成功率", exact=True)
        field.fill("九十九")
        field.blur()
        expect(opened.page.get_by_role("alert").filter(has_text="99.98%").first).to_be_visible()
        expect(field).to_have_value("九十九")
        opened.expects_refusals()  # the console repeats the 422

    def test_dismisses_a_recognised_value(self, visit: Open, site: Site, week: int) -> None:
        opened = visit(f"{URL}/edit", as_=site.cast.lin)
        opened.page.locator("summary").filter(has_text="60%").click()
        opened.page.get_by_role("button", name="不是", exact=True).first.click()
        expect(opened.page.locator("summary").filter(has_text="60%")).to_have_count(0)
        with site.database.reading() as session:
            document = document_of(session, session.get_one(Report, week))
        assert "60" not in [f"{fact.value}" for fact in document.facts if fact.kind == "progress"]

    def test_amends_with_a_reason_that_readers_see(self, visit: Open, site: Site, week: int) -> None:
        page = EditingPage(visit(f"{URL}/edit", as_=site.cast.lin).page)
        page.write(page.item("商户对账单"), "商户对账单：改过")
        page.page.get_by_role("link", name="发布修订").click()
        page.page.get_by_label("原因", exact=True).fill("补充上线情况")
        page.page.get_by_role("button", name="发布修订").click()
        expect(page.page).to_have_url(re.compile(re.escape(URL) + "$"))
        expect(page.page.get_by_text("补充上线情况").first).to_be_visible()


class TestWithoutScripts:
    def test_an_item_is_saved_moved_and_added(self, visit: Open, site: Site, week: int) -> None:
        opened = visit(f"{URL}/edit", as_=site.cast.lin, scripts=False)
        page = opened.page
        field = page.locator("textarea").filter(has_text="商户对账单")
        field.fill("商户对账单：没有脚本")
        form = field.locator("xpath=ancestor::form")
        field.focus()
        form.get_by_role("button", name="保存").click()
        assert stored(site, week, "商户对账单") == "商户对账单：没有脚本"
        field = page.locator("textarea").filter(has_text="商户对账单")
        field.focus()
        field.locator("xpath=ancestor::form").get_by_role("button", name="上移").click()
        with site.database.reading() as session:
            document = document_of(session, session.get_one(Report, week))
        assert document.sections[1].blocks[0].text == "商户对账单：没有脚本"
        section = page.get_by_role("region", name="业务支撑")
        section.get_by_role("textbox", name="新工作项").fill("清算引擎：方案评审完成")
        section.get_by_role("button", name="添加").click()
        assert stored(site, week, "清算引擎") == "清算引擎：方案评审完成"

    def test_a_clash_can_be_settled(self, visit: Open, site: Site, week: int) -> None:
        opened = visit(f"{URL}/edit", as_=site.cast.lin, scripts=False)
        with site.database.writing() as session:
            item = session.scalars(select(Item).where(Item.text.startswith("商户对账单"))).one()
            item.text, item.version = "商户对账单：她的", item.version + 1
        field = opened.page.locator("textarea").filter(has_text="商户对账单")
        field.fill("商户对账单：我的")
        field.focus()
        field.locator("xpath=ancestor::form").get_by_role("button", name="保存").click()
        expect(opened.page.get_by_text("商户对账单：她的").first).to_be_visible()
        opened.page.get_by_role("button", name="保存我的").click()
        assert stored(site, week, "商户对账单") == "商户对账单：我的"
        opened.expects_refusals()
