"""Production events and graded accidents, their follow-ups, grades through time, third parties."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, ExactDecimal, Instant

Money = ExactDecimal(20, 2)


class ThirdParty(Base):
    """A bank, channel or vendor whose faults are counted, with the names it goes by."""

    __tablename__ = "third_parties"
    __table_args__ = (UniqueConstraint("team_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    name: Mapped[str] = mapped_column(String(120))
    aliases: Mapped[list[Any]] = mapped_column(default=list)


class Incident(Base):
    """A production event; an accident where it has a grade or its grade is still open.

    Times are the team's local minutes as ISO text, since pages state no zone. The text fields are
    written into the report's items (`item_id` is the first); null means not stated, never 0.
    """

    __tablename__ = "incidents"
    __table_args__ = (
        CheckConstraint("grade IS NULL OR grade IN ('A', 'B', 'C', 'D', 'AB', 'CD', 'open')", name="grade"),
        CheckConstraint(
            "detected_by IS NULL OR detected_by IN "
            "('monitoring', 'business', 'finance', 'partner', 'customer', 'regulator')",
            name="detected_by",
        ),
        CheckConstraint(
            "cause_category IS NULL OR cause_category IN ('code', 'configuration', 'change', 'capacity', "
            "'infrastructure', 'data', 'operation', 'third_party', 'unknown')",
            name="cause_category",
        ),
        Index("ix_incidents_report_id", "report_id", "position"),
        Index("ix_incidents_team_id_started_at", "team_id", "started_at"),
        Index("ix_incidents_third_party_id", "third_party_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id", ondelete="CASCADE"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id", ondelete="SET NULL"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[str | None] = mapped_column(String(16))
    started_literal: Mapped[str | None] = mapped_column(Text)
    detected_at: Mapped[str | None] = mapped_column(String(16))
    mitigated_at: Mapped[str | None] = mapped_column(String(16))
    recovered_at: Mapped[str | None] = mapped_column(String(16))
    duration_literal: Mapped[str | None] = mapped_column(Text)
    symptom: Mapped[str] = mapped_column(Text)
    impact: Mapped[str | None] = mapped_column(Text)
    cause: Mapped[str | None] = mapped_column(Text)
    handling: Mapped[str | None] = mapped_column(Text)
    system: Mapped[str | None] = mapped_column(String(120))
    flow: Mapped[str | None] = mapped_column(String(32))
    detected_by: Mapped[str | None] = mapped_column(String(16))
    cause_category: Mapped[str | None] = mapped_column(String(16))
    third_party_id: Mapped[int | None] = mapped_column(ForeignKey("third_parties.id"))
    third_party_at_fault: Mapped[bool | None]
    grade: Mapped[str | None] = mapped_column(String(8))
    grade_decided: Mapped[bool] = mapped_column(default=False)
    postmortem_url: Mapped[str | None] = mapped_column(Text)
    same_as_id: Mapped[int | None] = mapped_column(
        ForeignKey("incidents.id", ondelete="SET NULL"), index=True
    )
    amount_at_risk: Mapped[Decimal | None] = mapped_column(Money)
    amount_recovered: Mapped[Decimal | None] = mapped_column(Money)
    amount_lost: Mapped[Decimal | None] = mapped_column(Money)
    currency: Mapped[str | None] = mapped_column(String(3))
    payments: Mapped[int | None]
    amounts: Mapped[list[Any]] = mapped_column(default=list)
    version: Mapped[int] = mapped_column(default=1)


class GradeChange(Base):
    __tablename__ = "grade_changes"
    __table_args__ = (Index("ix_grade_changes_incident_id", "incident_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(Instant)
    before: Mapped[str | None] = mapped_column(String(8))
    after: Mapped[str | None] = mapped_column(String(8))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str | None] = mapped_column(Text)


class FollowUp(Base):
    __tablename__ = "follow_ups"
    __table_args__ = (
        CheckConstraint("kind IN ('detect', 'prevent', 'mitigate', 'process')", name="kind"),
        CheckConstraint("state IN ('open', 'done', 'dropped')", name="state"),
        Index("ix_follow_ups_incident_id", "incident_id"),
        Index("ix_follow_ups_state_due_day", "state", "due_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(Text)
    owner: Mapped[str | None] = mapped_column(String(120))
    due_day: Mapped[date | None]
    kind: Mapped[str] = mapped_column(String(16), default="prevent")
    state: Mapped[str] = mapped_column(String(16), default="open")
    evidence: Mapped[str | None] = mapped_column(Text)
    opened_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)
