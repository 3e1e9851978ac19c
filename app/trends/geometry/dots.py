"""A dot plot of how long things took: every one a dot on a scale of powers, and the middle one marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10
from statistics import median

from app.trends.axes import NARROW

MARKS = (1, 5, 15, 30, 60, 120, 240, 480, 1440, 2880, 10080)
"""Minutes that the axis may name."""
TICK_APART = 44.0
DOT_APART = 9.0
ROW = 9.0
AXIS_LABELS = 20.0


@dataclass(frozen=True, slots=True)
class Dot:
    number: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class DotPlot:
    """`ticks` are minutes and places; `middle` the place of the median, `median` its minutes."""

    height: float
    axis_y: float
    dots: tuple[Dot, ...]
    ticks: tuple[tuple[int, float], ...]
    middle: float
    median: int


def dot_plot(took: Sequence[tuple[int, int]]) -> DotPlot | None:
    """Numbers and minutes; dots that would touch stand on one another. None for nothing."""
    if not took:
        return None
    minutes = [max(each, 1) for _, each in took]
    low = max((mark for mark in MARKS if mark <= min(minutes)), default=1)
    high = min((mark for mark in MARKS if mark >= max(minutes)), default=max(minutes))
    high = high if high > low else low * 4
    span = log10(high) - log10(low)

    def x(value: float) -> float:
        return round(4 + (log10(max(value, 1)) - log10(low)) / span * 92, 2)

    rows: list[float] = []
    placed: list[tuple[int, float, int]] = []
    for number, value in sorted(took, key=lambda each: (each[1], each[0])):
        at = x(value)
        row = next((row for row, last in enumerate(rows) if at - last >= DOT_APART / NARROW * 100), len(rows))
        rows[row : row + 1] = [at]
        placed.append((number, at, row))
    axis_y = 14 + ROW * len(rows)
    ticks: list[tuple[int, float]] = []
    for mark in MARKS:
        if low <= mark <= high and (not ticks or x(mark) - ticks[-1][1] >= TICK_APART / NARROW * 100):
            ticks.append((mark, x(mark)))
    middle = median(value for _, value in took)
    return DotPlot(
        height=axis_y + AXIS_LABELS,
        axis_y=axis_y,
        dots=tuple(Dot(number, at, round(axis_y - 7 - ROW * row, 1)) for number, at, row in placed),
        ticks=tuple(ticks),
        middle=x(middle),
        median=round(middle),
    )
