"""The writer: a report document as a Markdown page, in the regular form of the shapes people use.

What the reader of pages reads back from it is the same document. Items are `-` and `1.`, four
spaces a level; the further lines and paragraphs of an item stand indented below it; a line of text
that begins like a mark gets one backslash.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.document.blocks import INDENT, numbered
from app.document.lines import ASCII_SPACE, escape, escape_property, escape_rule, is_rule, leads_in
from app.document.schema import Block, Document, Section

BOM = "\ufeff"


def write(document: Document) -> str:
    """The page of a document. `read(write(document))` gives the document again."""
    parts: list[str] = []
    for index in range(len(document.sections) + 1):
        below_title = False
        if index == min(document.title_at, len(document.sections)):
            below_title = _write_titles(document, parts)
        if document.second_title is not None and index == min(
            document.second_title_at, len(document.sections)
        ):
            below_title = _write_second_title(document, parts)
        if index < len(document.sections):
            _write_section(document.sections[index], parts, below_title=below_title)
    page = "\n\n".join(parts) + "\n" if parts else ""
    if page.startswith(BOM):
        page = "\n" + page  # a byte order mark is one at the very start only; here it is text
    return BOM + page if document.bom else page


def write_blocks(blocks: Sequence[Block]) -> str:
    """Blocks as Markdown, without a final newline."""
    return "\n".join(_lines(blocks, 0))


def _write_titles(document: Document, parts: list[str]) -> bool:
    """Whether a line `key: value` that follows would be read as a property; so the next two."""
    if document.title is not None:
        parts.append(
            f"{'#' * document.title_level} {document.title}" if document.title_level else document.title
        )
    return document.properties_at != "title" or _write_properties(document, parts)


def _write_second_title(document: Document, parts: list[str]) -> bool:
    parts.append(f"{'#' * max(document.title_level, 1)} {document.second_title}")
    return (
        _write_properties(document, parts)
        if document.properties_at == "second_title"
        else not document.properties
    )


def _write_properties(document: Document, parts: list[str]) -> bool:
    if document.properties:
        parts.append("\n".join(f"{item.key}{item.separator}{item.value}" for item in document.properties))
    return not document.properties


def _write_section(section: Section, parts: list[str], *, below_title: bool) -> None:
    if section.heading is not None:
        parts.append(f"{'#' * section.level} {section.heading}".rstrip(ASCII_SPACE))
    blocks = section.blocks
    if section.heading is None and below_title and blocks and blocks[0].kind == "paragraph":
        first, newline, rest = blocks[0].text.partition("\n")
        blocks = [blocks[0].model_copy(update={"text": escape_property(first) + newline + rest}), *blocks[1:]]
    if blocks:
        parts.append("\n".join(_lines(blocks, 0)))


def _lines(blocks: Sequence[Block], depth: int) -> list[str]:
    lines: list[str] = []
    indent = " " * (INDENT * depth)
    previous: Block | None = None
    for block, number in numbered(blocks):
        if previous is not None and not (block.kind == previous.kind == "item" and not _ends_loose(previous)):
            lines.append("")
        if block.kind == "code":
            lines += [indent + line if line else line for line in block.text.split("\n")]
        elif block.kind == "paragraph":
            lines += [indent + line for line in _text_lines(block.text, first=True)]
        else:
            lines += _item_lines(block, number, indent)
            if block.blocks:
                if block.blocks[0].kind != "item":
                    lines.append("")
                lines += _lines(block.blocks, depth + 1)
        previous = block
    return lines


def _item_lines(block: Block, number: int, indent: str) -> list[str]:
    first, *rest = _text_lines(block.text, first=False)
    mark = f"{number}." if block.ordered else "-"
    if not block.ordered and is_rule(f"- {first}"):
        mark = "*"
    below = indent + " " * INDENT
    return [f"{indent}{mark} {first}".rstrip(ASCII_SPACE), *(below + line for line in rest)]


def _text_lines(text: str, *, first: bool) -> list[str]:
    """The lines of a text as they are written; the first one of an item stands behind its mark."""
    lines = [stripped for line in text.split("\n") if (stripped := line.strip(ASCII_SPACE))] or [""]
    if not first:
        return [lines[0], *(escape_rule(escape(line, first=False)) for line in lines[1:])]
    counts = [True, *(leads_in(line) for line in lines)]
    written = [escape(line, first=weak) for line, weak in zip(lines, counts, strict=False)]
    return written if len(lines) == 1 else [escape_rule(line) for line in written]


def _ends_loose(block: Block) -> bool:
    """Whether the last thing written of an item was a paragraph, which gets a blank line after it."""
    while block.blocks:
        block = block.blocks[-1]
        if block.kind != "item":
            return True
    return False
