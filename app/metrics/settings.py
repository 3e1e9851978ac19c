"""What a team decides about its metrics: what they are, their names, their order, when they are retired.

Every change is written down in the audit log and renews the pages that show the metric.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, cast, get_args

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.accounts.actions import audit
from app.accounts.models import Team
from app.errors import Conflict, Invalid
from app.metrics.actions import UNIT_LENGTH
from app.metrics.former import keep_former
from app.metrics.models import Metric, MetricKind, MetricName, Reading
from app.metrics.names import NAME_LENGTH, fold
from app.metrics.scales import WHOLE, Rounding, Scale
from app.metrics.settings_forms import MetricForm

KINDS: tuple[MetricKind, ...] = get_args(MetricKind)
DIRECTIONS = ("up", "down")
ROUNDINGS: tuple[Rounding, ...] = get_args(Rounding)
SCALES: tuple[Scale, ...] = get_args(Scale)
SPC_SCALES = ("cbrt", "raw")
RATES = ("rate", "ytd_rate")
MOST_DECIMALS = 12
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)


def change_metric(session: Session, metric: Metric, form: MetricForm, *, by: int, at: datetime) -> None:
    """Say anew what the metric is. A new name becomes one it goes by as well."""
    refuse_other_version(metric, form.version)
    name = a_name(form.name)
    kind = cast(MetricKind, _one_of(KINDS, form.kind, "metric.unknown_kind"))
    scale = _one_of(SCALES, form.scale, "metric.unknown_scale")
    if kind not in RATES and scale != "linear":
        raise Invalid("metric.scale_needs_rate")
    if kind in RATES:
        _refuse_values_outside_percent(session, metric)
    unit = _unit(form.unit, kind)
    owner = _owner(session, metric.team_id, name)
    if owner is None:
        session.add(MetricName(team_id=metric.team_id, metric_id=metric.id, name=name, folded=fold(name)))
    elif owner.id != metric.id:
        raise Conflict("metric.name_of_another", name=name, other=owner.name)
    direction = _one_of(DIRECTIONS, form.direction, "metric.unknown_direction")
    decimals = _decimals(form.decimals)
    rounding = _one_of(ROUNDINGS, form.rounding, "metric.unknown_rounding")
    spc_scale = _one_of(SPC_SCALES, form.spc_scale, "metric.unknown_spc_scale")
    keep_former(session, metric, at=at)
    metric.name = name
    metric.unit = unit
    metric.kind = kind
    metric.direction = direction
    metric.decimals = decimals
    metric.rounding = rounding
    metric.scale = scale
    metric.spc_scale = spc_scale
    changed(session, metric, "metric.changed", by=by, at=at, name=name, kind=kind, scale=scale)


def add_name(session: Session, metric: Metric, typed: str, *, by: int, at: datetime) -> Metric | None:
    """Let the metric go by one more name. Where another metric has it, that one, and nothing is changed."""
    name = a_name(typed)
    lock_team(session, metric.team_id)
    owner = _owner(session, metric.team_id, name)
    if owner is not None and owner.id == metric.id:
        raise Conflict("metric.has_name", name=name)
    if owner is not None:
        return owner
    session.add(MetricName(team_id=metric.team_id, metric_id=metric.id, name=name, folded=fold(name)))
    changed(session, metric, "metric.name_added", by=by, at=at, name=name)
    return None


def remove_name(session: Session, metric: Metric, name: MetricName, *, by: int, at: datetime) -> None:
    """Pages that use the name from now on speak of another metric; what was reported stays here."""
    lock_team(session, metric.team_id)
    names = session.scalar(select(func.count(MetricName.id)).where(MetricName.metric_id == metric.id))
    if names == 1:
        raise Conflict("metric.last_name", name=name.name)
    session.delete(name)
    changed(session, metric, "metric.name_removed", by=by, at=at, name=name.name)


def move_metric(session: Session, metric: Metric, direction: str, *, by: int, at: datetime) -> None:
    """One place up or down among the metrics that are still reported; at the end nothing happens."""
    if direction not in DIRECTIONS:
        raise Invalid("metric.unknown_direction")
    lock_team(session, metric.team_id)
    rows = session.scalars(
        select(Metric)
        .where(Metric.team_id == metric.team_id)
        .order_by(Metric.retired_from.is_not(None), Metric.position, Metric.id)
    ).all()
    order = list(rows)
    place = order.index(metric)
    other = place + (-1 if direction == "up" else 1)
    if 0 <= other < len(order) and (order[other].retired_from is None) == (metric.retired_from is None):
        order[place], order[other] = order[other], order[place]
    for position, row in enumerate(order):
        row.position = position
    renew(session, metric.team_id)
    audit(session, "metric.moved", by=by, at=at, team_id=metric.team_id, subject=metric.key, to=direction)


def retire(session: Session, metric: Metric, *, from_day: date, version: int, by: int, at: datetime) -> None:
    """From that day on the metric is no longer missed where a week does not report it."""
    refuse_other_version(metric, version)
    refuse_far_day(from_day)
    keep_former(session, metric, at=at)
    metric.retired_from = from_day
    changed(session, metric, "metric.retired", by=by, at=at, from_day=from_day.isoformat())


def bring_back(session: Session, metric: Metric, *, version: int, by: int, at: datetime) -> None:
    refuse_other_version(metric, version)
    keep_former(session, metric, at=at)
    metric.retired_from = None
    changed(session, metric, "metric.brought_back", by=by, at=at)


def changed(session: Session, metric: Metric, action: str, *, by: int, at: datetime, **details: Any) -> None:
    """Count the metric's change, renew the team's pages, write it down."""
    metric.version += 1
    renew(session, metric.team_id)
    audit(session, action, by=by, at=at, team_id=metric.team_id, subject=metric.key, **details)
    session.flush()


def renew(session: Session, team_id: int) -> None:
    """Pages kept of the team are made anew."""
    session.execute(update(Team).where(Team.id == team_id).values(pulse=Team.pulse + 1))


def refuse_other_version(metric: Metric, version: int) -> None:
    if metric.version != version:
        raise Conflict("metric.changed_meanwhile", name=metric.name)


def refuse_far_day(day: date) -> None:
    """Days a team can mean."""
    if not EARLIEST <= day < LATEST:
        raise Invalid("form.day_out_of_range", first=EARLIEST.isoformat(), last=LATEST.isoformat())


def a_name(typed: str) -> str:
    """A name in one line, as pages write it."""
    name = " ".join(typed.split()).strip("：:").strip()
    if not name or len(name) > NAME_LENGTH:
        raise Invalid("metric.no_name", longest=NAME_LENGTH)
    return name


def _owner(session: Session, team_id: int, name: str) -> Metric | None:
    """The team's metric that goes by the name."""
    return session.scalars(
        select(Metric)
        .join(MetricName, MetricName.metric_id == Metric.id)
        .where(MetricName.team_id == team_id, MetricName.folded == fold(name))
    ).one_or_none()


