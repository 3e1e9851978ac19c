"""What one takes away from the trend page: its numbers, one of its charts, the whole of it as one file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from html import unescape
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from app import paths
from app.accounts.access import TeamInView, VisibleTeam
from app.config import Settings
from app.errors import NotFound
from app.metrics.queries import said_unreported
from app.metrics.settings_access import MetricInView, ReadableMetric
from app.trends.asked import Asked, WhatIsAsked
from app.trends.closed import self_contained
from app.trends.export_csv import readings_csv
from app.trends.export_png import chart_png
from app.trends.export_svg import Told, chart_file
from app.trends.export_xlsx import workbook
from app.trends.queries import Trends, read
from app.trends.routes import rule_of
from app.trends.trends_page import judged_team, trends_page, words_for
from app.trends.words import Words
from app.web import urls
from app.web.clock import Now
from app.web.database import DbSession
from app.web.i18n import translation_of
from app.web.templates import render

router = APIRouter()
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STYLES = ("css/weekline.css", "css/trends.css")


@dataclass(frozen=True, slots=True)
class _Found:
    """The state of a page before it is drawn; `words` None where no week is published."""

    trends: list[Trends]
    words: Words | None
    today: date


@router.get("/teams/{team}/trends.csv")
def trends_csv(
    request: Request, team: VisibleTeam, asked: WhatIsAsked, session: DbSession, now: Now
) -> Response:
    """The readings, a row each."""
    found = _read(request, session, team, asked, now)
    measured = [one for trends in found.trends for one in trends.series]
    if found.words is None:
        body = readings_csv((), None)
    else:
        said = _said(session, found.trends)
        body = readings_csv(measured, found.trends[0].axis, found.words.name, said)
    return _file(body, "text/csv; charset=utf-8", _name(team, asked, found.today, "csv"))


@router.get("/teams/{team}/trends.xlsx")
def trends_xlsx(
    request: Request, team: VisibleTeam, asked: WhatIsAsked, session: DbSession, now: Now
) -> Response:
    """Values, limits, signals and accidents, a sheet each."""
    found = _read(request, session, team, asked, now)
    if found.words is None:
        raise NotFound("export.nothing_published")
    words = found.words
    body = workbook(
        [one for trends in found.trends for one in judged_team(trends, words).measured],
        sorted(
            (one for trends in found.trends for one in trends.shown_accidents),
            key=lambda one: (one.week, one.started_at or ""),
        ),
        found.trends[0].axis,
        words=words,
        said=_said(session, found.trends),
    )
    return _file(body, XLSX, _name(team, asked, found.today, "xlsx"))


@router.get("/teams/{team}/trends.html")
def trends_html(
    request: Request, team: VisibleTeam, asked: WhatIsAsked, session: DbSession, now: Now
) -> Response:
    """The page as one file that can be mailed: it needs nothing else, and leads to nothing but its origin."""
    found = _read(request, session, team, asked, now)
    if found.words is None:
        raise NotFound("export.nothing_published")
    settings: Settings = request.app.state.settings
    public = f"{settings.public_url}{urls.trends(team)}"
    context = {
        **_page_context(request, found, team, asked),
        "team": team,
        "tab": "trends",
        "viewer": None,
        "theme": None,
        "style": _style(),
        "made": now,
        "public": public + asked.query(),
    }
    html = render(request, "trends/mailed.html", context)
    body = self_contained(html, sprite=_sprite(), public=public)
    return _file(body, "text/html; charset=utf-8", _name(team, asked, found.today, "html"))


@router.get("/teams/{team}/metrics/{metric_id}/chart.svg")
def chart_svg(
    request: Request, shown: ReadableMetric, asked: WhatIsAsked, session: DbSession, now: Now
) -> Response:
    """The metric's chart with its words as SVG."""
    name = f"{shown.team.slug} {shown.metric.name}.svg"
    return _file(_chart(request, session, shown, asked, now), "image/svg+xml", name)


