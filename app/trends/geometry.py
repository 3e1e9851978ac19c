"""From points to paths: where every mark of a chart stands. Pure; templates only write it down.

x is in percent of the width, so that a chart is as wide as its place; y is in pixels, so that text and
marks keep their size. The trace alone is stretched: its x is in tenths of a week.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from app.metrics.scales import WHOLE, Scale, fitting_scale, position
from app.metrics.sparkline import line_path, step_path
from app.trends.axes import NARROW, WIDE, TimeAxis, ValueTick, value_ticks
from app.trends.pins import Pin, Pins

WEEK_UNITS = 10.0

TOP = 18.0
"""Above the plot: the labels of missing weeks."""
LANE_HEIGHT = 22.0
LANE_GAP = 8.0
PLOT_HEIGHT = 122.0
ABOVE_HIGHEST, BELOW_LOWEST = 8.0, 20.0
"""Room in the plot for the label of an extreme."""
PIN_ROW = 20.0
AXIS_LABELS = 22.0
LABEL_HEIGHT = 15.0
GAP_LABEL = 20.0
LEAST_WHISKER = 6.0
LEAST_SPAN, SPAN_OF_EQUALS = 0.15, 0.6
"""In powers of ten of the failure rate: a chart shows at least a factor of 1.4, 4 where nothing varies."""

WITHOUT_VALUES = (3.0, 4.0)
"""99.9 % to 99.99 %: what stands below the lane where every value is 100 %."""

Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Point:
    """A reported value: its week, the interval it stands for, and what was reported before, if restated."""

    index: int
    value: Decimal
    low: Decimal
    high: Decimal
    former: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """A value to reach in the weeks from `first` until before `until`."""

    first: int
    until: int
    value: Decimal


@dataclass(frozen=True, slots=True)
class Mark:
    """A point's dot; `whole` is exactly 100 %, in the lane with an open mark.

    `whisker` is the interval the value stands for, where it is long enough to see: from y to y.
    """

    index: int
    x: float
    y: float
    whole: bool
    former_y: float | None
    whisker: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Gap:
    """Weeks without a value, from `first` to `last`; `label` says at which widths its word fits."""

    first: int
    last: int
    x: float
    width: float
    centre: float
    label: Literal["always", "minor", "none"]


@dataclass(frozen=True, slots=True)
class TargetLine:
    x1: float
    x2: float
    y: float
    value: Decimal
    rise_from: float | None
    """The y of the target before, where this one begins at its end."""


@dataclass(frozen=True, slots=True)
class Label:
    """Text beside a mark; `dx` in pixels."""

    index: int
    x: float
    dx: float
    y: float
    anchor: Anchor


@dataclass(frozen=True, slots=True)
class Stem:
    """From a week's dot down to its pin."""

    x: float
    y1: float
    y2: float


@dataclass(frozen=True, slots=True)
class Chart:
    """A metric drawn on a time axis. `latest` and `target_label` stand right of the plot, apart."""

    scale: Scale
    height: float
    view_width: float
    axis_y: float
    plot_top: float
    plot_bottom: float
    lane: tuple[float, float] | None
    """Top and height of the lane of exactly 100 %."""
    ticks: tuple[ValueTick, ...]
    trace: str
    marks: tuple[Mark, ...]
    gaps: tuple[Gap, ...]
    targets: tuple[TargetLine, ...]
    stems: tuple[Stem, ...]
    pins: tuple[tuple[Pin, float], ...]
    latest: Label | None
    extreme: Label | None
    """The worst week's value, where there is one to tell apart."""
    target_label: tuple[Decimal, float] | None


