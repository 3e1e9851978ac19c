"""A backup is whole, checked, and can be restored into either database."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import JSON, NullPool, create_engine, select
from sqlalchemy.exc import DBAPIError

from app import migrate
from app.db import Base, Database, DatabaseRefused
from app.errors import Conflict, Invalid, NotFound, Refusal
from app.exchange import backup, dump
from app.exchange.backup import back_up, restore
from app.exchange.liveness import announced
from app.reports.models import Report, Revision
from tests.conftest import FRIDAY, Cast
from tests.exchange.pages import import_found, named, page_of, weeks_of_pages
from tests.postgresql import ReusedDatabase, empty_database

DERIVED = {"page_snapshots"}


def contents(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, as the models read them."""
    with database.reading() as session:
        return {
            table.name: [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key))]
            for table in Base.metadata.sorted_tables
            if table.name not in DERIVED
        }


@pytest.fixture
def full(database: Database, cast: Cast) -> Database:
    """A database with weeks, revisions, metrics, people and roles."""
    import_found(database, *weeks_of_pages(3))
    import_found(database, named("x.md", page_of(rate="99.991%")))
    return database


@contextmanager
def opened_again(database: Database) -> Iterator[Database]:
    """The same database, opened by another program."""
    other = Database(database.url.render_as_string(hide_password=False))
    try:
        yield other
    finally:
        other.dispose()


@pytest.fixture
def another(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], Database]]:
    """`another("sqlite")`, `another("postgresql")`: a database without any table."""
    opened: list[Database] = []

    def make(kind: str) -> Database:
        if kind == "sqlite":
            database = Database(f"sqlite:///{tmp_path / 'another' / 'weekline.sqlite3'}")
        else:
            database = request.getfixturevalue("postgresql_database_of_its_own")
        opened.append(database)
        return database

    yield make
    for database in opened:
        database.dispose()


@pytest.fixture
def postgresql_database_of_its_own(reused_postgresql: ReusedDatabase) -> Iterator[Database]:
    with empty_database("weekline_other") as url:
        database = Database(url)
        yield database
        database.dispose()


class TestRoundTrip:
    @pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
    def test_every_row_comes_back_on_either_database(
        self, full: Database, another: Callable[[str], Database], tmp_path: Path, kind: str
    ) -> None:
        back_up(full, tmp_path / "backup", at=FRIDAY)
        target = another(kind)
        restore(target, tmp_path / "backup", force=False)
        assert contents(target) == contents(full)
        assert migrate.is_current(target)

    @pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
    def test_what_was_restored_can_be_worked_on(
        self, full: Database, another: Callable[[str], Database], tmp_path: Path, kind: str
    ) -> None:
        back_up(full, tmp_path / "backup", at=FRIDAY)
        target = another(kind)
        restore(target, tmp_path / "backup", force=False)
        found = import_found(target, *weeks_of_pages(4), named("y.md", page_of(rate="99.9%")))
        assert [entry.outcome for entry in found].count("made") == 1
        with pytest.raises(DBAPIError, match="never changed"), target.writing() as session:
            session.execute(Revision.__table__.delete())  # type: ignore[attr-defined]  # a Table

    def test_over_itself_after_more_was_written(self, full: Database, tmp_path: Path) -> None:
        before = contents(full)
        back_up(full, tmp_path / "backup", at=FRIDAY)
        import_found(full, *weeks_of_pages(6))
        restore(full, tmp_path / "backup", force=True)
        assert contents(full) == before

    @pytest.mark.postgresql
    def test_dumps_are_the_same_wherever_they_are_made(
        self, postgresql_database: Database, tmp_path: Path
    ) -> None:
        import_found(postgresql_database, *weeks_of_pages(3), team=None)
        first, copy = tmp_path / "first.zip", Database(f"sqlite:///{tmp_path / 'copy.sqlite3'}")
        back_up(postgresql_database, first, at=FRIDAY)
        restore(copy, first, force=False)
        with copy.engine.connect() as connection:
            dump.write_dump(connection, tmp_path / "second.zip", at=FRIDAY)
        copy.dispose()
        with ZipFile(first) as one, ZipFile(tmp_path / "second.zip") as other:
            assert {name: one.read(name) for name in one.namelist()} == {
                name: other.read(name) for name in other.namelist()
            }

    def test_every_column_has_a_kind(self) -> None:
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                assert dump.kind_of(column.type) in dump.KINDS
        assert dump.kind_of(JSON()) == "json"


