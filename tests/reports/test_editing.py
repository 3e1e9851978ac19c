"""Changing a week where it stands: nobody's words are lost, and every answer is a page."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.db import Database
from app.document.blocks import DEEPEST
from app.document.schema import Document
from app.document.writer import write
from app.incidents.models import Incident
from app.reports.assembly import document_of, published_document
from app.reports.models import Fact, Goal, Item, Report, Section
from tests.conftest import Cast, Clock, SignIn
from tests.reports.pages import MONDAY, store_week

URL = f"/teams/payments/weeks/{MONDAY.isoformat()}"
HTMX = {"HX-Request": "true"}


@dataclass
class Week:
    """A published week of payments, seen through its lead's browser and its records."""

    database: Database
    client: TestClient
    report_id: int

    def item(self, beginning: str) -> Item:
        with self.database.reading() as session:
            return session.scalars(
                select(Item).where(Item.report_id == self.report_id, Item.text.startswith(beginning))
            ).one()

    def texts(self, heading: str) -> list[str]:
        """The top items' texts of a section, in order."""
        section = next(one for one in self.document.sections if one.title == heading)
        return [block.text for block in section.blocks]

    @property
    def document(self) -> Document:
        with self.database.reading() as session:
            return document_of(session, session.get_one(Report, self.report_id))

    @property
    def report(self) -> Report:
        with self.database.reading() as session:
            return session.get_one(Report, self.report_id)

    def section(self, title: str) -> Section:
        with self.database.reading() as session:
            return session.scalars(
                select(Section).where(Section.report_id == self.report_id, Section.title == title)
            ).one()

    def post(self, path: str, *, htmx: bool = False, **fields: Any) -> Any:
        data = {name: str(value) for name, value in fields.items()}
        return self.client.post(f"{URL}{path}", data=data, headers=HTMX if htmx else {})

    def save(self, item: Item, text: str, *, version: int | None = None, htmx: bool = False) -> Any:
        return self.post(
            f"/items/{item.id}",
            text=text,
            version=item.version if version is None else version,
            base=item.text,
            htmx=htmx,
        )


@pytest.fixture
def week(database: Database, client: TestClient, cast: Cast, clock: Clock, sign_in: SignIn) -> Week:
    report_id = store_week(database, cast.payments, cast.lin, clock.now)
    return Week(database, sign_in(client, cast.lin), report_id)


