"""What the metric forms send."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form

from app.reports.forms import FormModel, Text


class ReadingForm(FormModel):
    """A metric's value in an item: `base` is the value the field was opened with."""

    item: int
    name: Text
    base: Text = ""
    literal: Text = ""


class NewReadingForm(FormModel):
    section: int
    name: Text
    literal: Text = ""


ReadingData = Annotated[ReadingForm, Form()]
NewReadingData = Annotated[NewReadingForm, Form()]
