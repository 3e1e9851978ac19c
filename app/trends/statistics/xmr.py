"""Control limits from few numbers: XmR, raw or on cube-root failures; Laney's p′ where volumes are known.

Sources: Shewhart's individuals chart as W. A. Deming and D. J. Wheeler teach it (limits are the mean ± 2.66
mean moving ranges, 2.66 = 3 / 1.128); screening of moving ranges as NHSRplotthedots does it (ranges of
3.267 times their mean or more are left out, once); p′ from D. B. Laney, "Improved control charts for
attributes", Quality Engineering 14(4), 2002.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import cbrt, sqrt
from statistics import median
from typing import Literal

from app.trends.statistics.readings import Metric, Value

Method = Literal["cbrt", "raw", "p_prime"]
Without = Literal["year_to_date", "no_values", "too_few", "equal", "coarse"]
"""Why there are no limits."""

WIDTH = 2.66
"""3 / d₂ for ranges of two: three sigma in mean moving ranges."""
D2 = 1.128
SCREEN = 3.267
"""D₄: the upper limit of a moving range in mean moving ranges."""
FEWEST, FEWEST_TO_LOCK = 6, 12
FEWEST_RANGES = 4
WHOLE = 100.0
PPM = 10_000.0
"""Failures per million in one percent."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits and centre in the metric's own numbers: percent for rates."""

    lower: float
    centre: float
    upper: float


@dataclass(frozen=True, slots=True)
class Limits:
    """What is ordinary. `trial` while fewer than 12 weeks speak for them.

    `middle` is the median, which runs and crossings are counted around: one extreme week does not move it.
    `spread` is three sigma of one unit of volume where the method is p′, whose limits are nearer the more
    was counted; `bounds` are then those of the newest week.
    """

    method: Method
    bounds: Bounds
    weeks: int
    middle: float
    spread: float | None = None

    @property
    def trial(self) -> bool:
        return self.weeks < FEWEST_TO_LOCK

    def told(self, value: Value) -> float:
        """The value itself: the share that was counted, else what was reported."""
        low, high = self.ends(value)
        return low if low == high else float(value.value)

    def ends(self, value: Value) -> tuple[float, float]:
        """The lowest and the highest that the value can be: what was counted is known exactly."""
        if self.method == "p_prime" and value.numerator is not None and value.denominator:
            share = float(value.numerator / value.denominator * 100)
            return share, share
        return float(value.low), float(value.high)

    def of(self, value: Value) -> Bounds:
        """The limits that a value is judged by."""
        if self.spread is None or not value.denominator:
            return self.bounds
        half = self.spread / sqrt(float(value.denominator))
        return _in_percent(self.bounds.centre, half)


def limits(metric: Metric, values: Sequence[Value]) -> Limits | Without:
    """The limits that these weeks speak for, or why there are none.

    Counts and gauges take raw XmR, since they have no failures to take a cube root of. Digits are too coarse
    where ranges take fewer than four values, or all that is ordinary lies within what one value stands for.
    """
    if metric.is_year_to_date:
        return "year_to_date"
    if not values:
        return "no_values"
    if len(values) < FEWEST:
        return "too_few"
    ranges = [abs(after.value - before.value) for before, after in _neighbours(values)]
    distinct = set(ranges)
    if distinct <= {Decimal(0)}:
        return "equal" if len({value.value for value in values}) == 1 else "too_few"
    if all(value.numerator is not None and value.denominator for value in values) and metric.is_rate:
        return p_prime(values) if len(ranges) >= FEWEST_RANGES else "too_few"
    if len(distinct) < FEWEST_RANGES:
        return "coarse"
    found = _individuals(metric, values)
    return "coarse" if found.bounds.upper - found.bounds.lower < _usual_interval(values) else found


def _individuals(metric: Metric, values: Sequence[Value]) -> Limits:
    """XmR, on cube-root failures or raw; limits of what cannot be negative or over 100 % end there."""
    if metric.is_rate and metric.spc_scale == "cbrt":
        return _on_cube_roots(metric, values)
    centre, lower, upper = natural_limits([float(value.value) for value in values], _gaps(values))
    if metric.is_rate:
        lower, upper = max(lower, 0.0), min(upper, WHOLE)
    elif metric.is_count:
        lower = max(lower, 0.0)
    return Limits("raw", Bounds(lower, centre, upper), len(values), _middle(values))


