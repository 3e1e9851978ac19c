"""People, teams and roles, as administrators change them."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.accounts.models import AuditEvent, Team, User
from app.accounts.queries import team_by_slug, user_by_name
from app.db import Database
from tests.conftest import Cast, SignIn

TEAM = {
    "team_name": "Ledger",
    "team_slug": "ledger",
    "language": "en",
    "time_zone": "Europe/Berlin",
    "week_rule": "iso",
    "parent": "",
}


@pytest.fixture
def ada(client: TestClient, cast: Cast, sign_in: SignIn) -> TestClient:
    return sign_in(client, cast.ada)


def person(database: Database, name: str) -> User:
    with database.reading() as session:
        found = user_by_name(session, name)
    assert found is not None
    return found


def team(database: Database, slug: str) -> Team:
    with database.reading() as session:
        found = team_by_slug(session, slug)
    assert found is not None
    return found


class TestPeople:
    def test_are_listed_with_their_roles(self, ada: TestClient) -> None:
        page = ada.get("/settings/people").text
        assert page.count('<th scope="row">') == 5
        assert "示例支付平台组 · Lead" in page

    def test_are_added_with_a_role_and_a_link_to_sign_in(
        self, ada: TestClient, cast: Cast, database: Database
    ) -> None:
        answer = ada.post(
            "/settings/people",
            data={"display_name": "Nora", "name": "nora", "team": str(cast.merchant.id), "role": "lead"},
        )
        assert answer.status_code == 200
        link = re.search(r"http://weekline\.test(/sign-in/[\w-]+)", answer.text)
        assert link is not None
        ada.cookies.clear()
        assert ada.post(link[1]).headers["location"] == "/"
        assert "示例商户组" in ada.get("/").text

    @pytest.mark.parametrize(
        ("wrong", "status", "field"),
        [
            ({"name": "LIN"}, 409, "name"),
            ({"name": "a b"}, 422, "name"),
            ({"display_name": ""}, 422, "display_name"),
            ({"role": "king"}, 422, "role"),
            ({"team": "99999"}, 422, "team"),
            ({"team": "x"}, 422, "team"),
        ],
    )
    def test_are_not_added_when_something_is_wrong(
        self,
        ada: TestClient,
        cast: Cast,
        database: Database,
        wrong: dict[str, str],
        status: int,
        field: str,
    ) -> None:
        data = {"display_name": "Nora", "name": "nora", "team": str(cast.merchant.id), "role": "lead"}
        answer = ada.post("/settings/people", data=data | wrong)
        assert answer.status_code == status
        assert f'id="{field}-error"' in answer.text
        with database.reading() as session:
            assert user_by_name(session, "nora") is None
            assert len(session.scalars(select(User)).all()) == 5

    def test_are_renamed_and_made_administrators(
        self, ada: TestClient, cast: Cast, database: Database
    ) -> None:
        version = person(database, "mei").version
        data = {"display_name": "周小梅", "is_administrator": "true", "version": str(version)}
        ada.post(f"/settings/people/{cast.mei.id}", data=data)
        mei = person(database, "mei")
        assert (mei.display_name, mei.is_administrator) == ("周小梅", True)

    def test_changed_by_two_at_once_are_changed_by_the_first(
        self, ada: TestClient, cast: Cast, database: Database
    ) -> None:
        version = str(person(database, "mei").version)
        first = ada.post(
            f"/settings/people/{cast.mei.id}", data={"display_name": "First", "version": version}
        )
        second = ada.post(
            f"/settings/people/{cast.mei.id}", data={"display_name": "Second", "version": version}
        )
        assert (first.status_code, second.status_code) == (303, 409)
        assert "the name is “First” now" in second.text
        assert 'value="Second"' in second.text
        assert person(database, "mei").display_name == "First"
        newest = re.search(r'name="version" value="(\d+)"', second.text)
        assert newest is not None
        again = ada.post(
            f"/settings/people/{cast.mei.id}", data={"display_name": "Second", "version": newest[1]}
        )
        assert again.status_code == 303

    def test_are_deactivated_and_activated(self, ada: TestClient, cast: Cast, database: Database) -> None:
        ada.post(f"/settings/people/{cast.lin.id}/deactivation")
        assert not person(database, "lin").active
        assert "inactive" in ada.get("/settings/people").text
        assert ada.post(f"/settings/people/{cast.lin.id}/link").status_code == 409
        ada.post(f"/settings/people/{cast.lin.id}/activation")
        assert person(database, "lin").active

    def test_keep_one_administrator_at_least(self, ada: TestClient, cast: Cast, database: Database) -> None:
        assert ada.post(f"/settings/people/{cast.ada.id}/deactivation").status_code == 409
        data = {"display_name": "Ada", "version": str(cast.ada.version)}
        assert ada.post(f"/settings/people/{cast.ada.id}", data=data).status_code == 409
        assert person(database, "ada").is_administrator
        assert person(database, "ada").active

    def test_keep_one_even_if_two_administrators_deactivate_each_other_at_once(
        self, ada: TestClient, cast: Cast, database: Database
    ) -> None:
        with database.writing() as session:
            session.get_one(User, cast.mei.id).is_administrator = True
        with ThreadPoolExecutor(2) as both:
            urls = [f"/settings/people/{user.id}/deactivation" for user in (cast.ada, cast.mei)]
            answers = sorted(answer.status_code for answer in both.map(ada.post, urls))
        assert answers in ([303, 409], [303, 401])  # refused, or no longer signed in
        assert person(database, "ada").active or person(database, "mei").active


class TestRoles:
    def test_are_given_replaced_and_ended(self, ada: TestClient, cast: Cast, database: Database) -> None:
        url = f"/settings/people/{cast.otto.id}"
        ada.post(f"{url}/roles", data={"team": str(cast.payments.id), "role": "executive"})
        assert "示例支付平台组 · Executive" in ada.get(url).text
        ada.post(f"{url}/roles", data={"team": str(cast.payments.id), "role": "manager"})
        page = ada.get(url).text
        assert "示例支付平台组 · Manager" in page
        assert "示例支付平台组 · Executive" not in page
        ada.post(f"{url}/roles/{cast.payments.id}/end")
        assert "示例支付平台组 · Manager" not in ada.get(url).text

    def test_on_a_department_hold_below_it(self, client: TestClient, cast: Cast, sign_in: SignIn) -> None:
        menu = sign_in(client, cast.mei).get("/teams/menu").text
        assert re.findall(r'href="/teams/([\w-]+)/weeks"', menu) == ["trade", "merchant", "payments"]

    def test_are_written_down(self, ada: TestClient, cast: Cast, database: Database) -> None:
        ada.post(
            f"/settings/people/{cast.otto.id}/roles", data={"team": str(cast.payments.id), "role": "manager"}
        )
        with database.reading() as session:
            event = session.scalars(
                select(AuditEvent).where(
                    AuditEvent.user_id == cast.ada.id, AuditEvent.action == "role.granted"
                )
            ).one()
        assert (event.subject, event.team_id, event.details) == (
            "otto",
            cast.payments.id,
            {"role": "manager"},
        )


class TestTeams:
    def test_are_added(self, ada: TestClient, cast: Cast, database: Database) -> None:
        answer = ada.post("/settings/teams", data=TEAM | {"parent": str(cast.department.id)})
        assert answer.headers["location"] == "/settings/teams?saved=team"
        ledger = team(database, "ledger")
        assert (ledger.name, ledger.language, ledger.time_zone, ledger.week_rule, ledger.parent_id) == (
            "Ledger",
            "en",
            "Europe/Berlin",
            "iso",
            cast.department.id,
        )

    @pytest.mark.parametrize(
        ("wrong", "status", "field"),
        [
            ({"team_slug": "payments"}, 409, "team_slug"),
            ({"team_slug": "-x"}, 422, "team_slug"),
            ({"team_slug": "x" * 64}, 422, "team_slug"),
            ({"team_name": ""}, 422, "team_name"),
            ({"parent": "99999"}, 422, "parent"),
        ],
    )
    def test_are_not_added_when_something_is_wrong(
        self, ada: TestClient, wrong: dict[str, str], status: int, field: str
    ) -> None:
        answer = ada.post("/settings/teams", data=TEAM | wrong)
        assert answer.status_code == status
        assert f'id="{field}-error"' in answer.text

    def test_are_renamed_and_their_pages_are_made_anew(
        self, ada: TestClient, cast: Cast, database: Database
    ) -> None:
        before = team(database, "payments")
        data = TEAM | {"team_name": "Payments", "version": str(before.version)}
        assert ada.post(f"/settings/teams/{before.id}", data=data).status_code == 303
        after = team(database, "payments")
        assert (after.name, after.slug, after.parent_id) == ("Payments", "payments", None)
        assert after.pulse == before.pulse + 1

    def test_cannot_stand_above_themselves(self, ada: TestClient, cast: Cast, database: Database) -> None:
        data = TEAM | {"parent": str(cast.payments.id), "version": "1"}
        answer = ada.post(f"/settings/teams/{cast.department.id}", data=data)
        assert answer.status_code == 422
        assert "cannot stand above itself" in answer.text

    def test_changed_by_two_at_once_are_changed_by_the_first(self, ada: TestClient, cast: Cast) -> None:
        url = f"/settings/teams/{cast.merchant.id}"
        assert ada.post(url, data=TEAM | {"version": "1"}).status_code == 303
        second = ada.post(url, data=TEAM | {"version": "1", "team_name": "Second"})
        assert second.status_code == 409
        assert "it is called “Ledger” now" in second.text
