"""How the trend page is laid out on one sheet of paper: how small, how many charts abreast. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal

Layout = Literal["few", "many", "most"]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Heights in the pixels of one layout of `@media print` in trends.css; `scale` is that of its charts."""

    height: int
    abreast: int
    scale: float
    said: int
    """Above a chart: its name and what is to be said of it."""
    row: int
    rows_abreast: int
    accident: int
    accidents_abreast: int


TOP = 320
"""The sentence, the scorecard's head, the strip and the legend."""
SHEETS: dict[Layout, _Sheet] = {
    "few": _Sheet(1290, 3, 1, said=75, row=35, rows_abreast=1, accident=42, accidents_abreast=3),
    "many": _Sheet(1440, 5, 1, said=75, row=35, rows_abreast=1, accident=42, accidents_abreast=4),
    "most": _Sheet(1530, 7, 0.8, said=60, row=33, rows_abreast=2, accident=24, accidents_abreast=5),
}


def layout_for(*, rows: int, charts: Sequence[float], accidents: int) -> Layout:
    """The roomiest one that all of it fits into, else the densest.

    `rows` of the scorecard; the heights of `charts`, in their order.
    """
    for name, sheet in SHEETS.items():
        taken = TOP + ceil(rows / sheet.rows_abreast) * sheet.row
        for first in range(0, len(charts), sheet.abreast):
            taken += ceil(max(charts[first : first + sheet.abreast]) * sheet.scale) + sheet.said
        taken += ceil(accidents / sheet.accidents_abreast) * sheet.accident + (40 if accidents else 0)
        if taken <= sheet.height:
            return name
    return "most"
