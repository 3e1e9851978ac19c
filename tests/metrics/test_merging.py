"""Two metrics that are one: taken together after a question, and split again into what both were."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.db import Database
from app.metrics.actions import find_or_make_metric, set_target
from app.metrics.models import (
    Annotation,
    Baseline,
    Metric,
    MetricName,
    Reading,
    TakenIn,
    Target,
    UnreportedReading,
)
from app.reports.models import Report
from tests.conftest import Cast, SignIn
from tests.metrics.three_metrics import (
    PAY_IN,
    PAY_OUT,
    TICKETS,
    address,
    metric,
    store_three_metrics,
    words,
)
from tests.trends.weeks import AT, LAST, WEEK, publish


@pytest.fixture
def written(database: Database, cast: Cast) -> Database:
    store_three_metrics(database, cast)
    return database


@pytest.fixture
def lin(client: TestClient, cast: Cast, sign_in: SignIn, written: Database) -> TestClient:
    return sign_in(client, cast.lin)


class TestMerging:
    @pytest.fixture
    def older(self, written: Database, cast: Cast) -> Database:
        """Pay-in went by another name in the weeks before, as a metric of its own."""
        with written.writing() as session:
            for back in range(5, 2, -1):
                publish(session, cast.payments, LAST - WEEK * back, {"入金率": "99.90%"})
            old = find_or_make_metric(session, cast.payments.id, "入金率")
            set_target(session, old, literal="99.9%", from_day=date(2023, 1, 1))
            set_target(session, old, literal="99.0%", from_day=date(2024, 1, 1))
            session.add(
                Annotation(team_id=cast.payments.id, metric_id=old, day=LAST, text="改名", created_at=AT)
            )
        return written

    def merge(self, lin: TestClient, database: Database, **changes: Any) -> Any:
        kept, gone = metric(database), metric(database, "入金率")
        data = {"other": gone.id, "version": kept.version, "other_version": gone.version} | changes
        return lin.post(f"{address(database)}/merger", data=data)

    def test_is_asked_when_a_name_is_another_metrics(self, lin: TestClient, older: Database) -> None:
        answer = lin.post(f"{address(older)}/names", data={"also": "入金率"})
        question = answer.headers["location"]
        assert question == f"{address(older)}/merger?other={metric(older, '入金率').id}"
        said = words(lin.get(question).text)
        assert "“入金率” is a metric of its own." in said
        assert said.count("3 weeks") == 2

    def test_moves_readings_names_targets_and_annotations(self, lin: TestClient, older: Database) -> None:
        assert self.merge(lin, older).status_code == 303
        kept = metric(older)
        with older.reading() as session:
            assert set(session.scalars(select(Metric.name))) == {PAY_IN, PAY_OUT, TICKETS}
            weeks = session.scalars(select(Reading.period_start).where(Reading.metric_id == kept.id)).all()
            targets = session.execute(
                select(Target.from_day, Target.literal)
                .where(Target.metric_id == kept.id)
                .order_by(Target.from_day)
            ).all()
            remarks = session.scalars(select(Annotation.metric_id)).all()
        assert len(weeks) == 6
        assert [tuple(row) for row in targets] == [(date(2023, 1, 1), "99.9%"), (date(2024, 1, 1), "99.97%")]
        assert remarks == [kept.id]
        assert metric(older, "入金率").id == kept.id
        assert "99.90%" in lin.get("/teams/payments/trends?weeks=all").text

    def test_of_metrics_that_one_week_reports_together_is_refused(
        self, lin: TestClient, written: Database
    ) -> None:
        other = metric(written, PAY_OUT)
        asking = lin.get(f"{address(written)}/merger?other={other.id}").text
        assert "3 weeks report both, the first on 26 May 2025, so they are two metrics." in words(asking)
        answer = lin.post(
            f"{address(written)}/merger", data={"other": other.id, "version": 1, "other_version": 1}
        )
        assert answer.status_code == 409

    def test_of_a_metric_that_changed_since_one_was_asked_is_refused(
        self, lin: TestClient, older: Database
    ) -> None:
        assert self.merge(lin, older, other_version=7).status_code == 409
        assert self.merge(lin, older, version=7).status_code == 409

    def test_of_another_teams_or_no_metric_is_not_found(
        self, lin: TestClient, older: Database, cast: Cast
    ) -> None:
        with older.writing() as session:
            theirs = find_or_make_metric(session, cast.elsewhere.id, PAY_IN)
        for other in (theirs, 10**6, 0):
            assert self.merge(lin, older, other=other).status_code == 404
            assert lin.get(f"{address(older)}/merger?other={other}").status_code == 404

    def test_of_metrics_of_which_one_is_said_not_to_be_reported_beside_the_other_is_refused(
        self, lin: TestClient, older: Database, cast: Cast
    ) -> None:
        gone = metric(older, "入金率")
        with older.writing() as session:
            report = session.scalars(select(Report).where(Report.period_start == LAST)).one()
            session.add(
                UnreportedReading(
                    team_id=cast.payments.id,
                    report_id=report.id,
                    metric_id=gone.id,
                    revision=1,
                    period_start=LAST,
                    literal="未上报",
                )
            )
        assert self.merge(lin, older).status_code == 409

    def split(self, lin: TestClient, database: Database, **changes: Any) -> Any:
        page = lin.get(address(database)).text
        at = re.search(r'action="([^"]+/mergers/\d+/split)"', page)
        assert at is not None
        return lin.post(at[1], data={"version": metric(database).version} | changes)

    def test_can_be_split_again_into_what_both_were(
        self, lin: TestClient, older: Database, cast: Cast
    ) -> None:
        def everything() -> dict[str, Any]:
            with older.reading() as session:
                return {
                    each.name: (
                        (each.key, each.kind, each.unit, each.decimals, each.position, each.retired_from),
                        set(session.scalars(select(MetricName.name).where(MetricName.metric_id == each.id))),
                        sorted(session.scalars(select(Reading.id).where(Reading.metric_id == each.id))),
                        sorted(
                            (target.from_day, target.literal, target.value)
                            for target in session.scalars(select(Target).where(Target.metric_id == each.id))
                        ),
                        sorted(session.scalars(select(Annotation.id).where(Annotation.metric_id == each.id))),
                        [
                            (row.from_day, row.until_day, row.reason, row.created_at)
                            for row in session.scalars(select(Baseline).where(Baseline.metric_id == each.id))
                        ],
                    )
                    for each in session.scalars(select(Metric))
                }

        with older.writing() as session:
            for name in (PAY_IN, "入金率"):  # of the same day: only one holds while they are one
                session.add(
                    Baseline(
                        metric_id=find_or_make_metric(session, cast.payments.id, name),
                        from_day=LAST - WEEK * 5,
                        until_day=LAST,
                        reason=f"锁定 {name}",
                        created_at=AT,
                    )
                )
        before = everything()
        assert self.merge(lin, older).status_code == 303
        assert everything() != before
        answer = self.split(lin, older)
        assert "It is a metric of its own again." in lin.get(answer.headers["location"]).text
        assert everything() == before
        assert "/split" not in lin.get(address(older)).text

    def test_split_again_takes_along_what_was_said_under_its_names_meanwhile(
        self, lin: TestClient, older: Database, cast: Cast
    ) -> None:
        self.merge(lin, older)
        with older.writing() as session:
            publish(session, cast.payments, LAST + WEEK, {"入金率": "99.91%"})
            publish(session, cast.payments, LAST + WEEK * 2, {PAY_IN: "99.92%"})
        self.split(lin, older)
        with older.reading() as session:
            newest = {
                name: session.scalars(
                    select(Reading.literal)
                    .where(Reading.metric_id == metric(older, name).id)
                    .order_by(Reading.period_start.desc())
                ).first()
                for name in (PAY_IN, "入金率")
            }
        assert newest == {PAY_IN: "99.92%", "入金率": "99.91%"}

    def test_is_not_split_twice_nor_by_others_nor_after_changes(
        self, lin: TestClient, older: Database, cast: Cast, client: TestClient, sign_in: SignIn
    ) -> None:
        self.merge(lin, older)
        assert self.split(lin, older, version=1).status_code == 409
        with older.reading() as session:
            taken_in = session.scalars(select(TakenIn.id)).one()
        at, data = f"{address(older)}/mergers/{taken_in}/split", {"version": metric(older).version}
        for person, status in ((cast.eve, 403), (cast.mei, 403), (cast.otto, 404)):
            assert sign_in(client, person).post(at, data=data).status_code == status
        assert "/split" not in sign_in(client, cast.eve).get(address(older)).text
        sign_in(client, cast.lin)
        assert client.post(at, data=data).status_code == 303
        data = {"version": metric(older).version}
        assert client.post(at, data=data).status_code == 404

    def test_keeps_what_a_metric_had_taken_in_itself(
        self, lin: TestClient, older: Database, cast: Cast
    ) -> None:
        with older.writing() as session:
            oldest = find_or_make_metric(session, cast.payments.id, "入金比率")
        gone = metric(older, "入金率")
        lin.post(
            f"/teams/payments/metrics/{gone.id}/merger",
            data={"other": oldest, "version": gone.version, "other_version": 1},
        )
        self.merge(lin, older)
        assert lin.get(address(older)).text.count("/split") == 2

    def test_with_itself_is_refused(self, lin: TestClient, older: Database) -> None:
        assert self.merge(lin, older, other=metric(older).id).status_code == 409
        assert "That is the same metric." in lin.get(f"{address(older)}/merger?other={metric(older).id}").text
