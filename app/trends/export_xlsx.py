"""The state of a trend page as a workbook: values, limits, signals, accidents, a sheet each."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

import xlsxwriter  # type: ignore[import-untyped]  # ships no types

from app.metrics.scales import WHOLE
from app.trends.accident_queries import Accident
from app.trends.axes import TimeAxis
from app.trends.export_csv import NOTHING_SAID, as_text, rows_of
from app.trends.statistics import Judged, Limits, Series, Value
from app.web.i18n import N_

Cell = str | int | float | date | Decimal | bool | None
GREATEST = 15
"""Digits that a spreadsheet's number keeps; the literal beside it has them all."""

METHODS: Mapping[str, str] = {
    "cbrt": N_("XmR on cube-root failures"),
    "raw": N_("XmR"),
    "p_prime": N_("Laney p′"),
}
WITHOUT: Mapping[str, str] = {
    "year_to_date": N_("year to date: no limits"),
    "no_values": N_("no values"),
    "too_few": N_("fewer than 6 values"),
    "equal": N_("all values are equal"),
    "coarse": N_("too few decimals to tell"),
}
SIGNALS: Mapping[str, str] = {"outside": N_("outside the limits"), "run": N_("long run on one side")}


class Words(Protocol):
    """What the sheets need of the page's words."""

    def gettext(self, message: str) -> str: ...
    def name(self, series: Series) -> str: ...


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its name, the heads of its columns with their widths, and its rows."""

    name: str
    columns: Sequence[tuple[str, int]]
    rows: Sequence[Sequence[Cell]]


def workbook(
    measured: Sequence[Judged],
    accidents: Sequence[Accident],
    axis: TimeAxis,
    *,
    words: Words,
    said: Mapping[tuple[int, date], str] = NOTHING_SAID,
) -> bytes:
    """All that the page shows in numbers. Text is never a formula, numbers are numbers, days are days.

    `said` are the words of weeks that say a metric has no value, by metric and Monday.
    """
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for sheet in (
            _values(measured, axis, words, said),
            _limits(measured, axis, words),
            _signals(measured, words),
            _accidents(accidents, words),
        ):
            page = book.add_worksheet(sheet.name)
            page.freeze_panes(1, 0)
            for column, (name, width) in enumerate(sheet.columns):
                page.set_column(column, column, width)
                page.write_string(0, column, name, head)
            for place, row in enumerate(sheet.rows, 1):
                for column, cell in enumerate(row):
                    _write(page, place, column, cell, day)
            page.autofilter(0, 0, max(len(sheet.rows), 1), len(sheet.columns) - 1)
            page.set_landscape()
            page.set_paper(9)
            page.fit_to_pages(1, 0)
            page.repeat_rows(0)
    return out.getvalue()


def _values(
    measured: Sequence[Judged], axis: TimeAxis, words: Words, said: Mapping[tuple[int, date], str]
) -> Sheet:
    _ = words.gettext
    rows: list[Sequence[Cell]] = []
    for row in rows_of([one.series for one in measured], axis, words.name):
        value, stated = row.value, said.get((row.metric.id, row.week))
        rows.append(
            (
                row.week,
                row.name,
                row.metric.unit,
                value.literal if value else stated,
                value.value if value else None,
                value.low if value else None,
                value.high if value else None,
                row.target.literal if row.target else None,
                value.revision if value else None,
                value.former.literal if value and value.former else None,
                _why_not(row.value, row.metric.is_rate, stated, words),
            )
        )
    columns = (
        (_("Week from"), 12),
        (_("Metric"), 26),
        (_("Unit"), 8),
        (_("As reported"), 14),
        (_("Number"), 12),
        (_("Stands for, from"), 12),
        (_("Stands for, to"), 12),
        (_("Target"), 12),
        (_("Revision"), 9),
        (_("Said before"), 14),
        (_("Missing"), 14),
    )
    return Sheet(_("Values"), columns, rows)


def _why_not(value: Value | None, is_rate: bool, stated: str | None, words: Words) -> str | None:
    """Why a week has no value that counts; None where it has."""
    if value is None:
        return words.gettext("not reported") if stated else words.gettext("missing")
    return None if not is_rate or 0 <= value.value <= WHOLE else words.gettext("not possible")


def _limits(measured: Sequence[Judged], axis: TimeAxis, words: Words) -> Sheet:
    _ = words.gettext
    rows: list[Sequence[Cell]] = []
    for one in measured:
        for stretch in one.stretches:
            first, last = axis.week(stretch.first), axis.week(stretch.until - 1)
            found, locked = stretch.found, stretch.baseline
            if isinstance(found, Limits):
                rows.append(
                    (
                        words.name(one.series),
                        first,
                        last,
                        _(METHODS[found.method]),
                        found.bounds.lower,
                        found.bounds.centre,
                        found.bounds.upper,
                        found.weeks,
                        _("yes") if found.trial else None,
                        locked.reason if locked else None,
                        None,
                    )
                )
            else:
                rows.append(
                    (
                        words.name(one.series),
                        first,
                        last,
                        *((None,) * 6),
                        locked.reason if locked else None,
                        _(WITHOUT[found]),
                    )
                )
    columns = (
        (_("Metric"), 26),
        (_("Hold from"), 12),
        (_("Hold until"), 12),
        (_("Computed by"), 24),
        (_("Lower limit"), 12),
        (_("Centre"), 12),
        (_("Upper limit"), 12),
        (_("From weeks"), 9),
        (_("On trial"), 9),
        (_("Locked because"), 30),
        (_("No limits because"), 26),
    )
    return Sheet(_("Limits"), columns, rows)


def _signals(measured: Sequence[Judged], words: Words) -> Sheet:
    _ = words.gettext
    rows: list[Sequence[Cell]] = []
    for one in measured:
        for value in one.series.values:
            signal = one.signals.get(value.index)
            if signal is None:
                continue
            rows.append(
                (
                    value.week,
                    words.name(one.series),
                    value.literal,
                    _(SIGNALS[signal.kind]),
                    _("better") if signal.good else _("worse"),
                    signal.length or None,
                    _("yes") if signal.certain else _("not certain at this precision"),
                )
            )
    columns = (
        (_("Week from"), 12),
        (_("Metric"), 26),
        (_("As reported"), 14),
        (_("Signal"), 24),
        (_("Side"), 10),
        (_("Weeks in the run"), 12),
        (_("Certain"), 26),
    )
    return Sheet(_("Signals"), columns, sorted(rows, key=lambda row: str(row[0])))


def _accidents(accidents: Sequence[Accident], words: Words) -> Sheet:
    _ = words.gettext
    rows = [
        (
            number,
            one.week,
            one.day if one.started_at else None,
            _("open") if one.grade == "open" else one.grade,
            one.symptom,
            one.third_party,
            one.minutes,
            one.amount,
            one.currency,
        )
        for number, one in enumerate(accidents, 1)
    ]
    columns = (
        (_("No."), 6),
        (_("Week from"), 12),
        (_("Day"), 12),
        (_("Grade"), 10),
        (_("Symptom"), 60),
        (_("Third party"), 18),
        (_("Minutes to recovery"), 12),
        (_("Amount at stake"), 16),
        (_("Currency"), 10),
    )
    return Sheet(_("Accidents"), columns, rows)


def _write(page: xlsxwriter.worksheet.Worksheet, row: int, column: int, cell: Cell, day: object) -> None:
    if cell is None:
        return
    if isinstance(cell, date):
        page.write_datetime(row, column, cell, day)
    elif isinstance(cell, Decimal):
        if len(cell.as_tuple().digits) > GREATEST:
            page.write_string(row, column, f"{cell:f}")
        else:
            page.write_number(row, column, float(cell))
    elif isinstance(cell, int | float):
        page.write_number(row, column, cell)
    else:
        page.write_string(row, column, as_text(cell))
