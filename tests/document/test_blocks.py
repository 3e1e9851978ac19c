"""Lines of a page become blocks the way people mean them, not the way CommonMark nests them."""

from __future__ import annotations

from app.document.blocks import DEEPEST, MAX_BLOCKS
from app.document.outline import structure
from app.document.places import walk
from app.document.schema import Block
from app.document.writer import write, write_blocks


def blocks(text: str) -> list[Block]:
    document = structure(f"# 第23周\n\n## 【O1 服务业务】\n\n{text}")
    return document.sections[0].blocks


def tree(text: str) -> list[object]:
    """Items as `- text` or `1. text`, paragraphs as text, with their children below them."""

    def shown(block: Block) -> object:
        mark = {"item": "1. " if block.ordered else "- ", "paragraph": "", "code": "code "}[block.kind]
        text = mark + block.text
        return (text, [shown(child) for child in block.blocks]) if block.blocks else text

    return [shown(block) for block in blocks(text)]


class TestListMarks:
    def test_bullets_have_several_marks(self) -> None:
        assert tree("- a\n* b\n+ c") == ["- a", "- b", "- c"]
        assert tree("• a\n• b") == ["- a", "- b"]

    def test_numbers_may_be_followed_by_a_point_or_a_bracket(self) -> None:
        assert tree("1. a\n2) b\n3） c\n4． d") == ["1. a", "1. b", "1. c", "1. d"]

    def test_a_number_without_a_space_is_an_item_as_people_mean_it(self) -> None:
        assert tree("1.【对账】完成\n2.【清算】完成") == ["1. 【对账】完成", "1. 【清算】完成"]
        assert tree("1、压测\n2、割接") == ["1. 压测", "1. 割接"]

    def test_a_version_or_a_decimal_at_the_start_is_text(self) -> None:
        assert tree("2.0版本上线\n\n3.15大促\n\n12.8日提测") == ["2.0版本上线", "3.15大促", "12.8日提测"]

    def test_an_enumeration_of_months_is_text(self) -> None:
        assert tree("6、7月完成") == ["6、7月完成"]

    def test_a_mark_people_type_by_hand_is_text_within_a_paragraph(self) -> None:
        assert tree("步骤如下\n1.先停写\n2.再切换") == ["步骤如下\n1.先停写\n2.再切换"]

    def test_but_counts_below_a_line_that_leads_in(self) -> None:
        assert tree("步骤：\n1.先停写\n2.再切换") == ["步骤：", "1. 先停写", "1. 再切换"]

    def test_an_empty_bullet_is_kept(self) -> None:
        assert tree("- \n- a\n-") == ["- ", "- a", "- "]

    def test_a_rule_is_no_list(self) -> None:
        assert tree("- a\n---\n* * *\nb") == ["- a", "---", "* * *", "b"]

    def test_emphasis_and_signs_are_no_marks(self) -> None:
        assert tree("**账单：**完成\n\n-5%\n\n+86") == ["**账单：**完成", "-5%", "+86"]


class TestNesting:
    def test_numbers_in_bullets_in_bullets(self) -> None:
        assert tree("- a\n    - b\n        1. c\n        2. d\n    - e\n- f") == [
            ("- a", [("- b", ["1. c", "1. d"]), "- e"]),
            "- f",
        ]

    def test_two_columns_are_enough_whatever_the_number_is_wide(self) -> None:
        assert tree("10. a\n  - b\n1. c\n   - d") == [("1. a", ["- b"]), ("1. c", ["- d"])]

    def test_one_column_is_a_slip(self) -> None:
        assert tree("- a\n - b") == ["- a", "- b"]

    def test_tabs_indent_too(self) -> None:
        assert tree("- a\n\t- b\n\t\t- c") == [("- a", [("- b", ["- c"])])]

    def test_an_outdented_item_joins_the_level_it_is_nearest_to(self) -> None:
        assert tree("- a\n        - b\n    - c") == [("- a", ["- b", "- c"])]

    def test_blank_lines_do_not_part_a_list(self) -> None:
        assert tree("- a\n\n    - b\n\n- c") == [("- a", ["- b"]), "- c"]

    def test_two_marks_mix_at_one_level(self) -> None:
        assert tree("1. a\n- b\n2. c") == ["1. a", "- b", "1. c"]


class TestNumbers:
    def numbers(self, text: str) -> list[int | None]:
        return [block.number for block in blocks(text)]

    def test_the_number_that_follows_is_not_stored(self) -> None:
        assert self.numbers("1. a\n2. b\n3. c") == [None, None, None]

    def test_another_number_is_stored_and_comes_back(self) -> None:
        assert self.numbers("3. a\n4. b\n1. c\n1. d") == [3, None, 1, 1]
        assert write_blocks(blocks("3. a\n4. b\n1. c\n1. d")) == "3. a\n4. b\n1. c\n1. d"

    def test_a_list_goes_on_after_a_paragraph(self) -> None:
        assert self.numbers("1. a\n\nb\n\n2. c\n3. d") == [None, None, 2, None]


