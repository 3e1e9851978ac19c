"""Pages from files, folders, Notion zips and pasted text, each decoded or with a word on why not.

One page that cannot be read never stops the others.
"""

from __future__ import annotations

import codecs
import io
import re
import string
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

from app.errors import Invalid, Refusal
from app.exchange import archives

PAGE_SUFFIXES = (".md", ".markdown")
MAX_PAGE_BYTES = archives.MAX_MEMBER_BYTES
PASTED = "-"
BLANK = string.whitespace + "\u3000\u00a0\ufeff"

_ZIP_START = (b"PK\x03\x04", b"PK\x05\x06")
_EXPORT_ZIP = re.compile(r"(?:.*_)?Export(?:Block)?-.*\.zip", re.IGNORECASE)
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it came: `name` is where it was found, `text` its decoded content.

    `kept_as` is the name to keep with it: no path of the machine it came from.
    """

    name: str
    content: bytes
    text: str
    kept_as: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something that is no readable page; the message `key` with `values` says why and what to do."""

    name: str
    key: str
    values: dict[str, Any] = field(default_factory=dict)


Found = Page | Unreadable


def pages_at(paths: Iterable[str], *, pasted: BinaryIO | None = None) -> Iterator[Found]:
    """The pages at the paths, in their order; `-` stands for pasted text."""
    for path in paths:
        if path == PASTED and pasted is not None:
            yield page_from(path, pasted.read(MAX_PAGE_BYTES + 1))
            continue
        above = len(str(Path(path))) - len(Path(path).name) if Path(path).name else 0
        try:
            for found in _pages_at(Path(path)):
                kept_as = found.name[above:].lstrip("./\\")
                yield replace(found, kept_as=kept_as) if isinstance(found, Page) else found
        except OSError as error:
            yield _unreadable_file(path, error)


def pages_in_upload(name: str, content: bytes) -> Iterator[Found]:
    """The pages of one uploaded file: a zip or a single page."""
    if content.startswith(_ZIP_START) or name.lower().endswith(".zip"):
        yield from _pages_in_archive(name, io.BytesIO(content))
    else:
        yield _page_or_table(name, content)


def _pages_at(path: Path) -> Iterator[Found]:
    if path.is_dir():
        yield from _pages_in_folder(path)
    else:
        with path.open("rb") as file:
            start = file.read(4)
            if start.startswith(_ZIP_START) or path.suffix.lower() == ".zip":
                yield from _pages_in_archive(str(path), file)
            else:
                yield _page_or_table(str(path), start + file.read(MAX_PAGE_BYTES + 1 - len(start)))


def _pages_in_folder(folder: Path) -> Iterator[Found]:
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if archives.is_hidden(path.name):
            continue
        taken = path.suffix.lower() in (*PAGE_SUFFIXES, ".csv") or _EXPORT_ZIP.fullmatch(path.name)
        if (path.is_dir() and not path.is_symlink()) or (path.is_file() and taken):
            try:
                yield from _pages_at(path)
            except OSError as error:
                yield _unreadable_file(str(path), error)


def _pages_in_archive(name: str, file: BinaryIO) -> Iterator[Found]:
    try:
        members = archives.members(file)
    except Refusal as refusal:
        yield Unreadable(name, refusal.key, refusal.values)
        return
    for member in members:
        path = f"{name}/{member.path}"
        if not path.lower().endswith((*PAGE_SUFFIXES, ".csv")):
            continue
        try:
            yield _page_or_table(path, member.read())
        except Invalid as refusal:
            yield Unreadable(path, refusal.key, refusal.values)


def _page_or_table(name: str, content: bytes) -> Found:
    if name.lower().endswith(".csv"):
        return Unreadable(name, "exchange.page.table")
    return page_from(name, content)


def page_from(name: str, content: bytes) -> Found:
    """The page of these bytes, if they are text."""
    if len(content) > MAX_PAGE_BYTES:
        return Unreadable(name, "exchange.page.too_large", {"limit": f"{MAX_PAGE_BYTES // 1024**2} MiB"})
    text = _decoded(content)
    if text is None:
        return Unreadable(name, "exchange.page.encoding")
    if _is_binary(text):
        return Unreadable(name, "exchange.page.binary")
    if not text.strip(BLANK):
        return Unreadable(name, "exchange.page.empty")
    return Page(name, content, text, kept_as=name)


def _decoded(content: bytes) -> str | None:
    """The text; a UTF-8 mark at its start is a character of it, which pages keep."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8", "gb18030"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _is_binary(text: str) -> bool:
    return "\0" in text or len(_NO_TEXT.findall(text)) * 200 > len(text)


def _unreadable_file(name: str, error: OSError) -> Unreadable:
    key = "exchange.page.not_found" if isinstance(error, FileNotFoundError) else "exchange.page.unreadable"
    return Unreadable(name, key, {"why": error.strerror or str(error)})
