"""The command line. What a command needs is imported by it, so that `read` and `--help` start at once."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app import __version__
from app.console import output, people
from app.console.choices import Form, OnConflict, Rule
from app.console.errors import Said, explained, refusal_text
from app.console.support import existing_database, found_at, opened_database, settings_with, watch
from app.console.texts import LANGUAGE, say

if TYPE_CHECKING:
    from app.config import Settings
    from app.db import Database


DAY = "%Y-%m-%d"

cli = typer.Typer(
    name="weekline",
    help=say("help"),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
cli.add_typer(people.user, name="user", help=say("help.user"))
cli.add_typer(people.team, name="team", help=say("help.team"))


def main() -> None:
    """The `weekline` command."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]  # text files
    try:
        cli(prog_name="weekline")
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads any more: no complaint
        sys.exit(1)
    except (Exception, KeyboardInterrupt) as error:
        lines = explained(error)
        if lines is None:
            raise
        for line in lines:
            print(say("problem", message=line), file=sys.stderr)
        sys.exit(130 if isinstance(error, KeyboardInterrupt) else getattr(error, "status", 1))


def _version(asked: bool) -> None:
    if asked:
        print(f"weekline {__version__}")
        raise typer.Exit


@cli.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", help=say("help.version"), callback=_version, is_eager=True)
    ] = False,
) -> None:
    pass


@cli.command(help=say("help.serve"))
def serve(
    host: Annotated[str | None, typer.Option(help=say("help.host"))] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help=say("help.port"))] = None,
    workers: Annotated[int | None, typer.Option(min=1, help=say("help.workers"))] = None,
    sample: Annotated[bool, typer.Option("--sample", help=say("help.sample"))] = False,
) -> None:
    from app.console import serving

    settings = settings_with(host=host, port=port, workers=workers)

    def prepare(database: Database) -> None:
        from app.exchange.seeding import is_empty

        if is_empty(database):
            _load_samples(database)
        if serving.is_loopback(settings.host):
            _print_links(database, settings)

    serving.run(settings, prepare=prepare if sample else lambda _: None)


@cli.command(help=say("help.migrate"))
def migrate() -> None:
    from app import migrate as migrations

    with opened_database(settings_with(), migrated=False) as database:
        done = migrations.upgrade(database)
    print(say("migrated" if done else "migrated.already", schema=migrations.head()))


@cli.command(help=say("help.read"))
def read(
    page: Annotated[str, typer.Argument(help=say("help.page"))],
    as_json: Annotated[bool, typer.Option("--json", help=say("help.json"))] = False,
    rule: Annotated[Rule, typer.Option(help=say("help.rule"))] = Rule.JAN1_MONDAY,
) -> None:
    from app.document.reader import read as read_page
    from app.exchange.sources import Unreadable

    found = found_at([page])
    if len(found) != 1:
        key = "read.one" if found else "read.no_page"
        raise Said(say(key, path=page, count=len(found)))
    if isinstance(found[0], Unreadable):
        raise Said(f"{page}: {refusal_text(found[0].key, **found[0].values)}")
    reading = read_page(found[0].text, rule=rule.value, language=LANGUAGE)
    if as_json:
        from app.document.listing import as_json as listed

        print(json.dumps(listed(reading), ensure_ascii=False, indent=2))
    else:
        output.print_reading(page, reading)


@cli.command("import", help=say("help.import"))
def import_(
    paths: Annotated[list[str], typer.Argument(help=say("help.paths"), metavar="PATH...")],
    team: Annotated[str | None, typer.Option(help=say("help.import.team"))] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=say("help.dry_run"))] = False,
    on_conflict: Annotated[OnConflict, typer.Option(help=say("help.on_conflict"))] = OnConflict.SKIP,
    rule: Annotated[Rule | None, typer.Option(help=say("help.rule"))] = None,
) -> None:
    from app.exchange import runs

    found = found_at(paths)
    if not found:
        raise Said(say("import.nothing"))
    options = runs.ImportOptions(team, rule.value if rule else None, on_conflict.value, LANGUAGE)
    settings = settings_with()
    if dry_run:
        with existing_database(settings) as existing:
            entries = runs.dry_import(existing, found, options, watch=watch)
    else:
        with opened_database(settings) as database:
            entries = runs.import_pages(database, found, options, at=datetime.now(UTC), watch=watch)
    if not output.print_entries(entries, dry_run=dry_run):
        raise typer.Exit(1)


