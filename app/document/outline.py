"""The structure of a page: title, properties, sections and their blocks; no values yet."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.document.blocks import Heading, Node, scan, to_blocks
from app.document.headings import arrange, phrase_key, read_words
from app.document.labels import begins_with_label, has_label, same_week
from app.document.lines import is_strong_mark, is_weak_mark, split_property, unescape_property
from app.document.schema import Block, Document, Property, Section, Source

BOM = "\ufeff"
_LONGEST_TITLE = 120
_MOST_PROPERTIES = 100
_RUNS = re.compile(r"\d+|[^\W\d_]+")

Found = Heading | Node


class Outline:
    """Deals the scanned lines of a page out to the parts of a document, in order."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.document = Document(bom=text.startswith(BOM))
        self.found = scan(text, 1 if self.document.bom else 0)
        self.heads: list[tuple[Heading | None, list[Node]]] = []
        self.title_line = 1

    def read(self) -> Document:
        title = self._title()
        at = 0
        if title is None:
            at = self._properties(0, "title")
        while at < len(self.found):
            part = self.found[at]
            at += 1
            if part is title:
                self.document.title_at = len(self.heads)
                at = self._properties(at, "title")
            elif isinstance(part, Heading):
                if self._is_second_title(part):
                    self.document.second_title = part.text
                    self.document.second_title_at = len(self.heads)
                    at = self._properties(at, "second_title")
                    continue
                self.heads.append((part, []))
            else:
                if not self.heads or self._is_cut(len(self.heads)):
                    self.heads.append((None, []))
                self.heads[-1][1].append(part)
        self.document.sections = self._sections()
        return self.document

    def _title(self) -> Found | None:
        """The title: the first heading if it is one, or a plain first line that names a week."""
        first = next((part for part in self.found if isinstance(part, Heading)), None)
        if first is not None and is_title(first):
            self.document.title, self.document.title_level = first.text, first.level
            self.title_line = first.line
            return first
        plain = self.found[0] if self.found else None
        if not isinstance(plain, Node) or plain.kind != "paragraph":
            return None
        line = plain.lines[0]
        is_escaped = is_strong_mark(line) or is_weak_mark(line)
        if is_escaped or len(line) > _LONGEST_TITLE or not begins_with_label(line):
            return None
        self.document.title, self.document.title_level = line, 0
        self.title_line = plain.line
        if len(plain.lines) > 1:
            self.found[1:] = self._again(plain.starts[1])
            del plain.lines[1:], plain.starts[1:]
        return plain

    def _is_second_title(self, heading: Heading) -> bool:
        title = self.document.title
        return (
            title is not None
            and self.document.second_title is None
            and heading.level == max(self.document.title_level, 1)
            and same_title(title, heading.text)
        )

    def _is_cut(self, index: int) -> bool:
        """Whether a title stands just before: blocks after it are no part of the section above it."""
        document = self.document
        after_title = document.title is not None and document.title_at == index > 0
        after_second = document.second_title is not None and document.second_title_at == index
        return after_title or after_second

    def _properties(self, at: int, below: str) -> int:
        """Take the `key: value` lines at the start of the paragraph at `at`; where to go on."""
        document = self.document
        part = self.found[at] if at < len(self.found) else None
        if document.properties or not isinstance(part, Node) or part.kind != "paragraph":
            return at
        for line in part.lines[:_MOST_PROPERTIES]:
            found = split_property(line)
            if found is None:
                break
            key, separator, value = found
            document.properties.append(Property(key=key, value=value, separator=separator))
        taken = len(document.properties)
        if not taken:
            part.lines[0] = unescape_property(part.lines[0])
            return at
        document.properties_at = "second_title" if below == "second_title" else "title"
        if taken < len(part.lines):
            self.found[at + 1 :] = self._again(part.starts[taken])
        return at + 1

    def _again(self, start: int) -> list[Found]:
        """Scan once more from the line that holds `start`, as the beginning of a block."""
        return scan(self.text, self.text.rfind("\n", 0, start) + 1)

    def _sections(self) -> list[Section]:
        blocks = [to_blocks(nodes) for _, nodes in self.heads]
        arranged = arrange(
            [
                (None if head is None else head.text, 1 if head is None else head.level, bool(own))
                for (head, _), own in zip(self.heads, blocks, strict=True)
            ]
        )
        sections = []
        for (head, _), own, as_read in zip(self.heads, blocks, arranged, strict=True):
            sections.append(
                Section(
                    kind=kind_without_heading(own) if head is None else as_read.kind,
                    code=as_read.code,
                    title=as_read.title,
                    heading=None if head is None else head.text,
                    level=2 if head is None else head.level,
                    parent=as_read.parent,
                    blocks=own,
                    source=_section_source(head, own),
                )
            )
        return sections


def structure(text: str) -> Document:
    """Everything that stands on a page, in its place; values are for `recognise` to find."""
    return Outline(text.replace("\r\n", "\n")).read()


def is_title(heading: Heading) -> bool:
    """Whether the first heading of a page is its title and not already a section."""
    words = read_words(heading.text)
    if words.kind is not None and words.kind != "custom":
        return False
    is_bracketed = words.bracketed and heading.text.rstrip("*_ ：:").endswith("】")
    return has_label(heading.text) or (heading.level == 1 and words.kind is None and not is_bracketed)


def same_title(title: str, again: str) -> bool:
    """Whether two titles differ in separators only: `第30周 2023-07-21`, `第30周 2023/7/21`."""
    return title == again or (_title_key(title) == _title_key(again) != []) or same_week(title, again)


def kind_without_heading(blocks: Sequence[Block]) -> str:
    """A run of `- 【…】` bullets below the properties is key work although nothing says so."""
    item = next((block for block in blocks if block.kind == "item"), None)
    return "key_work" if item is not None and item.text.lstrip("*_ \u3000").startswith("【") else "custom"


def _title_key(title: str) -> list[str]:
    joined = " ".join(_RUNS.findall(title[:_LONGEST_TITLE]))
    return [run.lstrip("0") if run.isdigit() else phrase_key(run) for run in joined.split()]


def _section_source(head: Heading | None, blocks: Sequence[Block]) -> Source | None:
    last = blocks[-1] if blocks else None
    while last is not None and last.blocks:
        last = last.blocks[-1]
    end = last.source.end if last is not None and last.source is not None else None
    if head is not None:
        return Source(start=head.start, end=max(head.end, end or 0), line=head.line)
    first = blocks[0].source if blocks else None
    return None if first is None else Source(start=first.start, end=end or first.end, line=first.line)
