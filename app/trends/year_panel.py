"""A year so far: the step line of a year-to-date metric, and whether its values can follow one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.metrics.scales import WHOLE, plain
from app.trends import sentences
from app.trends.axes import TimeAxis, TimeTick
from app.trends.figures import Shown, Spot
from app.trends.geometry import Chart, Frame, Point, draw
from app.trends.geometry.frame import Target, values_of
from app.trends.statistics import Check, Judged, Series, Value, checks, target_spans
from app.trends.tables import Cell, cell_of
from app.trends.words import Words

ROWS = 6
"""Values in the table beside the line; those that cannot be true come on top of them."""
TEXT = 20.0
"""Pixels from a ring to words below it, which stand there where the words of gaps are above it."""


@dataclass(frozen=True, slots=True)
class CheckRow:
    """`implies` are minutes unavailable, or the count; empty for a count, which says it itself."""

    week: date
    name: str
    cell: Cell
    implies: str
    consistent: bool


@dataclass(frozen=True, slots=True)
class Doubt:
    """A value that is not consistent with the one before: a ring on the line, and its words beside it."""

    x: float
    y: float
    text: str
    text_y: float
    anchor: str


@dataclass(frozen=True, slots=True)
class YearFigure:
    id: str
    judged: Judged
    team: str
    team_slug: str
    name: str
    chart: Chart
    ticks: tuple[TimeTick, ...]
    description: str
    findings: list[str]
    readout: str
    spots: list[Spot]
    spot_width: float
    rows: list[CheckRow]
    doubts: list[Doubt]
    texts: Mapping[int, str]
    whole_text: str
    tick_texts: Mapping[Decimal, str]
    target_texts: Mapping[Decimal, str]

    @property
    def series(self) -> Series:
        return self.judged.series


def year_figure(shown: Shown, judged: Judged, *, all_years: bool, words: Words) -> YearFigure | None:
    """The year of the newest week from January to December; the whole axis where all weeks are asked for."""
    series = judged.series
    if series.latest is None:
        return None
    axis = shown.axis if all_years else _year_axis(shown.axis, series.latest.week, words)
    by = axis.index(shown.axis.first)
    values = [value for value in series.history if 0 <= value.index + by < axis.weeks]
    found = {check.value.index: check for check in checks(series, lambda week: words.number_of(week)[0])}
    chart = _chart(axis, by, series, values, words)
    inconsistent = [value for value in values if not found[value.index].consistent]
    metric = series.metric
    return YearFigure(
        id=f"metric-{metric.id}",
        judged=judged,
        team=shown.team,
        team_slug=shown.team_slug,
        name=metric.name,
        chart=chart,
        ticks=axis.ticks(),
        description=sentences.describe(judged, words),
        findings=sentences.findings(judged, None, words),
        readout=shown.point(judged, series.latest, words),
        spots=[
            Spot(
                axis.edge(value.index + by),
                shown.point(judged, value, words),
                shown.path(value.week),
            )
            for value in (values if axis.weeks <= 60 else inconsistent)
        ],
        spot_width=axis.edge(1),
        rows=_rows(series, values, found, words),
        doubts=_doubts(axis, by, chart, inconsistent, words),
        texts={value.index + by: words.number(metric, value.value, value.literal) for value in values},
        whole_text=words.tick(metric, WHOLE),
        tick_texts={tick.value: words.tick(metric, tick.value) for tick in chart.ticks},
        target_texts={
            target.value: words.number(metric, target.value, target.literal) for target in metric.targets
        },
    )


def _year_axis(axis: TimeAxis, week: date, words: Words) -> TimeAxis:
    """From the first to the last week of the year that the week belongs to."""
    year = words.number_of(week)[0]
    index = axis.index(week)
    first = last = index
    while words.number_of(axis.week(first - 1))[0] == year:
        first -= 1
    while words.number_of(axis.week(last + 1))[0] == year:
        last += 1
    return TimeAxis(axis.week(first), last - first + 1)


def _chart(axis: TimeAxis, by: int, series: Series, values: Sequence[Value], words: Words) -> Chart:
    metric = series.metric
    points = [
        Point(
            value.index + by,
            value.value,
            value.low,
            value.high,
            value.former.value if value.former else None,
        )
        for value in values
    ]
    targets = [Target(first, until, target.value) for first, until, target in target_spans(series, axis)]
    known = {point.index for point in points}
    missing = [index for index in range(points[0].index, points[-1].index) if index not in known]
    years = [words.number_of(axis.week(index))[0] for index in range(axis.weeks)]
    return draw(
        axis,
        points,
        frame=Frame(
            values_of(points, targets, (), rate=metric.is_rate),
            declared_scale=metric.scale,
            lower_is_better=metric.lower_is_better,
            from_zero=metric.is_count,
            whole_numbers=metric.is_count,
        ),
        missing=missing,
        targets=targets,
        steps=True,
        restarts=frozenset(index for index in range(1, axis.weeks) if years[index] != years[index - 1]),
    )


def _rows(
    series: Series, values: Sequence[Value], found: Mapping[int, Check], words: Words
) -> list[CheckRow]:
    """The newest values and those that cannot be true, newest first."""
    shown = [value for value in values if not found[value.index].consistent or value in values[-ROWS:]]
    return [
        CheckRow(
            week=value.week,
            name=words.week(value.week),
            cell=cell_of(series, value, words),
            implies=_implied(series, found[value.index], words),
            consistent=found[value.index].consistent,
        )
        for value in reversed(shown)
    ]


def _implied(series: Series, check: Check, words: Words) -> str:
    if not series.metric.is_rate:
        return ""
    tenth = Decimal("0.1")
    low, high = plain(check.low.quantize(tenth)), plain(check.high.quantize(tenth))
    return words.gettext("%(low)s to %(high)s minutes") % {"low": low, "high": high}


def _doubts(axis: TimeAxis, by: int, chart: Chart, values: Sequence[Value], words: Words) -> list[Doubt]:
    """A ring for each; words beside the newest only, since the table names them all."""
    doubts = []
    for value in values:
        x = axis.centre(value.index + by)
        text = ""
        if value is values[-1]:
            text = words.gettext("%(week)s does not fit the one before") % {"week": words.week(value.week)}
        y = chart.heights[value.index + by]
        text_y = y - 9 if y > chart.plot_top + TEXT else y + TEXT
        doubts.append(Doubt(x, y, text, text_y, "end" if x > 60 else "start"))
    return doubts
