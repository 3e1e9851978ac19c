"""What the event forms send."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Form

from app.reports.forms import FormModel, Text


class EventForm(FormModel):
    """An event by its parts; `version` names all items its text stands in."""

    version: str
    started: Text = ""
    symptom: Text
    impact: Text = ""
    cause: Text = ""
    handling: Text = ""
    grade: Literal["A", "B", "C", "D", "AB", "CD", "open", ""] = ""


class EventMoveForm(EventForm):
    direction: Literal["up", "down"]


class NewEventForm(FormModel):
    """An event in a line: `6/5 14:40 …`, causes and handling with their labels."""

    section: int
    parent: int | None = None
    text: Text


EventData = Annotated[EventForm, Form()]
EventMoveData = Annotated[EventMoveForm, Form()]
NewEventData = Annotated[NewEventForm, Form()]
