"""A department's trend page: its teams side by side, each with its own reports and tools."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from app.accounts.actions import grant_role
from app.accounts.models import Team, User
from app.db import Database
from tests.conftest import Cast, SignIn
from tests.trends.weeks import AT, LAST, WEEK, publish

PAY_IN = "入金有效成功率"
Read = Callable[..., str]


def words(html: str) -> str:
    """What is written on the page, with single spaces."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def figure(html: str, number: int = 0) -> str:
    found: list[str] = re.findall(r"<figure.*?</figure>", html, re.DOTALL)
    return found[number]


class TestADepartment:
    @pytest.fixture
    def both(self, database: Database, cast: Cast) -> None:
        """Two teams of the department that report the same metric, twelve weeks each."""
        with database.writing() as session:
            for back in range(12):
                publish(session, cast.payments, LAST - WEEK * back, {PAY_IN: f"99.98{back * 7 % 5}%"})
                publish(session, cast.merchant, LAST - WEEK * back, {PAY_IN: f"99.91{back * 3 % 7}%"})

    @pytest.mark.usefixtures("both")
    def test_shows_its_teams_side_by_side_on_one_scale(self, read: Read, cast: Cast) -> None:
        html = read(url="/teams/trade/trends")
        assert html.count('<figure class="one"') == 2
        one, other = (re.findall(r'class="ylab fin"[^>]*>([^<]+)', figure(html, place)) for place in (0, 1))
        assert one == other
        assert cast.payments.name in words(figure(html, 0)) + words(figure(html, 1))

    @pytest.mark.usefixtures("both")
    def test_leads_to_the_reports_of_each_team(self, read: Read) -> None:
        html = read(url="/teams/trade/trends")
        assert "/teams/payments/weeks/2025-06-09#reading-" in html
        assert "/teams/merchant/weeks/2025-06-09#reading-" in html

    @pytest.mark.usefixtures("both")
    def test_is_new_when_one_of_its_teams_changed(
        self, client: TestClient, cast: Cast, sign_in: SignIn, database: Database
    ) -> None:
        url = "/teams/trade/trends"
        first = sign_in(client, cast.eve).get(url).headers["etag"]
        assert client.get(url, headers={"If-None-Match": first}).status_code == 304
        with database.writing() as session:
            session.get_one(Team, cast.merchant.id).pulse += 1
        assert client.get(url, headers={"If-None-Match": first}).status_code == 200

    @pytest.mark.usefixtures("both")
    def test_offers_with_each_chart_what_its_team_offers(
        self, read: Read, client: TestClient, cast: Cast, sign_in: SignIn, database: Database
    ) -> None:
        with database.writing() as session:
            grant_role(session, session.get_one(User, cast.lin.id), cast.department, "lead", at=AT)
        for person, writes in ((cast.eve, False), (cast.lin, True)):
            html = sign_in(client, person).get("/teams/trade/trends").text
            for place, slug in ((0, "merchant"), (1, "payments")):
                offered = figure(html, place)
                found = re.search(rf'href="(/teams/{slug}/metrics/\d+)/chart.svg"', offered)
                assert found is not None
                assert client.get(f"{found[1]}/chart.svg").status_code == 200
                assert (f'href="{found[1]}/annotations" data-sheet' in offered) is writes
                assert (f'href="{found[1]}/baselines" data-sheet' in offered) is writes

    @pytest.mark.usefixtures("both")
    def test_shows_one_team_only_on_that_teams_page(self, read: Read) -> None:
        assert read().count("<figure") == 1
