"""removed branches are kept, and ids of items are never given again

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def rebuild_items(*, count_on: bool) -> None:
    """On SQLite only a new table counts its ids; PostgreSQL never gives one again."""
    if op.get_bind().dialect.name == "sqlite":
        options = {"sqlite_autoincrement": True} if count_on else {}
        with op.batch_alter_table("items", recreate="always", table_kwargs=options):
            pass


def upgrade() -> None:
    op.create_table(
        "removed_branches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=True),
        sa.Column("kept", sa.JSON(), nullable=False),
        sa.Column("removed_at", app.db.Instant(), nullable=False),
        sa.Column("removed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["removed_by_id"], ["users.id"], name=op.f("fk_removed_branches_removed_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["reports.id"],
            name=op.f("fk_removed_branches_report_id_reports"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_removed_branches")),
    )
    with op.batch_alter_table("removed_branches", schema=None) as batch_op:
        batch_op.create_index("ix_removed_branches_removed_at", ["removed_at"], unique=False)
        batch_op.create_index("ix_removed_branches_report_id_item_id", ["report_id", "item_id"], unique=False)
    rebuild_items(count_on=True)


def downgrade() -> None:
    rebuild_items(count_on=False)
    with op.batch_alter_table("removed_branches", schema=None) as batch_op:
        batch_op.drop_index("ix_removed_branches_report_id_item_id")
        batch_op.drop_index("ix_removed_branches_removed_at")

    op.drop_table("removed_branches")
