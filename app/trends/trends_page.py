"""What the trend page shows: figures with their sentences, the tables, the accidents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from app.document.schema import WeekRule
from app.metrics.scales import WHOLE
from app.trends import queries
from app.trends.asked import Asked
from app.trends.axes import WEEK, TimeAxis
from app.trends.geometry import Chart, Point, Target, draw
from app.trends.pins import Pins, lay_pins
from app.trends.queries import Accident, Trends, Week
from app.trends.statistics import Series, Value, target_spans
from app.trends.tables import score, score_width, tables
from app.trends.words import Language, Words, short_symptom

CROWDED = 110
"""With more weeks than that they are too narrow for a dot each, and several share a spot."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A week of a chart under the pointer: what it says, and the report it leads to."""

    x: float
    say: str
    week: date | None


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric's chart with its words. `texts` gives the value shown at a week."""

    series: Series
    chart: Chart
    description: str
    missing: str
    restated: list[str]
    readout: str
    meets: bool | None
    spots: list[Spot]
    texts: Mapping[int, str]
    whole_text: str
    tick_texts: Mapping[Decimal, str]
    target_texts: Mapping[Decimal, str]


@dataclass(frozen=True, slots=True)
class NumberedAccident:
    number: int
    accident: Accident
    symptom: str
    happened: str
    week: str


