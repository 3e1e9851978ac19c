"""The pages of signing in and of settings, as a browser shows them."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi import Request, Response
from playwright.sync_api import expect
from starlette.responses import HTMLResponse

from app.accounts import actions
from app.accounts.models import Team, User
from app.errors import Conflict
from app.web.access import Public
from app.web.templates import page as show_page
from tests.browser.conftest import DESKTOP, PHONE, Open, Site
from tests.conftest import PASSWORD

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
            lin = session.get_one(User, site.cast.lin.id)
            pages["link"] = (actions.make_sign_in_link(session, lin, at=datetime.now(UTC)), None)
        opened = visit("/sign-in", language=language, theme=theme, size=size)
        for name, (path, person) in pages.items():
            opened.go(path, as_=site.cast.people[person] if person else None)
            assert opened.axe() == [], name
            assert not opened.scrolls_sideways(), name
            if SHOTS:
                kind = "desktop" if size is DESKTOP else "phone"
                opened.page.screenshot(
                    path=Path(SHOTS) / f"{name}-{language}-{theme}-{kind}.png", full_page=True
                )
            if name == "forbidden":  # the console repeats it
                assert [problem for problem in opened.problems if "403" not in problem] == []
                opened.expects_refusals()
            assert opened.problems == [], name

    @pytest.mark.parametrize("theme", ["light", "dark"])
    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_with_errors_and_menus_open_is_accessible_too(
        self, visit: Open, site: Site, language: str, theme: str
    ) -> None:
        opened = visit("/sign-in", language=language, theme=theme)
        page = opened.page
        for name, size in {"desktop": DESKTOP, "phone": PHONE}.items():
            opened.go("/settings/teams/new", as_=site.cast.ada, size=size)
            page.locator("#team_name").fill("x")
            page.locator("#team_slug").fill("payments")
            page.locator("#time_zone").fill("Mars/Base")
            page.locator("main form button.btn").click()
            expect(page.locator(".wrong")).to_have_count(1)
            page.locator(".account-menu summary").click()
            assert opened.axe() == [], name
            assert not opened.scrolls_sideways(), name
            if SHOTS:
                page.screenshot(path=Path(SHOTS) / f"wrong-{language}-{theme}-{name}.png", full_page=True)
            assert [problem for problem in opened.problems if "409" not in problem] == []
            opened.expects_refusals()  # the console repeats it


class TestSigningIn:
    def test_by_keyboard_and_out_again_by_the_menu(self, visit: Open, site: Site) -> None:
        page = visit("/teams", language="en").page
        expect(page).to_have_title("Sign in · Weekline")
        expect(page.get_by_label("Sign-in name")).to_be_focused()
        page.keyboard.type("lin")
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Teams")
        menu = page.locator(".account-menu summary")
        expect(menu).to_contain_text("林晚 · Lead")
        menu.click()
        page.get_by_role("button", name="Sign out").click()
        expect(page).to_have_title("Sign in · Weekline")
        page.goto("/teams")
        expect(page).to_have_title("Sign in · Weekline")

    def test_without_scripts(self, visit: Open, site: Site) -> None:
        page = visit("/sign-in", language="en", scripts=False).page
        page.get_by_label("Sign-in name").fill("mei")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.goto("/account")
        expect(page.locator(".account-menu summary")).to_contain_text("Manager")


class TestTheTheme:
    def test_changes_at_once_and_stays(self, visit: Open, site: Site) -> None:
        page = visit("/sign-in", language="en").page
        page.get_by_label("Sign-in name").fill("typed already")
        page.get_by_role("button", name="Switch between light and dark").click()
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        expect(page.get_by_label("Sign-in name")).to_have_value("typed already")
        page.reload()
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        page.get_by_role("button", name="Switch between light and dark").click()
        expect(page.locator("html")).to_have_attribute("data-theme", "light")

    def test_changes_without_scripts_too(self, visit: Open, site: Site) -> None:
        page = visit("/sign-in?next=/teams", language="en", scripts=False).page
        page.get_by_role("button", name="Switch between light and dark").click()
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        expect(page).to_have_url(f"{site.url}/sign-in?next=/teams")


class TestTheLanguage:
    def test_changes_and_stays_on_the_page(self, visit: Open, site: Site) -> None:
        page = visit("/sign-in?next=/teams", language="zh").page
        page.get_by_role("button", name="English").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
        expect(page).to_have_url(f"{site.url}/sign-in?next=/teams")


class TestMenus:
    def test_list_the_teams_and_close_again(self, visit: Open, site: Site) -> None:
        @site.app.get("/test/team")
        def with_team(request: Request, public: Public) -> Response:
            mei = _viewer_of(site)
            request.state.viewer = mei.viewer
            return show_page(request, "errors/page.html", {"team": mei, "status": 200, "message": "x"})

        page = visit("/test/team", as_=site.cast.mei, language="en").page
        menu = page.locator(".team-menu")
        menu.locator("summary").click()
        expect(menu.get_by_role("link")).to_have_text(["示例支付事业部", "示例商户组", "示例支付平台组"])
        page.keyboard.press("Escape")
        expect(menu.get_by_role("link").first).to_be_hidden()
        expect(menu.locator("summary")).to_be_focused()
        menu.locator("summary").click()
        page.locator("h1").click()
        expect(menu.get_by_role("link").first).to_be_hidden()

    def test_with_names_as_long_as_they_may_be_still_fit(self, visit: Open, site: Site) -> None:
        long = "a-very-long-name-" * 7
        with site.database.writing() as session:
            session.get_one(Team, site.cast.payments.id).name = long
            session.get_one(User, site.cast.ada.id).display_name = long
        opened = visit("/teams", as_=site.cast.ada, language="en")
        for size in (DESKTOP, PHONE):
            for path in ("/teams/payments/trends", "/settings/people", "/settings/teams", "/account"):
                opened.go(path, as_=site.cast.ada, size=size)
                assert not opened.scrolls_sideways(), (path, size)
                if SHOTS and path.endswith("trends"):
                    opened.page.screenshot(path=Path(SHOTS) / f"long-{size['width']}.png")


class TestHtmx:
    """The library as it is served here: no inline style, no evaluation, refusals put where they are read."""

    def test_swaps_under_the_strict_policy(self, visit: Open, site: Site) -> None:
        @site.app.get("/test/htmx")
        def shell(request: Request, public: Public) -> Response:
            base = show_page(request, "errors/page.html", {"status": 200, "message": "x"})
            script = site.app.state.assets.url("vendor/htmx-4.0.1.min.js")
            extra = (
                f'<script defer src="{script}"></script>'
                '<main hx-target:inherited="#place"><p id="place">before</p>'
                '<button hx-get="/test/piece">Fetch</button>'
                '<button hx-post="/test/no">Try</button></main></body>'
            )
            return HTMLResponse(bytes(base.body).decode().replace("</body>", extra))

        @site.app.get("/test/piece")
        def piece(request: Request, public: Public) -> Response:
            return HTMLResponse("<b>after</b>")

        @site.app.post("/test/no")
        def no(public: Public) -> None:
            raise Conflict("user.last_administrator")

        opened = visit("/test/htmx", language="en")
        page = opened.page
        page.get_by_role("button", name="Fetch").click()
        expect(page.locator("#place")).to_have_text("after")
        assert opened.problems == []
        page.get_by_role("button", name="Try").click()
        expect(page.locator("#notices")).to_contain_text("This is the last administrator.")
        expect(page.locator("#place")).to_have_text("after")
        assert [problem for problem in opened.problems if "409" not in problem] == []
        opened.expects_refusals()


class TestThePolicy:
    def test_control_an_inline_script_is_blocked_and_noticed(self, visit: Open, site: Site) -> None:
        @site.app.get("/test/inline")
        def inline(public: Public) -> Response:
            return HTMLResponse(
                "<!doctype html><title>x</title><link rel=icon href=/static/x/icons/favicon.svg>"
                "<p style='color:red' onclick='x()'>x<script>document.title = 'ran'</script>"
            )

        opened = visit("/test/inline")
        expect(opened.page).to_have_title("x")
        assert any("Content Security Policy" in problem for problem in opened.problems)
        opened.expects_refusals()

    def test_shows_drawings_of_the_sprite_in_the_colours_of_the_page(self, visit: Open, site: Site) -> None:
        @site.app.get("/test/drawing")
        def drawing(request: Request, public: Public) -> Response:
            base = bytes(
                show_page(request, "errors/page.html", {"status": 200, "message": "x"}).body
            ).decode()
            sprite = site.app.state.assets.url("icons/sprite.svg")
            icon = f'<svg id="drawn" width="64" height="64"><use href="{sprite}#better"/></svg></main>'
            return HTMLResponse(base.replace("</main>", icon))

        shots = {}
        for theme in ("light", "dark"):
            page = visit("/test/drawing", theme=theme).page
            page.wait_for_load_state("networkidle")
            shots[theme] = page.locator("#drawn").screenshot()
            if SHOTS:
                (Path(SHOTS) / f"drawing-{theme}.png").write_bytes(shots[theme])
        assert shots["light"] != shots["dark"]
        assert min(map(len, shots.values())) > 400  # more than an empty square


def _viewer_of(site: Site):  # type: ignore[no-untyped-def]
    from app.accounts.access import TeamInView
    from app.accounts.policy import Viewer

    cast = site.cast
    roles = {team.id: frozenset({"manager"}) for team in (cast.department, cast.payments, cast.merchant)}
    viewer = Viewer(cast.mei.id, "mei", "周梅", roles=roles)  # type: ignore[arg-type]
    team = cast.payments
    return TeamInView(
        viewer,
        team.id,
        team.slug,
        team.name,
        team.language,
        team.time_zone,
        team.week_rule,
        0,
        team.parent_id,
    )
