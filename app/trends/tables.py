"""The tables of the trend page: the newest values in short, and every value week by week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.metrics.scales import on_the_point
from app.trends.axes import TimeAxis
from app.trends.queries import Trends
from app.trends.statistics import Series, Value
from app.trends.words import Words

MOST_WHOLE = 7
MOST_WIDTH = 9
LONG = 60
"""Rows from which a table is folded by year."""
ABREAST = 8
"""Metrics side by side in one table."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A number in the table, parted at its decimal point; `former` is what was said before."""

    whole: str
    rest: str
    former: str | None = None
    missing: bool = False
    meets: bool | None = None


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """A metric's newest value in short. `change` are failures per million, and how they changed."""

    series: Series
    latest: Cell | None
    week: str | None
    """The week of the value, where it is not the newest."""
    target: Cell | None
    meets: bool | None
    change: tuple[str, str] | None
    worst: Cell | None
    worst_week: str


@dataclass(frozen=True, slots=True)
class Table:
    """Some metrics side by side; `widths` are the characters before and after their decimal points."""

    names: list[str]
    widths: list[tuple[int, int]]
    parts: list[tuple[int | None, list[TableRow]]]
    """The rows, the newest first; a long table in a part a year."""


@dataclass(frozen=True, slots=True)
class TableRow:
    week: date
    name: str
    published: bool
    cells: list[Cell | None]
    accidents: list[int]


def score(one: Series, axis: TimeAxis, words: Words) -> ScoreRow:
    latest, worst = one.latest, one.worst
    target = one.target_in(latest.week) if latest else None
    shows_worst = one.varies and not one.metric.is_year_to_date
    return ScoreRow(
        series=one,
        latest=_cell(one, latest, words) if latest else None,
        week=words.week(latest.week) if latest and latest.index != axis.weeks - 1 else None,
        target=_parted(words.number(one.metric, target.value, target.literal)) if target else None,
        meets=one.meets_target(latest) if latest else None,
        change=words.change(one),
        worst=_cell(one, worst, words) if worst and shows_worst else None,
        worst_week=words.week(worst.week) if worst else "",
    )


def tables(
    trends: Trends, told: Sequence[Series], numbers: Mapping[int, Sequence[int]], words: Words
) -> list[Table]:
    """Every value, as many tables as are needed for each to fit the page."""
    return [
        Table(
            names=[one.metric.name for one in group],
            widths=[_widths(one, words) for one in group],
            parts=_parts(_rows(trends, group, numbers, words), words),
        )
        for group in _abreast(told)
    ]


def score_width(scores: Sequence[ScoreRow]) -> int:
    """Digits before the decimal point that the short table makes room for."""
    cells = [cell for row in scores for cell in (row.latest, row.target, row.worst) if cell]
    return max((len(cell.whole) for cell in cells if len(cell.whole) <= MOST_WHOLE), default=2)


def _abreast(told: Sequence[Series]) -> list[Sequence[Series]]:
    """The metrics in equal groups of at most `ABREAST`."""
    count = -(-len(told) // ABREAST)
    each = -(-len(told) // count) if count else 1
    return [told[start : start + each] for start in range(0, len(told), each)]


def _rows(
    trends: Trends, told: Sequence[Series], numbers: Mapping[int, Sequence[int]], words: Words
) -> list[TableRow]:
    """A row a week, the newest first, from the first published one on."""
    return [
        TableRow(
            week=(week := trends.axis.week(index)),
            name=words.week(week),
            published=week in trends.weeks,
            cells=[_table_cell(one, index, words) for one in told],
            accidents=list(numbers.get(index, ())),
        )
        for index in reversed(trends.since_first)
    ]


def _parts(rows: list[TableRow], words: Words) -> list[tuple[int | None, list[TableRow]]]:
    if len(rows) <= LONG:
        return [(None, rows)]
    by_year: dict[int | None, list[TableRow]] = {}
    for row in rows:
        by_year.setdefault(words.number_of(row.week)[0], []).append(row)
    return list(by_year.items())


def _table_cell(one: Series, index: int, words: Words) -> Cell | None:
    value = one.by_index.get(index)
    if value is not None:
        return _cell(one, value, words)
    if index in one.missing_set:
        return Cell("", "", former=one.withdrawn.get(index), missing=True)
    return None


def _cell(one: Series, value: Value, words: Words) -> Cell:
    whole, rest = on_the_point(words.number(one.metric, value.value, value.literal))
    former = value.former
    return Cell(
        whole,
        rest,
        former=words.number(one.metric, former.value, former.literal) if former else None,
        meets=one.meets_target(value),
    )


def _parted(text: str) -> Cell:
    return Cell(*on_the_point(text))


def _widths(one: Series, words: Words) -> tuple[int, int]:
    """How many characters a column needs before and after its decimal point."""
    parts = [on_the_point(words.number(one.metric, value.value, value.literal)) for value in one.values]
    whole = max((len(whole) for whole, _ in parts if len(whole) <= MOST_WHOLE), default=0)
    return whole, min(max(len(rest) for _, rest in parts), MOST_WIDTH)
