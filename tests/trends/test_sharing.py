"""A link that shows one team's trend page to whoever has it: read only, nothing else, until it ends."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import delete, select
from starlette.testclient import TestClient

from app.accounts.actions import grant_role
from app.accounts.models import AuditEvent, Membership, SharedLink, Team, User
from app.accounts.sessions import hash_token
from app.db import Database
from tests.conftest import Cast, Clock, SignIn
from tests.states import known_step
from tests.trends.weeks import LAST, WEEK, happen, publish

LINKS = "/teams/payments/shared-links"
PAY_IN, PAY_OUT = "入金有效成功率", "出金有效成功率"


@pytest.fixture
def written(database: Database, cast: Cast) -> Database:
    """Ten weeks of two metrics and an accident; another team reports something else."""
    known_step(database, "weeks to share", lambda: _write(database, cast))
    return database


def _write(database: Database, cast: Cast) -> None:
    with database.writing() as session:
        for back in range(9, -1, -1):
            values = {PAY_IN: f"99.9{70 + back}%", PAY_OUT: "99.95%"}
            report = publish(session, cast.payments, LAST - WEEK * back, values)
            publish(session, cast.merchant, LAST - WEEK * back, {"商户进件成功率": "98.1%"})
        happen(session, report, grade="C", symptom="青禾银行代扣超时", day="2025-06-11")


@pytest.fixture
def lin(client: TestClient, cast: Cast, sign_in: SignIn, written: Database) -> TestClient:
    return sign_in(client, cast.lin)


def make(client: TestClient, *, name: str = "董事会", days: str = "30", query: str = "") -> str:
    """The path of a new link."""
    answer = client.post(LINKS + query, data={"name": name, "days": days})
    assert answer.status_code == 200
    found = re.search(r">http://weekline\.test(/shared/[\w-]+)<", answer.text)
    assert found is not None
    return found[1]


def read(client: TestClient, path: str, **more: Any) -> Any:
    """As somebody who has nothing but the link."""
    client.cookies.clear()
    return client.get(path, **more)


def stored(database: Database) -> SharedLink:
    with database.reading() as session:
        return session.scalars(select(SharedLink)).one()


class TestMakingALink:
    def test_shows_it_once_and_stores_only_its_hash(self, lin: TestClient, written: Database) -> None:
        path = make(lin)
        token = path.removeprefix("/shared/")
        assert len(token) >= 43
        assert token not in lin.get(LINKS).text
        link = stored(written)
        assert link.token_hash == hash_token(token)
        assert link.name == "董事会"

    @pytest.mark.parametrize("days", ["7", "30", "90"])
    def test_says_when_it_ends(self, lin: TestClient, written: Database, clock: Clock, days: str) -> None:
        make(lin, days=days)
        assert stored(written).expires_at == clock.now + timedelta(days=int(days))

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [({"name": " "}, "name"), ({"name": "长" * 121}, "name"), ({"days": "365"}, "days")],
    )
    def test_needs_a_name_and_an_end(
        self, lin: TestClient, written: Database, wrong: dict[str, str], field: str
    ) -> None:
        answer = lin.post(LINKS, data={"name": "董事会", "days": "30"} | wrong)
        assert answer.status_code == 422
        assert f'id="{field}-error"' in answer.text

    def test_is_for_leads_and_administrators(
        self, client: TestClient, cast: Cast, sign_in: SignIn, written: Database
    ) -> None:
        for person, status in ((cast.mei, 403), (cast.eve, 403), (cast.otto, 404), (cast.ada, 200)):
            sign_in(client, person)
            assert client.get(LINKS).status_code == status
            assert client.post(LINKS, data={"name": "x", "days": "7"}).status_code == status

    def test_is_written_down_and_so_is_its_withdrawal(self, lin: TestClient, written: Database) -> None:
        make(lin)
        lin.post(f"{LINKS}/{stored(written).id}/withdrawal")
        lin.post(f"{LINKS}/{stored(written).id}/withdrawal")
        with written.reading() as session:
            told = session.scalars(
                select(AuditEvent.action)
                .where(AuditEvent.action.startswith("shared_link"))
                .order_by(AuditEvent.id)
            ).all()
        assert told == ["shared_link.made", "shared_link.withdrawn"]

    def test_keeps_the_state_of_the_page_it_was_made_from(self, lin: TestClient) -> None:
        path = make(lin, query="?weeks=52&unit=ppm")
        answer = read(lin, path)
        assert answer.headers["location"] == f"{path}?weeks=52&unit=ppm"
        assert "ppm" in read(lin, answer.headers["location"]).text


class TestALinkWhoseMakerIsGone:
    def demote(self, database: Database, cast: Cast) -> None:
        with database.writing() as session:
            session.execute(delete(Membership).where(Membership.user_id == cast.lin.id))

    def test_stops_when_they_lose_the_role(self, lin: TestClient, written: Database, cast: Cast) -> None:
        path = make(lin)
        assert read(lin, path).status_code == 200
        self.demote(written, cast)
        answer = read(lin, path)
        assert answer.status_code == 404
        assert PAY_IN not in answer.text

    def test_stops_when_they_are_deactivated(self, lin: TestClient, written: Database, cast: Cast) -> None:
        path = make(lin)
        with written.writing() as session:
            session.get_one(User, cast.lin.id).active = False
        assert read(lin, path).status_code == 404

    def test_stops_when_they_only_manage_the_team(
        self, lin: TestClient, written: Database, cast: Cast
    ) -> None:
        path = make(lin)
        with written.writing() as session:
            session.scalars(
                select(Membership).where(Membership.user_id == cast.lin.id)
            ).one().role = "manager"
        assert read(lin, path).status_code == 404

    def test_goes_on_where_they_lead_the_department_or_administer(
        self,
        client: TestClient,
        lin: TestClient,
        written: Database,
        cast: Cast,
        sign_in: SignIn,
        clock: Clock,
    ) -> None:
        path = make(lin)
        self.demote(written, cast)
        with written.writing() as session:
            person = session.get_one(User, cast.lin.id)
            grant_role(session, person, session.get_one(Team, cast.department.id), "lead", at=clock.now)
        assert read(lin, path).status_code == 200
        of_an_administrator = make(sign_in(client, cast.ada), name="监管")
        assert read(client, of_an_administrator).status_code == 200

    def test_is_told_to_administrators_as_stopped(
        self, client: TestClient, lin: TestClient, written: Database, cast: Cast, sign_in: SignIn
    ) -> None:
        make(lin)
        self.demote(written, cast)
        html = sign_in(client, cast.ada).get(LINKS, headers={"Accept-Language": "en"}).text
        assert "stopped: 林晚 may no longer share this page" in html
        client.post(f"{LINKS}/{stored(written).id}/withdrawal")
        html = client.get(LINKS, headers={"Accept-Language": "en"}).text
        assert "withdrawn on" in html
        assert "/withdrawal" not in html


class TestTheSharedPage:
    def test_shows_the_trend_page_to_nobody_in_particular(self, lin: TestClient) -> None:
        answer = read(lin, make(lin))
        assert answer.status_code == 200
        assert PAY_IN in answer.text
        assert "青禾银行代扣超时" in answer.text
        assert "商户进件成功率" not in answer.text

    def test_is_not_kept_nor_found_nor_told_on(self, lin: TestClient) -> None:
        answer = read(lin, make(lin))
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "noindex" in answer.headers["x-robots-tag"]
        assert '<meta name="robots" content="noindex' in answer.text

    @pytest.mark.parametrize("query", ["", "?weeks=52", "?weeks=all&unit=ppm", "?until=2025-05-11"])
    def test_leads_nowhere_but_to_itself(self, lin: TestClient, query: str) -> None:
        path = make(lin)
        page = read(lin, path + query).text
        addresses = re.findall(r'\s(?:href|action|src|hx-\w+|data-load)="([^"]*)"', page)
        assert addresses
        elsewhere = [
            address
            for address in addresses
            if not address.startswith(("#", "/static/", f"{path}?")) and address != path
        ]
        assert elsewhere == []
        assert "/teams/" not in page

    def test_has_its_own_switches(self, lin: TestClient) -> None:
        path = make(lin, query="?weeks=52")
        page = read(lin, f"{path}?weeks=52").text
        assert f'href="{path}?weeks=26"' in page
        assert "ppm" in read(lin, f"{path}?unit=ppm").text

    def test_comes_in_the_language_one_chooses(self, lin: TestClient) -> None:
        path = make(lin)
        chinese = read(lin, path, headers={"Accept-Language": "zh"}).text
        assert 'lang="zh-Hans"' in chinese
        assert "只读" in chinese
        assert f'href="{path}?language=en"' in chinese
        english = lin.get(f"{path}?language=en", headers={"Accept-Language": "zh"})
        assert 'lang="en"' in english.text
        assert 'lang="en"' in lin.get(path, headers={"Accept-Language": "zh"}).text

    def test_opens_no_other_door(self, lin: TestClient, app: FastAPI) -> None:
        path = make(lin)
        token = path.removeprefix("/shared/")
        read(lin, path)
        for address in (
            "/",
            "/teams",
            "/teams/payments/trends",
            "/teams/payments/trends.csv",
            "/teams/payments/weeks",
            f"/teams/payments/weeks/{LAST.isoformat()}",
            "/teams/payments/metrics",
            LINKS,
            "/settings/people",
            "/account",
        ):
            for way in ({}, {"Authorization": f"Bearer {token}"}):
                answer = lin.get(address, headers={"Referer": f"http://weekline.test{path}", **way})
                assert answer.headers.get("location", "").startswith("/sign-in"), address
        assert "weekline_session" not in lin.cookies
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            assert lin.request(method, path).status_code == 405

    def test_shows_a_person_who_is_signed_in_no_more_than_others(
        self, lin: TestClient, cast: Cast, sign_in: SignIn
    ) -> None:
        path = make(lin)
        anonymous = read(lin, path).text
        sign_in(lin, cast.ada)
        assert lin.get(path).text == anonymous

    def test_is_noted_as_seen(self, lin: TestClient, written: Database, clock: Clock) -> None:
        path = make(lin)
        assert "not opened yet" in lin.get(LINKS).text
        read(lin, path)
        assert stored(written).seen_at == clock.now
        first = clock.now
        clock.now += timedelta(minutes=2)
        read(lin, path)
        assert stored(written).seen_at == first
        clock.now += timedelta(minutes=4)
        read(lin, path)
        assert stored(written).seen_at == clock.now


class TestTheEndOfALink:
    def test_unknown_expired_and_withdrawn_links_are_told_alike(
        self, lin: TestClient, written: Database, clock: Clock
    ) -> None:
        path = make(lin, days="7")
        withdrawn = make(lin, name="另一个")
        with written.reading() as session:
            other = session.scalars(select(SharedLink.id).where(SharedLink.name == "另一个")).one()
        assert lin.post(f"{LINKS}/{other}/withdrawal").status_code == 303
        clock.now += timedelta(days=7)
        answers = [
            read(lin, address)
            for address in ("/shared/no-such", path, withdrawn, f"{path}?weeks=52", "/shared/" + "x" * 3000)
        ]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.text.replace(answer.request.url.path, "") for answer in answers}) == 1
        assert "There is no such link, or it has ended." in answers[0].text

    def test_is_at_once_when_it_is_withdrawn(self, lin: TestClient, written: Database) -> None:
        path = make(lin)
        lin.post(f"{LINKS}/{stored(written).id}/withdrawal")
        said = lin.get(LINKS).text
        assert "withdrawn on" in said
        assert read(lin, path).status_code == 404

    def test_of_another_team_is_not_withdrawn_from_here(
        self, lin: TestClient, written: Database, cast: Cast, sign_in: SignIn
    ) -> None:
        path = make(lin)
        sign_in(lin, cast.otto)
        link = stored(written).id
        assert lin.post(f"/teams/elsewhere/shared-links/{link}/withdrawal").status_code == 404
        assert read(lin, path).status_code == 200
