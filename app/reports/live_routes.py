"""The stream of what others do to a week, and where one is oneself."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Form, Header, Query, Request, Response
from starlette.responses import StreamingResponse

from app.errors import Refusal
from app.reports.access import EditableKnownReport, KnownReport, still_editable
from app.reports.change_forms import UID
from app.reports.live import BEAT, NAME, People, as_event, topic_of
from app.web.broadcast import CLOSED, LOST, Broadcast, Listener, Said
from app.web.database import QuickReads

router = APIRouter()
REPORT = "/teams/{team}/weeks/{period}"
Client = Annotated[str | None, Query(pattern=UID)]
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@router.get(REPORT + "/changes")
async def changes(
    request: Request,
    known: EditableKnownReport,
    client: Client = None,
    since: int | None = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """What others save in this week, as server-sent events, as long as the person may write it.

    `since` is the version that the page shows. Where it is not the newest any more, the page is told to
    look again; a browser that connects again says by itself what it was told last.
    """
    seen = int(last_event_id) if last_event_id and last_event_id.isdecimal() else since
    return StreamingResponse(
        _stream(request, known, client=client, seen=seen), media_type="text/event-stream", headers=HEADERS
    )


@router.post(REPORT + "/presence")
async def presence(
    request: Request,
    known: EditableKnownReport,
    client: Annotated[str, Form(pattern=UID)],
    item: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """The page is open, and this is the item that the person is on."""
    people: People = request.app.state.people
    people.here(known.id, client, known.team.viewer.user_id, item or None)
    return Response(status_code=204)


async def _stream(
    request: Request, known: KnownReport, *, client: str | None, seen: int | None
) -> AsyncIterator[str]:
    broadcast: Broadcast = request.app.state.broadcast
    people: People = request.app.state.people
    user_id = known.team.viewer.user_id
    with broadcast.listening(topic_of(known.id)) as listener:
        try:
            yield "retry: 2000\n\n"
            current = await still_editable(request, known)
            if seen is not None and seen != current.version:
                yield as_event("reload", {"version": current.version}, number=current.version)
            if client is not None:
                people.here(known.id, client, user_id, people.item_of(known.id, client))
            async for event in _events(request, known, listener, client=client):
                yield event
        except Refusal as refusal:
            yield as_event("gone", {"why": refusal.key})
        finally:
            if client is not None:
                people.away(known.id, client)


async def _events(
    request: Request, known: KnownReport, listener: Listener, *, client: str | None
) -> AsyncIterator[str]:
    people: People = request.app.state.people
    names: dict[int, str] = {}
    shown: object = None
    due = time.monotonic() + BEAT
    while True:
        present = [(one.client, one.user_id, one.item) for one in people.present(known.id)]
        if present != shown:
            shown = present
            listed = [
                {"client": page, "user": user, "name": await _name(request, names, user), "item": item}
                for page, user, item in present
            ]
            yield as_event("people", listed)
        said = await listener.next(max(due - time.monotonic(), 0.01))
        if said is CLOSED:
            return
        if said is not None and (event := await _event(request, names, said)):
            yield event
        if time.monotonic() >= due:
            due = time.monotonic() + BEAT
            await still_editable(request, known)
            if client is not None:
                people.here(known.id, client, known.team.viewer.user_id, people.item_of(known.id, client))
            yield ": still here\n\n"


async def _event(request: Request, names: dict[int, str], said: Said) -> str | None:
    """The event for an announcement; None for one that says only who is there."""
    if said is LOST or said.get("much"):
        return as_event("reload", {})
    if "version" not in said:
        return None
    by = said.get("by")
    who = {"id": by, "name": await _name(request, names, by) if by is not None else None}
    told = {"version": said["version"], "by": who, "client": said.get("client")}
    if "gone" in said:
        return as_event("gone", {"why": said["gone"], **told}, number=said["version"])
    told["items"] = [{"id": int(item), "version": version} for item, version in said["items"].items()]
    told |= {name: said[name] for name in ("removed", "sections", "goals", "arranged")}
    return as_event("changed", told, number=said["version"])


async def _name(request: Request, names: dict[int, str], user_id: int) -> str:
    if user_id not in names:
        quick: QuickReads = request.app.state.quick
        rows = await quick.rows(NAME, {"id": user_id})
        names[user_id] = rows[0][0] if rows else ""
    return names[user_id]
