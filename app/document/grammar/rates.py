"""Readings in a metrics section: `充值成功率：99.98%`, `峰值：3,210 tps`, two of them in one bullet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.document.grammar.folding import prose
from app.document.grammar.patterns import any_of, words
from app.document.grammar.reading_counts import counts_after
from app.document.grammar.shared_readings import Shared, shared_readings

#: More readings than this in one block is no list of metrics; what follows them is not read.
_LIMIT: Final = 500
_LONGEST_SEGMENT: Final = 2000
_LONGEST_NAME: Final = 40


@dataclass(frozen=True, slots=True)
class Rate:
    """A reading at `text[start:end]`: `name：value`.

    `value` is as typed, but half-width, and without unit and thousands commas. `typed_end` is behind
    its unit, `full_end` behind the counts in brackets that give numerator and denominator. Where several
    metrics share one name and colon, `shared` is the span of all, and only the first begins with the name.
    """

    name: str
    literal: str
    value: str
    decimals: int
    unit: str | None
    start: int
    end: int
    value_start: int
    value_end: int
    typed_end: int
    full_end: int
    numerator: str | None = None
    denominator: str | None = None
    shared: tuple[int, int] | None = None


def find_rates(text: str) -> list[Rate]:
    """The readings of one bullet of a metrics section, in order: name, colon, number, unit.

    The colon may be missing where the name is one of a metric (率, 可用性, 峰值, …). What follows a
    reading (a comparison with last week, a target, a reason) is no reading. A name without a number
    gives nothing.
    """
    return list(_rates(text))


def _rates(text: str) -> Iterator[Rate]:
    line = prose(text)
    count = 0
    for start, end in segments(text, line):
        for rate in _in_segment(text, line, start, end, is_first=count == 0):
            yield rate
            count += 1
            if count >= _LIMIT:
                return


_STOPS = re.compile(r"[,;。、!?\n|()]")


def segments(text: str, line: str) -> Iterator[tuple[int, int]]:
    """The pieces between commas and stops; a comma inside a number or in brackets separates nothing."""
    start = depth = 0
    for stop in _STOPS.finditer(line):
        at, mark = stop.start(), stop[0]
        if mark == "(":
            depth += 1
        elif mark == ")":
            depth = max(0, depth - 1)
        elif mark == "\n" or not (
            depth
            or _is_inside_number(text, line, at)
            or (mark == "," and _is_before_qualifier(line, start, at))
        ):
            yield start, at
            start, depth = at + 1, 0
    yield start, len(line)


def _is_inside_number(text: str, line: str, at: int) -> bool:
    return (
        text[at] == ","
        and line[at - 1 : at].isdigit()
        and line[at + 1 : at + 4].isdigit()
        and len(line[at + 1 : at + 4]) == 3
    )


_QUALIFIER: Final = any_of(
    r"(?:year|quarter|month|week)[\s-]to[\s-]date [YQMW]TD p[0-9]{2,3} TP[0-9]{2,3} daily weekly monthly",
    r"quarterly yearly annual(?:ly)? (?:this|current)\s(?:week|month|quarter|year) rolling average avg mean",
    r"median max(?:imum)? min(?:imum)? peak [0-9]{1,3}[-\s]days? overall total",
    "(?:本|当)(?:周|月|日|季度?|年度?) 今年 全年 年累计 年度累计? 年初至今 累计 周均 月均 日均 平均值?",
    "均值 最高 最低 最大 中位数?",
)
_QUALIFIER_NEXT = words(
    rf"\s*{_QUALIFIER}(?:[\s,]+{_QUALIFIER}){{0,3}}\s*(?:\([^()\n]{{1,20}}\))?\s*(?:\*\*)?\s*:"
)
_OWN_NUMBER = re.compile(r"(?<![A-Za-z0-9+])[0-9]")


def _is_before_qualifier(line: str, start: int, at: int) -> bool:
    """`API availability, year to date: 99.9%`: the comma stands within the name."""
    if not _QUALIFIER_NEXT.match(line, at + 1):
        return False
    lead = _LEAD.match(line, start, at)
    name = line[lead.end() if lead else start : at]
    return bool(name.strip(" *_")) and not _OWN_NUMBER.search(name)


_LEAD = words(
    any_of(
        r"【[^】\n]{1,20}】(?=[^\s:0-9*]) [\s*_>#`·•【-] (?:其中|其它|另外|另|以及|和|及|而|and|with)[,:\s]*",
        r"[0-9]{1,2}(?:[、)]\s?|\.(?![0-9])\s?) \([0-9]{1,2}\) [①-⑳]",
    ),
    "*",
)
_DIGITS = re.compile(r"[0-9]+")


def _in_segment(text: str, line: str, start: int, end: int, *, is_first: bool) -> Iterator[Rate]:
    lead = _LEAD.match(line, start, end)
    start = lead.end() if lead else start
    if "/" in line[start:end] and (shared := shared_readings(text, line, start, end)):
        yield from _shared(text, line, shared)
        start, is_first = shared.end, False
    closed = start
    for digits in _DIGITS.finditer(line, start, min(end, start + _LONGEST_SEGMENT)):
        at = digits.start()
        if at < closed:
            continue
        if line[start : start + 1] == "(":
            closing = line.find(")", start, end)
            if at < closing:
                continue
            start = closing + 1 if closing >= 0 else start
        if line[at - 1 : at] == "-" and not line[max(0, at - 2) : at - 1].isalnum() and at > start:
            at -= 1
        rate = _rate(text, line, start, at, end, is_first=is_first)
        if rate is not None:
            yield rate
            is_first = False
            start = closed = rate.full_end
            lead = _LEAD.match(line, start, end)
            start = lead.end() if lead else start


_NUMBER: Final = r"-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,15})(?:\.[0-9]{1,12})?"
_MEASURE: Final = any_of("元 美元 笔 次 单 条 个 件 台 套 户 家 人次 人天 人日 人 起 例 张 份 项 页 行")
_UNIT: Final = "|".join(
    (
        "%|‰",
        rf"(?:万亿|千万|百万|十亿|亿|万|千|百|k|M)?{_MEASURE}(?:/(?:秒|分钟|分|小时|天|日|周|月|年|笔|单|次|人|户|s|min|h))?",
        any_of("毫秒 微秒 秒钟? 分钟 小时 天 分(?![之布钟]) 倍 位 级 ℃ 万亿 千万 百万 亿 万"),
        any_of(
            "ms µs us ns s secs? seconds? mins? minutes? hrs? hours? h d days? tps qps rps ops iops bps",
            "kbps mbps gbps",
            "ppm bp pct kb mb gb tb pb k m bn pts? points? req/s ops/s x orders? payments? requests?",
            "transactions?",
            "users? merchants? errors? incidents? alerts? times?",
        )
        + "(?![A-Za-z])",
    )
)
_READING = words(
    rf"(?P<value>{_NUMBER})(?![0-9]|\.[0-9]|[/:-][0-9]|[年月日号点时])",
    rf"(?:(?:\*\*)?\s?(?P<unit>{_UNIT})|(?!(?:\*\*)?\s?[%‰]))(?![A-Za-z0-9]|\s?[~/-]\s?[0-9])",
)
_BEFORE_ARROW = re.compile(rf"{_NUMBER}\s?[%‰]?\s?(?:→|⇒|-+>|=>)\s?")
#: Between a name and its number, with a colon and without.
_COLON = re.compile(r"\s?(?:\*\*)?\s?(?:[:=]|】:?)\s?(?:\*\*)?\s?(?:约为|约|为|是|达到|达|≈)?\s?(?:\*\*)?$")
_LINK = words(
    r"\s?(?:\*\*)?\s?(?:约为|约|为|是|达到|达|保持在|维持在|稳定在|均为|均|\b(?:at|is|was|of|reached)\b)?\s?(?:\*\*)?$"
)
#: Before the colon of a clock time; not so `p95`.
_HOUR = re.compile(r"(?<![A-Za-z0-9])[0-9]+$")


def _rate(text: str, line: str, start: int, at: int, end: int, *, is_first: bool) -> Rate | None:
    """The reading whose number begins at `at`, its name standing between `start` and there."""
    start = max(start, at - 2 * _LONGEST_NAME)
    before = line[start:at]
    colon = _COLON.search(before)
    link = colon or _LINK.search(before)
    if link is None:
        return None
    if colon and _HOUR.search(before[: link.start()]) and line[at : at + 2].isdigit():
        return None
    said = before[: link.start()].rstrip(" *_")
    name = said[said.rfind(":") + 1 :].lstrip(" *_")
    name_start = start + len(said) - len(name)
    arrow = _BEFORE_ARROW.match(line, at, end)
    reading = _READING.match(line, arrow.end() if arrow else at, end)
    if reading is None or not _is_name(
        name, is_first=is_first, has_percent=reading["unit"] in ("%", "‰"), colon=colon
    ):
        return None
    if colon is None and not _needs_no_colon(name, said, reading, line, end, is_first=is_first):
        return None
    value = reading["value"].replace(",", "")
    first, last = _with_emphasis(line, name_start, reading.end())
    decimals = len(value.partition(".")[2])
    counts = counts_after(text, last, value=value, decimals=decimals) if reading["unit"] == "%" else None
    return Rate(
        name=text[name_start : name_start + len(name)],
        literal=text[first:last],
        value=value,
        decimals=decimals,
        unit=reading["unit"],
        start=first,
        end=last,
        value_start=reading.start("value"),
        value_end=reading.end("value"),
        typed_end=reading.end(),
        full_end=counts.end if counts else last,
        numerator=counts.numerator if counts else None,
        denominator=counts.denominator if counts else None,
    )


def _shared(text: str, line: str, shared: Shared) -> Iterator[Rate]:
    for one in shared.values:
        value = line[one.value_start : one.value_end]
        yield Rate(
            name=one.name,
            literal=text[one.start : one.end],
            value=value,
            decimals=len(value.partition(".")[2]),
            unit="%",
            start=one.start,
            end=one.end,
            value_start=one.value_start,
            value_end=one.value_end,
            typed_end=one.end,
            full_end=one.end,
            shared=(shared.start, shared.end),
        )


def _with_emphasis(line: str, start: int, end: int) -> tuple[int, int]:
    """The span with the asterisks around it, if they come in pairs: `**name**：**value**`."""
    first = start - 2 if line.endswith("**", 0, start) else start
    last = end + 2 if line.startswith("**", end) else end
    for span in ((first, last), (first, end), (start, last)):
        if line.count("**", *span) % 2 == 0:
            return span
    return start, end


_NAME_ENDS = words(
    any_of(
        "率 可用性 可用度 SLA SLO 稳定性 健康分 健康度 占比 比例 峰值 均值 平均值 耗时 时间 时长 延迟 时延",
        "RT TPS QPS TP99",
        "P9[059] P999 交易量 订单量 调用量 请求量 笔数 交易额 金额 数量 总数 总量 得分 评分 指数 水位",
        "availability uptime",
        r"rate ratio latency throughput response\stime score share coverage volume count peak",
        r"error\sbudget duration",
    ),
    r"(?:\([^()\n]{1,20}\))?$",
)
_NEEDS_NO_UNIT = words("(?:分|指数|score|[TQR]PS)$")
#: Names of numbers beside a reading that are no reading of their own.
_NO_NAME = words(
    any_of(
        "目标 上周 上月 上期 上季 前值 去年 环比 同比 较 比(?![例率]) 对比 原因 主要 影响 因(?!子) 由于",
        "基线 阈值 截至 截止",
        r"增长(?!率) 上升 下降 提升 降低 波动 上涨 下跌 涨 跌 第 见 target goal last\s(?:week|month)",
        r"previous prev wow yoy",
        "mom baseline threshold vs by from was up(?!time) down(?!load|time)",
    ),
    "|",
    any_of(
        "日期 时间 版本 说明 备注 注 统计口径 口径 数据来源 周期 更新时间 统计时间 统计周期 链接 编号 工单",
        "port id note",
        "reason date version time",
    ),
    "$",
)
_NO_NAME_WITHIN = words(any_of("较上 环比 同比 目标 因为 由于 导致 target"))
_GRADED = words(
    r"(?<![A-Za-z])[A-D](?:/?[A-D])*(?:\s?[类等]?级|类|[- ](?:incident|accident))",
    r"|\bgrade\b|\bsev(?:erity)?\b|\bP[0-4](?!\w)",
)
_LETTER = re.compile(r"[^\W\d_]")


def is_metric_name(name: str) -> bool:
    """Whether a line may begin with this as the name of a metric."""
    return _is_name(name, is_first=True, has_percent=False, colon=None)


def _is_name(name: str, *, is_first: bool, has_percent: bool, colon: re.Match[str] | None) -> bool:
    """Whether a reading may have that name; behind another reading it must be one of a metric."""
    if len(name) > _LONGEST_NAME or not _LETTER.search(name):
        return False
    if _NO_NAME.match(name) or _NO_NAME_WITHIN.search(name) or _GRADED.search(name):
        return False
    return is_first or colon is None or has_percent or bool(_NAME_ENDS.search(name))


def _needs_no_colon(
    name: str, said: str, reading: re.Match[str], line: str, end: int, *, is_first: bool
) -> bool:
    """`健康分587`, `交易峰值 3,210 tps`; other names need a blank, a unit, and nothing more in the bullet."""
    if _NAME_ENDS.search(name):
        return bool(reading["unit"] or _NEEDS_NO_UNIT.search(name))
    is_all = is_first and name == said and not line[reading.end() : end].strip(" *")
    return is_all and bool(reading["unit"]) and line[reading.start() - 1] == " " and len(name) <= 16