@cli.command(help=say("help.export"))
def export(
    week: Annotated[str | None, typer.Argument(help=say("help.week"))] = None,
    first: Annotated[datetime | None, typer.Option("--from", formats=[DAY], help=say("help.from"))] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=[DAY], help=say("help.to"))] = None,
    everything: Annotated[bool, typer.Option("--all", help=say("help.all"))] = False,
    team: Annotated[str | None, typer.Option(help=say("help.import.team"))] = None,
    form: Annotated[Form, typer.Option("--format", help=say("help.format"))] = Form.MARKDOWN,
    folder: Annotated[Path | None, typer.Option("--output", help=say("help.output"))] = None,
    drafts: Annotated[bool, typer.Option("--drafts", help=say("help.drafts"))] = False,
) -> None:
    from app.exchange import runs

    if sum([week is not None, first is not None or last is not None, everything]) != 1:
        raise typer.BadParameter(say("export.which"))
    options = runs.ExportOptions(
        team, week, first.date() if first else None, last.date() if last else None, form.value, drafts
    )
    with (
        opened_database(settings_with()) as database,
        runs.export_pages(database, options, language=LANGUAGE, at=datetime.now(UTC)) as (count, pages),
    ):
        if folder is not None:
            written = len(list(watch("writing", runs.save_pages(pages, folder), count)))
            print(say("export.counts", count=written, folder=folder))
        elif count > 1:
            raise Said(say("export.output_needed", count=count), status=2)
        elif count == 0:
            raise Said(say("export.nothing"))
        else:
            sys.stdout.writelines(page.text for page in pages)


@cli.command(help=say("help.seed"))
def seed(links: Annotated[bool, typer.Option("--links", help=say("help.links"))] = False) -> None:
    settings = settings_with()
    if links:
        _refuse_beyond_loopback(settings)
    with opened_database(settings) as database:
        _load_samples(database)
        if links:
            _print_links(database, settings)


@cli.command(help=say("help.health"))
def health() -> None:
    from app.console import serving

    url, why = serving.ask_health(settings_with())
    if why is not None:
        raise Said(say("unhealthy", url=url, why=why))
    print(say("healthy"))


@cli.command(help=say("help.backup"))
def backup(file: Annotated[Path, typer.Argument(help=say("help.backup.file"), dir_okay=False)]) -> None:
    from app.exchange.backup import back_up

    with opened_database(settings_with(), migrated=False) as database:
        back_up(database, file, at=datetime.now(UTC))
    print(say("backup.done", file=file, size=f"{file.stat().st_size:,} B"))


@cli.command(help=say("help.restore"))
def restore(
    file: Annotated[Path, typer.Argument(help=say("help.backup.file"), dir_okay=False)],
    force: Annotated[bool, typer.Option("--force", help=say("help.force"))] = False,
) -> None:
    from app.exchange import backup as backups

    with opened_database(settings_with(), migrated=False) as database:
        backups.restore(database, file, force=force)
    print(say("restore.done", file=file))


def _load_samples(database: Database) -> None:
    from app import paths
    from app.exchange.seeding import seed as load

    for team, counts in load(database, paths.SEEDS, at=datetime.now(UTC), watch=watch).items():
        print(say("seed.team", team=team, counts=say("import.counts", **counts)))


def _print_links(database: Database, settings: Settings) -> None:
    from app import paths
    from app.exchange.seeding import sample_links

    for link in sample_links(database, paths.SEEDS, at=datetime.now(UTC)):
        print(say("link", role=say(link.role), name=link.display_name, url=settings.public_url + link.path))


def _refuse_beyond_loopback(settings: Settings) -> None:
    """Links that sign anybody in are for a try on one's own machine only."""
    from app.console.serving import is_loopback

    if not is_loopback(settings.host):
        raise Said(say("seed.loopback", host=settings.host))
