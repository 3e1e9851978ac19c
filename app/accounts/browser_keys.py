"""The key with which a person's browsers encrypt what they typed and have not saved yet."""

from __future__ import annotations

import base64
import secrets

import anyio.to_thread
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.web.database import Gate


async def browser_key(gate: Gate, user_id: int) -> str:
    """The person's own 32 random bytes in base64, made when they are first asked for."""
    stored = select(User.browser_key).where(User.id == user_id)
    async with gate.reading() as session:
        key = await anyio.to_thread.run_sync(session.scalar, stored)
    if key is None:
        async with gate.writing() as session:
            key = await anyio.to_thread.run_sync(_make_key, session, user_id)
    assert key is not None
    return key


def _make_key(session: Session, user_id: int) -> str:
    made = base64.b64encode(secrets.token_bytes(32)).decode()
    unless_there_is_one = update(User).where(User.id == user_id, User.browser_key.is_(None))
    session.execute(unless_there_is_one.values(browser_key=made))
    return session.scalars(select(User.browser_key).where(User.id == user_id)).one() or made
