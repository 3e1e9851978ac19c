"""Transactions: no update is lost, nothing counts before it is on disk, decimals keep their digits."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from app import db
from app.accounts.models import Team
from app.db import CHANNEL, Database, DatabaseRefused, announcement
from app.errors import Conflict
from app.metrics.models import Metric, Target
from app.reports.models import Report
from tests.conftest import Cast


class TestWriting:
    def test_by_many_at_once_loses_no_update(self, database: Database, cast: Cast) -> None:
        def add_twenty() -> None:
            for _ in range(20):
                with database.writing() as session:
                    team = session.scalars(
                        select(Team).where(Team.id == cast.payments.id).with_for_update()
                    ).one()
                    team.pulse = team.pulse + 1

        with database.reading() as session:
            before = session.get_one(Team, cast.payments.id).pulse
        writers = [threading.Thread(target=add_twenty) for _ in range(8)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        with database.reading() as session:
            assert session.get_one(Team, cast.payments.id).pulse == before + 160

    @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
    def test_begun_without_immediate_would_be_refused(self, database: Database, cast: Cast) -> None:
        """The control: two deferred transactions that read before they write cannot both go on."""
        first, second = Session(database.engine), Session(database.engine)
        for session in (first, second):
            session.get_one(Team, cast.payments.id).pulse += 1
        first.commit()
        with pytest.raises(OperationalError, match="locked"):
            second.commit()
        second.close()
        first.close()

    def test_that_raises_keeps_nothing(self, database: Database, cast: Cast) -> None:
        def rename_and_fail() -> None:
            with database.writing() as session:
                session.get_one(Team, cast.payments.id).name = "changed"
                session.flush()
                raise RuntimeError

        with pytest.raises(RuntimeError):
            rename_and_fail()
        with database.reading() as session:
            assert session.get_one(Team, cast.payments.id).name == cast.payments.name


Heard = Callable[[], list[str]]


@pytest.fixture
def heard(database: Database) -> Iterator[Heard]:
    """What was announced so far, each with the name that payments had when it was heard."""
    told: list[str] = []

    def note(message: str) -> None:
        with database.reading() as session:
            name = session.scalars(select(Team.name).where(Team.slug == "payments")).one()
        told.append(f"{json.loads(message)['by']}: {name}")

    if database.is_sqlite:
        database.hears.append(note)
        yield lambda: told
        return
    url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"LISTEN {CHANNEL}")

        def listen() -> list[str]:
            for notification in connection.notifies(timeout=0.5):
                note(notification.payload)
            return told

        yield listen


class TestAnAnnouncement:
    """Pages look at the database as soon as they hear of a change: it has to be there, and to stay."""

    def rename(self, session: Session, name: str) -> None:
        session.scalars(select(Team).where(Team.slug == "payments")).one().name = name
        session.flush()
        announcement(session, "a week").update(by=name)

    def test_is_made_once_the_change_is_stored(self, database: Database, cast: Cast, heard: Heard) -> None:
        with database.writing() as session:
            self.rename(session, "new")
            assert heard() == []
        assert heard() == ["new: new"]

    def test_of_a_commit_that_fails_is_not_made(self, database: Database, cast: Cast, heard: Heard) -> None:
        def lose_the_connection(session: Session) -> None:
            raise OperationalError("COMMIT", {}, Exception("connection lost"))

        def rename_and_lose() -> None:
            with database.writing() as session:
                event.listen(session, "before_commit", lose_the_connection)
                self.rename(session, "lost")

        with pytest.raises(OperationalError):
            rename_and_lose()
        assert heard() == []

    def test_of_a_change_that_is_refused_is_not_made(
        self, database: Database, cast: Cast, heard: Heard
    ) -> None:
        def rename_and_refuse() -> None:
            with database.writing() as session:
                self.rename(session, "refused")
                raise Conflict("report.already_published")

        with pytest.raises(Conflict):
            rename_and_refuse()
        assert heard() == []


class TestSqlite:
    def pragma(self, database: Database, name: str) -> str:
        with database.engine.connect() as connection:
            return str(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())

    def test_syncs_fully_and_checks_references(self, sqlite_database: Database) -> None:
        assert self.pragma(sqlite_database, "synchronous") == "2"
        assert self.pragma(sqlite_database, "foreign_keys") == "1"

    def test_uses_a_write_ahead_log_only_where_it_is_safe(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        safe = db.sqlite_module().sqlite_version_info >= db.WAL_SAFE_FROM
        modern = Database(f"sqlite:///{tmp_path / 'a.sqlite3'}")
        assert self.pragma(modern, "journal_mode") == ("wal" if safe else "delete")
        monkeypatch.setattr(db, "WAL_SAFE_FROM", (99, 0, 0))
        old = Database(f"sqlite:///{tmp_path / 'b.sqlite3'}")
        assert self.pragma(old, "journal_mode") == "delete"
        modern.dispose()
        old.dispose()

    def test_on_a_network_file_system_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mounts = Path("/proc/self/mounts").read_text()
        read_text = Path.read_text

        def with_nfs(path: Path, *args: object, **more: object) -> str:
            if str(path) == "/proc/self/mounts":
                return f"{mounts}server:/share {tmp_path} nfs4 rw 0 0\n"
            return read_text(path, *args, **more)  # type: ignore[arg-type]  # passed through

        monkeypatch.setattr(Path, "read_text", with_nfs)
        with pytest.raises(DatabaseRefused, match="network_file_system"):
            Database(f"sqlite:///{tmp_path / 'data' / 'weekline.sqlite3'}")


class TestDecimals:
    @pytest.mark.parametrize(
        "digits", ["99.9800", "1029126803.25", "0.0000001", "100", "99.999999999999999999", "-0.50"]
    )
    def test_come_back_with_every_digit(self, database: Database, cast: Cast, digits: str) -> None:
        with database.writing() as session:
            metric = Metric(team_id=cast.payments.id, key="m", name="m")
            session.add(metric)
            session.flush()
            session.add(
                Target(metric_id=metric.id, value=Decimal(digits), literal=digits, from_day=date(2025, 1, 1))
            )
        with database.reading() as session:
            stored = session.scalars(select(Target)).one()
        assert f"{stored.value:f}" == digits


class TestConstraints:
    def test_a_team_has_one_report_a_week(self, database: Database, cast: Cast) -> None:
        def report() -> Report:
            return Report(
                team_id=cast.payments.id,
                period_start=date(2025, 6, 2),
                period_end=date(2025, 6, 8),
                label="第23周",
                week_year=2025,
                week_number=23,
                week_rule="jan1-monday",
                created_at=datetime.now(UTC),
                updated_at=datetime.now(UTC),
            )

        with database.writing() as session:
            session.add(report())
        with pytest.raises(IntegrityError), database.writing() as session:
            session.add(report())

    def test_a_row_cannot_point_to_nothing(self, database: Database, cast: Cast) -> None:
        with pytest.raises(IntegrityError), database.writing() as session:
            session.execute(
                text(
                    "INSERT INTO workstreams (team_id, code, title, from_day) "
                    "VALUES (999, 'O1', 'x', '2025-01-01')"
                )
            )
