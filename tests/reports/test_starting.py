"""Starting a week from the last one: headings, figures, and what is still open, which nobody has said yet."""

from __future__ import annotations

from datetime import date, timedelta
from html import unescape

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.accounts.models import Team
from app.db import Database
from app.metrics.models import Metric
from app.reports.assembly import document_of, published_document, working_copy
from app.reports.models import Item, Report, Section, Workstream
from tests.conftest import Cast, Clock, SignIn
from tests.reports.pages import MONDAY, PAGE, store_week

WEEKS = "/teams/payments/weeks"
NEXT = MONDAY + timedelta(days=7)
URL = f"{WEEKS}/{NEXT.isoformat()}"


@pytest.fixture
def published(database: Database, cast: Cast, clock: Clock) -> int:
    return store_week(database, cast.payments, cast.lin, clock.now)


@pytest.fixture
def lin(client: TestClient, cast: Cast, sign_in: SignIn) -> TestClient:
    return sign_in(client, cast.lin)


class Draft:
    """The week that is being written, as its texts are asked for."""

    def __init__(self, client: TestClient, database: Database, monday: date = NEXT) -> None:
        self.client, self.database = client, database
        self.url = f"{WEEKS}/{monday.isoformat()}"
        self.monday = monday

    def start(self) -> Draft:
        answer = self.client.post(WEEKS, data={"period_start": self.monday.isoformat(), "sure": "true"})
        assert answer.headers["location"] == f"{self.url}/edit", answer.text
        return self

    def report(self) -> Report:
        with self.database.reading() as session:
            return session.scalars(select(Report).where(Report.period_start == self.monday)).one()

    def item(self, beginning: str) -> Item:
        with self.database.reading() as session:
            query = select(Item).join(Report, Report.id == Item.report_id)
            return session.scalars(
                query.where(Report.period_start == self.monday, Item.text.startswith(beginning))
            ).one()

    def section(self, title: str) -> Section:
        with self.database.reading() as session:
            query = select(Section).join(Report, Report.id == Section.report_id)
            return session.scalars(
                query.where(Report.period_start == self.monday, Section.title == title)
            ).one()

    def decide(self, beginning: str, decision: str) -> int:
        address = f"{self.url}/items/{self.item(beginning).id}/carried"
        return self.client.post(address, data={"decision": decision}).status_code

    def says(self) -> list[str]:
        """The texts of the week as it would be published."""
        with self.database.reading() as session:
            report = session.scalars(select(Report).where(Report.period_start == self.monday)).one()
            document = document_of(session, report)
        return [
            block.text
            for section in document.sections
            for top in section.blocks
            for block in [top, *top.blocks]
        ]

    def edit_page(self) -> str:
        return self.client.get(f"{self.url}/edit").text

    def write(self, beginning: str, text: str) -> None:
        item = self.item(beginning)
        data = {"text": text, "version": str(item.version)}
        assert self.client.post(f"{self.url}/items/{item.id}", data=data).status_code == 303

    def publish(self) -> None:
        data = {"version": str(self.report().version), "reason": ""}
        assert self.client.post(f"{self.url}/publication", data=data).status_code == 303


@pytest.fixture
def draft(lin: TestClient, database: Database, published: int) -> Draft:
    return Draft(lin, database).start()


