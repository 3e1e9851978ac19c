"""The trend page as people read it: a sentence, a table, pictures; and its numbers as CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.document.schema import Grade
from tests.conftest import Cast, SignIn
from tests.trends.weeks import LAST, WEEK, happen, publish

URL = "/teams/payments/trends"
PAY_IN, PAY_OUT, AVAILABILITY = "入金有效成功率", "出金有效成功率", "支付系统年度可用性"
Read = Callable[..., str]


def words(html: str) -> str:
    """What is written on the page, with single spaces."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def figure(html: str, number: int = 0) -> str:
    found: list[str] = re.findall(r"<figure.*?</figure>", html, re.DOTALL)
    return found[number]


def wide(html: str, number: int = 0) -> str:
    """The chart of twelve months, without the last six weeks beside it."""
    return re.split(r'<p class="panel-name">(?:12 个月|\d+ 周)</p>', figure(html, number))[1]


@pytest.mark.usefixtures("written")
class TestTheHeadline:
    def test_names_the_signal_and_what_it_means(self, read: Read) -> None:
        assert "入金有效成功率 99.965%，超出正常界限：失败 180 → 350 ppm，+94%。" in read().replace(
            "\u00a0", " "
        )

    def test_is_a_sentence_in_english_too(self, read: Read) -> None:
        said = read(language="en").replace("\u00a0", " ")
        assert f"{PAY_IN} 99.965%, outside its ordinary range: failures 180 → 350 ppm, +94%." in said

    def test_is_followed_by_targets_accidents_and_missing_weeks(self, read: Read) -> None:
        said = words(read())
        assert "未达目标 1 项" in said
        assert "2025 年事故：C 级 1、待定级 1" in said
        assert "其间没有周报：第 6 周" in said
        assert "重述 1 次" in said
        assert "未按量加权" in said

    def test_says_how_long_there_was_no_report(self, read: Read, client: TestClient, clock: Any) -> None:
        assert "没有周报 " not in words(read()).replace("其间没有周报", "")
        clock.now = clock.now.replace(month=7, day=4)
        assert "此后 2 周没有周报" in words(read())


@pytest.mark.usefixtures("written")
class TestTheScorecard:
    def test_has_a_row_a_metric_with_all_that_is_asked_first(self, read: Read) -> None:
        html = read()
        rows = re.findall(r"<tr>.*?</tr>", html[html.index("scorecard") : html.index("</table>")], re.DOTALL)
        said = words(rows[1])
        assert said.startswith(f" {PAY_IN} 99 .965% 劣化 时达时否 本周未达 99 .98% ")
        assert "180 → 350 ppm +94%" in said

    def test_says_where_nothing_is_judged(self, read: Read) -> None:
        html = read()
        rows = re.findall(r"<tr>.*?</tr>", html[html.index("scorecard") : html.index("</table>")], re.DOTALL)
        assert "不作判断" in words(rows[2])
        assert "2 位小数，偏粗" in words(rows[2])
        assert "本周达标" in words(rows[2])


