"""Saving one item's text, which is most of what is saved: two statements to know all, and the writes.

What stands in most sections means nothing beyond the item: no event begins there, no goal and no metric.
Anything else goes the long way, in `changes`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, delete, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Team, User
from app.document.incidents import HINTS, opens_a_list
from app.document.phrases import total_place
from app.document.recognition import meant_kind, recognise_section
from app.document.schema import Block, Document, SectionKind
from app.document.schema import Section as DocumentSection
from app.errors import Conflict
from app.reports import live
from app.reports.assembly import Path, WorkingCopy
from app.reports.change_forms import ChangesForm, TextChange
from app.reports.decided_values import apply_decisions
from app.reports.decisions import find_again
from app.reports.editable import Chip, ItemToEdit, chips_of_item
from app.reports.models import AcknowledgedSave, Fact, Item, Report, Section
from app.reports.planning import ItemChanged, Plan, Row, as_stored

MEAN_MORE: frozenset[SectionKind] = frozenset({"metrics", "incidents", "next_goals"})
_BETWEEN = "\x1f"
_Above, _Uppermost = aliased(Section), aliased(Section)
_MEANING = (
    Section.kind,
    Section.title,
    _Above.kind,
    _Above.title,
    _Uppermost.kind,
    _Uppermost.title,
)
MEANING: Select[*tuple[Any, ...]] = (
    select(*_MEANING)
    .select_from(Section)
    .outerjoin(_Above, _Above.id == Section.parent_id)
    .outerjoin(_Uppermost, _Uppermost.id == _Above.parent_id)
    .where(Section.id == bindparam("section_id"), Section.report_id == bindparam("report_id"))
)
"""What a section is, with those it is a part of."""


def _everything(wanted: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """An item, what was decided on its values, what its section is, and what was told of the field."""
    beside = aliased(Item)
    in_section = (beside.section_id == Item.section_id, beside.id != Item.id)
    hinting = select(func.aggregate_strings(beside.text, _BETWEEN)).where(
        *in_section, or_(*(beside.text.contains(hint) for hint in HINTS))
    )
    told = (
        (AcknowledgedSave.report_id == bindparam("report"))
        & (AcknowledgedSave.client == bindparam("client"))
        & (AcknowledgedSave.field == bindparam("field"))
    )
    return (
        select(
            Item.id,
            Item.uid,
            Item.section_id,
            Item.parent_id,
            Item.kind,
            Item.text,
            Item.ordered,
            Item.position,
            Item.version,
            Item.carried_open,
            Item.updated_by_id,
            Item.updated_at,
            *_MEANING,
            _Uppermost.parent_id.label("farther"),
            hinting.scalar_subquery().label("hinting"),
            AcknowledgedSave.sequence,
            AcknowledgedSave.answer,
            Fact,
        )
        .join(Section, Section.id == Item.section_id)
        .outerjoin(_Above, _Above.id == Section.parent_id)
        .outerjoin(_Uppermost, _Uppermost.id == _Above.parent_id)
        .outerjoin(AcknowledgedSave, told)
        .outerjoin(Fact, (Fact.item_id == Item.id) & Fact.decision.is_not(None))
        .where(Item.report_id == bindparam("report"), wanted)
        .order_by(Fact.id)
    )


_BY_ID = _everything(Item.id == bindparam("item"))
_BY_UID = _everything(Item.uid == bindparam("item"))
_NEW_TEXT = (
    update(Item.__table__)  # type: ignore[arg-type]  # a table of ours
    .where(Item.id == bindparam("item"))
    .values(
        text=bindparam("said"),
        version=bindparam("new_version"),
        carried_open=False,
        updated_at=bindparam("at"),
        updated_by_id=bindparam("by"),
        source_start=None,
        source_end=None,
        source_line=None,
    )
)
"""Made once: to put such statements together takes longer than to run them."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a section is, with those it is a part of: own kind and title first, then outwards."""

    kinds: tuple[tuple[SectionKind, str | None], ...]
    monday: date

    @property
    def headings(self) -> list[DocumentSection]:
        """The outermost first."""
        return [
            DocumentSection.model_construct(
                kind=kind, title=title, blocks=[], parent=index - 1 if index else None
            )
            for index, (kind, title) in enumerate(reversed(self.kinds))
        ]

    @property
    def kind(self) -> SectionKind:
        sections = self.headings
        return meant_kind(Document(sections=sections), len(sections) - 1)


