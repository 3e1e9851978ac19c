"""Signing in and out, one-time links, the first set-up."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import structlog
from fastapi import APIRouter, Form, Request, Response

from app.accounts import actions, form_actions, links, queries, sessions, signing_in
from app.accounts.access import CurrentViewer, OptionalViewer, Public
from app.accounts.forms import FIELDS, LinkForm, SetupForm, SignInForm
from app.accounts.models import User
from app.config import Settings
from app.db import Database
from app.errors import Invalid
from app.web import urls
from app.web.clock import Now
from app.web.database import DbSession
from app.web.forms import Filled, show_again
from app.web.htmx import go_to
from app.web.templates import page

router = APIRouter()
log = structlog.get_logger("weekline.accounts")


@router.get("/teams")
def teams(request: Request, viewer: CurrentViewer, session: DbSession) -> Response:
    """The teams one sees."""
    return page(request, "accounts/teams.html", {"teams": queries.visible_teams(session, viewer)})


@router.get("/teams/menu")
def team_menu(request: Request, viewer: CurrentViewer, session: DbSession) -> Response:
    """The same as a list for the masthead, asked for when it is opened."""
    return page(request, "accounts/_team_menu.html", {"teams": queries.visible_teams(session, viewer)})


@router.get("/sign-in")
def sign_in_page(request: Request, public: Public, viewer: OptionalViewer, next: str = "") -> Response:
    if viewer is not None:
        return go_to(request, urls.local_path(next))
    response = _sign_in_page(request, Filled({"next": next}))
    if (way := urls.local_path(next)) != "/":
        sessions.remember_way(response, request.app.state.settings, way)
    return response


@router.post("/sign-in")
async def sign_in(
    request: Request, public: Public, form: Annotated[SignInForm, Form()], now: Now
) -> Response:
    settings: Settings = request.app.state.settings
    show_again(request, form, FIELDS, lambda _, filled, status: _sign_in_page(request, filled, status=status))
    signed_in = await signing_in.sign_in(
        request.app.state.gate,
        settings,
        name=form.name,
        password=form.password,
        browser=_browser(request),
        at=now,
    )
    if signed_in is None:
        raise Invalid("sign_in.wrong")
    return _welcome(request, *signed_in, urls.local_path(form.next))


@router.post("/sign-out")
def sign_out(request: Request, public: Public, viewer: OptionalViewer, session: DbSession) -> Response:
    """Ends the session; without one it only clears the cookies."""
    settings: Settings = request.app.state.settings
    token = request.cookies.get(sessions.cookie_name(settings))
    if token:
        sessions.end_session(session, token)
    response = go_to(request, "/sign-in")
    sessions.clear_cookies(response, settings)
    return response


@router.get("/sign-in/{token}")
def link_page(
    request: Request, public: Public, token: str, session: DbSession, now: Now, next: str = ""
) -> Response:
    """Shows a button. Mail programs that open links to look at them do not use them up.

    It leads to `next`, else to where the sign-in page was to lead that this browser was shown before.
    """
    link = links.find_link(session, token, "sign_in", at=now)
    user = session.get_one(User, link.user_id)
    next = next or sessions.remembered_way(request)
    context = {"person": user.display_name, "next": next, "has_password": user.password_hash is not None}
    return page(request, "accounts/link.html", context)


@router.post("/sign-in/{token}")
def use_link(
    request: Request,
    public: Public,
    token: str,
    form: Annotated[LinkForm, Form()],
    session: DbSession,
    now: Now,
) -> Response:
    """Signs in, and leads to where the person was going."""
    user = links.use_sign_in_link(session, token, at=now)
    browser = _browser(request)
    new = sessions.begin_session(
        session,
        user,
        settings=request.app.state.settings,
        agent=browser.agent,
        replacing=browser.token,
        at=now,
    )
    to = "/account#password" if form.then == "password" else urls.local_path(form.next)
    return _welcome(request, new, user, to)


@router.get("/setup/{token}")
def setup_page(request: Request, public: Public, token: str, session: DbSession, now: Now) -> Response:
    links.find_link(session, token, "setup", at=now)
    return _setup_page(request, Filled(SetupForm().model_dump()))


@router.post("/setup/{token}")
def set_up(
    request: Request,
    public: Public,
    token: str,
    form: Annotated[SetupForm, Form()],
    session: DbSession,
    now: Now,
) -> Response:
    """Creates the administrator and the first team, and signs in."""
    show_again(request, form, FIELDS, lambda _, filled, status: _setup_page(request, filled, status=status))
    user = form_actions.set_up(session, token, form, at=now)
    browser = _browser(request)
    new = sessions.begin_session(
        session,
        user,
        settings=request.app.state.settings,
        agent=browser.agent,
        replacing=browser.token,
        at=now,
    )
    return _welcome(request, new, user, "/")


def announce_setup(database: Database, settings: Settings) -> None:
    """Write the set-up link to the log while nobody administers."""
    with database.writing() as session:
        path = links.make_setup_link_if_needed(session, at=datetime.now(UTC))
    if path is not None:
        log.warning("open this link to set Weekline up", url=settings.public_url + path)


def _sign_in_page(request: Request, form: Filled, *, status: int = 200) -> Response:
    return page(request, "accounts/sign_in.html", {"form": form, "here": "/sign-in"}, status=status)


def _setup_page(request: Request, form: Filled, *, status: int = 200) -> Response:
    context = {"form": form, "time_zones": actions.time_zones(), "here": request.url.path}
    return page(request, "accounts/setup.html", context, status=status)


def _browser(request: Request) -> signing_in.Browser:
    settings: Settings = request.app.state.settings
    return signing_in.Browser(
        address=request.client.host if request.client else "",
        agent=request.headers.get("user-agent"),
        token=request.cookies.get(sessions.cookie_name(settings)),
    )


def _welcome(request: Request, token: str, user: User, to: str) -> Response:
    response = go_to(request, to)
    sessions.set_cookies(response, request.app.state.settings, token, user)
    return response
