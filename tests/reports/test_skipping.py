"""A week without a report on purpose is said with a word, and is no gap."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.accounts.models import AuditEvent
from app.db import Database
from app.reports.models import Report, SkippedWeek
from tests.conftest import Cast, Clock, SignIn
from tests.reports.pages import MONDAY, store_week
from tests.reports.reading import parse

WEEKS = "/teams/payments/weeks"
SKIPS = "/teams/payments/skipped-weeks"
THIS = MONDAY + timedelta(weeks=1)
WORD = "端午假期"


@pytest.fixture
def lin(client: TestClient, cast: Cast, sign_in: SignIn, database: Database, clock: Clock) -> TestClient:
    store_week(database, cast.payments, cast.lin, clock.now)
    return sign_in(client, cast.lin)


def skip(client: TestClient, monday: date = THIS, reason: str = WORD, **more: str) -> Any:
    return client.post(SKIPS, data={"period_start": monday.isoformat(), "reason": reason, **more})


def skipped(database: Database) -> list[tuple[date, str]]:
    with database.reading() as session:
        return [
            (one.period_start, one.reason)
            for one in session.scalars(select(SkippedWeek).order_by(SkippedWeek.period_start))
        ]


def text_of(client: TestClient, path: str) -> str:
    return " ".join(parse(client.get(path).text).text().split())


class TestSkippingAWeek:
    def test_keeps_the_word_and_goes_back_where_one_was(self, lin: TestClient, database: Database) -> None:
        answer = skip(lin, THIS + timedelta(days=3), f" {WORD} ", next="/")
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert skipped(database) == [(THIS, WORD)]

    def test_leads_nowhere_else(self, lin: TestClient) -> None:
        assert skip(lin, next="//elsewhere.example").headers["location"] == "/"
        assert skip(lin).headers["location"] == WEEKS

    def test_needs_a_word(self, lin: TestClient, database: Database) -> None:
        assert skip(lin, reason="  ").status_code == 422
        assert skip(lin, reason="长" * 121).status_code == 422
        assert skipped(database) == []

    def test_said_again_takes_the_new_word(self, lin: TestClient, database: Database) -> None:
        skip(lin)
        skip(lin, reason="全员培训")
        assert skipped(database) == [(THIS, "全员培训")]

    def test_that_has_a_report_is_refused(self, lin: TestClient, database: Database) -> None:
        assert skip(lin, MONDAY).status_code == 409
        assert skipped(database) == []

    @pytest.mark.parametrize("day", ["soon", "1990-01-01", "9999-12-31"])
    def test_on_no_day_of_a_calendar_is_refused(self, lin: TestClient, day: str) -> None:
        assert lin.post(SKIPS, data={"period_start": day, "reason": WORD}).status_code == 422

    def test_is_written_down(self, lin: TestClient, database: Database) -> None:
        skip(lin)
        lin.post(f"{SKIPS}/{THIS}/removal")
        with database.reading() as session:
            actions = list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))
        assert actions[-2:] == ["week.skipped", "week.unskipped"]


class TestASkippedWeek:
    def test_is_said_to_be_skipped_wherever_weeks_are_shown(self, lin: TestClient, clock: Clock) -> None:
        skip(lin)
        clock.now += timedelta(days=4)
        year = text_of(lin, WEEKS)
        assert f"Week 24, skipped: {WORD}" in year
        assert f"{WORD} Write it all the same" in year
        assert "week 24 is missing" not in year
        assert f"Week 24, skipped: {WORD}" in text_of(lin, f"{WEEKS}/{MONDAY}")

    def test_is_counted_as_neither_due_nor_missing(self, lin: TestClient, clock: Clock) -> None:
        skip(lin)
        clock.now += timedelta(days=4)
        assert "1 week, and it is written" in text_of(lin, WEEKS)

    def test_stands_on_the_managers_board(
        self, lin: TestClient, database: Database, cast: Cast, clock: Clock, sign_in: SignIn
    ) -> None:
        store_week(database, cast.merchant, cast.lin, clock.now)
        skip(lin)
        assert f"Week 24 skipped: {WORD}" in text_of(sign_in(lin, cast.mei), WEEKS)

    def test_is_no_missed_week(self, lin: TestClient, clock: Clock) -> None:
        skip(lin)
        clock.now += timedelta(days=4)
        page = text_of(lin, "/")
        assert "Not written yet" not in page
        assert f"Week 24 was skipped: {WORD}" in page

    def test_is_named_beside_the_goals_of_the_week_before_it(self, lin: TestClient, clock: Clock) -> None:
        skip(lin)
        clock.now += timedelta(days=4)
        later = THIS + timedelta(weeks=1)
        lin.post(WEEKS, data={"period_start": later.isoformat()})
        page = text_of(lin, f"{WEEKS}/{later}/edit")
        assert "Goals of week 23" in page
        assert f"Week 24 was skipped: {WORD}" in page

    def test_can_be_unskipped(self, lin: TestClient, database: Database) -> None:
        skip(lin)
        answer = lin.post(f"{SKIPS}/{THIS}/removal", data={"next": "/"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert skipped(database) == []

    def test_is_asked_about_before_it_is_started_and_is_skipped_no_more(
        self, lin: TestClient, database: Database
    ) -> None:
        skip(lin)
        start = {"period_start": THIS.isoformat()}
        assert lin.post(WEEKS, data=start).headers["location"] == f"{WEEKS}/{THIS}/start"
        assert f"The week is skipped: {WORD}. Write it all the same?" in text_of(lin, f"{WEEKS}/{THIS}/start")
        answer = lin.post(WEEKS, data={**start, "sure": "true"})
        assert answer.headers["location"] == f"{WEEKS}/{THIS}/edit"
        assert skipped(database) == []

    def test_counts_less_than_a_report_of_it(self, lin: TestClient, database: Database, cast: Cast) -> None:
        with database.writing() as session:
            report = session.scalars(select(Report)).one()
            session.add(
                SkippedWeek(team_id=cast.payments.id, period_start=MONDAY, reason=WORD, at=report.created_at)
            )
        assert "Week 23, published" in text_of(lin, WEEKS)
