"""The metrics section as a table: a row a metric, digits as reported, every other word in its place. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from app.document.phrases import Rate, find_rates
from app.document.places import walk
from app.document.schema import Document, Metric, Unreported
from app.reports.page_text import BlockView, FactNote, Facts, Group, Path, Prose, anchor, code_group

MINUTES_A_DAY = 24 * 60
_SPACE = " \t\n\u3000\xa0*_"
_FIGURE = re.compile(r"[<>≥≤~约+\-−]?[ ]?\d")
_QUIET = _SPACE + "：:，,、；;。."


@dataclass(frozen=True, slots=True)
class Digits:
    """A value parted at its decimal point, so that columns of them stand on it."""

    whole: str
    rest: str


@dataclass(frozen=True, slots=True)
class Downtime:
    """Minutes of the year that a year-to-date availability stands for, by its last digit."""

    low: int
    high: int

    @property
    def is_close(self) -> bool:
        """Whether both ends are near enough to name one figure."""
        return self.high - self.low <= max(4, (self.high + self.low) // 10)

    @property
    def middle(self) -> int:
        return round((self.low + self.high) / 2)


@dataclass(frozen=True, slots=True)
class MetricRow:
    """A metric of the page, `lead` what its line says before the name.

    `before`, `between` and `after` are the punctuation around name and value, `counts` the bracket with
    numerator and denominator. Of a metric that is said to be not reported, the value is these words.
    `reading` is the id of the metric where this is the value that counts as its reading, so that a point
    of a chart can lead here.
    """

    key: str
    lead: Prose
    name: str
    value: Digits
    last: Digits | None
    target: Digits | None
    note: Any
    href: str | None
    line: int | None
    before: str = ""
    between: str = ""
    after: str = ""
    counts: str = ""
    is_reported: bool = True
    downtime: Downtime | None = None
    reading: int | None = None
    earlier: Digits | None = None
    """The last value before, where last week has none; `note.earlier` names its week."""


@dataclass(frozen=True, slots=True)
class SaidRow:
    """Words among the metrics that are no metric: a group line, a remark, the accident counts."""

    key: str
    prose: Prose
    is_group: bool
    notes: list[FactNote]
    kept: Group | None = None
    """Text that is kept letter by letter."""
    mark: str = ""
    """The punctuation between a value and the remark on it."""


@dataclass(frozen=True, slots=True)
class MetricsTable:
    """Rows in the order of the page; what follows the last metric stands in `after`."""

    rows: list[MetricRow | SaidRow]
    after: list[SaidRow]
    width: int
    """Most digits before a decimal point, for aligning the columns."""

    @property
    def metrics(self) -> list[MetricRow]:
        return [row for row in self.rows if isinstance(row, MetricRow)]


def metrics_table(
    document: Document, index: int, facts: Facts, notes: Mapping[str, Any]
) -> MetricsTable | None:
    """The section's metrics as a table; None where it holds none."""
    section = document.sections[index]
    by_path: dict[Path, list[Metric | Unreported]] = {}
    told: list[Metric | Unreported] = [*document.metrics, *document.unreported]
    for metric in told:
        if metric.place.section == index:
            by_path.setdefault(metric.place.path, []).append(metric)
    if not by_path:
        return None
    groups = {metric.group for metrics in by_path.values() for metric in metrics if metric.group}
    week = document.week
    days = (week.end - date(week.year, 1, 1)).days + 1 if week else 0
    readings = _readings(document, notes)
    rows: list[MetricRow | SaidRow] = []
    for path, block in walk(section.blocks):
        key, prose = anchor(index, path), facts.prose(index, path, block)
        if path in by_path:
            metrics = sorted(by_path[path], key=_start)
            rows += _metric_rows(key, prose, metrics, notes, readings, facts.source, days)
        elif block.text:
            is_group = block.text.strip(_QUIET) in groups
            kept = code_group(BlockView(key, "code", prose)) if block.kind == "code" else None
            rows.append(SaidRow(key, prose, is_group, facts.notes(index, path), kept))
    last = max(at for at, row in enumerate(rows) if isinstance(row, MetricRow)) + 1
    rows_of_metrics = [row for row in rows if isinstance(row, MetricRow)]
    width = max(
        len(digits.whole)
        for row in rows_of_metrics
        for digits in (row.value, row.last, row.earlier, row.target)
        if digits is not None
    )
    return MetricsTable(rows[:last], [row for row in rows[last:] if isinstance(row, SaidRow)], width)


def digits_of(literal: str) -> Digits:
    """`99.972%` as `99` and `.972%`; a value without a point is whole up to its unit."""
    end = 0
    while end < len(literal) and (literal[end].isdigit() or literal[end] in ",+-−<>≥≤~约 "):
        end += 1
    return Digits(literal[:end], literal[end:])


