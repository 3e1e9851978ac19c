"""The metrics of a team as settings: what each is, its names, targets, order and retirement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request, Response
from sqlalchemy.orm import Session

from app.accounts.access import CurrentViewer, TeamInView, VisibleTeam
from app.metrics import merging, settings, settings_queries, settings_targets
from app.metrics.settings_access import EditableMetric, MetricInView, ReadableMetric
from app.metrics.settings_forms import (
    FIELDS,
    NAME_FIELDS,
    RETIREMENT_FIELDS,
    TARGET_FIELDS,
    MergerForm,
    MetricForm,
    NameForm,
    PlaceForm,
    RetirementForm,
    TargetForm,
    VersionForm,
)
from app.reports.forms import FormModel, day_of
from app.web import urls
from app.web.clock import Now
from app.web.database import DbSession
from app.web.forms import Filled, show_again
from app.web.htmx import go_to, wants_fragment
from app.web.templates import page

router = APIRouter()
METRIC = "/teams/{team}/metrics/{metric_id}"


@router.get("/teams/{team}/metrics")
def metrics(request: Request, team: VisibleTeam, session: DbSession, now: Now) -> Response:
    """All metrics of the team in the order of its trend page."""
    context = _list_context(session, team, now)
    name = "metrics/_list.html" if wants_fragment(request) else "metrics/list.html"
    return page(request, name, context)


@router.get(METRIC)
def metric(
    request: Request, shown: ReadableMetric, session: DbSession, now: Now, saved: str = ""
) -> Response:
    return _metric_page(request, session, shown, now=now, saved=saved)


@router.post(METRIC)
def change_metric(
    request: Request,
    shown: EditableMetric,
    viewer: CurrentViewer,
    form: Annotated[MetricForm, Form()],
    session: DbSession,
    now: Now,
) -> Response:
    """Says anew what the metric is."""
    _again(request, shown, form, FIELDS, part="what", now=now)
    settings.change_metric(session, shown.metric, form, by=viewer.user_id, at=now)
    return go_to(request, f"{shown.url}?saved=what")


@router.post(METRIC + "/names")
def add_name(
    request: Request,
    shown: EditableMetric,
    viewer: CurrentViewer,
    form: Annotated[NameForm, Form()],
    session: DbSession,
    now: Now,
) -> Response:
    """One more name; where another metric has it, asks whether the two are one."""
    _again(request, shown, form, NAME_FIELDS, part="names", now=now)
    other = settings.add_name(session, shown.metric, form.also, by=viewer.user_id, at=now)
    asking = f"{shown.url}/merger?other={other.id}" if other else None
    return go_to(request, asking or f"{shown.url}?saved=names#names")


@router.post(METRIC + "/names/{name_id}/removal")
def remove_name(
    request: Request,
    shown: EditableMetric,
    viewer: CurrentViewer,
    name_id: int,
    session: DbSession,
    now: Now,
) -> Response:
    name = settings_queries.name_of(session, shown.metric, name_id)
    settings.remove_name(session, shown.metric, name, by=viewer.user_id, at=now)
    return go_to(request, f"{shown.url}?saved=names#names")


@router.get(METRIC + "/merger")
def merger(request: Request, shown: EditableMetric, session: DbSession, other: int | None = None) -> Response:
    """Asks before another metric is taken in."""
    if other is None:
        return go_to(request, f"{shown.url}#names")
    found = settings_queries.merger_of(session, shown.team.id, shown.metric.id, other)
    return page(request, "metrics/merger.html", {"team": shown.team, "tab": "trends", "merger": found})


@router.post(METRIC + "/merger")
def merge(
    request: Request,
    shown: EditableMetric,
    viewer: CurrentViewer,
    form: Annotated[MergerForm, Form()],
    session: DbSession,
    now: Now,
) -> Response:
    other = settings_queries.metric_of(session, shown.team.id, form.other, to_change=True)
    merging.merge_metrics(
        session,
        shown.metric,
        other,
        version=form.version,
        other_version=form.other_version,
        by=viewer.user_id,
        at=now,
    )
    return go_to(request, f"{shown.url}?saved=merged#names")


@router.post(METRIC + "/mergers/{taken_in_id}/split")
def split(
    request: Request,
    shown: EditableMetric,
    viewer: CurrentViewer,
    taken_in_id: int,
    form: Annotated[VersionForm, Form()],
    session: DbSession,
    now: Now,
) -> Response:
    """What was taken in is a metric of its own again."""
    taken_in = merging.taken_in_of(session, shown.metric, taken_in_id)
    made = merging.split_again(
        session, shown.metric, taken_in, version=form.version, by=viewer.user_id, at=now
    )
    return go_to(request, f"{urls.metric(shown.team, made.id)}?saved=split")


@router.post(METRIC + "/place")
def move_metric(
    request: Request,
    shown: EditableMetric,
    viewer: CurrentViewer,
    form: Annotated[PlaceForm, Form()],
    session: DbSession,
    now: Now,
) -> Response:
    """One place up or down; the answer is the list anew."""
    settings.move_metric(session, shown.metric, form.direction, by=viewer.user_id, at=now)
    if not wants_fragment(request):
        return go_to(request, f"{urls.metrics(shown.team)}#metric-{shown.metric.id}")
    session.flush()
    return page(request, "metrics/_list.html", _list_context(session, shown.team, now))


@router.post(METRIC + "/retirement")
def retire(
    request: Request,
    shown: EditableMetric,
    viewer: CurrentViewer,
    form: Annotated[RetirementForm, Form()],
    session: DbSession,
    now: Now,
) -> Response:
    """No longer missed from a day on."""
    _again(request, shown, form, RETIREMENT_FIELDS, part="retirement", now=now)
    settings.retire(
        session,
        shown.metric,
        from_day=day_of(form.retired_from),
        version=form.version,
        by=viewer.user_id,
        at=now,
    )
    return go_to(request, f"{shown.url}?saved=retired#retirement")


@router.post(METRIC + "/return")
def bring_back(
    request: Request,
    shown: EditableMetric,
    viewer: CurrentViewer,
    form: Annotated[VersionForm, Form()],
    session: DbSession,
    now: Now,
) -> Response:
    _again(request, shown, form, {}, part="retirement", now=now)
    settings.bring_back(session, shown.metric, version=form.version, by=viewer.user_id, at=now)
    return go_to(request, f"{shown.url}?saved=back#retirement")


@router.post(METRIC + "/targets")
def add_target(
    request: Request,
    shown: EditableMetric,
    viewer: CurrentViewer,
    form: Annotated[TargetForm, Form()],
    session: DbSession,
    now: Now,
) -> Response:
    """A value to reach from a day on."""
    _again(request, shown, form, TARGET_FIELDS, part="new-target", now=now)
    settings_targets.add_target(
        session,
        shown.metric,
        literal=form.literal,
        from_day=day_of(form.from_day),
        by=viewer.user_id,
        at=now,
    )
    return go_to(request, f"{shown.url}?saved=targets#targets")


@router.post(METRIC + "/targets/{target_id}")
def change_target(
    request: Request,
    shown: EditableMetric,
    viewer: CurrentViewer,
    target_id: int,
    form: Annotated[TargetForm, Form()],
    session: DbSession,
    now: Now,
) -> Response:
    _again(request, shown, form, TARGET_FIELDS, part=f"target-{target_id}", now=now)
    settings_targets.change_target(
        session,
        shown.metric,
        settings_queries.target_of(session, shown.metric, target_id),
        literal=form.literal,
        from_day=day_of(form.from_day),
        version=form.version,
        by=viewer.user_id,
        at=now,
    )
    return go_to(request, f"{shown.url}?saved=targets#targets")


@router.post(METRIC + "/targets/{target_id}/removal")
def remove_target(
    request: Request,
    shown: EditableMetric,
    viewer: CurrentViewer,
    target_id: int,
    form: Annotated[VersionForm, Form()],
    session: DbSession,
    now: Now,
) -> Response:
    settings_targets.remove_target(
        session,
        shown.metric,
        settings_queries.target_of(session, shown.metric, target_id),
        version=form.version,
        by=viewer.user_id,
        at=now,
    )
    return go_to(request, f"{shown.url}?saved=targets#targets")


def _again(
    request: Request, shown: MetricInView, form: FormModel, fields: Mapping[str, str], *, part: str, now: Now
) -> None:
    """If this is refused, the metric's page comes again with what was typed in that part of it."""
    team, metric_id = shown.team, shown.metric.id

    def show(session: Session, filled: Filled, status: int) -> Response:
        anew = MetricInView(settings_queries.metric_of(session, team.id, metric_id), team)
        return _metric_page(request, session, anew, now=now, part=part, form=filled, status=status)

    show_again(request, form, fields, show)


