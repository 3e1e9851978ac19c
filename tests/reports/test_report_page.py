"""A week as it is read: who sees what, what the margin knows, and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, update
from starlette.testclient import TestClient

from app.accounts.access import TeamInView
from app.accounts.policy import Role, Viewer
from app.db import Database
from app.document.reader import read
from app.document.schema import Document
from app.incidents.models import ThirdParty
from app.metrics.actions import set_target
from app.metrics.models import Metric
from app.reports.assembly import published_document
from app.reports.models import Fact, Goal, Item, Report
from app.reports.report_page import as_written, report_page
from tests.conftest import Cast, Clock, Queries, SignIn
from tests.reports.pages import MONDAY, PAGE, store_week
from tests.reports.reading import Node, letters, parse

WEEKS = "/teams/payments/weeks"
URL = f"{WEEKS}/{MONDAY.isoformat()}"
WEEK_BEFORE = PAGE.replace("第23周 2025-06-06", "第22周 2025-05-30").replace("99.972%", "99.990%")
WEEK_AFTER = PAGE.replace("第23周 2025-06-06", "第24周 2025-06-13")


@dataclass
class Reading:
    """A reader's browser; `page` opens the week."""

    client: TestClient
    language: str = "zh"

    def page(self, url: str = URL) -> Node:
        answer = self.client.get(url, headers={"Accept-Language": self.language})
        assert answer.status_code == 200
        return parse(answer.text)


@pytest.fixture
def week(database: Database, cast: Cast, clock: Clock) -> int:
    return store_week(database, cast.payments, cast.lin, clock.now)


@pytest.fixture
def lin(client: TestClient, cast: Cast, sign_in: SignIn) -> Reading:
    return Reading(sign_in(client, cast.lin))


@pytest.fixture
def eve(client: TestClient, cast: Cast, sign_in: SignIn) -> Reading:
    return Reading(sign_in(client, cast.eve))


def row_of(page: Node, name: str) -> list[str]:
    """The cells of a metric's row."""
    (row,) = [
        row
        for row in page.find("tr")
        if row.find("th") and letters(name) in letters(row.find("th")[0].text())
    ]
    return [cell.text(without={"vh"}) for cell in row.children if isinstance(cell, Node)]


def margin_of(page: Node, words: str) -> str:
    """What stands beside the item that begins with these words."""
    items = [
        item
        for item in page.find("li", of="item")
        if any(part.text().startswith(words) for part in item.find("div", of="text")[:1])
    ]
    return items[0].find(of="note")[0].text() if items and items[0].find(of="note") else ""


class TestTheTitle:
    def test_names_the_week_and_its_days(self, lin: Reading, week: int) -> None:
        page = lin.page()
        assert page.one("h1").text() == "第 23 周"
        assert page.one(of="dates").text() == "2025 年 6 月 2 日至 8 日"
        lin.language = "en"
        page = lin.page()
        assert page.one("h1").text() == "Week 23"
        assert page.one(of="dates").text() == "2–8 June 2025"

    def test_keeps_what_the_page_had_above_its_sections(self, lin: Reading, week: int) -> None:
        assert lin.page().one(of="as-written").text() == "第23周 2025-06-06Created: 2025年6月6日 17:05"

    def test_says_who_published_it_and_when(self, lin: Reading, week: int) -> None:
        standing = lin.page().one(of="standing").text()
        assert "已发布" in standing
        assert "6/13 17:42 林晚发布" in standing

    def test_says_why_it_was_amended(self, lin: Reading, week: int, database: Database, cast: Cast) -> None:
        with database.reading() as session:
            item = session.scalars(select(Item).where(Item.text.startswith("报表迁移"))).one()
        lin.client.post(f"{URL}/items/{item.id}", data={"text": "报表迁移暂停", "version": str(item.version)})
        page = lin.page()
        assert "有尚未发布的修改" in page.one(of="standing").text()
        assert "报表迁移暂停" not in page.text()
        publish(lin, database, week)
        page = lin.page()
        assert "已修订 · 修订版本 2" in page.one(of="standing").text()
        assert "林晚修订：数据源更正" in page.one(of="standing").text()
        assert "报表迁移暂停" in page.text()

    @pytest.mark.parametrize(
        ("title", "said"),
        [
            ("第23周", []),
            ("第23周 2025-06-02", []),
            ("第23周 2025-06-06", ["第23周 2025-06-06"]),
            ("支付组第23周", ["支付组第23周"]),
        ],
    )
    def test_is_said_where_it_is_more_than_the_week(self, title: str, said: list[str]) -> None:
        report = Report(label="第23周", period_start=MONDAY)
        assert as_written(Document(title=title, sections=[]), report) == said


