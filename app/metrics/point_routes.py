"""A point of a chart: a metric's value in one week, and setting it right."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from sqlalchemy.orm import Session

from app.metrics.correcting import correct_reading, point_of
from app.metrics.settings_forms import CORRECTION_FIELDS, CorrectionForm
from app.metrics.settings_queries import metric_of
from app.reports.access import EditableReport, ReadableReport, ReportInView, Writer
from app.reports.markdown import render_inline
from app.reports.models import Report
from app.web import urls
from app.web.clock import Now
from app.web.database import DbSession
from app.web.forms import Filled, show_again
from app.web.htmx import go_to, wants_fragment
from app.web.templates import page

router = APIRouter()
POINT = "/teams/{team}/weeks/{period}/readings/{metric_id}"


@router.get(POINT)
def point(
    request: Request, shown: ReadableReport, metric_id: int, session: DbSession, back: str = ""
) -> Response:
    """What the week says of the metric, what it said before, and where."""
    return _point_page(request, session, shown, metric_id, Filled({"back": back}))


@router.post(POINT)
def correct(
    request: Request,
    shown: EditableReport,
    writer: Writer,
    metric_id: int,
    form: Annotated[CorrectionForm, Form()],
    session: DbSession,
    now: Now,
) -> Response:
    """Sets the value right in the report's text and publishes that with the reason."""
    team, report_id = shown.team, shown.report.id

    def again(session: Session, filled: Filled, status: int) -> Response:
        anew = ReportInView(session.get_one(Report, report_id), team)
        return _point_page(request, session, anew, metric_id, filled, status=status)

    metric = metric_of(session, team.id, metric_id)
    show_again(request, form, CORRECTION_FIELDS, again)
    correct_reading(
        session,
        shown.report,
        metric,
        literal=form.literal,
        base=form.base,
        reason=form.reason,
        by=writer,
        at=now,
    )
    return go_to(request, urls.back_to_chart(team, form.back, metric_id))


def _point_page(
    request: Request,
    session: Session,
    shown: ReportInView,
    metric_id: int,
    form: Filled,
    *,
    status: int = 200,
) -> Response:
    metric = metric_of(session, shown.team.id, metric_id)
    found = point_of(session, shown.report, metric)
    typed = form.values if "literal" in form.values else {"literal": found.typed, **form.values}
    context = {
        "team": shown.team,
        "tab": "trends",
        "metric": metric,
        "report": shown.report,
        "url": shown.url,
        "point": found,
        "line": render_inline(found.line),
        "form": Filled(typed, form.errors),
        "back_to": urls.back_to_chart(shown.team, form.value("back"), metric_id),
        "here": f"{shown.url}/readings/{metric_id}",
    }
    name = "metrics/_point.html" if wants_fragment(request) else "metrics/point.html"
    return page(request, name, context, status=status)
