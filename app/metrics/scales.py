"""Numbers as reported, and the scales they are drawn on. Pure.

Rates are in percent. A rate near 100 % stands on the *nines* scale, −log₁₀(1 − p), where 99.9 %, 99.99 %
and 99.999 % are equally far apart; one that lives below 90 % on the *logit* scale, log₁₀(p / (1 − p)).
Exactly 100 % is infinitely high on both and has no position: charts give it a lane of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import log10
from statistics import median
from typing import Literal

Scale = Literal["nines", "logit", "linear"]
Rounding = Literal["nearest", "truncate"]

WHOLE = Decimal(100)
LIVES_BELOW = Decimal(90)
"""A rate whose middle value is lower is drawn on the logit scale."""

MOST_DIGITS = 40
"""A number of more digits is no figure of a weekly report."""

_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?|[+-]?\.\d+")
_UNIT = re.compile(r"\s*[%％‰]")
_LITERAL = re.compile(r"\s*([+\-−]?\d(?:[\d,，]*\d)?)(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Interval:
    """The true values that round to a reported one."""

    low: Decimal
    high: Decimal


def exact(typed: str) -> Decimal | None:
    """The number as typed, every digit kept; None for what is no finite decimal."""
    text = typed.replace(",", "").replace("，", "").strip()
    return Decimal(text) if len(text) <= MOST_DIGITS and _NUMBER.fullmatch(text) else None


def position(scale: Scale, value: Decimal) -> float | None:
    """How high a value stands; None where it is infinitely high (exactly 100 % on nines and logit).

    Values outside 0 to 100 belong on the linear scale, 0 does not go on logit: see `fitting_scale`.
    """
    if scale == "linear":
        return float(value)
    failing = WHOLE - value
    if failing == 0:
        return None
    if scale == "nines":
        return 2 - log10(failing)
    return log10(value / failing)


def fitting_scale(declared: str, values: Sequence[Decimal]) -> Scale:
    """The scale on which all the values can be told apart, as near to the declared one as possible."""
    if declared == "linear" or any(not 0 <= value <= WHOLE for value in values):
        return "linear"
    if declared == "nines" and (not values or median(values) >= LIVES_BELOW):
        return "nines"
    return "linear" if any(value == 0 for value in values) else "logit"


def interval(value: Decimal, decimals: int, rounding: str, *, rate: bool) -> Interval:
    """What a value reported with `decimals` decimals stands for.

    ±½ in the last digit, or up to one whole last digit more where the metric is declared to truncate;
    a rate stays between 0 and 100 %, unless it was reported beyond them.
    """
    last_digit = Decimal(1).scaleb(-decimals)
    low, high = (
        (value, value + last_digit)
        if rounding == "truncate"
        else (value - last_digit / 2, value + last_digit / 2)
    )
    if not rate or not 0 <= value <= WHOLE:
        return Interval(low, high)
    return Interval(max(low, Decimal(0)), min(high, WHOLE))


def failures_per_million(rate: Decimal, direction: str = "up") -> Decimal:
    """99.972 (percent) is 280 failures per million; exact. A rate better low is itself the share failing."""
    return (rate if direction == "down" else WHOLE - rate) * 10_000


def plain(number: Decimal) -> str:
    """The number with thousands separated and without zeros at its end: `28,600`, `0.5`."""
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def as_typed(literal: str, value: str, unit: str | None) -> str:
    """The value as it was typed, out of a literal that may begin with the name: `99.980%`."""
    at = literal.rfind(value)
    if at < 0:
        after_colon = re.split("[：:]", literal)[-1].strip()
        return after_colon or f"{value}{unit or ''}"
    end = at + len(value)
    if sign := _UNIT.match(literal, end):
        end = sign.end()
    elif unit and literal[end:].lstrip().startswith(unit):
        end = literal.index(unit, end) + len(unit)
    return literal[at:end]


def on_the_point(literal: str) -> tuple[str, str]:
    """The literal cut before its decimal point, so that a column can stand on it: `99`, `.972%`."""
    match = _LITERAL.fullmatch(literal)
    return (match[1], match[2]) if match else ("", literal)


def is_met(value: Decimal, target: Decimal, direction: str) -> bool:
    """Whether a reported value reaches its target."""
    return value <= target if direction == "down" else value >= target
