"""A running server and Chromium. Pages must work under the strict policy they are served with."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from app.accounts import sessions
from app.accounts.models import User
from app.config import Settings
from app.db import Database
from app.document.weeks import which_week
from app.main import create_app
from app.reports.queries import week_name_of
from tests.browser.outline_page import URL, OutlinePage
from tests.conftest import Cast, make_cast, new_session, skip_or_fail
from tests.reports.pages import PAGE, store_week

CHROMIUM = Path("/usr/bin/chromium")
expect.set_options(timeout=15_000)  # a machine that does much at once is slow, not wrong
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
DESKTOP = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
expect.set_options(timeout=15_000)  # only a test that fails, or a busy machine, takes it
BEGAN = datetime.now(UTC)
"""When the cast joined: one moment for all tests of a worker, so that what they begin from is made once."""


@pytest.fixture(autouse=True)
def _every_test_here_is_a_browser_test() -> None:
    if not CHROMIUM.exists():
        skip_or_fail("browser", "install Debian's chromium (/usr/bin/chromium)")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass
class Site:
    """A server that answers at `url`, its database, and the cast in it, who joined `at`."""

    url: str
    app: FastAPI
    database: Database
    cast: Cast
    at: datetime = BEGAN


@pytest.fixture
def site(tmp_path: Path, sqlite_database: Database) -> Iterator[Site]:
    """The app over a database of its own, on a free port. Its clock is the real one."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    settings = Settings(data_dir=tmp_path / "data", public_url=url, log_level="error")
    cast = make_cast(sqlite_database, BEGAN)
    app = create_app(settings, sqlite_database)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    until = time.monotonic() + 60
    while not server.started:
        if time.monotonic() > until or not thread.is_alive():
            pytest.fail("the server did not start")
        time.sleep(0.02)
    yield Site(url, app, sqlite_database, cast)
    server.should_exit = True
    thread.join(5)
    listener.close()


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
    yield browser
    browser.close()


@dataclass
class Visit:
    """An open page, what went wrong in it, and its measures of accessibility."""

    page: Page
    site: Site
    theme: str | None = None
    problems: list[str] = field(default_factory=list)
    was_refused: bool = False

    def expects_refusals(self) -> None:
        """What went wrong so far was meant to; refused requests of which the browser tells later, too."""
        self.was_refused = True
        self.problems.clear()

    def go(self, path: str, *, as_: User | None = None, size: dict[str, int] | None = None) -> None:
        """Open another page in the same window as if it were a new one, which takes four times as long."""
        self.become(as_)
        if size is not None:
            self.page.set_viewport_size(size)  # type: ignore[arg-type]  # a dictionary of these two
        self.page.goto(path)

    def become(self, user: User | None) -> None:
        """Have the cookies of that person's new session, and no others."""
        self.page.context.clear_cookies()
        cookies = {"weekline_theme": self.theme} if self.theme else {}
        if user is not None:
            state = self.site.app.state
            cookies[sessions.cookie_name(state.settings)] = new_session(state, user, state.clock())
        self.page.context.add_cookies(
            [{"name": name, "value": value, "url": self.site.url} for name, value in cookies.items()]
        )

    def axe(self) -> list[str]:
        """Violations of WCAG 2.2 A and AA and best practices, one line each."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found: list[dict[str, Any]] = self.page.evaluate(
            "() => axe.run(document, {resultTypes: ['violations']}).then(result => result.violations)"
        )
        return [
            f"{violation['id']}: {node['target']} {node['failureSummary']}"
            for violation in found
            for node in violation["nodes"]
        ]

    def scrolls_sideways(self) -> bool:
        wide: bool = self.page.evaluate(
            "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
        return wide


Open = Callable[..., Visit]


@pytest.fixture
def visit(chromium: Browser, site: Site) -> Iterator[Open]:
    """`visit("/account", as_=cast.lin, language="en", theme="dark", size=PHONE)` opens a page.

    When the test ends, anything in the console (a blocked script, a failed request, an error) fails it.
    """
    contexts: list[BrowserContext] = []
    visits: list[Visit] = []

    def open_page(
        path: str,
        *,
        as_: User | None = None,
        language: str = "zh",
        theme: str | None = None,
        size: dict[str, int] = DESKTOP,
        scripts: bool = True,
    ) -> Visit:
        context = chromium.new_context(
            base_url=site.url,
            viewport=size,  # type: ignore[arg-type]  # a dictionary of these two
            locale="zh-CN" if language == "zh" else "en-GB",
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        contexts.append(context)
        opened = Visit(context.new_page(), site, theme)
        visits.append(opened)
        opened.page.on("console", lambda message: _note(opened, message.type, message.text))
        opened.page.on("pageerror", lambda error: opened.problems.append(str(error)))
        opened.go(path, as_=as_)
        return opened

    yield open_page
    for context in contexts:
        context.close()
    problems = [problem for opened in visits for problem in opened.problems]
    assert problems == []


#: What Chromium says of requests that a test cut off; it may come late. Real trouble says more than that.
CUT_OFF = ("net::ERR_INTERNET_DISCONNECTED", "net::ERR_FAILED")


def _note(opened: Visit, kind: str, text: str) -> None:
    if opened.was_refused and text.startswith("Failed to load resource"):
        return
    if kind in {"error", "warning"} and not text.endswith(CUT_OFF):
        opened.problems.append(text)


@pytest.fixture
def week(site: Site) -> int:
    """The invented week, published."""
    return store_week(site.database, site.cast.payments, site.cast.lin, site.at)


@pytest.fixture
def outline(visit: Open, site: Site, week: int) -> OutlinePage:
    """The invented week, open to be written."""
    return OutlinePage(visit(f"{URL}/edit", as_=site.cast.lin).page)


def this_monday() -> date:
    return which_week(datetime.now(UTC), "Asia/Shanghai", "jan1-monday")[0]


@pytest.fixture
def last_week(site: Site) -> int:
    """The invented week as if it were last week's, so that this one can be begun from it."""
    monday = this_monday() - timedelta(days=7)
    number = week_name_of(monday, "jan1-monday")[1]
    page = PAGE.replace("第23周 2025-06-06", f"第{number}周 {monday + timedelta(days=4)}")
    page = re.sub(r"Created:.*\n", "", page)
    return store_week(site.database, site.cast.payments, site.cast.lin, site.at, page)