class TestBackingUp:
    def test_while_others_write_gives_one_moment(
        self, database: Database, cast: Cast, tmp_path: Path
    ) -> None:
        stop, failed = threading.Event(), []

        def write() -> None:
            week = 0
            try:
                while not stop.is_set():
                    import_found(database, weeks_of_pages(week + 1)[week])
                    week += 1
            except Exception as error:
                failed.append(error)

        writer = threading.Thread(target=write)
        writer.start()
        try:
            for number in range(3):
                back_up(database, tmp_path / f"{number}.backup", at=FRIDAY)
        finally:
            stop.set()
            writer.join()
        assert failed == []
        for number in range(3):
            copy = Database(f"sqlite:///{tmp_path / f'{number}.sqlite3'}")
            restore(copy, tmp_path / f"{number}.backup", force=False)
            with copy.reading() as session:
                published = session.scalars(select(Report.published_revision)).all()
                assert len(published) == len(session.scalars(select(Revision.id)).all())
            copy.dispose()

    def test_nothing_is_refused(self, tmp_path: Path) -> None:
        bare = Database(f"sqlite:///{tmp_path / 'none' / 'weekline.sqlite3'}")
        with pytest.raises(NotFound):
            back_up(bare, tmp_path / "backup", at=FRIDAY)
        assert not (tmp_path / "backup").exists()

    def test_onto_the_database_itself_is_refused(self, sqlite_database: Database) -> None:
        with pytest.raises(Invalid):
            back_up(sqlite_database, Path(str(sqlite_database.url.database)), at=FRIDAY)

    def test_that_fails_leaves_the_former_backup(
        self, full: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        target = tmp_path / "backup"
        back_up(full, target, at=FRIDAY)
        before = target.read_bytes()

        def damaged(*_: Any) -> None:
            raise Invalid("exchange.backup.damaged", name="x")

        monkeypatch.setattr(backup, "_check_sqlite", damaged)
        monkeypatch.setattr(backup, "check_dump", damaged)
        with pytest.raises(Invalid):
            back_up(full, target, at=FRIDAY)
        assert target.read_bytes() == before
        assert [path.name for path in tmp_path.iterdir() if "part" in path.name] == []

    def test_of_sqlite_is_one_file(self, sqlite_database: Database, tmp_path: Path) -> None:
        back_up(sqlite_database, tmp_path / "out" / "backup", at=FRIDAY)
        assert [path.name for path in (tmp_path / "out").iterdir()] == ["backup"]


class TestRefusals:
    def test_while_a_server_runs(self, full: Database, tmp_path: Path) -> None:
        back_up(full, tmp_path / "backup", at=FRIDAY)
        with opened_again(full) as other:
            with announced(full), pytest.raises(Conflict):
                restore(other, tmp_path / "backup", force=True)
            full.dispose()
            restore(other, tmp_path / "backup", force=True)

    @pytest.mark.postgresql
    def test_but_one_that_is_just_leaving_is_waited_for(
        self, postgresql_database: Database, tmp_path: Path
    ) -> None:
        back_up(postgresql_database, tmp_path / "backup", at=FRIDAY)
        leaving = create_engine(postgresql_database.url, poolclass=NullPool).connect()
        leaves = threading.Timer(0.5, leaving.close)
        leaves.start()
        restore(postgresql_database, tmp_path / "backup", force=True)
        leaves.join()

    def test_while_another_program_has_it_open(self, full: Database, tmp_path: Path) -> None:
        back_up(full, tmp_path / "backup", at=FRIDAY)
        with opened_again(full) as other, other.reading() as session:
            session.scalars(select(Report.id)).all()
            with pytest.raises(Conflict):
                restore(full, tmp_path / "backup", force=True)

    def test_over_a_database_that_holds_something(self, full: Database, tmp_path: Path) -> None:
        back_up(full, tmp_path / "backup", at=FRIDAY)
        before = contents(full)
        with pytest.raises(Conflict) as caught:
            restore(full, tmp_path / "backup", force=False)
        assert caught.value.key == "exchange.restore.not_empty"
        assert contents(full) == before

    def test_not_over_one_that_was_only_migrated(
        self, full: Database, another: Callable[[str], Database], tmp_path: Path
    ) -> None:
        back_up(full, tmp_path / "backup", at=FRIDAY)
        target = another("sqlite")
        migrate.upgrade(target)
        restore(target, tmp_path / "backup", force=False)
        assert contents(target) == contents(full)

    @pytest.mark.parametrize(
        "content", [b"", b"# no backup", b"PK\x05\x06" + bytes(18), b"SQLite format 3\0" + bytes(500)]
    )
    def test_what_is_no_backup(self, database: Database, cast: Cast, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "backup").write_bytes(content)
        before = contents(database)
        with pytest.raises(Refusal):
            restore(database, tmp_path / "backup", force=True)
        assert contents(database) == before

    def test_another_programs_sqlite_file(self, sqlite_database: Database, tmp_path: Path) -> None:
        import sqlite3

        with sqlite3.connect(tmp_path / "other.db") as other:
            other.execute("CREATE TABLE notes (text)")
        other.close()
        with pytest.raises(Invalid):
            restore(sqlite_database, tmp_path / "other.db", force=True)

    def test_a_newer_version(self, database: Database, tmp_path: Path) -> None:
        back_up(database, tmp_path / "backup", at=FRIDAY)
        newer = rewritten(tmp_path / "backup", schema="9999")
        with pytest.raises(DatabaseRefused):
            restore(database, newer, force=True)

    @pytest.mark.postgresql
    def test_a_dump_with_a_row_missing_leaves_all_as_it_was(
        self, postgresql_database: Database, tmp_path: Path
    ) -> None:
        import_found(postgresql_database, *weeks_of_pages(2), team=None)
        back_up(postgresql_database, tmp_path / "backup", at=FRIDAY)
        before = contents(postgresql_database)
        short = rewritten(tmp_path / "backup", drop_a_row_of="items")
        with pytest.raises(Invalid):
            dump.check_dump(short)
        with pytest.raises(Invalid):
            restore(postgresql_database, short, force=True)
        assert contents(postgresql_database) == before


def rewritten(path: Path, *, schema: str | None = None, drop_a_row_of: str | None = None) -> Path:
    """A copy of the backup with another schema in it, or a row less in a table."""
    target = path.with_name("rewritten")
    if path.read_bytes().startswith(b"SQLite"):
        shutil.copy(path, target)
        changed = Database(f"sqlite:///{target}")
        with changed.engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{schema}'")
        changed.dispose()
        return target
    with ZipFile(path) as old, ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == dump.MANIFEST and schema:
                content = json.dumps({**json.loads(content), "schema": schema}).encode()
            if drop_a_row_of and name == f"tables/{drop_a_row_of}.jsonl":
                content = b"".join(content.splitlines(keepends=True)[:-1])
            new.writestr(name, content)
    return target
