"""When an incident was over: a time whose words say so, or how long it lasted.

A clock time without a day is on the day the incident began. One that is earlier than the beginning
is never silently the next day: without a day beside it, it says nothing.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Final

from app.document.grammar.clock import NEXT_DAY, TO, clock_minute, clock_times, iso_minute
from app.document.grammar.digits import RUN, digit_date
from app.document.grammar.folding import prose
from app.document.grammar.patterns import any_of, words
from app.document.grammar.written import shift


def find_recovery(handling: str, symptom: str, started_at: str, until: str | None = None) -> str | None:
    """The ISO minute an incident was over, or None where the page does not say.

    In order: the last time in the handling whose words say that something was finished (恢复, 完毕,
    到账, …); `until`, the end of the moment's own range; how long it lasted; then a time in the symptom,
    where only words of recovery count. `started_at` is a moment's ISO minute or day.
    """
    try:
        began, has_clock = datetime.fromisoformat(started_at), "T" in started_at
    except ValueError:
        return None
    handled, told = prose(handling), prose(symptom)
    ended, is_said = _last_end(handled, _FINISHED, began, has_clock=has_clock)
    if ended is not None:
        return iso_minute(ended)
    if until is not None:
        return until
    if has_clock and (lasted := _length(handled) or _length(told)):
        return iso_minute(began + lasted)
    if is_said:
        return None
    ended, _ = _last_end(told, _RECOVERED, began, has_clock=has_clock)
    return iso_minute(ended) if ended is not None else None


# A time -----------------------------------------------------------------------------------------

_OVER: Final = any_of(
    "恢复 完成 完毕 结束 解决 修复 到账 消除 解除 正常 补齐 补完 生成 成功 止血 关闭 闭环 回落 处理好",
    "已处理 拉起",
    r"\b(?:recovered|restored|resolved|fixed|back\sto\snormal|completed|mitigated|finished|ended)\b",
    r"\b(?:closed|cleared|up\sagain|back\sup|rolled\sback)\b",
)
_NOT_YET: Final = "".join(
    f"(?<!{word})" for word in ["未", "不", "待", "没", "没有", "无法", "为了", "以便", "等待", "才能"]
)
_FINISHED = words(rf"{_NOT_YET}{_OVER}(?!时间[^:是为])")
_RECOVERED = words(
    rf"{_NOT_YET}(?:恢复|解决|修复|解除|消除|正常(?!在|生成)|",
    r"\b(?:recovered|restored|resolved|fixed|back\sto\snormal|mitigated)\b)",
)
_INQUIRY: Final = any_of(
    "复盘 分析 定位 排查 通报 上报 报告 通知 建单 会议 反馈 发现 告警 评估 申请 沟通 初步"
)
#: A finishing word that finishes something other than the incident.
_NOT_THE_END = words(
    any_of(
        "开始 准备 着手 启动 尝试 推动 等待 预计 计划 将于 将在 争取 需 待 未 无法 逐步 陆续 逐渐 部分",
        "正在 进行",
    ),
    r"[^,。;\n]{0,6}(?:恢复|处理|修复|完成|解决|排查)|",
    rf"{_INQUIRY}[^,。;\n]{{0,8}}(?:完成|完毕|结束|成功)|(?:完成|结束)[^,。;\n]{{0,6}}{_INQUIRY}|",
    r"正常(?:在|应|情况|时间|生成时间)|成功率|不成功|\b",
    any_of(
        r"started began will expected not attempt(?:ed)? partially root\scause post-?mortem investigat\w+",
        r"analysis",
    ),
    r"\b",
)
_ENDS_BEFORE = words(
    rf"{_OVER}(?:时间|时刻|时点|正常|业务|服务|[于在为是了\s:(]|\bat\b|\bby\b)*$",
)
_EXPECTED_BEFORE = words(r"(?:预计|计划|将于|预期|expected)\s?$")
_LASTED_UNTIL = re.compile(r"(?:持续|一直|直)[到至]\s?$")
_STOP = re.compile(r"[。;!?\n]|[0-9][.、)](?![0-9])")


def _last_end(
    line: str, finished: re.Pattern[str], began: datetime, *, has_clock: bool
) -> tuple[datetime | None, bool]:
    """The time of the last clause that says it was over, and whether there is such a clause at all."""
    times = clock_times(line)
    for index in range(len(times) - 1, -1, -1):
        previous = times[index - 1].end() if index else 0
        following = times[index + 1].start() if index + 1 < len(times) else len(line)
        if not _says_so(line, times[index], previous, following, finished):
            continue
        ended = clock_minute(_day_of(line, times[index], began.date()), times[index])
        is_before = ended < began if has_clock else ended.date() < began.date()
        return (None if is_before else ended), True
    return None, False


def _says_so(
    line: str, time: re.Match[str], previous: int, following: int, finished: re.Pattern[str]
) -> bool:
    before = line[max(previous, time.start() - 24) : time.start()]
    if _LASTED_UNTIL.search(before):
        return True
    if ends := _ENDS_BEFORE.search(before):
        said = before[max(0, ends.start() - 6) :]
        if finished.search(said) and not _NOT_THE_END.search(said):
            return True
    stop = _STOP.search(line, time.end(), following)
    after = line[time.end() : stop.start() if stop else following][:80]
    if _EXPECTED_BEFORE.search(before) or TO.match(after):
        return False
    for piece in after.split(","):
        word = finished.search(piece)
        if word and not _NOT_THE_END.search(piece[: word.end() + 8]):
            return True
    return False


_NEXT_DAY_BEFORE = re.compile(rf"{NEXT_DAY.pattern}(?:凌晨|早上|上午|中午|下午|晚上|早|晚)?\s?$")
_DAY_BEFORE = re.compile(r"[0-9][0-9/.年月日号-]{2,11}[\s日号,T]*$")


def _day_of(line: str, time: re.Match[str], began: date) -> date:
    """The day written before the clock time, else the day it began."""
    before = line[max(0, time.start() - 16) : time.start()]
    if _NEXT_DAY_BEFORE.search(before):
        return shift(began, 1)
    if (day := _DAY_BEFORE.search(before)) and (run := RUN.match(before, day.start())):
        found = digit_date(before, day.start(), run.end(), began)
        if found and found.precision == "day" and not found.bare_day:
            return found.low
    return began


# A length ---------------------------------------------------------------------------------------

_N: Final = r"(?:[0-9]{1,4}(?:\.[0-9]{1,2})?|半|[一二两三四五六七八九十]{1,3})"
_UNIT: Final = any_of(
    "个?半?小时 个?钟头? 分钟 分(?!钟) 秒钟? hours? hrs? h minutes? mins? m seconds? secs? s"
)
_PIECE: Final = rf"{_N}\s?{_UNIT}(?![A-Za-z])"
_LENGTH: Final = rf"(?P<length>{_PIECE}(?:\s?(?:零|and)?\s?{_PIECE})?)"
_LASTED = words(
    "(?:",
    any_of("持续(?:时间|时长)? 历时 时长 耗时 中断(?:时间|时长)? 影响(?:时间|时长)"),
    r"|\b(?:lasted|lasting|duration|for|(?:recovered|resolved|restored) (?:after|within|in))\b)",
    rf"(?:[约近了共:\s]|大约|总共|for|about|around)*{_LENGTH}(?!\s?(?:仍|未|尚|没|还|以上|无|内无|不))",
)
_AFTER_A_WHILE = words(
    rf"(?<![0-9.延迟超每近隔满]){_LENGTH}\s?(?:左右|之?后|内|之内|的时间|later)?(?:,\s?)?",
    any_of("系统 业务 服务 自动 自行 即 就 已 全部 全面 交易 逐渐 都"),
    r"*(?:恢复|解决|修复|recover(?:ed|y)|restored|resolved|to recover)",
)
_PARTS = words(rf"(?P<n>{_N})\s?(?P<unit>{_UNIT})")
_LONGEST: Final = timedelta(days=7)


def _length(line: str) -> timedelta | None:
    """How long it lasted, in whole minutes: `持续18mins后恢复`, `历时1小时20分钟`."""
    found = _LASTED.search(line) or _AFTER_A_WHILE.search(line)
    if found is None:
        return None
    lasted = sum(
        (_duration(part["n"], part["unit"].lower()) for part in _PARTS.finditer(found["length"])), timedelta()
    )
    return lasted - timedelta(seconds=lasted.seconds % 60) if timedelta() < lasted <= _LONGEST else None


def _duration(number: str, unit: str) -> timedelta:
    count = _count(number) + (0.5 if "半" in unit else 0)
    if unit[0] in "秒s":
        return timedelta(seconds=count)
    return timedelta(minutes=count) if unit[0] in "分m" else timedelta(hours=count)


def _count(word: str) -> float:
    if word == "半":
        return 0.5
    if word[0].isdigit():
        return float(word)
    tens, ten, ones = word.replace("两", "二").rpartition("十")
    digits = "一二三四五六七八九"
    units = digits.find(ones) + 1 if ones else 0
    return units + (10 * (digits.find(tens) + 1 if tens else 1) if ten else 0)
