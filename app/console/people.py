"""`weekline user …` and `weekline team …`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from app.console.choices import Lang, Role, Rule
from app.console.errors import Said
from app.console.support import opened_database, settings_with
from app.console.texts import LANGUAGE, say

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.accounts.models import Team, User

user = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
team = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

TERMINAL = Lang(LANGUAGE)
PasswordPiped = Annotated[bool, typer.Option("--password-stdin", help=say("help.password_stdin"))]
NameArgument = Annotated[str, typer.Argument(help=say("help.name"))]


@user.command("add", help=say("help.user.add"))
def add_user(
    name: NameArgument,
    display_name: Annotated[str | None, typer.Option(help=say("help.display_name"))] = None,
    administrator: Annotated[bool, typer.Option("--administrator", help=say("help.administrator"))] = False,
    team: Annotated[str | None, typer.Option(help=say("help.user.team"))] = None,
    role: Annotated[Role | None, typer.Option(help=say("help.role"))] = None,
    language: Annotated[Lang | None, typer.Option(help=say("help.user.language"))] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help=say("help.password_stdin"))
    ] = False,
) -> None:
    from app.accounts import actions

    if (team is None) != (role is None):
        raise typer.BadParameter(say("role_and_team"))
    password = _piped_password() if password_stdin else None
    settings, now, link = settings_with(), datetime.now(UTC), None
    with opened_database(settings) as database, database.writing() as session:
        person = actions.create_user(
            session,
            name=name,
            display_name=display_name or name,
            password=password,
            is_administrator=administrator,
            language=language.value if language else None,
            at=now,
        )
        if team is not None and role is not None:
            actions.grant_role(session, person, _team(session, team), role.value, at=now)
        if password is None:
            link = settings.public_url + actions.make_sign_in_link(session, person, at=now)
    print(say("user.added", name=person.name))
    if link is not None:
        print(say("user.link", url=link))


@user.command("password", help=say("help.user.password"))
def set_password(
    name: NameArgument,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help=say("help.password_stdin"))
    ] = False,
) -> None:
    from app.accounts import actions

    with opened_database(settings_with()) as database:
        with database.reading() as session:
            _person(session, name)
        password = (
            _piped_password()
            if password_stdin
            else typer.prompt(say("user.password"), hide_input=True, confirmation_prompt=True, err=True)
        )
        with database.writing() as session:
            person = _person(session, name)
            actions.set_password(session, person, password, at=datetime.now(UTC))
    print(say("user.password_set", name=person.name))


@user.command("link", help=say("help.user.link"))
def make_link(name: NameArgument) -> None:
    from app.accounts import actions

    settings = settings_with()
    with opened_database(settings) as database, database.writing() as session:
        path = actions.make_sign_in_link(session, _person(session, name), at=datetime.now(UTC))
    print(settings.public_url + path)


@user.command("grant", help=say("help.user.grant"))
def grant(
    name: NameArgument,
    team: Annotated[str, typer.Option(help=say("help.user.team"))],
    role: Annotated[Role | None, typer.Option(help=say("help.role"))] = None,
    revoke: Annotated[bool, typer.Option("--revoke", help=say("help.revoke"))] = False,
) -> None:
    from app.accounts import actions

    if (role is None) != revoke:
        raise typer.BadParameter(say("role_or_revoke"))
    with opened_database(settings_with()) as database, database.writing() as session:
        person, on = _person(session, name), _team(session, team)
        if role is None:
            actions.revoke_role(session, person, on, at=datetime.now(UTC))
            print(say("user.revoked", name=person.name, team=on.slug))
        else:
            actions.grant_role(session, person, on, role.value, at=datetime.now(UTC))
            print(say("user.granted", name=person.name, team=on.slug, role=say(role.value)))


@user.command("deactivate", help=say("help.user.deactivate"))
def deactivate(name: NameArgument) -> None:
    from app.accounts import actions

    with opened_database(settings_with()) as database, database.writing() as session:
        person = _person(session, name)
        actions.deactivate(session, person, at=datetime.now(UTC))
    print(say("user.deactivated", name=person.name))


@user.command("list", help=say("help.user.list"))
def list_users() -> None:
    from app.accounts.queries import people_with_roles

    with opened_database(settings_with()) as database, database.reading() as session:
        for person, held in people_with_roles(session):
            roles = [f"{on.slug}={role}" for on, role in held]
            marks = [say("administrator")] * person.is_administrator + [say("user.inactive")] * (
                not person.active
            )
            print("\t".join([person.name, person.display_name, ", ".join(marks + roles)]))


@team.command("add", help=say("help.team.add"))
def add_team(
    slug: Annotated[str, typer.Argument(help=say("help.slug"))],
    name: Annotated[str, typer.Argument(help=say("help.team.name"))],
    parent: Annotated[str | None, typer.Option(help=say("help.parent"))] = None,
    language: Annotated[Lang, typer.Option(help=say("help.language"))] = TERMINAL,
    time_zone: Annotated[str, typer.Option(help=say("help.time_zone"))] = "Asia/Shanghai",
    week_rule: Annotated[Rule, typer.Option(help=say("help.rule"))] = Rule.JAN1_MONDAY,
) -> None:
    from app.accounts import actions

    with opened_database(settings_with()) as database, database.writing() as session:
        made = actions.create_team(
            session,
            slug=slug,
            name=name,
            language=language.value,
            time_zone=time_zone,
            week_rule=week_rule.value,
            parent=_team(session, parent) if parent else None,
            at=datetime.now(UTC),
        )
    print(say("team.added", slug=made.slug))


@team.command("list", help=say("help.team.list"))
def list_teams() -> None:
    from app.accounts.queries import all_teams

    with opened_database(settings_with()) as database, database.reading() as session:
        for each in all_teams(session):
            print("\t".join([each.slug, each.name, each.language, each.time_zone, each.week_rule]))


def _person(session: Session, name: str) -> User:
    from app.accounts.queries import user_by_name

    person = user_by_name(session, name)
    if person is None:
        raise Said(say("user.unknown", name=name))
    return person


def _team(session: Session, slug: str) -> Team:
    from app.exchange.teams import team_named

    found = team_named(session, slug)
    assert found is not None  # a name that is unknown is refused
    return found


def _piped_password() -> str:
    return sys.stdin.readline().rstrip("\r\n")
