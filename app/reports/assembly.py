"""Between the report document and the tables: lay a document out as rows, put rows together again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.db import insert_rows, new_ids
from app.document.recognition import recognise
from app.document.relative_dates import SaidBefore
from app.document.schema import Block, Document, Source, Week
from app.document.schema import Section as DocumentSection
from app.reports.decided_values import apply_decisions
from app.reports.models import Fact, Item, Report, Revision, Section
from app.reports.said_before import read_as_last_said

Path = tuple[int, ...]
CONTENT = {"title", "week", "sections"}
RECOGNISED = {
    "metrics",
    "unreported",
    "incident_counts",
    "incidents",
    "goals",
    "reflections",
    "facts",
    "links",
}


@dataclass(frozen=True, slots=True)
class WorkingCopy:
    """A working copy as a document, and which rows its sections and blocks are.

    `item_ids` is keyed by (section index, path of the block); `versions` and `carried` by item id.
    `loaded` are the ids of the sections whose blocks are in the document, all headings are; None where
    all blocks are too.
    """

    document: Document
    section_ids: list[int]
    section_versions: list[int]
    item_ids: dict[tuple[int, Path], int]
    versions: dict[int, int]
    carried: dict[int, CarriedOver] = field(default_factory=dict)
    loaded: frozenset[int] | None = None
    said_before: dict[int, list[SaidBefore]] = field(default_factory=dict)
    """By item the dates of its text that were said in an earlier week and would mean another day by now."""

    def holds(self, section_id: int) -> bool:
        """Whether the blocks of the section are in the document."""
        return self.loaded is None or section_id in self.loaded

    @property
    def left_behind(self) -> int:
        """How many lines were carried over and neither edited, kept nor dropped."""
        return sum(1 for line in self.carried.values() if line.is_open and not line.is_dropped)


@dataclass(frozen=True, slots=True)
class CarriedOver:
    """What is known of an item that was carried over; `said` is `Item.carried`.

    It is open until somebody edits or keeps it, or something below it.
    """

    said: dict[str, Any]
    is_open: bool

    @property
    def is_dropped(self) -> bool:
        return self.is_open and bool(self.said.get("dropped"))


def lay_out(
    session: Session,
    report: Report,
    document: Document,
    *,
    carried: Mapping[tuple[int, Path], dict[str, Any]] | None = None,
) -> WorkingCopy:
    """Store the document's sections and blocks as the working copy of a report that has none.

    Items begin at the report's version: SQLite gives ids anew, and no page that is open may take a new
    item for one that had its id. `carried` says what last week said of the blocks that are carried over
    from it; they are open.
    """
    carried = carried or {}
    report.title = document.title
    report.front = document.model_dump(mode="json", exclude=CONTENT | RECOGNISED)
    section_ids = _insert_sections(session, report.id, document.sections)
    blocks: list[tuple[int, Path, Block]] = [
        (index, (position,), block)
        for index, section in enumerate(document.sections)
        for position, block in enumerate(section.blocks)
    ]
    for index, path, block in blocks:  # grows while it is walked: parents come before what is below them
        blocks += [(index, (*path, n), child) for n, child in enumerate(block.blocks)]
    ids = new_ids(session, Item.__tablename__, len(blocks))
    item_ids = {(index, path): own_id for (index, path, _), own_id in zip(blocks, ids, strict=True)}
    rows = [
        {
            "id": item_ids[index, path],
            "report_id": report.id,
            "section_id": section_ids[index],
            "parent_id": item_ids[index, path[:-1]] if len(path) > 1 else None,
            "kind": block.kind,
            "text": block.text,
            "ordered": block.ordered,
            "number": block.number,
            "position": path[-1],
            "version": report.version,
            "carried": carried.get((index, path)),
            "carried_open": (index, path) in carried,
            **_source_columns(block.source),
        }
        for index, path, block in blocks
    ]
    insert_rows(session, Item.__table__, rows)
    return WorkingCopy(
        document,
        section_ids,
        [1] * len(section_ids),
        item_ids,
        dict.fromkeys(item_ids.values(), report.version),
    )


def clear(session: Session, report: Report) -> None:
    """Remove the working copy's sections and items; revisions stay."""
    session.execute(delete(Item).where(Item.report_id == report.id))
    session.execute(delete(Section).where(Section.report_id == report.id))


