"""Zip files as exports have them, and as nobody should make them."""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

CENTRAL, LOCAL = b"PK\x01\x02", b"PK\x03\x04"
CENTRAL_SIZE, LOCAL_SIZE = 24, 22
"""Where the inflated size stands after each signature."""


def zipped(files: Mapping[str, bytes | str], *, compression: int = ZIP_DEFLATED) -> bytes:
    held = io.BytesIO()
    with ZipFile(held, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return held.getvalue()


def named_in_bytes(names: list[bytes], content: bytes) -> bytes:
    """A zip whose names are these bytes, with no word on their encoding."""
    stand_ins = [bytes([ord("A") + index]) * len(name) for index, name in enumerate(names)]
    data = zipped({name.decode(): content for name in stand_ins})
    for stand_in, name in zip(stand_ins, names, strict=True):
        data = data.replace(stand_in, name)
    return data


def with_link(name: str, to: str) -> bytes:
    held = io.BytesIO()
    with ZipFile(held, "w") as archive:
        info = ZipInfo(name)
        info.external_attr = 0o120777 << 16
        archive.writestr(info, to)
    return held.getvalue()


def declaring(data: bytes, size: int) -> bytes:
    """The zip with every member's inflated size declared as this, whatever it is."""
    patched = bytearray(data)
    for signature, offset in ((CENTRAL, CENTRAL_SIZE), (LOCAL, LOCAL_SIZE)):
        at = data.find(signature)
        while at >= 0:
            struct.pack_into("<I", patched, at + offset, size)
            at = data.find(signature, at + 4)
    return bytes(patched)


def flagged(data: bytes, flag: int) -> bytes:
    """The zip with a general-purpose flag set on every member."""
    patched = bytearray(data)
    for signature, offset in ((CENTRAL, 8), (LOCAL, 6)):
        at = data.find(signature)
        while at >= 0:
            (before,) = struct.unpack_from("<H", data, at + offset)
            struct.pack_into("<H", patched, at + offset, before | flag)
            at = data.find(signature, at + 4)
    return bytes(patched)
