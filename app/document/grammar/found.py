"""What a phrase finder gives back: a value and where it stands in the text that was searched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import TypeAdapter

from app.document.schema import Fact, Place

FactKind = Literal["progress", "date", "done_total", "parts_total", "amount"]

_FACT: TypeAdapter[Fact] = TypeAdapter(Fact)


@dataclass(frozen=True, slots=True)
class FoundFact:
    """A fact at `text[start:end]`; `values` are the extra keys of the model of that kind."""

    kind: FactKind
    start: int
    end: int
    certain: bool
    values: Mapping[str, Any]


def done_total(start: int, end: int, done: int, total: int) -> FoundFact:
    return FoundFact("done_total", start, end, True, {"done": done, "total": total})


def closed(line: str, start: int, end: int) -> int:
    """Where a literal ends, with the bracket or emphasis that was opened in it: `联调（85%）`, `**80%**`."""
    for opening, closing in (("(", ")"), ("【", "】"), ("[", "]")):
        if line.startswith(closing, end) and line.count(opening, start, end) > line.count(
            closing, start, end
        ):
            end += 1
    if line.startswith("**", end) and line.count("**", start, end) % 2:
        end += 2
    return end


def as_fact(found: FoundFact, text: str, section: int, path: tuple[int, ...]) -> Fact:
    """The schema's fact for what was found in the `text` of the block at `path` of `section`."""
    place = Place(section=section, path=path, start=found.start, end=found.end)
    return _FACT.validate_python(
        {
            "kind": found.kind,
            "literal": text[found.start : found.end],
            "certain": found.certain,
            "place": place,
            **found.values,
        }
    )
