"""Whose pages they are: the team named, the only one there is, or a first one made on the spot."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.actions import create_team
from app.accounts.models import Team
from app.document.schema import WeekRule
from app.document.vocabulary import Language
from app.errors import Invalid, NotFound

DEFAULT_SLUG = "team"
DEFAULT_NAME = {"zh": "团队", "en": "Team"}


def team_named(session: Session, slug: str | None) -> Team | None:
    """The team to work on; None where the database holds no team and none was named.

    Raises NotFound for an unknown name, and Invalid where there are several and none was named; both
    list the teams there are.
    """
    teams = {team.slug: team for team in session.scalars(select(Team).order_by(Team.slug))}
    known = ", ".join(teams)
    if slug is not None:
        if slug not in teams:
            key = "exchange.team.unknown" if teams else "exchange.team.none_yet"
            raise NotFound(key, slug=slug, known=known)
        return teams[slug]
    if len(teams) > 1:
        raise Invalid("exchange.team.needed", known=known)
    return next(iter(teams.values()), None)


def team_or_first(
    session: Session, slug: str | None, *, language: Language, rule: WeekRule | None, at: datetime
) -> Team:
    """As `team_named`, with a first team made where there is none."""
    team = team_named(session, slug)
    if team is not None:
        return team
    return create_team(
        session,
        slug=DEFAULT_SLUG,
        name=DEFAULT_NAME[language],
        language=language,
        week_rule=rule or "jan1-monday",
        at=at,
    )
