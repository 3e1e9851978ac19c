"""Saving while one writes: what the open page sends, and what it is told."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from app.document.merging import told_apart
from app.errors import NotFound
from app.reports import changes
from app.reports.access import ChangingReport, EditableKnownReport, EditableReport, ReportInView
from app.reports.change_forms import ChangesForm
from app.reports.edit_page import some_sections
from app.reports.forms import LARGEST_ID
from app.reports.live import name_page
from app.reports.plain_texts import MEANING, meaning_of, plain_text, typed
from app.reports.planning import ItemChanged, ItemGone
from app.reports.sections import section_in
from app.web.clock import Now
from app.web.database import DbSession, QuickReads
from app.web.limits import Text as LimitedText
from app.web.templates import page, render

router = APIRouter()
REPORT = "/teams/{team}/weeks/{period}"


@router.post(REPORT + "/changes")
def save_changes(
    request: Request, shown: ChangingReport, form: ChangesForm, session: DbSession, now: Now
) -> Response:
    """Save a step of changes, all of it or none; a repeat is answered as before and changes nothing."""
    report, by_id = shown.report, shown.team.viewer.user_id
    plain = plain_text(session, report, form)
    given = plain.answer_before(form.sequence) if plain else changes.answer_before(session, report, form)
    if given is None:
        name_page(session, form.client)
        try:
            if plain is not None:
                saved = changes.Saved.of_one(
                    plain.change.item, plain.save(session, report, by_id=by_id, at=now)
                )
            else:
                saved = changes.save_changes(session, report, form.changes, by_id=by_id, at=now)
        except ItemChanged as clash:
            clash.details = _clash(request, shown, clash)
            raise
        except ItemGone as gone:
            gone.details = {"item": gone.item, "mine": gone.mine}
            raise
        local = now.astimezone(ZoneInfo(shown.team.time_zone))
        given = {
            "sequence": form.sequence,
            "version": report.version,
            "saved_at": now.isoformat(),
            "saved": f"{local:%H:%M}",
            "items": {
                str(ref): {"id": item_id, "version": version, "state": _state(request, shown, saved, item_id)}
                for ref, (item_id, version) in saved.items.items()
            },
            "removed": saved.removed,
            "redraw": saved.redraw,
        }
        changes.keep_answer(session, report, form, given, at=now)
    return JSONResponse(given, headers={"Cache-Control": "no-store"})


@router.get(REPORT + "/sections/{section_id}")
def section(request: Request, shown: EditableReport, section_id: int, session: DbSession) -> Response:
    """A section as it now stands, to take its place on an open page."""
    found = section_in(session, shown.report, section_id)
    context = {
        "team": shown.team,
        "report": shown.report,
        "url": shown.url,
        **some_sections(session, shown.report, [found.id]),
    }
    return page(request, "reports/edit/_section.html", {**context, "section": context["sections"][0]})


@router.post(REPORT + "/recognition")
async def recognition(
    request: Request,
    known: EditableKnownReport,
    section: Annotated[int, Form(ge=1, le=LARGEST_ID)],
    text: Annotated[LimitedText, Form()] = "",
) -> Response:
    """What would be recognised in a text if it stood in the section. Nothing is stored."""
    quick: QuickReads = request.app.state.quick
    rows = await quick.rows(MEANING, {"section_id": section, "report_id": known.id})
    if not rows:
        raise NotFound("section.gone")
    meaning = meaning_of(rows[0], monday=date.fromisoformat(known.period_start))
    chips = await run_in_threadpool(typed, text, meaning)
    return page(request, "reports/edit/_typed.html", {"team": known.team, "chips": chips})


def _state(request: Request, shown: ReportInView, saved: changes.Saved, item_id: int) -> str:
    item = saved.shown.get(item_id)
    if item is None:
        return ""
    context = {"team": shown.team, "report": shown.report, "url": shown.url, "item": item}
    return render(request, "reports/edit/_recognised.html", context)


def _clash(request: Request, shown: ReportInView, clash: ItemChanged) -> dict[str, Any]:
    at = clash.at.astimezone(ZoneInfo(shown.team.time_zone)) if clash.at else None
    theirs_at = f"{at:%H:%M}" if at else None
    theirs, mine = told_apart(clash.theirs, clash.mine)
    own = clash.by_id == shown.team.viewer.user_id
    context = {"clash": clash, "theirs_at": theirs_at, "theirs": theirs, "mine": mine, "own": own}
    return {
        "item": clash.item,
        "base": clash.base,
        "theirs": clash.theirs,
        "theirs_by": {"id": clash.by_id, "name": clash.by},
        "theirs_at": theirs_at,
        "mine": clash.mine,
        "version": clash.version,
        "merged": clash.merged,
        "html": render(request, "reports/edit/_clash.html", context),
    }
