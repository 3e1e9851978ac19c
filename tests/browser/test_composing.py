"""Typing with an input method: nothing half composed is saved, and the last word always is.

Chromium composes for real here; the event orders of Firefox and Safari are played to the page.
"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.conftest import Open, Site
from tests.browser.writing import SAVES, STATEMENT, URL, Saves, Writing, id_of, stored_text
from tests.reports.pages import store_week


@pytest.fixture
def writing(visit: Open, site: Site) -> Writing:
    store_week(site.database, site.cast.payments, site.cast.lin, site.at)
    return Writing(visit(f"{URL}/edit", as_=site.cast.lin))


@pytest.fixture
def saves(writing: Writing) -> Saves:
    saves = Saves(writing.page)
    saves.through(lambda route: route.continue_())
    return saves


class Pinyin:
    """An input method of Chromium, key by key."""

    def __init__(self, page: Page) -> None:
        self.session: CDPSession = page.context.new_cdp_session(page)

    def compose(self, letters: str) -> None:
        for end in range(1, len(letters) + 1):
            self.session.send(
                "Input.imeSetComposition", {"text": letters[:end], "selectionStart": end, "selectionEnd": end}
            )

    def choose(self, word: str) -> None:
        self.session.send("Input.insertText", {"text": word})


def texts(saves: Saves) -> list[Any]:
    changes: list[Any] = [change for body in saves.bodies for change in body["changes"]]  # type: ignore[attr-defined]
    return [change["text"] for change in changes]


class TestComposingInChromium:
    def test_sends_nothing_half_composed(self, writing: Writing, saves: Saves) -> None:
        """Guards, either of which is enough: `isComposing` in Queue.#pump, and in fields.js."""
        field = writing.statement
        field.press("End")
        field.press_sequentially("，已经")
        pinyin = Pinyin(writing.page)
        pinyin.compose("shangxian")
        writing.page.wait_for_timeout(3500)
        assert texts(saves) == []
        pinyin.choose("上线")
        writing.saved()
        assert texts(saves) == [STATEMENT + "，已经上线"]

    def test_saves_the_last_word_though_no_input_follows_it(
        self, writing: Writing, saves: Saves, site: Site
    ) -> None:
        """Guard: `compositionend` in compose.js."""
        field = writing.statement
        field.press("End")
        pinyin = Pinyin(writing.page)
        pinyin.compose("wancheng")
        pinyin.choose("完成")
        writing.saved()
        assert stored_text(site, id_of(field)) == STATEMENT + "完成"
        assert all("wan" not in text for text in texts(saves))

    def test_keeps_nothing_half_composed_in_the_vault(self, writing: Writing) -> None:
        """Guard: `isComposing` in the `input` listener of fields.js."""
        field = writing.statement
        field.press("End")
        Pinyin(writing.page).compose("banwan")
        writing.page.wait_for_timeout(500)
        assert writing.kept() == []

    def test_that_is_given_up_by_leaving_the_field_saves_what_stands_there(
        self, writing: Writing, site: Site
    ) -> None:
        field = writing.statement
        item = id_of(field)
        field.press("End")
        Pinyin(writing.page).compose("ok")
        field.blur()
        writing.saved()
        assert stored_text(site, item) == field.input_value()


ORDERS = {
    "Firefox": ["start", "keydown", "text", "input composing", "end", "input"],
    "Safari": ["start", "keydown", "text", "input composing", "end", "enter 229"],
    "Chromium": ["start", "keydown", "text", "input composing", "end"],
    "one that is left without an end": ["start", "keydown", "text", "input composing", "leave"],
}
PLAY = """(field, [steps, text]) => {
  const fire = (kind, name, more = {}) =>
    field.dispatchEvent(new kind(name, {bubbles: true, cancelable: true, ...more}));
  const act = {
    start: () => fire(CompositionEvent, "compositionstart"),
    keydown: () => fire(KeyboardEvent, "keydown", {key: "Process", keyCode: 229, isComposing: true}),
    text: () => (field.value += text),
    "input composing": () =>
      fire(InputEvent, "input", {inputType: "insertCompositionText", isComposing: true}),
    end: () => fire(CompositionEvent, "compositionend", {data: text}),
    input: () => fire(InputEvent, "input", {inputType: "insertCompositionText"}),
    leave: () => fire(FocusEvent, "focusout"),
    "enter 229": () => fire(KeyboardEvent, "keydown", {key: "Enter", keyCode: 229}),
  };
  field.focus();
  for (const step of steps) act[step]();
}"""


class TestTheEventOrder:
    @pytest.mark.parametrize("browser", ORDERS)
    def test_of_each_browser_saves_the_word_once_and_makes_no_item(
        self, writing: Writing, saves: Saves, site: Site, browser: str
    ) -> None:
        """Guards: the key code 229, `compositionend` and `focusout` in compose.js."""
        field = writing.statement
        item = id_of(field)
        items = writing.page.locator("li.item").count()
        with writing.page.expect_response(SAVES):
            field.evaluate(PLAY, [ORDERS[browser], "完成"])
        writing.saved()
        assert stored_text(site, item) == STATEMENT + "完成"
        assert texts(saves) == [STATEMENT + "完成"]
        expect(writing.page.locator("li.item")).to_have_count(items)
