"""The schema: one history for both databases, upgraded with the data in place."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from app import migrate
from app.accounts.models import User
from app.db import Base, Database, DatabaseRefused
from tests.conftest import Cast


class TestTheSchema:
    def test_is_what_the_models_say(self, database: Database) -> None:
        with database.engine.connect() as connection:
            context = MigrationContext.configure(
                connection, opts={"compare_type": True, "render_as_batch": True}
            )
            assert compare_metadata(context, Base.metadata) == []

    def test_names_every_constraint(self, database: Database) -> None:
        inspector = inspect(database.engine)
        for table in inspector.get_table_names():
            if table == "alembic_version":
                continue
            for key in inspector.get_foreign_keys(table):
                assert key["name"], f"a foreign key of {table} has no name"
            for check in inspector.get_check_constraints(table):
                assert check["name"], f"a check of {table} has no name"

    def test_upgraded_again_is_left_alone(self, database: Database) -> None:
        assert migrate.upgrade(database) is False
        assert migrate.is_current(database)

    def test_of_a_newer_program_is_refused(self, database: Database) -> None:
        with database.writing() as session:
            session.execute(text("UPDATE alembic_version SET version_num = 'from-the-future'"))
        with pytest.raises(DatabaseRefused, match="newer_schema"):
            migrate.upgrade(database)

    def test_is_removed_again_by_a_downgrade(self, database: Database) -> None:
        from alembic import command
        from alembic.config import Config

        from app import paths

        config = Config()
        config.set_main_option("script_location", str(paths.MIGRATIONS))
        with database.engine.begin() as connection:
            config.attributes["connection"] = connection
            command.downgrade(config, "base")
        assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}


class TestForeignKeysOnSqlite:
    """A table rebuilt while foreign keys are on deletes the rows that point to it, without a word."""

    @pytest.fixture
    def database(self, sqlite_database: Database) -> Database:
        return sqlite_database

    def rebuild(self, database: Database, *, foreign_keys: bool) -> None:
        with database.engine.connect().execution_options(begin="IMMEDIATE") as connection:
            raw = connection.connection.dbapi_connection
            assert raw is not None
            raw.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
            with connection.begin():
                columns = ", ".join(column.name for column in User.__table__.columns)
                connection.exec_driver_sql(f"CREATE TABLE new AS SELECT {columns} FROM users")
                connection.exec_driver_sql("DROP TABLE users")
                connection.exec_driver_sql("ALTER TABLE new RENAME TO users")
            raw.execute("PRAGMA foreign_keys = ON")

    def memberships(self, database: Database) -> int:
        with database.reading() as session:
            return session.execute(text("SELECT count(*) FROM memberships")).scalar_one()

    def test_off_keeps_the_rows_below(self, database: Database, cast: Cast) -> None:
        before = self.memberships(database)
        self.rebuild(database, foreign_keys=False)
        assert self.memberships(database) == before > 0

    def test_on_would_delete_them(self, database: Database, cast: Cast) -> None:
        self.rebuild(database, foreign_keys=True)
        assert self.memberships(database) == 0

    def test_are_on_again_after_an_upgrade(self, tmp_path: Path) -> None:
        fresh = Database(f"sqlite:///{tmp_path / 'fresh.sqlite3'}")
        migrate.upgrade(fresh)
        with fresh.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1
        fresh.dispose()
