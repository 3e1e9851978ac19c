"""The text of a report as it is read: blocks with their values marked, and the notes beside them. Pure."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_DOWN, Decimal, InvalidOperation
from typing import Any, Literal

from markupsafe import Markup

from app.document.schema import Block, Document, Fact, Source
from app.reports.goal_queries import GoalOfWeek
from app.reports.markdown import Mark, render_inline

Path = tuple[int, ...]
GroupKind = Literal["items", "paragraph", "code", "table"]
NOTHING: Mapping[Any, Any] = {}
LINE = "{line}"
"""Stands for the line number in the words that tell where a value was read."""


@dataclass(frozen=True, slots=True)
class Span:
    """A recognised value in a text, and the line of the imported page that it was read from."""

    start: int
    end: int
    line: int | None


@dataclass(frozen=True, slots=True)
class Prose:
    """A text with its values; `html` writes it, a value leading to `source` where it was read."""

    text: str
    spans: tuple[Span, ...] = ()
    source: str | None = None

    def html(self, read_from: str = LINE) -> Markup:
        """`read_from` says where a value was read, with `{line}` for the number."""
        return render_inline(self.text, [self._mark(span, read_from) for span in self.spans])

    def cut(self, start: int, end: int) -> Prose:
        """The part from `start` to `end` without surrounding white space, values included."""
        while start < end and self.text[start].isspace():
            start += 1
        while end > start and self.text[end - 1].isspace():
            end -= 1
        spans = tuple(
            replace(span, start=max(span.start, start) - start, end=min(span.end, end) - start)
            for span in self.spans
            if span.start < end and span.end > start
        )
        return Prose(self.text[start:end], spans, self.source)

    def __bool__(self) -> bool:
        return bool(self.text)

    def _mark(self, span: Span, read_from: str) -> Mark:
        if span.line is None or self.source is None:
            return Mark(span.start, span.end)
        return Mark(
            span.start, span.end, f"{self.source}#L{span.line}", read_from.replace(LINE, str(span.line))
        )


@dataclass(frozen=True, slots=True)
class FactNote:
    """What the margin says of a value. The fields of other kinds are None."""

    kind: Literal["progress", "date", "done_total", "parts_total", "amount"]
    literal: str
    certain: bool
    percent: str | None = None
    gauge: int | None = None
    """Percent from 0 to 100 for drawing."""
    first: date | None = None
    last: date | None = None
    by_month: bool = False
    status: str | None = None
    role: str | None = None
    done: int | None = None
    total: int | None = None
    parts: tuple[tuple[str, int], ...] = ()
    parts_sum: int | None = None
    adds_up: bool = True
    amount: Decimal | None = None
    currency: str | None = None
    count: int | None = None


@dataclass(slots=True)
class BlockView:
    """A block of a section; `key` is its anchor on the page, `groups` what is nested in it."""

    key: str
    kind: Literal["item", "paragraph", "code"]
    prose: Prose
    ordered: bool = False
    notes: list[FactNote] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    notes_below: bool = False
    """Whether something nested has a note, so that the margin column goes on beside it."""
    event: Any = None
    """An EventView, where the block is the beginning of one."""
    goal: GoalOfWeek | None = None
    """Of next week's goals, one that was a goal before."""


@dataclass(frozen=True, slots=True)
class Group:
    """Neighbouring blocks that are shown as one: a list of items, or a single paragraph."""

    kind: GroupKind
    blocks: list[BlockView]
    ordered: bool = False
    info: str | None = None
    """The language named behind a fence."""
    rows: tuple[tuple[Markup, ...], ...] = ()
    """The cells of a table, the heading row first."""


class Facts:
    """The values of a document by the block they stand in, and where the page they come from is shown."""

    def __init__(self, document: Document, source: str | None = None) -> None:
        self.source = source
        self._by_block: dict[tuple[int, Path], list[Fact]] = {}
        for fact in document.facts:
            self._by_block.setdefault((fact.place.section, fact.place.path), []).append(fact)

    def of(self, section: int, path: Path) -> list[Fact]:
        return self._by_block.get((section, path), [])

    def prose(self, section: int, path: Path, block: Block) -> Prose:
        """The block's text with the values that stand in it."""
        spans: list[Span] = []
        for fact in self.of(section, path):
            line = fact.source.line if fact.source else _line_of(block.source, block.text, fact.place.start)
            spans.append(Span(fact.place.start, fact.place.end, line))
        return Prose(block.text, tuple(spans), self.source)

    def notes(self, section: int, path: Path) -> list[FactNote]:
        """The values that the margin has more to say of than the text."""
        return [note_of(fact) for fact in self.of(section, path) if _tells_more(fact)]


def anchor(section: int, path: Path = ()) -> str:
    """The id of a section or of a block on the page, for links from elsewhere."""
    return "-".join(str(step) for step in (f"s{section}", *path))


