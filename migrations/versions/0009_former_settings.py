"""what metrics and their targets were before each change is kept

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "former_settings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("metric_id", sa.Integer(), nullable=False),
        sa.Column("until", app.db.Instant(), nullable=False),
        sa.Column("was", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["metric_id"],
            ["metrics.id"],
            name=op.f("fk_former_settings_metric_id_metrics"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_settings")),
    )
    op.create_index(op.f("ix_former_settings_metric_id"), "former_settings", ["metric_id"])


def downgrade() -> None:
    op.drop_table("former_settings")
