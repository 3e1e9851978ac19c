"""A department's trend page in Chromium: its teams side by side, with what one does on a team's own."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import expect

from app.accounts.actions import grant_role
from app.accounts.models import User
from app.metrics.actions import find_or_make_metric, set_target
from tests.browser.conftest import DESKTOP, PHONE, Open, Site
from tests.browser.test_trends import OVERLAPPING
from tests.trends.weeks import LAST, WEEK, happen, publish

URL = "/teams/trade/trends"
PAY_IN, AVAILABILITY = "入金有效成功率", "支付系统年度可用性"


@pytest.fixture
def department(site: Site) -> Site:
    """Two teams with a metric in common and one for each alone; lin leads the department too."""
    cast = site.cast
    names = {cast.payments.id: "Settlement on-time completion rate", cast.merchant.id: "Sign-up completion"}
    with site.database.writing() as session:
        lin = session.get_one(User, cast.lin.id)
        grant_role(session, lin, cast.department, "lead", at=datetime.now(UTC))
        for team in (cast.payments, cast.merchant):
            for back in range(39, -1, -1):
                values = {PAY_IN: f"99.98{back * 7 % 5}%", names[team.id]: f"{70 + back % 9}.5%"}
                values[AVAILABILITY] = "99.990%"
                report = publish(session, team, LAST - WEEK * back, values)
                if back % 9 == 0:
                    happen(session, report, grade="D", symptom="青禾银行代扣通道返回超时", day=None)
            metric = find_or_make_metric(session, team.id, AVAILABILITY)
            set_target(session, metric, literal="99.99%", from_day=date(2024, 1, 1))
    return site


class TestThePage:
    @pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
    @pytest.mark.parametrize(("language", "theme"), [("zh", "dark"), ("en", "light")], ids=["zh", "en"])
    def test_is_accessible_and_fits(
        self, visit: Open, department: Site, language: str, theme: str, size: dict[str, int]
    ) -> None:
        opened = visit(URL, as_=department.cast.eve, language=language, theme=theme, size=size)
        assert opened.axe() == []
        assert not opened.scrolls_sideways()
        assert opened.page.evaluate(OVERLAPPING) == []

    def test_breaks_no_word_of_the_scorecard(self, visit: Open, department: Site) -> None:
        page = visit(URL, as_=department.cast.eve, language="en").page
        page.evaluate("document.querySelector('.scorecard').style.width = '50rem'")  # as wide words would
        broken = page.evaluate(
            """() => [...document.querySelectorAll('.scorecard td:last-child small')].filter(small => {
              const range = document.createRange(), text = small.firstChild;
              const at = text.data.indexOf("decimals");
              if (at < 0) return false;
              range.setStart(text, at); range.setEnd(text, at + 8);
              return range.getClientRects().length > 1;
            }).length"""
        )
        assert broken == 0

    def test_draws_charts_side_by_side_on_one_line_whatever_is_said_above_them(
        self, visit: Open, department: Site
    ) -> None:
        page = visit(URL, as_=department.cast.eve).page
        page.locator(".readout").first.evaluate("(said) => said.append('，'.repeat(80))")
        tops = page.evaluate(
            "() => [...document.querySelectorAll('.abreast .chart')].slice(0, 2)"
            ".map((one) => one.getBoundingClientRect().top)"
        )
        assert tops[0] == tops[1]

    def test_gives_charts_on_paper_the_width_of_a_column(self, visit: Open, department: Site) -> None:
        page = visit(URL, as_=department.cast.eve).page
        page.emulate_media(media="print")
        widths = page.evaluate(
            "() => [...document.querySelectorAll('.multiples .chart')]"
            ".map((one) => one.getBoundingClientRect().width)"
        )
        assert len(widths) == 4
        assert min(widths) > 150


class TestOnPaper:
    """One landscape page, however much there is to show."""

    @pytest.fixture
    def ten_metrics(self, site: Site) -> Site:
        cast = site.cast
        names = [PAY_IN, AVAILABILITY, *(f"渠道{letter}成功率" for letter in "甲乙丙丁戊己庚辛")]
        with site.database.writing() as session:
            for team in (cast.payments, cast.merchant):
                for back in range(53, -1, -1):
                    if back == 18:
                        continue
                    values = {
                        name: f"99.9{(back * 7 + place * 3) % 90 + 10}%" for place, name in enumerate(names)
                    }
                    report = publish(session, team, LAST - WEEK * back, values)
                    if back % 6 == 0:
                        symptom = "青禾银行代扣通道返回超时，商户侧重试后恢复"
                        happen(session, report, grade="C", symptom=symptom, day=None)
        return site

    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_is_a_department_with_ten_metrics(self, visit: Open, ten_metrics: Site, language: str) -> None:
        page = visit(URL, as_=ten_metrics.cast.eve, language=language).page
        assert len(re.findall(rb"/Type\s*/Page[^s]", page.pdf(prefer_css_page_size=True))) == 1
        page.emulate_media(media="print")
        assert page.locator("figure .chart:visible").count() == 20
        assert page.evaluate(OUTSIDE) == []

    def test_is_a_team_with_ten_metrics(self, visit: Open, ten_metrics: Site) -> None:
        page = visit("/teams/payments/trends?weeks=26&unit=ppm", as_=ten_metrics.cast.eve).page
        assert len(re.findall(rb"/Type\s*/Page[^s]", page.pdf(prefer_css_page_size=True))) == 1
        page.set_viewport_size({"width": 2079, "height": 1440})  # the sheet in the pixels of its layout
        page.emulate_media(media="print")
        assert page.evaluate(OUTSIDE) == []


OUTSIDE = """() => {
  const sheet = document.querySelector("main").getBoundingClientRect();
  return [...document.querySelectorAll("figure .chart text")]
    .filter((label) => label.getClientRects().length)
    .filter((label) => {
      const { left, right } = label.getBoundingClientRect();
      return left < sheet.left - 1 || right > sheet.right + 1;
    })
    .map((label) => label.textContent);
}"""
"""Words of charts that a printer would cut off."""


class TestItsTools:
    def test_annotate_the_chart_of_a_team_and_lead_back_to_it(self, visit: Open, department: Site) -> None:
        page = visit(URL, as_=department.cast.lin).page
        name = f"{department.cast.payments.name} {PAY_IN}"
        page.get_by_role("link", name=f"标注 {name}").click()
        sheet = page.get_by_role("dialog")
        sheet.get_by_label("说明").fill("切换新通道")
        sheet.get_by_label("日期").fill("2025-05-14")
        sheet.get_by_role("button", name="标注").click()
        expect(sheet).to_have_count(0)
        chart = page.locator("figure", has=page.get_by_role("heading", name=department.cast.payments.name))
        expect(chart.first).to_contain_text("切换新通道")
        expect(page).to_have_url(re.compile(rf"{URL}#metric-\d+$"))

    def test_take_the_chart_of_a_team_away(self, visit: Open, department: Site) -> None:
        page = visit(URL, as_=department.cast.eve).page
        with page.expect_download() as downloading:
            page.get_by_role("link", name=f"SVG {department.cast.merchant.name} {PAY_IN}").click()
        assert downloading.value.suggested_filename == f"merchant {PAY_IN}.svg"
        with page.expect_download() as downloading:
            page.get_by_text("导出", exact=True).click()
            page.get_by_role("link", name="CSV").click()
        assert downloading.value.path().read_text("utf-8-sig").count(PAY_IN) == 80


class TestReadingAChart:
    def test_with_the_arrow_keys_speaks_each_week(self, visit: Open, department: Site) -> None:
        page = visit(URL, as_=department.cast.eve).page
        chart = page.locator(
            "figure", has=page.get_by_role("heading", name=department.cast.merchant.name)
        ).first
        readout = chart.get_by_role("status")
        chart.get_by_role("link", name="第 24 周").focus()
        for week in ("第 23 周", "第 22 周"):
            page.keyboard.press("ArrowLeft")
            expect(readout).to_contain_text(week)
            expect(readout).to_have_attribute("aria-live", "polite")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(r"/teams/merchant/weeks/2025-05-26#reading-\d+"))
