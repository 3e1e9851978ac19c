"""What one takes away from the trend page: each file is opened again here."""

from __future__ import annotations

import csv
import io
import re
import struct
from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.accounts.models import Team
from app.db import Database
from app.metrics.actions import find_or_make_metric, set_target
from app.metrics.models import Annotation, Baseline, Metric, UnreportedReading
from app.trends import export_png
from app.trends.export_svg import LOOKS, WITHOUT_LOOKS, Told, chart_file
from tests.conftest import Cast, SignIn
from tests.states import known_step
from tests.trends.weeks import AT, LAST, WEEK, happen, publish

URL = "/teams/payments/trends"
PAY_IN, PAY_OUT, AVAILABILITY = "入金有效成功率", "出金有效成功率", "支付系统年度可用性"
DANGEROUS = '=HYPERLINK("http://evil.example")成功率'
SVG = "{http://www.w3.org/2000/svg}"
Take = Callable[..., Any]


@pytest.fixture
def written(database: Database, cast: Cast) -> Database:
    """30 weeks with all that can be drawn: a signal, a gap, 100 %, a restatement, remarks, accidents."""
    known_step(database, "weeks to export", lambda: _write(database, cast.payments))
    return database


def _write(database: Database, team: Team) -> None:
    with database.writing() as session:
        for back in range(29, -1, -1):
            if back == 18:
                continue
            pay_in = {0: "99.912%", 5: "100%"}.get(back, f"99.9{70 + back % 7}%")
            values = {PAY_IN: pay_in, PAY_OUT: f"99.95{back % 5}%", AVAILABILITY: "99.991%"}
            if back < 20:
                values[DANGEROUS] = f"98.{back % 4}%"
            report = publish(session, team, LAST - WEEK * back, values)
            if back == 6:
                publish(session, team, LAST - WEEK * 6, values | {PAY_IN: "99.984%"}, report=report)
            if back in (0, 3):
                happen(session, report, grade="C", symptom="+青禾银行<代扣> & 超时", day="2025-05-21")
        pay_in_id = find_or_make_metric(session, team.id, PAY_IN)
        set_target(session, pay_in_id, literal="99.97%", from_day=date(2024, 1, 1))
        set_target(session, pay_in_id, literal="99.98%", from_day=date(2025, 3, 31))
        session.add(
            Annotation(
                team_id=team.id, metric_id=pay_in_id, day=LAST - WEEK * 9, text="切换新通道", created_at=AT
            )
        )
        session.add(
            Baseline(
                metric_id=pay_in_id,
                from_day=LAST - WEEK * 16,
                until_day=LAST - WEEK * 2,
                reason="切换之后",
                created_at=AT,
            )
        )


@pytest.fixture
def take(client: TestClient, cast: Cast, sign_in: SignIn, written: Database) -> Take:
    """A file as the executive takes it away."""

    def taken(path: str, *, language: str = "zh", status: int = 200) -> Any:
        sign_in(client, cast.eve)
        answer = client.get(path, headers={"Accept-Language": language})
        assert answer.status_code == status
        return answer

    return taken


def chart_of(database: Database, name: str, ending: str) -> str:
    with database.reading() as session:
        metric = session.scalars(select(Metric.id).where(Metric.name == name)).one()
    return f"/teams/payments/metrics/{metric}/chart.{ending}"


