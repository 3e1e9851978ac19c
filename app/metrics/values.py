"""What a person typed as a value, made readable without losing a digit. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from app.document.entries import is_wide
from app.document.phrases import counts_agree, find_rates, find_unreported, fold, may_be_a_day
from app.document.vocabulary import Language
from app.errors import Invalid
from app.metrics.ordinary import percent_of

UNREPORTED: dict[Language, str] = {"zh": "未上报", "en": "not reported"}
LONGEST = 64
RATE_WORDS = ("率", "可用", "占比", "rate", "availab", "ratio")
_DECIMAL_COMMA = re.compile(r"([0-9]+)[,，。·]([0-9]+)(\s*[%％]?)")
_COUNT = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,15}")


def as_value(literal: str, *, name: str, unit: str | None) -> str:
    """The typed value, `%` added where a rate came without; Invalid for what is no number of that metric.

    Full-width digits and signs stay as typed; a comma or 。 that can only be meant as a point becomes one.
    Words for "not reported" are a value too, and so are counts in brackets behind one.
    """
    literal = literal.strip()
    if not literal or find_unreported(f"{name}：{literal}"):
        return literal
    if "\n" in literal or len(literal) > LONGEST:
        raise Invalid("reading.not_a_number", typed=literal[:40])
    is_rate = unit == "%" or (unit is None and any(word in name.lower() for word in RATE_WORDS))
    if is_rate:
        literal = _with_point(literal)
        if fold(literal)[-1].isdecimal():
            literal += "%"
    read = find_rates(f"{name}：{literal}")
    if len(read) != 1 or read[0].full_end != len(name) + 1 + len(literal):
        raise Invalid("reading.not_a_number", typed=literal[:40])
    if read[0].unit == "%" and not 0 <= Decimal(read[0].value) <= 100:
        raise Invalid("reading.out_of_range", typed=literal[:40])
    return literal


@dataclass(frozen=True, slots=True)
class Counts:
    """What a rate is worked out from; the denominator is not 0."""

    numerator: int
    denominator: int

    def percent(self, decimals: int) -> str:
        """The rate, to so many decimals; 100 % only where nothing failed."""
        return percent_of(str(self.numerator), str(self.denominator), decimals)

    def written(self, *, name: str, literal: str) -> str:
        """The bracket that stands behind the rate: `（1,234,320/1,234,567）`."""
        stroke = " / " if self._may_be_a_day(literal) else "/"
        inside = f"{self.numerator:,}{stroke}{self.denominator:,}"
        return f"（{inside}）" if is_wide(name) else f" ({inside})"

    def _may_be_a_day(self, literal: str) -> bool:
        """Whether `6/12` behind this value would be read as a day."""
        value = fold(literal).strip().rstrip("%").strip()
        typed = str(self.numerator), str(self.denominator)
        return may_be_a_day(*typed) and not counts_agree(value, len(value.partition(".")[2]), *typed)


def as_counts(numerator: str, denominator: str) -> Counts | None:
    """The typed counts; None where there are none, Invalid for what is no pair of them."""
    typed = [numerator.strip(), denominator.strip()]
    if not any(typed):
        return None
    if not all(typed):
        raise Invalid("reading.both_counts")
    numbers = []
    for one in typed:
        plain = fold(one).replace(" ", "")
        if not _COUNT.fullmatch(plain):
            raise Invalid("reading.not_a_count", typed=one[:40])
        numbers.append(int(plain.replace(",", "")))
    if numbers[1] == 0:
        raise Invalid("reading.nothing_counted")
    return Counts(*numbers)


def _with_point(literal: str) -> str:
    """`99,98` and `99。98` as `99.98`; thousands, which no rate has, would be over 100."""
    found = _DECIMAL_COMMA.fullmatch(literal)
    return f"{found[1]}.{found[2]}{found[3]}" if found else literal
