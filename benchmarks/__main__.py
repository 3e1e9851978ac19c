"""`python -m benchmarks`: print how this build does, as ratios within one run.

B is the speed of a bare `async def` FastAPI route that returns the same bytes, measured in the same
round. Each figure is the median of the rounds. Server and load run on a core each where there are two.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import brotli
from sqlalchemy import select

from app import migrate
from app.db import Database
from app.reports.models import Item, Report
from benchmarks import data
from benchmarks.load import Run, load, request

BROWSER = {"Accept-Encoding": "gzip, br", "Cookie": f"weekline_session={data.TOKEN}", "Accept-Language": "zh"}
PAGES = 256
"""Open pages that save in turn: more than there are connections, so that no save comes late."""
LIBRARIES = (
    "fastapi",
    "starlette",
    "uvicorn",
    "sqlalchemy.orm",
    "jinja2",
    "pydantic_settings",
    "structlog",
    "alembic.command",
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--teams", type=int, default=4)
    parser.add_argument("--weeks", type=int, default=104)
    parser.add_argument("--full", action="store_true", help="20 teams × 520 weeks, as the targets are stated")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1.5)
    parser.add_argument(
        "--keep", type=Path, help="folder to keep the generated archive in, and reuse it from"
    )
    options = parser.parse_args()
    if options.full:
        options.teams, options.weeks = 20, 520
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as folder:
        keep = options.keep or Path(folder)
        archive = keep / f"archive-{options.teams}x{options.weeks}.sqlite3"
        if not archive.exists():
            make(archive, teams=options.teams, weeks=options.weeks)
        copy = Path(folder) / "copy.sqlite3"
        shutil.copy(archive, copy)
        measure(copy, Path(folder), rounds=options.rounds, seconds=options.seconds)


def make(path: Path, *, teams: int, weeks: int) -> None:
    print(f"making {teams} teams × {weeks} weeks …", flush=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    database = Database(f"sqlite:///{unfinished}")
    migrate.upgrade(database)
    data.fill(database, teams=teams, weeks=weeks)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    unfinished.rename(path)


def measure(path: Path, folder: Path, *, rounds: int, seconds: float) -> None:
    url = f"sqlite:///{path}"
    pages = published_pages(url)
    sample = folder / "page.html"
    with server("program", {"WEEKLINE_DATABASE_URL": url}) as (port, _):
        page = once(port, request("GET", pages[0], headers=BROWSER))
        sample.write_bytes(page)
        print(f"page: {len(page):,} bytes compressed, {len(brotli.decompress(page)):,} plain\n")
        for one in pages:  # so that each is stored as a snapshot
            once(port, request("GET", one, headers=BROWSER))
    draft, item, version, section = draft_item(url)
    with (
        server("bare", {"BENCHMARK_BYTES": str(sample)}) as (bare, _),
        server("program", {"WEEKLINE_DATABASE_URL": url}) as (warm, process),
        server("program", {"WEEKLINE_DATABASE_URL": url, "BENCHMARK_MEMORY": "0"}) as (cold, _),
    ):
        etag = header(warm, request("GET", pages[0], headers=BROWSER), b"etag")
        known = {**BROWSER, "If-None-Match": etag}
        saver = {**BROWSER, "Accept": "application/json", "Sec-Fetch-Site": "same-origin"}
        numbers = itertools.count()

        def saves(path: str) -> Iterator[bytes]:
            """Saves without end, none of them a repeat."""
            return (
                request(
                    "POST", path, headers=saver, body=_save(item, version, number), kind="application/json"
                )
                for number in numbers
            )

        typed = urlencode({"section": section, "text": ("收银台改版：进度45%，预计6/20上线。" * 40)[:700]})
        keystroke = request("POST", f"{draft}/recognition", headers=saver, body=typed.encode())
        ratio_rows: dict[str, list[float]] = {}

        def note(name: str, value: float) -> None:
            ratio_rows.setdefault(name, []).append(value)

        for _ in range(rounds):
            b = checked(
                load(bare, [request("GET", "/bytes", headers=BROWSER)], connections=32, seconds=seconds)
            )
            note("B, requests/s", b.rate)
            for name, port, what in (
                (
                    "1  published page with session and version check / B",
                    warm,
                    [request("GET", pages[0], headers=BROWSER)],
                ),
                ("2  304 / B", warm, [request("GET", pages[0], headers=known)]),
                ("2  precompressed / B", warm, [request("GET", one, headers=BROWSER) for one in pages[:20]]),
                (
                    "3  any published page, nothing in memory / B",
                    cold,
                    [request("GET", one, headers=BROWSER) for one in pages],
                ),
            ):
                note(name, checked(load(port, what, connections=32, seconds=seconds)).rate / b.rate)
            editor = checked(
                load(
                    warm, [request("GET", f"{draft}/edit", headers=BROWSER)], connections=32, seconds=seconds
                )
            )
            note("4  editor page / B", editor.rate / b.rate)
            note("4  editor page, p99 / p50", editor.at(0.99) / editor.at(0.5))
            alone = checked(load(bare, saves("/echo"), connections=1, seconds=seconds)).at(0.5)
            note(
                "5  save alone / echoed POST alone, time",
                checked(load(warm, saves(f"{draft}/changes"), connections=1, seconds=seconds)).at(0.5)
                / alone,
            )
            note(
                "   recognition of 2 kB, p99, milliseconds",
                checked(load(warm, [keystroke], connections=1, seconds=seconds)).at(0.99) * 1000,
            )
            many = checked(load(bare, saves("/echo"), connections=32, seconds=seconds)).rate
            note(
                "5  saves over 32 connections / echoed POSTs",
                checked(load(warm, saves(f"{draft}/changes"), connections=32, seconds=seconds)).rate / many,
            )
        memory = (
            int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
            * os.sysconf("SC_PAGE_SIZE")
            / 2**20
        )
    targets = {
        "1": "≥ 0.55",
        "2  304": "≥ 0.60",
        "2  pre": "≥ 0.50",
        "3": "≥ 0.40",
        "4  editor page /": "≥ 0.05",
        "4  editor page,": "≤ 2",
        "5  save alone": "≤ 2.5",
        "5  saves": "≥ 0.4",
        "   recognition": "≤ 50",
    }
    for name, values in ratio_rows.items():
        target = next((text for start, text in targets.items() if name.startswith(start)), "")
        print(f"{name:<58} {statistics.median(values):>10.3f}   {target}")
    start, imports = cold_start(url, rounds)
    print(f"{'10 cold start to first page / importing the libraries':<58} {start / imports:>10.3f}   ≤ 1.5")
    print(f"{'10 memory after the load, MiB':<58} {memory:>10.1f}   ≤ 150 (idle)")


def published_pages(url: str) -> list[str]:
    from app.accounts.models import Team

    database = Database(url)
    with database.reading() as session:
        rows = session.execute(
            select(Team.slug, Report.period_start)
            .join(Report, Report.team_id == Team.id)
            .where(Report.published_revision > 0)
            .order_by(Report.id)
        ).all()
    database.dispose()
    step = 7919  # a prime: neighbours in the list are far apart in the archive
    count = len(rows)
    order = [rows[(n * step) % count] for n in range(count)] if count % step else rows
    return [f"/teams/{slug}/weeks/{start.isoformat()}" for slug, start in order]


def _save(item: int, version: int, number: int) -> bytes:
    """The item gets one of two texts, each typed over the other, so that none is stale."""
    mine, other = (text * 60 for text in (("周报", "汇总") if number % 2 else ("汇总", "周报")))
    change = {"kind": "text", "item": item, "text": mine, "version": version, "base": other}
    page = f"{number % PAGES:08x}-0000-4000-8000-000000000000"
    save = {"client": page, "field": f"item-{item}", "sequence": number // PAGES + 1, "changes": [change]}
    return json.dumps(save).encode()


def draft_item(url: str) -> tuple[str, int, int, int]:
    """A draft with a page's worth of items: address, and the id, version and section of one item."""
    from app.accounts.models import Team
    from app.document.reader import read
    from app.reports.assembly import clear, lay_out

    database = Database(url)
    with database.writing() as session:
        report = session.scalars(
            select(Report).where(Report.state == "draft").order_by(Report.id).limit(1)
        ).one()
        import random

        clear(session, report)
        lay_out(session, report, read(data.page_of(random.Random(3), report.period_start)).document)
        slug = session.scalars(select(Team.slug).where(Team.id == report.team_id)).one()
        item = session.scalars(
            select(Item)
            .where(Item.report_id == report.id, Item.text.contains("进度"), Item.parent_id.is_(None))
            .order_by(Item.id)
            .limit(1)
        ).one()
        found = (
            f"/teams/{slug}/weeks/{report.period_start.isoformat()}",
            item.id,
            item.version,
            item.section_id,
        )
    database.dispose()
    return found


