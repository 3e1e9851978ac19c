"""Remarks on charts and locked limits, as people add, change and remove them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.accounts.models import AuditEvent, Team
from app.db import Database
from app.metrics.actions import find_or_make_metric
from app.metrics.models import Annotation, Baseline, Metric
from tests.conftest import Cast, Clock, SignIn
from tests.trends.weeks import LAST, WEEK, publish

PAY_IN, PAY_OUT, AVAILABILITY = "入金有效成功率", "出金有效成功率", "支付系统年度可用性"
FIRST = LAST - WEEK * 13


@pytest.fixture
def written(database: Database, cast: Cast) -> Database:
    """14 weeks of pay-in and availability; pay-out in the last three of them."""
    with database.writing() as session:
        for back in range(13, -1, -1):
            values = {PAY_IN: f"99.9{70 + back % 5}%", AVAILABILITY: "99.991%"}
            publish(
                session, cast.payments, LAST - WEEK * back, values | ({PAY_OUT: "99.95%"} if back < 3 else {})
            )
    return database


@pytest.fixture
def lin(client: TestClient, cast: Cast, sign_in: SignIn, written: Database) -> TestClient:
    return sign_in(client, cast.lin)


def address(database: Database, kind: str, name: str = PAY_IN) -> str:
    with database.reading() as session:
        metric = session.scalars(select(Metric.id).where(Metric.name == name)).one()
    return f"/teams/payments/metrics/{metric}/{kind}"


def pulse(database: Database, team: Team) -> int:
    with database.reading() as session:
        return session.get_one(Team, team.id).pulse


class TestAnnotations:
    FORM = {"text": "切换到新通道", "day": "2025-06-11"}  # noqa: RUF012

    def stored(self, database: Database) -> list[Annotation]:
        with database.reading() as session:
            return list(session.scalars(select(Annotation).order_by(Annotation.id)))

    def test_begin_on_a_day_that_the_chart_shows(
        self, lin: TestClient, written: Database, clock: Clock
    ) -> None:
        def day() -> str:
            html = lin.get(address(written, "annotations")).text
            found = re.search(r'value="(2025-[^"]*)"', html)
            assert found
            return found[1]

        assert day() == "2025-06-13"  # today, in the newest published week
        clock.now += timedelta(days=6)
        assert day() == "2025-06-15"  # its Sunday, since no later week is on the chart

    def test_are_added_by_those_who_write(self, lin: TestClient, written: Database, cast: Cast) -> None:
        before = pulse(written, cast.payments)
        answer = lin.post(address(written, "annotations"), data=self.FORM)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/teams/payments/trends#metric-")
        [one] = self.stored(written)
        assert (one.text, one.day, one.author_id) == ("切换到新通道", date(2025, 6, 11), cast.lin.id)
        assert one.metric_id is not None
        assert pulse(written, cast.payments) == before + 1
        with written.reading() as session:
            told = session.scalars(select(AuditEvent).where(AuditEvent.action == "annotation.added")).one()
        assert told.details == {"day": "2025-06-11", "text": "切换到新通道"}

    def test_stand_on_one_chart_or_on_all(self, lin: TestClient, written: Database) -> None:
        lin.post(address(written, "annotations"), data=self.FORM)
        lin.post(
            address(written, "annotations"), data={"text": "春节", "day": "2025-01-29", "everywhere": "true"}
        )
        here, there = (lin.get(address(written, "annotations", name)).text for name in (PAY_IN, PAY_OUT))
        assert "切换到新通道" in here
        assert "春节" in here
        assert "切换到新通道" not in there
        assert "春节" in there

    def test_are_read_by_all_and_changed_by_writers(
        self, client: TestClient, cast: Cast, sign_in: SignIn, written: Database, lin: TestClient
    ) -> None:
        lin.post(address(written, "annotations"), data=self.FORM)
        sign_in(client, cast.eve)
        page = client.get(address(written, "annotations")).text
        assert "切换到新通道" in page
        assert "<form class" not in page
        assert client.post(address(written, "annotations"), data=self.FORM).status_code == 403

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"text": " "}, "annotation-text"),
            ({"text": "长" * 301}, "annotation-text"),
            ({"day": "someday"}, "annotation-day"),
            ({"day": "1900-01-01"}, "annotation-day"),
        ],
    )
    def test_are_refused_beside_the_field(
        self, lin: TestClient, written: Database, wrong: dict[str, str], field: str
    ) -> None:
        answer = lin.post(address(written, "annotations"), data=self.FORM | wrong)
        assert answer.status_code == 422
        assert f'id="{field}-error"' in answer.text
        assert self.stored(written) == []

    def test_are_changed_and_removed_with_their_version(self, lin: TestClient, written: Database) -> None:
        lin.post(address(written, "annotations"), data=self.FORM)
        [one] = self.stored(written)
        url = f"{address(written, 'annotations')}/{one.id}"
        changed = {"text": "切换到备用通道", "day": "2025-06-10", "everywhere": "true", "version": 1}
        assert lin.post(url, data=changed).status_code == 303
        [two] = self.stored(written)
        assert (two.text, two.day, two.metric_id, two.version) == (
            "切换到备用通道",
            date(2025, 6, 10),
            None,
            2,
        )
        stale = lin.post(url, data=changed | {"text": "三"})
        assert stale.status_code == 409
        assert "切换到备用通道" in stale.text
        assert 'value="三"' in stale.text
        assert "<details open>" in stale.text
        assert lin.post(f"{url}/removal", data={"version": 1}).status_code == 409
        assert lin.post(f"{url}/removal", data={"version": 2}).status_code == 303
        assert self.stored(written) == []

    def test_of_another_chart_are_not_found(self, lin: TestClient, written: Database) -> None:
        lin.post(address(written, "annotations"), data=self.FORM)
        [one] = self.stored(written)
        url = f"{address(written, 'annotations', PAY_OUT)}/{one.id}/removal"
        assert lin.post(url, data={"version": 1}).status_code == 404


class TestLockedLimits:
    FORM = {  # noqa: RUF012
        "from_day": FIRST.isoformat(),
        "until_day": LAST.isoformat(),
        "reason": "切换新通道之后",
    }

    def lock(self, lin: TestClient, database: Database, name: str = PAY_IN, **changes: str) -> Any:
        return lin.post(address(database, "baselines", name), data=self.FORM | changes)

    def stored(self, database: Database) -> list[Baseline]:
        with database.reading() as session:
            return list(session.scalars(select(Baseline).order_by(Baseline.id)))

    def test_are_proposed_from_the_newest_twelve_weeks(self, lin: TestClient, written: Database) -> None:
        page = lin.get(address(written, "baselines")).text
        assert f'value="{(LAST - WEEK * 11).isoformat()}"' in page
        assert f'value="{LAST.isoformat()}"' in page

    def test_are_locked_with_a_reason(self, lin: TestClient, written: Database, cast: Cast) -> None:
        assert self.lock(lin, written).status_code == 303
        [one] = self.stored(written)
        assert (one.from_day, one.until_day, one.reason) == (FIRST, LAST, "切换新通道之后")
        assert one.author_id == cast.lin.id
        with written.reading() as session:
            assert session.scalars(
                select(AuditEvent.action).where(AuditEvent.action == "baseline.locked")
            ).one()

    @pytest.mark.parametrize(
        ("wrong", "field", "says"),
        [
            ({"reason": " "}, "baseline-reason", "Give the reason"),
            ({"until_day": "2025-04-01"}, "baseline-until", "Only 4 of these weeks have a value"),
            ({"until_day": "2024-01-01"}, "baseline-until", "The last week comes before the first one."),
            ({"from_day": "then"}, "baseline-from", "then"),
        ],
    )
    def test_are_refused_beside_the_field(
        self, lin: TestClient, written: Database, wrong: dict[str, str], field: str, says: str
    ) -> None:
        answer = self.lock(lin, written, **wrong)
        assert answer.status_code == 422
        assert f'id="{field}-error"' in answer.text
        assert says in answer.text
        assert self.stored(written) == []

    def test_need_twelve_weekly_points(self, lin: TestClient, written: Database) -> None:
        assert (
            "Limits can be locked once 12 weeks have a value."
            in lin.get(address(written, "baselines", PAY_OUT)).text
        )
        assert self.lock(lin, written, PAY_OUT).status_code == 422

    def test_do_not_suit_a_year_to_date_metric(self, lin: TestClient, written: Database) -> None:
        answer = self.lock(lin, written, AVAILABILITY)
        assert answer.status_code == 422
        assert "Year-to-date metrics have no limits." in answer.text

    def test_begin_once_a_day(self, lin: TestClient, written: Database) -> None:
        self.lock(lin, written)
        assert self.lock(lin, written).status_code == 409

    def test_are_changed_and_unlocked_with_their_version(self, lin: TestClient, written: Database) -> None:
        self.lock(lin, written)
        [one] = self.stored(written)
        url = f"{address(written, 'baselines')}/{one.id}"
        changed = self.FORM | {"until_day": (LAST - WEEK).isoformat(), "version": "1"}
        assert lin.post(url, data=changed).status_code == 303
        [two] = self.stored(written)
        assert (two.until_day, two.version) == (LAST - WEEK, 2)
        assert lin.post(url, data=changed).status_code == 409
        assert lin.post(f"{url}/removal", data={"version": "1"}).status_code == 409
        assert lin.post(f"{url}/removal", data={"version": "2"}).status_code == 303
        assert self.stored(written) == []

    def test_of_another_team_are_not_found(self, lin: TestClient, written: Database, cast: Cast) -> None:
        with written.writing() as session:
            theirs = find_or_make_metric(session, cast.elsewhere.id, "退款成功率")
        assert lin.get(f"/teams/payments/metrics/{theirs}/baselines").status_code == 404
