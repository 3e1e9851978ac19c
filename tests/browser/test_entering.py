"""Filling in figures and events in the browser: by the keyboard, with what is known shown beside."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from app.reports.assembly import document_of
from app.reports.models import Report
from tests.browser.conftest import DESKTOP, PHONE, Open, Site
from tests.reports.pages import MONDAY, store_week
from tests.trends.weeks import WEEK, publish

URL = f"/teams/payments/weeks/{MONDAY.isoformat()}"
NAMES = ["入金有效成功率", "出金有效成功率", "一次支付成功率", "支付系统年度可用性"]


@pytest.fixture
def week(site: Site) -> int:
    with site.database.writing() as session:
        for back in range(12, 0, -1):
            values = {name: f"99.9{60 + (back * 7 + number) % 30:02d}%" for number, name in enumerate(NAMES)}
            publish(session, site.cast.payments, MONDAY - WEEK * back, values)
    return store_week(site.database, site.cast.payments, site.cast.lin, site.at)


def saved(page: Page) -> None:
    expect(page.get_by_role("status").filter(has_text="已保存")).to_be_visible()


def field(page: Page, name: str) -> Locator:
    return page.get_by_label(name, exact=True)


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("row").filter(has=field(page, name))


def values(site: Site, report_id: int) -> dict[str, str]:
    with site.database.reading() as session:
        document = document_of(session, session.get_one(Report, report_id))
    return {metric.name: metric.value for metric in document.metrics}


class TestTheLinesAsText:
    def test_are_moved_and_removed_without_leaving_the_page(self, visit: Open, site: Site, week: int) -> None:
        """Guard: `lineAt`; a page that is left forgets what is set on its window."""
        page = visit(f"{URL}/edit", as_=site.cast.lin).page
        page.evaluate("window.isTheSame = true")
        lines = page.locator(".as-text").first
        lines.locator("summary").first.click()
        text = lines.locator("textarea[name=text]").filter(has_text=NAMES[3])
        line = text.locator("xpath=ancestor::div[contains(@class, 'field')][1]")
        text.press_sequentially("左右")
        for name, gone in (("上移", False), ("缩进到上一项之下", False), ("删除", True)):
            text.focus()
            with page.expect_response(re.compile("/changes$")) as answer:
                line.get_by_role("button", name=name, exact=True).click()
            assert answer.value.ok
            expect(page.locator("#save-state")).to_contain_text("已保存")
            expect(text).to_have_count(0 if gone else 1)
            if not gone:
                expect(text).to_be_focused()
            expect(lines.locator("ol.items").first).to_be_visible()
        assert NAMES[3] not in values(site, week)
        assert page.evaluate("window.isTheSame")


class TestThePage:
    @pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
    @pytest.mark.parametrize(("language", "theme"), [("zh", "light"), ("en", "dark")])
    def test_with_hints_is_accessible_and_fits(
        self, visit: Open, site: Site, week: int, language: str, theme: str, size: dict[str, int]
    ) -> None:
        opened = visit(f"{URL}/edit", as_=site.cast.lin, language=language, theme=theme, size=size)
        field(opened.page, NAMES[0]).fill("9.9972")
        field(opened.page, NAMES[0]).press("Enter")
        expect(row(opened.page, NAMES[0]).get_by_role("button", name=re.compile("99.972%"))).to_be_visible()
        row(opened.page, NAMES[1]).locator("summary").click()
        assert opened.axe() == []
        assert not opened.scrolls_sideways()


class TestMetrics:
    def test_are_filled_in_by_the_keyboard_alone(self, visit: Open, site: Site, week: int) -> None:
        page = visit(f"{URL}/edit", as_=site.cast.lin).page
        field(page, NAMES[0]).focus()
        for typed in ("99.981", "９９.９７７％", "99。12", "99.991%"):
            page.keyboard.press("Control+a")
            page.keyboard.insert_text(typed)
            page.keyboard.press("Enter")
        saved(page)
        assert values(site, week) == {
            NAMES[0]: "99.981",
            NAMES[1]: "99.977",
            NAMES[2]: "99.12",
            NAMES[3]: "99.991",
        }
        expect(field(page, NAMES[0])).to_have_value("99.981%")
        expect(field(page, NAMES[2])).to_have_value("99.12%")

    def test_propose_a_value_whose_point_slipped(self, visit: Open, site: Site, week: int) -> None:
        page = visit(f"{URL}/edit", as_=site.cast.lin).page
        field(page, NAMES[0]).fill("9.9721")
        field(page, NAMES[0]).press("Enter")
        expect(row(page, NAMES[0])).to_contain_text("像是小数点移位？")
        row(page, NAMES[0]).get_by_role("button", name="改为 99.721%").press("Enter")
        expect(field(page, NAMES[0])).to_have_value("99.721%")
        saved(page)
        assert values(site, week)[NAMES[0]] == "99.721"

    def test_take_numerator_and_denominator_once_both_are_there(
        self, visit: Open, site: Site, week: int
    ) -> None:
        opened = visit(f"{URL}/edit", as_=site.cast.lin)
        page = opened.page
        row(page, NAMES[0]).locator("summary").press("Enter")
        row(page, NAMES[0]).get_by_label("分子：成功数").fill("1234320")
        page.keyboard.press("Tab")
        page.keyboard.insert_text("1234567")
        page.keyboard.press("Enter")
        expect(row(page, NAMES[0])).to_contain_text("按分子分母应为 99.980%")
        expect(row(page, NAMES[0]).locator("summary")).to_contain_text("1,234,320 / 1,234,567")
        row(page, NAMES[0]).get_by_role("button", name="改为 99.980%").click()
        saved(page)
        assert values(site, week)[NAMES[0]] == "99.980"

    def test_are_said_to_be_not_reported(self, visit: Open, site: Site, week: int) -> None:
        page = visit(f"{URL}/edit", as_=site.cast.lin).page
        field(page, NAMES[0]).focus()
        row(page, NAMES[0]).get_by_role("button", name=f"{NAMES[0]}：本周未上报").click()
        expect(row(page, NAMES[0])).to_contain_text("已注明本周未上报")
        expect(field(page, NAMES[0])).to_have_value("未上报")
        assert NAMES[0] not in values(site, week)
        field(page, NAMES[0]).focus()
        page.keyboard.insert_text("99.98")
        page.keyboard.press("Enter")
        saved(page)
        assert values(site, week)[NAMES[0]] == "99.98"


class TestWithoutScripts:
    def test_a_value_its_counts_and_their_proposal_are_saved(
        self, visit: Open, site: Site, week: int
    ) -> None:
        page = visit(f"{URL}/edit", as_=site.cast.lin, scripts=False).page
        field(page, NAMES[0]).fill("99.5")
        row(page, NAMES[0]).locator("summary").click()
        row(page, NAMES[0]).get_by_label("分子：成功数").fill("1234320")
        row(page, NAMES[0]).get_by_label("分母：总数").fill("1234567")
        row(page, NAMES[0]).get_by_role("button", name="保存").click()
        row(page, NAMES[0]).get_by_role("button", name="改为 100.0%").or_(
            row(page, NAMES[0]).get_by_role("button", name="改为 99.9%")
        ).click()
        assert values(site, week)[NAMES[0]] in {"99.9", "100.0"}

    def test_a_metric_is_said_to_be_not_reported(self, visit: Open, site: Site, week: int) -> None:
        page = visit(f"{URL}/edit", as_=site.cast.lin, scripts=False).page
        field(page, NAMES[1]).focus()
        row(page, NAMES[1]).get_by_role("button", name=f"{NAMES[1]}：本周未上报").click()
        expect(field(page, NAMES[1])).to_have_value("未上报")
        assert NAMES[1] not in values(site, week)


class TestEvents:
    def lines(self, number: int) -> list[str]:
        return [f"6/5 1{hour}:40 通道{hour}超时；原因：扩容；处置：1{hour}:52 恢复" for hour in range(number)]

    def test_are_written_a_line_each_by_the_keyboard_alone(self, visit: Open, site: Site, week: int) -> None:
        page = visit(f"{URL}/edit", as_=site.cast.lin).page
        new = page.get_by_role("textbox", name="新事件")
        before = page.locator(".event-form").count()
        new.focus()
        for number, line in enumerate(self.lines(6), start=1):
            page.keyboard.insert_text(line)
            page.keyboard.press("Enter")
            expect(page.locator(".event-form")).to_have_count(before + number)
            expect(new).to_be_focused()
            expect(new).to_have_value("")
        with site.database.reading() as session:
            told = document_of(session, session.get_one(Report, week)).incidents
        assert [event.symptom for event in told[before:]] == [f"通道{number}超时" for number in range(6)]

    def test_show_what_is_made_of_a_line_while_it_is_typed(self, visit: Open, site: Site, week: int) -> None:
        opened = visit(f"{URL}/edit", as_=site.cast.lin)
        page = opened.page
        new = page.get_by_role("textbox", name="新事件")
        new.focus()
        page.keyboard.insert_text("6/5 14:40 监控发现青禾银行代扣超时；处置：14:52 恢复")
        preview = page.locator(".event-preview")
        expect(preview).to_contain_text("周四")
        expect(preview).to_contain_text("历时 12 分钟")
        assert opened.axe() == []
        assert not opened.scrolls_sideways()

    def test_by_their_parts_go_on_with_enter_to_the_next_event(
        self, visit: Open, site: Site, week: int
    ) -> None:
        page = visit(f"{URL}/edit", as_=site.cast.lin).page
        form = page.locator(".event-form").first
        form.get_by_label("现象").focus()
        page.keyboard.press("End")
        page.keyboard.insert_text("，已复盘")
        for _ in range(4):
            page.keyboard.press("Enter")
        expect(form.get_by_label("恢复")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("textbox", name="新事件")).to_be_focused()
        saved(page)
        with site.database.reading() as session:
            told = document_of(session, session.get_one(Report, week)).incidents
        assert told[0].symptom.endswith("，已复盘")

    def test_pasted_together_make_an_event_each(self, visit: Open, site: Site, week: int) -> None:
        page = visit(f"{URL}/edit", as_=site.cast.lin).page
        before = page.locator(".event-form").count()
        new = page.get_by_role("textbox", name="新事件")
        new.fill("\n".join(self.lines(3)))
        expect(page.locator(".event-preview")).to_have_count(3)
        new.press("Enter")
        expect(page.locator(".event-form")).to_have_count(before + 3)

    def test_are_said_not_to_have_been(self, visit: Open, site: Site, week: int) -> None:
        page = visit(f"{URL}/edit", as_=site.cast.lin).page
        while page.locator(".event-form").count():
            left = page.locator(".event-form").count()
            page.locator(".event-form").first.get_by_label("现象").focus()
            page.locator(".event-form").first.get_by_role("button", name="删除").click()
            expect(page.locator(".event-form")).to_have_count(left - 1)
        page.get_by_role("button", name="本周无生产事件").press("Enter")
        expect(page.get_by_text("已注明本周无生产事件")).to_be_visible()
        new = page.get_by_role("textbox", name="新事件")
        new.fill(self.lines(1)[0])
        new.press("Enter")
        expect(page.get_by_text("已注明本周无生产事件")).to_have_count(0)
