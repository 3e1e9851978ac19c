"""The outline of a week in the browser: keys, buttons, undoing, pasting, dragging, and what is stored."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import DESKTOP, PHONE, Open, Site
from tests.browser.outline_page import URL, Outline, OutlinePage, stored, stored_section
from tests.reports.pages import store_week

PLAN = "分期付能力：两家银行完成联调，进度60%，预计6/13灰度"
BANKS: Outline = [("云杉银行：已投产", []), ("青禾银行：签约接口待修复", [])]
STATEMENTS = "商户对账单自助下载：PC 端提测"
BUSINESS: Outline = [(PLAN, BANKS), (STATEMENTS, [])]
"""What section O1 says at first."""
REPORTS = "报表迁移：总数148个，已完成开发120个，占比81%"


@pytest.fixture
def week(site: Site) -> int:
    return store_week(site.database, site.cast.payments, site.cast.lin, datetime.now(UTC))


@pytest.fixture
def outline(visit: Open, site: Site, week: int) -> OutlinePage:
    return OutlinePage(visit(f"{URL}/edit", as_=site.cast.lin).page)


class TestEnter:
    def test_at_the_end_makes_an_empty_item_below(self, outline: OutlinePage, site: Site, week: int) -> None:
        outline.go("青禾银行")
        outline.press("Enter")
        assert (outline.here, outline.label) == ("", "工作项 1.3")
        assert outline.said == "新的一项，第 3 项，共 3 项"
        outline.type("白桦银行：排期中")
        outline.saved()
        expected: Outline = [(PLAN, [*BANKS, ("白桦银行：排期中", [])]), (STATEMENTS, [])]
        assert outline.outline("业务支撑") == stored_section(site, week, "业务支撑") == expected

    def test_inside_the_text_splits_it(self, outline: OutlinePage, site: Site, week: int) -> None:
        outline.go(STATEMENTS, at=len("商户对账单自助下载："))
        outline.press("Enter")
        assert (outline.here, outline.caret) == ("PC 端提测", 0)
        outline.saved()
        expected: Outline = [(PLAN, BANKS), ("商户对账单自助下载：", []), ("PC 端提测", [])]
        assert outline.outline("业务支撑") == stored_section(site, week, "业务支撑") == expected

    def test_below_an_item_with_others_under_it_the_new_one_is_the_first_of_them(
        self, outline: OutlinePage
    ) -> None:
        outline.go(PLAN)
        outline.press("Enter")
        assert outline.outline("业务支撑") == [(PLAN, [("", []), *BANKS]), (STATEMENTS, [])]

    def test_at_the_start_makes_room_above(self, outline: OutlinePage) -> None:
        outline.go(STATEMENTS, at=0)
        outline.press("Enter")
        assert outline.outline("业务支撑") == [(PLAN, BANKS), ("", []), (STATEMENTS, [])]
        assert (outline.here, outline.caret) == (STATEMENTS, 0)

    def test_with_shift_breaks_the_line_within_the_item(self, outline: OutlinePage) -> None:
        outline.go("云杉银行")
        outline.press("Shift+Enter")
        outline.type("额度已上调")
        assert outline.here == "云杉银行：已投产\n额度已上调"

    def test_in_an_empty_nested_item_moves_it_out(self, outline: OutlinePage) -> None:
        outline.go("青禾银行")
        outline.press("Enter", "Enter")
        assert outline.outline("业务支撑") == [(PLAN, BANKS), ("", []), (STATEMENTS, [])]
        assert outline.label == "工作项 2"

    def test_after_the_last_item_goes_to_the_line_for_the_next(self, outline: OutlinePage) -> None:
        outline.go(STATEMENTS)
        outline.press("Enter")
        expect(outline.new_line("业务支撑")).to_be_focused()
        outline.press("Enter")
        expect(outline.new_line("平台升级")).to_be_focused()
        assert outline.said == "已到“O2平台升级”"


class TestTheLineForTheNextItem:
    def test_is_an_item_as_soon_as_something_stands_in_it(
        self, outline: OutlinePage, site: Site, week: int
    ) -> None:
        outline.new_line("业务支撑").click()
        outline.type("清算引擎：方案评审完成")
        outline.saved()
        expected: Outline = [*BUSINESS, ("清算引擎：方案评审完成", [])]
        assert outline.outline("业务支撑") == stored_section(site, week, "业务支撑") == expected
        expect(outline.new_line("业务支撑")).to_have_value("")

    def test_leaves_nothing_behind_where_nothing_was_written(
        self, outline: OutlinePage, site: Site, week: int
    ) -> None:
        before = stored(site, week)
        outline.new_line("业务支撑").click()
        outline.new_line("平台升级").click()
        outline.saved()
        assert stored(site, week) == before

    def test_nests_below_the_last_item_with_tab(self, outline: OutlinePage) -> None:
        outline.new_line("业务支撑").click()
        outline.press("Tab")
        outline.type("移动端排期")
        assert outline.outline("业务支撑") == [(PLAN, BANKS), (STATEMENTS, [("移动端排期", [])])]

    def test_is_taken_back_as_one_step(self, outline: OutlinePage) -> None:
        outline.new_line("业务支撑").click()
        outline.type("清算引擎")
        outline.press("Control+z")
        assert outline.outline("业务支撑") == BUSINESS


class TestNesting:
    def test_tab_nests_below_the_item_above_and_shift_tab_takes_it_out(
        self, outline: OutlinePage, site: Site, week: int
    ) -> None:
        outline.go(STATEMENTS, at=3)
        outline.press("Tab")
        assert (outline.label, outline.caret) == ("工作项 1.3", 3)
        assert outline.said.startswith("已缩进到“分期付能力")
        nested: Outline = [(PLAN, [*BANKS, (STATEMENTS, [])])]
        outline.saved()
        assert outline.outline("业务支撑") == stored_section(site, week, "业务支撑") == nested
        outline.press("Shift+Tab")
        assert outline.said == "已减少缩进，现为第 2 项，共 2 项"
        outline.saved()
        assert outline.outline("业务支撑") == stored_section(site, week, "业务支撑") == BUSINESS

    def test_takes_what_is_below_along(self, outline: OutlinePage) -> None:
        outline.go("青禾银行")
        outline.press("Tab", "Shift+Tab")
        outline.go(PLAN)
        outline.press("Alt+ArrowDown", "Tab")
        assert outline.outline("业务支撑") == [(STATEMENTS, [(PLAN, BANKS)])]

    def test_says_why_it_cannot(self, outline: OutlinePage) -> None:
        outline.go(PLAN)
        outline.press("Tab")
        assert outline.said == "上面没有项，无法缩进"
        outline.press("Shift+Tab")
        assert outline.said.startswith("已在最外层")
        assert outline.here == PLAN


class TestLeaving:
    def test_escape_leaves_so_that_tab_moves_on(self, outline: OutlinePage) -> None:
        before = outline.outline("业务支撑")
        outline.go(PLAN)
        outline.press("Escape")
        assert outline.said == "已离开文字：Tab 移到下一处，Enter 回到文字"
        assert outline.page.evaluate("document.activeElement.dataset.kind") == "item"
        for _ in range(120):
            outline.press("Tab")
            if outline.page.evaluate("document.activeElement === document.getElementById('new-heading')"):
                break
        else:
            pytest.fail("Tab never came to the end of the page")
        assert outline.outline("业务支撑") == before

    def test_enter_goes_back_to_the_text_and_tab_nests_again_once_something_is_written(
        self, outline: OutlinePage
    ) -> None:
        outline.go(STATEMENTS)
        outline.press("Escape", "Enter")
        assert outline.here == STATEMENTS
        outline.press("Tab")
        assert outline.outline("业务支撑") == [(PLAN, [*BANKS, (STATEMENTS, [])])]

    def test_each_field_tells_how_to_leave(self, outline: OutlinePage) -> None:
        expect(outline.field(PLAN)).to_have_accessible_description(
            "Enter 写下一项，Tab 缩进；按 Esc 后 Tab 移到下一处。Ctrl+/ 查看全部按键。"
        )


class TestMoving:
    def test_alt_and_arrows_move_an_item_with_all_below_it(
        self, outline: OutlinePage, site: Site, week: int
    ) -> None:
        outline.go(PLAN, at=2)
        outline.press("Alt+ArrowDown")
        assert outline.said == "已下移到第 2 项，共 2 项"
        assert (outline.here, outline.caret) == (PLAN, 2)
        outline.saved()
        expected: Outline = [(STATEMENTS, []), (PLAN, BANKS)]
        assert outline.outline("业务支撑") == stored_section(site, week, "业务支撑") == expected

    def test_goes_on_into_the_next_section(self, outline: OutlinePage, site: Site, week: int) -> None:
        outline.go(PLAN)
        outline.press("Alt+ArrowDown", "Alt+ArrowDown")
        assert outline.said == "已移到“O2平台升级”第 1 项，共 2 项"
        outline.saved()
        assert outline.outline("业务支撑") == stored_section(site, week, "业务支撑") == [(STATEMENTS, [])]
        expected: Outline = [(PLAN, BANKS), (REPORTS, [])]
        assert outline.outline("平台升级") == stored_section(site, week, "平台升级") == expected
        outline.press("Alt+ArrowUp")
        assert outline.outline("业务支撑") == [(STATEMENTS, []), (PLAN, BANKS)]

    def test_a_nested_item_goes_on_below_the_neighbour_of_its_parent(self, outline: OutlinePage) -> None:
        outline.go("青禾银行")
        outline.press("Alt+ArrowDown")
        assert outline.outline("业务支撑") == [(PLAN, BANKS[:1]), (STATEMENTS, BANKS[1:])]
        outline.press("Alt+ArrowUp")
        assert outline.outline("业务支撑") == BUSINESS


class TestJoining:
    def test_backspace_at_the_start_joins_with_the_item_above(
        self, outline: OutlinePage, site: Site, week: int
    ) -> None:
        outline.go(STATEMENTS, at=0)
        outline.press("Backspace")
        joined = "青禾银行：签约接口待修复" + STATEMENTS
        assert (outline.here, outline.caret) == (joined, len("青禾银行：签约接口待修复"))
        outline.saved()
        expected: Outline = [(PLAN, [BANKS[0], (joined, [])])]
        assert outline.outline("业务支撑") == stored_section(site, week, "业务支撑") == expected

    def test_keeps_what_is_below(self, outline: OutlinePage, site: Site, week: int) -> None:
        outline.go(PLAN)
        outline.press("Alt+ArrowDown")
        outline.go(PLAN, at=0)
        outline.press("Backspace")
        outline.saved()
        expected: Outline = [(STATEMENTS + PLAN, BANKS)]
        assert outline.outline("业务支撑") == stored_section(site, week, "业务支撑") == expected

    def test_in_an_empty_item_removes_it(self, outline: OutlinePage) -> None:
        outline.go("云杉银行")
        outline.press("Enter", "Backspace")
        assert outline.outline("业务支撑") == BUSINESS
        assert (outline.here, outline.caret) == (BANKS[0][0], len(BANKS[0][0]))

    def test_delete_at_the_end_joins_the_next(self, outline: OutlinePage) -> None:
        outline.go("云杉银行")
        outline.press("Delete")
        assert outline.outline("业务支撑") == [(PLAN, [(BANKS[0][0] + BANKS[1][0], [])]), (STATEMENTS, [])]
        assert outline.caret == len(BANKS[0][0])

    def test_does_nothing_at_the_start_of_a_section(self, outline: OutlinePage) -> None:
        before = outline.everything()
        outline.go(PLAN, at=0)
        outline.press("Backspace")
        assert outline.everything() == before


class TestGoing:
    def test_arrows_go_from_line_to_line_and_from_item_to_item(self, outline: OutlinePage) -> None:
        outline.go("云杉银行", at=2)
        outline.press("ArrowDown")
        assert (outline.here, outline.caret) == (BANKS[1][0], 2)
        outline.press("ArrowDown", "ArrowDown")
        expect(outline.new_line("业务支撑")).to_be_focused()
        outline.press("ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp")
        assert outline.here == PLAN

    def test_within_a_text_of_several_lines_the_arrows_stay_in_it(self, outline: OutlinePage) -> None:
        outline.go("云杉银行")
        outline.press("Shift+Enter")
        outline.type("第二行")
        outline.press("ArrowUp")
        assert outline.here.startswith("云杉银行")
        outline.press("ArrowUp")
        assert outline.here == PLAN

    def test_left_and_right_go_over_the_edge(self, outline: OutlinePage) -> None:
        outline.go("云杉银行")
        outline.press("ArrowRight")
        assert (outline.here, outline.caret) == (BANKS[1][0], 0)
        outline.press("ArrowLeft")
        assert (outline.here, outline.caret) == (BANKS[0][0], len(BANKS[0][0]))


class TestRemoving:
    def test_takes_all_below_along_and_undo_brings_it_back(
        self, outline: OutlinePage, site: Site, week: int
    ) -> None:
        outline.go(PLAN)
        outline.press("Control+Shift+Backspace")
        assert outline.said.startswith("已删除“分期付能力")
        assert outline.here == STATEMENTS
        outline.saved()
        assert stored_section(site, week, "业务支撑") == [(STATEMENTS, [])]
        outline.press("Control+z")
        assert outline.said == "已撤销：删除"
        assert outline.here == PLAN
        outline.saved()
        assert outline.outline("业务支撑") == stored_section(site, week, "业务支撑") == BUSINESS
        outline.press("Control+Shift+z")
        outline.saved()
        assert outline.outline("业务支撑") == stored_section(site, week, "业务支撑") == [(STATEMENTS, [])]


class TestUndoing:
    def test_takes_typing_back_word_by_word(self, outline: OutlinePage) -> None:
        outline.go("云杉银行")
        outline.type(" two words")
        outline.press("Control+z")
        assert outline.here == "云杉银行：已投产 two "
        outline.press("Control+z")
        assert outline.here == "云杉银行：已投产 "
        outline.press("Control+y", "Control+Shift+z")
        assert outline.here == "云杉银行：已投产 two words"

    def test_a_pause_begins_a_new_step(self, outline: OutlinePage) -> None:
        outline.go("云杉银行")
        outline.type("甲")
        outline.page.wait_for_timeout(1100)
        outline.type("乙")
        outline.press("Control+z")
        assert outline.here == "云杉银行：已投产甲"

    def test_goes_through_structure_and_text_in_the_order_they_were_done(self, outline: OutlinePage) -> None:
        outline.go("云杉银行")
        outline.press("Enter")
        outline.type("新")
        outline.press("Tab")
        outline.type("项")
        for expected in (
            [(BANKS[0][0], [("新", [])]), BANKS[1]],
            [BANKS[0], ("新", []), BANKS[1]],
            [BANKS[0], ("", []), BANKS[1]],
            BANKS,
        ):
            outline.press("Control+z")
            assert outline.outline("业务支撑") == [(PLAN, expected), (STATEMENTS, [])]
        assert (outline.here, outline.caret) == (BANKS[0][0], len(BANKS[0][0]))
        outline.press("Control+z")
        assert outline.said == "没有可撤销的操作"

    def test_a_new_action_ends_what_could_be_redone(self, outline: OutlinePage) -> None:
        outline.go("云杉银行")
        outline.type("甲")
        outline.press("Control+z")
        outline.type("乙")
        outline.press("Control+y")
        assert outline.said == "没有可重做的操作"
        assert outline.here == "云杉银行：已投产乙"

    def test_keeps_to_what_is_on_the_page_where_others_removed_the_item(
        self, outline: OutlinePage, visit: Open, site: Site, week: int
    ) -> None:
        outline.go("云杉银行")
        outline.type("甲")
        outline.saved()
        outline.page.evaluate("document.activeElement.closest('li.item').remove()")
        outline.go(STATEMENTS)
        outline.press("Control+z")
        assert outline.said == "他人已改动，无法再处理：输入"

    def test_keeps_the_words_that_others_wrote_meanwhile(self, outline: OutlinePage) -> None:
        field = outline.go("云杉银行")
        outline.type("甲")
        field.evaluate("field => { field.value = field.value.replace('云杉', '雪松') }")
        outline.press("Control+z")
        assert outline.here == "雪松银行：已投产"

    def test_other_fields_take_back_their_own_typing(self, outline: OutlinePage) -> None:
        heading = outline.page.locator("#new-heading")
        heading.focus()
        outline.type("abc")
        outline.press("Control+z")
        expect(heading).to_have_value("")
        assert outline.said == ""

    @pytest.mark.parametrize("seed", range(6))
    def test_all_undone_is_the_beginning_and_all_redone_the_end(
        self, outline: OutlinePage, site: Site, week: int, seed: int
    ) -> None:
        chance = random.Random(seed)
        start = outline.everything()
        done = act_at_random(outline, chance, times=40)
        outline.saved()
        end = outline.everything()
        assert stored_like(end, stored(site, week)), done
        undo_all(outline)
        assert outline.everything() == start, done
        outline.saved()
        assert stored_like(start, stored(site, week)), done
        redo_all(outline)
        assert outline.everything() == end, done
        outline.saved()
        assert stored_like(end, stored(site, week)), done


class TestPasting:
    def test_a_list_becomes_items_with_its_nesting(self, outline: OutlinePage, site: Site, week: int) -> None:
        outline.new_line("业务支撑").click()
        outline.paste("- 清算引擎：开发60%\n  - 网关\n  - 记账\n- 退款提速：已上线\n")
        assert outline.said == "已粘贴 4 项"
        assert (outline.here, outline.caret) == ("退款提速：已上线", 8)
        outline.saved()
        pasted: Outline = [("清算引擎：开发60%", [("网关", []), ("记账", [])]), ("退款提速：已上线", [])]
        expected = [*BUSINESS, *pasted]
        assert outline.outline("业务支撑") == stored_section(site, week, "业务支撑") == expected
        outline.press("Control+z")
        assert outline.outline("业务支撑") == BUSINESS

    def test_goes_into_the_text_at_the_caret(self, outline: OutlinePage) -> None:
        outline.go(STATEMENTS, at=len("商户对账单"))
        outline.paste("（一）\n（二）")
        assert outline.outline("业务支撑") == [
            (PLAN, BANKS),
            ("商户对账单（一）", []),
            ("（二）自助下载：PC 端提测", []),
        ]

    def test_a_line_stays_text(self, outline: OutlinePage) -> None:
        outline.go("云杉银行")
        outline.paste("，额度已上调")
        assert outline.here == "云杉银行：已投产，额度已上调"
        outline.press("Control+z")
        assert outline.here == BANKS[0][0]

    def test_the_list_of_another_program_comes_with_its_levels(self, outline: OutlinePage) -> None:
        outline.new_line("业务支撑").click()
        outline.paste("a\nb\nc", "<ul><li>甲<ul><li>甲之一</li></ul></li><li><b>乙</b></li></ul>")
        assert outline.outline("业务支撑")[2:] == [("甲", [("甲之一", [])]), ("**乙**", [])]

    def test_cells_of_a_sheet_are_a_line_each(self, outline: OutlinePage) -> None:
        outline.new_line("业务支撑").click()
        rows = "<tr><td>清算引擎</td><td>60%</td></tr><tr><td>退款提速</td><td>100%</td></tr>"
        outline.paste("清算引擎\t60%\n退款提速\t100%", f"<table>{rows}</table>")
        assert outline.outline("业务支撑")[2:] == [("清算引擎 60%", []), ("退款提速 100%", [])]


class TestDragging:
    def test_moves_a_branch_to_where_the_line_is(self, outline: OutlinePage, site: Site, week: int) -> None:
        drag(outline, PLAN, REPORTS, below=True)
        outline.saved()
        expected: Outline = [(REPORTS, []), (PLAN, BANKS)]
        assert outline.outline("平台升级") == stored_section(site, week, "平台升级") == expected
        assert outline.said == "已移到“O2平台升级”第 2 项，共 2 项"

    def test_how_far_to_the_right_says_how_deep(self, outline: OutlinePage) -> None:
        drag(outline, STATEMENTS, BANKS[1][0], below=True, right=30)
        assert outline.outline("业务支撑") == [(PLAN, [*BANKS, (STATEMENTS, [])])]
        drag(outline, STATEMENTS, BANKS[1][0], below=True, right=-30)
        assert outline.outline("业务支撑") == BUSINESS

    def test_an_item_never_goes_below_itself(self, outline: OutlinePage) -> None:
        drag(outline, PLAN, BANKS[0][0], below=True, right=30)
        assert outline.outline("业务支撑") == BUSINESS

    def test_escape_puts_it_back(self, outline: OutlinePage) -> None:
        mouse = outline.page.mouse
        start = grip_of(outline, STATEMENTS)
        mouse.move(*start)
        mouse.down()
        mouse.move(start[0], start[1] - 60, steps=4)
        expect(outline.page.locator(".drop-line")).to_be_visible()
        outline.press("Escape")
        expect(outline.page.locator(".drop-line")).to_have_count(0)
        mouse.up()
        assert outline.outline("业务支撑") == BUSINESS

    def test_near_the_edge_the_page_goes_on_by_itself(self, outline: OutlinePage) -> None:
        mouse = outline.page.mouse
        mouse.move(*grip_of(outline, PLAN))
        before = outline.page.evaluate("scrollY")
        mouse.down()
        mouse.move(300, DESKTOP["height"] - 10, steps=5)
        outline.page.wait_for_timeout(400)
        assert outline.page.evaluate("scrollY") > before
        outline.press("Escape")
        mouse.up()

    def test_works_by_touch(self, visit: Open, site: Site, week: int) -> None:
        outline = OutlinePage(visit(f"{URL}/edit", as_=site.cast.lin, size=PHONE).page)
        x, y = grip_of(outline, STATEMENTS)
        goal = box(outline.field(PLAN))
        touch = outline.page.context.new_cdp_session(outline.page)
        outline.page.evaluate("history.scrollRestoration = 'manual'")
        path = [(x, y), (x, y - 10), (x, (y + goal["y"]) / 2), (x, goal["y"] + 1)]
        for index, (left, top) in enumerate(path):
            kind = "touchMove" if index else "touchStart"
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": left, "y": top}]})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        assert outline.outline("业务支撑") == [(STATEMENTS, []), (PLAN, BANKS)]


class TestButtons:
    def test_do_what_the_keys_do_and_leave_the_caret_where_it_is(self, outline: OutlinePage) -> None:
        outline.go(STATEMENTS, at=4)
        for name, expected in [
            ("上移", [(STATEMENTS, []), (PLAN, BANKS)]),
            ("下移", BUSINESS),
            ("缩进到上一项之下", [(PLAN, [*BANKS, (STATEMENTS, [])])]),
            ("减少缩进", BUSINESS),
        ]:
            outline.button(name).click()
            assert outline.outline("业务支撑") == expected, name
            assert (outline.here, outline.caret) == (STATEMENTS, 4)
        outline.button("删除").click()
        assert outline.outline("业务支撑") == [(PLAN, BANKS)]
        outline.page.get_by_role("button", name="撤销", exact=True).click()
        assert outline.outline("业务支撑") == BUSINESS
        outline.page.get_by_role("button", name="重做", exact=True).click()
        assert outline.outline("业务支撑") == [(PLAN, BANKS)]

    def test_write_an_item_below(self, outline: OutlinePage) -> None:
        outline.go("云杉银行")
        outline.button("在下面写一项").click()
        outline.type("新")
        assert outline.outline("业务支撑") == [(PLAN, [BANKS[0], ("新", []), BANKS[1]]), (STATEMENTS, [])]

    def test_are_worked_by_keyboard_and_keep_the_focus(self, outline: OutlinePage) -> None:
        outline.go(STATEMENTS)
        outline.button("上移").focus()
        outline.press("Enter")
        assert outline.outline("业务支撑") == [(STATEMENTS, []), (PLAN, BANKS)]
        expect(outline.page.locator("button:focus")).to_have_accessible_name("上移")

    def test_on_a_phone_they_hide_no_text(self, visit: Open, site: Site, week: int) -> None:
        outline = OutlinePage(visit(f"{URL}/edit", as_=site.cast.lin, size=PHONE).page)
        field = outline.field("云杉银行")
        field.tap() if outline.page.evaluate("navigator.maxTouchPoints") else field.click()
        tools = box(outline.page.locator(".field:focus-within .moves"))
        assert tools["y"] + tools["height"] == pytest.approx(PHONE["height"], abs=1)
        text = box(field)
        assert text["y"] + text["height"] <= tools["y"]
        for button in outline.page.locator(".field:focus-within .moves button:visible").all():
            assert min(box(button)["width"], box(button)["height"]) >= 44

    def test_a_number_is_a_handle_of_at_least_24_pixels(self, outline: OutlinePage) -> None:
        for text in (PLAN, "云杉银行"):
            grip = box(outline.field(text).locator("xpath=ancestor::li[1]").locator(".grip").first)
            assert min(grip["width"], grip["height"]) >= 24


class TestTheSheetOfKeys:
    def test_opens_by_key_and_by_button_and_closes_with_escape(self, outline: OutlinePage) -> None:
        sheet = outline.page.get_by_role("dialog", name="按键")
        outline.press("Shift+?")
        expect(sheet).to_be_visible()
        outline.press("Escape")
        expect(sheet).to_be_hidden()
        outline.page.get_by_role("button", name="按键", exact=True).click()
        expect(sheet).to_be_visible()
        sheet.get_by_role("button", name="关闭").click()
        expect(sheet).to_be_hidden()

    def test_a_question_mark_in_a_text_is_one_and_another_key_opens_it_there(
        self, outline: OutlinePage
    ) -> None:
        outline.go("云杉银行")
        outline.type("?")
        assert outline.here == "云杉银行：已投产?"
        outline.press("Control+/")
        expect(outline.page.get_by_role("dialog", name="按键")).to_be_visible()
        outline.press("Escape")
        assert outline.here == "云杉银行：已投产?"

    @pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_is_accessible(
        self, visit: Open, site: Site, week: int, language: str, size: dict[str, int]
    ) -> None:
        opened = visit(f"{URL}/edit", as_=site.cast.lin, language=language, size=size)
        opened.page.locator(".section > ol.items textarea").first.focus()
        assert opened.axe() == []
        assert not opened.scrolls_sideways()
        opened.page.keyboard.press("Control+/")
        assert opened.axe() == []
        assert not opened.scrolls_sideways()


class TestGoingToThePreview:
    def test_saves_what_was_typed_first(self, outline: OutlinePage, site: Site, week: int) -> None:
        outline.go("云杉银行")
        outline.type("，额度已上调")
        outline.saved()
        outline.type("！")
        outline.press("Control+Enter")
        expect(outline.page).to_have_url(re.compile(re.escape(URL) + "/publication$"))
        assert stored_section(site, week, "业务支撑")[0][1][0] == ("云杉银行：已投产，额度已上调！", [])

    def test_says_where_there_is_nothing_to_publish(self, outline: OutlinePage) -> None:
        outline.press("Control+Enter")
        expect(outline.page.locator("#outline-said")).to_have_text("没有改动，无需发布")


class TestAnInputMethod:
    """Pinyin, as Chromium is told by the browser's own protocol."""

    def test_enter_tab_and_backspace_are_its_own_while_it_composes(self, outline: OutlinePage) -> None:
        outline.go("云杉银行")
        before = outline.outline("业务支撑")
        compose(outline, "ni'hao")
        for key, code in [("Enter", 229), ("Tab", 229), ("Backspace", 229), ("ArrowDown", 229)]:
            outline.page.evaluate(
                """([key, code]) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown',
                    {key, keyCode: code, isComposing: true, bubbles: true, cancelable: true}))""",
                [key, code],
            )
        assert outline.here == "云杉银行：已投产ni'hao"
        commit(outline, "你好")
        assert outline.outline("业务支撑")[0][1][0][0] == "云杉银行：已投产你好"
        assert len(outline.outline("业务支撑")[0][1]) == len(before[0][1])

    def test_a_composition_is_one_step(self, outline: OutlinePage) -> None:
        outline.go("云杉银行")
        compose(outline, "ni")
        compose(outline, "ni'hao")
        commit(outline, "你好")
        commit(outline, "世界")
        outline.press("Control+z")
        assert outline.here == "云杉银行：已投产你好"
        outline.press("Control+z")
        assert outline.here == "云杉银行：已投产"

    def test_begins_an_item_in_the_line_for_the_next_without_losing_a_letter(
        self, outline: OutlinePage, site: Site, week: int
    ) -> None:
        outline.new_line("业务支撑").click()
        compose(outline, "qing")
        compose(outline, "qing'suan")
        commit(outline, "清算")
        outline.saved()
        expected: Outline = [*BUSINESS, ("清算", [])]
        assert outline.outline("业务支撑") == stored_section(site, week, "业务支撑") == expected
        outline.press("Control+z")
        assert outline.outline("业务支撑") == BUSINESS