def working_copy(
    session: Session,
    report: Report,
    *,
    only_sections: Iterable[int] | None = None,
    for_readers: bool = False,
    as_text: bool = False,
) -> WorkingCopy:
    """The working copy, its values recognised anew and what people decided on them applied.

    Three statements, however long the report. With `only_sections` (section ids) the document holds
    the blocks of just those sections; what a section means can depend on the headings above it.
    `as_text` leaves out what no page of text can say: items without text, whose place is taken by what
    stands below them, and what was carried over and is still open. `for_readers` leaves out the metrics
    whose value nobody wrote as well.
    """
    as_text = as_text or for_readers
    sections_query = select(Section).where(Section.report_id == report.id)
    items_query = select(
        Item.id,
        Item.section_id,
        Item.parent_id,
        Item.kind,
        Item.text,
        Item.ordered,
        Item.number,
        Item.version,
        Item.carried,
        Item.carried_open,
        Item.source_start,
        Item.source_end,
        Item.source_line,
    ).where(Item.report_id == report.id)
    loaded = frozenset(only_sections) if only_sections is not None else None
    if loaded is not None:
        items_query = items_query.where(Item.section_id.in_(loaded))
    sections = session.scalars(sections_query.order_by(Section.position, Section.id)).all()
    index_of = {section.id: index for index, section in enumerate(sections)}
    blocks_of: dict[tuple[int, int | None], list[tuple[int, Block]]] = {}
    versions: dict[int, int] = {}
    left_out: set[int] = set()
    said: dict[int, dict[str, Any]] = {}
    untouched: dict[int, bool] = {}
    below: dict[int, list[int]] = {}
    goes_with: dict[int, int] = {}
    for row in session.execute(items_query.order_by(Item.position, Item.id)):
        block = Block.model_construct(
            kind=row.kind,
            text=row.text,
            ordered=row.ordered,
            number=row.number,
            blocks=[],
            source=_source(row.source_start, row.source_end, row.source_line),
        )
        blocks_of.setdefault((row.section_id, row.parent_id), []).append((row.id, block))
        versions[row.id] = row.version
        untouched[row.id] = row.carried_open or not row.text
        if row.carried is not None:
            said[row.id] = row.carried
        if row.parent_id is not None:
            below.setdefault(row.parent_id, []).append(row.id)
            if row.kind != "item":
                goes_with[row.id] = row.parent_id
        if as_text and not row.text:
            left_out.add(row.id)
    still_open = _open_branches(untouched, below, goes_with)
    if as_text:
        left_out |= still_open
    if for_readers:
        left_out |= _unanswered(sections, blocks_of)
    item_ids: dict[tuple[int, Path], int] = {}

    def shown(section: int, parent: int | None) -> Iterator[tuple[int, Block]]:
        for item_id, block in blocks_of.get((section, parent), ()):
            if item_id in left_out:
                yield from shown(section, item_id)
            else:
                yield item_id, block

    def place(section: int, index: int, parent: int | None, above: Path) -> list[Block]:
        placed = []
        for position, (item_id, block) in enumerate(shown(section, parent)):
            path = (*above, position)
            item_ids[index, path] = item_id
            block.blocks = place(section, index, item_id, path)
            placed.append(block)
        return placed

    document = Document(
        title=report.title,
        **report.front,
        week=week_of_report(report),
        sections=[
            DocumentSection.model_construct(
                kind=section.kind,  # type: ignore[arg-type]  # checked by the database
                code=section.code,
                title=section.title,
                heading=section.heading,
                level=section.level,
                parent=index_of.get(section.parent_id) if section.parent_id else None,
                blocks=place(section.id, index, None, ()),
                source=_source(section.source_start, section.source_end, section.source_line),
            )
            for index, section in enumerate(sections)
        ],
    )
    document = recognise(document, monday=report.period_start)
    said_before = read_as_last_said(document, item_ids, said, report.period_start)
    apply_decisions(_decided(session, report), document, item_ids)
    return WorkingCopy(
        document,
        [section.id for section in sections],
        [section.version for section in sections],
        item_ids,
        versions,
        {item_id: CarriedOver(each, item_id in still_open) for item_id, each in said.items()},
        loaded,
        said_before,
    )


