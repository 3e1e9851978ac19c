"""Signals told from noise."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from math import floor, log2

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.trends.axes import WEEK
from app.trends.statistics import Baseline, Judged, TargetFrom
from app.trends.statistics.rules import crossings, least_crossings, long_runs, outside
from tests.trends.laying import FIRST, judged, spread

ORDINARY = spread("99.980", 1, -2, 0, 3, -1, 2, -3, 1, 0, 2, -2, 1, -1, 3, -2, 0, 2, -3, 1, -1, 2, 0, -2, 3)
LOCKED = (Baseline(FIRST, FIRST + WEEK * 23, "改造之后"),)
STEPS = st.lists(st.integers(min_value=-60, max_value=19), min_size=6, max_size=50)


def sided(text: str) -> list[int]:
    return [{"+": 1, "-": -1, "0": 0}[each] for each in text]


class TestAWeekOutsideTheLimits:
    def test_is_worse_below_and_better_above(self) -> None:
        assert judged(*ORDINARY, "99.930").variation == "worse"
        assert judged(*ORDINARY, "99.999").variation == "better"

    def test_is_the_other_way_round_where_lower_is_better(self) -> None:
        values = [str(100 - Decimal(value)) for value in ORDINARY]
        assert judged(*values, "0.070", direction="down").variation == "worse"
        assert judged(*values, "0.001", direction="down").variation == "better"

    def test_on_the_limit_is_none(self) -> None:
        assert outside(99.97, 99.97, 100) == 0
        assert outside(99.97 - 1e-6, 99.97, 100) == -1

    def test_that_only_one_end_of_its_interval_would_be_is_not_certain(self) -> None:
        limit = judged(*ORDINARY, baselines=LOCKED).limits
        assert limit is not None
        straddling = f"{limit.bounds.lower:.2f}"
        one = judged(*ORDINARY, straddling, baselines=LOCKED)
        assert one.signal is not None
        assert (one.signal.certain, one.variation) == (False, "uncertain")

    def test_is_ordinary_between_them(self) -> None:
        one = judged(*ORDINARY)
        assert one.variation == "ordinary"
        assert one.signals == {}


class TestALongRun:
    def test_is_longer_than_log2_n_plus_3(self) -> None:
        assert long_runs(sided("+-+-+-+-+-" + "+" * 7)) == []  # of 17 points, log₂(17) + 3 = 7.1
        assert long_runs(sided("+-+-+-+-+-" + "+" * 8)) == [(10, 17, 1)]

    def test_ignores_points_on_the_line(self) -> None:
        assert long_runs(sided("-+-" + "+++0+++0++")) == [(3, 12, 1)]

    def test_of_better_weeks_is_an_improvement(self) -> None:
        one = judged(*ORDINARY, *spread("99.984", 0, 1, 0, -1, 1, 0, 1, 0, 1, 0))
        assert one.variation == "better"
        assert one.signal is not None
        assert one.signal.kind == "run"
        assert one.signal.length >= 9

    @pytest.mark.parametrize("useful", [12, 16, 24, 52])
    def test_is_just_what_the_formula_says(self, useful: int) -> None:
        allowed = floor(log2(useful) + 3)
        rest = [1 if place % 2 else -1 for place in range(useful - allowed)]
        last = -rest[-1]
        assert long_runs([*rest, *[last] * allowed]) == []
        assert long_runs([*rest[1:], *[last] * (allowed + 1)]) != []


class TestCrossings:
    @pytest.mark.parametrize(("useful", "least"), [(10, 2), (12, 3), (16, 4), (20, 6), (24, 8), (52, 20)])
    def test_have_the_binomial_five_percent_point_as_least(self, useful: int, least: int) -> None:
        # qbinom(0.05, n − 1, 0.5) as R gives it
        assert least_crossings(useful) == least

    def test_are_counted_without_points_on_the_line(self) -> None:
        assert crossings(sided("+0-+0+-")).found == 3

    def test_too_few_say_that_the_level_moved(self) -> None:
        low, high = spread("99.970", 4, -4, 6, -3, 0, 5), spread("99.983", -4, 4, -3, 5, -5, 0)
        one = judged(*low, *high, *low, *high)
        assert one.newest.crossings is not None
        assert one.newest.crossings.too_few
        assert one.variation == "better"


class TestLockedLimits:
    def test_stay_whatever_comes_after(self) -> None:
        before = judged(*ORDINARY, baselines=LOCKED).limits
        after = judged(*ORDINARY, *spread("99.950", 0, 5, -5, 9, 0, 3), baselines=LOCKED).limits
        assert before == after

    def test_hold_from_their_first_day_and_leave_the_weeks_before_their_own(self) -> None:
        locked = (Baseline(FIRST + WEEK * 12, FIRST + WEEK * 23, "启用多路由"),)
        one = judged(
            *spread("99.900", 1, -3, 4, -2, 3, -4, 2, -1, 5, -2, 3, 0), *ORDINARY[:12], baselines=locked
        )
        first, second = one.stretches
        assert (first.until, second.first, second.baseline) == (12, 12, locked[0])
        assert first.limits is not None
        assert second.limits is not None
        assert first.limits.bounds.upper < second.limits.bounds.lower

    @settings(deadline=None)
    @given(STEPS, st.lists(st.integers(min_value=-3, max_value=3), min_size=1, max_size=12))
    def test_never_lose_a_signal_when_ordinary_weeks_follow(self, steps: list[int], more: list[int]) -> None:
        weeks = [*ORDINARY, *spread("99.980", *steps)]
        before = judged(*weeks, baselines=LOCKED)
        after = judged(*weeks, *spread("99.980", *more), baselines=LOCKED)
        for index, signal in before.signals.items():
            kept = after.signals.get(index)
            assert kept is not None
            assert kept.side == signal.side
            assert kept.certain >= signal.certain  # what was doubtful alone may be certain in a run


class TestJudging:
    @settings(deadline=None)
    @given(STEPS, st.integers(min_value=-300, max_value=300))
    def test_does_not_depend_on_which_weeks_they_are(self, steps: list[int], later: int) -> None:
        values = spread("99.980", *steps)
        one, other = judged(*values), judged(*values, first=FIRST + timedelta(days=7 * later))
        assert (one.signals, one.variation, one.limits) == (other.signals, other.variation, other.limits)

    def test_of_few_weeks_is_on_trial(self) -> None:
        assert judged(*ORDINARY[:9]).variation == "trial"
        assert judged(*ORDINARY[:5]).variation == "unknown"

    def test_takes_the_newest_52_weeks(self) -> None:
        old = spread("99.900", *[1, -1, 2, -2, 0] * 12)
        new = [*ORDINARY, *ORDINARY, *ORDINARY[:4]]
        assert judged(*old, *new).limits == judged(*new).limits

    def test_of_nothing_says_so(self) -> None:
        one = judged()
        assert (one.variation, one.assurance, one.without) == ("unknown", "no_value", "no_values")


class TestAssurance:
    @staticmethod
    def against(target: str, **changes: object) -> Judged:
        return judged(*ORDINARY, targets=(TargetFrom(date(2024, 1, 1), target, Decimal(target)),), **changes)

    def test_is_reliable_where_all_ordinary_weeks_meet_the_target(self) -> None:
        assert self.against("99.95").assurance == "meets"

    def test_is_reliably_missing_where_none_does(self) -> None:
        assert self.against("99.999").assurance == "misses"

    def test_is_sometimes_in_between(self) -> None:
        assert self.against("99.98").assurance == "sometimes"

    def test_speaks_of_the_week_alone_where_there_are_no_limits(self) -> None:
        assert self.against("99.95", kind="ytd_rate").assurance == "met"
        assert self.against("99.99", kind="ytd_rate").assurance == "missed"

    def test_relies_on_nothing_while_limits_are_on_trial(self) -> None:
        low = (TargetFrom(date(2024, 1, 1), "99.9", Decimal("99.9")),)
        assert judged(*ORDINARY[:11], targets=low).assurance == "met"
        assert judged(*ORDINARY[:12], targets=low).assurance == "meets"

    def test_is_none_without_a_target(self) -> None:
        assert judged(*ORDINARY).assurance == "no_target"
