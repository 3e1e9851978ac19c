"""What the metric forms send."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form

from app.reports.forms import FormModel, Text


class ReadingForm(FormModel):
    """A metric's value in an item: `base` is the value, with its counts, that the field was opened with.

    `accepted` is a proposed value that takes the place of the typed one. Counts stay as they are where the
    form does not say that it has them (`counted`).
    """

    item: int
    name: Text
    base: Text = ""
    literal: Text = ""
    accepted: Text = ""
    counted: bool = False
    numerator: Text = ""
    denominator: Text = ""
    unreported: bool = False


class ConfirmedValueForm(FormModel):
    """A value that is right, as it stands in the item."""

    item: int
    name: Text
    value: Text


class NewReadingForm(FormModel):
    section: int
    name: Text
    literal: Text = ""


ReadingData = Annotated[ReadingForm, Form()]
ConfirmedValueData = Annotated[ConfirmedValueForm, Form()]
NewReadingData = Annotated[NewReadingForm, Form()]
