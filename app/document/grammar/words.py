"""Dates written in words: `下周一`, `周末`, `本月底`, `下半年`, `三季度`, `Q3`, `十二月底`; in English `next Monday`, `June 7`.

Weekdays and weeks count from the Monday of the report's week.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Final

from app.document.grammar.written import (
    LIMIT,
    Written,
    a_day,
    a_half,
    a_month,
    a_quarter,
    day_near,
    day_of,
    end_of_year,
    shift,
    some_days,
)

# Chinese ----------------------------------------------------------------------------------------

_FIRST = re.compile(r"[周星礼月年半季一二三四五六七八九十HQ]")

#: `周一` is no Monday where the 一 counts what follows: 本周一期, 下周三方, 周二维码, 周日均.
_WEEKDAY = re.compile(
    r"(?:周|星期|礼拜)(?P<day>[一二三四五六日天])"
    r"(?!方(?!案|便|法|向|面|式|舟)|期|次|共|直(?!播)|个|些|轮|版|阶段|条(?!件)|项|批(?!量|准|复)|种|类|级|线(?!上|下)|[张家名套笔台份组](?!织|件|装)|"
    r"般|样|并|致|旦|体|部分|流水平|站式|键|揽|把手|对一|维码|手|端|周|分之|月|季|年|天|起(?=[^\s,，推草]{0,2}(?:讨论|沟通|研究))|"
    r"点[点儿]|定(?!版|稿|级|标|位|价)|五一|人(?!行|工|力|员|民|社)|大(?!促|版)|号|均|活|常|志|报|终|历|例会|早会|晨会|周会|站会|班车|值班表)"
)
_WEEKDAYS: Final = "一二三四五六日"
_WEEK_PREFIX = re.compile(r"(?P<which>下下个?|上上个?|本|这个?|下个?|上个?|次|当)$")
_WEEK_STEP: Final = {"本": 0, "这": 0, "当": 0, "下": 1, "次": 1, "上": -1, "下下": 2, "上上": -2}
_NO_WEEK_BEFORE = re.compile(r"[每逢双单隔一两二三四五六七八九十几数各整半全首多0-9][个\s]?$|每逢$")
_EVERY_WEEK = re.compile(
    r"每[逢个]?(?:周|星期|礼拜)[一二三四五六日天]\s?(?:[至到~、,/-]|和|及|与)\s?$|[每逢][双单隔]?周\s?$"
)
_WEEK_ALONE = re.compile(
    r"(?:周|星期|礼拜)(?![期报会岁年边围转密知例刊])(?!的?(?:工作|重点|目标|安排|任务|事项|待办|规划|预告|预期|主要|关键|值班|例会|周报))"
    r"(?!的?计划(?:$|[\s:)）】及与和]))"
)
_MONTH_WORD = re.compile(
    r"月(?P<part>[上中下]旬|初(?![步始审验稿版筛评])|底(?![层座稿价线盘数库])|末|中(?![心台间旬国信行文期标止断转]))?"
)
_DAY_NEXT = re.compile(r"\s?(?P<d>[0-9]{1,2})\s?[日号](?![均内线楼])")
_MONTH_PREFIX = re.compile(r"(?P<which>本|这个?|当|下下个?|下个?|次)$")
_NO_MONTH_BEFORE = re.compile(r"[每逢半两一二三四五六七八九十几数各整个双单隔满上前近0-9岁蜜跨按]$")
_CHINESE_MONTH = re.compile(
    r"(?P<m>十[一二]?|[一二三四五六七八九])月(?:(?P<d>[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])[日号]|"
    r"份?(?P<part>[上中下]旬|初(?![步始审验])|底(?!层)|末|中(?![心台间旬国信行文期]))?)(?!一次|一结|一更)"
)
_NOT_A_MONTH_BEFORE = re.compile(r"[第每个星周数十一二三四五六七八九0-9过几两近满]$")
_HALF_NAMES = re.compile(
    r"年度?(?:OKR|KPI|规划|计划|目标|预算|战略|重点|工作|总结|述职|报|考核)", re.IGNORECASE
)
_QUARTER_WORD = re.compile(r"季度(?P<part>[末底初])?")
_LETTER = re.compile(r"(?P<kind>[HQ])(?P<n>[1-4])(?![0-9A-Za-z])(?P<part>[末底初])?")
_LETTER_YEAR = re.compile(r"(?<![0-9])(?:(?P<y>20[0-9]{2}|[0-9]{2})\s?年?\s?|(?P<word>[今本明去])年\s?)?$")


def word_dates(line: str, monday: date) -> Iterator[Written]:
    """What is written like a date in Chinese words, in order."""
    count = 0
    for first in _FIRST.finditer(line):
        found = _READERS[first[0]](line, first.start(), monday)
        if found is not None:
            yield found
            count += 1
            if count >= LIMIT:
                return


def _week(line: str, at: int, monday: date) -> Written | None:
    before = line[max(0, at - 3) : at]
    prefix = _WEEK_PREFIX.search(before)
    start = at - len(prefix["which"]) if prefix else at
    step = 7 * _WEEK_STEP[prefix["which"].rstrip("个")] if prefix else 0
    is_counted = not prefix and _NO_WEEK_BEFORE.search(line[max(0, start - 2) : start])
    if (
        is_counted
        or line[start - 1 : start] in ("每", "逢")
        or _EVERY_WEEK.search(line[max(0, start - 9) : start])
    ):
        return None
    if line.startswith("周末", at):
        return some_days(start, at + 2, shift(monday, step + 5), shift(monday, step + 6), "clause")
    if weekday := _WEEKDAY.match(line, at):
        days = _WEEKDAYS.index(weekday["day"].replace("天", "日"))
        day = shift(monday, step + days)
        return Written(start, weekday.end(), day, day, "day", "clause", weekday="named" if prefix else "bare")
    if step > 0 and (week := _WEEK_ALONE.match(line, at)):
        low = shift(monday, step)
        return Written(start, week.end(), low, shift(low, 6), "week", "clause")
    return None


def _month(line: str, at: int, monday: date) -> Written | None:
    match = _MONTH_WORD.match(line, at)
    prefix = _MONTH_PREFIX.search(line[max(0, at - 3) : at])
    start = at - len(prefix["which"]) if prefix else at
    if match is None or _NO_MONTH_BEFORE.search(line[max(0, start - 1) : start]):
        return None
    step = _WEEK_STEP[prefix["which"].rstrip("个")] if prefix else 0
    middle = shift(monday, 3)
    months = middle.year * 12 + middle.month - 1 + step
    if prefix and (day := _DAY_NEXT.match(line, match.end())):
        return a_day(start, day.end(), day_of(months // 12, months % 12 + 1, int(day["d"])), "clause")
    if not match["part"] and step <= 0:
        return None
    found = a_month(start, match.end(), months // 12, months % 12 + 1, match["part"], monday)
    return found if prefix or found is None else replace(found, need="next")


def _chinese_month(line: str, at: int, monday: date) -> Written | None:
    match = _CHINESE_MONTH.match(line, at)
    if match is None or _NOT_A_MONTH_BEFORE.search(line[max(0, at - 1) : at]):
        return None
    month = _chinese_number(match["m"])
    if match["d"]:
        return a_day(at, match.end(), day_near(month, _chinese_number(match["d"]), monday), "written")
    return a_month(at, match.end(), None, month, match["part"], monday)


def _chinese_number(word: str) -> int:
    """一 to 三十九."""
    tens, ten, ones = word.rpartition("十")
    units = "一二三四五六七八九".index(ones) + 1 if ones else 0
    return units + (10 * ("一二三".index(tens) + 1 if tens else 1) if ten else 0)


def _year(line: str, at: int, monday: date) -> Written | None:
    part = line[at + 1 : at + 2]
    if part not in ("底", "末", "中") or line.startswith(
        ("年中心", "年中国", "年中间", "年底层", "年中台"), at
    ):
        return None
    before = line[at - 1 : at]
    if before in ("今", "本", "明"):
        return end_of_year(at - 1, at + 2, monday.year + (before == "明"), part)
    if not before or before in "，,。;；、 \n于在到至前计定标取力将延推截止:(成" or before.isspace():
        return end_of_year(at, at + 2, monday.year, part)
    return None


def _half(line: str, at: int, monday: date) -> Written | None:
    which = line[at - 1 : at]
    if which not in ("上", "下") or not line.startswith("半年", at) or _HALF_NAMES.match(line, at + 1):
        return None
    start, year = at - 1, monday.year
    if line[at - 3 : at - 1] in ("今年", "本年", "明年", "去年"):
        start -= 2
        year += {"明": 1, "去": -1}.get(line[start], 0)
    elif line[at - 2 : at - 1] in ("年", "度"):
        return None  # with a year in digits: told by the digits
    return a_half(start, at + 2, year, is_first=which == "上")


def _quarter(line: str, at: int, monday: date) -> Written | None:
    match = _QUARTER_WORD.match(line, at)
    if match is None or at == 0:
        return None
    start, year = at - 1, monday.year
    middle = shift(monday, 3)
    if line[start] in "一二三四":
        number = "一二三四".index(line[start]) + 1
        start -= line[start - 1 : start] == "第"
        if line[start - 1 : start] == "年" and line[start - 2 : start - 1].isdigit():
            return None
    elif line[start] == "下" or line[start - 1 : start + 1] == "下个":
        start -= line[start] == "个"
        year, number = (
            (middle.year + 1, 1) if middle.month > 9 else (middle.year, (middle.month + 2) // 3 + 1)
        )
    else:
        return None
    return a_quarter(start, match.end(), year, number, match["part"])


def _letter(line: str, at: int, monday: date) -> Written | None:
    """`Q3`, `2023Q4`, `H2`: spans that are named far more often than meant as a date."""
    match = _LETTER.match(line, at)
    if match is None or (match["kind"] == "H" and match["n"] > "2"):
        return None
    year = _LETTER_YEAR.search(line[max(0, at - 6) : at])
    start, number = at, monday.year
    if year and year[0]:
        start -= len(year[0])
        step = {"明": 1, "去": -1}.get(year["word"] or "", 0)
        number = int(year["y"]) % 100 + 2000 if year["y"] else monday.year + step
    before = line[start - 1 : start]
    if before.isascii() and (before.isalnum() or before in ("/", "-", ".", "_", "\x00")) and before:
        return None
    if match["kind"] == "H":
        return a_half(start, at + 2, number, is_first=match["n"] == "1", need="both")
    return a_quarter(start, match.end(), number, int(match["n"]), match["part"])


_READERS: Final[dict[str, Callable[[str, int, date], Written | None]]] = {
    **dict.fromkeys("周星礼", _week),
    **dict.fromkeys("一二三四五六七八九十", _chinese_month),
    "月": _month,
    "年": _year,
    "半": _half,
    "季": _quarter,
    **dict.fromkeys("HQ", _letter),
}

# English ----------------------------------------------------------------------------------------

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAME: Final = (
    r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|"
    r"Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_DAY_NAME: Final = r"(?P<weekday>Mon(?:day)?|Tue(?:s(?:day)?)?|Wed(?:nesday)?|Thu(?:r(?:s(?:day)?)?)?|Fri(?:day)?|Sat(?:urday)?|Sun(?:day)?)\b"
_ENGLISH_FIRST = re.compile(
    r"\b(?=[JFMASONDTW])[A-Z][a-z]{2,8}\b|\b(?:week|weekend|month|quarter)\b", re.ASCII
)
_MONTH_AT = re.compile(
    _MONTH_NAME
    + r"(?:\s+(?P<d>[0-9]{1,2})(?:st|nd|rd|th)?\b(?![:%.]?[0-9]|%)(?:\s?-\s?(?P<d2>[0-9]{1,2})\b(?!:))?(?:,?\s+(?P<y>20[0-9]{2}))?"
    r"|\s+(?P<y2>20[0-9]{2})\b)?",
    re.ASCII,
)
_DAY_BEFORE_MONTH = re.compile(r"(?<![0-9./:-])(?P<d>[0-9]{1,2})(?:st|nd|rd|th)?(?:\s+of)?\s+$", re.ASCII)
_PART_BEFORE = re.compile(
    r"\b(?P<part>(?:the\s+)?(?:end|close)\s+of|late|mid|early|(?:the\s+)?(?:beginning|start)\s+of)[\s-]*$",
    re.ASCII | re.IGNORECASE,
)
_PREPOSITION = re.compile(
    r"\b(?:in|by|before|until|since|for|during|from|till|through|around|to)\s+$", re.ASCII | re.IGNORECASE
)
_DAY_AT = re.compile(_DAY_NAME, re.ASCII)
_WHICH_BEFORE = re.compile(r"\b(?P<which>this|next|last|coming)\s+$", re.ASCII | re.IGNORECASE)
_ON_BEFORE = re.compile(
    r"\b(?:on|by|before|until|from|to|and|since|due|after|through|till)\s+$", re.ASCII | re.IGNORECASE
)
_EVERY_BEFORE = re.compile(r"\b(?:every|each|per|a|one|two|three|some)\s+$", re.ASCII | re.IGNORECASE)


def english_dates(line: str, monday: date) -> Iterator[Written]:
    """What is written like a date in English words, in order."""
    count = 0
    for first in _ENGLISH_FIRST.finditer(line):
        at = first.start()
        found = (
            _english_week(line, first, monday) if first[0][0].islower() else _english_name(line, at, monday)
        )
        if found is not None:
            yield found
            count += 1
            if count >= LIMIT:
                return


def _english_name(line: str, at: int, monday: date) -> Written | None:
    if match := _MONTH_AT.match(line, at):
        return _english_month(line, match, monday)
    if match := _DAY_AT.match(line, at):
        return _english_weekday(line, match, monday)
    return None


def _english_month(line: str, match: re.Match[str], monday: date) -> Written | None:
    start, end = match.span()
    month = _MONTHS.index(match["month"][:3].lower()) + 1
    year = int(match["y"] or match["y2"]) if match["y"] or match["y2"] else None
    if match["d"]:
        low = _english_day(year, month, int(match["d"]), monday)
        if match["d2"] and low:
            return some_days(start, end, low, day_of(low.year, month, int(match["d2"])), "written")
        return a_day(start, end, low, "written")
    before = line[max(0, start - 24) : start]
    if day := _DAY_BEFORE_MONTH.search(before):
        return a_day(start - len(day[0]), end, _english_day(year, month, int(day["d"]), monday), "written")
    if match[0].endswith(".") and not line[end : end + 1]:
        end -= 1
    if part := _PART_BEFORE.search(before):
        return a_month(start - len(part[0]), end, year, month, _english_part(part["part"]), monday)
    if year or (_PREPOSITION.search(before) and len(match["month"]) > 2):
        return a_month(start, match.end("month") if not year else end, year, month, None, monday, "clause")
    return None


def _english_day(year: int | None, month: int, day: int, monday: date) -> date | None:
    return day_near(month, day, monday) if year is None else day_of(year, month, day)


def _english_part(words: str) -> str:
    words = words.lower()
    if words.endswith("mid"):
        return "中"
    return (
        "初"
        if "early" in words or "start" in words or "beginning" in words
        else "下旬"
        if words == "late"
        else "底"
    )


def _english_weekday(line: str, match: re.Match[str], monday: date) -> Written | None:
    start, end = match.span()
    before = line[max(0, start - 12) : start]
    which = _WHICH_BEFORE.search(before)
    if _EVERY_BEFORE.search(before):
        return None
    if len(match["weekday"]) < 6 and not which and not _ON_BEFORE.search(before):
        return None
    step = {"next": 7, "last": -7}.get(which["which"].lower(), 0) if which else 0
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun").index(match["weekday"][:3].lower())
    day = shift(monday, step + days)
    start -= len(which[0]) if which else 0
    return Written(start, end, day, day, "day", "clause", weekday="named" if which else "bare")


def _english_week(line: str, match: re.Match[str], monday: date) -> Written | None:
    """`next week`, `this weekend`, `end of the month`, `next quarter`."""
    start, end = match.span()
    before = line[max(0, start - 24) : start]
    which = re.search(
        r"\b(?P<end>(?:the\s+)?end\s+of\s+)?(?P<which>next|this|the)\s+$", before, re.ASCII | re.IGNORECASE
    )
    if which is None or re.match(
        r"(?:'s|\s+(?:goals?|plans?|targets?|focus|work|tasks?)\b)", line[end : end + 12], re.ASCII
    ):
        return None
    is_next = which["which"].lower() == "next"
    start -= len(which[0])
    if match[0] == "week" and is_next:
        low = shift(monday, 7)
        return Written(start + len(which["end"] or ""), end, low, shift(low, 6), "week", "clause")
    if match[0] == "weekend":
        return some_days(start, end, shift(monday, 5 + 7 * is_next), shift(monday, 6 + 7 * is_next), "clause")
    middle = shift(monday, 3)
    if match[0] == "month" and (is_next or which["end"]):
        months = middle.year * 12 + middle.month - 1 + is_next
        return a_month(start, end, months // 12, months % 12 + 1, "底" if which["end"] else None, monday)
    if match[0] == "quarter" and (is_next or which["end"]):
        quarters = middle.year * 4 + (middle.month - 1) // 3 + is_next
        return a_quarter(start, end, quarters // 4, quarters % 4 + 1, "末" if which["end"] else None)
    return None
