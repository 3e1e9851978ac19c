"""People, teams and roles: the administrators' pages."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from sqlalchemy.orm import Session

from app.accounts import actions, form_actions, links, queries
from app.accounts.access import Administrator
from app.accounts.forms import FIELDS, NewPersonForm, PersonForm, RoleForm, TeamForm
from app.accounts.models import Team, User
from app.accounts.policy import ROLES
from app.web.clock import Now
from app.web.database import DbSession
from app.web.forms import Filled, show_again
from app.web.htmx import go_to
from app.web.templates import page

router = APIRouter(prefix="/settings")
TEAM_FIELDS = {**FIELDS, "team.unknown": "parent"}


@router.get("/people")
def people(request: Request, viewer: Administrator, session: DbSession) -> Response:
    return page(request, "accounts/people.html", {"people": queries.people_with_roles(session)})


@router.get("/people/new")
def new_person(request: Request, viewer: Administrator, session: DbSession) -> Response:
    return _new_person_page(request, session, Filled({"role": "lead"}))


@router.post("/people")
def add_person(
    request: Request,
    viewer: Administrator,
    form: Annotated[NewPersonForm, Form()],
    session: DbSession,
    now: Now,
) -> Response:
    """Adds somebody and shows the link by which they sign in for the first time."""
    show_again(
        request,
        form,
        FIELDS,
        lambda session, filled, status: _new_person_page(request, session, filled, status=status),
    )
    user = form_actions.add_person(session, form, at=now, by=viewer.user_id)
    link = links.make_sign_in_link(session, user, at=now, by=viewer.user_id)
    return _person_page(request, session, user, link=link)


@router.get("/people/{person_id}")
def person(
    request: Request, viewer: Administrator, person_id: int, session: DbSession, saved: str = ""
) -> Response:
    return _person_page(request, session, queries.person(session, person_id), saved=saved)


@router.post("/people/{person_id}")
def change_person(
    request: Request,
    viewer: Administrator,
    person_id: int,
    form: Annotated[PersonForm, Form()],
    session: DbSession,
    now: Now,
) -> Response:
    """A new display name, and whether they administer."""
    show_again(
        request,
        form,
        FIELDS,
        lambda session, filled, status: _person_page(
            request, session, queries.person(session, person_id), form=filled, status=status
        ),
    )
    form_actions.change_person(session, person_id, form, at=now, by=viewer.user_id)
    return go_to(request, f"/settings/people/{person_id}?saved=person")


@router.post("/people/{person_id}/roles")
def grant_role(
    request: Request,
    viewer: Administrator,
    person_id: int,
    form: Annotated[RoleForm, Form()],
    session: DbSession,
    now: Now,
) -> Response:
    form_actions.grant_role(session, person_id, form, at=now, by=viewer.user_id)
    return go_to(request, f"/settings/people/{person_id}?saved=roles")


@router.post("/people/{person_id}/roles/{team_id}/end")
def revoke_role(
    request: Request, viewer: Administrator, person_id: int, team_id: int, session: DbSession, now: Now
) -> Response:
    user = queries.person(session, person_id)
    actions.revoke_role(session, user, queries.team(session, team_id), at=now, by=viewer.user_id)
    return go_to(request, f"/settings/people/{person_id}?saved=roles")


@router.post("/people/{person_id}/link")
def make_link(
    request: Request, viewer: Administrator, person_id: int, session: DbSession, now: Now
) -> Response:
    """Shows a new one-time sign-in link; it cannot be shown again."""
    user = queries.person(session, person_id)
    link = links.make_sign_in_link(session, user, at=now, by=viewer.user_id)
    return _person_page(request, session, user, link=link)


@router.post("/people/{person_id}/deactivation")
def deactivate(
    request: Request, viewer: Administrator, person_id: int, session: DbSession, now: Now
) -> Response:
    actions.deactivate(session, queries.person(session, person_id), at=now, by=viewer.user_id)
    return go_to(request, f"/settings/people/{person_id}?saved=deactivated")


@router.post("/people/{person_id}/activation")
def activate(
    request: Request, viewer: Administrator, person_id: int, session: DbSession, now: Now
) -> Response:
    actions.activate(session, queries.person(session, person_id), at=now, by=viewer.user_id)
    return go_to(request, f"/settings/people/{person_id}?saved=activated")


@router.get("/teams")
def teams(request: Request, viewer: Administrator, session: DbSession, saved: str = "") -> Response:
    context = {"teams": queries.all_teams(session), "saved": saved == "team"}
    return page(request, "accounts/settings_teams.html", context)


@router.get("/teams/new")
def new_team(request: Request, viewer: Administrator, session: DbSession) -> Response:
    return _team_page(request, session, None, Filled(TeamForm().model_dump()))


@router.post("/teams")
def add_team(
    request: Request,
    viewer: Administrator,
    form: Annotated[TeamForm, Form()],
    session: DbSession,
    now: Now,
) -> Response:
    show_again(
        request,
        form,
        TEAM_FIELDS,
        lambda session, filled, status: _team_page(request, session, None, filled, status=status),
    )
    form_actions.add_team(session, form, at=now, by=viewer.user_id)
    return go_to(request, "/settings/teams?saved=team")


@router.get("/teams/{team_id}")
def team(request: Request, viewer: Administrator, team_id: int, session: DbSession) -> Response:
    found = queries.team(session, team_id)
    return _team_page(request, session, found, _filled_from(found))


@router.post("/teams/{team_id}")
def change_team(
    request: Request,
    viewer: Administrator,
    team_id: int,
    form: Annotated[TeamForm, Form()],
    session: DbSession,
    now: Now,
) -> Response:
    show_again(
        request,
        form,
        TEAM_FIELDS,
        lambda session, filled, status: _team_page(
            request, session, queries.team(session, team_id), filled, status=status
        ),
    )
    form_actions.change_team(session, team_id, form, at=now, by=viewer.user_id)
    return go_to(request, "/settings/teams?saved=team")


def _new_person_page(request: Request, session: Session, form: Filled, *, status: int = 200) -> Response:
    context = {
        "form": form,
        "teams": queries.all_teams(session),
        "roles": ROLES,
        "here": "/settings/people/new",
    }
    return page(request, "accounts/new_person.html", context, status=status)


def _person_page(
    request: Request,
    session: Session,
    user: User,
    *,
    form: Filled | None = None,
    link: str | None = None,
    saved: str = "",
    status: int = 200,
) -> Response:
    context = {
        "person": user,
        "form": form
        or Filled({"display_name": user.display_name, "is_administrator": user.is_administrator}),
        "held": queries.roles_of(session, user.id),
        "teams": queries.all_teams(session),
        "roles": ROLES,
        "link": request.app.state.settings.public_url + link if link else None,
        "link_hours": links.SIGN_IN_LINK_HOURS,
        "saved": saved,
        "here": f"/settings/people/{user.id}",
    }
    return page(request, "accounts/person.html", context, status=status)


def _team_page(
    request: Request, session: Session, team: Team | None, form: Filled, *, status: int = 200
) -> Response:
    context = {
        "changed": team,
        "form": form,
        "parents": [other for other in queries.all_teams(session) if team is None or other.id != team.id],
        "time_zones": actions.time_zones(),
        "here": f"/settings/teams/{team.id if team else 'new'}",
    }
    return page(request, "accounts/settings_team.html", context, status=status)


def _filled_from(team: Team) -> Filled:
    return Filled(
        {
            "team_name": team.name,
            "team_slug": team.slug,
            "language": team.language,
            "time_zone": team.time_zone,
            "week_rule": team.week_rule,
            "parent": str(team.parent_id or ""),
        }
    )
