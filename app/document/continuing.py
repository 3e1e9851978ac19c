"""Which lines of a week go on with which of an earlier one: the same undertaking, told anew. Pure.

A line too few is better than a false one, so two lines are taken for one undertaking only where one of these
holds, and each line for one at most:

1. they say the same;
2. what stands before the first colon or comma is the same, below the same line, and no other line begins so;
3. the one says all words of the other and few more, numbers apart, and no other line comes near. Where each
   has words that the other lacks, they may be two undertakings whose names differ in just these.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from app.document.matching import folded
from app.document.places import walk
from app.document.schema import Document
from app.document.words import likeness, weight_of

_HEAD_END = re.compile(r"[：:，,。；;（(\n]|[—–]|\s[-|]\s")
_WIDE = re.compile(r"[⺀-鿿가-힯豈-﫿]")
SHORTEST_HEAD = 4
"""Characters that a beginning must have to name something; one that is not Chinese counts half."""
ALIKE, APART = 0.6, 0.15
"""How much must be the same words, and how far behind the next best line must be."""
FEWEST_WORDS = 4
"""So many words must be the same; a Chinese character is one."""
COMMON = 24
"""A word that stands in more lines than this does not tell which is meant."""

New = TypeVar("New", bound=Hashable)
Old = TypeVar("Old", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Line:
    """A text, and the beginning of the line it stands below."""

    text: str
    below: str = ""


def head_of(text: str) -> str:
    """What a line begins with, up to its first colon or comma, as it is compared."""
    return folded(_HEAD_END.split(text, maxsplit=1)[0])


def lines_of(document: Document, sections: Iterable[int]) -> dict[tuple[int, tuple[int, ...]], Line]:
    """The list items of these sections by their place."""
    found: dict[tuple[int, tuple[int, ...]], Line] = {}
    for index in sections:
        heads: dict[tuple[int, ...], str] = {}
        for path, block in walk(document.sections[index].blocks):
            heads[path] = head_of(block.text)
            if block.kind == "item" and block.text:
                found[index, path] = Line(block.text, heads.get(path[:-1], ""))
    return found


def continued(new: Mapping[New, Line], old: Mapping[Old, Line], *, by_name: bool = True) -> dict[New, Old]:
    """By the new lines those of the old ones that they go on with; without `by_name`, rule 2 is left out."""
    found: dict[New, Old] = {}
    fresh, open_ = dict(new), dict(old)

    def take(pairs: Iterable[tuple[New, Old]]) -> None:
        for one, other in list(pairs):
            found[one] = other
            del fresh[one], open_[other]

    take(_equal(fresh, open_, lambda line: (folded(line.text), line.below) if folded(line.text) else None))
    take(_equal(fresh, open_, lambda line: folded(line.text) or None))
    if by_name:
        take(_equal(fresh, open_, _named, among=(new, old)))
    take(_alike(fresh, open_))
    return found


def _named(line: Line) -> tuple[str, str] | None:
    head = head_of(line.text)
    wide = len(_WIDE.findall(head))
    return (line.below, head) if wide + (len(head) - wide) / 2 >= SHORTEST_HEAD else None


def _equal(
    new: Mapping[New, Line],
    old: Mapping[Old, Line],
    name: Callable[[Line], Hashable],
    *,
    among: tuple[Mapping[New, Line], Mapping[Old, Line]] | None = None,
) -> Iterator[tuple[New, Old]]:
    """Pairs of lines with one name, where no other line has it; `among` are all lines that could."""
    every_new, every_old = among or (new, old)
    counted = [Counter(name(line) for line in lines.values()) for lines in (every_new, every_old)]
    places = {name(line): key for key, line in old.items()}
    for key, line in new.items():
        said = name(line)
        if said is not None and said in places and counted[0][said] == counted[1][said] == 1:
            yield key, places[said]


def _alike(new: Mapping[New, Line], old: Mapping[Old, Line]) -> Iterator[tuple[New, Old]]:
    """Pairs of lines of which one says all that the other says, each being by far the best for the other."""
    weights_new = {key: _weight(line.text) for key, line in new.items()}
    weights_old = {key: _weight(line.text) for key, line in old.items()}
    having: dict[str, list[Old]] = {}
    for other, weight in weights_old.items():
        for word in weight:
            having.setdefault(word, []).append(other)
    scores: dict[New, list[tuple[float, Old]]] = {}
    reverse: dict[Old, list[float]] = {}
    for key, weight in weights_new.items():
        candidates = Counter(
            was for word in weight if len(having.get(word, ())) <= COMMON for was in having.get(word, ())
        )
        for other, _ in candidates.most_common(COMMON):
            said = weights_old[other]
            if (weight & said).total() >= FEWEST_WORDS and (weight <= said or said <= weight):
                score = likeness(said, weight)
                scores.setdefault(key, []).append((score, other))
                reverse.setdefault(other, []).append(score)
    for key, found in scores.items():
        found.sort(key=lambda pair: -pair[0])
        best, other = found[0]
        rivals = [score for score, _ in found[1:]] + sorted(reverse[other])[:-1]
        if best >= ALIKE and best == max(reverse[other]) and all(best - rival >= APART for rival in rivals):
            yield key, other


def _weight(text: str) -> Counter[str]:
    return Counter({word: count for word, count in weight_of(text).items() if not word[0].isdigit()})
