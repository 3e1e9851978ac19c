"""How the grammar's word lists become regular expressions."""

from __future__ import annotations

import re


def any_of(*lines: str) -> str:
    """A group that matches any of the words, which are separated by white space; the longest first.

    A word may carry a condition on what follows, such as `项(?!目)`; a blank in a word is `\\s`.
    """
    words = {word for line in lines for word in line.split()}
    return f"(?:{'|'.join(sorted(words, key=lambda word: (-len(word), word)))})"


def words(*patterns: str) -> re.Pattern[str]:
    """The patterns one after the other, for folded text: `\\b` stands between 一 and k, case is one."""
    return re.compile("".join(patterns), re.ASCII | re.IGNORECASE)
