"""The settings of metrics: what each is, its names, targets, order and retirement, as people change them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.accounts.models import AuditEvent
from app.db import Database
from app.metrics.models import MetricName, Reading, Target
from tests.conftest import Cast, SignIn
from tests.metrics.three_metrics import (
    PAY_IN,
    PAY_OUT,
    TICKETS,
    URL,
    address,
    metric,
    pulse,
    store_three_metrics,
    words,
)
from tests.trends.weeks import LAST, WEEK, publish

WHAT = {
    "name": PAY_IN,
    "unit": "%",
    "kind": "rate",
    "direction": "up",
    "decimals": "3",
    "rounding": "nearest",
    "scale": "nines",
    "spc_scale": "cbrt",
}


@pytest.fixture
def written(database: Database, cast: Cast) -> Database:
    store_three_metrics(database, cast)
    return database


@pytest.fixture
def lin(client: TestClient, cast: Cast, sign_in: SignIn, written: Database) -> TestClient:
    return sign_in(client, cast.lin)


class TestTheList:
    def test_shows_the_metrics_in_order_with_target_and_weeks(self, lin: TestClient) -> None:
        said = words(lin.get(URL).text)
        assert re.search(f"{PAY_IN} .*99.97% .*3 weeks .*{PAY_OUT} .*{TICKETS}", said)

    def test_is_read_by_managers_and_executives_who_cannot_change_it(
        self, client: TestClient, cast: Cast, sign_in: SignIn, written: Database
    ) -> None:
        for person in (cast.mei, cast.eve):
            sign_in(client, person)
            for page in (client.get(URL).text, client.get(address(written)).text):
                assert PAY_IN in page
                assert f'action="{URL}' not in page
            assert client.post(f"{address(written)}/place", data={"direction": "up"}).status_code == 403

    def test_has_words_for_a_team_without_metrics(
        self, client: TestClient, cast: Cast, sign_in: SignIn, database: Database
    ) -> None:
        sign_in(client, cast.lin)
        assert "No metric yet." in client.get(URL).text

    def test_is_put_in_another_order(self, lin: TestClient, written: Database, cast: Cast) -> None:
        before = pulse(written, cast.payments)
        answer = lin.post(f"{address(written, TICKETS)}/place", data={"direction": "up"})
        assert answer.headers["location"] == f"{URL}#metric-{metric(written, TICKETS).id}"
        page = lin.get(URL).text
        assert page.index(PAY_IN) < page.index(TICKETS) < page.index(PAY_OUT)
        trends = lin.get("/teams/payments/trends").text
        assert trends.index(TICKETS) < trends.index(PAY_OUT)
        assert pulse(written, cast.payments) == before + 1

    def test_stays_as_it_is_at_its_ends(self, lin: TestClient, written: Database) -> None:
        lin.post(f"{address(written)}/place", data={"direction": "up"})
        page = lin.get(URL).text
        assert page.index(PAY_IN) < page.index(PAY_OUT) < page.index(TICKETS)

    def test_comes_as_a_fragment_when_a_script_asks(self, lin: TestClient, written: Database) -> None:
        answer = lin.post(
            f"{address(written)}/place", data={"direction": "down"}, headers={"HX-Request": "true"}
        )
        assert answer.text.lstrip().startswith('<div id="metrics">')
        assert answer.text.index(PAY_OUT) < answer.text.index(PAY_IN)


class TestWhatAMetricIs:
    def test_is_changed(self, lin: TestClient, written: Database, cast: Cast) -> None:
        before, found = pulse(written, cast.payments), metric(written)
        changes = {"rounding": "truncate", "scale": "linear", "spc_scale": "raw", "decimals": "2"}
        answer = lin.post(address(written), data=WHAT | changes | {"version": str(found.version)})
        assert answer.headers["location"] == f"{address(written)}?saved=what"
        now = metric(written)
        assert (now.rounding, now.scale, now.spc_scale, now.decimals) == ("truncate", "linear", "raw", 2)
        assert now.version == found.version + 1
        assert pulse(written, cast.payments) == before + 1
        with written.reading() as session:
            told = session.scalars(select(AuditEvent).where(AuditEvent.action == "metric.changed")).one()
        assert (told.user_id, told.subject) == (cast.lin.id, found.key)

    def test_a_new_name_is_one_it_goes_by(self, lin: TestClient, written: Database) -> None:
        lin.post(address(written), data=WHAT | {"name": "入金率", "version": "1"})
        assert metric(written, "入金率").name == "入金率"
        assert metric(written, "入金率").id == metric(written, PAY_IN).id

    @pytest.mark.parametrize(
        ("wrong", "field", "says"),
        [
            ({"name": " "}, "name", "Type a name in one line"),
            ({"name": PAY_OUT}, "name", "is a name of the metric"),
            ({"unit": "ms"}, "unit", "Rates are kept in %, not in “ms”"),
            ({"kind": "mood"}, "kind", "Choose a kind."),
            ({"kind": "count", "unit": "个"}, "scale", "choose linear"),
            ({"decimals": "many"}, "decimals", "a whole number from 0 to 12"),
            ({"decimals": "99"}, "decimals", "a whole number from 0 to 12"),
            ({"direction": ""}, "direction", "Choose which way is better."),
            ({"rounding": "up"}, "rounding", "Choose how the last digit comes about."),
            ({"scale": "cubic"}, "scale", "Choose an axis."),
            ({"spc_scale": "log"}, "spc_scale", "Choose how limits are computed."),
        ],
    )
    def test_is_not_changed_when_something_is_wrong_and_what_was_typed_stays(
        self, lin: TestClient, written: Database, wrong: dict[str, str], field: str, says: str
    ) -> None:
        answer = lin.post(address(written), data=WHAT | {"decimals": "4", "version": "1"} | wrong)
        assert answer.status_code in (409, 422)
        assert f'id="{field}-error"' in answer.text
        assert says in words(answer.text)
        assert f'value="{wrong.get("decimals", "4")}"' in answer.text
        assert metric(written).version == 1

    def test_is_refused_in_chinese_too(self, lin: TestClient, written: Database) -> None:
        answer = lin.post(
            address(written), data=WHAT | {"unit": "ms", "version": "1"}, headers={"Accept-Language": "zh"}
        )
        assert "比率以 % 为单位，不能是“ms”。" in answer.text

    def test_a_count_above_a_hundred_is_no_rate(self, lin: TestClient, written: Database) -> None:
        answer = lin.post(address(written, TICKETS), data=WHAT | {"name": TICKETS, "version": "1"})
        assert answer.status_code == 422
        assert "One of its values is 12" in answer.text

    def test_changed_by_two_is_changed_by_the_first_and_the_second_can_send_again(
        self, lin: TestClient, written: Database
    ) -> None:
        first = lin.post(address(written), data=WHAT | {"decimals": "2", "version": "1"})
        second = lin.post(address(written), data=WHAT | {"decimals": "4", "version": "1"})
        assert (first.status_code, second.status_code) == (303, 409)
        assert "Somebody changed" in second.text
        assert 'value="4"' in second.text
        newest = re.search(r'name="version" value="(\d+)"', second.text)
        assert newest is not None
        again = lin.post(address(written), data=WHAT | {"decimals": "4", "version": newest[1]})
        assert again.status_code == 303
        assert metric(written).decimals == 4

    def test_of_another_team_is_not_found(
        self, client: TestClient, cast: Cast, sign_in: SignIn, written: Database
    ) -> None:
        sign_in(client, cast.otto)
        assert client.get(f"/teams/elsewhere/metrics/{metric(written).id}").status_code == 404


class TestNames:
    def test_are_added_and_pages_are_then_read_with_them(
        self, lin: TestClient, written: Database, cast: Cast
    ) -> None:
        answer = lin.post(f"{address(written)}/names", data={"also": "入金 成功率(有效)"})
        assert answer.headers["location"] == f"{address(written)}?saved=names#names"
        with written.writing() as session:
            publish(session, cast.payments, LAST + WEEK, {"入金成功率（有效）": "99.99%"})
        with written.reading() as session:
            of = session.scalars(select(Reading.metric_id).where(Reading.period_start == LAST + WEEK)).one()
        assert of == metric(written).id

    def test_are_removed_but_not_the_last_one(self, lin: TestClient, written: Database) -> None:
        lin.post(f"{address(written)}/names", data={"also": "入金率"})
        with written.reading() as session:
            ids = dict(
                session.execute(
                    select(MetricName.name, MetricName.id).where(MetricName.metric_id == metric(written).id)
                ).all()
            )
        assert lin.post(f"{address(written)}/names/{ids['入金率']}/removal").status_code == 303
        last = lin.post(f"{address(written)}/names/{ids[PAY_IN]}/removal")
        assert last.status_code == 409
        assert "is its last name" in last.text

    @pytest.mark.parametrize("typed", ["", "  ", "：", "长" * 201])
    def test_must_be_a_line(self, lin: TestClient, written: Database, typed: str) -> None:
        answer = lin.post(f"{address(written)}/names", data={"also": typed})
        assert answer.status_code == 422
        assert 'id="also-error"' in answer.text

    def test_it_has_already_are_refused_beside_the_field(self, lin: TestClient, written: Database) -> None:
        answer = lin.post(f"{address(written)}/names", data={"also": PAY_IN})
        assert answer.status_code == 409
        assert 'id="also-error"' in answer.text


class TestTargets:
    def add(self, lin: TestClient, database: Database, literal: str, day: str, name: str = PAY_IN) -> Any:
        return lin.post(f"{address(database, name)}/targets", data={"literal": literal, "from_day": day})

    def targets(self, database: Database, name: str = PAY_IN) -> list[Target]:
        with database.reading() as session:
            return list(
                session.scalars(
                    select(Target)
                    .where(Target.metric_id == metric(database, name).id)
                    .order_by(Target.from_day)
                )
            )

    def test_are_added_from_a_day_on(self, lin: TestClient, written: Database) -> None:
        assert self.add(lin, written, "99.980", "2025-06-09").status_code == 303
        assert [target.literal for target in self.targets(written)] == ["99.97%", "99.980%"]
        page = words(lin.get(address(written)).text)
        assert "99.980% from 9 June 2025 in force" in page
        assert "99.97% from 1 January 2024 until before 9 June 2025" in page

    def test_of_a_count_keep_their_unit_as_typed(self, lin: TestClient, written: Database) -> None:
        self.add(lin, written, "100个", "2025-01-01", TICKETS)
        assert [(one.literal, one.value) for one in self.targets(written, TICKETS)] == [("100个", 100)]

    @pytest.mark.parametrize(
        ("literal", "day", "field"),
        [
            ("good", "2025-06-09", "new-literal"),
            ("", "2025-06-09", "new-literal"),
            ("100.1", "2025-06-09", "new-literal"),
            ("-1", "2025-06-09", "new-literal"),
            ("9" * 70, "2025-06-09", "new-literal"),
            ("99.9", "soon", "new-day"),
            ("99.9", "1825-06-09", "new-day"),
            ("99.9", "2024-01-01", "new-day"),
        ],
    )
    def test_that_are_none_are_refused_beside_their_field(
        self, lin: TestClient, written: Database, literal: str, day: str, field: str
    ) -> None:
        answer = self.add(lin, written, literal, day)
        assert answer.status_code in (409, 422)
        assert f'id="{field}-error"' in answer.text
        assert f'value="{literal}"' in answer.text
        assert len(self.targets(written)) == 1

    def test_are_changed_and_removed(self, lin: TestClient, written: Database) -> None:
        target = self.targets(written)[0]
        url = f"{address(written)}/targets/{target.id}"
        lin.post(url, data={"literal": "99.96%", "from_day": "2024-02-01", "version": target.version})
        changed = self.targets(written)[0]
        assert (changed.literal, changed.from_day) == ("99.96%", date(2024, 2, 1))
        stale = lin.post(url, data={"literal": "99.5", "from_day": "2024-02-01", "version": target.version})
        assert stale.status_code == 409
        assert "it is 99.96% from 2024-02-01 now" in stale.text
        assert 'value="99.5"' in stale.text
        assert lin.post(f"{url}/removal", data={"version": target.version}).status_code == 409
        assert lin.post(f"{url}/removal", data={"version": changed.version}).status_code == 303
        assert self.targets(written) == []

    def test_of_another_metric_are_not_found(self, lin: TestClient, written: Database) -> None:
        target = self.targets(written)[0]
        url = f"{address(written, PAY_OUT)}/targets/{target.id}"
        assert lin.post(f"{url}/removal", data={"version": 1}).status_code == 404


class TestRetiring:
    def test_from_a_day_on_its_weeks_are_not_missed(self, lin: TestClient, written: Database) -> None:
        day = LAST + timedelta(days=7)
        data = {"retired_from": day.isoformat(), "version": 1}
        assert lin.post(f"{address(written)}/retirement", data=data).status_code == 303
        assert metric(written).retired_from == day
        page = words(lin.get(URL).text)
        assert page.index(PAY_OUT) < page.index("Retired") < page.index(PAY_IN)

    def test_needs_a_day(self, lin: TestClient, written: Database) -> None:
        answer = lin.post(f"{address(written)}/retirement", data={"retired_from": "soon", "version": 1})
        assert answer.status_code == 422
        assert 'id="retired_from-error"' in answer.text

    def test_can_be_taken_back(self, lin: TestClient, written: Database) -> None:
        lin.post(f"{address(written)}/retirement", data={"retired_from": "2025-06-16", "version": 1})
        assert lin.post(f"{address(written)}/return", data={"version": 1}).status_code == 409
        assert lin.post(f"{address(written)}/return", data={"version": 2}).status_code == 303
        assert metric(written).retired_from is None
