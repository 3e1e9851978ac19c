"""What changes people, teams, roles and links. The command line calls these as well as the pages."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts import passwords, queries, sessions
from app.accounts.forms import SetupForm
from app.accounts.models import AuditEvent, Membership, OneTimeLink, Team, User
from app.accounts.policy import ROLES, Role
from app.errors import Conflict, Invalid, NotFound

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
NAME = re.compile(r"[^\s/\\<>\"'\x00-\x1f]{1,120}")
WEEK_RULES = ("jan1-monday", "iso")
LANGUAGES = ("zh", "en")
TIME_ZONES = tuple(sorted(name for name in available_timezones() if "/" in name or name == "UTC"))
SIGN_IN_LINK_HOURS = 72
SETUP_LINK_HOURS = 24 * 7


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
    session.flush()
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
    """A new password; all other sign-ins of the person end."""
    user.password_hash = passwords.hash_password(password)
    user.version += 1
    sessions.end_sessions_of(session, user.id, except_id=keep_session)
    session.execute(delete(OneTimeLink).where(OneTimeLink.user_id == user.id, OneTimeLink.used_at.is_(None)))
    audit(session, "user.password_set", by=by, at=at, subject=user.name)


def change_person(
    session: Session, user: User, *, display_name: str, language: str | None, at: datetime, by: int
) -> None:
    user.display_name = _shown(display_name, "user.no_display_name")
    user.language = _language(language) if language else None
    user.version += 1
    audit(session, "user.changed", by=by, at=at, subject=user.name)


def deactivate(session: Session, user: User, *, at: datetime, by: int | None = None) -> None:
    """The person can no longer sign in; what they wrote stays. The last administrator cannot be."""
    if user.is_administrator and user.active and queries.administrators(session) == 1:
        raise Conflict("user.last_administrator")
    user.active = False
    user.version += 1
    sessions.end_sessions_of(session, user.id)
    session.execute(delete(OneTimeLink).where(OneTimeLink.user_id == user.id, OneTimeLink.used_at.is_(None)))
    audit(session, "user.deactivated", by=by, at=at, subject=user.name)


def activate(session: Session, user: User, *, at: datetime, by: int | None = None) -> None:
    user.active = True
    user.version += 1
    audit(session, "user.activated", by=by, at=at, subject=user.name)


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
    session.flush()
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
    by: int | None = None,
) -> None:
    """New name, language, time zone, week rule or department. Weeks already written keep their labels."""
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
    session: Session, user: User, team: Team, role: Role, *, at: datetime, by: int | None = None
) -> None:
    """Give a role on a team; a role the person had there is replaced."""
    if role not in ROLES:
        raise Invalid("role.unknown", role=role)
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


def make_sign_in_link(session: Session, user: User, *, at: datetime, by: int | None = None) -> str:
    """The path of a link that signs the person in once, within three days. Earlier links end."""
    if not user.active:
        raise Conflict("user.inactive")
    session.execute(delete(OneTimeLink).where(OneTimeLink.user_id == user.id, OneTimeLink.used_at.is_(None)))
    token = sessions.new_token()
    session.add(
        OneTimeLink(
            token_hash=sessions.hash_token(token),
            purpose="sign_in",
            user_id=user.id,
            expires_at=at + timedelta(hours=SIGN_IN_LINK_HOURS),
        )
    )
    audit(session, "link.made", by=by, at=at, subject=user.name)
    return f"/sign-in/{token}"


def make_setup_link_if_needed(session: Session, *, at: datetime) -> str | None:
    """The path of the first administrator's set-up page, or None once somebody administers.

    A link made earlier cannot be shown again, since only its hash is stored: each start makes another, and
    all of them end with the first use of one.
    """
    if queries.has_administrator(session):
        return None
    token = sessions.new_token()
    session.add(
        OneTimeLink(
            token_hash=sessions.hash_token(token),
            purpose="setup",
            user_id=None,
            expires_at=at + timedelta(hours=SETUP_LINK_HOURS),
        )
    )
    return f"/setup/{token}"


def find_link(session: Session, token: str, purpose: str, *, at: datetime) -> OneTimeLink:
    """The link, if it can still be used."""
    link = session.scalar(
        select(OneTimeLink).where(
            OneTimeLink.token_hash == sessions.hash_token(token), OneTimeLink.purpose == purpose
        )
    )
    if link is None or link.used_at is not None or link.expires_at <= at:
        raise NotFound("link.ended")
    return link


def use_sign_in_link(session: Session, token: str, *, at: datetime) -> User:
    """The person the link signs in; it works no second time."""
    link = find_link(session, token, "sign_in", at=at)
    user = session.get_one(User, link.user_id)
    if not user.active:
        raise NotFound("link.ended")
    link.used_at = at
    audit(session, "link.used", by=user.id, at=at, subject=user.name)
    return user


def set_up(session: Session, token: str, form: SetupForm, *, at: datetime) -> User:
    """The first administrator, who also leads the first team."""
    link = find_link(session, token, "setup", at=at)
    if queries.has_administrator(session):
        raise NotFound("link.ended")
    if form.password != form.password_again:
        raise Invalid("password.not_the_same")
    user = create_user(
        session,
        name=form.name,
        display_name=form.display_name,
        password=form.password,
        is_administrator=True,
        at=at,
    )
    team = create_team(
        session,
        slug=form.team_slug,
        name=form.team_name,
        language=form.language,
        time_zone=form.time_zone,
        week_rule=form.week_rule,
        at=at,
        by=user.id,
    )
    grant_role(session, user, team, "lead", at=at, by=user.id)
    link.used_at = at
    session.execute(delete(OneTimeLink).where(OneTimeLink.purpose == "setup", OneTimeLink.id != link.id))
    return user


def _membership(session: Session, user: User, team: Team) -> Membership | None:
    return session.scalar(
        select(Membership).where(Membership.user_id == user.id, Membership.team_id == team.id)
    )


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
    if name not in TIME_ZONES:
        raise Invalid("time_zone.unknown")
    return name


def _week_rule(rule: str) -> str:
    if rule not in WEEK_RULES:
        raise Invalid("week_rule.unknown")
    return rule
