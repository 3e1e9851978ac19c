"""Discarding a draft or an amendment: asked first, and undone within thirty days, whole."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.db import Database
from app.incidents.models import FollowUp, Incident
from app.reports.models import DiscardedDraft, Fact, Goal, Item, Report, Section
from tests.conftest import Cast, Clock, SignIn
from tests.reports.pages import MONDAY, PAGE, report_of, store_week
from tests.reports.test_publishing import URL, WEEKS, edit, publish

NEXT = f"{WEEKS}/2025-06-09"


@pytest.fixture
def published(database: Database, cast: Cast, clock: Clock) -> int:
    return store_week(database, cast.payments, cast.lin, clock.now)


@pytest.fixture
def lin(client: TestClient, cast: Cast, sign_in: SignIn) -> TestClient:
    return sign_in(client, cast.lin)


@pytest.fixture
def draft(lin: TestClient, published: int, database: Database) -> int:
    """Next week's draft with all that a working copy can hold."""
    lin.post(WEEKS, data={"period_start": "2025-06-09"})
    with database.reading() as session:
        report = session.scalars(select(Report).where(Report.state == "draft")).one()
        kinds = {
            section.kind: section.id
            for section in session.scalars(select(Section).where(Section.report_id == report.id))
        }
    for kind, text in (
        ("next_goals", "对账单全量上线"),
        ("incidents", "6/10 09:30 监控发现青禾银行代扣超时"),
        ("workstream", "分期付能力：进度80%，预计6/20上线"),
    ):
        lin.post(f"{NEXT}/items", data={"section": str(kinds[kind]), "text": text})
    with database.writing() as session:
        item = session.scalars(select(Item).where(Item.text.startswith("分期付能力：进度80%"))).one()
        item.highlight, item.uid = True, "11111111-2222-4333-8444-555555555555"
        session.add(
            Fact(
                report_id=report.id, item_id=item.id, kind="progress", literal="进度80%", start=6, end=11,
                value={"value": "85"}, decision="corrected",
            )
        )  # fmt: skip
        incident = session.scalars(select(Incident).where(Incident.report_id == report.id)).one()
        incident.grade, incident.grade_decided = "C", True
        session.add(FollowUp(incident_id=incident.id, text="补充超时告警", owner="周梅"))
        goal = session.scalars(select(Goal).where(Goal.text == "对账单全量上线")).one()
        goal.outcome, goal.note = "done", "提前完成"
        session.get_one(Report, report.id).front = {
            **session.get_one(Report, report.id).front,
            "second_title": "第24周",
        }
    return report.id


def all_of(database: Database, monday: str = "2025-06-09") -> dict[str, Any]:
    """All that a week's working copy says, without the ids and versions it has by chance."""

    def said(row: Any, *names: str) -> tuple[Any, ...]:
        return tuple(getattr(row, name) for name in names)

    with database.reading() as session:
        report = next(
            one for one in session.scalars(select(Report)) if one.period_start.isoformat() == monday
        )
        items = session.scalars(select(Item).where(Item.report_id == report.id).order_by(Item.id)).all()
        texts = {item.id: item.text for item in items}
        sections = session.scalars(
            select(Section).where(Section.report_id == report.id).order_by(Section.position)
        ).all()
        headings = {section.id: section.heading for section in sections}
        return {
            "report": said(report, "state", "title", "front", "label", "week_number", "created_by_id"),
            "sections": [
                said(one, "kind", "code", "title", "heading", "level", "position") for one in sections
            ],
            "items": sorted(
                (
                    headings[one.section_id] or "",
                    one.position,
                    texts.get(one.parent_id or 0, ""),
                    one.text,
                    one.kind,
                    one.ordered,
                    one.highlight,
                    str(one.carried),
                    one.carried_open,
                    str(one.uid),
                )
                for one in items
            ),
            "facts": [
                (texts[one.item_id], *said(one, "kind", "value", "literal", "decision"))
                for one in session.scalars(select(Fact).where(Fact.report_id == report.id))
                if one.decision
            ],
            "goals": [
                (texts.get(one.item_id or 0), *said(one, "text", "outcome", "note", "position"))
                for one in session.scalars(
                    select(Goal).where(Goal.report_id == report.id).order_by(Goal.position)
                )
            ],
            "incidents": [
                (texts.get(one.item_id or 0), *said(one, "symptom", "grade", "grade_decided"))
                for one in session.scalars(select(Incident).where(Incident.report_id == report.id))
            ],
            "follow-ups": [
                said(one, "text", "owner")
                for one in session.scalars(
                    select(FollowUp).join(Incident).where(Incident.report_id == report.id)
                )
            ],
        }


def discard(client: TestClient, database: Database, report_id: int, url: str) -> Any:
    version = report_of(database, report_id).version
    return client.post(f"{url}/discard", data={"version": str(version)})


def undo(client: TestClient, database: Database) -> Any:
    with database.reading() as session:
        (kept,) = session.scalars(select(DiscardedDraft.id)).all()
    return client.post(f"/teams/payments/discarded/{kept}/restoration")


