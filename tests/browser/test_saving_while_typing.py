"""Saving by itself: when it saves, what it says meanwhile, and that "saved" is never said too early.

Each test of a safety names the guard without which it fails.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Route, expect
from sqlalchemy import delete, update

from app.reports.models import Item, Report
from tests.browser.conftest import Open, Site
from tests.browser.writing import (
    SAVES,
    STATEMENT,
    URL,
    Saves,
    Writing,
    id_of,
    lose_the_answer,
    stored_text,
    stored_version,
)
from tests.reports.pages import store_week


@pytest.fixture
def writing(visit: Open, site: Site) -> Writing:
    store_week(site.database, site.cast.payments, site.cast.lin, site.at)
    return Writing(visit(f"{URL}/edit", as_=site.cast.lin))


class TestSaving:
    def test_happens_once_one_stops_typing(self, writing: Writing, site: Site) -> None:
        field = writing.statement
        field.press("End")
        field.press_sequentially("，已上线")
        writing.says("unsaved")
        writing.saved()
        expect(field).to_be_focused()
        assert stored_text(site, id_of(field)) == STATEMENT + "，已上线"

    def test_happens_at_once_when_one_leaves_the_field(self, writing: Writing) -> None:
        saves = Saves(writing.page)
        saves.through(lambda route: route.continue_())
        writing.page.clock.install()
        field = writing.statement
        field.fill("改过")
        with writing.page.expect_request(SAVES):
            field.blur()  # the clock stands still: no pause has passed

    def test_happens_while_somebody_types_without_a_pause(self, writing: Writing) -> None:
        """Guard: LONGEST in queue.js."""
        saves = Saves(writing.page)
        saves.through(lambda route: route.continue_())
        writing.statement.press_sequentially("一二三四五六七八九十" * 4, delay=120)
        assert len(saves.bodies) >= 1

    def test_goes_on_in_order_with_one_save_at_a_time(self, writing: Writing, site: Site) -> None:
        """Guard: `if (line.save …) return` in Queue.#pump."""
        saves = Saves(writing.page)

        def slowly(route: Route) -> None:
            writing.page.wait_for_timeout(900)
            route.continue_()

        saves.through(slowly)
        field = writing.statement
        for text in ("一", "一二", "一二三"):
            field.fill(text)
            field.blur()
        writing.saved()
        assert saves.most_under_way == 1
        assert stored_text(site, id_of(field)) == "一二三"

    def test_shows_what_was_recognised(self, writing: Writing) -> None:
        writing.statement.fill("商户对账单：进度88%，预计6/20上线")
        expect(writing.page.get_by_text("6/20", exact=True)).to_be_visible()
        writing.saved()


class TestSaved:
    def test_is_not_said_before_the_server_answered(self, writing: Writing) -> None:
        """Guard: isPending of TextLine counts the save that is under way."""
        held: list[Route] = []
        writing.page.route(
            SAVES, lambda route: held.append(route) if route.request.method == "POST" else route.continue_()
        )
        field = writing.statement
        field.fill("改过")
        field.blur()
        writing.shows_nothing_as_saved()
        held[0].continue_()
        writing.saved()

    def test_is_not_said_of_an_answer_that_names_no_save(self, writing: Writing) -> None:
        """A network's sign-in page answers 200 to everything. Guard: `told?.sequence === save.sequence`."""
        writing.page.route(
            SAVES,
            lambda route: (
                route.fulfill(status=200, body="{}") if route.request.method == "POST" else route.continue_()
            ),
        )
        writing.statement.fill("改过")
        writing.statement.blur()
        writing.shows_nothing_as_saved()
        writing.says("retrying")

    def test_is_not_said_of_text_typed_since(self, writing: Writing, site: Site) -> None:
        """Guard: TextLine.took compares with what was sent, not with what stands in the field."""
        saves = Saves(writing.page)

        def slowly(route: Route) -> None:
            writing.page.wait_for_timeout(500)
            route.continue_()

        saves.through(slowly)
        field = writing.statement
        field.fill("第一稿")
        field.blur()
        writing.page.wait_for_timeout(100)
        field.fill("第二稿")
        writing.shows_nothing_as_saved(500)
        writing.saved()
        assert stored_text(site, id_of(field)) == "第二稿"


