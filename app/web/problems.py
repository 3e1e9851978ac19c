"""Refusals as a script gets them: RFC 9457 problem details."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fastapi import Request
from starlette.responses import Response


def wants_json(request: Request) -> bool:
    """Whether a script of ours sent JSON, or asks for it."""
    sent, accepted = request.headers.get("content-type", ""), request.headers.get("accept", "")
    return sent.startswith("application/json") or accepted.startswith("application/json")


def problem(
    status: int, key: str, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    """`key` names the refusal for the script, `detail` says it to the person in their language."""
    said = {"status": status, "key": key, "detail": detail, **more}
    return Response(
        json.dumps(said, ensure_ascii=False),
        status_code=status,
        media_type="application/problem+json",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )
