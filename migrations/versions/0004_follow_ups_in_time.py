"""follow-ups know when they were opened and closed

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("follow_ups") as batch:
        batch.add_column(sa.Column("opened_at", app.db.Instant(), nullable=True))
        batch.add_column(sa.Column("closed_at", app.db.Instant(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("follow_ups") as batch:
        batch.drop_column("closed_at")
        batch.drop_column("opened_at")
