"""Several metrics by one stroke: `充值/提现成功率：99.99%/99.98%`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from app.document.grammar.patterns import any_of, words

_VALUE: Final = r"[0-9]{1,3}(?:\.[0-9]{1,12})?\s?%"
_SHARED = words(
    r"(?P<names>[^:/,()【】*0-9\n]{1,20}(?:/[^:/,()【】*0-9\n]{1,40}){1,3}?)\s?:\s?",
    rf"(?P<values>{_VALUE}(?:\s?/\s?{_VALUE}){{1,3}})(?!\s?[/~→-]\s?[0-9]|[0-9])",
)
_ONE_VALUE = re.compile(r"(?P<value>[0-9.]+)\s?%")
#: What two metrics may have in common behind their own words.
_TAIL = words(
    any_of("有效 首次 一次 日均 周均 平均 年度 当日"),
    "*",
    any_of(
        "成功率 失败率 可用性 可用率 可用度 及时率 达成率 完成率 通过率 留存率 转化率 差错率 占比",
        r"\ssuccess\srate \sfailure\srate \serror\srate \savailability \suptime \srate",
    ),
    "$",
)


@dataclass(frozen=True, slots=True)
class SharedValue:
    """One of the values, and the name that is meant for it, which need not stand there as such."""

    name: str
    start: int
    end: int
    value_start: int
    value_end: int


@dataclass(frozen=True, slots=True)
class Shared:
    values: list[SharedValue]
    start: int
    end: int


def shared_readings(text: str, line: str, start: int, end: int) -> Shared | None:
    """The readings of a piece of a line; None where it has not as many names as values.

    Each of the first names must be as long as the last one's own words, or a single word in English: what
    `微信/支付宝成功率` calls its first metric cannot be told.
    """
    found = _SHARED.match(line, start, end)
    if found is None:
        return None
    names = _names(text[slice(*found.span("names"))].strip(), found["names"].strip())
    values = list(_ONE_VALUE.finditer(line, *found.span("values")))
    if names is None or len(names) != len(values):
        return None
    first = found.start("names")
    return Shared(
        [
            SharedValue(
                name=name,
                start=first if number == 0 else value.start(),
                end=value.end(),
                value_start=value.start("value"),
                value_end=value.end("value"),
            )
            for number, (name, value) in enumerate(zip(names, values, strict=True))
        ],
        start=first,
        end=values[-1].end(),
    )


def _names(written: str, folded: str) -> list[str] | None:
    parts: list[str] = []
    at = 0
    for part in folded.split("/"):
        parts.append(written[at : at + len(part)].strip())
        at += len(part) + 1
    if all(_TAIL.search(part.lower()) for part in parts):
        return parts if all(not _TAIL.fullmatch(part.lower()) for part in parts) else None
    last = parts[-1]
    tail = _TAIL.search(last.lower())
    if tail is None or any(_TAIL.search(part.lower()) for part in parts[:-1]):
        return None
    own = last[: tail.start()]
    is_wide = ord(last[-1]) > 0x2E7F
    for part in (*parts[:-1], own):
        if not part or (len(part) != len(own) if is_wide else " " in part):
            return None
    return [*(part + last[tail.start() :] for part in parts[:-1]), last]
