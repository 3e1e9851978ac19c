"""What the margin of a page knows of its events."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event, update

from app.db import Database
from app.incidents.models import Incident, ThirdParty
from app.incidents.queries import IncidentNote, minutes_of, notes_for_page
from app.reports.assembly import published_document
from app.reports.events import PageSubject
from app.reports.models import Report
from tests.conftest import Cast, Clock, Queries
from tests.reports.pages import PAGE, store_week

WEEKS = {
    20: (date(2025, 5, 12), "5/14 09:00", "5/15 08:05"),
    21: (date(2025, 5, 19), "5/21 10:00", "5/22 08:05"),
    23: (date(2025, 6, 2), "6/4 14:12", "6/5 08:05"),
}


def page_of(number: int) -> str:
    monday, first, second = WEEKS[number]
    text = PAGE.replace("第23周 2025-06-06", f"第{number}周 {monday.replace(day=monday.day + 4)}")
    return text.replace("6/4 14:12", first).replace("6/5 08:05", second)


@pytest.fixture
def reports(database: Database, cast: Cast, clock: Clock) -> dict[int, int]:
    """Three weeks in which the same bank failed, by week number."""
    with database.writing() as session:
        session.add(ThirdParty(team_id=cast.payments.id, name="青禾银行"))
    return {
        number: store_week(database, cast.payments, cast.lin, clock.now, page_of(number)) for number in WEEKS
    }


def notes(database: Database, report_id: int, seen: Queries | None = None) -> Mapping[int, IncidentNote]:
    with database.reading() as session:
        report = session.get_one(Report, report_id)
        document = published_document(session, report)
        subject = PageSubject(report, report.team_id, report.period_start, document)

        def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if seen:
                seen.statements.append(statement)

        event.listen(database.engine, "before_cursor_execute", count)
        try:
            found: Mapping[int, IncidentNote] = notes_for_page(session, subject)["incident_notes"]
        finally:
            event.remove(database.engine, "before_cursor_execute", count)
        return found


def test_the_same_third_party_is_counted_through_the_year(
    database: Database, reports: dict[int, int]
) -> None:
    note = notes(database, reports[23])[0]
    assert (note.third_party, note.times) == ("青禾银行", 3)
    assert (note.last_day, note.last_week) == (date(2025, 5, 21), date(2025, 5, 19))


def test_later_events_are_not_counted(database: Database, reports: dict[int, int]) -> None:
    note = notes(database, reports[20])[0]
    assert (note.times, note.last_day) == (1, None)


def test_events_of_drafts_are_not_counted(database: Database, reports: dict[int, int]) -> None:
    with database.writing() as session:
        session.execute(
            update(Report).where(Report.id == reports[21]).values(state="draft", published_revision=0)
        )
    assert notes(database, reports[23])[0].times == 2


def test_recovery_stands_beside_the_years_median(database: Database, reports: dict[int, int]) -> None:
    note = notes(database, reports[23])[0]
    assert note.minutes == 29
    assert note.median_minutes is not None
    assert notes(database, reports[20])[0].median_minutes is None


def test_a_grade_decided_since_is_the_one_that_holds(database: Database, reports: dict[int, int]) -> None:
    with database.writing() as session:
        session.execute(
            update(Incident)
            .where(Incident.report_id == reports[23], Incident.position == 0)
            .values(grade="B", grade_decided=True)
        )
    note = notes(database, reports[23])[0]
    assert (note.grade, note.grade_decided) == ("B", True)


def test_an_event_without_a_row_has_no_note(database: Database, reports: dict[int, int]) -> None:
    with database.writing() as session:
        incident = session.query(Incident).filter_by(report_id=reports[23], position=0).one()
        session.delete(incident)
    assert set(notes(database, reports[23])) == {1}


def test_they_cost_two_statements_at_most(database: Database, reports: dict[int, int]) -> None:
    seen = Queries()
    notes(database, reports[23], seen)
    assert seen.total <= 2


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2025-06-04T14:12", "2025-06-04T14:41", 29),
        ("2025-06-04T23:50", "2025-06-05T00:10", 20),
        ("2025-06-04", "2025-06-04T14:41", None),
        ("2025-06-04T14:12", None, None),
        ("2025-06-04T14:12", "2025-06-04T14:00", None),
    ],
)
def test_minutes_need_both_times(start: str, end: str | None, minutes: int | None) -> None:
    assert minutes_of(start, end) == minutes
