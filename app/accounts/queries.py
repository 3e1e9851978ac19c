"""Questions about people, teams, roles and sign-ins."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, literal_column, select, true
from sqlalchemy.orm import Session

from app.accounts.models import Membership, SignInSession, Team, User
from app.accounts.policy import Role, Viewer
from app.errors import NotFound


def _viewer_statement() -> Select[*tuple[Any, ...]]:
    """Session, person, and roles with those inherited from departments, as one row a role and team."""
    mine = (
        select(Membership.team_id.label("team_id"), Membership.role.label("role"))
        .join(SignInSession, SignInSession.user_id == Membership.user_id)
        .where(SignInSession.token_hash == bindparam("token_hash"))
    )
    reach = mine.cte("reach", recursive=True)
    reach = reach.union(select(Team.id, reach.c.role).join(reach, Team.parent_id == reach.c.team_id))
    return (
        select(
            SignInSession.id,
            SignInSession.created_at,
            SignInSession.seen_at,
            SignInSession.expires_at,
            User.id,
            User.name,
            User.display_name,
            User.language,
            User.is_administrator,
            User.active,
            reach.c.team_id,
            reach.c.role,
        )
        .select_from(SignInSession)
        .join(User, User.id == SignInSession.user_id)
        .outerjoin(reach, true())
        .where(SignInSession.token_hash == bindparam("token_hash"))
    )


VIEWER = _viewer_statement()
TEAM: Select[*tuple[Any, ...]] = select(
    Team.id, Team.slug, Team.name, Team.language, Team.time_zone, Team.week_rule, Team.pulse, Team.parent_id
).where(Team.slug == bindparam("slug"))


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that was found, and the person it stands for."""

    session_id: int
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    active: bool
    viewer: Viewer


@lru_cache(maxsize=2048)
def signed_in_from(rows: tuple[tuple[Any, ...], ...]) -> SignedIn | None:
    """The rows of `VIEWER` as one session; None where there is none. The same rows are not read twice."""
    if not rows:
        return None
    first = rows[0]
    roles: dict[int, set[Role]] = {}
    for row in rows:
        if row[10] is not None:
            roles.setdefault(row[10], set()).add(row[11])
    return SignedIn(
        session_id=first[0],
        created_at=_instant(first[1]),
        seen_at=_instant(first[2]),
        expires_at=_instant(first[3]),
        active=bool(first[9]),
        viewer=Viewer(
            user_id=first[4],
            name=first[5],
            display_name=first[6],
            language=first[7],
            is_administrator=bool(first[8]),
            roles={team: frozenset(held) for team, held in roles.items()},
        ),
    )


def _instant(value: datetime | str) -> datetime:
    """A stored instant as SQLite's driver (text, UTC) or PostgreSQL's gives it."""
    instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant


def user_by_name(session: Session, name: str) -> User | None:
    return session.scalar(select(User).where(User.name == fold_name(name)))


def fold_name(name: str) -> str:
    """A sign-in name as it is stored: case and space around it make no difference."""
    return name.strip().casefold()


def team_by_slug(session: Session, slug: str) -> Team | None:
    return session.scalar(select(Team).where(Team.slug == slug))


def all_teams(session: Session) -> list[Team]:
    """Departments before their teams, by name."""
    teams = list(session.scalars(select(Team).order_by(Team.name, Team.id)))
    below: dict[int | None, list[Team]] = {}
    for team in teams:
        below.setdefault(team.parent_id, []).append(team)
    ordered: list[Team] = []

    def add(parent: int | None) -> None:
        for team in below.get(parent, []):
            ordered.append(team)
            add(team.id)

    add(None)
    return ordered


def visible_teams(session: Session, viewer: Viewer) -> list[Team]:
    """The teams the viewer may see, departments before their teams."""
    return [team for team in all_teams(session) if viewer.is_administrator or team.id in viewer.roles]


def parents(session: Session) -> Mapping[int, int | None]:
    """Every team's department, by id."""
    return {row.id: row.parent_id for row in session.execute(select(Team.id, Team.parent_id))}


def people_with_roles(session: Session) -> list[tuple[User, list[tuple[Team, str]]]]:
    """Everybody by name, with the roles given to them directly."""
    held: dict[int, list[tuple[Team, str]]] = {}
    rows = session.execute(
        select(Membership.user_id, Membership.role, Team)
        .join(Team, Team.id == Membership.team_id)
        .order_by(Team.name)
    )
    for user_id, role, team in rows:
        held.setdefault(user_id, []).append((team, role))
    people = session.scalars(select(User).order_by(User.active.desc(), User.display_name, User.id))
    return [(person, held.get(person.id, [])) for person in people]


def person(session: Session, user_id: int, *, to_change: bool = False) -> User:
    """The person with this id; `to_change` holds off others who want to change them."""
    found = session.get(User, user_id, with_for_update=to_change or None)
    if found is None:
        raise NotFound("user.not_found")
    return found


def team(session: Session, team_id: int | str, *, to_change: bool = False) -> Team:
    """The team with this id, a number or its text as a form sends it; as for `person`."""
    known = re.fullmatch(r"\d{1,9}", str(team_id))
    found = session.get(Team, int(team_id), with_for_update=to_change or None) if known else None
    if found is None:
        raise NotFound("team.not_found")
    return found


def roles_of(session: Session, user_id: int) -> list[tuple[Team, str]]:
    """The roles given to a person directly, by team."""
    rows = session.execute(
        select(Team, Membership.role)
        .join(Membership, Membership.team_id == Team.id)
        .where(Membership.user_id == user_id)
        .order_by(Team.name, Team.id)
    )
    return [(row[0], row[1]) for row in rows]


def sessions_of(session: Session, user_id: int, *, seen_since: datetime, at: datetime) -> list[SignInSession]:
    """The person's sign-ins that still hold, the latest used first."""
    return list(
        session.scalars(
            select(SignInSession)
            .where(
                SignInSession.user_id == user_id,
                SignInSession.expires_at > at,
                SignInSession.seen_at > seen_since,
            )
            .order_by(SignInSession.seen_at.desc())
        )
    )


def time_zone_of(session: Session, user_id: int) -> str:
    """The time zone of the person's team, to show them times in; UTC without a team."""
    zone = session.scalar(
        select(Team.time_zone)
        .join(Membership, Membership.team_id == Team.id)
        .where(Membership.user_id == user_id)
        .order_by(Team.id)
        .limit(1)
    )
    return zone or "UTC"


def has_administrator(session: Session) -> bool:
    """Whether anybody administers this place already."""
    found = session.scalar(
        select(literal_column("1")).select_from(User).where(User.is_administrator, User.active).limit(1)
    )
    return found is not None


def administrators(session: Session) -> int:
    """How many active administrators there are; they stay so until the transaction ends."""
    return len(
        session.scalars(select(User.id).where(User.is_administrator, User.active).with_for_update()).all()
    )
