"""The readings of a stretch of weeks as CSV that spreadsheets open as it is. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.trends.axes import TimeAxis
from app.trends.statistics import Metric, Series, TargetFrom, Value

COLUMNS = (
    "week",
    "metric",
    "unit",
    "literal",
    "number",
    "low",
    "high",
    "target",
    "revision",
    "former_literal",
    "unreported",
)
BYTE_ORDER_MARK = "\ufeff"
NOTHING_SAID: Mapping[tuple[int, date], str] = {}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Row:
    """A metric in one week; `value` None where the week should have reported it and did not."""

    week: date
    name: str
    metric: Metric
    value: Value | None
    target: TargetFrom | None


def name_of(one: Series) -> str:
    return one.metric.name


def rows_of(measured: Sequence[Series], axis: TimeAxis, name: Callable[[Series], str]) -> Iterator[Row]:
    """The oldest week first, metrics in their order; weeks in which one was not missed have no row of it."""
    for index in range(axis.weeks):
        week = axis.week(index)
        for one in measured:
            value = one.by_index.get(index) or one.impossible.get(index)
            if value is not None or index in one.missing_set:
                yield Row(week, name(one), one.metric, value, one.target_in(week))


def readings_csv(
    measured: Sequence[Series],
    axis: TimeAxis | None,
    name: Callable[[Series], str] = name_of,
    said: Mapping[tuple[int, date], str] = NOTHING_SAID,
) -> str:
    """A row a week and metric: what was typed, its exact number, and the interval it stands for.

    `week` is the Monday. Text that a spreadsheet would take for a formula is preceded by an apostrophe.
    A missing value has a row that says `yes` under `unreported`; where the page itself says that there is
    none, its words for that (`said`, by metric and week) are the literal.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows_of(measured, axis, name) if axis else ():
        value = row.value
        writer.writerow(
            [
                row.week.isoformat(),
                as_text(row.name),
                as_text(row.metric.unit or ""),
                as_text(value.literal if value else said.get((row.metric.id, row.week), "")),
                _number(value.value) if value else "",
                _number(value.low) if value else "",
                _number(value.high) if value else "",
                as_text(row.target.literal) if row.target else "",
                value.revision if value else "",
                as_text(value.former.literal) if value and value.former else "",
                "" if value else "yes",
            ]
        )
    return BYTE_ORDER_MARK + out.getvalue()


def as_text(cell: str) -> str:
    """The cell so that no spreadsheet runs it."""
    return "'" + cell if cell.startswith(_FORMULA) else cell


def _number(value: Decimal) -> str:
    return f"{value:f}"
