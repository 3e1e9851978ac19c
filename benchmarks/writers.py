"""Writers of one week that hold the server to its word: what it called saved is there, and made once.

Each writer is an open page: it names its saves, counts them, and sends again what it has no answer to.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from app.db import Database
from app.reports.models import Item


class Lost(AssertionError):
    """The server did not keep its word."""


@dataclass
class Address:
    """A week on a running server, as somebody who may write it."""

    port: int
    week: str
    cookie: str
    origin: str


@dataclass
class Accepted:
    """A save that was called saved."""

    item: int
    version: int
    text: str


@dataclass
class Page:
    """An open page with a connection of its own."""

    address: Address
    name: str = field(default_factory=lambda: str(uuid4()))
    sequence: int = 0
    _connection: HTTPConnection | None = None

    def body(self, item: int, text: str, *, version: int, base: str) -> bytes:
        """The next save of that text, ready to be sent as often as needed."""
        self.sequence += 1
        change = {"kind": "text", "item": item, "text": text, "version": version, "base": base}
        save = {"client": self.name, "field": f"item-{item}", "sequence": self.sequence, "changes": [change]}
        return json.dumps(save).encode()

    def send(self, body: bytes) -> tuple[int, dict[str, Any]]:
        """Status and answer; OSError or HTTPException where there is none."""
        if self._connection is None:
            self._connection = HTTPConnection("127.0.0.1", self.address.port, timeout=30)
        try:
            self._connection.request("POST", f"{self.address.week}/changes", body, self._headers)
            answer = self._connection.getresponse()
            return answer.status, json.loads(answer.read())
        except BaseException:
            self.close()
            raise

    def send_and_leave(self, body: bytes) -> None:
        """Send, and do not wait for the answer: what a time-out looks like to the server."""
        connection = HTTPConnection("127.0.0.1", self.address.port, timeout=30)
        with closing(connection), suppress(OSError, HTTPException):
            connection.request("POST", f"{self.address.week}/changes", body, self._headers)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @property
    def _headers(self) -> dict[str, str]:
        return {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Cookie": self.address.cookie,
            "Origin": self.address.origin,
        }


def stored(database: Database, ids: Sequence[int]) -> dict[int, tuple[int, str]]:
    """Version and text of items by id."""
    with database.reading() as session:
        rows = session.execute(select(Item.id, Item.version, Item.text).where(Item.id.in_(ids)))
        return {row.id: (row.version, row.text) for row in rows}


@dataclass
class Outcome:
    accepted: int
    clashes: int
    seconds: float
    versions: int


def write_together(
    database: Database, address: Address, items: Sequence[int], *, writers: int, saves: int, seed: int = 1
) -> Outcome:
    """Many pages add words to few items at once; each settles its clashes by keeping both.

    Raises Lost unless every accepted save is exactly one stored version, every word of it is in the text
    at the end, and every clash was answered with both texts.
    """
    before = stored(database, items)
    accepted: list[Accepted] = []
    clashes = 0
    lock = threading.Lock()

    def write(number: int) -> None:
        nonlocal clashes
        dice, page = random.Random(seed * 1000 + number), Page(address)
        known = dict(before)
        for turn in range(saves):
            item, word = dice.choice(items), f" w{number}-{turn}."
            while True:
                version, text = known[item]
                mine = text + word
                status, told = _answer(page, page.body(item, mine, version=version, base=text))
                if status == 200:
                    known[item] = (told["items"][str(item)]["version"], mine)
                    with lock:
                        accepted.append(Accepted(item, known[item][0], mine))
                    break
                if status != 409 or told.get("mine") != mine or not told.get("theirs"):
                    raise Lost(f"a clash without both texts: {status} {told}")
                with lock:
                    clashes += 1
                known[item] = (told["version"], told["theirs"])
        page.close()

    began = time.perf_counter()
    with ThreadPoolExecutor(writers) as crowd:
        for done in [crowd.submit(write, number) for number in range(writers)]:
            done.result()
    took = time.perf_counter() - began
    after = stored(database, items)
    versions = sum(after[item][0] - before[item][0] for item in items)
    _check(before, after, accepted)
    return Outcome(len(accepted), clashes, took, versions)


def _check(
    before: dict[int, tuple[int, str]], after: dict[int, tuple[int, str]], accepted: Sequence[Accepted]
) -> None:
    for item, (version, text) in after.items():
        of_item = sorted((one for one in accepted if one.item == item), key=lambda one: one.version)
        expected = list(range(before[item][0] + 1, version + 1))
        if [one.version for one in of_item] != expected:
            raise Lost(f"item {item}: accepted saves are not its versions")
        if of_item and of_item[-1].text != text:
            raise Lost(f"item {item}: the newest accepted text is not what is stored")
        for one in of_item:
            if one.text.rsplit(" ", 1)[1] not in text:
                raise Lost(f"item {item}: words of version {one.version} are gone")


def write_over_a_bad_line(
    database: Database, address: Address, item: int, *, saves: int, seed: int = 1
) -> int:
    """One page whose saves are repeated, come late, or lose their answer; the number of requests sent.

    Raises Lost unless each save was made exactly once, and none after a newer one.
    """
    with closing(Page(address)) as page, closing(Page(address)) as straggler:
        return _write_over_a_bad_line(database, page, straggler, item, saves=saves, dice=random.Random(seed))


def _write_over_a_bad_line(
    database: Database, page: Page, straggler: Page, item: int, *, saves: int, dice: random.Random
) -> int:
    first_version, text = stored(database, [item])[item]
    version, sent, old = first_version, 0, []
    for turn in range(saves):
        mine = f"第{turn}次保存"
        body = page.body(item, mine, version=version, base=text)
        for _ in range(dice.choice((0, 0, 1, 2))):
            page.send_and_leave(body)
            sent += 1
        if old and dice.random() < 0.5:
            late, told = _answer(straggler, dice.choice(old))
            sent += 1
            if late != 200 and (late, told["key"]) != (409, "save.superseded"):
                raise Lost(f"a late save was answered {late}: {told}")
        status, told = _answer(page, body)
        sent += 1
        if status != 200:
            raise Lost(f"save {turn} was refused: {told}")
        text, version = mine, told["items"][str(item)]["version"]
        old = [*old[-5:], body]
        if version != first_version + turn + 1:
            raise Lost(f"save {turn} was made {version - first_version - turn} times")
    for body in old[:-1]:
        status, told = _answer(straggler, body)
        sent += 1
        if (status, told.get("key")) != (409, "save.superseded"):
            raise Lost("an older save was taken after a newer one")
    if stored(database, [item])[item] != (version, text):
        raise Lost("something was stored that was not the last save")
    return sent


@dataclass
class Diary:
    """What one writer was told over many crashes: the text that must be there, or the one on its way."""

    page: Page
    item: int
    version: int
    text: str
    under_way: bytes | None = None
    under_way_text: str = ""
    acknowledged: int = 0
    problem: Lost | None = None

    def write_until(self, stop: threading.Event) -> None:
        while not stop.is_set():
            self.under_way_text = f"{uuid4()}"
            self.under_way = self.page.body(
                self.item, self.under_way_text, version=self.version, base=self.text
            )
            try:
                self._took(*self.page.send(self.under_way))
            except (OSError, HTTPException, ValueError):
                return
            except Lost as problem:
                self.problem = problem
                return

    def check(self, kept: tuple[int, str]) -> None:
        """Raise Lost unless what is stored is the last save that was acknowledged, or the one after it."""
        if self.problem is not None:
            raise self.problem
        if kept == (self.version, self.text):
            return
        if self.under_way is None or kept != (self.version + 1, self.under_way_text):
            raise Lost(f"acknowledged: {self.version} {self.text}; stored: {kept}")

    def send_again(self) -> None:
        """Ask what became of the save that was on its way; that makes it, at most once."""
        if self.under_way is not None:
            self._took(*_answer(self.page, self.under_way))

    def _took(self, status: int, told: dict[str, Any]) -> None:
        if status != 200:
            raise Lost(f"a save was refused: {status} {told}")
        self.version, self.text = told["items"][str(self.item)]["version"], self.under_way_text
        self.under_way, self.acknowledged = None, self.acknowledged + 1


def crash_while_writing(
    database: Database,
    items: Sequence[int],
    *,
    rounds: int,
    start: Callable[[], tuple[Address, Callable[[], None]]],
    seed: int = 1,
) -> Iterator[tuple[float, int]]:
    """Kill the server while pages save, start it again, and look; gives seconds to the first answer, and
    saves acknowledged so far.

    `start` gives the address of a server that answers, and how to kill it. Raises Lost where an
    acknowledged save is not there.
    """
    dice = random.Random(seed)
    diaries: list[Diary] = []
    for _ in range(rounds):
        began = time.perf_counter()
        address, kill = start()
        ready = time.perf_counter() - began
        if not diaries:
            diaries = [Diary(Page(address), item, *kept) for item, kept in stored(database, items).items()]
        for diary in diaries:
            diary.page.address = address
            diary.page.close()
            diary.send_again()
        stop = threading.Event()
        threads = [threading.Thread(target=diary.write_until, args=(stop,)) for diary in diaries]
        for thread in threads:
            thread.start()
        time.sleep(dice.uniform(0.02, 0.5))
        kill()
        stop.set()
        for thread in threads:
            thread.join()
        after = stored(database, items)
        for diary in diaries:
            diary.check(after[diary.item])
            diary.page.close()
        yield ready, sum(diary.acknowledged for diary in diaries)


def _answer(page: Page, body: bytes) -> tuple[int, dict[str, Any]]:
    """The answer, asked for again where there is none; a busy database is asked again as well."""
    for _ in range(100):
        try:
            status, told = page.send(body)
        except (OSError, HTTPException, ValueError):
            time.sleep(0.02)
            continue
        if status != 503:
            return status, told
        time.sleep(0.05)
    raise Lost("no answer")
