"""The two laws of reading and writing: documents come back, and no word of a page is lost."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import example, given, settings

from app.document.lines import normalise_text
from app.document.outline import structure
from app.document.places import walk
from app.document.reader import read
from app.document.recognition import recognise
from app.document.schema import Document
from app.document.writer import write
from tests.document.strategies import documents, pages, typed


def content(document: Document) -> Any:
    """A document without its sources, which are where it came from and not what it says."""

    def stripped(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: stripped(item) for key, item in value.items() if key != "source"}
        return [stripped(item) for item in value] if isinstance(value, list) else value

    return stripped(document.model_dump())


_MARK = re.compile(r"\ufeff?[ \t\r\f\v]*([-*+•●▪◦‣·]|\d{1,9}[.)．）、])")


def words(page: str) -> str:
    """The non-blank characters of a page without its list marks, which a written page may make regular."""
    page = page.replace("\r\n", "\n")
    lines = page.split("\n")
    for section in structure(page).sections:
        for _, block in walk(section.blocks):
            if block.kind == "item":
                assert block.source is not None
                mark = _MARK.match(lines[block.source.line - 1])
                assert mark is not None
                lines[block.source.line - 1] = lines[block.source.line - 1][mark.end() :]
    return "".join("\n".join(lines).split())


class TestADocumentComesBack:
    """Law 1: `read(write(document))` is the document."""

    @settings(max_examples=150, deadline=None)
    @given(documents())
    def test_whatever_people_typed(self, document: Document) -> None:
        page = write(document)
        got = read(page).document
        week = got.week
        assert week is not None
        expected = recognise(document.model_copy(update={"week": week}), monday=week.start)
        assert content(got) == content(expected), page

    @settings(max_examples=150, deadline=None)
    @given(pages)
    def test_and_so_does_what_was_read_from_a_page(self, page: str) -> None:
        document = structure(page)
        assert content(structure(write(document))) == content(document), write(document)

    @settings(max_examples=150, deadline=None)
    @given(typed)
    def test_typed_text_becomes_legal_texts_that_stay_as_they_are(self, text: str) -> None:
        texts = normalise_text(text)
        assert all(normalise_text(each) == [each] for each in texts)
        assert "".join("".join(texts).split()) == "".join(text.split())


class TestNoWordIsLost:
    """Law 2: a written page holds every non-blank character of the page it was read from, in order."""

    @settings(max_examples=300, deadline=None)
    @given(pages)
    @example("\ufeff# 第23周\n\nA: b\n1、c\n")
    def test_on_any_page(self, page: str) -> None:
        written = write(structure(page.replace("\r\n", "\n")))
        assert words(written) == words(page), written
