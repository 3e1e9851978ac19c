"""Correcting a reading in the report's text: the value is replaced where it stands in its line."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from app.accounts.models import User
from app.document.phrases import find_rates, fold
from app.document.schema import Block, Metric
from app.errors import Invalid, NotFound, StaleVersion
from app.reports import editing
from app.reports.assembly import WorkingCopy, working_copy
from app.reports.edit_page import value_shown
from app.reports.models import Item, Report, Section

COLONS = ("：", ":")
NAME_LENGTH = 200
RATE_WORDS = ("率", "可用", "占比", "rate", "availab", "ratio")


def save_reading(
    session: Session,
    report: Report,
    item: Item,
    *,
    name: str,
    base: str,
    literal: str,
    by: User,
    at: datetime,
) -> None:
    """Replace the value of the metric `name` in the item by `literal`, digits as typed.

    What counts is the value the field was opened with (`base`): two people may correct two metrics of
    one line. Raises StaleVersion where another value stands there now, Invalid for what is no number.
    """
    copy = working_copy(session, report, only_sections=[item.section_id])
    metric = next((one for one in _metrics_of(copy, item) if one.name == name), None)
    now_there = value_shown(metric) if metric else ""
    literal = as_value(literal, name=name, before=metric)
    if now_there != base and now_there != literal:
        raise StaleVersion(
            base=base,
            theirs=now_there,
            mine=literal,
            version=item.version,
            field="literal",
            subject=f"reading-{item.id}-{metric.place.start if metric else 0}",
            others={"item": str(item.id), "name": name},
        )
    text = _with_value(item.text, metric, name, now_there, literal)
    editing.save_item(session, report, item, text=text, version=item.version, base=None, by=by, at=at)


def remove_reading(
    session: Session, report: Report, item: Item, *, name: str, base: str, by: User, at: datetime
) -> None:
    """Take a metric out of its line; the line goes where nothing else stands in it."""
    copy = working_copy(session, report, only_sections=[item.section_id])
    metric = next((one for one in _metrics_of(copy, item) if one.name == name), None)
    now_there = value_shown(metric) if metric else ""
    if now_there != base:
        raise StaleVersion(
            base=base,
            theirs=now_there,
            mine="",
            version=item.version,
            field="literal",
            subject=f"reading-{item.id}-{metric.place.start if metric else 0}",
            others={"item": str(item.id), "name": name},
        )
    rest = item.text
    if metric is not None:
        rest = rest[: metric.place.start] + rest[metric.place.end :]
    rest = rest.strip(" \t\n,，;；、。")
    if metric is None or not rest:
        editing.remove_item(session, report, item, version=item.version, by=by, at=at)
    else:
        editing.save_item(session, report, item, text=rest, version=item.version, base=None, by=by, at=at)


def add_reading(
    session: Session, report: Report, section: Section, *, name: str, literal: str, by: User, at: datetime
) -> Item:
    """A new metric line at the end of the section."""
    name = name.strip().strip("".join(COLONS)).strip()
    if not name or "\n" in name or len(name) > NAME_LENGTH:
        raise Invalid("metric.name_needed", longest=NAME_LENGTH)
    colon = "：" if any(ord(character) > 0x2E7F for character in name) else ": "
    text = f"{name}{colon}{as_value(literal, name=name, before=None)}".strip()
    if literal.strip() and not find_rates(text):
        raise Invalid("reading.not_a_number", typed=literal[:40])
    item = editing.insert_block(session, report, section.id, Block(kind="item", text=text))
    editing.touch(session, report, [section.id], by=by, at=at)
    return item


def as_value(literal: str, *, name: str, before: Metric | None) -> str:
    """The typed value, with `%` where only the number was typed for a rate; checked to be a number."""
    literal = literal.strip()
    if not literal:
        return ""
    if "\n" in literal or len(literal) > 64:
        raise Invalid("reading.not_a_number", typed=literal[:40])
    is_rate = before.unit == "%" if before else any(word in name.lower() for word in RATE_WORDS)
    if is_rate and fold(literal)[-1].isdecimal():
        literal += "%"
    read = find_rates(f"{name}：{literal}")
    if len(read) != 1 or read[0].end != len(name) + 1 + len(literal):
        raise Invalid("reading.not_a_number", typed=literal[:40])
    if read[0].unit == "%" and not 0 <= Decimal(read[0].value) <= 100:
        raise Invalid("reading.out_of_range", typed=literal[:40])
    return literal


def _metrics_of(copy: WorkingCopy, item: Item) -> list[Metric]:
    return [
        metric
        for metric in copy.document.metrics
        if copy.item_ids[metric.place.section, metric.place.path] == item.id
    ]


def _with_value(text: str, metric: Metric | None, name: str, before: str, literal: str) -> str:
    if metric is None:
        if not text.rstrip().endswith(COLONS):
            raise NotFound("reading.gone")
        bare = text.rstrip()
        space = " " if bare.endswith(":") and literal else ""
        return f"{bare}{space}{literal}"
    start, end = metric.place.start, metric.place.end
    clause = text[start:end]
    at = clause.rindex(before) if before and before in clause else len(clause)
    return text[:start] + clause[:at] + literal + text[end:]
