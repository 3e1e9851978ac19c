"""Which language a page is in, and how it writes days and numbers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.errors import Conflict
from app.web.i18n import translate
from tests.conftest import Cast, SignIn

ZH, EN = translate("zh"), translate("en")


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """None of this depends on the kind of database."""
    return sqlite_database


class TestTheLanguageOfAPage:
    @pytest.mark.parametrize(
        ("asked", "language"),
        [
            ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
            ("en-GB,en;q=0.9", "en"),
            ("de-DE,de;q=0.9,en;q=0.3", "en"),
            ("en;q=0.2,zh-TW;q=0.3", "zh-Hans"),
            ("fr", "zh-Hans"),
            ("", "zh-Hans"),
            ("en;q=0", "zh-Hans"),
            ("*;q=1, ???", "zh-Hans"),
        ],
    )
    def test_is_what_the_browser_asks_for_else_chinese(
        self, client: TestClient, asked: str, language: str
    ) -> None:
        page = client.get("/sign-in", headers={"Accept-Language": asked}).text
        assert f'<html lang="{language}"' in page

    def test_is_what_was_chosen_before_signing_in(self, client: TestClient) -> None:
        client.post("/account/language", data={"language": "zh", "next": "/sign-in"})
        assert 'lang="zh-Hans"' in client.get("/sign-in").text

    def test_is_the_persons_own_wherever_they_sign_in(
        self, client: TestClient, cast: Cast, sign_in: SignIn
    ) -> None:
        sign_in(client, cast.mei).post("/account/language", data={"language": "zh"})
        sign_in(client, cast.mei)  # another browser
        assert 'lang="zh-Hans"' in client.get("/teams", headers={"Accept-Language": "en"}).text

    def test_leads_back_to_the_page_with_its_query(self, client: TestClient) -> None:
        answer = client.post(
            "/account/language",
            data={"language": "en", "next": "/teams/payments/weeks"},
            headers={"Referer": "http://weekline.test/teams/payments/weeks?year=2025"},
        )
        assert answer.headers["location"] == "/teams/payments/weeks?year=2025"

    @pytest.mark.parametrize(
        "next_page", ["https://evil.test", "//evil.test", "/\\evil.test", "javascript:x"]
    )
    def test_never_leads_away(self, client: TestClient, next_page: str) -> None:
        answer = client.post("/account/language", data={"language": "en", "next": next_page})
        assert answer.headers["location"] == "/"


class TestDays:
    @pytest.mark.parametrize(
        ("first", "last", "chinese", "english"),
        [
            ((2025, 6, 9), (2025, 6, 15), "2025 年 6 月 9 日至 15 日", "9–15 June 2025"),
            ((2025, 6, 30), (2025, 7, 6), "2025 年 6 月 30 日至 7 月 6 日", "30 June – 6 July 2025"),
            (
                (2024, 12, 30),
                (2025, 1, 5),
                "2024 年 12 月 30 日至 2025 年 1 月 5 日",
                "30 December 2024 – 5 January 2025",
            ),
        ],
    )
    def test_of_a_week(
        self, first: tuple[int, int, int], last: tuple[int, int, int], chinese: str, english: str
    ) -> None:
        assert ZH.days(date(*first), date(*last)) == chinese
        assert EN.days(date(*first), date(*last)) == english

    def test_in_short(self) -> None:
        assert ZH.short_day(date(2025, 6, 9)) == "6/9"
        assert EN.short_day(date(2025, 6, 9)) == "9 Jun"
        assert ZH.short_days(date(2025, 6, 9), date(2025, 6, 15)) == "6/9 – 6/15"
        assert EN.short_days(date(2025, 6, 9), date(2025, 6, 15)) == "9 – 15 Jun"
        assert EN.short_days(date(2025, 6, 30), date(2025, 7, 6)) == "30 Jun – 6 Jul"

    def test_of_the_week(self) -> None:
        assert (ZH.weekday(date(2025, 6, 13)), EN.weekday(date(2025, 6, 13))) == ("周五", "Friday")

    def test_with_the_time_of_the_team(self) -> None:
        at = datetime(2025, 6, 13, 17, 42, tzinfo=UTC)
        assert ZH.moment(at, "Asia/Shanghai") == "6/14 01:42"
        assert EN.long_moment(at, "Europe/Berlin") == "13 June 2025, 19:42"

    def test_of_late_are_as_short_as_is_certain(self) -> None:
        at = datetime(2025, 6, 13, 17, 42, tzinfo=UTC)
        minutes, hours = timedelta(minutes=20), timedelta(hours=23)
        assert ZH.lately(at, at + minutes, "Asia/Shanghai") == "01:42"
        assert ZH.lately(at, at + hours, "Asia/Shanghai") == "6/14 01:42"
        assert EN.lately(at, at + minutes + hours, "Europe/Berlin") == "13 Jun 19:42"
        assert EN.lately(at, at + timedelta(days=250), "Europe/Berlin") == "13 June 2025, 19:42"


class TestNumbers:
    def test_keep_their_decimals_and_part_the_thousands(self) -> None:
        assert ZH.number(Decimal("99.970")) == "99.970"
        assert EN.number(1234567) == "1,234,567"


class TestRefusals:
    def test_are_said_in_both_languages(self) -> None:
        refusal = Conflict("user.name_taken", name="lin")
        assert EN.refusal(refusal) == "Somebody else signs in as “lin”."
        assert ZH.refusal(refusal) == "登录名“lin”已有人使用。"

    def test_without_words_of_their_own_are_still_a_sentence(self) -> None:
        assert EN.key("nobody.wrote_this") == "That cannot be done."
