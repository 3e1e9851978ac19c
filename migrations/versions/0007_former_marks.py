"""what annotations and locked limits said before is kept

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "former_marks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("metric_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("said_from", app.db.Instant(), nullable=False),
        sa.Column("said_until", app.db.Instant(), nullable=False),
        sa.CheckConstraint("kind IN ('annotation', 'baseline')", name=op.f("ck_former_marks_kind")),
        sa.ForeignKeyConstraint(
            ["metric_id"],
            ["metrics.id"],
            name=op.f("fk_former_marks_metric_id_metrics"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_former_marks_team_id_teams")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_marks")),
    )
    op.create_index(op.f("ix_former_marks_metric_id"), "former_marks", ["metric_id"])
    op.create_index(op.f("ix_former_marks_team_id"), "former_marks", ["team_id"])


def downgrade() -> None:
    op.drop_table("former_marks")
