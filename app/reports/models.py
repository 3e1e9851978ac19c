"""One week's report as records: sections, items, facts, goals, revisions, source pages.

The sections and items are the working copy, which people edit; readers of a published week see the
document of its newest revision. The item's text is the truth: facts, readings, incidents and goals
are recognised in it, and carry what a person decided about them.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant

State = Literal["draft", "published", "amending"]
Outcome = Literal["done", "carried", "dropped"]


class Workstream(Base):
    """O1–O4: the code stays, titles change over the years."""

    __tablename__ = "workstreams"
    __table_args__ = (UniqueConstraint("team_id", "code", "from_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    code: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(200))
    from_day: Mapped[date]
    until_day: Mapped[date | None]


class Report(Base):
    """A team's week. `version` counts changes of the working copy.

    `state` is draft (never published), published, or amending (published, with changes that readers
    do not see yet). The summary columns repeat the newest published document for lists and rails.
    """

    __tablename__ = "reports"
    __table_args__ = (
        UniqueConstraint("team_id", "period_start"),
        CheckConstraint("state IN ('draft', 'published', 'amending')", name="state"),
        CheckConstraint("period_end > period_start", name="period"),
        CheckConstraint("(published_revision = 0) = (state = 'draft')", name="published"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    period_start: Mapped[date]
    period_end: Mapped[date]
    label: Mapped[str] = mapped_column(String(120))
    week_year: Mapped[int]
    week_number: Mapped[int]
    week_rule: Mapped[str] = mapped_column(String(16))
    year_from: Mapped[str] = mapped_column(String(16), default="label")
    title: Mapped[str | None] = mapped_column(Text)
    front: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What stands above the first section besides the title, as the document has it."""
    state: Mapped[str] = mapped_column(String(16), default="draft")
    published_revision: Mapped[int] = mapped_column(default=0)
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    updated_at: Mapped[datetime] = mapped_column(Instant)
    updated_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    source_page_id: Mapped[int | None] = mapped_column(ForeignKey("source_pages.id"))

    headline: Mapped[str | None] = mapped_column(Text)
    event_count: Mapped[int] = mapped_column(default=0)
    accidents_ab: Mapped[int] = mapped_column(default=0)
    accidents_cd: Mapped[int] = mapped_column(default=0)
    accidents_open: Mapped[int] = mapped_column(default=0)

    @property
    def is_published(self) -> bool:
        """Whether readers see a revision of it."""
        return self.published_revision > 0

    @property
    def is_amended(self) -> bool:
        return self.published_revision > 1


