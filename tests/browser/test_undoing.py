"""Undoing and redoing what was done to the outline and its texts, also with an input method."""

from __future__ import annotations

import random

import pytest
from playwright.sync_api import expect

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
    trimmed,
)


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
        assert trimmed_all(outline.everything()) == trimmed_all(start), done
        outline.saved()
        assert stored_like(start, stored(site, week)), done
        redo_all(outline)
        assert trimmed_all(outline.everything()) == trimmed_all(end), done
        outline.saved()
        assert stored_like(end, stored(site, week)), done


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


class TestTwoWriters:
    def test_what_one_makes_appears_to_the_other_who_goes_on_and_undoes_their_own(
        self, outline: OutlinePage, visit: Open, site: Site, week: int
    ) -> None:
        other = OutlinePage(visit(f"{URL}/edit", as_=site.cast.ada).page)
        outline.go("云杉银行")
        outline.type("！")
        other.go(REPORTS)
        other.press("Enter")
        other.new_line("业务支撑").click()
        other.type("清算引擎：方案评审完成")
        other.saved()
        mine = outline.section("业务支撑").locator("> ol > li:not([data-ghost])")
        expect(mine).to_have_count(3, timeout=10_000)
        assert outline.here == "云杉银行：已投产！"
        outline.press("Control+z")
        outline.saved()
        expected: Outline = [*BUSINESS, ("清算引擎：方案评审完成", [])]
        assert outline.outline("业务支撑") == stored_section(site, week, "业务支撑") == expected


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
        assert "他人" not in outline.said, "one's own steps can all be taken back and done again"
    pytest.fail("there was no end to undoing")


def redo_all(outline: OutlinePage) -> None:
    for _ in range(400):
        outline.press("Control+y")
        if outline.said == "没有可重做的操作":
            return
        assert "他人" not in outline.said, "one's own steps can all be taken back and done again"
    pytest.fail("there was no end to redoing")


def trimmed_all(sections: list[tuple[str, Outline]]) -> list[tuple[str, Outline]]:
    """White space at the ends is not stored, and so not drawn again."""
    return [(title, trimmed(items)) for title, items in sections]


def compose(outline: OutlinePage, text: str) -> None:
    """Half composed text, as an input method shows it."""
    session = outline.page.context.new_cdp_session(outline.page)
    session.send(
        "Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)}
    )


def commit(outline: OutlinePage, text: str) -> None:
    """The text that the input method puts in the place of what was composed."""
    outline.page.context.new_cdp_session(outline.page).send("Input.insertText", {"text": text})
