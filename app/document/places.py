"""Blocks by their place in a section, and the page's offsets of a place in a block's text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.document.schema import Block, Source

Path = tuple[int, ...]


def walk(blocks: Sequence[Block], prefix: Path = ()) -> Iterator[tuple[Path, Block]]:
    """Every block with its path, in the order of the page."""
    for index, block in enumerate(blocks):
        path = (*prefix, index)
        yield path, block
        if block.blocks:
            yield from walk(block.blocks, path)


def block_at(blocks: Sequence[Block], path: Path) -> Block:
    """The block at a path below these."""
    for position in path[:-1]:
        blocks = blocks[position].blocks
    return blocks[path[-1]]


def source_of(block: Block, start: int, end: int) -> Source | None:
    """Where `block.text[start:end]` stands in the page; None for what no page was read for."""
    source = block.source
    if source is None:
        return None
    if len(source.lines) < 2:
        return Source(start=source.start + start, end=source.start + end, line=source.line)
    text = block.text
    first = text.count("\n", 0, start)
    last = first + text.count("\n", start, end)
    return Source(
        start=source.lines[first] + start - _line_start(text, start),
        end=source.lines[last] + end - _line_start(text, end),
        line=source.line + first,
    )


def _line_start(text: str, offset: int) -> int:
    return text.rfind("\n", 0, offset) + 1
