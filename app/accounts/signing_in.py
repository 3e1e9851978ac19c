"""Signing in with a password: attempts are counted before the password is looked at, so that guesses that
come at once do not slip through, and an unknown account takes the same time as a wrong password."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import anyio.to_thread
from anyio import CapacityLimiter
from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from app.accounts import actions, passwords, queries, sessions
from app.accounts.forms import PasswordForm
from app.accounts.models import SignInAttempt, User
from app.config import Settings
from app.errors import Conflict, Invalid, TooMany
from app.web.database import Gate

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 10
PER_ADDRESS = 50
POSTGRESQL_LOCK = 7_305_182_262  # any number of our own
_hashing = CapacityLimiter(2)  # each takes 19 MiB and a processor


@dataclass(frozen=True, slots=True)
class Browser:
    """What a sign-in needs to know about where it comes from."""

    address: str
    agent: str | None
    token: str | None


async def sign_in(
    gate: Gate, settings: Settings, *, name: str, password: str, browser: Browser, at: datetime
) -> tuple[str, User] | None:
    """The new session's token and the person; None for a wrong name or password, whichever it was.

    Too many failed attempts for the account or from the address are `TooMany`.
    """
    account = hashlib.sha256(queries.fold_name(name).encode("utf-8", "replace")).hexdigest()
    async with gate.writing() as session:
        attempt = await anyio.to_thread.run_sync(_attempt, session, account, browser.address, at)
        user = await anyio.to_thread.run_sync(queries.user_by_name, session, name)
        stored = user.password_hash if user is not None and user.active else None
    right = await anyio.to_thread.run_sync(passwords.verify_password, stored, password, limiter=_hashing)
    if not right or user is None:
        return None
    async with gate.writing() as session:
        return await anyio.to_thread.run_sync(
            _begin, session, settings, user.id, stored, password, attempt, account, browser, at
        )


async def change_password(
    gate: Gate, user_id: int, form: PasswordForm, *, address: str, keep_session: int, at: datetime
) -> None:
    """A new password for oneself, who names the present one if there is one. Other sign-ins end.

    Wrong present passwords count as failed sign-ins.
    """
    if form.password != form.password_again:
        raise Invalid("password.not_the_same")
    passwords.check_length(form.password)
    async with gate.writing() as session:
        user = await anyio.to_thread.run_sync(session.get_one, User, user_id)
        stored = user.password_hash
        attempt = None
        if stored is not None:
            account = hashlib.sha256(user.name.encode()).hexdigest()
            attempt = await anyio.to_thread.run_sync(_attempt, session, account, address, at)
    hashed = await anyio.to_thread.run_sync(
        _checked_and_hashed, stored, form.password_now, form.password, limiter=_hashing
    )
    async with gate.writing() as session:
        await anyio.to_thread.run_sync(_store, session, user_id, stored, hashed, attempt, keep_session, at)


def _checked_and_hashed(stored: str | None, present: str, new: str) -> str:
    if stored is not None and not passwords.verify_password(stored, present):
        raise Invalid("password.wrong")
    return passwords.hash_password(new)


def _store(
    session: Session,
    user_id: int,
    stored: str | None,
    hashed: str,
    attempt: int | None,
    keep_session: int,
    at: datetime,
) -> None:
    user = session.get_one(User, user_id)
    if user.password_hash != stored or not user.active:
        raise Conflict("password.changed_meanwhile")
    if attempt is not None:
        session.execute(delete(SignInAttempt).where(SignInAttempt.id == attempt))
    actions.store_password(session, user, hashed, at=at, by=user.id, keep_session=keep_session)


def _attempt(session: Session, account: str, address: str, at: datetime) -> int:
    """Count this attempt as failed until it succeeds. Attempts take turns, so that none is missed."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": POSTGRESQL_LOCK})
    since = at - WINDOW
    session.execute(delete(SignInAttempt).where(SignInAttempt.at <= since))
    _refuse_too_many(session, SignInAttempt.account == account, PER_ACCOUNT, at)
    _refuse_too_many(session, SignInAttempt.address == address[:64], PER_ADDRESS, at)
    attempt = SignInAttempt(account=account, address=address[:64], at=at)
    session.add(attempt)
    session.flush()
    return attempt.id


def _refuse_too_many(session: Session, same: object, most: int, at: datetime) -> None:
    count, first = session.execute(
        select(func.count(), func.min(SignInAttempt.at)).where(same)  # type: ignore[arg-type]
    ).one()
    if count >= most:
        wait = max(1, int((first + WINDOW - at).total_seconds()) + 1)
        raise TooMany("sign_in.too_many", retry_after=wait, minutes=-(-wait // 60))


def _begin(
    session: Session,
    settings: Settings,
    user_id: int,
    stored: str | None,
    password: str,
    attempt: int,
    account: str,
    browser: Browser,
    at: datetime,
) -> tuple[str, User] | None:
    user = session.get(User, user_id)
    if user is None or not user.active or user.password_hash != stored:
        return None  # changed while the password was being checked
    if stored is not None and passwords.needs_rehash(stored):
        user.password_hash = passwords.hash_password(password)
    session.execute(delete(SignInAttempt).where(SignInAttempt.id == attempt))
    session.execute(
        delete(SignInAttempt).where(
            SignInAttempt.account == account, SignInAttempt.address == browser.address[:64]
        )
    )
    token = sessions.begin_session(
        session, user, settings=settings, agent=browser.agent, replacing=browser.token, at=at
    )
    actions.audit(session, "signed_in", by=user.id, at=at, subject=user.name)
    return token, user
