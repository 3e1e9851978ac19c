"""What a form without scripts removes is kept, offered where it stood, and comes back as it was."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from app.db import Database
from app.incidents.models import Incident
from app.reports.models import Fact, Item, RemovedBranch
from tests.conftest import Cast, Clock, SignIn
from tests.reports.pages import store_week
from tests.reports.saving import URL, StoredWeek

PLAN = "分期付能力：两家银行完成联调，进度60%，预计6/13灰度"
BANKS = ["云杉银行：已投产", "青禾银行：签约接口待修复"]
STATEMENTS = "商户对账单自助下载：PC 端提测"
TIMEOUT = "6/4 14:12 监控发现青禾银行代扣受理超时"


@dataclass
class Plain:
    """A week in a browser without scripts: forms are sent and answered by redirects."""

    client: TestClient
    week: StoredWeek
    at: str = field(default="")

    def post(self, path: str, **fields: Any) -> Any:
        answer = self.client.post(f"{URL}{path}", data=fields)
        self.at = answer.headers.get("location", "")
        return answer

    def remove(self, item: Item) -> Any:
        return self.post(f"/items/{item.id}/removal", text=item.text, version=item.version)

    def page(self) -> str:
        """The page that the last form led to."""
        return self.client.get(self.at.partition("#")[0]).text

    def bring_back(self) -> Any:
        """Press the button that the page offers."""
        form = re.search(r'<ul class="dropped" id="removed".*?</ul>', self.page(), re.DOTALL)
        assert form is not None
        items = re.findall(r'name="item" value="(\d+)"', form[0])
        return self.post("/restoration", item=items)


@pytest.fixture
def plain(database: Database, client: TestClient, cast: Cast, clock: Clock, sign_in: SignIn) -> Plain:
    report_id = store_week(database, cast.payments, cast.lin, clock.now)
    return Plain(sign_in(client, cast.lin), StoredWeek(database, report_id))


class TestAnItem:
    def test_is_offered_where_it_stood_and_comes_back_with_all_below_it(self, plain: Plain) -> None:
        item = plain.week.item("分期付能力")
        before = plain.week.outline("业务支撑")
        assert plain.remove(item).status_code == 303
        assert plain.at.endswith(f"/edit?removed={item.id}#removed")
        assert plain.week.outline("业务支撑") == [STATEMENTS]
        assert PLAN in plain.page()
        plain.bring_back()
        assert plain.at.endswith(f"/edit#item-{item.id}")
        assert plain.week.outline("业务支撑") == before == [PLAN, BANKS, STATEMENTS]
        assert plain.week.item("分期付能力").id == item.id

    def test_comes_back_with_what_a_person_decided(self, plain: Plain, database: Database) -> None:
        item = plain.week.item("分期付能力")
        plain.post(
            f"/items/{item.id}/facts",
            kind="progress",
            literal="60%",
            start=item.text.index("60%"),
            end=item.text.index("60%") + 3,
            decision="corrected",
            value="65",
        )
        plain.remove(plain.week.item("分期付能力"))
        plain.bring_back()
        with database.reading() as session:
            decided = select(Fact).where(Fact.item_id == item.id, Fact.decision == "corrected")
            fact = session.scalars(decided).one()
        assert (fact.kind, fact.value["value"]) == ("progress", "65")

    def test_below_another_comes_back_between_its_neighbours(self, plain: Plain) -> None:
        item = plain.week.item("云杉银行")
        plain.remove(item)
        assert plain.week.outline("业务支撑") == [PLAN, BANKS[1:], STATEMENTS]
        plain.bring_back()
        assert plain.week.outline("业务支撑") == [PLAN, BANKS, STATEMENTS]

    def test_comes_last_where_what_it_stood_below_is_gone(self, plain: Plain) -> None:
        item = plain.week.item("云杉银行")
        plain.remove(item)
        offered = plain.at
        plain.remove(plain.week.item("分期付能力"))
        plain.at = offered
        plain.bring_back()
        assert plain.week.outline("业务支撑") == [STATEMENTS, BANKS[0]]

    def test_of_another_version_is_not_removed(self, plain: Plain) -> None:
        item = plain.week.item("分期付能力")
        answer = plain.post(f"/items/{item.id}/removal", text=item.text, version=item.version + 1)
        assert answer.status_code == 409
        assert PLAN in plain.week.outline("业务支撑")


class TestAnEvent:
    def test_comes_back_with_its_grade_and_all_its_lines(self, plain: Plain, database: Database) -> None:
        with database.writing() as session:
            event = session.scalars(select(Incident).where(Incident.symptom.contains("青禾银行"))).one()
            session.execute(
                update(Incident).where(Incident.id == event.id).values(grade="C", grade_decided=True)
            )
        first = plain.week.item(TIMEOUT)
        before = plain.week.outline("生产稳定性事件")
        page = plain.client.get(f"{URL}/edit").text
        form = re.search(rf'id="form-item-{first.id}".*?</form>', page, re.DOTALL)
        assert form is not None
        version = re.search(r'name="version" value="([^"]+)"', form[0])
        assert version is not None
        plain.post(f"/incidents/{first.id}/removal", version=version[1], symptom="x")
        assert TIMEOUT not in plain.week.outline("生产稳定性事件")
        plain.bring_back()
        assert plain.week.outline("生产稳定性事件") == before
        with database.reading() as session:
            again = session.scalars(select(Incident).where(Incident.symptom.contains("青禾银行"))).one()
        assert (again.id, again.grade, again.grade_decided) == (event.id, "C", True)


class TestAMetric:
    def test_comes_back_as_its_line(self, plain: Plain) -> None:
        item = plain.week.item("支付系统年度可用性")
        before = plain.week.outline("系统运行数据")
        plain.post(
            "/readings/removal", item=item.id, name="支付系统年度可用性", literal="99.990%", base="99.990%"
        )
        assert item.text not in str(plain.week.outline("系统运行数据"))
        plain.bring_back()
        assert plain.week.outline("系统运行数据") == before


class TestWhatIsOffered:
    def test_is_refused_once_it_is_not_kept_any_more(self, plain: Plain, database: Database) -> None:
        item = plain.week.item("分期付能力")
        plain.remove(item)
        with database.writing() as session:
            session.execute(
                update(RemovedBranch).values(report_id=RemovedBranch.report_id, item_id=0, uid=None)
            )
        assert 'id="removed"' not in plain.page()
        assert plain.post("/restoration", item=[item.id]).status_code == 409

    def test_is_forgotten_after_thirty_days(
        self, plain: Plain, database: Database, clock: Clock, cast: Cast, sign_in: SignIn
    ) -> None:
        plain.remove(plain.week.item("云杉银行"))
        clock.now += timedelta(days=31)
        sign_in(plain.client, cast.lin)
        plain.remove(plain.week.item("商户对账单"))
        with database.reading() as session:
            kept = session.scalars(select(RemovedBranch)).all()
        assert [branch.kept["items"][0]["text"] for branch in kept] == [STATEMENTS]

    @pytest.mark.parametrize("who", ["mei", "eve", "otto"])
    def test_is_brought_back_by_writers_only(
        self, plain: Plain, cast: Cast, sign_in: SignIn, who: str
    ) -> None:
        item = plain.week.item("分期付能力")
        plain.remove(item)
        sign_in(plain.client, cast.people[who])
        assert plain.post("/restoration", item=[item.id]).status_code in (403, 404)
        assert plain.week.outline("业务支撑") == [STATEMENTS]

    @pytest.mark.parametrize("asked", ["removed=0", "removed=x", "removed=" + "9" * 30])
    def test_may_not_be_nonsense(self, plain: Plain, asked: str) -> None:
        assert plain.client.get(f"{URL}/edit?{asked}").status_code in (404, 422)
