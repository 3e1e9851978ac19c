"""`as_of` judges weeks by the metric and the targets that were known at the end of that day."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.metrics.merging import merge_metrics, split_again
from app.metrics.models import FormerSettings, Metric, Target
from app.metrics.settings import bring_back, change_metric, retire
from app.metrics.settings_forms import MetricForm
from app.metrics.settings_targets import add_target, change_target, remove_target
from tests.conftest import Cast
from tests.trends.conftest import Read
from tests.trends.weeks import AT, LAST, WEEK, publish

PAY_IN, PAY_OUT = "入金有效成功率", "出金有效成功率"
CHANGED = AT + timedelta(days=3)
THEN, NOW = "?as_of=2025-06-15", "?as_of=2025-06-16"
Change = Callable[[Session, Metric, dict[str, Any]], object]


@pytest.fixture
def written(database: Database, cast: Cast) -> Database:
    """15 weeks of two metrics between 99.980 % and 99.988 %; the first is to reach 99.97 %, as ever."""
    with database.writing() as session:
        for back in range(14, -1, -1):
            values = {PAY_IN: f"99.98{back * back % 9}%", PAY_OUT: f"99.98{back * back % 7}%"}
            publish(session, cast.payments, LAST - WEEK * back, values)
        add_target(session, named(session), literal="99.97%", from_day=date(2025, 1, 1), **by(cast, AT))
    return database


def by(cast: Cast, at: Any = CHANGED) -> dict[str, Any]:
    return {"by": cast.lin.id, "at": at}


def named(session: Session, name: str = PAY_IN) -> Metric:
    return session.scalars(select(Metric).where(Metric.name == name)).one()


def target_of(session: Session, metric: Metric) -> Target:
    return session.scalars(select(Target).where(Target.metric_id == metric.id)).one()


def form(metric: Metric, **changes: Any) -> MetricForm:
    now = {
        each: getattr(metric, each)
        for each in ("name", "kind", "direction", "rounding", "scale", "spc_scale", "version")
    }
    return MetricForm(**(now | {"unit": metric.unit or "", "decimals": "3"} | changes))


def row(html: str, name: str) -> str:
    """The scorecard's row of a metric, with single spaces."""
    found = re.search(rf'<tr>\s*<th scope="row"><a href="#metric-\d+">{name}.*?</tr>', html, re.DOTALL)
    assert found, name
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0]))


def headline(html: str) -> str:
    found = re.search(r'<h1 class="headline">(.*?)</h1>', html, re.DOTALL)
    return re.sub(r"<[^>]+>", "", found[1]) if found else ""


class TestATarget:
    def test_set_since_judges_no_week_of_a_page_as_of_a_day_before(
        self, read: Read, written: Database, cast: Cast
    ) -> None:
        with written.writing() as session:
            add_target(session, named(session), literal="99.999%", from_day=LAST, **by(cast))
        assert "稳定未达" in row(read(NOW), PAY_IN)
        assert "稳定未达" in row(read(), PAY_IN)
        then = read(THEN)
        assert "稳定达标" in row(then, PAY_IN)
        assert "99 .97%" in row(then, PAY_IN)
        assert "99.999%" not in then
        assert "未达标" not in headline(then)

    def test_changed_since_is_what_it_was(self, read: Read, written: Database, cast: Cast) -> None:
        with written.writing() as session:
            metric = named(session)
            target = target_of(session, metric)
            change_target(
                session, metric, target, literal="99.9%", from_day=target.from_day, version=1, **by(cast)
            )
        assert "99 .97%" in row(read(THEN), PAY_IN)
        assert "99 .9%" in row(read(NOW), PAY_IN)

    def test_removed_since_is_there(self, read: Read, written: Database, cast: Cast) -> None:
        with written.writing() as session:
            metric = named(session)
            remove_target(session, metric, target_of(session, metric), version=1, **by(cast))
        assert "99 .97%" in row(read(THEN), PAY_IN)
        assert "未设目标" in row(read(NOW), PAY_IN)

    def test_that_was_not_yet_set_is_not_there(self, read: Read, written: Database, cast: Cast) -> None:
        with written.writing() as session:
            add_target(session, named(session, PAY_OUT), literal="99.9%", from_day=LAST - WEEK, **by(cast))
        assert "未设目标" in row(read(THEN), PAY_OUT)
        assert "稳定达标" in row(read(NOW), PAY_OUT)


