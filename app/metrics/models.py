"""Metrics, their readings week by week, targets, baselines and annotations."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, ExactDecimal, Instant

MetricKind = Literal["rate", "ytd_rate", "count", "ytd_count", "gauge"]


class Metric(Base):
    """What is measured. Rates are kept in percent, as reported; `decimals` is the usual number of them."""

    __tablename__ = "metrics"
    __table_args__ = (
        UniqueConstraint("team_id", "key"),
        CheckConstraint("kind IN ('rate', 'ytd_rate', 'count', 'ytd_count', 'gauge')", name="kind"),
        CheckConstraint("direction IN ('up', 'down')", name="direction"),
        CheckConstraint("rounding IN ('nearest', 'truncate')", name="rounding"),
        CheckConstraint("scale IN ('nines', 'logit', 'linear')", name="scale"),
        CheckConstraint("spc_scale IN ('cbrt', 'raw')", name="spc_scale"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    key: Mapped[str] = mapped_column(String(63))
    name: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str | None] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(16), default="rate")
    direction: Mapped[str] = mapped_column(String(8), default="up")
    decimals: Mapped[int | None]
    rounding: Mapped[str] = mapped_column(String(16), default="nearest")
    scale: Mapped[str] = mapped_column(String(16), default="nines")
    spc_scale: Mapped[str] = mapped_column(String(16), default="cbrt")
    position: Mapped[int] = mapped_column(default=0)
    retired_from: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)


class MetricName(Base):
    """A name that pages give the metric; matched after folding width, case and spaces."""

    __tablename__ = "metric_names"
    __table_args__ = (UniqueConstraint("team_id", "folded"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    metric_id: Mapped[int] = mapped_column(ForeignKey("metrics.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    folded: Mapped[str] = mapped_column(String(200))


class TakenIn(Base):
    """A metric that was taken into another one: `was` is all that is needed to split it off again."""

    __tablename__ = "taken_in_metrics"

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    metric_id: Mapped[int] = mapped_column(ForeignKey("metrics.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    was: Mapped[dict[str, Any]]
    at: Mapped[datetime] = mapped_column(Instant)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class Target(Base):
    """The value to reach from a day on."""

    __tablename__ = "targets"
    __table_args__ = (UniqueConstraint("metric_id", "from_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    metric_id: Mapped[int] = mapped_column(ForeignKey("metrics.id", ondelete="CASCADE"))
    value: Mapped[Decimal] = mapped_column(ExactDecimal)
    literal: Mapped[str] = mapped_column(String(64))
    from_day: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)


class FormerSettings(Base):
    """What a metric was, its targets included, until somebody changed it."""

    __tablename__ = "former_settings"

    id: Mapped[int] = mapped_column(primary_key=True)
    metric_id: Mapped[int] = mapped_column(ForeignKey("metrics.id", ondelete="CASCADE"), index=True)
    until: Mapped[datetime] = mapped_column(Instant)
    was: Mapped[dict[str, Any]]


class Reading(Base):
    """A metric's value in a week. `literal` is what was typed (`99.980%`), `value` the exact decimal.

    `revision` 0 is the working copy; a number n is what revision n of the report said. Trends read
    the rows of each report's published revision; older ones show what was known before.
    """

    __tablename__ = "readings"
    __table_args__ = (
        UniqueConstraint("report_id", "metric_id", "revision"),
        CheckConstraint("decimals >= 0", name="decimals"),
        Index("ix_readings_metric_id_period_start", "metric_id", "period_start"),
        Index("ix_readings_team_id_period_start", "team_id", "period_start"),
        Index("ix_readings_item_id", "item_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id", ondelete="CASCADE"))
    metric_id: Mapped[int] = mapped_column(ForeignKey("metrics.id"))
    revision: Mapped[int] = mapped_column(default=0)
    period_start: Mapped[date]
    name: Mapped[str] = mapped_column(Text)
    group: Mapped[str | None] = mapped_column(Text)
    literal: Mapped[str] = mapped_column(Text)
    value: Mapped[Decimal] = mapped_column(ExactDecimal)
    decimals: Mapped[int]
    numerator: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    denominator: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id", ondelete="SET NULL"))
    start: Mapped[int | None]
    end: Mapped[int | None]
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)


class UnreportedReading(Base):
    """A metric of which a revision of a week says that it has no value; `literal` are its words for it.

    Different from a week that says nothing of the metric.
    """

    __tablename__ = "unreported_readings"
    __table_args__ = (
        UniqueConstraint("report_id", "metric_id", "revision"),
        Index("ix_unreported_readings_team_id_period_start", "team_id", "period_start"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id", ondelete="CASCADE"))
    metric_id: Mapped[int] = mapped_column(ForeignKey("metrics.id"))
    revision: Mapped[int]
    period_start: Mapped[date]
    literal: Mapped[str] = mapped_column(Text)


class ConfirmedValue(Base):
    """Somebody's word that a value which looked wrong is right; it holds for these digits of that name."""

    __tablename__ = "confirmed_values"
    __table_args__ = (UniqueConstraint("report_id", "name", "literal"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    """The metric's name on the page, folded."""
    literal: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(Instant)


class Baseline(Base):
    """Limits that a person locked, with the reason; the program never re-bases them."""

    __tablename__ = "baselines"
    __table_args__ = (UniqueConstraint("metric_id", "from_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    metric_id: Mapped[int] = mapped_column(ForeignKey("metrics.id", ondelete="CASCADE"))
    from_day: Mapped[date]
    until_day: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)


class Annotation(Base):
    """A remark on a week of a chart, of one metric or of all."""

    __tablename__ = "annotations"
    __table_args__ = (Index("ix_annotations_team_id_day", "team_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    metric_id: Mapped[int | None] = mapped_column(ForeignKey("metrics.id", ondelete="CASCADE"), index=True)
    day: Mapped[date]
    text: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)


class FormerMark(Base):
    """What an annotation or locked limits said before they were changed or removed, and in which time."""

    __tablename__ = "former_marks"
    __table_args__ = (CheckConstraint("kind IN ('annotation', 'baseline')", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), index=True)
    metric_id: Mapped[int | None] = mapped_column(ForeignKey("metrics.id", ondelete="CASCADE"), index=True)
    day: Mapped[date]
    until_day: Mapped[date | None]
    text: Mapped[str] = mapped_column(Text)
    said_from: Mapped[datetime] = mapped_column(Instant)
    said_until: Mapped[datetime] = mapped_column(Instant)
