"""Links that show a team's trend page to whoever has them, and the page as they show it."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request, Response
from sqlalchemy.orm import Session
from starlette.background import BackgroundTask
from starlette.responses import HTMLResponse, RedirectResponse

from app.accounts import sessions, sharing
from app.accounts.access import CurrentViewer, TeamInView, WritableTeam
from app.accounts.sharing_access import ShownByLink
from app.accounts.sharing_forms import FIELDS, NewLinkForm
from app.config import Settings
from app.trends.asked import Asked, WhatIsAsked
from app.trends.closed import keep_within
from app.trends.queries import read
from app.trends.routes import rule_of
from app.trends.trends_page import trends_page
from app.web import urls
from app.web.clock import Now
from app.web.database import DbSession, later
from app.web.forms import Filled, show_again
from app.web.htmx import go_to
from app.web.i18n import LANGUAGE_COOKIE, LANGUAGES, translation_of
from app.web.templates import page, render

router = APIRouter()
LINKS = "/teams/{team}/shared-links"
CLOSED = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
USUAL = f"weeks={Asked().weeks}"
"""The query of the usual state, said in full: a link without one opens as it was made."""


@router.get("/shared/{token}")
def shared(
    request: Request,
    shown: ShownByLink,
    token: str,
    asked: WhatIsAsked,
    session: DbSession,
    now: Now,
    language: str = "",
) -> Response:
    """The trend page for whoever has the link, and nothing but this page."""
    request.state.viewer = None
    if language in LANGUAGES:
        request.state.language = language
    own = f"/shared/{token}"
    if not request.url.query and shown.query:
        return RedirectResponse(f"{own}?{shown.query}", 303, headers=CLOSED)
    team = shown.team
    today = now.astimezone(ZoneInfo(team.time_zone)).date()
    context = trends_page(
        read(session, team.id, asked, team.time_zone),
        asked=asked,
        rule=rule_of(team),
        today=today,
        f=translation_of(request),
        opens=False,
    )
    html = render(
        request,
        "trends/shared.html",
        {
            "team": team,
            "until": shown.expires_at.astimezone(ZoneInfo(team.time_zone)).date(),
            "language_links": f"{urls.trends(team)}{asked.query()}",
            **context,
        },
    )
    closed = keep_within(html, page=urls.trends(team), own=own, usual=USUAL)
    seen = None
    if shown.seen_at is None or now - shown.seen_at >= sharing.SEEN_EVERY:
        seen = BackgroundTask(later, sharing.note_seen, request.app.state.database, shown.link_id, now)
    answer = HTMLResponse(closed, headers=CLOSED, background=seen)
    if language in LANGUAGES:
        sessions.set_choice(answer, request.app.state.settings, LANGUAGE_COOKIE, language)
    return answer


@router.get(LINKS)
def shared_links(
    request: Request, team: WritableTeam, asked: WhatIsAsked, session: DbSession, now: Now
) -> Response:
    """The team's links, and a form for a new one that opens in the state it was asked from."""
    return _links_page(request, session, team, asked, now, Filled({"days": "30"}))


@router.post(LINKS)
def make_link(
    request: Request,
    team: WritableTeam,
    viewer: CurrentViewer,
    form: Annotated[NewLinkForm, Form()],
    asked: WhatIsAsked,
    session: DbSession,
    now: Now,
) -> Response:
    """Shows a new link, once."""
    show_again(
        request,
        form,
        FIELDS,
        lambda session, filled, status: _links_page(
            request, session, team, asked, now, filled, status=status
        ),
    )
    made = sharing.make_shared_link(
        session,
        team.id,
        name=form.name,
        days=form.days,
        query=asked.query().removeprefix("?"),
        by=viewer.user_id,
        at=now,
    )
    return _links_page(request, session, team, asked, now, Filled({"days": "30"}), made=made)


@router.post(LINKS + "/{shared_link_id}/withdrawal")
def withdraw_link(
    request: Request,
    team: WritableTeam,
    viewer: CurrentViewer,
    shared_link_id: int,
    session: DbSession,
    now: Now,
) -> Response:
    link = sharing.shared_link_of(session, team.id, shared_link_id)
    sharing.withdraw_shared_link(session, link, by=viewer.user_id, at=now)
    return go_to(request, f"{urls.shared_links(team)}#links")


def _links_page(
    request: Request,
    session: Session,
    team: TeamInView,
    asked: Asked,
    now: Now,
    form: Filled,
    *,
    made: str | None = None,
    status: int = 200,
) -> Response:
    settings: Settings = request.app.state.settings
    links = sharing.shared_links_of(session, team.id, at=now)
    context = {
        "team": team,
        "tab": "trends",
        "form": form,
        "asked": asked,
        "made": settings.public_url + made if made else None,
        "open_links": [each for each in links if each.stopped is None],
        "ended_links": [each for each in links if each.stopped is not None],
        "here": urls.shared_links(team),
    }
    return page(request, "trends/shared_links.html", context, status=status)