@dataclass(frozen=True, slots=True)
class PlainText:
    """An item about to get another text, with all that has to be known for that."""

    row: Row
    change: TextChange
    meaning: Meaning
    decided: Sequence[Fact]
    told: tuple[int, dict[str, Any]] | None
    """Number and answer of the last save of this field."""

    def answer_before(self, sequence: int) -> dict[str, Any] | None:
        """The answer to the same save before; None for a new one. Raises Conflict for one that comes late."""
        if self.told is None or self.told[0] < sequence:
            return None
        if self.told[0] > sequence:
            raise Conflict("save.superseded")
        return self.told[1]

    def save(self, session: Session, report: Report, *, by_id: int, at: datetime) -> ItemToEdit:
        """Store the text. Raises ItemChanged where somebody else changed it meanwhile."""
        plan = Plan([self.row], [self.row.section], version=report.version + 1)
        try:
            plan.apply(self.change)
        except ItemChanged as clash:
            clash.by = session.scalar(select(User.display_name).where(User.id == clash.by_id))
            raise
        if plan.sections:
            _write(session, report, self.row, self.decided, by_id=by_id, at=at)
        return shown_alone(self.row, self.meaning, self.decided)


def plain_text(session: Session, report: Report, save: ChangesForm) -> PlainText | None:
    """The save as that of one text; None for all that means more. One statement."""
    change = save.changes[0]
    if len(save.changes) > 1 or not isinstance(change, TextChange) or total_place(change.text):
        return None
    asked = {"report": report.id, "item": change.item, "client": save.client, "field": save.field}
    rows = session.execute(_BY_ID if isinstance(change.item, int) else _BY_UID, asked).all()
    if not rows:
        return None
    found, decided = rows[0], [row.Fact for row in rows if row.Fact is not None]
    meaning = meaning_of(found[12:], monday=report.period_start)
    others = (found.hinting or "").split(_BETWEEN)
    lists = any(opens_a_list(text, report.period_start) for text in (*others, found.text, change.text))
    if found.farther is not None or meaning.kind in MEAN_MORE or lists:
        return None
    told = (found.sequence, found.answer) if found.sequence is not None else None
    return PlainText(Row(*found[:12]), change, meaning, decided, told)


def meaning_of(columns: Sequence[Any], *, monday: date) -> Meaning:
    """From the six columns of `_MEANING`."""
    pairs = (columns[0:2], columns[2:4], columns[4:6])
    return Meaning(tuple((kind, title) for kind, title in pairs if kind is not None), monday)


def typed(text: str, meaning: Meaning) -> list[Chip]:
    """What is recognised in a text while it is typed."""
    return chips_of(as_stored(text, kind="item"), meaning)


def shown_alone(row: Row, meaning: Meaning, decided: Sequence[Fact]) -> ItemToEdit:
    """The item with what is recognised in its text, as the editing page shows it."""
    assert row.id is not None
    return ItemToEdit(
        id=row.id,
        section_id=row.section,
        version=row.version,
        kind=row.kind,
        text=row.text,
        ordered=row.ordered,
        number=0,
        chips=chips_of(row.text, meaning, item_id=row.id, kind=row.kind, decided=decided),
    )


def chips_of(
    text: str, meaning: Meaning, *, item_id: int = 0, kind: str = "item", decided: Sequence[Fact] = ()
) -> list[Chip]:
    """What is recognised in one text of such a section, with what people decided on it."""
    sections = meaning.headings
    index = len(sections) - 1
    sections[index].blocks = [Block.model_validate({"kind": kind, "text": text})]
    document = Document(sections=sections)
    document.facts = recognise_section(document, index, monday=meaning.monday).facts
    ids: dict[tuple[int, Path], int] = {(index, (0,)): item_id}
    apply_decisions(decided, document, ids)
    return chips_of_item(WorkingCopy(document, [], [], ids, {}), item_id)


def _write(
    session: Session, report: Report, row: Row, decided: Sequence[Fact], *, by_id: int, at: datetime
) -> None:
    said = {"item": row.id, "said": row.text, "new_version": row.version, "at": at, "by": by_id}
    session.connection().execute(_NEW_TEXT, said)
    if report.is_published:
        session.execute(delete(Fact).where(Fact.item_id == row.id, Fact.decision.is_(None)))
    find_again(session, decided, row.text, before=row.before or "")
    if report.state == "published":
        report.state = "amending"
        session.execute(update(Team).where(Team.id == report.team_id).values(pulse=Team.pulse + 1))
    report.version += 1
    report.updated_at, report.updated_by_id = at, by_id
    session.flush()
    assert row.id is not None
    live.tell_changed(session, report, by_id=by_id, items={row.id: row.version})
