"""A whole page into a working copy: what stands in both keeps its row, and with it all that people decided.

Which blocks are the same is what a comparison of the two would say. Lines that only the writer sees (empty
ones, carried ones still open) are no part of the text and stay beside their neighbours. A carried one goes up
where the item or section it stood in is taken away: nobody decided on it yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.document.continuing import Line, continued, head_of, lines_of
from app.document.headings import arrange, says_none
from app.document.matching import Pairs, Spot, match
from app.document.places import walk
from app.document.schema import Block, Document
from app.document.schema import Section as DocumentSection
from app.errors import TooLarge
from app.reports import live
from app.reports.assembly import CONTENT, RECOGNISED, working_copy
from app.reports.decisions import follow_texts
from app.reports.editing import FIELD_LIMIT
from app.reports.models import Item, Report, Section
from app.reports.noting import note_change
from app.reports.placing import sections_of


@dataclass(slots=True)
class _Merge:
    """The rows while they are brought in line with the new document."""

    report_id: int
    pairs: Pairs
    section_ids: list[int]
    item_ids: dict[Spot, int]
    rows: dict[int, Item]
    version: int
    by: User
    at: datetime
    placed: dict[tuple[int, int | None], list[int]] = field(default_factory=dict)
    taken_up: dict[Spot, int] = field(default_factory=dict)
    """Carried items nobody touched yet that the new document goes on with, by its place for them."""
    written: set[int] = field(default_factory=set)
    """Items that are new or got another text."""


def merge_page(session: Session, report: Report, document: Document, *, by: User, at: datetime) -> bool:
    """Make the working copy say what the document says; whether anything changed.

    Title and properties come from the document, the week stays the report's.
    """
    _refuse_too_large(document)
    document = without_empty(document)
    copy = working_copy(session, report, as_text=True)
    if _content(copy.document) == _content(document):
        return False
    rows = session.scalars(select(Item).where(Item.report_id == report.id).order_by(Item.position, Item.id))
    merge = _Merge(
        report_id=report.id,
        pairs=match(copy.document.sections, document.sections),
        section_ids=copy.section_ids,
        item_ids=copy.item_ids,
        rows={row.id: row for row in rows},
        version=report.version + 1,
        by=by,
        at=at,
    )
    before = list(merge.rows.values())
    shown = set(copy.item_ids.values())
    hidden = [row for row in before if row.id not in shown]
    merge.taken_up = _taken_up(document, merge.pairs, hidden)
    sections = _merge_sections(session, report, document, merge)
    for index, (section, row) in enumerate(zip(document.sections, sections, strict=True)):
        _place(session, merge, section.blocks, row.id, index, (), None)
    session.flush()
    kept = {merge.item_ids[old] for old in merge.pairs.blocks.values()}
    gone = [item_id for item_id in copy.item_ids.values() if item_id not in kept]
    hidden = [row for row in hidden if row.id not in merge.taken_up.values()]
    stay = {section.id for section in sections}
    if not sections:
        stay = {row.section_id for row in hidden if row.carried_open and row.carried}
    _keep_hidden(merge, hidden, set(gone), stay)
    session.flush()
    _remove(session, merge, gone)
    _put_between(merge, hidden, before, stay)
    for ids in merge.placed.values():
        for position, item_id in enumerate(ids):
            merge.rows[item_id].position = position
    left = set(merge.section_ids) - stay
    session.flush()
    items = {item_id: merge.rows[item_id].version for item_id in merge.written}
    if left:
        session.execute(delete(Section).where(Section.id.in_(left)))
        session.expire_all()
    report.title = document.title
    report.front = document.model_dump(mode="json", exclude=CONTENT | RECOGNISED)
    section_ids = [section.id for section in sections]
    note_change(session, report, section_ids, by_id=by.id, at=at, written=merge.written)
    live.tell_changed(session, report, by_id=by.id, items=items, sections=section_ids, arranged=True)
    return True


def without_empty(document: Document) -> Document:
    """The document without items that say nothing; what stands below one takes its place."""

    def filled(blocks: Sequence[Block]) -> Iterator[Block]:
        for block in blocks:
            below = list(filled(block.blocks))
            if block.text:
                yield block.model_copy(update={"blocks": below})
            else:
                yield from below

    sections = [
        section.model_copy(update={"blocks": list(filled(section.blocks))}) for section in document.sections
    ]
    return document.model_copy(update={"sections": sections})


def joined(old: Document, page: Document) -> Document:
    """The old document with the page's blocks below the same headings; what it says already comes once.

    That there is nothing (`暂无`) is not put below what is there.
    """
    pairs = match(old.sections, page.sections)
    sections = [section.model_copy(update={"blocks": list(section.blocks)}) for section in old.sections]
    for index, section in enumerate(page.sections):
        there = pairs.sections.get(index)
        fresh = [
            block
            for place, block in enumerate(section.blocks)
            if (index, (place,)) not in pairs.blocks
            or not _says_the_same(old, page, pairs, (index, (place,)))
        ]
        if there is not None and any(block.text for block in sections[there].blocks):
            fresh = [block for block in fresh if not block.text or not says_none(block.text)]
        if there is None:
            sections.append(section.model_copy(update={"parent": None}))
        else:
            _put_in(sections[there].blocks, section, fresh, old, pairs, index)
    headings = arrange([(one.heading, one.level, bool(one.blocks)) for one in sections])
    for section, said in zip(sections, headings, strict=True):
        if section.heading is not None:
            section.kind, section.code, section.title = said.kind, said.code, said.title
        section.parent = said.parent
    return old.model_copy(update={"sections": sections})


def with_section(old: Document, index: int, page: Document) -> Document:
    """The old document with all of the page's blocks at the end of one section, headings as paragraphs."""
    added: list[Block] = []
    for section in page.sections:
        if section.heading is not None and len(page.sections) > 1:
            added.append(Block(kind="paragraph", text=section.heading))
        added += section.blocks
    if page.title is not None:
        added.insert(0, Block(kind="paragraph", text=page.title))
    sections = list(old.sections)
    sections[index] = sections[index].model_copy(update={"blocks": [*sections[index].blocks, *added]})
    return old.model_copy(update={"sections": sections})


