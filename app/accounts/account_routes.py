"""One's own account: name, language, theme, password, and where one is signed in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from app.accounts import actions, queries, sessions, signing_in
from app.accounts.access import CurrentViewer, OptionalViewer, Public
from app.accounts.browser_keys import browser_key
from app.accounts.forms import FIELDS, AccountForm, LanguageForm, PasswordForm, ThemeForm
from app.accounts.models import User
from app.config import Settings
from app.web import urls
from app.web.clock import Now
from app.web.database import DbSession
from app.web.forms import Filled, show_again
from app.web.htmx import go_to
from app.web.i18n import LANGUAGE_COOKIE, LANGUAGES
from app.web.templates import THEME_COOKIE, THEMES, page

router = APIRouter()


@router.get("/account")
def account(
    request: Request, viewer: CurrentViewer, session: DbSession, now: Now, saved: str = ""
) -> Response:
    user = session.get_one(User, viewer.user_id)
    return _account_page(request, session, user, now, saved=saved)


@router.post("/account")
def change_account(
    request: Request,
    viewer: CurrentViewer,
    form: Annotated[AccountForm, Form()],
    session: DbSession,
    now: Now,
) -> Response:
    """A new display name and language."""
    show_again(
        request,
        form,
        FIELDS,
        lambda session, filled, status: _account_page(
            request, session, session.get_one(User, viewer.user_id), now, account=filled, status=status
        ),
    )
    user = session.get_one(User, viewer.user_id)
    actions.change_account(
        session, user, display_name=form.display_name, language=form.language or None, at=now
    )
    response = go_to(request, "/account?saved=account")
    settings: Settings = request.app.state.settings
    sessions.set_who(response, settings, user.display_name)
    sessions.set_choice(response, settings, LANGUAGE_COOKIE, user.language)
    return response


@router.get("/account/browser-key")
async def own_browser_key(request: Request, viewer: CurrentViewer) -> Response:
    """Who is signed in here, and the key for what their browsers keep of unsaved text."""
    key = await browser_key(request.app.state.gate, viewer.user_id)
    return JSONResponse({"user": viewer.user_id, "key": key}, headers={"Cache-Control": "no-store"})


@router.post("/account/password")
async def change_password(
    request: Request, viewer: CurrentViewer, form: Annotated[PasswordForm, Form()], now: Now
) -> Response:
    """A new password; signs out everywhere else."""
    show_again(
        request,
        form,
        FIELDS,
        lambda session, filled, status: _account_page(
            request, session, session.get_one(User, viewer.user_id), now, password=filled, status=status
        ),
    )
    await signing_in.change_password(
        request.app.state.gate,
        viewer.user_id,
        form,
        address=request.client.host if request.client else "",
        keep_session=request.state.session_id,
        at=now,
    )
    return go_to(request, "/account?saved=password")


@router.post("/account/sessions/{session_id}/end")
def end_session(
    request: Request, viewer: CurrentViewer, session_id: int, session: DbSession, now: Now
) -> Response:
    """Sign out another browser of one's own."""
    actions.end_own_session(session, viewer.user_id, session_id, at=now)
    return go_to(request, "/account?saved=sessions")


@router.post("/account/language")
def choose_language(
    request: Request,
    public: Public,
    viewer: OptionalViewer,
    form: Annotated[LanguageForm, Form()],
    session: DbSession,
) -> Response:
    """Chinese or English, remembered for the person, and by the browser before anyone signs in."""
    response = go_to(request, _back(request, form.next))
    if form.language in LANGUAGES:
        sessions.set_choice(response, request.app.state.settings, LANGUAGE_COOKIE, form.language)
        if viewer is not None:
            actions.choose_language(session, viewer.user_id, form.language)
    return response


@router.post("/account/theme")
async def choose_theme(request: Request, public: Public, form: Annotated[ThemeForm, Form()]) -> Response:
    """Light, dark, or (anything else) as the system has it; kept by the browser."""
    response = go_to(request, _back(request, form.next))
    theme = form.theme if form.theme in THEMES else None
    sessions.set_choice(response, request.app.state.settings, THEME_COOKIE, theme)
    return response


def _account_page(
    request: Request,
    session: Session,
    user: User,
    now: datetime,
    *,
    account: Filled | None = None,
    password: Filled | None = None,
    saved: str = "",
    status: int = 200,
) -> Response:
    settings: Settings = request.app.state.settings
    context = {
        "user": user,
        "account": account or Filled({"display_name": user.display_name, "language": user.language or ""}),
        "password": password or Filled(),
        "sessions": queries.sessions_of(
            session, user.id, seen_since=now - timedelta(minutes=settings.session_idle_minutes), at=now
        ),
        "this_session": request.state.session_id,
        "saved": saved if saved in {"account", "password", "sessions"} else "",
        "time_zone": queries.time_zone_of(session, user.id),
        "here": "/account",
    }
    return page(request, "accounts/account.html", context, status=status)


def _back(request: Request, given: str) -> str:
    """The page the form was on, with its query where the browser says it."""
    path = urls.local_path(given)
    came_from = urlsplit(request.headers.get("referer", ""))
    if came_from.netloc == request.url.netloc and came_from.path == path and came_from.query:
        return urls.local_path(f"{path}?{came_from.query}")
    return path
