"""The trend page as people read it: a sentence, a table, pictures; and its numbers as CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import brotli
import pytest
from starlette.testclient import TestClient

from app.accounts.models import Team
from app.db import Database
from app.document.schema import Grade
from app.metrics.actions import find_or_make_metric, set_target
from tests.conftest import Cast, SignIn
from tests.trends.weeks import LAST, WEEK, happen, publish

URL = "/teams/payments/trends"
PAY_IN, PAY_OUT, AVAILABILITY = "入金有效成功率", "出金有效成功率", "支付系统年度可用性"
Read = Callable[..., str]


@pytest.fixture
def written(database: Database, cast: Cast) -> Database:
    """30 weeks: week 18 restated, week 6 missing, an accident in week 21 and one whose grade is open."""
    with database.writing() as session:
        for back in range(29, -1, -1):
            if back == 18:
                continue
            pay_in = {0: "99.972%", 5: "99.912%"}.get(back, "99.98%")
            values = {PAY_IN: pay_in, PAY_OUT: "100%" if back == 2 else "99.95%", AVAILABILITY: "99.991%"}
            report = publish(session, cast.payments, LAST - WEEK * back, values)
            if back == 6:
                publish(session, cast.payments, LAST - WEEK * 6, values | {PAY_IN: "99.984%"}, report=report)
            if back == 3:
                happen(session, report, grade="C", symptom="**青禾银行**代扣超时\n更多", day="2025-05-21")
                happen(session, report, grade=None, symptom="日报延迟", day="2025-05-22")
            if back == 0:
                happen(session, report, grade="open", symptom="对账文件解析失败", day="2025-06-11")
        pay_in_id = find_or_make_metric(session, cast.payments.id, PAY_IN)
        set_target(session, pay_in_id, literal="99.97%", from_day=date(2024, 1, 1))
        set_target(session, pay_in_id, literal="99.98%", from_day=date(2025, 3, 31))
        pay_out_id = find_or_make_metric(session, cast.payments.id, PAY_OUT)
        set_target(session, pay_out_id, literal="99.95%", from_day=date(2024, 1, 1))
    return database


@pytest.fixture
def read(client: TestClient, cast: Cast, sign_in: SignIn) -> Read:
    """The page as the executive reads it, in Chinese."""

    def page(query: str = "", *, language: str = "zh", url: str = URL) -> str:
        sign_in(client, cast.eve)
        answer = client.get(url + query, headers={"Accept-Language": language})
        assert answer.status_code == 200
        return answer.text

    return page


def words(html: str) -> str:
    """What is written on the page, with single spaces."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def figure(html: str, number: int = 0) -> str:
    found: list[str] = re.findall(r"<figure.*?</figure>", html, re.DOTALL)
    return found[number]


@pytest.mark.usefixtures("written")
class TestTheHeadline:
    def test_names_what_misses_its_target_first(self, read: Read) -> None:
        assert "入金有效成功率 99.972%，未达目标 99.98%；1 项达标。" in read()

    def test_is_a_sentence_in_english_too(self, read: Read) -> None:
        assert "入金有效成功率 99.972% misses its target of 99.98%; 1 met." in read(language="en")

    def test_is_followed_by_missing_weeks_and_accidents_by_grade(self, read: Read) -> None:
        said = words(read())
        assert "其间没有周报：第 6 周" in said
        assert re.search(r"事故 2 起：C 级 1、 ?待定级 1", said)
        assert "重述 1 次" in said

    def test_says_how_long_there_was_no_report(self, read: Read, client: TestClient, clock: Any) -> None:
        assert "没有周报 " not in words(read()).replace("其间没有周报", "")
        clock.now = clock.now.replace(month=7, day=4)
        assert "此后 2 周没有周报" in words(read())


