"""One metric on a time axis: where every mark of a control chart, a step line or a small multiple stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from app.metrics.scales import Scale
from app.metrics.sparkline import line_path, number, step_path
from app.trends.axes import NARROW, WIDE, TimeAxis, ValueTick
from app.trends.geometry.frame import Frame, Level, Point, Sign, Target, values_of
from app.trends.pins import Pin, Pins
from app.trends.statistics import runs

WEEK_UNITS = 10.0
LABEL_HEIGHT = 15.0
GAP_LABEL = 20.0
TARGET_LABEL = 88.0
"""Pixels that the words of a target take inside the plot."""
LEAST_WHISKER = 6.0
CROWDED = 110
"""With more weeks than that they are too narrow for a dot each."""

Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A point that is more than a dot: a signal, exactly 100 % (`whole`), restated, or the newest."""

    index: int
    x: float
    y: float
    whole: bool = False
    former_y: float | None = None
    sign: Sign = ""
    strong: bool = False
    newest: bool = False


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
class Band:
    """What is ordinary, from y to y; a limit that cannot be passed has no line.

    Where limits change from week to week `area` and `lines` are paths of steps, else empty.
    """

    x1: float
    x2: float
    top: float
    bottom: float
    centre: float
    upper_line: bool
    lower_line: bool
    trial: bool
    area: str = ""
    lines: str = ""


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
    """Text beside a mark, in the colour of what it says; `dx` in pixels."""

    index: int
    x: float
    dx: float
    y: float
    anchor: Anchor
    sign: Sign = ""


@dataclass(frozen=True, slots=True)
class TargetLabel:
    """The words of a target: right of the plot, or `inside` it at its line."""

    value: Decimal
    x: float
    y: float
    anchor: Anchor
    inside: bool


@dataclass(frozen=True, slots=True)
class Stem:
    """From a week's dot down to its pin."""

    x: float
    y1: float
    y2: float


@dataclass(frozen=True, slots=True)
class Chart:
    """A metric drawn on a time axis. `latest` stands right of the plot where the newest week has a value."""

    scale: Scale
    weeks: int
    height: float
    view_width: float
    axis_y: float
    plot_top: float
    plot_bottom: float
    lane: tuple[float, float] | None
    ticks: tuple[ValueTick, ...]
    trace: str
    dots: str
    whiskers: str
    marks: tuple[Mark, ...]
    gaps: tuple[Gap, ...]
    bands: tuple[Band, ...]
    targets: tuple[TargetLine, ...]
    breaks: tuple[float, ...]
    flags: tuple[Pin, ...]
    stems: tuple[Stem, ...]
    pins: tuple[tuple[Pin, float], ...]
    latest: Label | None
    extreme: Label | None
    """The worst week's value, where there is one to tell apart."""
    target_label: TargetLabel | None
    heights: Mapping[int, float] = field(default_factory=dict)
    """The y of each point by its index."""

    @property
    def crowded(self) -> bool:
        return self.weeks > CROWDED


def draw(
    axis: TimeAxis,
    points: Sequence[Point],
    *,
    frame: Frame | None = None,
    missing: Sequence[int] = (),
    targets: Sequence[Target] = (),
    levels: Sequence[Level] = (),
    breaks: Sequence[int] = (),
    flags: Pins | None = None,
    pins: Pins | None = None,
    declared_scale: str = "nines",
    lower_is_better: bool = False,
    steps: bool = False,
    restarts: Collection[int] = (),
    whole_numbers: bool = False,
    from_zero: bool = False,
    labels_inside: bool = False,
    week_units: float = WEEK_UNITS,
) -> Chart:
    """The chart of one metric; without a frame it gets one of its own.

    `steps` draws a year-to-date metric, new at each week in `restarts`. With `labels_inside` the newest
    value is not labelled, and the target inside the plot. `week_units` are the units of a stretched week.
    """
    pins, flags = pins or Pins(), flags or Pins()
    frame = frame or Frame(
        values_of(points, targets, levels, rate=not whole_numbers),
        declared_scale=declared_scale,
        pin_rows=pins.rows,
        lower_is_better=lower_is_better,
        from_zero=from_zero,
        whole_numbers=whole_numbers,
    )
    shown = [point for point in points if 0 <= point.index < axis.weeks]
    at = {point.index: frame.y(point.value) for point in shown}
    spots: list[tuple[float, float] | None] = [None] * axis.weeks
    for index, y in at.items():
        spots[index] = ((index + 0.5) * week_units, y)
    lines = _target_lines(axis, frame, targets)
    extreme = None if steps else _extreme(axis, frame, shown, at)
    latest, beside = _labels_at_the_end(axis, frame, shown, at, lines)
    marks, plain = _marks(axis, frame, shown, at, steps=steps)
    return Chart(
        scale=frame.scale,
        weeks=axis.weeks,
        height=frame.height,
        view_width=axis.weeks * week_units,
        axis_y=frame.axis_y,
        plot_top=frame.plot_top,
        plot_bottom=frame.plot_bottom,
        lane=frame.lane,
        ticks=frame.ticks(),
        trace=step_path(spots, week_units, restarts) if steps else line_path(spots),
        dots="" if steps or axis.weeks > CROWDED else _dots(plain, at, week_units),
        whiskers="" if steps or axis.weeks > CROWDED else _whiskers(frame, shown, week_units),
        marks=marks,
        gaps=_gaps(axis, missing, flags),
        bands=tuple(_band(axis, frame, level, week_units) for level in levels if level.until > level.first),
        targets=lines,
        breaks=tuple(axis.edge(index) for index in breaks if 0 < index < axis.weeks),
        flags=flags.marks,
        stems=tuple(
            Stem(axis.centre(week), round(at.get(week, frame.plot_bottom - 7) + 7, 1), frame.pin_y(row))
            for week, row in pins.rows_by_week.items()
        ),
        pins=tuple((pin, frame.pin_y(pin.row)) for pin in pins.marks),
        latest=None if labels_inside and latest and latest.x == 100 else latest,
        extreme=extreme,
        target_label=_inside(axis, lines, at, extreme) if labels_inside else beside,
        heights=at,
    )


