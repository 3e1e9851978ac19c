"""Two metrics that are one: the other is taken in, and can be split off again as it was.

What was taken in is kept (`TakenIn`), so that a split gives back its settings, names, readings, targets,
locked limits and remarks; what pages said meanwhile under its names goes with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.errors import Conflict, NotFound
from app.metrics.former import keep_former
from app.metrics.models import (
    Annotation,
    Baseline,
    FormerMark,
    FormerSettings,
    Metric,
    MetricName,
    Reading,
    TakenIn,
    Target,
    UnreportedReading,
)
from app.metrics.names import fold
from app.metrics.settings import changed, lock_team, refuse_other_version
from app.metrics.settings_queries import weeks_told_together

SETTINGS = ("name", "unit", "kind", "direction", "decimals", "rounding", "scale", "spc_scale", "position")
MOVED = (Reading, UnreportedReading, MetricName, Target, Baseline, Annotation, FormerMark, TakenIn)


def merge_metrics(
    session: Session,
    kept: Metric,
    gone: Metric,
    *,
    version: int,
    other_version: int,
    by: int,
    at: datetime,
) -> TakenIn:
    """Take `gone` into `kept`: its names, readings, targets, baselines and annotations.

    Refused where a week's page says both: those are two metrics. Targets and baselines of a day on which
    `kept` has one already do not hold any more. What `kept` is stays.
    """
    if kept.id == gone.id:
        raise Conflict("metric.with_itself")
    refuse_other_version(kept, version)
    refuse_other_version(gone, other_version)
    together = weeks_told_together(session, kept.id, gone.id)
    if together:
        raise Conflict("metric.told_together", weeks=len(together), first=together[0].isoformat())
    taken_in = TakenIn(
        team_id=kept.team_id, metric_id=kept.id, name=gone.name, was=_as_it_is(session, gone), at=at, by_id=by
    )
    session.add(taken_in)
    keep_former(session, kept, at=at)
    for dated in (Target, Baseline):
        taken = select(dated.from_day).where(dated.metric_id == kept.id)
        session.execute(delete(dated).where(dated.metric_id == gone.id, dated.from_day.in_(taken)))
    for kind in MOVED:
        session.execute(update(kind).where(kind.metric_id == gone.id).values(metric_id=kept.id))
    key = gone.key
    session.flush()
    session.expunge(gone)
    session.execute(delete(Metric).where(Metric.id == taken_in.was["id"]))
    changed(
        session,
        kept,
        "metric.merged",
        by=by,
        at=at,
        taken_in=taken_in.name,
        key=key,
        readings=len(taken_in.was["readings"]),
    )
    return taken_in


def taken_in_of(session: Session, metric: Metric, taken_in_id: int) -> TakenIn:
    taken_in = session.get(TakenIn, taken_in_id, with_for_update=True)
    if taken_in is None or taken_in.metric_id != metric.id:
        raise NotFound("metric.not_taken_in")
    return taken_in


def split_again(
    session: Session, metric: Metric, taken_in: TakenIn, *, version: int, by: int, at: datetime
) -> Metric:
    """What was taken in as a metric of its own, as it was; the metric it was taken into keeps the rest."""
    refuse_other_version(metric, version)
    lock_team(session, metric.team_id)
    was = taken_in.was
    names = _names_still_there(session, metric, was["names"])
    if not names:
        raise Conflict("metric.names_gone", name=taken_in.name)
    made = Metric(
        team_id=metric.team_id,
        key=_free_key(session, metric.team_id, was["key"]),
        retired_from=_day(was["retired_from"]),
        **{each: was[each] for each in SETTINGS},
    )
    session.add(made)
    keep_former(session, metric, at=at)
    session.flush()
    for until, former in was.get("former_settings", ()):
        session.add(FormerSettings(metric_id=made.id, until=datetime.fromisoformat(until), was=former))
    for name in names:
        name.metric_id = made.id
    folded = {name.folded for name in names}
    said = session.execute(select(Reading.id, Reading.name).where(Reading.metric_id == metric.id))
    mine = [id for id, name in said if id in was["readings"] or fold(name) in folded]
    for kind, ids in (
        (Reading, mine),
        (UnreportedReading, was["unreported"]),
        (Target, was["targets"]),
        (Baseline, was["baselines"]),
        (Annotation, was["annotations"]),
    ):
        kept_ids = [each["id"] if isinstance(each, dict) else each for each in ids]
        session.execute(
            update(kind).where(kind.id.in_(kept_ids), kind.metric_id == metric.id).values(metric_id=made.id)
        )
    _restore_dated(session, made, was)
    session.delete(taken_in)
    metric.name = metric.name if fold(metric.name) not in folded else _other_name(session, metric)
    changed(session, metric, "metric.split", by=by, at=at, name=made.name, key=made.key, readings=len(mine))
    return made


def _as_it_is(session: Session, metric: Metric) -> dict[str, Any]:
    """All that a split needs to give the metric back."""

    def ids(kind: type[Reading] | type[UnreportedReading] | type[Annotation]) -> list[int]:
        return list(session.scalars(select(kind.id).where(kind.metric_id == metric.id).order_by(kind.id)))

    targets = session.scalars(select(Target).where(Target.metric_id == metric.id))
    baselines = session.scalars(select(Baseline).where(Baseline.metric_id == metric.id))
    former = session.scalars(
        select(FormerSettings).where(FormerSettings.metric_id == metric.id).order_by(FormerSettings.id)
    )
    return {
        **{each: getattr(metric, each) for each in SETTINGS},
        "id": metric.id,
        "key": metric.key,
        "retired_from": metric.retired_from.isoformat() if metric.retired_from else None,
        "names": list(session.scalars(select(MetricName.folded).where(MetricName.metric_id == metric.id))),
        "readings": ids(Reading),
        "unreported": ids(UnreportedReading),
        "annotations": ids(Annotation),
        "former_settings": [[each.until.isoformat(), each.was] for each in former],
        "targets": [
            {
                "id": each.id,
                "from_day": each.from_day.isoformat(),
                "literal": each.literal,
                "value": f"{each.value:f}",
            }
            for each in targets
        ],
        "baselines": [
            {
                "id": each.id,
                "from_day": each.from_day.isoformat(),
                "until_day": each.until_day.isoformat(),
                "reason": each.reason,
                "author_id": each.author_id,
                "created_at": each.created_at.isoformat(),
            }
            for each in baselines
        ],
    }


def _restore_dated(session: Session, made: Metric, was: dict[str, Any]) -> None:
    """Targets and locked limits that did not hold beside those of the other metric."""
    for kind, rows in ((Target, was["targets"]), (Baseline, was["baselines"])):
        there = set(session.scalars(select(kind.from_day).where(kind.metric_id == made.id)))
        for row in rows:
            first = date.fromisoformat(row["from_day"])
            if first in there or _lives(session, kind, row["id"]):
                continue
            if kind is Target:
                session.add(
                    Target(
                        metric_id=made.id, from_day=first, literal=row["literal"], value=Decimal(row["value"])
                    )
                )
            else:
                session.add(
                    Baseline(
                        metric_id=made.id,
                        from_day=first,
                        until_day=date.fromisoformat(row["until_day"]),
                        reason=row["reason"],
                        author_id=row["author_id"],
                        created_at=datetime.fromisoformat(row["created_at"]),
                    )
                )


def _lives(session: Session, kind: type[Target] | type[Baseline], id: int) -> bool:
    return session.scalar(select(func.count()).select_from(kind).where(kind.id == id)) == 1


def _names_still_there(session: Session, metric: Metric, folded: Sequence[str]) -> list[MetricName]:
    """The names that came with it; one must stay with the metric it is split from."""
    names = list(
        session.scalars(select(MetricName).where(MetricName.metric_id == metric.id).order_by(MetricName.id))
    )
    came = [name for name in names if name.folded in folded]
    return came if len(came) < len(names) else []


def _other_name(session: Session, metric: Metric) -> str:
    """A name that stayed with the metric, where it was shown under one that left."""
    session.flush()
    return (
        session.scalars(
            select(MetricName.name).where(MetricName.metric_id == metric.id).order_by(MetricName.id)
        ).first()
        or metric.name
    )


def _free_key(session: Session, team_id: int, key: str) -> str:
    keys = set(session.scalars(select(Metric.key).where(Metric.team_id == team_id)))
    number = len(keys) + 1
    while key in keys:
        key, number = f"metric-{number}", number + 1
    return key


def _day(iso: str | None) -> date | None:
    return date.fromisoformat(iso) if iso else None
