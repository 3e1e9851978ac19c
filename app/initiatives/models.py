"""Initiatives: one undertaking through many weeks, and the dates promised for it."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class Initiative(Base):
    __tablename__ = "initiatives"
    __table_args__ = (UniqueConstraint("team_id", "title"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    title: Mapped[str] = mapped_column(String(200))
    aliases: Mapped[list[Any]] = mapped_column(default=list)
    ended_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)


class Distinction(Base):
    """Two initiatives that a person said are not the same."""

    __tablename__ = "distinctions"
    __table_args__ = (
        UniqueConstraint("first_id", "second_id"),
        CheckConstraint("first_id < second_id", name="ordered"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    first_id: Mapped[int] = mapped_column(ForeignKey("initiatives.id", ondelete="CASCADE"))
    second_id: Mapped[int] = mapped_column(ForeignKey("initiatives.id", ondelete="CASCADE"), index=True)


class Promise(Base):
    """A date said in a report: a day, or a span of days."""

    __tablename__ = "promises"
    __table_args__ = (
        CheckConstraint("outcome IS NULL OR outcome IN ('kept', 'moved', 'late', 'dropped')", name="outcome"),
        Index("ix_promises_initiative_id_first_day", "initiative_id", "first_day"),
        Index("ix_promises_report_id", "report_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), index=True)
    initiative_id: Mapped[int | None] = mapped_column(ForeignKey("initiatives.id", ondelete="SET NULL"))
    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id", ondelete="CASCADE"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id", ondelete="SET NULL"), index=True)
    what: Mapped[str] = mapped_column(Text)
    literal: Mapped[str] = mapped_column(Text)
    first_day: Mapped[date]
    last_day: Mapped[date]
    outcome: Mapped[str | None] = mapped_column(String(16))
    outcome_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
