"""What people remark on a chart, and the limits they lock: small forms that the chart leads to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request, Response
from sqlalchemy.orm import Session

from app.accounts.access import CurrentViewer
from app.metrics import annotations as remarks
from app.metrics import baselines
from app.metrics.settings_access import EditableMetric, MetricInView, ReadableMetric
from app.metrics.settings_forms import (
    ANNOTATION_FIELDS,
    BASELINE_FIELDS,
    AnnotationForm,
    BaselineForm,
)
from app.metrics.settings_queries import metric_of
from app.reports.forms import FormModel, day_of
from app.web import urls
from app.web.clock import Now
from app.web.database import DbSession
from app.web.forms import Filled, show_again
from app.web.htmx import go_to, wants_fragment
from app.web.templates import page

router = APIRouter()
ANNOTATIONS = "/teams/{team}/metrics/{metric_id}/annotations"
BASELINES = "/teams/{team}/metrics/{metric_id}/baselines"


@router.get(ANNOTATIONS)
def annotations_of_chart(
    request: Request, shown: ReadableMetric, session: DbSession, now: Now, day: str = "", back: str = ""
) -> Response:
    """What is remarked on the metric's chart."""
    today = now.astimezone(ZoneInfo(shown.team.time_zone)).date()
    usual = remarks.newest_day(session, shown.metric, today).isoformat()
    return _annotations_page(request, session, shown, Filled({"day": day[:10] or usual, "back": back}))


@router.post(ANNOTATIONS)
def annotate(
    request: Request,
    shown: EditableMetric,
    viewer: CurrentViewer,
    form: Annotated[AnnotationForm, Form()],
    session: DbSession,
    now: Now,
) -> Response:
    _again(request, shown, form, ANNOTATION_FIELDS, _annotations_page)
    remarks.add_annotation(
        session,
        shown.metric,
        text=form.text,
        day=day_of(form.day),
        everywhere=form.everywhere,
        by=viewer.user_id,
        at=now,
    )
    return go_to(request, urls.back_to_chart(shown.team, form.back, shown.metric.id))


@router.post(ANNOTATIONS + "/{annotation_id}")
def change_annotation(
    request: Request,
    shown: EditableMetric,
    viewer: CurrentViewer,
    annotation_id: int,
    form: Annotated[AnnotationForm, Form()],
    session: DbSession,
    now: Now,
) -> Response:
    _again(request, shown, form, ANNOTATION_FIELDS, _annotations_page, part=annotation_id)
    remarks.change_annotation(
        session,
        shown.metric,
        remarks.annotation_of(session, shown.metric, annotation_id),
        text=form.text,
        day=day_of(form.day),
        everywhere=form.everywhere,
        version=form.version,
        by=viewer.user_id,
        at=now,
    )
    return go_to(request, urls.back_to_chart(shown.team, form.back, shown.metric.id))


@router.post(ANNOTATIONS + "/{annotation_id}/removal")
def remove_annotation(
    request: Request,
    shown: EditableMetric,
    viewer: CurrentViewer,
    annotation_id: int,
    form: Annotated[AnnotationForm, Form()],
    session: DbSession,
    now: Now,
) -> Response:
    _again(request, shown, form, {}, _annotations_page, part=annotation_id)
    remarks.remove_annotation(
        session,
        shown.metric,
        remarks.annotation_of(session, shown.metric, annotation_id),
        version=form.version,
        by=viewer.user_id,
        at=now,
    )
    return go_to(request, urls.back_to_chart(shown.team, form.back, shown.metric.id))


@router.get(BASELINES)
def baselines_of_chart(
    request: Request, shown: ReadableMetric, session: DbSession, back: str = ""
) -> Response:
    """The limits that were locked for the metric, and from which weeks."""
    return _baselines_page(request, session, shown, Filled({"back": back}))


@router.post(BASELINES)
def lock_baseline(
    request: Request,
    shown: EditableMetric,
    viewer: CurrentViewer,
    form: Annotated[BaselineForm, Form()],
    session: DbSession,
    now: Now,
) -> Response:
    _again(request, shown, form, BASELINE_FIELDS, _baselines_page)
    baselines.lock_baseline(
        session,
        shown.metric,
        from_day=day_of(form.from_day),
        until_day=day_of(form.until_day),
        reason=form.reason,
        by=viewer.user_id,
        at=now,
    )
    return go_to(request, urls.back_to_chart(shown.team, form.back, shown.metric.id))


