"""The heights of a chart and how its values map to them. Charts that share a frame share a scale."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from app.metrics.scales import WHOLE, Scale, fitting_scale, position
from app.trends.axes import ValueTick, value_ticks

TOP = 18.0
"""Above the plot: the labels of missing weeks, and the letters of remarks."""
LANE_HEIGHT = 22.0
LANE_GAP = 8.0
PLOT_HEIGHT = 126.0
ABOVE_HIGHEST, BELOW_LOWEST = 8.0, 24.0
"""Room in the plot for the label of an extreme."""
PIN_ROW = 20.0
AXIS_LABELS = 22.0
LEAST_SPAN, SPAN_OF_EQUALS = 0.15, 0.6
"""In powers of ten of the failure rate: a chart shows at least a factor of 1.4, 4 where nothing varies."""

WITHOUT_VALUES = (3.0, 4.0)
"""99.9 % to 99.99 %: what stands below the lane where every value is 100 %."""

Sign = Literal["", "worse", "better", "doubt"]
"""What a point says: out of the ordinary for the worse or the better, or not certain."""


@dataclass(frozen=True, slots=True)
class Point:
    """A reported value: its week, the interval it stands for, and what was reported before, if restated.

    `strong` where it lies outside the limits, not only in a long run.
    """

    index: int
    value: Decimal
    low: Decimal
    high: Decimal
    former: Decimal | None = None
    sign: Sign = ""
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """A value to reach in the weeks from `first` until before `until`."""

    first: int
    until: int
    value: Decimal


@dataclass(frozen=True, slots=True)
class Level:
    """Limits and centre in the weeks from `first` until before `until`: one for all, or one a week."""

    first: int
    until: int
    bounds: Sequence[tuple[float, float, float]]
    trial: bool = False


class Frame:
    """A scale that fits all the values, and where they stand on it."""

    def __init__(
        self,
        values: Sequence[Decimal],
        *,
        declared_scale: str = "nines",
        pin_rows: int = 0,
        lower_is_better: bool = False,
        from_zero: bool = False,
        whole_numbers: bool = False,
    ) -> None:
        self.scale: Scale = fitting_scale(declared_scale, values)
        at = [position(self.scale, value) for value in values]
        self.has_lane = None in at
        self.lane_top = TOP
        self.plot_top = TOP + (LANE_HEIGHT + LANE_GAP if self.has_lane else 0)
        self.plot_bottom = self.plot_top + PLOT_HEIGHT
        self.axis_y = self.plot_bottom + (PIN_ROW * pin_rows + 4 if pin_rows else 4)
        self.height = self.axis_y + AXIS_LABELS
        self.lower_is_better = lower_is_better
        above, below = (BELOW_LOWEST, ABOVE_HIGHEST) if lower_is_better else (ABOVE_HIGHEST, BELOW_LOWEST)
        self._top, self._bottom = self.plot_top + above, self.plot_bottom - below
        self._low, self._high = _span(self.scale, [where for where in at if where is not None], from_zero)
        each = (self._high - self._low) / (self._bottom - self._top)
        low, high = self._low - below * each, self._high + above * each
        self._labelled = (max(low, self._low) if from_zero else low, high)
        self._whole_numbers = whole_numbers

    @property
    def lane(self) -> tuple[float, float] | None:
        """Top and height of the lane of exactly 100 %."""
        return (self.lane_top, LANE_HEIGHT) if self.has_lane else None

    def ticks(self) -> tuple[ValueTick, ...]:
        return value_ticks(self.scale, *self._labelled, self._at, whole_numbers=self._whole_numbers)

    def is_whole(self, value: Decimal) -> bool:
        return self.scale != "linear" and value == WHOLE

    def y(self, value: Decimal) -> float:
        """Where a value stands; exactly 100 % in the middle of its lane."""
        at = position(self.scale, value)
        return self.lane_top + LANE_HEIGHT / 2 if at is None else round(self._at(at), 1)

    def clamped(self, value: Decimal) -> float:
        """Where the end of an interval stands, not beyond the plot."""
        if self.is_whole(value):
            return self.lane_top + LANE_HEIGHT / 2 if self.has_lane else self.plot_top
        where = position(self.scale, value) or 0.0
        return round(min(max(self._at(where), self.plot_top), self.plot_bottom), 1)

    def of_limit(self, value: float) -> float:
        """Where a limit stands; none above is the top of the picture, the lane of 100 % included."""
        top = self.lane_top if self.has_lane else self.plot_top
        if self.scale == "linear":
            where: float | None = value
        elif value >= float(WHOLE):
            return top
        elif value <= 0:
            return self.plot_bottom
        else:
            where = position(self.scale, Decimal(repr(value)))
        return top if where is None else round(min(max(self._at(where), top), self.plot_bottom), 1)

    def pin_y(self, row: int) -> float:
        return self.plot_bottom + PIN_ROW * row + PIN_ROW / 2

    def _at(self, where: float) -> float:
        share = (where - self._low) / (self._high - self._low)
        return self._bottom - share * (self._bottom - self._top)


def values_of(
    points: Iterable[Point], targets: Iterable[Target], levels: Iterable[Level], *, rate: bool
) -> list[Decimal]:
    """Everything that a frame has to show; limits at the ends of a rate need no room."""
    values: list[Decimal] = []
    for point in points:
        values.append(point.value)
        if point.former is not None:
            values.append(point.former)
    values.extend(target.value for target in targets)
    for level in levels:
        for lower, _, upper in level.bounds:
            values.extend(
                Decimal(repr(round(end, 6))) for end in (lower, upper) if not rate or 0 < end < 99.9999995
            )
    return values


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