class TestStartingAWeek:
    def test_makes_a_draft_with_last_weeks_headings_and_empty_metrics(self, draft: Draft) -> None:
        page = draft.edit_page()
        assert "业务支撑" in page
        assert "入金有效成功率" in page
        assert "99.972%" not in page.split("业务支撑")[0].split("入金有效成功率")[0]

    def test_begins_on_the_monday_of_any_day(self, lin: TestClient, published: int) -> None:
        answer = lin.post(WEEKS, data={"period_start": "2025-06-11"})
        assert answer.headers["location"] == f"{WEEKS}/2025-06-09/edit"

    def test_that_exists_is_refused(self, lin: TestClient, published: int) -> None:
        assert lin.post(WEEKS, data={"period_start": MONDAY.isoformat()}).status_code == 409

    @pytest.mark.parametrize("day", ["yesterday", "2025-13-01", "1999-01-01", "9999-12-31", ""])
    def test_on_a_day_out_of_range_is_refused(self, lin: TestClient, day: str) -> None:
        assert lin.post(WEEKS, data={"period_start": day}).status_code == 422

    def test_too_far_ahead_is_not_offered_to_be_started(self, lin: TestClient, published: int) -> None:
        far = NEXT + timedelta(weeks=5)
        offered = lin.get(f"{WEEKS}/{far.isoformat()}/start")
        assert offered.status_code == 422
        assert "at most 4 weeks ahead" in offered.text
        assert lin.post(WEEKS, data={"period_start": far.isoformat(), "sure": "true"}).status_code == 422
        near = lin.get(f"{WEEKS}/{(far - timedelta(weeks=1)).isoformat()}/start")
        assert near.status_code == 200

    def test_of_a_team_without_history_begins_with_the_usual_headings(self, lin: TestClient) -> None:
        lin.post(WEEKS, data={"period_start": "2025-06-09"})
        assert "下周工作及目标" in lin.get(f"{WEEKS}/2025-06-09/edit").text

    def test_takes_the_last_published_week_however_long_ago(
        self, lin: TestClient, database: Database, published: int
    ) -> None:
        later = Draft(lin, database, MONDAY + timedelta(weeks=5)).start()
        assert later.item("分期付能力").carried_open

    def test_leaves_a_draft_that_was_never_published_aside(
        self, lin: TestClient, database: Database, draft: Draft
    ) -> None:
        section = draft.section("业务支撑")
        lin.post(f"{draft.url}/items", data={"section": str(section.id), "text": "只在草稿里"})
        later = Draft(lin, database, NEXT + timedelta(weeks=1)).start()
        assert "只在草稿里" not in later.edit_page()
        assert later.item("分期付能力").carried_open


class TestWorkstreams:
    @pytest.fixture
    def workstreams(self, database: Database, cast: Cast) -> None:
        with database.writing() as session:
            team = session.get_one(Team, cast.payments.id)
            session.add_all(
                Workstream(team_id=team.id, code=code, title=title, from_day=start, until_day=end)
                for code, title, start, end in [
                    ("O1", "业务支撑", date(2025, 1, 1), None),
                    ("O3", "合规与数据", date(2025, 6, 9), None),
                    ("O4", "旧事", date(2024, 1, 1), date(2025, 6, 8)),
                ]
            )

    def test_that_began_since_stand_where_their_code_belongs(
        self, workstreams: None, lin: TestClient, database: Database, published: int
    ) -> None:
        draft = Draft(lin, database).start()
        with database.reading() as session:
            report = session.get_one(Report, draft.report().id)
            sections = document_of(session, report).sections
        assert [(section.code, section.heading) for section in sections if section.kind == "workstream"] == [
            ("O1", "【O1 业务支撑】"),
            ("O2", "【O2 平台升级】"),
            ("O3", "【O3 合规与数据】"),
        ]
        titles = [section.title for section in sections]
        assert titles.index("合规与数据") == titles.index("平台升级") + 1


