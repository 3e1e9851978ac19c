"""Sign-in sessions: the cookie, its row, and when it ends. Only the SHA-256 of a token is stored."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from urllib.parse import quote, unquote

import anyio.to_thread
import structlog
from fastapi import Request, Response
from sqlalchemy import delete, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.accounts.models import SignInSession, User
from app.accounts.policy import Viewer
from app.accounts.queries import VIEWER, signed_in_from
from app.config import Settings
from app.web.database import Gate, QuickReads
from app.web.i18n import LANGUAGE_COOKIE

log = structlog.get_logger("weekline.accounts")
WHO_COOKIE = "weekline_who"
"""The person's name for scripts to show, so that pages can be kept by role. It proves nothing."""
A_YEAR = 365 * 86400
SEEN_EVERY = timedelta(minutes=5)


WAY_COOKIE = "weekline_way"
HOUR = 3600


def cookie_name(settings: Settings) -> str:
    return "__Host-weekline" if settings.https else "weekline_session"


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def new_token() -> str:
    return secrets.token_urlsafe(32)


async def viewer_of(request: Request, now: datetime, *, in_use: bool = True) -> Viewer | None:
    """The person whose session cookie this is, if it has not ended. Kept for the rest of the request.

    `in_use=False` where the request does not mean that the person is there.
    """
    settings: Settings = request.app.state.settings
    token = request.cookies.get(cookie_name(settings))
    if not token or len(token) > 128:
        return None
    quick: QuickReads = request.app.state.quick
    found = signed_in_from(tuple(await quick.rows(VIEWER, {"token_hash": hash_token(token)})))
    idle = timedelta(minutes=settings.session_idle_minutes)
    if found is None or not found.active or now >= found.expires_at or now - found.seen_at >= idle:
        return None
    request.state.session_id = found.session_id
    if in_use and now - found.seen_at >= min(SEEN_EVERY, idle / 5):
        await _note_use(request.app.state.gate, found.session_id, now)
    return found.viewer


async def _note_use(gate: Gate, session_id: int, now: datetime) -> None:
    """Write down that the session is in use. Who cannot write must still be able to read."""
    note = update(SignInSession).where(SignInSession.id == session_id).values(seen_at=now)
    try:
        async with gate.writing() as session:
            await anyio.to_thread.run_sync(session.execute, note)
    except SQLAlchemyError as problem:
        log.warning("could not note a session's use", error=type(problem).__name__)


def begin_session(
    session: Session,
    user: User,
    *,
    settings: Settings,
    agent: str | None,
    replacing: str | None,
    at: datetime,
) -> str:
    """A new session's token; the one the browser had before (`replacing`) ends."""
    if replacing:
        end_session(session, replacing)
    token = new_token()
    session.add(
        SignInSession(
            token_hash=hash_token(token),
            user_id=user.id,
            created_at=at,
            seen_at=at,
            expires_at=at + timedelta(days=settings.session_days),
            agent=(agent or "")[:200] or None,
        )
    )
    session.execute(delete(SignInSession).where(SignInSession.expires_at <= at))
    return token


def end_session(session: Session, token: str) -> None:
    session.execute(delete(SignInSession).where(SignInSession.token_hash == hash_token(token)))


def end_sessions_of(session: Session, user_id: int, *, except_id: int | None = None) -> None:
    """End all of a person's sign-ins, but the one they are using if it is named."""
    ended = delete(SignInSession).where(SignInSession.user_id == user_id)
    if except_id is not None:
        ended = ended.where(SignInSession.id != except_id)
    session.execute(ended)


def set_cookies(response: Response, settings: Settings, token: str, user: User) -> None:
    response.set_cookie(
        cookie_name(settings),
        token,
        max_age=settings.session_days * 86400,
        path="/",
        secure=settings.https,
        httponly=True,
        samesite="lax",
    )
    set_who(response, settings, user.display_name)
    response.delete_cookie(WAY_COOKIE, path="/sign-in", secure=settings.https, httponly=True, samesite="lax")
    if user.language is not None:
        set_choice(response, settings, LANGUAGE_COOKIE, user.language)


def set_who(response: Response, settings: Settings, display_name: str) -> None:
    response.set_cookie(
        WHO_COOKIE,
        quote(display_name, safe=""),
        max_age=settings.session_days * 86400,
        path="/",
        secure=settings.https,
        samesite="lax",
    )


def set_choice(response: Response, settings: Settings, cookie: str, value: str | None) -> None:
    """Keep a choice for a year where scripts can read it; None forgets it."""
    if value is None:
        response.delete_cookie(cookie, path="/", secure=settings.https, samesite="lax")
    else:
        response.set_cookie(cookie, value, max_age=A_YEAR, path="/", secure=settings.https, samesite="lax")


def remember_way(response: Response, settings: Settings, way: str) -> None:
    """Keep where one was going until one is signed in, by whichever door."""
    value = quote(way, safe="/")
    response.set_cookie(
        WAY_COOKIE, value, path="/sign-in", secure=settings.https, httponly=True, samesite="lax", max_age=HOUR
    )


def remembered_way(request: Request) -> str:
    return unquote(request.cookies.get(WAY_COOKIE, ""))


def clear_cookies(response: Response, settings: Settings) -> None:
    for name, hidden in ((cookie_name(settings), True), (WHO_COOKIE, False)):
        response.delete_cookie(name, path="/", secure=settings.https, httponly=hidden, samesite="lax")
