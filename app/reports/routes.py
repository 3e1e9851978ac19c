"""Weeks and reports: browse, read, start, publish. Changing one where it stands is in `edit_routes`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.background import BackgroundTask

from app.accounts.access import VisibleTeam
from app.accounts.policy import sees_several_teams
from app.db import Database
from app.document.weeks import which_week
from app.reports import edit_page, report_page, weeks_page
from app.reports.access import (
    EditableKnownReport,
    KnownReport,
    ReadableKnownReport,
    ReportInView,
)
from app.reports.assembly import document_of, report_as_published
from app.reports.forms import LARGEST_ID, MOST_TOGETHER
from app.reports.kept_pages import (
    SNAPSHOT,
    KeptPages,
    PageKey,
    answer,
    asks_for,
    compress,
    not_modified,
    store,
)
from app.reports.models import Report
from app.reports.removing import removed_by_form
from app.web.clock import Now
from app.web.database import DbSession, QuickReads
from app.web.database import later as later_in_turn
from app.web.i18n import language_of
from app.web.templates import page, render, theme_of

router = APIRouter()
REPORT = "/teams/{team}/weeks/{period}"


@router.get(REPORT)
async def report(request: Request, known: ReadableKnownReport, now: Now) -> Response:
    """The week as readers see it: the published revision, or the draft for those who see drafts.

    A published page is kept; the session, the role and the version are checked on every request.
    """
    if not known.published_revision:
        return await run_in_threadpool(_draft_page, request, known, now)
    key = _key(request, known, now)
    etag = key.etag(known.team.viewer.user_id)
    if asks_for(request, etag):
        return not_modified(etag)
    kept: KeptPages = request.app.state.kept_pages
    later = None

    async def make() -> bytes:
        nonlocal later
        quick: QuickReads = request.app.state.quick
        rows = await quick.rows(
            SNAPSHOT, {"report_id": key.report_id, "variant": key.variant, "key": key.text}
        )
        if rows:
            stored: bytes = rows[0][0]
            return stored
        made = await run_in_threadpool(_published_page, request, known, now)
        later = BackgroundTask(later_in_turn, store, request.app.state.database, key, made, now)
        return made

    body = await kept.get_or_make(key, make)
    return answer(request, body, etag, later)


def _published_page(request: Request, known: KnownReport, now: datetime) -> bytes:
    database: Database = request.app.state.database
    with database.reading() as session:
        shown, document = report_as_published(session, known.id)
        context = report_page.report_page(session, report=shown, team=known.team, document=document, now=now)
        html = render(request, "reports/report.html", {"team": known.team, "tab": "report", **context})
    return compress(html)


def _draft_page(request: Request, known: KnownReport, now: datetime) -> Response:
    database: Database = request.app.state.database
    with database.reading() as session:
        shown = session.get_one(Report, known.id)
        document = document_of(session, shown)
        context = report_page.report_page(session, report=shown, team=known.team, document=document, now=now)
        return page(request, "reports/report.html", {"team": known.team, "tab": "report", **context})


def _key(request: Request, known: KnownReport, now: datetime, *, page: str = "read") -> PageKey:
    team = known.team
    variant = ".".join(
        (
            page,
            language_of(request),
            theme_of(request) or "system",
            team.role,
            "w" if team.may_write else "r",
            "d" if team.may_see_drafts else "p",
            "a" if team.viewer.is_administrator else "u",
            "s" if sees_several_teams(team.viewer) else "o",
        )
    )
    return PageKey(
        report_id=known.id,
        variant=variant,
        revision=known.published_revision,
        version=known.version,
        pulse=team.pulse,
        this_week=which_week(now, team.time_zone, "iso" if team.week_rule == "iso" else "jan1-monday")[0],
        program=request.app.state.templates.hash,
    )


@router.get(REPORT + "/edit")
async def edit(
    request: Request,
    known: EditableKnownReport,
    now: Now,
    removed: Annotated[
        tuple[Annotated[int, Query(ge=1, le=LARGEST_ID)], ...], Query(max_length=MOST_TOGETHER)
    ] = (),
) -> Response:
    """The working copy to change where it stands; kept until the next change.

    What a form just `removed` can be brought back from it.
    """
    if removed:
        return answer(request, await run_in_threadpool(_edit_page, request, known, now, removed))
    key = _key(request, known, now, page="edit")
    kept: KeptPages = request.app.state.kept_pages
    body = await kept.get_or_make(key, lambda: run_in_threadpool(_edit_page, request, known, now))
    return answer(request, body)


def _edit_page(request: Request, known: KnownReport, now: datetime, removed: Sequence[int] = ()) -> bytes:
    database: Database = request.app.state.database
    with database.reading() as session:
        shown = session.get_one(Report, known.id)
        context = edit_page.edit_page(session, report=shown, team=known.team, now=now)
        context["removed"] = removed_by_form(session, shown, removed)
    url = ReportInView(shown, known.team).url
    return compress(
        render(request, "reports/edit.html", {"team": known.team, "tab": "report", "url": url, **context})
    )


@router.get("/teams/{team}/weeks")
def weeks(
    request: Request,
    team: VisibleTeam,
    session: DbSession,
    now: Now,
    year: Annotated[int | None, Query(ge=2000, le=2100)] = None,
    board: Literal["12", "26", "52"] = "12",
) -> Response:
    """A team's year: the weeks as ticks and as a list, and the other teams one may see."""
    context = weeks_page.weeks_page(session, team=team, year=year, now=now, board=int(board))
    return page(request, "reports/weeks.html", {"team": team, "tab": "weeks", **context})
