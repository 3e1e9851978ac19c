"""Runs migrations over a connection handed in by `app.migrate`, or opened from the settings."""

from __future__ import annotations

from typing import Any

from alembic import context
from sqlalchemy import Connection

from app.db import ExactDecimal, Instant
from app.models import Base


def render_item(kind: str, item: Any, autogen: Any) -> str | bool:
    """Write the project's own column types by name."""
    if kind == "type" and isinstance(item, ExactDecimal | Instant):
        autogen.imports.add("import app.db")
        size = f"{item.precision}, {item.scale}" if getattr(item, "precision", None) else ""
        return f"app.db.{type(item).__name__}({size})"
    return False


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=render_item,
        compare_type=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


handed_in = context.config.attributes.get("connection")
if handed_in is not None:
    run(handed_in)
else:
    from app.config import Settings
    from app.db import Database

    database = Database(Settings().database)
    with database.engine.begin() as connection:
        run(connection)
