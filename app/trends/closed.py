"""A page that leads nowhere else: for readers who may see it and nothing more. Text in, text out."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r'\s(href|action)="([^"]*)"')
_STAYS = ("#", "/static/")


def keep_within(html: str, *, page: str, own: str, usual: str) -> str:
    """The page with its links to other states of itself (`page?…`) led to `own?…`, and no others.

    Links within the page and static files stay. `usual` is the query that stands for no query at all.
    """

    def kept(match: re.Match[str]) -> str:
        attribute, address = match[1], match[2]
        if address.startswith(_STAYS):
            return match[0]
        path, _, query = address.partition("?")
        if path != page:
            return ""
        if attribute == "action":
            return f' action="{own}"'
        return f' href="{own}?{query or usual}"'

    return _ADDRESS.sub(kept, html)
