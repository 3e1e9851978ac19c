"""The time axis of a page, and the labels of axes: round values, never closer than can be read. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from math import ceil, floor, log10
from typing import Literal

from app.metrics.scales import WHOLE, Scale, position

WEEK = timedelta(days=7)
LEAST_APART = 17.0
"""Pixels between the labels of a value axis."""
ENOUGH = 4
NEARLY_LINEAR = 0.4
"""In powers of ten of the failure rate."""
MONTH_LABEL = 34.0
"""Pixels that a month or a year takes on the time axis."""
NARROW, WIDE = 240.0, 640.0
"""The widths of a chart on a phone and on a small desktop. What only fits the wide one is *minor*."""

_MANTISSAS: tuple[tuple[Decimal, ...], ...] = (
    (Decimal(1),),
    (Decimal(5),),
    (Decimal(2),),
    (Decimal(3), Decimal(7)),
    tuple(map(Decimal, (4, 6, 8, 9))),
    tuple(Decimal(m) + Decimal("0.5") for m in range(1, 10)),
    tuple(Decimal(m) / 10 for m in range(11, 100) if m % 5),
)
"""Digits of a failure rate, the roundest first: 99.9 %, then 99.5 %, 99.8 %, 99.7 % …"""


SHORT = 12
"""Weeks up to which the time axis names Mondays."""
PACES = (1, 2, 3, 4, 6, 12, 24, 60, 120, 600)

TickKind = Literal["week", "month", "year"]


@dataclass(frozen=True, slots=True)
class ValueTick:
    value: Decimal
    y: float


@dataclass(frozen=True, slots=True)
class TimeTick:
    """The first of a month or a year, or a Monday. A minor one is left out where it is narrow."""

    day: date
    x: float
    kind: TickKind
    minor: bool


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """`weeks` whole weeks from the Monday `first` on, shared by all charts of a page."""

    first: date
    weeks: int

    @property
    def end(self) -> date:
        """The Monday after."""
        return self.first + WEEK * self.weeks

    def index(self, day: date) -> int:
        """Which week a day lies in; outside the axis below 0 or from `weeks` on."""
        return (day - self.first).days // 7

    def week(self, index: int) -> date:
        return self.first + WEEK * index

    def x(self, day: date) -> float:
        return (day - self.first).days / (7 * self.weeks) * 100

    def centre(self, index: float) -> float:
        return round((index + 0.5) / self.weeks * 100, 2)

    def edge(self, index: float) -> float:
        return round(index / self.weeks * 100, 2)

    def ticks(self) -> tuple[TimeTick, ...]:
        return time_ticks(self.first, self.weeks, self.x)


def value_ticks(
    scale: Scale, low: float, high: float, y_of: Callable[[float], float], *, whole_numbers: bool = False
) -> tuple[ValueTick, ...]:
    """Labels for the positions from `low` to `high`, the highest first; `y_of` turns positions to pixels."""
    if scale == "linear":
        values = _linear(low, high, whole_numbers=whole_numbers)
        return tuple(ValueTick(value, round(y_of(float(value)), 1)) for value in reversed(values))
    levels = _in_steps(scale, low, high) if high - low < NEARLY_LINEAR else _by_roundness(scale, low, high)
    chosen: list[ValueTick] = []
    for candidates in levels:
        for value in candidates:
            at = position(scale, value)
            if at is None or not low <= at <= high:
                continue
            y = y_of(at)
            if all(abs(y - tick.y) >= LEAST_APART for tick in chosen):
                chosen.append(ValueTick(value, round(y, 1)))
        if len(chosen) >= ENOUGH:
            break
    return tuple(sorted(chosen, key=lambda tick: tick.y))


def time_ticks(first: date, weeks: int, x_of: Callable[[date], float]) -> tuple[TimeTick, ...]:
    """Labels at a regular pace: months, years, or Mondays where the axis is short.

    `x_of` gives percent of the width. Those of a phone are also among those of a desktop.
    """
    if weeks <= SHORT:
        kind, days, counts = _mondays(first, weeks)
    else:
        kind, days, counts = _months(first, first + WEEK * weeks)
    wide = _pace(days, counts, x_of, MONTH_LABEL / WIDE * 100, PACES)
    narrow = _pace(
        days, counts, x_of, MONTH_LABEL / NARROW * 100, [pace for pace in PACES if pace % wide == 0]
    )
    return tuple(
        TimeTick(
            day,
            round(x_of(day), 2),
            "year" if kind == "month" and day.month == 1 else kind,
            minor=count % narrow != 0,
        )
        for day, count in zip(days, counts, strict=True)
        if count % wide == 0
    )


def _by_roundness(scale: Scale, low: float, high: float) -> Iterator[list[Decimal]]:
    """Candidate values in percent, the roundest list first, each from high to low."""
    if scale == "nines":
        decades, small = range(floor(2 - high), ceil(2 - low) + 1), range(0)
    else:
        decades, small = range(floor(2 - max(high, 0.0)), 3), range(floor(2 - max(-low, 0.0)), 2)
    half = WHOLE / 2
    for mantissas in _MANTISSAS:
        failing = {m.scaleb(k) for m in mantissas for k in decades}
        values = {WHOLE - f for f in failing if 0 < f <= (WHOLE if scale == "nines" else half)}
        values |= {value for m in mantissas for k in small if (value := m.scaleb(k)) < half}
        yield sorted(values, reverse=True)


def _in_steps(scale: Scale, low: float, high: float) -> Iterator[list[Decimal]]:
    """Candidates for a narrow range, where equal steps are nearly equally far apart: 97, 97.2, 97.4."""
    bottom, top = (_share(scale, at) for at in (low, high))
    step = _nice_step((top - bottom) / (ENOUGH + 2))
    yield [step * count for count in range(floor(Decimal(top) / step), floor(Decimal(bottom) / step) - 1, -1)]


def _share(scale: Scale, at: float) -> float:
    """The percentage at a position."""
    return 100 - 10 ** (2 - at) if scale == "nines" else 100 / (1 + 10**-at)


def _linear(low: float, high: float, *, whole_numbers: bool) -> list[Decimal]:
    step = _nice_step((high - low) / (ENOUGH + 2))
    if whole_numbers:
        step = max(step, Decimal(1))
    first, last = ceil(Decimal(low) / step), floor(Decimal(high) / step)
    return [step * count for count in range(first, last + 1)]


def _nice_step(at_least: float) -> Decimal:
    """The smallest of 1, 2, 5, 10, 20 … that is not smaller."""
    decade = Decimal(1).scaleb(floor(log10(at_least)))
    return next(m * decade for m in (1, 2, 5, 10) if float(m * decade) >= at_least * (1 - 1e-9))


def _pace(
    days: Sequence[date],
    counts: Sequence[int],
    x_of: Callable[[date], float],
    gap: float,
    paces: Sequence[int],
) -> int:
    """The smallest pace at which labels are `gap` percent apart."""
    for pace in paces:
        at = [x_of(day) for day, count in zip(days, counts, strict=True) if count % pace == 0]
        if all(after - before >= gap for before, after in pairwise(at)):
            return pace
    return paces[-1]


def _mondays(first: date, weeks: int) -> tuple[TickKind, list[date], list[int]]:
    return "week", [first + WEEK * index for index in range(weeks)], list(range(weeks))


def _months(first: date, end: date) -> tuple[TickKind, list[date], list[int]]:
    """The firsts of months, counted from the year 0, so that a pace of 12 falls on Januaries."""
    day = first if first.day == 1 else _next_month(first)
    days = []
    while day < end:
        days.append(day)
        day = _next_month(day)
    return "month", days, [day.year * 12 + day.month - 1 for day in days]


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
