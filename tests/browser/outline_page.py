"""What a person does with the outline of a week, and what then stands on the page and in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from app.reports.models import Item, Section
from tests.reports.pages import MONDAY

if TYPE_CHECKING:
    from tests.browser.conftest import Site

URL = f"/teams/payments/weeks/{MONDAY.isoformat()}"

Outline = list[tuple[str, Any]]
"""Texts with what is nested below them."""

PLAN = "分期付能力：两家银行完成联调，进度60%，预计6/13灰度"
BANKS: Outline = [("云杉银行：已投产", []), ("青禾银行：签约接口待修复", [])]
STATEMENTS = "商户对账单自助下载：PC 端提测"
BUSINESS: Outline = [(PLAN, BANKS), (STATEMENTS, [])]
"""What section O1 says at first."""
REPORTS = "报表迁移：总数148个，已完成开发120个，占比81%"

READ = """() => {
    const read = (list) => [...list.children]
        .filter((item) => item.matches('li.item:not([data-ghost])'))
        .map((item) => {
            const field = item.querySelector(':scope > .field textarea');
            const below = item.querySelector(':scope > ol.items');
            return [field.value, below ? read(below) : []];
        });
    return [...document.querySelectorAll('.section')]
        .filter((section) => section.querySelector(':scope > ol.items'))
        .map((section) => [
            section.querySelector('h2, h3').textContent,
            read(section.querySelector(':scope > ol.items')),
        ]);
}"""

PASTE = """([text, html]) => {
    const data = new DataTransfer();
    data.setData('text/plain', text);
    if (html) data.setData('text/html', html);
    const event = new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true});
    if (document.activeElement.dispatchEvent(event)) document.execCommand('insertText', false, text);
}"""


class OutlinePage:
    """The editing page in a browser; items are found by their text, sections by their heading."""

    def __init__(self, page: Page) -> None:
        self.page = page
        expect(page.locator("html")).to_have_class("has-script")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def section(self, title: str) -> Locator:
        return self.page.get_by_role("region", name=title)

    def field(self, text: str) -> Locator:
        """The field whose text begins so."""
        for field in self.page.locator(".section > ol.items textarea[name=text]").all():
            if field.input_value().startswith(text):
                return field
        raise AssertionError(f"no item begins with {text!r}")

    def go(self, text: str, *, at: int | None = None) -> Locator:
        """Put the caret into the item that begins so: at an offset, else at its end."""
        field = self.field(text)
        field.focus()
        field.evaluate(
            "(field, at) => field.setSelectionRange(at ?? field.value.length, at ?? field.value.length)", at
        )
        return field

    def new_line(self, title: str) -> Locator:
        return self.section(title).get_by_role("textbox", name="新工作项")

    def paste(self, text: str, html: str = "") -> None:
        self.page.evaluate(PASTE, [text, html])

    def button(self, name: str) -> Locator:
        """A button beside the item one is in."""
        return self.page.locator(".field:focus-within").get_by_role("button", name=name, exact=True)

    @property
    def here(self) -> str:
        """The text of the field that has the focus."""
        value: str = self.page.evaluate("document.activeElement.value ?? ''")
        return value

    @property
    def caret(self) -> int:
        offset: int = self.page.evaluate("document.activeElement.selectionStart")
        return offset

    @property
    def label(self) -> str:
        """What a screen reader calls the focused field."""
        name: str = self.page.evaluate("document.activeElement.labels?.[0]?.textContent ?? ''")
        return name

    @property
    def said(self) -> str:
        """What was announced last."""
        return self.page.locator("#outline-said").inner_text().strip()

    def outline(self, title: str) -> Outline:
        found = [items for heading, items in self.everything() if heading.endswith(title)]
        assert len(found) == 1
        return found[0]

    def everything(self) -> list[tuple[str, Outline]]:
        return [(heading, nested(items)) for heading, items in self.page.evaluate(READ)]

    def saved(self) -> None:
        """Wait until the page says that all of it is stored."""
        expect(self.page.locator("#save-state")).to_contain_text("已保存", timeout=15_000)


def nested(items: list[Any]) -> Outline:
    return [(text, nested(below)) for text, below in items]


def stored(site: Site, report_id: int) -> list[tuple[str, Outline]]:
    """The sections that have items, as they stand in the database."""
    with site.database.reading() as session:
        sections = session.scalars(
            select(Section).where(Section.report_id == report_id).order_by(Section.position)
        ).all()
        items = session.scalars(
            select(Item).where(Item.report_id == report_id).order_by(Item.position, Item.id)
        ).all()

    def below(section_id: int, parent_id: int | None) -> Outline:
        return [
            (item.text, below(section_id, item.id))
            for item in items
            if (item.section_id, item.parent_id) == (section_id, parent_id)
        ]

    return [(f"{section.code or ''}{section.title}", below(section.id, None)) for section in sections]


def stored_section(site: Site, report_id: int, title: str) -> Outline:
    (found,) = [items for heading, items in stored(site, report_id) if heading.endswith(title)]
    return found


def stored_like(shown: list[tuple[str, Outline]], kept: list[tuple[str, Outline]]) -> bool:
    """Whether the sections of the outline say the same in the database, but for white space at the ends."""
    found = dict(kept)
    sections = [(title, items) for title, items in shown if "稳定性" not in title and "运行" not in title]
    return all(trimmed(items) == trimmed(found[title]) for title, items in sections)


def trimmed(items: Outline) -> Outline:
    return [(text.strip(), trimmed(below)) for text, below in items]


def box(element: Locator) -> dict[str, Any]:
    found = element.bounding_box()
    assert found is not None
    return dict(found)
