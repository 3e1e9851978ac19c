"""Lines of a page: which ones are marks, and how text that looks like a mark is written.

A *mark* is a line start that means structure: a heading, a list mark, a fence, a table row. Text
that begins like one is written with a backslash (`\\- x`, `\\# x`, `1\\. x`), and the reader takes
exactly one away again: a line with n backslashes in that place stands for the text with n - 1. So
both directions lose nothing, whatever people type.

Marks are *strong* (they begin a block wherever they stand) or *weak* (what people type by hand and
CommonMark does not know, such as `1.【…】` or `1、`): a weak mark counts at the start of a block,
below another weak item, and in a paragraph below a line that ends with a colon; elsewhere the line
is text.

White space here is ASCII white space: U+3000 and no-break spaces are text to keep.
"""

from __future__ import annotations

import re

ASCII_SPACE = " \t\r\f\v"

_SPACE = f"[{ASCII_SPACE}]"
_CJK = "\u2e80-\u2fff\u3400-\u9fff\uf900-\ufaff"
_OPENING = "【《「『“‘（"

HEADING = re.compile(rf"(#{{1,6}})(?:{_SPACE}+(?=\S)|(?=【))|(#{{2,6}})(?=[{_CJK}]|O\d)")
FENCE = re.compile(r"(`{3,})[^`]*$|(~{3,})")
BULLET = re.compile(rf"[-*+](?:{_SPACE}+|$)")
ORDERED = re.compile(rf"(\d{{1,9}})[.)．）](?:{_SPACE}+|$)")
WEAK_BULLET = re.compile(rf"[•●▪◦‣·]{_SPACE}*|[-*+](?=[\u3000\xa0])")
WEAK_ORDERED = re.compile(
    rf"(\d{{1,3}})(?:[.)．）](?=[{_CJK}{_OPENING}\u3000\xa0]|\*\*|[A-Z]{{2}})|、{_SPACE}*(?!\d{{1,2}}[月日号/]))"
)
_ESCAPED_NUMBER = re.compile(r"(\d{1,9})(\\*)(?=[.)．）、])")
_SPECIAL = frozenset("#|`~-*+_\\•●▪◦‣·")
_PROPERTY = re.compile(
    r"(?![\d/.\- ]+[:：])"
    r"([^\s\\:：#>|`，。；、,;！？!?\[\]【】][^:：#|`，。；,;！？!?\n]{0,39}?)"
    r"(\\*)([ \t]*(?:：[ \t]*|:[ \t]+))(?=\S)"
)


def is_blank(line: str) -> bool:
    """Whether a line holds white space only, of any script."""
    return not line or line.isspace()


def is_rule(body: str) -> bool:
    """Whether a stripped line is a horizontal rule: `---`, `* * *`."""
    if len(body) < 3 or body[0] not in "-*_":
        return False
    return body.count(body[0]) >= 3 and not body.strip(body[0] + " \t")


def is_plain(body: str) -> bool:
    """Whether a stripped line can be nothing but text, told from its first character alone."""
    first = body[0]
    return first not in _SPECIAL and not first.isdigit() and not first.isspace()


def is_strong_mark(body: str) -> bool:
    if not body:
        return False
    first = body[0]
    if first == "#":
        return HEADING.match(body) is not None
    if first == "|":
        return True
    if first in "`~":
        return FENCE.match(body) is not None
    if first in "-*+":
        return BULLET.match(body) is not None and not is_rule(body)
    return first.isdigit() and ORDERED.match(body) is not None


def is_weak_mark(body: str) -> bool:
    return (WEAK_ORDERED if body[:1].isdigit() else WEAK_BULLET).match(body) is not None


def leads_in(line: str) -> bool:
    """Whether a line of a paragraph ends with a colon, so that a list may follow it."""
    return line.endswith(("：", ":"))


def escape(line: str, *, first: bool) -> str:
    """The line as it must be written so that it is read as text; `first` where weak marks count."""
    at = _escape_place(line, first=first)
    return line if at is None else line[:at] + "\\" + line[at:]


def unescape(line: str, *, first: bool) -> tuple[str, int]:
    """The text a written line stands for, and the number of characters taken away before its text."""
    if "\\" not in line:
        return line, 0
    at = _escape_place(line, first=first)
    if at is None or line[at] != "\\":
        return line, 0
    return line[:at] + line[at + 1 :], 1


def escape_rule(line: str) -> str:
    """A rule among the lines of one text gets a backslash; `\\---` alone stands for itself."""
    return "\\" + line if is_rule(line.lstrip("\\")) else line


def unescape_rule(line: str) -> tuple[str, int]:
    return (line[1:], 1) if line[:1] == "\\" and is_rule(line.lstrip("\\")) else (line, 0)


def split_property(line: str) -> tuple[str, str, str] | None:
    """Key, separator and value of a `Key: value` line, or None."""
    found = _property(line)
    if found is None or found[2]:
        return None
    return found[1], found[3], line[found.end() :]


def escape_property(line: str) -> str:
    """A text line below the title that would be read as a property."""
    found = _property(line)
    return line if found is None else line[: found.end(1)] + "\\" + line[found.end(1) :]


def unescape_property(line: str) -> str:
    found = _property(line)
    return line if found is None or not found[2] else line[: found.end(1)] + line[found.end(1) + 1 :]


def normalise_text(text: str) -> list[str]:
    """What a person typed, as legal block texts: one for each paragraph, in order, none empty.

    Line ends become `\\n`, each line loses its surrounding ASCII white space, and blank lines part
    the paragraphs. A block's text must have gone through here before it is stored.
    """
    paragraphs: list[list[str]] = [[]]
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if is_blank(line):
            paragraphs.append([])
        else:
            paragraphs[-1].append(line.strip(ASCII_SPACE))
    return ["\n".join(lines) for lines in paragraphs if lines]


def _property(line: str) -> re.Match[str] | None:
    return None if is_strong_mark(line) or is_weak_mark(line) else _PROPERTY.match(line)


def _escape_place(line: str, *, first: bool) -> int | None:
    """Where the backslashes of an escape stand, or would stand; None where the line is plain text."""
    if not line:
        return None
    if line[0].isdigit():
        number = _ESCAPED_NUMBER.match(line)
        if number is None:
            return None
        bare = line[: number.end(1)] + line[number.end(2) :]
        at = number.end(1)
    else:
        bare, at = line.lstrip("\\"), 0
        if bare[:1].isdigit():
            return None
        if bare and bare.isspace():
            return at
    if is_strong_mark(bare) or (first and is_weak_mark(bare)):
        return at
    return None
