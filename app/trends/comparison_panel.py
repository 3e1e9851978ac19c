"""Two stretches of weeks side by side, metric by metric."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.metrics.scales import plain
from app.trends.accident_queries import Accident
from app.trends.asked import Asked, Period
from app.trends.axes import WEEK, TimeAxis
from app.trends.statistics import Comparison, Judged, Value, compare
from app.trends.tables import Cell, cell_of
from app.trends.words import Words

QUARTER = 13


@dataclass(frozen=True, slots=True)
class ComparedRow:
    name: str
    before: Cell | None
    after: Cell | None
    before_weeks: int
    after_weeks: int
    change: tuple[str, str] | None
    better: bool | None
    outside: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two periods worth comparing, as a link."""

    text: str
    query: str


@dataclass(frozen=True, slots=True)
class ComparisonPanel:
    """`rows` are empty until two periods are asked for; `wrong` where they were, and make no sense."""

    before: Period
    after: Period
    asked: bool
    wrong: bool
    rows: list[ComparedRow]
    accidents: tuple[int, int]
    suggestions: list[Suggestion]


def comparison_panel(
    judged: Sequence[Judged],
    accidents: Sequence[Accident],
    axis: TimeAxis,
    asked: Asked,
    words: Words,
) -> ComparisonPanel:
    """The two periods that are asked for; the last quarter and the one before are proposed."""
    quarter = _last(axis, QUARTER, 0)
    before, after = asked.compared or (_last(axis, QUARTER, QUARTER), quarter)
    rows = []
    for one in judged:
        if asked.compared is None or one.series.metric.is_year_to_date:
            continue
        found = compare(one.series, _in(one, before), _in(one, after))
        if found is not None:
            rows.append(_row(found, words))
    days = [one.day for one in accidents]
    return ComparisonPanel(
        before=before,
        after=after,
        asked=asked.compared is not None,
        wrong=asked.compared is None and any((asked.from_a, asked.to_a, asked.from_b, asked.to_b)),
        rows=rows,
        accidents=(_count(days, before), _count(days, after)),
        suggestions=_suggestions(axis, asked, words),
    )


def _row(found: Comparison, words: Words) -> ComparedRow:
    series = found.series
    change = None
    if found.change is not None:
        percent = "" if found.change.percent is None else f"{found.change.percent:+d}%".replace("-", "−")
        change = (
            f"{plain(found.change.before)} → {plain(found.change.now)} ppm",
            percent.replace("+0%", "±0%"),
        )
    outside = ""
    if found.outside is not None:
        outside = words.gettext("%(outside)s of %(weeks)s") % {
            "outside": found.outside,
            "weeks": found.after.weeks,
        }
    return ComparedRow(
        name=words.name(series),
        before=cell_of(series, found.before.middle, words) if found.before.middle else None,
        after=cell_of(series, found.after.middle, words) if found.after.middle else None,
        before_weeks=found.before.weeks,
        after_weeks=found.after.weeks,
        change=change,
        better=found.better,
        outside=outside,
    )


def _suggestions(axis: TimeAxis, asked: Asked, words: Words) -> list[Suggestion]:
    """The last quarter and the one before; the year so far and the same weeks a year ago."""
    pairs = [
        (
            words.gettext("last 13 weeks, and the 13 before"),
            _last(axis, QUARTER, QUARTER),
            _last(axis, QUARTER, 0),
        ),
        (words.gettext("last 26 weeks, and the 26 before"), _last(axis, 26, 26), _last(axis, 26, 0)),
        (
            words.gettext("last 13 weeks, and the same a year ago"),
            _last(axis, QUARTER, 52),
            _last(axis, QUARTER, 0),
        ),
    ]
    return [
        Suggestion(
            text,
            asked.query(from_a=before.first, to_a=before.last, from_b=after.first, to_b=after.last),
        )
        for text, before, after in pairs
    ]


def _last(axis: TimeAxis, weeks: int, back: int) -> Period:
    """So many weeks, so many weeks before the axis ends."""
    end = axis.end - WEEK * back
    return Period(end - WEEK * weeks, end - timedelta(days=1))


def _in(one: Judged, period: Period) -> tuple[Value, ...]:
    return one.series.in_days(period.first, period.last)


def _count(days: Sequence[date], period: Period) -> int:
    return sum(1 for day in days if period.first <= day <= period.last)
