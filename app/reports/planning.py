"""What changes do to the items of a week, worked out in memory before anything is written. Pure.

Nobody's words are lost: a text that was changed meanwhile refuses with both, and an item is added even
where its neighbour has gone. What is there already is not added again, and what has gone is not
removed again, so that a browser may send what it is not sure of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.document.blocks import DEEPEST
from app.document.lines import normalise_text
from app.document.merging import merge
from app.errors import Conflict, Invalid, StaleVersion, TooLarge
from app.reports.change_forms import (
    AddChange,
    BringBackChange,
    Change,
    DropChange,
    KeepChange,
    MoveChange,
    NewItem,
    Ref,
    RemoveChange,
    ReopenChange,
    RestoreChange,
    TextChange,
)

FIELD_LIMIT = 64 * 1024


@dataclass(slots=True, eq=False)
class Row:
    """An item as it stands, or as it will; `id` is None until it is stored."""

    id: int | None
    uid: str | None
    section: int
    parent_id: int | None
    kind: str
    text: str
    ordered: bool
    position: int
    version: int
    carried_open: bool = False
    updated_by_id: int | None = None
    updated_at: datetime | None = None
    carried: dict[str, Any] | None = None
    before: str | None = None
    """What it said before it got another text."""
    parent: Row | None = None
    below: list[Row] = field(default_factory=list)

    @property
    def with_all_below(self) -> Iterator[Row]:
        yield self
        for row in self.below:
            yield from row.with_all_below

    @property
    def level(self) -> int:
        """1 in the section itself, 2 below an item there."""
        return 1 + (self.parent.level if self.parent is not None else 0)

    @property
    def levels(self) -> int:
        """How many the item takes with all below it."""
        return 1 + max((row.levels for row in self.below), default=0)


class Plan:
    """The items of a week, and what became of them."""

    def __init__(
        self,
        rows: Iterable[Row],
        sections: Iterable[int],
        *,
        version: int,
        kept: Mapping[Ref, Row] | None = None,
    ) -> None:
        """`rows` ordered by position; `version` is that of the report once the changes are saved.

        `kept` are removed items that can be had back, with what was below them.
        """
        self._kept = kept or {}
        self._by_id = {row.id: row for row in rows if row.id is not None}
        self._by_uid = {row.uid: row for row in self._by_id.values() if row.uid}
        self._tops: dict[int, list[Row]] = {section: [] for section in sections}
        self._version = version
        for row in self._by_id.values():
            row.parent = self._by_id.get(row.parent_id) if row.parent_id is not None else None
            self._beside(row).append(row)
        self.made: list[Row] = []
        """Parents before what is below them."""
        self.texts: set[Row] = set()
        self.placed: set[Row] = set()
        self.kept: set[Row] = set()
        """Stored items that got another text, another place, or of which what is carried over changed."""
        self.moved: set[Row] = set()
        """Those that somebody put in another place, and that bear the number of that from now on."""
        self.removed: list[int] = []
        self.branches: list[Row] = []
        """The stored items among the removed ones that were to be; the others went with them."""
        self.restored: list[Row] = []
        """Removed items that come back, parents first."""
        self.gone: list[Ref] = []
        self.answered: dict[Ref, Row] = {}
        """The item of each name that the browser used for it."""
        self.sections: set[int] = set()
        """Those whose items changed."""
        self.reshaped: set[int] = set()
        """Those among them that got items, or gave some to another place."""
        self.redrawn: set[int] = set()
        """Those of which a page knows less than is stored: what is carried over, or came back."""

    def apply(self, change: Change) -> None:
        match change:
            case TextChange():
                self._set_text(change)
            case AddChange():
                self._add(change)
            case MoveChange():
                self._move(change)
            case RemoveChange():
                self._remove(change)
            case RestoreChange():
                self._restore(change)
            case KeepChange():
                row = self._find(change.item)
                self._confirm(row)
                self.redrawn.add(row.section)
                self.answered[change.item] = row
            case ReopenChange():
                self._reopen(change)
            case DropChange() | BringBackChange():
                self._drop(change)

    def _set_text(self, change: TextChange) -> None:
        row = self._find(change.item, mine=change.text)
        if is_stale(row, change):
            raise ItemChanged(row, change.item, base=change.base, mine=change.text)
        text = as_stored(change.text, kind=row.kind)
        if text != row.text:
            row.before = row.text if row.before is None else row.before
            row.text = text
            row.version += 1
            self.sections.add(row.section)
            if row.id is not None:
                self.texts.add(row)
        self._confirm(row)
        self.answered[change.item] = row

    def _add(self, change: AddChange) -> None:
        beside, parent, place = self._place(change.section, change.parent, change.after)
        for item in change.items:
            known = self._by_uid.get(item.uid)
            if known is not None:
                self._answer_again(item)
                continue
            beside.insert(place, self._made(item, change.section, parent))
            refuse_too_deep(beside[place], below=parent)
            place += 1
        self._reorder(beside)
        self.sections.add(change.section)
        self.reshaped.add(change.section)

    def _made(self, item: NewItem, section: int, parent: Row | None) -> Row:
        row = Row(
            id=None,
            uid=item.uid,
            section=section,
            parent_id=None,
            kind=item.kind,
            text=as_stored(item.text, kind=item.kind),
            ordered=item.ordered,
            position=0,
            version=self._version,
            parent=parent,
        )
        if parent is not None and parent.kind != "item":
            raise Invalid("item.nothing_below")
        self.made.append(row)
        self._by_uid[item.uid] = self.answered[item.uid] = row
        for child in item.items:
            if child.uid in self._by_uid:
                self._answer_again(child)
            else:
                row.below.append(self._made(child, section, row))
        for position, below in enumerate(row.below):
            below.position = position
        return row

    def _answer_again(self, item: NewItem) -> None:
        known = self._by_uid.get(item.uid)
        if known is not None:
            self.answered[item.uid] = known
        for child in item.items:
            self._answer_again(child)

    def _move(self, change: MoveChange) -> None:
        row = self._find(change.item)
        old = self._beside(row)
        old.remove(row)
        beside, parent, place = self._place(change.section, change.parent, change.after)
        above = parent
        while above is not None:
            if above is row:
                raise Conflict("item.below_itself")
            above = above.parent
        if parent is not None and parent.kind != "item":
            raise Invalid("item.nothing_below")
        refuse_too_deep(row, below=parent)
        self.sections |= {row.section, change.section}
        self.reshaped |= {row.section, change.section}
        beside.insert(place, row)
        self._reorder(old)
        row.parent = parent
        if row.section != change.section:
            for one in row.with_all_below:
                one.section = change.section
                self._note_place(one)
        self._note_place(row)
        self.moved.add(row)
        self._reorder(beside)
        self._confirm(row)
        self.answered[change.item] = row

    def _remove(self, change: RemoveChange) -> None:
        row = self._row(change.item)
        self.gone.append(change.item)
        if row is None:
            return
        if row.version != change.version and row not in self.texts:
            raise ItemChanged(row, change.item, base=None, mine="")
        if row.id is not None:
            self.branches.append(row)
        beside = self._beside(row)
        beside.remove(row)
        self._reorder(beside)
        self.sections.add(row.section)
        going = set(row.with_all_below)
        for one in going:
            if one.id is not None:
                del self._by_id[one.id]
                self.removed.append(one.id)
            if one.uid is not None:
                del self._by_uid[one.uid]
        self.made = [one for one in self.made if one not in going]
        self.restored = [one for one in self.restored if one not in going]
        for rows in (self.texts, self.placed, self.kept):
            rows -= going
        self.answered = {ref: one for ref, one in self.answered.items() if one not in going}

    def _restore(self, change: RestoreChange) -> None:
        if self._row(change.item) is None:
            row = self._kept.get(change.item)
            if row is None:
                raise ItemGone(change.item, None)
            beside, parent, place = self._place(change.section, change.parent, change.after)
            if parent is not None and parent.kind != "item":
                raise Invalid("item.nothing_below")
            refuse_too_deep(row, below=parent)
            row.parent = parent
            for one in row.with_all_below:
                one.section = change.section
                if one.id is not None:
                    self._by_id[one.id] = one
                if one.uid in self._by_uid:
                    one.uid = None
                if one.uid is not None:
                    self._by_uid[one.uid] = one
                self.restored.append(one)
            beside.insert(place, row)
            self._reorder(beside)
            self.sections.add(change.section)
            self.reshaped.add(change.section)
            self.redrawn.add(change.section)
        for ref in (change.item, *change.below):
            known = self._row(ref)
            if known is not None:
                self.answered[ref] = known

    def _reopen(self, change: ReopenChange) -> None:
        row = self._find(change.item)
        if row.version != change.version and row not in self.texts:
            raise ItemChanged(row, change.item, base=None, mine="")
        if row.carried is not None and not row.carried_open:
            row.carried_open = True
            self._note_carried(row)
        self.answered[change.item] = row

    def _drop(self, change: DropChange | BringBackChange) -> None:
        row = self._find(change.item)
        if change.kind == "drop" and not all(one.carried_open for one in row.with_all_below):
            raise Conflict("carried.touched")
        carried = {name: value for name, value in (row.carried or {}).items() if name != "dropped"}
        row.carried = carried | ({"dropped": True} if change.kind == "drop" else {})
        self._note_carried(row)
        self.answered[change.item] = row

    def _note_carried(self, row: Row) -> None:
        self.sections.add(row.section)
        self.reshaped.add(row.section)
        self.redrawn.add(row.section)
        self.kept.add(row)

    def _confirm(self, row: Row) -> None:
        if row.carried_open:
            row.carried_open = False
            self.sections.add(row.section)
            self.kept.add(row)

    def _place(
        self, section: int, parent: Ref | None, after: Ref | None
    ) -> tuple[list[Row], Row | None, int]:
        """The list to put items into, what it is below, and where; at its end where a neighbour has gone."""
        if section not in self._tops:
            raise Conflict("section.gone")
        above = self._row(parent) if parent is not None else None
        if above is not None and above.section != section:
            above = None
        beside = above.below if above is not None else self._tops[section]
        if parent is not None and above is None:
            return beside, None, len(beside)
        if after is None:
            return beside, above, 0
        before = self._row(after)
        return beside, above, beside.index(before) + 1 if before in beside else len(beside)

    def _row(self, ref: Ref) -> Row | None:
        return self._by_id.get(ref) if isinstance(ref, int) else self._by_uid.get(ref)

    def _find(self, ref: Ref, *, mine: str | None = None) -> Row:
        row = self._row(ref)
        if row is None:
            raise ItemGone(ref, mine)
        return row

    def _beside(self, row: Row) -> list[Row]:
        return row.parent.below if row.parent is not None else self._tops[row.section]

    def _reorder(self, rows: list[Row]) -> None:
        for position, row in enumerate(rows):
            if row.position != position:
                row.position = position
                self._note_place(row)

    def _note_place(self, row: Row) -> None:
        if row.id is not None:
            self.placed.add(row)


class ItemChanged(StaleVersion):
    """Somebody else changed the item meanwhile; `merged` is both changes in one where they do not touch."""

    def __init__(self, row: Row, item: Ref, *, base: str | None, mine: str) -> None:
        super().__init__(base=base, theirs=row.text, mine=mine, version=row.version, subject=f"item-{row.id}")
        self.key = "item.changed"
        self.item = item
        self.by_id = row.updated_by_id
        self.at = row.updated_at
        stored = as_stored(mine, kind=row.kind)
        self.merged = merge(base, stored, row.text) if base is not None and stored else None


class ItemGone(Conflict):
    """The item was removed meanwhile; `mine` is what was typed in it."""

    def __init__(self, item: Ref, mine: str | None) -> None:
        super().__init__("item.gone")
        self.item = item
        self.mine = mine


def refuse_too_deep(row: Row, *, below: Row | None) -> None:
    """Raises Invalid where an item would stand deeper there than a page can say."""
    if (below.level if below is not None else 0) + row.levels > DEEPEST:
        raise Invalid("item.too_deep", levels=DEEPEST)


def is_stale(row: Row, change: TextChange) -> bool:
    """Whether somebody else changed the text since the version that was typed over, to something else."""
    said = (as_stored(change.text, kind=row.kind), change.base)
    return row.version != change.version and row.text not in said


def as_stored(text: str, *, kind: str) -> str:
    """What was typed, as one block's text: lines without white space around them and without blank lines.

    Text that is kept letter by letter stays so. Raises TooLarge over 64 kB.
    """
    if len(text.encode()) > FIELD_LIMIT:
        raise TooLarge("text.too_large", limit=FIELD_LIMIT // 1024)
    return text.strip("\n") if kind == "code" else "\n".join(normalise_text(text))
