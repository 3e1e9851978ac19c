"""What is typed and not saved yet is kept in the browser: it comes back, is unreadable, and goes at sign-out.

Each test of a safety names the guard without which it fails.
"""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import BrowserContext, Route, expect
from sqlalchemy import delete, select, update

from app.reports.models import Item, Report
from tests.browser.conftest import Open, Site, Visit
from tests.browser.writing import (
    SAVES,
    STATEMENT,
    URL,
    Writing,
    end_sessions,
    id_of,
    lose_the_answer,
    sign_in,
    stored_text,
)
from tests.reports.pages import PAGE, store_week

KEPT = 500
"""Milliseconds in which what is typed is in the vault; the promise is a second."""


@pytest.fixture
def writing(visit: Open, site: Site) -> Writing:
    store_week(site.database, site.cast.payments, site.cast.lin, site.at)
    return Writing(visit(f"{URL}/edit", as_=site.cast.lin))


@pytest.fixture
def field_id(writing: Writing) -> int:
    return id_of(writing.statement)


def typed_without_a_network(writing: Writing, text: str) -> None:
    """Type where no save gets through, and give the vault its moment."""
    field = writing.statement
    writing.page.context.set_offline(True)
    field.fill(text)
    writing.page.wait_for_timeout(KEPT)


def crash_and_open_again(writing: Writing) -> Writing:
    """The page ends without a word, and another one is opened in the same browser."""
    context = writing.page.context
    writing.page.close(run_before_unload=False)
    context.set_offline(False)
    return opened_again(writing, context)


def opened_again(writing: Writing, context: BrowserContext) -> Writing:
    again = Writing(Visit(context.new_page(), writing.visit.site, problems=writing.visit.problems))
    again.page.on("pageerror", lambda error: again.visit.problems.append(str(error)))
    again.page.goto(f"{URL}/edit")
    return again


