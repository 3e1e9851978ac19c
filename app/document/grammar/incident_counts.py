"""How many incidents of which grade a page states: `事故数AB级0次，CD级1次`."""

from __future__ import annotations

import re
from typing import Final

from app.document.grammar.folding import prose
from app.document.grammar.patterns import words

_GRADE: Final = r"(?<![A-Za-z])(?P<grade>[A-D](?:\s?[/、&]?\s?[A-D]){0,3})(?![A-Za-z])"
_LEVEL: Final = r"(?:[类等]?级|类|grade)?"
_INCIDENT: Final = (
    r"(?:的?(?:生产|线上)?(?:事故|故障|事件|问题)|\s?(?:incidents?|accidents?|events?|issues?))"
)
_GRADE_FIRST = words(
    rf"{_GRADE}\s?-?{_LEVEL}{_INCIDENT}?(?:数量?)?\s?(?:\*\*)?\s?(?:[:=(]|为|共|发生)?\s?(?:\*\*)?\s?",
    r"(?P<n>[0-9]{1,4}|[零〇一二两三四五六七八九十无]|no\b)(?![0-9.%/])(?:\s?[次起件例个])?",
)
_COUNT_FIRST = words(
    rf"(?P<n>[0-9]{{1,4}}|无|no)\s?[次起件例个]?\s?(?:grade\s)?{_GRADE}\s?-?{_LEVEL}\s?{_INCIDENT}"
)
_OF_INCIDENTS = words("事故|故障|事件|incident|accident|生产问题")
_OF_GRADES = words(r"[A-D]\s?[类等]?级|[A-D]类|grade|[A-D]-?\s?(?:incident|accident)|事故|故障")
_NAMES_A_GRADE = words("级|类|grade|事故|故障|incident|accident")
_GRADE_BEFORE = words(r"grade\s?$")
_HEAD_BEFORE = words(
    r"(?:事故|故障|事件|incidents?|accidents?)(?:数量?)?\s?(?:\(?(?:by\s)?grade\)?)?\s?:?\s?(?:grade\s)?$"
)
_NUMBERS: Final = "零一二三四五六七八九十"
_NOT_A_LETTER = re.compile(r"[^A-D]")


class IncidentCounts(dict[str, int]):
    """Incidents by grade (`AB`, `CD`, or one letter each) as stated at `text[start:end]`."""

    def __init__(self, counts: dict[str, int], start: int = 0, end: int = 0) -> None:
        super().__init__(counts)
        self.start = start
        self.end = end


def find_incident_counts(text: str) -> IncidentCounts:
    """The counts by grade that `text` states; empty where it states none.

    `无` and `no` are a stated 0. An incident whose grade is still open is in no grade's count.
    """
    line = prose(text)
    if not (_OF_INCIDENTS.search(line) and _OF_GRADES.search(line)):
        return IncidentCounts({})
    counts: dict[str, int] = {}
    start = end = 0
    for match in _stated(line):
        grade = "".join(sorted(set(_NOT_A_LETTER.sub("", match["grade"].upper()))))
        if not match["grade"].isupper() or grade in counts:
            continue
        start = start if counts else match.start()
        end = match.end()
        counts[grade] = _number(match["n"])
    head = _HEAD_BEFORE.search(line[max(0, start - 24) : start])
    return IncidentCounts(counts, start - len(head[0]) if counts and head else start, end)


def _stated(line: str) -> list[re.Match[str]]:
    found = [match for match in _GRADE_FIRST.finditer(line) if _names_a_grade(line, match)]
    taken = [match.span() for match in found]
    for match in _COUNT_FIRST.finditer(line):
        if not any(start < match.end() and match.start() < end for start, end in taken):
            found.append(match)
    return sorted(found, key=lambda match: match.start())


def _names_a_grade(line: str, match: re.Match[str]) -> bool:
    before = line[max(0, match.start() - 8) : match.start()]
    return bool(_NAMES_A_GRADE.search(match[0]) or _GRADE_BEFORE.search(before))


def _number(word: str) -> int:
    if word.isascii():
        return int(word) if word.isdigit() else 0
    return max(0, _NUMBERS.find("二" if word == "两" else word))
