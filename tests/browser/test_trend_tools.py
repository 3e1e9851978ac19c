"""What one does around the trend page in Chromium: settings, corrections, remarks, links, files."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from app.accounts.models import User
from app.accounts.sharing import make_shared_link
from app.metrics.actions import find_or_make_metric, set_target
from app.metrics.correcting import correct_reading
from app.metrics.models import Metric
from app.reports.models import Report
from tests.browser.conftest import AXE, DESKTOP, PHONE, Open, Site
from tests.reports.pages import MONDAY, PAGE, store_week
from tests.trends.weeks import WEEK

PAY_IN, PAY_OUT = "入金有效成功率", "出金有效成功率"
TRENDS = "/teams/payments/trends"
METRICS = "/teams/payments/metrics"


@pytest.fixture
def written(site: Site) -> Site:
    """Fourteen weeks written as pages, so that their values can be corrected where they stand."""
    team, lead = site.cast.payments, site.cast.lin
    for back in range(13, -1, -1):
        monday = MONDAY - WEEK * back
        _, number, _ = monday.isocalendar()
        page = PAGE.replace("# 第23周 2025-06-06", f"# 第{number}周 {(monday + WEEK * 4 / 7).isoformat()}")
        page = page.replace("入金有效成功率：99.972%", f"入金有效成功率：99.97{back % 10}%")
        store_week(site.database, team, lead, site.at, page)
    with site.database.writing() as session:
        metric = find_or_make_metric(session, team.id, PAY_IN)
        set_target(session, metric, literal="99.95%", from_day=MONDAY)
    return site


def address(site: Site, name: str = PAY_IN) -> str:
    with site.database.reading() as session:
        return f"{METRICS}/{session.scalars(select(Metric.id).where(Metric.name == name)).one()}"


def newest_point(page: Page) -> str:
    """The selector of the newest week's point on the wide chart of the first metric."""
    return "figure.multiple >> nth=0 >> .panels > div:last-child .spots a >> nth=-1"


class TestThePages:
    @pytest.mark.parametrize(
        ("language", "theme", "size"),
        [("zh", "light", DESKTOP), ("en", "dark", DESKTOP), ("zh", "dark", PHONE), ("en", "light", PHONE)],
        ids=["zh", "en dark", "zh phone dark", "en phone"],
    )
    def test_are_accessible_and_fit(
        self, visit: Open, written: Site, language: str, theme: str, size: dict[str, int]
    ) -> None:
        own = address(written)
        other = address(written, PAY_OUT).rpartition("/")[2]
        opened = visit("/sign-in", language=language, theme=theme, size=size)
        for path in (
            METRICS,
            own,
            f"{own}/merger?other={other}",
            f"{own}/annotations",
            f"{own}/baselines",
            f"/teams/payments/weeks/{MONDAY}/readings/{own.rpartition('/')[2]}",
            "/teams/payments/shared-links",
        ):
            opened.go(path, as_=written.cast.lin)
            assert opened.axe() == [], path
            assert not opened.scrolls_sideways(), path

    def test_are_accessible_for_those_who_only_read(self, visit: Open, written: Site) -> None:
        opened = visit("/sign-in")
        for path in (METRICS, address(written), f"{address(written)}/annotations"):
            opened.go(path, as_=written.cast.eve)
            assert opened.axe() == []


class TestTheOrderOfMetrics:
    def test_is_changed_with_the_keyboard_and_the_focus_stays(self, visit: Open, written: Site) -> None:
        page = visit(METRICS, as_=written.cast.lin).page
        page.get_by_role("link", name=PAY_OUT).focus()
        page.keyboard.press("Alt+ArrowUp")
        expect(page.locator("#metrics tbody th a").first).to_have_text(PAY_OUT)
        expect(page.get_by_role("link", name=PAY_OUT)).to_be_focused()
        page.keyboard.press("Alt+ArrowDown")
        expect(page.locator("#metrics tbody th a").first).to_have_text(PAY_IN)

    def test_is_changed_with_buttons_and_without_scripts(self, visit: Open, written: Site) -> None:
        for scripts in (True, False):
            page = visit(METRICS, as_=written.cast.lin, scripts=scripts).page
            first = page.locator("#metrics tbody th a").first
            name = first.inner_text()
            page.get_by_role("button", name=f"{name}：下移一位").click()
            expect(first).not_to_have_text(name)


