"""metrics that were taken into others can be split off again

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "taken_in_metrics",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("metric_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("was", sa.JSON(), nullable=False),
        sa.Column("at", app.db.Instant(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_taken_in_metrics_by_id_users")),
        sa.ForeignKeyConstraint(
            ["metric_id"],
            ["metrics.id"],
            name=op.f("fk_taken_in_metrics_metric_id_metrics"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_taken_in_metrics_team_id_teams")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taken_in_metrics")),
    )
    op.create_index(op.f("ix_taken_in_metrics_metric_id"), "taken_in_metrics", ["metric_id"])


def downgrade() -> None:
    op.drop_table("taken_in_metrics")
