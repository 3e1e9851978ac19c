"""What changes people, teams and roles. The command line calls these as well as the pages."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import passwords, queries, sessions
from app.accounts.links import end_links_of, make_setup_link_if_needed, make_sign_in_link
from app.accounts.models import AuditEvent, Membership, SignInSession, Team, User
from app.accounts.policy import ROLES
from app.errors import Conflict, Invalid, NotFound

__all__ = ["make_setup_link_if_needed", "make_sign_in_link"]

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
NAME = re.compile(r"[^\s/\\<>\"'\x00-\x1f]{1,120}")
WEEK_RULES = ("jan1-monday", "iso")
LANGUAGES = ("zh", "en")


def create_user(
    session: Session,
    *,
    name: str,
    display_name: str,
    at: datetime,
    password: str | None = None,
    is_administrator: bool = False,
    language: str | None = None,
    by: int | None = None,
) -> User:
    """A new person. Without a password they sign in by a one-time link first."""
    folded = queries.fold_name(name)
    if not NAME.fullmatch(folded):
        raise Invalid("user.bad_name")
    if queries.user_by_name(session, folded) is not None:
        raise Conflict("user.name_taken", name=folded)
    user = User(
        name=folded,
        display_name=_shown(display_name, "user.no_display_name"),
        password_hash=passwords.hash_password(password) if password is not None else None,
        language=_language(language) if language else None,
        is_administrator=is_administrator,
        created_at=at,
    )
    session.add(user)
    _flush_or(session, Conflict("user.name_taken", name=folded))
    audit(session, "user.created", by=by, at=at, subject=folded, administrator=is_administrator)
    return user


def set_password(
    session: Session,
    user: User,
    password: str,
    *,
    at: datetime,
    by: int | None = None,
    keep_session: int | None = None,
) -> None:
    """A new password; all sign-ins of the person end but `keep_session`, and so do their links."""
    store_password(session, user, passwords.hash_password(password), at=at, by=by, keep_session=keep_session)


def store_password(
    session: Session, user: User, hashed: str, *, at: datetime, by: int | None, keep_session: int | None
) -> None:
    """As `set_password`, with the hash made beforehand, so that no writer waits for it."""
    user.password_hash = hashed
    user.version += 1
    sessions.end_sessions_of(session, user.id, except_id=keep_session)
    end_links_of(session, user.id)
    audit(session, "user.password_set", by=by, at=at, subject=user.name)


def change_account(
    session: Session, user: User, *, display_name: str, language: str | None, at: datetime
) -> None:
    """What people change about themselves."""
    user.display_name = _shown(display_name, "user.no_display_name")
    user.language = _language(language) if language else None
    user.version += 1
    audit(session, "user.changed", by=user.id, at=at, subject=user.name)


def choose_language(session: Session, user_id: int, language: str) -> None:
    session.get_one(User, user_id).language = _language(language)


def change_person(
    session: Session,
    user: User,
    *,
    display_name: str,
    is_administrator: bool,
    version: int,
    at: datetime,
    by: int | None = None,
) -> None:
    """What an administrator changes about somebody. The last administrator stays one."""
    if user.version != version:
        raise Conflict("user.changed_meanwhile", name=user.display_name)
    if user.is_administrator and not is_administrator:
        _refuse_last_administrator(session, user)
    user.display_name = _shown(display_name, "user.no_display_name")
    user.is_administrator = is_administrator
    user.version += 1
    audit(session, "user.changed", by=by, at=at, subject=user.name, administrator=is_administrator)


def deactivate(session: Session, user: User, *, at: datetime, by: int | None = None) -> None:
    """The person can no longer sign in; what they wrote stays. The last administrator cannot be."""
    if user.is_administrator:
        _refuse_last_administrator(session, user)
    user.active = False
    user.version += 1
    sessions.end_sessions_of(session, user.id)
    end_links_of(session, user.id)
    audit(session, "user.deactivated", by=by, at=at, subject=user.name)


def activate(session: Session, user: User, *, at: datetime, by: int | None = None) -> None:
    """The person may sign in again."""
    user.active = True
    user.version += 1
    audit(session, "user.activated", by=by, at=at, subject=user.name)


def end_own_session(session: Session, user_id: int, session_id: int, *, at: datetime) -> None:
    """Sign out one browser of one's own."""
    ended = session.scalar(
        delete(SignInSession)
        .where(SignInSession.id == session_id, SignInSession.user_id == user_id)
        .returning(SignInSession.id)
    )
    if ended is None:
        raise NotFound("session.not_found")
    audit(session, "session.ended", by=user_id, at=at)


