"""What is ordinary for a metric, and what a typed value may have gone wrong in. Numbers in, hints out; pure.

The range is that of an XmR chart (Wheeler): mean ± 2.66 × the mean moving range, of rates on the cube
roots of their failures per million, drawn back in percent. Moving ranges of at least 3.267 × their mean
are left out once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from math import cbrt
from typing import Literal

from app.document.phrases import counts_agree, fold
from app.metrics.scales import WHOLE, failures_per_million, interval

LIMIT = 2.66
SCREEN = 3.267
FEWEST_POINTS = 6
FEWEST_RANGES = 4
"""With fewer different moving ranges the values are too coarse to tell one week from another."""
MINUTES_A_DAY = 24 * 60
USUAL_WEEKS = 12
SO_MUCH_NEARER = 20
"""A value whose point slipped is, put right, at least this much nearer to the ordinary."""

HintKind = Literal["disagrees", "shift", "outside", "falls", "fewer", "coarse", "ordinary", "confirmed"]
DOUBTS: frozenset[HintKind] = frozenset({"shift", "outside"})


@dataclass(frozen=True, slots=True)
class Known:
    """A past value: its week (a Monday), as typed and exact."""

    week: date
    literal: str
    value: Decimal
    decimals: int


@dataclass(frozen=True, slots=True)
class Subject:
    """What is known of the metric whose value is typed; `past` is oldest first."""

    kind: str
    direction: str
    spc_scale: str
    rounding: str
    past: Sequence[Known]

    @property
    def is_rate(self) -> bool:
        return self.kind in ("rate", "ytd_rate")


@dataclass(frozen=True, slots=True)
class Typed:
    """A value of the week that is written, as typed and exact; the counts behind it where given.

    `year_start` is the first Monday of the week's year.
    """

    week: date
    year_start: date
    literal: str
    value: Decimal
    decimals: int
    counts: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Hint:
    """Something to look at again. `literal` is the value that may be meant, or that speaks against it;
    `low` and `high` bound the ordinary range, `usual` is the usual number of decimals. Who confirmed a value
    that was asked about is `by`, and `at` the time."""

    kind: HintKind
    literal: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    usual: int = 0
    by: str = ""
    at: datetime | None = None

    @property
    def asks(self) -> bool:
        """Whether it asks if a value is right, which a person may answer."""
        return self.kind in DOUBTS


@dataclass(frozen=True, slots=True)
class Range:
    low: Decimal
    high: Decimal

    def holds(self, value: Decimal) -> bool:
        return self.low <= value <= self.high

    def distance(self, value: Decimal) -> Decimal:
        """How far outside a value lies."""
        return max(self.low - value, value - self.high, Decimal(0))


def hints_for(subject: Subject, typed: Typed) -> list[Hint]:
    """What to point out about a typed value, the gravest first; `ordinary` alone where all is well."""
    hints: list[Hint] = []
    if typed.counts and not counts_agree(str(typed.value), typed.decimals, *typed.counts):
        hints.append(Hint("disagrees", literal=percent_of(*typed.counts, typed.decimals)))
    ordinary = None if subject.kind.startswith("ytd_") else ordinary_range(subject)
    near = ordinary or _observed(subject)
    shifted = _shifted(typed, near) if near and subject.kind != "ytd_count" else None
    if shifted is not None:
        hints.append(Hint("shift", literal=shifted))
    elif ordinary is not None and not ordinary.holds(typed.value):
        low, high = (_shown(end, subject, typed) for end in (ordinary.low, ordinary.high))
        hints.append(Hint("outside", low=low, high=high))
    if fallen := _fallen(subject, typed):
        hints.append(Hint("falls", literal=fallen))
    if subject.is_rate and (coarse := _coarse(subject, typed, ordinary)):
        hints.append(coarse)
    if not hints and ordinary is not None:
        hints.append(Hint("ordinary"))
    return hints


def ordinary_range(subject: Subject) -> Range | None:
    """The natural limits of the past values; None for fewer than 6, or where they are too coarse."""
    limits = _limits([(one.week, _scaled(one.value, subject)) for one in subject.past])
    if limits is None:
        return None
    low, high = limits
    if not subject.is_rate:
        return Range(_decimal(max(low, 0.0) if subject.kind == "count" else low), _decimal(high))
    if subject.spc_scale == "raw":
        return Range(max(_decimal(low), Decimal(0)), min(_decimal(high), WHOLE))
    few, many = (_decimal(max(end, 0.0) ** 3) for end in (low, high))
    ends = [
        failing / 10_000 if subject.direction == "down" else WHOLE - failing / 10_000
        for failing in (few, many)
    ]
    return Range(max(min(ends), Decimal(0)), max(ends))


def percent_of(numerator: str, denominator: str, decimals: int) -> str:
    """The rate that counts give, to so many decimals; 100 % only where nothing failed."""
    exact = Decimal(numerator) * 100 / Decimal(denominator)
    rounded = round(exact, decimals)
    if rounded >= WHOLE > exact:
        rounded = WHOLE - Decimal(1).scaleb(-decimals)
    return f"{rounded:.{decimals}f}%"


def usual_decimals(past: Sequence[Known]) -> int | None:
    """The number of decimals that most of the last weeks were reported with."""
    counted = Counter(one.decimals for one in past[-USUAL_WEEKS:])
    return max(counted, key=lambda decimals: (counted[decimals], decimals)) if counted else None


def _limits(points: Sequence[tuple[date, float]]) -> tuple[float, float] | None:
    if len(points) < FEWEST_POINTS:
        return None
    ranges = [
        abs(value - before)
        for (last_week, before), (week, value) in pairwise(points)
        if (week - last_week).days == 7
    ]
    if len({round(one, 9) for one in ranges}) < FEWEST_RANGES:
        return None
    mean_range = sum(ranges) / len(ranges)
    kept = [one for one in ranges if one < SCREEN * mean_range]
    spread = LIMIT * sum(kept) / len(kept)
    centre = sum(value for _, value in points) / len(points)
    return centre - spread, centre + spread


def _scaled(value: Decimal, subject: Subject) -> float:
    if not subject.is_rate or subject.spc_scale == "raw":
        return float(value)
    return cbrt(max(failures_per_million(value, subject.direction), Decimal(0)))


def _observed(subject: Subject) -> Range | None:
    """All that was seen, and as much to both sides; for telling a slip of the point, nothing finer."""
    if len(subject.past) < 3:
        return None
    values = [one.value for one in subject.past]
    last_digit = max(Decimal(1).scaleb(-one.decimals) for one in subject.past)
    spread = max(max(values) - min(values), 5 * last_digit)
    return Range(min(values) - spread, max(values) + spread)


def _shifted(typed: Typed, near: Range) -> str | None:
    """The literal with its point moved by one place, where only that is near the others."""
    if near.holds(typed.value) or typed.value == 0:
        return None
    for places in (1, -1):
        if near.distance(typed.value.scaleb(places)) * SO_MUCH_NEARER <= near.distance(typed.value):
            return _with_point_moved(typed.literal, places)
    return None


def _with_point_moved(literal: str, places: int) -> str:
    """`9.721%` as `97.21%`; digits stay as they are."""
    plain = fold(literal).replace(",", "")
    start = next(at for at, character in enumerate(plain) if character.isdigit())
    end = start
    while end < len(plain) and (plain[end].isdigit() or plain[end] == "."):
        end += 1
    whole, _, fraction = plain[start:end].partition(".")
    digits, at = whole + fraction, len(whole) + places
    digits, at = ("0" * (1 - at) + digits, 1) if at < 1 else (digits.ljust(at, "0"), at)
    whole, rest = digits[:at].lstrip("0") or "0", digits[at:]
    if "." not in plain:
        rest = rest.rstrip("0")  # `12000` is `1200`, which nobody wrote with a point
    number = f"{whole}.{rest}" if rest else whole
    return plain[:start] + number + plain[end:]


def _fallen(subject: Subject, typed: Typed) -> str | None:
    """The last value of this year that the typed one falls behind: a year's count or downtime only grows."""
    before = [one for one in subject.past if one.week >= typed.year_start]
    if not before or not subject.kind.startswith("ytd_"):
        return None
    last = before[-1]
    if subject.kind == "ytd_count":
        return last.literal if typed.value < last.value else None
    now = interval(typed.value, typed.decimals, subject.rounding, rate=True)
    then = interval(last.value, last.decimals, subject.rounding, rate=True)
    most = (WHOLE - now.low) * _minutes(typed.year_start, typed.week)
    least = (WHOLE - then.high) * _minutes(typed.year_start, last.week)
    return last.literal if most < least else None


def _minutes(year_start: date, week: date) -> int:
    return ((week - year_start).days + 7) * MINUTES_A_DAY


def _coarse(subject: Subject, typed: Typed, ordinary: Range | None) -> Hint | None:
    usual = usual_decimals(subject.past)
    if usual is not None and typed.decimals < usual and typed.value != WHOLE:
        return Hint("fewer", usual=usual)
    enough = len(subject.past) >= FEWEST_POINTS
    too_coarse = enough and ordinary is None and subject.kind == "rate"
    return Hint("coarse") if too_coarse and not typed.counts else None


def _shown(end: Decimal, subject: Subject, typed: Typed) -> Decimal:
    decimals = max(usual_decimals(subject.past) or 0, typed.decimals)
    return round(end, decimals)


def _decimal(value: float) -> Decimal:
    return Decimal(repr(value))
