"""What the trend page computes from events: how many, what is outstanding, who noticed, what came again."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.incidents.models import FollowUp, ThirdParty
from tests.conftest import Cast, SignIn
from tests.trends.weeks import AT, LAST, WEEK, happen, publish

URL = "/teams/payments/trends"
PAY_IN = "入金有效成功率"
Read = Callable[..., str]


@pytest.fixture
def read(client: TestClient, cast: Cast, sign_in: SignIn) -> Read:
    def page(query: str = "") -> str:
        answer = sign_in(client, cast.eve).get(URL + query, headers={"Accept-Language": "zh"})
        assert answer.status_code == 200
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))

    return page


class TestHowMany:
    def test_events_are_told_beside_the_accidents_by_grade(
        self, read: Read, database: Database, cast: Cast
    ) -> None:
        with database.writing() as session:
            report = publish(session, cast.payments, LAST, {PAY_IN: "99.98%"})
            first = happen(session, report, grade="C", symptom="通道超时", day="2025-06-10")
            for symptom in ("日报延迟", "账单延迟"):
                happen(session, report, grade=None, symptom=symptom, day="2025-06-11")
            happen(session, report, grade=None, symptom="又说一次", day=None).same_as_id = first.id
        assert "C 级 1；生产事件共 3 起" in read()

    def test_events_are_those_that_readers_saw(self, read: Read, database: Database, cast: Cast) -> None:
        with database.writing() as session:
            report = publish(
                session, cast.payments, LAST, {PAY_IN: "99.98%"}, accidents={"通道超时": "C", "延迟": "D"}
            )
            happen(session, report, grade=None, symptom="还没发布的事件", day=None)
            report.state = "amending"
        assert "生产事件共 2 起" in read()


class TestASignal:
    @pytest.mark.parametrize("told", [True, False])
    def test_without_any_event_is_said_to_have_none(
        self, read: Read, database: Database, cast: Cast, told: bool
    ) -> None:
        with database.writing() as session:
            for back in range(30):
                value = "99.900%" if back == 0 else f"99.98{back * back * 7 % 9}%"
                report = publish(session, cast.payments, LAST - WEEK * back, {PAY_IN: value})
                if back == 0 and told:
                    happen(session, report, grade=None, symptom="日报延迟", day=None)
        assert ("周报没有写任何事件" in read()) is not told


class TestMoney:
    @pytest.mark.parametrize(
        ("recovered", "lost", "said"),
        [
            ("128.80", None, "未了结 193.20元"),
            ("128.80", "193.20", None),
            (None, None, None),
            (None, "22", "未了结 300.00元"),
        ],
        ids=["some is outstanding", "none is", "nobody said", "what is lost is not outstanding"],
    )
    def test_is_outstanding_until_it_is_recovered_or_lost(
        self, read: Read, database: Database, cast: Cast, recovered: str | None, lost: str | None, said: str
    ) -> None:
        with database.writing() as session:
            report = publish(session, cast.payments, LAST, {PAY_IN: "99.98%"})
            one = happen(session, report, grade="C", symptom="通道超时", day="2025-06-10")
            one.amount_at_risk, one.currency = Decimal("322"), "CNY"
            one.amount_recovered = Decimal(recovered) if recovered else None
            one.amount_lost = Decimal(lost) if lost else None
        page = read()
        assert said in page if said else "未了结" not in page


class TestNoticing:
    def test_tells_how_many_monitoring_found_of_those_that_are_known(
        self, read: Read, database: Database, cast: Cast
    ) -> None:
        with database.writing() as session:
            report = publish(session, cast.payments, LAST, {PAY_IN: "99.98%"})
            for by in ("monitoring", "customer", "monitoring", None):
                one = happen(session, report, grade="D", symptom="通道超时", day="2025-06-10")
                one.detected_by, one.recovered_at = by, "2025-06-10T14:30"
        assert "已知发现方式的 3 起中，监控发现 2 起" in read()


class TestAFollowUp:
    @pytest.mark.parametrize(
        ("days_later", "party", "again"),
        [(9, "青禾银行", True), (9, "云杉银行", False), (-9, "青禾银行", False)],
        ids=["after it", "of another third party", "before it"],
    )
    def test_that_is_open_tells_that_it_came_again(
        self, read: Read, database: Database, cast: Cast, days_later: int, party: str, again: bool
    ) -> None:
        day = LAST - WEEK * 4
        with database.writing() as session:
            parties = {name: ThirdParty(team_id=cast.payments.id, name=name) for name in {party, "青禾银行"}}
            session.add_all(parties.values())
            session.flush()
            report = publish(session, cast.payments, day, {PAY_IN: "99.98%"})
            publish(session, cast.payments, LAST, {PAY_IN: "99.98%"})
            first = happen(session, report, grade="C", symptom="通道超时", day=day.isoformat())
            other = day + timedelta(days=days_later)
            second = happen(session, report, grade="D", symptom="又超时", day=other.isoformat())
            first.third_party_id, second.third_party_id = parties["青禾银行"].id, parties[party].id
            opened = AT - timedelta(days=30)
            session.add(FollowUp(incident_id=first.id, text="加一条备用通道", opened_at=opened))
        assert (f"未完成期间 {other.month}/{other.day} 又发生" in read()) is again
