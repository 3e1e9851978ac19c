"""Incidents: days between the grave ones, weekly counts of the others. Pure.

Sources: the t chart takes waiting times to the power of 1/3.6, which makes exponential ones nearly normal
(L. S. Nelson, "A control chart for parts-per-million nonconforming items", Journal of Quality Technology
26(3), 1994), then XmR. The run chart is Anhøj and Olesen's: the median, its longest run, its crossings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import median
from typing import Literal

from app.trends.statistics.rules import crossings, long_runs, outside, side
from app.trends.statistics.xmr import FEWEST, Bounds, natural_limits

POWER = 3.6

Quiet = Literal["better", "worse", "ordinary", "unknown"]


@dataclass(frozen=True, slots=True)
class DaysBetween:
    """Days from each grave incident to the next; `since` the last one, with what is ordinary in days.

    `last` and `since` are None where there was none. Judged is the quiet since the last one (better where
    it is longer than ordinary), else the time before it (worse where it was shorter).
    """

    gaps: tuple[int, ...]
    last: date | None
    since: int | None
    bounds: Bounds | None
    variation: Quiet


@dataclass(frozen=True, slots=True)
class RunChart:
    """Counts week by week: their median, whether the newest weeks stay above or below it."""

    counts: tuple[int, ...]
    middle: float
    found: int
    least: int
    variation: Quiet


def days_between(days: Sequence[date], today: date) -> DaysBetween:
    """The t chart of grave incidents, oldest first; no limits from fewer than six waits."""
    if not days:
        return DaysBetween((), None, None, None, "unknown")
    gaps = tuple((after - before).days for before, after in pairwise(days))
    since = max((today - days[-1]).days, 0)
    if len(gaps) < FEWEST:
        return DaysBetween(gaps, days[-1], since, None, "unknown")
    centre, lower, upper = natural_limits([gap ** (1 / POWER) for gap in gaps])
    bounds = Bounds(max(lower, 0.0) ** POWER, max(centre, 0.0) ** POWER, max(upper, 0.0) ** POWER)
    variation: Quiet = "ordinary"
    if outside(since, bounds.lower, bounds.upper) > 0:
        variation = "better"
    elif outside(gaps[-1], bounds.lower, bounds.upper) < 0:
        variation = "worse"
    return DaysBetween(gaps, days[-1], since, bounds, variation)


def run_chart(counts: Sequence[int]) -> RunChart:
    """Counts around their median; fewer than twelve weeks off the median say nothing."""
    middle = float(median(counts)) if counts else 0.0
    sides = [side(count, middle) for count in counts]
    crossed = crossings(sides)
    variation: Quiet = "unknown"
    if sum(1 for each in sides if each) >= 2 * FEWEST:
        variation = "ordinary"
        runs = long_runs(sides)
        if (runs and runs[-1][1] == _last_useful(sides)) or (crossed.too_few and crossed.current_length >= 4):
            variation = "worse" if crossed.current > 0 else "better"
    return RunChart(tuple(counts), middle, crossed.found, crossed.least, variation)


def _last_useful(sides: Sequence[int]) -> int:
    return max((place for place, each in enumerate(sides) if each), default=-1)
