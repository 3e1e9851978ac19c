"""The readings of a stretch of weeks as CSV that spreadsheets open as it is. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from decimal import Decimal

from app.trends.axes import TimeAxis
from app.trends.statistics import Series

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
)
BYTE_ORDER_MARK = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def readings_csv(measured: Sequence[Series], axis: TimeAxis | None) -> str:
    """A row a reading, oldest week first: what was typed, its exact number, and the interval it stands for.

    `week` is the Monday. Text that a spreadsheet would take for a formula is preceded by an apostrophe.
    Weeks without a value have no row.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for index in range(axis.weeks if axis else 0):
        for one in measured:
            value = one.by_index.get(index)
            if value is None:
                continue
            target = one.target_in(value.week)
            writer.writerow(
                [
                    value.week.isoformat(),
                    as_text(one.metric.name),
                    as_text(one.metric.unit or ""),
                    as_text(value.literal),
                    _number(value.value),
                    _number(value.low),
                    _number(value.high),
                    as_text(target.literal) if target else "",
                    value.revision,
                    as_text(value.former.literal) if value.former else "",
                ]
            )
    return BYTE_ORDER_MARK + out.getvalue()


def as_text(cell: str) -> str:
    """The cell so that no spreadsheet runs it."""
    return "'" + cell if cell.startswith(_FORMULA) else cell


def _number(value: Decimal) -> str:
    return f"{value:f}"
