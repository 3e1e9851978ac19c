"""A whole week, begun from last week's, written and published with the keyboard and nothing else."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.document.schema import Document
from app.reports.assembly import published_document
from app.reports.models import Goal, Report
from tests.browser.conftest import Open, Site, this_monday

FIRST = [f"清算引擎第{number}批商户切换，进度{number}%" for number in range(1, 21)]
SECOND = [f"报表第{number}张投产，预计6/{number + 9}上线" for number in range(1, 21)]
VALUES = ["99.981%", "99.976%", "97.21%", "99.990%"]
GOALS = [f"第{number}项：完成联调" for number in range(1, 6)]


class Keyboard:
    """A person without a mouse. They find their way by Tab alone, and out of an outline by Escape."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def write(self, text: str) -> None:
        self.page.keyboard.insert_text(text)

    def write_lines(self, texts: list[str]) -> None:
        """Write an item a text, and leave the outline, so that Tab goes on instead of nesting."""
        self.write(texts[0])
        for text in texts[1:]:
            self.press("Enter")
            self.write(text)
        self.press("Escape")

    @property
    def here(self) -> str:
        """The name of what has the focus, and the section it stands in."""
        return str(
            self.page.evaluate(
                """() => {
                  const it = document.activeElement;
                  const names = [
                    it.closest('.section')?.querySelector('h2, h3'),
                    it.closest('fieldset')?.querySelector('legend'),
                  ].map((element) => element?.textContent);
                  names.push(it.getAttribute('aria-label') ?? (it.labels?.[0] ?? it).textContent);
                  return names.filter(Boolean).map((name) => name.trim().replace(/\\s+/g, ' ')).join(' / ');
                }"""
            )
        )

    def go_to(self, *words: str) -> None:
        """Press Tab until what has the focus is called so; where Tab nests instead, Escape comes first."""
        for _ in range(400):
            if all(word in self.here for word in words):
                return
            before = self.page.evaluate_handle("() => document.activeElement")
            self.press("Tab")
            if before.evaluate("(before) => before === document.activeElement"):
                self.press("Escape")
                self.press("Tab")  # from the item into its field
                self.press("Tab")
        pytest.fail(f"Tab never came to {words}; it is at {self.here}")

    def saved(self) -> None:
        expect(self.page.locator("#save-state")).to_have_attribute("data-kind", "saved", timeout=20_000)


def published(site: Site, monday: str) -> Document:
    with site.database.reading() as session:
        report = next(
            one for one in session.scalars(select(Report)) if one.period_start.isoformat() == monday
        )
        return published_document(session, report)


class TestAWholeWeek:
    def test_is_begun_written_and_published_with_the_keyboard_alone(
        self, visit: Open, site: Site, last_week: int
    ) -> None:
        monday = this_monday().isoformat()
        page = visit("/", as_=site.cast.lin).page
        hands = Keyboard(page)
        hands.press("Enter")
        page.wait_for_url(f"**/weeks/{monday}/edit")
        expect(page.locator("html")).to_have_class(re.compile("has-script"))

        hands.go_to("账户核心切换演练 / 完成")
        hands.press("Space")
        hands.go_to("个人信息保护年检材料定稿 / 完成")
        hands.press("ArrowRight")

        hands.go_to("系统运行数据 / 入金有效成功率")
        for value in VALUES:
            hands.write(value)
            hands.press("Enter")

        for title, texts in (("业务支撑", FIRST), ("平台升级", SECOND)):
            hands.go_to(f"{title} / 新工作项")
            hands.write_lines(texts)

        hands.go_to("生产稳定性事件 / 新事件")
        for number in range(6):
            hands.write(f"6/5 1{number}:40 通道{number}超时；原因：扩容；处置：1{number}:52 恢复")
            hands.press("Enter")
            expect(page.locator(".event-form")).to_have_count(number + 1)

        hands.go_to("下周工作及目标 / 新工作项")
        hands.write_lines(GOALS)
        hands.saved()

        hands.press("Control+Enter")
        page.wait_for_url("**/publication")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        hands.press("Control+Enter")
        page.wait_for_url(f"**/weeks/{monday}")

        document = published(site, monday)
        said = [block.text for section in document.sections for block in section.blocks]
        assert [text for text in said if text.startswith("清算引擎")] == FIRST
        assert [text for text in said if text.startswith("报表第")] == SECOND
        assert [metric.value for metric in document.metrics] == [value.rstrip("%") for value in VALUES]
        assert [event.symptom for event in document.incidents] == [f"通道{n}超时" for n in range(6)]
        assert {goal.text for goal in document.goals} >= set(GOALS)
        assert not any("分期付能力" in text for text in said)  # carried over, and nobody said a word to it
        with site.database.reading() as session:
            outcomes = dict(
                iter(session.execute(select(Goal.text, Goal.outcome).where(Goal.report_id == last_week)))
            )
        assert outcomes == {"账户核心切换演练": "done", "个人信息保护年检材料定稿": "carried"}
