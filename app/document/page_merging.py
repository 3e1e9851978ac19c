"""Two people's changes of one Markdown page: put together by lines, told apart where they clash. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from hashlib import sha256

from app.document.merging import merge

MOST_PAIRS = 1_000_000
"""Equal lines are compared with each other as long as there are no more pairs of them."""
Kept = Collection[str]
"""`<key>-theirs` and `<key>-mine` of the texts that stay."""


@dataclass(frozen=True, slots=True)
class Clash:
    """Lines that both changed; `key` is the same as long as their words are."""

    theirs: str
    mine: str

    @property
    def key(self) -> str:
        return sha256(f"{self.theirs}\0{self.mine}".encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class MergedPage:
    """Both changes in one text; lines that clash and are not settled stand there as mine."""

    text: str
    clashes: list[Clash]


def merge_pages(
    base: str, mine: str, theirs: str, *, settled: Collection[str] = (), kept: Kept = ()
) -> MergedPage:
    """Both changes of `base`. A clash whose key is `settled` becomes those of its texts that are `kept`."""
    lines: list[str] = []
    clashes: list[Clash] = []
    for old, ours, others in _stretches(base.split("\n"), mine.split("\n"), theirs.split("\n")):
        put = _put_together(old, ours, others)
        if put is None:
            clash = Clash("\n".join(others), "\n".join(ours))
            put = ours
            if clash.key in settled:
                put = others if f"{clash.key}-theirs" in kept else []
                put = [*put, *ours] if f"{clash.key}-mine" in kept else put
            else:
                clashes.append(clash)
        lines += put
    return MergedPage("\n".join(lines), clashes)


def _put_together(old: list[str], ours: list[str], others: list[str]) -> list[str] | None:
    """One stretch with both changes; None where they touch. Lines that both put in at one place both stay."""
    if ours in (old, others):
        return others
    if others == old:
        return ours
    if not any(line.strip() for line in old):
        return [*others, *ours]
    for one, other in ((others, ours), (ours, others)):
        if one[: len(old)] == old:
            return [*other, *one[len(old) :]]
        if one[-len(old) :] == old:
            return [*one[: -len(old)], *other]
    if not ours or not others:
        return None
    merged = merge("\n".join(old), "\n".join(ours), "\n".join(others))
    return merged.split("\n") if merged is not None else None


def _stretches(
    base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]
) -> Iterator[tuple[list[str], list[str], list[str]]]:
    """The three texts side by side: lines that all have, and between those what one or both changed."""
    in_mine, in_theirs = _places(base, mine), _places(base, theirs)
    b = m = t = 0
    for place in range(len(base)):
        if place not in in_mine or place not in in_theirs:
            continue
        here, there = in_mine[place], in_theirs[place]
        if (place, here, there) != (b, m, t):
            yield list(base[b:place]), list(mine[m:here]), list(theirs[t:there])
        yield [base[place]], [base[place]], [base[place]]
        b, m, t = place + 1, here + 1, there + 1
    yield list(base[b:]), list(mine[m:]), list(theirs[t:])


def _places(base: Sequence[str], other: Sequence[str]) -> dict[int, int]:
    """Where the lines of `base` stand in the other text, as far as that is quickly found."""
    counted = Counter(other)
    if sum(counted[line] for line in base) > MOST_PAIRS:
        return {}
    blocks = SequenceMatcher(None, base, other, autojunk=False).get_matching_blocks()
    return {block.a + n: block.b + n for block in blocks for n in range(block.size)}
