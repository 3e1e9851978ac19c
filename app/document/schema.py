"""The report document: what one weekly report page says, as typed values.

The document is the hub of the program. The page reader makes it, the writer prints it, a revision
stores it, a diff compares two of it. The **text of the blocks is the truth**; metrics, incidents,
goals, facts and links are values recognised in that text, each with the place where it stands.

Two kinds of position occur:

* a `Place` is content: section index, path of child indexes below the section's `blocks`, and
  character offsets into that block's `text`;
* a `Source` is provenance: character offsets and line in the page that was read (after CRLF → LF).
  It is absent for what people typed into the program, and takes no part in comparing documents.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

SectionKind = Literal[
    "metrics",
    "key_work",
    "workstream",
    "incidents",
    "other",
    "reflections",
    "next_goals",
    "daily_reports",
    "custom",
]
WeekRule = Literal["jan1-monday", "iso"]
YearFrom = Literal["label", "title_date", "created", "content"]
Severity = Literal["info", "warning", "error"]
Grade = Literal["A", "B", "C", "D", "AB", "CD", "open"]


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Source(Model):
    """Where something stood in the page: character offsets, and the first line (1-based).

    A block's source also knows where each `lines` of its text began, so that a place in the text
    can be found in the page although indentation and escapes were taken away.
    """

    start: int
    end: int
    line: int
    lines: tuple[int, ...] = ()


class Place(Model):
    """Where a value stands: `path` walks `blocks` from the section down; offsets are into its text.

    A value that reaches over several blocks names the first one and ends where that text ends.
    """

    section: int
    path: tuple[int, ...]
    start: int
    end: int


class Block(Model):
    """A list item, a paragraph, or text to keep letter by letter (`code`: fenced code, tables).

    `text` is the block's own lines, list mark and indentation removed, markup kept, joined by
    newlines. It holds no blank line and no ASCII white space around a line (`lines.normalise_text`
    makes such texts of what a person typed). `number` is set only where an ordered item bears
    another number than the one that follows: the first is 1, the next one more than its neighbour.
    """

    kind: Literal["item", "paragraph", "code"]
    text: str
    ordered: bool = False
    number: int | None = None
    blocks: list[Block] = []
    source: Source | None = None


class Section(Model):
    """A heading and what stands below it. `heading` is None for a run of blocks without one."""

    kind: SectionKind
    code: str | None = None
    title: str | None = None
    heading: str | None = None
    level: int = 2
    parent: int | None = None
    blocks: list[Block] = []
    source: Source | None = None


class Property(Model):
    """One `Key: value` line below the title; `separator` is what stood between, `: ` or `：`."""

    key: str
    value: str
    separator: str = ": "


class Week(Model):
    """Which week the report is about; `start` is a Monday, `end` the Sunday after."""

    label: str
    year: int
    number: int
    start: date
    end: date
    rule: WeekRule
    year_from: YearFrom


class Metric(Model):
    """A reading in the metrics section. `value` is the typed string, digits as reported.

    `numerator` and `denominator` are the counts in brackets behind it, digits only. Where several metrics
    share a name by strokes, `name` is what is meant and need not stand in `literal`.
    """

    name: str
    group: str | None = None
    value: str
    decimals: int
    unit: str | None = None
    literal: str
    place: Place
    source: Source | None = None
    numerator: str | None = None
    denominator: str | None = None


class Unreported(Model):
    """A metric of which the page says that it has no value this week; `literal` are the words for it."""

    name: str
    group: str | None = None
    literal: str
    place: Place
    source: Source | None = None


class Amount(Model):
    """Money as written: an exact decimal as a string; `count` is the number of payments, if said."""

    value: str
    currency: str | None = None
    count: int | None = None
    literal: str


class Incident(Model):
    """A production event. What the page does not state is None, never a guess or 0.

    Times are local ISO minutes (`2025-06-05T14:40`). The fields partition the incident's text:
    `symptom` is everything that is not the time and not labelled cause, handling or impact.
    `blocks` are the paths of the section's blocks that the incident covers, the first one first.
    """

    started_at: str | None = None
    started_literal: str | None = None
    recovered_at: str | None = None
    symptom: str
    cause: str | None = None
    handling: str | None = None
    impact: str | None = None
    grade: Grade | None = None
    parties: list[str] = []
    amounts: list[Amount] = []
    section: int
    blocks: list[tuple[int, ...]]
    source: Source | None = None


class Goal(Model):
    text: str
    place: Place
    source: Source | None = None


class Reflections(Model):
    empty: bool = True
    text: str = ""


class Link(Model):
    text: str
    href: str
    kind: Literal["external", "page"]
    place: Place
    source: Source | None = None


class FactBase(Model):
    literal: str
    certain: bool = True
    place: Place
    source: Source | None = None


class ProgressFact(FactBase):
    """`value` in percent, 0 to 100."""

    kind: Literal["progress"] = "progress"
    value: Decimal


class DateFact(FactBase):
    """`iso` is a day (`2025-06-07`), a month (`2025-09`) or a span `start/end` of either."""

    kind: Literal["date"] = "date"
    iso: str
    precision: Literal["day", "week", "month_part", "month", "month_range", "day_range", "half"]
    role: str | None = None
    status: Literal["planned", "actual", "as_of", "period"]


class DoneTotalFact(FactBase):
    kind: Literal["done_total"] = "done_total"
    done: int
    total: int


class PartsTotalFact(FactBase):
    """`parts` by name; `sum_ok` is False where they do not add up to `total`."""

    kind: Literal["parts_total"] = "parts_total"
    total: int
    parts: dict[str, int]
    sum_ok: bool


class AmountFact(FactBase):
    kind: Literal["amount"] = "amount"
    value: str
    currency: str | None = None
    count: int | None = None


Fact = Annotated[
    ProgressFact | DateFact | DoneTotalFact | PartsTotalFact | AmountFact,
    Field(discriminator="kind"),
]


class Document(Model):
    """One weekly report. Content first, then what was recognised in it.

    The title comes first on nearly every page. Where something stands before it, `title_at` is the
    section it stands before; `second_title` (the title again, with other separators) has the same.
    `title_level` is 0 for a title that is a plain line.
    """

    title: str | None = None
    title_level: int = 1
    title_at: int = 0
    second_title: str | None = None
    second_title_at: int = 0
    properties: list[Property] = []
    properties_at: Literal["title", "second_title"] = "title"
    bom: bool = False
    week: Week | None = None
    sections: list[Section] = []

    metrics: list[Metric] = []
    unreported: list[Unreported] = []
    incident_counts: dict[str, int] = {}
    incidents: list[Incident] = []
    goals: list[Goal] = []
    reflections: Reflections = Reflections()
    facts: list[Fact] = []
    links: list[Link] = []


class Problem(Model):
    """What the reader was unsure of. `message` says what to do; `line` is 1-based, 0 for the page."""

    line: int
    severity: Severity
    key: str
    message: str


class PageReading(Model):
    """The answer of the page reader: the document, its problems, and the text it was read from."""

    document: Document
    problems: list[Problem]
    text: str
