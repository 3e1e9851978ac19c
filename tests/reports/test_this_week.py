"""`/` for a lead is this week, and any week can be started from its own page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.accounts import actions
from app.accounts.models import Team, User
from app.db import Database
from app.reports.models import Report
from tests.conftest import Cast, Clock, SignIn
from tests.reports.pages import MONDAY, PAGE, store_week
from tests.reports.reading import parse

WEEKS = "/teams/payments/weeks"
THIS = MONDAY + timedelta(weeks=1)
"""The week of the tests' clock, 24; that of the page is 23."""


@pytest.fixture
def published(database: Database, cast: Cast, clock: Clock) -> int:
    return store_week(database, cast.payments, cast.lin, clock.now)


@pytest.fixture
def lin(client: TestClient, cast: Cast, sign_in: SignIn) -> TestClient:
    return sign_in(client, cast.lin)


def text_of(client: TestClient, path: str = "/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.headers.get("location")
    return " ".join(parse(answer.text).text().split())


def start(client: TestClient, monday: date = THIS, **more: str) -> Any:
    return client.post(WEEKS, data={"period_start": monday.isoformat(), **more})


def lead(database: Database, person: User, team: Team, at: datetime) -> None:
    with database.writing() as session:
        user, led = session.get_one(User, person.id), session.get_one(Team, team.id)
        actions.grant_role(session, user, led, "lead", at=at)


class TestBeforeItIsBegun:
    def test_says_which_week_it_is_and_what_comes_along(self, lin: TestClient, published: int) -> None:
        page = text_of(lin)
        assert "Week 24 9–15 June 2025" in page
        assert (
            "From week 23 come 4 items that are open, with 2 goals to answer, and 4 metrics to fill in."
        ) in page

    def test_shows_what_it_had_reached_and_promised(self, lin: TestClient, published: int) -> None:
        assert "进度60%，预计6/13灰度 60% · 13 Jun 灰度" in text_of(lin)

    def test_of_a_team_without_weeks_begins_with_the_usual_headings(self, lin: TestClient) -> None:
        assert "it begins with the usual headings" in text_of(lin)

    def test_begins_by_one_button_that_has_the_focus(self, lin: TestClient, published: int) -> None:
        page = lin.get("/").text
        assert page.count("autofocus") == 1
        assert start(lin, sure="true").headers["location"] == f"{WEEKS}/{THIS}/edit"

    def test_begins_with_pasting_a_page_where_one_rather_writes_elsewhere(
        self, lin: TestClient, published: int
    ) -> None:
        assert "or paste a page" in text_of(lin)
        pasting = start(lin, sure="true", then="paste").headers["location"]
        assert pasting == f"{WEEKS}/{THIS}/paste"
        assert lin.get(pasting).status_code == 200

    def test_counts_the_week_where_the_team_is(
        self, lin: TestClient, published: int, clock: Clock, database: Database, cast: Cast
    ) -> None:
        clock.now = datetime(2025, 6, 15, 17, 0, tzinfo=UTC)  # Monday already in Shanghai
        assert "Week 25" in text_of(lin)
        with database.writing() as session:
            session.get_one(Team, cast.payments.id).time_zone = "Europe/Berlin"
        assert "Week 24" in text_of(lin)


class TestOnceItIsBegun:
    def test_leads_straight_to_writing(self, lin: TestClient, published: int) -> None:
        start(lin)
        assert lin.get("/").headers["location"] == f"{WEEKS}/{THIS}/edit"

    def test_leads_to_the_week_itself_once_it_is_published(
        self, lin: TestClient, database: Database, cast: Cast, clock: Clock
    ) -> None:
        store_week(
            database,
            cast.payments,
            cast.lin,
            clock.now,
            PAGE.replace("第23周 2025-06-06", "第24周 2025-06-13"),
        )
        assert lin.get("/").headers["location"] == f"{WEEKS}/{THIS}"


class TestMissedWeeks:
    def test_are_named_the_newest_first(
        self, client: TestClient, published: int, clock: Clock, cast: Cast, sign_in: SignIn
    ) -> None:
        clock.now += timedelta(weeks=2)
        page = text_of(sign_in(client, cast.lin))
        assert page.index("Week 25 16 – 22 Jun") < page.index("Week 24 9 – 15 Jun")
        assert "From week 23 come 4 items" in page

    def test_before_the_first_report_are_none(self, lin: TestClient, published: int) -> None:
        assert "Not written yet" not in text_of(lin)

    def test_can_be_caught_up_on_from_the_week_before_them(
        self, lin: TestClient, published: int, clock: Clock, database: Database, cast: Cast
    ) -> None:
        later = PAGE.replace("第23周 2025-06-06", "第25周 2025-06-20").replace("进度60%", "进度90%")
        store_week(database, cast.payments, cast.lin, clock.now, later)
        clock.now += timedelta(days=4)
        assert "From week 23" in text_of(lin, f"{WEEKS}/{THIS}/start")
        start(lin)
        page = lin.get(f"{WEEKS}/{THIS}/edit").text
        assert "last week <b>60%</b>" in page

    def test_that_are_drafts_are_said_to_hand_nothing_on(
        self, lin: TestClient, published: int, clock: Clock
    ) -> None:
        start(lin)
        clock.now += timedelta(days=4)
        assert "Week 24 is still a draft; nothing comes from it." in text_of(lin)


class TestAWeekAhead:
    def test_is_asked_about_first(self, lin: TestClient, published: int) -> None:
        ahead = THIS + timedelta(weeks=2)
        assert start(lin, ahead).headers["location"] == f"{WEEKS}/{ahead}/start"
        assert "The week only begins on 23 Jun. Write it now all the same?" in text_of(
            lin, f"{WEEKS}/{ahead}/start"
        )
        assert start(lin, ahead, sure="true").headers["location"] == f"{WEEKS}/{ahead}/edit"

    def test_is_refused_beyond_four_weeks(self, lin: TestClient, published: int) -> None:
        assert start(lin, THIS + timedelta(weeks=4), sure="true").status_code == 303
        assert start(lin, THIS + timedelta(weeks=5), sure="true").status_code == 422


class TestALeadOfTwoTeams:
    @pytest.fixture
    def both(self, database: Database, cast: Cast, clock: Clock, published: int) -> None:
        lead(database, cast.lin, cast.merchant, clock.now)

    def test_sees_each_teams_week(self, lin: TestClient, both: None) -> None:
        page = text_of(lin)
        assert "示例支付平台组" in page
        assert "示例商户组" in page
        assert page.count("Start week 24") == 2

    def test_has_one_that_enter_starts(self, lin: TestClient, both: None) -> None:
        assert lin.get("/").text.count("autofocus") == 1

    def test_goes_on_with_one_and_starts_the_other(self, lin: TestClient, both: None) -> None:
        start(lin)
        page = text_of(lin)
        assert "Draft Go on writing" in page
        assert page.count("Start week 24") == 1

    def test_who_leads_their_department_sees_the_teams(
        self,
        client: TestClient,
        sign_in: SignIn,
        database: Database,
        cast: Cast,
        clock: Clock,
        published: int,
    ) -> None:
        lead(database, cast.eve, cast.department, clock.now)
        page = text_of(sign_in(client, cast.eve))
        assert page.count("Start week 24") == 2
        assert "示例支付事业部" not in page


YEAR_ENDS = [
    # the clock, the rule, the week that it is, its Monday
    (datetime(2026, 12, 28, 9, tzinfo=UTC), "iso", "Week 53", date(2026, 12, 28)),
    (datetime(2026, 12, 28, 9, tzinfo=UTC), "jan1-monday", "Week 1", date(2026, 12, 28)),
    (datetime(2027, 1, 3, 9, tzinfo=UTC), "iso", "Week 53", date(2026, 12, 28)),
    (datetime(2027, 1, 4, 9, tzinfo=UTC), "iso", "Week 1", date(2027, 1, 4)),
    (datetime(2027, 1, 4, 9, tzinfo=UTC), "jan1-monday", "Week 2", date(2027, 1, 4)),
    (datetime(2020, 12, 28, 9, tzinfo=UTC), "iso", "Week 53", date(2020, 12, 28)),
    (datetime(2020, 12, 28, 9, tzinfo=UTC), "jan1-monday", "Week 1", date(2020, 12, 28)),
    (datetime(2021, 1, 4, 9, tzinfo=UTC), "iso", "Week 1", date(2021, 1, 4)),
    (datetime(2023, 12, 31, 9, tzinfo=UTC), "jan1-monday", "Week 53", date(2023, 12, 25)),
    (datetime(2024, 1, 1, 9, tzinfo=UTC), "jan1-monday", "Week 1", date(2024, 1, 1)),
    (datetime(2024, 12, 30, 9, tzinfo=UTC), "iso", "Week 1", date(2024, 12, 30)),
]


class TestAYearsEnd:
    @pytest.mark.parametrize(("now", "rule", "name", "monday"), YEAR_ENDS)
    def test_has_its_weeks_by_the_teams_rule(
        self,
        client: TestClient,
        sign_in: SignIn,
        database: Database,
        cast: Cast,
        clock: Clock,
        now: datetime,
        rule: str,
        name: str,
        monday: date,
    ) -> None:
        with database.writing() as session:
            session.get_one(Team, cast.payments.id).week_rule = rule
        clock.now = now
        lin = sign_in(client, cast.lin)
        assert f"Start {name.lower()}" in text_of(lin)
        assert start(lin, monday).headers["location"] == f"{WEEKS}/{monday}/edit"
        with database.reading() as session:
            report = session.scalars(select(Report)).one()
        number = int(name.split()[1])
        assert (report.week_number, report.label) == (number, f"第{number}周")
        assert report.period_start == monday
        assert report.week_year == (monday + timedelta(days=6 if rule == "jan1-monday" else 3)).year
        assert f"{name} " in text_of(lin, f"{WEEKS}/{monday}/edit")


class TestSpeed:
    def test_one_teams_page_takes_eight_statements(
        self, lin: TestClient, published: int, query_counter: Callable[[], Any]
    ) -> None:
        with query_counter() as queries:
            text_of(lin)
        assert queries.total <= 8

    def test_two_teams_take_no_more_than_one(
        self,
        lin: TestClient,
        published: int,
        database: Database,
        cast: Cast,
        clock: Clock,
        query_counter: Callable[[], Any],
    ) -> None:
        lead(database, cast.lin, cast.merchant, clock.now)
        store_week(database, cast.merchant, cast.lin, clock.now)
        with query_counter() as queries:
            text_of(lin)
        assert queries.total <= 8
