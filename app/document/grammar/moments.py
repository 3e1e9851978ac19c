"""When an incident began and ended, and its grade.

A clock time without a day is on the day the incident began. One that is earlier than the beginning
is never silently the next day: without a day beside it, it says nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from app.document.grammar.dates import FRACTION_NEXT, RATIO_NEXT
from app.document.grammar.digits import digit_date
from app.document.grammar.folding import prose
from app.document.grammar.words import english_dates, word_dates
from app.document.grammar.written import day_near, shift
from app.document.schema import Grade

# The beginning ----------------------------------------------------------------------------------

_OPENING = re.compile(
    r"(?:\s|\*|_|>|[-+•·](?=\s)|[①-⑳]|\[[ xX]\]|【[^】\n]{0,30}】|\[[^\]\n]{0,30}\](?!\()|\([0-9一二三四五六七八九十]{1,3}\)|[0-9]{1,2}[)、]|"
    r"[一二三四五六七八九十]{1,3}、|(?:发生|故障|事故|告警|开始|发现|影响)?(?:时间|日期)\s?:|[A-D]{1,2}级(?:事故|故障)?\s?:|on\s|at\s)*",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"[0-9]{1,2}\.\s?")
_BRACKET = re.compile(r"[\s*_]*[【(]\s?(?=[0-9])")
_RUN = re.compile(r"[0-9]+(?:[-./~:][0-9]+)*")
_DASHED = re.compile(r"(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})(?=\s{1,2}[0-9]{1,2}\s?:)")
_BETWEEN = re.compile(
    r"(?:\s|日|号|,|T|\*|at\b|-(?=\s|[0-9]{1,2}\s?:)|\((?:周|星期)?[一二三四五六日天]\)|周[一二三四五六日天]|星期[一二三四五六日天])*"
)
_DAYTIME: Final = (
    r"(?P<daytime>凌晨|清晨|早上|早晨|早|上午|中午|下午|傍晚|晚上|晚间|晚|夜间|夜里|深夜|当日|当天)?\s?"
)
_CLOCK = re.compile(
    _DAYTIME
    + r"(?P<h>[01]?[0-9]|2[0-3])(?:\s?:\s?(?P<m>[0-5][0-9])(?::[0-5][0-9])?(?![0-9:])|[点时](?P<m2>[0-5]?[0-9])分?|[点时](?P<half>半)|[点时](?:整|许|左右)?(?![0-9]))"
    r"(?:\s?(?P<ampm>[ap]\.?m\b\.?))?",
    re.IGNORECASE | re.ASCII,
)
_TO = re.compile(r"\s?(?:~|--?|至|到|\bto\b)\s?")


@dataclass(frozen=True, slots=True)
class Moment:
    """The time at `text[start:end]` that an incident begins with.

    `started_at` is a local ISO minute (`2025-06-05T14:40`), or only the day (`2025-06-05`) where no
    clock time stands. `until` is the ISO minute that a range (`8:48~9:50`) ends with, else None.
    """

    start: int
    end: int
    started_at: str
    until: str | None
    literal: str


def find_moment(text: str, monday: date) -> Moment | None:
    """The moment at the very beginning of `text`, after list numbers, 【labels】 and `时间：`; None without one."""
    line = prose(text[:400])
    opening = _OPENING.match(line)
    begins = [opening.end() if opening else 0]
    if bracket := _BRACKET.match(line):
        begins.insert(0, bracket.end())
    if number := _NUMBERED.match(line, begins[-1]):
        rest = _OPENING.match(line, number.end())
        begins.append(rest.end() if rest else number.end())
    for begin in begins:
        if moment := _moment_at(text, line, begin, monday):
            return moment
    return None


def _moment_at(text: str, line: str, start: int, monday: date) -> Moment | None:
    found = _day_at(line, start, monday)
    if found is None:
        return None
    _, day_end, day = found
    between = _BETWEEN.match(line, day_end)
    clock_at = between.end() if between else day_end
    clock = _CLOCK.match(line, clock_at)
    if clock is None or (clock_at == day_end and line[day_end - 1].isdigit() and not clock["daytime"]):
        return _whole_day(text, line, start, day_end, day)
    began = _at(day, clock)
    end, until = _until(line, clock, began, monday)
    return Moment(start, end, _minute(began), _minute(until) if until else None, text[start:end])


def _day_at(line: str, start: int, monday: date) -> tuple[int, int, date] | None:
    """Where the day that stands at `start` begins and ends, and which it is."""
    if dashed := _DASHED.match(line, start):
        day = day_near(int(dashed["m"]), int(dashed["d"]), monday)
        return (start, dashed.end(), day) if day else None
    if run := _RUN.match(line, start):
        written = digit_date(line, start, run.end(), monday) if run.end() - start <= 32 else None
        if written is None or written.bare_day or written.precision != "day":
            return None
        if line[start : written.end].isdigit() and written.end - start != 8:
            return None
        return start, written.end, written.low
    for find in (word_dates, english_dates):
        for written in find(line[: start + 40], monday):
            if written.start == start and written.precision == "day":
                return start, written.end, written.low
            if written.start > start:
                break
    return None


def _whole_day(text: str, line: str, start: int, end: int, day: date) -> Moment | None:
    """A day without a clock time, if it cannot be something else (`3/4的商户`, 2.1)."""
    literal = line[start:end]
    if not re.search(r"[月日/]|-.*-", literal) or not literal[0].isdigit():
        return None
    if RATIO_NEXT.match(line, end) or FRACTION_NEXT.match(line, end):
        return None
    return Moment(start, end, day.isoformat(), None, text[start:end])


def _until(line: str, clock: re.Match[str], began: datetime, monday: date) -> tuple[int, datetime | None]:
    """Where the literal ends, and the minute a range ends with."""
    to = _TO.match(line, clock.end())
    if to is None:
        return clock.end(), None
    day, at = began.date(), to.end()
    is_dated = False
    if next_day := _NEXT_DAY.match(line, at):
        day, at, is_dated = shift(day, 1), next_day.end(), True
    elif (run := _RUN.match(line, at)) and (found := _day_at(line, at, monday)) and run:
        day, at, is_dated = found[2], found[1], True
        between = _BETWEEN.match(line, at)
        at = between.end() if between else at
    last = _CLOCK.match(line, at)
    if last is None:
        return clock.end(), None
    ended = _at(day, last, after=None if last["daytime"] or is_dated else clock["daytime"])
    return last.end(), ended if ended and ended >= began else None


def _at(day: date, clock: re.Match[str], after: str | None = None) -> datetime:
    """The minute that a clock time names; 下午2:30 is 14:30."""
    hour = int(clock["h"])
    minute = 30 if clock["half"] else int(clock["m"] or clock["m2"] or 0)
    daytime = clock["daytime"] or after or ""
    half = (clock["ampm"] or "").lower()[:1]
    if (hour < 12 and (half == "p" or (daytime in ("下午", "傍晚", "晚上", "晚间", "晚", "夜间") and hour > 0))) or (hour < 12 and daytime == "中午" and hour < 3):
        hour += 12
    elif hour == 12 and (half == "a" or daytime in ("凌晨", "深夜", "夜里")):
        hour = 0
    return datetime(day.year, day.month, day.day, hour, minute)  # noqa: DTZ001 - local time as written


def _minute(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")


# The end ----------------------------------------------------------------------------------------

_NEXT_DAY = re.compile(r"(?:次日|第二天|翌日|次晨|隔天)\s?")
_NEXT_DAY_BEFORE = re.compile(r"(?:次日|第二天|翌日|次晨|隔天)(?:凌晨|早上|上午|中午|下午|晚上|早|晚)?\s?$")
_DAY_BEFORE = re.compile(r"[0-9][0-9/.年月日号-]{2,11}(?:\s|日|号|,|T)*$")
_TIMES = re.compile(r"[0-9](?<![0-9.][0-9])(?<![0-9]:[0-9])[0-9]?\s?[:点时]")
_DAYTIME_BEFORE = re.compile(_DAYTIME.replace("?P<daytime>", "?:").removesuffix("?\\s?") + r"\s?$")
_LASTED_UNTIL = re.compile(r"(?:持续|一直|直)[到至]\s?$")
_OVER: Final = (
    r"恢复|完成|完毕|结束|解决|修复|到账|消除|解除|正常|补齐|补完|生成|成功|止血|关闭|闭环|下降至正常|回落|处理好|已处理|拉起|"
    r"\b(?:recovered|restored|resolved|fixed|back to normal|completed|mitigated|finished|ended|closed|cleared|up again|back up|rolled back)\b"
)
_ENDED = re.compile(
    rf"(?<!未)(?<!不)(?<!没有)(?<!没)(?<!尚未)(?<!无法)(?<!待)(?<!为了)(?<!以便)(?<!等待)(?<!才能)(?:{_OVER})(?!时间[^:是为])",
    re.IGNORECASE,
)
_RECOVERED = re.compile(
    r"(?<![未不待])(?<!没有)(?<!尚未)(?<!无法)(?:恢复|解决|修复|解除|消除|正常(?!在|生成))|\b(?:recovered|restored|resolved|fixed|back to normal|mitigated)\b",
    re.IGNORECASE,
)
#: A finishing word that finishes something other than the incident.
_NOT_THE_END = re.compile(
    r"(?:开始|准备|着手|启动|尝试|推动|等待|预计|计划|将于|将在|争取|需|待|未|无法|逐步|陆续|逐渐|部分|正在|进行)[^,。;\n]{0,6}(?:恢复|处理|修复|完成|解决|排查)|"
    r"(?:复盘|分析|定位|排查|通报|上报|报告|通知|建单|会议|反馈|发现|告警|评估|申请|沟通)[^,。;\n]{0,8}(?:完成|完毕|结束|成功)|"
    r"(?:完成|结束)[^,。;\n]{0,6}(?:复盘|分析|定位|排查|通报|上报|报告|评估|会议|沟通|初步)|正常(?:在|应|情况|时间|生成时间)|成功率|不成功|"
    r"\b(?:started|began|will|expected|not|attempt(?:ed)?|partially|root cause|post-?mortem|investigat\w+|analysis)\b",
    re.IGNORECASE,
)
_ENDS_BEFORE = re.compile(
    rf"(?:{_OVER})(?:时间|时刻|时点|于|在|为|是|了|\s|:|\(|正常|业务|服务|\bat\b|\bby\b)*$", re.IGNORECASE
)
_STOP = re.compile(r"[。;!?\n]|[0-9][.、)](?![0-9])")
_UNITS: Final = {"秒": 0, "s": 0, "分": 1, "m": 1, "小": 60, "h": 60, "个": 60, "钟": 60}
_N: Final = r"(?:[0-9]{1,4}(?:\.[0-9]{1,2})?|半|[一二两三四五六七八九十]{1,3})"
_UNIT: Final = r"(?:个?(?:半)?小时|个?钟头?|分钟|分(?!钟)|秒钟?|hours?|hrs?|h|minutes?|mins?|min|m|seconds?|secs?|s)(?![A-Za-z])"
_LENGTH: Final = rf"(?:约|近|大约|了|共|总共|:|\s|for|为|about|around)*(?P<length>{_N}\s?{_UNIT}(?:\s?(?:零|and)?\s?{_N}\s?{_UNIT})?)"
_LASTED = re.compile(
    rf"(?:持续(?:时间|时长)?|历时|时长|耗时|中断(?:时间|时长)?|影响(?:时间|时长)|\b(?:lasted|lasting|duration|recovered (?:after|within|in)|resolved (?:after|within|in)|restored (?:after|in)|for)\b){_LENGTH}"
    r"(?!\s?(?:仍|未|尚|没|还|以上|无|内无|不))",
    re.IGNORECASE,
)
_AFTER_A_WHILE = re.compile(
    rf"(?<![0-9.延迟超每近隔满])(?P<length>{_N}\s?{_UNIT}(?:\s?{_N}\s?{_UNIT})?)\s?(?:左右|之?后|内|之内|的时间|later)?(?:,\s?)?(?:系统|业务|服务|自动|自行|即|就|已|全部|全面|交易|逐渐|都)*"
    r"(?:恢复|解决|修复|recover(?:ed|y)|restored|resolved|to recover)",
    re.IGNORECASE,
)
_PIECE = re.compile(rf"(?P<n>{_N})\s?(?P<unit>{_UNIT})", re.IGNORECASE)


def find_recovery(handling: str, symptom: str, started_at: str, until: str | None = None) -> str | None:
    """The ISO minute an incident was over, or None where the page does not say.

    In order: the last time in the handling whose words say that something was finished (恢复, 完毕,
    到账, …); `until`, the end of the moment's own range; how long it lasted; then a time or a length
    in the symptom, where only words of recovery count. `started_at` is a moment's ISO minute or day.
    """
    start = _start(started_at)
    if start is None:
        return None
    began, has_clock = start
    handled = prose(handling)
    ended, is_said = _last_end(handled, _ENDED, began, has_clock=has_clock)
    if ended is not None:
        return _minute(ended)
    if until is not None:
        return until
    told = prose(symptom)
    if has_clock and (lasted := _length(handled) or _length(told)):
        return _minute(began + lasted)
    if is_said:
        return None
    ended, _ = _last_end(told, _RECOVERED, began, has_clock=has_clock)
    return _minute(ended) if ended is not None else None


def _start(started_at: str) -> tuple[datetime, bool] | None:
    try:
        return datetime.fromisoformat(started_at), "T" in started_at
    except ValueError:
        return None


def _last_end(
    line: str, words: re.Pattern[str], began: datetime, *, has_clock: bool
) -> tuple[datetime | None, bool]:
    """The time of the last clause that says it was over, and whether there is such a clause."""
    times = [time for found in _TIMES.finditer(line) if (time := _clock_at(line, found.start()))]
    for index in range(len(times) - 1, -1, -1):
        time = times[index]
        following = times[index + 1].start() if index + 1 < len(times) else len(line)
        previous = times[index - 1].end() if index else 0
        if not _says_so(line, time, previous, following, words):
            continue
        day, is_dated = _day_of_time(line, time, began)
        ended = _at(day, time)
        if (ended < began and has_clock) or (not is_dated and ended.date() != began.date()):
            return None, True
        return ended, True
    return None, False


def _clock_at(line: str, at: int) -> re.Match[str] | None:
    daytime = _DAYTIME_BEFORE.search(line[max(0, at - 3) : at])
    return _CLOCK.match(line, at - len(daytime[0]) if daytime else at)


def _says_so(line: str, time: re.Match[str], previous: int, following: int, words: re.Pattern[str]) -> bool:
    before = line[max(previous, time.start() - 24) : time.start()]
    if _LASTED_UNTIL.search(before):
        return True
    if ends := _ENDS_BEFORE.search(before):
        said = before[max(0, ends.start() - 6) :]
        if words.search(said) and not _NOT_THE_END.search(said):
            return True
    if re.search(r"(?:预计|计划|将于|预期|expected)\s?$", before, re.IGNORECASE):
        return False
    stop = _STOP.search(line, time.end(), following)
    after = line[time.end() : stop.start() if stop else following][:80]
    if _TO.match(after):
        return False
    return any(
        (word := words.search(piece)) and not _NOT_THE_END.search(piece[: word.end() + 8])
        for piece in re.split(r",", after)
    )


def _day_of_time(line: str, time: re.Match[str], began: datetime) -> tuple[date, bool]:
    before = line[max(0, time.start() - 16) : time.start()]
    if _NEXT_DAY_BEFORE.search(before):
        return shift(began.date(), 1), True
    if written := _DAY_BEFORE.search(before):
        run = _RUN.match(before, written.start())
        found = digit_date(before, written.start(), run.end(), began.date()) if run else None
        if found and found.precision == "day" and not found.bare_day:
            return found.low, True
    return began.date(), False


def _length(line: str) -> timedelta | None:
    """How long it lasted: `持续12mins后恢复`, `历时1小时20分钟`."""
    found = _LASTED.search(line) or _AFTER_A_WHILE.search(line)
    if found is None:
        return None
    minutes = 0.0
    for piece in _PIECE.finditer(found["length"]):
        unit = piece["unit"].lower()
        number = _count(piece["n"]) + (0.5 if "半" in unit else 0)
        minutes += number * _UNITS.get(unit[0], 0) if unit[0] not in ("秒", "s") else number / 60
    return timedelta(minutes=int(minutes)) if 0 < minutes <= 7 * 24 * 60 else None


def _count(word: str) -> float:
    if word == "半":
        return 0.5
    if word[0].isdigit():
        return float(word)
    tens, ten, ones = word.replace("两", "二").rpartition("十")
    digits = "一二三四五六七八九"
    units = digits.find(ones) + 1 if ones else 0
    return units + (10 * (digits.find(tens) + 1 if tens else 1) if ten else 0)


# The grade --------------------------------------------------------------------------------------

_GRADED = re.compile(
    r"(?:定级|评级|判定|评定|定性|等级|级别|定)(?:结果)?(?:为|是|成|:|\s|暂)*(?P<a>[A-D](?:/?[A-D])?)(?![A-Za-z])(?:\s?[类级])?(?!.{0,2}待)|"
    r"(?<![A-Za-z])(?P<b>[A-D](?:/?[A-D])?)\s?[类级](?:生产|线上|安全)?(?:事故|故障|事件|问题)|"
    r"[(【\[](?:暂)?(?P<c>[A-D](?:/?[A-D])?)\s?[类级](?:待确认)?[)】\]]|"
    r"\b(?:graded|grade|severity)(?![a-z])(?:\s?(?:is|as|:|=))?\s?(?P<d>[A-D](?:/?[A-D])?)\b|"
    r"(?<![A-Za-z])(?P<e>[A-D])\s?级\s?$",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"待定级|待评级|(?:定级|级别|等级|评级)(?:待|尚待|仍待|还待|未|尚未|暂未|中)(?:定|确认|确定|评估|评定|明确)?|(?:暂未|尚未|未)(?:定级|评级)|定级(?:评估)?中|"
    r"\bgrade\b[^.,;]{0,12}\b(?:pending|open|tbd|to be (?:decided|determined))\b|\b(?:pending|awaiting) (?:a )?grad(?:e|ing)\b",
    re.IGNORECASE,
)
_NOT_GRADED = re.compile(r"(?:不|未|非|没有?|低于|高于|不构成|未达到?|不属于|以下|无)\s?$")


def find_grade(text: str) -> Grade | None:
    """The grade an incident was given (A to D, AB, CD), `open` where it is still to be given, None where nothing is said."""
    line = prose(text)
    for match in _GRADED.finditer(line):
        letters = next(group for group in match.groups() if group)
        if not letters.isupper() or _NOT_GRADED.search(line[max(0, match.start() - 4) : match.start()]):
            continue
        if re.match(r"\s?(?:以[下上]|标准|供应商|机房)", line[match.end() : match.end() + 4]):
            continue
        grade = _GRADES.get(letters.replace("/", ""))
        if grade is not None:
            return grade
    return "open" if _OPEN.search(line) else None


_GRADES: Final[dict[str, Grade]] = {"A": "A", "B": "B", "C": "C", "D": "D", "AB": "AB", "CD": "CD"}