class Section(Base):
    __tablename__ = "sections"
    __table_args__ = (Index("ix_sections_report_id_position", "report_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    code: Mapped[str | None] = mapped_column(String(16))
    title: Mapped[str | None] = mapped_column(Text)
    heading: Mapped[str | None] = mapped_column(Text)
    level: Mapped[int] = mapped_column(default=2)
    position: Mapped[int]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("sections.id", ondelete="SET NULL"))
    version: Mapped[int] = mapped_column(default=1)
    source_start: Mapped[int | None]
    source_end: Mapped[int | None]
    source_line: Mapped[int | None]


class Item(Base):
    """A block of a section: a list item, a paragraph, or text kept letter by letter."""

    __tablename__ = "items"
    __table_args__ = (
        CheckConstraint("kind IN ('item', 'paragraph', 'code')", name="kind"),
        Index("ix_items_report_id_section_id", "report_id", "section_id", "position"),
        Index("ix_items_section_id", "section_id"),
        Index("ix_items_parent_id", "parent_id"),
        Index("ix_items_initiative_id", "initiative_id"),
        UniqueConstraint("report_id", "uid"),
        {"sqlite_autoincrement": True},  # an id is never given again: a removed item comes back under its own
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id", ondelete="CASCADE"))
    section_id: Mapped[int] = mapped_column(ForeignKey("sections.id", ondelete="CASCADE"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("items.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16), default="item")
    text: Mapped[str] = mapped_column(Text)
    ordered: Mapped[bool] = mapped_column(default=False)
    number: Mapped[int | None]
    """Of an ordered item that bears another number than the one that follows, as a list that begins at 3."""
    position: Mapped[int]
    highlight: Mapped[bool] = mapped_column(default=False)
    initiative_id: Mapped[int | None] = mapped_column(ForeignKey("initiatives.id", ondelete="SET NULL"))
    uid: Mapped[str | None] = mapped_column(String(36))
    """The name a browser gave the item when it made it, before it knew the id; unique in the report."""
    carried: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """What last week said, where the item was carried over from it: text, progress, dates, its Monday."""
    carried_open: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Carried over and neither touched nor confirmed yet: it is not published."""
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime | None] = mapped_column(Instant)
    updated_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    source_start: Mapped[int | None]
    source_end: Mapped[int | None]
    source_line: Mapped[int | None]

    @property
    def is_dropped(self) -> bool:
        """Carried over and dropped again; it can be brought back until the week is published."""
        return self.carried_open and bool(self.carried and self.carried.get("dropped"))


class Fact(Base):
    """A value in an item's text. `value` holds the fields of its kind; offsets are into the text.

    `decision` is a person's word on it: confirmed, corrected (then `value` is theirs) or dismissed;
    recognition never overwrites a decided fact.
    """

    __tablename__ = "facts"
    __table_args__ = (
        CheckConstraint(
            "decision IS NULL OR decision IN ('confirmed', 'corrected', 'dismissed')", name="decision"
        ),
        Index("ix_facts_report_id", "report_id"),
        Index("ix_facts_item_id", "item_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id", ondelete="CASCADE"))
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    value: Mapped[dict[str, Any]]
    literal: Mapped[str] = mapped_column(Text)
    start: Mapped[int]
    end: Mapped[int]
    certain: Mapped[bool] = mapped_column(default=True)
    decision: Mapped[str | None] = mapped_column(String(16))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    version: Mapped[int] = mapped_column(default=1)


class Goal(Base):
    """A goal for the week after; its outcome is said in that week."""

    __tablename__ = "goals"
    __table_args__ = (
        CheckConstraint("outcome IS NULL OR outcome IN ('done', 'carried', 'dropped')", name="outcome"),
        Index("ix_goals_report_id", "report_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id", ondelete="CASCADE"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id", ondelete="SET NULL"), index=True)
    text: Mapped[str] = mapped_column(Text)
    position: Mapped[int]
    outcome: Mapped[str | None] = mapped_column(String(16))
    note: Mapped[str | None] = mapped_column(Text)
    carried_from_id: Mapped[int | None] = mapped_column(
        ForeignKey("goals.id", ondelete="SET NULL"), index=True
    )
    version: Mapped[int] = mapped_column(default=1)


class AcknowledgedSave(Base):
    """The newest change of a field that a browser was told is saved, with what it was told.

    A repeat (same sequence number) gets the same answer and changes nothing; an older one is refused.
    """

    __tablename__ = "acknowledged_saves"
    __table_args__ = (
        UniqueConstraint("report_id", "client", "field"),
        Index("ix_acknowledged_saves_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id", ondelete="CASCADE"))
    client: Mapped[str] = mapped_column(String(36))
    field: Mapped[str] = mapped_column(String(64))
    sequence: Mapped[int]
    answer: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime] = mapped_column(Instant)


class RemovedBranch(Base):
    """An item that was removed while its week was written, with all below it: undoing brings it back."""

    __tablename__ = "removed_branches"
    __table_args__ = (
        Index("ix_removed_branches_report_id_item_id", "report_id", "item_id"),
        Index("ix_removed_branches_removed_at", "removed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id", ondelete="CASCADE"))
    item_id: Mapped[int]
    """The id that the item had, and will have again."""
    uid: Mapped[str | None] = mapped_column(String(36))
    kept: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Rows by table: the items, and all that was known of them."""
    removed_at: Mapped[datetime] = mapped_column(Instant)
    removed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class DiscardedDraft(Base):
    """A working copy that was discarded or replaced as a whole, kept for a while so that it can be undone."""

    __tablename__ = "discarded_drafts"
    __table_args__ = (
        CheckConstraint("why IN ('discarded', 'replaced')", name="why"),
        Index("ix_discarded_drafts_team_id_discarded_at", "team_id", "discarded_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    period_start: Mapped[date]
    published_revision: Mapped[int] = mapped_column(default=0)
    """The revision readers saw when an amendment of it was discarded; 0 for a draft."""
    why: Mapped[str] = mapped_column(String(16), default="discarded")
    kept: Mapped[dict[str, Any]] = mapped_column(default=dict, deferred=True)
    """The working copy as rows by table, and the report's version after it was replaced."""
    discarded_at: Mapped[datetime] = mapped_column(Instant)
    discarded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class SkippedWeek(Base):
    """A week without a report, said with a word (a public holiday)."""

    __tablename__ = "skipped_weeks"
    __table_args__ = (UniqueConstraint("team_id", "period_start"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    period_start: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(Instant)


class SourcePage(Base):
    """The bytes of a page as they came, whatever happens later."""

    __tablename__ = "source_pages"
    __table_args__ = (Index("ix_source_pages_team_id_sha256", "team_id", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    name: Mapped[str] = mapped_column(Text)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[str] = mapped_column(String(64))
    reader_version: Mapped[str] = mapped_column(String(32))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batches.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)


class ImportBatch(Base):
    __tablename__ = "import_batches"

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    summary: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Revision(Base):
    """What was published: the whole document, chained to the revision before by hash.

    `hash` is the SHA-256 of the canonical JSON of document, number, reason, author and previous hash.
    Triggers refuse UPDATE and DELETE.
    """

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("report_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id"))
    number: Mapped[int]
    document: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(64))
    previous_hash: Mapped[str | None] = mapped_column(String(64))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    author_name: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)
    source_page_id: Mapped[int | None] = mapped_column(ForeignKey("source_pages.id"))


class PageSnapshot(Base):
    """A rendered published page, compressed once. A stale key is simply rendered anew."""

    __tablename__ = "page_snapshots"
    __table_args__ = (UniqueConstraint("report_id", "variant"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id", ondelete="CASCADE"))
    variant: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(120))
    brotli: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Instant)