class TestAnItem:
    def test_is_saved_where_it_stands_and_leads_back_to_it(self, week: Week) -> None:
        item = week.item("商户对账单")
        answer = week.save(item, "商户对账单自助下载：PC 端上线，进度100%")
        assert answer.status_code == 303
        assert answer.headers["location"] == f"{URL}/edit#item-{item.id}"
        assert week.item("商户对账单").text == "商户对账单自助下载：PC 端上线，进度100%"

    def test_asked_by_htmx_answers_with_what_was_recognised(self, week: Week) -> None:
        answer = week.save(week.item("商户对账单"), "商户对账单：进度88%，预计6/20上线", htmx=True)
        assert answer.status_code == 200
        assert "88%" in answer.text
        assert "<html" not in answer.text

    def test_changed_meanwhile_is_refused_with_both_texts(self, week: Week) -> None:
        item = week.item("商户对账单")
        week.save(item, "商户对账单：PC 端上线")
        stale = week.save(item, "商户对账单：H5 端提测")
        assert stale.status_code == 409
        assert "商户对账单：PC 端上线" in stale.text
        assert "商户对账单：H5 端提测" in stale.text
        assert week.item("商户对账单").text == "商户对账单：PC 端上线"

    def test_a_clash_in_the_page_names_the_version_to_try_again_with(self, week: Week) -> None:
        item = week.item("商户对账单")
        week.save(item, "商户对账单：PC 端上线")
        stale = week.save(item, "商户对账单：H5 端提测", htmx=True)
        assert stale.headers["hx-retarget"] == f"#state-item-{item.id}"
        version = int(re.search(r'name="version" value="(\d+)"', stale.text)[1])  # type: ignore[index]
        assert week.save(item, "商户对账单：H5 端提测", version=version).status_code == 303
        assert week.item("商户对账单").text == "商户对账单：H5 端提测"

    def test_of_another_place_never_clashes(self, week: Week) -> None:
        first, second = week.item("商户对账单"), week.item("报表迁移")
        assert week.save(first, "商户对账单：一").status_code == 303
        assert week.save(second, "报表迁移：二").status_code == 303

    def test_said_twice_the_same_is_no_clash(self, week: Week) -> None:
        item = week.item("商户对账单")
        assert week.save(item, "商户对账单：一").status_code == 303
        assert week.save(item, "商户对账单：一").status_code == 303

    def test_with_a_blank_line_gets_a_paragraph_of_its_own(self, week: Week) -> None:
        week.save(week.item("商户对账单"), "商户对账单：一\r\n\r\n下一段")
        section = next(one for one in week.document.sections if one.title == "业务支撑")
        block = next(block for block in section.blocks if block.text == "商户对账单：一")
        assert [child.text for child in block.blocks] == ["下一段"]

    def test_that_became_part_of_an_event_draws_its_section_anew(self, week: Week) -> None:
        section = week.section("生产稳定性事件")
        week.post("/items", section=section.id, text="现场说明")
        answer = week.save(week.item("现场说明"), "6/6 10:20 对账文件解析失败", htmx=True)
        assert answer.status_code == 200
        assert answer.headers["hx-retarget"] == f"#section-{section.id}"
        assert [event.started_literal for event in week.document.incidents][-1] == "6/6 10:20"

    def test_with_a_character_that_no_database_keeps_is_saved_without_it(self, week: Week) -> None:
        assert week.save(week.item("商户对账单"), "商户对账单\x00：一").status_code == 303
        assert week.item("商户对账单").text == "商户对账单：一"

    def test_emptied_is_refused_and_kept(self, week: Week) -> None:
        item = week.item("商户对账单")
        assert week.save(item, "  \n ").status_code == 422
        assert week.item("商户对账单").text == item.text

    def test_of_70_kb_is_refused_with_the_limit(self, week: Week) -> None:
        item = week.item("商户对账单")
        answer = week.save(item, "长" * 24_000)
        assert answer.status_code == 413
        assert "64" in answer.text
        assert week.item("商户对账单").text == item.text

    def test_is_added_at_the_end_of_its_section(self, week: Week) -> None:
        section = week.section("业务支撑")
        week.post("/items", section=section.id, text="清算引擎：方案评审完成")
        assert week.texts("业务支撑")[-1] == "清算引擎：方案评审完成"

    def test_is_removed_with_all_below_it(self, week: Week) -> None:
        item = week.item("分期付能力")
        week.post(f"/items/{item.id}/removal", text=item.text, version=item.version)
        assert week.texts("业务支撑") == ["商户对账单自助下载：PC 端提测"]

    def test_is_not_removed_once_somebody_changed_it(self, week: Week) -> None:
        item = week.item("商户对账单")
        week.save(item, "商户对账单：改过")
        assert week.post(f"/items/{item.id}/removal", text=item.text, version=item.version).status_code == 409
        assert week.item("商户对账单").text == "商户对账单：改过"

    def test_of_another_report_is_not_found(
        self, week: Week, cast: Cast, clock: Clock, database: Database
    ) -> None:
        other = store_week(database, cast.merchant, cast.mei, clock.now)
        with database.reading() as session:
            foreign = session.scalars(select(Item).where(Item.report_id == other)).first()
        assert foreign is not None
        assert week.save(foreign, "别人的").status_code == 404

    @pytest.mark.parametrize(
        "text",
        ["- 像列表", "1. 像编号", "# 像标题", "\\- 反斜杠", "a\nb", "【像标题】", "6/4 14:12 像事件", "```"],
    )
    def test_that_looks_like_markup_stays_as_typed(self, week: Week, text: str) -> None:
        week.save(week.item("商户对账单"), text)
        from app.document.reader import read

        again = read(write(week.document)).document
        assert [block.text for block in again.sections[1].blocks] == [
            block.text for block in week.document.sections[1].blocks
        ]
        assert text in [block.text for block in week.document.sections[1].blocks]


