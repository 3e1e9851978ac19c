"""A page that leads nowhere else: for readers who may see it and nothing more. Text in, text out."""

from __future__ import annotations

import re
from collections.abc import Callable

_ADDRESS = re.compile(r'\s(href|action)="([^"]*)"')
_FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)
_MENU = re.compile(r'<details class="menu[^>]*>.*?</details>', re.DOTALL)
_SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)
_LINK = re.compile(r"<link\b[^>]*>")
_USED = re.compile(r'<use href="/static/[^"#]*#([\w-]+)"/>')
_SYMBOL = re.compile(r'<symbol id="([\w-]+)".*?</symbol>', re.DOTALL)


def keep_within(html: str, *, page: str, own: str, usual: str) -> str:
    """The page with its links to other states of itself (`page?…`) led to `own?…`, and no others.

    Links within the page and static files stay. `usual` is the query that stands for no query at all.
    """

    def kept(attribute: str, address: str) -> str:
        if address.startswith(("#", "/static/")):
            return address
        path, _, query = address.partition("?")
        if path != page:
            return ""
        return own if attribute == "action" else f"{own}?{query or usual}"

    return _addressed(html, kept)


def self_contained(html: str, *, sprite: str, public: str) -> str:
    """The page without scripts, forms, files and links, but those within it and to its address `public`.

    Drawings that it used from the sprite stand in it.
    """
    for gone in (_SCRIPT, _LINK, _MENU, _FORM):
        html = gone.sub("", html)
    names = dict.fromkeys(match[1] for match in _USED.finditer(html))
    drawn = [match[0] for match in _SYMBOL.finditer(sprite) if match[1] in names]
    html = _USED.sub(r'<use href="#icon-\1"/>', html)
    symbols = "".join(symbol.replace('id="', 'id="icon-', 1) for symbol in drawn)
    inside = f'<svg width="0" height="0" aria-hidden="true" class="defs"><defs>{symbols}</defs></svg>'
    html = html.replace("<main", f"{inside}<main", 1)
    return _addressed(html, lambda _, address: address if address.startswith(("#", public)) else "")


def _addressed(html: str, kept: Callable[[str, str], str]) -> str:
    def one(match: re.Match[str]) -> str:
        address = kept(match[1], match[2])
        return f' {match[1]}="{address}"' if address else ""

    return _ADDRESS.sub(one, html)
