"""Which sections and blocks of two report documents are the same. Pure.

Sections are matched by kind, code and title, blocks by their text and, failing that, by how alike they are.
What is matched with what does not depend on which document is the older one.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.document.places import Path, walk
from app.document.schema import Block, Section
from app.document.words import likeness, weight_of

Spot = tuple[int, Path]
"""Where a block stands: section index, and its path in that section."""

ALIKE, ALIKE_ELSEWHERE = 0.45, 0.7
"""How much of two blocks must be the same words to be one block: in one section, and across sections."""
COMMON = 24
"""A word that stands in more unmatched blocks than this says nothing about which of them is meant."""


def folded(text: str | None) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", text or "").casefold() if char.isalnum())


SECTION_NAMES: tuple[Callable[[Section], object], ...] = (
    lambda one: (one.kind, one.code, one.heading, one.level),
    lambda one: (one.kind, one.code, folded(one.title)),
    lambda one: one.code,
    lambda one: folded(one.title) or None,
    lambda one: one.kind if one.kind not in ("custom", "workstream") else None,
)
"""What tells which section is meant, from all of it to little; None where it tells nothing."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Which blocks of two documents are the same, from the new one to the old one."""

    sections: dict[int, int]
    blocks: dict[Spot, Spot]


@dataclass(slots=True)
class Side:
    """A document's blocks by where they stand, in reading order."""

    sections: Sequence[Section]
    blocks: dict[Spot, Block]
    order: dict[Spot, int]

    @classmethod
    def of(cls, sections: Sequence[Section]) -> Side:
        blocks = {
            (index, path): block
            for index, section in enumerate(sections)
            for path, block in walk(section.blocks)
        }
        return cls(sections, blocks, {spot: place for place, spot in enumerate(blocks)})


def match(old: Sequence[Section], new: Sequence[Section]) -> Pairs:
    """Which sections and blocks of `new` are those of `old`, each at most once; the same both ways."""
    if _sort_key(old) > _sort_key(new):
        turned = match(new, old)
        return Pairs(
            {was: now for now, was in turned.sections.items()},
            {was: now for now, was in turned.blocks.items()},
        )
    before, after = Side.of(old), Side.of(new)
    sections = _match_sections(old, new)
    blocks: dict[Spot, Spot] = {}
    free_old, free_new = dict.fromkeys(before.blocks), dict.fromkeys(after.blocks)

    def take(news: list[Spot], olds: list[Spot], *, at_least: float | None) -> None:
        found = (
            _same_texts(before, after, olds, news)
            if at_least is None
            else _alike(before, after, olds, news, at_least)
        )
        for spot, was in found:
            blocks[spot] = was
            del free_old[was], free_new[spot]

    for at_least in (None, ALIKE):
        by_old, by_new = _by_section(free_old), _by_section(free_new)
        for section, was in sections.items():
            take(by_new.get(section, []), by_old.get(was, []), at_least=at_least)
    take(list(free_new), list(free_old), at_least=None)
    take(list(free_new), list(free_old), at_least=ALIKE_ELSEWHERE)
    return Pairs(sections, blocks)


def _by_section(spots: Iterable[Spot]) -> dict[int, list[Spot]]:
    found: dict[int, list[Spot]] = {}
    for spot in spots:
        found.setdefault(spot[0], []).append(spot)
    return found


def _match_sections(old: Sequence[Section], new: Sequence[Section]) -> dict[int, int]:
    """By all that names a section first, then by less and less, as long as it says which one is meant."""
    found: dict[int, int] = {}
    free_old, free_new = dict.fromkeys(range(len(old))), dict.fromkeys(range(len(new)))
    for names in SECTION_NAMES:
        waiting: dict[object, list[int]] = {}
        for index in free_old:
            waiting.setdefault(names(old[index]), []).append(index)
        for index in list(free_new):
            name = names(new[index])
            if name is not None and waiting.get(name):
                found[index] = waiting[name].pop(0)
                del free_old[found[index]], free_new[index]
    return found


def _same_texts(
    before: Side, after: Side, olds: Sequence[Spot], news: Sequence[Spot]
) -> Iterator[tuple[Spot, Spot]]:
    waiting: dict[object, list[Spot]] = {}
    for spot in reversed(olds):
        waiting.setdefault(before.blocks[spot].text, []).append(spot)
    for spot in news:
        same = waiting.get(after.blocks[spot].text)
        if same:
            yield spot, same.pop()


def _alike(
    before: Side, after: Side, olds: Sequence[Spot], news: Sequence[Spot], at_least: float
) -> Iterator[tuple[Spot, Spot]]:
    """Pairs of blocks that share enough words, the most alike first, then the nearest."""
    weights_old = {spot: weight_of(before.blocks[spot].text) for spot in olds}
    weights_new = {spot: weight_of(after.blocks[spot].text) for spot in news}
    having: dict[str, list[Spot]] = {}
    for spot, weight in weights_old.items():
        for word in weight:
            having.setdefault(word, []).append(spot)
    scored: list[tuple[float, int, int, int, Spot, Spot]] = []
    for spot, weight in weights_new.items():
        candidates = Counter(
            was for word in weight if len(having.get(word, ())) <= COMMON for was in having.get(word, ())
        )
        for was, _ in candidates.most_common(COMMON):
            score = likeness(weights_old[was], weight)
            if score >= at_least:
                i, j = before.order[was], after.order[spot]
                scored.append((-score, abs(i - j), i, j, spot, was))
    taken_old: set[Spot] = set()
    taken_new: set[Spot] = set()
    for *_, spot, was in sorted(scored):
        if spot not in taken_new and was not in taken_old:
            taken_new.add(spot)
            taken_old.add(was)
            yield spot, was


def _sort_key(sections: Sequence[Section]) -> list[object]:
    return [
        (
            section.heading or "",
            section.level,
            [(path, block.kind, block.ordered, block.text) for path, block in walk(section.blocks)],
        )
        for section in sections
    ]