def _marks(
    axis: TimeAxis, frame: Frame, points: Sequence[Point], at: dict[int, float], *, steps: bool
) -> tuple[tuple[Mark, ...], list[int]]:
    """The marks of points that are more than a dot, and the indexes of the others."""
    marks: list[Mark] = []
    plain: list[int] = []
    newest = points[-1].index if points else -1
    for point in points:
        whole = frame.is_whole(point.value)
        if not (whole or point.sign or point.former is not None or point.index == newest):
            plain.append(point.index)
            continue
        if steps and whole and point.index != newest and at.get(point.index - 1) == at[point.index]:
            continue
        marks.append(
            Mark(
                index=point.index,
                x=axis.centre(point.index),
                y=at[point.index],
                whole=whole,
                former_y=None if point.former is None else frame.y(point.former),
                sign=point.sign,
                strong=point.strong,
                newest=point.index == newest,
            )
        )
    return tuple(marks), plain


def _dots(indexes: Sequence[int], at: dict[int, float], units: float) -> str:
    """Path data of a dot a point: nothing long, with a round cap."""
    return "".join(f"M{number((index + 0.5) * units)} {number(at[index])}h0" for index in indexes)


def _whiskers(frame: Frame, points: Sequence[Point], units: float) -> str:
    """Path data of the intervals that values stand for, where they are long enough to see."""
    parts = []
    for point in points:
        if frame.is_whole(point.value):
            continue
        top, bottom = frame.clamped(point.high), frame.clamped(point.low)
        if bottom - top >= LEAST_WHISKER:
            parts.append(f"M{number((point.index + 0.5) * units)} {number(top)}V{number(bottom)}")
    return "".join(parts)


def _band(axis: TimeAxis, frame: Frame, level: Level, units: float) -> Band:
    tops = [frame.of_limit(upper) for _, _, upper in level.bounds]
    bottoms = [frame.of_limit(lower) for lower, _, _ in level.bounds]
    lower, centre, upper = level.bounds[-1]
    area = lines = ""
    if len(level.bounds) > 1:
        over = _steps(tops, level.first, units)
        under = _steps(bottoms, level.first, units)
        back = _steps(bottoms[::-1], level.first, units, backwards=True)
        area, lines = f"M{over}L{back}Z", f"M{over}M{under}"
    whole = frame.scale != "linear"
    return Band(
        x1=axis.edge(max(level.first, 0)),
        x2=axis.edge(min(level.until, axis.weeks)),
        top=tops[-1],
        bottom=bottoms[-1],
        centre=frame.of_limit(centre),
        upper_line=not (whole and upper >= 100),
        lower_line=not (whole and lower <= 0),
        trial=level.trial,
        area=area,
        lines=lines,
    )


def _steps(ys: Sequence[float], first: int, units: float, *, backwards: bool = False) -> str:
    """Points of a line of steps, a step a week, without the command before the first."""
    last = first + len(ys)
    parts: list[str] = []
    for place, y in enumerate(ys):
        start, end = (last - place, last - place - 1) if backwards else (first + place, first + place + 1)
        parts.append(
            f"{number(start * units)} {number(y)}H{number(end * units)}"
            if not parts
            else f"V{number(y)}H{number(end * units)}"
        )
    return "".join(parts)