@pytest.mark.usefixtures("written")
class TestAChart:
    def test_describes_itself_in_a_computed_sentence(self, read: Read) -> None:
        described = re.search(r"<desc[^>]*>(.*?)</desc>", wide(read()))
        assert described is not None
        assert re.fullmatch(
            r"30 周，最新 99.965%，低于下限 99.97\d\d%，最低 99.912%（第 19 周），目标 99.98%，"
            "缺报 1 周，重述 1 次",
            described[1],
        )

    def test_is_a_picture_with_a_title_beside_links_of_its_points(self, read: Read) -> None:
        drawn = wide(read())
        assert 'role="img" aria-labelledby=' in drawn
        assert drawn.count('<a href="weeks/') == 29
        assert re.search(
            r'<a href="weeks/2025-06-09#reading-\d+"><title>第 24 周 99.965%（99.9645% 至 99.9655%），'
            r"低于下限 99.97\d\d%，未达标，2 号事故",
            drawn,
        )

    def test_shows_the_last_six_weeks_beside_it_on_the_same_scale(self, read: Read) -> None:
        both = figure(read())
        labels = re.findall(r'class="ylab fin"[^>]*>([^<]+)', both)
        assert labels[: len(labels) // 2] == labels[len(labels) // 2 :]
        assert both.count('<a href="weeks/') == 29 + 6

    def test_marks_its_signals(self, read: Read) -> None:
        drawn = wide(read())
        assert drawn.count('class="m-worse"') == 2
        assert drawn.count('class="band"') == 1

    def test_breaks_at_the_missing_week_and_names_it(self, read: Read) -> None:
        drawn = wide(read())
        trace = re.search(r'class="trace"[^>]* d="([^"]*)"', drawn)
        assert trace is not None
        assert trace[1].count("M") == 2
        assert "第 6 周缺报" in drawn
        assert "缺报 1 周：第 6 周" in figure(read())

    def test_says_what_was_restated_and_when_its_target_changed(self, read: Read) -> None:
        said = words(figure(read()))
        assert "第 18 周由 99.982% 重述为 99.989%" in said
        assert "目标 3/31 由 99.97% 改为 99.98%" in said

    def test_shows_exactly_100_as_an_open_mark(self, read: Read) -> None:
        assert wide(read(), 1).count('class="open-mark"') == 1

    def test_says_why_there_are_no_limits(self, read: Read) -> None:
        assert "不画界限：波动只有 2 种取值，2 位小数太粗；请报 3 位小数或报笔数" in words(figure(read(), 1))

    def test_steps_its_target_where_it_changed(self, read: Read) -> None:
        assert wide(read()).count('<line class="target"') == 3

    def test_numbers_the_accidents_that_the_page_lists(self, read: Read) -> None:
        html = read()
        assert wide(html).count('class="pin-no"') == 2
        listed = words(html[html.index('class="pins"') :])
        assert "1 5/21 第 21 周 C 级 青禾银行代扣超时" in listed
        assert "2 6/11 第 24 周 待定级 对账文件解析失败" in listed
        assert "日报延迟" not in listed


@pytest.mark.usefixtures("written")
class TestAYearSoFar:
    def test_is_steps_in_a_section_of_its_own(self, read: Read) -> None:
        html = read()
        assert html.index("年累计") < html.index(f"<h3>{AVAILABILITY}</h3>")
        assert "V" in re.search(r'class="trace"[^>]* d="([^"]*)"', figure(html, 2))[1]  # type: ignore[index]

    def test_is_checked_value_by_value(self, read: Read, database: Database, cast: Cast) -> None:
        assert "20.3 至 22.7 分钟 一致" in words(figure(read(), 2))
        with database.writing() as session:
            publish(session, cast.payments, LAST + WEEK, {AVAILABILITY: "99.999%"})
        said = words(figure(read(), 2))
        assert "变少：截断或重述" in said
        assert "第 25 周：与前后不一致" in said


@pytest.mark.usefixtures("written")
class TestTheTables:
    def test_hold_every_value_as_reported(self, read: Read) -> None:
        html = read()
        numbers = html[html.index("全部数值") :]
        assert numbers.count("<span>99</span><span>.984%</span>") == 6
        assert "<span>99</span><span>.965%</span>" in numbers
        assert "缺报" in numbers
        assert "原 99.982%" in numbers

    def test_tell_change_as_failures(self, read: Read) -> None:
        assert "180 → 350 ppm <b>+94%</b>" in read()


@pytest.mark.usefixtures("written")
class TestWhatIsAsked:
    def test_failures_per_million_instead_of_percent(self, read: Read) -> None:
        html = read("?unit=ppm")
        assert "入金有效成功率 350\u00a0ppm，超出正常界限" in html
        assert "高于上限 2" in figure(html)
        assert "（345\u00a0ppm 至 355\u00a0ppm）" in figure(html)

    def test_more_weeks(self, read: Read) -> None:
        assert figure(read("?weeks=all")).count('<a href="weeks/') == 29
        assert figure(read("?weeks=52")).count('<a href="weeks/') == 29
        assert figure(read("?weeks=26")).count('<a href="weeks/') == 25

    def test_two_periods_to_compare(self, read: Read) -> None:
        html = read("?from_a=2025-01-06&to_a=2025-03-30&from_b=2025-03-31&to_b=2025-06-15")
        said = words(html[html.index('id="comparison"') :])
        assert "2025 年 1 月 6 日至 3 月 30 日，对比 2025 年 3 月 31 日至 6 月 15 日" in said
        assert f"{PAY_IN} 99 .98" in said

    def test_two_periods_that_make_no_sense_are_said_to(self, read: Read) -> None:
        assert "每段时间都要有起止日期" in read("?from_a=2025-05-06&to_a=2025-03-30&from_b=&to_b=")

    def test_what_was_known_on_a_day(self, read: Read) -> None:
        assert "第 18 周由 99.982% 重述为 99.989%" in read("?as_of=2025-06-16")
        before = read("?as_of=2025-06-15")
        assert "2025 年 6 月 15 日当时所知" in before
        assert "99.989%" not in before
        assert "还没有已发布的周报。" in read("?as_of=2020-01-01")

    def test_weeks_until_a_day(self, read: Read) -> None:
        html = read("?until=2025-05-14&weeks=26")
        assert "第 20 周" in html
        assert "第 21 周" not in html
        assert '<a href="/teams/payments/trends?weeks=26"><small>更晚</small>' in html

    def test_a_day_before_the_first_week_shows_the_first(self, read: Read) -> None:
        assert figure(read("?until=2001-01-01&weeks=26")).count('<a href="weeks/') == 1

    @pytest.mark.parametrize("query", ["?weeks=7", "?unit=furlong", "?until=soon", "?as_of=x", "?teams=all"])
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
        assert "入金有效成功率 99.98%；数据还不够，分不出信号与波动。" in html

    def test_whose_weeks_are_all_100_reads_so(self, read: Read, database: Database, cast: Cast) -> None:
        with database.writing() as session:
            for back in range(3):
                publish(session, cast.payments, LAST - WEEK * back, {PAY_IN: "100%"})
        drawn = wide(read())
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
            publish(session, cast.payments, LAST - WEEK * 60, {PAY_OUT: "99.9%"})
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
        assert "2025 年事故：D 级 2" in listed


class TestAGap:
    def test_of_a_week_without_a_report_leads_writers_to_where_it_is_started(
        self, client: TestClient, cast: Cast, sign_in: SignIn, written: Database
    ) -> None:
        week = LAST - WEEK * 18
        started = sign_in(client, cast.lin).get(URL).text.count(f'<a href="weeks/{week}/start">')
        assert started == 2  # a metric each; the year to date draws no gaps to point at
        assert client.get(f"/teams/payments/weeks/{week}/start").status_code == 200
        for reader, query in ((cast.eve, ""), (cast.lin, "?as_of=2025-06-30")):
            assert f'href="weeks/{week}/start"' not in sign_in(client, reader).get(URL + query).text


class TestTheStripOfAccidents:
    @pytest.mark.parametrize(
        ("amounts", "said"),
        [
            ((("5000", "CNY"), ("700", "CNY")), "圆的面积是涉及金额 "),
            ((("5000", "CNY"), ("700", "USD")), "圆的面积是涉及金额，各币种分别计：CNY、USD "),
            ((("5000", "CNY"), ("700", None)), "圆的面积是涉及金额，各币种分别计：未写币种、CNY "),
        ],
        ids=["one currency", "two", "one not said"],
    )
    def test_says_what_its_marks_are_sized_by(
        self, read: Read, database: Database, cast: Cast, amounts: Any, said: str
    ) -> None:
        with database.writing() as session:
            report = publish(session, cast.payments, LAST, {PAY_IN: "99.98%"})
            for value, currency in amounts:
                incident = happen(session, report, grade="C", symptom="通道超时", day="2025-06-10")
                incident.amounts = [{"value": value, "currency": currency}]
        assert said in words(read())


@pytest.mark.usefixtures("written")
class TestTheNumbersAsCsv:
    @pytest.fixture
    def rows(self, client: TestClient, cast: Cast, sign_in: SignIn) -> list[dict[str, str]]:
        answer = sign_in(client, cast.eve).get(f"{URL}.csv?weeks=all")
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.content.startswith(b"\xef\xbb\xbf")
        return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))

    def test_have_a_row_a_reading(self, rows: list[dict[str, str]]) -> None:
        assert len(rows) == 30 * 3
        assert rows[-3] == {
            "week": "2025-06-09",
            "metric": PAY_IN,
            "unit": "%",
            "literal": "99.965%",
            "number": "99.965",
            "low": "99.9645",
            "high": "99.9655",
            "target": "99.98%",
            "revision": "1",
            "former_literal": "",
            "unreported": "",
        }

    def test_keep_what_was_restated(self, rows: list[dict[str, str]]) -> None:
        (restated,) = [row for row in rows if row["former_literal"]]
        assert (restated["literal"], restated["former_literal"], restated["revision"]) == (
            "99.989%",
            "99.982%",
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
