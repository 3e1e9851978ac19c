"""What the forms of this feature send, and which field a refusal is about. Pure.

Every field is text of at most 64 kB with a default: what is missing or wrong is said beside its field by
the action that needs it, not by a general error.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel

from app.web.limits import within_limit

Line = Annotated[str, AfterValidator(within_limit)]

FIELDS = {
    "user.bad_name": "name",
    "user.name_taken": "name",
    "user.no_display_name": "display_name",
    "password.too_short": "password",
    "password.too_long": "password",
    "password.not_the_same": "password_again",
    "password.wrong": "password_now",
    "team.bad_slug": "team_slug",
    "team.slug_taken": "team_slug",
    "team.no_name": "team_name",
    "team.circle": "parent",
    "team.unknown": "team",
    "role.unknown": "role",
    "time_zone.unknown": "time_zone",
    "language.unknown": "language",
    "week_rule.unknown": "week_rule",
    "user.last_administrator": "is_administrator",
}


class SignInForm(BaseModel):
    name: Line = ""
    password: Line = ""
    next: Line = ""


class LinkForm(BaseModel):
    """Where to go once signed in by a link; `then` is `password` where one is to be chosen first."""

    next: Line = ""
    then: Line = ""


class TeamForm(BaseModel):
    team_name: Line = ""
    team_slug: Line = ""
    language: Line = "zh"
    time_zone: Line = "Asia/Shanghai"
    week_rule: Line = "jan1-monday"
    parent: Line = ""
    version: int = 0


class SetupForm(TeamForm):
    name: Line = ""
    display_name: Line = ""
    password: Line = ""
    password_again: Line = ""


class AccountForm(BaseModel):
    display_name: Line = ""
    language: Line = ""


class PasswordForm(BaseModel):
    password_now: Line = ""
    password: Line = ""
    password_again: Line = ""


class NewPersonForm(BaseModel):
    name: Line = ""
    display_name: Line = ""
    is_administrator: bool = False
    team: Line = ""
    role: Line = ""


class PersonForm(BaseModel):
    display_name: Line = ""
    is_administrator: bool = False
    version: int = 0


class RoleForm(BaseModel):
    team: Line = ""
    role: Line = ""


class LanguageForm(BaseModel):
    language: Line = ""
    next: Line = ""


class ThemeForm(BaseModel):
    theme: Line = ""
    next: Line = ""