@router.post(BASELINES + "/{baseline_id}")
def change_baseline(
    request: Request,
    shown: EditableMetric,
    viewer: CurrentViewer,
    baseline_id: int,
    form: Annotated[BaselineForm, Form()],
    session: DbSession,
    now: Now,
) -> Response:
    _again(request, shown, form, BASELINE_FIELDS, _baselines_page, part=baseline_id)
    baselines.change_baseline(
        session,
        shown.metric,
        baselines.baseline_of(session, shown.metric, baseline_id),
        from_day=day_of(form.from_day),
        until_day=day_of(form.until_day),
        reason=form.reason,
        version=form.version,
        by=viewer.user_id,
        at=now,
    )
    return go_to(request, urls.back_to_chart(shown.team, form.back, shown.metric.id))


@router.post(BASELINES + "/{baseline_id}/removal")
def remove_baseline(
    request: Request,
    shown: EditableMetric,
    viewer: CurrentViewer,
    baseline_id: int,
    form: Annotated[BaselineForm, Form()],
    session: DbSession,
    now: Now,
) -> Response:
    _again(request, shown, form, {}, _baselines_page, part=baseline_id)
    baselines.remove_baseline(
        session,
        shown.metric,
        baselines.baseline_of(session, shown.metric, baseline_id),
        version=form.version,
        by=viewer.user_id,
        at=now,
    )
    return go_to(request, urls.back_to_chart(shown.team, form.back, shown.metric.id))


def _again(
    request: Request,
    shown: MetricInView,
    form: FormModel,
    fields: Mapping[str, str],
    show_page: Any,
    *,
    part: int = 0,
) -> None:
    """If this is refused, the page comes again with what was typed: in the new form, or in that row's."""
    team, metric_id = shown.team, shown.metric.id

    def show(session: Session, filled: Filled, status: int) -> Response:
        anew = MetricInView(metric_of(session, team.id, metric_id), team)
        answer: Response = show_page(request, session, anew, filled, part=part, status=status)
        return answer

    show_again(request, form, fields, show)


def _annotations_page(
    request: Request,
    session: Session,
    shown: MetricInView,
    form: Filled,
    *,
    part: int = 0,
    status: int = 200,
) -> Response:
    rows = remarks.annotations_of(session, shown.metric)
    stored = {
        row.id: {"text": row.text, "day": row.day.isoformat(), "everywhere": row.metric_id is None}
        for row in rows
    }
    return _small_page(request, shown, "annotations", form, rows, stored, part=part, status=status)


def _baselines_page(
    request: Request,
    session: Session,
    shown: MetricInView,
    form: Filled,
    *,
    part: int = 0,
    status: int = 200,
) -> Response:
    rows = baselines.baselines_of(session, shown.metric)
    stored = {
        row.id: {
            "from_day": row.from_day.isoformat(),
            "until_day": row.until_day.isoformat(),
            "reason": row.reason,
        }
        for row in rows
    }
    proposed = baselines.newest_weeks(session, shown.metric, baselines.LEAST_WEEKS)
    if proposed and "from_day" not in form.values:
        days = {"from_day": proposed[0].isoformat(), "until_day": proposed[1].isoformat()}
        form = Filled({**days, **form.values}, form.errors)
    return _small_page(
        request, shown, "baselines", form, rows, stored, part=part, status=status, can_lock=bool(proposed)
    )


def _small_page(
    request: Request,
    shown: MetricInView,
    name: str,
    form: Filled,
    rows: list[Any],
    stored: dict[int, dict[str, Any]],
    *,
    part: int,
    status: int,
    **more: Any,
) -> Response:
    """A page of rows that unfold into their forms, and one form for a new row."""
    filled = {row_id: Filled(values) for row_id, values in stored.items()}
    if part in filled:
        filled[part], form = form, Filled({"back": form.value("back")})
    context = {
        "team": shown.team,
        "tab": "trends",
        "metric": shown.metric,
        "rows": rows,
        "filled": filled,
        "form": form,
        "open": part,
        "url": f"{shown.url}/{name}",
        "back_to": urls.back_to_chart(shown.team, form.value("back"), shown.metric.id),
        "here": f"{shown.url}/{name}",
        **more,
    }
    template = f"metrics/_{name}.html" if wants_fragment(request) else f"metrics/{name}.html"
    return page(request, template, context, status=status)
