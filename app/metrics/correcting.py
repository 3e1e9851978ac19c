"""A metric's value in one week: what was said of it when, and setting it right where the chart shows it.

A correction changes the text of the report where the value stands, or adds the value where the week does not
say it, and publishes the next revision with the reason, so that the chart, the report and its history tell
the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.document.entries import Entry, entry_named, section_entries
from app.document.places import Path
from app.document.schema import Document
from app.errors import Conflict, Invalid, NotFound
from app.metrics.editing import add_reading, save_reading
from app.metrics.forms import ReadingForm
from app.metrics.models import Metric, MetricName, Reading
from app.metrics.names import fold
from app.metrics.scales import Interval, interval
from app.metrics.values import as_value
from app.reports.assembly import published_document, working_copy
from app.reports.editing import item_in
from app.reports.models import Report, Revision, Section
from app.reports.page_text import anchor
from app.reports.placing import sections_of
from app.reports.publishing import publish_report


@dataclass(frozen=True, slots=True)
class Said:
    """A value as one revision said it, who published that and why."""

    revision: int
    literal: str
    stands_for: Interval
    by: str
    at: datetime
    reason: str | None


@dataclass(frozen=True, slots=True)
class Point:
    """A metric in a published week. `said` is newest first; `value` None where the week does not say it.

    `line` is the text in which the value stands, `anchor` its place on the report's page, `typed` the value
    as it stands there, or the words that there is none; `amended_by` who is changing the week at the moment.
    """

    value: Said | None
    said: list[Said]
    line: str
    anchor: str
    typed: str
    amended_by: str | None


@dataclass(frozen=True, slots=True)
class _Stands:
    """A metric in a document: in which block, its text, and what of it is the metric, where one can tell."""

    place: tuple[int, Path]
    line: str
    entry: Entry | None


def point_of(session: Session, report: Report, metric: Metric) -> Point:
    """What is known of the metric in that week, as readers see it."""
    said = _said(session, report, metric)
    value = said[0] if said and said[0].revision == report.published_revision else None
    stands = None
    if report.is_published:
        stands = _stands_in(published_document(session, report), _names(session, metric))
    return Point(
        value=value,
        said=said,
        line=stands.line if stands else "",
        anchor=anchor(*stands.place) if stands else "",
        typed=stands.entry.literal if stands and stands.entry else "",
        amended_by=_amended_by(session, report),
    )


def correct_reading(
    session: Session,
    report: Report,
    metric: Metric,
    *,
    literal: str,
    base: str,
    reason: str,
    by: User,
    at: datetime,
) -> Revision:
    """Replace the value in the report's text, or add it to the metrics, and publish that with the reason.

    `base` is the value that the form showed, empty where the week did not say it. Refused while somebody
    amends the week: their unfinished changes would be published too.
    """
    if report.state == "draft":
        raise Conflict("reading.not_published")
    if report.state == "amending":
        raise Conflict("reading.week_being_amended", by=_amended_by(session, report) or "")
    copy = working_copy(session, report)
    stands = _stands_in(copy.document, _names(session, metric))
    entry = stands.entry if stands else None
    if stands is not None and entry is None:
        raise NotFound("reading.gone")
    now_there = entry.literal if entry else ""
    unit = entry.rate.unit if entry and entry.rate else metric.unit
    typed = as_value(literal, name=entry.name if entry else metric.name, unit=unit)
    if not typed:
        raise Invalid("reading.no_value")
    if now_there != base:
        raise Conflict("reading.changed_meanwhile", value=now_there)
    if typed == now_there:
        raise Invalid("reading.same_value", value=now_there)
    if not reason.strip():
        raise Invalid("report.reason_needed")
    if stands is not None and entry is not None:
        item = item_in(session, report, copy.item_ids[stands.place])
        form = ReadingForm(item=item.id, name=entry.name, base=entry.written, literal=typed)
        save_reading(session, report, item, form, by=by, at=at)
    else:
        section = _metrics_section(session, report)
        add_reading(session, report, section, name=metric.name, literal=typed, by=by, at=at)
    return publish_report(
        session, report, by=by, author_name=by.display_name, at=at, reason=" ".join(reason.split())
    )


def _said(session: Session, report: Report, metric: Metric) -> list[Said]:
    rows = session.execute(
        select(
            Reading.revision,
            Reading.literal,
            Reading.value,
            Reading.decimals,
            Revision.author_name,
            Revision.created_at,
            Revision.reason,
        )
        .join(Revision, (Revision.report_id == Reading.report_id) & (Revision.number == Reading.revision))
        .where(
            Reading.report_id == report.id,
            Reading.metric_id == metric.id,
            Reading.revision > 0,
            Reading.revision <= report.published_revision,
        )
        .order_by(Reading.revision.desc())
    )
    is_rate = metric.kind in ("rate", "ytd_rate")
    return [
        Said(
            row.revision,
            row.literal,
            interval(row.value, row.decimals, metric.rounding, rate=is_rate),
            row.author_name,
            row.created_at,
            row.reason,
        )
        for row in rows
    ]


def _names(session: Session, metric: Metric) -> frozenset[str]:
    return frozenset(session.scalars(select(MetricName.folded).where(MetricName.metric_id == metric.id)))


def _stands_in(document: Document, names: frozenset[str]) -> _Stands | None:
    """Where the document says the metric, the first place counts; else where it says that there is none."""
    told = next((told for told in document.metrics if fold(told.name) in names), None)
    if told is not None:
        line = _line(document, told.place.section, told.place.path)
        return _Stands((told.place.section, told.place.path), line, entry_named(line, told.name))
    for place, section in enumerate(document.sections):
        for path, entry in section_entries(section.blocks) if section.kind == "metrics" else ():
            if entry.state != "reported" and fold(entry.name) in names:
                return _Stands((place, path), _line(document, place, path), entry)
    return None


def _line(document: Document, section: int, path: Sequence[int]) -> str:
    blocks = document.sections[section].blocks
    for step in path[:-1]:
        blocks = blocks[step].blocks
    return blocks[path[-1]].text


def _metrics_section(session: Session, report: Report) -> Section:
    found = next((each for each in sections_of(session, report) if each.kind == "metrics"), None)
    if found is None:
        raise Conflict("reading.no_section")
    return found


def _amended_by(session: Session, report: Report) -> str | None:
    if report.state != "amending" or report.updated_by_id is None:
        return None
    return session.get_one(User, report.updated_by_id).display_name
