"""Kills the browser, the network or the server while somebody types: `python -m benchmarks.typing`.

A person types into an item; after each letter the page is asked what it says of saving. Where it says
"saved", the database must hold that very text at that moment. Then something is killed, all is started
again, and what comes back must hold everything typed up to a second before. The program exits with 1
where that is not so.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.request import urlopen

from playwright.sync_api import Error, Page, Playwright, expect, sync_playwright

from app import features, migrate
from app.accounts.models import Membership, Team, User
from app.accounts.sessions import begin_session
from app.config import Settings
from app.db import Database
from app.document.reader import read
from app.reports.models import SourcePage
from app.reports.publishing import store_page
from benchmarks.data import page_of

MONDAY = date(2025, 6, 9)
MAY_BE_LOST = 1.0
KINDS = ("browser", "network", "server")
LETTERS = "对账单下载功能已经提测预计下周灰度银行联调完成接口修复值守复盘"
CHROMIUM = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
STATE = """(id) => [document.getElementById("save-state").dataset.kind, document.getElementById(id).value]"""


@dataclass
class Week:
    """A server that can be killed and started again, over a database file, and who writes there."""

    folder: Path
    port: int
    token: str = ""
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def file(self) -> Path:
        return self.folder / "weekline.sqlite3"

    def make(self, text: str) -> None:
        """A draft made of the page `text`, and a lead who is signed in."""
        database = Database(f"sqlite:///{self.file}")
        migrate.upgrade(database)
        features.join()
        at = datetime.now(UTC)
        with database.writing() as session:
            lead = User(name="lin", display_name="林晚", created_at=at)
            team = Team(slug="payments", name="示例支付平台组", created_at=at)
            session.add_all([lead, team])
            session.flush()
            session.add(Membership(user_id=lead.id, team_id=team.id, role="lead"))
            page = SourcePage(
                team_id=team.id,
                name="week.md",
                content=text.encode(),
                sha256="0" * 64,
                reader_version="benchmark",
                created_at=at,
            )
            store_page(session, team=team, reading=read(text), page=page, by=lead, author_name="Bench", at=at)
            self.token = begin_session(session, lead, settings=Settings(), agent=None, replacing=None, at=at)
        database.dispose()

    def start(self) -> None:
        environment = {
            **os.environ,
            "WEEKLINE_DATA_DIR": str(self.folder),
            "WEEKLINE_DATABASE_URL": f"sqlite:///{self.file}",
            "WEEKLINE_PUBLIC_URL": self.url,
            "WEEKLINE_LOG_LEVEL": "error",
        }
        arguments = ["-m", "uvicorn", "--factory", "benchmarks.servers:program", "--port", str(self.port)]
        self.process = subprocess.Popen(
            [sys.executable, *arguments, "--log-level", "error"], env=environment, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + 120
        while time.monotonic() < until and self.process.poll() is None:
            try:
                urlopen(f"{self.url}/livez", timeout=5).read()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("the server did not start")

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def stored(self, item: int) -> str:
        with sqlite3.connect(f"file:{self.file}?mode=ro", uri=True) as connection:
            return str(connection.execute("SELECT text FROM items WHERE id = ?", (item,)).fetchone()[0])


@dataclass
class Came:
    """What came of all rounds."""

    rounds: int = 0
    claims: int = 0
    """Times that the page said "saved" and was held to it."""
    false: list[str] = field(default_factory=list)
    lost: list[float] = field(default_factory=list)
    """Seconds of typing that did not come back, a round."""


@contextmanager
def browser_of(playwright: Playwright, profile: Path, week: Week) -> Iterator[Page]:
    context = playwright.chromium.launch_persistent_context(
        str(profile), executable_path="/usr/bin/chromium", args=list(CHROMIUM), locale="zh-CN"
    )
    context.add_cookies([{"name": "weekline_session", "value": week.token, "url": week.url}])
    page = context.pages[0]
    try:
        yield page
    finally:
        with suppress(Error):  # it was killed
            context.close()


def kill_browser(profile: Path) -> None:
    """Every process of the browser that has this profile, at once."""
    wanted = f"--user-data-dir={profile}".encode()
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit() and wanted in (entry / "cmdline").read_bytes():
                os.kill(int(entry.name), signal.SIGKILL)


@dataclass
class Writer:
    """Somebody who types in one item, and writes down when each text stood there."""

    page: Page
    week: Week
    name: str
    random: random.Random
    typed: list[tuple[float, str]] = field(default_factory=list)

    @property
    def item(self) -> int:
        return int(self.name.removeprefix("text-"))

    def type(self, seconds: float, came: Came) -> None:
        """Type for so long, and hold the page to each "saved" that it says."""
        lasts = time.monotonic() + seconds
        while time.monotonic() < lasts:
            self.page.keyboard.insert_text(self.random.choice(LETTERS))
            _, text = self.page.evaluate(STATE, self.name)
            self.typed.append((time.monotonic(), text))
            self.page.wait_for_timeout(self.random.choice((40, 90, 160, 700)))
            said, text = self.page.evaluate(STATE, self.name)
            if said == "saved":
                came.claims += 1
                if self.week.stored(self.item) != text:
                    came.false.append(f"said saved of {text!r}, stored {self.week.stored(self.item)!r}")

    def lost(self, back: str, *, killed: float) -> float:
        """How long before the kill the first text was typed that is not in what came back."""
        kept = max((at for at, text in self.typed if back.startswith(text)), default=0.0)
        return max((killed - at for at, _ in self.typed if at > kept), default=0.0)


def one_round(
    playwright: Playwright, week: Week, profile: Path, random_: random.Random, came: Came, *, kind: str
) -> None:
    """Somebody types, something is killed, and what comes back is held against what was typed.

    Without the network or the server they type on for a while, before the browser is killed as well.
    """
    address = f"{week.url}/teams/payments/weeks/{MONDAY.isoformat()}/edit"
    with browser_of(playwright, profile, week) as page:
        page.goto(address)
        area = page.locator("textarea[id^=text-]:visible").nth(random_.randrange(8))
        writer = Writer(page, week, str(area.get_attribute("id")), random_)
        area.fill("")
        area.press("End")
        writer.type(random_.uniform(0.3, 3), came)
        if kind != "browser":
            if kind == "server":
                week.kill()
            else:
                page.context.set_offline(True)
            writer.type(random_.uniform(0.3, 4), came)
        killed = time.monotonic()
        kill_browser(profile)
    if week.process is None:
        week.start()
    with browser_of(playwright, profile, week) as page:
        page.goto(address)
        bar = page.locator("#save-state")
        page.wait_for_timeout(1500)  # what was left comes back, and is saved
        expect(bar).to_have_attribute("data-kind", "saved", timeout=20_000)
        back = page.locator(f"#{writer.name}").input_value()
        if week.stored(writer.item) != back.strip():
            came.false.append(f"{kind}: shows {back!r} as saved, stored {week.stored(writer.item)!r}")
    came.lost.append(writer.lost(back, killed=killed))
    came.rounds += 1


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.typing", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    random_ = random.Random(options.seed)
    came = Came()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        week = Week(Path(folder), port)
        week.make(page_of(random.Random(7), MONDAY))
        week.start()
        try:
            for _ in range(options.rounds):
                kind = random_.choice(KINDS)
                one_round(playwright, week, Path(folder) / "profile", random_, came, kind=kind)
                print(f"\r{came.rounds} rounds, worst loss {max(came.lost):.2f} s", end="", flush=True)
        finally:
            week.kill()
    print(f"\n{came.claims} times said to be saved, {len(came.false)} of them false")
    print(f"typing lost: at most {max(came.lost):.2f} s, in {sum(lost > 0 for lost in came.lost)} rounds")
    for line in came.false:
        print(line)
    if came.false or max(came.lost) > MAY_BE_LOST:
        sys.exit(1)


if __name__ == "__main__":
    main()
