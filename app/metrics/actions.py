"""Keeping the readings of published weeks, and what is known about a metric."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import event, insert, select, update
from sqlalchemy.orm import Session, SessionTransaction

from app.accounts.models import Team
from app.document.schema import Metric as Reported
from app.errors import Invalid, NotFound
from app.metrics.models import Metric, MetricKind, MetricName, Reading, Target, UnreportedReading
from app.metrics.names import NAME_LENGTH, fold, guess, known_key
from app.metrics.scales import as_typed, exact
from app.reports.events import Publication

UNIT_LENGTH = 32
LITERAL_LENGTH = 64

_KNOWN = "metrics known by name"


def keep_readings(session: Session, publication: Publication) -> None:
    """Store what the published document says of each metric, a row a metric.

    A metric seen for the first time is made. Where a page names one twice the first counts; what is
    no finite number is left out. Of a known metric it is kept that the page says it is not reported.
    """
    report = publication.report
    rows: dict[int, dict[str, Any]] = {}
    for position, metric in enumerate(publication.document.metrics):
        value = exact(metric.value)
        if value is None or not fold(metric.name):
            continue
        metric_id = _metric_for(session, report.team_id, metric, value)
        if metric_id in rows:
            continue
        rows[metric_id] = {
            "team_id": report.team_id,
            "report_id": report.id,
            "metric_id": metric_id,
            "revision": publication.revision,
            "period_start": report.period_start,
            "name": metric.name,
            "group": metric.group,
            "literal": as_typed(metric.literal, metric.value, metric.unit),
            "value": value,
            "decimals": max(metric.decimals, 0),
            "numerator": exact(metric.numerator or ""),
            "denominator": exact(metric.denominator or ""),
            "item_id": publication.item_ids.get((metric.place.section, metric.place.path)),
            "start": metric.place.start,
            "end": metric.place.end,
            "position": position,
        }
    if rows:
        session.execute(insert(Reading), list(rows.values()))
    if publication.document.unreported:
        _keep_unreported(session, publication, reported=rows.keys())


def find_or_make_metric(
    session: Session,
    team_id: int,
    name: str,
    *,
    unit: str | None = None,
    value: Decimal | None = None,
    decimals: int = 0,
    key: str | None = None,
    kind: MetricKind | None = None,
    also: tuple[str, ...] = (),
) -> int:
    """The id of the team's metric of that name; made, with guesses for what is not given, where new.

    `also` are further names it goes by. Width, case, spaces and brackets make no difference.
    """
    known = _known(session, team_id)
    found = known.ids.get(fold(name))
    if found is None:
        _lock(session, team_id)
        known = _known(session, team_id, anew=True)
        found = known.ids.get(fold(name))
    if found is None:
        found = _make(session, team_id, known, name, unit, value, decimals, key, kind)
    for other in also:
        if fold(other) not in known.ids:
            _name(session, team_id, known, found, other)
    return found


def set_target(session: Session, metric_id: int, *, literal: str, from_day: date) -> Target:
    """The value to reach from that day on (`99.98%`); the day's former target is replaced."""
    value = exact(literal.strip().rstrip("%％"))
    if value is None or len(literal.strip()) > LITERAL_LENGTH:
        raise Invalid("target.not_a_number", typed=literal[:40])
    team_id = session.scalar(select(Metric.team_id).where(Metric.id == metric_id))
    if team_id is None:
        raise NotFound("metric.not_found")
    target = session.scalars(
        select(Target).where(Target.metric_id == metric_id, Target.from_day == from_day)
    ).one_or_none()
    if target is None:
        target = Target(metric_id=metric_id, from_day=from_day, value=value, literal=literal.strip())
        session.add(target)
    elif target.literal != literal.strip():
        target.value, target.literal = value, literal.strip()
        target.version += 1
    session.execute(update(Team).where(Team.id == team_id).values(pulse=Team.pulse + 1))
    session.flush()
    return target


def _keep_unreported(session: Session, publication: Publication, *, reported: Collection[int]) -> None:
    report = publication.report
    known = _known(session, report.team_id).ids
    rows: dict[int, dict[str, Any]] = {}
    for one in publication.document.unreported:
        metric_id = known.get(fold(one.name))
        if metric_id is not None and metric_id not in reported:
            rows[metric_id] = {
                "team_id": report.team_id,
                "report_id": report.id,
                "metric_id": metric_id,
                "revision": publication.revision,
                "period_start": report.period_start,
                "literal": one.literal,
            }
    if rows:
        session.execute(insert(UnreportedReading), list(rows.values()))


@dataclass(slots=True)
class _Known:
    """A team's metrics by folded name, as this session knows them."""

    ids: dict[str, int] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    last_position: int = -1


def _metric_for(session: Session, team_id: int, metric: Reported, value: Decimal) -> int:
    known = _known(session, team_id).ids.get(fold(metric.name))
    if known is not None:
        return known
    return find_or_make_metric(
        session, team_id, metric.name, unit=metric.unit, value=value, decimals=max(metric.decimals, 0)
    )


def _make(
    session: Session,
    team_id: int,
    known: _Known,
    name: str,
    unit: str | None,
    value: Decimal | None,
    decimals: int,
    key: str | None,
    kind: MetricKind | None,
) -> int:
    guessed = guess(name, unit=unit, value=value, decimals=decimals)
    proposed = key or known_key(name)
    if proposed is None or proposed in known.keys:
        number = len(known.keys) + 1
        while f"metric-{number}" in known.keys:
            number += 1
        proposed = f"metric-{number}"
    known.last_position += 1
    made = session.execute(
        insert(Metric)
        .values(
            team_id=team_id,
            key=proposed,
            name=name.strip()[:NAME_LENGTH],
            unit=unit[:UNIT_LENGTH] if unit else None,
            kind=kind or guessed.kind,
            direction=guessed.direction,
            decimals=decimals,
            scale=guessed.scale,
            position=known.last_position,
        )
        .returning(Metric.id)
    ).scalar_one()
    known.keys.add(proposed)
    _name(session, team_id, known, made, name)
    return made


def _name(session: Session, team_id: int, known: _Known, metric_id: int, name: str) -> None:
    folded = fold(name)
    session.execute(
        insert(MetricName).values(
            team_id=team_id, metric_id=metric_id, name=name.strip()[:NAME_LENGTH], folded=folded
        )
    )
    known.ids[folded] = metric_id


def _lock(session: Session, team_id: int) -> None:
    """Whoever makes a team's metrics takes turns, so that two pages at once do not make one twice."""
    session.execute(select(Team.id).where(Team.id == team_id).with_for_update())


def _known(session: Session, team_id: int, *, anew: bool = False) -> _Known:
    """Read once a session: importing 500 pages looks the names up in memory."""
    teams: dict[int, _Known] = session.info.setdefault(_KNOWN, {})
    if anew or team_id not in teams:
        rows = session.execute(
            select(Metric.id, Metric.key, Metric.position, MetricName.folded)
            .outerjoin(MetricName, MetricName.metric_id == Metric.id)
            .where(Metric.team_id == team_id)
        ).all()
        teams[team_id] = _Known(
            ids={row.folded: row.id for row in rows if row.folded is not None},
            keys={row.key for row in rows},
            last_position=max((row.position for row in rows), default=-1),
        )
    return teams[team_id]


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    """What was made in a transaction or a savepoint that is rolled back is not known any more."""
    session.info.pop(_KNOWN, None)