@router.get("/teams/{team}/metrics/{metric_id}/chart.png")
def chart_as_png(
    request: Request, shown: ReadableMetric, asked: WhatIsAsked, session: DbSession, now: Now
) -> Response:
    """The same as PNG."""
    svg = _chart(request, session, shown, asked, now)
    return _file(chart_png(svg), "image/png", f"{shown.team.slug} {shown.metric.name}.png")


def _chart(request: Request, session: Session, shown: MetricInView, asked: Asked, now: datetime) -> str:
    """The wide chart of the metric, as the page would show it."""
    wide = replace(asked, weeks="52" if asked.weeks == "6" else asked.weeks, teams="own")
    team, metric = shown.team, shown.metric
    found = _read(request, session, team, wide, now)
    context = _page_context(request, found, team, wide) if found.words else {"groups": [], "years": []}
    figures = [figure for group in context["groups"] for figure in group.figures]
    figure = next((one for one in [*figures, *context["years"]] if one.series.metric.id == metric.id), None)
    if figure is None:
        raise NotFound("export.no_values")
    steps = figure not in figures
    drawing = {"figure": figure, "ticks": figure.ticks if steps else context["ticks"], "steps": steps}
    return chart_file(
        render(request, "trends/chart_alone.html", drawing).strip(),
        _told(request, figure, context, team, found.today, steps=steps),
    )


def _told(
    request: Request, figure: Any, context: dict[str, Any], team: TeamInView, today: date, *, steps: bool
) -> Told:
    f = translation_of(request)
    lines = render(
        request,
        "trends/chart_words.html",
        {"figure": figure, "team": team, "today": today, "steps": steps, **context},
    )
    about, notes, source = (part.strip() for part in unescape(lines).split("\f"))
    return Told(
        title=figure.series.metric.name,
        about=about,
        says=[figure.readout, f.key("trends.between_sentences").join(figure.findings)],
        notes=[
            (mark, note) for line in notes.splitlines() for mark, _, note in [line.partition("\t")] if note
        ],
        source=source,
    )


def _read(request: Request, session: Session, team: TeamInView, asked: Asked, now: datetime) -> _Found:
    found = read(session, team.id, asked, team.time_zone)
    today = now.astimezone(ZoneInfo(team.time_zone)).date()
    f = translation_of(request)
    words = words_for(found, asked=asked, rule=rule_of(team), f=f) if found else None
    return _Found(found, words, today)


def _said(session: Session, found: Sequence[Trends]) -> Mapping[tuple[int, date], str]:
    """What the weeks say where they say that a metric has no value, by metric and Monday."""
    revisions: dict[date, list[tuple[int, int]]] = {}
    for trends in found:
        for monday, week in trends.weeks.items():
            revisions.setdefault(monday, []).append((week.report_id, week.revision))
    ids = [one.metric.id for trends in found for one in trends.series]
    return said_unreported(session, ids, revisions)


def _page_context(request: Request, found: _Found, team: TeamInView, asked: Asked) -> dict[str, Any]:
    return trends_page(
        found.trends,
        asked=asked,
        rule=rule_of(team),
        today=found.today,
        f=translation_of(request),
        opens=False,
    )


def _name(team: TeamInView, asked: Asked, today: date, ending: str) -> str:
    """`payments trends 2025-06-13.csv`."""
    return f"{team.slug} trends {(asked.as_of or asked.until or today).isoformat()}.{ending}"


def _file(body: str | bytes, media_type: str, name: str) -> Response:
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return Response(body, media_type=media_type, headers={"Content-Disposition": disposition})


@cache
def _style() -> str:
    return "\n".join((paths.STATIC / name).read_text("utf-8") for name in STYLES)


@cache
def _sprite() -> str:
    return (paths.STATIC / "icons" / "sprite.svg").read_text("utf-8")
