"""The outline by mouse, touch and buttons; pasting; the sheet of keys; without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, Open, Site
from tests.browser.outline_page import (
    BANKS,
    BUSINESS,
    PLAN,
    REPORTS,
    STATEMENTS,
    URL,
    Outline,
    OutlinePage,
    box,
    stored_section,
)


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

    def test_a_page_is_offered_as_one_and_becomes_items_where_it_is_wanted_as_lines(
        self, outline: OutlinePage
    ) -> None:
        outline.new_line("业务支撑").click()
        outline.paste("## 【O3 稳定】\n\n- 压测通过\n\n## 【O4 合规】\n\n- 年检定稿\n")
        assert outline.outline("业务支撑") == BUSINESS
        outline.page.get_by_role("button", name="按列表逐行放入").click()
        texts = [text for text, _ in outline.outline("业务支撑")]
        assert texts[2:] == ["【O3 稳定】", "压测通过", "【O4 合规】", "年检定稿"]


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

    def test_on_a_phone_a_value_is_added_below_the_text_where_nothing_else_stands(
        self, visit: Open, site: Site, week: int
    ) -> None:
        opened = visit(f"{URL}/edit", as_=site.cast.lin, size=PHONE)
        outline = OutlinePage(opened.page)
        for text in ("云杉银行", REPORTS):
            field = outline.field(text)
            field.click()
            adding = box(outline.page.locator(".field:focus-within .chip.new summary"))
            own = box(outline.page.locator(".field:focus-within"))
            assert adding["y"] >= box(field)["y"] + box(field)["height"]
            assert adding["y"] + adding["height"] <= own["y"] + own["height"] + 1
            assert adding["height"] >= 24
        assert not opened.scrolls_sideways()

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

    def test_does_not_wait_for_the_button_of_an_amendment(self, outline: OutlinePage) -> None:
        """Guard: the state of the page counts, not whether its bar was drawn anew already."""
        outline.page.route(re.compile(r"/edit$"), lambda route: route.abort())
        outline.go("云杉银行")
        outline.type("！")
        outline.press("Control+Enter")
        expect(outline.page).to_have_url(re.compile(re.escape(URL) + "/publication$"))

    def test_says_where_there_is_nothing_to_publish(self, outline: OutlinePage) -> None:
        outline.press("Control+Enter")
        expect(outline.page.locator("#outline-said")).to_have_text("没有改动，无需发布")


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
