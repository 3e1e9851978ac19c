"""Saving while one writes: a step is saved wholly or not at all, and nobody's words are lost."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from app.db import Database
from app.document.blocks import DEEPEST
from app.incidents.models import Incident
from app.reports.models import Fact, Goal, Item
from tests.conftest import Cast, Clock, SignIn
from tests.reports.pages import store_week
from tests.reports.saving import URL, OpenPage, StoredWeek, uid

O1 = "业务支撑"


@pytest.fixture
def week(database: Database, cast: Cast, clock: Clock) -> StoredWeek:
    return StoredWeek(database, store_week(database, cast.payments, cast.lin, clock.now))


@pytest.fixture
def lin(client: TestClient, cast: Cast, sign_in: SignIn, week: StoredWeek) -> OpenPage:
    return OpenPage(sign_in(client, cast.lin))


def add(section: int, text: str, **more: Any) -> dict[str, Any]:
    below = more.pop("items", [])
    item = {"uid": more.pop("uid", None) or uid(), "text": text, "kind": "item", "ordered": False}
    return {
        "kind": "add",
        "section": section,
        "parent": None,
        "after": None,
        "items": [item | {"items": below}],
        **more,
    }


class TestAText:
    def test_is_saved_and_answered_with_what_was_recognised(self, lin: OpenPage, week: StoredWeek) -> None:
        item = week.item("商户对账单")
        answer = lin.text(item, "商户对账单：进度88%，预计6/20上线")
        assert answer.status_code == 200
        told = answer.json()
        assert told["sequence"] == 1
        assert told["saved"] == "17:42"
        assert told["version"] == week.report.version
        assert told["items"][str(item.id)]["version"] == week.with_id(item.id).version == item.version + 1
        assert "88%" in told["items"][str(item.id)]["state"]
        assert week.with_id(item.id).text == "商户对账单：进度88%，预计6/20上线"

    def test_makes_an_amendment_of_a_published_week(self, lin: OpenPage, week: StoredWeek) -> None:
        lin.text(week.item("商户对账单"), "商户对账单：上线")
        assert week.report.state == "amending"

    def test_that_says_the_same_changes_nothing(self, lin: OpenPage, week: StoredWeek) -> None:
        item, before = week.item("商户对账单"), week.report.version
        told = lin.text(item, f"  {item.text} ").json()
        assert told["items"][str(item.id)]["version"] == item.version
        assert week.report.version == before

    def test_may_be_empty_which_readers_do_not_see(self, lin: OpenPage, week: StoredWeek) -> None:
        item = week.item("商户对账单")
        assert lin.text(item, "").status_code == 200
        assert week.with_id(item.id).text == ""
        assert all(block.text for section in week.document.sections for block in section.blocks)
        assert f'data-item="{item.id}"' in lin.client.get(f"{URL}/edit").text

    def test_with_a_blank_line_stays_one_item(self, lin: OpenPage, week: StoredWeek) -> None:
        item = week.item("商户对账单")
        lin.text(item, "商户对账单：一\n\n二\n")
        assert week.with_id(item.id).text == "商户对账单：一\n二"

    def test_keeps_what_a_person_decided_on_its_values(
        self, lin: OpenPage, week: StoredWeek, database: Database
    ) -> None:
        item = week.item("分期付能力")
        fields = {"kind": "progress", "literal": "进度60%", "decision": "corrected", "value": "61"}
        at = item.text.index("进度60%")
        lin.client.post(f"{URL}/items/{item.id}/facts", data={**fields, "start": at, "end": at + 5})
        lin.text(item, f"本周：{item.text}")
        with database.reading() as session:
            fact = session.scalars(select(Fact).where(Fact.decision == "corrected")).one()
        assert (fact.value, fact.start) == ({"value": "61"}, at + 3)

    def test_of_a_carried_item_confirms_it(self, lin: OpenPage, week: StoredWeek, database: Database) -> None:
        item = week.item("商户对账单")
        with database.writing() as session:
            session.execute(update(Item).where(Item.id == item.id).values(carried_open=True))
        assert all("商户" not in b.text for section in week.document.sections for b in section.blocks)
        lin.text(item, "商户对账单：上线")
        assert not week.with_id(item.id).carried_open

    def test_longer_than_64_kb_is_refused_in_words(self, lin: OpenPage, week: StoredWeek) -> None:
        answer = lin.text(week.item("商户对账单"), "长" * 22_000)
        assert answer.status_code == 413
        assert answer.json()["key"] == "text.too_large"
        assert "64" in answer.json()["detail"]


class TestAClash:
    def test_is_told_with_all_texts_and_who_wrote_them(
        self, lin: OpenPage, week: StoredWeek, cast: Cast, sign_in: SignIn, clock: Clock
    ) -> None:
        item = week.item("商户对账单")
        sign_in(lin.client, cast.ada)
        OpenPage(lin.client).text(item, "商户对账单：已上线")
        sign_in(lin.client, cast.lin)
        answer = lin.text(item, "商户对账单：已提测")
        assert answer.status_code == 409
        told = answer.json()
        assert told["key"] == "item.changed"
        assert told["item"] == item.id
        assert told["base"] == item.text
        assert told["theirs"] == "商户对账单：已上线"
        assert told["mine"] == "商户对账单：已提测"
        assert (told["theirs_by"]["name"], told["theirs_at"]) == ("Ada Berg", "17:42")
        assert told["version"] == week.with_id(item.id).version
        assert told["merged"] is None
        assert 'class="clash"' in told["html"]
        assert "<ins>上线</ins>" in told["html"].replace("</ins><ins>", "")
        assert week.with_id(item.id).text == "商户对账单：已上线"

    def test_in_different_words_comes_with_both_together(self, lin: OpenPage, week: StoredWeek) -> None:
        item = week.item("分期付能力")
        OpenPage(lin.client).text(item, item.text.replace("60%", "75%"))
        told = lin.text(item, item.text.replace("6/13", "6/20")).json()
        assert told["merged"] == item.text.replace("60%", "75%").replace("6/13", "6/20")
        assert week.with_id(item.id).text == item.text.replace("60%", "75%")
        again = {"kind": "text", "item": item.id, "text": told["merged"], "version": told["version"]}
        assert lin.send(again, field=f"item-{item.id}").status_code == 200
        assert week.with_id(item.id).text == told["merged"]

    def test_leaves_out_all_the_changes_of_its_step(self, lin: OpenPage, week: StoredWeek) -> None:
        item, other = week.item("商户对账单"), week.item("报表迁移")
        OpenPage(lin.client).text(item, "商户对账单：已上线")
        stale = {"kind": "text", "item": item.id, "text": "商户", "version": item.version, "base": item.text}
        fresh = {"kind": "text", "item": other.id, "text": "报表", "version": other.version}
        assert lin.send(fresh, stale).status_code == 409
        assert week.with_id(other.id).text == other.text

    def test_of_different_items_there_is_none(self, lin: OpenPage, week: StoredWeek) -> None:
        other = OpenPage(lin.client)
        assert other.text(week.item("商户对账单"), "商户对账单：一").status_code == 200
        assert lin.text(week.item("报表迁移"), "报表迁移：二").status_code == 200

    def test_over_an_item_that_has_gone_keeps_what_was_typed(self, lin: OpenPage, week: StoredWeek) -> None:
        item = week.item("商户对账单")
        OpenPage(lin.client).send({"kind": "remove", "item": item.id, "version": item.version})
        answer = lin.text(item, "商户对账单：已上线")
        assert answer.status_code == 409
        assert (answer.json()["key"], answer.json()["mine"]) == ("item.gone", "商户对账单：已上线")

    def test_over_a_new_item_with_the_id_of_one_that_has_gone(self, lin: OpenPage, week: StoredWeek) -> None:
        """SQLite gives the highest id again."""
        last = max(week.items(), key=lambda item: item.id)
        other = OpenPage(lin.client)
        other.send({"kind": "remove", "item": last.id, "version": last.version})
        other.send(add(last.section_id, "个人信息保护"))
        lin.send(
            {"kind": "text", "item": last.id, "text": "旧的", "version": last.version, "base": last.text}
        )
        assert "个人信息保护" in {item.text for item in week.items()}


class TestNewItems:
    def test_come_after_the_one_named(self, lin: OpenPage, week: StoredWeek) -> None:
        first = week.item("分期付能力")
        mine = uid()
        told = lin.send(add(first.section_id, "收银台改版", after=first.id, uid=mine)).json()
        assert week.outline(O1)[2] == "收银台改版"
        assert told["items"][mine]["id"] == week.item("收银台改版").id

    def test_come_first_where_none_is_named(self, lin: OpenPage, week: StoredWeek) -> None:
        lin.send(add(week.section(O1).id, "收银台改版"))
        assert week.outline(O1)[0] == "收银台改版"

    def test_are_known_by_the_name_the_browser_gave_them(self, lin: OpenPage, week: StoredWeek) -> None:
        mine, below = uid(), uid()
        section = week.section(O1).id
        version = lin.send(add(section, "", uid=mine)).json()["items"][mine]["version"]
        text = {"kind": "text", "item": mine, "text": "收银台改版", "version": version, "base": ""}
        assert lin.send(text, field=f"item-{mine}").status_code == 200
        lin.send(add(section, "灰度", parent=mine, uid=below))
        assert week.outline(O1)[:2] == ["收银台改版", ["灰度"]]

    def test_bring_what_is_below_them(self, lin: OpenPage, week: StoredWeek) -> None:
        below = [{"uid": uid(), "text": "一", "items": [{"uid": uid(), "text": "二"}]}]
        lin.send(add(week.section(O1).id, "收银台改版", items=below))
        assert week.outline(O1)[:2] == ["收银台改版", ["一", ["二"]]]

    def test_are_not_made_twice(self, lin: OpenPage, week: StoredWeek) -> None:
        """A page that crashed may send again what it was not told about, under another name."""
        change = add(week.section(O1).id, "收银台改版")
        first, again = lin.send(change), OpenPage(lin.client).send(change)
        assert again.json()["items"] == first.json()["items"]
        assert week.outline(O1).count("收银台改版") == 1

    def test_come_last_where_their_neighbour_has_gone(self, lin: OpenPage, week: StoredWeek) -> None:
        first = week.item("商户对账单")
        OpenPage(lin.client).send({"kind": "remove", "item": first.id, "version": first.version})
        assert lin.send(add(first.section_id, "收银台改版", after=first.id)).status_code == 200
        assert week.outline(O1)[-1] == "收银台改版"

    def test_in_a_section_that_has_gone_are_refused_with_409(self, lin: OpenPage) -> None:
        assert lin.send(add(999_999, "收银台改版")).json()["key"] == "section.gone"

    def test_without_text_are_not_published(self, lin: OpenPage, week: StoredWeek) -> None:
        inner = {"uid": uid(), "text": "灰度完成"}
        lin.send(add(week.section(O1).id, "", items=[inner]), add(week.section(O1).id, ""))
        texts = [block.text for section in week.document.sections for block in section.blocks]
        assert "灰度完成" in texts
        assert "" not in texts


class TestMoving:
    def test_takes_what_is_below_along(self, lin: OpenPage, week: StoredWeek) -> None:
        item, target = week.item("分期付能力"), week.item("报表迁移")
        move = {"kind": "move", "item": item.id, "section": target.section_id, "parent": target.id}
        assert lin.send(move).status_code == 200
        assert week.outline("平台升级") == [
            target.text,
            [item.text, ["云杉银行：已投产", "青禾银行：签约接口待修复"]],
        ]
        assert week.outline(O1) == ["商户对账单自助下载：PC 端提测"]

    def test_below_itself_is_refused(self, lin: OpenPage, week: StoredWeek) -> None:
        item, below = week.item("分期付能力"), week.item("云杉银行")
        move = {"kind": "move", "item": item.id, "section": item.section_id, "parent": below.id}
        assert lin.send(move).json()["key"] == "item.below_itself"

    def test_to_the_first_place(self, lin: OpenPage, week: StoredWeek) -> None:
        item = week.item("商户对账单")
        lin.send({"kind": "move", "item": item.id, "section": item.section_id, "parent": None, "after": None})
        assert week.outline(O1)[0] == item.text

    def test_does_not_clash_with_typing(self, lin: OpenPage, week: StoredWeek) -> None:
        item = week.item("商户对账单")
        OpenPage(lin.client).send({"kind": "move", "item": item.id, "section": item.section_id})
        assert lin.text(item, "商户对账单：上线").status_code == 200


class TestRemoving:
    def test_takes_what_is_below_too(self, lin: OpenPage, week: StoredWeek) -> None:
        item = week.item("分期付能力")
        told = lin.send({"kind": "remove", "item": item.id, "version": item.version}).json()
        assert told["removed"] == [item.id]
        assert week.outline(O1) == ["商户对账单自助下载：PC 端提测"]

    def test_what_somebody_changed_meanwhile_is_refused(self, lin: OpenPage, week: StoredWeek) -> None:
        item = week.item("商户对账单")
        OpenPage(lin.client).text(item, "商户对账单：已上线")
        answer = lin.send({"kind": "remove", "item": item.id, "version": item.version})
        assert answer.status_code == 409
        assert answer.json()["theirs"] == "商户对账单：已上线"

    def test_what_has_gone_already_is_no_clash(self, lin: OpenPage, week: StoredWeek) -> None:
        item = week.item("商户对账单")
        remove = {"kind": "remove", "item": item.id, "version": item.version}
        OpenPage(lin.client).send(remove)
        assert lin.send(remove).json()["removed"] == [item.id]

    def test_spares_what_was_moved_out_in_the_same_step(self, lin: OpenPage, week: StoredWeek) -> None:
        item, below = week.item("分期付能力"), week.item("云杉银行")
        lin.send(
            {"kind": "move", "item": below.id, "section": item.section_id, "after": item.id},
            {"kind": "remove", "item": item.id, "version": item.version},
        )
        assert week.outline(O1) == ["云杉银行：已投产", "商户对账单自助下载：PC 端提测"]

    def test_takes_what_was_moved_in_by_the_same_step(self, lin: OpenPage, week: StoredWeek) -> None:
        item, other = week.item("分期付能力"), week.item("商户对账单")
        lin.send(
            {"kind": "move", "item": other.id, "section": item.section_id, "parent": item.id},
            {"kind": "remove", "item": item.id, "version": item.version},
        )
        assert week.outline(O1) == []


class TestWhatFollowsTheText:
    def test_a_line_with_day_and_time_becomes_an_event_and_its_section_is_drawn_anew(
        self, lin: OpenPage, week: StoredWeek, database: Database
    ) -> None:
        section = week.section("生产稳定性事件")
        mine = uid()
        told = lin.send(add(section.id, "", uid=mine)).json()
        assert told["redraw"] == []
        version = told["items"][mine]["version"]
        text = {
            "kind": "text",
            "item": mine,
            "text": "6/6 10:20 监控发现云杉银行代付失败",
            "version": version,
        }
        told = lin.send(text, field=f"item-{mine}").json()
        assert told["redraw"] == [section.id]
        with database.reading() as session:
            assert session.scalars(select(Incident).where(Incident.symptom.contains("云杉银行"))).one()

    def test_a_metric_line_draws_the_metrics_anew(self, lin: OpenPage, week: StoredWeek) -> None:
        item = week.item("入金有效成功率")
        told = lin.text(item, "入金有效成功率：99.980%").json()
        assert told["redraw"] == [item.section_id]

    def test_a_goals_row_has_its_new_words(self, lin: OpenPage, week: StoredWeek, database: Database) -> None:
        lin.text(week.item("账户核心切换演练"), "账户核心切换演练两次")
        with database.reading() as session:
            assert (
                session.scalars(select(Goal.text).order_by(Goal.position)).first() == "账户核心切换演练两次"
            )


class TestASaveIsMadeOnce:
    def test_a_repeat_is_answered_the_same_and_changes_nothing(self, lin: OpenPage, week: StoredWeek) -> None:
        item = week.item("商户对账单")
        first = lin.text(item, "商户对账单：一", sequence=1)
        version = week.report.version
        again = lin.text(item, "商户对账单：一", sequence=1)
        assert (again.status_code, again.json()) == (200, first.json())
        assert week.report.version == version

    def test_a_repeat_after_somebody_elses_change_leaves_that(self, lin: OpenPage, week: StoredWeek) -> None:
        item = week.item("商户对账单")
        lin.text(item, "商户对账单：一", sequence=1)
        OpenPage(lin.client).text(week.with_id(item.id), "商户对账单：二")
        assert lin.text(item, "商户对账单：一", sequence=1).status_code == 200
        assert week.with_id(item.id).text == "商户对账单：二"

    def test_a_repeated_step_after_somebody_elses_leaves_that_too(
        self, lin: OpenPage, week: StoredWeek
    ) -> None:
        """Guard: answer_before in changes.py; a move names no version that could clash."""
        item, section = week.item("商户对账单"), week.item("报表迁移").section_id
        away = {"kind": "move", "item": item.id, "section": section}
        assert lin.send(away, sequence=1).status_code == 200
        back = {"kind": "move", "item": item.id, "section": item.section_id}
        assert OpenPage(lin.client).send(back).status_code == 200
        assert lin.send(away, sequence=1).status_code == 200
        assert week.with_id(item.id).section_id == item.section_id

    def test_an_older_one_never_overwrites_a_newer(self, lin: OpenPage, week: StoredWeek) -> None:
        item = week.item("商户对账单")
        lin.text(item, "商户对账单：新", sequence=2)
        late = lin.text(week.with_id(item.id), "商户对账单：旧", sequence=1)
        assert (late.status_code, late.json()["key"]) == (409, "save.superseded")
        assert week.with_id(item.id).text == "商户对账单：新"

    def test_a_refused_one_may_be_sent_again(self, lin: OpenPage, week: StoredWeek) -> None:
        item = week.item("商户对账单")
        OpenPage(lin.client).text(item, "商户对账单：已上线")
        assert lin.text(item, "商户对账单：已提测", sequence=1).status_code == 409
        assert lin.text(week.with_id(item.id), "商户对账单：已提测", sequence=1).status_code == 200

    def test_what_pages_were_told_is_forgotten_after_a_week(
        self, lin: OpenPage, week: StoredWeek, database: Database, clock: Clock
    ) -> None:
        from datetime import timedelta

        from app.reports.models import AcknowledgedSave

        lin.text(week.item("商户对账单"), "商户对账单：一")
        clock.now += timedelta(days=6)
        lin.text(week.item("报表迁移"), "报表迁移：一")
        with database.reading() as session:
            assert len(session.scalars(select(AcknowledgedSave)).all()) == 2
        clock.now += timedelta(days=2)
        lin.text(week.item("云杉银行"), "云杉银行：一")
        with database.reading() as session:
            assert len(session.scalars(select(AcknowledgedSave)).all()) == 2


class TestWhatIsNoSave:
    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"client": "x", "field": "structure", "sequence": 1, "changes": []},
            {"client": uid(), "field": "../", "sequence": 1, "changes": [{"kind": "keep", "item": 1}]},
            {"client": uid(), "field": "structure", "sequence": 0, "changes": [{"kind": "keep", "item": 1}]},
            {"client": uid(), "field": "structure", "sequence": 1, "changes": [{"kind": "burn", "item": 1}]},
            {
                "client": uid(),
                "field": "structure",
                "sequence": 1,
                "changes": [{"kind": "keep", "item": 2**40}],
            },
            {
                "client": uid(),
                "field": "structure",
                "sequence": 1,
                "changes": [{"kind": "keep", "item": "x"}],
            },
        ],
    )
    def test_is_refused_in_words(self, lin: OpenPage, body: dict[str, Any]) -> None:
        answer = lin.client.post(f"{URL}/changes", json=body)
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"]

    def test_items_nested_too_deeply_are_refused(self, lin: OpenPage, week: StoredWeek) -> None:
        item: dict[str, Any] = {"uid": uid(), "text": "x"}
        for _ in range(DEEPEST):
            item = {"uid": uid(), "text": "x", "items": [item]}
        assert lin.send(add(week.section(O1).id, "x", items=[item])).status_code == 422

    def test_no_deeper_than_a_page_can_say_step_by_step(self, lin: OpenPage, week: StoredWeek) -> None:
        section, parent = week.section(O1).id, week.item("商户对账单").id
        for level in range(2, 60):
            answer = lin.send(add(section, f"第{level}层", parent=parent))
            if answer.status_code != 200:
                break
            parent = week.item(f"第{level}层").id
        assert (level, answer.status_code) == (DEEPEST + 1, 422)
        assert str(DEEPEST) in answer.json()["detail"]
        assert lin.client.get(f"{URL}/edit").status_code == 200

    def test_nor_by_moving_a_branch(self, lin: OpenPage, week: StoredWeek) -> None:
        section, name = week.section(O1).id, uid()
        branch: dict[str, Any] = {"uid": uid(), "text": "x"}
        for _ in range(DEEPEST - 2):
            branch = {"uid": uid(), "text": "x", "items": [branch]}
        assert lin.send(add(section, "x", uid=name, items=[branch])).status_code == 200
        move = {"kind": "move", "item": name, "section": section, "after": None}
        assert lin.send({**move, "parent": week.item("商户对账单").id}).status_code == 422
        assert lin.send({**move, "parent": None}).status_code == 200

    def test_signed_out_it_is_told_so_in_json(self, lin: OpenPage, week: StoredWeek) -> None:
        lin.client.cookies.clear()
        answer = lin.text(week.item("商户对账单"), "x")
        assert (answer.status_code, answer.json()["key"]) == (401, "signed_out")

    def test_for_a_week_that_has_gone_it_is_told_404(self, lin: OpenPage) -> None:
        lin.url = "/teams/payments/weeks/2020-01-06"
        answer = lin.send({"kind": "keep", "item": 1})
        assert (answer.status_code, answer.json()["key"]) == (404, "report.not_found")

    def test_one_who_may_only_read_is_told_403(
        self, lin: OpenPage, week: StoredWeek, cast: Cast, sign_in: SignIn
    ) -> None:
        sign_in(lin.client, cast.mei)
        assert lin.text(week.item("商户对账单"), "x").status_code == 403