def downtime_of(value: str, decimals: int, days: int) -> Downtime | None:
    """What an availability in percent leaves out of so many days, by ±½ in its last digit."""
    try:
        percent = Decimal(value)
    except InvalidOperation:
        return None
    half = Decimal(1).scaleb(-decimals) / 2
    minutes = Decimal(days * MINUTES_A_DAY)
    low = (100 - min(percent + half, Decimal(100))) * minutes / 100
    high = (100 - percent + half) * minutes / 100
    return Downtime(round(low), round(high)) if 0 <= percent <= 100 and days > 0 else None


def _metric_rows(
    key: str,
    prose: Prose,
    metrics: list[Metric | Unreported],
    notes: Mapping[str, Any],
    readings: Mapping[int, Metric],
    source: str | None,
    days: int,
) -> list[MetricRow | SaidRow]:
    """A row for each metric of one line, then one for whatever else the line says."""
    text = prose.text
    rates = {rate.start: rate for rate in find_rates(text)} if any(one in text for one in "(（/／") else {}
    rows: list[MetricRow | SaidRow] = []
    said: list[tuple[int, int]] = []
    at = 0
    for number, metric in enumerate(metrics):
        start, end = metric.place.start, metric.place.end
        rate = rates.get(start)
        full_end = rate.full_end if rate else end
        is_last = number == len(metrics) - 1
        before, after = text[at:start], text[full_end:] if is_last else ""
        quiet = _QUIET + "/／" if rate and rate.shared else _QUIET
        lead = prose.cut(at, start) if before.strip(quiet) else Prose("")
        if after.strip(_QUIET):
            said.append((full_end, len(text)))
        at = full_end
        if rate and rate.shared and rate.shared[0] == start:
            rows.append(SaidRow(f"{key}s{start}", prose.cut(start, rate.value_start), True, []))
        name, between, value = _parted(metric, text, rate)
        note = notes.get(metric.name)
        line = metric.source.line if metric.source else None
        rows.append(
            MetricRow(
                key=key if number == 0 else f"{key}m{number}",
                lead=lead,
                name=name,
                value=digits_of(value) if isinstance(metric, Metric) else Digits("", value),
                last=digits_of(note.last_literal) if note and note.last_literal else None,
                earlier=digits_of(note.earlier.literal) if note and note.earlier else None,
                target=digits_of(note.target_literal) if note and note.target_literal else None,
                note=note,
                href=f"{source}#L{line}" if source and line else None,
                line=line,
                before="" if lead else before.strip(_SPACE),
                between=between,
                after="" if after.strip(_QUIET) else after.strip(_SPACE),
                counts=text[end:full_end].strip(_SPACE),
                is_reported=isinstance(metric, Metric),
                reading=note.metric_id if note and readings.get(note.metric_id) is metric else None,
                downtime=downtime_of(metric.value, metric.decimals, days)
                if isinstance(metric, Metric) and _is_share_of_year(note)
                else None,
            )
        )
    return rows + [_remark(key, prose, start, end) for start, end in said]


def _readings(document: Document, notes: Mapping[str, Any]) -> dict[int, Metric]:
    """By the id of a metric what the page says of it; where it is named twice the first counts."""
    readings: dict[int, Metric] = {}
    for metric in document.metrics:
        if (note := notes.get(metric.name)) is not None:
            readings.setdefault(note.metric_id, metric)
    return readings


def _remark(key: str, prose: Prose, start: int, end: int) -> SaidRow:
    """What a line says besides its values, its first punctuation apart."""
    words = start
    while words < end and prose.text[words] in _QUIET:
        words += 1
    mark = prose.text[start:words].strip(_SPACE)
    return SaidRow(f"{key}r{start}", prose.cut(words, end), False, [], mark=mark)


def _parted(metric: Metric | Unreported, text: str, rate: Rate | None) -> tuple[str, str, str]:
    """Name, punctuation and value of a metric as written, the markup around them taken away."""
    if isinstance(metric, Unreported):
        between = text[metric.place.start + len(metric.name) : metric.place.end - len(metric.literal)]
        return metric.name, between.strip(_SPACE), metric.literal
    if rate is not None and rate.shared:
        return metric.name, "", text[rate.value_start : rate.typed_end]
    literal = metric.literal
    name_at = literal.find(metric.name)
    after_name = name_at + len(metric.name) if name_at >= 0 else 0
    found = _FIGURE.search(literal, after_name)
    at = found.start() if found else len(literal)
    name, between = metric.name, literal[after_name:at]
    if name_at < 0 or between.strip(_QUIET):  # `成功率为99.9%`: all words before the figure are its name
        name = literal[:at].strip(_QUIET)
        between = literal[:at].rpartition(name)[2]
    return name, between.strip(_SPACE), literal[at:].strip(_SPACE)


def _is_share_of_year(note: Any) -> bool:
    return note is not None and note.kind == "ytd_rate"


def _start(metric: Metric | Unreported) -> int:
    return metric.place.start
