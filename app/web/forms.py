"""Forms that are shown again with what was typed and, beside each field, what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from fastapi import Request
from pydantic import BaseModel
from sqlalchemy.orm import Session
from starlette.responses import Response


@dataclass(frozen=True, slots=True)
class Filled:
    """What a form shows: values by field, and messages by field (`""` for the form as a whole)."""

    values: Mapping[str, str | bool] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def value(self, name: str) -> str:
        return str(self.values.get(name) or "")

    def error(self, name: str) -> str | None:
        return self.errors.get(name)


ShowAgain = Callable[[Session, Filled, int], Response]


@dataclass(frozen=True, slots=True)
class Again:
    """How a refused form is shown again."""

    typed: Mapping[str, str | bool]
    fields: Mapping[str, str]
    show: ShowAgain


def show_again(request: Request, form: BaseModel, fields: Mapping[str, str], show: ShowAgain) -> None:
    """If this request is refused: roll back, then `show` the form again with what was typed.

    `fields` names the field that a refusal's key is about. Passwords are never sent back.
    """
    typed = {name: value for name, value in form.model_dump().items() if "password" not in name}
    request.state.again = Again(typed, fields, show)
