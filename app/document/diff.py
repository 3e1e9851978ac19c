"""What changed between two report documents: sections, blocks, and the words in them. Pure.

What `matching` finds in another order, below another item or in another section was moved, and is told as
that, never as taken away and written anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from app.document.matching import Pairs, Side, Spot, folded, match
from app.document.places import walk
from app.document.schema import Document
from app.document.sequences import longest_increasing
from app.document.words import Budget, Run, compare_texts

State = Literal["same", "changed", "added", "removed"]
CELLS = 1_500_000
"""Pairs of words that are compared in two documents, at most."""


@dataclass(frozen=True, slots=True)
class BlockChange:
    """A block of either document, or one of both: `runs` lead from the old text to the new one.

    `moved`: both have it, elsewhere. `reshaped`: it became a paragraph, a numbered item or the like.
    """

    state: State
    old: Spot | None
    new: Spot | None
    kind: str
    depth: int
    runs: tuple[Run, ...]
    moved: bool = False
    reshaped: bool = False

    @property
    def is_quiet(self) -> bool:
        return self.state == "same" and not self.moved


@dataclass(frozen=True, slots=True)
class SectionChange:
    """A section with its blocks in reading order, removed ones where they stood."""

    state: State
    old: int | None
    new: int | None
    heading: tuple[Run, ...]
    blocks: tuple[BlockChange, ...]
    moved: bool = False

    @property
    def is_quiet(self) -> bool:
        return self.state == "same" and not self.moved and all(block.is_quiet for block in self.blocks)


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A value by its name: None where the old or the new document does not have it."""

    name: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """All that leads from one document to the other. `front` are title and properties."""

    front: tuple[Run, ...]
    sections: tuple[SectionChange, ...]
    metrics: tuple[ValueChange, ...] = ()
    incidents: tuple[ValueChange, ...] = ()
    goals: tuple[ValueChange, ...] = ()
    counts: Counter[str] = field(default_factory=Counter)
    """How many blocks are `added`, `removed`, `changed`, `moved`."""

    @property
    def is_empty(self) -> bool:
        return all(run.kind == "equal" for run in self.front) and all(
            section.is_quiet for section in self.sections
        )


def compare(old: Document, new: Document) -> Difference:
    """What leads from the old document to the new one."""
    pairs = match(old.sections, new.sections)
    before, after = Side.of(old.sections), Side.of(new.sections)
    budget = Budget(CELLS)
    sections = tuple(_section_changes(before, after, pairs, budget))
    return Difference(
        front=compare_texts(_front(old), _front(new), budget),
        sections=sections,
        metrics=_metrics(old, new),
        incidents=_incidents(old, new, pairs),
        goals=_goals(old, new, pairs),
        counts=_counts(sections),
    )


def _section_changes(before: Side, after: Side, pairs: Pairs, budget: Budget) -> Iterator[SectionChange]:
    moved_blocks = _moved_blocks(before, after, pairs)
    kept_order = [pairs.sections[index] for index in range(len(after.sections)) if index in pairs.sections]
    in_order = {kept_order[place] for place in longest_increasing(kept_order)}
    removed = _removed_sections(before, pairs)
    stays = set(pairs.blocks.values())

    def changes(old: int | None, new: int | None) -> SectionChange:
        a = before.sections[old] if old is not None else None
        b = after.sections[new] if new is not None else None
        heading = compare_texts(a.heading or "" if a else "", b.heading or "" if b else "", budget)
        state: State = "added" if a is None else "removed" if b is None else "same"
        if a and b and (a.heading, a.level) != (b.heading, b.level):
            state = "changed"
        return SectionChange(
            state=state,
            old=old,
            new=new,
            heading=heading,
            blocks=tuple(_block_changes(before, after, pairs, old, new, moved_blocks, stays, budget)),
            moved=old is not None and new is not None and old not in in_order,
        )

    for was in removed.get(None, []):
        yield changes(was, None)
    for index in range(len(after.sections)):
        old = pairs.sections.get(index)
        yield changes(old, index)
        for was in removed.get(old, []) if old is not None else []:
            yield changes(was, None)


def _removed_sections(before: Side, pairs: Pairs) -> dict[int | None, list[int]]:
    """Sections that are gone, by the one still there that they stood behind."""
    kept = set(pairs.sections.values())
    gone: dict[int | None, list[int]] = {}
    last: int | None = None
    for index in range(len(before.sections)):
        if index in kept:
            last = index
        else:
            gone.setdefault(last, []).append(index)
    return gone