class TestUnsavedText:
    def test_comes_back_after_a_crash_and_is_saved(self, writing: Writing, site: Site, field_id: int) -> None:
        """Guard: `vault.keep` in Queue.#noted."""
        typed_without_a_network(writing, "写于断网时")
        again = crash_and_open_again(writing)
        expect(again.page.locator(f"#text-{field_id}")).to_have_value("写于断网时")
        expect(again.page.get_by_text("找回了 1 处未保存的改动").first).to_be_visible()
        again.saved()
        assert stored_text(site, field_id) == "写于断网时"
        assert again.kept() == []
        writing.visit.expects_refusals()

    def test_of_a_save_that_was_stored_but_not_answered_comes_back_as_ones_own(
        self, writing: Writing, site: Site, field_id: int
    ) -> None:
        """Guard: `sent` in TextLine.record."""
        writing.page.route(
            SAVES, lambda route: lose_the_answer(route) if route.request.method == "POST" else route.abort()
        )
        field = writing.statement
        field.fill("第一稿")
        field.blur()
        writing.says("offline")
        typed = writing.page.locator(f"#text-{field_id}")
        typed.fill("另起一稿")
        writing.page.wait_for_timeout(KEPT)
        again = crash_and_open_again(writing)
        expect(again.page.locator(f"#text-{field_id}")).to_have_value("另起一稿")
        again.saved()
        expect(again.clash()).to_have_count(0)
        assert stored_text(site, field_id) == "另起一稿"
        writing.visit.expects_refusals()

    def test_over_a_text_that_changed_meanwhile_shows_both(
        self, writing: Writing, site: Site, field_id: int
    ) -> None:
        """Guard: restoreText names the version that the text was typed over."""
        typed_without_a_network(writing, "我的说法")
        with site.database.writing() as session:
            values = {"text": "她的说法", "version": Item.version + 1}
            session.execute(update(Item).where(Item.id == field_id).values(values))
            session.execute(update(Report).values(version=Report.version + 1))
        again = crash_and_open_again(writing)
        expect(again.clash()).to_contain_text("她的说法")
        expect(again.page.locator(f"#text-{field_id}")).to_have_value("我的说法")
        assert stored_text(site, field_id) == "她的说法"
        writing.visit.expects_refusals()

    def test_of_an_item_that_is_gone_is_shown_until_it_is_let_go(
        self, writing: Writing, site: Site, field_id: int
    ) -> None:
        typed_without_a_network(writing, "没有地方的话")
        with site.database.writing() as session:
            session.execute(delete(Item).where(Item.id == field_id))
            session.execute(update(Report).values(version=Report.version + 1))
        again = crash_and_open_again(writing)
        lost = again.page.get_by_role("region", name="没有保存，也找不到原位")
        expect(lost.get_by_role("textbox", name="你写的内容")).to_have_value("没有地方的话")
        lost.get_by_role("button", name="不要了").click()
        expect(lost).to_be_hidden()
        again.page.wait_for_timeout(200)
        assert again.kept() == []
        writing.visit.expects_refusals()

    @pytest.mark.parametrize("is_stored", [False, True], ids=["not sent", "stored and not answered"])
    def test_of_new_items_comes_back_in_its_place_and_once(
        self, writing: Writing, site: Site, field_id: int, is_stored: bool
    ) -> None:
        """Guard: doAgain in restore.js; the server knows a step that it has by its number."""
        typed = writing.page.locator("textarea[name=text]:focus")

        def lose(route: Route) -> None:
            if route.request.method == "POST" and is_stored and not lost:
                lost.append(route)
                lose_the_answer(route)
            else:
                route.abort()

        lost: list[Route] = []
        writing.page.route(SAVES, lose)
        writing.statement.press("End")
        typed.press("Enter")
        typed.press_sequentially("写了一半的新项")
        typed.press("Enter")
        typed.press_sequentially("又一项")
        writing.page.wait_for_timeout(2 * KEPT)
        again = crash_and_open_again(writing)
        texts = again.page.locator(f"#item-{field_id}, #item-{field_id} ~ li.item:not([data-ghost])")
        fields = texts.locator(":scope > .field textarea[name=text]")
        expect(fields).to_have_count(3)
        for place, text in enumerate([STATEMENT, "写了一半的新项", "又一项"]):
            expect(fields.nth(place)).to_have_value(text)
        again.saved()
        again.page.wait_for_timeout(KEPT)
        assert again.kept() == []
        with site.database.reading() as session:
            stored = session.scalars(select(Item.text).where(Item.text.in_(["写了一半的新项", "又一项"])))
            assert sorted(stored) == ["写了一半的新项", "又一项"]
        writing.visit.expects_refusals()

    def test_of_a_form_comes_back_too(self, writing: Writing) -> None:
        reading = writing.page.get_by_label("入金有效成功率", exact=True)
        writing.page.context.set_offline(True)
        reading.fill("99.99%")
        writing.page.wait_for_timeout(KEPT)
        again = crash_and_open_again(writing)
        expect(again.page.get_by_label("入金有效成功率", exact=True)).to_have_value("99.99%")
        again.saved()
        writing.visit.expects_refusals()

    def test_of_a_page_that_is_still_open_is_not_taken_from_it_before_it_is_closed(
        self, writing: Writing, field_id: int
    ) -> None:
        """Guard: `openPages` in vault.js."""
        typed_without_a_network(writing, "还在写")
        writing.page.route(SAVES, lambda route: route.abort())
        writing.page.context.set_offline(False)
        beside = opened_again(writing, writing.page.context)
        beside.page.wait_for_timeout(KEPT)
        taken = beside.page.locator(f"#text-{field_id}")
        expect(taken).to_have_value(STATEMENT)
        writing.page.close(run_before_unload=False)
        expect(taken).to_have_value("还在写")
        beside.saved()
        writing.visit.expects_refusals()


