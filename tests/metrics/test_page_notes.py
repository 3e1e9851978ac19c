"""What stands beside a metric on the report page."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.db import Database
from app.metrics.actions import find_or_make_metric, set_target
from app.metrics.queries import MetricNote, notes_for_page
from app.reports.events import PageSubject
from app.reports.models import Report
from tests.conftest import Cast
from tests.trends.weeks import LAST, WEEK, document, publish

NAME = "入金有效成功率"


def note(session: Session, report: Report, typed: str = "99.972%", name: str = NAME) -> MetricNote | None:
    subject = PageSubject(report, report.team_id, report.period_start, document({name: typed}))
    found: MetricNote | None = notes_for_page(session, subject)["metric_notes"].get(name)
    return found


@pytest.fixture
def written(database: Database, cast: Cast) -> Database:
    with database.writing() as session:
        for back in range(30, -1, -1):
            if back != 3:
                publish(session, cast.payments, LAST - WEEK * back, {NAME: f"99.9{back:02d}%"})
    return database


def week(session: Session, back: int = 0) -> Report:
    return session.query(Report).filter(Report.period_start == LAST - WEEK * back).one()


class TestAMetricsNote:
    def test_says_last_weeks_value_as_reported(self, written: Database) -> None:
        with written.reading() as session:
            found = note(session, week(session))
            assert found is not None
            assert (found.last_literal, found.key) == ("99.901%", "pay_in_success")

    def test_says_nothing_of_a_missing_last_week(self, written: Database) -> None:
        with written.reading() as session:
            found = note(session, week(session, 2))
            assert found is not None
            assert found.last_literal is None

    def test_draws_the_last_26_weeks_with_their_gap(self, written: Database) -> None:
        with written.reading() as session:
            found = note(session, week(session))
            assert found is not None
            assert found.spark is not None
            assert found.weeks_known == 25
            assert found.spark.trace.count("M") == 2

    def test_ends_with_the_pages_own_value(self, written: Database) -> None:
        with written.reading() as session:
            known, typing = note(session, week(session)), note(session, week(session), "待补")
            assert known is not None
            assert typing is not None
            assert known.spark is not None
            assert typing.spark is not None
            assert known.spark.end is not None
            assert typing.spark.end is None

    def test_names_the_target_in_force(self, written: Database, cast: Cast) -> None:
        with written.writing() as session:
            metric = find_or_make_metric(session, cast.payments.id, NAME)
            set_target(session, metric, literal="99.95%", from_day=date(2024, 1, 1))
            set_target(session, metric, literal="99.98%", from_day=date(2025, 6, 15))
            set_target(session, metric, literal="99.99%", from_day=date(2025, 6, 16))
            now, before = note(session, week(session)), note(session, week(session, 1))
            assert now is not None
            assert before is not None
            assert (now.target_literal, now.meets_target) == ("99.98%", False)
            assert (before.target_literal, before.meets_target) == ("99.95%", True)

    def test_does_not_know_a_value_that_an_amendment_took_away(self, written: Database, cast: Cast) -> None:
        with written.writing() as session:
            publish(session, cast.payments, LAST - WEEK, {}, report=week(session, 1))
            found = note(session, week(session))
            assert found is not None
            assert found.last_literal is None

    def test_is_none_for_a_metric_not_published_yet(self, written: Database) -> None:
        with written.reading() as session:
            assert note(session, week(session), name="代扣签约成功率") is None

    def test_of_all_metrics_costs_two_statements(self, written: Database) -> None:
        counted: list[str] = []
        with written.reading() as session:
            report = week(session)
            event.listen(session.get_bind(), "before_cursor_execute", lambda *args: counted.append(args[2]))
            note(session, report)
            assert len(counted) == 2
