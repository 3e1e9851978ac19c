"""The time, as an argument: routes take `Now`, rules take a datetime."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request


def utc_now() -> datetime:
    return datetime.now(UTC)


async def now(request: Request) -> datetime:
    """The moment of the request, in UTC, by the app's clock (`app.state.clock`), which tests hold still."""
    moment: datetime = request.app.state.clock()
    return moment


Now = Annotated[datetime, Depends(now)]
