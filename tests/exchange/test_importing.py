"""Pages become reports: once, whole, and never over what people wrote."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.accounts.actions import create_team
from app.accounts.models import Team, User
from app.db import Base, Database
from app.document.reader import read
from app.errors import Invalid, NotFound
from app.exchange import importing, runs
from app.exchange.sources import Unreadable
from app.reports.assembly import published_document
from app.reports.editing import save_item
from app.reports.models import ImportBatch, Item, Report, Revision, SourcePage
from tests.conftest import FRIDAY, Cast
from tests.exchange.pages import (
    WEEK_23,
    import_found,
    named,
    outcomes,
    page_of,
    weeks_of_pages,
)


def counted(database: Database) -> dict[str, int]:
    """The rows of every table."""
    with database.reading() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def only_report(database: Database) -> Report:
    with database.reading() as session:
        return session.scalars(select(Report)).one()


def revisions(database: Database) -> list[Revision]:
    with database.reading() as session:
        return list(session.scalars(select(Revision).order_by(Revision.report_id, Revision.number)))


def edit(database: Database, lead: User, before: str, after: str) -> None:
    """A person changes an item of the one report."""
    with database.writing() as session:
        item = session.scalars(select(Item).where(Item.text.startswith(before))).one()
        save_item(
            session,
            session.get_one(Report, item.report_id),
            item,
            text=after,
            version=item.version,
            base=None,
            by=session.get_one(User, lead.id),
            at=FRIDAY,
        )


class TestANewPage:
    def test_becomes_a_published_report(self, database: Database, cast: Cast) -> None:
        (entry,) = import_found(database, named("周报/第23周.md", page_of()))
        assert entry.outcome == "made"
        report = only_report(database)
        assert (report.team_id, report.period_start, report.state) == (cast.payments.id, WEEK_23, "published")
        assert (report.published_revision, report.label) == (1, "第23周")
        with database.reading() as session:
            assert published_document(session, session.get_one(Report, report.id)) == read(page_of()).document

    def test_is_kept_as_it_came(self, database: Database, cast: Cast) -> None:
        content = page_of().replace("\n", "\r\n").encode("gb18030")
        found = importing.Page("/home/somebody/in/23.md", content, content.decode("gb18030"), "in/23.md")
        import_found(database, found)
        with database.reading() as session:
            page = session.scalars(select(SourcePage)).one()
            assert (page.content, page.name) == (content, "in/23.md")
            assert page.sha256 == hashlib.sha256(content).hexdigest()
            assert session.get_one(Report, 1).source_page_id == page.id

    def test_is_written_down_with_its_run(self, database: Database, cast: Cast) -> None:
        import_found(database, named("23.md", page_of()), named("notes.md", "# 会议\n\n随记\n"))
        with database.reading() as session:
            batch = session.scalars(select(ImportBatch)).one()
        assert batch.summary["counts"] == {"found": 2, "made": 1, "updated": 0, "unchanged": 0, "skipped": 1}
        assert [line["outcome"] for line in batch.summary["pages"]] == ["made", "skipped"]
        assert batch.summary["pages"][0]["period"] == WEEK_23.isoformat()

    def test_holds_every_character_of_the_page(self, database: Database, cast: Cast) -> None:
        import_found(database, named("23.md", page_of()))
        options = runs.ExportOptions(team="payments", week="2025-W23")
        with runs.export_pages(database, options, language="en", at=FRIDAY) as (_, pages):
            (exported,) = pages
        assert without_marks(exported.text) == without_marks(page_of())

    def test_may_be_of_any_team(self, database: Database, cast: Cast) -> None:
        import_found(database, named("23.md", page_of()))
        assert outcomes(import_found(database, named("23.md", page_of()), team="merchant")) == ["made"]


def without_marks(text: str) -> str:
    """The characters that no writing may lose: all but blanks, list marks and their numbers."""
    lines = [re.sub(r"^\s*(?:[-*+]|\d+[.)])\s*", "", line) for line in text.splitlines()]
    return re.sub(r"\s+", "", "".join(lines))


class TestThePageAgain:
    def test_changes_nothing(self, database: Database, cast: Cast) -> None:
        pages = weeks_of_pages(3)
        import_found(database, *pages)
        before = counted(database)
        assert outcomes(import_found(database, *pages)) == ["unchanged"] * 3
        assert counted(database) == before

    def test_under_another_name_changes_nothing(self, database: Database, cast: Cast) -> None:
        import_found(database, named("a.md", page_of()))
        assert outcomes(import_found(database, named("b.md", page_of()))) == ["unchanged"]

    def test_after_people_edited_the_week_changes_nothing(self, database: Database, cast: Cast) -> None:
        import_found(database, named("a.md", page_of()))
        edit(database, cast.lin, "**账单", "**账单：**上线")
        before = counted(database)
        assert outcomes(import_found(database, named("a.md", page_of()))) == ["unchanged"]
        assert counted(database) == before

    def test_with_other_white_space_only_changes_nothing(self, database: Database, cast: Cast) -> None:
        import_found(database, named("a.md", page_of()))
        spaced = page_of().replace("\n\n", "\n\n\n").replace("\n", "\r\n")
        before = counted(database)
        assert outcomes(import_found(database, named("a.md", spaced))) == ["unchanged"]
        assert counted(database) == before

    def test_twice_in_one_run_is_one(self, database: Database, cast: Cast) -> None:
        found = import_found(database, named("a.md", page_of()), named("b.md", page_of()))
        assert outcomes(found) == ["made", "unchanged"]

    def test_is_not_even_read(self, database: Database, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        pages = weeks_of_pages(2)
        import_found(database, *pages)

        def never(*_: Any, **__: Any) -> Any:
            raise AssertionError("read again")

        monkeypatch.setattr(importing, "read", never)
        assert outcomes(import_found(database, *pages)) == ["unchanged"] * 2


class TestAChangedPage:
    def test_of_an_untouched_week_makes_a_new_revision(self, database: Database, cast: Cast) -> None:
        import_found(database, named("23.md", page_of()))
        changed = page_of(rate="99.991%")
        assert outcomes(import_found(database, named("in/23.md", changed))) == ["updated"]
        first, second = revisions(database)
        assert (second.number, second.previous_hash) == (2, first.hash)
        assert second.reason == "页面「in/23.md」有改动，重新导入"
        assert "99.991%" in second.document
        assert "99.972%" in first.document

    def test_of_an_edited_week_is_skipped(self, database: Database, cast: Cast) -> None:
        import_found(database, named("23.md", page_of()))
        edit(database, cast.lin, "**账单", "**账单：**上线")
        before = counted(database)
        (entry,) = import_found(database, named("23.md", page_of(rate="99.991%")))
        assert outcomes([entry]) == ["edited"]
        assert counted(database) == before

    def test_of_an_edited_week_replaces_it_when_told_to(self, database: Database, cast: Cast) -> None:
        import_found(database, named("23.md", page_of()))
        edit(database, cast.lin, "**账单", "**账单：**上线")
        found = import_found(database, named("23.md", page_of(rate="99.991%")), on_conflict="replace")
        assert outcomes(found) == ["updated"]
        assert [revision.number for revision in revisions(database)] == [1, 2]
        assert only_report(database).state == "published"

    def test_of_a_week_that_people_wrote_themselves_is_skipped(self, database: Database, cast: Cast) -> None:
        import_found(database, named("23.md", page_of()))
        with database.writing() as session:
            session.scalars(select(Report)).one().state = "amending"
        assert outcomes(import_found(database, named("x.md", page_of(work="别的工作")))) == ["edited"]

    def test_that_goes_back_to_an_earlier_state_is_not_taken_silently(
        self, database: Database, cast: Cast
    ) -> None:
        for rate in ("99.972%", "99.991%"):
            import_found(database, named("23.md", page_of(rate=rate)))
        earlier = named("23.md", page_of())
        assert outcomes(import_found(database, earlier)) == ["older"]
        assert outcomes(import_found(database, earlier, on_conflict="replace")) == ["updated"]
        assert outcomes(import_found(database, earlier)) == ["unchanged"]

    def test_among_others_changes_only_its_week(self, database: Database, cast: Cast) -> None:
        first, second = weeks_of_pages(2)
        import_found(database, first, second)
        changed = named("x.md", page_of(WEEK_23 + timedelta(weeks=1), rate="98.1%"))
        assert outcomes(import_found(database, first, changed)) == ["unchanged", "updated"]


class TestPagesThatDoNotGoIn:
    def test_two_for_one_week_name_each_other(self, database: Database, cast: Cast) -> None:
        first, second = named("a.md", page_of()), named("b.md", page_of(rate="98.1%"))
        made, skipped = import_found(database, first, second)
        assert outcomes([made, skipped]) == ["made", "same_week"]
        assert skipped.reason is not None
        assert (skipped.name, skipped.reason.values["first"]) == ("b.md", "a.md")
        assert outcomes(import_found(database, first, second)) == ["unchanged", "same_week"]
        assert outcomes(import_found(database, second, first)) == ["updated", "same_week"]

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("# 系统运行小结\n\n## 【系统运行数据】\n\n- 入金有效成功率：99.9%\n", "no_week"),
            ("# 评审会议\n\n- 讨论接口\n", "no_report"),
        ],
    )
    def test_without_a_week_say_what_they_lack(
        self, database: Database, cast: Cast, text: str, why: str
    ) -> None:
        assert outcomes(import_found(database, named("x.md", text), *weeks_of_pages(1))) == [why, "made"]

    def test_that_cannot_be_read_stop_no_other(self, database: Database, cast: Cast) -> None:
        found = [Unreadable("x.md", "exchange.page.binary"), *weeks_of_pages(2)]
        assert outcomes(import_found(database, *found)) == ["binary", "made", "made"]

    def test_that_the_database_refuses_stop_no_other(
        self, database: Database, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store_page = importing.store_page

        def refusing(session: Session, **given: Any) -> Report:
            report = store_page(session, **given)
            if report.week_number == 24:
                raise Invalid("exchange.skipped.no_week")
            return report

        monkeypatch.setattr(importing, "store_page", refusing)
        assert outcomes(import_found(database, *weeks_of_pages(3))) == ["made", "no_week", "made"]
        with database.reading() as session:
            assert session.scalars(select(Report.week_number).order_by(Report.week_number)).all() == [23, 25]
            assert session.scalar(select(func.count(SourcePage.id))) == 2

    def test_leave_no_batch_behind(self, database: Database, cast: Cast) -> None:
        before = counted(database)
        import_found(database, named("x.md", "# 会议\n"), Unreadable("y.md", "exchange.page.empty"))
        assert counted(database) == before


class TestARun:
    def test_stores_all_or_nothing(
        self, database: Database, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store_page = importing.store_page

        def failing(session: Session, **given: Any) -> Report:
            report = store_page(session, **given)
            if report.week_number == 25:
                raise RuntimeError("the machine fails")
            return report

        monkeypatch.setattr(importing, "store_page", failing)
        before = counted(database)
        with pytest.raises(RuntimeError):
            import_found(database, *weeks_of_pages(4))
        assert counted(database) == before

    def test_on_a_full_disk_says_so_and_stores_nothing(self, sqlite_database: Database) -> None:
        import_found(sqlite_database, *weeks_of_pages(1), team=None)
        before = counted(sqlite_database)
        sqlite_database.dispose()

        def nearly_full(connection: Any, _record: Any) -> None:
            (pages,) = connection.execute("PRAGMA page_count").fetchone()
            connection.execute(f"PRAGMA max_page_count = {pages + 20}")

        event.listen(sqlite_database.engine, "connect", nearly_full)
        with pytest.raises(OperationalError, match="disk is full"):
            import_found(sqlite_database, *weeks_of_pages(40), team=None)
        event.remove(sqlite_database.engine, "connect", nearly_full)
        sqlite_database.dispose()
        assert counted(sqlite_database) == before

    def test_that_is_dry_stores_nothing(self, database: Database, cast: Cast) -> None:
        import_found(database, named("23.md", page_of()))
        before = counted(database)
        found = [named("23.md", page_of(rate="98%")), *weeks_of_pages(2), named("x.md", "# 会议\n")]
        assert outcomes(import_found(database, *found, dry=True)) == [
            "updated",
            "same_week",
            "made",
            "no_report",
        ]
        assert counted(database) == before

    def test_that_is_dry_leaves_the_file_as_it_is(self, sqlite_database: Database) -> None:
        path = Path(str(sqlite_database.url.database))
        sqlite_database.dispose()
        before = path.read_bytes()
        import_found(sqlite_database, *weeks_of_pages(2), team=None, dry=True)
        sqlite_database.dispose()
        assert path.read_bytes() == before

    def test_asks_no_more_of_the_database_for_more_known_pages(
        self, database: Database, cast: Cast, statements: list[str]
    ) -> None:
        few, many = weeks_of_pages(2), weeks_of_pages(12)
        import_found(database, *many)
        statements.clear()
        import_found(database, *few)
        asked = len(statements)
        statements.clear()
        import_found(database, *many)
        assert len(statements) == asked

    def test_asks_the_same_for_each_new_page(
        self, database: Database, cast: Cast, statements: list[str]
    ) -> None:
        import_found(database, *weeks_of_pages(1, WEEK_23 - timedelta(weeks=1)))
        sizes = []
        for count in (1, 2, 3):
            statements.clear()
            import_found(database, *weeks_of_pages(count, WEEK_23 + timedelta(weeks=4 * count)))
            sizes.append(len(statements))
        assert sizes[2] - sizes[1] == sizes[1] - sizes[0]


class TestTheTeam:
    def test_is_made_where_there_is_none(self, database: Database) -> None:
        import_found(database, named("23.md", page_of()), team=None)
        with database.reading() as session:
            team = session.scalars(select(Team)).one()
        assert (team.slug, team.language, team.week_rule) == ("team", "en", "jan1-monday")

    def test_is_the_only_one(self, database: Database) -> None:
        with database.writing() as session:
            create_team(session, slug="alone", name="Alone", at=FRIDAY)
        import_found(database, named("23.md", page_of()), team=None)
        with database.reading() as session:
            assert session.scalars(select(Team.slug)).all() == ["alone"]

    def test_must_be_named_where_there_are_several(self, database: Database, cast: Cast) -> None:
        with pytest.raises(Invalid) as caught:
            import_found(database, named("23.md", page_of()), team=None)
        assert caught.value.key == "exchange.team.needed"
        assert caught.value.values["known"] == "elsewhere, merchant, payments, trade"

    @pytest.mark.parametrize("dry", [False, True])
    def test_that_is_unknown_is_refused_with_a_list(self, database: Database, cast: Cast, dry: bool) -> None:
        with pytest.raises(NotFound) as caught:
            import_found(database, named("23.md", page_of()), team="payment", dry=dry)
        assert caught.value.values["known"] == "elsewhere, merchant, payments, trade"

    def test_says_how_weeks_are_counted(self, database: Database) -> None:
        with database.writing() as session:
            create_team(session, slug="iso", name="ISO", week_rule="iso", at=FRIDAY)
        import_found(database, named("x.md", "# 2023-W23\n\n## O1 Work\n\n- done\n"), team="iso")
        assert only_report(database).period_start.isoformat() == "2023-06-05"
