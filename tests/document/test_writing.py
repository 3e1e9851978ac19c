"""A page is written in one regular form."""

from __future__ import annotations

from app.document.lines import normalise_text
from app.document.reader import read
from app.document.schema import Block, Document, Property, Section
from app.document.writer import write, write_blocks


def item(text: str, *below: Block, ordered: bool = False) -> Block:
    return Block(kind="item", text=text, ordered=ordered, blocks=list(below))


def paragraph(text: str) -> Block:
    return Block(kind="paragraph", text=text)


class TestAPage:
    def test_has_title_properties_second_title_and_sections(self) -> None:
        document = Document(
            title="第23周 2025-06-06",
            second_title="第23周 2025/06/06",
            properties=[
                Property(key="Created", value="2025年6月6日"),
                Property(key="状态", value="已发布", separator="："),
            ],
            sections=[
                Section(
                    kind="workstream", code="O1", title="服务", heading="【O1 服务】", blocks=[item("a")]
                ),
                Section(kind="daily_reports", title="日报合集", heading="日报合集", level=1),
            ],
        )
        assert write(document) == (
            "# 第23周 2025-06-06\n\nCreated: 2025年6月6日\n状态：已发布\n\n# 第23周 2025/06/06\n\n"
            "## 【O1 服务】\n\n- a\n\n# 日报合集\n"
        )

    def test_without_anything_is_empty(self) -> None:
        assert write(Document()) == ""
        assert read("").document == read("\n \n").document

    def test_a_first_line_that_looks_like_a_property_stays_text(self) -> None:
        document = Document(
            title="第23周 2025-06-06", sections=[Section(kind="custom", blocks=[paragraph("Owner: lin")])]
        )
        assert write(document) == "# 第23周 2025-06-06\n\nOwner\\: lin\n"
        again = read(write(document)).document
        assert again.properties == []
        assert again.sections[0].blocks[0].text == "Owner: lin"


class TestBlocks:
    def test_lists_are_tight_and_paragraphs_stand_apart(self) -> None:
        blocks = [
            item("a", item("b", ordered=True), item("c", ordered=True)),
            item("d", paragraph("e")),
            item("f"),
            paragraph("g"),
        ]
        assert write_blocks(blocks) == "- a\n    1. b\n    2. c\n- d\n\n    e\n\n- f\n\ng"

    def test_further_lines_are_indented_below_the_item(self) -> None:
        assert write_blocks([item("a", item("b\nc"))]) == "- a\n    - b\n        c"

    def test_numbers_follow_each_other(self) -> None:
        one, two, three = (item(text, ordered=True) for text in "abc")
        assert write_blocks([one, two, item("x"), three]) == "1. a\n2. b\n- x\n1. c"

    def test_an_item_of_dashes_is_no_rule(self) -> None:
        assert write_blocks([item("---")]) == "* ---"

    def test_an_empty_item_is_its_mark(self) -> None:
        assert write_blocks([item(""), item("", ordered=True)]) == "-\n1."


class TestTypedText:
    def test_is_parted_at_blank_lines_and_loses_white_space_around_lines(self) -> None:
        assert normalise_text("  a \r\n b\t\n\n \u3000\n\nc\rd ") == ["a\nb", "c\nd"]

    def test_keeps_other_spaces(self) -> None:
        assert normalise_text("\u3000\u3000a\u00a0") == ["\u3000\u3000a\u00a0"]

    def test_may_be_empty(self) -> None:
        assert normalise_text(" \n\t\n") == []
