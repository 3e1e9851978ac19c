"""The charts of the trend page with their words: control charts side by side, and what each week says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from string import ascii_lowercase

from app.metrics.scales import WHOLE
from app.trends import sentences
from app.trends.axes import TimeAxis
from app.trends.geometry import Chart, Frame, Level, Point, Sign, Target, draw
from app.trends.geometry.chart import CROWDED
from app.trends.geometry.frame import values_of
from app.trends.mark_queries import Remark
from app.trends.pins import Pins, lay_pins
from app.trends.queries import Week
from app.trends.statistics import (
    Bounds,
    Budget,
    Judged,
    Series,
    Stretch,
    Value,
    target_spans,
)
from app.trends.words import Words

SIX = 6


@dataclass(frozen=True, slots=True)
class Spot:
    """A week of a chart under the pointer: what it says, and the path to what readers saw, if it has one.

    `missing` where the week does not say the value; `unwritten` is its Monday where it has no report at all.
    """

    x: float
    say: str
    path: str | None
    missing: bool = False
    unwritten: date | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A lettered remark below a chart: an annotation, or limits that somebody locked."""

    letter: str
    day: date
    text: str
    locks: bool
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric of one team: the wide chart, beside it the last six weeks, and their words.

    `texts` gives the value shown at a week, `six_texts` at one of the last.
    """

    judged: Judged
    team: str
    team_slug: str
    chart: Chart
    six: Chart | None
    description: str
    findings: list[str]
    readout: str
    meets: bool | None
    spots: list[Spot]
    six_spots: list[Spot]
    notes: list[Note]
    texts: Mapping[int, str]
    six_texts: Mapping[int, str]
    whole_text: str
    tick_texts: Mapping[Decimal, str]
    target_texts: Mapping[Decimal, str]

    @property
    def series(self) -> Series:
        return self.judged.series


@dataclass(frozen=True, slots=True)
class Group:
    """A metric of one team, or the same one of several on one scale."""

    id: str
    name: str
    figures: list[Figure]

    @property
    def judged(self) -> Judged:
        return self.figures[0].judged


@dataclass(frozen=True)
class Shown:
    """What all charts of a team share: the axes, the accidents by number, who said what beside a week."""

    axis: TimeAxis
    six: TimeAxis | None
    team: str
    team_slug: str
    weeks: Mapping[date, Week]
    accidents: Sequence[tuple[int, int]]
    """Week and number of each, oldest first."""
    remarks: Sequence[Remark]
    skipped: Mapping[date, str]

    @cached_property
    def numbers(self) -> Mapping[int, list[int]]:
        """Accident numbers by week."""
        found: dict[int, list[int]] = {}
        for week, number in self.accidents:
            found.setdefault(week, []).append(number)
        return found

    def path(self, week: date) -> str | None:
        """The path to what readers saw of that week; None where they saw nothing."""
        known = self.weeks.get(week)
        return known.path if known else None

    def point(self, judged: Judged, value: Value, words: Words) -> str:
        """What a value says when it is read out."""
        week = self.weeks.get(value.week)
        numbers = self.numbers.get(self.axis.index(value.week), ())
        return sentences.point(judged, value, numbers, words, events=week.events if week else None)

    @cached_property
    def pins(self) -> Pins:
        """The accidents on the time axis."""
        weeks, numbers = [week for week, _ in self.accidents], [number for _, number in self.accidents]
        return lay_pins(self.axis, weeks, numbers=numbers)


def group(together: Sequence[tuple[Shown, Judged, Budget | None]], words: Words) -> Group:
    """The charts of one metric, on one scale where there are several."""
    first = together[0][1].series.metric
    drawn = [_Drawn.of(shown, judged) for shown, judged, _ in together]
    frame = Frame(
        [value for one in drawn for value in one.values],
        declared_scale=first.scale,
        pin_rows=max(one.pins.rows for one in drawn),
        lower_is_better=first.lower_is_better,
        from_zero=first.is_count,
        whole_numbers=first.is_count,
    )
    return Group(
        id=f"metric-{first.id}",
        name=first.name,
        figures=[
            _figure(one, frame, shown, judged, budget, words)
            for one, (shown, judged, budget) in zip(drawn, together, strict=True)
        ],
    )


def points_of(judged: Judged) -> list[Point]:
    """The values of a series as points; a signal says for better or worse."""
    points = []
    for value in judged.series.values:
        signal = judged.signals.get(value.index)
        sign: Sign = ""
        if signal is not None:
            sign = ("better" if signal.good else "worse") if signal.certain else "doubt"
        points.append(
            Point(
                value.index,
                value.value,
                value.low,
                value.high,
                value.former.value if value.former else None,
                sign,
                strong=signal is not None and signal.kind == "outside",
            )
        )
    return points


def levels_of(judged: Judged, axis: TimeAxis) -> list[Level]:
    """The limits of each stretch that the axis shows; by volume they are others every week."""
    retired = judged.series.metric.retired_from
    weeks = axis.weeks if retired is None else min(axis.weeks, axis.index(retired))
    return [
        level for stretch in judged.stretches if (level := _level(judged.series, stretch, weeks)) is not None
    ]


def targets_of(series: Series, axis: TimeAxis) -> list[Target]:
    return [Target(first, until, target.value) for first, until, target in target_spans(series, axis)]


def _level(series: Series, stretch: Stretch, weeks: int) -> Level | None:
    found = stretch.limits
    first, until = max(stretch.first, 0), min(stretch.until, weeks)
    if found is None or first >= until:
        return None
    if stretch.baseline is None and series.history:
        first = max(first, series.history[0].index)
    if found.spread is None:
        return Level(first, until, [_three(found.bounds)], found.trial)
    bounds, latest = [], found.bounds
    for index in range(first, until):
        value = series.by_index.get(index)
        latest = found.of(value) if value is not None else latest
        bounds.append(_three(latest))
    return Level(first, until, bounds, found.trial)


def _three(bounds: Bounds) -> tuple[float, float, float]:
    return bounds.lower, bounds.centre, bounds.upper


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What goes into a chart."""

    points: list[Point]
    targets: list[Target]
    levels: list[Level]
    pins: Pins
    values: list[Decimal]

    @classmethod
    def of(cls, shown: Shown, judged: Judged) -> _Drawn:
        points, levels = points_of(judged), levels_of(judged, shown.axis)
        targets = targets_of(judged.series, shown.axis)
        values = values_of(points, targets, levels, rate=judged.series.metric.is_rate)
        return cls(points, targets, levels, shown.pins, values)


