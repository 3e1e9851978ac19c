"""Pages into reports: read them, decide what becomes of each, then store all of it or nothing.

A page whose bytes the team has already changes nothing, nor does one that says what is published.
A changed page of a week that people have edited since is theirs to settle: skipped unless the
caller says replace, which makes a new revision and keeps the history.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from app.accounts.models import Team, User
from app.document.reader import VERSION, read
from app.document.schema import Document, PageReading, Problem, Week, WeekRule
from app.document.vocabulary import Language
from app.document.writer import write
from app.errors import Refusal
from app.exchange.sources import Found, Page, Unreadable
from app.reports.assembly import document_of, published_document
from app.reports.models import ImportBatch, Report, Revision, SourcePage
from app.reports.publishing import edited_since_import, replace_with_page, store_page

Outcome = Literal["made", "updated", "unchanged", "skipped"]
OnConflict = Literal["skip", "replace"]

REPLACED = {"zh": "页面「{name}」有改动，重新导入", "en": "Imported again from the changed page “{name}”"}


@dataclass(slots=True)
class ReadPage:
    """A page with its hash; `reading` is None while nobody needed it, for pages the team has."""

    page: Page
    sha256: str
    reading: PageReading | None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a page does not go in: a message key and what fills it."""

    key: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Entry:
    """What becomes of one page; `week` is None where it names none."""

    name: str
    outcome: Outcome
    week: Week | None = None
    reason: Reason | None = None
    read: ReadPage | None = None
    report: Report | None = None

    @property
    def problems(self) -> list[Problem]:
        """What the reader was unsure of."""
        return self.read.reading.problems if self.read and self.read.reading else []


def read_pages(
    found: Iterable[Found], *, rule: WeekRule, language: Language, known: Container[str] = frozenset()
) -> Iterator[ReadPage | Unreadable]:
    """Read each page, except those whose hash is known: they will change nothing."""
    for page in found:
        if isinstance(page, Unreadable):
            yield page
            continue
        sha256 = hashlib.sha256(page.content).hexdigest()
        reading = None if sha256 in known else read(page.text, rule=rule, language=language)
        yield ReadPage(page, sha256, reading)


@dataclass(slots=True)
class Shelf:
    """What a team has already, loaded at once; empty for a team that does not exist yet."""

    session: Session | None = None
    reports: dict[date, Report] = field(default_factory=dict)
    week_of_hash: dict[str, date] = field(default_factory=dict)
    """The weeks of all pages that revisions were made from, by SHA-256."""
    newest_hash: dict[date, str] = field(default_factory=dict)

    @classmethod
    def of(cls, session: Session, team: Team) -> Shelf:
        reports = session.scalars(select(Report).where(Report.team_id == team.id))
        revised = session.execute(
            select(SourcePage.sha256, Report.period_start)
            .join(Revision, Revision.source_page_id == SourcePage.id)
            .join(Report, Report.id == Revision.report_id)
            .where(SourcePage.team_id == team.id)
        )
        newest = session.execute(
            select(Report.period_start, SourcePage.sha256)
            .join(SourcePage, SourcePage.id == Report.source_page_id)
            .where(Report.team_id == team.id)
        )
        return cls(
            session,
            {report.period_start: report for report in reports},
            {row.sha256: row.period_start for row in revised},
            {row.period_start: row.sha256 for row in newest},
        )

    def says(self, report: Report, document: Document) -> bool:
        """Whether what readers see of the report, or its draft, is this document."""
        assert self.session is not None
        stored = published_document if report.is_published else document_of
        return write(stored(self.session, report)) == write(document)

    def was_edited(self, report: Report) -> bool:
        assert self.session is not None
        return edited_since_import(self.session, report)


def plan(
    shelf: Shelf,
    pages: Iterable[ReadPage | Unreadable],
    *,
    rule: WeekRule,
    language: Language,
    on_conflict: OnConflict = "skip",
) -> list[Entry]:
    """Decide what becomes of each page. Changes nothing."""
    planner = _Planner(shelf, rule, language, replacing=on_conflict == "replace")
    return [planner.entry(page) for page in pages]


