"""Days between grave incidents, weekly counts, years so far, error budgets, periods compared."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.document.weeks import week_of
from app.trends.axes import WEEK
from app.trends.statistics import (
    TargetFrom,
    checks,
    compare,
    days_between,
    error_budget,
    run_chart,
    same_week_last_year,
)
from app.trends.statistics.year import elapsed_minutes
from tests.trends.laying import FIRST, laid_out, spread

TODAY = date(2025, 6, 13)
D = Decimal


def year_of(week: date) -> int:
    return week_of(week, "jan1-monday")[0]


def number_of(week: date) -> tuple[int, int]:
    return week_of(week, "jan1-monday")


def every(*gaps: int) -> list[date]:
    days = [date(2023, 1, 1)]
    for gap in gaps:
        days.append(days[-1] + timedelta(days=gap))
    return days


class TestDaysBetweenGraveIncidents:
    def test_have_no_limits_from_five_waits(self) -> None:
        one = days_between(every(30, 40, 20, 35, 31), TODAY)
        assert (one.bounds, one.variation) == (None, "unknown")
        assert one.gaps == (30, 40, 20, 35, 31)

    def test_that_are_all_alike_are_their_own_limits(self) -> None:
        one = days_between(every(*[30] * 6), date(2023, 7, 10))
        assert one.bounds is not None
        assert one.bounds.centre == pytest.approx(30)

    def test_are_worked_by_hand(self) -> None:
        gaps = (1, 1, 2, 1, 1, 3)
        roots = [gap ** (1 / 3.6) for gap in gaps]
        mean = sum(roots) / 6
        ranges = [abs(after - before) for before, after in pairwise(roots)]
        one = days_between(every(*gaps), date(2023, 1, 11))
        assert one.bounds is not None
        assert one.bounds.upper == pytest.approx((mean + 2.66 * sum(ranges) / 5) ** 3.6)

    def test_a_long_quiet_is_an_improvement(self) -> None:
        days = every(30, 40, 20, 35, 31, 28, 33)
        assert days_between(days, days[-1] + timedelta(days=20)).variation == "ordinary"
        assert days_between(days, days[-1] + timedelta(days=400)).variation == "better"

    def test_a_sudden_second_one_is_not(self) -> None:
        days = every(100, 120, 90, 110, 105, 95, 100, 108, 1)
        assert days_between(days, days[-1] + timedelta(days=2)).variation == "worse"

    def test_that_never_happened_have_no_days(self) -> None:
        assert days_between([], TODAY).since is None


class TestWeeklyCounts:
    def test_that_stay_above_their_median_are_worse(self) -> None:
        assert run_chart([0, 2, 0, 2, 0, 2, 0, 2, 0, 2] + [3] * 8 + [0] * 0).variation in (
            "worse",
            "ordinary",
        )
        assert run_chart([0, 2] * 8 + [0] * 4 + [2, 3, 2, 2, 3, 2, 2, 4, 2, 3, 2]).variation == "worse"

    def test_of_mostly_nothing_say_nothing(self) -> None:
        assert run_chart([0] * 50 + [1, 0]).variation == "unknown"
        assert run_chart([]).variation == "unknown"


class TestAYearSoFar:
    def test_is_checked_by_the_minutes_it_implies(self) -> None:
        one, _ = laid_out("99.993", "99.995", "99.993", kind="ytd_rate", first=date(2025, 5, 5))
        first, second, third = checks(one, year_of)
        assert [each.consistent for each in (first, second, third)] == [True, False, True]
        assert first.low == D("0.0065") * elapsed_minutes(date(2025, 5, 5), 2025) / 100

    def test_is_believed_where_rounding_explains_it(self) -> None:
        one, _ = laid_out("99.994", "99.994", kind="ytd_rate", first=date(2025, 5, 5))
        assert all(each.consistent for each in checks(one, year_of))

    def test_of_a_count_must_not_fall(self) -> None:
        one, _ = laid_out("3", "4", "3", kind="ytd_count", unit="起", direction="down")
        assert [each.consistent for each in checks(one, year_of)] == [True, True, False]

    def test_begins_anew_in_january(self) -> None:
        one, _ = laid_out("9", "9", "0", "1", kind="ytd_count", unit="起", first=date(2024, 12, 16))
        assert all(each.consistent for each in checks(one, year_of))

    @settings(deadline=None)
    @given(st.lists(st.integers(min_value=0, max_value=40), min_size=2, max_size=50))
    def test_that_is_true_is_never_doubted(self, added: list[int]) -> None:
        """Whatever the minutes of each week, the rounded rates of their sum are consistent."""
        down, values = 0, []
        for index, minutes in enumerate(added):
            down += minutes
            elapsed = elapsed_minutes(FIRST + WEEK * index, 2025)
            values.append(f"{100 - 100 * down / elapsed:.3f}")
        one, _ = laid_out(*values, kind="ytd_rate")
        assert all(each.consistent for each in checks(one, lambda _: 2025))


class TestTheErrorBudget:
    TARGETS = (TargetFrom(date(2024, 1, 1), "99.95", D("99.95")),)

    def test_without_volumes_counts_each_week_alike(self) -> None:
        one, _ = laid_out("99.95", "99.90", "100", "99.95", targets=self.TARGETS)
        budget = error_budget(one, year_of)
        assert budget is not None
        assert (budget.used, budget.weighted, budget.weeks) == (1, False, 4)

    def test_with_volumes_counts_payments(self) -> None:
        one, _ = laid_out("99.90", "100", volumes=(3_000, 1_000), targets=self.TARGETS)
        budget = error_budget(one, year_of)
        assert budget is not None
        assert (budget.used, budget.weighted) == (D("1.5"), True)

    def test_takes_each_week_by_the_target_of_its_time(self) -> None:
        targets = (*self.TARGETS, TargetFrom(FIRST + WEEK, "99.99", D("99.99")))
        one, _ = laid_out("99.95", "99.99", targets=targets)
        budget = error_budget(one, year_of)
        assert budget is not None
        assert budget.used == 1

    def test_is_none_where_the_target_allows_no_failure(self) -> None:
        one, _ = laid_out("99.95", targets=(TargetFrom(date(2024, 1, 1), "100", D(100)),))
        assert error_budget(one, year_of) is None


class TestLastYear:
    def test_is_the_week_of_the_same_number(self) -> None:
        weeks = spread("99.900", *range(60))
        one, _ = laid_out(*weeks, first=date(2024, 4, 29))
        assert one.latest is not None
        found = same_week_last_year(one, number_of)
        assert found is not None
        assert number_of(found.week) == (number_of(one.latest.week)[0] - 1, number_of(one.latest.week)[1])

    def test_has_no_week_53_where_that_year_had_none(self) -> None:
        iso_week_53 = date(2020, 12, 28)
        one, _ = laid_out(*spread("99.900", *range(54)), first=iso_week_53 - WEEK * 53)
        assert same_week_last_year(one, lambda week: (week.isocalendar()[0], week.isocalendar()[1])) is None


class TestTheMiddleOfFourWeeks:
    def test_is_a_value_that_somebody_reported(self) -> None:
        one, _ = laid_out("99.98", "99.97", "99.99", "99.96")
        middle = one.middle_of_four()
        assert middle is not None
        assert middle.literal == "99.97"

    def test_is_the_worse_of_two_also_where_lower_is_better(self) -> None:
        one, _ = laid_out("1", "2", "3", "4", direction="down", kind="count")
        middle = one.middle_of_four()
        assert middle is not None
        assert middle.literal == "3"

    def test_needs_three_of_them(self) -> None:
        one, _ = laid_out("99.98", None, None, "99.96")
        assert one.middle_of_four() is None


class TestTwoPeriods:
    def test_are_told_by_their_middle_weeks_and_as_failures(self) -> None:
        one, _ = laid_out(*spread("99.980", 0, 1, -1, 2, -2, 0, 1), *spread("99.960", 0, 1, -1, 0, 2, -2, 0))
        found = compare(one, one.values[:7], one.values[7:])
        assert found is not None
        assert found.change is not None
        assert (found.change.before, found.change.now, found.change.percent) == (200, 400, 100)
        assert (found.better, found.outside) == (False, 7)

    def test_that_differ_no_more_than_chance_are_neither_better_nor_worse(self) -> None:
        one, _ = laid_out(*spread("99.980", 0, 1, -1, 2, -2, 0, 1), *spread("99.979", 0, 2, -1, 3, -2, 1, 0))
        found = compare(one, one.values[:7], one.values[7:])
        assert found is not None
        assert found.better is None

    def test_without_values_in_either_are_nothing(self) -> None:
        one, _ = laid_out("99.98")
        assert compare(one, (), ()) is None

    def test_with_values_in_one_are_half_a_comparison(self) -> None:
        one, _ = laid_out("99.98", "99.97")
        found = compare(one, (), one.values)
        assert found is not None
        assert (found.before.middle, found.after.weeks, found.change, found.better) == (None, 2, None, None)
