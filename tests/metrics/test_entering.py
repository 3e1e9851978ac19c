"""Filling in the week's figures: each with what is known of it, its counts, or that there is none."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import delete, select
from starlette.testclient import TestClient

from app.db import Database
from app.document.schema import Document
from app.metrics.models import Reading, UnreportedReading
from app.reports.assembly import document_of, published_document
from app.reports.models import Item, Report
from tests.conftest import Cast, Clock, SignIn
from tests.reports.pages import MONDAY, store_week
from tests.trends.weeks import WEEK, publish

URL = f"/teams/payments/weeks/{MONDAY.isoformat()}"
NAME = "入金有效成功率"


@dataclass
class Entering:
    database: Database
    client: TestClient
    report_id: int

    def item(self, beginning: str) -> Item:
        with self.database.reading() as session:
            return session.scalars(
                select(Item).where(Item.report_id == self.report_id, Item.text.startswith(beginning))
            ).one()

    @property
    def document(self) -> Document:
        with self.database.reading() as session:
            return document_of(session, session.get_one(Report, self.report_id))

    def save(
        self,
        base: str,
        literal: str,
        *,
        name: str = NAME,
        at: str | None = None,
        htmx: bool = True,
        **more: str,
    ) -> Any:
        fields = {
            "item": str(self.item(at or name).id),
            "name": name,
            "base": base,
            "literal": literal,
            **more,
        }
        if "numerator" in more:
            fields["counted"] = "true"
        headers = {"HX-Request": "true"} if htmx else {}
        return self.client.post(f"{URL}/readings", data=fields, headers=headers)

    def rewrite(self, beginning: str, text: str) -> None:
        item = self.item(beginning)
        answer = self.client.post(f"{URL}/items/{item.id}", data={"text": text, "version": str(item.version)})
        assert answer.status_code == 303

    def publish(self) -> None:
        with self.database.reading() as session:
            version = session.get_one(Report, self.report_id).version
        answer = self.client.post(f"{URL}/publication", data={"version": str(version), "reason": "补数"})
        assert answer.status_code == 303


@pytest.fixture
def week(database: Database, client: TestClient, cast: Cast, clock: Clock, sign_in: SignIn) -> Entering:
    with database.writing() as session:
        for back in range(12, 0, -1):
            value = f"99.9{60 + back * 7 % 30:02d}%"
            publish(session, cast.payments, MONDAY - WEEK * back, {NAME: value, "退款成功率": "99.9%"})
    report_id = store_week(database, cast.payments, cast.lin, clock.now)
    client.headers["Accept-Language"] = "zh-CN"
    return Entering(database, sign_in(client, cast.lin), report_id)


class TestThePage:
    def test_shows_last_weeks_value_and_the_line_beside_each_field(self, week: Entering) -> None:
        page = week.client.get(f"{URL}/edit").text
        row = page[page.index(f">{NAME}</label>") :]
        row = row[: row.index("</tr>")]
        assert "99.967%" in row
        assert 'class="spark"' in row

    def test_shows_them_for_a_metric_that_waits_for_its_value_too(self, week: Entering) -> None:
        week.save("99.972%", "")
        page = week.client.get(f"{URL}/edit").text
        row = page[page.index(f">{NAME}</label>") :]
        row = row[: row.index("</tr>")]
        assert "99.967%" in row
        assert "还没填" in row

    def test_shows_the_last_value_there_is_where_last_week_has_none(self, week: Entering) -> None:
        with week.database.writing() as session:
            last = session.scalars(select(Report).where(Report.period_start == MONDAY - WEEK)).one()
            session.execute(delete(Reading).where(Reading.report_id == last.id))
        page = week.client.get(f"{URL}/edit").text
        row = page[page.index(f">{NAME}</label>") :]
        row = row[: row.index("</tr>")]
        assert 'placeholder="如 99.974%"' in row
        assert 'data-l="第 21 周">99.974%' in row

    def test_makes_fields_of_metrics_nested_below_their_group(self, week: Entering) -> None:
        week.client.post(
            f"{URL}/items",
            data={
                "section": str(week.item(NAME).section_id),
                "parent": str(week.item(NAME).id),
                "text": "退款成功率：99.9%",
            },
        )
        week.rewrite(NAME, "成功率：")
        page = week.client.get(f"{URL}/edit").text
        assert ">退款成功率</label>" in page
        assert ">成功率</label>" not in page

    def test_costs_the_same_queries_however_many_metrics_there_are(
        self, week: Entering, query_counter: Callable[[], Any]
    ) -> None:
        with query_counter() as few:
            week.client.get(f"{URL}/edit")
        item = week.item(NAME)
        with week.database.writing() as session:
            session.get_one(Report, week.report_id).version += 1
            for number in range(20):
                session.add(
                    Item(
                        report_id=week.report_id,
                        section_id=item.section_id,
                        text=f"第{number}通道成功率：99.9%",
                        position=20 + number,
                    )
                )
        with query_counter() as many:
            week.client.get(f"{URL}/edit")
        assert many.total == few.total


class TestSaving:
    def test_answers_with_what_is_to_be_said_and_leaves_the_field_alone(self, week: Entering) -> None:
        answer = week.save("99.972%", "9.9972")
        assert answer.status_code == 200
        assert "像是小数点移位" in answer.text
        assert 'value="99.972%"' in answer.text
        assert 'name="literal"' not in answer.text
        assert week.item(NAME).text == f"{NAME}：9.9972%"

    def test_takes_a_proposed_value(self, week: Entering) -> None:
        week.save("99.972%", "9.9972")
        week.save("9.9972%", "9.9972%", accepted="99.972%")
        assert week.item(NAME).text == f"{NAME}：99.972%"

    def test_asks_about_a_value_outside_the_ordinary_range_and_keeps_it(self, week: Entering) -> None:
        answer = week.save("99.972%", "99.612")
        assert "确认无误" in answer.text
        assert week.item(NAME).text == f"{NAME}：99.612%"

    def test_without_scripts_leads_back_to_the_page(self, week: Entering) -> None:
        assert week.save("99.972%", "99.980", htmx=False).status_code == 303

    def test_of_a_metric_that_is_gone_is_said(self, week: Entering) -> None:
        assert week.save("99.972%", "99.980", name="没有这个率", at=NAME).status_code == 404


class TestCounts:
    def test_are_written_behind_the_value_and_read_back(self, week: Entering) -> None:
        week.save("99.972%", "99.980%", numerator="1,234,320", denominator="1234567")
        assert week.item(NAME).text == f"{NAME}：99.980%（1,234,320/1,234,567）"
        metric = week.document.metrics[0]
        assert (metric.value, metric.numerator, metric.denominator) == ("99.980", "1234320", "1234567")

    def test_stay_when_only_the_value_is_sent(self, week: Entering) -> None:
        week.save("99.972%", "99.980%", numerator="1234320", denominator="1234567")
        week.save("99.980%（1,234,320/1,234,567）", "99.98%")
        assert week.item(NAME).text == f"{NAME}：99.98%（1,234,320/1,234,567）"

    def test_go_when_they_are_emptied(self, week: Entering) -> None:
        week.save("99.972%", "99.980%", numerator="1234320", denominator="1234567")
        week.save("99.980%（1,234,320/1,234,567）", "99.980%", numerator="", denominator="")
        assert week.item(NAME).text == f"{NAME}：99.980%"

    def test_alone_give_the_value(self, week: Entering) -> None:
        week.save("99.972%", "", numerator="1234320", denominator="1234567")
        assert week.item(NAME).text == f"{NAME}：99.980%（1,234,320/1,234,567）"

    def test_do_not_bring_back_a_value_that_is_emptied(self, week: Entering) -> None:
        week.save("99.972%", "99.980%", numerator="1234320", denominator="1234567")
        week.save("99.980%（1,234,320/1,234,567）", "", numerator="1,234,320", denominator="1,234,567")
        assert week.item(NAME).text == f"{NAME}："

    def test_that_disagree_are_pointed_out_and_kept(self, week: Entering) -> None:
        answer = week.save("99.972%", "99.980%", numerator="9999", denominator="10000")
        assert "按分子分母应为 99.990%" in answer.text
        assert week.item(NAME).text == f"{NAME}：99.980%（9,999/10,000）"

    def test_changed_meanwhile_are_refused_with_both(self, week: Entering) -> None:
        week.save("99.972%", "99.972%", numerator="9997", denominator="10000")
        stale = week.save("99.972%", "99.980%")
        assert stale.status_code == 409
        assert "99.972%（9,997/10,000）" in stale.text

    @pytest.mark.parametrize(("numerator", "denominator"), [("5", ""), ("五", "6"), ("1", "0")])
    def test_that_are_no_pair_are_refused(self, week: Entering, numerator: str, denominator: str) -> None:
        answer = week.save("99.972%", "99.98%", numerator=numerator, denominator=denominator)
        assert answer.status_code == 422
        assert week.item(NAME).text == f"{NAME}：99.972%"

    def test_are_kept_with_the_reading_of_a_published_week(self, week: Entering) -> None:
        week.save("99.972%", "99.980%", numerator="1234320", denominator="1234567")
        week.publish()
        with week.database.reading() as session:
            reading = session.scalars(
                select(Reading).where(
                    Reading.report_id == week.report_id, Reading.revision == 2, Reading.name == NAME
                )
            ).one()
        assert (reading.literal, reading.numerator, reading.denominator) == ("99.980%", 1234320, 1234567)

    def test_stand_beside_the_value_for_readers(self, week: Entering) -> None:
        week.save("99.972%", "99.980%", numerator="1234320", denominator="1234567")
        week.publish()
        assert "（1,234,320/1,234,567）" in week.client.get(URL).text


class TestNotReported:
    def test_is_a_statement_of_its_own(self, week: Entering) -> None:
        week.save("99.972%", "99.972%", unreported="true")
        assert week.item(NAME).text == f"{NAME}：未上报"
        document = week.document
        assert [one.name for one in document.unreported] == [NAME]
        assert NAME not in [metric.name for metric in document.metrics]

    def test_differs_from_an_empty_field(self, week: Entering) -> None:
        week.save("99.972%", "")
        assert week.document.unreported == []

    def test_may_be_typed_as_well(self, week: Entering) -> None:
        assert week.save("99.972%", "未上报").status_code == 200
        assert [one.name for one in week.document.unreported] == [NAME]

    def test_is_taken_back_by_a_value(self, week: Entering) -> None:
        week.save("99.972%", "", unreported="true")
        week.save("未上报", "99.980")
        assert week.item(NAME).text == f"{NAME}：99.980%"

    def test_is_kept_by_publishing_and_shown_to_readers(self, week: Entering) -> None:
        week.save("99.972%", "", unreported="true")
        week.publish()
        with week.database.reading() as session:
            row = session.scalars(select(UnreportedReading)).one()
            document = published_document(session, session.get_one(Report, week.report_id))
        assert (row.literal, row.period_start, row.revision) == ("未上报", MONDAY, 2)
        assert [one.name for one in document.unreported] == [NAME]
        assert re.search(r'class="unreported">未上报<', week.client.get(URL).text)

    def test_stands_in_the_file_of_all_readings(self, week: Entering) -> None:
        week.save("99.972%", "", unreported="true")
        week.publish()
        rows = week.client.get("/teams/payments/trends.csv?weeks=all").text.splitlines()
        row = next(row for row in rows if row.startswith(f"{MONDAY.isoformat()},{NAME},"))
        assert ",未上报,,,," in row
        assert row.endswith(",yes")


class TestMetricsByAStroke:
    @pytest.fixture(autouse=True)
    def line(self, week: Entering) -> None:
        week.rewrite(NAME, "代收/代付成功率：99.99%/99.98%")

    def test_are_two_fields(self, week: Entering) -> None:
        page = week.client.get(f"{URL}/edit").text
        assert ">代收成功率</label>" in page
        assert ">代付成功率</label>" in page

    def test_are_corrected_each_in_its_place(self, week: Entering) -> None:
        week.save("99.98%", "99.97", name="代付成功率", at="代收/")
        assert week.item("代收").text == "代收/代付成功率：99.99%/99.97%"

    def test_are_parted_by_what_a_stroke_cannot_say(self, week: Entering) -> None:
        week.save("99.98%", "", name="代付成功率", at="代收/", unreported="true")
        assert week.item("代收").text == "代收成功率：99.99%，代付成功率：未上报"

    def test_are_parted_when_one_is_removed(self, week: Entering) -> None:
        item = week.item("代收")
        week.client.post(
            f"{URL}/readings/removal", data={"item": str(item.id), "name": "代收成功率", "base": "99.99%"}
        )
        assert week.item("代").text == "代付成功率：99.98%"

    def test_are_two_rows_for_readers(self, week: Entering) -> None:
        week.publish()
        page = week.client.get(URL).text
        assert ">代收成功率</th>" in page
        assert ">代付成功率</th>" in page
