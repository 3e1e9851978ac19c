"""`as_of` shows what was known at the end of a day: values, events, follow-ups, and where links lead."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import object_session
from starlette.testclient import TestClient

from app.db import Database
from app.incidents.models import FollowUp, GradeChange, Incident
from app.metrics.annotations import add_annotation, change_annotation, remove_annotation
from app.metrics.baselines import change_baseline, lock_baseline, remove_baseline
from app.metrics.models import Annotation, Baseline, Metric, UnreportedReading
from app.reports.models import Report
from tests.conftest import Cast, SignIn
from tests.trends.weeks import AT, LAST, WEEK, happen, publish

URL = "/teams/payments/trends"
PAY_IN, PAY_OUT = "入金有效成功率", "出金有效成功率"
CORRECTED = AT + timedelta(days=3)
THEN, NOW = "?as_of=2025-06-15", "?as_of=2025-06-16"
Read = Callable[..., str]


@pytest.fixture
def restated(database: Database, cast: Cast) -> Database:
    """Eight weeks; the third last was restated on 16 June, and its event told and graded anew."""
    with database.writing() as session:
        for back in range(7, -1, -1):
            values = {PAY_IN: f"99.98{back}%"}
            told = {"通道超时": "C", "账单延迟": "D"} if back == 2 else None
            report = publish(session, cast.payments, LAST - WEEK * back, values, accidents=told)  # type: ignore[arg-type]  # grades
            if back == 2:
                publish(
                    session,
                    cast.payments,
                    LAST - WEEK * 2,
                    {PAY_IN: "99.990%"},
                    accidents={"青禾银行通道超时，复核后降级": "D", "新补的事故": "B"},
                    report=report,
                    at=CORRECTED,
                )
                graded(
                    happen(session, report, grade="D", symptom="青禾银行通道超时，复核后降级", day=None), "D"
                )
                graded(happen(session, report, grade="B", symptom="新补的事故", day=None), "B")
    return database


def graded(incident: Incident, grade: str | None, at: datetime = CORRECTED) -> None:
    session = object_session(incident)
    assert session is not None
    session.add(GradeChange(incident_id=incident.id, at=at, before=None, after=grade))


@pytest.fixture
def read(client: TestClient, cast: Cast, sign_in: SignIn) -> Read:
    def page(query: str = "", *, url: str = URL, as_: Any = None) -> str:
        answer = sign_in(client, as_ or cast.eve).get(url + query, headers={"Accept-Language": "zh"})
        assert answer.status_code == 200
        return answer.text

    return page


def listed(html: str) -> str:
    """The numbered accidents, with single spaces."""
    found = re.search(r'<section class="section accidents".*?</section>', html, re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0])) if found else ""


@pytest.mark.usefixtures("restated")
class TestEvents:
    def test_are_told_in_the_words_of_then(self, read: Read) -> None:
        then, today = listed(read(THEN)), listed(read())
        assert "C 级 通道超时" in then
        assert "D 级 账单延迟" in then
        assert "复核后降级" not in then
        assert "D 级 青禾银行通道超时，复核后降级" in today
        assert "账单延迟" not in today

    def test_that_were_told_later_have_no_pin_then(self, read: Read) -> None:
        assert "新补的事故" not in read(THEN)
        assert "B 级 新补的事故" in listed(read(NOW))
        assert read(THEN).count('<li id="accident-') == 2

    def test_are_counted_as_they_were_graded_then(self, read: Read) -> None:
        assert "2025 年事故：C 级 1、D 级 1" in re.sub(r"<[^>]+>", "", read(THEN))
        assert "2025 年事故：B 级 1、D 级 1" in re.sub(r"<[^>]+>", "", read(NOW))

    def test_keep_the_grade_that_a_person_had_decided_by_then(
        self, read: Read, database: Database, cast: Cast
    ) -> None:
        with database.writing() as session:
            report = session.scalars(select(Report).where(Report.period_start == LAST - WEEK * 2)).one()
            decided = happen(session, report, grade="A", symptom="账单延迟", day=None)
            decided.grade_decided = True
            graded(decided, "B", AT + timedelta(hours=1))
            graded(decided, "A", CORRECTED + timedelta(days=1))
        assert "B 级 账单延迟" in listed(read(THEN))

    def test_that_a_person_had_decided_were_none_are_not_shown(
        self, read: Read, database: Database, cast: Cast
    ) -> None:
        with database.writing() as session:
            report = session.scalars(select(Report).where(Report.period_start == LAST - WEEK * 2)).one()
            decided = happen(session, report, grade=None, symptom="账单延迟", day=None)
            decided.grade_decided = True
            graded(decided, None, AT + timedelta(hours=1))
        assert "账单延迟" not in read(THEN)


class TestFollowUps:
    @pytest.fixture
    def followed(self, database: Database, cast: Cast) -> None:
        """One that is closed since, one opened since, one of which nobody knows since when it is open."""
        with database.writing() as session:
            report = publish(session, cast.payments, LAST, {PAY_IN: "99.98%"})
            incident = happen(session, report, grade="C", symptom="通道超时", day="2025-06-10")
            graded(incident, "C", AT)
            for text, state, opened, closed in (
                ("已完成的改进", "done", AT, CORRECTED),
                ("后来的改进", "open", CORRECTED, None),
                ("一直都在的改进", "open", None, None),
                ("早就取消的改进", "dropped", AT - timedelta(days=9), AT - timedelta(days=8)),
            ):
                session.add(
                    FollowUp(
                        incident_id=incident.id, text=text, state=state, opened_at=opened, closed_at=closed
                    )
                )

    @pytest.mark.usefixtures("followed")
    def test_are_those_that_were_open_then(self, read: Read) -> None:
        then, today = read(THEN), read()
        for text, was_open, is_open in (
            ("已完成的改进", True, False),
            ("后来的改进", False, True),
            ("一直都在的改进", True, True),
            ("早就取消的改进", False, False),
        ):
            assert (text in then, text in today) == (was_open, is_open), text


class TestRemarksAndLockedLimits:
    """Said before the day that is asked about, changed or removed after it."""

    @pytest.fixture
    def metric(self, database: Database, cast: Cast) -> Metric:
        with database.writing() as session:
            for back in range(14, -1, -1):
                publish(session, cast.payments, LAST - WEEK * back, {PAY_IN: f"99.98{back * back % 9}%"})
            metric = session.scalars(select(Metric).where(Metric.name == PAY_IN)).one()
            by, day = cast.lin.id, LAST - WEEK * 3
            add_annotation(session, metric, text="切换通道", day=day, everywhere=True, by=by, at=AT)
            add_annotation(session, metric, text="大促", day=day, everywhere=False, by=by, at=AT)
            lock_baseline(
                session, metric, from_day=LAST - WEEK * 13, until_day=LAST, reason="新通道", by=by, at=AT
            )
            return metric

    def test_are_turned_back_when_they_were_changed(
        self, read: Read, database: Database, cast: Cast, metric: Metric
    ) -> None:
        with database.writing() as session:
            mine = session.get_one(Metric, metric.id)
            remark = session.scalars(select(Annotation).where(Annotation.text == "切换通道")).one()
            baseline = session.scalars(select(Baseline)).one()
            told: Any = {"version": 1, "by": cast.lin.id, "at": CORRECTED}
            change_annotation(
                session, mine, remark, text="改了的说明", day=remark.day, everywhere=True, **told
            )
            days: Any = {"from_day": baseline.from_day, "until_day": baseline.until_day}
            change_baseline(session, mine, baseline, reason="改了的理由", **days, **told)
        for query, here, gone in (
            (THEN, ("切换通道", "大促", "新通道"), ("改了的说明", "改了的理由")),
            (NOW, ("改了的说明", "大促", "改了的理由"), ("切换通道", "新通道")),
        ):
            page = read(query)
            assert all(text in page for text in here), query
            assert not any(text in page for text in gone), query

    def test_are_brought_back_when_they_were_removed(
        self, read: Read, database: Database, cast: Cast, metric: Metric
    ) -> None:
        with database.writing() as session:
            mine = session.get_one(Metric, metric.id)
            told: Any = {"version": 1, "by": cast.lin.id, "at": CORRECTED}
            remark = session.scalars(select(Annotation).where(Annotation.text == "切换通道")).one()
            remove_annotation(session, mine, remark, **told)
            remove_baseline(session, mine, session.scalars(select(Baseline)).one(), **told)
        then, today = read(THEN), read()
        assert all(text in then for text in ("切换通道", "大促", "新通道"))
        assert "大促" in today
        assert not any(text in today for text in ("切换通道", "新通道"))
        assert "切换通道" not in read("?as_of=2025-06-12")


@pytest.mark.usefixtures("restated")
class TestLinks:
    def test_open_what_readers_saw_then(self, read: Read) -> None:
        then, week = read(THEN), LAST - WEEK * 2
        assert f'<a href="weeks/{week}/revisions/1#reading-' in then
        assert f'<a href="weeks/{week}#reading-' not in then
        assert then.count(f'href="/teams/payments/weeks/{week}/revisions/1"') == 3  # two accidents, one row
        assert f'<a href="weeks/{LAST}#reading-' in then  # never restated: the report itself
        assert "/revisions/" not in read()
        assert "/revisions/" not in read(NOW)

    def test_never_offer_to_correct_the_past(self, read: Read, cast: Cast) -> None:
        assert "/readings/" in read(as_=cast.lin)
        assert "/readings/" not in read(THEN, as_=cast.lin)


class TestNotReported:
    def test_is_said_where_it_was_said_then(
        self, client: TestClient, cast: Cast, sign_in: SignIn, database: Database
    ) -> None:
        with database.writing() as session:
            publish(session, cast.payments, LAST - WEEK, {PAY_IN: "99.98%", PAY_OUT: "99.9%"})
            report = publish(session, cast.payments, LAST, {PAY_IN: "99.98%"})
            metric = session.scalars(select(Metric.id).where(Metric.name == PAY_OUT)).one()
            session.add(
                UnreportedReading(
                    team_id=cast.payments.id,
                    report_id=report.id,
                    metric_id=metric,
                    revision=1,
                    period_start=LAST,
                    literal="暂无",
                )
            )
            publish(session, cast.payments, LAST, {PAY_IN: "99.98%"}, report=report, at=CORRECTED)

        def literal(query: str) -> str:
            answer = sign_in(client, cast.eve).get(f"{URL}.csv{query}")
            rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
            (row,) = [row for row in rows if row["metric"] == PAY_OUT and row["week"] == str(LAST)]
            return row["literal"]

        assert (literal(THEN), literal("")) == ("暂无", "")


def test_the_day_ends_where_the_team_is(read: Read, restated: Database) -> None:
    """16 June in Shanghai begins on 15 June, 16:00 UTC; the restatement is of the 16th, 09:42 UTC."""
    assert datetime(2025, 6, 15, 16, tzinfo=UTC) < CORRECTED
    assert "99.990%" not in read(THEN)
    assert "99.990%" in read(NOW)