def document_of(session: Session, report: Report) -> Document:
    """The working copy as readers would see it."""
    return working_copy(session, report, for_readers=True).document


def published_document(session: Session, report: Report) -> Document:
    """The document of the newest published revision; a draft has none."""
    return revision_document(session, report, report.published_revision)


def report_as_published(session: Session, report_id: int) -> tuple[Report, Document]:
    """A published report and the document readers see, in one statement."""
    report, stored = session.execute(
        select(Report, Revision.document)
        .join(Revision, Revision.report_id == Report.id)
        .where(Report.id == report_id, Revision.number == Report.published_revision)
    ).one()
    return report, Document.model_validate_json(stored)


def revision_document(session: Session, report: Report, number: int) -> Document:
    stored = session.scalars(
        select(Revision.document).where(Revision.report_id == report.id, Revision.number == number)
    ).one()
    return Document.model_validate_json(stored)


def week_of_report(report: Report) -> Week:
    return Week(
        label=report.label,
        year=report.week_year,
        number=report.week_number,
        start=report.period_start,
        end=report.period_end,
        rule=report.week_rule,
        year_from=report.year_from,
    )


def _open_branches(
    untouched: Mapping[int, bool], below: Mapping[int, list[int]], goes_with: Mapping[int, int]
) -> set[int]:
    """The carried items that nobody touched, nor anything below them: a touched one needs its place.

    `goes_with` names the item that a paragraph belongs to; it is open with that.
    """

    def is_open(item_id: int) -> bool:
        return untouched[item_id] and all(is_open(child) for child in below.get(item_id, ()))

    found = {item_id for item_id, so_far in untouched.items() if so_far and is_open(item_id)}
    return {item_id for item_id in found if goes_with.get(item_id, item_id) in found}


def _unanswered(
    sections: Sequence[Section], blocks_of: Mapping[tuple[int, int | None], list[tuple[int, Block]]]
) -> set[int]:
    """The lines of metrics that say a name and no value, and headings over such lines alone.

    A line that came with a page stays as it was written there.
    """
    found: set[int] = set()
    for section in sections:
        heading, is_said = None, False
        for item_id, block in blocks_of.get((section.id, None), ()) if section.kind == "metrics" else ():
            ends_open = block.source is None and block.text.endswith(("：", ":"))
            if block.kind == "paragraph":
                heading, is_said = item_id if ends_open else None, False
            elif ends_open and (section.id, item_id) not in blocks_of:
                found |= {item_id} if heading is None or is_said else {item_id, heading}
            else:
                is_said = True
                found.discard(heading or 0)
    return found


def _decided(session: Session, report: Report) -> Sequence[Fact]:
    return session.scalars(select(Fact).where(Fact.report_id == report.id, Fact.decision.is_not(None))).all()


def _insert_sections(session: Session, report_id: int, sections: list[DocumentSection]) -> list[int]:
    if not sections:
        return []
    ids = new_ids(session, Section.__tablename__, len(sections))
    rows = [
        {
            "id": own_id,
            "report_id": report_id,
            "kind": section.kind,
            "code": section.code,
            "title": section.title,
            "heading": section.heading,
            "level": section.level,
            "position": position,
            "parent_id": ids[section.parent] if section.parent is not None else None,
            **_source_columns(section.source),
        }
        for position, (section, own_id) in enumerate(zip(sections, ids, strict=True))
    ]
    insert_rows(session, Section.__table__, rows)
    return ids


def _source_columns(source: Source | None) -> dict[str, int | None]:
    return {
        "source_start": source.start if source else None,
        "source_end": source.end if source else None,
        "source_line": source.line if source else None,
    }


def _source(start: int | None, end: int | None, line: int | None) -> Source | None:
    if start is None or end is None or line is None:
        return None
    return Source.model_construct(start=start, end=end, line=line)
