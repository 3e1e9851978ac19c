"""What the commands share: settings, the database, pages to read, progress."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from app.console.texts import say

if TYPE_CHECKING:
    from app.config import Settings
    from app.db import Database
    from app.exchange.sources import Found

T = TypeVar("T")


def settings_with(**given: Any) -> Settings:
    """The settings; what was given on the command line goes before the environment.

    Where nobody set a public address, it is the one listened on.
    """
    from app.config import Settings

    settings = Settings(**{name: value for name, value in given.items() if value is not None})
    if "public_url" not in settings.model_fields_set:
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104  # compared
        settings.public_url = f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
    return settings


@contextmanager
def opened_database(settings: Settings, *, migrated: bool = True) -> Iterator[Database]:
    """The database of the settings, brought to this version's schema."""
    from app import migrate
    from app.db import Database

    database = Database(settings.database)
    try:
        if migrated:
            migrate.upgrade(database)
        yield database
    finally:
        database.dispose()


@contextmanager
def existing_database(settings: Settings) -> Iterator[Database | None]:
    """The database as it is; None where SQLite would make the file by being asked."""
    from sqlalchemy import make_url

    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite" and not (url.database and Path(url.database).exists()):
        yield None
        return
    with opened_database(settings, migrated=False) as database:
        yield database


def found_at(paths: list[str]) -> list[Found]:
    """The pages at the paths; `-` is standard input."""
    from app.exchange.sources import pages_at

    return list(pages_at(paths, pasted=sys.stdin.buffer))


def watch(step: str, things: Iterable[T], total: int) -> Iterable[T]:
    """A progress bar, where somebody looks at a terminal."""
    if not sys.stderr.isatty() or total < 2:
        return things
    from rich.console import Console
    from rich.progress import track

    return track(things, say(step), total, console=Console(stderr=True), transient=True)
