"""Pages: Jinja templates in the person's language.

`page()` gives every template: `_`, `ngettext`, `asset`, `icon`, `language`, `html_lang`, `theme`, `viewer`,
`team`, `tab`, `here` (the path asked for), `back`, `now` (not for pages that are kept), and the date and
number formats of `Translation` as `f`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from app import paths
from app.web import urls
from app.web.assets import Assets
from app.web.i18n import LANGUAGES, language_of, translate

THEMES = ("light", "dark")
THEME_COOKIE = "weekline_theme"
ICON_WIDTHS = {
    "meets": 22,
    "misses": 22,
    "sometimes": 22,
    "tick-published": 12,
    "tick-amended": 12,
    "tick-draft": 12,
    "tick-missing": 12,
    "tick-skipped": 12,
    "dot": 8,
}
"""Widths of the drawings that are not 16 × 16."""


class Templates:
    """One Jinja environment a language, over the same files."""

    def __init__(self, assets: Assets) -> None:
        self._environments = {language: _environment(language, assets) for language in LANGUAGES}
        self.hash = _fingerprint(assets)
        """Changes with any template, catalogue or static file: part of the key of kept pages."""

    def render(self, language: str, name: str, context: Mapping[str, Any]) -> str:
        return self._environments[language].get_template(name).render(context)

    def add(self, **more: Any) -> None:
        """Give all templates a feature's own functions."""
        for environment in self._environments.values():
            environment.globals.update(more)

    def warm_up(self) -> None:
        """Compile what every page needs, so that the first visitor does not wait."""
        for environment in self._environments.values():
            environment.get_template("base.html")


def page(
    request: Request,
    name: str,
    context: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The template as an answer. `team` and `viewer` come from the request's access unless given."""
    return HTMLResponse(
        render(request, name, context), status_code=status, headers=dict(headers) if headers else None
    )


def theme_of(request: Request) -> str | None:
    """`light` or `dark` where the person chose one, None to follow the system."""
    theme = request.cookies.get(THEME_COOKIE)
    return theme if theme in THEMES else None


def render(request: Request, name: str, context: Mapping[str, Any] | None = None) -> str:
    """The template's text, for answers that are kept or compressed before they are sent."""
    state = request.state
    language = language_of(request)
    full: dict[str, Any] = {
        "viewer": getattr(state, "viewer", None),
        "team": getattr(state, "team", None),
        "tab": None,
        "theme": theme_of(request),
        "here": request.url.path,
        "now": request.app.state.clock(),
    }
    full.update(context or {})
    # Where the language and theme buttons lead back to: only a page can be asked for again.
    again = request.method in {"GET", "HEAD"} or "here" in (context or {})
    full.setdefault("back", full["here"] if again else "/")
    templates: Templates = request.app.state.templates
    return templates.render(language, name, full)


@lru_cache(maxsize=2)
def _fingerprint(assets: Assets) -> str:
    digest = hashlib.sha256(assets.hash.encode())
    for folder, pattern in ((paths.TEMPLATES, "*.html"), (paths.LOCALES, "*.po")):
        for path in sorted(folder.rglob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@lru_cache(maxsize=2 * len(LANGUAGES))
def _environment(language: str, assets: Assets) -> Environment:
    """Kept for apps over the same files, since templates are compiled in it once."""
    translation = translate(language)
    environment = Environment(
        loader=FileSystemLoader(paths.TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # of the i18n extension
        translation.gettext, translation.ngettext, newstyle=True
    )

    def icon(name: str, size: int = 16, label: str | None = None) -> Markup:
        """A drawing of the sprite, `size` pixels high; without a label it is hidden from screen readers."""
        width = round(size * ICON_WIDTHS.get(name, 16) / 16)
        role = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
        return Markup('<svg width="{}" height="{}" {}><use href="{}#{}"/></svg>').format(
            width, size, role, assets.url("icons/sprite.svg"), name
        )

    environment.globals.update(
        asset=assets.url,
        icon=icon,
        language=language,
        html_lang=translation.html_lang,
        f=translation,
        say=translation.key,
        urls=urls,
    )
    return environment
