"""What a browser sends to be saved: changes of items, in the order in which they were made."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from app.document.blocks import DEEPEST
from app.reports.forms import LARGEST_ID, Text

UID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
FIELD = r"^[a-z][a-z0-9.-]*$"
MOST_CHANGES = 200
MOST_NEW_ITEMS = 2000

Uid = Annotated[str, Field(pattern=UID)]
RowId = Annotated[int, Field(ge=1, le=LARGEST_ID, strict=True)]
Ref = RowId | Uid
"""An item: its id, or the name that the browser gave it when it made it."""


class _Sent(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class TextChange(_Sent):
    """Another text for an item; `base` is the text it was typed over."""

    kind: Literal["text"]
    item: Ref
    text: Text
    version: int
    base: Text | None = None


class NewItem(_Sent):
    uid: Uid
    text: Text = ""
    kind: Literal["item", "paragraph"] = "item"
    ordered: bool = False
    items: tuple[NewItem, ...] = ()


def _not_too_many(items: tuple[NewItem, ...]) -> tuple[NewItem, ...]:
    count, level = 0, items
    for _ in range(DEEPEST):
        count += len(level)
        level = tuple(child for item in level for child in item.items)
    if level or count > MOST_NEW_ITEMS:
        raise ValueError(f"at most {MOST_NEW_ITEMS} items, {DEEPEST} levels deep")
    return items


class AddChange(_Sent):
    """New items with what is below them: after `after`, else first below `parent` or in the section."""

    kind: Literal["add"]
    section: RowId
    parent: Ref | None = None
    after: Ref | None = None
    items: Annotated[tuple[NewItem, ...], Field(min_length=1), AfterValidator(_not_too_many)]


class MoveChange(_Sent):
    """An item, with all below it, to another place: after `after`, else first."""

    kind: Literal["move"]
    item: Ref
    section: RowId
    parent: Ref | None = None
    after: Ref | None = None


class RemoveChange(_Sent):
    """An item goes, with all below it."""

    kind: Literal["remove"]
    item: Ref
    version: int


class RestoreChange(_Sent):
    """A removed item comes back as it was, with all below it: after `after`, else first.

    `below` are the names that the browser has for what stands below it.
    """

    kind: Literal["restore"]
    item: Ref
    section: RowId
    parent: Ref | None = None
    after: Ref | None = None
    below: Annotated[tuple[Ref, ...], Field(max_length=MOST_NEW_ITEMS)] = ()


class KeepChange(_Sent):
    """A carried item is confirmed as it stands."""

    kind: Literal["keep"]
    item: Ref


class ReopenChange(_Sent):
    """That a carried item was confirmed is taken back: it is open again."""

    kind: Literal["reopen"]
    item: Ref
    version: int


class DropChange(_Sent):
    """A carried item is taken out, with all below it; it can be brought back until the week is published."""

    kind: Literal["drop"]
    item: Ref


class BringBackChange(_Sent):
    """A dropped item stands where it stood."""

    kind: Literal["bring_back"]
    item: Ref


Change = Annotated[
    TextChange
    | AddChange
    | MoveChange
    | RemoveChange
    | RestoreChange
    | KeepChange
    | ReopenChange
    | DropChange
    | BringBackChange,
    Field(discriminator="kind"),
]


class SaveName(_Sent):
    """Which save it is: of the open page, of a field in it, and its number, which counts up."""

    client: Uid
    field: Annotated[str, Field(pattern=FIELD, max_length=64)]
    sequence: Annotated[int, Field(ge=1, le=LARGEST_ID)]


class ChangesForm(SaveName):
    """One step: all of its changes are saved, or none."""

    changes: Annotated[tuple[Change, ...], Field(min_length=1, max_length=MOST_CHANGES)]
