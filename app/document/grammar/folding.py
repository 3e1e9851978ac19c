"""Half-width copies of a text, and where its clauses begin and end.

The copy is as long as the text, character for character, so an offset into one is an offset into
the other. Every phrase finder matches on the copy and slices the text.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_FOLDED: Final[dict[str, str]] = (
    {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}  # ！ to ～
    | dict.fromkeys(
        "\u00a0\u1680\u202f\u205f\u2060\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200C))), " "
    )
    | dict.fromkeys("‐‑‒–—―−﹣", "-")
    | dict.fromkeys("〜∼﹏", "~")
    | dict.fromkeys("∶︰﹕", ":")
    | dict.fromkeys("∕⁄", "/")
    | {"﹪": "%", "￥": "¥", "﹢": "+", "﹐": ",", "﹒": ".", "〔": "(", "〕": ")"}
)
_FOLDABLE = re.compile(f"[{re.escape(''.join(_FOLDED))}]")

_LONGEST: Final = 100_000

#: What ends a clause: folded `，；！？`, the Chinese full stop, a new line, a table's bar.
CLAUSE_ENDS: Final = ",;。!?\n|"
_CLAUSE_END = re.compile(r"[,;。!?\n|]|\.(?=\s|$)")
_TARGET = re.compile(r"(?:https?|ftp)://[!-~]+|(?<=\]\()[^\s()\[\]]{1,2000}")


@lru_cache(maxsize=32)
def fold(text: str) -> str:
    """The text with full-width letters, digits, punctuation and spaces as half-width; as long as before."""
    return _FOLDABLE.sub(lambda match: _FOLDED[match[0]], text)


@lru_cache(maxsize=32)
def prose(text: str) -> str:
    """The folded text with addresses and link targets blanked out: nothing in them is a value.

    Of a block of more than 100,000 characters, which nobody wrote, only the beginning.
    """
    folded = fold(text[:_LONGEST])
    if "://" not in folded and "](" not in folded:
        return folded
    return _TARGET.sub(lambda match: "\x00" * len(match[0]), folded)


def clause_start(text: str, position: int, *, reach: int = 48, ends: str = CLAUSE_ENDS) -> int:
    """Where the clause around `position` begins, looking back `reach` characters at most."""
    low = max(0, position - reach)
    found = max(text.rfind(end, low, position) for end in ends)
    full_stop = text.rfind(". ", low, position)
    return max(low, found + 1, full_stop + 2 if full_stop >= 0 else 0)


def clause_end(text: str, position: int, *, reach: int = 48) -> int:
    """Where the clause around `position` ends, looking ahead `reach` characters at most."""
    high = min(len(text), position + reach)
    match = _CLAUSE_END.search(text, position, high)
    return match.start() if match else high
