"""The table at the head of the trend page: a row a metric, with all that an executive asks first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from app.metrics.sparkline import Sparkline, sparkline
from app.trends import sentences
from app.trends.statistics import Assurance, Judged, Value, Variation, same_week_last_year
from app.trends.tables import MOST_WHOLE, Cell, cell_of, parted
from app.trends.words import Words

SPARK_WEEKS = 26
SPARK_WIDTH, SPARK_HEIGHT = 132, 26


@dataclass(frozen=True, slots=True)
class SparkMark:
    """A signal on the little line."""

    x: float
    y: float
    sign: Literal["worse", "better"]


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """A metric in short. `change` are failures per million, and how they changed; `week` that of the value,
    where it is not the newest; `missed_now` where it misses a target that it sometimes or usually meets,
    `met_now` where it meets one that it usually misses;
    `retired` by the newest week."""

    judged: Judged
    id: str
    team: str | None
    latest: Cell | None
    week: str | None
    variation: Variation
    assurance: Assurance
    missed_now: bool
    met_now: bool
    retired: bool
    target: Cell | None
    change: tuple[str, str] | None
    middle: Cell | None
    last_year: Cell | None
    spark: Sparkline | None
    spark_marks: list[SparkMark]
    precision: str


def score(judged: Judged, id: str, team: str | None, words: Words) -> ScoreRow:
    one = judged.series
    latest = one.latest
    target = one.target_in(latest.week) if latest else None
    spark, marks = _spark(judged, words)
    return ScoreRow(
        judged=judged,
        id=id,
        team=team,
        latest=cell_of(one, latest, words) if latest else None,
        week=words.week(latest.week) if latest and latest.index != words.axis.weeks - 1 else None,
        variation=judged.variation,
        assurance=judged.assurance,
        missed_now=judged.assurance in ("meets", "sometimes")
        and latest is not None
        and one.meets_target(latest) is False,
        met_now=judged.assurance == "misses" and latest is not None and one.meets_target(latest) is True,
        retired=one.metric.retired_from is not None
        and words.axis.index(one.metric.retired_from) < words.axis.weeks,
        target=_short(parted(words.number(one.metric, target.value, target.literal))) if target else None,
        change=words.change(one),
        middle=None if one.metric.is_year_to_date else _cell(judged, one.middle_of_four(), words),
        last_year=_cell(judged, same_week_last_year(one, words.number_of), words),
        spark=spark,
        spark_marks=marks,
        precision=sentences.precision(judged, words),
    )


def width_of(scores: Sequence[ScoreRow]) -> int:
    """Digits before the decimal point that the table makes room for."""
    cells = [cell for row in scores for cell in (row.latest, row.target, row.middle, row.last_year) if cell]
    return max((len(cell.whole) for cell in cells if len(cell.whole) <= MOST_WHOLE), default=2)


def _cell(judged: Judged, value: Value | None, words: Words) -> Cell | None:
    return _short(cell_of(judged.series, value, words)) if value is not None else None


def _short(cell: Cell) -> Cell:
    """Failures per million without their unit, which the newest value beside them has."""
    return replace(cell, rest=cell.rest.removesuffix("\u00a0ppm"))


def _spark(judged: Judged, words: Words) -> tuple[Sparkline | None, list[SparkMark]]:
    one, last = judged.series, words.axis.weeks - 1
    indexes = range(last - SPARK_WEEKS + 1, last + 1)
    values = [value.value if (value := one.by_index.get(index)) else None for index in indexes]
    target = one.target_in(words.axis.week(last))
    years = [words.number_of(words.axis.week(index))[0] for index in indexes]
    drawn = sparkline(
        values,
        declared_scale=one.metric.scale,
        target=target.value if target else None,
        steps=one.metric.is_year_to_date,
        restarts={place for place in range(1, SPARK_WEEKS) if years[place] != years[place - 1]},
        width=SPARK_WIDTH,
        height=SPARK_HEIGHT,
    )
    marks: list[SparkMark] = []
    for place, index in enumerate(indexes):
        signal, spot = judged.signals.get(index), drawn.spots[place] if drawn else None
        if signal is None or spot is None or not signal.certain:
            continue
        if signal.kind == "outside" or index == last:
            marks.append(
                SparkMark(round(spot[0], 1), round(spot[1], 1), "better" if signal.good else "worse")
            )
    return drawn, marks
