"""What the form of a new shared link sends. Pure."""

from __future__ import annotations

from pydantic import BaseModel

from app.accounts.forms import Line

FIELDS = {"shared.no_name": "name", "shared.unknown_days": "days"}


class NewLinkForm(BaseModel):
    name: Line = ""
    days: Line = "30"