class TestTheLede:
    """The computed first sentence; its rules are in `lede.py`."""

    def lede(self, reader: Reading, language: str) -> str:
        reader.language = language
        return reader.page().one(of="lede").text()

    def test_counts_events_and_accidents(self, lin: Reading, week: int) -> None:
        assert self.lede(lin, "zh") == "生产事件 2 起，CD 级事故 1 起。"
        assert self.lede(lin, "en") == "2 production events, 1 accident of grade CD."

    def test_names_metrics_that_miss_their_target(self, lin: Reading, week: int, database: Database) -> None:
        set_targets(database, {"入金有效成功率": "99.98%", "出金有效成功率": "99.95%"})
        assert self.lede(lin, "zh").startswith("入金有效成功率 99.972%，未达目标 99.98%；其余 1 项达到目标。")
        assert self.lede(lin, "en").startswith(
            "入金有效成功率 99.972%, short of its target of 99.98%; the other one meets its target. "
        )

    def test_says_when_all_meet_their_targets(self, lin: Reading, week: int, database: Database) -> None:
        set_targets(database, {"入金有效成功率": "99.9%", "出金有效成功率": "99.9%"})
        assert self.lede(lin, "zh").startswith("2 项指标都达到目标。")
        assert self.lede(lin, "en").startswith("All 2 metrics meet their targets. ")

    def test_without_targets_compares_with_last_week(
        self, lin: Reading, week: int, database: Database, cast: Cast, clock: Clock
    ) -> None:
        store_week(database, cast.payments, cast.lin, clock.now, WEEK_BEFORE)
        assert self.lede(lin, "zh").startswith("入金有效成功率 99.972%，上周 99.990%。")
        assert self.lede(lin, "en").startswith("入金有效成功率 99.972%, last week 99.990%. ")

    def test_tells_what_became_of_last_weeks_goals(
        self, lin: Reading, week: int, database: Database, cast: Cast, clock: Clock
    ) -> None:
        store_week(database, cast.payments, cast.lin, clock.now, WEEK_BEFORE)
        say_outcomes(database, MONDAY - timedelta(days=7), ["done", "carried"])
        assert "上周 2 项目标完成 1 项，结转 1 项。" in self.lede(lin, "zh").replace("\xa0", " ")
        assert "1 of last week's 2 goals done, 1 carried over. " in self.lede(lin, "en")

    def test_says_that_there_were_no_events(
        self, lin: Reading, database: Database, cast: Cast, clock: Clock
    ) -> None:
        calm = PAGE[: PAGE.index("- 6/4 14:12")] + "暂无\n\n" + PAGE[PAGE.index("# 本周收获") :]
        store_week(database, cast.payments, cast.lin, clock.now, calm.replace("CD级1次", "CD级0次"))
        assert self.lede(lin, "zh") == "没有生产事件。"
        assert self.lede(lin, "en") == "No production events."


class TestMetrics:
    def test_keep_their_digits_and_stand_beside_last_week_and_target(
        self, lin: Reading, week: int, database: Database, cast: Cast, clock: Clock
    ) -> None:
        store_week(database, cast.payments, cast.lin, clock.now, WEEK_BEFORE)
        set_targets(database, {"支付系统年度可用性": "99.99%"})
        page = lin.page()
        assert row_of(page, "入金有效成功率")[:4] == ["入金有效成功率", "99.972%", "99.990%", "–"]
        assert row_of(page, "一次支付成功率")[1] == "97.14%"
        assert row_of(page, "支付系统年度可用性")[1:4] == ["99.990%", "99.990%", "99.99%"]

    def test_lead_to_the_line_they_were_read_from(self, lin: Reading, week: int) -> None:
        page = lin.page()
        link = next(link for link in page.find("a") if link.text() == "99.972%")
        assert link.attributes["href"] == f"{URL}/source/imported#L9"
        assert link.attributes["title"] == "来自导入的页面第 9 行"
        source = lin.page(f"{URL}/source/imported")
        assert "入金有效成功率：99.972%" in source.one(id="L9").text()

    def test_say_the_accidents_as_the_page_does(self, lin: Reading, week: int) -> None:
        assert "事故数AB级0次，CD级1次" in lin.page().text()

    def test_of_the_year_say_their_minutes(self, lin: Reading, week: int) -> None:
        assert "今年约 23 分钟不可用" in row_of(lin.page(), "支付系统年度可用性")[4]


