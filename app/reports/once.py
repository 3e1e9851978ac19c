"""Forms that an open page saves by itself: each save at most once, as with the changes of items.

    def save(shown: EditableReport, once: OnceOnly, …) -> Response:
        …
        return once.answered(changed_sections(…))

The page names its save in a header, `Weekline-Save: <client>/<field>/<sequence>`. A repeat ends before
the route begins, with the answer that was given before. A form without the header is saved as it comes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Header
from pydantic import TypeAdapter
from sqlalchemy.orm import Session
from starlette.responses import HTMLResponse, Response

from app.errors import Invalid
from app.reports.access import EditableReport
from app.reports.change_forms import SaveName
from app.reports.changes import answer_before, keep_answer
from app.reports.live import name_page
from app.reports.models import Report
from app.web.answers import AlreadyAnswered
from app.web.clock import Now
from app.web.database import DbSession

HEADERS = ("HX-Retarget", "HX-Reswap", "HX-Redirect")
NAMES = TypeAdapter(SaveName)


@dataclass(frozen=True, slots=True)
class Once:
    """The save that a form is, where it has a name."""

    session: Session
    report: Report
    name: SaveName | None
    at: datetime

    def answered(self, response: Response) -> Response:
        """The response, which a repeat will get as well."""
        if self.name is not None:
            told = {
                "html": bytes(response.body).decode(),
                "headers": {name: response.headers[name] for name in HEADERS if name in response.headers},
            }
            keep_answer(self.session, self.report, self.name, told, at=self.at)
        return response


def once_only(
    shown: EditableReport,
    session: DbSession,
    now: Now,
    weekline_save: Annotated[str | None, Header(max_length=200)] = None,
) -> Once:
    """Ends the request with the former answer where this save was made already."""
    name = _name(weekline_save) if weekline_save is not None else None
    if name is not None:
        name_page(session, name.client)
    told = answer_before(session, shown.report, name) if name is not None else None
    if told is not None:
        raise AlreadyAnswered(HTMLResponse(told["html"], headers=told["headers"]))
    return Once(session, shown.report, name, now)


OnceOnly = Annotated[Once, Depends(once_only)]


def _name(header: str) -> SaveName:
    parts: list[Any] = header.split("/")
    try:
        return NAMES.validate_python(dict(zip(("client", "field", "sequence"), parts, strict=True)))
    except ValueError:
        raise Invalid("save.not_named") from None