class TestAMetric:
    def test_is_what_it_was(self, read: Read, written: Database, cast: Cast) -> None:
        with written.writing() as session:
            metric = named(session)
            change_metric(session, metric, form(metric, name="入金成功率", direction="down"), **by(cast))
        assert "入金成功率" in read(NOW)
        assert "入金成功率" not in read(THEN)
        assert "稳定达标" in row(read(THEN), PAY_IN)
        assert "稳定未达" in row(read(NOW), "入金成功率")

    def test_changed_twice_is_what_it_was_between(self, read: Read, written: Database, cast: Cast) -> None:
        with written.writing() as session:
            metric = named(session)
            for days, name in ((0, "改名一次"), (1, "改名两次")):
                at = CHANGED + timedelta(days=days)
                change_metric(session, metric, form(metric, name=name), **by(cast, at))
        for day, name in (("15", PAY_IN), ("16", "改名一次"), ("17", "改名两次")):
            assert row(read(f"?as_of=2025-06-{day}"), name)

    def test_retired_since_is_missed_where_it_was(self, read: Read, written: Database, cast: Cast) -> None:
        with written.writing() as session:
            publish(session, cast.payments, LAST + WEEK, {PAY_OUT: "99.980%"}, at=AT + timedelta(days=7))
            metric = named(session)
            at = AT + timedelta(days=9)
            retire(session, metric, from_day=LAST + WEEK, version=metric.version, **by(cast, at))
        assert "缺" in read("?as_of=2025-06-21").partition("全部数值")[0]
        for query, gaps in (("?as_of=2025-06-21", 1), ("?as_of=2025-06-22", 0)):
            chart = read(query).partition(f"<h3>{PAY_IN}</h3>")[2].partition("</figure>")[0]
            assert ('<line class="gap"' in chart) == bool(gaps), query


class TestEveryChange:
    """Keeps what the metric was, also one that a new kind of change would forget."""

    CHANGES: tuple[tuple[str, Change], ...] = (
        ("changed", lambda s, m, by: change_metric(s, m, form(m, scale="logit"), **by)),
        ("retired", lambda s, m, by: retire(s, m, from_day=LAST, version=m.version, **by)),
        ("back", lambda s, m, by: bring_back(s, m, version=m.version, **by)),
        ("target", lambda s, m, by: add_target(s, m, literal="99%", from_day=LAST, **by)),
        (
            "other target",
            lambda s, m, by: change_target(
                s, m, target_of(s, m), literal="98%", from_day=LAST, version=1, **by
            ),
        ),
        ("no target", lambda s, m, by: remove_target(s, m, target_of(s, m), version=1, **by)),
    )

    @pytest.mark.parametrize(("name", "change"), CHANGES, ids=[name for name, _ in CHANGES])
    def test_keeps_it(self, written: Database, cast: Cast, name: str, change: Change) -> None:
        with written.writing() as session:
            metric = named(session)
            kept = len(session.scalars(select(FormerSettings)).all())
            change(session, metric, by(cast))
            session.flush()
            former = session.scalars(select(FormerSettings).order_by(FormerSettings.id)).all()
            assert len(former) == kept + 1
            assert former[-1].until == CHANGED
            assert former[-1].was["scale"] == "nines"
            assert former[-1].was["retired_from"] is None
            assert former[-1].was["targets"] == [["2025-01-01", "99.97%", "99.97"]]


class TestTwoMetricsThatAreOne:
    def test_keep_their_past_apart_when_they_are_split_again(
        self, read: Read, database: Database, cast: Cast
    ) -> None:
        with database.writing() as session:
            for back in range(14, 0, -1):
                name = PAY_OUT if back > 7 else PAY_IN
                publish(session, cast.payments, LAST - WEEK * back, {name: f"99.98{back * back % 9}%"})
            kept, gone = named(session), named(session, PAY_OUT)
            add_target(session, gone, literal="99.5%", from_day=date(2025, 1, 1), **by(cast, AT))
            change_metric(session, gone, form(gone, name="出金成功率"), **by(cast, AT + timedelta(days=1)))
            at = AT + timedelta(days=5)
            versions = {"version": kept.version, "other_version": gone.version}
            taken_in = merge_metrics(session, kept, gone, **versions, **by(cast, at))
        assert "99.5%" in read("?as_of=2025-06-18").replace("</span><span>", "")
        assert "99.5%" not in read("?as_of=2025-06-17").replace("</span><span>", "")
        with database.writing() as session:
            kept = named(session)
            taken_in = session.get_one(type(taken_in), taken_in.id)
            later = by(cast, at + timedelta(days=1))
            split_again(session, kept, taken_in, version=kept.version, **later)
        assert row(read("?as_of=2025-06-13"), PAY_OUT)
        assert row(read("?as_of=2025-06-14"), "出金成功率")
