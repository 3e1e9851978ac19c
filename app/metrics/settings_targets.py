"""The values a metric should reach, each from a day on."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Conflict, Invalid
from app.metrics.actions import LITERAL_LENGTH
from app.metrics.former import keep_former
from app.metrics.models import Metric, Target
from app.metrics.scales import WHOLE, exact
from app.metrics.settings import RATES, changed, refuse_far_day


def add_target(
    session: Session, metric: Metric, *, literal: str, from_day: date, by: int, at: datetime
) -> Target:
    """The value to reach from that day on, as typed; a day has one target at most."""
    value, literal = target_value(metric, literal)
    refuse_far_day(from_day)
    _refuse_taken(session, metric, from_day)
    keep_former(session, metric, at=at)
    target = Target(metric_id=metric.id, value=value, literal=literal, from_day=from_day)
    session.add(target)
    changed(session, metric, "target.added", by=by, at=at, literal=literal, from_day=from_day.isoformat())
    return target


def change_target(
    session: Session,
    metric: Metric,
    target: Target,
    *,
    literal: str,
    from_day: date,
    version: int,
    by: int,
    at: datetime,
) -> None:
    _refuse_other_version(target, version)
    value, literal = target_value(metric, literal)
    refuse_far_day(from_day)
    if from_day != target.from_day:
        _refuse_taken(session, metric, from_day)
    keep_former(session, metric, at=at)
    before = f"{target.literal}, {target.from_day.isoformat()}"
    target.value, target.literal, target.from_day = value, literal, from_day
    target.version += 1
    changed(
        session,
        metric,
        "target.changed",
        by=by,
        at=at,
        before=before,
        literal=literal,
        from_day=from_day.isoformat(),
    )


def remove_target(
    session: Session, metric: Metric, target: Target, *, version: int, by: int, at: datetime
) -> None:
    _refuse_other_version(target, version)
    keep_former(session, metric, at=at)
    session.delete(target)
    changed(
        session,
        metric,
        "target.removed",
        by=by,
        at=at,
        literal=target.literal,
        from_day=target.from_day.isoformat(),
    )


def target_value(metric: Metric, typed: str) -> tuple[Decimal, str]:
    """The number and the literal of a target: `99.98` for a rate is `99.98%`."""
    literal = " ".join(typed.split())
    number = literal.replace("％", "%").removesuffix("%").rstrip()
    if metric.unit and number.endswith(metric.unit):
        number = number.removesuffix(metric.unit).rstrip()
    value = exact(number)
    if value is None or len(literal) > LITERAL_LENGTH:
        raise Invalid("target.not_a_number", typed=literal[:40])
    if metric.kind in RATES:
        if not 0 <= value <= WHOLE:
            raise Invalid("target.out_of_range", typed=literal[:40])
        return value, f"{number}%"
    return value, literal


def _refuse_taken(session: Session, metric: Metric, from_day: date) -> None:
    there = session.scalars(
        select(Target).where(Target.metric_id == metric.id, Target.from_day == from_day)
    ).one_or_none()
    if there is not None:
        raise Conflict("target.day_taken", day=from_day.isoformat(), literal=there.literal)


def _refuse_other_version(target: Target, version: int) -> None:
    if target.version != version:
        raise Conflict("target.changed_meanwhile", literal=target.literal, day=target.from_day.isoformat())
