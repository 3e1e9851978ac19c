"""Links that show a team's trend page to whoever has them: made, listed, withdrawn; only hashes are kept."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.accounts import sessions
from app.accounts.actions import audit
from app.accounts.models import SharedLink, Team, User
from app.db import Database
from app.errors import Invalid, NotFound

log = structlog.get_logger("weekline.accounts")
DAYS = ("7", "30", "90")
NAME_LENGTH = 120
SEEN_EVERY = timedelta(minutes=5)


def make_shared_link(
    session: Session, team_id: int, *, name: str, days: str, query: str, by: int, at: datetime
) -> str:
    """The path of a new link; it cannot be shown again. `query` is the state of the page it opens with."""
    line = " ".join(name.split())
    if not line or len(line) > NAME_LENGTH:
        raise Invalid("shared.no_name", longest=NAME_LENGTH)
    if days not in DAYS:
        raise Invalid("shared.unknown_days")
    token = sessions.new_token()
    link = SharedLink(
        team_id=team_id,
        token_hash=sessions.hash_token(token),
        name=line,
        query=query,
        created_by_id=by,
        created_at=at,
        expires_at=at + timedelta(days=int(days)),
    )
    session.add(link)
    audit(session, "shared_link.made", by=by, at=at, team_id=team_id, subject=line, days=int(days))
    session.flush()
    return f"/shared/{token}"


def withdraw_shared_link(session: Session, link: SharedLink, *, by: int, at: datetime) -> None:
    """From now on the link shows nothing; withdrawing it again changes nothing."""
    if link.withdrawn_at is not None:
        return
    link.withdrawn_at = at
    audit(session, "shared_link.withdrawn", by=by, at=at, team_id=link.team_id, subject=link.name)
    session.flush()


def shared_links_of(session: Session, team_id: int) -> list[tuple[SharedLink, str | None]]:
    """The team's links, newest first, each with who made it."""
    rows = session.execute(
        select(SharedLink, User.display_name)
        .outerjoin(User, User.id == SharedLink.created_by_id)
        .where(SharedLink.team_id == team_id)
        .order_by(SharedLink.created_at.desc(), SharedLink.id.desc())
    )
    return [(row[0], row[1]) for row in rows]


def shared_link_of(session: Session, team_id: int, link_id: int) -> SharedLink:
    link = session.get(SharedLink, link_id, with_for_update=True)
    if link is None or link.team_id != team_id:
        raise NotFound("shared.not_found")
    return link


def find_shared_link(session: Session, token: str, *, at: datetime) -> tuple[SharedLink, Team]:
    """The link and its team. Unknown, expired and withdrawn links are told alike."""
    found = session.execute(
        select(SharedLink, Team)
        .join(Team, Team.id == SharedLink.team_id)
        .where(SharedLink.token_hash == sessions.hash_token(token))
    ).one_or_none()
    if found is None or found[0].withdrawn_at is not None or found[0].expires_at <= at:
        raise NotFound("shared.ended")
    return found[0], found[1]


def note_seen(database: Database, link_id: int, at: datetime) -> None:
    """Write down that the link is in use. Who cannot write must still be able to read."""
    try:
        with database.writing() as session:
            session.execute(update(SharedLink).where(SharedLink.id == link_id).values(seen_at=at))
    except SQLAlchemyError as problem:
        log.warning("could not note a shared link's use", error=type(problem).__name__)
