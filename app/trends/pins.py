"""Numbered marks for accidents, always visible and never one over another. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.trends.axes import NARROW, TimeAxis

PIN_ROWS = 2
PIN_WIDTH, PIN_RANGE_WIDTH = 18.0, 36.0
"""Pixels that a pin takes, and one that stands for several accidents."""


@dataclass(frozen=True, slots=True)
class Pin:
    """Accidents number `first` to `last`, in one mark on row `row` (0 is the upper one)."""

    x: float
    row: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Pins:
    """The accidents of a page's time axis, laid out once for all its charts."""

    marks: tuple[Pin, ...] = ()
    rows: int = 0
    rows_by_week: Mapping[int, int] = field(default_factory=dict)
    """For each week with accidents, the row of its pin."""


def lay_pins(
    axis: TimeAxis, weeks: Sequence[int], *, numbers: Sequence[int] | None = None, rows: int = PIN_ROWS
) -> Pins:
    """Numbered pins for what happened by week, oldest first: apart on a phone too, at most two rows.

    Where there are too many, neighbours share a pin that says their first and last number. The numbers
    count from 1 unless they are given.
    """
    numbered = list(zip(weeks, numbers or range(1, len(weeks) + 1), strict=True))
    weeks_joined = 1
    while True:
        groups: dict[int, list[tuple[int, int]]] = {}
        for week, number in numbered:
            groups.setdefault(week // weeks_joined, []).append((week, number))
        marks = _pins_in_rows(axis, groups.values(), rows)
        if marks is not None:
            used = 1 + max((pin.row for pin in marks), default=-1)
            rows_by_week = {
                week: pin.row for pin, group in zip(marks, groups.values(), strict=True) for week, _ in group
            }
            return Pins(marks, used, rows_by_week)
        weeks_joined += 1 + weeks_joined // 4


def _pins_in_rows(
    axis: TimeAxis, groups: Iterable[Sequence[tuple[int, int]]], rows: int
) -> tuple[Pin, ...] | None:
    """Each group in the first row where it fits; None where one fits nowhere and another could give way."""
    taken = [-100.0] * rows
    pins: list[Pin] = []
    for group in groups:
        first, last = group[0][1], group[-1][1]
        half = (PIN_WIDTH if first == last else PIN_RANGE_WIDTH) / NARROW * 50
        x = axis.centre((group[0][0] + group[-1][0]) / 2)
        row = next((row for row in range(rows) if x - half >= taken[row]), None)
        if row is None:
            return None
        taken[row] = x + half
        pins.append(Pin(x, row, first, last))
    return tuple(pins)