class TestValuesAsCsv:
    def rows(self, take: Take, query: str = "") -> list[dict[str, str]]:
        text = take(f"{URL}.csv{query}").content.decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline="")))

    def test_have_literal_number_interval_target_and_revision(self, take: Take) -> None:
        row = next(
            row for row in self.rows(take) if row["week"] == LAST.isoformat() and row["metric"] == PAY_IN
        )
        assert row == {
            "week": "2025-06-09",
            "metric": PAY_IN,
            "unit": "%",
            "literal": "99.912%",
            "number": "99.912",
            "low": "99.9115",
            "high": "99.9125",
            "target": "99.98%",
            "revision": "1",
            "former_literal": "",
            "unreported": "",
        }

    def test_say_which_weeks_are_unreported(self, take: Take) -> None:
        missing = [row for row in self.rows(take, "?weeks=all") if row["unreported"]]
        assert {(row["week"], row["metric"], row["unreported"]) for row in missing} == {
            ((LAST - WEEK * 18).isoformat(), name, "yes")
            for name in (PAY_IN, PAY_OUT, AVAILABILITY, "'" + DANGEROUS)
        }
        assert {row["literal"] for row in missing} == {""}

    def test_say_what_was_said_before(self, take: Take) -> None:
        restated = next(row for row in self.rows(take) if row["former_literal"])
        assert (restated["metric"], restated["revision"], restated["literal"]) == (PAY_IN, "2", "99.984%")

    def test_are_those_of_the_weeks_one_looks_at(self, take: Take) -> None:
        until = (LAST - WEEK * 10).isoformat()
        weeks = {row["week"] for row in self.rows(take, f"?weeks=26&until={until}")}
        assert max(weeks) == until

    def test_are_never_formulas(self, take: Take) -> None:
        cells = [cell for row in self.rows(take, "?weeks=all") for cell in row.values()]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


class TestTheWorkbook:
    def book(self, take: Take, query: str = "?weeks=all", language: str = "en") -> Any:
        answer = take(f"{URL}.xlsx{query}", language=language)
        assert answer.headers["content-disposition"].endswith(".xlsx")
        return openpyxl.load_workbook(io.BytesIO(answer.content))

    def table(self, sheet: Any) -> list[dict[str, Any]]:
        head, *rows = sheet.iter_rows(values_only=True)
        return [dict(zip(head, row, strict=True)) for row in rows]

    def test_has_values_limits_signals_and_accidents(self, take: Take) -> None:
        assert self.book(take).sheetnames == ["Values", "Limits", "Signals", "Accidents"]
        assert self.book(take, language="zh").sheetnames == ["数值", "界限", "信号", "事故"]

    def test_holds_numbers_as_numbers_and_days_as_days(self, take: Take) -> None:
        rows = self.table(self.book(take)["Values"])
        newest = next(row for row in rows if row["Metric"] == PAY_IN and row["Week from"].date() == LAST)
        assert (newest["As reported"], newest["Number"]) == ("99.912%", 99.912)
        assert newest["Stands for, from"] == 99.9115
        assert sum(1 for row in rows if row["Missing"]) == 4

    def test_tells_a_gap_from_what_was_said_not_to_be_reported(
        self, take: Take, database: Database, cast: Cast
    ) -> None:
        with database.writing() as session:
            report = publish(session, cast.payments, LAST + WEEK, {PAY_IN: "99.98%"})
            for name, literal in ((PAY_OUT, "暂无"), (AVAILABILITY, "-")):
                session.add(
                    UnreportedReading(
                        team_id=cast.payments.id,
                        report_id=report.id,
                        metric_id=find_or_make_metric(session, cast.payments.id, name),
                        revision=1,
                        period_start=LAST + WEEK,
                        literal=literal,
                    )
                )
        rows = self.table(self.book(take)["Values"])
        newest = {
            row["Metric"]: (row["As reported"], row["Number"], row["Missing"])
            for row in rows
            if row["Week from"].date() == LAST + WEEK
        }
        assert newest == {
            PAY_IN: ("99.98%", 99.98, None),
            PAY_OUT: ("暂无", None, "not reported"),
            AVAILABILITY: ("'-", None, "not reported"),
            "'" + DANGEROUS: (None, None, "missing"),
        }

    def test_says_by_which_limits_weeks_are_judged_and_who_locked_them_why(self, take: Take) -> None:
        rows = [row for row in self.table(self.book(take)["Limits"]) if row["Metric"] == PAY_IN]
        assert rows[-1]["Locked because"] == "切换之后"
        assert rows[-1]["Lower limit"] < rows[-1]["Centre"] < rows[-1]["Upper limit"] <= 100
        year = [row for row in self.table(self.book(take)["Limits"]) if row["Metric"] == AVAILABILITY]
        assert year[0]["No limits because"] == "year to date: no limits"

    def test_says_which_weeks_are_signals(self, take: Take) -> None:
        rows = self.table(self.book(take)["Signals"])
        assert ("99.912%", "outside the limits", "worse") in [
            (row["As reported"], row["Signal"], row["Side"]) for row in rows
        ]

    def test_tells_the_accidents(self, take: Take) -> None:
        rows = self.table(self.book(take)["Accidents"])
        assert [(row["No."], row["Grade"], row["Symptom"]) for row in rows] == [
            (1, "C", "'+青禾银行<代扣> & 超时"),
            (2, "C", "'+青禾银行<代扣> & 超时"),
        ]

    def test_has_no_formula_and_no_link(self, take: Take) -> None:
        for sheet in self.book(take):
            for row in sheet.iter_rows():
                for cell in row:
                    assert cell.data_type != "f"
                    assert cell.hyperlink is None
                    assert not str(cell.value or "").startswith(("=", "+", "@"))

    def test_of_a_team_without_published_weeks_is_not_there(self, take: Take) -> None:
        assert (
            "No week is published yet" in take("/teams/merchant/trends.xlsx", language="en", status=404).text
        )


