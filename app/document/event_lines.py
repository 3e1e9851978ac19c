"""Events as people type or paste them: one line each, with the lines that go on about it. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from app.document.headings import says_none
from app.document.incidents import find_incidents
from app.document.lines import normalise_text
from app.document.phrases import find_moment, find_recovery
from app.document.schema import Block, Document, Incident, Section

_MARK = re.compile(
    r"[ \t\u3000]*(?:[-*+•●▪◦‣·][ \t\u3000]+|\d{1,2}(?:[.)．）、])[ \t\u3000]*(?=\D|\d{1,2}[/月]))"
)
_LONGEST_LINE = 400


def event_blocks(text: str, monday: date) -> list[Block]:
    """The events of a typed or pasted text: one begins with each line that begins with a day and time.

    List marks go; a line without a time belongs to the event above it. Text in which no line begins with a
    time is one event.
    """
    lines = [_MARK.sub("", line, count=1).strip() for line in text.replace("\r\n", "\n").split("\n")]
    events: list[list[str]] = []
    for line in filter(None, lines):
        if not events or find_moment(line[:_LONGEST_LINE], monday) is not None:
            events.append([line])
        else:
            events[-1].append(line)
    blocks = []
    for first, *rest in events:
        head = normalise_text(first) or [first]
        below = [*head[1:], *(one for line in rest for one in normalise_text(line))]
        paragraphs = [Block(kind="paragraph", text=one) for one in below]
        blocks.append(Block(kind="item", text=head[0], blocks=paragraphs))
    return blocks


def read_events(blocks: Sequence[Block], monday: date) -> list[Incident]:
    """What is read from these blocks as a list of events."""
    return find_incidents(blocks, kind="incidents", section=0, monday=monday)[0]


def says_no_events(document: Document) -> bool:
    """Whether the report says, in so many words, that there were none."""
    if document.incidents:
        return False
    return any(statement_of(section) is not None for section in document.sections)


def statement_of(section: Section) -> Block | None:
    """The block of a section of events that says there were none: `暂无`."""
    if section.kind != "incidents":
        return None
    return next((block for block in section.blocks if block.text and says_none(block.text)), None)


def events_against(document: Document, index: int) -> list[Incident]:
    """The events that contradict a section's word that there were none.

    Its own and those of its parts; of a report with one section of events, all, wherever they are told.
    """
    sections = document.sections
    if sum(section.kind == "incidents" for section in sections) == 1:
        return document.incidents
    within = {index}
    for place, section in enumerate(sections):
        if section.parent in within:
            within.add(place)
    return [event for event in document.incidents if event.section in within]


def next_day_recovery(event: Incident) -> str | None:
    """The ISO minute an event was over if the clock time that is said is one of the day after.

    None where a recovery is known, or none is said that is earlier than the start. Whether it was the
    next day only a person can say.
    """
    if event.recovered_at is not None or event.started_at is None or "T" not in event.started_at:
        return None
    said = find_recovery(event.handling or "", event.symptom, f"{event.started_at[:10]}T00:00")
    if said is None or said >= event.started_at or said[:10] != event.started_at[:10]:
        return None
    return (datetime.fromisoformat(said) + timedelta(days=1)).isoformat(timespec="minutes")
