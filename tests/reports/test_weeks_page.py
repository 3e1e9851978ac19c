"""A team's year: ticks, the sentence above them, the list, and the other teams one may see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, update
from starlette.testclient import TestClient

from app.accounts.models import Team, User
from app.db import Database
from app.metrics.weeks import figures_of_weeks
from app.reports import weeks_page as weeks
from app.reports.models import Goal, Report
from app.reports.queries import YearRail, week_name_of, year_rail
from tests.conftest import Cast, Clock, Queries, SignIn
from tests.reports.pages import PAGE, store_week
from tests.reports.reading import Node, parse
from tests.reports.test_report_page import in_view

WEEKS = "/teams/payments/weeks"
FIRST = date(2025, 5, 12)
"""The Monday of week 20, where the tests' year begins; the clock stands in week 24."""


@pytest.fixture(autouse=True)
def figures() -> Iterator[None]:
    """The metrics' columns, joined as the program joins them."""
    before = list(weeks.week_figures)
    weeks.week_figures[:] = [figures_of_weeks]
    yield
    weeks.week_figures[:] = before


def page_of(monday: date, **replaced: str) -> str:
    number = week_name_of(monday, "jan1-monday")[1]
    text = PAGE.replace("第23周 2025-06-06", f"第{number}周 {monday + timedelta(days=4)}")
    for old, new in replaced.items():
        text = text.replace({"rate": "99.972%", "accidents": "CD级1次"}[old], new)
    return text


def store(database: Database, team: Team, lead: User, clock: Clock, monday: date, **replaced: str) -> int:
    return store_week(database, team, lead, clock.now, page_of(monday, **replaced))


@pytest.fixture
def year(database: Database, cast: Cast, clock: Clock) -> None:
    """Weeks 20, 21 and 23 of payments: 22 is missing, 24 not begun."""
    store(database, cast.payments, cast.lin, clock, FIRST, rate="99.9%", accidents="CD级0次")
    store(database, cast.payments, cast.lin, clock, FIRST + timedelta(days=7), rate="100%")
    store(database, cast.payments, cast.lin, clock, FIRST + timedelta(days=21))