def draw(
    axis: TimeAxis,
    points: Sequence[Point],
    *,
    missing: Sequence[int] = (),
    targets: Sequence[Target] = (),
    pins: Pins | None = None,
    declared_scale: str = "nines",
    lower_is_better: bool = False,
    steps: bool = False,
    restarts: Collection[int] = (),
    whole_numbers: bool = False,
    from_zero: bool = False,
) -> Chart:
    """The chart of one metric. `steps` draws a year-to-date metric, new at each week in `restarts`."""
    pins = pins or Pins()
    values = [
        *(point.value for point in points),
        *(point.former for point in points if point.former is not None),
        *(target.value for target in targets),
    ]
    scale = fitting_scale(declared_scale, values)
    frame = _Frame(scale, values, pin_rows=pins.rows, lower_is_better=lower_is_better, from_zero=from_zero)
    marks = tuple(_mark(axis, frame, point, steps=steps) for point in points)
    spots: list[tuple[float, float] | None] = [None] * axis.weeks
    for mark in marks:
        spots[mark.index] = ((mark.index + 0.5) * WEEK_UNITS, mark.y)
    lines = _target_lines(axis, frame, targets)
    latest, target_label = _labels_at_the_end(axis, frame, marks, lines)
    dots = {mark.index: mark.y for mark in marks}
    return Chart(
        scale=scale,
        height=frame.height,
        view_width=axis.weeks * WEEK_UNITS,
        axis_y=frame.axis_y,
        plot_top=frame.plot_top,
        plot_bottom=frame.plot_bottom,
        lane=(frame.lane_top, LANE_HEIGHT) if frame.has_lane else None,
        ticks=value_ticks(scale, *frame.labelled, frame.at, whole_numbers=whole_numbers),
        trace=step_path(spots, WEEK_UNITS, restarts) if steps else line_path(spots),
        marks=marks,
        gaps=_gaps(axis, missing),
        targets=lines,
        stems=tuple(
            Stem(axis.centre(week), round(dots.get(week, frame.plot_bottom - 7) + 7, 1), frame.pin_y(row))
            for week, row in pins.rows_by_week.items()
        ),
        pins=tuple((pin, frame.pin_y(pin.row)) for pin in pins.marks),
        latest=latest,
        extreme=None if steps else _extreme(marks, points, lower_is_better=lower_is_better),
        target_label=target_label,
    )


class _Frame:
    """The heights of a chart, and how its values map to them."""

    def __init__(
        self,
        scale: Scale,
        values: Sequence[Decimal],
        *,
        pin_rows: int,
        lower_is_better: bool,
        from_zero: bool,
    ) -> None:
        self._scale = scale
        at = [position(scale, value) for value in values]
        self.has_lane = None in at
        self.lane_top = TOP
        self.plot_top = TOP + (LANE_HEIGHT + LANE_GAP if self.has_lane else 0)
        self.plot_bottom = self.plot_top + PLOT_HEIGHT
        self.axis_y = self.plot_bottom + (PIN_ROW * pin_rows + 4 if pin_rows else 4)
        self.height = self.axis_y + AXIS_LABELS
        above, below = (BELOW_LOWEST, ABOVE_HIGHEST) if lower_is_better else (ABOVE_HIGHEST, BELOW_LOWEST)
        self._top, self._bottom = self.plot_top + above, self.plot_bottom - below
        self._low, self._high = _span(scale, [where for where in at if where is not None], from_zero)
        each = (self._high - self._low) / (self._bottom - self._top)
        self.labelled = (self._low - below * each, self._high + above * each)
        if from_zero:
            self.labelled = (max(self.labelled[0], self._low), self.labelled[1])

    def at(self, where: float) -> float:
        share = (where - self._low) / (self._high - self._low)
        return self._bottom - share * (self._bottom - self._top)

    def y(self, value: Decimal) -> float:
        where = position(self._scale, value)
        return self.lane_top + LANE_HEIGHT / 2 if where is None else round(self.at(where), 1)

    def is_whole(self, value: Decimal) -> bool:
        return position(self._scale, value) is None

    def pin_y(self, row: int) -> float:
        return self.plot_bottom + PIN_ROW * row + PIN_ROW / 2 + 2

    def clamped(self, value: Decimal) -> float:
        """The y of a value that may lie outside the plot, or at 0 % on a scale that has none."""
        if self._scale == "logit" and value <= 0:
            return self.plot_bottom
        if self._scale != "linear" and value >= WHOLE:
            return self.lane_top + LANE_HEIGHT / 2 if self.has_lane else self.plot_top
        where = position(self._scale, value) or 0.0
        return round(min(max(self.at(where), self.plot_top), self.plot_bottom), 1)


