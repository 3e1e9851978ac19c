"""What changed between two documents, laid out like a printed correction. Pure; templates word it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup, escape

from app.document.diff import BlockChange, Difference, SectionChange, ValueChange, compare
from app.document.schema import Document
from app.document.words import Run
from app.reports.markdown import render_inline
from app.reports.report_page import heading_words

Change = Literal["same", "changed", "added", "removed"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text as HTML: kept, taken away or put in."""

    kind: Literal["equal", "delete", "insert"]
    html: Markup


@dataclass(frozen=True, slots=True)
class Line:
    """A block of the text. `came_from` names the section it was moved from, where that is another one."""

    state: Change
    kind: str
    depth: int
    pieces: tuple[Piece, ...]
    moved: bool
    reshaped: bool
    came_from: str | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring lines: those to read, or unchanged ones to fold away."""

    is_quiet: bool
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class SectionName:
    kind: str
    code: str | None
    title: str


@dataclass(frozen=True, slots=True)
class SectionShown:
    key: str
    name: SectionName
    state: Change
    moved: bool
    heading: tuple[Piece, ...]
    """The heading with its change, where its words changed."""
    stretches: list[Stretch]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Changed sections in reading order, and the names of those that are as they were."""

    sections: list[SectionShown]
    unchanged: list[SectionName]
    front: tuple[Piece, ...]
    metrics: tuple[ValueChange, ...]
    added: int
    removed: int
    changed: int
    moved: int

    @property
    def is_empty(self) -> bool:
        return not self.sections and not self.front

    @property
    def total(self) -> int:
        return self.added + self.removed + self.changed + self.moved


def comparison(old: Document, new: Document, *, same_week: bool = True) -> Comparison:
    """What leads from `old` to `new`. Titles and properties are left out where the weeks differ anyway."""
    difference = compare(old, new)
    shown: list[SectionShown] = []
    unchanged: list[SectionName] = []
    for index, section in enumerate(difference.sections):
        if section.is_quiet:
            if section.blocks:
                unchanged.append(_name(old, new, section))
        else:
            shown.append(_section(old, new, section, index))
    return Comparison(
        sections=shown,
        unchanged=unchanged,
        front=_front(difference) if same_week else (),
        metrics=difference.metrics,
        added=difference.counts["added"],
        removed=difference.counts["removed"],
        changed=difference.counts["changed"],
        moved=difference.counts["moved"],
    )


def _section(old: Document, new: Document, section: SectionChange, index: int) -> SectionShown:
    renamed = section.state == "changed" and any(run.kind != "equal" for run in section.heading)
    return SectionShown(
        key=f"c{index}",
        name=_name(old, new, section),
        state=section.state,
        moved=section.moved,
        heading=tuple(_pieces(section.heading)) if renamed else (),
        stretches=_stretches(old, section),
    )


def _stretches(old: Document, section: SectionChange) -> list[Stretch]:
    """The lines with what they stand below; runs of other unchanged lines together."""
    loud = _loud(section.blocks)
    stretches: list[Stretch] = []
    for place, block in enumerate(section.blocks):
        line = _line(old, section, block)
        is_quiet = place not in loud
        if not stretches or stretches[-1].is_quiet != is_quiet:
            stretches.append(Stretch(is_quiet, []))
        stretches[-1].lines.append(line)
    return stretches


def _loud(blocks: Sequence[BlockChange]) -> set[int]:
    loud: set[int] = set()
    for place, block in enumerate(blocks):
        if block.is_quiet:
            continue
        loud.add(place)
        depth = block.depth
        for above in range(place - 1, -1, -1):
            if depth == 0:
                break
            if blocks[above].depth < depth:
                depth = blocks[above].depth
                loud.add(above)
    return loud


def _line(old: Document, section: SectionChange, block: BlockChange) -> Line:
    elsewhere = block.moved and block.old is not None and block.old[0] != section.old
    return Line(
        state=block.state,
        kind=block.kind,
        depth=min(block.depth, 4),
        pieces=tuple(_pieces(block.runs)),
        moved=block.moved,
        reshaped=block.reshaped,
        came_from=heading_words(old.sections[block.old[0]])[1] if elsewhere and block.old else None,
    )


def _pieces(runs: Sequence[Run]) -> Iterator[Piece]:
    """Runs as HTML. A text told in one run keeps its emphasis; among changes its marks are hidden, and spaces
    are not marked.
    """
    whole = len(runs) == 1
    for run in runs:
        text = run.text if whole or run.kind != "equal" else run.text.replace("**", "")
        if whole or run.kind == "equal":
            yield Piece(run.kind, render_inline(text))
            continue
        words = text.strip(" \t")
        before, after = text[: len(text) - len(text.lstrip(" \t"))], text[len(text.rstrip(" \t")) :]
        if run.kind == "insert" and before and words:
            yield Piece("equal", escape(before))
        if words:
            yield Piece(run.kind, render_inline(words))
        if run.kind == "insert" and after:
            yield Piece("equal", escape(after))


def _front(difference: Difference) -> tuple[Piece, ...]:
    return tuple(_pieces(difference.front)) if any(run.kind != "equal" for run in difference.front) else ()


def _name(old: Document, new: Document, section: SectionChange) -> SectionName:
    now = new.sections[section.new] if section.new is not None else old.sections[section.old or 0]
    return SectionName(now.kind, now.code, heading_words(now)[1])
