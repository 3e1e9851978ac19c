"""What was read from a page, beside its source: every value highlighted there and listed here. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.document.places import walk
from app.document.schema import Document, Fact, PageReading, Problem, Source
from app.reports.comparison import SectionName
from app.reports.report_page import heading_words

MOST_VALUES = 400


@dataclass(frozen=True, slots=True)
class Value:
    """A value found in the text: `said` is what it was taken for, `literal` what stands there."""

    number: int
    kind: str
    literal: str
    said: str
    line: int
    start: int
    end: int
    certain: bool = True
    adds_up: bool = True


@dataclass(frozen=True, slots=True)
class Bit:
    """A piece of a source line, and the value it is, if any."""

    text: str
    value: Value | None = None


@dataclass(frozen=True, slots=True)
class SectionRead:
    name: SectionName
    line: int
    blocks: int
    values: list[Value]

    @property
    def is_plain(self) -> bool:
        """Kept as text: the heading is not known, and nothing was recognised below it."""
        return self.name.kind == "custom" and not self.values


@dataclass(frozen=True, slots=True)
class ReadingShown:
    """The source in lines of bits, what was found by section, and what to look at first."""

    lines: list[list[Bit]]
    sections: list[SectionRead]
    doubts: list[Value]
    sums: list[Value]
    problems: list[Problem]
    blocks: int
    metrics: int
    events: int
    goals: int
    dates: int


def reading_shown(reading: PageReading) -> ReadingShown:
    """All that was read, in the order of the page; uncertain values and wrong sums apart."""
    document = reading.document
    values = _numbered(document, reading.text)
    shown_apart = {"fact.sum", "fact.uncertain"}
    return ReadingShown(
        lines=_lines(reading.text, values),
        sections=list(_sections(document, reading.text, values)),
        doubts=[value for value in values if not value.certain],
        sums=[value for value in values if not value.adds_up],
        problems=[problem for problem in reading.problems if problem.key not in shown_apart],
        blocks=sum(1 for section in document.sections for _ in walk(section.blocks)),
        metrics=len(document.metrics),
        events=len(document.incidents),
        goals=len(document.goals),
        dates=sum(1 for fact in document.facts if fact.kind == "date"),
    )


def _numbered(document: Document, text: str) -> list[Value]:
    """Values in the order of the page, none inside another."""
    found = sorted(_found(document, text), key=lambda value: (value.start, -value.end))
    kept: list[Value] = []
    for value in found:
        if value.start < value.end and (not kept or kept[-1].end <= value.start) and len(kept) < MOST_VALUES:
            kept.append(
                Value(
                    len(kept) + 1,
                    value.kind,
                    value.literal,
                    value.said,
                    value.line,
                    value.start,
                    value.end,
                    value.certain,
                    value.adds_up,
                )
            )
    return kept


def _found(document: Document, text: str) -> Iterator[Value]:
    for metric in document.metrics:
        if metric.source:
            said = f"{metric.name} {metric.value}{metric.unit or ''}"
            yield _value("metric", metric.source, text, said)
    for incident in document.incidents:
        if incident.source and incident.started_literal:
            at = text.find(incident.started_literal, incident.source.start, incident.source.end + 80)
            if at >= 0:
                place = Source(
                    start=at, end=at + len(incident.started_literal), line=text.count("\n", 0, at) + 1
                )
                grade = f" {incident.grade}" if incident.grade else ""
                yield _value("event", place, text, f"{(incident.started_at or '').replace('T', ' ')}{grade}")
    for fact in document.facts:
        if fact.source:
            yield _value(
                fact.kind,
                fact.source,
                text,
                _said(fact),
                certain=fact.certain,
                adds_up=fact.sum_ok if fact.kind == "parts_total" else True,
            )


def _value(
    kind: str, source: Source, text: str, said: str, *, certain: bool = True, adds_up: bool = True
) -> Value:
    literal = text[source.start : source.end]
    return Value(0, kind, literal, said, source.line, source.start, source.end, certain, adds_up)


def _said(fact: Fact) -> str:
    match fact.kind:
        case "progress":
            return f"{fact.value:f}%"
        case "date":
            return " ".join(filter(None, (fact.iso.replace("/", " – "), fact.role)))
        case "done_total":
            return f"{fact.done} / {fact.total}"
        case "parts_total":
            return f"{' + '.join(str(part) for part in fact.parts.values())} = {fact.total}"
        case "amount":
            return " ".join(filter(None, (fact.currency, fact.value)))


def _lines(text: str, values: list[Value]) -> list[list[Bit]]:
    lines: list[list[Bit]] = []
    waiting = iter(values)
    value = next(waiting, None)
    at = 0
    for line in text.split("\n"):
        end = at + len(line)
        bits: list[Bit] = []
        while value is not None and value.start < end:
            if value.start > at:
                bits.append(Bit(text[at : value.start]))
            bits.append(Bit(text[max(at, value.start) : min(value.end, end)], value))
            at = min(value.end, end)
            if value.end > end:
                break
            value = next(waiting, None)
        if at < end:
            bits.append(Bit(text[at:end]))
        lines.append(bits)
        at = end + 1
    return lines[:-1] if lines and not lines[-1] else lines


def _sections(document: Document, text: str, values: list[Value]) -> Iterator[SectionRead]:
    starts = [section.source.start if section.source else 0 for section in document.sections]
    for index, section in enumerate(document.sections):
        start = starts[index]
        end = starts[index + 1] if index + 1 < len(starts) else len(text)
        yield SectionRead(
            name=SectionName(section.kind, section.code, heading_words(section)[1]),
            line=section.source.line if section.source else 1,
            blocks=sum(1 for _ in walk(section.blocks)),
            values=[value for value in values if start <= value.start < end],
        )
