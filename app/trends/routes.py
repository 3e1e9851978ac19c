"""The trend page of a team."""

from __future__ import annotations

import hashlib
from datetime import date
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response

from app import __version__
from app.accounts.access import TeamInView, VisibleTeam
from app.document.schema import WeekRule
from app.trends.asked import Asked, WhatIsAsked
from app.trends.queries import Published, lay_out, published
from app.trends.trends_page import trends_page
from app.web.clock import Now
from app.web.database import DbSession
from app.web.i18n import language_of, translation_of
from app.web.templates import THEME_COOKIE, page

router = APIRouter()


@router.get("/teams/{team}/trends")
def trends(request: Request, team: VisibleTeam, asked: WhatIsAsked, session: DbSession, now: Now) -> Response:
    """The team's metrics week by week."""
    today = now.astimezone(ZoneInfo(team.time_zone)).date()
    found = published(session, team.id, asked, team.time_zone)
    headers = {"ETag": _etag(request, team, found, asked, today), "Cache-Control": "private, no-cache"}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    context = trends_page(
        lay_out(session, found, asked),
        asked=asked,
        rule=rule_of(team),
        today=today,
        f=translation_of(request),
    )
    return page(request, "trends/page.html", {"team": team, "tab": "trends", **context}, headers=headers)


def rule_of(team: TeamInView) -> WeekRule:
    return "iso" if team.week_rule == "iso" else "jan1-monday"


def _etag(request: Request, team: TeamInView, found: Published, asked: Asked, today: date) -> str:
    """Names everything the page depends on, the viewer too; the pulse of each team counts its changes."""
    parts = (
        __version__,
        request.app.state.assets.hash,
        team.viewer.user_id,
        team.role,
        team.id,
        team.name,
        team.pulse,
        found.teams,
        language_of(request),
        request.cookies.get(THEME_COOKIE),
        asked,
        today,
    )
    return f'W/"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'