def cold_start(url: str, rounds: int) -> tuple[float, float]:
    """Seconds from starting the server to its first page, and of importing the libraries alone."""
    starts, imports = [], []
    for _ in range(rounds):
        began = time.perf_counter()
        with server("program", {"WEEKLINE_DATABASE_URL": url}) as (port, _):
            once(port, request("GET", "/sign-in"))
            starts.append(time.perf_counter() - began)
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", f"import {', '.join(LIBRARIES)}"], check=True)
        imports.append(time.perf_counter() - began)
    return statistics.median(starts), statistics.median(imports)


@contextmanager
def server(name: str, environment: dict[str, str]) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """A uvicorn process of `benchmarks.servers` on the other core."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    core = min(os.sched_getaffinity(0)) if len(os.sched_getaffinity(0)) > 1 else 0
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "uvicorn",
            f"benchmarks.servers:{name}",
            "--factory",
            "--port",
            str(port),
            "--no-access-log",
            "--log-level",
            "warning",
        ],
        env={
            **os.environ,
            **environment,
            "WEEKLINE_LOG_LEVEL": "error",
            "WEEKLINE_PUBLIC_URL": f"http://127.0.0.1:{port}",
        },
        preexec_fn=lambda: os.sched_setaffinity(0, {core}),
    )
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if time.monotonic() > deadline or process.poll() is not None:
                    raise RuntimeError(f"the {name} server did not start") from None
                time.sleep(0.005)
        yield port, process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=15)


def once(port: int, what: bytes) -> bytes:
    """The body of one answer."""
    return answer(port, what)[1]


def header(port: int, what: bytes, name: bytes) -> str:
    for line in answer(port, what)[0].split(b"\r\n"):
        if line.lower().startswith(name + b":"):
            return line.split(b":", 1)[1].strip().decode()
    raise RuntimeError(f"no {name.decode()} in the answer")


def answer(port: int, what: bytes) -> tuple[bytes, bytes]:
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(what)
        received = b""
        while b"\r\n\r\n" not in received:
            received += connection.recv(65536)
        head, body = received.split(b"\r\n\r\n", 1)
        length = next(
            int(line.split(b":")[1])
            for line in head.lower().split(b"\r\n")
            if line.startswith(b"content-length")
        )
        while len(body) < length:
            body += connection.recv(65536)
        return head, body


def checked(run: Run) -> Run:
    """The run, if every answer was a good one."""
    if set(run.statuses) - {200, 304}:
        raise RuntimeError(f"unexpected answers: {run.statuses}")
    return run


if __name__ == "__main__":
    main()
