"""Every value of the trend page week by week, and how numbers stand in its tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.metrics.scales import on_the_point
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
    impossible: str = ""
    """A value that no rate can have, as written."""


@dataclass(frozen=True, slots=True)
class Column:
    """A metric's column, with the digits before and after the decimal point that it has room for."""

    name: str
    whole: int
    fraction: int

    @property
    def aligned(self) -> str:
        """The classes of a number that stands on the column's decimal point."""
        return f"i{self.whole} f{self.fraction}"


@dataclass(frozen=True, slots=True)
class Table:
    """Some metrics side by side."""

    team_slug: str
    columns: list[Column]
    parts: list[tuple[int | None, list[TableRow]]]
    """The rows, the newest first; a long table in a part a year."""

    def beside(self, row: TableRow) -> Iterable[tuple[Column, Cell | None]]:
        """The row's cells, each with its column."""
        return zip(self.columns, row.cells, strict=True)


@dataclass(frozen=True, slots=True)
class TableRow:
    """A week; `path` leads to what readers saw of it, None where they saw nothing."""

    week: date
    name: str
    path: str | None
    cells: list[Cell | None]
    accidents: list[int]


def tables(
    trends: Trends, told: Sequence[Series], numbers: Mapping[int, Sequence[int]], words: Words
) -> list[Table]:
    """Every value, as many tables as are needed for each to fit the page."""
    return [
        Table(
            team_slug=trends.team.slug,
            columns=[_column(one, words) for one in group],
            parts=_parts(_rows(trends, group, numbers, words), words),
        )
        for group in _abreast(told)
    ]


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
            path=trends.path(week),
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
        return cell_of(one, value, words)
    if index in one.impossible:
        return Cell("", "", impossible=one.impossible[index].literal)
    if index in one.missing_set:
        return Cell("", "", former=one.withdrawn.get(index), missing=True)
    return None


def cell_of(one: Series, value: Value, words: Words) -> Cell:
    whole, rest = on_the_point(words.number(one.metric, value.value, value.literal))
    former = value.former
    return Cell(
        whole,
        rest,
        former=words.number(one.metric, former.value, former.literal) if former else None,
        meets=one.meets_target(value),
    )


def parted(text: str) -> Cell:
    return Cell(*on_the_point(text))


def _column(one: Series, words: Words) -> Column:
    parts = [on_the_point(words.number(one.metric, value.value, value.literal)) for value in one.values]
    whole = max((len(whole) for whole, _ in parts if len(whole) <= MOST_WHOLE), default=0)
    return Column(words.name(one), whole, min(max(len(rest) for _, rest in parts), MOST_WIDTH))
