"""A value set right from the chart: the report's text changes, and the next revision says why."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.db import Database
from app.metrics.actions import find_or_make_metric
from app.metrics.models import Metric, Reading
from app.reports.assembly import published_document
from app.reports.models import Item, Report, Revision
from tests.conftest import Cast, Clock, SignIn
from tests.reports.pages import MONDAY, PAGE, report_of, store_week

WEEK = "/teams/payments/weeks/2025-06-02"
PAY_IN, PAY_OUT, FIRST = "入金有效成功率", "出金有效成功率", "一次支付成功率"
FORM = {"literal": "99.975%", "base": "99.972%", "reason": "清算对账后重算"}


@pytest.fixture
def week(database: Database, cast: Cast, clock: Clock) -> int:
    """The published week of 2 June; the report's id."""
    return store_week(database, cast.payments, cast.lin, clock.now)


@pytest.fixture
def lin(client: TestClient, cast: Cast, sign_in: SignIn, week: int) -> TestClient:
    return sign_in(client, cast.lin)


def address(database: Database, name: str = PAY_IN) -> str:
    with database.reading() as session:
        metric = session.scalars(select(Metric.id).where(Metric.name == name)).one()
    return f"{WEEK}/readings/{metric}"


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


class TestAPoint:
    def test_says_the_value_what_it_stands_for_and_where_it_was_said(
        self, lin: TestClient, database: Database
    ) -> None:
        page = lin.get(address(database)).text
        said = words(page)
        assert "99.972% stands for 99.9715% to 99.9725%" in said
        assert "入金有效成功率：99.972%" in said
        place = re.search(rf'href="{WEEK}#(s[\d-]+)"', page)
        assert place is not None
        row = lin.get(WEEK).text.partition(f'id="{place[1]}"')[2]
        assert words(row).index("99.972%") < 60

    def test_is_read_by_whoever_reads_the_week_and_corrected_by_its_writers(
        self, client: TestClient, cast: Cast, sign_in: SignIn, week: int, database: Database
    ) -> None:
        for person in (cast.eve, cast.mei):
            sign_in(client, person)
            answer = client.get(address(database))
            assert answer.status_code == 200
            assert "<form class" not in answer.text
            assert client.post(address(database), data=FORM).status_code == 403

    def test_comes_as_a_fragment_when_a_script_asks(self, lin: TestClient, database: Database) -> None:
        answer = lin.get(address(database), headers={"HX-Request": "true"})
        assert answer.text.strip().startswith('<section class="small-form" id="point"')

    def test_that_the_week_does_not_say_leads_to_the_report(
        self, lin: TestClient, database: Database, cast: Cast
    ) -> None:
        with database.writing() as session:
            other = find_or_make_metric(session, cast.payments.id, "退款成功率")
        page = lin.get(f"{WEEK}/readings/{other}").text
        assert "The report of this week does not say it." in page
        assert f'href="{WEEK}/edit"' in page

    def test_of_another_teams_metric_is_not_found(
        self, lin: TestClient, database: Database, cast: Cast
    ) -> None:
        with database.writing() as session:
            theirs = find_or_make_metric(session, cast.elsewhere.id, "退款成功率")
        assert lin.get(f"{WEEK}/readings/{theirs}").status_code == 404
        assert lin.post(f"{WEEK}/readings/{theirs}", data=FORM).status_code == 404


