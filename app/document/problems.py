"""What the reader was unsure of, in the words of either language. Each message says what to do."""

from __future__ import annotations

from app.document.schema import Problem, Severity
from app.document.vocabulary import Language

SEVERITIES: dict[str, Severity] = {
    "title.missing": "warning",
    "week.unknown": "error",
    "week.no_year": "error",
    "week.no_such": "error",
    "week.title_date": "warning",
    "week.year_from_created": "info",
    "week.year_from_content": "warning",
    "section.custom": "info",
    "section.twice": "warning",
    "page.too_long": "warning",
    "metrics.none": "info",
    "incident.outside_week": "info",
    "incident.no_time": "warning",
    "fact.sum": "warning",
    "fact.uncertain": "info",
}

MESSAGES: dict[str, dict[Language, str]] = {
    "title.missing": {
        "zh": "没有找到标题。请在第一行写上标题，例如“# 第23周 2025-06-06”。",
        "en": 'No title was found. Put one on the first line, such as "# Week 23, 2025".',
    },
    "week.unknown": {
        "zh": "看不出是哪一周。请在标题里写上周次或日期，或在这里选择。",
        "en": "Which week this is cannot be told. Put the week or a date in the title, or choose it here.",
    },
    "week.no_year": {
        "zh": "“{label}”没有年份，页面其他地方也没有。请选择年份。",
        "en": '"{label}" has no year, and no other part of the page gives one. Choose the year.',
    },
    "week.no_such": {
        "zh": "“{label}”这一周不存在。请检查周次和周次规则。",
        "en": '"{label}" is no week of that year. Check the number and the week rule.',
    },
    "week.title_date": {
        "zh": "标题里的日期{day}不在“{label}”（{start}至{end}）之内。请确认是哪一周。",
        "en": 'The date {day} in the title is not in "{label}" ({start} to {end}). Check which week it is.',
    },
    "week.year_from_created": {
        "zh": "“{label}”没有年份，按创建日期取为{year}年。请确认。",
        "en": '"{label}" has no year; {year} was taken from the creation date. Check it.',
    },
    "week.year_from_content": {
        "zh": "“{label}”没有年份，按正文中的日期取为{year}年。请确认。",
        "en": '"{label}" has no year; {year} was taken from dates in the text. Check it.',
    },
    "section.custom": {
        "zh": "不认识“{heading}”这一栏目，内容原样保留。需要时请选择栏目类型。",
        "en": 'The section "{heading}" is not known and was kept as text. Choose its kind if it has one.',
    },
    "section.twice": {
        "zh": "“{heading}”这一栏目出现了不止一次。请确认是否需要合并。",
        "en": 'The section "{heading}" occurs more than once. Check whether the two belong together.',
    },
    "page.too_long": {
        "zh": "页面太长，第{line}行以后的内容按原文保留，没有识别。",
        "en": "The page is too long: what follows line {line} was kept as it is and not read.",
    },
    "metrics.none": {
        "zh": "“{text}”里没有找到指标值。请确认数值的写法。",
        "en": 'No value was found in "{text}". Check how the figure is written.',
    },
    "incident.outside_week": {
        "zh": "事件{started}不在本周（{start}至{end}）之内。请确认日期或周次。",
        "en": "The incident of {started} is outside this week ({start} to {end}). Check its day or the week.",
    },
    "incident.no_time": {
        "zh": "这个事件没有开始时间：“{text}”。请补上日期和时间。",
        "en": 'This incident has no time: "{text}". Add its day and time.',
    },
    "fact.sum": {
        "zh": "“{text}”的各项之和是{sum}，与总数{total}不符。请核对。",
        "en": 'The parts of "{text}" add up to {sum}, not to {total}. Check the figures.',
    },
    "fact.uncertain": {
        "zh": "“{literal}”理解为{value}，不能确定。请确认。",
        "en": '"{literal}" was read as {value}, which is not certain. Check it.',
    },
}


def problem(key: str, *, line: int, language: Language, **values: str | int) -> Problem:
    """A problem at a line of the page (0: the page as a whole), worded in `language`."""
    message = MESSAGES[key][language].format(line=line, **values)
    return Problem(line=line, severity=SEVERITIES[key], key=key, message=message)
