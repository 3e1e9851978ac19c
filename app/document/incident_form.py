"""One incident as the program's form knows it, and the blocks it writes for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.document.lines import normalise_text
from app.document.phrases import find_grade, find_moment, find_recovery
from app.document.schema import Block, Grade, Incident
from app.document.vocabulary import LABELS, Label, Language


@dataclass(frozen=True, slots=True)
class IncidentFields:
    """Times are local ISO minutes; `started_literal` is kept where it still says the time."""

    symptom: str
    started_at: str | None = None
    started_literal: str | None = None
    recovered_at: str | None = None
    impact: str | None = None
    cause: str | None = None
    handling: str | None = None
    grade: Grade | None = None


def fields_of(incident: Incident) -> IncidentFields:
    return IncidentFields(
        symptom=incident.symptom,
        started_at=incident.started_at,
        started_literal=incident.started_literal,
        recovered_at=incident.recovered_at,
        impact=incident.impact,
        cause=incident.cause,
        handling=incident.handling,
        grade=incident.grade,
    )


def incident_blocks(fields: IncidentFields, *, language: Language, monday: date) -> list[Block]:
    """The regular blocks of one incident; below an incidents heading they are read as the same fields.

    A bullet `6/5 14:40 symptom`, then an indented paragraph a labelled part. The recovery and the
    grade get a line of their own only where the other texts do not say them. A text that holds a
    label itself (`原因：`) is dealt out anew when it is read.
    """
    symptom, impact, cause, handling = (
        _one_text(text) for text in (fields.symptom, fields.impact, fields.cause, fields.handling)
    )
    head = " ".join(part for part in (_started(fields, monday), symptom) if part)
    said = "\n".join(part for part in (symptom, impact, cause, handling) if part)
    parts: list[tuple[Label, str | None]] = [("impact", impact), ("cause", cause), ("handling", handling)]
    if fields.recovered_at and fields.recovered_at != _said_recovery(fields, head, handling, symptom, monday):
        parts.append(("recovered", short_moment(fields.recovered_at, monday)))
    if fields.grade and fields.grade != find_grade(said):
        parts.append(("grade", _grade(fields.grade, language)))
    colon = "：" if language == "zh" else ": "
    paragraphs = [
        Block(kind="paragraph", text=f"{LABELS[label][language]}{colon}{text}")
        for label, text in parts
        if text
    ]
    return [Block(kind="item", text=head, blocks=paragraphs)]


def _one_text(text: str | None) -> str:
    return "\n".join(normalise_text(text or ""))


def _started(fields: IncidentFields, monday: date) -> str:
    literal = (fields.started_literal or "").strip()
    if fields.started_at is None:
        return literal
    if literal and (moment := find_moment(literal, monday)) and moment.started_at == fields.started_at:
        return literal
    return short_moment(fields.started_at, monday)


def short_moment(iso: str, monday: date) -> str:
    """`6/5 14:40`, with the year where it is not the one nearest to the week."""
    when = datetime.fromisoformat(iso)
    clock = f" {when:%H:%M}" if "T" in iso else ""
    short = f"{when.month}/{when.day}{clock}"
    moment = find_moment(short, monday)
    return short if moment and moment.started_at == iso else f"{when:%Y-%m-%d}{clock}"


def shown_recovery(event: Incident, monday: date) -> str:
    """When it was over as a form shows it: `14:52`, or with the day where that is another one."""
    if event.recovered_at is None:
        return ""
    same_day = event.recovered_at[:10] == (event.started_at or "")[:10]
    return event.recovered_at[11:] if same_day else short_moment(event.recovered_at, monday)


def _said_recovery(
    fields: IncidentFields, head: str, handling: str, symptom: str, monday: date
) -> str | None:
    moment = find_moment(head, monday)
    if fields.started_at is None or moment is None:
        return None
    return find_recovery(handling, symptom, fields.started_at, moment.until)


def _grade(grade: Grade, language: Language) -> str:
    if grade == "open":
        return "待定级" if language == "zh" else "open"
    return f"{grade}级" if language == "zh" else f"{grade}"
