"""Weeks back into pages: Markdown as people write it, or JSON that loses nothing.

Published weeks are given as readers see them; drafts and unpublished changes only when asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import __version__
from app.accounts.models import Team
from app.document.schema import Document
from app.document.writer import write
from app.exchange.files import put_in_place
from app.reports.assembly import document_of
from app.reports.models import Report, Revision, SourcePage

Format = Literal["markdown", "json"]
SUFFIXES: dict[Format, str] = {"markdown": ".md", "json": ".json"}
SCHEMA = "weekline.report"
SCHEMA_VERSION = 1
"""Raised when a field changes its meaning; new fields alone do not raise it."""

_AT_ONCE = 100
_RESERVED = {"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10))}


@dataclass(frozen=True, slots=True)
class ExportedPage:
    """One week as text; `path` is relative, the same each time, and fit for every file system."""

    path: str
    text: str


def chosen_reports(
    session: Session,
    teams: Sequence[Team],
    *,
    first: date | None = None,
    last: date | None = None,
    drafts: bool = False,
) -> list[Report]:
    """The teams' reports whose period touches the days from first to last, oldest first by team."""
    query = select(Report).where(Report.team_id.in_([team.id for team in teams]))
    if first is not None:
        query = query.where(Report.period_end >= first)
    if last is not None:
        query = query.where(Report.period_start <= last)
    if not drafts:
        query = query.where(Report.published_revision > 0)
    return list(session.scalars(query.order_by(Report.team_id, Report.period_start)))


def exported(
    session: Session, teams: Sequence[Team], reports: Sequence[Report], *, form: Format, drafts: bool
) -> Iterator[ExportedPage]:
    """Each report as a page. With `drafts` the working copy stands for what is not published yet."""
    by_id = {team.id: team for team in teams}
    for start in range(0, len(reports), _AT_ONCE):
        some = reports[start : start + _AT_ONCE]
        revisions = _revisions(session, some, whole_history=form == "json")
        sources = _sources(session, some) if form == "json" else {}
        for report in some:
            team = by_id[report.team_id]
            history = revisions.get(report.id, [])
            unpublished = document_of(session, report) if drafts and report.state != "published" else None
            if form == "json":
                text = _as_json(team, report, history, unpublished, sources.get(report.id, []))
            else:
                document = unpublished or Document.model_validate_json(history[-1].document)
                text = write(document)
            yield ExportedPage(path_of(team, report, form), text)


def path_of(team: Team, report: Report, form: Format) -> str:
    """`payments/2025-W23 2025-06-02.md`."""
    folder = f"{team.slug}_" if team.slug.lower() in _RESERVED else team.slug
    week = f"{report.week_year:04d}-W{report.week_number:02d}"
    return f"{folder}/{week} {report.period_start.isoformat()}{SUFFIXES[form]}"


def save(page: ExportedPage, folder: Path) -> Path:
    """Write the page below the folder, whole or not at all."""
    target = folder / page.path
    with put_in_place(target) as draft:
        draft.write_bytes(page.text.encode())
    return target


def _revisions(
    session: Session, reports: Sequence[Report], *, whole_history: bool
) -> dict[int, list[Revision]]:
    query = select(Revision).where(Revision.report_id.in_([report.id for report in reports]))
    if not whole_history:
        query = query.join(Report, Report.id == Revision.report_id).where(
            Revision.number == Report.published_revision
        )
    found: dict[int, list[Revision]] = {}
    for revision in session.scalars(query.order_by(Revision.report_id, Revision.number)):
        found.setdefault(revision.report_id, []).append(revision)
    return found


def _sources(session: Session, reports: Sequence[Report]) -> dict[int, list[tuple[int, SourcePage]]]:
    rows = session.execute(
        select(Revision.report_id, Revision.number, SourcePage)
        .join(SourcePage, SourcePage.id == Revision.source_page_id)
        .where(Revision.report_id.in_([report.id for report in reports]))
        .order_by(Revision.report_id, Revision.number)
    )
    found: dict[int, list[tuple[int, SourcePage]]] = {}
    for report_id, number, page in rows:
        found.setdefault(report_id, []).append((number, page))
    return found


def _as_json(
    team: Team,
    report: Report,
    history: Sequence[Revision],
    unpublished: Document | None,
    sources: Sequence[tuple[int, SourcePage]],
) -> str:
    published = json.loads(history[-1].document) if history else None
    answer: dict[str, Any] = {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "program_version": __version__,
        "team": {
            "slug": team.slug,
            "name": team.name,
            "time_zone": team.time_zone,
            "week_rule": team.week_rule,
            "language": team.language,
        },
        "period": {"start": report.period_start.isoformat(), "end": report.period_end.isoformat()},
        "state": report.state,
        "published_revision": report.published_revision,
        "published_at": report.published_at.isoformat() if report.published_at else None,
        "document": published if unpublished is None else unpublished.model_dump(mode="json"),
        "revisions": [
            {
                "number": revision.number,
                "author_name": revision.author_name,
                "reason": revision.reason,
                "created_at": revision.created_at.isoformat(),
                "hash": revision.hash,
                "previous_hash": revision.previous_hash,
                "document": json.loads(revision.document),
            }
            for revision in history
        ],
        "source_pages": [
            {
                "revision": number,
                "name": page.name,
                "sha256": page.sha256,
                "reader_version": page.reader_version,
                "created_at": page.created_at.isoformat(),
            }
            for number, page in sources
        ],
    }
    return json.dumps(answer, ensure_ascii=False, indent=2) + "\n"