def _put_in(
    blocks: list[Block],
    section: DocumentSection,
    fresh: list[Block],
    old: Document,
    pairs: Pairs,
    index: int,
) -> None:
    """Metrics that wait for a value get it; everything else goes to the end."""
    for block in fresh:
        place = next(place for place, one in enumerate(section.blocks) if one is block)
        was = pairs.blocks.get((index, (place,)))
        waits = (
            next((n for n, one in enumerate(blocks) if one is old.sections[was[0]].blocks[was[1][0]]), None)
            if was is not None and len(was[1]) == 1
            else None
        )
        if waits is not None and blocks[waits].text.rstrip().endswith(("：", ":")):
            blocks[waits] = block
        else:
            blocks.append(block)


def _says_the_same(old: Document, page: Document, pairs: Pairs, spot: Spot) -> bool:
    """Whether the block stands in the old document word for word, with all below it."""
    index, (place,) = spot
    was = pairs.blocks.get(spot)
    if was is None:
        return False
    blocks = old.sections[was[0]].blocks
    for step in was[1][:-1]:
        blocks = blocks[step].blocks
    return _said([blocks[was[1][-1]]]) == _said([page.sections[index].blocks[place]])


def _said(blocks: Sequence[Block]) -> list[str]:
    return [block.text for _, block in walk(blocks)]


def _merge_sections(session: Session, report: Report, document: Document, merge: _Merge) -> list[Section]:
    rows = {row.id: row for row in sections_of(session, report)}
    sections: list[Section] = []
    for index, section in enumerate(document.sections):
        was = merge.pairs.sections.get(index)
        row = rows[merge.section_ids[was]] if was is not None else None
        if row is None:
            row = Section(report_id=report.id, kind=section.kind, position=index, version=merge.version)
            session.add(row)
        elif (row.heading, row.level) != (section.heading, section.level):
            row.version += 1
        row.kind, row.code, row.title = section.kind, section.code, section.title
        row.heading, row.level, row.position = section.heading, section.level, index
        sections.append(row)
    session.flush()
    for row, section in zip(sections, document.sections, strict=True):
        row.parent_id = sections[section.parent].id if section.parent is not None else None
    return sections


def _place(
    session: Session,
    merge: _Merge,
    blocks: Sequence[Block],
    section_id: int,
    index: int,
    above: tuple[int, ...],
    parent_id: int | None,
) -> None:
    for place, block in enumerate(blocks):
        path = (*above, place)
        was = merge.pairs.blocks.get((index, path))
        item_id = merge.item_ids[was] if was is not None else merge.taken_up.get((index, path))
        if item_id is None:
            row = Item(
                report_id=merge.report_id,
                section_id=section_id,
                parent_id=parent_id,
                kind=block.kind,
                text=block.text,
                ordered=block.ordered,
                number=block.number,
                position=place,
                version=merge.version,
                updated_at=merge.at,
                updated_by_id=merge.by.id,
            )
            session.add(row)
            session.flush()
            merge.rows[row.id] = row
            merge.written.add(row.id)
        else:
            row = merge.rows[item_id]
            _bring_in_line(session, merge, row, block, section_id, parent_id)
            row.carried_open = row.carried_open and was is not None
        merge.placed.setdefault((section_id, parent_id), []).append(row.id)
        _place(session, merge, block.blocks, section_id, index, path, row.id)