def groups_of(
    blocks: Iterable[tuple[Path, Block]],
    section: int,
    facts: Facts,
    *,
    events: Mapping[Path, Any] = NOTHING,
    covered: Container[Path] = (),
) -> list[Group]:
    """The blocks as groups, nested ones inside.

    `events` are shown in place of the block they begin in; the text of other `covered` blocks is
    shown in those events, what is nested in them and not covered stays in its place.
    """
    groups: list[Group] = []
    for path, block in blocks:
        event = events.get(path)
        inner = groups_of(children(path, block), section, facts, events=events, covered=covered)
        if path in covered and event is None:
            groups += inner
            continue
        view = BlockView(
            key=anchor(section, path),
            kind=block.kind,
            prose=facts.prose(section, path, block),
            ordered=block.ordered,
            notes=[] if event else facts.notes(section, path),
            groups=inner,
            notes_below=any(block.notes or block.notes_below for group in inner for block in group.blocks),
            event=event,
        )
        last = groups[-1] if groups else None
        if block.kind == "code":
            groups.append(code_group(view))
        elif block.kind == "paragraph" and event is None:
            groups.append(Group("paragraph", [view]))
        elif last is not None and last.kind == "items" and (event or last.ordered == block.ordered):
            last.blocks.append(view)
        else:
            groups.append(Group("items", [view], block.ordered))
    return groups


def children(path: Path, block: Block) -> Iterator[tuple[Path, Block]]:
    return (((*path, position), child) for position, child in enumerate(block.blocks))


def note_of(fact: Fact) -> FactNote:
    """The note of a value, made ready to be worded and drawn."""
    if fact.kind == "progress":
        return FactNote(
            fact.kind, fact.literal, fact.certain, percent=_plain(fact.value), gauge=_gauge(fact.value)
        )
    if fact.kind == "date":
        first, last, by_month = days_of(fact.iso)
        return FactNote(
            fact.kind,
            fact.literal,
            fact.certain,
            first=first,
            last=last,
            by_month=by_month,
            status=fact.status,
            role=fact.role,
        )
    if fact.kind == "done_total":
        share = Decimal(100 * fact.done) / fact.total if fact.total else None
        return FactNote(
            fact.kind,
            fact.literal,
            fact.certain,
            percent=None if share is None else str(share.to_integral_value(ROUND_DOWN)),
            gauge=None if share is None else _gauge(share),
            done=fact.done,
            total=fact.total,
        )
    if fact.kind == "parts_total":
        return FactNote(
            fact.kind,
            fact.literal,
            fact.certain,
            total=fact.total,
            parts=tuple(fact.parts.items()),
            parts_sum=sum(fact.parts.values()),
            adds_up=fact.sum_ok,
        )
    return FactNote(
        fact.kind,
        fact.literal,
        fact.certain,
        amount=_decimal(fact.value),
        currency=fact.currency,
        count=fact.count,
    )


def _tells_more(fact: Fact) -> bool:
    """Whether a note adds something; an amount as it is written is only marked in the text."""
    return fact.kind != "amount" or fact.count is not None or not fact.certain or "万" in fact.literal


def days_of(iso: str) -> tuple[date | None, date | None, bool]:
    """First and last day of `2025-06-07`, `2025-09` or a span of either, and whether it is said in months."""
    start, _, end = iso.partition("/")
    by_month = len(start) == 7
    try:
        first = date.fromisoformat(f"{start}-01" if by_month else start)
        last = date.fromisoformat(f"{end}-01" if len(end) == 7 else end) if end else first
    except ValueError:
        return None, None, False
    return first, last, by_month


def code_group(view: BlockView) -> Group:
    """Text kept letter by letter: a table as one, a fenced text without its fence."""
    lines = view.prose.text.split("\n")
    if lines[0].lstrip().startswith("|") and len(lines) > 1:
        rows = _table_rows(lines)
        if rows is not None:
            return Group("table", [view], rows=rows)
    fence = lines[0].strip()[:3]
    if fence in ("```", "~~~"):
        info = lines[0].strip().strip("`~").strip() or None
        closed = len(lines) > 1 and lines[-1].strip() and not lines[-1].strip().strip(fence[0])
        view.prose = Prose("\n".join(lines[1:-1] if closed else lines[1:]), (), None)
        return Group("code", [view], info=info)
    return Group("code", [view])


def _table_rows(lines: list[str]) -> tuple[tuple[Markup, ...], ...] | None:
    """The cells of a pipe table with a rule below its head; None where it is none."""
    cells = [_cells(line) for line in lines if line.strip()]
    if len(cells) < 2 or any(cell.strip(" :-") or "-" not in cell for cell in cells[1]):
        return None
    width = len(cells[0])
    body = [row for index, row in enumerate(cells) if index != 1]
    if any(len(row) > width for row in body):
        return None
    return tuple(tuple(render_inline(cell) for cell in row + [""] * (width - len(row))) for row in body)


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|")
    if inner.endswith("|") and not inner.endswith("\\|"):
        inner = inner[:-1]
    parts = inner.replace("\\|", "\x00").split("|")
    return [part.replace("\x00", "|").strip() for part in parts]


def _line_of(source: Source | None, text: str, start: int) -> int | None:
    """The page's line of an offset; a block's lines follow each other from the line it begins in."""
    return None if source is None else source.line + text.count("\n", 0, start)


def _gauge(percent: Decimal) -> int:
    return int(min(max(percent, Decimal(0)), Decimal(100)))


def _plain(value: Decimal) -> str:
    return f"{value:f}"


def _decimal(value: str) -> Decimal | None:
    try:
        return Decimal(value)
    except InvalidOperation:
        return None
