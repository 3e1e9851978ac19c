"""What the forms of this feature send, and which field a refusal is about. Pure."""

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
    "time_zone.unknown": "time_zone",
    "language.unknown": "language",
    "week_rule.unknown": "week_rule",
}


class SignInForm(BaseModel):
    name: Line = ""
    password: Line = ""
    next: Line = ""


class TeamFields(BaseModel):
    team_name: Line = ""
    team_slug: Line = ""
    language: Line = "zh"
    time_zone: Line = "Asia/Shanghai"
    week_rule: Line = "jan1-monday"
    parent: Line = ""


class SetupForm(TeamFields):
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


class PersonForm(BaseModel):
    name: Line = ""
    display_name: Line = ""
    is_administrator: bool = False
    team: Line = ""
    role: Line = ""


class RoleForm(BaseModel):
    team: Line = ""
    role: Line = ""


class LanguageForm(BaseModel):
    language: Line = ""
    next: Line = ""


class ThemeForm(BaseModel):
    theme: Line = ""
    next: Line = ""
