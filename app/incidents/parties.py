"""Which third party an event is about, by the names the team knows; and how alike two symptoms are. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

ALIKE = 0.5
"""Two symptoms that have half of their pairs of letters in common are worth a look."""
_SYMPTOM = 60
_NO_WORD = re.compile(r"[\W\d_]+")


def fold(name: str) -> str:
    """Names are the same whatever their width, case and spaces."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def party_of(named: Sequence[str], symptom: str, cause: str | None, known: Mapping[str, int]) -> int | None:
    """The party that the page names as the source; else the first the team knows in symptom or cause.

    `known` are ids by folded name.
    """
    if named:
        return known.get(fold(named[0]))
    for text in (symptom, cause):
        folded = fold(text or "")
        found = [
            (place, known[name]) for name in known if len(name) > 1 and (place := folded.find(name)) >= 0
        ]
        if found:
            return min(found)[1]
    return None


def alikeness(one: str, other: str) -> float:
    """How much two symptoms say the same: pairs of letters in common, of all there are (Jaccard)."""
    first, second = _pairs(one), _pairs(other)
    return len(first & second) / len(first | second) if first and second else 0.0


def _pairs(symptom: str) -> set[str]:
    letters = _NO_WORD.sub("", fold(symptom[:_SYMPTOM]))
    return {letters[at : at + 2] for at in range(len(letters) - 1)}
