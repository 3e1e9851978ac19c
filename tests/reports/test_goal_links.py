"""Goals that nobody answered for: which goal of the week before they are follows from their words."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.db import Database
from app.document.reader import read
from app.paths import SEEDS
from app.reports.goal_queries import GoalOfWeek, goals_around
from app.reports.models import Goal, Report
from tests.conftest import Cast, Clock, SignIn
from tests.reports.pages import MONDAY, PAGE, store_week
from tests.reports.test_goals import GOAL, WEEK, WEEKS, Goals

CHECKED = "双机房网络专线验收"


def page_of(monday: date, *goals: str) -> str:
    friday = monday + timedelta(days=4)
    head = PAGE.split("1. 账户核心切换演练")[0].replace("第23周 2025-06-06", f"{friday.isoformat()}")
    return head + "".join(f"{number}. {goal}\n" for number, goal in enumerate(goals, start=1))


class Weeks:
    """Imported weeks and what they know of their goals."""

    def __init__(self, database: Database, cast: Cast, clock: Clock) -> None:
        self.database, self.cast, self.clock = database, cast, clock

    def store(self, monday: date, *goals: str) -> None:
        store_week(self.database, self.cast.payments, self.cast.lin, self.clock.now, page_of(monday, *goals))

    def goal(self, monday: date, beginning: str) -> GoalOfWeek:
        with self.database.reading() as session:
            report = session.scalars(select(Report).where(Report.period_start == monday)).one()
            goals = goals_around(session, report, with_drafts=True).next
        return next(goal for goal in goals if goal.text.startswith(beginning))


@pytest.fixture
def weeks(database: Database, cast: Cast, clock: Clock) -> Weeks:
    return Weeks(database, cast, clock)


class TestImportedWeeks:
    def test_count_how_often_a_goal_was_put_off(self, weeks: Weeks) -> None:
        for back in (3, 2, 1, 0):
            weeks.store(MONDAY - WEEK * back, CHECKED, f"第{back}件别的事情")
        goal = weeks.goal(MONDAY, CHECKED)
        assert (goal.times_carried, goal.first_written) == (3, MONDAY - WEEK * 3)
        assert goal.is_carried_often

    @pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (0, 2, 1), (2, 0, 1)])
    def test_do_so_in_whatever_order_they_come(self, weeks: Weeks, order: tuple[int, ...]) -> None:
        for back in order:
            weeks.store(MONDAY - WEEK * back, CHECKED)
        assert weeks.goal(MONDAY, CHECKED).times_carried == 2

    def test_take_a_goal_in_more_words_for_the_same(self, weeks: Weeks) -> None:
        weeks.store(MONDAY - WEEK, "账户核心切换演练")
        weeks.store(MONDAY, "账户核心切换演练（第二轮）")
        assert weeks.goal(MONDAY, "账户核心").times_carried == 1

    @pytest.mark.parametrize(
        ("before", "now"),
        [
            ("Settlement v2: wave seven", "Settlement v2: wave eight"),
            ("完成青禾银行联调", "完成云杉银行联调"),
            ("周报", "月报"),
        ],
    )
    def test_take_another_goal_for_another(self, weeks: Weeks, before: str, now: str) -> None:
        weeks.store(MONDAY - WEEK, before)
        weeks.store(MONDAY, now)
        assert weeks.goal(MONDAY, now).times_carried == 0

    def test_of_the_samples_tell_what_was_carried_three_times(self, weeks: Weeks) -> None:
        for number in range(10, 15):
            text = (SEEDS / "payments" / f"2026-W{number}.md").read_text()
            store_week(weeks.database, weeks.cast.payments, weeks.cast.lin, weeks.clock.now, text)
        week = read(text).document.week
        assert week is not None
        goal = weeks.goal(week.start, CHECKED)
        assert goal.times_carried >= 3
        assert goal.is_carried_often


@pytest.fixture
def goals(client: TestClient, database: Database, cast: Cast, clock: Clock, sign_in: SignIn) -> Goals:
    store_week(database, cast.payments, cast.lin, clock.now)
    goals = Goals(sign_in(client, cast.lin), database)
    goals.start(MONDAY + WEEK)
    return goals


class TestAGoalTypedByHand:
    NEXT = MONDAY + WEEK

    def link(self, goals: Goals, text: str) -> int | None:
        return goals.said(self.NEXT, text).carried_from_id

    def test_is_the_one_of_last_week_that_it_says_again(self, goals: Goals) -> None:
        goals.type(self.NEXT, f"{GOAL}（第二轮）")
        assert self.link(goals, f"{GOAL}（第二轮）") == goals.said(MONDAY).id

    def test_is_another_one_once_it_says_something_else(self, goals: Goals) -> None:
        goals.type(self.NEXT, GOAL)
        goals.edit_goal(self.NEXT, GOAL, "上线后的值守安排")
        assert self.link(goals, "上线后的值守安排") is None

    def test_is_another_one_where_last_weeks_is_done(self, goals: Goals) -> None:
        goals.answer(self.NEXT, "done")
        goals.type(self.NEXT, GOAL)
        assert self.link(goals, GOAL) is None

    def test_is_let_go_when_last_weeks_is_said_to_be_done(self, goals: Goals) -> None:
        goals.type(self.NEXT, GOAL)
        goals.answer(self.NEXT, "done")
        assert self.link(goals, GOAL) is None
        assert GOAL in goals.next_goals(self.NEXT)

    def test_stays_what_a_person_said_it_is(self, goals: Goals) -> None:
        goals.answer(self.NEXT, "carried")
        goals.edit_goal(self.NEXT, GOAL, "上线后的值守安排")
        assert self.link(goals, "上线后的值守安排") == goals.said(MONDAY).id

    def test_is_not_made_twice_by_the_answer_that_it_was_carried(self, goals: Goals) -> None:
        goals.type(self.NEXT, GOAL)
        goals.answer(self.NEXT, "carried")
        assert goals.next_goals(self.NEXT).count(GOAL) == 1
        assert self.link(goals, GOAL) == goals.said(MONDAY).id


def test_a_goal_carried_three_times_stands_out_on_the_page(
    weeks: Weeks, client: TestClient, cast: Cast, sign_in: SignIn
) -> None:
    for back in (3, 2, 1, 0):
        weeks.store(MONDAY - WEEK * back, CHECKED)
    lin = sign_in(client, cast.lin)
    assert "4th time as a goal" in lin.get(f"{WEEKS}/{MONDAY}").text
    lin.post(WEEKS, data={"period_start": (MONDAY + WEEK).isoformat(), "sure": "true"})
    assert "carried over 3 times" in lin.get(f"{WEEKS}/{MONDAY + WEEK}/edit").text
    with weeks.database.reading() as session:
        assert session.scalars(select(Goal).where(Goal.outcome.is_not(None))).all() == []
