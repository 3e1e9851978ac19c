"""What earlier weeks said of an undertaking: since when in these words, which day it promised first. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from app.document.carrying import CARRIES, PromisedDate, dates_promised, progress_said
from app.document.continuing import Line, continued, lines_of
from app.document.places import Path, block_at
from app.document.recognition import meant_kind
from app.document.schema import Document, Fact

Spot = tuple[int, Path]


@dataclass(frozen=True, slots=True)
class Told:
    """What a week says of an undertaking."""

    text: str
    progress: str | None
    dates: list[PromisedDate]


@dataclass(slots=True)
class History:
    """What is known of a line from the weeks before it."""

    since: date
    """The Monday of the first week that said it in these very words."""
    dates: dict[str | None, list[str]] = field(default_factory=dict)
    """By what is to happen the days promised for it, the newest first; each once as long as it stood."""

    def of(self, promised: PromisedDate) -> PromisedDate:
        """The promise with the day that was promised first."""
        days = self.dates.get(promised.role, [])
        if promised.day is None or not days or days[0] != promised.iso or len(days) == 1:
            return promised
        return replace(promised, first=days[-1], moved=len(days) - 1)


def work_lines(document: Document) -> dict[Spot, Line]:
    """The lines of a week that tell of work."""
    return lines_of(
        document, (n for n in range(len(document.sections)) if meant_kind(document, n) in CARRIES)
    )


def told(document: Document, spots: Iterable[Spot]) -> dict[Spot, Told]:
    """What a week says on these lines and in the paragraphs right below them."""
    facts: dict[Spot, list[Fact]] = {}
    for fact in document.facts:
        facts.setdefault((fact.place.section, fact.place.path), []).append(fact)
    found = {}
    for section, path in spots:
        block = block_at(document.sections[section].blocks, path)
        own = [(*path, n) for n, child in enumerate(block.blocks) if child.kind != "item"]
        known = [fact for at in (path, *own) for fact in facts.get((section, at), ())]
        found[section, path] = Told(block.text, progress_said(known), dates_promised(known))
    return found


def histories(weeks: Sequence[tuple[date, Document]]) -> dict[Spot, History]:
    """By the lines of the newest week what that and the weeks before said.

    `weeks` are documents with their Mondays, the newest first.
    """
    if not weeks:
        return {}
    later, document = weeks[0]
    lines = work_lines(document)
    said = told(document, lines)
    found = {spot: History(later) for spot in lines}
    for spot, history in found.items():
        _add_dates(history, said[spot])
    standing = {spot: spot for spot in lines}
    for monday, earlier in weeks[1:]:
        before = work_lines(earlier)
        went_on = continued(lines, before)
        told_then = told(earlier, went_on.values())
        standing = {spot: went_on[at] for spot, at in standing.items() if at in went_on}
        for spot, at in standing.items():
            _add_dates(found[spot], told_then[at])
            if found[spot].since == later and told_then[at].text == said[spot].text:
                found[spot].since = monday
        later, lines = monday, before
    return found


def _add_dates(history: History, said: Told) -> None:
    roles = [one.role for one in said.dates]
    for one in said.dates:
        if one.day is None or roles.count(one.role) > 1:
            continue
        days = history.dates.setdefault(one.role, [])
        if not days or days[-1] != one.iso:
            days.append(one.iso)