class TestADraft:
    def test_is_discarded_after_asking(self, lin: TestClient, draft: int) -> None:
        asked = lin.get(f"{NEXT}/discard").text
        assert "Discard the draft of week 24?" in asked
        assert f'action="{NEXT}/discard"' in asked

    def test_comes_back_whole(self, lin: TestClient, draft: int, database: Database) -> None:
        before = all_of(database)
        assert discard(lin, database, draft, NEXT).headers["location"] == f"{WEEKS}?year=2025#discarded"
        assert lin.get(NEXT).status_code == 404
        assert undo(lin, database).headers["location"] == f"{NEXT}/edit"
        assert all_of(database) == before
        assert "进度80%" in lin.get(f"{NEXT}/edit").text

    def test_that_came_back_refuses_what_was_open_before(
        self, lin: TestClient, draft: int, database: Database
    ) -> None:
        with database.reading() as session:
            versions = {item.text: item.version for item in session.scalars(select(Item))}
        discard(lin, database, draft, NEXT)
        undo(lin, database)
        with database.reading() as session:
            restored = session.scalars(select(Report).where(Report.state == "draft")).one()
            for item in session.scalars(select(Item).where(Item.report_id == restored.id)):
                assert item.version > versions[item.text] or not item.text

    def test_can_be_undone_from_the_weeks_page_for_thirty_days(
        self, lin: TestClient, draft: int, database: Database, clock: Clock, cast: Cast, sign_in: SignIn
    ) -> None:
        discard(lin, database, draft, NEXT)
        found = re.search(r'action="(/teams/payments/discarded/\d+/restoration)"', lin.get(WEEKS).text)
        assert found is not None
        assert "restoration" not in sign_in(lin, cast.mei).get(WEEKS).text
        clock.now += timedelta(days=31)
        sign_in(lin, cast.lin)
        assert "restoration" not in lin.get(WEEKS).text
        assert lin.post(found[1]).status_code == 404

    def test_of_a_week_started_again_does_not_come_back_and_both_are_kept(
        self, lin: TestClient, draft: int, database: Database
    ) -> None:
        discard(lin, database, draft, NEXT)
        lin.post(WEEKS, data={"period_start": "2025-06-09"})
        refused = undo(lin, database)
        assert refused.status_code == 409
        assert "both are kept" in refused.text
        assert all_of(database)["report"][0] == "draft"
        with database.reading() as session:
            again = session.scalars(select(Report).where(Report.state == "draft")).one()
        discard(lin, database, again.id, NEXT)
        with database.reading() as session:
            older = min(session.scalars(select(DiscardedDraft.id)))
        assert lin.post(f"/teams/payments/discarded/{older}/restoration").status_code == 303
        assert "对账单全量上线" in lin.get(f"{NEXT}/edit").text

    def test_of_another_team_is_not_found(
        self, lin: TestClient, draft: int, database: Database, cast: Cast, sign_in: SignIn
    ) -> None:
        discard(lin, database, draft, NEXT)
        with database.reading() as session:
            (kept,) = session.scalars(select(DiscardedDraft.id)).all()
        otto = sign_in(lin, cast.otto)
        assert otto.post(f"/teams/payments/discarded/{kept}/restoration").status_code == 404
        assert otto.post(f"/teams/elsewhere/discarded/{kept}/restoration").status_code == 404


class TestAnAmendment:
    def test_comes_back_whole(self, lin: TestClient, published: int, database: Database) -> None:
        edit(database, lin, published, "商户对账单", "商户对账单：改过")
        edit(database, lin, published, "6/5 08:05", "6/5 08:06 资金部反馈日报生成延迟，定级C级")
        before = all_of(database, MONDAY.isoformat())
        assert "Discard the changes to week 23?" in lin.get(f"{URL}/discard").text
        discard(lin, database, published, URL)
        assert all_of(database, MONDAY.isoformat()) != before
        assert undo(lin, database).status_code == 303
        assert all_of(database, MONDAY.isoformat()) == before
        assert publish(lin, database, published, "改正").status_code == 303

    def test_of_a_week_amended_since_does_not_come_back(
        self, lin: TestClient, published: int, database: Database
    ) -> None:
        edit(database, lin, published, "商户对账单", "商户对账单：改过")
        discard(lin, database, published, URL)
        edit(database, lin, published, "商户对账单", "商户对账单：又改")
        assert undo(lin, database).status_code == 409
        publish(lin, database, published, "又改")
        assert undo(lin, database).status_code == 409

    def test_leaves_what_readers_see(self, lin: TestClient, published: int, database: Database) -> None:
        before = lin.get(f"{URL}/export").text
        edit(database, lin, published, "商户对账单", "商户对账单：改过")
        discard(lin, database, published, URL)
        undo(lin, database)
        assert lin.get(f"{URL}/export").text == before


class TestGoalsThatWereCarriedOn:
    def test_are_found_again_by_next_weeks(
        self, lin: TestClient, draft: int, database: Database, cast: Cast, clock: Clock
    ) -> None:
        later = PAGE.replace("第23周 2025-06-06", "第25周 2025-06-20")
        store_week(database, cast.payments, cast.lin, clock.now, later)
        with database.writing() as session:
            ours = session.scalars(select(Goal).where(Goal.text == "对账单全量上线")).one()
            theirs = session.scalars(select(Goal).order_by(Goal.id.desc())).first()
            assert theirs is not None
            theirs.carried_from_id = ours.id
            carried = theirs.id
        discard(lin, database, draft, NEXT)
        undo(lin, database)
        with database.reading() as session:
            again = session.get_one(Goal, carried).carried_from_id
            assert again is not None
            assert session.get_one(Goal, again).text == "对账单全量上线"