def _figure(
    drawn: _Drawn, frame: Frame, shown: Shown, judged: Judged, budget: Budget | None, words: Words
) -> Figure:
    series, axis = judged.series, shown.axis
    metric = series.metric
    notes, flags, breaks = _notes(shown, judged)
    chart = draw(
        axis,
        drawn.points,
        frame=frame,
        missing=series.missing,
        targets=drawn.targets,
        levels=drawn.levels,
        breaks=breaks,
        flags=flags,
        pins=drawn.pins,
        labels_inside=shown.six is not None,
    )
    latest = series.latest
    spots = _spots(judged, shown, words)
    texts = {value.index: words.number(metric, value.value, value.literal) for value in series.values}
    return Figure(
        judged=judged,
        team=shown.team,
        team_slug=shown.team_slug,
        chart=chart,
        six=_last_six(drawn, frame, shown, judged) if shown.six else None,
        description=sentences.describe(judged, words),
        findings=sentences.findings(judged, budget, words),
        readout=shown.point(judged, latest, words) if latest else "",
        meets=series.meets_target(latest) if latest else None,
        spots=spots,
        six_spots=_spots_of_six(spots, shown),
        notes=notes,
        texts=texts,
        six_texts=_six_texts(texts, shown),
        whole_text=words.tick(metric, WHOLE),
        tick_texts={tick.value: words.tick(metric, tick.value) for tick in chart.ticks},
        target_texts={
            target.value: words.number(metric, target.value, target.literal) for target in metric.targets
        },
    )


