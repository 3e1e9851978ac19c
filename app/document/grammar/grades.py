"""The grade of an incident: `定级C级`, `D级事故`, `（C级）`, `grade B`, `待定级`."""

from __future__ import annotations

import re
from typing import Final

from app.document.grammar.folding import prose
from app.document.grammar.patterns import any_of, words
from app.document.schema import Grade

_GRADES: Final[dict[str, Grade]] = {"A": "A", "B": "B", "C": "C", "D": "D", "AB": "AB", "CD": "CD"}

_LETTERS: Final = r"([A-D](?:/?[A-D])?)"
_STATED = words(
    any_of("定级 评级 判定 评定 定性 等级 级别 定"),
    rf"(?:结果)?[为是成:\s暂]*{_LETTERS}(?![A-Za-z])\s?[类级]?(?!.{{0,2}}待)|",
    rf"(?<![A-Za-z]){_LETTERS}\s?[类级](?:生产|线上|安全)?(?:事故|故障|事件|问题)|",
    rf"[(【\[]暂?{_LETTERS}\s?[类级](?:待确认)?[)】\]]|",
    rf"\b(?:graded|grade|severity)(?![a-z])(?:\s?(?:is|as|:|=))?\s?{_LETTERS}\b|",
    r"(?<![A-Za-z])([A-D])\s?级\s?$",
)
_NOT_STATED_BEFORE = re.compile(r"(?:不|未|非|没有?|低于|高于|不构成|未达到?|不属于|以下|无)\s?$")
_NOT_STATED_NEXT = re.compile(r"\s?(?:以[下上]|标准|供应商|机房)")
_OPEN = words(
    "待定级|待评级|(?:定级|级别|等级|评级)(?:待|尚待|仍待|还待|未|尚未|暂未|中)|(?:暂未|尚未|未)(?:定级|评级)|",
    r"定级(?:评估)?中|\bgrade\b[^.,;]{0,12}\b(?:pending|open|tbd|to be (?:decided|determined))\b|",
    r"\b(?:pending|awaiting) (?:a )?grad(?:e|ing)\b",
)


def find_grade(text: str) -> Grade | None:
    """The grade that was given; `open` where it is still to be given; None where nothing is said."""
    line = prose(text)
    for match in _STATED.finditer(line):
        letters = next(group for group in match.groups() if group)
        is_denied = _NOT_STATED_BEFORE.search(line[max(0, match.start() - 4) : match.start()])
        if not letters.isupper() or is_denied or _NOT_STATED_NEXT.match(line, match.end()):
            continue
        if grade := _GRADES.get(letters.replace("/", "")):
            return grade
    return "open" if _OPEN.search(line) else None