class TestFollowingAPoint:
    def test_opens_the_report_at_the_sentence_and_lights_it_up(self, visit: Open, written: Site) -> None:
        page = visit(TRENDS, as_=written.cast.eve).page
        page.locator(newest_point(page)).click()
        expect(page).to_have_url(re.compile(rf"/weeks/{MONDAY}#reading-\d+$"))
        self.expect_lit_up(page, "99.970%")

    def test_as_of_a_day_opens_the_revision_that_readers_saw_then(self, visit: Open, site: Site) -> None:
        now, team = datetime.now(UTC), site.cast.payments
        report_id = store_week(site.database, team, site.cast.lin, now - timedelta(days=10))
        with site.database.writing() as session:
            correct_reading(
                session,
                session.get_one(Report, report_id),
                session.get_one(Metric, find_or_make_metric(session, team.id, PAY_IN)),
                literal="99.95%",
                base="99.972%",
                reason="清算后重算",
                by=session.get_one(User, site.cast.lin.id),
                at=now,
            )
        then = (now - timedelta(days=5)).date()
        page = visit(f"{TRENDS}?as_of={then}", as_=site.cast.lin).page
        page.locator(newest_point(page)).click()
        expect(page).to_have_url(re.compile(rf"/weeks/{MONDAY}/revisions/1#reading-\d+$"))
        self.expect_lit_up(page, "99.972%")

    def expect_lit_up(self, page: Page, value: str) -> None:
        row = page.locator("tr:has(:target)")
        expect(row).to_contain_text(PAY_IN)
        expect(row).to_contain_text(value)
        expect(row).to_be_in_viewport()
        expect(row).not_to_have_css("background-color", "rgba(0, 0, 0, 0)")


class TestCorrectingFromTheChart:
    def test_opens_over_the_chart_and_leads_back_to_it(self, visit: Open, written: Site) -> None:
        opened = visit(TRENDS, as_=written.cast.lin)
        page = opened.page
        page.locator(newest_point(page)).click()
        sheet = page.get_by_role("dialog")
        expect(sheet).to_contain_text("第 23 周")
        assert opened.axe() == []
        sheet.get_by_label("数值").fill("99.95")
        sheet.get_by_label("更正的理由").fill("清算后重算")
        sheet.get_by_role("button", name="发布更正").click()
        expect(sheet).to_have_count(0)
        expect(page.locator("figure.multiple >> nth=0 >> .ring").first).to_be_attached()
        expect(page.locator("figure.multiple >> nth=0 >> .readout")).to_contain_text("99.95%")

    def test_shows_in_the_sheet_what_is_wrong(self, visit: Open, written: Site) -> None:
        page = visit(TRENDS, as_=written.cast.lin).page
        page.locator(newest_point(page)).click()
        sheet = page.get_by_role("dialog")
        sheet.get_by_label("数值").fill("很好")
        sheet.get_by_label("更正的理由").fill("试试")
        # the answer is a 422, which the console tells as a failed request
        page.route("**/readings/*", lambda route: route.fulfill(status=200, response=route.fetch()))
        sheet.get_by_role("button", name="发布更正").click()
        expect(sheet.get_by_label("数值")).to_have_attribute("aria-invalid", "true")
        expect(sheet.get_by_label("数值")).to_be_focused()
        expect(sheet.get_by_label("更正的理由")).to_have_value("试试")

    def test_is_not_closed_by_a_click_beside_it_once_something_is_typed(
        self, visit: Open, written: Site
    ) -> None:
        page = visit(TRENDS, as_=written.cast.lin).page
        page.locator(newest_point(page)).click()
        sheet = page.get_by_role("dialog")
        expect(sheet).to_contain_text("第 23 周")
        page.mouse.click(5, 5)
        expect(sheet).to_have_count(0)
        page.locator(newest_point(page)).click()
        sheet.get_by_label("更正的理由").fill("清算后重算")
        page.mouse.click(5, 5)
        expect(sheet.get_by_label("更正的理由")).to_have_value("清算后重算")
        page.keyboard.press("Escape")
        expect(sheet).to_have_count(0)

    def test_keeps_everything_and_the_focus_where_the_network_is_gone(
        self, visit: Open, written: Site
    ) -> None:
        page = visit(TRENDS, as_=written.cast.lin).page
        page.locator(newest_point(page)).click()
        sheet = page.get_by_role("dialog")
        sheet.get_by_label("数值").fill("99.95")
        sheet.get_by_label("更正的理由").fill("清算后重算")
        page.route(
            "**/readings/*",
            lambda route: route.fulfill(status=200, headers={"HX-Retarget": "#x"}, body="断了"),
        )
        send = sheet.get_by_role("button", name="发布更正")
        send.focus()
        page.keyboard.press("Enter")
        expect(sheet).to_contain_text("断了")
        expect(send).to_be_focused()
        expect(sheet.get_by_label("更正的理由")).to_have_value("清算后重算")

    def test_gives_the_focus_back_to_the_point(self, visit: Open, written: Site) -> None:
        page = visit(TRENDS, as_=written.cast.lin).page
        point = page.locator(newest_point(page))
        point.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(point).to_be_focused()

    def test_works_without_scripts(self, visit: Open, written: Site) -> None:
        page = visit(TRENDS, as_=written.cast.lin, scripts=False).page
        page.goto(urljoin(TRENDS, str(page.locator(newest_point(page)).get_attribute("href"))))
        page.get_by_label("数值").fill("99.95%")
        page.get_by_label("更正的理由").fill("清算后重算")
        page.get_by_role("button", name="发布更正").click()
        expect(page).to_have_url(re.compile(r"/trends#metric-\d+$"))

    def test_is_not_offered_to_readers(self, visit: Open, written: Site) -> None:
        page = visit(TRENDS, as_=written.cast.eve).page
        assert page.locator("[data-sheet]").count() == 0
        assert "#reading-" in str(page.locator(newest_point(page)).get_attribute("href"))


