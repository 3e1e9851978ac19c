"""The metrics of a section as fields to fill in: what stands in each line, where, and what does not yet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from app.document.phrases import Rate, find_rates, find_unreported, fold, is_metric_name, segments
from app.document.places import Path, walk
from app.document.recognition import awaited_name
from app.document.schema import Block, Document

_AWAITED = re.compile(r"[\s*_]*(?P<name>[^:]+?)[\s*_]*:[\s*_]*$")
_WIDE = 0x2E7F  # characters above are of a script that writes full-width punctuation


@dataclass(frozen=True, slots=True)
class Entry:
    """A metric in the text of one block. `number` is its place among those of the block.

    `literal` is the value as typed, or the words that it is not reported, or nothing; it stands at
    `text[start:end]`. `counts` is the bracket behind it with numerator and denominator, which ends at
    `full_end`; `mark` closes emphasis between the two. The whole, name included, begins at `begin`.
    """

    name: str
    state: Literal["reported", "unreported", "empty"]
    begin: int
    start: int
    end: int
    full_end: int
    number: int = 0
    literal: str = ""
    mark: str = ""
    counts: str = ""
    rate: Rate | None = None

    @property
    def written(self) -> str:
        """Value and counts: what a person who corrects the metric has seen."""
        return self.literal + self.counts


def entries_of(block: Block) -> list[Entry]:
    """The metrics of one block, in the order of its text."""
    name = awaited_name(block)
    if name is not None:
        end = len(block.text.rstrip())
        return [Entry(name, "empty", 0, end, end, end)]
    text = block.text
    found = [_reported(text, rate) for rate in find_rates(text)]
    found += [
        Entry(
            one.name,
            "unreported",
            one.start,
            one.said_start,
            one.said_end,
            one.said_end,
            literal=text[one.said_start : one.said_end],
        )
        for one in find_unreported(text)
    ]
    if found:
        found += _awaited_beside(text, found)
    found.sort(key=lambda entry: entry.start)
    return [replace(entry, number=number) for number, entry in enumerate(found)]


def entry_named(text: str, name: str, *, is_leaf: bool = True) -> Entry | None:
    """The metric of that name in a text; a bullet without others below it may wait for its value."""
    entries = entries_of(Block(kind="item" if is_leaf else "paragraph", text=text))
    return next((entry for entry in entries if entry.name == name), None)


def section_entries(blocks: Sequence[Block]) -> Iterator[tuple[Path, Entry]]:
    """All metrics of a metrics section, also those nested below a line that names their group."""
    for path, block in walk(blocks):
        if block.kind != "code":
            for entry in entries_of(block):
                yield path, entry


def awaited_names(document: Document) -> list[str]:
    """The metrics that stand in the document with no value yet."""
    return [
        entry.name
        for section in document.sections
        if section.kind == "metrics"
        for _, entry in section_entries(section.blocks)
        if entry.state == "empty"
    ]


def with_value(text: str, entry: Entry, value: str, counts: str = "") -> str:
    """The text with another value for the metric, and its counts; nothing is changed besides."""
    before, after = text[: entry.start], text[entry.full_end :]
    if entry.state == "empty" and value and fold(before).endswith(":") and not before.endswith("："):
        value = f" {value}"
    if not value and not after.strip():
        before, after = before.rstrip(" \u3000"), ""
    return before + value + entry.mark + (counts if value else "") + after


def without(text: str, entry: Entry) -> str:
    """The text without the metric, and without the comma that parted it from its neighbour."""
    return (text[: entry.begin] + text[entry.full_end :]).strip(" \t\n,，;；、。")


def parted(text: str, entry: Entry) -> str:
    """The text with each of the metrics that shared name and colon in a clause of its own."""
    if entry.rate is None or entry.rate.shared is None:
        return text
    start, end = entry.rate.shared
    colon, comma = ("：", "，") if is_wide(entry.name) else (": ", ", ")
    clauses = (
        f"{rate.name}{colon}{text[rate.value_start : rate.full_end]}"
        for rate in find_rates(text)
        if rate.shared == entry.rate.shared
    )
    return text[:start] + comma.join(clauses) + text[end:]


def is_wide(name: str) -> bool:
    """Whether a name is written with full-width punctuation about it."""
    return any(ord(character) > _WIDE for character in name)


def _reported(text: str, rate: Rate) -> Entry:
    has_counts = rate.full_end > rate.end
    return Entry(
        rate.name,
        "reported",
        rate.shared[0] if rate.shared else rate.start,
        rate.value_start,
        rate.typed_end,
        rate.full_end if has_counts else rate.typed_end,
        literal=text[rate.value_start : rate.typed_end],
        mark=text[rate.typed_end : rate.end] if has_counts else "",
        counts=text[rate.end : rate.full_end],
        rate=rate,
    )


def _awaited_beside(text: str, others: Sequence[Entry]) -> list[Entry]:
    """Metrics without a value in a line that has some with one: `入金成功率：，出金成功率：99.98%`."""
    line = fold(text)
    found = []
    for start, end in segments(text, line):
        awaited = _AWAITED.match(line, start, end)
        if awaited is None or any(start <= entry.start < end for entry in others):
            continue
        first, last = awaited.span("name")
        if is_metric_name(line[first:last]):
            at = start + len(text[start:end].rstrip())
            found.append(Entry(text[first:last], "empty", first, at, at, at))
    return found
