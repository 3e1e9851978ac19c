"""What people decided on recognised values goes with the words it is about.

A decision stays where its words stand in the new text of its item. Words that one step took to another item
(two items joined, one parted) take it along; a working copy that is laid out anew gets it back where the
same words are said. Only what is said no more is forgotten.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.document.places import walk
from app.reports.assembly import WorkingCopy
from app.reports.decided_values import apply_decisions
from app.reports.models import Fact, Item, Report

ALIKE = 0.5
"""How much of two texts must be the same for the one to be the other, changed."""

Texts = Mapping[int, str]


def follow_texts(
    session: Session,
    changed: Mapping[int, tuple[str, str]],
    *,
    made: Texts | None = None,
    gone: Collection[int] = (),
) -> None:
    """Let decisions follow one step: `changed` texts by item (before, now), items `made`, and items `gone`.

    Called before the gone ones are deleted.
    """
    if not changed and not gone:
        return
    session.execute(delete(Fact).where(Fact.item_id.in_(changed), Fact.decision.is_(None)))
    decided = session.scalars(
        select(Fact).where(Fact.item_id.in_([*changed, *gone]), Fact.decision.is_not(None)).order_by(Fact.id)
    )
    for fact in decided.all():
        before, now = changed.get(fact.item_id, ("", ""))
        if stay(fact, before=before, text=now):
            continue
        other = _gained(fact.literal, changed, made or {})
        if other is None:
            session.delete(fact)
        else:
            fact.item_id, text = other
            _put(fact, text.rfind(fact.literal))
    session.flush()


def find_again(session: Session, decided: Iterable[Fact], text: str, *, before: str) -> None:
    """Move what people decided on one item to where its words now stand; what is not said any more goes."""
    for fact in decided:
        if not stay(fact, before=before, text=text):
            session.delete(fact)


def stay(fact: Fact, *, before: str, text: str) -> bool:
    """Move the decision to its words in the new text of its item; False where they are not there.

    Of words that are said several times it is the same one as before, or else the nearest.
    """
    there = _places(text, fact.literal)
    if not there:
        return False
    was = _places(before, fact.literal)
    if fact.start in was and len(was) == len(there):
        _put(fact, there[was.index(fact.start)])
    else:
        _put(fact, min(there, key=lambda at: abs(at - fact.start)))
    return True


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision apart from its row, with the text that it was made on."""

    text: str
    fact: dict[str, Any]


def decisions_on(session: Session, report: Report) -> list[Decided]:
    """What people decided on the working copy, before it is laid out anew."""
    query = (
        select(Fact, Item.text)
        .join(Item, Item.id == Fact.item_id)
        .where(Fact.report_id == report.id, Fact.decision.is_not(None))
        .order_by(Fact.id)
    )
    columns = ("kind", "value", "literal", "start", "end", "certain", "decision", "decided_by_id", "version")
    return [
        Decided(text, {name: getattr(fact, name) for name in columns})
        for fact, text in session.execute(query).all()
    ]


def decide_again(
    session: Session, report: Report, decided: Sequence[Decided], copy: WorkingCopy
) -> WorkingCopy:
    """Put decisions on the copy that was laid out anew, and apply them to its document."""
    if not decided:
        return copy
    texts = {
        copy.item_ids[index, path]: block.text
        for index, section in enumerate(copy.document.sections)
        for path, block in walk(section.blocks)
    }
    facts = []
    for one in decided:
        item_id = _same_text(one, texts)
        if item_id is None:
            continue
        fact = Fact(report_id=report.id, item_id=item_id, **one.fact)
        stay(fact, before=one.text, text=texts[item_id])
        facts.append(fact)
    session.add_all(facts)
    session.flush()
    document = copy.document.model_copy()
    apply_decisions(facts, document, copy.item_ids)
    return replace(copy, document=document)


def _same_text(decided: Decided, texts: Texts) -> int | None:
    """The item that says what the decision was made on, most nearly."""
    literal = decided.fact["literal"]
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(decided.text)
    best, found = ALIKE, None
    for item_id, text in texts.items():
        if literal not in text:
            continue
        if text == decided.text:
            return item_id
        matcher.set_seq1(text)
        if matcher.quick_ratio() >= best and (ratio := matcher.ratio()) >= best:
            best, found = ratio, item_id
    return found


def _gained(literal: str, changed: Mapping[int, tuple[str, str]], made: Texts) -> tuple[int, str] | None:
    """The item into whose text the step brought these words."""
    for item_id, text in made.items():
        if literal in text:
            return item_id, text
    for item_id, (before, now) in changed.items():
        if now.count(literal) > before.count(literal):
            return item_id, now
    return None


def _places(text: str, literal: str) -> list[int]:
    places: list[int] = []
    at = text.find(literal) if literal else -1
    while at >= 0:
        places.append(at)
        at = text.find(literal, at + 1)
    return places


def _put(fact: Fact, at: int) -> None:
    fact.start, fact.end = at, at + len(fact.literal)
