"""The counts behind a rate: `99.980%（1,234,320/1,234,567）`, successes of all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.document.grammar.folding import fold

_COUNT: Final = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,15})"
_MEASURE: Final = r"\s?[笔次单条个件户人]?"
_COUNTS = re.compile(
    rf"\s?\(\s*(?P<numerator>{_COUNT}){_MEASURE}(?P<stroke>\s*/\s*)(?P<denominator>{_COUNT}){_MEASURE}\s*\)"
)


@dataclass(frozen=True, slots=True)
class ReadingCounts:
    """Numerator and denominator as digits only; `start` and `end` are those of the whole bracket."""

    numerator: str
    denominator: str
    start: int
    end: int


def counts_after(text: str, at: int, *, value: str, decimals: int) -> ReadingCounts | None:
    """The counts in brackets right behind a rate that ends at `at`.

    `（6/12）` is a day as well: it counts only where it gives the rate, or with spaces about the stroke.
    """
    found = _COUNTS.match(fold(text), at)
    if found is None:
        return None
    numerator, denominator = (found[name].replace(",", "") for name in ("numerator", "denominator"))
    if int(denominator) == 0:
        return None
    tight = found["stroke"] == "/"
    if tight and may_be_a_day(numerator, denominator) and not agree(value, decimals, numerator, denominator):
        return None
    return ReadingCounts(numerator, denominator, found.start(), found.end())


def may_be_a_day(numerator: str, denominator: str) -> bool:
    """Whether `numerator/denominator` could be meant as month and day."""
    return 1 <= int(numerator) <= 12 and 1 <= int(denominator) <= 31


def agree(value: str, decimals: int, numerator: str, denominator: str) -> bool:
    """Whether the counts give the rate in percent, rounded or cut to its decimals."""
    exact = Decimal(numerator) * 100 / Decimal(denominator)
    last_digit = Decimal(1).scaleb(-decimals)
    return Decimal(value) - last_digit / 2 <= exact < Decimal(value) + last_digit