class TestTheMargin:
    def test_tells_progress_and_dates(self, lin: Reading, week: int) -> None:
        note = margin_of(lin.page(), "分期付能力")
        assert "60%" in note
        assert "6/13 周五 · 计划灰度" in note

    def test_tells_dates_in_english_without_confusing_day_and_month(self, lin: Reading, week: int) -> None:
        lin.language = "en"
        assert "13 Jun Fri · planned: 灰度" in margin_of(lin.page(), "分期付能力")

    def test_counts_what_is_done(self, lin: Reading, week: int) -> None:
        note = margin_of(lin.page(), "报表迁移")
        assert "120 / 148" in note
        assert "81%" in note

    def test_says_calmly_that_parts_do_not_add_up(
        self, lin: Reading, database: Database, cast: Cast, clock: Clock
    ) -> None:
        text = PAGE.replace(
            "报表迁移：总数148个，已完成开发120个，占比81%",
            "报表总计12个，可下线5个，已投产3个，测试验证中3个",
        )
        store_week(database, cast.payments, cast.lin, clock.now, text)
        assert "各项合计 11，写的是 12" in margin_of(lin.page(), "报表总计")

    def test_follows_what_people_decided(self, lin: Reading, week: int, database: Database) -> None:
        with database.reading() as session:
            facts = {
                fact.literal: fact
                for fact in session.scalars(select(Fact).where(Fact.kind.in_(("progress", "date"))))
            }
        progress, day = facts["进度60%"], facts["6/13"]
        decide(lin, progress, decision="corrected", value="65")
        decide(lin, day, decision="dismissed")
        publish(lin, database, week)
        note = margin_of(lin.page(), "分期付能力")
        assert "65%" in note
        assert "6/13" not in note

    def test_names_the_party_that_failed_again(
        self, lin: Reading, database: Database, cast: Cast, clock: Clock
    ) -> None:
        with database.writing() as session:
            session.add(ThirdParty(team_id=cast.payments.id, name="青禾银行"))
        before = WEEK_BEFORE.replace("6/4 14:12", "5/28 09:00").replace("6/5 08:05", "5/29 08:05")
        store_week(database, cast.payments, cast.lin, clock.now, before)
        store_week(database, cast.payments, cast.lin, clock.now)
        note = margin_of(lin.page(), "6/4 14:12")
        assert "今年第 2 次：青禾银行，上次 5/28" in note
        assert "恢复用时 29 分钟" in note.replace("\xa0", " ")


class TestEvents:
    def test_stand_with_time_symptom_and_labelled_parts(self, lin: Reading, week: int) -> None:
        event_ = next(item for item in lin.page().find("li", of="event") if "青禾" in item.text())
        assert event_.one("time").text() == "6/4 14:12"
        assert event_.one("time").attributes["datetime"] == "2025-06-04T14:12"
        parts = [
            (part.tag, part.text(without={"vh"}))
            for part in event_.one("dl").children
            if isinstance(part, Node)
        ]
        assert parts == [
            ("dt", "原因"),
            ("dd", "对方网关扩容期间连接被重置"),
            ("dt", "处置"),
            ("dd", "14:26 切换通道，14:41 恢复"),
        ]


class TestGoals:
    def test_of_last_week_stand_with_what_became_of_them(
        self, lin: Reading, week: int, database: Database, cast: Cast, clock: Clock
    ) -> None:
        store_week(database, cast.payments, cast.lin, clock.now, WEEK_BEFORE)
        say_outcomes(database, MONDAY - timedelta(days=7), ["done", "dropped"], note="预算并入下半年")
        page = lin.page()
        said = [goal.text() for goal in page.one(of="goals").find("li")]
        assert said == ["完成账户核心切换演练", "取消个人信息保护年检材料定稿 预算并入下半年"]
        assert "完成 1 · 取消 1" in page.text()

    def test_that_nobody_spoke_of_are_listed_without_a_verdict(
        self, lin: Reading, week: int, database: Database, cast: Cast, clock: Clock
    ) -> None:
        store_week(database, cast.payments, cast.lin, clock.now, WEEK_BEFORE)
        page = lin.page()
        assert [goal.text() for goal in page.one(of="goals").find("li")] == [
            "账户核心切换演练",
            "个人信息保护年检材料定稿",
        ]
        assert "没有说明结果" in page.text()

    def test_carried_on_say_since_when(
        self, lin: Reading, week: int, database: Database, cast: Cast, clock: Clock
    ) -> None:
        store_week(database, cast.payments, cast.lin, clock.now, WEEK_BEFORE)
        with database.writing() as session:
            old, new = (
                session.scalars(
                    select(Goal)
                    .join(Report, Report.id == Goal.report_id)
                    .where(Report.period_start == monday, Goal.position == 1)
                ).one()
                for monday in (MONDAY - timedelta(days=7), MONDAY)
            )
            old.outcome = "carried"
            new.carried_from_id = old.id
        assert "第 2 次写入下周目标，首次写于第 22 周" in margin_of(lin.page(), "个人信息保护")


