"""Whole runs as the command line starts them: which team, which transactions, dry or not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal, Protocol, TypeVar, cast

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

import app.features
import app.models  # noqa: F401  # every table, and the features joined, so that publishing reaches them
from app import migrate
from app.accounts.models import Team
from app.accounts.queries import all_teams
from app.db import Database, DatabaseRefused
from app.document import weeks
from app.document.schema import WeekRule
from app.document.vocabulary import Language
from app.errors import Invalid, NotFound
from app.exchange import exporting, importing
from app.exchange.sources import Found, Unreadable
from app.exchange.teams import team_named, team_or_first

T = TypeVar("T")
Step = Literal["reading", "storing", "writing"]
AUTHOR = {"zh": "导入", "en": "Import"}


class Watch(Protocol):
    """Passes things through and shows how far it is."""

    def __call__(self, step: Step, things: Iterable[T], total: int) -> Iterable[T]: ...


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """`language` is that of messages, and of a team made on the spot."""

    team: str | None = None
    rule: WeekRule | None = None
    on_conflict: importing.OnConflict = "skip"
    language: Language = "zh"


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """One `week` (`2025-W23` or a day in it), or the weeks that touch the days from first to last."""

    team: str | None = None
    week: str | None = None
    first: date | None = None
    last: date | None = None
    form: exporting.Format = "markdown"
    drafts: bool = False


def import_pages(
    database: Database, found: Sequence[Found], options: ImportOptions, *, at: datetime, watch: Watch
) -> list[importing.Entry]:
    """Read, decide and store; all that is stored is stored in one transaction.

    Pages are read before it opens, so that a running server is kept waiting for the storing only.
    """
    with database.reading() as session:
        team = team_named(session, options.team)
        known = importing.Shelf.of(session, team).week_of_hash if team else {}
        rule = _rule(options, team)
    pages = _read(found, options, rule, known, watch)
    with database.writing() as session:
        team = team_or_first(session, options.team, language=options.language, rule=options.rule, at=at)
        entries = importing.plan(
            importing.Shelf.of(session, team),
            pages,
            rule=rule,
            language=options.language,
            on_conflict=options.on_conflict,
        )
        signature = importing.Signature(None, AUTHOR[team.language], at)
        stored = importing.store(session, team, entries, signed=lambda _: signature, at=at)
        return list(watch("storing", stored, len(entries)))


def dry_import(
    database: Database | None, found: Sequence[Found], options: ImportOptions, *, watch: Watch
) -> list[importing.Entry]:
    """What `import_pages` would do. `database` is None where there is none yet."""
    if database is None or _is_bare(database):
        if options.team is not None:
            raise NotFound("exchange.team.none_yet", slug=options.team)
        return _plan(importing.Shelf(), found, options, _rule(options, None), watch)
    if not migrate.is_current(database):
        raise DatabaseRefused("exchange.migrate_first")
    with database.reading() as session:
        team = team_named(session, options.team)
        shelf = importing.Shelf.of(session, team) if team else importing.Shelf()
        return _plan(shelf, found, options, _rule(options, team), watch)


def _plan(
    shelf: importing.Shelf, found: Sequence[Found], options: ImportOptions, rule: WeekRule, watch: Watch
) -> list[importing.Entry]:
    return importing.plan(
        shelf,
        _read(found, options, rule, shelf.week_of_hash, watch),
        rule=rule,
        language=options.language,
        on_conflict=options.on_conflict,
    )


def _read(
    found: Sequence[Found],
    options: ImportOptions,
    rule: WeekRule,
    known: dict[str, date],
    watch: Watch,
) -> list[importing.ReadPage | Unreadable]:
    pages = importing.read_pages(found, rule=rule, language=options.language, known=known)
    return list(watch("reading", pages, len(found)))


def _rule(options: ImportOptions, team: Team | None) -> WeekRule:
    return options.rule or cast("WeekRule", team.week_rule if team else "jan1-monday")


def _is_bare(database: Database) -> bool:
    with database.engine.connect() as connection:
        return not inspect(connection).has_table("alembic_version")


@contextmanager
def export_pages(
    database: Database, options: ExportOptions, *, language: Language, at: datetime
) -> Iterator[tuple[int, Iterator[exporting.ExportedPage]]]:
    """How many pages there are, and the pages, while the block lasts.

    Without a team named, one week is the only team's and a range is every team's. Raises NotFound
    where the one week is not there, or not published.
    """
    with database.reading() as session:
        some_team = session.scalar(select(Team.id).limit(1))
    if some_team is None:
        with database.writing() as session:
            team_or_first(session, options.team, language=language, rule=None, at=at)
    with database.reading() as session:
        teams = _teams(session, options)
        first, last = _days(options, teams[0])
        reports = exporting.chosen_reports(session, teams, first=first, last=last, drafts=options.drafts)
        if options.week and not reports:
            raise NotFound("exchange.no_such_week", week=options.week, team=teams[0].slug)
        pages = exporting.exported(session, teams, reports, form=options.form, drafts=options.drafts)
        yield len(reports), pages


def save_pages(pages: Iterable[exporting.ExportedPage], folder: Path) -> Iterator[Path]:
    """Write each page below the folder."""
    for page in pages:
        yield exporting.save(page, folder)


def _teams(session: Session, options: ExportOptions) -> list[Team]:
    if options.team is None and options.week is None:
        return all_teams(session)
    team = team_named(session, options.team)
    assert team is not None  # there is one by now
    return [team]


def _days(options: ExportOptions, team: Team) -> tuple[date | None, date | None]:
    if options.week is None:
        return options.first, options.last
    labelled = re.fullmatch(r"(\d{4})-?[Ww](\d{1,2})", options.week.strip())
    try:
        if labelled:
            return weeks.period_of(int(labelled[1]), int(labelled[2]), cast("WeekRule", team.week_rule))
        day = date.fromisoformat(options.week.strip())
    except ValueError as error:
        raise Invalid("exchange.bad_week", week=options.week) from error
    return day, day
