"""What the trend page costs: statements, bytes, and nothing where nothing changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import brotli
from starlette.testclient import TestClient

from app.accounts.models import Team
from app.db import Database
from app.document.schema import Grade
from tests.conftest import Cast, SignIn
from tests.trends.weeks import AT, LAST, WEEK, happen, publish

URL = "/teams/payments/trends"
CORRECTED = AT + timedelta(days=3)
PAY_IN, PAY_OUT, AVAILABILITY = "入金有效成功率", "出金有效成功率", "支付系统年度可用性"
Read = Callable[..., str]


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

    def test_is_the_same_for_two_years_of_eight_metrics(
        self,
        client: TestClient,
        cast: Cast,
        sign_in: SignIn,
        database: Database,
        query_counter: Callable[[], Any],
    ) -> None:
        with database.writing() as session:
            _weeks_of_metrics(session, cast.payments, weeks=104, metrics=8)
        sign_in(client, cast.eve)
        for query in ("", "?weeks=all", "?as_of=2025-06-30"):
            with query_counter() as queries:
                answer = client.get(URL + query)
            assert queries.total <= 8
            assert answer.text.count('<figure class="multiple"') == 8
            assert len(brotli.compress(answer.content, quality=4)) < 60_000

    def test_is_the_same_while_weeks_are_amended_and_as_of_a_day_before_they_were(
        self,
        client: TestClient,
        cast: Cast,
        sign_in: SignIn,
        database: Database,
        query_counter: Callable[[], Any],
    ) -> None:
        told: dict[str, Grade] = {"通道超时": "C"}
        with database.writing() as session:
            _weeks_of_metrics(session, cast.payments, weeks=104, metrics=8)
            for back in (105, 106, 107):
                values = {f"{PAY_IN}1": "99.98%"}
                report = publish(session, cast.payments, LAST - WEEK * back, values, accidents=told)
                happen(session, report, grade="C", symptom="通道超时", day=None)
                if back > 105:
                    publish(session, cast.payments, report.period_start, values, report=report, at=CORRECTED)
                if back < 107:
                    report.state = "amending"
        sign_in(client, cast.eve)
        for query in ("?weeks=all", "?weeks=all&as_of=2025-06-15"):
            with query_counter() as queries:
                answer = client.get(URL + query)
            assert "通道超时" in answer.text
            assert queries.total <= 8

    def test_is_the_same_for_a_department(
        self,
        client: TestClient,
        cast: Cast,
        sign_in: SignIn,
        database: Database,
        query_counter: Callable[[], Any],
    ) -> None:
        with database.writing() as session:
            for team in (cast.payments, cast.merchant):
                _weeks_of_metrics(session, team, weeks=104, metrics=8)
        sign_in(client, cast.eve)
        with query_counter() as queries:
            answer = client.get("/teams/trade/trends")
        assert answer.text.count('<figure class="one"') == 16
        assert queries.total <= 8
        assert len(brotli.compress(answer.content, quality=4)) < 60_000

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


def _weeks_of_metrics(session: Any, team: Team, *, weeks: int, metrics: int) -> None:
    for back in range(weeks):
        values = {f"{PAY_IN}{n}": f"99.{(back * 37 + n * 611) % 90 + 900}%" for n in range(metrics)}
        publish(session, team, LAST - WEEK * back, values)


def _ten_years(session: Any, team: Team) -> None:
    names = [PAY_IN, PAY_OUT, "一次支付成功率", "退款成功率", AVAILABILITY, "代扣签约成功率", "未结工单"]
    for back in range(520):
        publish(
            session,
            team,
            LAST - WEEK * back,
            {name: f"99.{(back * 37 + place * 611) % 1000:03d}%" for place, name in enumerate(names)},
        )
