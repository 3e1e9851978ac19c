"""What changed between two texts, word by word, for Chinese as well as for English.

A number with its unit, a date, a time, a Latin word and a link's address are one word each and are never
cut. Chinese has no spaces to cut at: characters are compared one by one, and an unchanged scrap between
two changes joins them, so that a change falls on a boundary people read at. The work is bounded:
texts beyond the budget are told as replaced as a whole.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from app.document.sequences import longest_increasing

RunKind = Literal["equal", "delete", "insert"]

_WORD = re.compile(
    r"https?://[^\s）)】]+"
    r"|\d{1,4}年\d{1,2}月(?:\d{1,2}[日号]?)?|\d{1,2}月\d{1,2}[日号]?"
    r"|\d+(?:[.,:：/／\-~～]\d+)*(?:[%％‰]|[A-Za-z]+)?"
    r"|[A-Za-zÀ-ÖØ-öø-ÿ]+(?:['’\-_.][A-Za-zÀ-ÖØ-öø-ÿ0-9]+)*\d*"
    r"|\*\*|~~|[ \t]+|\n|.",
    re.DOTALL,
)
_CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_STRAY = re.compile(r"[\u3400-\u9fff](?![\u3400-\u9fff])")
SCRAP = 2
"""So many unchanged Chinese characters, or fewer, between two changes are part of them."""
CELLS = 60_000
"""Pairs of words that are compared with each other in one text, at most."""


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text that both have, or that only the old (`delete`) or the new (`insert`) one has."""

    kind: RunKind
    text: str


@dataclass(slots=True)
class Budget:
    """How many comparisons are left, for as many texts as share it."""

    cells: int

    def take(self, cells: int) -> bool:
        if cells > self.cells:
            return False
        self.cells -= cells
        return True


def words_of(text: str) -> list[str]:
    """The text in words; joined they are the text again."""
    return _WORD.findall(text)


def compare_texts(old: str, new: str, budget: Budget | None = None) -> tuple[Run, ...]:
    """The runs that lead from the old text to the new one; the same mirrored the other way round."""
    if old == new:
        return (Run("equal", old),) if old else ()
    if old > new:
        return mirrored(compare_texts(new, old, budget))
    budget = budget or Budget(CELLS)
    return tuple(_joined(_without_scraps(_changes(words_of(old), words_of(new), budget))))


def mirrored(runs: Sequence[Run]) -> tuple[Run, ...]:
    """The runs the other way round; what was deleted still stands before what was inserted."""
    turned: list[Run] = []
    for run in runs:
        if run.kind == "delete":
            turned.append(Run("insert", run.text))
        elif run.kind == "insert" and turned and turned[-1].kind == "insert":
            turned.insert(-1, Run("delete", run.text))
        elif run.kind == "insert":
            turned.append(Run("delete", run.text))
        else:
            turned.append(run)
    return tuple(turned)


def likeness(old: Counter[str], new: Counter[str]) -> float:
    """How much of two texts is the same words, from 0 to 1."""
    total = old.total() + new.total()
    return 2 * (old & new).total() / total if total else 1.0


def weight_of(text: str) -> Counter[str]:
    """The words that make a text what it is: without white space and punctuation."""
    return Counter(word for word in words_of(text) if word[0].isalnum())


def _changes(old: list[str], new: list[str], budget: Budget) -> Iterator[Run]:
    """Unchanged ends first; between them the words that both have just once hold the rest together."""
    first = 0
    while first < min(len(old), len(new)) and old[first] == new[first]:
        first += 1
    last = 0
    while last < min(len(old), len(new)) - first and old[-1 - last] == new[-1 - last]:
        last += 1
    yield Run("equal", "".join(old[:first]))
    yield from _between(old[first : len(old) - last], new[first : len(new) - last], budget)
    yield Run("equal", "".join(old[len(old) - last :]) if last else "")