class TestAnnotating:
    def test_a_week_puts_a_letter_on_the_chart(self, visit: Open, written: Site) -> None:
        page = visit(TRENDS, as_=written.cast.lin).page
        page.get_by_role("link", name=f"标注 {PAY_IN}").click()
        sheet = page.get_by_role("dialog")
        sheet.get_by_label("说明").fill("切换新通道")
        sheet.get_by_label("日期").fill("2025-05-14")
        sheet.get_by_role("button", name="标注").click()
        expect(sheet).to_have_count(0)
        expect(page.locator("figure.multiple >> nth=0 >> .flag").first).to_be_attached()
        expect(page.locator("figure.multiple >> nth=0")).to_contain_text("切换新通道")

    def test_locks_limits_with_a_reason(self, visit: Open, written: Site) -> None:
        page = visit(TRENDS, as_=written.cast.lin).page
        page.get_by_role("link", name=f"锁定界限 {PAY_IN}").click()
        sheet = page.get_by_role("dialog")
        sheet.get_by_label("理由").fill("新通道稳定之后")
        sheet.get_by_role("button", name="锁定", exact=True).click()
        expect(sheet).to_have_count(0)
        expect(page.locator("figure.multiple >> nth=0")).to_contain_text("新通道稳定之后")


class TestASharedLink:
    @pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_shows_the_page_and_leads_nowhere(
        self, visit: Open, written: Site, language: str, size: dict[str, int]
    ) -> None:
        with written.database.writing() as session:
            path = make_shared_link(
                session,
                written.cast.payments.id,
                name="董事会",
                days="7",
                query="",
                by=written.cast.lin.id,
                at=datetime.now(UTC),
            )
        opened = visit(path, language=language, size=size)
        page = opened.page
        assert opened.axe() == []
        assert not opened.scrolls_sideways()
        links = page.evaluate(
            "() => [...document.querySelectorAll('[href],[action]')]"
            ".map((one) => new URL(one.href?.baseVal ?? one.href ?? one.action, location.href).pathname)"
        )
        assert {link for link in links if not link.startswith("/static/")} == {path}
        page.locator("a[href*='weeks=52']").first.click()
        expect(page).to_have_url(re.compile(rf"{path}\?weeks=52$"))


class TestFiles:
    def test_the_page_as_a_file_opens_without_a_network(
        self, visit: Open, written: Site, chromium: Browser, tmp_path: Path
    ) -> None:
        page = visit(TRENDS, as_=written.cast.eve).page
        page.get_by_text("导出", exact=True).click()
        with page.expect_download() as downloading:
            page.get_by_role("link", name="网页文件").click()
        file = tmp_path / "trends.html"
        downloading.value.save_as(file)
        context = chromium.new_context(viewport=DESKTOP, offline=True)  # type: ignore[arg-type]
        alone = context.new_page()
        asked, said = [], []
        alone.on("request", lambda request: asked.append(request.url))
        alone.on("console", lambda message: said.append(message.text))
        alone.goto(file.as_uri())
        expect(alone.get_by_role("heading", level=1)).to_contain_text(PAY_IN)
        assert alone.locator("svg.chart").first.bounding_box()["width"] > 200  # type: ignore[index]
        assert asked == [file.as_uri()]
        assert said == []
        alone.evaluate(AXE.read_text("utf-8"))
        found = alone.evaluate("() => axe.run(document).then((result) => result.violations)")
        assert found == [], json.dumps(found, ensure_ascii=False)[:2000]
        context.close()

    def test_a_chart_is_a_picture_of_its_own(self, visit: Open, written: Site, tmp_path: Path) -> None:
        page = visit(TRENDS, as_=written.cast.eve).page
        for kind in ("SVG", "PNG"):
            with page.expect_download() as downloading:
                page.get_by_role("link", name=f"{kind} {PAY_IN}").click()
            file = tmp_path / f"chart.{kind.lower()}"
            downloading.value.save_as(file)
            assert file.stat().st_size > 2000
            assert downloading.value.suggested_filename == f"payments {PAY_IN}.{kind.lower()}"