def trends_page(
    trends: Trends | None, *, asked: Asked, rule: WeekRule, today: date, f: Language
) -> dict[str, Any]:
    """The page's context; `trends` None where the team has published nothing yet."""
    if trends is None:
        return {"asked": asked, "trends": None}
    axis, weeks = trends.axis, trends.weeks
    words = Words(f, axis=axis, weeks=weeks, rule=rule, unit=asked.unit)
    told = [one for one in trends.series if one.values]
    numbers = _numbers(trends)
    pins = lay_pins(axis, [axis.index(accident.week) for accident in trends.accidents])
    figures = [_figure(one, axis, weeks, pins, numbers, words) for one in told]
    scores = [score(one, axis, words) for one in told]
    later = _later(trends)
    no_report = [index for index in trends.since_first if axis.week(index) not in weeks]
    return {
        "asked": asked,
        "trends": trends,
        "axis": axis,
        "ticks": axis.ticks(),
        "last_monday": axis.week(axis.weeks - 1),
        "last_day": axis.end - timedelta(days=1),
        "last_week": words.week(axis.week(axis.weeks - 1)),
        "headline": words.headline(told),
        "no_report": words.stretches(no_report) if no_report else "",
        "weeks_since": queries.weeks_since(trends.span, today) if asked.until is None else 0,
        "restated": sum(len(one.restated) for one in told),
        "grades": _grades(trends.accidents),
        "scores": scores,
        "weekly": [figure for figure in figures if not figure.series.metric.is_year_to_date],
        "year_to_date": [figure for figure in figures if figure.series.metric.is_year_to_date],
        "silent": [one.metric.name for one in trends.series if not one.values and one.metric.first_week],
        "accidents": [
            NumberedAccident(
                number,
                accident,
                short_symptom(accident.symptom),
                words.happened(accident),
                words.week(accident.week),
            )
            for number, accident in enumerate(trends.accidents, 1)
        ],
        "score_width": score_width(scores),
        "tables": tables(trends, told, numbers, words),
        "has": _marks_used(figures),
        "crowded": axis.weeks > CROWDED,
        "spot_width": axis.edge(-(-axis.weeks // CROWDED)),
        "earlier": axis.first - timedelta(days=1) if axis.first > trends.span.first else None,
        "later": later,
        "later_until": later if later and later < trends.span.last else None,
    }


def _figure(
    one: Series,
    axis: TimeAxis,
    weeks: Mapping[date, Week],
    pins: Pins,
    numbers: Mapping[int, Sequence[int]],
    words: Words,
) -> Figure:
    metric = one.metric
    targets = [Target(first, until, target.value) for first, until, target in target_spans(one, axis)]
    chart = draw(
        axis,
        [
            Point(
                value.index, value.value, value.low, value.high, value.former.value if value.former else None
            )
            for value in one.values
        ],
        missing=one.missing,
        targets=targets,
        pins=pins,
        declared_scale=metric.scale,
        lower_is_better=metric.lower_is_better,
        steps=metric.is_year_to_date,
        restarts=_restarts(axis, words),
        whole_numbers=metric.is_count,
        from_zero=metric.is_count,
    )
    latest = one.latest
    return Figure(
        series=one,
        chart=chart,
        description=words.description(one),
        missing=words.missing(one.missing),
        restated=words.restated(one),
        readout=words.point(one, latest, numbers.get(latest.index, ())) if latest else "",
        meets=one.meets_target(latest) if latest else None,
        spots=_spots(one, axis, weeks, numbers, words),
        texts={value.index: words.number(metric, value.value, value.literal) for value in one.values},
        whole_text=words.tick(metric, WHOLE),
        tick_texts={tick.value: words.tick(metric, tick.value) for tick in chart.ticks},
        target_texts={
            target.value: words.number(metric, target.value, target.literal) for target in metric.targets
        },
    )


def _spots(
    one: Series,
    axis: TimeAxis,
    weeks: Mapping[date, Week],
    numbers: Mapping[int, Sequence[int]],
    words: Words,
) -> list[Spot]:
    """A spot a week; where weeks are too narrow to point at, one for several, which is their worst."""
    together = -(-axis.weeks // CROWDED)
    if together > 1:
        groups: dict[int, list[Value]] = {}
        for value in one.values:
            groups.setdefault(value.index // together, []).append(value)
        return [
            Spot(axis.edge(group * together), words.worst_of(one, values), one.worst_among(values).week)
            for group, values in groups.items()
        ]
    spots = [
        Spot(axis.edge(value.index), words.point(one, value, numbers.get(value.index, ())), value.week)
        for value in one.values
    ]
    spots += [
        Spot(
            axis.edge(index),
            words.gap(index, one.withdrawn.get(index)),
            week if (week := axis.week(index)) in weeks else None,
        )
        for index in one.missing
    ]
    return sorted(spots, key=lambda spot: spot.x)


def _marks_used(figures: Sequence[Figure]) -> dict[str, bool]:
    """Which marks the legend has to explain."""
    charts = [figure.chart for figure in figures]
    return {
        "target": any(chart.targets for chart in charts),
        "whisker": any(mark.whisker for chart in charts for mark in chart.marks),
        "lane": any(chart.lane for chart in charts),
        "restated": any(figure.restated for figure in figures),
        "gap": any(chart.gaps for chart in charts),
    }


def _numbers(trends: Trends) -> dict[int, list[int]]:
    """Accident numbers by week."""
    numbers: dict[int, list[int]] = {}
    for number, accident in enumerate(trends.accidents, 1):
        numbers.setdefault(trends.axis.index(accident.week), []).append(number)
    return numbers


def _grades(accidents: Sequence[Accident]) -> list[tuple[str, int]]:
    """How many of each grade, the gravest first."""
    order = ("A", "AB", "B", "C", "CD", "D", "open")
    return [
        (grade, count)
        for grade in order
        if (count := sum(1 for accident in accidents if accident.grade == grade))
    ]


def _restarts(axis: TimeAxis, words: Words) -> frozenset[int]:
    """The weeks in which a year-to-date metric begins anew."""
    years = [words.number_of(axis.week(index))[0] for index in range(axis.weeks)]
    return frozenset(index for index in range(1, axis.weeks) if years[index] != years[index - 1])


def _later(trends: Trends) -> date | None:
    """The last day of the page that follows, where a later week is published."""
    axis, newest = trends.axis, trends.span.last
    if axis.end > newest:
        return None
    return min(axis.end + WEEK * (axis.weeks - 1), newest) + timedelta(days=6)