class TestWhatTheBrowserKeeps:
    def test_cannot_be_read_without_the_persons_key(self, writing: Writing) -> None:
        """Guard: Vault.#closed."""
        typed_without_a_network(writing, "secret words")
        [row] = writing.kept()
        assert row["field"] == f"item-{id_of(writing.page.locator('textarea:focus'))}"
        assert "secret words" not in str(row)
        writing.visit.expects_refusals()

    def test_is_not_shown_to_another_person(self, writing: Writing, site: Site, field_id: int) -> None:
        """Guard: the row's `user`, and the key."""
        typed_without_a_network(writing, "林的话")
        sign_in(site, writing.page.context, site.cast.ada)
        again = crash_and_open_again(writing)
        again.page.wait_for_timeout(KEPT)
        expect(again.page.locator(f"#text-{field_id}")).to_have_value(STATEMENT)
        writing.visit.expects_refusals()

    def test_goes_at_sign_out(self, writing: Writing) -> None:
        """Guard: the end of site.js."""
        typed_without_a_network(writing, "不该留下")
        assert len(writing.kept()) == 1
        writing.page.route(SAVES, lambda route: route.abort())
        writing.page.context.set_offline(False)
        writing.page.on("dialog", lambda dialog: dialog.accept())
        other = opened_again(writing, writing.page.context)
        other.page.locator("summary").filter(has_text="负责人").click()
        other.page.get_by_role("button", name="退出").click()
        expect(other.page).to_have_url(re.compile("/sign-in"))
        writing.says("signed-out")
        assert writing.kept() == []
        writing.visit.expects_refusals()

    def test_stays_unreadable_when_somebody_else_signs_out_and_comes_back(
        self, writing: Writing, site: Site, field_id: int
    ) -> None:
        """Guard: `row.value.user === user` in vault.js."""
        typed_without_a_network(writing, "secret words")
        sign_in(site, writing.page.context, site.cast.ada)
        theirs = crash_and_open_again(writing)
        theirs.page.goto("/account")
        theirs.page.get_by_role("main").get_by_role("button", name="退出").click()
        expect(theirs.page).to_have_url(re.compile("/sign-in"))
        [row] = theirs.kept()
        assert "secret words" not in str(row)
        sign_in(site, theirs.page.context, site.cast.lin)
        again = opened_again(theirs, theirs.page.context)
        expect(again.page.locator(f"#text-{field_id}")).to_have_value("secret words")
        again.saved()
        writing.visit.expects_refusals()

    def test_that_could_be_read_goes_whoever_signs_out(self, writing: Writing, site: Site) -> None:
        """On a plain-HTTP address nothing is encrypted. Guard: `plain` in vault.js."""
        context = writing.page.context
        context.add_init_script("Object.defineProperty(crypto, 'subtle', {value: undefined})")
        writing.page.reload()
        typed_without_a_network(writing, "readable words")
        assert "readable words" in str(writing.kept())
        sign_in(site, context, site.cast.ada)
        theirs = crash_and_open_again(writing)
        theirs.page.goto("/account")
        theirs.page.get_by_role("main").get_by_role("button", name="退出").click()
        expect(theirs.page).to_have_url(re.compile("/sign-in"))
        assert theirs.kept() == []
        writing.visit.expects_refusals()

    def test_goes_once_it_is_saved(self, writing: Writing) -> None:
        writing.statement.fill("改过")
        writing.saved()
        writing.page.wait_for_timeout(KEPT)
        assert writing.kept() == []


NO_STORE = {
    "forbidden": """Object.defineProperty(window, "indexedDB", {
      get() { throw new DOMException("The operation is insecure.", "SecurityError"); },
    })""",
    "absent": "Object.defineProperty(window, 'indexedDB', {value: undefined})",
    "full": """IDBObjectStore.prototype.put = function () {
      throw new DOMException("The quota has been exceeded.", "QuotaExceededError");
    }""",
}


class TestABrowserThatKeepsNothing:
    """A private window, a full disk: saving goes on, and the page says that it must stay open."""

    @pytest.mark.parametrize("store", NO_STORE)
    def test_saves_all_the_same_and_says_what_it_cannot_do(
        self, writing: Writing, site: Site, field_id: int, store: str
    ) -> None:
        """Guards: `works` in vault.js and what status.js says then; `open` fails later, not at once."""
        writing.page.context.add_init_script(NO_STORE[store])
        writing.page.reload()
        field = writing.page.locator(f"#text-{field_id}")
        field.fill("写于无痕窗口")
        writing.saved()
        assert stored_text(site, field_id) == "写于无痕窗口"
        writing.page.context.set_offline(True)
        field.fill("断网时写的")
        field.blur()
        writing.says("offline")
        expect(writing.bar).to_contain_text("改动没法留在本机，请不要关闭此页")
        writing.page.context.set_offline(False)
        writing.saved()
        assert stored_text(site, field_id) == "断网时写的"
        end_sessions(site, site.cast.lin)
        field.fill("登录过期时写的")
        field.blur()
        writing.says("signed-out")
        expect(writing.bar).to_contain_text("请不要关闭此页")
        sign_in(site, writing.page.context, site.cast.lin)
        writing.page.evaluate("window.dispatchEvent(new Event('focus'))")
        writing.saved()
        writing.visit.expects_refusals()