class TestWithoutScripts:
    def test_items_are_nested_and_removed_by_forms(self, visit: Open, site: Site, week: int) -> None:
        page = visit(f"{URL}/edit", as_=site.cast.lin, scripts=False).page

        def press(text: str, name: str) -> None:
            form = page.locator("textarea").filter(has_text=text).locator("xpath=ancestor::form")
            form.locator("textarea").focus()
            form.get_by_role("button", name=name, exact=True).click()

        press(STATEMENTS, "缩进到上一项之下")
        assert stored_section(site, week, "业务支撑") == [(PLAN, [*BANKS, (STATEMENTS, [])])]
        press(STATEMENTS, "减少缩进")
        assert stored_section(site, week, "业务支撑") == BUSINESS
        press("云杉银行", "删除")
        assert stored_section(site, week, "业务支撑") == [(PLAN, BANKS[1:]), (STATEMENTS, [])]
        assert not page.locator(".grip").first.is_visible()
        assert not page.get_by_role("button", name="撤销", exact=True).is_visible()


class TestAWholeWeek:
    def test_of_forty_items_is_written_with_the_keyboard_alone(
        self, outline: OutlinePage, site: Site, week: int
    ) -> None:
        outline.go(STATEMENTS)
        outline.press("Enter")
        expected: list[Outline] = []
        for section in range(2):
            items: Outline = []
            for number in range(1, 6):
                outline.type(f"第{section}栏工作{number}：进度{number}0%")
                outline.press("Enter", "Tab")
                parts: Outline = []
                for part in range(1, 4):
                    outline.type(f"分项{number}.{part} 完成")
                    outline.press("Enter")
                    parts.append((f"分项{number}.{part} 完成", []))
                items.append((f"第{section}栏工作{number}：进度{number}0%", parts))
                outline.press("Enter")
            outline.press("Backspace")
            expected.append(items)
            outline.press("ArrowDown", "Enter")
            next_line = outline.page.locator("textarea:focus")
            expect(next_line).to_have_accessible_name("新事件" if section else "新工作项")
        outline.saved()
        assert stored_section(site, week, "业务支撑") == [*BUSINESS, *expected[0]]
        assert stored_section(site, week, "平台升级") == [(REPORTS, []), *expected[1]]
        assert stored_like(outline.everything(), stored(site, week))