@pytest.mark.usefixtures("written")
class TestAChart:
    def test_describes_itself_in_a_computed_sentence(self, read: Read) -> None:
        described = re.search(r"<desc[^>]*>(.*?)</desc>", figure(read()))
        assert described is not None
        assert described[1] == (
            "26 周，最新 99.972%，最低 99.912%（第 19 周），目标 99.98%，缺报 1 周，重述 1 次"
        )

    def test_is_a_picture_with_a_title_beside_links_of_its_points(self, read: Read) -> None:
        drawn = figure(read())
        assert 'role="img" aria-labelledby=' in drawn
        assert drawn.count("<a href=") == 25
        assert (
            '<a href="weeks/2025-06-09"><title>第 24 周 99.972%（99.9715% 至 99.9725%），未达标，2 号事故'
            in drawn
        )

    def test_breaks_at_the_missing_week_and_names_it(self, read: Read) -> None:
        drawn = figure(read())
        trace = re.search(r'class="trace"[^>]* d="([^"]*)"', drawn)
        assert trace is not None
        assert trace[1].count("M") == 2
        assert "第 6 周缺报" in drawn
        assert "缺报 1 周：第 6 周" in drawn

    def test_says_what_was_restated(self, read: Read) -> None:
        assert "第 18 周由 99.98% 重述为 99.984%" in figure(read())

    def test_shows_exactly_100_as_an_open_mark(self, read: Read) -> None:
        assert figure(read(), 1).count('class="open-mark"') == 1

    def test_of_a_year_to_date_metric_is_steps_in_a_section_of_its_own(self, read: Read) -> None:
        html = read()
        assert html.index("年累计") < html.index(f"<h3>{AVAILABILITY}</h3>")
        assert "V" in re.search(r'class="trace"[^>]* d="([^"]*)"', figure(html, 2))[1]  # type: ignore[index]

    def test_steps_its_target_where_it_changed(self, read: Read) -> None:
        assert figure(read()).count('<line class="target"') == 3

    def test_numbers_the_accidents_that_the_page_lists(self, read: Read) -> None:
        html = read()
        assert figure(html).count('class="pin-no"') == 2
        listed = words(html[html.index('class="pins"') :])
        assert "1 5/21 第 21 周 C 级 青禾银行代扣超时" in listed
        assert "2 6/11 第 24 周 待定级 对账文件解析失败" in listed
        assert "日报延迟" not in listed


@pytest.mark.usefixtures("written")
class TestTheTables:
    def test_hold_every_value_as_reported(self, read: Read) -> None:
        html = read()
        numbers = html[html.index("全部数值") :]
        assert numbers.count("<span>99</span><span>.98%</span>") == 22
        assert "<span>99</span><span>.972%</span>" in numbers
        assert "缺报" in numbers
        assert "原 99.98%" in numbers

    def test_tell_change_as_failures(self, read: Read) -> None:
        assert "200 → 280 ppm <b>+40%</b>" in read()


@pytest.mark.usefixtures("written")
class TestWhatIsAsked:
    def test_failures_per_million_instead_of_percent(self, read: Read) -> None:
        html = read("?unit=ppm")
        assert "入金有效成功率 280\u00a0ppm，未达目标 200\u00a0ppm" in html
        assert "（275\u00a0ppm 至 285\u00a0ppm）" in figure(html)

    def test_more_weeks(self, read: Read) -> None:
        assert figure(read("?weeks=all")).count("<a href=") == 29
        assert figure(read("?weeks=52")).count("<a href=") == 29

    def test_weeks_until_a_day(self, read: Read) -> None:
        html = read("?until=2025-05-14")
        assert "第 20 周" in html
        assert "第 21 周" not in html
        assert '<a href="/teams/payments/trends"><small>更晚</small>截至 2025 年 6 月 15 日</a>' in html

    def test_a_day_before_the_first_week_shows_the_first(self, read: Read) -> None:
        assert figure(read("?until=2001-01-01")).count("<a href=") == 1

    @pytest.mark.parametrize("query", ["?weeks=7", "?unit=furlong", "?until=soon"])
    def test_nonsense_is_refused(self, client: TestClient, cast: Cast, sign_in: SignIn, query: str) -> None:
        assert sign_in(client, cast.eve).get(URL + query).status_code == 422


