"""Three weeks of three metrics, and their settings as the tests of settings ask for them."""

from __future__ import annotations

import re
from datetime import date

from sqlalchemy import select

from app.accounts.models import Team
from app.db import Database
from app.metrics.actions import find_or_make_metric, set_target
from app.metrics.models import Metric, MetricName
from tests.conftest import Cast
from tests.states import known_step
from tests.trends.weeks import LAST, WEEK, publish

URL = "/teams/payments/metrics"
PAY_IN, PAY_OUT, TICKETS = "入金有效成功率", "出金有效成功率", "未结工单数"


def store_three_metrics(database: Database, cast: Cast) -> None:
    """Pay-in has a target."""
    known_step(database, "three metrics", lambda: _store(database, cast))


def _store(database: Database, cast: Cast) -> None:
    with database.writing() as session:
        for back in range(2, -1, -1):
            values = {PAY_IN: "99.98%", PAY_OUT: "99.95%", TICKETS: f"{120 + back}个"}
            publish(session, cast.payments, LAST - WEEK * back, values)
        pay_in = find_or_make_metric(session, cast.payments.id, PAY_IN)
        set_target(session, pay_in, literal="99.97%", from_day=date(2024, 1, 1))


def metric(database: Database, name: str = PAY_IN) -> Metric:
    with database.reading() as session:
        return session.scalars(
            select(Metric)
            .join(MetricName, MetricName.metric_id == Metric.id)
            .join(Team, Team.id == Metric.team_id)
            .where(MetricName.name == name, Team.slug == "payments")
        ).one()


def address(database: Database, name: str = PAY_IN) -> str:
    return f"{URL}/{metric(database, name).id}"


def pulse(database: Database, team: Team) -> int:
    with database.reading() as session:
        return session.get_one(Team, team.id).pulse


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
