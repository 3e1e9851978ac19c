"""The two reading pages as a browser shows them: weeks, and the report as it is read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from app.document.weeks import monday_of
from app.metrics.actions import set_target
from app.metrics.models import Metric
from app.metrics.weeks import figures_of_weeks
from app.reports import weeks_page
from app.reports.models import Goal, Report
from app.reports.queries import week_name_of
from tests.browser.conftest import DESKTOP, PHONE, Open, Site
from tests.reports.pages import PAGE, store_week

SHOTS = os.environ.get("WEEKLINE_TEST_SCREENSHOTS")
NARROW = {"width": 320, "height": 640}
TODAY = datetime(2025, 6, 27, 2, tzinfo=UTC)
SIZES = {"desktop": DESKTOP, "phone": PHONE, "narrow": NARROW}
RICH = PAGE.replace(
    "- 商户对账单自助下载：PC 端提测",
    "- 商户对账单自助下载：PC 端提测，[说明](https://example.test/a)，[日报](b.md)\n\n"
    "    ```sql\n    select count(*) from statements where day > '2025-06-01' "
    "and state in ('new', 'sent', 'read')\n    ```\n\n"
    "- 报表总计12个，可下线5个，已投产3个，测试验证中3个\n",
).replace("6/4 14:12 监控", "6/4 14:12 【C级】监控")


@pytest.fixture(autouse=True)
def figures() -> Iterator[None]:
    before = list(weeks_page.week_figures)
    weeks_page.week_figures[:] = [figures_of_weeks]
    yield
    weeks_page.week_figures[:] = before


@pytest.fixture
def weeks(site: Site) -> list[date]:
    """Some weeks of payments up to last week, one of them missing, and one of merchant; the Mondays.

    It is `TODAY`: in January, weeks before the last one would stand in another year.
    """
    site.app.state.clock = lambda: TODAY
    monday = monday_of(TODAY.date())
    mondays = [monday - timedelta(days=7 * back) for back in (4, 3, 1)]
    for day in mondays:
        store(site, day, RICH)
    store(site, mondays[-1], PAGE, team="merchant")
    with site.database.writing() as session:
        for name, literal in {"入金有效成功率": "99.98%", "出金有效成功率": "99.95%"}.items():
            metric = session.scalars(
                select(Metric).where(Metric.name == name).order_by(Metric.id).limit(1)
            ).one()
            set_target(session, metric.id, literal=literal, from_day=date(2024, 1, 1))
        first = session.scalars(select(Report.id).order_by(Report.period_start).limit(1)).one()
        for position, outcome in enumerate(("done", "carried")):
            session.execute(
                update(Goal).where(Goal.report_id == first, Goal.position == position).values(outcome=outcome)
            )
    return mondays


def store(site: Site, monday: date, text: str, team: str = "payments") -> int:
    number = week_name_of(monday, "jan1-monday")[1]
    friday = monday + timedelta(days=4)
    days = {day: monday + timedelta(days=offset) for day, offset in (("6/4", 2), ("6/5", 3), ("6/13", 11))}
    for written, day in days.items():
        text = text.replace(f"{written} ", f"{day.month}/{day.day} ").replace(
            f"{written}灰", f"{day.month}/{day.day}灰"
        )
    text = text.replace("第23周 2025-06-06", f"第{number}周 {friday}")
    return store_week(site.database, getattr(site.cast, team), site.cast.lin, TODAY, text)


def pages_of(weeks: list[date]) -> dict[str, str]:
    week = f"/teams/payments/weeks/{weeks[1]}"
    return {
        "weeks": "/teams/payments/weeks",
        "weeks-26": "/teams/payments/weeks?board=26",
        "report": week,
        "source": f"{week}/source/imported",
        "revisions": f"{week}/revisions",
        "revision": f"{week}/revisions/1",
    }


class TestEveryPage:
    @pytest.mark.parametrize("size", list(SIZES))
    @pytest.mark.parametrize("theme", ["light", "dark"])
    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_is_accessible_and_fits(
        self, visit: Open, site: Site, weeks: list[date], language: str, theme: str, size: str
    ) -> None:
        opened = visit("/sign-in", language=language, theme=theme, size=SIZES[size])
        for name, path in pages_of(weeks).items():
            opened.go(path, as_=site.cast.mei)
            assert not opened.scrolls_sideways(), name
            if size != "narrow":  # laid out as one of the others is
                assert opened.axe() == [], name
            if SHOTS:
                path_ = Path(SHOTS) / f"{name}-{language}-{theme}-{size}.png"
                opened.page.screenshot(path=path_, full_page=True)

    @pytest.mark.parametrize("person", ["lin", "eve"])
    def test_of_an_empty_team_is_accessible(self, visit: Open, site: Site, person: str) -> None:
        opened = visit("/teams/payments/weeks", as_=site.cast.people[person])
        assert opened.axe() == []

    def test_prints_on_a4_without_its_controls(self, visit: Open, site: Site, weeks: list[date]) -> None:
        for name in ("weeks", "report"):
            opened = visit(pages_of(weeks)[name], as_=site.cast.lin, size={"width": 688, "height": 1000})
            opened.page.emulate_media(media="print")
            assert not opened.scrolls_sideways(), name
            expect(opened.page.get_by_role("link", name="导出")).to_have_count(0)
            expect(opened.page.get_by_role("button", name="开始写")).to_have_count(0)
            expect(opened.page.get_by_role("navigation")).to_have_count(0)


class TestTheReport:
    @pytest.fixture
    def page(self, visit: Open, site: Site, weeks: list[date]) -> Page:
        return visit(pages_of(weeks)["report"], as_=site.cast.lin).page

    def test_leads_from_a_value_to_the_line_it_was_read_from(self, page: Page) -> None:
        page.get_by_role("link", name="99.972%").click()
        page.wait_for_url("**/source/imported#L*")
        expect(page.locator("li:target")).to_contain_text("入金有效成功率：99.972%")

    def test_can_be_printed(self, page: Page) -> None:
        page.evaluate("() => { window.print = () => document.body.dataset.printed = 'yes'; }")
        page.get_by_role("button", name="打印").click()
        assert page.evaluate("() => document.body.dataset.printed") == "yes"

    def test_shows_notes_beside_their_item(self, page: Page) -> None:
        item = page.locator("li.item", has_text="分期付能力").first
        text, note = item.locator(".text").first.bounding_box(), item.locator(".note").first.bounding_box()
        assert text is not None
        assert note is not None
        assert note["x"] > text["x"] + text["width"] - 1
        assert abs(note["y"] - text["y"]) < 12

    def test_aligns_figures_on_their_decimal_point(self, page: Page) -> None:
        points = page.evaluate(
            """() => [...document.querySelectorAll('.metrics .big .digits')].map(figure => {
                const range = document.createRange();
                range.setStart(figure.firstChild, 0);
                range.setEnd(figure.firstChild, figure.textContent.indexOf('.'));
                return Math.round(range.getBoundingClientRect().right);
            })"""
        )
        assert len(points) == 4
        assert len(set(points)) == 1

    def test_goes_to_the_week_before(self, page: Page) -> None:
        page.get_by_role("navigation", name="前后周").get_by_role("link").first.click()
        expect(page.locator("li.event").first).to_be_visible()

    def test_works_without_scripts(self, visit: Open, site: Site, weeks: list[date]) -> None:
        page = visit(pages_of(weeks)["report"], as_=site.cast.lin, scripts=False).page
        expect(page.get_by_role("button", name="打印")).to_be_hidden()
        expect(page.get_by_text("分期付能力")).to_be_visible()


class TestTheWeeks:
    @pytest.fixture
    def page(self, visit: Open, site: Site, weeks: list[date]) -> Page:
        return visit("/teams/payments/weeks", as_=site.cast.lin).page

    def test_can_show_only_what_is_missing(self, page: Page) -> None:
        rows = page.locator(".weeks-month .week:visible")
        all_rows = rows.count()
        page.get_by_role("radio", name="缺报").check()
        assert rows.count() == 1
        expect(rows.first).to_contain_text("没有这一周的周报")
        page.get_by_role("radio", name="全部").check()
        assert rows.count() == all_rows

    def test_name_a_week_to_those_who_point_at_it(self, page: Page) -> None:
        tick = page.locator(".year .wk.published a").first
        tick.hover()
        expect(tick.locator(".vh")).to_have_css("clip-path", "none")

    def test_start_the_week_with_one_button(self, page: Page) -> None:
        page.get_by_role("button", name="开始写第").click()
        page.wait_for_url("**/edit")
