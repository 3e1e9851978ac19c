"""Dates written in Chinese words: `下周一`, `周末`, `本月底`, `下半年`, `三季度`, `Q3`, `十二月底`.

Weekdays and weeks count from the Monday of the report's week.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Final

from app.document.grammar.patterns import any_of, words
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

_FIRST = re.compile(r"[周星礼月年半季一二三四五六七八九十HQ]")

_WEEKDAY = re.compile(
    r"(?:周|星期|礼拜)(?P<day>[一二三四五六天]|日(?![均活常志报终历]))(?!例会|早会|晨会|周会|站会|班车|值班表)"
)
#: `下周三` is no Wednesday where the 三 counts what follows: 本周一期, 下周三方, 下周二维码.
_COUNTED_NEXT = words(
    any_of(
        "方(?!案|便|法|向|面|式|舟) 期 次 共 直(?!播) 个 些 轮 版 阶段 条(?!件) 项 批(?!量|准|复) 种 类 级",
        "线(?!上|下) 般",
        "[张家名套笔台份组](?!织|件|装) 样 并 致 旦 体 部分 流水平 站式 键 揽 把手 对一 维码 手 端 周 分之",
        "月 季 年 天 号",
        "点[点儿] 定(?!版|稿|级|标|位|价) 五一 人(?!行|工|力|员|民|社) 大(?!促|版)",
    )
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


def chinese_dates(line: str, monday: date) -> Iterator[Written]:
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
    weekday = _WEEKDAY.match(line, at)
    if weekday and not (prefix and _COUNTED_NEXT.match(line, weekday.end())):
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