def _span(scale: Scale, at: Sequence[float], from_zero: bool) -> tuple[float, float]:
    """The positions that the plot has to show."""
    if scale == "linear":
        low, high = (min(at), max(at)) if at else (0.0, 1.0)
        low = min(low, 0.0) if from_zero else low
        if low == high:
            room = max(abs(high) / 10, 1.0)
            return (low, high + room) if from_zero else (low - room, high + room)
        return low, high
    low, high = (min(at), max(at)) if at else WITHOUT_VALUES
    least = LEAST_SPAN if low < high else SPAN_OF_EQUALS
    room = max(least - (high - low), 0.0) / 2
    return low - room, high + room


def _mark(axis: TimeAxis, frame: _Frame, point: Point, *, steps: bool) -> Mark:
    top, bottom = frame.clamped(point.high), frame.clamped(point.low)
    has_whisker = not steps and not frame.is_whole(point.value)
    return Mark(
        index=point.index,
        x=axis.centre(point.index),
        y=frame.y(point.value),
        whole=frame.is_whole(point.value),
        former_y=None if point.former is None else frame.y(point.former),
        whisker=(top, bottom) if has_whisker and bottom - top >= LEAST_WHISKER else None,
    )


def _gaps(axis: TimeAxis, missing: Sequence[int]) -> tuple[Gap, ...]:
    gaps: list[Gap] = []
    always = labelled = -100.0
    for first, last in _runs(sorted(missing)):
        centre = axis.centre((first + last) / 2)
        label: Literal["always", "minor", "none"] = "none"
        if centre - labelled >= GAP_LABEL / WIDE * 100:
            label = "always" if centre - always >= GAP_LABEL / NARROW * 100 else "minor"
            labelled, always = centre, centre if label == "always" else always
        gaps.append(
            Gap(first, last, axis.edge(first), axis.edge(last + 1 - first), centre=centre, label=label)
        )
    return tuple(gaps)


def _runs(indexes: Iterable[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for index in indexes:
        if runs and runs[-1][1] == index - 1:
            runs[-1] = (runs[-1][0], index)
        else:
            runs.append((index, index))
    return runs


def _target_lines(axis: TimeAxis, frame: _Frame, targets: Sequence[Target]) -> tuple[TargetLine, ...]:
    lines: list[TargetLine] = []
    for target in targets:
        y = frame.y(target.value)
        follows = bool(lines) and lines[-1].x2 == axis.edge(target.first)
        lines.append(
            TargetLine(
                axis.edge(target.first),
                axis.edge(target.until),
                y,
                target.value,
                lines[-1].y if follows else None,
            )
        )
    return tuple(lines)


def _labels_at_the_end(
    axis: TimeAxis, frame: _Frame, marks: Sequence[Mark], lines: Sequence[TargetLine]
) -> tuple[Label | None, tuple[Decimal, float] | None]:
    """The newest value and the target in force, right of the plot; moved apart where they would touch.

    A value that is not of the last week stands beside its own point.
    """
    target = (lines[-1].value, lines[-1].y) if lines and lines[-1].x2 == axis.edge(axis.weeks) else None
    newest = marks[-1] if marks else None
    if newest is None:
        return None, target
    if newest.index != axis.weeks - 1:
        near_end = newest.x > 75
        return (
            Label(newest.index, newest.x, -9 if near_end else 9, newest.y, "end" if near_end else "start"),
            target,
        )
    y = newest.y
    if target is not None and abs(y - target[1]) < LABEL_HEIGHT:
        middle, half = (y + target[1]) / 2, LABEL_HEIGHT / 2
        middle = max(middle, frame.lane_top + half if frame.has_lane else frame.plot_top + half)
        y, beside = (middle - half, middle + half) if y <= target[1] else (middle + half, middle - half)
        target = (target[0], round(beside, 1))
    return Label(newest.index, 100.0, 10, round(y, 1), "start"), target


def _extreme(marks: Sequence[Mark], points: Sequence[Point], *, lower_is_better: bool) -> Label | None:
    """A label for the worst week, on the side where nothing else is drawn."""
    values = [point.value for point in points]
    if len(values) < 3 or min(values) == max(values):
        return None
    worst = max(values) if lower_is_better else min(values)
    mark = marks[len(values) - 1 - values[::-1].index(worst)]
    if mark.index == marks[-1].index or mark.whole:
        return None
    anchor: Anchor = "start" if mark.x < 10 else "end" if mark.x > 90 else "middle"
    return Label(mark.index, mark.x, 0, round(mark.y + (-9 if lower_is_better else 16), 1), anchor)