class TestAnEndedSession:
    def test_loses_nothing_and_goes_on_after_signing_in_again(
        self, writing: Writing, site: Site, field_id: int
    ) -> None:
        """Guard: the save stays in its line while the queue is paused."""
        end_sessions(site, site.cast.lin)
        field = writing.statement
        field.fill("登录过期时写的")
        field.blur()
        writing.says("signed-out")
        link = writing.page.get_by_role("link", name="重新登录")
        expect(link).to_have_attribute("target", "_blank")
        expect(link).to_have_attribute("href", f"/sign-in?next={quote(URL + '/edit', safe='')}")
        sign_in(site, writing.page.context, site.cast.lin)
        writing.page.evaluate("window.dispatchEvent(new Event('focus'))")
        writing.saved()
        assert stored_text(site, field_id) == "登录过期时写的"
        writing.visit.expects_refusals()

    def test_and_a_closed_page_lose_nothing_either(self, writing: Writing, site: Site, field_id: int) -> None:
        end_sessions(site, site.cast.lin)
        field = writing.statement
        field.fill("登录过期时写的")
        field.blur()
        writing.says("signed-out")
        writing.page.wait_for_timeout(KEPT)
        sign_in(site, writing.page.context, site.cast.lin)
        again = crash_and_open_again(writing)
        expect(again.page.locator(f"#text-{field_id}")).to_have_value("登录过期时写的")
        again.saved()
        assert stored_text(site, field_id) == "登录过期时写的"
        writing.visit.expects_refusals()

    def test_saves_nothing_in_the_name_of_somebody_else(
        self, writing: Writing, site: Site, field_id: int
    ) -> None:
        """Guard: `inOwnName` in session.js."""
        sign_in(site, writing.page.context, site.cast.ada)
        field = writing.statement
        field.fill("林写的，不是 Ada")
        field.blur()
        writing.says("other-person")
        assert stored_text(site, field_id) == STATEMENT
        sign_in(site, writing.page.context, site.cast.lin)
        writing.page.evaluate("window.dispatchEvent(new Event('focus'))")
        writing.saved()
        writing.visit.expects_refusals()


class TestAWholePage:
    """Guard of both: `keepText`."""

    def test_typed_as_markdown_comes_back_over_what_it_was_typed_over(
        self, visit: Open, site: Site, week: int
    ) -> None:
        page = visit(f"{URL}/source", as_=site.cast.lin).page
        field = page.get_by_label("Markdown 页面")
        typed = field.input_value().replace("PC 端提测", "PC 端提测，还没保存")
        field.fill(typed)
        page.wait_for_timeout(KEPT)
        other = Writing(visit(f"{URL}/edit", as_=site.cast.ada))
        other.item("分期付能力").fill("分期付能力：别人改的")
        other.saved()
        context = page.context
        page.close(run_before_unload=False)
        again = context.new_page()
        again.goto(f"{URL}/source")
        field = again.get_by_label("Markdown 页面")
        expect(field).to_have_value(typed)
        expect(again.locator("#page-state")).to_have_text("找回了上次写下、还没保存的内容")
        field.press("Control+s")
        again.wait_for_url("**/edit")
        expect(again.locator("textarea").filter(has_text="还没保存").first).to_be_visible()
        expect(again.locator("textarea").filter(has_text="别人改的").first).to_be_visible()
        again.goto(f"{URL}/source")
        expect(field).to_have_value(re.compile("别人改的"))
        again.wait_for_timeout(KEPT)
        expect(again.locator("#page-state")).to_have_text("")

    def test_pasted_comes_back_until_it_is_taken_over(self, visit: Open, site: Site, week: int) -> None:
        page = visit(f"{URL}/paste", as_=site.cast.lin).page
        field = page.get_by_label("页面内容")
        pasted = PAGE.replace("PC 端提测", "PC 端提测，贴来的")
        field.fill(pasted)
        page.wait_for_timeout(KEPT)
        page.reload()
        expect(field).to_have_value(pasted)
        page.keyboard.press("Control+Enter")
        page.get_by_role("button", name="采用", exact=True).click()
        page.wait_for_url("**/edit")
        expect(page.locator("textarea").filter(has_text="贴来的").first).to_be_visible()
        page.wait_for_timeout(KEPT)
        page.goto(f"{URL}/paste")
        page.wait_for_timeout(KEPT)
        expect(field).to_have_value("")
