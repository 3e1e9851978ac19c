"""Metrics of which a page says that there is no value this week: `退款成功率：未上报`."""

from __future__ import annotations

from dataclasses import dataclass

from app.document.grammar.folding import prose
from app.document.grammar.patterns import any_of, words
from app.document.grammar.rates import is_metric_name, segments

_UNREPORTED = words(
    r"(?P<name>[^:\n]{1,60}?)\s?(?:\*\*)?\s?:\s?(?:\*\*)?\s?(?P<said>",
    any_of("(?:本周|暂)?未(?:上报|报告|报送|填报) 暂不上报", r"not\sreported(?:\sthis\sweek)? unreported"),
    r")(?:\*\*)?\s?(?:\([^()\n]{0,80}\))?\s*\.?\s*$",
)
_LEAD = words(r"[\s*_>#`·•【-]*(?:[0-9]{1,2}[.、)]\s?)?")


@dataclass(frozen=True, slots=True)
class FoundUnreported:
    """`text[start:end]` is name and statement, `text[said_start:said_end]` the statement alone."""

    name: str
    start: int
    end: int
    said_start: int
    said_end: int


def find_unreported(text: str) -> list[FoundUnreported]:
    """The metrics in one bullet of a metrics section that are said to be not reported."""
    line = prose(text)
    if "未" not in line and "不" not in line and "eported" not in line:
        return []
    found = []
    for start, end in segments(text, line):
        lead = _LEAD.match(line, start, end)
        match = _UNREPORTED.match(line, lead.end() if lead else start, end)
        if match is None:
            continue
        name = match["name"].strip(" *_")
        first = match.start("name") + match["name"].index(name)
        if is_metric_name(name):
            found.append(
                FoundUnreported(
                    name=text[first : first + len(name)],
                    start=first,
                    end=match.end("said"),
                    said_start=match.start("said"),
                    said_end=match.end("said"),
                )
            )
    return found
