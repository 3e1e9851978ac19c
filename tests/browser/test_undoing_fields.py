"""Undo covers what is written in forms (events, figures, outcomes), and metrics as lines of text."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from app.incidents.models import Incident
from tests.browser.conftest import Open, Site, this_monday
from tests.browser.outline_page import URL, OutlinePage, stored_section
from tests.browser.test_undoing_after_a_reload import reloaded

METRICS, EVENTS = "系统运行数据", "生产稳定性事件"
TIMEOUT, DELAY = "监控发现青禾银行代扣受理超时", "资金部反馈日报生成延迟"
HANDLING = "14:26 切换通道，14:41 恢复"
YEARLY = "支付系统年度可用性"


def event(page: Page, symptom: str) -> Locator:
    return page.locator("li.item.event").filter(has_text=symptom)


def part(page: Page, symptom: str, label: str) -> Locator:
    return event(page, symptom).get_by_role("textbox", name=label)


def stored_event(site: Site, beginning: str) -> tuple[str, str | None, str | None]:
    with site.database.reading() as session:
        row = session.scalars(select(Incident).where(Incident.symptom.startswith(beginning))).one()
    return row.symptom, row.handling, row.grade


class TestAnEventsFields:
    def test_are_taken_back_one_after_the_other_and_done_again(
        self, outline: OutlinePage, site: Site, week: int
    ) -> None:
        """Guard: `history.typedIn`."""
        page, before = outline.page, stored_section(site, week, EVENTS)
        handling = part(page, TIMEOUT, "处置")
        handling.focus()
        outline.press("End")
        outline.type("，复盘中")
        event(page, TIMEOUT).get_by_role("combobox", name="等级").select_option("C")
        outline.saved()
        done = (TIMEOUT, f"{HANDLING}，复盘中", "C")
        assert stored_event(site, TIMEOUT) == done
        outline.press("Control+z")
        outline.saved()
        assert stored_event(site, TIMEOUT) == (TIMEOUT, f"{HANDLING}，复盘中", None)
        outline.press("Control+z")
        outline.press("Control+z")
        expect(handling).to_have_value(HANDLING)
        expect(handling).to_be_focused()
        outline.saved()
        assert stored_section(site, week, EVENTS) == before
        for _ in range(3):
            outline.press("Control+y")
        outline.saved()
        assert stored_event(site, TIMEOUT) == done

    def test_are_taken_back_after_a_reload(self, outline: OutlinePage, site: Site, week: int) -> None:
        before = stored_section(site, week, EVENTS)
        part(outline.page, DELAY, "现象").focus()
        outline.press("End")
        outline.type("两次")
        part(outline.page, DELAY, "恢复").fill("09:30")
        outline.press("Tab")  # a single value is saved when one leaves it
        outline.saved()
        again = reloaded(outline)
        again.press("Control+z", "Control+z")
        expect(part(again.page, DELAY, "现象")).to_have_value(DELAY)
        again.saved()
        assert stored_section(site, week, EVENTS) == before

    def test_keep_what_others_wrote_elsewhere_in_the_field(
        self, outline: OutlinePage, visit: Open, site: Site, week: int
    ) -> None:
        part(outline.page, TIMEOUT, "处置").focus()
        outline.press("End")
        outline.type("，复盘中")
        outline.go("报表迁移")
        outline.saved()
        other = OutlinePage(visit(f"{URL}/edit", as_=site.cast.ada).page)
        part(other.page, TIMEOUT, "处置").focus()
        other.press("Home")
        other.type("值班")
        part(other.page, TIMEOUT, "影响").focus()
        other.saved()
        expect(part(outline.page, TIMEOUT, "处置")).to_have_value(f"值班{HANDLING}，复盘中")
        outline.press("Control+z", "Control+z")
        outline.saved()
        assert stored_event(site, TIMEOUT) == (TIMEOUT, f"值班{HANDLING}", None)

    def test_are_not_taken_back_over_the_same_words_of_others(
        self, outline: OutlinePage, visit: Open, site: Site, week: int
    ) -> None:
        grade = event(outline.page, TIMEOUT).get_by_role("combobox", name="等级")
        grade.select_option("C")
        outline.saved()
        outline.go("报表迁移")
        other = OutlinePage(visit(f"{URL}/edit", as_=site.cast.ada).page)
        event(other.page, TIMEOUT).get_by_role("combobox", name="等级").select_option("B")
        other.saved()
        expect(grade).to_have_value("B")
        outline.press("Control+z")
        assert outline.said == "他人已改动，无法再处理：输入"
        outline.saved()
        assert stored_event(site, TIMEOUT) == (TIMEOUT, HANDLING, "B")


class TestNewEvents:
    def test_are_taken_back_and_done_again(self, outline: OutlinePage, site: Site, week: int) -> None:
        """Guard: the answer names what was made."""
        before = stored_section(site, week, EVENTS)
        field = outline.section(EVENTS).get_by_role("textbox", name="新事件")
        field.fill("6/5 10:00 批量失败\n\n6/6 11:00 短信延迟")
        field.press("Enter")
        expect(outline.page.locator("li.item.event")).to_have_count(4)
        outline.saved()
        after = stored_section(site, week, EVENTS)
        expect(field).to_be_focused()
        outline.press("Control+z")
        expect(outline.page.locator("li.item.event")).to_have_count(2)
        outline.saved()
        assert stored_section(site, week, EVENTS) == before
        outline.press("Control+y")
        expect(outline.page.locator("li.item.event")).to_have_count(4)
        outline.saved()
        assert stored_section(site, week, EVENTS) == after


class TestFigures:
    def reading(self, outline: OutlinePage) -> Locator:
        return outline.page.get_by_role("row", name=YEARLY).get_by_role("textbox", name=YEARLY)

    def test_are_taken_back_although_the_server_writes_them_its_own_way(
        self, outline: OutlinePage, site: Site, week: int
    ) -> None:
        before = stored_section(site, week, METRICS)
        self.reading(outline).fill("99.95")
        outline.press("Enter")
        outline.saved()
        expect(self.reading(outline)).to_have_value("99.95%")
        outline.press("Control+z")
        expect(self.reading(outline)).to_have_value("99.990%")
        outline.saved()
        assert stored_section(site, week, METRICS) == before
        outline.press("Control+y")
        outline.saved()
        assert f"{YEARLY}：99.95%" in str(stored_section(site, week, METRICS))

    def test_said_to_be_missing_are_taken_back(self, outline: OutlinePage, site: Site, week: int) -> None:
        before = stored_section(site, week, METRICS)
        outline.page.get_by_role("button", name=f"{YEARLY}：本周未上报").click()
        outline.saved()
        assert f"{YEARLY}：未上报" in str(stored_section(site, week, METRICS))
        outline.press("Control+z")
        outline.saved()
        assert stored_section(site, week, METRICS) == before

    @pytest.mark.parametrize("metric", [YEARLY, "出金有效成功率"])
    def test_that_were_removed_come_back(
        self, outline: OutlinePage, site: Site, week: int, metric: str
    ) -> None:
        """Alone in its line, and beside another one in it."""
        before = stored_section(site, week, METRICS)
        row = outline.page.get_by_role("row", name=metric)
        row.get_by_role("button", name=f"删除{metric}").click()
        expect(row).to_have_count(0)
        assert outline.page.evaluate("document.activeElement.matches('.reading > .value')")
        outline.press("Control+z")
        expect(row).to_have_count(1)
        outline.saved()
        assert stored_section(site, week, METRICS) == before


class TestOutcomes:
    def test_are_taken_back(self, visit: Open, site: Site, last_week: int) -> None:
        opened = visit("/", as_=site.cast.lin)
        opened.page.get_by_role("button", name=re.compile("^开始写第")).click()
        outline = OutlinePage(opened.page)
        goal = outline.page.get_by_role("group", name="账户核心切换演练")
        goal.get_by_role("radio", name="完成").check()
        goal.get_by_role("textbox").fill("周三做完")
        goal.get_by_role("radio", name="取消").check()
        outline.saved()
        outline.press("Control+z")
        expect(goal.get_by_role("radio", name="完成")).to_be_checked()
        outline.press("Control+z")
        expect(goal.get_by_role("textbox")).to_have_value("")
        outline.press("Control+z")
        expect(goal.get_by_role("radio", name="完成")).not_to_be_checked()
        outline.saved()
        outline.page.reload()
        expect(goal.locator("input:checked")).to_have_count(0)
        assert this_monday().isoformat() in outline.page.url


class TestMetricsAsText:
    def line(self, outline: OutlinePage, beginning: str) -> Locator:
        return outline.page.locator(".as-text textarea[name=text]").filter(has_text=beginning)

    def unfold(self, outline: OutlinePage) -> None:
        outline.page.get_by_text("按原文编辑").click()

    def test_are_taken_back_as_they_were_typed(self, outline: OutlinePage, site: Site, week: int) -> None:
        before = stored_section(site, week, METRICS)
        self.unfold(outline)
        line = self.line(outline, YEARLY)
        line.focus()
        outline.press("End")
        outline.type("，其中计划停机 0 分钟")
        outline.saved()
        assert "计划停机" in str(stored_section(site, week, METRICS))
        for _ in range(4):
            outline.press("Control+z")
        expect(self.line(outline, YEARLY)).to_have_value(f"{YEARLY}：99.990%")
        outline.saved()
        assert stored_section(site, week, METRICS) == before

    def test_are_moved_and_removed_and_taken_back(self, outline: OutlinePage, site: Site, week: int) -> None:
        before = stored_section(site, week, METRICS)
        self.unfold(outline)
        self.line(outline, YEARLY).focus()
        outline.button("下移").click()
        outline.saved()
        moved = stored_section(site, week, METRICS)
        assert [text for text, _ in moved] != [text for text, _ in before]
        outline.button("下移").click()
        assert outline.said == "指标行只能在本节内移动"
        outline.button("删除").click()
        outline.saved()
        assert YEARLY not in str(stored_section(site, week, METRICS))
        expect(outline.page.get_by_role("row", name=YEARLY)).to_have_count(0)
        outline.press("Control+z")
        outline.saved()
        assert stored_section(site, week, METRICS) == moved
        expect(outline.page.get_by_role("row", name=YEARLY)).to_have_count(1)
        outline.press("Control+z")
        outline.saved()
        assert stored_section(site, week, METRICS) == before

    def test_come_back_after_a_reload(self, outline: OutlinePage, site: Site, week: int) -> None:
        before = stored_section(site, week, METRICS)
        self.unfold(outline)
        self.line(outline, YEARLY).focus()
        outline.button("删除").click()
        outline.saved()
        again = reloaded(outline)
        again.press("Control+z")
        expect(again.page.get_by_role("row", name=YEARLY)).to_have_count(1)
        again.saved()
        assert stored_section(site, week, METRICS) == before

    def test_leave_headings_between_them_where_they_stood(
        self, outline: OutlinePage, site: Site, week: int
    ) -> None:
        """What stands among metrics without being one comes back between the same two."""
        before = stored_section(site, week, METRICS)
        outline.go("可用性")
        outline.press("Control+Shift+Backspace")
        outline.saved()
        assert "可用性：" not in [text for text, _ in stored_section(site, week, METRICS)]
        outline.press("Control+z")
        outline.saved()
        assert stored_section(site, week, METRICS) == before
