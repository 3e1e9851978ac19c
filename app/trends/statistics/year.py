"""Figures of a year so far: whether they can be true one after another, and the error budget. Exact; pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from app.trends.statistics.readings import Metric, Series, Value

MINUTES_A_DAY = 1440
WHOLE = Decimal(100)

YearOf = Callable[[date], int]
"""The year that a week, given by its Monday, belongs to."""


@dataclass(frozen=True, slots=True)
class Check:
    """A year-to-date value beside the one before it in the same year.

    `low` and `high` are the minutes of unavailability (or the count) that it implies; not `consistent`
    where there would have to be fewer than before: the value was truncated, or restated.
    """

    value: Value
    low: Decimal
    high: Decimal
    consistent: bool


@dataclass(frozen=True, slots=True)
class Budget:
    """How much of the failures that the target allows were used up, as a share: 1 is all of it.

    Without the volumes of all weeks each week counts the same, and it is not `weighted`.
    """

    used: Decimal
    weighted: bool
    weeks: int


def elapsed_minutes(week: date, year: int) -> int:
    """From the first of January until the end of the week's Sunday, or of the year that it counts to."""
    until = min(week + timedelta(days=7), date(year + 1, 1, 1))
    return max((until - date(year, 1, 1)).days, 1) * MINUTES_A_DAY


def checks(series: Series, year_of: YearOf) -> list[Check]:
    """Each value against the one before in its year: unavailable minutes must not shrink, counts not fall.

    A rate p ± rounding after m minutes implies m × [1 − high, 1 − low] minutes unavailable.
    """
    found: list[Check] = []
    before: Check | None = None
    for value in series.history:
        year = year_of(value.week)
        low, high = _implied(series.metric, value, year)
        same_year = before is not None and year_of(before.value.week) == year
        consistent = before is None or not same_year or high >= before.low
        before = Check(value, low, high, consistent)
        found.append(before)
    return found


def error_budget(series: Series, year_of: YearOf) -> Budget | None:
    """Used of the year's error budget: Σ(1−p)·N / ((1−target)·ΣN), by the target of each week.

    None for what is no weekly rate, or has no target, or one that allows no failure.
    """
    metric, latest = series.metric, series.latest
    if metric.kind != "rate" or latest is None:
        return None
    year = year_of(latest.week)
    values = [value for value in series.history if year_of(value.week) == year]
    held = [(value, target) for value in values if (target := series.target_in(value.week)) is not None]
    weighted = all(value.denominator for value, _ in held)
    failed, allowed = Decimal(0), Decimal(0)
    for value, target in held:
        volume = (value.denominator or Decimal(1)) if weighted else Decimal(1)
        failed += _failing(metric, value.value) * volume
        allowed += _failing(metric, target.value) * volume
    if allowed <= 0:
        return None
    return Budget(failed / allowed, weighted, len(held))


def _implied(metric: Metric, value: Value, year: int) -> tuple[Decimal, Decimal]:
    if not metric.is_rate:
        return value.value, value.value
    minutes = elapsed_minutes(value.week, year)
    low, high = sorted((_failing(metric, value.low), _failing(metric, value.high)))
    return _minutes(low, minutes), _minutes(high, minutes)


def _minutes(percent: Decimal, minutes: int) -> Decimal:
    return percent * minutes / WHOLE


def _failing(metric: Metric, percent: Decimal) -> Decimal:
    return percent if metric.lower_is_better else WHOLE - percent


def same_week_last_year(series: Series, number_of: Callable[[date], tuple[int, int]]) -> Value | None:
    """The value of the week with the same number a year before; None for week 53 where that year has none."""
    latest = series.latest
    if latest is None:
        return None
    year, number = number_of(latest.week)
    return next(
        (
            value
            for value in _about_a_year_before(series, latest)
            if number_of(value.week) == (year - 1, number)
        ),
        None,
    )


def _about_a_year_before(series: Series, latest: Value) -> Sequence[Value]:
    candidates = (series.by_index.get(latest.index - back) for back in (51, 52, 53))
    return [value for value in candidates if value is not None]
