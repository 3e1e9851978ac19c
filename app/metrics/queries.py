"""What the metrics know about a report page."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.document.entries import awaited_names
from app.document.schema import Metric as Reported
from app.document.schema import WeekRule
from app.document.weeks import week_of
from app.metrics.models import ConfirmedValue, Metric, MetricName, Reading, Target, UnreportedReading
from app.metrics.names import fold
from app.metrics.ordinary import Hint, Known, Subject, Typed, hints_for
from app.metrics.scales import as_typed, exact, is_met
from app.metrics.sparkline import Sparkline, sparkline
from app.reports.events import PageSubject
from app.reports.models import Report

SPARK_WEEKS = 26
ENTRY_WEEKS = 12
WEEK = timedelta(days=7)
Confirmed = dict[str, tuple[str | None, datetime]]
"""By value, as typed, who confirmed it and when."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A value of an earlier week, digits as reported, with the number of that week."""

    literal: str
    week: int


@dataclass(frozen=True, slots=True)
class MetricNote:
    """What stands beside a metric of the page. Literals are digits as reported.

    `last_literal` is the week before's, None where that week is missing; `target_literal` the target
    in force on the page's Sunday; `meets_target` None without a target; `weeks_known` of the last
    26, this one included, have a value. `spark` ends with the page's own value.
    """

    metric_id: int
    key: str
    name: str
    kind: str
    direction: str
    unit: str | None
    last_literal: str | None
    target_literal: str | None
    meets_target: bool | None
    weeks_known: int
    spark: Sparkline | None
    hints: list[Hint] = field(default_factory=list)
    """What to look at again in the page's value, only while it is written."""
    typed: str = ""
    """The page's value as it was typed."""
    earlier: Earlier | None = None
    """The last value before, where the week before has none."""


def notes_for_page(session: Session, subject: PageSubject) -> Mapping[str, Any]:
    """`metric_notes`: a MetricNote by the metric's name on the page, for the metrics that are known.

    Two statements. Only published weeks count as past; the page's own values are the document's.
    """
    return {"metric_notes": _notes(session, subject, _named(subject), weeks=SPARK_WEEKS, hinting=False)}


def notes_for_entry(session: Session, subject: PageSubject) -> Mapping[str, Any]:
    """The same while a page is written: a line of 12 weeks, hints, and metrics that have no value yet."""
    awaited = dict.fromkeys(awaited_names(subject.document))
    named = {**awaited, **_named(subject)}
    return {"metric_notes": _notes(session, subject, named, weeks=ENTRY_WEEKS, hinting=True)}


def said_unreported(
    session: Session, metric_ids: Collection[int], revisions: Mapping[date, Collection[tuple[int, int]]]
) -> dict[tuple[int, date], str]:
    """By metric and week (a Monday), the words for "not reported" of the revisions that readers saw.

    `revisions` are, by Monday, reports with the number of theirs.
    """
    if not revisions:
        return {}
    rows = session.execute(
        select(
            UnreportedReading.metric_id,
            UnreportedReading.period_start,
            UnreportedReading.report_id,
            UnreportedReading.revision,
            UnreportedReading.literal,
        ).where(
            UnreportedReading.metric_id.in_(metric_ids),
            UnreportedReading.period_start.between(min(revisions), max(revisions)),
        )
    )
    return {
        (metric_id, week): literal
        for metric_id, week, report_id, revision, literal in rows
        if (report_id, revision) in revisions.get(week, ())
    }


def _named(subject: PageSubject) -> dict[str, Reported | None]:
    """The page's metrics by name, the first of each; None for one that it says is not reported."""
    named: dict[str, Reported | None] = {}
    for metric in subject.document.metrics:
        named.setdefault(metric.name, metric)
    for unreported in subject.document.unreported:
        named.setdefault(unreported.name, None)
    return named


def _notes(
    session: Session,
    subject: PageSubject,
    named: Mapping[str, Reported | None],
    *,
    weeks: int,
    hinting: bool,
) -> dict[str, MetricNote]:
    if not named:
        return {}
    metrics, confirmed = _metrics_named(session, subject, {fold(name) for name in named})
    past = _past_readings(session, {row.id for row in metrics.values()}, subject.period_start)
    return {
        name: _note(
            row,
            past.get(row.id, []),
            reported,
            subject,
            weeks=weeks,
            hinting=hinting,
            confirmed=confirmed.get(fold(name), {}),
        )
        for name, reported in named.items()
        if (row := metrics.get(fold(name))) is not None
    }