def _gaps(axis: TimeAxis, missing: Sequence[int], flags: Pins) -> tuple[Gap, ...]:
    gaps: list[Gap] = []
    always = labelled = -100.0
    for first, last in runs(sorted(index for index in missing if 0 <= index < axis.weeks)):
        centre = axis.centre((first + last) / 2)
        label: Literal["always", "minor", "none"] = "none"
        beside_flag = any(abs(flag.x - centre) < GAP_LABEL / NARROW * 100 for flag in flags.marks)
        if centre - labelled >= GAP_LABEL / WIDE * 100 and not beside_flag:
            label = "always" if centre - always >= GAP_LABEL / NARROW * 100 else "minor"
            labelled, always = centre, centre if label == "always" else always
        gaps.append(
            Gap(first, last, axis.edge(first), axis.edge(last + 1 - first), centre=centre, label=label)
        )
    return tuple(gaps)


def _target_lines(axis: TimeAxis, frame: Frame, targets: Sequence[Target]) -> tuple[TargetLine, ...]:
    lines: list[TargetLine] = []
    for target in targets:
        first, until = max(target.first, 0), min(target.until, axis.weeks)
        if first >= until:
            continue
        y = frame.y(target.value)
        follows = bool(lines) and lines[-1].x2 == axis.edge(first)
        rise_from = lines[-1].y if follows else None
        lines.append(TargetLine(axis.edge(first), axis.edge(until), y, target.value, rise_from))
    return tuple(lines)


def _labels_at_the_end(
    axis: TimeAxis,
    frame: Frame,
    points: Sequence[Point],
    at: dict[int, float],
    lines: Sequence[TargetLine],
) -> tuple[Label | None, TargetLabel | None]:
    """The newest value and the target in force, right of the plot; moved apart where they would touch.

    A value that is not of the last week stands beside its own point, off the line of the target.
    """
    target = (lines[-1].value, lines[-1].y) if lines and lines[-1].x2 == axis.edge(axis.weeks) else None
    newest = points[-1] if points else None
    latest: Label | None = None
    if newest is not None and newest.index != axis.weeks - 1:
        x, y = axis.centre(newest.index), at[newest.index]
        near_end = x > 88
        if target is not None and abs(y - target[1]) < LABEL_HEIGHT:
            y = target[1] + (LABEL_HEIGHT if y > target[1] else -LABEL_HEIGHT)
        side: Anchor = "end" if near_end else "start"
        latest = Label(newest.index, x, -9 if near_end else 9, round(y, 1), side, newest.sign)
    elif newest is not None:
        y = at[newest.index]
        if target is not None and abs(y - target[1]) < LABEL_HEIGHT:
            middle, half = (y + target[1]) / 2, LABEL_HEIGHT / 2
            middle = max(middle, (frame.lane_top if frame.has_lane else frame.plot_top) + half)
            y, beside = (middle - half, middle + half) if y <= target[1] else (middle + half, middle - half)
            target = (target[0], round(beside, 1))
        latest = Label(newest.index, 100.0, 10, round(y, 1), "start", newest.sign)
    words = TargetLabel(target[0], 100.0, target[1], "start", inside=False) if target else None
    return latest, words


def _inside(
    axis: TimeAxis, lines: Sequence[TargetLine], at: dict[int, float], extreme: Label | None
) -> TargetLabel | None:
    """The target in force, written on its line where the fewest points are near, above or below it."""
    if not lines or lines[-1].x2 != axis.edge(axis.weeks):
        return None
    line = lines[-1]
    wide = TARGET_LABEL / WIDE * 100
    places: list[tuple[float, TargetLabel]] = []
    for x, anchor in ((line.x1, "start"), (line.x2, "end")):
        left, right = (x, x + wide) if anchor == "start" else (x - wide, x)
        if left < line.x1 - 0.1 and line.x2 - line.x1 < wide:
            left, right = line.x2 - wide, line.x2
        near = [y for index, y in at.items() if left - 1 <= axis.centre(index) <= right + 1]
        if extreme is not None and left - 6 <= extreme.x <= right + 6:
            near.append(extreme.y - 4)
        for y in (line.y - 5, line.y + 13):
            middle = y - 4
            clear = min((abs(other - middle) for other in near), default=99.0)
            room = clear - (3 if anchor == "end" else 0) - (2 if y > line.y else 0)
            places.append((room, TargetLabel(line.value, x, round(y, 1), anchor, inside=True)))  # type: ignore[arg-type]  # one of the two
    return max(places, key=lambda each: each[0])[1]


def _extreme(axis: TimeAxis, frame: Frame, points: Sequence[Point], at: dict[int, float]) -> Label | None:
    """A label for the worst week, on the side where nothing else is drawn."""
    values = [point.value for point in points]
    if len(values) < 3 or min(values) == max(values):
        return None
    worst = max(values) if frame.lower_is_better else min(values)
    point = points[len(values) - 1 - values[::-1].index(worst)]
    if point.index == points[-1].index or frame.is_whole(point.value):
        return None
    x = axis.centre(point.index)
    anchor: Anchor = "start" if x < 10 else "end" if x > 90 else "middle"
    room = 4 if point.sign else 0
    return Label(
        point.index,
        x,
        0,
        round(at[point.index] + (-9 - room if frame.lower_is_better else 16 + room), 1),
        anchor,
        point.sign,
    )
