"""Weeks go out as the pages they came in as, and as JSON that loses nothing."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.models import Team
from app.db import Database
from app.document.reader import read
from app.document.schema import Document
from app.errors import Invalid, NotFound
from app.exchange import exporting, runs
from app.exchange.sources import pages_at
from app.reports.models import Report, Revision
from app.reports.publishing import revision_hash
from app.reports.starting import start_report
from tests.conftest import FRIDAY, Cast
from tests.exchange.pages import WEEK_23, import_found, named, outcomes, page_of, weeks_of_pages
from tests.exchange.test_importing import counted, edit

SEEDS = Path(__file__).parents[2] / "seeds"


def exported(database: Database, **options: Any) -> dict[str, str]:
    """The exported pages by path."""
    chosen = runs.ExportOptions(**options)
    with runs.export_pages(database, chosen, language="en", at=FRIDAY) as (count, pages):
        found = {page.path: page.text for page in pages}
    assert len(found) == count
    return found


@pytest.fixture
def three_weeks(database: Database, cast: Cast) -> Database:
    import_found(database, *weeks_of_pages(3))
    return database


class TestWhichWeeks:
    def test_one_by_its_number_or_a_day_in_it(self, three_weeks: Database) -> None:
        for week in ("2025-W24", "2025w24", "2025-06-09", "2025-06-12", "2025-06-15"):
            assert list(exported(three_weeks, team="payments", week=week)) == [
                "payments/2025-W24 2025-06-09.md"
            ]

    def test_one_that_is_not_there(self, three_weeks: Database) -> None:
        with pytest.raises(NotFound):
            exported(three_weeks, team="payments", week="2025-W30")

    @pytest.mark.parametrize("week", ["2025-W60", "24", "2025-06-31", ""])
    def test_one_that_is_none(self, three_weeks: Database, week: str) -> None:
        with pytest.raises(Invalid):
            exported(three_weeks, team="payments", week=week)

    def test_those_that_touch_a_span(self, three_weeks: Database) -> None:
        names = list(exported(three_weeks, first=date(2025, 6, 8), last=date(2025, 6, 9)))
        assert names == ["payments/2025-W23 2025-06-02.md", "payments/2025-W24 2025-06-09.md"]
        assert len(exported(three_weeks, first=date(2025, 6, 9))) == 2
        assert len(exported(three_weeks, last=date(2025, 6, 8))) == 1

    def test_all_of_every_team(self, three_weeks: Database) -> None:
        import_found(three_weeks, *weeks_of_pages(1), team="merchant")
        folders = [path.split("/")[0] for path in exported(three_weeks)]
        assert sorted(folders) == ["merchant", "payments", "payments", "payments"]
        assert len(exported(three_weeks, team="merchant")) == 1

    def test_none_of_an_empty_database_which_gets_its_first_team(self, database: Database) -> None:
        assert exported(database) == {}
        with database.reading() as session:
            assert session.scalars(select(Team.slug)).all() == ["team"]


class TestMarkdown:
    def test_imported_again_changes_nothing(self, three_weeks: Database, tmp_path: Path) -> None:
        chosen = runs.ExportOptions()
        with runs.export_pages(three_weeks, chosen, language="en", at=FRIDAY) as (_, pages):
            assert len(list(runs.save_pages(pages, tmp_path))) == 3
        before = counted(three_weeks)
        again = import_found(three_weeks, *pages_at([str(tmp_path)]))
        assert outcomes(again) == ["unchanged"] * 3
        assert counted(three_weeks) == before

    def test_is_what_readers_see(self, three_weeks: Database, cast: Cast) -> None:
        week = {"team": "payments", "week": "2025-W23"}
        import_found(three_weeks, named("x.md", page_of(work="独一无二")))
        before = exported(three_weeks, **week)
        edit(three_weeks, cast.lin, "独一无二", "尚未发布")
        assert exported(three_weeks, **week) == before
        assert "尚未发布" in "".join(exported(three_weeks, **week, drafts=True).values())

    def test_leaves_drafts_out_unless_asked(self, three_weeks: Database, cast: Cast) -> None:
        with three_weeks.writing() as session:
            start_report(
                session,
                team_id=cast.payments.id,
                period_start=WEEK_23 + timedelta(weeks=8),
                rule="jan1-monday",
                language="zh",
                by=None,
                at=FRIDAY,
            )
        assert len(exported(three_weeks)) == 3
        assert "payments/2025-W31 2025-07-28.md" in exported(three_weeks, drafts=True)

    def test_is_put_in_place_whole(
        self, three_weeks: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page = exporting.ExportedPage("payments/1.md", "new")
        target = exporting.save(exporting.ExportedPage("payments/1.md", "old"), tmp_path)

        def full(path: Path) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("app.exchange.files.sync", full)
        with pytest.raises(OSError, match="No space"):
            exporting.save(page, tmp_path)
        assert target.read_text() == "old"
        assert [path.name for path in target.parent.iterdir()] == ["1.md"]

    @pytest.mark.parametrize("slug", ["con", "lpt1"])
    def test_has_names_that_every_system_takes(self, slug: str) -> None:
        report = Report(week_year=2025, week_number=3, period_start=date(2025, 1, 13))
        assert exporting.path_of(Team(slug=slug), report, "json") == f"{slug}_/2025-W03 2025-01-13.json"


class TestJson:
    @pytest.fixture
    def answer(self, three_weeks: Database) -> dict[str, Any]:
        import_found(three_weeks, named("x.md", page_of(rate="99.991%")))
        (text,) = exported(three_weeks, team="payments", week="2025-W23", form="json").values()
        answer: dict[str, Any] = json.loads(text)
        return answer

    def test_says_its_schema_team_and_week(self, answer: dict[str, Any]) -> None:
        assert (answer["schema"], answer["schema_version"]) == ("weekline.report", 1)
        assert answer["team"]["slug"] == "payments"
        assert answer["period"] == {"start": "2025-06-02", "end": "2025-06-08"}
        assert (answer["state"], answer["published_revision"]) == ("published", 2)

    def test_holds_the_document(self, answer: dict[str, Any]) -> None:
        assert Document.model_validate(answer["document"]) == read(page_of(rate="99.991%")).document

    def test_holds_the_history_so_that_its_chain_can_be_checked(
        self, answer: dict[str, Any], database: Database
    ) -> None:
        with database.reading() as session:
            stored = session.scalars(
                select(Revision)
                .join(Report, Report.id == Revision.report_id)
                .where(Report.week_number == 23)
                .order_by(Revision.number)
            ).all()
        assert len(stored) == len(answer["revisions"]) == 2
        for revision, said in zip(stored, answer["revisions"], strict=True):
            document = json.dumps(said["document"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            assert document == revision.document
            assert said["hash"] == revision_hash(
                document=document,
                number=said["number"],
                author=said["author_name"],
                reason=said["reason"],
                at=revision.created_at,
                previous=said["previous_hash"],
            )

    def test_names_the_pages_it_came_from(self, answer: dict[str, Any]) -> None:
        assert [(page["revision"], page["name"]) for page in answer["source_pages"]] == [
            (1, "2025-06-02.md"),
            (2, "x.md"),
        ]


class TestTheSampleWeeks:
    @pytest.mark.parametrize(("folder", "rule"), [("payments", "jan1-monday"), ("merchant", "iso")])
    def test_come_back_the_same(
        self, sqlite_database: Database, tmp_path: Path, folder: str, rule: Any
    ) -> None:
        options = runs.ImportOptions(rule=rule)
        found = list(pages_at([str(SEEDS / folder)]))
        runs.import_pages(sqlite_database, found, options, at=FRIDAY, watch=lambda _, things, __: things)
        chosen = runs.ExportOptions()
        with runs.export_pages(sqlite_database, chosen, language="en", at=FRIDAY) as (count, pages):
            assert len(list(runs.save_pages(pages, tmp_path))) == count == len(found)
        again = runs.import_pages(
            sqlite_database,
            list(pages_at([str(tmp_path)])),
            options,
            at=FRIDAY,
            watch=lambda _, things, __: things,
        )
        assert {entry.outcome for entry in again} == {"unchanged"}
