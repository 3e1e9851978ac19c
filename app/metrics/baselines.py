"""Limits that a person locks: from the values of a stretch of weeks, with a reason, until the next ones.

The program never re-bases them.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.errors import Conflict, Invalid, NotFound
from app.metrics.models import Baseline, FormerMark, Metric, Reading
from app.metrics.settings import changed, refuse_far_day
from app.reports.models import Report

LEAST_WEEKS = 12
REASON_LENGTH = 500


def baselines_of(session: Session, metric: Metric) -> list[Baseline]:
    """The metric's locked limits, the newest first."""
    return list(
        session.scalars(
            select(Baseline).where(Baseline.metric_id == metric.id).order_by(Baseline.from_day.desc())
        )
    )


def baseline_of(session: Session, metric: Metric, baseline_id: int) -> Baseline:
    baseline = session.get(Baseline, baseline_id, with_for_update=True)
    if baseline is None or baseline.metric_id != metric.id:
        raise NotFound("baseline.not_found")
    return baseline


def newest_weeks(session: Session, metric: Metric, count: int) -> tuple[date, date] | None:
    """The Mondays of the first and last of the metric's newest weeks; None where there are fewer."""
    weeks = session.scalars(
        select(Reading.period_start)
        .join(Report, and_(Report.id == Reading.report_id, Report.published_revision == Reading.revision))
        .where(Reading.metric_id == metric.id, Reading.revision > 0)
        .order_by(Reading.period_start.desc())
        .limit(count)
    ).all()
    return (weeks[-1], weeks[0]) if len(weeks) == count else None


def lock_baseline(
    session: Session, metric: Metric, *, from_day: date, until_day: date, reason: str, by: int, at: datetime
) -> Baseline:
    """Compute limits from the values of these weeks, and judge by them from `from_day` on."""
    reason = _checked(session, metric, None, from_day=from_day, until_day=until_day, reason=reason)
    baseline = Baseline(
        metric_id=metric.id,
        from_day=from_day,
        until_day=until_day,
        reason=reason,
        author_id=by,
        created_at=at,
    )
    session.add(baseline)
    _changed(session, metric, baseline, "baseline.locked", by=by, at=at)
    return baseline


def change_baseline(
    session: Session,
    metric: Metric,
    baseline: Baseline,
    *,
    from_day: date,
    until_day: date,
    reason: str,
    version: int,
    by: int,
    at: datetime,
) -> None:
    _refuse_other_version(baseline, version)
    reason = _checked(session, metric, baseline, from_day=from_day, until_day=until_day, reason=reason)
    _keep_former(session, metric, baseline, at)
    baseline.from_day, baseline.until_day, baseline.reason = from_day, until_day, reason
    baseline.created_at = at
    baseline.version += 1
    _changed(session, metric, baseline, "baseline.changed", by=by, at=at)


def remove_baseline(
    session: Session, metric: Metric, baseline: Baseline, *, version: int, by: int, at: datetime
) -> None:
    """Limits are computed from the newest weeks again, or are those of the baseline before."""
    _refuse_other_version(baseline, version)
    _keep_former(session, metric, baseline, at)
    session.delete(baseline)
    _changed(session, metric, baseline, "baseline.removed", by=by, at=at)


def _checked(
    session: Session,
    metric: Metric,
    baseline: Baseline | None,
    *,
    from_day: date,
    until_day: date,
    reason: str,
) -> str:
    """The reason in one line, where all of it can be locked."""
    if metric.kind.startswith("ytd_"):
        raise Invalid("baseline.year_to_date")
    refuse_far_day(from_day)
    refuse_far_day(until_day)
    if until_day < from_day:
        raise Invalid("baseline.backwards")
    same_day = select(Baseline.id).where(Baseline.metric_id == metric.id, Baseline.from_day == from_day)
    taken = session.scalar(same_day)
    if taken is not None and (baseline is None or taken != baseline.id):
        raise Conflict("baseline.day_taken", day=from_day.isoformat())
    weeks = _weeks_between(session, metric, from_day, until_day)
    if weeks < LEAST_WEEKS:
        raise Invalid("baseline.too_few_weeks", weeks=weeks, least=LEAST_WEEKS)
    line = " ".join(reason.split())
    if not line or len(line) > REASON_LENGTH:
        raise Invalid("baseline.no_reason", longest=REASON_LENGTH)
    return line


def _weeks_between(session: Session, metric: Metric, first: date, last: date) -> int:
    """Published weeks that begin in these days and have a value."""
    return (
        session.scalar(
            select(func.count(Reading.id))
            .join(Report, and_(Report.id == Reading.report_id, Report.published_revision == Reading.revision))
            .where(
                Reading.metric_id == metric.id,
                Reading.revision > 0,
                Reading.period_start >= first,
                Reading.period_start <= last,
            )
        )
        or 0
    )


def _keep_former(session: Session, metric: Metric, baseline: Baseline, at: datetime) -> None:
    """What is locked until now, for pages as of a day before."""
    session.add(
        FormerMark(
            kind="baseline",
            team_id=metric.team_id,
            metric_id=metric.id,
            day=baseline.from_day,
            until_day=baseline.until_day,
            text=baseline.reason,
            said_from=baseline.created_at,
            said_until=at,
        )
    )


def _changed(
    session: Session, metric: Metric, baseline: Baseline, action: str, *, by: int, at: datetime
) -> None:
    changed(
        session,
        metric,
        action,
        by=by,
        at=at,
        from_day=baseline.from_day.isoformat(),
        until_day=baseline.until_day.isoformat(),
        reason=baseline.reason,
    )


def _refuse_other_version(baseline: Baseline, version: int) -> None:
    if baseline.version != version:
        raise Conflict("baseline.changed_meanwhile", reason=baseline.reason)
