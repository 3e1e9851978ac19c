"""Links: `[text](target)` and bare addresses. Targets are kept as written, percent signs and all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

#: More links than this in one block are not read.
_LIMIT = 2000
_LONGEST_TARGET: Final = 4096

_MARK = re.compile(r"`+|!?\[|\]|\\.|https?://|ftp://|mailto:")
_ADDRESS = re.compile(r"(?:https?://|ftp://|mailto:)[!-~]+(?:(?<=[/=])[\u3400-\u9fff][!-~\u3400-\u9fff]*)?")
_ADDRESS_ENDS = re.compile(r"[<>\"'`|\\^{}\[\]]|\*\*")
_TITLE = re.compile(r"\s+(?:\"[^\"\n]*\"|'[^'\n]*')\s*\)")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+:|//")


@dataclass(frozen=True, slots=True)
class FoundLink:
    """A link at `text[start:end]`; `kind` is `page` for a relative target, dead or not."""

    text: str
    href: str
    kind: Literal["external", "page"]
    start: int
    end: int


def find_links(text: str) -> list[FoundLink]:
    """The links of `text`, in order. Pictures are none, nor is anything inside a code span."""
    if "](" not in text and "://" not in text and "mailto:" not in text:
        return []
    found: list[FoundLink] = []
    for link in _links(text):
        found.append(link)
        if len(found) >= _LIMIT:
            break
    return found


def _links(text: str) -> Iterator[FoundLink]:
    opened: list[tuple[int, bool]] = []
    pending: list[FoundLink] = []
    at = 0
    while mark := _MARK.search(text, at):
        at = mark.end()
        kind = mark[0]
        if kind[0] == "\\":
            continue
        if kind[0] == "`":
            closing = _closing_ticks(text, kind, at)
            at = closing if closing > 0 else at
        elif kind[-1] == "[":
            opened.append((mark.start(), kind == "!["))
        elif kind == "]" and opened:
            start, is_picture = opened.pop()
            target = _target(text, at) if text.startswith("(", at) else None
            if target is None:
                pass
            elif is_picture:
                at = target[1]
                _drop_from(pending, start)
            else:
                href, end = target
                _drop_from(pending, start)
                label = text[start + 1 : mark.start()]
                pending.append(FoundLink(label, href, _kind(href), start, end))
                at = end
        elif kind[-1] in "/:":
            link = _bare(text, mark.start())
            if link is not None:
                pending.append(link)
                at = link.end
        if not opened and pending:
            yield from pending
            pending = []
    yield from pending


def _drop_from(links: list[FoundLink], start: int) -> None:
    """Addresses inside the brackets of a link or picture are no links of their own."""
    while links and links[-1].start >= start:
        links.pop()


def _closing_ticks(text: str, ticks: str, at: int) -> int:
    closing = text.find(ticks, at, at + 2000)
    return closing + len(ticks) if closing >= 0 else -1


def _target(text: str, at: int) -> tuple[str, int] | None:
    """The target between the brackets that open at `at`, and where they are closed."""
    if text.startswith("(<", at):
        closing = text.find(">)", at, at + _LONGEST_TARGET)
        return (
            (text[at + 2 : closing], closing + 2) if closing >= 0 and "\n" not in text[at:closing] else None
        )
    depth = 0
    for here in range(at, min(len(text), at + _LONGEST_TARGET)):
        char = text[here]
        if char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
            if depth == 0:
                return (text[at + 1 : here], here + 1) if here > at + 1 else None
        elif char in "[]" or char == "\n":
            return None
        elif char.isspace():
            title = _TITLE.match(text, here)
            return (text[at + 1 : here], title.end()) if title and depth == 1 and here > at + 1 else None
    return None


def _bare(text: str, at: int) -> FoundLink | None:
    match = _ADDRESS.match(text, at, at + _LONGEST_TARGET)
    if match is None:
        return None
    address = match[0]
    if stop := _ADDRESS_ENDS.search(address):
        address = address[: stop.start()]
    address = _without_trail(address)
    scheme = address.find(":") + 1
    if not address[scheme:].strip("/"):
        return None
    return FoundLink(address, address, "external", at, at + len(address))


def _without_trail(address: str) -> str:
    """Without the punctuation of the sentence around: a full stop, or a bracket that was opened before."""
    while address:
        last = address[-1]
        if last in ".,;:!?*_~" or (last == ")" and address.count(")") > address.count("(")):
            address = address[:-1]
        else:
            break
    return address


def _kind(href: str) -> Literal["external", "page"]:
    return "external" if _SCHEME.match(href) else "page"
