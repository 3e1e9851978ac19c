"""Last week's goals: what became of them, and how they go on."""

from __future__ import annotations

from datetime import date, timedelta
from html import unescape

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.db import Database
from app.reports.assembly import document_of
from app.reports.models import Goal, Item, Report, Section
from tests.conftest import Cast, Clock, SignIn
from tests.reports.pages import MONDAY, store_week

WEEKS = "/teams/payments/weeks"
WEEK = timedelta(days=7)
GOAL = "账户核心切换演练"


class Goals:
    """The goals of the weeks as lin answers them."""

    def __init__(self, client: TestClient, database: Database) -> None:
        self.client, self.database = client, database

    def start(self, monday: date) -> str:
        self.client.post(WEEKS, data={"period_start": monday.isoformat(), "sure": "true"})
        return f"{WEEKS}/{monday.isoformat()}"

    def set_in(self, monday: date) -> list[Goal]:
        with self.database.reading() as session:
            query = select(Goal).join(Report, Report.id == Goal.report_id).order_by(Goal.position)
            return list(session.scalars(query.where(Report.period_start == monday)))

    def said(self, monday: date, text: str = GOAL) -> Goal:
        return next(goal for goal in self.set_in(monday) if goal.text == text)

    def answer(
        self, monday: date, outcome: str, *, note: str = "", text: str = GOAL, htmx: bool = False
    ) -> tuple[int, str]:
        """In the week of `monday`, say what became of a goal that the week before set."""
        goal = next(
            goal for back in range(1, 9) for goal in self.set_in(monday - WEEK * back) if goal.text == text
        )
        answer = self.client.post(
            f"{WEEKS}/{monday.isoformat()}/outcomes/{goal.id}",
            data={"outcome": outcome, "note": note, "version": str(goal.version)},
            headers={"HX-Request": "true"} if htmx else {},
        )
        return answer.status_code, answer.text

    def next_goals(self, monday: date) -> list[str]:
        with self.database.reading() as session:
            report = session.scalars(select(Report).where(Report.period_start == monday)).one()
            return [goal.text for goal in document_of(session, report).goals]

    def edit_goal(self, monday: date, text: str, new: str) -> None:
        goal = self.said(monday, text)
        with self.database.reading() as session:
            item = session.get_one(Item, goal.item_id)
        answer = self.client.post(
            f"{WEEKS}/{monday.isoformat()}/items/{item.id}", data={"text": new, "version": str(item.version)}
        )
        assert answer.status_code == 303

    def type(self, monday: date, text: str) -> None:
        """Write a goal by hand."""
        with self.database.reading() as session:
            query = select(Section.id).join(Report, Report.id == Section.report_id)
            section = session.scalars(
                query.where(Report.period_start == monday, Section.kind == "next_goals")
            ).one()
        data = {"section": str(section), "text": text}
        assert self.client.post(f"{WEEKS}/{monday.isoformat()}/items", data=data).status_code == 303

    def publish(self, monday: date) -> None:
        with self.database.reading() as session:
            report = session.scalars(select(Report).where(Report.period_start == monday)).one()
        data = {"version": str(report.version), "reason": ""}
        answer = self.client.post(f"{WEEKS}/{monday.isoformat()}/publication", data=data)
        assert answer.status_code == 303


NEXT = MONDAY + WEEK


@pytest.fixture
def goals(client: TestClient, database: Database, cast: Cast, clock: Clock, sign_in: SignIn) -> Goals:
    store_week(database, cast.payments, cast.lin, clock.now)
    goals = Goals(sign_in(client, cast.lin), database)
    goals.start(NEXT)
    return goals


class TestTheChecklist:
    def test_asks_for_each_of_last_weeks_goals(self, goals: Goals) -> None:
        page = goals.client.get(f"{WEEKS}/{NEXT}/edit").text
        assert "Last week's goals" in unescape(page)
        assert "2 goals, 0 answered" in page
        assert page.count("nothing said yet") == 2

    def test_keeps_an_outcome_with_a_word_on_the_goal(self, goals: Goals) -> None:
        assert goals.answer(NEXT, "dropped", note="并入年检")[0] == 303
        goal = goals.said(MONDAY)
        assert (goal.outcome, goal.note) == ("dropped", "并入年检")
        assert "2 goals, 1 answered" in goals.client.get(f"{WEEKS}/{NEXT}/edit").text

    def test_answers_a_script_with_the_goal_and_how_many_are_answered(self, goals: Goals) -> None:
        status, html = goals.answer(NEXT, "done", htmx=True)
        assert status == 200
        assert html.startswith('<li class="row"')
        assert "2 goals, 1 answered" in html

    def test_shows_in_the_report(self, goals: Goals) -> None:
        goals.answer(NEXT, "dropped", note="并入年检")
        page = goals.client.get(f"{WEEKS}/{NEXT}").text
        assert "Dropped" in page
        assert "并入年检" in page

    def test_names_the_week_they_come_from_where_one_is_missing(self, goals: Goals) -> None:
        goals.client.post(f"{WEEKS}/{NEXT}/discard", data={"version": "1"})
        later = MONDAY + WEEK * 3
        goals.start(later)
        assert "Goals of week 23" in goals.client.get(f"{WEEKS}/{later}/edit").text

    def test_refuses_the_goals_of_any_other_week(self, goals: Goals) -> None:
        later = NEXT + WEEK
        goals.start(later)
        assert goals.answer(later, "done")[0] == 404


