"""Control limits: XmR raw and on cube-root failures, p′, and when there are none."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.trends.statistics import Limits, Without
from app.trends.statistics.xmr import (
    limits,
    mean_moving_range,
    moving_ranges,
    natural_limits,
    percent_of_root,
    root_of_failures,
)
from tests.trends.laying import laid_out, metric, spread

GOLDEN = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]
"""What NHSRplotthedots makes of it is known."""
WEEKS = spread("99.980", 1, -2, 0, 3, -1, 2, -3, 1, 0, 2, -2, 1)
RATES = st.lists(st.decimals(min_value=0, max_value=100, places=3), min_size=6, max_size=60)


def found(*values: str | None, **changes: object) -> Limits | Without:
    one, _ = laid_out(*values, **changes)  # type: ignore[arg-type]  # as `laid_out` takes them
    return limits(one.metric, one.values)


def drawn(*values: str | None, **changes: object) -> Limits:
    one = found(*values, **changes)
    assert isinstance(one, Limits)
    return one


class TestNaturalLimits:
    def test_are_those_of_nhsrplotthedots(self) -> None:
        mean, lower, upper = natural_limits(GOLDEN)
        assert (round(mean, 2), round(lower, 2), round(upper, 1)) == (1.94, -0.72, 4.6)

    def test_are_wider_without_screening(self) -> None:
        mean, lower, upper = natural_limits(GOLDEN, screened=False)
        assert (round(mean, 2), round(lower, 2), round(upper, 2)) == (1.94, -3.06, 6.95)

    def test_leave_out_large_ranges_once_and_no_more(self) -> None:
        # of a mean of 4.8 times 3.267 36 is more and goes; 4 stays, although it is more than that of the rest
        assert mean_moving_range([0.5] * 7 + [4.0] + [36.0]) == pytest.approx(7.5 / 8)

    def test_of_equal_values_are_the_value(self) -> None:
        assert natural_limits([5.0] * 6) == (5.0, 5.0, 5.0)

    def test_are_worked_by_hand(self) -> None:
        # ranges 2, 4, 1, 3, 2: mean 2.4; mean 12.5; 2.66 × 2.4 = 6.384
        mean, lower, upper = natural_limits([12.0, 14.0, 10.0, 11.0, 14.0, 14.0 - 2.0])
        assert mean == pytest.approx(73 / 6)
        assert upper - mean == pytest.approx(2.66 * 2.4)
        assert mean - lower == pytest.approx(2.66 * 2.4)

    def test_take_no_range_over_a_gap(self) -> None:
        assert moving_ranges([1, 2, 9, 8], [False, False, True, False]) == [1, 1]

    @settings(deadline=None)
    @given(st.lists(st.floats(min_value=0, max_value=1e6), min_size=2, max_size=40), st.floats(0, 1e6))
    def test_move_with_the_values(self, values: list[float], by: float) -> None:
        mean, lower, upper = natural_limits(values)
        moved = natural_limits([value + by for value in values])
        assert moved == pytest.approx((mean + by, lower + by, upper + by), rel=1e-6, abs=1e-4)


class TestOnCubeRootsOfFailures:
    def test_are_worked_by_hand(self) -> None:
        # failures per million 1, 8, 27, 8, 64, 1, 8, 36, whose cube roots are nearly all whole
        one = drawn("99.9999", "99.9992", "99.9973", "99.9992", "99.9936", "99.9999", "99.9992", "99.9964")
        roots = [1, 2, 3, 2, 4, 1, 2, 36 ** (1 / 3)]
        mean, _, high = natural_limits(roots)
        assert one.method == "cbrt"
        assert one.bounds.centre == pytest.approx(100 - mean**3 / 1e4)
        assert one.bounds.lower == pytest.approx(100 - high**3 / 1e4)
        assert one.bounds.upper == 100

    def test_go_there_and_back(self) -> None:
        assert root_of_failures(99.9992, lower_is_better=False) == pytest.approx(2)
        assert percent_of_root(2, lower_is_better=False) == pytest.approx(99.9992)
        assert percent_of_root(2, lower_is_better=True) == pytest.approx(0.0008)
        assert percent_of_root(-1, lower_is_better=False) == 100

    def test_are_a_choice_of_the_metric(self) -> None:
        assert drawn(*WEEKS, spc_scale="raw").method == "raw"

    @settings(deadline=None)
    @given(RATES, st.sampled_from(["cbrt", "raw"]), st.sampled_from(["up", "down"]))
    def test_never_leave_0_to_100(self, values: list[Decimal], spc_scale: str, direction: str) -> None:
        one = found(*map(str, values), spc_scale=spc_scale, direction=direction)
        if isinstance(one, Limits):
            assert 0 <= one.bounds.lower <= one.bounds.centre <= one.bounds.upper <= 100


class TestLaneysPPrime:
    VOLUMES = (10_000,) * 12

    def test_is_taken_where_every_week_reports_its_volume(self) -> None:
        assert drawn(*WEEKS, volumes=self.VOLUMES).method == "p_prime"

    def test_is_xmr_where_all_volumes_are_equal(self) -> None:
        one = drawn(*WEEKS, volumes=self.VOLUMES).bounds
        mean, lower, upper = natural_limits([float(value) for value in WEEKS])
        # 3 / 1.128 is 2.6596, which XmR rounds to 2.66
        assert (one.lower, one.centre, one.upper) == pytest.approx((lower, mean, min(upper, 100)), rel=1e-6)

    def test_is_worked_by_hand(self) -> None:
        values, volumes = ("90", "80", "90", "70", "90", "80"), (100, 400, 100, 400, 100, 400)
        share = (90 + 320 + 90 + 280 + 90 + 320) / 1500
        sigma = sqrt(share * (1 - share))
        z = [
            (float(value) / 100 - share) / (sigma / sqrt(volume))
            for value, volume in zip(values, volumes, strict=True)
        ]
        ranges = [abs(after - before) for before, after in pairwise(z)]
        sigma_z = sum(ranges) / 5 / 1.128
        one, _ = laid_out(*values, volumes=volumes)
        found = limits(one.metric, one.values)
        assert isinstance(found, Limits)
        last, other = found.of(one.values[-1]), found.of(one.values[0])
        assert last.centre == pytest.approx(share * 100)
        assert last.centre - last.lower == pytest.approx(300 * sigma * sigma_z / 20)
        assert other.centre - other.lower == pytest.approx(300 * sigma * sigma_z / 10)

    def test_has_a_width_where_only_one_week_had_failures(self) -> None:
        one, _ = laid_out("100", "99.99", *["100"] * 10, volumes=self.VOLUMES)
        found = limits(one.metric, one.values)
        assert isinstance(found, Limits)
        assert found.bounds.lower < found.bounds.centre < found.bounds.upper == 100


class TestThereAreNone:
    def test_from_fewer_than_six_weeks(self) -> None:
        assert found(*WEEKS[:5]) == "too_few"

    def test_from_two_decimals_too_coarse(self) -> None:
        assert found(*["99.99", "99.98", "99.99", "99.99", "99.97"] * 4) == "coarse"

    def test_where_all_weeks_are_equal(self) -> None:
        assert found(*["100"] * 20) == "equal"

    def test_of_a_year_so_far(self) -> None:
        assert found(*WEEKS, kind="ytd_rate") == "year_to_date"

    def test_where_nothing_is_known(self) -> None:
        assert limits(metric(), ()) == "no_values"


class TestTrialLimits:
    def test_come_from_six_to_eleven_weeks(self) -> None:
        varied = spread("99.950", 1, -2, 5, 3, -9, 2, -3, 1, 0, 2, -2, 1)
        assert [drawn(*varied[:count]).trial for count in (6, 11, 12)] == [True, True, False]


class TestCounts:
    def test_take_raw_limits_that_are_not_below_zero(self) -> None:
        one = drawn("3", "0", "5", "1", "2", "7", "0", "4", kind="count", unit="个", direction="down")
        assert one.method == "raw"
        assert one.bounds.lower == 0
