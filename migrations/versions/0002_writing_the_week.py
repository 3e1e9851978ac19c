"""writing the week: saves that browsers were told of, what is carried over, skipped weeks, discarded drafts

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "discarded_drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("published_revision", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.Column("kept", sa.JSON(), nullable=False),
        sa.Column("discarded_at", app.db.Instant(), nullable=False),
        sa.Column("discarded_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["discarded_by_id"], ["users.id"], name=op.f("fk_discarded_drafts_discarded_by_id_users")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_discarded_drafts_team_id_teams")),
        sa.CheckConstraint("why IN ('discarded', 'replaced')", name=op.f("ck_discarded_drafts_why")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discarded_drafts")),
    )
    with op.batch_alter_table("discarded_drafts", schema=None) as batch_op:
        batch_op.create_index(
            "ix_discarded_drafts_team_id_discarded_at", ["team_id", "discarded_at"], unique=False
        )

    op.create_table(
        "shared_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", app.db.Instant(), nullable=False),
        sa.Column("expires_at", app.db.Instant(), nullable=False),
        sa.Column("withdrawn_at", app.db.Instant(), nullable=True),
        sa.Column("seen_at", app.db.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_shared_links_created_by_id_users")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_shared_links_team_id_teams")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shared_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_shared_links_token_hash")),
    )
    with op.batch_alter_table("shared_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shared_links_team_id"), ["team_id"], unique=False)

    op.create_table(
        "skipped_weeks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", app.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_skipped_weeks_by_id_users")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_skipped_weeks_team_id_teams")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skipped_weeks")),
        sa.UniqueConstraint("team_id", "period_start", name=op.f("uq_skipped_weeks_team_id_period_start")),
    )
    op.create_table(
        "acknowledged_saves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("client", sa.String(length=36), nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("at", app.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["reports.id"],
            name=op.f("fk_acknowledged_saves_report_id_reports"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acknowledged_saves")),
        sa.UniqueConstraint(
            "report_id", "client", "field", name=op.f("uq_acknowledged_saves_report_id_client_field")
        ),
    )
    with op.batch_alter_table("acknowledged_saves", schema=None) as batch_op:
        batch_op.create_index("ix_acknowledged_saves_at", ["at"], unique=False)

    op.create_table(
        "unreported_readings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("metric_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("literal", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["metric_id"], ["metrics.id"], name=op.f("fk_unreported_readings_metric_id_metrics")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["reports.id"],
            name=op.f("fk_unreported_readings_report_id_reports"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_unreported_readings_team_id_teams")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unreported_readings")),
        sa.UniqueConstraint(
            "report_id",
            "metric_id",
            "revision",
            name=op.f("uq_unreported_readings_report_id_metric_id_revision"),
        ),
    )
    with op.batch_alter_table("unreported_readings", schema=None) as batch_op:
        batch_op.create_index(
            "ix_unreported_readings_team_id_period_start", ["team_id", "period_start"], unique=False
        )

    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.add_column(sa.Column("uid", sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column("carried", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(
            sa.Column("carried_open", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.create_unique_constraint(batch_op.f("uq_items_report_id_uid"), ["report_id", "uid"])

    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.add_column(sa.Column("browser_key", sa.String(length=64), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_column("browser_key")

    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_items_report_id_uid"), type_="unique")
        batch_op.drop_column("carried_open")
        batch_op.drop_column("carried")
        batch_op.drop_column("uid")

    with op.batch_alter_table("unreported_readings", schema=None) as batch_op:
        batch_op.drop_index("ix_unreported_readings_team_id_period_start")

    op.drop_table("unreported_readings")
    with op.batch_alter_table("acknowledged_saves", schema=None) as batch_op:
        batch_op.drop_index("ix_acknowledged_saves_at")

    op.drop_table("acknowledged_saves")
    op.drop_table("skipped_weeks")
    with op.batch_alter_table("shared_links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shared_links_team_id"))

    op.drop_table("shared_links")
    op.drop_table("discarded_drafts")
