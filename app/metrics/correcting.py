"""A metric's value in one week: what was said of it when, and setting it right where the chart shows it.

A correction changes the text of the report where the value stands and publishes the next revision with the
reason, so that the chart, the report and its history tell the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.document.entries import Entry, entry_named
from app.document.schema import Document
from app.document.schema import Metric as Told
from app.errors import Conflict, Invalid, NotFound
from app.metrics.editing import save_reading
from app.metrics.forms import ReadingForm
from app.metrics.models import Metric, MetricName, Reading
from app.metrics.names import fold
from app.metrics.scales import Interval, interval
from app.metrics.values import as_value
from app.reports.assembly import published_document, working_copy
from app.reports.editing import item_in
from app.reports.models import Report, Revision
from app.reports.page_text import anchor
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
    as it stands there; `amended_by` who is changing the week at the moment.
    """

    value: Said | None
    said: list[Said]
    line: str
    anchor: str
    typed: str
    amended_by: str | None


def point_of(session: Session, report: Report, metric: Metric) -> Point:
    """What is known of the metric in that week, as readers see it."""
    said = _said(session, report, metric)
    value = said[0] if said and said[0].revision == report.published_revision else None
    place = None
    if value is not None:
        document = published_document(session, report)
        place = _told_in(document, _names(session, metric))
    return Point(
        value=value,
        said=said,
        line=_line(document, place) if place else "",
        anchor=anchor(place.place.section, place.place.path) if place else "",
        typed=entry.literal if place and (entry := _entry(document, place)) else "",
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
    """Replace the value in the report's text and publish that with the reason.

    `base` is the value that the form showed. Refused while somebody amends the week: their unfinished
    changes would be published too.
    """
    if report.state == "draft":
        raise Conflict("reading.not_published")
    if report.state == "amending":
        raise Conflict("reading.week_being_amended", by=_amended_by(session, report) or "")
    copy = working_copy(session, report)
    told = _told_in(copy.document, _names(session, metric))
    entry = _entry(copy.document, told) if told else None
    if told is None or entry is None:
        raise NotFound("reading.gone")
    now_there = entry.literal
    typed = as_value(literal, name=told.name, unit=told.unit)
    if not typed:
        raise Invalid("reading.no_value")
    if now_there != base:
        raise Conflict("reading.changed_meanwhile", value=now_there)
    if typed == now_there:
        raise Invalid("reading.same_value", value=now_there)
    if not reason.strip():
        raise Invalid("report.reason_needed")
    item = item_in(session, report, copy.item_ids[told.place.section, told.place.path])
    form = ReadingForm(item=item.id, name=told.name, base=entry.written, literal=typed)
    save_reading(session, report, item, form, by=by, at=at)
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


def _told_in(document: Document, names: frozenset[str]) -> Told | None:
    """Where the document says the metric; the first place counts."""
    return next((told for told in document.metrics if fold(told.name) in names), None)


def _entry(document: Document, told: Told) -> Entry | None:
    """The value as it stands in its line."""
    return entry_named(_line(document, told), told.name)


def _line(document: Document, told: Told) -> str:
    section, path = told.place.section, told.place.path
    blocks = document.sections[section].blocks
    for step in path[:-1]:
        blocks = blocks[step].blocks
    return blocks[path[-1]].text


def _amended_by(session: Session, report: Report) -> str | None:
    if report.state != "amending" or report.updated_by_id is None:
        return None
    return session.get_one(User, report.updated_by_id).display_name
