"""The text of one block as inline HTML: emphasis, code and links, nothing else; values marked in place.

Block structure is the document's business, so only inline Markdown is read here. Raw HTML is text,
a single `~` is a range, a line break is a line break. Whatever went through the Markdown parser is
cleaned once more against an allow-list; text without any markup never meets the parser.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import unquote

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape
from mdit_py_cjk_friendly import cjk_friendly  # type: ignore[import-untyped]  # has no py.typed

_MARKUP = re.compile(r"[*_`\\\[<]|~~|&(?=[#\w])")
_EXTERNAL = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_TAGS = {
    "strong_open": "<strong>",
    "strong_close": "</strong>",
    "em_open": "<em>",
    "em_close": "</em>",
    "s_open": "<s>",
    "s_close": "</s>",
    "softbreak": "<br>",
    "hardbreak": "<br>",
}
_ALLOWED_TAGS = {"a", "br", "code", "em", "s", "span", "strong"}
_ALLOWED_ATTRIBUTES = {"a": {"class", "href", "rel", "title"}, "span": {"class"}}
_ALLOWED_SCHEMES = {"http", "https", "mailto"}


@dataclass(frozen=True, slots=True)
class Mark:
    """A recognised value in a text; `href` and `title` tell where it was read, if it was."""

    start: int
    end: int
    href: str | None = None
    title: str | None = None


def render_inline(text: str, marks: Sequence[Mark] = ()) -> Markup:
    """The text as HTML; `marks` are offsets into it. No character other than markup is dropped."""
    marks = _in_order(marks)
    if not _MARKUP.search(text):
        return Markup(_plain(text, 0, marks, may_link=True))  # noqa: S704  # escaped piece by piece
    return Markup(_clean(_parsed(text, marks)))  # noqa: S704  # cleaned


def link_name(text: str, href: str) -> str:
    """What to call a link: its text, or where it leads where it has none, in readable letters."""
    return text if text.strip() else unquote(href)


def is_external(href: str) -> bool:
    """Whether the address leads to another site; everything else is a page beside the imported one."""
    return _EXTERNAL.match(href) is not None


def _in_order(marks: Sequence[Mark]) -> list[Mark]:
    """The marks from left to right; of those that overlap, the first."""
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda mark: (mark.start, mark.end)):
        if mark.start < mark.end and (not kept or kept[-1].end <= mark.start):
            kept.append(mark)
    return kept


def _plain(text: str, offset: int, marks: Sequence[Mark], *, may_link: bool) -> str:
    """A run of text without markup that begins at `offset`, escaped, with the marks that touch it."""
    end = offset + len(text)
    parts: list[str] = []
    at = offset
    for mark in marks:
        first, last = max(mark.start, offset), min(mark.end, end)
        if first >= last:
            continue
        parts.append(_escaped(text[at - offset : first - offset]))
        inner = _escaped(text[first - offset : last - offset])
        if mark.href is not None and may_link:
            title = f' title="{escape(mark.title)}"' if mark.title else ""
            parts.append(f'<a class="fact" href="{escape(mark.href)}"{title}>{inner}</a>')
        else:
            parts.append(f'<span class="fact">{inner}</span>')
        at = last
    parts.append(_escaped(text[at - offset :]))
    return "".join(parts)


def _escaped(text: str) -> str:
    return str(escape(text)).replace("\n", "<br>")


def _parsed(text: str, marks: Sequence[Mark]) -> str:
    tokens: list[Token] = []
    parser = _parser()
    parser.inline.parse(text, parser, {}, tokens)
    html: list[str] = []
    links: list[tuple[str, int]] = []
    """Closing tags of the links we are in, and how much stood in `html` when each began."""
    at = 0
    for token in tokens:
        match token.type:
            case "text" | "text_special" | "code_inline":
                place = text.find(token.content, at)
                found = place >= 0 and bool(token.content)
                run = _plain(
                    token.content,
                    place if found else at,
                    marks if found else (),
                    may_link=not links,
                )
                if found:
                    at = place + len(token.content)
                html.append(f"<code>{run}</code>" if token.type == "code_inline" else run)
            case "link_open":
                opening, closing = _link_tags(str(token.attrs.get("href", "")), token.attrs.get("title"))
                html.append(opening)
                links.append((closing, len(html)))
                if token.markup != "autolink":
                    at += 1
            case "link_close":
                closing, began = links.pop()
                if not "".join(html[began:]).strip():
                    html.append(_escaped(unquote(token.meta.get("href", ""))))
                html.append(closing)
                at = token.meta.get("end", at)
            case "image":
                href = str(token.attrs.get("src", ""))
                opening, closing = _link_tags(href) if not links else ("", "")
                html.append(f"{opening}{_escaped(link_name(token.content, href))}{closing}")
                at = token.meta.get("end", at)
            case kind if kind in _TAGS:
                html.append(_TAGS[kind])
                if token.markup and text.startswith(token.markup, at):
                    at += len(token.markup)
            case _:
                html.append(_escaped(token.content))
    return "".join(html)


def _link_tags(href: str, title: object = None) -> tuple[str, str]:
    if is_external(href):
        said = f' title="{escape(title)}"' if title else ""
        return f'<a href="{escape(href)}" rel="noopener"{said}>', "</a>"
    return '<span class="page-link">', "</span>"


def _clean(html: str) -> str:
    return nh3.clean(
        html,
        tags=_ALLOWED_TAGS,
        attributes=_ALLOWED_ATTRIBUTES,
        url_schemes=_ALLOWED_SCHEMES,
        link_rel=None,
    )


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("strikethrough").use(cjk_friendly)
    parser.disable("html_inline")
    for name in ("link", "image", "autolink"):
        rule = next(rule for rule in parser.inline.ruler.__rules__ if rule.name == name)
        parser.inline.ruler.at(name, _noting_the_end(rule.fn))
    emphasis = next(rule for rule in parser.inline.ruler.__rules__ if rule.name == "emphasis")
    parser.inline.ruler.at("emphasis", _sparing_products(emphasis.fn))
    return parser


def _sparing_products(rule: Callable[..., bool]) -> Callable[[Any, bool], bool]:
    """The rule, which leaves `3*4*5` alone: a product, and its digits must not run together."""

    def sparing(state: Any, silent: bool) -> bool:
        before, after = state.src[state.pos - 1 : state.pos], state.src[state.pos + 1 : state.pos + 2]
        if state.src[state.pos] == "*" and before.isdigit() and after.isdigit():
            return False
        return rule(state, silent)

    return sparing


def _noting_the_end(rule: Callable[..., bool]) -> Callable[[Any, bool], bool]:
    """The rule, leaving behind on its last token where it ended in the text and where it leads."""

    def noting(state: Any, silent: bool) -> bool:
        before = len(state.tokens)
        matched = rule(state, silent)
        if matched and not silent and len(state.tokens) > before:
            tokens = state.tokens
            tokens[-1].meta["end"] = state.pos
            opening = next((token for token in tokens[before:] if token.type == "link_open"), None)
            if opening is not None:
                tokens[-1].meta["href"] = str(opening.attrs.get("href", ""))
        return matched

    return noting
