"""Incidents: where a page lists them, which blocks make up each one, and what it says.

They stand in a section of their own, or below a line such as `生产稳定性事件：` inside a workstream;
as bullets, as bare paragraphs, or nested. An incident begins where a text begins with a day and
time; labelled lines, steps and paragraphs that follow belong to it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

from app.document.blocks import numbered
from app.document.clauses import begins_with_clause, ends_open, has_clauses, split_clauses
from app.document.headings import names_incidents, says_none
from app.document.lines import ASCII_SPACE
from app.document.parties import find_parties
from app.document.phrases import (
    Moment,
    find_amounts,
    find_grade,
    find_links,
    find_moment,
    find_recovery,
    fold,
)
from app.document.places import Path, source_of
from app.document.schema import Amount, Block, Incident, SectionKind, Source

#: A line that opens a list of incidents has one of these in it.
HINTS = ("事件", "事故", "故障", "问题", "异常", "稳定性", "ncident", "vent", "utage", "ssue", "ccident")
_NO_LISTS: frozenset[SectionKind] = frozenset({"next_goals", "reflections", "daily_reports"})
_ANY_MONDAY = date(2001, 1, 1)  # where no week is known: finds the times, whose dates are then not used
#: A day without a time begins an incident only where trouble is told: `6/12完成整改` is a plan.
_TROUBLE = re.compile(
    r"监控|告警|报警|反馈|投诉|异常|失败|故障|报错|错误|超时|延迟|积压|中断|不可用|宕机|抖动|飙升|打满|无法|缺失|不一致|重复|"
    r"alert|alarm|fail|error|outage|down|timeout|unavailable|degraded|delay",
    re.IGNORECASE,
)
_LONGEST_HEAD = 120
_MOST_LINES = 200  # lines of one block that are looked at one by one; the rest stays together
_LONGEST_STORY = 10_000  # characters of an incident in which a recovery, a grade and parties are looked for
_DAY_AND_TIME = re.compile(
    r"(?<![\d/.])(?:20\d\d[-/.年])?\d{1,2}[-/.月]\d{1,2}日?\s*\d{1,2}\s?:\s?\d{2}(?!\d)"
)
_BEFORE_SYMPTOM = ASCII_SPACE + "\n\u3000\xa0:：,，、—–"


@dataclass(slots=True)
class Piece:
    """Some lines of a block that belong to one incident; offsets are in its text."""

    path: Path
    block: Block
    text: str
    start: int
    end: int


@dataclass(slots=True)
class Draft:
    """An incident while its pieces are gathered."""

    moment: Moment | None
    pieces: list[Piece] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(piece.text for piece in self.pieces)

    @property
    def first(self) -> Block:
        return self.pieces[0].block


def find_incidents(
    blocks: Sequence[Block], *, kind: SectionKind, section: int, monday: date | None
) -> tuple[list[Incident], set[Path]]:
    """The incidents of a section in page order, and the paths of the blocks they cover."""
    reader = _Zone(monday or _ANY_MONDAY)
    if kind == "incidents":
        reader.visit_all(blocks, ())
    elif kind not in _NO_LISTS:
        _find_lists(blocks, (), reader)
    incidents = [_incident(draft, section=section, dated=monday is not None) for draft in reader.drafts]
    return incidents, {path for incident in incidents for path in incident.blocks}


def _find_lists(blocks: Sequence[Block], prefix: Path, reader: _Zone) -> None:
    index = 0
    numbers = [number for _, number in numbered(blocks)]
    while index < len(blocks):
        block, path = blocks[index], (*prefix, index)
        rest = _opened_list(block, reader.monday)
        if rest is None:
            if block.blocks:
                _find_lists(block.blocks, path, reader)
            index += 1
            continue
        reader.current = None
        reader.take_lines(path, block, rest)
        reader.visit_all(block.blocks, path)
        if rest < len(block.text) and says_none(block.text[rest:]):
            index += 1
            continue
        index = reader.visit_below(blocks, prefix, index, numbers)
        reader.current = None


@lru_cache(maxsize=4096)
def opens_a_list(text: str, monday: date) -> bool:
    """Whether incidents are listed below this text, in a section that is of something else."""
    return _opened_list(Block(kind="item", text=text), monday) is not None


def _opened_list(block: Block, monday: date) -> int | None:
    """Where the text goes on after a line that opens a list of incidents; None for other blocks."""
    if block.kind == "code":
        return None
    line, _, _ = block.text.partition("\n")
    head = line[:60]
    if not any(hint in head for hint in HINTS):
        return None
    if names_incidents(line):
        return min(len(line) + 1, len(block.text))
    colon = fold(head).find(":")
    if colon > 0 and names_incidents(line[:colon]):
        rest = line[colon + 1 :]
        if says_none(rest) or _moment(rest, monday) is not None:
            return colon + 1
    return None


class _Zone:
    """Reads blocks of a list of incidents in order and gathers them into drafts."""

    def __init__(self, monday: date) -> None:
        self.monday = monday
        self.drafts: list[Draft] = []
        self.current: Draft | None = None

    def visit_all(self, blocks: Sequence[Block], prefix: Path) -> None:
        for index, block in enumerate(blocks):
            self.visit((*prefix, index), block)

    def visit_below(self, blocks: Sequence[Block], prefix: Path, opener: int, numbers: Sequence[int]) -> int:
        """Read the siblings after a line that opened the list; the index of the first that is not in it."""
        in_steps = False
        for index in range(opener + 1, len(blocks)):
            block = blocks[index]
            restarts = block.ordered and numbers[index] <= numbers[opener]
            if not (block.ordered and in_steps) and not restarts and self._ends(block, blocks[opener]):
                return index
            in_steps = self.visit((*prefix, index), block) and block.ordered
        return len(blocks)

    def visit(self, path: Path, block: Block) -> bool:
        """Whether the block became part of an incident."""
        text = block.text
        if block.kind == "code" or is_only_links(text) or says_none(text):
            self._visit_children(path, block)
            return False
        moment = _moment(text, self.monday)
        in_full = has_clauses(text) or any(begins_with_clause(child.text) for child in block.blocks)
        if moment is not None and ("T" in moment.started_at or in_full or _TROUBLE.search(text)):
            self.take_lines(path, block, 0)
            self._append_children(path, block)
            return True
        if self.current is not None and self._continues(block):
            self._append(path, block)
            return True
        if in_full:
            self._begin(_moment_within(text, self.monday), Piece(path, block, text, 0, len(text)))
            self._append_children(path, block)
            return True
        self._visit_children(path, block)
        return False

    def take_lines(self, path: Path, block: Block, start: int) -> None:
        """Read the lines of one block from `start`: one incident, or several where each is told in full."""
        for piece in _pieces(path, block, start, self.monday):
            moment = _moment(piece.text, self.monday)
            if moment is not None:
                self._begin(moment, piece)
            elif self.current is not None:
                self.current.pieces.append(piece)
            elif has_clauses(piece.text):
                self._begin(None, piece)

    def _begin(self, moment: Moment | None, piece: Piece) -> None:
        self.current = Draft(moment, [piece])
        self.drafts.append(self.current)

    def _visit_children(self, path: Path, block: Block) -> None:
        """What stands below a line that is no incident may be some, and is no part of the one before."""
        before, self.current = self.current, None
        self.visit_all(block.blocks, path)
        self.current = self.current or before

    def _append(self, path: Path, block: Block) -> None:
        assert self.current is not None
        if block.kind != "code" and not is_only_links(block.text):
            self.current.pieces.append(Piece(path, block, block.text, 0, len(block.text)))
        self._append_children(path, block)

    def _append_children(self, path: Path, block: Block) -> None:
        for index, child in enumerate(block.blocks):
            self._append((*path, index), child)

    def _continues(self, block: Block) -> bool:
        """Whether a block without a time of its own belongs to the incident above it."""
        assert self.current is not None
        first = self.current.first
        if begins_with_clause(block.text) or ends_open(self.current.pieces[-1].text):
            return True
        if first.kind == "paragraph":
            return True
        return block.kind == "item" and block.ordered and not first.ordered

    def _ends(self, block: Block, opener: Block) -> bool:
        """Whether a sibling of the opening line is something else again, and the list is over."""
        moment = _moment(block.text, self.monday)
        if block.kind == "code" or (moment is not None and "T" in moment.started_at):
            return False
        if begins_with_clause(block.text) or has_clauses(block.text):
            return False
        if self.current is not None and ends_open(self.current.pieces[-1].text):
            return False
        if block.kind == "item":
            same_list = opener.kind == "item" and block.ordered == opener.ordered
            return same_list and not is_only_links(block.text)
        return moment is None and opener.kind == "paragraph" and _is_heading_line(block.text)


def is_only_links(text: str) -> bool:
    """Whether a text is one or more links and nothing else."""
    if "](" not in text and "://" not in text:
        return False
    at = 0
    for link in find_links(text):
        if text[at : link.start].strip(" \t\n\u3000\xa0,，、;；|<>"):
            return False
        at = link.end
    return at > 0 and not text[at:].strip(" \t\n\u3000\xa0,，、;；|<>")


def _pieces(path: Path, block: Block, start: int, monday: date) -> list[Piece]:
    """The lines of a block from `start`, parted before each time where all parts are told in full.

    Lines that only link are left out: they are links.

    A line with a time may also be a step in the telling of one incident, so a part without a cause
    or handling of its own stays with the one above it.
    """
    parts: list[tuple[int, int, list[str]]] = []  # start, end and lines
    offset = start
    for line in block.text[start:].split("\n", _MOST_LINES) if start < len(block.text) else []:
        end = offset + len(line)
        if not parts or _moment(line, monday) is not None:
            parts.append((offset, end, [line]))
        elif not is_only_links(line):
            parts[-1][2].append(line)
            parts[-1] = (parts[-1][0], end, parts[-1][2])
        offset = end + 1
    told: list[tuple[int, int, list[str], bool]] = []
    for begin, end, lines in parts:
        in_full = has_clauses("\n".join(lines))
        if told and not (in_full and told[-1][3]):
            told[-1] = (told[-1][0], end, told[-1][2] + lines, in_full or told[-1][3])
        else:
            told.append((begin, end, lines, in_full))
    return [Piece(path, block, "\n".join(lines), begin, end) for begin, end, lines, _ in told]


def _moment(text: str, monday: date) -> Moment | None:
    """The day and time a text begins with."""
    return _moment_of(text[:_LONGEST_HEAD], monday)


def _moment_within(text: str, monday: date) -> Moment | None:
    """The first day and time in a line that tells of an incident but does not begin with them."""
    line = text.partition("\n")[0][:_LONGEST_HEAD]
    found = _DAY_AND_TIME.search(fold(line))
    moment = find_moment(line[found.start() :], monday) if found else None
    if found is None or moment is None:
        return None
    shift = found.start()
    return replace(moment, start=moment.start + shift, end=moment.end + shift)


@lru_cache(maxsize=64)
def _moment_of(head: str, monday: date) -> Moment | None:
    return find_moment(head, monday)


def _incident(draft: Draft, *, section: int, dated: bool) -> Incident:
    text, moment = draft.text, draft.moment
    told = text if moment is None else _without_moment(text, moment)
    clauses = split_clauses(told)
    said = "\n".join(part for part in (clauses.symptom, clauses.cause, clauses.handling) if part)[
        :_LONGEST_STORY
    ]
    started = moment.started_at if moment is not None and dated else None
    handling, recovered = clauses.handling, None
    timed = started if started is not None and "T" in started else None
    if clauses.recovered and timed:
        recovered = find_recovery(f"{clauses.recovered} 恢复", "", timed, None)
    if clauses.recovered and recovered is None:
        handling = "\n".join(part for part in (handling, clauses.recovered) if part)
    if recovered is None and timed:
        texts = ((handling or "")[:_LONGEST_STORY], clauses.symptom[:_LONGEST_STORY])
        recovered = find_recovery(*texts, timed, moment.until if moment else None)
    amounts = [
        Amount(
            value=found.value,
            currency=found.currency,
            count=found.count,
            literal=text[found.start : found.end],
        )
        for found in find_amounts(text)
    ]
    paths = list(dict.fromkeys(piece.path for piece in draft.pieces))
    return Incident(
        started_at=started,
        started_literal=moment.literal.strip() if moment is not None else None,
        recovered_at=recovered,
        symptom=clauses.symptom,
        cause=clauses.cause,
        handling=handling,
        impact=clauses.impact,
        grade=find_grade(text[:_LONGEST_STORY]),
        parties=find_parties(said),
        amounts=amounts,
        section=section,
        blocks=paths,
        source=_source(draft),
    )


def _without_moment(text: str, moment: Moment) -> str:
    before, after = text[: moment.start], text[moment.end :].lstrip(_BEFORE_SYMPTOM)
    emphasis = before[len(before.rstrip("*_")) :]
    if emphasis and after.startswith(emphasis):
        before, after = before[: -len(emphasis)], after[len(emphasis) :].lstrip(_BEFORE_SYMPTOM)
    before = before.strip(ASCII_SPACE)
    if before[-1:] in ("【", "[", "(", "（") and after[:1] in ("】", "]", ")", "）"):
        before, after = before[:-1].rstrip(), after[1:].lstrip(_BEFORE_SYMPTOM)
    return f"{before} {after}" if before else after


def _source(draft: Draft) -> Source | None:
    first, last = draft.pieces[0], draft.pieces[-1]
    start = source_of(first.block, first.start, first.end)
    end = source_of(last.block, last.start, last.end)
    if start is None or end is None:
        return None
    return Source(start=start.start, end=max(start.end, end.end), line=start.line)


def _is_heading_line(text: str) -> bool:
    stripped = text.strip()
    return (
        "\n" not in stripped
        and len(stripped) <= 30
        and (stripped.endswith(("：", ":")) or (stripped.startswith("**") and stripped.endswith("**")))
    )
