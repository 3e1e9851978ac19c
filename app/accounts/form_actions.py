"""What the forms of this feature do, in terms of `actions`: text becomes people, teams and roles here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts import actions, links, queries
from app.accounts.forms import NewPersonForm, PersonForm, RoleForm, SetupForm, TeamForm
from app.accounts.models import Team, User
from app.errors import Invalid, NotFound


def set_up(session: Session, token: str, form: SetupForm, *, at: datetime) -> User:
    """The first administrator, who also leads the first team. The link, and any other, is used up."""
    links.hold_setup_links(session)
    link = links.use_link(session, links.find_link(session, token, "setup", at=at), at=at)
    if form.password != form.password_again:
        raise Invalid("password.not_the_same")
    user = actions.create_user(
        session,
        name=form.name,
        display_name=form.display_name,
        password=form.password,
        is_administrator=True,
        at=at,
    )
    team = add_team(session, form, at=at, by=user.id)
    actions.grant_role(session, user, team, "lead", at=at, by=user.id)
    links.end_setup_links(session, but=link)
    return user


def add_person(session: Session, form: NewPersonForm, *, at: datetime, by: int) -> User:
    """A new person, with a first role if the form names a team."""
    team = _named(session, form.team)
    user = actions.create_user(
        session,
        name=form.name,
        display_name=form.display_name,
        is_administrator=form.is_administrator,
        at=at,
        by=by,
    )
    if team is not None:
        actions.grant_role(session, user, team, form.role, at=at, by=by)
    return user


def change_person(session: Session, user_id: int, form: PersonForm, *, at: datetime, by: int) -> None:
    actions.change_person(
        session,
        queries.person(session, user_id, to_change=True),
        display_name=form.display_name,
        is_administrator=form.is_administrator,
        version=form.version,
        at=at,
        by=by,
    )


def grant_role(session: Session, user_id: int, form: RoleForm, *, at: datetime, by: int) -> None:
    user, team = queries.person(session, user_id), _named(session, form.team)
    if team is None:
        raise Invalid("team.unknown")
    actions.grant_role(session, user, team, form.role, at=at, by=by)


def add_team(session: Session, form: TeamForm, *, at: datetime, by: int) -> Team:
    return actions.create_team(
        session,
        slug=form.team_slug.strip(),
        name=form.team_name,
        language=form.language,
        time_zone=form.time_zone,
        week_rule=form.week_rule,
        parent=_named(session, form.parent),
        at=at,
        by=by,
    )


def change_team(session: Session, team_id: int, form: TeamForm, *, at: datetime, by: int) -> None:
    actions.change_team(
        session,
        queries.team(session, team_id, to_change=True),
        name=form.team_name,
        language=form.language,
        time_zone=form.time_zone,
        week_rule=form.week_rule,
        parent=_named(session, form.parent),
        version=form.version,
        at=at,
        by=by,
    )


def _named(session: Session, team_id: str) -> Team | None:
    """The team a form names by its id; None where the field was left empty."""
    if not team_id:
        return None
    try:
        return queries.team(session, team_id)
    except NotFound:
        raise Invalid("team.unknown") from None