class TestMoving:
    def move(self, week: Week, item: Item, direction: str, text: str | None = None) -> Any:
        return week.post(
            f"/items/{item.id}/place",
            text=item.text if text is None else text,
            version=item.version,
            base=item.text,
            direction=direction,
        )

    def test_up_and_down_change_places_among_siblings(self, week: Week) -> None:
        item = week.item("商户对账单")
        self.move(week, item, "up")
        assert week.texts("业务支撑")[0].startswith("商户对账单")
        self.move(week, item, "down")
        assert week.texts("业务支撑")[1].startswith("商户对账单")

    def test_in_nests_below_the_item_above_and_out_comes_back(self, week: Week) -> None:
        item = week.item("商户对账单")
        self.move(week, item, "in")
        assert len(week.texts("业务支撑")) == 1
        self.move(week, item, "out")
        assert week.texts("业务支撑")[1].startswith("商户对账单")

    def test_no_deeper_than_a_page_can_say(self, week: Week) -> None:
        section, parent = week.item("商户对账单").section_id, week.item("商户对账单").id
        for level in range(2, DEEPEST + 1):
            fields = {"section": str(section), "parent": str(parent), "text": f"第{level}层"}
            assert week.client.post(f"{URL}/items", data=fields).status_code == 303
            parent = week.item(f"第{level}层").id
        fields = {"section": str(section), "parent": str(parent), "text": "再深一层"}
        assert week.client.post(f"{URL}/items", data=fields).status_code == 422
        other = {"section": str(section), "parent": str(week.item(f"第{DEEPEST - 1}层").id), "text": "旁边"}
        assert week.client.post(f"{URL}/items", data=other).status_code == 303
        beside = week.item("旁边")
        answer = week.client.post(
            f"{URL}/items/{beside.id}/place",
            data={"text": beside.text, "base": beside.text, "version": beside.version, "direction": "in"},
        )
        assert answer.status_code == 422
        assert "24" in answer.text

    def test_past_the_end_of_a_section_goes_on_in_the_next(self, week: Week) -> None:
        self.move(week, week.item("商户对账单"), "down")
        assert week.texts("平台升级")[0].startswith("商户对账单")

    def test_takes_all_below_along(self, week: Week) -> None:
        item = week.item("分期付能力")
        self.move(week, item, "down")
        self.move(week, item, "down")
        section = next(one for one in week.document.sections if one.title == "平台升级")
        assert [child.text[:4] for child in section.blocks[0].blocks] == ["云杉银行", "青禾银行"]

    def test_keeps_what_was_typed_before_the_button_was_pressed(self, week: Week) -> None:
        self.move(week, week.item("商户对账单"), "up", text="商户对账单：还没保存的话")
        assert week.texts("业务支撑")[0] == "商户对账单：还没保存的话"

    def test_the_first_up_and_the_top_out_change_nothing(self, week: Week) -> None:
        before = week.document.model_dump(exclude={"facts"})
        self.move(week, week.item("成功率"), "up")
        self.move(week, week.item("商户对账单"), "out")
        assert week.document.model_dump(exclude={"facts"}) == before


