"""Correcting a reading in the report's text: the value is replaced where it stands in its line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.document.entries import Entry, entries_of, entry_named, is_wide, parted, with_value, without
from app.document.schema import Block
from app.document.vocabulary import Language
from app.errors import Invalid, NotFound, StaleVersion
from app.metrics.forms import ReadingForm
from app.metrics.values import UNREPORTED, as_counts, as_value
from app.reports import editing
from app.reports.models import Item, Report, Section
from app.reports.noting import touch
from app.reports.removing import remove_item

COLONS = "：:"
NAME_LENGTH = 200
DECIMALS = 3
"""Of a rate that is worked out from its counts."""


@dataclass(frozen=True, slots=True)
class Line:
    """An item of the metrics, its text where metrics by a stroke are parted, and one metric in it."""

    text: str
    entry: Entry


def save_reading(
    session: Session,
    report: Report,
    item: Item,
    form: ReadingForm,
    *,
    by: User,
    at: datetime,
    language: Language = "zh",
) -> None:
    """Replace the value of a metric in the item, digits as typed, with its counts; or say it is not reported.

    What counts is the value the field was opened with (`base`): two people may correct two metrics of
    one line. `language` is that of the words for "not reported". Raises StaleVersion where another value
    stands there now, Invalid for what is no number.
    """
    line = _line(session, item, form.name)
    value, counts = _written(form, line.entry, language)
    if line.entry.written not in (form.base, value + counts):
        raise _stale(item, line.entry, form, mine=value)
    if counts or not value.endswith(("%", "％")):
        line = _alone(line)  # by a stroke only rates can stand
    text = with_value(line.text, line.entry, value, counts)
    editing.save_item(session, report, item, text=text, version=item.version, base=None, by=by, at=at)


def remove_reading(
    session: Session, report: Report, item: Item, form: ReadingForm, *, by: User, at: datetime
) -> bool:
    """Take a metric out of its line; the line goes where nothing else stands in it. Whether it went."""
    line = _line(session, item, form.name)
    if line.entry.written != form.base:
        raise _stale(item, line.entry, form, mine="")
    line = _alone(line)
    rest = without(line.text, line.entry)
    if rest:
        editing.save_item(session, report, item, text=rest, version=item.version, base=None, by=by, at=at)
        return False
    remove_item(session, report, item, version=item.version, by=by, at=at)
    return True


def add_reading(
    session: Session, report: Report, section: Section, *, name: str, literal: str, by: User, at: datetime
) -> Item:
    """A new metric line at the end of the section."""
    name = name.strip().strip(COLONS).strip()
    if not name or "\n" in name or len(name) > NAME_LENGTH:
        raise Invalid("metric.name_needed", longest=NAME_LENGTH)
    colon = "：" if is_wide(name) else ": "
    value = as_value(literal, name=name, unit=None)
    text = f"{name}{colon}{value}".strip()
    if value and not entries_of(Block(kind="item", text=text)):
        raise Invalid("reading.not_a_number", typed=literal[:40])
    item = editing.insert_block(session, report, section.id, Block(kind="item", text=text))
    touch(session, report, [section.id], by=by, at=at)
    return item


def _line(session: Session, item: Item, name: str) -> Line:
    """The metric of that name in the item. Raises NotFound where it is not there any more."""
    below = session.scalars(select(Item.id).where(Item.parent_id == item.id).limit(1)).first()
    is_leaf = item.kind == "item" and below is None
    return Line(item.text, _named(item.text, name, is_leaf=is_leaf))


def _named(text: str, name: str, *, is_leaf: bool = True) -> Entry:
    entry = entry_named(text, name, is_leaf=is_leaf)
    if entry is None:
        raise NotFound("reading.gone")
    return entry


def _alone(line: Line) -> Line:
    if line.entry.rate is None or line.entry.rate.shared is None:
        return line
    text = parted(line.text, line.entry)
    return Line(text, _named(text, line.entry.name))


def _written(form: ReadingForm, entry: Entry, language: Language) -> tuple[str, str]:
    """The value, and the bracket of its counts, as they are to stand in the text."""
    if form.unreported:
        return UNREPORTED[language], ""
    typed = form.accepted or form.literal
    value = as_value(typed, name=form.name, unit=entry.rate.unit if entry.rate else None)
    if value.endswith((")", "）")) or (value and not any(character.isdecimal() for character in value)):
        return value, ""  # counts pasted with the value, or words that there is none
    if not form.counted:
        return value, entry.counts if value else ""
    counts = as_counts(form.numerator, form.denominator)
    if counts is None:
        return value, ""
    if not value:
        if entry.rate and (entry.rate.numerator, entry.rate.denominator) == (
            str(counts.numerator),
            str(counts.denominator),
        ):
            return "", ""  # emptied by the person: counts alone do not bring the value back
        value = counts.percent(DECIMALS)
    return value, counts.written(name=form.name, literal=value)


def _stale(item: Item, entry: Entry, form: ReadingForm, *, mine: str) -> StaleVersion:
    return StaleVersion(
        base=form.base,
        theirs=entry.written,
        mine=mine,
        version=item.version,
        field="literal",
        subject=f"reading-{item.id}-{entry.number}",
        others={"item": str(item.id), "name": form.name},
    )
