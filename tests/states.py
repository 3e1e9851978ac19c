"""What many tests begin from is made once a worker by the program itself, and then copied.

A state is known by the steps that led to it from an empty database. Where anything else was written
since, the step is taken as it is; so it is where copying is not allowed, and the first two times.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

from sqlalchemy import URL, Connection, Engine, event

from app.db import Database, sqlite_module

Made = TypeVar("Made")
Steps = tuple[Hashable, ...]
READING = ("SELECT", "BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE", "ROLLBACK", "SET ", "SHOW")


class Copies(Protocol):
    """Keeps whole databases and puts them back."""

    def keep(self, database: Database) -> Any:
        """The content as it is now; None where it cannot be kept."""

    def put(self, kept: Any, database: Database) -> None:
        """Make that the content."""


class States:
    """The states that the databases of one kind were in."""

    def __init__(self, copies: Copies) -> None:
        self._copies = copies
        self._came_by: dict[Steps, int] = {}
        self._kept: dict[Steps, tuple[Any, Any]] = {}

    def forget(self) -> None:
        self._kept.clear()

    def after(self, database: Database, steps: Steps, step: Callable[[], Made]) -> Made:
        """Take the last of the steps, or put back what it came to before."""
        if steps in self._kept:
            kept, made = self._kept[steps]
            self._copies.put(kept, database)
            return cast(Made, made)
        made = step()
        self._came_by[steps] = self._came_by.get(steps, 0) + 1
        if self._came_by[steps] == 2:  # it will be so again
            kept = self._copies.keep(database)
            if kept is not None:
                self._kept[steps] = (kept, made)
        return made


@dataclass
class _Followed:
    """How a database came to be what it is; no steps where that is not known."""

    states: States
    steps: Steps | None = ()


_followed: dict[URL, _Followed] = {}


@contextmanager
def followed(database: Database, states: States) -> Iterator[None]:
    """Take note of all that this process writes into it, which is empty now."""
    around = _followed.pop(database.url, None)
    _followed[database.url] = _Followed(states)
    try:
        yield
    finally:
        del _followed[database.url]
        if around is not None:
            _followed[database.url] = _Followed(around.states, None)


@event.listens_for(Engine, "before_cursor_execute")
def _note(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
    if not statement.lstrip().startswith(READING) and connection.engine.url in _followed:
        _followed[connection.engine.url].steps = None


def known_step(database: Database, name: Hashable, step: Callable[[], Made]) -> Made:
    """Take a step that always comes to the same after the same steps. What it gives must be a plain value."""
    known = _followed.get(database.url)
    if known is None or known.steps is None:
        return step()
    steps = (*known.steps, name)
    made = known.states.after(database, steps, step)
    known.steps = steps
    return made


class SqliteCopies:
    """Files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    def keep(self, database: Database) -> Path:
        self._count += 1
        path = self._folder / f"{self._count}.sqlite3"
        _copy(str(database.url.database), str(path))
        return path

    def put(self, kept: Path, database: Database) -> None:
        _copy(str(kept), str(database.url.database))


def _copy(source: str, target: str) -> None:
    module = sqlite_module()
    read, written = module.connect(source), module.connect(target)
    try:
        written.execute("PRAGMA synchronous = OFF")
        read.backup(written)
    finally:
        read.close()
        written.close()
