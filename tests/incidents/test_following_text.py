"""Incident rows follow the text of a week; what a person decided about one stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.accounts.models import Team, User
from app.db import Database
from app.errors import Invalid
from app.incidents.actions import detected_by, set_grade
from app.incidents.models import GradeChange, Incident, ThirdParty
from app.reports.models import Item, Report, Section
from tests.conftest import Cast, Clock, SignIn
from tests.reports.pages import MONDAY, PAGE, store_week

URL = f"/teams/payments/weeks/{MONDAY.isoformat()}"


@dataclass
class Week:
    """A published week of payments, edited by its lead."""

    database: Database
    client: TestClient
    report_id: int
    cast: Cast
    clock: Clock

    @property
    def incidents(self) -> list[Incident]:
        with self.database.reading() as session:
            query = select(Incident).where(Incident.report_id == self.report_id).order_by(Incident.position)
            return list(session.scalars(query))

    def edit(self, beginning: str, text: str) -> None:
        with self.database.reading() as session:
            item = session.scalars(
                select(Item).where(Item.report_id == self.report_id, Item.text.startswith(beginning))
            ).one()
        answer = self.client.post(f"{URL}/items/{item.id}", data={"text": text, "version": str(item.version)})
        assert answer.status_code == 303

    def remove(self, beginning: str) -> None:
        with self.database.reading() as session:
            item = session.scalars(
                select(Item).where(Item.report_id == self.report_id, Item.text.startswith(beginning))
            ).one()
        answer = self.client.post(
            f"{URL}/items/{item.id}/removal", data={"text": item.text, "version": str(item.version)}
        )
        assert answer.status_code == 303, answer.text

    def add(self, title: str, text: str) -> None:
        with self.database.reading() as session:
            section = session.scalars(
                select(Section).where(Section.report_id == self.report_id, Section.title == title)
            ).one()
        self.client.post(f"{URL}/items", data={"section": str(section.id), "text": text})

    def publish(self, reason: str = "更正") -> None:
        with self.database.reading() as session:
            version = session.get_one(Report, self.report_id).version
        answer = self.client.post(f"{URL}/publication", data={"version": str(version), "reason": reason})
        assert answer.status_code == 303

    def decide(self, index: int, grade: str | None, reason: str = "复盘定级") -> None:
        with self.database.writing() as session:
            incident = session.get_one(Incident, self.incidents[index].id)
            lin = session.get_one(User, self.cast.lin.id)
            set_grade(session, incident, grade, by=lin, at=self.clock.now, reason=reason)


@pytest.fixture
def week(database: Database, client: TestClient, cast: Cast, clock: Clock, sign_in: SignIn) -> Week:
    report_id = store_week(database, cast.payments, cast.lin, clock.now)
    return Week(database, sign_in(client, cast.lin), report_id, cast, clock)


class TestAPublishedWeek:
    def test_has_a_row_for_each_incident_in_the_order_of_the_page(self, week: Week) -> None:
        first, second = week.incidents
        assert (first.started_at, first.recovered_at) == ("2025-06-04T14:12", "2025-06-04T14:41")
        assert first.symptom == "监控发现青禾银行代扣受理超时"
        assert first.cause == "对方网关扩容期间连接被重置"
        assert first.handling == "14:26 切换通道，14:41 恢复"
        assert second.started_literal == "6/5 08:05"
        assert second.cause is None

    def test_knows_who_noticed(self, week: Week) -> None:
        assert [incident.detected_by for incident in week.incidents] == ["monitoring", "finance"]

    def test_keeps_amounts_as_written(
        self, database: Database, cast: Cast, clock: Clock, client: TestClient, sign_in: SignIn
    ) -> None:
        text = PAGE.replace("代扣受理超时", "代扣受理超时，失败1,284笔，金额3,226,500.00元")
        store_week(database, cast.payments, cast.lin, clock.now, text)
        with database.reading() as session:
            incident = session.scalars(select(Incident).order_by(Incident.position).limit(1)).one()
        assert [amount["value"] for amount in incident.amounts] == ["3226500.00"]

    def test_finds_its_third_party_by_name_or_alias(
        self, database: Database, cast: Cast, clock: Clock
    ) -> None:
        with database.writing() as session:
            session.add(ThirdParty(team_id=cast.payments.id, name="Qinghe Bank", aliases=["青禾银行"]))
        store_week(database, cast.payments, cast.lin, clock.now)
        with database.reading() as session:
            names = session.scalars(
                select(ThirdParty.name).join(Incident, Incident.third_party_id == ThirdParty.id)
            ).all()
        assert names == ["Qinghe Bank"]

    def test_makes_a_third_party_that_the_page_names_once(
        self, database: Database, cast: Cast, clock: Clock
    ) -> None:
        text = PAGE.replace("监控发现青禾银行代扣受理超时", "青禾银行代扣通道返回超时")
        store_week(database, cast.payments, cast.lin, clock.now, text)
        later = text.replace("第23周 2025-06-06", "第24周 2025-06-13")
        store_week(database, cast.payments, cast.lin, clock.now, later)
        with database.reading() as session:
            assert session.scalars(select(ThirdParty.name)).all() == ["青禾银行"]
            parties = session.scalars(
                select(Incident.third_party_id).where(Incident.cause.is_not(None))
            ).all()
        assert len(parties) == 2
        assert len(set(parties)) == 1


class TestEditing:
    def test_changes_the_row_and_keeps_its_identity(self, week: Week) -> None:
        before = week.incidents[0]
        week.edit("6/4 14:12", "6/4 14:15 监控发现青禾银行代扣受理大面积超时")
        after = week.incidents[0]
        assert after.id == before.id
        assert after.started_at == "2025-06-04T14:15"
        assert after.symptom == "监控发现青禾银行代扣受理大面积超时"
        assert after.version == before.version + 1

    def test_leaves_the_other_rows_alone(self, week: Week) -> None:
        before = week.incidents[1]
        week.edit("6/4 14:12", "6/4 14:15 监控发现代扣超时")
        assert week.incidents[1].version == before.version

    def test_outside_of_events_changes_none(self, week: Week) -> None:
        before = [incident.version for incident in week.incidents]
        week.edit("商户对账单", "商户对账单自助下载：已上线")
        assert [incident.version for incident in week.incidents] == before

    def test_adds_a_row_for_a_new_event_in_its_place(self, week: Week) -> None:
        week.add("生产稳定性事件", "6/6 10:20 对账文件解析失败，处置：10:50 重传后恢复")
        assert [incident.started_literal for incident in week.incidents] == [
            "6/4 14:12",
            "6/5 08:05",
            "6/6 10:20",
        ]

    def test_deletes_the_row_whose_text_is_gone(self, week: Week) -> None:
        second = week.incidents[1]
        week.remove("6/4 14:12")
        assert [incident.id for incident in week.incidents] == [second.id]

    def test_that_is_discarded_leaves_the_published_incidents(self, week: Week) -> None:
        kept = [incident.symptom for incident in week.incidents]
        week.decide(0, "C")
        week.edit("6/4 14:12", "6/4 14:15 完全不同的事")
        with week.database.reading() as session:
            version = session.get_one(Report, week.report_id).version
        week.client.post(f"{URL}/discard", data={"version": str(version)})
        assert [incident.symptom for incident in week.incidents] == kept


class TestWhatPeopleDecided:
    def test_a_grade_is_not_taken_back_by_the_text(self, week: Week) -> None:
        week.decide(0, "B")
        week.edit("6/4 14:12", "6/4 14:12 监控发现青禾银行代扣受理超时，定级：D")
        week.publish()
        assert week.incidents[0].grade == "B"

    def test_an_undecided_grade_follows_the_text(self, week: Week) -> None:
        week.edit("6/4 14:12", "6/4 14:12 监控发现青禾银行代扣受理超时，定级：C级")
        assert week.incidents[0].grade == "C"

    def test_third_party_and_detection_stay(self, week: Week) -> None:
        with week.database.writing() as session:
            party = ThirdParty(team_id=week.cast.payments.id, name="云杉银行")
            session.add(party)
            session.flush()
            incident = session.get_one(Incident, week.incidents[0].id)
            incident.third_party_id, incident.detected_by = party.id, "customer"
            incident.cause_category = "third_party"
        week.edit("6/4 14:12", "6/4 14:13 监控发现青禾银行代扣通道返回超时")
        week.publish()
        after = week.incidents[0]
        assert (after.third_party_id, after.detected_by) == (party.id, "customer")
        assert after.cause_category == "third_party"

    def test_survives_a_new_version_of_the_imported_page(
        self, week: Week, database: Database, cast: Cast
    ) -> None:
        week.decide(0, "C")
        identity = week.incidents[0].id
        week.edit("商户对账单", "商户对账单自助下载：已上线")
        week.publish()
        assert (week.incidents[0].id, week.incidents[0].grade) == (identity, "C")


class TestGrades:
    def test_keep_their_history_with_author_and_reason(self, week: Week) -> None:
        week.decide(0, "open", "等待复盘")
        week.clock.now += timedelta(days=2)
        week.decide(0, "C", "损失低于线")
        with week.database.reading() as session:
            changes = session.scalars(select(GradeChange).order_by(GradeChange.id)).all()
        assert [(change.before, change.after, change.reason) for change in changes] == [
            (None, "open", "等待复盘"),
            ("open", "C", "损失低于线"),
        ]
        assert {change.author_id for change in changes} == {week.cast.lin.id}

    def test_decided_twice_alike_change_nothing(self, week: Week) -> None:
        week.decide(0, "C")
        week.decide(0, "C")
        with week.database.reading() as session:
            assert len(session.scalars(select(GradeChange)).all()) == 1

    def test_make_kept_pages_stale(self, week: Week) -> None:
        with week.database.reading() as session:
            before = session.get_one(Team, week.cast.payments.id).pulse
        week.decide(0, "C")
        with week.database.reading() as session:
            assert session.get_one(Team, week.cast.payments.id).pulse == before + 1

    def test_there_are_not_are_refused(self, week: Week) -> None:
        with pytest.raises(Invalid):
            week.decide(0, "Z")

    def test_that_the_text_gives_are_kept_at_publication(self, week: Week) -> None:
        week.edit("6/4 14:12", "6/4 14:12 监控发现青禾银行代扣受理超时，定级：C级")
        week.publish()
        with week.database.reading() as session:
            (change,) = session.scalars(select(GradeChange)).all()
        assert (change.before, change.after, change.author_id) == (None, "C", week.cast.lin.id)


@pytest.mark.parametrize(
    ("symptom", "by"),
    [
        ("监控发现账单生成异常", "monitoring"),
        ("资金部反馈日报未按时生成", "finance"),
        ("财务反馈流水缺失", "finance"),
        ("商户反馈对账单打不开", "customer"),
        ("客服接到用户投诉无法付款", "customer"),
        ("业务反馈无法出金", "business"),
        ("FSSC反馈部分主体流水缺失", "business"),
        ("银行通知今晚升级", "partner"),
        ("人行反馈报文字段缺失", "regulator"),
        ("Monitoring found slow payouts", "monitoring"),
        ("A merchant reported a failed payout", "customer"),
        ("对账文件解析失败", None),
        ("队列积压，后由监控组跟进", None),
    ],
)
def test_who_noticed_is_read_from_the_first_words(symptom: str, by: str | None) -> None:
    assert detected_by(symptom) == by
