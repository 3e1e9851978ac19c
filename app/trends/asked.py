"""What the address of a trend page asks for: its whole state, so that a link shows the same page again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import Depends, Query
from pydantic import BeforeValidator

Weeks = Literal["6", "26", "52", "all"]
Unit = Literal["percent", "ppm"]
Teams = Literal["own", "below"]

WINDOW: Mapping[Weeks, int | None] = {"6": 52, "26": 26, "52": 52, "all": None}
"""Weeks of the wide chart; `6` shows the last six beside twelve months."""

Day = Annotated[date | None, BeforeValidator(lambda typed: typed or None), Query()]
"""A day; a field of a form left empty is none."""


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of days, both ends included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Asked:
    """Which weeks, in which unit, as they were known when; two periods to compare; a department's teams.

    `until` is the last day shown, `as_of` the day whose knowledge is shown; None is today.
    """

    weeks: Weeks = "6"
    unit: Unit = "percent"
    until: date | None = None
    as_of: date | None = None
    from_a: date | None = None
    to_a: date | None = None
    from_b: date | None = None
    to_b: date | None = None
    teams: Teams = "own"

    @property
    def compared(self) -> tuple[Period, Period] | None:
        """The two periods to compare; None unless all four days are given and in order."""
        if self.from_a is None or self.to_a is None or self.from_b is None or self.to_b is None:
            return None
        if self.from_a > self.to_a or self.from_b > self.to_b:
            return None
        return Period(self.from_a, self.to_a), Period(self.from_b, self.to_b)

    def state(self, **changes: Any) -> dict[str, str]:
        """What differs from the usual, by name, with some of it changed; `None` takes a thing away."""
        usual = Asked()
        asked = {field.name: getattr(self, field.name) for field in fields(self)} | changes
        return {name: str(value) for name, value in asked.items() if value != getattr(usual, name)}

    def query(self, **changes: Any) -> str:
        """The query of a link that changes some of it; what is usual is left out."""
        state = self.state(**changes)
        return f"?{urlencode(state)}" if state else ""


def asked(
    weeks: Weeks = "6",
    unit: Unit = "percent",
    until: Day = None,
    as_of: Day = None,
    from_a: Day = None,
    to_a: Day = None,
    from_b: Day = None,
    to_b: Day = None,
    teams: Teams = "own",
) -> Asked:
    return Asked(weeks, unit, until, as_of, from_a, to_a, from_b, to_b, teams)


WhatIsAsked = Annotated[Asked, Depends(asked)]
