"""The values in a document's text: metrics, incidents, goals, reflections, facts, links.

The text of the blocks is the truth, so this can be done again after every edit, for the whole
document or for one section.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from app.document.grammar.amounts import amount_fact
from app.document.headings import says_none
from app.document.incidents import find_incidents
from app.document.phrases import (
    as_fact,
    find_amounts,
    find_facts,
    find_incident_counts,
    find_links,
    find_parts_total,
    find_rates,
    find_unreported,
    fold,
    is_metric_name,
    total_place,
)
from app.document.places import Path, source_of, walk
from app.document.schema import (
    Block,
    Document,
    Fact,
    Goal,
    Incident,
    Link,
    Metric,
    PartsTotalFact,
    Place,
    Reflections,
    SectionKind,
    Unreported,
)

_ANY_MONDAY = date(2001, 1, 1)  # where no week is known: dates found with it are dropped
_HANDS_DOWN: frozenset[SectionKind] = frozenset(
    {"metrics", "incidents", "next_goals", "reflections", "daily_reports"}
)
_TAKES_OVER: frozenset[SectionKind] = frozenset({"custom", "workstream", "key_work"})
_LONGEST_GROUP = 24
_LONGEST_BLOCK = 50_000  # characters of one block that are read for values: more is no prose


@dataclass(slots=True)
class SectionValues:
    """What was recognised in one section."""

    metrics: list[Metric] = field(default_factory=list)
    unreported: list[Unreported] = field(default_factory=list)
    incident_counts: dict[str, int] = field(default_factory=dict)
    incidents: list[Incident] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    reflections: list[str] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)


def recognise(document: Document, *, monday: date | None) -> Document:
    """The document with all its values found anew in its text; `monday` begins its week."""
    sections = [recognise_section(document, index, monday=monday) for index in range(len(document.sections))]
    counts: dict[str, int] = {}
    for values in sections:
        counts = {**values.incident_counts, **counts}
    reflections = [text for values in sections for text in values.reflections]
    return document.model_copy(
        update={
            "metrics": [metric for values in sections for metric in values.metrics],
            "unreported": [metric for values in sections for metric in values.unreported],
            "incident_counts": counts,
            "incidents": [incident for values in sections for incident in values.incidents],
            "goals": [goal for values in sections for goal in values.goals],
            "reflections": Reflections(
                empty=all(says_none(text) for text in reflections), text="\n".join(reflections)
            ),
            "facts": [fact for values in sections for fact in values.facts],
            "links": [link for values in sections for link in values.links],
        }
    )


def recognise_section(document: Document, index: int, *, monday: date | None) -> SectionValues:
    """The values of one section; they depend on no other section's text."""
    section = document.sections[index]
    kind = meant_kind(document, index)
    values = SectionValues()
    if kind == "metrics":
        group = section.title if section.kind != "metrics" else None
        _read_metrics(section.blocks, (), values, section=index, group=group)
    elif kind == "next_goals":
        values.goals = list(_goals(section.blocks, section=index))
    elif kind == "reflections":
        values.reflections = [block.text for _, block in walk(section.blocks) if block.text]
    values.incidents, told = find_incidents(section.blocks, kind=kind, section=index, monday=monday)
    if kind == "incidents":
        for _, block in walk(section.blocks):
            counts = find_incident_counts(block.text[:_LONGEST_BLOCK])
            values.incident_counts = {**counts, **values.incident_counts}
    values.links = list(_links(section.blocks, section=index))
    if kind != "daily_reports":
        values.facts = list(_facts(section.blocks, (), told, section=index, kind=kind, monday=monday))
    return values


def meant_kind(document: Document, index: int) -> SectionKind:
    """A section's kind, or that of the section it is only a part of: `### 成功率` below the metrics."""
    section = document.sections[index]
    kind, parent = section.kind, section.parent
    while kind in _TAKES_OVER and parent is not None and parent < index:
        above = document.sections[parent]
        if above.kind in _HANDS_DOWN:
            return above.kind
        index, parent = parent, above.parent
    return kind


