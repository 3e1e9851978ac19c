"""The lines of a page as headings and blocks: one pass, each line looked at once.

Nesting follows what people mean by their indentation, not CommonMark: two columns deeper than the
mark of the item above is below it, whatever that item's number is wide. A line without a mark
directly under a block continues it, at any indentation; after a blank line it is a paragraph, of
the item it is indented under or of the section. Indented text is never code.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from app.document.lines import (
    ASCII_SPACE,
    BULLET,
    FENCE,
    HEADING,
    ORDERED,
    WEAK_BULLET,
    WEAK_ORDERED,
    is_blank,
    is_plain,
    is_rule,
    is_strong_mark,
    is_weak_mark,
    leads_in,
    unescape,
    unescape_rule,
)
from app.document.schema import Block, Source

BlockKind = Literal["item", "paragraph", "code"]

INDENT = 4
DEEPEST = 24  # deeper items stay siblings at this depth: nobody reads them, and recursion is bounded
MAX_BLOCKS = 10_000  # what follows is kept letter by letter in one `code` block


@dataclass(slots=True)
class Heading:
    """A heading line: `text` without the leading number signs; offsets of the whole line."""

    text: str
    level: int
    start: int
    end: int
    line: int


@dataclass(slots=True)
class Node:
    """A block while it grows; `starts` are the page offsets of its `lines`."""

    kind: BlockKind
    column: int
    line: int
    lines: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    number: int | None = None
    weak: bool = False
    children: list[Node] = field(default_factory=list)

    def add(self, text: str, start: int) -> None:
        self.lines.append(text)
        self.starts.append(start)


class Scanner:
    """Takes the lines of a page in order and holds the open block and the items it lies in."""

    def __init__(self, text: str, start: int) -> None:
        self.lines = text[start:].split("\n") if start else text.split("\n")
        self.offset = start
        self.lines_before = text.count("\n", 0, start)
        self.found: list[Heading | Node] = []
        self.count = 0
        self.open: Node | None = None
        self.table: Node | None = None
        self.items: list[Node] = []
        self.fences = _Fences(self.lines) if "```" in text or "~~~" in text else None

    def scan(self) -> list[Heading | Node]:
        """Headings and top-level blocks in order."""
        offset, index, lines = self.offset, 0, self.lines
        while index < len(lines):
            if self.count >= MAX_BLOCKS and self._begins_block(lines[index]):
                self._keep_rest(index, offset)
                break
            taken = self._take(index, offset)
            offset += len(lines[index]) + 1
            for line in lines[index + 1 : index + taken]:
                offset += len(line) + 1
            index += taken
        return self.found

    def _take(self, index: int, offset: int) -> int:
        """Read the line at `index` (and those it takes along); how many were read."""
        line = self.lines[index]
        body = line.strip(ASCII_SPACE)
        if not body or body.isspace():
            self.open = None
            return 1
        indentation = line[: line.find(body[0])]
        offset += len(indentation)
        if self.open is not None and self.open.lines[-1] and is_plain(body):
            self.open.add(body, offset)
            return 1
        column = _column(indentation)
        if is_strong_mark(body):
            return self._mark(index, offset, column, body)
        if is_rule(body):
            self._place(self._node("paragraph", column, index), column).add(body, offset)
            self.open = None
        elif self._weak_counts() and is_weak_mark(body):
            self._item(index, offset, column, body, weak=True)
        elif self.open is None:
            text, skipped = unescape(body, first=True)
            self.open = self._place(self._node("paragraph", column, index), column)
            self.open.add(text, offset + skipped)
        elif self.open.lines == [""] and not unescape(body, first=False)[1]:
            self.open.lines[0], self.open.starts[0] = body, offset
        elif self.open.lines == [""]:
            self.open = None
            return self._take(index, offset - len(indentation))
        else:
            text, skipped = unescape(body, first=self._weak_counts() and not self.open.weak)
            self.open.add(text, offset + skipped)
        return 1

    def _weak_counts(self) -> bool:
        above = self.open
        return above is None or above.weak or (above.kind == "paragraph" and leads_in(above.lines[-1]))

    def _begins_block(self, line: str) -> bool:
        body = line.strip(ASCII_SPACE)
        return (
            self.open is None
            or is_blank(line)
            or is_strong_mark(body)
            or is_rule(body)
            or (self._weak_counts() and is_weak_mark(body))
        )

    def _mark(self, index: int, offset: int, column: int, body: str) -> int:
        if body[0] == "#":
            self._heading(index, offset, body)
            return 1
        if body[0] == "|":
            return self._table(index, offset, column, body)
        if body[0] in "`~":
            return self._fence(index, offset, column, body)
        self._item(index, offset, column, body, weak=False)
        return 1

    def _heading(self, index: int, offset: int, body: str) -> None:
        found = HEADING.match(body)
        assert found is not None
        level = len(found[1] or found[2])
        self.found.append(Heading(body[found.end() :], level, offset, offset + len(body), self._line(index)))
        self.count += 1
        self.open, self.items = None, []

    def _item(self, index: int, offset: int, column: int, body: str, *, weak: bool) -> None:
        if body[0].isdigit():
            found = (WEAK_ORDERED if weak else ORDERED).match(body)
        else:
            found = (WEAK_BULLET if weak else BULLET).match(body)
        assert found is not None
        node = self._node("item", column, index, weak=weak)
        if body[0].isdigit():
            node.number = int(found[1])
        node.add(body[found.end() :], offset + found.end())
        self._place(node, column)
        self.items.append(node)
        self.open = node

    def _table(self, index: int, offset: int, column: int, body: str) -> int:
        table = self.table
        if table is None or table.line + len(table.lines) != self._line(index):
            table = self.table = self._place(self._node("code", column, index), column)
        table.add(body, offset)
        self.open = None
        return 1

    def _fence(self, index: int, offset: int, column: int, body: str) -> int:
        """A fenced block through its closing fence; a fence that is never closed is kept alone."""
        assert self.fences is not None
        node = self._place(self._node("code", column, index), column)
        node.add(body, offset)
        self.open = None
        last = self.fences.closing(index, body)
        if last is None:
            return 1
        start = offset + len(self.lines[index].lstrip(ASCII_SPACE)) + 1
        for line in self.lines[index + 1 : last + 1]:
            text = _dedented(line, column)
            node.add(text.rstrip("\r"), start + len(line) - len(text))
            start += len(line) + 1
        node.lines[-1] = node.lines[-1].rstrip(ASCII_SPACE)
        return last - index + 1

    def _place(self, node: Node, column: int) -> Node:
        """Put a new block below the item it is indented under, or on the section's own level."""
        items = self.items
        while items and column < items[-1].column + _needed(items[-1], node):
            items.pop()
        if node.kind == "item":
            del items[DEEPEST - 1 :]
        if items:
            items[-1].children.append(node)
        else:
            self.found.append(node)
        self.count += 1
        return node

    def _node(self, kind: BlockKind, column: int, index: int, *, weak: bool = False) -> Node:
        return Node(kind, column, self._line(index), weak=weak)

    def _line(self, index: int) -> int:
        return self.lines_before + index + 1

    def _keep_rest(self, index: int, offset: int) -> None:
        text = "\n".join(self.lines[index:])
        kept = "\n".join(line.rstrip("\r") for line in self.lines[index:])
        if text.strip(ASCII_SPACE + "\n"):
            self.items = []
            skipped = len(text) - len(text.lstrip(ASCII_SPACE + "\n"))
            node = self._place(self._node("code", 0, index + text[:skipped].count("\n")), 0)
            node.add(kept.strip(ASCII_SPACE + "\n"), offset + skipped)