def lock_team(session: Session, team_id: int) -> None:
    """Names and order concern all metrics of a team: whoever changes them takes turns."""
    session.execute(select(Team.id).where(Team.id == team_id).with_for_update())


def _refuse_values_outside_percent(session: Session, metric: Metric) -> None:
    if metric.kind in RATES:
        return
    values = session.scalars(select(Reading.value).where(Reading.metric_id == metric.id))
    outside = next((value for value in values if not 0 <= value <= WHOLE), None)
    if outside is not None:
        raise Invalid("metric.not_a_rate", value=f"{outside:f}")


def _unit(typed: str, kind: MetricKind) -> str | None:
    unit = " ".join(typed.split()).replace("％", "%")
    if len(unit) > UNIT_LENGTH:
        raise Invalid("metric.bad_unit", longest=UNIT_LENGTH)
    if kind in RATES:
        if unit not in ("", "%"):
            raise Invalid("metric.rate_in_percent", unit=unit)
        return "%"
    return unit or None


def _decimals(typed: str) -> int | None:
    typed = typed.strip()
    if not typed:
        return None
    if not (typed.isascii() and typed.isdecimal() and len(typed) <= 3 and int(typed) <= MOST_DECIMALS):
        raise Invalid("metric.bad_decimals", most=MOST_DECIMALS)
    return int(typed)


def _one_of(known: tuple[str, ...], typed: str, key: str) -> str:
    if typed not in known:
        raise Invalid(key)
    return typed