def _note(
    row: Any,
    past: Sequence[Known],
    reported: Reported | None,
    subject: PageSubject,
    *,
    weeks: int,
    hinting: bool,
    confirmed: Confirmed,
) -> MetricNote:
    value = exact(reported.value) if reported else None
    by_week = {reading.week: reading for reading in past}
    mondays = [subject.period_start - WEEK * back for back in range(weeks - 1, -1, -1)]
    values = [by_week[week].value if week in by_week else None for week in mondays[:-1]] + [value]
    before = by_week.get(subject.period_start - WEEK)
    rule: WeekRule = "iso" if subject.report.week_rule == "iso" else "jan1-monday"
    return MetricNote(
        metric_id=row.id,
        key=row.key,
        name=row.name,
        kind=row.kind,
        direction=row.direction,
        unit=row.unit,
        last_literal=before.literal if before else None,
        target_literal=row.target_literal,
        meets_target=(
            None
            if row.target_value is None or value is None
            else is_met(value, row.target_value, row.direction)
        ),
        weeks_known=sum(1 for known in values if known is not None),
        spark=sparkline(
            values,
            declared_scale=row.scale,
            target=row.target_value,
            steps=row.kind.startswith("ytd_"),
            restarts={index for index, week in enumerate(mondays) if week_of(week, rule)[1] == 1},
        ),
        hints=_hints(row, past, reported, value, subject, rule, confirmed) if hinting else [],
        typed=as_typed(reported.literal, reported.value, reported.unit) if reported else "",
        earlier=Earlier(past[-1].literal, week_of(past[-1].week, rule)[1]) if past and not before else None,
    )


def _hints(
    row: Any,
    past: Sequence[Known],
    reported: Reported | None,
    value: Decimal | None,
    subject: PageSubject,
    rule: WeekRule,
    confirmed: Confirmed,
) -> list[Hint]:
    if reported is None or value is None:
        return []
    week = subject.period_start
    counts = (
        (reported.numerator, reported.denominator) if reported.numerator and reported.denominator else None
    )
    literal = as_typed(reported.literal, reported.value, reported.unit)
    typed = Typed(
        week=week,
        year_start=week - WEEK * (week_of(week, rule)[1] - 1),
        literal=literal,
        value=value,
        decimals=max(reported.decimals, 0),
        counts=counts,
    )
    hints = hints_for(Subject(row.kind, row.direction, row.spc_scale, row.rounding, past), typed)
    answer = confirmed.get(literal)
    if answer is None:
        return hints
    by, at = answer
    return [Hint("confirmed", by=by or "", at=at) if hint.asks else hint for hint in hints]


def _metrics_named(
    session: Session, subject: PageSubject, folded: set[str]
) -> tuple[dict[str, Any], dict[str, Confirmed]]:
    """The team's metrics by folded name, each with its target in force, and what was confirmed of values."""
    last_day = subject.period_start + timedelta(days=6)
    rows = session.execute(
        select(
            MetricName.folded,
            Metric.id,
            Metric.key,
            Metric.name,
            Metric.kind,
            Metric.direction,
            Metric.unit,
            Metric.scale,
            Metric.spc_scale,
            Metric.rounding,
            Target.value.label("target_value"),
            Target.literal.label("target_literal"),
            ConfirmedValue.literal.label("confirmed"),
            ConfirmedValue.at.label("confirmed_at"),
            User.display_name.label("confirmed_by"),
        )
        .join(Metric, Metric.id == MetricName.metric_id)
        .outerjoin(Target, and_(Target.metric_id == Metric.id, Target.from_day <= last_day))
        .outerjoin(
            ConfirmedValue,
            and_(ConfirmedValue.name == MetricName.folded, ConfirmedValue.report_id == subject.report.id),
        )
        .outerjoin(User, User.id == ConfirmedValue.by_id)
        .where(MetricName.team_id == subject.team_id, MetricName.folded.in_(folded))
        .order_by(Target.from_day)
    ).all()
    confirmed: dict[str, Confirmed] = {}
    for row in rows:
        if row.confirmed is not None:
            confirmed.setdefault(row.folded, {})[row.confirmed] = (row.confirmed_by, row.confirmed_at)
    return {row.folded: row for row in rows}, confirmed  # the newest target comes last and stays


def _past_readings(session: Session, metric_ids: Collection[int], before: date) -> dict[int, list[Known]]:
    """The published values of the 25 weeks before, oldest first."""
    if not metric_ids:
        return {}
    rows = session.execute(
        select(Reading.metric_id, Reading.period_start, Reading.literal, Reading.value, Reading.decimals)
        .join(Report, and_(Report.id == Reading.report_id, Report.published_revision == Reading.revision))
        .where(
            Reading.metric_id.in_(metric_ids),
            Reading.revision > 0,
            Reading.period_start >= before - WEEK * (SPARK_WEEKS - 1),
            Reading.period_start < before,
        )
        .order_by(Reading.period_start)
    )
    past: dict[int, list[Known]] = {}
    for metric_id, period_start, literal, value, decimals in rows:
        past.setdefault(metric_id, []).append(Known(period_start, literal, value, decimals))
    return past