def act_at_random(outline: OutlinePage, chance: random.Random, *, times: int) -> list[str]:
    """Do things at random with the items of three sections; what was done."""
    done: list[str] = []
    sections = ("业务支撑", "平台升级", "下周工作及目标")
    keys = [
        *("Enter", "Tab", "Shift+Tab", "Alt+ArrowUp", "Alt+ArrowDown", "Backspace", "Delete"),
        *("Control+Shift+Backspace", "Control+z", "Control+y", "Shift+Enter"),
    ]
    for _ in range(times):
        fields = outline.section(chance.choice(sections)).locator("> ol.items textarea[name=text]")
        field = fields.nth(chance.randrange(fields.count()))
        field.focus()
        at = chance.choice([0, None, chance.randrange(6)])
        field.evaluate("(f, at) => f.setSelectionRange(at ?? f.value.length, at ?? f.value.length)", at)
        action = chance.choice([*keys, *keys, "type", "type", "paste"])
        done.append(f"{action} at {at} in {field.input_value()[:12]!r}")
        if action == "type":
            outline.type(chance.choice(["甲 乙", "word ", "12%", "，还有"]))
        elif action == "paste":
            outline.paste(chance.choice(["一\n二", "- 一\n  - 二\n- 三", "1. 一\n2. 二\n   - 三"]))
        else:
            outline.press(action)
    return done