def _read_metrics(
    blocks: Sequence[Block], prefix: Path, values: SectionValues, *, section: int, group: str | None
) -> None:
    for position, block in enumerate(blocks):
        path = (*prefix, position)
        below = group
        text = block.text[:_LONGEST_BLOCK]
        rates = find_rates(text)
        for rate in rates:
            values.metrics.append(
                Metric(
                    name=rate.name,
                    group=group,
                    value=rate.value,
                    decimals=rate.decimals,
                    unit=rate.unit,
                    literal=block.text[rate.start : rate.end],
                    place=Place(section=section, path=path, start=rate.start, end=rate.end),
                    source=source_of(block, rate.start, rate.end),
                    numerator=rate.numerator,
                    denominator=rate.denominator,
                )
            )
        unreported = find_unreported(text)
        for one in unreported:
            values.unreported.append(
                Unreported(
                    name=one.name,
                    group=group,
                    literal=block.text[one.said_start : one.said_end],
                    place=Place(section=section, path=path, start=one.start, end=one.end),
                    source=source_of(block, one.start, one.end),
                )
            )
        values.incident_counts = {**find_incident_counts(text), **values.incident_counts}
        if not rates and not unreported and (label := _group_label(block)):
            below = label
            if not block.blocks and awaited_name(block) is None:
                group = label
        if block.blocks:
            _read_metrics(block.blocks, path, values, section=section, group=below)


def awaited_name(block: Block) -> str | None:
    """The name of a metric that stands there and waits for its value: a bullet `入金有效成功率：`."""
    text = block.text.rstrip(" *_")
    if block.kind != "item" or block.blocks or not text.endswith(("：", ":")) or "\n" in text:
        return None
    name = text[:-1].strip(" *_")
    return name if is_metric_name(name) else None


def _group_label(block: Block) -> str | None:
    """The words of a line such as `成功率：` that stands over other lines."""
    text = fold(block.text).strip(" *_")
    label = block.text.strip(" \u3000*_").rstrip("：: *_")
    if not label or len(label) > _LONGEST_GROUP or "\n" in label or any(char.isdigit() for char in label):
        return None
    return label if text.endswith(":") or block.kind == "paragraph" or block.blocks else None


def _goals(blocks: Sequence[Block], *, section: int) -> Iterator[Goal]:
    kind = "item" if any(block.kind == "item" for block in blocks) else "paragraph"
    for position, block in enumerate(blocks):
        if block.kind == kind and block.text and not says_none(block.text):
            yield Goal(
                text=block.text,
                place=Place(section=section, path=(position,), start=0, end=len(block.text)),
                source=source_of(block, 0, len(block.text)),
            )


def _links(blocks: Sequence[Block], *, section: int) -> Iterator[Link]:
    for path, block in walk(blocks):
        if _is_fenced(block):
            continue
        for link in find_links(block.text):
            yield Link(
                text=link.text,
                href=link.href,
                kind=link.kind,
                place=Place(section=section, path=path, start=link.start, end=link.end),
                source=source_of(block, link.start, link.end),
            )


def _facts(
    blocks: Sequence[Block],
    prefix: Path,
    told: set[Path],
    *,
    section: int,
    kind: SectionKind,
    monday: date | None,
) -> Iterator[Fact]:
    """Facts in the order of the page. Of an incident's text only amounts are facts: its times are its own."""
    for position, block in enumerate(blocks):
        path = (*prefix, position)
        text = block.text[:_LONGEST_BLOCK]
        parts: list[Fact] = []
        if path in told:
            found = [amount_fact(amount) for amount in find_amounts(text)]
        elif _is_fenced(block):
            found = []
        else:
            found = find_facts(text, monday or _ANY_MONDAY, in_metrics=kind == "metrics")
            if kind == "metrics" and found and find_incident_counts(text):
                found = []  # the day of an accident that is counted here is no promise
            following = (block.blocks or blocks[position + 1 : position + 2])[:1]
            if all(one.kind != "parts_total" for one in found):
                parts = _parts_below(block, following, section=section, path=path)
        for one in found:
            if monday is not None or one.kind != "date":
                fact = as_fact(one, block.text, section, path)
                fact.source = source_of(block, one.start, one.end)
                parts.append(fact)
        yield from sorted(parts, key=lambda fact: fact.place.start)
        if block.blocks:
            yield from _facts(block.blocks, path, told, section=section, kind=kind, monday=monday)


def _parts_below(block: Block, following: Sequence[Block], *, section: int, path: Path) -> list[Fact]:
    """A total whose parts stand in the paragraph below it."""
    text = block.text[:_LONGEST_BLOCK]
    if not following or following[0].kind != "paragraph":
        return []
    total = total_place(text)
    parts = find_parts_total(text, following[0].text[:_LONGEST_BLOCK]) if total else None
    if parts is None or total is None:
        return []
    start, end = total
    return [
        PartsTotalFact(
            literal=block.text[start:end],
            place=Place(section=section, path=path, start=start, end=end),
            source=source_of(block, start, end),
            total=parts.total,
            parts=parts.parts,
            sum_ok=parts.sum_ok,
        )
    ]


def _is_fenced(block: Block) -> bool:
    return block.kind == "code" and not block.text.startswith("|")