class TestAReading:
    def save(self, week: Week, name: str, base: str, literal: str, *, item: str | None = None) -> Any:
        return week.post("/readings", item=week.item(item or name).id, name=name, base=base, literal=literal)

    def test_keeps_its_digits_as_typed(self, week: Week) -> None:
        assert self.save(week, "入金有效成功率", "99.972%", "99.980%").status_code == 303
        assert week.item("入金有效成功率").text == "入金有效成功率：99.980%"
        metric = week.document.metrics[0]
        assert (metric.value, metric.decimals) == ("99.980", 3)

    def test_beside_another_on_one_line_is_corrected_alone(self, week: Week) -> None:
        self.save(week, "一次支付成功率", "97.14%", "97.41%", item="出金有效成功率")
        assert week.item("出金有效成功率").text == "出金有效成功率：99.985% ，一次支付成功率：97.41%"

    def test_two_people_correct_two_metrics_of_one_line(self, week: Week) -> None:
        self.save(week, "一次支付成功率", "97.14%", "97.41%", item="出金有效成功率")
        assert self.save(week, "出金有效成功率", "99.985%", "99.986%").status_code == 303
        assert week.item("出金有效成功率").text == "出金有效成功率：99.986% ，一次支付成功率：97.41%"

    def test_changed_meanwhile_is_refused_with_both_values(self, week: Week) -> None:
        self.save(week, "入金有效成功率", "99.972%", "99.980%")
        stale = self.save(week, "入金有效成功率", "99.972%", "99.975%")
        assert stale.status_code == 409
        assert "99.980%" in stale.text
        assert "99.975%" in stale.text

    def test_without_a_percent_sign_gets_one(self, week: Week) -> None:
        self.save(week, "入金有效成功率", "99.972%", "99.98")
        assert week.item("入金有效成功率").text == "入金有效成功率：99.98%"

    @pytest.mark.parametrize(
        "typed", ["九十九", "99..9%", "1e3%", "-", "99.9%，好", "NaN", "101%", "-1%", "٩٩%"]
    )
    def test_that_is_no_such_number_is_refused(self, week: Week, typed: str) -> None:
        answer = self.save(week, "入金有效成功率", "99.972%", typed)
        assert answer.status_code == 422
        assert week.item("入金有效成功率").text == "入金有效成功率：99.972%"

    def test_full_width_digits_are_taken(self, week: Week) -> None:
        self.save(week, "入金有效成功率", "99.972%", "９９.９８％")
        assert week.document.metrics[0].value == "99.98"

    def test_is_added_and_removed(self, week: Week) -> None:
        section = week.section("系统运行数据")
        week.post("/readings/new", section=section.id, name="退款成功率", literal="99.9%")
        assert "退款成功率" in [metric.name for metric in week.document.metrics]
        week.post("/readings/removal", item=week.item("退款成功率").id, name="退款成功率", base="99.9%")
        assert "退款成功率" not in write(week.document)

    def test_removed_from_a_shared_line_leaves_the_other(self, week: Week) -> None:
        item = week.item("出金有效成功率")
        week.post("/readings/removal", item=item.id, name="一次支付成功率", base="97.14%")
        assert week.item("出金有效成功率").text == "出金有效成功率：99.985%"


class TestAnEvent:
    def fields(self, week: Week, beginning: str) -> tuple[Item, dict[str, str]]:
        """An event's first item and its form as the page holds it."""
        item = week.item(beginning)
        page = week.client.get(f"{URL}/edit").text
        form = page[page.index(f'id="form-item-{item.id}"') :]
        form = form[: form.index("</form>")]
        fields = dict(re.findall(r'<input[^>]*name="(\w+)" value="([^"]*)"', form))
        for name, text in re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>\n?([^<]*)</textarea>', form):
            fields[name] = text
        fields["grade"] = ""
        return item, fields

    def test_is_shown_by_its_parts(self, week: Week) -> None:
        _, fields = self.fields(week, "6/4 14:12")
        assert fields["started"] == "6/4 14:12"
        assert fields["symptom"] == "监控发现青禾银行代扣受理超时"
        assert fields["cause"] == "对方网关扩容期间连接被重置"
        assert fields["handling"] == "14:26 切换通道，14:41 恢复"

    def test_is_corrected_by_its_parts(self, week: Week) -> None:
        item, fields = self.fields(week, "6/4 14:12")
        answer = week.post(
            f"/incidents/{item.id}", **{**fields, "impact": "代扣失败12笔", "started": "6/4 14:10"}
        )
        assert answer.status_code == 303
        event = week.document.incidents[0]
        assert (event.started_at, event.impact) == ("2025-06-04T14:10", "代扣失败12笔")
        assert event.cause == "对方网关扩容期间连接被重置"

    def test_changed_meanwhile_is_refused_with_both_texts(self, week: Week) -> None:
        item, fields = self.fields(week, "6/4 14:12")
        week.post(f"/incidents/{item.id}", **{**fields, "symptom": "先改的"})
        stale = week.post(f"/incidents/{item.id}", **{**fields, "symptom": "后改的"})
        assert stale.status_code == 409
        assert "先改的" in stale.text
        assert "后改的" in stale.text

    def test_keeps_its_record_and_its_grade_when_its_text_changes(self, week: Week) -> None:
        item, fields = self.fields(week, "6/4 14:12")
        week.post(f"/incidents/{item.id}", **{**fields, "grade": "C"})
        _, fields = self.fields(week, "6/4 14:12")
        week.post(f"/incidents/{item.id}", **{**fields, "symptom": "换了说法", "grade": "C"})
        with week.database.reading() as session:
            stored = session.scalars(
                select(Incident).where(Incident.report_id == week.report_id).order_by(Incident.position)
            ).all()
        assert [(one.symptom, one.grade) for one in stored] == [
            ("换了说法", "C"),
            ("资金部反馈日报生成延迟", None),
        ]

    def test_is_added_from_one_line(self, week: Week) -> None:
        section = week.section("生产稳定性事件")
        week.post("/incidents", section=section.id, text="6/6 10:20 对账文件解析失败 原因：字段越界")
        event = week.document.incidents[-1]
        assert (event.started_at, event.cause) == ("2025-06-06T10:20", "字段越界")

    def test_is_moved_and_removed_whole(self, week: Week) -> None:
        item, fields = self.fields(week, "6/5 08:05")
        week.post(f"/incidents/{item.id}/place", **fields, direction="up")
        assert [event.started_literal for event in week.document.incidents] == ["6/5 08:05", "6/4 14:12"]
        item, fields = self.fields(week, "6/4 14:12")
        week.post(f"/incidents/{item.id}/removal", **fields)
        assert "青禾银行代扣" not in write(week.document)
        assert "网关扩容" not in write(week.document)

    def test_without_a_symptom_is_refused(self, week: Week) -> None:
        item, fields = self.fields(week, "6/4 14:12")
        assert week.post(f"/incidents/{item.id}", **{**fields, "symptom": " "}).status_code == 422