def _metric_page(
    request: Request,
    session: Session,
    shown: MetricInView,
    *,
    now: Now,
    part: str = "",
    form: Filled | None = None,
    saved: str = "",
    status: int = 200,
) -> Response:
    """`form` is what was typed in the part named `part`; the others show what is stored."""
    found = settings_queries.metric_in_settings(session, shown.team.id, shown.metric.id)
    today = now.astimezone(ZoneInfo(shown.team.time_zone)).date()
    filled = {
        "what": _filled_from(found),
        "names": Filled(),
        "new-target": Filled({"from_day": today.isoformat()}),
        "retirement": Filled({"retired_from": today.isoformat()}),
    } | {
        f"target-{target.id}": Filled({"literal": target.literal, "from_day": target.from_day.isoformat()})
        for target in found.targets
    }
    if form is not None:
        filled[part] = form
    context = {
        "team": shown.team,
        "tab": "trends",
        "found": found,
        "taken_in": settings_queries.taken_in(session, shown.metric.id),
        "url": shown.url,
        "filled": filled,
        "open": part,
        "saved": saved,
        "here": shown.url,
        "today": today,
    }
    return page(request, "metrics/metric.html", context, status=status)


def _list_context(session: Session, team: TeamInView, now: Now) -> dict[str, object]:
    found = settings_queries.metrics_in_settings(session, team.id)
    return {
        "team": team,
        "tab": "trends",
        "reported": [each for each in found if each.metric.retired_from is None],
        "retired": [each for each in found if each.metric.retired_from is not None],
        "today": now.astimezone(ZoneInfo(team.time_zone)).date(),
    }


def _filled_from(found: settings_queries.MetricInSettings) -> Filled:
    metric = found.metric
    return Filled(
        {
            "name": metric.name,
            "unit": metric.unit or "",
            "kind": metric.kind,
            "direction": metric.direction,
            "decimals": "" if metric.decimals is None else str(metric.decimals),
            "rounding": metric.rounding,
            "scale": metric.scale,
            "spc_scale": metric.spc_scale,
        }
    )
