"""Bars of a Pareto chart: the most frequent first, the rest together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

MOST_BARS = 6


@dataclass(frozen=True, slots=True)
class Bar:
    """`name` None for what is not among the most frequent; `share` of the longest bar, `total` so far."""

    name: str | None
    count: int
    share: float
    total: float


def pareto(named: Iterable[str], *, most: int = MOST_BARS) -> list[Bar]:
    """A bar a name, the longest first; names beyond `most` are told as one."""
    counted = sorted(Counter(named).items(), key=lambda each: (-each[1], each[0]))
    if len(counted) > most:
        rest = sum(count for _, count in counted[most - 1 :])
        kept: list[tuple[str | None, int]] = [*counted[: most - 1], (None, rest)]
    else:
        kept = list(counted)
    whole = sum(count for _, count in kept)
    longest = max((count for _, count in kept), default=1)
    bars, seen = [], 0
    for name, count in kept:
        seen += count
        bars.append(Bar(name, count, round(count / longest, 3), round(seen / whole, 3)))
    return bars