class TestATeam:
    def test_without_published_weeks_is_told_the_next_step(self, read: Read) -> None:
        html = read()
        assert "还没有已发布的周报。" in html
        assert 'href="/teams/payments/weeks"' in html

    def test_without_metrics_is_told_how_to_write_one(
        self, read: Read, database: Database, cast: Cast
    ) -> None:
        with database.writing() as session:
            publish(session, cast.payments, LAST, {})
        html = read()
        assert "这段时间没有指标。" in html
        assert "入金有效成功率：99.98%" in html
        assert 'href="/teams/payments/weeks/2025-06-09"' in html

    def test_with_one_value_is_told_that_there_is_no_line_yet(
        self, read: Read, database: Database, cast: Cast
    ) -> None:
        with database.writing() as session:
            publish(session, cast.payments, LAST, {PAY_IN: "99.98%"})
        html = read()
        assert "只有一个值，还画不成线" in html
        assert "第 24 周入金有效成功率 99.98%；还没有设目标。" in html

    def test_whose_weeks_are_all_100_reads_so(self, read: Read, database: Database, cast: Cast) -> None:
        with database.writing() as session:
            for back in range(3):
                publish(session, cast.payments, LAST - WEEK * back, {PAY_IN: "100%"})
        drawn = figure(read())
        assert "每周都一样" in drawn
        assert drawn.count('class="open-mark"') == 3

    def test_with_a_year_missing_shows_one_gap(self, read: Read, database: Database, cast: Cast) -> None:
        with database.writing() as session:
            for back in (60, 59, 1, 0):
                publish(session, cast.payments, LAST - WEEK * back, {PAY_IN: "99.98%"})
        drawn = figure(read("?weeks=all"))
        assert drawn.count('class="gap-run"') == 1
        assert "缺报 57 周：2024 年第 18 周至第 22 周" in drawn

    def test_that_stopped_reporting_a_metric_is_told_its_name(
        self, read: Read, database: Database, cast: Cast
    ) -> None:
        with database.writing() as session:
            publish(session, cast.payments, LAST - WEEK * 40, {PAY_OUT: "99.9%"})
            publish(session, cast.payments, LAST, {PAY_IN: "99.98%"})
        assert f"这段时间没有数值：{PAY_OUT}" in read()

    def test_of_others_is_not_found(
        self, client: TestClient, cast: Cast, sign_in: SignIn, written: Database
    ) -> None:
        for url in (URL, f"{URL}.csv"):
            assert sign_in(client, cast.otto).get(url).status_code == 404

    def test_shows_nothing_of_a_draft(
        self, read: Read, database: Database, cast: Cast, written: Database
    ) -> None:
        with database.writing() as session:
            report = publish(session, cast.payments, LAST + WEEK, {PAY_IN: "11.11%"})
            happen(session, report, grade="A", symptom="草稿里的事故", day="2025-06-18")
            report.state, report.published_revision = "draft", 0
        html = read()
        assert "11.11" not in html
        assert "草稿里的事故" not in html

    def test_shows_an_amended_week_as_it_is_published(
        self, read: Read, database: Database, cast: Cast
    ) -> None:
        with database.writing() as session:
            told: dict[str, Grade] = {"通道超时": "C", "账单延迟": "D"}
            report = publish(session, cast.payments, LAST, {PAY_IN: "99.98%"}, accidents=told)
            happen(session, report, grade="B", symptom="还没发布的事故", day=None)
            happen(session, report, grade="D", symptom="通道超时", day=None).grade_decided = True
            report.state = "amending"
        listed = words(read())
        assert "还没发布的事故" not in listed
        assert "事故 2 起：D 级 2" in listed


