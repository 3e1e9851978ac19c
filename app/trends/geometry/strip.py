"""The incident strip: weeks across, grades down, marks sized by what was at stake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import sqrt

from app.trends.axes import NARROW, WIDE, TimeAxis

ROW = 20.8
TOP = 10.4
LEAST, MOST = 3.2, 10.0
"""Radii in pixels: of what has no amount, and of the largest amount."""
NAMED = 3
"""How many of the largest are named beside their mark."""
NAME_WIDTH = 110.0

ROWS: tuple[tuple[str, ...], ...] = (("A",), ("AB", "B"), ("CD", "C"), ("D",), ("open",))
"""Grades by row; a grade that pages give as one (AB) stands with its lower."""


@dataclass(frozen=True, slots=True)
class Happened:
    """An accident to place: its number on the page, day and grade, what was at stake in which currency."""

    number: int
    day: date
    grade: str
    amount: Decimal | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class StripMark:
    """`named` says at which side its name fits: "" for not at all; `minor` where only on a wide screen."""

    number: int
    grade: str
    x: float
    y: float
    r: float
    named: str = ""
    minor: bool = False


@dataclass(frozen=True, slots=True)
class Strip:
    """`rows` are the heights of the grades A, B, C, D and open."""

    height: float
    axis_y: float
    rows: tuple[float, ...]
    marks: tuple[StripMark, ...]


def incident_strip(axis: TimeAxis, accidents: Sequence[Happened]) -> Strip:
    """Areas are proportional to the amounts of one currency; accidents outside the axis stand at its edge.

    The largest amount of each currency has the largest mark: nobody knows what it is in another one.
    """
    rows = tuple(round(TOP + ROW * row, 1) for row in range(len(ROWS)))
    row_of = {grade: rows[row] for row, grades in enumerate(ROWS) for grade in grades}
    shares = _shares(accidents)
    placed = [
        StripMark(
            number=one.number,
            grade=one.grade,
            x=min(max(round(axis.x(one.day), 2), 0.0), 100.0),
            y=row_of.get(one.grade, rows[-1]),
            r=_radius(share),
        )
        for one, share in zip(accidents, shares, strict=True)
    ]
    named = _named(shares, placed)
    marks = tuple(
        StripMark(mark.number, mark.grade, mark.x, mark.y, mark.r, *named.get(place, ("", False)))
        for place, mark in enumerate(placed)
    )
    axis_y = rows[-1] + TOP
    return Strip(height=axis_y + 22, axis_y=axis_y, rows=rows, marks=marks)


def _shares(accidents: Sequence[Happened]) -> list[Decimal]:
    """Each amount as a share of the largest in its currency; 0 where there is none."""
    largest: dict[str | None, Decimal] = {}
    for one in accidents:
        if one.amount:
            largest[one.currency] = max(largest.get(one.currency, one.amount), one.amount)
    return [one.amount / largest[one.currency] if one.amount else Decimal(0) for one in accidents]


def _radius(share: Decimal) -> float:
    return round(max(MOST * sqrt(float(share)), LEAST), 1)


def _named(shares: Sequence[Decimal], marks: Sequence[StripMark]) -> dict[int, tuple[str, bool]]:
    """Which marks are named on which side, so that no name touches a mark or another name on its row."""
    chosen = sorted(range(len(marks)), key=lambda place: -shares[place])[:NAMED]
    taken: list[tuple[float, float, float]] = [
        (mark.y, mark.x - mark.r / WIDE * 100, mark.x + mark.r / WIDE * 100) for mark in marks
    ]
    named: dict[int, tuple[str, bool]] = {}
    for place in chosen:
        if not shares[place]:
            continue
        mark = marks[place]
        wide, away = NAME_WIDTH / WIDE * 100, (mark.r + 5) / WIDE * 100
        for side, left, right in (
            ("beg", mark.x + away, mark.x + away + wide),
            ("fin", mark.x - away - wide, mark.x - away),
        ):
            if left < 0 or right > 100:
                continue
            if all(y != mark.y or right < start or left > end for y, start, end in taken):
                on_phone = mark.x + NAME_WIDTH / NARROW * 100 <= 100 and side == "beg"
                named[place] = (side, not on_phone or bool(named))
                taken.append((mark.y, left, right))
                break
    return named
