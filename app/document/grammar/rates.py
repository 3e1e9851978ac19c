"""Readings in a metrics section: `入金有效成功率：99.99%`, `峰值：2,310 tps`, and counts of incidents by grade."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.document.grammar.folding import prose

#: More readings than this in one block is no list of metrics; what follows them is not read.
_LIMIT = 500

_NUMBER: Final = r"-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,15})(?:\.[0-9]{1,12})?"
_UNIT: Final = (
    r"%|‰|"
    r"(?:万亿|千万|百万|十亿|亿|万|千|百|k|M)?(?:元|美元|笔|次|单|条|个|件|台|套|户|家|人次|人天|人日|人|起|例|张|份|项|页|行)(?:/(?:秒|分钟|分|小时|天|日|周|月|s|min|h))?|"
    r"毫秒|微秒|秒钟?|分钟|小时|天|分(?![之布钟])|倍|位|级|℃|万亿|千万|百万|亿|万|"
    r"(?:ms|µs|us|ns|s|sec|secs|seconds?|mins?|minutes?|hrs?|h|hours?|d|days?|tps|qps|rps|ops|iops|bps|kbps|mbps|gbps|ppm|bp|bps|pct|"
    r"kb|mb|gb|tb|pb|k|m|bn|pts?|points?|req/s|ops/s|x|"
    r"orders?|payments?|requests?|transactions?|users?|merchants?|errors?|incidents?|alerts?|times?)(?![A-Za-z])"
)
_READING = re.compile(
    rf"(?P<value>{_NUMBER})(?![0-9]|\.[0-9]|[/:-][0-9]|,[0-9]{{3}}|[年月日号点时]|\s?[~-]\s?[0-9])"
    rf"(?:\*\*)?(?:\s?(?P<unit>{_UNIT}))?(?![A-Za-z])",
    re.IGNORECASE,
)
_ARROW = re.compile(r"\s?(?:→|⇒|-+>|=>)\s?")
_JOINT = re.compile(r"\s?(?:\*\*)?\s?(?:[:=]|->)\s?(?:\*\*)?\s?(?:约为|约|为|是|达到|达|≈|~)?\s?(?:\*\*)?")
_LINK_VERB = re.compile(r"(?:\*\*)?\s?(?:约为|为|是|达到|达|保持在|维持在|约|稳定在|:|at|is|was)?\s?(?:\*\*)?$", re.IGNORECASE)
_NAME_ENDS = re.compile(
    r"(?:率|可用性|可用度|SLA|SLO|稳定性|健康分|健康度|占比|比例|峰值|均值|平均值|耗时|时间|时长|延迟|时延|RT|TPS|QPS|TP99|P9[059]|P999|"
    r"交易量|订单量|调用量|请求量|笔数|交易额|金额|数量|总数|总量|得分|评分|指数|水位|availability|uptime|rate|ratio|latency|throughput|"
    r"response time|score|share|coverage|volume|count|peak|error budget)(?:\([^()\n]{1,20}\))?$",
    re.IGNORECASE,
)
#: Names of numbers beside a reading that are no reading of their own.
_NO_NAME = re.compile(
    r"^(?:目标|上周|上月|本周|上期|前值|环比|同比|较|比|对比|其中|原因|主要|说明|备注|影响|因|由于|基线|阈值|日期|时间|版本|统计|截至|数据|注|见|"
    r"增长|上升|下降|提升|降低|波动|涨|跌|target|goal|last week|previous|prev|wow|yoy|mom|baseline|threshold|vs|note|reason|date|version|by|from|was|up|down|"
    r"第|周|[0-9.]+$)",
    re.IGNORECASE,
)
_NO_NAME_WITHIN = re.compile(r"较上|环比|同比|目标|https?$|因为|由于|导致")
_GRADED = re.compile(r"[A-D]+(?:/[A-D])*\s?(?:类|等)?级|\bgrade\b|\bP[0-4]\b", re.IGNORECASE)
_LEAD = re.compile(r"^(?:[\s*_>#`·•-]|(?:其中|其它|另外|另|以及|和|及|而)[,:\s]?|[0-9]{1,2}[.、)]\s?|\([0-9]{1,2}\)|[①-⑳])+")
_SEPARATORS = ",;。、!?\n|"
_FINDER = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class Rate:
    """A reading at `text[start:end]`, `name：value`. `value` is as typed, half-width, without unit and commas."""

    name: str
    literal: str
    value: str
    decimals: int
    unit: str | None
    start: int
    end: int
    value_start: int
    value_end: int


class IncidentCounts(dict[str, int]):
    """Incidents by grade (`AB`, `CD`, or one letter each) as stated at `text[start:end]`."""

    def __init__(self, counts: dict[str, int], start: int, end: int) -> None:
        super().__init__(counts)
        self.start = start
        self.end = end


def find_rates(text: str) -> list[Rate]:
    """The readings of one bullet of a metrics section, in order: name, colon, number, unit.

    The colon may be missing where the name is one of a metric (率, 可用性, 峰值, …). What follows a
    reading (a comparison with last week, a target, a reason) is no reading. A name without a number
    gives nothing.
    """
    return list(_rates(text))


def _rates(text: str) -> Iterator[Rate]:
    line = prose(text)
    done = 0
    count = 0
    for digits in _FINDER.finditer(line):
        at = digits.start()
        if at < done or digits.end() - at > 15:
            continue
        if line[at - 1 : at] == "-" and not line[max(0, at - 2) : at - 1].isalnum():
            at -= 1
        rate = _rate(text, line, at, done, is_first=count == 0)
        if rate is None:
            continue
        yield rate
        done = rate.end
        count += 1
        if count >= _LIMIT:
            return


def _rate(text: str, line: str, at: int, done: int, *, is_first: bool) -> Rate | None:
    named = _name_before(line, at, done)
    if named is None:
        return None
    start, name_end, has_colon = named
    name = line[start:name_end]
    if _NO_NAME.match(name) or _NO_NAME_WITHIN.search(name) or _GRADED.search(name):
        return None
    reading = _reading_at(line, at)
    if reading is None:
        return None
    if not has_colon and not (_NAME_ENDS.search(name) or (is_first and reading["unit"] and not _CJK_PROSE.search(name))):
        return None
    if not has_colon and not reading["unit"] and not re.search(r"分$|指数$|score$", name, re.IGNORECASE):
        return None
    if not is_first and not _NAME_ENDS.search(name) and reading["unit"] not in ("%", "‰"):
        return None
    if "(" in line[done:start] and line[done:start].count("(") > line[done:start].count(")"):
        return None  # a note on the reading before
    typed = _typed_number(text, reading)
    if typed is None:
        return None
    value_start, value_end = reading.start(), reading.end()
    closing = 2 if line.startswith("**", value_end) and line.count("**", start, value_end) % 2 else 0
    return Rate(
        name=text[start:name_end],
        literal=text[start : value_end + closing],
        value=typed,
        decimals=len(typed.partition(".")[2]),
        unit=reading["unit"],
        start=start,
        end=value_end + closing,
        value_start=value_start,
        value_end=value_end,
    )
