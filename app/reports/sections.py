"""Sections of the working copy: their headings, their order, and what follows from both."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.document.headings import arrange
from app.errors import Invalid, NotFound, StaleVersion, TooLarge
from app.reports.forms import Direction
from app.reports.models import Item, Report, Section
from app.reports.noting import touch
from app.reports.placing import put_in_order, sections_of

HEADING_LIMIT = 500


def section_in(session: Session, report: Report, section_id: int) -> Section:
    section = session.get(Section, section_id)
    if section is None or section.report_id != report.id:
        raise NotFound("section.gone")
    return section


def add_section(
    session: Session, report: Report, *, heading: str, after: Section | None, by: User, at: datetime
) -> Section:
    """A new section with this heading after another one, else at the end."""
    sections = sections_of(session, report)
    section = Section(
        report_id=report.id,
        kind="custom",
        heading=_heading(heading),
        level=after.level if after else 2,
        position=0,
    )
    session.add(section)
    sections.insert(sections.index(after) + 1 if after else len(sections), section)
    put_in_order(session, sections)
    _arrange(session, report)
    touch(session, report, [section.id], by=by, at=at, arranged=True)
    return section


def save_section(
    session: Session, report: Report, section: Section, *, heading: str, version: int, by: User, at: datetime
) -> None:
    """Give the section another heading; its kind and code follow from the words."""
    if section.version != version and (section.heading or "") != heading.strip():
        raise StaleVersion(
            base=None,
            theirs=section.heading or "",
            mine=heading,
            version=section.version,
            field="heading",
            subject=f"section-{section.id}",
        )
    section.heading = _heading(heading)
    section.version += 1
    _arrange(session, report)
    touch(session, report, [section.id], by=by, at=at)


def move_section(
    session: Session, report: Report, section: Section, *, direction: Direction, by: User, at: datetime
) -> None:
    """Move the section with its sub-sections past the neighbour of its level."""
    sections = sections_of(session, report)
    groups: list[list[Section]] = []
    for one in sections:
        if one.parent_id == section.parent_id or not groups:
            groups.append([one])
        else:
            groups[-1].append(one)
    place = next((n for n, group in enumerate(groups) if group[0] is section), None)
    if place is None:
        return
    other = place + (-1 if direction == "up" else 1)
    if not 0 <= other < len(groups) or section.parent_id != groups[other][0].parent_id:
        return
    groups[place], groups[other] = groups[other], groups[place]
    put_in_order(session, [one for group in groups for one in group])
    _arrange(session, report)
    touch(session, report, [section.id], by=by, at=at, arranged=True)


def remove_section(
    session: Session, report: Report, section: Section, *, version: int, by: User, at: datetime
) -> None:
    """Remove an empty section; one with text is refused, so that no word goes by a slip."""
    if section.version != version:
        raise StaleVersion(
            base=None,
            theirs=section.heading or "",
            mine="",
            version=section.version,
            field="heading",
            subject=f"section-{section.id}",
        )
    if not all(
        item.is_dropped for item in session.scalars(select(Item).where(Item.section_id == section.id))
    ):
        raise Invalid("section.not_empty")
    session.execute(
        update(Section).where(Section.parent_id == section.id).values(parent_id=section.parent_id)
    )
    session.delete(section)
    _arrange(session, report)
    touch(session, report, [], by=by, at=at, arranged=True)


def _arrange(session: Session, report: Report) -> None:
    """Read kinds, codes, titles and enclosing sections from the headings again, as the page reader does."""
    session.flush()
    sections = sections_of(session, report)
    filled = set(session.scalars(select(Item.section_id).where(Item.report_id == report.id).distinct()))
    arranged = arrange([(one.heading, one.level, one.id in filled) for one in sections])
    for section, found in zip(sections, arranged, strict=True):
        if section.heading is None:
            continue
        section.kind, section.code, section.title = found.kind, found.code, found.title
        section.parent_id = sections[found.parent].id if found.parent is not None else None
    session.flush()


def _heading(heading: str) -> str:
    heading = heading.strip()
    if not heading or "\n" in heading:
        raise Invalid("section.heading_needed")
    if len(heading) > HEADING_LIMIT:
        raise TooLarge("section.heading_too_long", limit=HEADING_LIMIT)
    return heading
