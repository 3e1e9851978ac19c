"""From a page written elsewhere to a published week in a few keys, and whole pages edited and taken back."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from app.document.reader import read
from app.document.writer import write
from app.reports.assembly import document_of, published_document
from app.reports.models import Report
from app.reports.starting import start_report
from tests.browser.conftest import DESKTOP, PHONE, Open, Site
from tests.browser.writing import Writing
from tests.reports.pages import MONDAY, PAGE, store_week

WEEKS = "/teams/payments/weeks"
URL = f"{WEEKS}/{MONDAY.isoformat()}"
NEXT = f"{WEEKS}/2025-06-09"
THIS_WEEK = PAGE.replace("第23周 2025-06-06", "第24周 2025-06-13")


@pytest.fixture
def draft(site: Site) -> int:
    """Week 24, just started after a published week 23."""
    store_week(site.database, site.cast.payments, site.cast.lin, site.at)
    with site.database.writing() as session:
        report = start_report(
            session,
            team_id=site.cast.payments.id,
            period_start=date(2025, 6, 9),
            rule="jan1-monday",
            language="zh",
            by=None,
            at=site.at,
        )
        session.flush()
        return report.id


def written(site: Site, report_id: int) -> str:
    with site.database.reading() as session:
        return write(document_of(session, session.get_one(Report, report_id)))


def paste(field: Locator, text: str, html: str = "") -> None:
    """What Ctrl + V does with this on the clipboard."""
    field.focus()
    field.evaluate(
        """(field, [text, html]) => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text/plain", text);
          if (html) clipboardData.setData("text/html", html);
          const kind = { clipboardData, bubbles: true, cancelable: true };
          field.dispatchEvent(new ClipboardEvent("paste", kind));
        }""",
        [text, html],
    )


def empty_field(page: Page) -> Locator:
    return page.get_by_role("textbox", name="新工作项").first


class TestAPastedPage:
    def test_is_read_taken_over_and_published_with_the_keyboard_alone(
        self, visit: Open, site: Site, draft: int
    ) -> None:
        page = visit(f"{NEXT}/edit", as_=site.cast.lin).page
        paste(empty_field(page), THIS_WEEK)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="读出的内容")).to_be_visible()
        page.wait_for_load_state()
        page.keyboard.press("Control+Enter")
        expect(page.get_by_text("已采用粘贴的页面")).to_be_visible()
        page.get_by_role("link", name="发布第 24 周").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="发布第 24 周")).to_be_visible()
        page.wait_for_load_state()
        page.keyboard.press("Control+Enter")
        page.wait_for_url(f"**{NEXT}")
        with site.database.reading() as session:
            published = published_document(session, session.get_one(Report, draft))
        assert write(published) == write(read(THIS_WEEK).document)

    def test_is_taken_back_with_one_press(self, visit: Open, site: Site, draft: int) -> None:
        before = written(site, draft)
        page = visit(f"{NEXT}/edit", as_=site.cast.lin).page
        paste(empty_field(page), THIS_WEEK)
        page.get_by_role("button", name="当作整页来读").click()
        page.get_by_role("button", name="采用", exact=True).click()
        page.locator("#notices").get_by_role("button", name="撤销").click()
        expect(page.get_by_text("已采用粘贴的页面")).to_have_count(0)
        page.wait_for_url(f"**{NEXT}/edit")
        assert written(site, draft) == before

    def test_and_its_taking_back_are_seen_by_whoever_has_the_week_open(
        self, visit: Open, site: Site, draft: int
    ) -> None:
        """Guards: `arranged` in merging.py, and in discarding.py where the page is taken back."""
        other = Writing(visit(f"{NEXT}/edit", as_=site.cast.ada))
        page = visit(f"{NEXT}/edit", as_=site.cast.lin).page
        expect(other.page.locator("#people")).to_have_text("林晚也在写")
        paste(empty_field(page), THIS_WEEK.replace("## 【O2", "- 只在粘贴的页里\n\n## 【O2"))
        page.get_by_role("button", name="当作整页来读").click()
        page.get_by_role("button", name="采用", exact=True).click()
        pasted = other.item("只在粘贴的页里")
        expect(pasted).to_be_visible()
        page.locator("#notices").get_by_role("button", name="撤销").click()
        expect(pasted).to_have_count(0)
        other.item("商户对账单").fill("商户对账单：照样能写")
        other.saved()
        expect(page.locator("textarea[name=text]").filter(has_text="照样能写").first).to_be_visible()

    def test_a_list_is_no_page_and_is_not_asked_about(self, visit: Open, site: Site, draft: int) -> None:
        page = visit(f"{NEXT}/edit", as_=site.cast.lin).page
        paste(empty_field(page), "- 一\n- 二")
        expect(page.get_by_role("button", name="当作整页来读")).to_have_count(0)

    def test_works_without_scripts(self, visit: Open, site: Site, draft: int) -> None:
        page = visit(f"{NEXT}/paste", as_=site.cast.lin, scripts=False).page
        page.get_by_label("页面内容").fill(THIS_WEEK)
        page.get_by_role("button", name="读这一页").click()
        page.get_by_role("button", name="采用", exact=True).click()
        assert written(site, draft) == write(read(THIS_WEEK).document)

    def test_rich_text_becomes_markdown_in_the_field(self, visit: Open, site: Site, draft: int) -> None:
        page = visit(f"{NEXT}/paste", as_=site.cast.lin).page
        copied = "<h2>【O1 服务】</h2><ul><li>账单<ul><li>提测</li></ul></li></ul>"
        paste(page.get_by_label("页面内容"), "x", copied)
        expect(page.get_by_label("页面内容")).to_have_value("## 【O1 服务】\n\n- 账单\n    - 提测\n")


class TestTheWeekAsMarkdown:
    def test_shows_what_is_recognised_while_one_types_and_saves_with_a_key(
        self, visit: Open, site: Site, draft: int
    ) -> None:
        page = visit(f"{URL}/source", as_=site.cast.lin).page
        field = page.get_by_label("Markdown 页面")
        field.fill(field.input_value().replace("PC 端提测", "PC 端提测，进度73%"))
        expect(page.get_by_role("region", name="识别结果").get_by_text("73%")).to_be_visible()
        field.press("Control+s")
        page.wait_for_url("**/edit")
        expect(page.get_by_role("button", name="撤销").first).to_be_visible()
        with site.database.reading() as session:
            report = session.scalars(select(Report.id).where(Report.period_start == MONDAY)).one()
        assert "进度73%" in written(site, report)


class TestThePages:
    @pytest.mark.parametrize(
        ("language", "theme", "size"),
        [("zh", "light", DESKTOP), ("en", "dark", PHONE), ("zh", "dark", PHONE), ("en", "light", DESKTOP)],
        ids=["zh light desktop", "en dark phone", "zh dark phone", "en light desktop"],
    )
    def test_are_accessible_and_fit(
        self, visit: Open, site: Site, draft: int, language: str, theme: str, size: dict[str, int]
    ) -> None:
        opened = visit(f"{NEXT}/paste", as_=site.cast.lin, language=language, theme=theme, size=size)
        page = opened.page
        wrong = {f"{NEXT}/paste": opened.axe()}
        page.locator("#text").fill(THIS_WEEK)
        page.keyboard.press("Control+Enter")
        page.locator(".source-lines").wait_for()
        page.wait_for_load_state()
        wrong["review"] = opened.axe()
        assert not opened.scrolls_sideways()
        page.keyboard.press("Control+Enter")
        page.wait_for_url("**/edit*")
        for address in (
            f"{NEXT}/publication",
            f"{NEXT}/discard",
            f"{NEXT}/source",
            f"{NEXT}/compare/{MONDAY.isoformat()}",
            f"{URL}/revisions",
            f"{WEEKS}?year=2025",
        ):
            page.goto(address)
            wrong[address] = opened.axe()
            assert not opened.scrolls_sideways(), address
        assert {address: found for address, found in wrong.items() if found} == {}