class TestCorrecting:
    def test_changes_the_text_and_publishes_the_next_revision_with_the_reason(
        self, lin: TestClient, database: Database, week: int, cast: Cast
    ) -> None:
        answer = lin.post(address(database), data=FORM)
        assert answer.headers["location"].startswith("/teams/payments/trends#metric-")
        report = report_of(database, week)
        assert (report.state, report.published_revision) == ("published", 2)
        with database.reading() as session:
            newest = session.scalars(select(Revision).where(Revision.number == 2)).one()
            text = session.scalars(select(Item.text).where(Item.text.startswith(PAY_IN))).one()
            values = session.execute(
                select(Reading.revision, Reading.literal)
                .join(Metric, Metric.id == Reading.metric_id)
                .where(Metric.name == PAY_IN)
                .order_by(Reading.revision)
            ).all()
        assert (newest.reason, newest.author_name) == ("清算对账后重算", cast.lin.display_name)
        assert text == "入金有效成功率：99.975%"
        assert [tuple(row) for row in values] == [(1, "99.972%"), (2, "99.975%")]

    def test_shows_as_restated_on_the_chart_and_in_the_points_history(
        self, lin: TestClient, database: Database
    ) -> None:
        lin.post(address(database), data=FORM)
        assert 'class="ring"' in lin.get("/teams/payments/trends").text
        said = words(lin.get(address(database)).text)
        assert re.search(r"99\.975% revision 2 · 林晚 · [^9]*清算对账后重算 99\.972% revision 1", said)

    def test_leaves_the_other_values_of_its_line_alone(
        self, lin: TestClient, database: Database, week: int
    ) -> None:
        lin.post(address(database, FIRST), data={**FORM, "base": "97.14%", "literal": "97.2"})
        with database.reading() as session:
            document = published_document(session, session.get_one(Report, week))
        values = {metric.name: metric.value for metric in document.metrics}
        assert (values[PAY_OUT], values[FIRST]) == ("99.985", "97.2")

    def test_leads_back_to_the_state_of_the_page_one_came_from(
        self, lin: TestClient, database: Database
    ) -> None:
        back = "/teams/payments/trends?weeks=52&unit=ppm"
        answer = lin.post(address(database), data={**FORM, "back": back})
        assert answer.headers["location"].startswith(back + "#metric-")

    def test_never_leads_elsewhere(self, lin: TestClient, database: Database) -> None:
        answer = lin.post(address(database), data={**FORM, "back": "https://evil.example/"})
        assert answer.headers["location"].startswith("/teams/payments/trends#")

    @pytest.mark.parametrize(
        ("wrong", "field", "says"),
        [
            ({"reason": "  "}, "point-reason", "reason"),
            ({"literal": ""}, "point-literal", "Type the value as it should be."),
            ({"literal": "good"}, "point-literal", "good"),
            ({"literal": "100.1%"}, "point-literal", "100.1%"),
            ({"literal": "99.972"}, "point-literal", "already"),
            ({"base": "99.9%"}, "point-literal", "The value is 99.972% meanwhile"),
        ],
    )
    def test_is_refused_beside_the_field_and_what_was_typed_stays(
        self,
        lin: TestClient,
        database: Database,
        week: int,
        wrong: dict[str, str],
        field: str,
        says: str,
    ) -> None:
        answer = lin.post(address(database), data=FORM | wrong)
        assert answer.status_code in (409, 422)
        assert f'id="{field}-error"' in answer.text
        assert says in words(answer.text)
        assert f'value="{(FORM | wrong)["literal"]}"' in answer.text
        assert report_of(database, week).published_revision == 1

    def test_is_refused_in_chinese_too(self, lin: TestClient, database: Database) -> None:
        answer = lin.post(
            address(database), data={**FORM, "base": "99.9%"}, headers={"Accept-Language": "zh"}
        )
        assert "这个值刚被改为 99.972%" in answer.text

    def test_can_be_sent_again_after_somebody_else_corrected_it(
        self, lin: TestClient, database: Database, week: int
    ) -> None:
        lin.post(address(database), data=FORM)
        stale = lin.post(address(database), data={**FORM, "literal": "99.98%"})
        assert stale.status_code == 409
        assert 'name="base" value="99.975%"' in stale.text
        assert (
            lin.post(address(database), data={**FORM, "literal": "99.98%", "base": "99.975%"}).status_code
            == 303
        )
        assert report_of(database, week).published_revision == 3

    def test_waits_while_somebody_amends_the_week(
        self, lin: TestClient, database: Database, week: int, client: TestClient
    ) -> None:
        with database.reading() as session:
            item = session.scalars(select(Item).where(Item.text.startswith("商户对账单"))).one()
        lin.post(f"{WEEK}/items/{item.id}", data={"text": "改到一半", "version": item.version})
        page = words(lin.get(address(database)).text)
        assert "林晚 is amending this week." in page
        answer = lin.post(address(database), data=FORM)
        assert answer.status_code == 409
        assert "林晚 is amending this week." in words(answer.text)
        report = report_of(database, week)
        assert (report.state, report.published_revision) == ("amending", 1)

    def test_of_a_draft_is_refused(self, lin: TestClient, database: Database) -> None:
        draft = MONDAY + timedelta(days=7)
        lin.post("/teams/payments/weeks", data={"period_start": draft.isoformat()})
        url = address(database).replace(MONDAY.isoformat(), draft.isoformat())
        assert "is not published yet" in lin.get(url).text
        assert lin.post(url, data=FORM).status_code == 409

    def test_comes_as_a_redirect_or_the_refused_form_when_a_script_sends_it(
        self, lin: TestClient, database: Database
    ) -> None:
        script = {"HX-Request": "true"}
        refused = lin.post(address(database), data={**FORM, "reason": ""}, headers=script)
        assert refused.text.strip().startswith('<section class="small-form" id="point"')
        taken = lin.post(address(database), data=FORM, headers=script)
        assert taken.headers["hx-redirect"].startswith("/teams/payments/trends#metric-")