class TestWhoSeesWhat:
    @pytest.fixture
    def with_a_draft(self, database: Database, week: int, lin: Reading) -> None:
        lin.client.post(WEEKS, data={"period_start": "2025-06-09"})

    def test_a_lead_may_amend(self, lin: Reading, week: int) -> None:
        assert f"{URL}/edit" in {link.attributes.get("href") for link in lin.page().find("a")}

    def test_an_executive_may_not(self, eve: Reading, week: int) -> None:
        assert f"{URL}/edit" not in {link.attributes.get("href") for link in eve.page().find("a")}

    def test_a_draft_next_to_it_is_for_those_who_see_drafts(
        self, with_a_draft: None, lin: Reading, client: TestClient, cast: Cast, sign_in: SignIn
    ) -> None:
        draft = f"{WEEKS}/2025-06-09"
        assert draft in {link.attributes.get("href") for link in lin.page().find("a")}
        eve = Reading(sign_in(client, cast.eve))
        page = eve.page()
        assert draft not in {link.attributes.get("href") for link in page.find("a")}
        assert "草稿" not in page.text()

    def test_a_draft_says_that_readers_do_not_see_it(self, with_a_draft: None, lin: Reading) -> None:
        page = lin.page(f"{WEEKS}/2025-06-09")
        assert "草稿 · 读者还看不到" in page.one(of="standing").text()

    def test_weeks_before_and_after_are_a_step_away(
        self, lin: Reading, week: int, database: Database, cast: Cast, clock: Clock
    ) -> None:
        store_week(database, cast.payments, cast.lin, clock.now, WEEK_BEFORE)
        store_week(database, cast.payments, cast.lin, clock.now, WEEK_AFTER)
        assert [link.text() for link in lin.page().one("nav", of="turn").find("a")] == [
            "上一周第 22 周 · 5/26 – 6/1",
            "下一周第 24 周 · 6/9 – 6/15",
        ]


class TestAttacks:
    def test_in_any_place_of_a_page_become_text(
        self, lin: Reading, database: Database, cast: Cast, clock: Clock
    ) -> None:
        bad = "<img src=x onerror=alert(1)>\"'><script>alert(1)</script>"
        text = PAGE
        for place in (
            "Created: ",
            "成功率：\n",
            "分期付能力",
            "云杉银行",
            "监控发现",
            "对方网关",
            "账户核心",
            "【O2 平台升级",
        ):
            text = text.replace(place, place.replace("\n", "") + bad + ("\n" if "\n" in place else ""), 1)
        store_week(database, cast.payments, cast.lin, clock.now, text)
        page = lin.page()
        assert page.text().count("<script>alert(1)</script>") >= 6
        assert not page.find("img")
        assert all(script.attributes.get("src") for script in page.find("script"))
        assert not [node for node in page.walk() for name in node.attributes if name.startswith("on")]


class TestOtherPages:
    def test_the_imported_page_stands_line_by_line(self, lin: Reading, week: int) -> None:
        page = lin.page(f"{URL}/source/imported")
        lines = page.one("ol", of="source-lines").find("li")
        assert [line.one("span").text() for line in lines] == [
            " ".join(line.split()) for line in PAGE.split("\n")[:-1]
        ]

    def test_revisions_are_listed_with_reason_and_fingerprint(self, lin: Reading, week: int) -> None:
        (row,) = lin.page(f"{URL}/revisions").one("tbody").find("tr")
        assert "首次发布" in row.text()
        assert len(letters(row.one(of="hash").text())) == 64

    def test_a_revision_says_which_it_is(self, lin: Reading, week: int) -> None:
        page = lin.page(f"{URL}/revisions/1")
        assert "这是最新的修订版本（第 1 个）" in page.one(of="banner").text()
        assert "分期付能力" in page.text()

    def test_a_revision_there_is_not_is_not_found(self, lin: Reading, week: int) -> None:
        assert lin.client.get(f"{URL}/revisions/7").status_code == 404

    def test_a_typed_week_has_no_imported_page(self, lin: Reading, week: int) -> None:
        lin.client.post(WEEKS, data={"period_start": "2025-06-09"})
        assert lin.client.get(f"{WEEKS}/2025-06-09/source/imported").status_code == 404


