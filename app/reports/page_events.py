"""An event as it is read: its text dealt out to time, symptom and labelled parts, nothing left out. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.document.clauses import find_labels
from app.document.schema import Block, Document, Incident
from app.reports.page_text import FactNote, Facts, Path, Prose

_AFTER_TIME = re.compile(r"[\s:：,，、\-—–*_]*")
_COLON = re.compile(r"[\s*_]*([:：]?)[\s*_]*$")
_FIRST_CLAUSE = re.compile(r"[^，,。；;：:（(\n]{4,40}(?=[，,。；;：:（(\n]|$)")
_BALANCED = re.compile(r"[*_`\[\]]")


@dataclass(frozen=True, slots=True)
class EventPart:
    """A part of an event's text below its first line; `label` as written, `colon` what follows it there."""

    prose: Prose
    label: str | None = None
    colon: str = ""


@dataclass(frozen=True, slots=True)
class EventView:
    """An event: its first line in two weights, parts in the order of the text, what the margin knows.

    `after_time` is the punctuation between time and title; `minutes` from start to recovery, both
    stated; `more` the note of the incidents feature, where the event is known there.
    """

    time: str | None
    started_at: str | None
    after_time: str
    title: Prose
    rest: Prose
    lines: list[Prose]
    parts: list[EventPart]
    grade: str | None
    minutes: int | None
    notes: list[FactNote]
    more: Any = None


@dataclass(frozen=True, slots=True)
class Events:
    """The events of a section by the block each begins in, and the blocks whose text they show."""

    by_path: Mapping[Path, EventView]
    covered: frozenset[Path]


NO_EVENTS = Events({}, frozenset())


def events_of(document: Document, facts: Facts, incident_notes: Mapping[Any, Any]) -> dict[int, Events]:
    """The events by section. Blocks that two events share stay text, so that nothing is told twice."""
    owners: dict[tuple[int, Path], int] = {}
    shared: set[int] = set()
    for index, incident in enumerate(document.incidents):
        for path in incident.blocks:
            other = owners.setdefault((incident.section, path), index)
            if other != index:
                shared |= {other, index}
    views: dict[int, dict[Path, EventView]] = {}
    covered: dict[int, set[Path]] = {}
    for index, incident in enumerate(document.incidents):
        if index in shared or not incident.blocks:
            continue
        view = _event(document, incident, facts, incident_notes.get(index))
        views.setdefault(incident.section, {})[incident.blocks[0]] = view
        covered.setdefault(incident.section, set()).update(incident.blocks)
    return {section: Events(views[section], frozenset(covered[section])) for section in views}


def minutes_between(start: str | None, end: str | None) -> int | None:
    """Minutes from one ISO minute to another; None where either is missing or they are out of order."""
    if not start or not end or len(start) < 16 or len(end) < 16:
        return None
    minutes = (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds() // 60
    return int(minutes) if minutes >= 0 else None


def _event(document: Document, incident: Incident, facts: Facts, more: Any) -> EventView:
    section = incident.section
    time, after_time = None, ""
    title = rest = Prose("")
    lines: list[Prose] = []
    parts: list[EventPart] = []
    notes: list[FactNote] = []
    for number, path in enumerate(incident.blocks):
        prose = facts.prose(section, path, _block_at(document, section, path))
        notes += [note for note in facts.notes(section, path) if note.kind != "date"]
        at = 0
        if number == 0:
            time, after_time, at = _time(incident, prose.text)
        pieces = _pieces(prose, at)
        if number == 0 and pieces and pieces[0].label is None:
            title, rest = _first_clause(pieces.pop(0).prose)
        for piece in pieces:
            if piece.label is None and not parts:
                lines.append(piece.prose)
            else:
                parts.append(piece)
    return EventView(
        time=time,
        started_at=incident.started_at,
        after_time=after_time,
        title=title,
        rest=rest,
        lines=lines,
        parts=parts,
        grade=incident.grade if more is None else more.grade,
        minutes=minutes_between(incident.started_at, incident.recovered_at),
        notes=notes,
        more=more,
    )


def _block_at(document: Document, section: int, path: Path) -> Block:
    block = document.sections[section].blocks[path[0]]
    for step in path[1:]:
        block = block.blocks[step]
    return block


def _time(incident: Incident, text: str) -> tuple[str | None, str, int]:
    """The time the text begins with, the punctuation behind it, and where the text goes on."""
    literal = incident.started_literal
    start = text.find(literal) if literal else -1
    if literal is None or start < 0 or text[:start].strip("*_ \t"):
        return None, "", 0
    end = start + len(literal)
    between = _AFTER_TIME.match(text, end)
    at = between.end() if between else end
    return literal, text[end:at].strip("*_ \t\n"), at


def _pieces(prose: Prose, at: int) -> list[EventPart]:
    """The text from `at` on, parted before each label that stands in it."""
    text = prose.text
    pieces: list[EventPart] = []
    label, colon = None, ""
    for start, end, _ in _labels(text, at):
        _add(pieces, prose, at, start, label, colon)
        written = text[start:end]
        found = _COLON.search(written)
        label = written[: found.start() if found else len(written)].strip("*_ \t\n")
        colon, at = found[1] if found else "", end
    _add(pieces, prose, at, len(text), label, colon)
    return pieces


def _labels(text: str, at: int) -> Sequence[tuple[int, int, str]]:
    return [found for found in find_labels(text) if found[0] >= at]


def _add(pieces: list[EventPart], prose: Prose, start: int, end: int, label: str | None, colon: str) -> None:
    part = prose.cut(start, end)
    if part or label is not None:
        pieces.append(EventPart(part, label, colon))


def _first_clause(prose: Prose) -> tuple[Prose, Prose]:
    """The words up to the first stop, to stand out like a title, and the rest."""
    found = _FIRST_CLAUSE.match(prose.text)
    end = found.end() if found else 0
    if _BALANCED.search(prose.text[:end]):
        return Prose(""), prose
    return prose.cut(0, end), prose.cut(end, len(prose.text))
