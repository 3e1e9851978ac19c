"""What a writer does on the editing page, and how its saves are held up, lost and answered in tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote

from playwright.sync_api import BrowserContext, Locator, Page, Route, expect
from sqlalchemy import delete, select

from app.accounts import sessions
from app.accounts.models import SignInSession, User
from app.reports.models import Item
from tests.browser.conftest import Site, Visit
from tests.conftest import new_session
from tests.reports.pages import MONDAY

URL = f"/teams/payments/weeks/{MONDAY.isoformat()}"
STATEMENT = "商户对账单自助下载：PC 端提测"
"""The text of an item of the stored week."""
SAVES = "**/changes"


class Writing:
    """A week that is open to be written, with its fields found as a person finds them."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.page: Page = visit.page

    def item(self, beginning: str) -> Locator:
        return self.page.locator("textarea[name=text]").filter(has_text=beginning).first

    @property
    def statement(self) -> Locator:
        """The field of the item that `STATEMENT` stood in, whatever is in it now."""
        found = self.page.locator("textarea[name=text]").filter(has_text=STATEMENT).first
        return self.page.locator(f"#{found.get_attribute('id')}")

    @property
    def bar(self) -> Locator:
        return self.page.locator("#save-state")

    def says(self, kind: str) -> None:
        expect(self.bar).to_have_attribute("data-kind", kind)

    def saved(self) -> None:
        self.says("saved")

    def shows_nothing_as_saved(self, milliseconds: int = 1200) -> None:
        """Look again and again for a while: no moment may claim that everything is saved."""
        kinds = self.page.evaluate(
            """async (milliseconds) => {
              const seen = new Set(), until = performance.now() + milliseconds;
              while (performance.now() < until) {
                seen.add(document.getElementById("save-state").dataset.kind);
                await new Promise((next) => setTimeout(next, 20));
              }
              return [...seen];
            }""",
            milliseconds,
        )
        assert "saved" not in kinds, kinds

    def clash(self) -> Locator:
        return self.page.get_by_role("group", name="内容冲突")

    def kept(self, *, steps: bool = False) -> list[dict[str, object]]:
        """The rows of the vault, as anybody with the disk in hand would read them.

        `steps` are those, too, in which lies what can be undone.
        """
        rows: list[dict[str, object]] = self.page.evaluate(
            """() => new Promise((resolve, reject) => {
              const request = indexedDB.open("weekline-writing", 1);
              request.onerror = reject;
              request.onsuccess = () => {
                const all = request.result.transaction("unsaved").objectStore("unsaved").getAll();
                const text = (bytes) => String.fromCharCode(...new Uint8Array(bytes));
                all.onsuccess = () =>
                  resolve(all.result.map((row) => ({...row, data: row.data && text(row.data)})));
              };
            })"""
        )
        return [row for row in rows if steps or row["field"] != "history"]


@dataclass
class Saves:
    """The saves a page sends, and what becomes of each before its answer."""

    page: Page
    bodies: list[dict[str, object]] = field(default_factory=list)
    under_way: int = 0
    most_under_way: int = 0

    def through(self, handle: Callable[[Route], None]) -> None:
        def noted(route: Route) -> None:
            if route.request.method != "POST":
                route.continue_()
                return
            self.bodies.append(route.request.post_data_json)
            self.under_way += 1
            self.most_under_way = max(self.most_under_way, self.under_way)
            handle(route)
            self.under_way -= 1

        self.page.route(SAVES, noted)

    def free(self) -> None:
        self.page.unroute(SAVES)


def lose_the_answer(route: Route) -> None:
    """The server gets the save and stores it; the page never hears of it."""
    route.fetch()
    route.abort()


def stored_text(site: Site, item_id: int) -> str | None:
    with site.database.reading() as session:
        return session.scalar(select(Item.text).where(Item.id == item_id))


def stored_version(site: Site, item_id: int) -> int:
    with site.database.reading() as session:
        return session.scalars(select(Item.version).where(Item.id == item_id)).one()


def id_of(field: Locator) -> int:
    found = field.locator("xpath=ancestor::li[1]").get_attribute("data-item")
    return int(found or 0)


def sign_in(site: Site, context: BrowserContext, user: User) -> None:
    token = new_session(site.app.state, user, datetime.now(UTC))
    name = sessions.cookie_name(site.app.state.settings)
    context.add_cookies(
        [
            {"name": name, "value": token, "url": site.url},
            {"name": "weekline_who", "value": quote(user.display_name), "url": site.url},
        ]
    )


def end_sessions(site: Site, user: User) -> None:
    with site.database.writing() as session:
        session.execute(delete(SignInSession).where(SignInSession.user_id == user.id))
