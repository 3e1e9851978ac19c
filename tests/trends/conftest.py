"""Thirty weeks with something of everything, and the trend page as the executive reads it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.metrics.actions import find_or_make_metric, set_target
from tests.conftest import Cast, SignIn
from tests.states import known_step
from tests.trends.weeks import AT, LAST, WEEK, happen, publish

URL = "/teams/payments/trends"
CORRECTED = AT + timedelta(days=3)
PAY_IN, PAY_OUT, AVAILABILITY = "入金有效成功率", "出金有效成功率", "支付系统年度可用性"
Read = Callable[..., str]


@pytest.fixture
def written(database: Database, cast: Cast) -> Database:
    """30 weeks: week 18 restated, week 6 missing, an accident in week 21 and one whose grade is open.

    Pay-in varies between 99.980 % and 99.984 %, but for week 19 and the newest one.
    """
    known_step(database, "thirty weeks", lambda: _write(database, cast))
    return database


def _write(database: Database, cast: Cast) -> None:
    with database.writing() as session:
        for back in range(29, -1, -1):
            if back == 18:
                continue
            pay_in = {0: "99.965%", 5: "99.912%"}.get(back, f"99.98{back * 7 % 5}%")
            values = {PAY_IN: pay_in, PAY_OUT: "100%" if back == 2 else "99.95%", AVAILABILITY: "99.991%"}
            report = publish(session, cast.payments, LAST - WEEK * back, values)
            if back == 6:
                corrected = values | {PAY_IN: "99.989%"}
                publish(session, cast.payments, LAST - WEEK * 6, corrected, report=report, at=CORRECTED)
            if back == 3:
                happen(session, report, grade="C", symptom="**青禾银行**代扣超时\n更多", day="2025-05-21")
                happen(session, report, grade=None, symptom="日报延迟", day="2025-05-22")
            if back == 0:
                happen(session, report, grade="open", symptom="对账文件解析失败", day="2025-06-11")
        pay_in_id = find_or_make_metric(session, cast.payments.id, PAY_IN)
        set_target(session, pay_in_id, literal="99.97%", from_day=date(2024, 1, 1))
        set_target(session, pay_in_id, literal="99.98%", from_day=date(2025, 3, 31))
        pay_out_id = find_or_make_metric(session, cast.payments.id, PAY_OUT)
        set_target(session, pay_out_id, literal="99.95%", from_day=date(2024, 1, 1))


@pytest.fixture
def read(client: TestClient, cast: Cast, sign_in: SignIn) -> Read:
    """The page as the executive reads it, in Chinese."""

    def page(query: str = "", *, language: str = "zh", url: str = URL) -> str:
        sign_in(client, cast.eve)
        answer = client.get(url + query, headers={"Accept-Language": language})
        assert answer.status_code == 200
        return answer.text

    return page