class TestLinesBelowAMark:
    def test_an_unindented_line_belongs_to_the_bullet_above(self) -> None:
        assert tree("- 【清算】\n压测完成\n- b") == ["- 【清算】\n压测完成", "- b"]

    def test_also_below_a_nested_one(self) -> None:
        assert tree("- a\n    1. b\nc") == [("- a", ["1. b\nc"])]

    def test_an_indented_paragraph_after_a_line_of_spaces_belongs_to_the_item(self) -> None:
        assert tree("- a\n    \n    b\n    \n    c\n    \n- d") == [("- a", ["b", "c"]), "- d"]

    def test_it_belongs_to_the_item_it_is_indented_under(self) -> None:
        assert tree("- a\n    - b\n\n        d\n\n    c") == [("- a", [("- b", ["d"]), "c"])]

    def test_the_body_of_a_number_without_a_space_may_stand_as_deep_as_the_number(self) -> None:
        assert tree("- a\n    \n    1.【甲】总计3个\n    \n    已投产3个\n    \n    2.【乙】总计1个") == [
            ("- a", [("1. 【甲】总计3个", ["已投产3个"]), "1. 【乙】总计1个"])
        ]

    def test_an_unindented_paragraph_after_a_blank_line_is_the_sections(self) -> None:
        assert tree("- a\n\nb\n- c") == ["- a", "b", "- c"]

    def test_indented_text_is_never_code(self) -> None:
        assert tree("        a") == ["a"]

    def test_full_width_and_no_break_spaces_are_text(self) -> None:
        assert tree("- \u3000a\n- \u00a0b\n\n\u3000\u3000c") == ["- \u3000a", "- \u00a0b", "\u3000\u3000c"]

    def test_a_line_of_them_alone_is_blank(self) -> None:
        assert tree("a\n\u3000\nb") == ["a", "b"]

    def test_only_newlines_end_lines(self) -> None:
        assert tree("a\u2028b\x0bc\x85d\x1ce") == ["a\u2028b\x0bc\x85d\x1ce"]


class TestTextKeptLetterByLetter:
    def test_fenced_code(self) -> None:
        text = "```sh\n# a\n- b\n\n    c\n```"
        assert tree(text) == [f"code {text}"]

    def test_fenced_code_of_an_item_loses_the_items_indentation_only(self) -> None:
        assert tree("- a\n\n    ```\n      b\n    ```") == [("- a", ["code ```\n  b\n```"])]

    def test_a_fence_that_is_never_closed_takes_nothing_along(self) -> None:
        assert tree("```\n- a\n\nb") == ["code ```", "- a", "b"]

    def test_tables(self) -> None:
        assert tree("| a | b |\n| - | - |\nc") == ["code | a | b |\n| - | - |", "c"]


class TestEscapes:
    def test_one_backslash_is_taken_from_text_that_begins_like_a_mark(self) -> None:
        assert tree("\\- a\n\n\\# b\n\n1\\. c\n\n\\\\- d\n\n\\|") == ["- a", "# b", "1. c", "\\- d", "|"]

    def test_other_backslashes_stay(self) -> None:
        assert tree("\\a\n\n\\1. b\n\n\\*c\n\n- \\- d") == ["\\a", "\\1. b", "\\*c", "- \\- d"]

    def test_typed_text_is_written_so_that_it_comes_back(self) -> None:
        texts = ["- a", "1. a", "# a", "\\- a", "```", "|a|", "1.【a】", "a\n---\n- b", "\u3000"]
        typed = [Block(kind="paragraph", text=text) for text in texts]
        assert [block.text for block in blocks(write_blocks(typed))] == texts

    def test_text_that_needs_none_gets_none(self) -> None:
        texts = ["---", "-a", "1.5", "#a", "a\n1、b", "*a*", "> a", "<!-- a -->"]
        typed = [Block(kind="paragraph", text=text) for text in texts]
        assert "\\" not in write_blocks(typed)
        assert [block.text for block in blocks(write_blocks(typed))] == texts


class TestBounds:
    def test_deeper_items_stay_siblings(self) -> None:
        text = "".join(f"{'  ' * depth}- {depth}\n" for depth in range(3 * DEEPEST))
        found = list(walk(blocks(text)))
        assert [block.text for _, block in found] == [str(depth) for depth in range(3 * DEEPEST)]
        assert max(len(path) for path, _ in found) == DEEPEST

    def test_a_page_of_too_many_blocks_keeps_the_rest_as_it_is(self) -> None:
        page = "# t\n\n" + "- a\n" * (MAX_BLOCKS + 50) + "## b\n"
        document = structure(page)
        rest = document.sections[0].blocks[-1]
        assert rest.kind == "code"
        assert rest.text.endswith("- a\n## b")
        assert structure(write(document)).sections[0].blocks[-1].text == rest.text