class Reader:
    """Somebody's browser; `page` opens the weeks."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def page(self, query: str = "", *, team: str = "payments", language: str = "zh") -> Node:
        answer = self.client.get(f"/teams/{team}/weeks{query}", headers={"Accept-Language": language})
        assert answer.status_code == 200
        return parse(answer.text)


@pytest.fixture
def lin(client: TestClient, cast: Cast, sign_in: SignIn) -> Reader:
    return Reader(sign_in(client, cast.lin))


@pytest.fixture
def eve(client: TestClient, cast: Cast, sign_in: SignIn) -> Reader:
    return Reader(sign_in(client, cast.eve))


@pytest.fixture
def mei(client: TestClient, cast: Cast, sign_in: SignIn) -> Reader:
    return Reader(sign_in(client, cast.mei))


def tick(page: Node, number: int) -> Node:
    return page.one("ol", of="year").find("li")[number - 1]


def row(page: Node, number: int) -> Node:
    return next(
        item for item in page.find("li", of="week") if item.one(of="name").text() == f"第 {number} 周"
    )


class TestTheYear:
    def test_has_a_tick_a_week(self, lin: Reader, year: None) -> None:
        page = lin.page()
        assert len(page.one("ol", of="year").find("li")) == 52
        words = {
            number: tick(page, number).one(of="vh").text().replace("\xa0", " ")
            for number in (1, 20, 21, 22, 24, 25)
        }
        assert words == {
            1: "第 1 周，无周报",
            20: "第 20 周，已发布",
            21: "第 21 周，已发布，C/D 级事故 1 起",
            22: "第 22 周，缺报",
            24: "第 24 周，未开始",
            25: "第 25 周，未开始",
        }

    def test_counts_53_weeks_where_the_calendar_does(self, lin: Reader, year: None) -> None:
        assert len(lin.page("?year=2023").one("ol", of="year").find("li")) == 53

    def test_links_each_report_and_shows_where_one_is_missing(self, lin: Reader, year: None) -> None:
        page = lin.page()
        assert tick(page, 20).one("a").attributes["href"] == f"{WEEKS}/2025-05-12"
        target = tick(page, 22).one("a").attributes["href"]
        assert target.endswith("#w-2025-05-26")
        assert page.find(id="w-2025-05-26")
        assert "href" not in tick(page, 30).one("a").attributes

    def test_marks_accidents_of_grade_a_and_b_with_a_diamond(
        self, lin: Reader, database: Database, cast: Cast, clock: Clock
    ) -> None:
        text = page_of(FIRST).replace("AB级0次", "AB级1次")
        store_week(database, cast.payments, cast.lin, clock.now, text)
        assert tick(lin.page(), 20).find(of="ab")

    def test_is_told_in_a_sentence(self, lin: Reader, year: None) -> None:
        said = lin.page().one(of="lede").text().replace("\xa0", " ")
        assert said == "4 周里写了 3 周；第 22 周缺报。事故 2 起，没有 A/B 级。"
        said = lin.page(language="en").one(of="lede").text()
        assert (
            said == "3 of 4 weeks written; week 22 is missing. 2 accidents this year, none of grade A or B."
        )

    def test_has_a_legend_with_counts(self, lin: Reader, year: None) -> None:
        said = [item.text() for item in lin.page().one("ul", of="legend").find("li")]
        assert said == ["已发布 3", "缺报 1", "有事故的周 2"]

    def test_leads_to_other_years(
        self, lin: Reader, year: None, database: Database, cast: Cast, clock: Clock
    ) -> None:
        store(database, cast.payments, cast.lin, clock, date(2024, 3, 4))
        page = lin.page()
        assert [link.text() for link in page.find("nav", of="switch")[0].find("a")] == ["2025", "2024"]
        assert lin.page("?year=2024").one("h1").text() == "2024 年"

    def test_without_reports_of_its_own_is_the_newest_for_readers(
        self, client: TestClient, cast: Cast, sign_in: SignIn, year: None, clock: Clock
    ) -> None:
        clock.now = datetime(2026, 1, 20, tzinfo=UTC)
        eve = Reader(sign_in(client, cast.eve))
        assert eve.page().one("h1").text() == "2025 年"


class TestTheList:
    def test_shows_a_week_with_its_figures_accidents_and_headline(self, lin: Reader, year: None) -> None:
        found = row(lin.page(), 23)
        assert found.one(of="week-date").text() == "6/2 – 6/8"
        assert found.one(of="said").text().startswith("分期付能力")
        figures = [figure.text(without={"vh"}) for figure in found.find(of="figure")]
        assert figures == ["99.972%", "99.985%"]
        assert found.one(of="had").text() == "事故 C/D 级"

    def test_aligns_figures_on_their_point(self, lin: Reader, year: None) -> None:
        page = lin.page()
        figures = [row(page, number).find(of="digits")[0] for number in (20, 21)]
        assert [figure.text() for figure in figures] == ["99.9%", "100%"]
        assert ["p1" in figure.classes for figure in figures] == [True, False]

    def test_offers_to_write_what_is_missing_to_those_who_write(self, lin: Reader, year: None) -> None:
        found = row(lin.page(), 22)
        assert "没有这一周的周报" in found.text()
        assert found.one("form").find("input")[0].attributes["value"] == "2025-05-26"
        assert lin.client.post(WEEKS, data={"period_start": "2025-05-26"}).status_code == 303

    def test_offers_nothing_to_those_who_read(self, eve: Reader, year: None) -> None:
        assert not row(eve.page(), 22).find("form")

    def test_counts_last_weeks_goals_once_somebody_spoke_of_them(
        self, lin: Reader, year: None, database: Database
    ) -> None:
        assert not lin.page().find(of="goals-done")
        with database.writing() as session:
            report = session.query(Report).filter_by(period_start=FIRST).one()
            session.execute(
                update(Goal).where(Goal.report_id == report.id, Goal.position == 0).values(outcome="done")
            )
        assert row(lin.page(), 21).one(of="goals-done").text(without={"vh"}) == "1 / 2"

    def test_of_a_year_without_reports_is_left_out(self, lin: Reader, year: None) -> None:
        assert not lin.page("?year=2020").find(of="week-list")


class TestStartingAWeek:
    def test_is_one_button_for_a_lead(self, lin: Reader, year: None) -> None:
        (button,) = lin.page().find("button", of="btn")
        assert button.text() == "开始写第 24 周"
        lin.client.post(WEEKS, data={"period_start": "2025-06-09"})
        assert not lin.page().find("button", of="btn")

    def test_is_not_offered_to_an_executive(self, eve: Reader, year: None) -> None:
        assert not eve.page().find("button", of="btn")

    def test_is_the_next_step_of_an_empty_team(self, lin: Reader) -> None:
        page = lin.page()
        assert "还没有周报" in page.one(of="empty").text()
        assert "weekline import --team payments" in page.one(of="empty").text()
        assert len(page.find("button", of="btn")) == 1

    def test_readers_of_an_empty_team_learn_who_starts(self, eve: Reader, year: None) -> None:
        page = eve.page(team="merchant")
        assert "负责人" in page.one(of="empty").text()
        assert not page.find("button", of="btn")


class TestDrafts:
    @pytest.fixture
    def with_a_draft(self, year: None, lin: Reader) -> None:
        lin.client.post(WEEKS, data={"period_start": "2025-06-09"})

    def test_are_for_those_who_see_drafts(
        self, with_a_draft: None, lin: Reader, client: TestClient, cast: Cast, sign_in: SignIn
    ) -> None:
        assert "草稿" in row(lin.page(), 24).text()
        eve = Reader(sign_in(client, cast.eve))
        page = eve.page()
        assert "草稿" not in page.text()
        assert "href" not in tick(page, 24).one("a").attributes


class TestTheBoard:
    @pytest.fixture
    def two_teams(self, year: None, database: Database, cast: Cast, clock: Clock) -> None:
        store(database, cast.merchant, cast.lin, clock, FIRST + timedelta(days=14))

    def test_of_a_department_says_how_far_its_teams_are_this_week(
        self, two_teams: None, client: TestClient, cast: Cast, sign_in: SignIn
    ) -> None:
        page = sign_in(client, cast.mei).get(f"/teams/{cast.department.slug}/weeks").text
        assert "There is no report to read yet" not in page
        assert "This week: 2 not begun." in page

    def test_shows_a_manager_all_their_teams(self, two_teams: None, mei: Reader) -> None:
        board = mei.page().one("table", of="board")
        rows = board.one("tbody").find("tr")
        assert {each.one("th").text() for each in rows} == {"示例支付平台组", "示例商户组"}
        payments = next(each for each in rows if each.one("th").text() == "示例支付平台组")
        states = [
            cell.classes & {"published", "missing", "future"} for cell in payments.find("td", of="cell")
        ]
        assert states[-5:] == [{"published"}, {"published"}, {"missing"}, {"published"}, {"future"}]

    def test_spans_as_many_weeks_as_one_asks_for(
        self, two_teams: None, cast: Cast, database: Database, clock: Clock
    ) -> None:
        with database.reading() as session:
            for span in (12, 26, 52):
                team = in_view(cast, "manager")
                team.viewer.roles[cast.merchant.id] = frozenset({"manager"})  # type: ignore[index]  # a dict
                board = weeks.weeks_page(session, team=team, year=None, now=clock.now, board=span)["board"]
                assert len(board.weeks) == span

    def test_is_left_out_for_one_team(self, two_teams: None, lin: Reader) -> None:
        assert not lin.page().find("table", of="board")

    def test_hides_teams_one_may_not_see(
        self, two_teams: None, mei: Reader, database: Database, cast: Cast, clock: Clock
    ) -> None:
        store(database, cast.elsewhere, cast.otto, clock, FIRST)
        assert "Elsewhere" not in mei.page().one("table", of="board").text()


class TestCost:
    def statements(self, database: Database, cast: Cast, clock: Clock) -> int:
        seen = Queries()

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            seen.statements.append(statement)

        with database.reading() as session:
            event.listen(database.engine, "before_cursor_execute", note)
            try:
                weeks.weeks_page(session, team=in_view(cast, "lead"), year=2025, now=clock.now)
            finally:
                event.remove(database.engine, "before_cursor_execute", note)
        return seen.total

    def test_does_not_grow_with_the_weeks(
        self, year: None, database: Database, cast: Cast, clock: Clock
    ) -> None:
        few = self.statements(database, cast, clock)
        for back in range(1, 12):
            store(database, cast.payments, cast.lin, clock, FIRST - timedelta(days=7 * back))
        assert self.statements(database, cast, clock) == few <= 8


def test_weeks_before_the_first_report_are_not_missing(
    database: Database, cast: Cast, clock: Clock, year: None
) -> None:
    with database.reading() as session:
        rail: YearRail = year_rail(session, cast.payments.id, 2025, "jan1-monday")
    states = [rail.state_of(week, (2025, 24)) for week in rail.weeks]
    assert states[:19] == ["future"] * 19
    assert states[19:24] == ["published", "published", "missing", "published", "future"]
