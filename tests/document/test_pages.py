"""Whole pages of every shape are read as a careful person reads them."""

from __future__ import annotations

import pytest

from app.document.listing import as_json
from app.document.places import walk
from app.document.reader import read
from app.document.writer import write
from tests.document.golden import expected, page_names, page_text, summary
from tests.document.test_laws import content, words

NAMES = page_names()


@pytest.mark.parametrize("name", NAMES)
class TestEachPage:
    def test_is_read_as_written_down_beside_it(self, name: str) -> None:
        assert summary(read(page_text(name))) == expected(name)

    def test_is_written_back_with_every_word(self, name: str) -> None:
        assert words(write(read(page_text(name)).document)) == words(page_text(name))

    def test_reads_the_same_after_it_was_written(self, name: str) -> None:
        document = read(page_text(name)).document
        assert content(read(write(document)).document) == content(document)

    def test_is_regular_once_it_was_written(self, name: str) -> None:
        written = write(read(page_text(name)).document)
        assert write(read(written).document) == written

    def test_shows_every_value_where_it_stands(self, name: str) -> None:
        reading = read(page_text(name))
        got = as_json(reading)
        for value in [*got["metrics"], *got["facts"]]:
            assert reading.text[value["start"] : value["end"]] == value["literal"]

    def test_has_each_line_of_each_block_where_its_source_says(self, name: str) -> None:
        reading = read(page_text(name))
        for section in reading.document.sections:
            for _, block in walk(section.blocks):
                assert block.source is not None
                for line, start in zip(block.text.split("\n"), block.source.lines, strict=True):
                    if not line.startswith(("- ", "1. ")):  # written with a backslash in the page
                        assert reading.text[start : start + len(line)] == line