class TestTheCost:
    def test_is_eight_statements_however_many_weeks(
        self,
        client: TestClient,
        cast: Cast,
        sign_in: SignIn,
        written: Database,
        query_counter: Callable[[], Any],
    ) -> None:
        sign_in(client, cast.eve)
        for query in ("", "?weeks=all&unit=ppm"):
            with query_counter() as queries:
                assert client.get(URL + query).status_code == 200
            assert queries.total <= 8

    def test_is_less_than_60_kilobytes(self, database: Database, cast: Cast, read: Read) -> None:
        with database.writing() as session:
            _ten_years(session, cast.payments)
        assert len(brotli.compress(read("?weeks=all").encode(), quality=4)) < 60_000

    def test_is_nothing_where_nothing_changed(
        self, client: TestClient, cast: Cast, sign_in: SignIn, written: Database
    ) -> None:
        first = sign_in(client, cast.eve).get(URL)
        again = client.get(URL, headers={"If-None-Match": first.headers["etag"]})
        assert again.status_code == 304
        with written.writing() as session:
            session.get_one(Team, cast.payments.id).pulse += 1
        changed = client.get(URL, headers={"If-None-Match": first.headers["etag"]})
        assert changed.status_code == 200

    def test_is_not_shared_between_people(
        self, client: TestClient, cast: Cast, sign_in: SignIn, written: Database
    ) -> None:
        first = sign_in(client, cast.eve).get(URL).headers["etag"]
        assert sign_in(client, cast.mei).get(URL).headers["etag"] != first


@pytest.mark.usefixtures("written")
class TestTheNumbersAsCsv:
    @pytest.fixture
    def rows(self, client: TestClient, cast: Cast, sign_in: SignIn) -> list[dict[str, str]]:
        answer = sign_in(client, cast.eve).get(f"{URL}.csv?weeks=all")
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.content.startswith(b"\xef\xbb\xbf")
        return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))

    def test_have_a_row_a_reading(self, rows: list[dict[str, str]]) -> None:
        assert len(rows) == 29 * 3
        assert rows[-3] == {
            "week": "2025-06-09",
            "metric": PAY_IN,
            "unit": "%",
            "literal": "99.972%",
            "number": "99.972",
            "low": "99.9715",
            "high": "99.9725",
            "target": "99.98%",
            "revision": "1",
            "former_literal": "",
        }

    def test_keep_what_was_restated(self, rows: list[dict[str, str]]) -> None:
        (restated,) = [row for row in rows if row["former_literal"]]
        assert (restated["literal"], restated["former_literal"], restated["revision"]) == (
            "99.984%",
            "99.98%",
            "2",
        )

    def test_never_are_formulas(
        self, database: Database, cast: Cast, client: TestClient, sign_in: SignIn
    ) -> None:
        with database.writing() as session:
            publish(session, cast.merchant, LAST, {"=HYPERLINK(1)": "-3", "@x": "5"})
        text = sign_in(client, cast.eve).get("/teams/merchant/trends.csv").content.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text)))
        assert rows[1][1:5] == ["'=HYPERLINK(1)", "", "'-3", "-3"]
        assert rows[2][1] == "'@x"

    def test_of_a_team_without_weeks_are_the_head_alone(
        self, client: TestClient, cast: Cast, sign_in: SignIn
    ) -> None:
        assert sign_in(client, cast.eve).get("/teams/merchant/trends.csv").text.count("\n") == 1


def _ten_years(session: Any, team: Team) -> None:
    names = [PAY_IN, PAY_OUT, "一次支付成功率", "退款成功率", AVAILABILITY, "代扣签约成功率", "未结工单"]
    for back in range(520):
        publish(
            session,
            team,
            LAST - WEEK * back,
            {name: f"99.{(back * 37 + place * 611) % 1000:03d}%" for place, name in enumerate(names)},
        )
