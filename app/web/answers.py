"""Answers that are known before the route begins."""

from __future__ import annotations

from starlette.responses import Response


class AlreadyAnswered(Exception):
    """Ends a request: nothing is changed, `response` is sent."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response
