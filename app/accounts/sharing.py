"""Links that show a team's trend page to whoever has them: made, listed, withdrawn; only hashes are kept.

A link shows what its maker may share: it stops while they are deactivated or no longer lead the team.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.accounts import sessions
from app.accounts.actions import audit
from app.accounts.models import Membership, SharedLink, Team, User
from app.db import Database
from app.errors import Invalid, NotFound

log = structlog.get_logger("weekline.accounts")
DAYS = ("7", "30", "90")
NAME_LENGTH = 120
SEEN_EVERY = timedelta(minutes=5)


Stopped = Literal["withdrawn", "expired", "maker_gone"]


@dataclass(frozen=True, slots=True)
class LinkInList:
    """A link, who made it, and why it shows nothing any more."""

    link: SharedLink
    maker: str | None
    stopped: Stopped | None


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


def shared_links_of(session: Session, team_id: int, *, at: datetime) -> list[LinkInList]:
    """The team's links, newest first, each with who made it and why it shows nothing, if so."""
    rows = session.execute(
        select(SharedLink, User)
        .outerjoin(User, User.id == SharedLink.created_by_id)
        .where(SharedLink.team_id == team_id)
        .order_by(SharedLink.created_at.desc(), SharedLink.id.desc())
    ).all()
    sharers = _who_may_share(session, team_id)
    return [
        LinkInList(link, maker.display_name if maker else None, _stopped(link, maker, sharers, at))
        for link, maker in rows
    ]


def shared_link_of(session: Session, team_id: int, link_id: int) -> SharedLink:
    link = session.get(SharedLink, link_id, with_for_update=True)
    if link is None or link.team_id != team_id:
        raise NotFound("shared.not_found")
    return link


def find_shared_link(session: Session, token: str, *, at: datetime) -> tuple[SharedLink, Team]:
    """The link and its team. Unknown, expired, withdrawn and stopped links are told alike."""
    found = session.execute(
        select(SharedLink, Team, User)
        .join(Team, Team.id == SharedLink.team_id)
        .outerjoin(User, User.id == SharedLink.created_by_id)
        .where(SharedLink.token_hash == sessions.hash_token(token))
    ).one_or_none()
    if found is None:
        raise NotFound("shared.ended")
    link, team, maker = found
    if _stopped(link, maker, _who_may_share(session, team.id), at):
        raise NotFound("shared.ended")
    return link, team


def _stopped(link: SharedLink, maker: User | None, sharers: Collection[int], at: datetime) -> Stopped | None:
    """Why the link shows nothing."""
    if link.withdrawn_at is not None:
        return "withdrawn"
    if link.expires_at <= at:
        return "expired"
    if maker is None or not maker.active or not (maker.is_administrator or maker.id in sharers):
        return "maker_gone"
    return None


def _who_may_share(session: Session, team_id: int) -> frozenset[int]:
    """Who leads the team, or a department above it."""
    above = select(Team.id, Team.parent_id).where(Team.id == team_id).cte("above", recursive=True)
    above = above.union(select(Team.id, Team.parent_id).join(above, above.c.parent_id == Team.id))
    return frozenset(
        session.scalars(
            select(Membership.user_id).where(
                Membership.role == "lead", Membership.team_id.in_(select(above.c.id))
            )
        )
    )


def note_seen(database: Database, link_id: int, at: datetime) -> None:
    """Write down that the link is in use. Who cannot write must still be able to read."""
    try:
        with database.writing() as session:
            session.execute(update(SharedLink).where(SharedLink.id == link_id).values(seen_at=at))
    except SQLAlchemyError as problem:
        log.warning("could not note a shared link's use", error=type(problem).__name__)
