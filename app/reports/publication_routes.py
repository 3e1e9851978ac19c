"""Publication and its page before it; taking a draft or an amendment back, and undoing that."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from app.accounts.access import WritableTeam
from app.document.diff import compare
from app.document.schema import Document
from app.reports import edit_page, report_page
from app.reports.access import EditableReport, ReportInView, Writer
from app.reports.assembly import published_document, working_copy
from app.reports.comparison import comparison
from app.reports.discarding import discard_amendment, discard_draft, discarded_in, restore
from app.reports.editing import refuse_other_version
from app.reports.forms import DiscardData, PublicationData
from app.reports.publishing import publish_report, says_nothing
from app.reports.queries import week_name_of
from app.reports.revision_queries import published_before
from app.web.clock import Now
from app.web.database import DbSession
from app.web.forms import Filled, show_again
from app.web.htmx import go_to
from app.web.templates import page

router = APIRouter()
REPORT = "/teams/{team}/weeks/{period}"
FIELDS = {
    "report.reason_needed": "reason",
    "report.changed_meanwhile": "",
    "report.empty": "",
    "report.already_published": "",
}


@router.get(REPORT + "/publication")
def preview(request: Request, shown: EditableReport, session: DbSession, now: Now) -> Response:
    """The week as readers will see it, and what changed since they last read."""
    return _preview(request, shown, session, now, Filled())


@router.post(REPORT + "/publication")
def publish(
    request: Request,
    shown: EditableReport,
    writer: Writer,
    form: PublicationData,
    session: DbSession,
    now: Now,
) -> Response:
    """Publish the draft, or the amendment with its reason."""

    def again(fresh: Session, filled: Filled, status: int) -> Response:
        report = fresh.get_one(type(shown.report), report_id)
        return _preview(request, ReportInView(report, shown.team), fresh, now, filled, status=status)

    report_id = shown.report.id
    show_again(request, form, FIELDS, again)
    refuse_other_version(shown.report, form.version)
    publish_report(
        session, shown.report, by=writer, author_name=writer.display_name, at=now, reason=form.reason
    )
    return go_to(request, shown.url)


@router.get(REPORT + "/discard")
def ask_to_discard(request: Request, shown: EditableReport, session: DbSession) -> Response:
    """What would be taken back, before it is."""
    copy = working_copy(session, shown.report)
    context: dict[str, Any] = {"items": len(copy.item_ids), "changes": None}
    if shown.report.is_published:
        context["changes"] = comparison(published_document(session, shown.report), copy.document)
    return page(
        request,
        "reports/discard.html",
        {"team": shown.team, "tab": "report", "report": shown.report, "url": shown.url, **context},
    )


@router.post(REPORT + "/discard")
def discard(
    request: Request,
    shown: EditableReport,
    writer: Writer,
    form: DiscardData,
    session: DbSession,
    now: Now,
) -> Response:
    """Take a draft back, or an amendment to what is published; the weeks page offers to undo it."""
    refuse_other_version(shown.report, form.version)
    year = shown.report.week_year
    if shown.report.is_published:
        discard_amendment(session, shown.report, by=writer, at=now)
    else:
        discard_draft(session, shown.report, by=writer, at=now)
    return go_to(request, f"/teams/{shown.team.slug}/weeks?year={year}#discarded")


@router.post("/teams/{team}/discarded/{discarded_draft_id}/restoration")
def undo_discard(
    request: Request,
    team: WritableTeam,
    writer: Writer,
    discarded_draft_id: int,
    session: DbSession,
    now: Now,
) -> Response:
    """Bring a discarded or replaced working copy back as it was."""
    restored = restore(session, discarded_in(session, team.id, discarded_draft_id, now), by=writer, at=now)
    return go_to(request, f"{ReportInView(restored, team).url}/edit")


def _preview(
    request: Request,
    shown: ReportInView,
    session: Session,
    now: Any,
    filled: Filled,
    *,
    status: int = 200,
) -> Response:
    report, team = shown.report, shown.team
    copy = working_copy(session, report, for_readers=True)
    context = report_page.report_page(
        session, report=report, team=team, document=copy.document, now=now, with_source=False
    )
    context |= _changes(session, shown, copy.document)
    context |= edit_page.findings_page(session, report=report, team=team, now=now)
    context |= {
        "form": filled,
        "left_behind": copy.left_behind,
        "is_empty": says_nothing(copy.document),
    }
    return page(
        request, "reports/publication.html", {"team": team, "tab": "report", **context}, status=status
    )


def _changes(session: Session, shown: ReportInView, document: Document) -> dict[str, Any]:
    """What is new since the last revision, or since the last week for a first publication."""
    report = shown.report
    if report.is_published:
        old = published_document(session, report)
        return {
            "changes": comparison(old, document),
            "since": None,
            "is_changed": report.state != "published" and not compare(old, document).is_empty,
        }
    before = published_before(session, report)
    if before is None:
        return {"changes": None, "since": None, "is_changed": True}
    return {
        "changes": comparison(published_document(session, before), document, same_week=False),
        "since": (before.period_start, week_name_of(before.period_start, shown.team.week_rule)),
        "is_changed": True,
    }
