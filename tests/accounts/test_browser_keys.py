"""The key with which a person's browsers keep unsaved text: their own, and the same whenever they ask."""

from __future__ import annotations

import base64

from starlette.testclient import TestClient

from tests.conftest import Cast, SignIn


def key_of(client: TestClient) -> str:
    answer = client.get("/account/browser-key")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    key: str = answer.json()["key"]
    return key


class TestTheKey:
    def test_is_the_same_when_asked_again(self, client: TestClient, cast: Cast, sign_in: SignIn) -> None:
        sign_in(client, cast.lin)
        key = key_of(client)
        assert len(base64.b64decode(key, validate=True)) == 32
        sign_in(client, cast.lin)
        assert key_of(client) == key

    def test_is_another_for_each_person(self, client: TestClient, cast: Cast, sign_in: SignIn) -> None:
        sign_in(client, cast.lin)
        mine = key_of(client)
        sign_in(client, cast.mei)
        assert key_of(client) != mine

    def test_is_given_to_nobody_who_is_signed_out(self, client: TestClient, cast: Cast) -> None:
        answer = client.get("/account/browser-key", headers={"Accept": "application/json"})
        assert answer.status_code == 401
        assert "key" not in answer.json().get("detail", "")
