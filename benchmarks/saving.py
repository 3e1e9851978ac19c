"""`python -m benchmarks.saving`: hold the server to its word, for as long as you like.

    editors   many pages write one week at once (200 writers; `--database` for PostgreSQL)
    repeats   one page whose saves are repeated, late or unanswered (10,000 requests)
    crashes   kill -9 of the server while pages save (1,000 rounds)

Each ends with an error where a promise was broken.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

from sqlalchemy import select

from app import migrate
from app.db import Database
from app.reports.models import Item
from benchmarks import data
from benchmarks.__main__ import draft_item, server
from benchmarks.writers import Address, crash_while_writing, write_over_a_bad_line, write_together


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.saving", description=__doc__)
    parser.add_argument("what", choices=("editors", "repeats", "crashes"))
    parser.add_argument("--database", help="an empty PostgreSQL database; SQLite where it is not given")
    parser.add_argument("--writers", type=int, default=200)
    parser.add_argument("--saves", type=int, default=5)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=1000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = options.database or f"sqlite:///{Path(folder) / 'weekline.sqlite3'}"
        database = Database(url)
        week, items = a_week(database, url)
        {"editors": editors, "repeats": repeats, "crashes": crashes}[options.what](
            database, url, week, items, options
        )


def a_week(database: Database, url: str) -> tuple[str, list[int]]:
    """A draft to write: its address, and items that mean nothing beyond their words."""
    migrate.upgrade(database)
    data.fill(database, teams=1, weeks=2)
    week, _, _, section = draft_item(url)
    with database.reading() as session:
        items = session.scalars(select(Item.id).where(Item.section_id == section).order_by(Item.id)).all()
    return week, list(items)[:8]


def editors(database: Database, url: str, week: str, items: list[int], options: argparse.Namespace) -> None:
    with server("program", {"WEEKLINE_DATABASE_URL": url}) as (port, _):
        outcome = write_together(
            database, address_of(port, week), items, writers=options.writers, saves=options.saves
        )
    print(
        f"{options.writers} writers, {len(items)} items: {outcome.accepted} accepted saves = "
        f"{outcome.versions} versions, {outcome.clashes} clashes with both texts, {outcome.seconds:.1f} s"
    )


def repeats(database: Database, url: str, week: str, items: list[int], options: argparse.Namespace) -> None:
    sent = 0
    with server("program", {"WEEKLINE_DATABASE_URL": url}) as (port, _):
        for seed in range(1, 1_000_000):
            if sent >= options.requests:
                break
            item = items[seed % len(items)]
            sent += write_over_a_bad_line(database, address_of(port, week), item, saves=100, seed=seed)
    print(f"{sent} requests repeated, late or unanswered: each save made once, none after a newer one")


def crashes(database: Database, url: str, week: str, items: list[int], options: argparse.Namespace) -> None:
    waits: list[float] = []
    acknowledged = 0
    for number, (ready, acknowledged) in enumerate(
        crash_while_writing(database, items, rounds=options.rounds, start=lambda: starting(url, week)),
        start=1,
    ):
        waits.append(ready)
        if number % 50 == 0:
            print(
                f"{number} crashes, {acknowledged} acknowledged saves, none lost; "
                f"ready again in {median(waits):.1f} s mostly, {max(waits):.1f} s at most",
                flush=True,
            )
    print(
        f"{options.rounds} crashes, {acknowledged} acknowledged saves, none lost; "
        f"ready again in {median(waits):.1f} s mostly, {max(waits):.1f} s at most"
    )


def starting(url: str, week: str) -> tuple[Address, Callable[[], None]]:
    """A server that answers, and how to kill it."""
    running = server("program", {"WEEKLINE_DATABASE_URL": url})
    port, process = running.__enter__()

    def kill() -> None:
        process.kill()
        running.__exit__(None, None, None)

    return address_of(port, week), kill


def address_of(port: int, week: str) -> Address:
    return Address(port, week, f"weekline_session={data.TOKEN}", f"http://127.0.0.1:{port}")


if __name__ == "__main__":
    main()
