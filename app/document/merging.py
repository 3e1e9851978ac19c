"""Two people's changes of one text: put together where they do not touch, told apart where they do.

Texts are compared by words as people see them: a Chinese character, a Latin word, a number with its
marks (`99.98%`, `6/13`, `14:40`), a run of white space, any other character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

_WORDS = re.compile(
    r"\d(?:[\d.,:/-]*\d)?[%％]?|[^\W\d_\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]+|\s+|.", re.DOTALL
)
MOST_WORDS = 2000
"""Longer differences are not compared word by word, since that takes the square of their length."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Words `start` to `end` of the base become `words`."""

    start: int
    end: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a text; `differs` where the other text says something else there."""

    text: str
    differs: bool


def words_of(text: str) -> list[str]:
    return _WORDS.findall(text)


def merge(base: str, mine: str, theirs: str) -> str | None:
    """Both changes of `base` in one text; None where they touch, or are too long to compare."""
    if mine == theirs or theirs == base:
        return mine
    if mine == base:
        return theirs
    words = words_of(base)
    ours, others = _edits(words, words_of(mine)), _edits(words, words_of(theirs))
    if ours is None or others is None:
        return None
    edits = sorted({*ours, *others}, key=lambda edit: (edit.start, edit.end))
    for before, after in pairwise(edits):
        if after.start <= before.end:
            return None
    merged: list[str] = []
    at = 0
    for edit in edits:
        merged += [*words[at : edit.start], *edit.words]
        at = edit.end
    return "".join([*merged, *words[at:]])


def told_apart(one: str, other: str) -> tuple[list[Run], list[Run]]:
    """Both texts in pieces, those marked that the other does not have."""
    ones, others = words_of(one), words_of(other)
    edits = _edits(ones, others)
    if edits is None:
        return [Run(one, True)], [Run(other, True)]
    left: list[Run] = []
    right: list[Run] = []
    at = 0
    for edit in edits:
        same = "".join(ones[at : edit.start])
        left += _runs((same, False), ("".join(ones[edit.start : edit.end]), True))
        right += _runs((same, False), ("".join(edit.words), True))
        at = edit.end
    same = "".join(ones[at:])
    return [*left, *_runs((same, False))], [*right, *_runs((same, False))]


def _runs(*pieces: tuple[str, bool]) -> Iterator[Run]:
    return (Run(text, differs) for text, differs in pieces if text)


def _edits(base: Sequence[str], changed: Sequence[str]) -> list[Edit] | None:
    start = _common(base, changed)
    end = _common(base[start:][::-1], changed[start:][::-1])
    old, new = base[start : len(base) - end], changed[start : len(changed) - end]
    if not old and not new:
        return []
    if not old or not new:
        return [Edit(start, start + len(old), tuple(new))]
    if len(old) > MOST_WORDS or len(new) > MOST_WORDS:
        return None
    return [
        Edit(start + i1, start + i2, tuple(new[j1:j2]))
        for kind, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        if kind != "equal"
    ]


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words both begin with."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count
