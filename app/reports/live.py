"""What open pages of a week are told while it is written: changes once they are saved, and who is where.

Only ids travel between processes. Names are looked up where they are shown.
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.db import announcement
from app.reports.models import Report
from app.web.broadcast import Broadcast, Said

BEAT = 15.0
"""Seconds between two signs of life, and at most between two looks at what the reader may see."""
AWAY_AFTER = 2.5 * BEAT
PAGE = "the page that a change comes from"
Became = Literal["published", "discarded"]
NAME = select(User.display_name).where(User.id == bindparam("id"))


def topic_of(report_id: int) -> str:
    return f"report-{report_id}"


def tell_changed(
    session: Session,
    report: Report,
    *,
    by_id: int | None,
    items: Mapping[int, int] | None = None,
    removed: Collection[int] = (),
    sections: Collection[int] = (),
    goals: Collection[int] = (),
    arranged: bool = False,
) -> None:
    """Tell the open pages, once this is committed: items by id with their versions, and what to draw anew.

    `arranged` says that sections came, went or changed places.
    """
    told = announcement(session, topic_of(report.id))
    told.update(version=report.version, by=by_id, client=session.info.get(PAGE))
    told["items"] = {
        **told.get("items", {}),
        **{str(item): version for item, version in (items or {}).items()},
    }
    for name, ids in (("removed", removed), ("sections", sections), ("goals", goals)):
        told[name] = sorted({*told.get(name, ()), *ids})
    told["arranged"] = arranged or told.get("arranged", False)


def tell_gone(session: Session, report: Report, became: Became, *, by_id: int | None) -> None:
    """Tell the open pages that what they show has become something else."""
    told = announcement(session, topic_of(report.id))
    told.update(gone=became, version=report.version, by=by_id, client=session.info.get(PAGE))


def name_page(session: Session, client: str) -> None:
    """Say which page the changes of this transaction come from: that one knows of them already."""
    session.info[PAGE] = client


@dataclass(slots=True)
class Present:
    """A page that is open, the person in front of it, and the item they are on."""

    client: str
    user_id: int
    item: str | None
    heard: float


class People:
    """Who has which week open, as far as this process was told. One per app."""

    def __init__(self, broadcast: Broadcast) -> None:
        self._broadcast = broadcast
        self._present: dict[str, dict[str, Present]] = {}
        broadcast.on_hearing.append(self._hear)

    def here(self, report_id: int, client: str, user_id: int, item: str | None) -> None:
        """The page is open; said again at every beat, since nobody says when a computer is shut."""
        person = {"client": client, "user": user_id, "item": item}
        self._broadcast.say(topic_of(report_id), {"here": person})

    def away(self, report_id: int, client: str) -> None:
        self._broadcast.say(topic_of(report_id), {"away": client})

    def item_of(self, report_id: int, client: str) -> str | None:
        present = self._present.get(topic_of(report_id), {}).get(client)
        return present.item if present else None

    def present(self, report_id: int) -> list[Present]:
        """Those heard of lately, in the order in which they came."""
        here = self._present.get(topic_of(report_id), {})
        limit = time.monotonic() - AWAY_AFTER
        return [one for one in list(here.values()) if one.heard >= limit]

    def _hear(self, said: Said) -> None:
        topic = said["topic"]
        if "here" in said:
            person = said["here"]
            here = self._present.setdefault(topic, {})
            here[person["client"]] = Present(
                person["client"], person["user"], person["item"], time.monotonic()
            )
        elif "away" in said and topic in self._present:
            self._present[topic].pop(said["away"], None)
            if not self._present[topic]:
                del self._present[topic]


def as_event(name: str, data: Any, *, number: int | None = None) -> str:
    """One server-sent event; `number` comes back from a browser that connects again."""
    identity = f"id: {number}\n" if number is not None else ""
    return f"event: {name}\n{identity}data: {json.dumps(data, ensure_ascii=False)}\n\n"
