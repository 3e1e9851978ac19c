"""What the event forms send."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Form

from app.reports.forms import FormModel, Text


class EventForm(FormModel):
    """An event by its parts; `version` names all items its text stands in.

    `recovered` is when it was over, as a time or day and time, where the form asks for it.
    """

    version: str
    started: Text = ""
    symptom: Text
    impact: Text = ""
    cause: Text = ""
    handling: Text = ""
    asks_recovery: bool = False
    recovered: Text = ""
    grade: Literal["A", "B", "C", "D", "AB", "CD", "open", ""] = ""


class EventMoveForm(EventForm):
    direction: Literal["up", "down"]


class NewEventForm(FormModel):
    """Events in a line each: `6/5 14:40 …`, causes and handling with their labels."""

    section: int
    parent: int | None = None
    text: Text


class RecoveryForm(FormModel):
    """A person's word that an event was over at that moment."""

    version: str
    recovered: Text


class EventTextForm(FormModel):
    text: Text


class NoEventsForm(FormModel):
    """The word that there were no events, or that it is taken back."""

    section: int
    said: bool


EventData = Annotated[EventForm, Form()]
EventMoveData = Annotated[EventMoveForm, Form()]
NewEventData = Annotated[NewEventForm, Form()]
RecoveryData = Annotated[RecoveryForm, Form()]
EventTextData = Annotated[EventTextForm, Form()]
NoEventsData = Annotated[NoEventsForm, Form()]