def create_team(
    session: Session,
    *,
    slug: str,
    name: str,
    at: datetime,
    language: str = "zh",
    time_zone: str = "Asia/Shanghai",
    week_rule: str = "jan1-monday",
    parent: Team | None = None,
    by: int | None = None,
) -> Team:
    """A new team, below a department if `parent` is given."""
    if not SLUG.fullmatch(slug):
        raise Invalid("team.bad_slug")
    if queries.team_by_slug(session, slug) is not None:
        raise Conflict("team.slug_taken", slug=slug)
    team = Team(
        slug=slug,
        name=_shown(name, "team.no_name"),
        language=_language(language),
        time_zone=_time_zone(time_zone),
        week_rule=_week_rule(week_rule),
        parent_id=parent.id if parent else None,
        created_at=at,
    )
    session.add(team)
    _flush_or(session, Conflict("team.slug_taken", slug=slug))
    audit(session, "team.created", by=by, at=at, team_id=team.id, subject=slug)
    return team


def change_team(
    session: Session,
    team: Team,
    *,
    name: str,
    language: str,
    time_zone: str,
    week_rule: str,
    parent: Team | None,
    at: datetime,
    version: int | None = None,
    by: int | None = None,
) -> None:
    """New name, language, time zone, week rule or department. Weeks already written keep their labels."""
    if version is not None and team.version != version:
        raise Conflict("team.changed_meanwhile", name=team.name)
    if parent is not None:
        _refuse_circle(session, team, parent)
    team.name = _shown(name, "team.no_name")
    team.language = _language(language)
    team.time_zone = _time_zone(time_zone)
    team.week_rule = _week_rule(week_rule)
    team.parent_id = parent.id if parent else None
    team.version += 1
    team.pulse += 1
    audit(session, "team.changed", by=by, at=at, team_id=team.id, subject=team.slug)


def grant_role(
    session: Session, user: User, team: Team, role: str, *, at: datetime, by: int | None = None
) -> None:
    """Give a role on a team; a role the person had there is replaced."""
    if role not in ROLES:
        raise Invalid("role.unknown")
    held = _membership(session, user, team)
    if held is None:
        session.add(Membership(user_id=user.id, team_id=team.id, role=role))
    elif held.role == role:
        return
    else:
        held.role = role
    session.flush()
    audit(session, "role.granted", by=by, at=at, team_id=team.id, subject=user.name, role=role)


def revoke_role(session: Session, user: User, team: Team, *, at: datetime, by: int | None = None) -> None:
    held = _membership(session, user, team)
    if held is None:
        return
    session.delete(held)
    session.flush()
    audit(session, "role.revoked", by=by, at=at, team_id=team.id, subject=user.name, role=held.role)


@cache
def time_zones() -> tuple[str, ...]:
    """The names people pick from: places, and UTC."""
    return tuple(sorted(name for name in available_timezones() if "/" in name or name == "UTC"))


def audit(
    session: Session,
    action: str,
    *,
    by: int | None,
    at: datetime,
    team_id: int | None = None,
    subject: str | None = None,
    **details: Any,
) -> None:
    """Write down who did what. `by` is a user id, None for the command line."""
    session.add(
        AuditEvent(
            at=at,
            user_id=by,
            team_id=team_id,
            action=action,
            subject=subject[:200] if subject else None,
            details=details,
        )
    )


def _flush_or(session: Session, refusal: Conflict) -> None:
    """Store what is new; if somebody else stored the same meanwhile, refuse."""
    try:
        session.flush()
    except IntegrityError:
        raise refusal from None


def _membership(session: Session, user: User, team: Team) -> Membership | None:
    return session.scalar(
        select(Membership).where(Membership.user_id == user.id, Membership.team_id == team.id)
    )


def _refuse_last_administrator(session: Session, user: User) -> None:
    if user.active and queries.administrators(session) == 1:
        raise Conflict("user.last_administrator")


def _refuse_circle(session: Session, team: Team, parent: Team) -> None:
    above = queries.parents(session)
    step: int | None = parent.id
    while step is not None:
        if step == team.id:
            raise Invalid("team.circle")
        step = above.get(step)


def _shown(text: str, key: str) -> str:
    """A name as it is shown: one line, not empty, at most 120 characters."""
    line = " ".join(text.split())
    if not line or len(line) > 120:
        raise Invalid(key)
    return line


def _language(language: str) -> str:
    if language not in LANGUAGES:
        raise Invalid("language.unknown")
    return language


def _time_zone(name: str) -> str:
    if name not in time_zones():
        raise Invalid("time_zone.unknown")
    return name


def _week_rule(rule: str) -> str:
    if rule not in WEEK_RULES:
        raise Invalid("week_rule.unknown")
    return rule