class TestWhatIsCarriedOver:
    def test_is_what_was_open_with_its_open_branches(self, draft: Draft) -> None:
        page = draft.edit_page()
        for text in ("分期付能力", "青禾银行：签约接口待修复", "报表迁移：总数148个", "商户对账单自助下载"):
            assert text in page
        assert "云杉银行：已投产" not in page
        assert "资金部反馈日报" not in page

    def test_tells_what_it_had_reached_and_promised(self, draft: Draft) -> None:
        carried = draft.item("分期付能力").carried
        assert carried is not None
        assert (carried["from"], carried["progress"]) == ("2025-06-02", "60%")
        assert [(one["iso"], one["role"]) for one in carried["dates"]] == [("2025-06-13", "灰度")]
        page = draft.edit_page()
        assert "last week <b>60%</b>" in page
        assert "planned for <b>13 Jun</b> 灰度" in page

    def test_is_no_part_of_the_week_before_it_is_touched(self, draft: Draft, lin: TestClient) -> None:
        assert not any("分期付能力" in text for text in draft.says())
        assert "分期付能力" not in lin.get(draft.url).text
        assert "分期付能力" not in lin.get(f"{draft.url}/export?format=markdown").text

    def test_is_part_of_it_once_it_is_kept(self, draft: Draft) -> None:
        assert draft.decide("报表迁移", "keep") == 303
        assert "报表迁移：总数148个，已完成开发120个，占比81%" in draft.says()

    def test_is_part_of_it_once_it_is_edited(self, draft: Draft, lin: TestClient) -> None:
        item = draft.item("报表迁移")
        lin.post(
            f"{draft.url}/items/{item.id}", data={"text": "报表迁移：进度90%", "version": str(item.version)}
        )
        assert "报表迁移：进度90%" in draft.says()

    def test_is_part_of_it_once_it_is_moved(self, draft: Draft, lin: TestClient) -> None:
        item = draft.item("商户对账单")
        data = {"text": item.text, "version": str(item.version), "direction": "up"}
        lin.post(f"{draft.url}/items/{item.id}/place", data=data)
        assert item.text in draft.says()

    def test_keeps_its_place_where_only_something_below_it_is_kept(self, draft: Draft) -> None:
        draft.decide("青禾银行：签约接口", "keep")
        says = draft.says()
        assert says.index("青禾银行：签约接口待修复") == says.index(draft.item("分期付能力").text) + 1

    def test_leaves_what_is_below_a_kept_item_open(self, draft: Draft) -> None:
        draft.decide("分期付能力", "keep")
        assert draft.item("分期付能力").text in draft.says()
        assert "青禾银行：签约接口待修复" not in draft.says()

    def test_is_kept_for_a_whole_section_at_once(self, draft: Draft, lin: TestClient) -> None:
        draft.decide("商户对账单", "drop")
        section = draft.section("业务支撑")
        assert lin.post(f"{draft.url}/sections/{section.id}/carried").status_code == 303
        assert "青禾银行：签约接口待修复" in draft.says()
        assert not any("商户对账单" in text for text in draft.says())

    def test_makes_no_week_by_itself(self, draft: Draft, lin: TestClient) -> None:
        with draft.database.writing() as session:
            metrics = select(Section.id).where(Section.kind == "metrics")
            for item in session.scalars(
                select(Item).where(Item.report_id == draft.report().id, Item.section_id.in_(metrics))
            ):
                session.delete(item)
        answer = lin.post(f"{draft.url}/publication", data={"version": str(draft.report().version)})
        assert answer.status_code == 422


class TestDroppingACarriedItem:
    def test_takes_it_off_the_page_and_offers_it_back(self, draft: Draft) -> None:
        assert draft.decide("商户对账单", "drop") == 303
        assert "Bring back" in draft.edit_page()
        assert not any("商户对账单" in text for text in draft.says())

    def test_can_be_undone(self, draft: Draft) -> None:
        draft.decide("商户对账单", "drop")
        assert draft.decide("商户对账单", "back") == 303
        assert "Bring back" not in draft.edit_page()
        assert draft.item("商户对账单").carried_open

    def test_takes_what_is_below_it_along(self, draft: Draft) -> None:
        draft.decide("分期付能力", "drop")
        assert f'id="item-{draft.item("青禾银行").id}"' not in draft.edit_page()

    def test_is_refused_where_something_below_it_was_kept(self, draft: Draft) -> None:
        draft.decide("青禾银行", "keep")
        assert draft.decide("分期付能力", "drop") == 409
        assert draft.item("分期付能力").text in draft.says()

    def test_does_not_hinder_the_order_of_the_others(self, draft: Draft, lin: TestClient) -> None:
        section = draft.section("业务支撑")
        for text in ("甲", "乙"):
            lin.post(f"{draft.url}/items", data={"section": str(section.id), "text": text})
        draft.decide("商户对账单", "drop")
        second = draft.item("乙")
        data = {"text": "乙", "version": str(second.version), "direction": "up"}
        lin.post(f"{draft.url}/items/{second.id}/place", data=data)
        says = draft.says()
        assert says.index("乙") < says.index("甲")

    def test_leaves_a_section_that_can_be_removed(self, draft: Draft, lin: TestClient) -> None:
        draft.decide("报表迁移", "drop")
        section = draft.section("平台升级")
        data = {"heading": section.heading or "", "version": str(section.version)}
        assert lin.post(f"{draft.url}/sections/{section.id}/removal", data=data).status_code == 303