class TestAddingAValueThatWasNeverReported:
    @pytest.fixture
    def other(self, database: Database, cast: Cast, week: int) -> str:
        """The address of a metric that the week does not say, and the week before does."""
        page = PAGE.replace("# 第23周 2025-06-06", "# 第22周 2025-05-30").replace(PAY_IN, "退款成功率")
        store_week(database, cast.payments, cast.lin, datetime(2025, 5, 30, 9, tzinfo=UTC), page)
        return address(database, "退款成功率")

    def test_is_offered_where_the_chart_has_a_gap(
        self, lin: TestClient, other: str, client: TestClient, cast: Cast, sign_in: SignIn
    ) -> None:
        trends = lin.get("/teams/payments/trends").text
        assert f'href="{other.removeprefix("/teams/payments/")}" data-sheet' in trends
        assert "Add the value" in lin.get(other).text
        assert "Add the value" not in sign_in(client, cast.eve).get(other).text

    def test_writes_it_into_the_report_and_publishes_that_with_the_reason(
        self, lin: TestClient, other: str, database: Database, week: int
    ) -> None:
        answer = lin.post(other, data={"literal": "99.93", "base": "", "reason": "漏报"})
        assert answer.status_code == 303
        with database.reading() as session:
            newest = session.scalars(
                select(Revision).where(Revision.report_id == week, Revision.number == 2)
            ).one()
            literal = session.scalars(
                select(Reading.literal)
                .where(Reading.report_id == week, Reading.revision == 2)
                .join(Metric, Metric.id == Reading.metric_id)
                .where(Metric.name == "退款成功率")
            ).one()
            document = published_document(session, session.get_one(Report, week))
        assert (newest.reason, literal) == ("漏报", "99.93%")
        (told,) = [told for told in document.metrics if told.name == "退款成功率"]
        assert document.sections[told.place.section].kind == "metrics"
        assert "99.93%" in words(lin.get("/teams/payments/trends").text)
        assert "Correct the value" in lin.get(other).text

    def test_takes_the_place_of_words_that_there_is_none(
        self, lin: TestClient, database: Database, week: int
    ) -> None:
        at = address(database)
        assert lin.post(at, data=FORM | {"literal": "未上报"}).status_code == 303
        page = lin.get(at).text
        assert "The report of this week says that there is no value." in page
        assert 'name="base" value="未上报"' in page
        lin.post(at, data={"literal": "99.97", "base": "未上报", "reason": "补报"})
        with database.reading() as session:
            texts = session.scalars(select(Item.text).where(Item.text.contains(PAY_IN))).all()
        assert texts == ["入金有效成功率：99.97%"]

    @pytest.mark.parametrize(
        ("changed", "status", "said"),
        [
            ({"literal": ""}, 422, "Type the value as it should be."),
            ({"literal": "很好"}, 422, "很好"),
            ({"reason": " "}, 422, "reason"),
            ({"base": "99.90%"}, 409, ""),
        ],
        ids=["empty", "no number", "no reason", "said meanwhile"],
    )
    def test_is_refused_with_words(
        self,
        lin: TestClient,
        other: str,
        database: Database,
        week: int,
        changed: dict[str, str],
        status: int,
        said: str,
    ) -> None:
        answer = lin.post(other, data={"literal": "99.93%", "base": "", "reason": "漏报"} | changed)
        assert answer.status_code == status
        assert said in answer.text
        assert report_of(database, week).published_revision == 1

    def test_is_for_those_who_write_the_week(
        self, client: TestClient, cast: Cast, sign_in: SignIn, other: str
    ) -> None:
        form = {"literal": "99.93%", "base": "", "reason": "漏报"}
        for person, status in ((cast.eve, 403), (cast.mei, 403), (cast.otto, 404)):
            assert sign_in(client, person).post(other, data=form).status_code == status

    def test_is_refused_where_the_report_has_no_metrics(
        self, lin: TestClient, other: str, database: Database, cast: Cast
    ) -> None:
        page = "# 第21周 2025-05-23\n\n## 【O1 业务支撑】\n\n- 分期付能力：进度60%\n"
        store_week(database, cast.payments, cast.lin, datetime(2025, 5, 23, 9, tzinfo=UTC), page)
        there = other.replace("2025-06-02", "2025-05-19")
        answer = lin.post(there, data={"literal": "99.93%", "base": "", "reason": "漏报"})
        assert answer.status_code == 409
        assert "has no section for metrics" in answer.text