def undo_all(outline: OutlinePage) -> None:
    for _ in range(400):
        outline.press("Control+z")
        if outline.said == "没有可撤销的操作":
            return
    pytest.fail("there was no end to undoing")


def redo_all(outline: OutlinePage) -> None:
    for _ in range(400):
        outline.press("Control+y")
        if outline.said == "没有可重做的操作":
            return
    pytest.fail("there was no end to redoing")


def stored_like(shown: list[tuple[str, Outline]], kept: list[tuple[str, Outline]]) -> bool:
    """Whether the sections of the outline say the same in the database, but for white space at the ends."""
    found = dict(kept)
    sections = [(title, items) for title, items in shown if "稳定性" not in title and "运行" not in title]
    return all(trimmed(items) == trimmed(found[title]) for title, items in sections)


def trimmed(items: Outline) -> Outline:
    return [(text.strip(), trimmed(below)) for text, below in items]


def box(element: Locator) -> dict[str, Any]:
    found = element.bounding_box()
    assert found is not None
    return dict(found)


def grip_of(outline: OutlinePage, text: str) -> tuple[float, float]:
    """The middle of the handle of the item that begins so."""
    item = outline.field(text).locator("xpath=ancestor::li[1]")
    item.scroll_into_view_if_needed()
    outline.field(text).hover()
    grip = box(item.locator("> .field > .grip"))
    return grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2


def drag(outline: OutlinePage, text: str, goal: str, *, below: bool = False, right: int = 0) -> None:
    """Drag an item by its handle above or below another one's text, and to the right or left."""
    outline.page.evaluate("scrollTo(0, 0)")
    outline.field(goal).scroll_into_view_if_needed()
    mouse = outline.page.mouse
    x, y = grip_of(outline, text)
    mouse.move(x, y)
    mouse.down()
    to = box(outline.field(goal).locator("xpath=ancestor::*[contains(@class, 'field')]"))
    mouse.move(x + right, to["y"] + (to["height"] - 1 if below else 1), steps=8)
    expect(outline.page.locator(".drop-line")).to_be_visible()
    mouse.up()


def compose(outline: OutlinePage, text: str) -> None:
    """Half composed text, as an input method shows it."""
    session = outline.page.context.new_cdp_session(outline.page)
    session.send(
        "Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)}
    )


def commit(outline: OutlinePage, text: str) -> None:
    """The text that the input method puts in the place of what was composed."""
    outline.page.context.new_cdp_session(outline.page).send("Input.insertText", {"text": text})