def _last_six(drawn: _Drawn, frame: Frame, shown: Shown, judged: Judged) -> Chart | None:
    """The newest weeks again, on the same scale, with room for each."""
    six = shown.six
    if six is None:
        return None
    by = shown.axis.weeks - six.weeks
    points = [Point(p.index - by, p.value, p.low, p.high, p.former, p.sign, p.strong) for p in drawn.points]
    accidents = [(week - by, number) for week, number in shown.accidents if week >= by]
    return draw(
        six,
        points,
        frame=frame,
        missing=[index - by for index in judged.series.missing],
        targets=[Target(target.first - by, target.until - by, target.value) for target in drawn.targets],
        levels=[_later(level, by) for level in drawn.levels if level.until > by],
        pins=lay_pins(six, [week for week, _ in accidents], numbers=[number for _, number in accidents]),
    )


def _later(level: Level, by: int) -> Level:
    """The part of a level from week `by` on, counted from there."""
    first = max(level.first - by, 0)
    bounds = level.bounds if len(level.bounds) == 1 else level.bounds[max(by - level.first, 0) :]
    return Level(first, level.until - by, bounds, level.trial)


def _notes(shown: Shown, judged: Judged) -> tuple[list[Note], Pins, list[int]]:
    """Remarks and locked limits in the order of their weeks, with the letters that stand for them."""
    axis, metric = shown.axis, judged.series.metric
    said = [
        (remark.day, remark.text, False, remark.id)
        for remark in shown.remarks
        if remark.metric_id in (None, metric.id)
    ]
    locked = [(each.from_day, each.reason, True, None) for each in metric.baselines]
    inside = sorted(
        (each for each in (*said, *locked) if 0 <= axis.index(each[0]) < axis.weeks),
        key=lambda each: each[0],
    )
    notes = [
        Note(_letter(place), day, text, locks, id) for place, (day, text, locks, id) in enumerate(inside)
    ]
    flags = lay_pins(axis, [axis.index(note.day) for note in notes], rows=1)
    return notes, flags, [axis.index(note.day) for note in notes if note.locks]


def _letter(place: int) -> str:
    """a … z, aa, ab …"""
    more, place = divmod(place, len(ascii_lowercase))
    return (ascii_lowercase[more - 1] if more else "") + ascii_lowercase[place]


def _spots(judged: Judged, shown: Shown, words: Words) -> list[Spot]:
    """A spot a week; where weeks are too narrow to point at, one for several, which is their worst."""
    axis, series = shown.axis, judged.series
    together = -(-axis.weeks // CROWDED)
    if together > 1:
        groups: dict[int, list[Value]] = {}
        for value in series.values:
            groups.setdefault(value.index // together, []).append(value)
        return [
            Spot(
                axis.edge(at * together),
                sentences.worst_of(series, values, words),
                shown.path(series.worst_among(values).week),
            )
            for at, values in groups.items()
        ]
    spots = [
        Spot(
            axis.edge(value.index),
            shown.point(judged, value, words),
            shown.path(value.week),
        )
        for value in series.values
    ]
    for index, value in series.impossible.items():
        if index >= 0:
            say = sentences.impossible(series, value, words)
            spots.append(Spot(axis.edge(index), say, shown.path(value.week)))
    for index in series.missing:
        week = axis.week(index)
        say = sentences.gap(index, series.withdrawn.get(index), shown.skipped.get(week), words)
        path = shown.path(week)
        unwritten = None if path else week
        spots.append(Spot(axis.edge(index), say, path, missing=True, unwritten=unwritten))
    return sorted(spots, key=lambda spot: spot.x)


def _spots_of_six(spots: Sequence[Spot], shown: Shown) -> list[Spot]:
    """The same weeks on the axis of six."""
    six = shown.six
    if six is None:
        return []
    by = shown.axis.weeks - six.weeks
    first = shown.axis.edge(by)
    return [
        replace(spot, x=six.edge(round(spot.x / 100 * shown.axis.weeks) - by))
        for spot in spots
        if spot.x >= first - 0.01
    ]


def _six_texts(texts: Mapping[int, str], shown: Shown) -> Mapping[int, str]:
    """The values shown at the weeks of the axis of six."""
    if shown.six is None:
        return {}
    by = shown.axis.weeks - shown.six.weeks
    return {index - by: text for index, text in texts.items() if index >= by}


def last_six(axis: TimeAxis) -> TimeAxis:
    weeks = min(SIX, axis.weeks)
    return TimeAxis(axis.week(axis.weeks - weeks), weeks)
