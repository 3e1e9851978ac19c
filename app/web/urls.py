"""Addresses of pages, and which of them one may be sent back to."""

from __future__ import annotations

from datetime import date
from typing import Protocol
from urllib.parse import quote, urlsplit


class HasSlug(Protocol):
    @property
    def slug(self) -> str: ...


def weeks(team: HasSlug) -> str:
    return f"/teams/{team.slug}/weeks"


def week(team: HasSlug, period_start: date) -> str:
    return f"/teams/{team.slug}/weeks/{period_start.isoformat()}"


def trends(team: HasSlug) -> str:
    return f"/teams/{team.slug}/trends"


def metrics(team: HasSlug) -> str:
    return f"/teams/{team.slug}/metrics"


def metric(team: HasSlug, metric_id: int) -> str:
    return f"/teams/{team.slug}/metrics/{metric_id}"


def shared_links(team: HasSlug) -> str:
    return f"/teams/{team.slug}/shared-links"


def back_to_chart(team: HasSlug, page: str, metric_id: int) -> str:
    """The metric's chart on the page of this site that one came from, else on the trend page."""
    given = local_path(page)
    start = given.partition("#")[0] if given != "/" else trends(team)
    return f"{start}#metric-{metric_id}"


def sign_in(next_page: str | None = None) -> str:
    """The sign-in page, which leads on to `next_page`."""
    return f"/sign-in?next={quote(next_page, safe='/')}" if next_page and next_page != "/" else "/sign-in"


def local_path(given: str | None) -> str:
    """`given` if it is a path of this site, else `/`: nobody is sent elsewhere after signing in."""
    if not given or not given.startswith("/") or given.startswith(("//", "/\\")):
        return "/"
    if any(ord(character) < 0x20 or character == "\\" or ord(character) == 0x7F for character in given):
        return "/"
    parts = urlsplit(given)
    return "/" if parts.scheme or parts.netloc else given