class TestAFact:
    def decide(self, week: Week, decision: str, **values: str) -> Any:
        item = week.item("分期付能力")
        fact = next(
            fact for fact in week.document.facts if fact.kind == "progress" and fact.literal in item.text
        )
        return week.post(
            f"/items/{item.id}/facts",
            kind="progress",
            literal=fact.literal,
            start=fact.place.start,
            end=fact.place.end,
            decision=decision,
            **values,
        )

    def progress(self, week: Week) -> list[str]:
        return [f"{fact.value}" for fact in week.document.facts if fact.kind == "progress"]

    def test_is_corrected_by_a_person(self, week: Week) -> None:
        assert self.decide(week, "corrected", value="65").status_code == 303
        assert "65" in self.progress(week)
        assert "60" not in self.progress(week)

    def test_dismissed_stays_away_when_the_text_is_saved_again(self, week: Week) -> None:
        self.decide(week, "dismissed")
        week.save(week.item("分期付能力"), week.item("分期付能力").text + "，继续")
        assert "60" not in self.progress(week)

    def test_decided_is_kept_by_publishing(self, week: Week) -> None:
        self.decide(week, "corrected", value="65")
        week.post("/publication", version=week.report.version, reason="改正进度")
        with week.database.reading() as session:
            published = published_document(session, session.get_one(Report, week.report_id))
            stored = session.scalars(select(Fact).where(Fact.decision == "corrected")).one()
        assert "65" in [f"{fact.value}" for fact in published.facts if fact.kind == "progress"]
        assert stored.value["value"] == "65"

    def test_that_was_not_recognised_is_added_by_a_person(self, week: Week) -> None:
        item = week.item("商户对账单")
        week.post(
            f"/items/{item.id}/facts", kind="progress", literal="PC 端提测", decision="corrected", value="40"
        )
        week.save(week.item("商户对账单"), "商户对账单自助下载：PC 端提测，继续")
        added = next(fact for fact in week.document.facts if fact.literal == "PC 端提测")
        assert (added.kind, f"{added.value}") == ("progress", "40")  # type: ignore[union-attr]

    def test_added_by_words_that_are_not_there_is_refused(self, week: Week) -> None:
        item = week.item("商户对账单")
        answer = week.post(
            f"/items/{item.id}/facts", kind="progress", literal="没有这话", decision="corrected", value="40"
        )
        assert answer.status_code == 422

    @pytest.mark.parametrize("value", ["", "六十", "120", "-1", "NaN", "1e400"])
    def test_that_is_no_percentage_is_refused(self, week: Week, value: str) -> None:
        assert self.decide(week, "corrected", value=value).status_code == 422


