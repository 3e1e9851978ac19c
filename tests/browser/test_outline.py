"""The keys of the outline: making, nesting, moving, joining and removing items."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from app.reports.models import Item
from tests.browser.conftest import Open, Site
from tests.browser.outline_page import (
    BANKS,
    BUSINESS,
    PLAN,
    REPORTS,
    STATEMENTS,
    URL,
    Outline,
    OutlinePage,
    stored,
    stored_like,
    stored_section,
)


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


class TestCarriedItems:
    """What last week left open is kept or dropped with one key; the focus goes on to the next."""

    @pytest.fixture
    def outline(self, visit: Open, site: Site, week: int) -> OutlinePage:
        said: dict[str, Any] = {"from": "2025-05-26", "text": STATEMENTS, "progress": None, "dates": []}
        with site.database.writing() as session:
            for text in (BANKS[0][0], BANKS[1][0]):
                values = {"carried": {**said, "text": text}, "carried_open": True}
                session.execute(update(Item).where(Item.text == text).values(**values))
        return OutlinePage(visit(f"{URL}/edit", as_=site.cast.lin).page)

    def test_alt_enter_keeps_one(self, outline: OutlinePage, site: Site, week: int) -> None:
        outline.go("云杉银行")
        outline.press("Alt+Enter")
        assert outline.said == "已保留“云杉银行：已投产”"
        assert outline.here == BANKS[1][0]
        outline.saved()
        assert self.open_ones(site) == [BANKS[1][0]]

    @pytest.mark.parametrize("key", ["Alt+Backspace", "Alt+Delete"])
    def test_alt_backspace_drops_one_and_undo_brings_it_back(
        self, outline: OutlinePage, site: Site, week: int, key: str
    ) -> None:
        outline.go("云杉银行")
        outline.press(key)
        assert outline.said == "已去掉“云杉银行：已投产”"
        assert outline.here == BANKS[1][0]
        outline.press("Control+z")
        assert outline.outline("业务支撑") == BUSINESS
        outline.saved()
        assert stored_section(site, week, "业务支撑") == BUSINESS

    def test_are_touched_by_typing(self, outline: OutlinePage, site: Site, week: int) -> None:
        outline.go("云杉银行")
        outline.type("！")
        outline.saved()
        assert self.open_ones(site) == [BANKS[1][0]]

    def test_the_keys_mean_nothing_elsewhere(self, outline: OutlinePage) -> None:
        outline.go(STATEMENTS)
        outline.press("Alt+Enter", "Alt+Delete")
        assert outline.outline("业务支撑")[1][0].startswith("商户对账单")

    def open_ones(self, site: Site) -> list[str]:
        with site.database.reading() as session:
            return list(session.scalars(select(Item.text).where(Item.carried_open).order_by(Item.id)))


class TestManyItems:
    def test_nested_in_two_sections_are_written_with_the_keyboard_alone(
        self, outline: OutlinePage, site: Site, week: int
    ) -> None:
        outline.go(STATEMENTS)
        outline.press("Enter")
        expected: list[Outline] = []
        for section in range(2):
            items: Outline = []
            for number in range(1, 4):
                outline.type(f"第{section}栏工作{number}：进度{number}0%")
                outline.press("Enter", "Tab")
                parts: Outline = []
                for part in range(1, 3):
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


LOOK_UPS = """() => {
    window.lookUps = 0;
    const look = Element.prototype.querySelector;
    Element.prototype.querySelector = function (...asked) {
        window.lookUps += 1;
        return look.apply(this, asked);
    };
    const {get} = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'labels');
    Object.defineProperty(HTMLTextAreaElement.prototype, 'labels', {
        get() { window.lookUps += 100; return get.call(this); },
    });
}"""


class TestALongList:
    def test_is_pasted_and_taken_back_with_work_that_grows_with_its_length(
        self, outline: OutlinePage, site: Site, week: int
    ) -> None:
        """Guard: numbering once for all; three times as many items are not nine times as much to do."""
        page = outline.page
        page.evaluate(LOOK_UPS)
        costs = []
        for count in (40, 120):
            outline.new_line("业务支撑").click()
            page.evaluate("window.lookUps = 0")
            outline.paste("\n".join(f"- 第{number}项" for number in range(count)))
            assert len(outline.outline("业务支撑")) == len(BUSINESS) + count
            outline.press("Control+z")
            assert outline.outline("业务支撑") == BUSINESS
            costs.append(page.evaluate("window.lookUps"))
        assert costs[1] < 4 * costs[0]
        outline.saved()
        assert stored_section(site, week, "业务支撑") == BUSINESS
