"""The states that tests begin from are what the program makes, and nothing is lost over them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.models import Team
from app.db import Database, new_ids
from app.features import TABLES
from tests.conftest import FRIDAY, make_cast
from tests.postgresql import PostgresqlCopies
from tests.reports.pages import PAGE, store_week
from tests.states import Copies, SqliteCopies, States, followed, known_step


@pytest.fixture
def copies(database: Database, tmp_path: Path) -> Copies:
    return SqliteCopies(tmp_path) if database.is_sqlite else PostgresqlCopies()


@pytest.fixture
def states(copies: Copies) -> States:
    return States(copies)


@pytest.fixture
def again(database: Database, copies: Copies) -> Callable[[], None]:
    """Makes the database empty once more."""
    empty = copies.keep(database)
    return lambda: copies.put(empty, database)


def content(database: Database) -> dict[str, Any]:
    with database.reading() as session:
        return {
            name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for name, table in TABLES.items()
        }


class TestAStateThatWasKept:
    def test_is_what_the_program_makes(
        self, database: Database, states: States, again: Callable[[], None]
    ) -> None:
        found, weeks, next_ids = [], [], []
        for _ in range(3):
            again()
            with followed(database, states):
                cast = make_cast(database, FRIDAY)
                weeks.append(store_week(database, cast.payments, cast.lin, FRIDAY))
                found.append(content(database))
                with database.writing() as session:
                    next_ids.append({name: new_ids(session, name, 1) for name in ("items", "goals", "users")})
        assert len(found[0]["items"]) > 5
        assert found[0] == found[1] == found[2]
        assert weeks[0] == weeks[1] == weeks[2]
        assert next_ids[0] == next_ids[1] == next_ids[2]

    def test_spares_the_step_from_the_third_time_on(
        self, database: Database, states: States, again: Callable[[], None]
    ) -> None:
        taken = []
        for _ in range(4):
            again()
            with followed(database, states):
                known_step(database, "a step", lambda: taken.append("once"))
        assert len(taken) == 2

    def test_is_another_after_other_steps(
        self, database: Database, states: States, again: Callable[[], None]
    ) -> None:
        for text in (PAGE, PAGE, PAGE, PAGE.replace("148个", "150个")):
            again()
            with followed(database, states):
                cast = make_cast(database, FRIDAY)
                store_week(database, cast.payments, cast.lin, FRIDAY, text)
        assert "150个" in str(content(database)["items"])


class TestWhatWasWrittenMeanwhile:
    @pytest.mark.parametrize("another", [False, True], ids=["here", "by another engine"])
    def test_stays(
        self, database: Database, states: States, again: Callable[[], None], another: bool
    ) -> None:
        for name in ("one", "two", "three"):
            again()
            with followed(database, states):
                cast = make_cast(database, FRIDAY)
                writer = Database(database.url.render_as_string(hide_password=False)) if another else database
                with writer.writing() as session:
                    session.get_one(Team, cast.elsewhere.id).name = name
                if another:
                    writer.dispose()
                store_week(database, cast.payments, cast.lin, FRIDAY)
            with database.reading() as session:
                assert session.get_one(Team, cast.elsewhere.id).name == name
