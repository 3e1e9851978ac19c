"""Two stretches of weeks side by side. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.trends.statistics.readings import FailureChange, Series, Value, failure_change
from app.trends.statistics.rules import differs, outside
from app.trends.statistics.xmr import Limits, limits


@dataclass(frozen=True, slots=True)
class Half:
    """One of the two: its weeks with a value, the middle one and the worst, as they were reported."""

    weeks: int
    middle: Value | None
    worst: Value | None
    misses: int | None
    """Weeks short of the target of their time; None where none was set."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A metric then and now. `change` is that of the middle values' failures, for rates.

    `better` is None where the weeks of the second stretch are no more often on one side of the first's
    median than chance would have them.
    `outside` counts the weeks of the second stretch that lie outside the limits of the first; None where
    the first has too few weeks for limits.
    """

    series: Series
    before: Half
    after: Half
    change: FailureChange | None
    better: bool | None
    outside: int | None


def compare(series: Series, before: Sequence[Value], after: Sequence[Value]) -> Comparison | None:
    """None where neither stretch has a value."""
    if not before and not after:
        return None
    first, second = _half(series, before), _half(series, after)
    metric = series.metric
    was, is_ = first.middle, second.middle
    change = better = None
    if was is not None and is_ is not None:
        if metric.kind == "rate":
            change = failure_change(was.value, is_.value, metric.direction)
        above = sum(1 for value in after if value.value > was.value)
        below = sum(1 for value in after if value.value < was.value)
        if differs(above, below):
            better = (above > below) != metric.lower_is_better
    return Comparison(series, first, second, change, better, _outside(series, before, after))


def _half(series: Series, values: Sequence[Value]) -> Half:
    judged = [met for value in values if (met := series.meets_target(value)) is not None]
    ranked = sorted(values, key=lambda value: value.value, reverse=series.metric.lower_is_better)
    return Half(
        weeks=len(values),
        middle=ranked[(len(ranked) - 1) // 2] if ranked else None,
        worst=series.worst_among(values) if values else None,
        misses=sum(1 for met in judged if not met) if judged else None,
    )


def _outside(series: Series, before: Sequence[Value], after: Sequence[Value]) -> int | None:
    found = limits(series.metric, before)
    if not isinstance(found, Limits):
        return None
    return sum(1 for value in after if _is_outside(found, value))


def _is_outside(found: Limits, value: Value) -> bool:
    bounds = found.of(value)
    ends = {outside(end, bounds.lower, bounds.upper) for end in found.ends(value)}
    return 0 not in ends
