"""Signing in and out: what works, what is refused, and what a stranger can learn (nothing)."""

from __future__ import annotations

from starlette.testclient import TestClient

from tests.conftest import PASSWORD, Cast, SignIn


class TestSigningIn:
    def test_the_right_password_leads_home(self, client: TestClient, cast: Cast) -> None:
        answer = client.post("/sign-in", data={"name": " LIN ", "password": PASSWORD})
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert client.get("/").headers["location"] == "/teams/payments/weeks"

    def test_without_a_session_every_page_leads_to_the_sign_in_page_and_back(
        self, client: TestClient, cast: Cast
    ) -> None:
        assert client.get("/teams").headers["location"] == "/sign-in?next=/teams"

    def test_sign_in_helper(self, client: TestClient, cast: Cast, sign_in: SignIn, query_counter) -> None:
        sign_in(client, cast.mei)
        with query_counter() as q:
            assert client.get("/teams").status_code == 200
        print(q.statements)
