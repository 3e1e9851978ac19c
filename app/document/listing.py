"""The reading of a page as one JSON object: what `weekline read PAGE --json` prints.

Every `start` and `end` counts characters of the page, so that `page[start:end]` is what stands
there; a value of text that no page was read for has none (null).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from app.document.schema import (
    AmountFact,
    Block,
    DateFact,
    Document,
    DoneTotalFact,
    Fact,
    Incident,
    Metric,
    PageReading,
    PartsTotalFact,
    ProgressFact,
    Section,
    Source,
    Week,
)

Json = dict[str, Any]


def as_json(reading: PageReading) -> Json:
    """The object, of JSON values only; keys as in the documentation of the command."""
    document, text = reading.document, reading.text
    return {
        "title": document.title,
        "week": None if document.week is None else _week(document.week),
        "properties": [{"key": item.key, "value": item.value} for item in document.properties],
        "sections": [_section(section) for section in document.sections],
        "metrics": [_metric(metric, text) for metric in document.metrics],
        **_unreported(document, text),
        "incident_counts": dict(document.incident_counts),
        "incidents": [_incident(incident) for incident in document.incidents],
        "goals": [{"text": goal.text, **_span(goal.source)} for goal in document.goals],
        "reflections": {"empty": document.reflections.empty, "text": document.reflections.text},
        "facts": [_fact(fact, text) for fact in document.facts],
        "links": [{"text": link.text, "href": link.href, "kind": link.kind} for link in document.links],
        "problems": [problem.model_dump() for problem in reading.problems],
    }


def _week(week: Week) -> Json:
    return {
        "label": week.label,
        "year": week.year,
        "number": week.number,
        "start": week.start.isoformat(),
        "end": week.end.isoformat(),
        "rule": week.rule,
        "year_from": week.year_from,
    }


def _section(section: Section) -> Json:
    return {
        "kind": section.kind,
        "code": section.code,
        "title": section.title,
        "heading": section.heading,
        "level": section.level,
        "parent": section.parent,
        **_span(section.source),
        **_contents(section.blocks),
    }


def _contents(blocks: list[Block]) -> Json:
    return {
        "paragraphs": [block.text for block in blocks if block.kind != "item"],
        "items": [
            {"text": block.text, **_span(block.source), **_contents(block.blocks)}
            for block in blocks
            if block.kind == "item"
        ],
    }


def _metric(metric: Metric, text: str) -> Json:
    return {
        "name": metric.name,
        "group": metric.group,
        "value": metric.value,
        "decimals": metric.decimals,
        "unit": metric.unit,
        "literal": _literal(metric.literal, metric.source, text),
        **_span(metric.source),
        **_counts(metric),
    }


def _counts(metric: Metric) -> Json:
    """Only where the page gives them."""
    if metric.numerator is None:
        return {}
    return {"numerator": metric.numerator, "denominator": metric.denominator}


def _unreported(document: Document, text: str) -> Json:
    """Only where the page says so of a metric."""
    if not document.unreported:
        return {}
    return {
        "unreported": [
            {
                "name": one.name,
                "group": one.group,
                "literal": _literal(f"{one.name}：{one.literal}", one.source, text),
                **_span(one.source),
            }
            for one in document.unreported
        ]
    }


def _incident(incident: Incident) -> Json:
    return {
        "started_at": incident.started_at,
        "started_literal": incident.started_literal,
        "recovered_at": incident.recovered_at,
        "symptom": incident.symptom,
        "cause": incident.cause,
        "handling": incident.handling,
        "impact": incident.impact,
        "grade": incident.grade,
        "parties": list(incident.parties),
        "amounts": [amount.model_dump() for amount in incident.amounts],
        **_span(incident.source),
    }


def _fact(fact: Fact, text: str) -> Json:
    return {
        "kind": fact.kind,
        "literal": _literal(fact.literal, fact.source, text),
        "certain": fact.certain,
        **_span(fact.source),
        "section": fact.place.section,
        **_values(fact),
    }


def _values(fact: Fact) -> Json:
    match fact:
        case ProgressFact():
            return {"value": _number(fact.value)}
        case DateFact():
            return {"iso": fact.iso, "precision": fact.precision, "role": fact.role, "status": fact.status}
        case DoneTotalFact():
            return {"done": fact.done, "total": fact.total}
        case PartsTotalFact():
            return {"total": fact.total, "parts": dict(fact.parts), "sum_ok": fact.sum_ok}
        case AmountFact():
            return {"value": fact.value, "currency": fact.currency, "count": fact.count}


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _literal(literal: str, source: Source | None, text: str) -> str:
    return literal if source is None else text[source.start : source.end]


def _span(source: Source | None) -> dict[str, int | None]:
    return {"start": None if source is None else source.start, "end": None if source is None else source.end}