class _Fences:
    """Where fences can close, so that every search goes forward only."""

    def __init__(self, lines: list[str]) -> None:
        self.closers: dict[str, list[tuple[int, int]]] = {"`": [], "~": []}
        self.longest: dict[str, list[int]] = {"`": [], "~": []}
        self.next: dict[str, int] = {"`": 0, "~": 0}
        for index, line in enumerate(lines):
            body = line.strip(ASCII_SPACE)
            if len(body) >= 3 and body[0] in "`~" and not body.strip(body[0]):
                self.closers[body[0]].append((index, len(body)))
        for char, closers in self.closers.items():
            best = 0
            for _, length in reversed(closers):
                best = max(best, length)
                self.longest[char].append(best)
            self.longest[char].reverse()

    def closing(self, index: int, body: str) -> int | None:
        """The line that closes the fence opened by `body` at `index`."""
        found = FENCE.match(body)
        assert found is not None
        char, length = body[0], len(found[1] or found[2])
        closers, at = self.closers[char], self.next[char]
        while at < len(closers) and closers[at][0] <= index:
            at += 1
        self.next[char] = at
        if at == len(closers) or self.longest[char][at] < length:
            return None
        while closers[at][1] < length:
            at += 1
        return closers[at][0]


def scan(text: str, start: int = 0) -> list[Heading | Node]:
    """The headings and top-level blocks of a page, in order, from character `start` on."""
    return Scanner(text, start).scan()


def to_blocks(nodes: Sequence[Node]) -> list[Block]:
    """Nodes as the document's blocks, with their sources."""
    blocks: list[Block] = []
    expected = 1
    for node in nodes:
        ordered = node.number is not None
        blocks.append(_block(node, number=node.number if ordered and node.number != expected else None))
        expected = node.number + 1 if node.number is not None else 1
    return blocks


def numbered(blocks: Sequence[Block]) -> Iterator[tuple[Block, int]]:
    """Each block with the number it bears if it is an ordered item (0 otherwise)."""
    expected = 1
    for block in blocks:
        if block.kind == "item" and block.ordered:
            number = expected if block.number is None else block.number
            yield block, number
            expected = number + 1
        else:
            yield block, 0
            expected = 1


def _block(node: Node, *, number: int | None) -> Block:
    lines, starts = node.lines, node.starts
    if len(lines) > 1 and node.kind != "code":
        _unescape_rules(node)
    text = "\n".join(lines)
    end = starts[-1] + len(lines[-1])
    return Block(
        kind=node.kind,
        text=text,
        ordered=node.number is not None,
        number=number,
        blocks=to_blocks(node.children) if node.children else [],
        source=Source(start=starts[0], end=end, line=node.line, lines=tuple(starts)),
    )


def _unescape_rules(node: Node) -> None:
    for index, line in enumerate(node.lines):
        if line[:1] == "\\" and (index or node.kind == "paragraph"):
            node.lines[index], skipped = unescape_rule(line)
            node.starts[index] += skipped


def _needed(item: Node, node: Node) -> int:
    """How many columns deeper than `item` a block must stand to be below it.

    The body of `1.【…】` stands as deep as its mark: for the page's program both were paragraphs.
    """
    return 0 if item.weak and node.kind != "item" and item.column > 0 else 2


def _column(indentation: str) -> int:
    if "\t" not in indentation:
        return len(indentation)
    column = 0
    for char in indentation:
        column = column - column % INDENT + INDENT if char == "\t" else column + 1
    return column


def _dedented(line: str, column: int) -> str:
    """A line of fenced code without the indentation its fence has."""
    at = taken = 0
    while at < len(line) and taken < column and line[at] in ASCII_SPACE:
        taken = taken - taken % INDENT + INDENT if line[at] == "\t" else taken + 1
        at += 1
    return line[at:]
