"""The time, as an argument: routes take `Now`, rules take a datetime."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends


async def now() -> datetime:
    """The moment of the request, in UTC; tests override this dependency."""
    return datetime.now(UTC)


Now = Annotated[datetime, Depends(now)]