class TestALostAnswer:
    def test_is_asked_for_again_and_nothing_is_stored_twice(self, writing: Writing, site: Site) -> None:
        """Guard: the same save is repeated before a newer one (`line.save` stays in Queue.#again)."""
        saves = Saves(writing.page)
        saves.through(lambda route: lose_the_answer(route) if len(saves.bodies) == 1 else route.continue_())
        field = writing.statement
        item = id_of(field)
        before = stored_version(site, item)
        field.fill("第一稿")
        field.blur()
        writing.says("offline")
        field.fill("第二稿")
        writing.saved()
        assert stored_text(site, item) == "第二稿"
        assert stored_version(site, item) == before + 2
        first, again, newer = (body["sequence"] for body in saves.bodies)
        assert first == again != newer
        expect(writing.clash()).to_have_count(0)
        writing.visit.expects_refusals()

    def test_of_a_busy_server_is_asked_for_after_the_time_it_named(self, writing: Writing) -> None:
        answers = [503]
        writing.page.route(
            SAVES,
            lambda route: (
                route.fulfill(
                    status=answers.pop(),
                    headers={"Retry-After": "1", "Content-Type": "application/problem+json"},
                    body='{"key": "database.lost", "detail": "数据库暂时不可用。"}',
                )
                if answers and route.request.method == "POST"
                else route.continue_()
            ),
        )
        writing.statement.fill("改过")
        writing.statement.blur()
        writing.says("retrying")
        expect(writing.bar).to_contain_text("没有保存：数据库暂时不可用。")
        writing.saved()
        writing.visit.expects_refusals()


class TestWithoutANetwork:
    def test_says_so_at_once_and_saves_when_it_is_back(self, writing: Writing, site: Site) -> None:
        field = writing.statement
        writing.page.context.set_offline(True)
        field.fill("写于车上")
        field.blur()
        writing.says("offline")
        expect(writing.page.get_by_role("alert").filter(has_text="离线")).to_be_attached()
        expect(field).to_have_attribute("aria-invalid", "true")
        writing.page.context.set_offline(False)
        writing.saved()
        expect(field).not_to_have_attribute("aria-invalid", "true")
        assert stored_text(site, id_of(field)) == "写于车上"
        writing.visit.expects_refusals()

    def test_one_is_warned_before_leaving_the_page(self, writing: Writing) -> None:
        """Guard: `beforeunload` in fields.js."""
        dialogs: list[str] = []
        writing.page.on("dialog", lambda dialog: (dialogs.append(dialog.type), dialog.accept()))
        writing.page.context.set_offline(True)
        writing.statement.press_sequentially("没有保存")
        writing.page.close(run_before_unload=True)
        writing.page.wait_for_event("close") if not writing.page.is_closed() else None
        assert dialogs == ["beforeunload"]
        writing.visit.expects_refusals()


class TestARefusal:
    def test_of_a_text_is_said_at_its_field_and_the_text_stays(self, writing: Writing, site: Site) -> None:
        field = writing.statement
        field.evaluate("(field) => (field.maxLength = 1e6)")
        long = "长" * 22_000
        field.fill(long)
        field.blur()
        writing.says("refused")
        expect(field).to_have_value(long)
        expect(field).to_have_accessible_error_message(re.compile("64 kB"))
        field.fill("短")
        field.blur()
        writing.saved()
        assert stored_text(site, id_of(field)) == "短"
        writing.visit.expects_refusals()

    def test_because_the_item_is_gone_leaves_the_text_in_the_page(self, writing: Writing, site: Site) -> None:
        field = writing.statement
        with site.database.writing() as session:
            session.execute(delete(Item).where(Item.id == id_of(field)))
        field.fill("写到一半")
        field.blur()
        writing.says("refused")
        expect(field).to_have_value("写到一半")
        writing.visit.expects_refusals()

    def test_because_the_week_is_gone_stops_everything(self, writing: Writing, site: Site) -> None:
        with site.database.writing() as session:
            session.execute(update(Report).values(period_start=datetime(2020, 1, 6, tzinfo=UTC).date()))
        writing.statement.fill("写到一半")
        writing.statement.blur()
        writing.says("gone")
        writing.visit.expects_refusals()


class TestTheState:
    def test_is_told_to_those_who_listen_without_chatter(self, writing: Writing) -> None:
        writing.page.evaluate(
            """() => {
              window.heard = [];
              for (const id of ["said-politely", "said-at-once"]) {
                new MutationObserver(() => {
                  const text = document.getElementById(id).textContent;
                  if (text) window.heard.push(text);
                }).observe(document.getElementById(id), {childList: true});
              }
            }"""
        )
        field = writing.statement
        for text in ("一", "一二", "一二三"):
            field.fill(text)
            field.blur()
            writing.saved()
        writing.page.wait_for_timeout(1500)
        heard = writing.page.evaluate("window.heard")
        assert len(heard) == 1
        assert heard[0].startswith("已保存 ")


class TestLeavingForAnotherPage:
    def test_waits_until_everything_typed_is_stored(self, writing: Writing, site: Site) -> None:
        """Guard: storedFirst in fields.js."""
        dialogs: list[str] = []
        writing.page.on("dialog", lambda dialog: (dialogs.append(dialog.type), dialog.accept()))
        saves = Saves(writing.page)

        def slowly(route: Route) -> None:
            writing.page.wait_for_timeout(500)
            route.continue_()

        saves.through(slowly)
        field = writing.statement
        item = id_of(field)
        field.fill("最后一句")
        writing.page.get_by_role("link", name="各周", exact=True).click()
        writing.page.wait_for_url("**/weeks")
        assert dialogs == []
        assert stored_text(site, item) == "最后一句"
