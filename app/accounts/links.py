"""Links that work once: the first set-up, and signing in without a password. Only hashes are stored."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts import queries, sessions
from app.accounts.models import AuditEvent, OneTimeLink, User
from app.errors import Conflict, NotFound

SIGN_IN_LINK_HOURS = 72
SETUP_LINK_HOURS = 24 * 7


def make_sign_in_link(session: Session, user: User, *, at: datetime, by: int | None = None) -> str:
    """The path of a link that signs the person in once, within three days. Earlier links end."""
    if not user.active:
        raise Conflict("user.inactive")
    end_links_of(session, user.id)
    path = f"/sign-in/{_new(session, 'sign_in', user.id, at=at, hours=SIGN_IN_LINK_HOURS)}"
    session.add(AuditEvent(at=at, user_id=by, action="link.made", subject=user.name, details={}))
    return path


def make_setup_link_if_needed(session: Session, *, at: datetime) -> str | None:
    """The path of the first administrator's set-up page, or None once somebody administers.

    A link made earlier cannot be shown again, since only its hash is stored: each start makes another, and
    all of them end with the first use of one.
    """
    if queries.has_administrator(session):
        return None
    return f"/setup/{_new(session, 'setup', None, at=at, hours=SETUP_LINK_HOURS)}"


def find_link(session: Session, token: str, purpose: str, *, at: datetime) -> OneTimeLink:
    """The link, if it can still be used."""
    link = session.scalar(
        select(OneTimeLink).where(
            OneTimeLink.token_hash == sessions.hash_token(token), OneTimeLink.purpose == purpose
        )
    )
    if link is None or link.used_at is not None or link.expires_at <= at:
        raise NotFound("link.ended")
    if purpose == "setup" and queries.has_administrator(session):
        raise NotFound("link.ended")
    return link


def use_sign_in_link(session: Session, token: str, *, at: datetime) -> User:
    """The person the link signs in; it works no second time."""
    link = use_link(session, find_link(session, token, "sign_in", at=at), at=at)
    user = session.get_one(User, link.user_id)
    if not user.active:
        raise NotFound("link.ended")
    session.add(AuditEvent(at=at, user_id=user.id, action="link.used", subject=user.name, details={}))
    return user


def use_link(session: Session, link: OneTimeLink, *, at: datetime) -> OneTimeLink:
    """Use it up. Of two who try at the same moment, one is refused."""
    used = session.scalar(select(OneTimeLink.used_at).where(OneTimeLink.id == link.id).with_for_update())
    if used is not None:
        raise NotFound("link.ended")
    link.used_at = at
    session.flush()
    return link


def end_links_of(session: Session, user_id: int) -> None:
    """Links of the person that were not used yet work no more."""
    session.execute(delete(OneTimeLink).where(OneTimeLink.user_id == user_id, OneTimeLink.used_at.is_(None)))


def hold_setup_links(session: Session) -> None:
    """Of two who set up at the same moment, the second waits here and then finds it done."""
    session.execute(select(OneTimeLink.id).where(OneTimeLink.purpose == "setup").with_for_update())


def end_setup_links(session: Session, *, but: OneTimeLink) -> None:
    session.execute(delete(OneTimeLink).where(OneTimeLink.purpose == "setup", OneTimeLink.id != but.id))


def _new(session: Session, purpose: str, user_id: int | None, *, at: datetime, hours: int) -> str:
    session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at <= at))
    token = sessions.new_token()
    session.add(
        OneTimeLink(
            token_hash=sessions.hash_token(token),
            purpose=purpose,
            user_id=user_id,
            expires_at=at + timedelta(hours=hours),
        )
    )
    session.flush()
    return token