def _bring_in_line(
    session: Session, merge: _Merge, row: Item, block: Block, section_id: int, parent_id: int | None
) -> None:
    if (row.text, row.kind, row.ordered) != (block.text, block.kind, block.ordered):
        if row.text != block.text:
            follow_texts(session, {row.id: (row.text, block.text)})
            row.source_start = row.source_end = row.source_line = None
            merge.written.add(row.id)
        row.text, row.kind, row.ordered = block.text, block.kind, block.ordered
        row.version += 1
        row.carried_open = False
        row.updated_at, row.updated_by_id = merge.at, merge.by.id
    row.number = block.number
    row.section_id, row.parent_id = section_id, parent_id


def _taken_up(document: Document, pairs: Pairs, hidden: Sequence[Item]) -> dict[Spot, int]:
    """The carried items nobody touched yet that a line of the page goes on with, by the place of that."""
    heads = {row.id: head_of(row.text) for row in hidden}
    waiting = {
        row.id: Line(row.text, heads.get(row.parent_id or 0, ""))
        for row in hidden
        if row.kind == "item" and row.carried_open and row.carried and not row.is_dropped
    }
    if not waiting:
        return {}
    lines = lines_of(document, range(len(document.sections)))
    return continued({spot: line for spot, line in lines.items() if spot not in pairs.blocks}, waiting)


def _keep_hidden(merge: _Merge, hidden: Sequence[Item], gone: set[int], stay: set[int]) -> None:
    """Carried lines go up where what they stood below is taken away, and into the section before theirs."""
    lost = gone | {row.id for row in hidden if not row.carried and row.section_id not in stay}
    before: dict[int, int] = {}
    last = next((section_id for section_id in merge.section_ids if section_id in stay), min(stay, default=0))
    for section_id in merge.section_ids:
        last = before[section_id] = section_id if section_id in stay else last
    for row in sorted(hidden, key=lambda row: _depth(merge, row)):
        while row.carried and row.parent_id in lost:
            row.parent_id = merge.rows[row.parent_id].parent_id
        if row.parent_id is not None:
            row.section_id = merge.rows[row.parent_id].section_id
        elif row.carried:
            row.section_id = before[row.section_id]


def _depth(merge: _Merge, row: Item) -> int:
    depth = 0
    while row.parent_id is not None:
        row, depth = merge.rows[row.parent_id], depth + 1
    return depth


def _remove(session: Session, merge: _Merge, gone: Sequence[int]) -> None:
    if not gone:
        return
    session.execute(delete(Item).where(Item.id.in_(gone)))
    waiting = set(gone)
    while waiting:
        for item_id in waiting:
            if merge.rows[item_id] in session:
                session.expunge(merge.rows.pop(item_id))
        waiting = {row.id for row in merge.rows.values() if row.parent_id in waiting}


def _put_between(merge: _Merge, hidden: Sequence[Item], before: Sequence[Item], sections: set[int]) -> None:
    """Hidden lines behind the neighbour they stood behind, else first."""
    for row in hidden:
        if row.id not in merge.rows or row.section_id not in sections:
            continue
        group = merge.placed.setdefault((row.section_id, row.parent_id), [])
        place = 0
        for other in before:
            if other is row:
                break
            if other.id in group:
                place = max(place, group.index(other.id) + 1)
        group.insert(place, row.id)


def _content(document: Document) -> tuple[object, ...]:
    front = document.model_dump(mode="json", exclude=CONTENT | RECOGNISED)
    sections = [
        (section.heading, section.level, list(_shapes(section.blocks))) for section in document.sections
    ]
    return document.title, front, sections


def _shapes(blocks: Sequence[Block]) -> Iterator[tuple[object, ...]]:
    for path, block in walk(blocks):
        yield path, block.kind, block.ordered, block.number, block.text


def _refuse_too_large(document: Document) -> None:
    for section in document.sections:
        if len((section.heading or "").encode()) > FIELD_LIMIT:
            raise TooLarge("text.too_large", limit=FIELD_LIMIT // 1024)
        for _, block in walk(section.blocks):
            if len(block.text.encode()) > FIELD_LIMIT:
                raise TooLarge("text.too_large", limit=FIELD_LIMIT // 1024)
