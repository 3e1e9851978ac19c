"""The pages of signing in and of settings, as a browser shows them."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.accounts import actions
from tests.browser.conftest import DESKTOP, PHONE, Open, Site

PAGES = {
    "sign-in": ("/sign-in", None),
    "account": ("/account", "lin"),
    "teams": ("/teams", "mei"),
    "people": ("/settings/people", "ada"),
    "new-person": ("/settings/people/new", "ada"),
    "person": ("/settings/people/1", "ada"),
    "settings-teams": ("/settings/teams", "ada"),
    "settings-team": ("/settings/teams/2", "ada"),
    "new-team": ("/settings/teams/new", "ada"),
    "forbidden": ("/settings/people", "mei"),
}
SHOTS = os.environ.get("WEEKLINE_TEST_SCREENSHOTS")


class TestEveryPage:
    @pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
    @pytest.mark.parametrize("theme", ["light", "dark"])
    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_is_accessible_and_fits(
        self, visit: Open, site: Site, language: str, theme: str, size: dict[str, int]
    ) -> None:
        pages = dict(PAGES)
        with site.database.writing() as session:
            link = actions.make_sign_in_link(session, site.cast.lin, at=datetime.now(UTC))
        pages["link"] = (link, None)
        for name, (path, person) in pages.items():
            user = site.cast.people[person] if person else None
            opened = visit(path, as_=user, language=language, theme=theme, size=size)
            assert opened.axe() == [], name
            assert not opened.scrolls_sideways(), name
            if SHOTS:
                kind = "desktop" if size is DESKTOP else "phone"
                opened.page.screenshot(
                    path=Path(SHOTS) / f"{name}-{language}-{theme}-{kind}.png", full_page=True
                )
            if name == "forbidden":
                opened.problems.clear()  # the console repeats the 403