def _between(old: list[str], new: list[str], budget: Budget) -> Iterator[Run]:
    if old and new and len(old) * len(new) > CELLS // 4:
        anchors = _anchors(old, new)
        if anchors:
            a = b = 0
            for i, j in [*anchors, (len(old), len(new))]:
                yield from _aligned(old[a:i], new[b:j], budget)
                if i < len(old):
                    yield Run("equal", old[i])
                a, b = i + 1, j + 1
            return
    yield from _aligned(old, new, budget)


def _anchors(old: list[str], new: list[str]) -> list[tuple[int, int]]:
    """Places of words that both texts have just once, in the order of both."""
    in_old, in_new = Counter(old), Counter(new)
    place = {word: index for index, word in enumerate(new) if in_new[word] == 1}
    pairs = [(i, place[word]) for i, word in enumerate(old) if in_old[word] == 1 and word in place]
    return [pairs[index] for index in longest_increasing([j for _, j in pairs])]


def _aligned(old: list[str], new: list[str], budget: Budget) -> Iterator[Run]:
    """The longest common sequence of words; a full replacement where that is beyond the budget."""
    if not old or not new or not budget.take(len(old) * len(new)):
        yield Run("delete", "".join(old))
        yield Run("insert", "".join(new))
        return
    width = len(new) + 1
    best = [[0] * width]
    for word in reversed(old):
        below, row = best[-1], [0] * width
        for j in range(len(new) - 1, -1, -1):
            row[j] = below[j + 1] + 1 if word == new[j] else max(below[j], row[j + 1])
        best.append(row)
    best.reverse()
    i = j = 0
    while i < len(old) and j < len(new):
        if old[i] == new[j]:
            yield Run("equal", old[i])
            i, j = i + 1, j + 1
        elif best[i + 1][j] >= best[i][j + 1]:
            yield Run("delete", old[i])
            i += 1
        else:
            yield Run("insert", new[j])
            j += 1
    yield Run("delete", "".join(old[i:]))
    yield Run("insert", "".join(new[j:]))


def _without_scraps(runs: Iterator[Run]) -> list[Run]:
    """Scraps of unchanged text told as changed: between two changes, or the rest of a changed word."""
    joined = list(_joined(runs))
    kept: list[Run] = []
    for index, run in enumerate(joined):
        if run.kind != "equal":
            kept.append(run)
            continue
        if 0 < index < len(joined) - 1 and _is_scrap(run.text):
            kept += [Run("delete", run.text), Run("insert", run.text)]
            continue
        text, lead = run.text, ""
        if _STRAY.match(text) and _is_one_character(joined[max(index - 2, 0) : index]):
            lead, text = text[0], text[1:]
        kept += [Run("delete", lead), Run("insert", lead), Run("equal", text)]
    return kept


def _is_scrap(text: str) -> bool:
    if text.isspace():
        return "\n" not in text
    return len(text) <= SCRAP and _CJK.search(text) is not None


def _is_one_character(runs: Sequence[Run]) -> bool:
    """Whether one Chinese character was put for another: mostly the half of a word."""
    return [run.kind for run in runs] == ["delete", "insert"] and all(
        len(run.text) == 1 and _CJK.match(run.text) for run in runs
    )


def _joined(runs: Iterator[Run] | Sequence[Run]) -> Iterator[Run]:
    """Neighbouring runs as one; of each change first what is gone, then what is new."""
    gone, new, same = "", "", ""
    for run in runs:
        if not run.text:
            continue
        if run.kind == "equal":
            if gone or new:
                yield from _change(gone, new)
                gone = new = ""
            same += run.text
            continue
        if same:
            yield Run("equal", same)
            same = ""
        if run.kind == "delete":
            gone += run.text
        else:
            new += run.text
    if same:
        yield Run("equal", same)
    yield from _change(gone, new)


def _change(gone: str, new: str) -> Iterator[Run]:
    if gone:
        yield Run("delete", gone)
    if new:
        yield Run("insert", new)
