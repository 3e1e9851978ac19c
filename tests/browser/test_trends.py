"""The trend page in Chromium: readable by everyone, at any width, with the keyboard, on paper."""

from __future__ import annotations

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from app.accounts.models import Team
from app.db import Database
from app.metrics.actions import find_or_make_metric, set_target
from tests.browser.conftest import DESKTOP, PHONE, Open, Site
from tests.states import known_step
from tests.trends.weeks import LAST, WEEK, happen, publish

URL = "/teams/payments/trends"
SMALL_DESKTOP = {"width": 870, "height": 700}
PAY_IN = "入金有效成功率"
NAMES = (PAY_IN, "出金有效成功率", "一次支付成功率", "支付系统年度可用性", "未结工单", "退款成功率")


@pytest.fixture
def written(site: Site) -> Site:
    """60 weeks of six metrics, with everything that can be drawn."""
    known_step(site.database, "sixty weeks", lambda: write(site.database, site.cast.payments))
    return site


def write(database: Database, team: Team) -> None:
    with database.writing() as session:
        for back in range(59, -1, -1):
            if back == 18:
                continue
            values = {name: f"99.9{(back * 7 + place * 3) % 90 + 10}%" for place, name in enumerate(NAMES)}
            values |= {"一次支付成功率": f"8{back % 9}.5%", "未结工单": f"{back % 13}个"}
            if back in (4, 9):
                values["退款成功率"] = "100%"
            if 10 < back < 14:
                del values["退款成功率"]
            report = publish(session, team, LAST - WEEK * back, values)
            if back == 6:
                publish(session, team, LAST - WEEK * 6, values | {PAY_IN: "99.99%"}, report=report)
            if back % 7 == 0 or back == 1:
                happen(session, report, grade="C", symptom="青禾银行代扣通道返回超时", day="2025-05-21")
        metric = find_or_make_metric(session, team.id, PAY_IN)
        set_target(session, metric, literal="99.97%", from_day=date(2024, 1, 1))
        set_target(session, metric, literal="99.98%", from_day=date(2025, 3, 31))


class TestThePage:
    @pytest.mark.parametrize("size", [DESKTOP, SMALL_DESKTOP, PHONE], ids=["desktop", "small", "phone"])
    @pytest.mark.parametrize("theme", ["light", "dark"])
    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_is_accessible_and_fits(
        self, visit: Open, written: Site, language: str, theme: str, size: dict[str, int]
    ) -> None:
        opened = visit("/sign-in", language=language, theme=theme, size=size)
        for query in ("", "?weeks=all&unit=ppm"):
            opened.go(URL + query, as_=written.cast.eve)
            assert not opened.scrolls_sideways()
            if size != SMALL_DESKTOP:  # laid out as the larger one is
                assert opened.axe() == []

    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_is_accessible_while_it_is_empty(self, visit: Open, site: Site, language: str) -> None:
        assert visit(URL, as_=site.cast.eve, language=language).axe() == []

    @pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
    def test_has_no_labels_over_one_another(self, visit: Open, written: Site, size: dict[str, int]) -> None:
        opened = visit("/sign-in", size=size)
        for query in ("", "?weeks=52"):
            opened.go(URL + query, as_=written.cast.eve)
            assert opened.page.evaluate(OVERLAPPING) == []

    @pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
    def test_has_no_labels_over_one_another_where_a_year_does_not_add_up(
        self, visit: Open, site: Site, size: dict[str, int]
    ) -> None:
        team = site.cast.payments
        with site.database.writing() as session:
            publish(session, team, LAST - WEEK * 11, {"支付系统年度可用性": "99.99%"})
            publish(session, team, LAST, {"支付系统年度可用性": "99.998%"})
        opened = visit(URL, as_=site.cast.eve, size=size)
        expect(opened.page.locator("#ytd").locator("xpath=../..")).to_contain_text("与前后不一致")
        assert opened.page.evaluate(OVERLAPPING) == []

    def test_prints_on_one_landscape_page(self, visit: Open, written: Site) -> None:
        page = visit(URL, as_=written.cast.eve).page
        printed = page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page[^s]", printed)) == 1
        boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", printed)
        assert float(boxes[0][0]) > float(boxes[0][1])


class TestItsType:
    def test_draws_quotes_in_english_headings_as_narrow_as_letters(self, visit: Open, site: Site) -> None:
        """A Chinese font may lend its letters, not its quotes, which are a whole character wide."""
        page = visit(URL, as_=site.cast.eve, language="en").page
        widths = page.evaluate(
            """() => ["0", "\u2019", "\u201c", "\u201d"].map((mark) => {
              const heading = document.querySelector("h1");
              heading.textContent = mark.repeat(20);
              const range = document.createRange();
              range.selectNodeContents(heading);
              return range.getClientRects()[0].width;
            })"""
        )
        assert all(width < widths[0] for width in widths[1:])


class TestReadingAChart:
    def test_with_the_arrow_keys_speaks_each_week(self, visit: Open, written: Site) -> None:
        page = visit(URL + "?weeks=26", as_=written.cast.eve).page
        chart = page.locator("figure", has=page.get_by_role("heading", name=PAY_IN))
        readout = chart.get_by_role("status")
        expect(readout).to_contain_text("第 24 周")
        chart.get_by_role("link", name="第 24 周").focus()
        page.keyboard.press("ArrowLeft")
        expect(readout).to_contain_text("第 23 周")
        expect(readout).to_have_attribute("aria-live", "polite")
        page.keyboard.press("Home")
        expect(readout).to_contain_text("2024 年第 51 周")
        page.keyboard.press("End")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(r"/teams/payments/weeks/2025-06-09#reading-\d+"))

    def test_takes_one_tab_stop(self, visit: Open, written: Site) -> None:
        page = visit(URL, as_=written.cast.eve).page
        chart = page.locator("figure").first
        chart.get_by_role("link", name="第 24 周").focus()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('figure')?.id") != chart.get_attribute("id")

    def test_with_the_pointer_shows_the_week_silently(self, visit: Open, written: Site) -> None:
        page = visit(URL, as_=written.cast.eve).page
        chart = page.locator("figure").first
        chart.locator(".spots:not([aria-hidden]) a").nth(30).hover()
        expect(chart.get_by_role("status")).to_contain_text("第 3 周")
        expect(chart.get_by_role("status")).to_have_attribute("aria-live", "off")

    def test_works_without_scripts(self, visit: Open, written: Site) -> None:
        page = visit(URL, as_=written.cast.eve, scripts=False).page
        chart = page.locator("figure").first
        expect(chart.locator(".spots").get_by_role("link")).to_have_count(51)
        link = chart.get_by_role("link", name="第 24 周")
        expect(link).to_have_attribute("href", re.compile(r"weeks/2025-06-09#reading-\d+"))
        expect(page.get_by_role("table", name="全部数值")).to_be_visible()


OVERLAPPING = """() => {
  const bad = [];
  for (const chart of document.querySelectorAll("figure .chart")) {
    const texts = [...chart.querySelectorAll("text")]
      .filter((text) => getComputedStyle(text).display !== "none")
      .map((text) => [text.textContent.trim(), text.getBoundingClientRect()]);
    for (let i = 0; i < texts.length; i++)
      for (let j = i + 1; j < texts.length; j++) {
        const [one, a] = texts[i], [other, b] = texts[j];
        const dx = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const dy = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (dx > 1 && dy > 3) bad.push(`${one} over ${other}`);
      }
  }
  return bad;
}"""