def _usual_interval(values: Sequence[Value]) -> float:
    """How much the middle one of the intervals that values stand for covers."""
    return float(sorted(value.high - value.low for value in values)[len(values) // 2])


def natural_limits(
    values: Sequence[float], gaps: Sequence[bool] = (), *, screened: bool = True
) -> tuple[float, float, float]:
    """Mean, lower and upper limit: mean ± 2.66 mean moving ranges.

    `gaps` says for each value whether a week is missing before it: no range reaches over a gap.
    """
    mean = sum(values) / len(values)
    half = WIDTH * mean_moving_range(moving_ranges(values, gaps), screened=screened)
    return mean, mean - half, mean + half


def moving_ranges(values: Sequence[float], gaps: Sequence[bool] = ()) -> list[float]:
    """How far each value is from the one a week before."""
    return [
        abs(after - before)
        for place, (before, after) in enumerate(pairwise(values), 1)
        if not (gaps and gaps[place])
    ]


def mean_moving_range(ranges: Sequence[float], *, screened: bool = True) -> float:
    """The mean; screened, those of 3.267 means or more are left out once (NHSRplotthedots).

    Where that would leave no variation at all, as among weeks without a failure, nothing is left out.
    """
    if not ranges:
        return 0.0
    mean = sum(ranges) / len(ranges)
    kept = [each for each in ranges if each < SCREEN * mean] if screened else []
    return (sum(kept) / len(kept) if kept else 0.0) or mean


def root_of_failures(percent: float, *, lower_is_better: bool) -> float:
    """y = ∛f, f the failures per million: near 100 % its variation is even where that of percent is not."""
    return cbrt((percent if lower_is_better else WHOLE - percent) * PPM)


def percent_of_root(root: float, *, lower_is_better: bool) -> float:
    """Back again: p = 100 − y³ / 10⁴; never below 0 nor above 100."""
    failing = min(max(root, 0.0) ** 3 / PPM, WHOLE)
    return failing if lower_is_better else WHOLE - failing


def p_prime(values: Sequence[Value]) -> Limits:
    """Laney's p′: p̄ ± 3 σᵢ σ_z, with σᵢ = √(p̄(1−p̄)/nᵢ) and σ_z the mean moving range of zᵢ over 1.128.

    σ_z widens (or narrows) the binomial limits by how much more (or less) the weeks differ than chance
    alone would make them. Ranges are screened as for XmR.
    """
    numerators = [float(value.numerator or 0) for value in values]
    denominators = [float(value.denominator or 0) for value in values]
    share = sum(numerators) / sum(denominators)
    binomial = sqrt(max(share * (1 - share), 0.0))
    if binomial == 0:
        return Limits("p_prime", _in_percent(share * WHOLE, 0.0), len(values), _middle(values), spread=0.0)
    z = [
        (part / whole - share) / (binomial / sqrt(whole))
        for part, whole in zip(numerators, denominators, strict=True)
    ]
    sigma = mean_moving_range(moving_ranges(z, _gaps(values))) / D2
    spread = 3 * binomial * sigma * WHOLE
    newest = spread / sqrt(denominators[-1])
    middle = median(part / whole * WHOLE for part, whole in zip(numerators, denominators, strict=True))
    return Limits("p_prime", _in_percent(share * WHOLE, newest), len(values), middle, spread)


def _on_cube_roots(metric: Metric, values: Sequence[Value]) -> Limits:
    down = metric.lower_is_better
    roots = [root_of_failures(float(value.value), lower_is_better=down) for value in values]
    low, centre, high = (
        percent_of_root(root, lower_is_better=down)
        for root in _ordered(natural_limits(roots, _gaps(values)), descending=not down)
    )
    return Limits("cbrt", Bounds(low, centre, high), len(values), _middle(values))


def _ordered(found: tuple[float, float, float], *, descending: bool) -> tuple[float, float, float]:
    """Centre, lower, upper as lower, centre, upper; descending where more failures are a lower value."""
    centre, lower, upper = found
    return (upper, centre, lower) if descending else (lower, centre, upper)


def _in_percent(centre: float, half: float) -> Bounds:
    return Bounds(max(centre - half, 0.0), centre, min(centre + half, WHOLE))


def _middle(values: Sequence[Value]) -> float:
    return float(median(value.value for value in values))


def _gaps(values: Sequence[Value]) -> list[bool]:
    """Whether a week is missing before each value."""
    return [False, *(after.index - before.index != 1 for before, after in pairwise(values))]


def _neighbours(values: Sequence[Value]) -> list[tuple[Value, Value]]:
    return [(before, after) for before, after in pairwise(values) if after.index - before.index == 1]
