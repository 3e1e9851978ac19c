"""Zip files of a Notion export: which files they hold, after a check of the whole archive.

Nothing is written to disk. An archive is refused before any page of it is unpacked if it is over a
limit, nested too deep, or names files outside itself; a damaged member costs that member only.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import unicodedata
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from app.errors import Invalid, TooLarge

MAX_ENTRIES = 10_000
MAX_DECLARED_BYTES = 200 * 1024 * 1024
MAX_MEMBER_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 2

PART = re.compile(r"(?:.*_)?Export(?:Block)?-.*-Part-\d+\.zip", re.IGNORECASE)
"""Notion's further zips inside its zip; no other zip is opened."""

_CENTRAL_ENTRY = b"PK\x01\x02"
_MAX_DIRECTORY_BYTES = 16 * 1024 * 1024
_ENCRYPTED = 0x1
_UTF8_NAME = 0x800
_DAMAGE = (
    BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    NotImplementedError,
    ValueError,
    OverflowError,
    IndexError,
)


@dataclass(frozen=True, slots=True)
class Member:
    """A file in the archive; `path` begins with the part it is in, if any."""

    path: str
    archive: ZipFile
    info: ZipInfo

    def read(self) -> bytes:
        """Its bytes. Raises Invalid where it is damaged or not what the archive declared."""
        try:
            with self.archive.open(self.info) as stream:
                content = stream.read(MAX_MEMBER_BYTES + 1)
        except _DAMAGE as error:
            raise Invalid("exchange.page.damaged") from error
        if len(content) != self.info.file_size:
            raise Invalid("exchange.page.damaged")
        return content


def members(file: BinaryIO) -> list[Member]:
    """The files of an export and of its parts, by path. Raises Invalid or TooLarge if it is refused."""
    return sorted(_checked(file, "", 1, _Declared()), key=lambda member: member.path)


@dataclass(slots=True)
class _Declared:
    """What the archive and its parts say they hold, added up."""

    entries: int = 0
    size: int = 0

    def add(self, path: str, info: ZipInfo) -> None:
        self.entries += 1
        self.size += info.file_size
        if self.entries > MAX_ENTRIES:
            raise TooLarge("exchange.archive.too_many_entries", limit=MAX_ENTRIES)
        if info.file_size > MAX_MEMBER_BYTES:
            raise TooLarge(
                "exchange.archive.member_too_large",
                name=path,
                size=_mebibytes(info.file_size),
                limit=_mebibytes(MAX_MEMBER_BYTES),
            )
        if self.size > MAX_DECLARED_BYTES:
            raise TooLarge("exchange.archive.too_large", limit=_mebibytes(MAX_DECLARED_BYTES))


def _checked(file: BinaryIO, within: str, depth: int, declared: _Declared) -> list[Member]:
    archive = _opened(file, within)
    parts: list[Member] = []
    found: list[Member] = []
    for info in archive.infolist():
        name = _name(info)
        path = within + name
        _refuse_unsafe(path, name, info)
        declared.add(path, info)
        if name.endswith("/") or is_hidden(name):
            continue
        member = Member(path, archive, info)
        (parts if PART.fullmatch(PurePosixPath(name).name) else found).append(member)
    for part in parts:
        if depth == MAX_DEPTH:
            raise Invalid("exchange.archive.too_deep", name=part.path)
        try:
            content = part.read()
        except Invalid as error:
            raise Invalid("exchange.archive.damaged", name=part.path) from error
        found += _checked(io.BytesIO(content), f"{part.path}/", depth + 1, declared)
    return found


def _opened(file: BinaryIO, within: str) -> ZipFile:
    watched = _DirectoryWatch(file)
    try:
        archive = ZipFile(watched)
    except _DAMAGE as error:
        raise Invalid("exchange.archive.damaged", name=within.rstrip("/")) from error
    watched.opened = True
    return archive


class _DirectoryWatch(io.RawIOBase):
    """Stands between a zip file and its reader: a directory of millions of entries is never parsed."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file
        self.opened = False

    def read(self, size: int | None = -1) -> bytes:
        if not self.opened and (size is None or size > _MAX_DIRECTORY_BYTES):
            raise TooLarge("exchange.archive.too_many_entries", limit=MAX_ENTRIES)
        data = self._file.read(-1 if size is None else size)
        if not self.opened and data.count(_CENTRAL_ENTRY) > MAX_ENTRIES:
            raise TooLarge("exchange.archive.too_many_entries", limit=MAX_ENTRIES)
        return data

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True


def _refuse_unsafe(path: str, name: str, info: ZipInfo) -> None:
    outside = (
        name.startswith("/")
        or ".." in name.split("/")
        or "\0" in info.orig_filename
        or re.match(r"[A-Za-z]:", name) is not None
    )
    if outside:
        raise Invalid("exchange.archive.unsafe_name", name=path)
    if stat.S_ISLNK(info.external_attr >> 16):
        raise Invalid("exchange.archive.symlink", name=path)
    if info.flag_bits & _ENCRYPTED:
        raise Invalid("exchange.archive.encrypted", name=path)
    if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise Invalid("exchange.archive.compression", name=path)


def is_hidden(name: str) -> bool:
    """Whether a path is macOS's by-product or below a dot name."""
    return any(part == "__MACOSX" or part.startswith(".") for part in PurePosixPath(name).parts)


def _name(info: ZipInfo) -> str:
    """The member's name; without the UTF-8 flag its bytes may be UTF-8, GB18030 or cp437, each its own."""
    name = info.orig_filename
    if not info.flag_bits & _UTF8_NAME and not name.isascii():
        name = _decoded_name(name.encode("cp437"), name)
    return name.replace("\\", "/")


def _decoded_name(raw: bytes, as_cp437: str) -> str:
    for encoding in ("utf-8", "gb2312"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    if all(unicodedata.name(char, "").startswith("LATIN") for char in as_cp437 if not char.isascii()):
        return as_cp437
    try:
        return raw.decode("gb18030")
    except UnicodeDecodeError:
        return as_cp437


def _mebibytes(size: int) -> str:
    return f"{size / 1024 / 1024:.4g} MiB"
