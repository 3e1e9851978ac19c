"""What pages say that no rate can be: shown as written, judged by nothing, told on the page and in files."""

from __future__ import annotations

import csv
import io
import re

import openpyxl
import pytest
from starlette.testclient import TestClient

from app.db import Database
from tests.conftest import Cast, SignIn
from tests.trends.conftest import Read
from tests.trends.weeks import LAST, WEEK, publish

URL, PAY_IN = "/teams/payments/trends", "入金有效成功率"


@pytest.fixture
def slipped(database: Database, cast: Cast) -> None:
    """Twenty ordinary weeks, but for one of 100.30 % and the newest, of −1 %."""
    with database.writing() as session:
        for back in range(19, -1, -1):
            literal = {0: "-1%", 5: "100.30%"}.get(back, f"99.98{back * back % 9}%")
            publish(session, cast.payments, LAST - WEEK * back, {PAY_IN: literal})


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


@pytest.mark.usefixtures("slipped")
class TestAValueThatNoRateCanHave:
    @pytest.mark.parametrize(
        ("language", "headline", "found", "cell"),
        [
            (
                "zh",
                "写作 -1%，比率只能在 0 到 100% 之间，请核对",
                "第 19 周写作 100.30%，不在 0 到 100% 之间，未计入",
                "不可能",
            ),
            (
                "en",
                "is given as -1%, which no rate can be: please check",
                "Week 19 says 100.30%, which no rate can be: left out",
                "not possible",
            ),
        ],
    )
    def test_is_told_in_words(self, read: Read, language: str, headline: str, found: str, cell: str) -> None:
        for query in ("", "?unit=ppm&weeks=26"):
            html = read(query, language=language)
            assert headline in words(html)
            assert words(html).count(found) == 2 + ("weeks" not in query)  # a finding, and the week itself
            table = html[html.index('id="numbers"') :]
            assert words(table).count(cell) == 2

    def test_leaves_the_scale_and_the_limits_alone(self, read: Read) -> None:
        chart = read("?weeks=26").partition("<figure")[2].partition("</figure>")[0]
        assert 'class="band"' in chart
        assert "99.98%" in chart
        assert ">0%<" not in chart

    def test_stands_in_files_as_written(self, client: TestClient, cast: Cast, sign_in: SignIn) -> None:
        sign_in(client, cast.eve)
        text = client.get(URL + ".csv").content.decode("utf-8-sig")
        rows = {row["week"]: row for row in csv.DictReader(io.StringIO(text))}
        slip = rows[str(LAST - WEEK * 5)]
        assert (slip["literal"], slip["number"], slip["low"], slip["high"]) == (
            "100.30%",
            "100.30",
            "100.295",
            "100.305",
        )
        book = openpyxl.load_workbook(io.BytesIO(client.get(URL + ".xlsx").content))
        told = [row[-1].value for row in book.worksheets[0].iter_rows(min_row=2)]
        assert told.count("不可能") + told.count("not possible") == 2