class TestOneChartAsSvg:
    def drawing(self, take: Take, database: Database, name: str = PAY_IN, query: str = "") -> Any:
        answer = take(chart_of(database, name, "svg") + query)
        assert answer.headers["content-type"] == "image/svg+xml"
        return ElementTree.fromstring(answer.content)

    def words(self, drawing: Any) -> str:
        return "\n".join("".join(text.itertext()) for text in drawing.iter(f"{SVG}text"))

    @pytest.mark.parametrize("name", [PAY_IN, PAY_OUT, AVAILABILITY, DANGEROUS])
    @pytest.mark.parametrize("query", ["", "?weeks=26", "?weeks=all&unit=ppm"])
    def test_needs_nothing_else(self, take: Take, written: Database, name: str, query: str) -> None:
        drawing = self.drawing(take, written, name, query)
        for element in drawing.iter():
            assert "class" not in element.attrib
            assert "style" not in element.attrib
            assert not [value for value in element.attrib.values() if value.endswith("%")]
            assert "href" not in " ".join(element.attrib)
        assert drawing.tag == f"{SVG}svg"
        assert [inner for inner in drawing.iter(f"{SVG}svg") if inner is not drawing] == []

    def test_says_what_it_is_what_it_means_and_what_its_marks_stand_for(
        self, take: Take, written: Database
    ) -> None:
        drawing = self.drawing(take, written)
        said = self.words(drawing)
        assert said.startswith(PAY_IN)
        assert "示例支付平台组 · 2024 年" in said
        assert "第 24 周 99.912%" in said
        assert "+青禾银行<代扣> & 超时" in said
        assert "切换新通道" in said
        assert drawing.find(f"{SVG}title").text == PAY_IN

    def test_lies_within_its_frame(self, take: Take, written: Database) -> None:
        drawing = self.drawing(take, written)
        height = float(drawing.get("height"))
        assert max(float(text.get("y")) for text in drawing.findall(f"{SVG}text")) < height

    def test_draws_every_class_that_the_page_styles(self, take: Take) -> None:
        pages = [take(URL + query).text for query in ("", "?weeks=26", "?weeks=all")]
        charts = re.findall(
            r'<svg class="chart" height="[^"]*">.*?<g class="spots"', "".join(pages), re.DOTALL
        )
        used = {
            name
            for chart in charts
            for classes in re.findall(r'class="([^"]*)"', chart)
            for name in classes.split()
        }
        assert {"trace", "dots", "band", "ring", "pin", "flag", "m-worse", "break"} <= used
        assert used - set(LOOKS) - WITHOUT_LOOKS == set()

    def test_of_a_metric_without_values_is_not_there(self, take: Take, written: Database, cast: Cast) -> None:
        with written.writing() as session:
            find_or_make_metric(session, cast.payments.id, "退款成功率")
        assert "没有图可导出" in take(chart_of(written, "退款成功率", "svg"), status=404).text

    def test_stretches_paths_and_keeps_the_rest(self) -> None:
        chart = (
            '<svg class="chart" height="50"><svg width="100%" height="50" viewBox="0 0 20 50" '
            'preserveAspectRatio="none"><path class="trace" d="M5 10L15 20.5H20V3M7 7h0"/></svg>'
            '<use class="m-worse" href="#diamond" x="25%" y="9"/></svg>'
        )
        drawing = ElementTree.fromstring(chart_file(chart, Told("t", "a", [], [], "s")))
        trace, diamond = list(drawing.iter(f"{SVG}path"))[-2:]
        assert trace.get("d") == "M193 10L579 20.5H772V3M270.2 7h0"
        assert diamond.get("transform") == "translate(193 9)"