class TestASection:
    def test_gets_another_heading_and_with_it_another_code(self, week: Week) -> None:
        section = week.section("业务支撑")
        week.post(f"/sections/{section.id}", heading="【O4 降本提效】", version=section.version)
        renamed = week.section("降本提效")
        assert (renamed.id, renamed.code, renamed.kind) == (section.id, "O4", "workstream")

    def test_is_added_moved_and_removed_while_empty(self, week: Week) -> None:
        after = week.section("平台升级")
        week.post("/sections", heading="【其他】", after=after.id)
        added = week.section("其他")
        assert added.kind == "other"
        week.post(f"/sections/{added.id}/place", direction="up")
        titles = [section.title for section in week.document.sections]
        assert titles.index("其他") == titles.index("平台升级") - 1
        week.post(f"/sections/{added.id}/removal", heading="【其他】", version=added.version)
        assert "其他" not in [section.title for section in week.document.sections]

    def test_with_text_is_not_removed(self, week: Week) -> None:
        section = week.section("业务支撑")
        answer = week.post(f"/sections/{section.id}/removal", heading="x", version=section.version)
        assert answer.status_code == 422
        assert week.texts("业务支撑")


class TestGoals:
    def test_follow_the_text_and_keep_their_outcome(self, week: Week) -> None:
        with week.database.writing() as session:
            goal = session.scalars(select(Goal).where(Goal.text == "账户核心切换演练")).one()
            goal.outcome = "done"
        week.save(week.item("账户核心切换演练"), "账户核心切换演练两轮")
        with week.database.reading() as session:
            stored = session.scalars(
                select(Goal).where(Goal.report_id == week.report_id).order_by(Goal.position)
            )
            assert [(one.text, one.outcome) for one in stored] == [
                ("账户核心切换演练两轮", "done"),
                ("个人信息保护年检材料定稿", None),
            ]

    def test_are_answered_in_the_week_after(self, week: Week) -> None:
        week.client.post("/teams/payments/weeks", data={"period_start": "2025-06-09"})
        with week.database.reading() as session:
            goal = session.scalars(select(Goal).where(Goal.text == "账户核心切换演练")).one()
        answer = week.client.post(
            f"/teams/payments/weeks/2025-06-09/outcomes/{goal.id}",
            data={"outcome": "carried", "note": "顺延一周", "version": str(goal.version)},
        )
        assert answer.status_code == 303
        with week.database.reading() as session:
            goal = session.get_one(Goal, goal.id)
        assert (goal.outcome, goal.note) == ("carried", "顺延一周")


class TestTheEditingPage:
    def test_shows_every_text_of_the_working_copy(self, week: Week) -> None:
        page = week.client.get(f"{URL}/edit")
        assert page.status_code == 200
        with week.database.reading() as session:
            texts = session.scalars(select(Item.text).where(Item.report_id == week.report_id)).all()
        for text in texts:
            if not text.startswith(("原因：", "处置：", "6/")):
                assert text in page.text

    def test_costs_the_same_few_queries_however_long_the_week_is(
        self, week: Week, query_counter: Callable[[], Any]
    ) -> None:
        section = week.section("业务支撑")
        with query_counter() as few:
            week.client.get(f"{URL}/edit")
        with week.database.writing() as session:
            session.get_one(Report, week.report_id).version += 1
            for position in range(150):
                session.add(
                    Item(
                        report_id=week.report_id,
                        section_id=section.id,
                        text=f"第{position}项",
                        position=position + 9,
                    )
                )
        with query_counter() as many:
            assert week.client.get(f"{URL}/edit").text.count("<textarea") > 150
        assert many.total == few.total <= 14


class TestHostileAddresses:
    @pytest.mark.parametrize("number", ["0", "-1", "2147483648", "99999999999999999999999", "abc", "%00"])
    @pytest.mark.parametrize("what", ["items", "sections", "incidents", "outcomes"])
    def test_are_not_found_or_refused_but_never_a_crash(self, week: Week, what: str, number: str) -> None:
        fields = {"text": "x", "version": "1", "heading": "x", "symptom": "x", "outcome": "done"}
        answer = week.client.post(f"{URL}/{what}/{number}", data=fields)
        assert answer.status_code in {404, 405, 422}

    @pytest.mark.parametrize(
        "path", ["/teams/%00/weeks", "/teams/payments/weeks/%00", "/teams/payments/weeks?year=99999999999"]
    )
    def test_in_the_path_are_answered(self, week: Week, path: str) -> None:
        assert week.client.get(path).status_code in {404, 422}