class TestCost:
    @pytest.fixture
    def cost(self, database: Database, cast: Cast, clock: Clock) -> Callable[[int], int]:
        def statements(report_id: int) -> int:
            with database.reading() as session:
                report = session.get_one(Report, report_id)
                document = published_document(session, report)
                seen = Queries()

                def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
                    seen.statements.append(statement)

                event.listen(database.engine, "before_cursor_execute", note)
                try:
                    report_page(
                        session, report=report, team=in_view(cast, "lead"), document=document, now=clock.now
                    )
                finally:
                    event.remove(database.engine, "before_cursor_execute", note)
            return seen.total

        return statements

    def test_a_page_takes_nine_statements_at_most(
        self, database: Database, cast: Cast, clock: Clock, cost: Callable[[int], int]
    ) -> None:
        store_week(database, cast.payments, cast.lin, clock.now, WEEK_BEFORE)
        assert cost(store_week(database, cast.payments, cast.lin, clock.now)) <= 9

    def test_a_long_page_takes_no_more_than_a_short_one(
        self, database: Database, cast: Cast, clock: Clock, cost: Callable[[int], int]
    ) -> None:
        short = cost(store_week(database, cast.payments, cast.lin, clock.now))
        many = "\n".join(f"- 第{n}项，进度{n % 100}%，预计6/{n % 28 + 1}上线" for n in range(1, 300))
        events = "\n".join(
            f"- 6/4 {n % 24:02}:15 第{n}个告警\n\n    处置：{n % 24:02}:40 恢复\n" for n in range(100)
        )
        long = WEEK_AFTER.replace("- 报表迁移", f"{many}\n- 报表迁移").replace(
            "- 6/4 14:12", f"{events}\n- 6/4 14:12"
        )
        assert len(read(long).document.facts) > 500
        assert cost(store_week(database, cast.payments, cast.lin, clock.now, long)) == short


def decide(lead: Reading, fact: Fact, **said: str) -> None:
    """A person's word on a value."""
    place = {"kind": fact.kind, "literal": fact.literal, "start": str(fact.start), "end": str(fact.end)}
    answer = lead.client.post(f"{URL}/items/{fact.item_id}/facts", data={**place, **said})
    assert answer.status_code == 303


def publish(lead: Reading, database: Database, report_id: int) -> None:
    with database.reading() as session:
        version = session.get_one(Report, report_id).version
    lead.client.post(f"{URL}/publication", data={"version": str(version), "reason": "数据源更正"})


def set_targets(database: Database, targets: dict[str, str]) -> None:
    with database.writing() as session:
        for name, literal in targets.items():
            metric = session.scalars(select(Metric).where(Metric.name == name)).one()
            set_target(session, metric.id, literal=literal, from_day=date(2025, 1, 1))


def say_outcomes(database: Database, monday: date, outcomes: list[str], note: str | None = None) -> None:
    """What became of the goals that the week set, in order; the note goes with the last."""
    with database.writing() as session:
        report = session.scalars(select(Report.id).where(Report.period_start == monday)).one()
        for position, outcome in enumerate(outcomes):
            values = {"outcome": outcome, "note": note if position == len(outcomes) - 1 else None}
            session.execute(
                update(Goal).where(Goal.report_id == report, Goal.position == position).values(**values)
            )


def in_view(cast: Cast, role: Role) -> TeamInView:
    team = cast.payments
    viewer = Viewer(cast.lin.id, "lin", "林晚", roles={team.id: frozenset({role})})
    return TeamInView(
        id=team.id,
        slug=team.slug,
        name=team.name,
        language=team.language,
        time_zone=team.time_zone,
        week_rule=team.week_rule,
        pulse=0,
        parent_id=team.parent_id,
        viewer=viewer,
    )