class TestOneChartAsPng:
    def test_is_a_picture_twice_as_large(self, take: Take, written: Database) -> None:
        drawing = ElementTree.fromstring(take(chart_of(written, PAY_IN, "svg")).content)
        answer = take(chart_of(written, PAY_IN, "png"))
        assert answer.headers["content-type"] == "image/png"
        assert answer.content.startswith(b"\x89PNG\r\n\x1a\n")
        width, height = struct.unpack(">II", answer.content[16:24])
        assert (width, height) == (2 * int(drawing.get("width")), 2 * int(drawing.get("height")))

    def test_is_refused_with_words_where_no_font_has_chinese_letters(
        self, take: Take, written: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(export_png, "FOLDERS", (tmp_path,))
        answer = take(chart_of(written, PAY_IN, "png"), status=503)
        assert "服务器上没有中文字体" in answer.text
        english = take(chart_of(written, PAY_IN, "png"), status=503, language="en")
        assert "fonts-noto-cjk" in english.text

    def test_takes_the_best_font_there_is(self, tmp_path: Path) -> None:
        (tmp_path / "deep").mkdir()
        for name in ("wqy-microhei.ttc", "deep/NotoSansCJK-Regular.ttc", "deep/NotoSansCJK-Black.ttc"):
            (tmp_path / name).touch()
        font = export_png.find_font((tmp_path / "nowhere", tmp_path))
        assert font is not None
        assert font.family == "Noto Sans CJK SC"
        assert font.files == (str(tmp_path / "deep/NotoSansCJK-Regular.ttc"),)


class _Addresses(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: set[str] = set()
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name in ("href", "src", "action", "srcset", "data", "poster"):
                self.addresses.add(value or "")
            if name.startswith("on") or name.startswith("hx-"):
                self.handlers.append(name)


class TestThePageAsAFile:
    @pytest.mark.parametrize("query", ["", "?weeks=52&unit=ppm", "?weeks=all"])
    def test_has_no_script_and_nothing_to_fetch_and_leads_to_its_origin_alone(
        self, take: Take, query: str
    ) -> None:
        html = take(f"{URL}.html{query}").text
        found = _Addresses()
        found.feed(html)
        assert not found.tags & {"script", "link", "img", "iframe", "form", "input", "object"}
        assert found.handlers == []
        elsewhere = {address for address in found.addresses if not address.startswith("#")}
        assert elsewhere == {f"http://weekline.test{URL}{query}"}
        assert "@import" not in html
        assert set(re.findall(r"url\(([^)]*)\)", html)) <= {"#hatch"}

    def test_shows_what_the_page_shows(self, take: Take) -> None:
        html = take(f"{URL}.html").text
        for said in (PAY_IN, "99.912%", "切换新通道", "+青禾银行&lt;代扣&gt; &amp; 超时"):
            assert said in html
        assert "<style>" in html

    def test_holds_every_drawing_it_uses(self, take: Take) -> None:
        html = take(f"{URL}.html").text
        used = set(re.findall(r'<use[^>]* href="#([\w-]+)"', html))
        assert used
        assert used <= set(re.findall(r'id="([\w-]+)"', html))

    def test_comes_as_a_download_that_names_the_day(self, take: Take) -> None:
        answer = take(f"{URL}.html?until=2025-05-18")
        assert answer.headers["content-disposition"] == (
            "attachment; filename*=UTF-8''payments%20trends%202025-05-18.html"
        )
