"""Remarks on a week of a chart, by those who write the team's weeks: of one metric, or of all."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.accounts.actions import audit
from app.errors import Conflict, Invalid, NotFound
from app.metrics.models import Annotation, FormerMark, Metric
from app.metrics.settings import refuse_far_day, renew
from app.reports.models import Report

TEXT_LENGTH = 300


def annotations_of(session: Session, metric: Metric) -> list[Annotation]:
    """What is remarked on the metric's chart, newest day first."""
    return list(
        session.scalars(
            select(Annotation)
            .where(
                Annotation.team_id == metric.team_id,
                or_(Annotation.metric_id == metric.id, Annotation.metric_id.is_(None)),
            )
            .order_by(Annotation.day.desc(), Annotation.id.desc())
        )
    )


def annotation_of(session: Session, metric: Metric, annotation_id: int) -> Annotation:
    """A remark on the metric's chart, its own or one of all charts."""
    annotation = session.get(Annotation, annotation_id, with_for_update=True)
    if (
        annotation is None
        or annotation.team_id != metric.team_id
        or annotation.metric_id not in (metric.id, None)
    ):
        raise NotFound("annotation.not_found")
    return annotation


def newest_day(session: Session, metric: Metric, today: date) -> date:
    """The last day that charts show by today: of the newest published week, if that is over."""
    ends = session.scalar(
        select(func.max(Report.period_end)).where(
            Report.team_id == metric.team_id, Report.published_revision > 0, Report.period_start <= today
        )
    )
    return min(ends, today) if ends else today


def add_annotation(
    session: Session, metric: Metric, *, text: str, day: date, everywhere: bool, by: int, at: datetime
) -> Annotation:
    """Remark on the week of that day; `everywhere` puts it on the charts of all metrics."""
    annotation = Annotation(
        team_id=metric.team_id,
        metric_id=None if everywhere else metric.id,
        text=_text(text),
        day=_day(day),
        author_id=by,
        created_at=at,
    )
    session.add(annotation)
    _changed(session, metric, annotation, "annotation.added", by=by, at=at)
    return annotation


def change_annotation(
    session: Session,
    metric: Metric,
    annotation: Annotation,
    *,
    text: str,
    day: date,
    everywhere: bool,
    version: int,
    by: int,
    at: datetime,
) -> None:
    _refuse_other_version(annotation, version)
    line, on = _text(text), _day(day)
    _keep_former(session, annotation, at)
    annotation.text, annotation.day, annotation.created_at = line, on, at
    annotation.metric_id = None if everywhere else metric.id
    annotation.version += 1
    _changed(session, metric, annotation, "annotation.changed", by=by, at=at)


def remove_annotation(
    session: Session, metric: Metric, annotation: Annotation, *, version: int, by: int, at: datetime
) -> None:
    _refuse_other_version(annotation, version)
    _keep_former(session, annotation, at)
    session.delete(annotation)
    _changed(session, metric, annotation, "annotation.removed", by=by, at=at)


def _keep_former(session: Session, annotation: Annotation, at: datetime) -> None:
    """What it says until now, for pages as of a day before."""
    session.add(
        FormerMark(
            kind="annotation",
            team_id=annotation.team_id,
            metric_id=annotation.metric_id,
            day=annotation.day,
            text=annotation.text,
            said_from=annotation.created_at,
            said_until=at,
        )
    )


def _changed(
    session: Session, metric: Metric, annotation: Annotation, action: str, *, by: int, at: datetime
) -> None:
    renew(session, metric.team_id)
    audit(
        session,
        action,
        by=by,
        at=at,
        team_id=metric.team_id,
        subject=metric.key if annotation.metric_id else None,
        day=annotation.day.isoformat(),
        text=annotation.text,
    )
    session.flush()


def _refuse_other_version(annotation: Annotation, version: int) -> None:
    if annotation.version != version:
        raise Conflict("annotation.changed_meanwhile", text=annotation.text)


def _text(typed: str) -> str:
    text = " ".join(typed.split())
    if not text or len(text) > TEXT_LENGTH:
        raise Invalid("annotation.no_text", longest=TEXT_LENGTH)
    return text


def _day(day: date) -> date:
    refuse_far_day(day)
    return day