class _Planner:
    """Remembers what earlier pages of the run took."""

    def __init__(self, shelf: Shelf, rule: WeekRule, language: Language, *, replacing: bool) -> None:
        self.shelf = shelf
        self.rule = rule
        self.language = language
        self.replacing = replacing
        self.taken: dict[date, str] = {}
        self.seen: dict[str, Entry] = {}

    def entry(self, page: ReadPage | Unreadable) -> Entry:
        if isinstance(page, Unreadable):
            return Entry(page.name, "skipped", reason=Reason(page.key, page.values))
        entry = Entry(page.page.name, "skipped", read=page)
        twin = self.seen.setdefault(page.sha256, entry)
        if twin is not entry:
            return self._same_as(twin, entry)
        self._decide(entry, page)
        return entry

    def _same_as(self, twin: Entry, entry: Entry) -> Entry:
        """The very same bytes twice in one run."""
        entry.week, entry.reason, entry.read = twin.week, twin.reason, None
        entry.outcome = "skipped" if twin.outcome == "skipped" else "unchanged"
        return entry

    def _decide(self, entry: Entry, page: ReadPage) -> None:
        period = self.shelf.week_of_hash.get(page.sha256)
        is_current = period is not None and self.shelf.newest_hash.get(period) == page.sha256
        if not is_current and page.reading is None:
            page.reading = read(page.page.text, rule=self.rule, language=self.language)
        if page.reading is not None:
            entry.week = page.reading.document.week
            period = entry.week.start if entry.week else None
        if period is None:
            entry.reason = Reason(_why_no_week(page.reading.document if page.reading else None))
            return
        first = self.taken.setdefault(period, entry.name)
        if first != entry.name:
            entry.reason = Reason(
                "exchange.skipped.same_week", {"first": first, "period": period.isoformat()}
            )
            return
        report = entry.report = self.shelf.reports.get(period)
        if report is None:
            entry.outcome = "made"
        elif is_current or (page.reading and self.shelf.says(report, page.reading.document)):
            entry.outcome = "unchanged"
        elif self.replacing:
            entry.outcome = "updated"
        elif page.sha256 in self.shelf.week_of_hash:
            entry.reason = Reason("exchange.skipped.older", {"period": period.isoformat()})
        elif self.shelf.was_edited(report):
            entry.reason = Reason("exchange.skipped.edited", {"period": period.isoformat()})
        else:
            entry.outcome = "updated"


def _why_no_week(document: Document | None) -> str:
    recognised = document and any(section.kind != "custom" for section in document.sections)
    return "exchange.skipped.no_week" if recognised else "exchange.skipped.no_report"


@dataclass(frozen=True, slots=True)
class Signature:
    """Who is written down as the author of a revision, when, and why."""

    by: User | None
    author_name: str
    at: datetime
    reason: str | None = None


def store(
    session: Session,
    team: Team,
    entries: Sequence[Entry],
    *,
    signed: Callable[[Entry], Signature],
    at: datetime,
) -> Iterator[Entry]:
    """Store what was planned, yielding each entry when it is done. The caller's transaction is the run's.

    A page that the database or a rule refuses is undone alone and becomes skipped, with the reason.
    Nothing to store leaves no batch behind.
    """
    if not any(entry.outcome in ("made", "updated") for entry in entries):
        yield from entries
        return
    batch = ImportBatch(team_id=team.id, created_at=at)
    session.add(batch)
    session.flush()
    for entry in entries:
        if entry.outcome in ("made", "updated"):
            _store_or_skip(session, team, entry, batch, signed(entry))
        yield entry
    batch.summary = {"counts": counts(entries), "pages": [_line(entry) for entry in entries]}
    session.flush()


def counts(entries: Iterable[Entry]) -> dict[str, int]:
    """How many pages were found, and what became of them."""
    by_outcome = Counter(entry.outcome for entry in entries)
    outcomes: tuple[Outcome, ...] = ("made", "updated", "unchanged", "skipped")
    return {"found": by_outcome.total(), **{outcome: by_outcome[outcome] for outcome in outcomes}}


def _store_or_skip(
    session: Session, team: Team, entry: Entry, batch: ImportBatch, signature: Signature
) -> None:
    assert entry.read is not None
    assert entry.read.reading is not None
    page = SourcePage(
        team_id=team.id,
        name=entry.read.page.kept_as,
        content=entry.read.page.content,
        sha256=entry.read.sha256,
        reader_version=VERSION,
        batch_id=batch.id,
        created_at=signature.at,
    )
    try:
        with session.begin_nested():
            if entry.report is None:
                entry.report = store_page(
                    session,
                    team=team,
                    reading=entry.read.reading,
                    page=page,
                    by=signature.by,
                    author_name=signature.author_name,
                    at=signature.at,
                    reason=signature.reason,
                )
            else:
                replace_with_page(
                    session,
                    report=entry.report,
                    reading=entry.read.reading,
                    page=page,
                    by=signature.by,
                    author_name=signature.author_name,
                    at=signature.at,
                    reason=signature.reason or REPLACED[team.language].format(name=page.name),
                )
    except Refusal as refusal:
        entry.outcome, entry.reason = "skipped", Reason(refusal.key, refusal.values)
    except OperationalError as error:
        # SQLite ends the whole transaction when the disk is full, and then misses the savepoint
        if isinstance(error.__context__, OperationalError):
            raise error.__context__ from None
        raise
    except (DataError, IntegrityError) as error:
        why = str(error.orig).splitlines()[0]
        entry.outcome, entry.reason = "skipped", Reason("exchange.skipped.refused", {"why": why})


def _line(entry: Entry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "outcome": entry.outcome,
        "period": entry.week.start.isoformat() if entry.week else None,
        "report": entry.report.id if entry.report else None,
        "reason": {"key": entry.reason.key, "values": entry.reason.values} if entry.reason else None,
    }
