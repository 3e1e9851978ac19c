"""Readings of published weeks: stored exactly, by metrics that keep their identity."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.accounts.models import Team
from app.db import Database
from app.errors import Invalid, NotFound
from app.metrics.actions import find_or_make_metric, keep_readings, set_target
from app.metrics.models import Metric, MetricName, Reading, Target
from app.reports.events import Publication
from app.reports.models import Item, Section
from tests.conftest import Cast
from tests.trends.weeks import AT, LAST, WEEK, document, publish


def readings(session: Session) -> list[Reading]:
    return list(session.scalars(select(Reading).order_by(Reading.period_start, Reading.position)))


class TestAPublishedWeek:
    def test_keeps_the_digits_as_they_were_typed(self, database: Database, cast: Cast) -> None:
        with database.writing() as session:
            publish(session, cast.payments, LAST, {"入金有效成功率": "99.980%", "交易额": "1,029,126,803.25"})
        with database.reading() as session:
            pay_in, amount = readings(session)
            assert (pay_in.literal, str(pay_in.value), pay_in.decimals) == ("99.980%", "99.980", 3)
            assert (amount.literal, amount.value) == ("1,029,126,803.25", Decimal("1029126803.25"))

    def test_names_its_revision_and_the_item_the_value_stands_in(
        self, database: Database, cast: Cast
    ) -> None:
        with database.writing() as session:
            report = publish(session, cast.payments, LAST, {})
            section = Section(report_id=report.id, kind="metrics", position=0)
            session.add(section)
            session.flush()
            item = Item(report_id=report.id, section_id=section.id, text="入金有效成功率：99.98%", position=0)
            session.add(item)
            session.flush()
            said = document({"入金有效成功率": "99.98%"})
            keep_readings(session, Publication(report, said, {(0, (0,)): item.id}, 4, None, AT))
            stored = session.scalars(select(Reading)).one()
            assert (stored.revision, stored.item_id) == (4, item.id)
            assert item.text[stored.start : stored.end] == item.text

    def test_that_names_a_metric_twice_keeps_the_first(self, database: Database, cast: Cast) -> None:
        twice = document({"入金有效成功率": "99.98%", "【入金 有效成功率】": "11.00%"})
        with database.writing() as session:
            report = publish(session, cast.payments, LAST, {})
            keep_readings(session, Publication(report, twice, {}, 1, None, AT))
            assert [reading.literal for reading in readings(session)] == ["99.98%"]

    @pytest.mark.parametrize("typed", ["待补", "NaN", "Infinity", "—"])
    def test_leaves_out_what_is_no_number(self, database: Database, cast: Cast, typed: str) -> None:
        with database.writing() as session:
            publish(session, cast.payments, LAST, {"入金有效成功率": typed, "出金有效成功率": "99.9%"})
            assert [reading.name for reading in readings(session)] == ["出金有效成功率"]


class TestAMetric:
    def test_is_made_when_it_is_first_reported(self, database: Database, cast: Cast) -> None:
        with database.writing() as session:
            publish(
                session,
                cast.payments,
                LAST,
                {"入金有效成功率": "99.98%", "支付系统年度可用性": "99.99%", "未结工单": "8个"},
            )
            made = session.scalars(select(Metric).order_by(Metric.position)).all()
            assert [(one.key, one.kind, one.direction, one.scale) for one in made] == [
                ("pay_in_success", "rate", "up", "nines"),
                ("availability_ytd", "ytd_rate", "up", "nines"),
                ("metric-3", "count", "up", "linear"),
            ]

    def test_is_found_again_however_its_name_is_spelt(self, database: Database, cast: Cast) -> None:
        with database.writing() as session:
            publish(session, cast.payments, LAST - WEEK, {"入金有效成功率": "99.98%"})
        with database.writing() as session:
            publish(session, cast.payments, LAST, {"【入金】有效成功率": "99.97%"})
            assert len({reading.metric_id for reading in readings(session)}) == 1

    def test_of_another_team_is_another(self, database: Database, cast: Cast) -> None:
        with database.writing() as session:
            publish(session, cast.payments, LAST, {"入金有效成功率": "99.98%"})
            publish(session, cast.merchant, LAST, {"入金有效成功率": "99.98%"})
            assert len({reading.metric_id for reading in readings(session)}) == 2

    def test_may_go_by_several_names(self, database: Database, cast: Cast) -> None:
        with database.writing() as session:
            first = find_or_make_metric(session, cast.payments.id, "入金有效成功率", also=("入金成功率",))
            assert find_or_make_metric(session, cast.payments.id, "入金成功率") == first
            assert len(session.scalars(select(MetricName)).all()) == 2

    def test_that_needs_a_taken_key_gets_a_number(self, database: Database, cast: Cast) -> None:
        with database.writing() as session:
            find_or_make_metric(session, cast.payments.id, "支付系统年度可用性", unit="%")
            find_or_make_metric(session, cast.payments.id, "账户系统年度可用性", unit="%")
            keys = session.scalars(select(Metric.key).order_by(Metric.id)).all()
            assert keys == ["availability_ytd", "metric-2"]

    def test_made_in_a_savepoint_that_failed_is_made_anew(self, database: Database, cast: Cast) -> None:
        with database.writing() as session:
            savepoint = session.begin_nested()
            find_or_make_metric(session, cast.payments.id, "入金有效成功率")
            savepoint.rollback()
            found = find_or_make_metric(session, cast.payments.id, "入金有效成功率")
            assert session.get(Metric, found) is not None


class TestImportingManyWeeks:
    def test_costs_one_statement_a_week_once_the_metrics_are_known(
        self, database: Database, cast: Cast
    ) -> None:
        counted: list[str] = []
        with database.writing() as session:
            reports = [publish(session, cast.payments, LAST - WEEK * back, {}) for back in range(20)]
            keep_readings(session, Publication(reports[0], document(VALUES), {}, 1, None, AT))
            event.listen(session.get_bind(), "before_cursor_execute", lambda *args: counted.append(args[2]))
            for report in reports[1:]:
                keep_readings(session, Publication(report, document(VALUES), {}, 1, None, AT))
            assert len(counted) == 19
            assert len(readings(session)) == 40


VALUES = {"入金有效成功率": "99.98%", "出金有效成功率": "99.9%"}


class TestATarget:
    @pytest.fixture
    def metric(self, database: Database, cast: Cast) -> int:
        with database.writing() as session:
            return find_or_make_metric(session, cast.payments.id, "入金有效成功率", unit="%")

    def test_is_kept_as_typed_and_refreshes_the_teams_pages(
        self, database: Database, cast: Cast, metric: int
    ) -> None:
        with database.writing() as session:
            set_target(session, metric, literal="99.980%", from_day=date(2025, 1, 1))
        with database.reading() as session:
            target = session.scalars(select(Target)).one()
            assert (target.literal, target.value) == ("99.980%", Decimal("99.980"))
            assert session.get_one(Team, cast.payments.id).pulse == cast.payments.pulse + 1

    def test_of_the_same_day_is_replaced(self, database: Database, metric: int) -> None:
        with database.writing() as session:
            set_target(session, metric, literal="99.9%", from_day=date(2025, 1, 1))
            set_target(session, metric, literal="99.98%", from_day=date(2025, 1, 1))
            target = session.scalars(select(Target)).one()
            assert (target.literal, target.version) == ("99.98%", 2)

    def test_must_be_a_number_of_a_known_metric(self, database: Database, metric: int) -> None:
        with database.writing() as session:
            with pytest.raises(Invalid):
                set_target(session, metric, literal="high", from_day=date(2025, 1, 1))
            with pytest.raises(NotFound):
                set_target(session, metric + 1, literal="99%", from_day=date(2025, 1, 1))