class TestCarryingAGoalOver:
    def test_makes_it_a_goal_of_this_week_for_the_next(self, goals: Goals) -> None:
        goals.answer(NEXT, "carried")
        assert goals.next_goals(NEXT) == [GOAL]
        assert goals.said(NEXT).carried_from_id == goals.said(MONDAY).id

    def test_draws_the_section_anew_for_a_script(self, goals: Goals) -> None:
        _, html = goals.answer(NEXT, "carried", htmx=True)
        assert "hx-partial" in html
        assert html.count(GOAL) >= 2

    def test_takes_the_goal_that_says_the_same_already(self, goals: Goals) -> None:
        goals.type(NEXT, f"{GOAL}。")
        goals.answer(NEXT, "carried")
        assert goals.next_goals(NEXT) == [f"{GOAL}。"]
        assert goals.said(NEXT, f"{GOAL}。").carried_from_id == goals.said(MONDAY).id

    def test_said_twice_adds_it_once(self, goals: Goals) -> None:
        goals.answer(NEXT, "carried")
        goals.answer(NEXT, "carried", note="对方推迟")
        assert goals.next_goals(NEXT) == [GOAL]

    def test_makes_the_section_where_there_is_none(self, goals: Goals) -> None:
        with goals.database.writing() as session:
            report = session.scalars(select(Report).where(Report.period_start == NEXT)).one()
            session.delete(
                session.scalars(
                    select(Section).where(Section.report_id == report.id, Section.kind == "next_goals")
                ).one()
            )
        goals.answer(NEXT, "carried")
        assert goals.next_goals(NEXT) == [GOAL]

    def test_keeps_its_chain_when_its_text_is_edited(self, goals: Goals) -> None:
        goals.answer(NEXT, "carried")
        goals.edit_goal(NEXT, GOAL, "账户核心切换演练，6/20前")
        assert goals.said(NEXT, "账户核心切换演练，6/20前").carried_from_id == goals.said(MONDAY).id


class TestTakingItBack:
    def test_takes_the_goal_out_again(self, goals: Goals) -> None:
        goals.answer(NEXT, "carried")
        goals.answer(NEXT, "done")
        assert goals.next_goals(NEXT) == []

    def test_leaves_one_that_was_edited_as_a_goal_of_its_own(self, goals: Goals) -> None:
        goals.answer(NEXT, "carried")
        goals.edit_goal(NEXT, GOAL, "第二次切换演练")
        goals.answer(NEXT, "done")
        assert goals.next_goals(NEXT) == ["第二次切换演练"]
        assert goals.said(NEXT, "第二次切换演练").carried_from_id is None

    def test_leaves_one_that_was_typed(self, goals: Goals) -> None:
        goals.type(NEXT, GOAL)
        goals.answer(NEXT, "carried")
        goals.answer(NEXT, "done")
        assert goals.next_goals(NEXT) == [GOAL]


class TestAGoalThatIsCarriedOverAgainAndAgain:
    def carry(self, goals: Goals, weeks: int) -> date:
        monday = NEXT
        for _ in range(weeks):
            goals.answer(monday, "carried")
            goals.publish(monday)
            monday += WEEK
            goals.start(monday)
        return monday

    def test_says_how_often_and_since_when(self, goals: Goals) -> None:
        monday = self.carry(goals, 1)
        assert (
            "carried over once, first written in week 23" in goals.client.get(f"{WEEKS}/{monday}/edit").text
        )

    def test_stands_out_from_the_third_time_on(self, goals: Goals) -> None:
        monday = self.carry(goals, 3)
        page = goals.client.get(f"{WEEKS}/{monday}/edit").text
        assert "carried over 3 times" in page
        assert "first written in week 23: drop it, or give it a date?" in page
        assert 'class="sign worse"' in page