class TestPublishing:
    def test_leaves_behind_what_nobody_touched(self, draft: Draft, database: Database) -> None:
        draft.decide("青禾银行：签约接口", "keep")
        draft.decide("商户对账单", "drop")
        draft.publish()
        page = draft.edit_page()
        assert "青禾银行：签约接口待修复" in page
        assert "分期付能力" in page
        for gone in ("报表迁移", "商户对账单", "Bring back", "carried over"):
            assert gone not in page

    def test_freezes_what_the_preview_showed(self, draft: Draft, database: Database) -> None:
        draft.decide("报表迁移", "keep")
        before = draft.says()
        draft.publish()
        with database.reading() as session:
            report = session.get_one(Report, draft.report().id)
            frozen = published_document(session, report)
            assert frozen == working_copy(session, report, for_readers=True).document
        assert draft.says() == before

    def test_lets_the_week_after_start_from_it(
        self, draft: Draft, lin: TestClient, database: Database
    ) -> None:
        draft.decide("报表迁移", "keep")
        draft.publish()
        later = Draft(lin, database, NEXT + timedelta(weeks=1)).start()
        assert later.item("报表迁移").carried_open
        assert "分期付能力" not in later.edit_page()


class TestMetricsThatNobodyFilled:
    def test_are_no_part_of_the_published_week(self, draft: Draft, database: Database) -> None:
        draft.decide("商户对账单", "keep")
        draft.publish()
        with database.reading() as session:
            document = published_document(session, draft.report())
        assert [section.blocks for section in document.sections if section.kind == "metrics"] == [[]]

    def test_leave_those_that_were_filled_under_their_group(self, draft: Draft) -> None:
        draft.write("入金有效成功率", "入金有效成功率：99.981%")
        assert draft.says()[:2] == ["成功率：", "入金有效成功率：99.981%"]

    def test_can_be_filled_when_the_week_is_amended(self, draft: Draft) -> None:
        draft.decide("商户对账单", "keep")
        draft.publish()
        draft.write("出金有效成功率", "出金有效成功率：99.987%")
        assert "出金有效成功率：99.987%" in draft.says()

    def test_are_asked_for_again_the_week_after(
        self, draft: Draft, lin: TestClient, database: Database
    ) -> None:
        draft.write("出金有效成功率", "出金有效成功率：99.987%")
        draft.publish()
        later = Draft(lin, database, NEXT + timedelta(weeks=1))
        assert "4 metrics to fill in" in lin.get(f"{WEEKS}/{later.monday.isoformat()}/start").text
        later.start()
        places = [later.item(name).position for name in ("入金", "出金", "一次支付", "支付系统")]
        assert places == sorted(places)

    def test_are_asked_for_no_more_once_they_are_retired(
        self, draft: Draft, lin: TestClient, database: Database
    ) -> None:
        draft.write("出金有效成功率", "出金有效成功率：99.987%")
        draft.publish()
        with database.writing() as session:
            metric = session.scalars(select(Metric).where(Metric.name == "入金有效成功率")).one()
            metric.retired_from = NEXT
        page = Draft(lin, database, NEXT + timedelta(weeks=1)).start().edit_page()
        assert "出金有效成功率" in page
        assert "入金有效成功率" not in page

    def test_stand_in_the_week_as_markdown_to_be_filled_there(self, draft: Draft, lin: TestClient) -> None:
        page = unescape(lin.get(f"{URL}/source").text)
        text = page.split("<textarea", 1)[1].split(">", 1)[1].split("</textarea>", 1)[0].lstrip("\n")
        assert "- 入金有效成功率：\n" in text
        filled = text.replace("入金有效成功率：", "入金有效成功率：99.981%")
        data = {"text": filled, "base": text, "version": str(draft.report().version)}
        assert lin.post(f"{URL}/source", data=data).status_code == 303
        assert "入金有效成功率：99.981%" in draft.says()
        assert draft.edit_page().count(">入金有效成功率<") == 1

    def test_stay_where_a_page_was_imported_with_them(
        self, database: Database, cast: Cast, clock: Clock
    ) -> None:
        page = PAGE.replace("入金有效成功率：99.972%", "入金有效成功率：")
        number = store_week(database, cast.payments, cast.lin, clock.now, page)
        with database.reading() as session:
            report = session.get_one(Report, number)
            for document in (published_document(session, report), document_of(session, report)):
                assert "入金有效成功率：" in [block.text for block in document.sections[0].blocks]


class TestSpeed:
    def test_starting_costs_the_same_however_much_is_carried(
        self, lin: TestClient, database: Database, cast: Cast, clock: Clock, query_counter: object
    ) -> None:
        more = "".join(f"- 事项{number}：进度{number}%，预计6/20上线\n" for number in range(60))
        store_week(
            database, cast.payments, cast.lin, clock.now, PAGE.replace("- 报表迁移", f"{more}- 报表迁移")
        )
        with query_counter() as queries:  # type: ignore[operator]  # a context manager
            Draft(lin, database).start()
        assert queries.total <= 20