def _block_changes(
    before: Side,
    after: Side,
    pairs: Pairs,
    old: int | None,
    new: int | None,
    moved: set[Spot],
    stays: set[Spot],
    budget: Budget,
) -> Iterator[BlockChange]:
    gone: dict[Spot | None, list[Spot]] = {}
    last: Spot | None = None
    for path, _ in walk(before.sections[old].blocks) if old is not None else ():
        spot = (old, path) if old is not None else None
        if spot in stays:
            last = spot
        elif spot is not None:
            gone.setdefault(last, []).append(spot)

    def removed(behind: Spot | None) -> Iterator[BlockChange]:
        for spot in gone.pop(behind, []):
            block = before.blocks[spot]
            runs = (Run("delete", block.text),) if block.text else ()
            yield BlockChange("removed", spot, None, block.kind, len(spot[1]) - 1, runs)

    yield from removed(None)
    for path, block in walk(after.sections[new].blocks) if new is not None else ():
        spot = (new, path) if new is not None else (0, path)
        was = pairs.blocks.get(spot)
        depth = len(path) - 1
        if was is None:
            runs = (Run("insert", block.text),) if block.text else ()
            yield BlockChange("added", None, spot, block.kind, depth, runs)
            continue
        a = before.blocks[was]
        reshaped = (a.kind, a.ordered, a.number) != (block.kind, block.ordered, block.number)
        yield BlockChange(
            state="changed" if reshaped or a.text != block.text else "same",
            old=was,
            new=spot,
            kind=block.kind,
            depth=depth,
            runs=compare_texts(a.text, block.text, budget),
            moved=spot in moved,
            reshaped=reshaped,
        )
        yield from removed(was)
    for behind in list(gone):
        yield from removed(behind)


def _moved_blocks(before: Side, after: Side, pairs: Pairs) -> set[Spot]:
    """New spots of blocks that stand below another item now, or in another order among their like."""
    beside: dict[Spot, list[Spot]] = {}
    moved: set[Spot] = set()
    for spot in after.blocks:
        was = pairs.blocks.get(spot)
        if was is None:
            continue
        parent, parent_was = (spot[0], spot[1][:-1]), (was[0], was[1][:-1])
        stands = (
            pairs.blocks.get(parent) == parent_was
            if spot[1][:-1]
            else not was[1][:-1] and pairs.sections.get(spot[0]) == was[0]
        )
        if stands:
            beside.setdefault(parent, []).append(spot)
        else:
            moved.add(spot)
    for spots in beside.values():
        places = [before.order[pairs.blocks[spot]] for spot in spots]
        in_order = set(longest_increasing(places))
        moved.update(spot for place, spot in enumerate(spots) if place not in in_order)
    return moved


def _metrics(old: Document, new: Document) -> tuple[ValueChange, ...]:
    """Metrics whose value is another one, by name; the group tells two of one name apart."""
    names = [Counter(folded(metric.name) for metric in document.metrics) for document in (old, new)]
    shown: dict[tuple[str, str], str] = {}

    def values(document: Document) -> dict[tuple[str, str], str]:
        found: dict[tuple[str, str], str] = {}
        for metric in document.metrics:
            name = folded(metric.name)
            group = folded(metric.group) if any(counted[name] > 1 for counted in names) else ""
            found.setdefault((name, group), f"{metric.value}{metric.unit or ''}")
            shown[name, group] = metric.name
        return found

    a, b = values(old), values(new)
    return tuple(
        ValueChange(shown[key], a.get(key), b.get(key)) for key in sorted(shown) if a.get(key) != b.get(key)
    )


def _incidents(old: Document, new: Document, pairs: Pairs) -> tuple[ValueChange, ...]:
    """Events that came, went, or are told otherwise, by their first words."""
    a = {(one.section, one.blocks[0]): one for one in old.incidents if one.blocks}
    b = {(one.section, one.blocks[0]): one for one in new.incidents if one.blocks}
    return _told(
        {spot: _event_words(one) for spot, one in a.items()},
        {spot: _event_words(one) for spot, one in b.items()},
        pairs,
    )


def _goals(old: Document, new: Document, pairs: Pairs) -> tuple[ValueChange, ...]:
    return _told(
        {(goal.place.section, goal.place.path): goal.text for goal in old.goals},
        {(goal.place.section, goal.place.path): goal.text for goal in new.goals},
        pairs,
    )


def _told(old: dict[Spot, str], new: dict[Spot, str], pairs: Pairs) -> tuple[ValueChange, ...]:
    changes = []
    seen: set[Spot] = set()
    for spot, text in new.items():
        was = pairs.blocks.get(spot)
        before = old.get(was) if was is not None else None
        if before is not None and was is not None:
            seen.add(was)
        if before != text:
            changes.append(ValueChange(text if before is None else before, before, text))
    changes += [ValueChange(text, text, None) for spot, text in old.items() if spot not in seen]
    return tuple(sorted(changes, key=lambda one: (one.old or "", one.new or "")))


def _event_words(incident: object) -> str:
    told = (
        getattr(incident, name)
        for name in ("started_literal", "grade", "symptom", "impact", "cause", "handling", "recovered_at")
    )
    return " ".join(str(value) for value in told if value)


def _counts(sections: Sequence[SectionChange]) -> Counter[str]:
    counts = Counter[str]()
    for section in sections:
        for block in section.blocks:
            if block.state != "same":
                counts[block.state] += 1
            if block.moved:
                counts["moved"] += 1
    return counts


def _front(document: Document) -> str:
    lines = [document.title or "", document.second_title or ""]
    lines += [f"{one.key}{one.separator}{one.value}" for one in document.properties]
    return "\n".join(line for line in lines if line)
