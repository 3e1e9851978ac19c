"""Answering that a value which looked wrong is right: nobody is asked again as long as it stays as it is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.errors import Conflict
from app.metrics.models import ConfirmedValue
from app.metrics.names import fold
from app.metrics.scales import as_typed
from app.reports import live
from app.reports.assembly import working_copy
from app.reports.models import Item, Report


def confirm_value(
    session: Session, report: Report, item: Item, *, name: str, literal: str, by: User, at: datetime
) -> None:
    """Note that the value of a metric in the item is right.

    Raises Conflict where another value stands there by now.
    """
    copy = working_copy(session, report, only_sections=[item.section_id])
    stands = next(
        (
            as_typed(metric.literal, metric.value, metric.unit)
            for metric in copy.document.metrics
            if metric.name == name and copy.item_ids[metric.place.section, metric.place.path] == item.id
        ),
        None,
    )
    if stands is None or stands != literal:
        raise Conflict("report.changed_meanwhile")
    same = (
        ConfirmedValue.report_id == report.id,
        ConfirmedValue.name == fold(name),
        ConfirmedValue.literal == literal,
    )
    if session.scalar(select(ConfirmedValue.id).where(*same)) is None:
        session.add(ConfirmedValue(report_id=report.id, name=fold(name), literal=literal, by_id=by.id, at=at))
        session.flush()
        live.tell_changed(session, report, by_id=by.id, sections=[item.section_id])
