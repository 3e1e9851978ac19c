"""What `weekline read` and `weekline import` print."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.console.errors import refusal_text
from app.console.texts import say

if TYPE_CHECKING:
    from app.document.schema import Block, Document, PageReading
    from app.exchange.importing import Entry


def print_reading(name: str, reading: PageReading) -> None:
    """A summary for people: the week, how much of what was found, and each problem with its line."""
    document = reading.document
    print(document.title or say("read.untitled"))
    for label, value in _summary(document):
        print(f"  {label}: {value}")
    print(f"  {say('read.problems')}: {len(reading.problems)}")
    for problem in reading.problems:
        print(f"{name}:{problem.line}: {say(problem.severity)}: {problem.message}")


def _summary(document: Document) -> Iterator[tuple[str, str]]:
    week = document.week
    if week is None:
        yield say("read.week"), say("read.week.none")
    else:
        yield say("read.week"), f"{week.year}-W{week.number:02d}, {week.start} – {week.end} ({week.rule})"
    kinds: Counter[str] = Counter(section.kind for section in document.sections)
    yield say("read.sections"), _counted(kinds)
    yield say("read.items"), str(sum(_items(section.blocks) for section in document.sections))
    readings = ", ".join(f"{metric.name} {metric.value}{metric.unit or ''}" for metric in document.metrics)
    yield say("read.metrics"), f"{len(document.metrics)}{f' ({readings})' if readings else ''}"
    yield say("read.incidents"), str(len(document.incidents))
    yield say("read.goals"), str(len(document.goals))
    yield say("read.facts"), _counted(Counter(fact.kind for fact in document.facts))
    yield say("read.links"), str(len(document.links))


def _counted(kinds: Counter[str]) -> str:
    detail = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))
    return f"{kinds.total()}{f' ({detail})' if detail else ''}"


def _items(blocks: list[Block]) -> int:
    return sum((block.kind == "item") + _items(block.blocks) for block in blocks)


def print_entries(entries: list[Entry], *, dry_run: bool) -> bool:
    """Each problem as `page:line: message`, then the counts; whether every page went in."""
    from app.exchange.importing import counts

    for entry in entries:
        for problem in entry.problems if entry.outcome != "unchanged" else ():
            print(f"{entry.name}:{problem.line}: {problem.message}", file=sys.stderr)
        if entry.reason is not None:
            reason = refusal_text(entry.reason.key, **entry.reason.values)
            print(f"{entry.name}:0: {say('import.skipped', reason=reason)}", file=sys.stderr)
        elif dry_run:
            week = f" {entry.week.year}-W{entry.week.number:02d}" if entry.week else ""
            print(f"{entry.name}: {say(entry.outcome)}{week}")
    totals = counts(entries)
    print((say("import.dry_run") if dry_run else "") + say("import.counts", **totals))
    return totals["skipped"] == 0
