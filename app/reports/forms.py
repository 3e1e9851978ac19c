"""What the report's forms send, checked and with line ends made one character."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal

from fastapi import Form
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from app.errors import Invalid, NotFound, TooLarge

Direction = Literal["up", "down", "in", "out"]
ROLE_LENGTH = 40
LARGEST_ID = 2**31 - 1
MOST_TOGETHER = 50
"""How many lines one event may stand in, to be brought back as one."""
PAGE_BYTES = 256 * 1024
DATE_STATUSES = ("planned", "actual", "as_of", "period")


def _one_line_end(text: str) -> str:
    """Line ends as one character, and no NUL, which PostgreSQL cannot keep."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


Text = Annotated[str, AfterValidator(_one_line_end)]


class FormModel(BaseModel):
    model_config = ConfigDict(extra="ignore")


class ItemForm(FormModel):
    """An item's text, with the version and text it was opened with."""

    text: Text
    version: int
    base: Text | None = None


class SaidDateForm(FormModel):
    """A date of an item's text, by its words and where they stand."""

    literal: Text
    start: int
    version: int


class NewItemForm(FormModel):
    section: int
    text: Text = ""
    parent: int | None = None
    after: int | None = None


class MoveForm(ItemForm):
    direction: Direction


class HeadingForm(FormModel):
    heading: Text
    version: int = 0
    after: int | None = None


class SectionMoveForm(FormModel):
    direction: Literal["up", "down"]


class PublicationForm(FormModel):
    version: int
    reason: Text = ""


def _of_a_page(text: str) -> str:
    """A page of at most 256 kB."""
    if len(text) > PAGE_BYTES // 4 and len(text.encode("utf-8", "replace")) > PAGE_BYTES:
        raise TooLarge("page.too_large", limit=PAGE_BYTES // 1024)
    return text


PageText = Annotated[Text, AfterValidator(_of_a_page)]


class SourceForm(FormModel):
    """The week as one Markdown page, with the version of the report and the page that it was opened with.

    `settled` are the clashes that were looked at, `kept` which texts of them stay.
    """

    text: PageText
    version: int
    base: PageText = ""
    settled: list[str] = []
    kept: list[str] = []


class PageForm(FormModel):
    """A page to be read; `section` where it is meant for one section only."""

    text: PageText
    section: int | None = None


class TakingForm(PageForm):
    """A page that was read and looked at. `how` matters only where something is written already."""

    version: int
    how: Literal["add", "replace"] = "replace"


class DiscardForm(FormModel):
    version: int


class FactForm(FormModel):
    """A decision on a chip; the fields of its kind are read where it corrects.

    Without `start` and `end` it is a value that a person adds: `literal` are the words that say it.
    """

    kind: Literal["progress", "date", "done_total", "parts_total", "amount"]
    literal: Text
    start: int | None = None
    end: int | None = None
    decision: Literal["confirmed", "corrected", "dismissed", "open"]
    value: Text = ""
    iso: Text = ""
    role: Text = ""
    status: Text = "planned"
    done: Text = ""
    total: Text = ""
    currency: Text = ""
    count: Text = ""


class OutcomeForm(FormModel):
    outcome: Literal["done", "carried", "dropped", ""] = ""
    note: Text = ""
    version: int


class RestorationForm(FormModel):
    """The items that a form removed together, the first one first."""

    item: Annotated[
        list[Annotated[int, Field(ge=1, le=LARGEST_ID)]], Field(min_length=1, max_length=MOST_TOGETHER)
    ]


class CarriedForm(FormModel):
    decision: Literal["keep", "drop", "back"]


class NewWeekForm(FormModel):
    """`sure` where the person was told that the week is unusual, and starts it all the same.

    `then` is where to go on: writing it, or pasting a page.
    """

    period_start: Text
    sure: bool = False
    then: Literal["edit", "paste"] = "edit"


class WayBackForm(FormModel):
    """`next` is the page to go on with."""

    next: Text = ""


class SkippedWeekForm(WayBackForm):
    period_start: Text
    reason: Text


ItemData = Annotated[ItemForm, Form()]
NewItemData = Annotated[NewItemForm, Form()]
MoveData = Annotated[MoveForm, Form()]
HeadingData = Annotated[HeadingForm, Form()]
SectionMoveData = Annotated[SectionMoveForm, Form()]
PublicationData = Annotated[PublicationForm, Form()]
DiscardData = Annotated[DiscardForm, Form()]
SourceData = Annotated[SourceForm, Form()]
PageData = Annotated[PageForm, Form()]
TakingData = Annotated[TakingForm, Form()]
FactData = Annotated[FactForm, Form()]
OutcomeData = Annotated[OutcomeForm, Form()]
SaidDateData = Annotated[SaidDateForm, Form()]
RestorationData = Annotated[RestorationForm, Form()]
CarriedData = Annotated[CarriedForm, Form()]
NewWeekData = Annotated[NewWeekForm, Form()]
WayBackData = Annotated[WayBackForm, Form()]
SkippedWeekData = Annotated[SkippedWeekForm, Form()]


def day_of(text: str) -> date:
    """The day of a form field; Invalid with what to type where it is none."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid("form.not_a_day", typed=text[:40]) from None


def day_in_path(text: str) -> date:
    """The day that an address names; NotFound where it names none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound("report.not_found") from None


def fact_value(form: FactForm) -> dict[str, Any]:
    """The corrected fields of a fact as the document keeps them; Invalid where one is no such value."""
    if form.decision != "corrected":
        return {}
    match form.kind:
        case "progress":
            percent = _decimal(form.value.strip().rstrip("%％"))
            if not 0 <= percent <= 100:
                raise Invalid("fact.percent_range", typed=form.value[:40])
            return {"value": f"{percent:f}"}
        case "date":
            if form.status not in DATE_STATUSES:
                raise Invalid("fact.not_a_date", typed=form.status[:40])
            return {
                "iso": day_of(form.iso).isoformat(),
                "precision": "day",
                "role": form.role.strip()[:ROLE_LENGTH] or None,
                "status": form.status,
            }
        case "done_total":
            done, total = _count(form.done), _count(form.total)
            return {"done": done, "total": total}
        case "parts_total":
            return {"total": _count(form.total)}
        case "amount":
            amount = _decimal(form.value.replace(",", "").strip())
            return {
                "value": f"{amount:f}",
                "currency": form.currency.strip().upper()[:3] or None,
                "count": _count(form.count) if form.count.strip() else None,
            }


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise Invalid("fact.not_a_number", typed=text[:40]) from None
    if not number.is_finite() or abs(number.adjusted()) > 20:
        raise Invalid("fact.not_a_number", typed=text[:40])
    return number


def _count(text: str) -> int:
    text = text.replace(",", "").strip()
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise Invalid("fact.not_a_count", typed=text[:40])
    return int(text)
