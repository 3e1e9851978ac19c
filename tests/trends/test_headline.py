"""The sentence on top: signals first, else that there are none; composed by rules in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from html import unescape

import pytest

from app.trends.queries import Trends
from app.trends.statistics import Baseline, TargetFrom
from tests.trends.drawing import page_of, told
from tests.trends.laying import spread
from tests.trends.weeks import LAST, WEEK

ORDINARY = spread("99.980", 1, -2, 0, 3, -1, 2, -3, 1, 0, 2, -2, 1, -1, 3, -2, 0, 2, -3, 1, -1, 2, 0, -2, 3)
YEAR = [*ORDINARY, *ORDINARY]


def target(literal: str) -> tuple[TargetFrom, ...]:
    return (TargetFrom(date(2023, 1, 1), literal, Decimal(literal.rstrip("%"))),)


def together(*each: Trends) -> Trends:
    """One team with the metrics of all of them."""
    one = each[0]
    return replace(one, series=[series for trends in each for series in trends.series])


def named(name: str, id: int, *values: str | None, **changes: object) -> Trends:
    return told(*values, name=name, id=id, key=f"metric-{id}", **changes)


def ordinary(name: str = "出金", id: int = 2, **changes: object) -> Trends:
    return named(name, id, *YEAR, "99.981", **changes)


def falling(name: str = "入金", id: int = 1) -> Trends:
    return named(name, id, *YEAR, "99.930")


def rising(name: str = "入金", id: int = 1) -> Trends:
    return named(name, id, *YEAR[9:], *spread("99.984", 0, 1, 0, -1, 1, 0, 1, 0, 1, 0))


def sinking(name: str = "入金", id: int = 1) -> Trends:
    return named(name, id, *YEAR[9:], *spread("99.976", 0, 1, 0, -1, 1, 0, 1, 0, 1, 0))


def locked_at_the_edge() -> Trends:
    """The newest value stands for an interval that the lower limit parts."""
    first = LAST - WEEK * 48
    return named("入金", 1, *YEAR, "99.97", baselines=(Baseline(first, first + WEEK * 47, "一年"),))


SITUATIONS: dict[str, tuple[Callable[[], Trends], str, str]] = {
    "one week outside": (
        falling,
        "入金 99.930，超出正常界限：失败 170 → 700 ppm，是上周的 4.1 倍。",
        "入金 99.930, outside its ordinary range: failures 170 → 700 ppm, 4.1 times last week's.",
    ),
    "a worse one and a better one": (
        lambda: together(falling(), rising("出金", 2)),
        "入金 99.930，超出正常界限：失败 170 → 700 ppm，是上周的 4.1 倍；出金持续改善。",
        "入金 99.930, outside its ordinary range: failures 170 → 700 ppm, 4.1 times last week's; "
        "出金 keeps improving.",
    ),
    "a level that sank": (
        sinking,
        "入金 99.976，连续 10 周低于平常水平。",
        "入金 99.976, 10 weeks running below its usual level.",
    ),
    "what is outside is said before what sank": (
        lambda: together(sinking("出金", 2), falling()),
        "入金 99.930，超出正常界限：失败 170 → 700 ppm，是上周的 4.1 倍；"
        "出金 99.976，连续 10 周低于平常水平。",
        "入金 99.930, outside its ordinary range: failures 170 → 700 ppm, 4.1 times last week's; "
        "出金 99.976, 10 weeks running below its usual level.",
    ),
    "three that are worse": (
        lambda: together(falling(), falling("出金", 2), falling("退款", 3)),
        "入金 99.930，超出正常界限：失败 170 → 700 ppm，是上周的 4.1 倍；"
        "出金 99.930，超出正常界限：失败 170 → 700 ppm，是上周的 4.1 倍；另有 1 项劣化。",
        "入金 99.930, outside its ordinary range: failures 170 → 700 ppm, 4.1 times last week's; "
        "出金 99.930, outside its ordinary range: failures 170 → 700 ppm, 4.1 times last week's; "
        "1 more is getting worse.",
    ),
    "no signal, one metric": (
        ordinary,
        "出金 99.981，在正常波动范围内。",
        "出金 99.981, in its ordinary range.",
    ),
    "no signal, several metrics": (
        lambda: together(ordinary("入金", 1, targets=target("99.95%")), ordinary()),
        "各项指标均在正常波动范围内；目标全部达到。",
        "All metrics are in their ordinary range; every target is met.",
    ),
    "no signal, a target reliably missed": (
        lambda: together(ordinary("入金", 1, targets=target("99.999%")), ordinary()),
        "各项指标均在正常波动范围内；入金稳定未达目标 99.999%。",
        "All metrics are in their ordinary range; 入金 reliably misses its target of 99.999%.",
    ),
    "no signal, a target missed this week": (
        lambda: ordinary(targets=target("99.982%")),
        "出金 99.981，在正常波动范围内；出金未达目标 99.982%。",
        "出金 99.981, in its ordinary range; 出金 misses its target of 99.982%.",
    ),
    "not all can be judged": (
        lambda: together(
            ordinary("入金", 1), ordinary(), named("退款", 3, *["99.98", "99.99"] * 24, "99.99")
        ),
        "能判断的 2 项均在正常波动范围内。",
        "The 2 metrics that can be judged are in their ordinary range.",
    ),
    "only one can be judged": (
        lambda: together(ordinary(), named("退款", 3, *["99.98", "99.99"] * 24, "99.99")),
        "出金 99.981，在正常波动范围内；另 1 项不作判断。",
        "出金 99.981, in its ordinary range; 1 other cannot be judged.",
    ),
    "digits are too coarse": (
        lambda: named("退款", 3, *["99.98", "99.99"] * 24, "99.99"),
        "退款 99.99；小数位数太少，分不出信号与波动。",
        "退款 99.99; its digits are too coarse to tell a signal from noise.",
    ),
    "always the same": (
        lambda: named("退款", 3, *["100"] * 30),
        "退款 100，每周相同。",
        "退款 100, the same every week.",
    ),
    "only a year so far": (
        lambda: named("可用性", 3, *["99.99"] * 9, kind="ytd_rate"),
        "可用性 99.99（年累计，不逐周判断）。",
        "可用性 99.99 so far this year, which is not judged week by week.",
    ),
    "a year so far that does not add up": (
        lambda: together(
            ordinary(), named("可用性", 3, *[None] * 28, *["99.99"] * 20, "99.999", kind="ytd_rate")
        ),
        "可用性 99.999，与前一个值对不上：截断或重述过；出金 99.981，在正常波动范围内。",
        "可用性 99.999 does not fit the value before it: truncated or restated; "
        "出金 99.981, in its ordinary range.",
    ),
    "a year so far that does not add up, alone": (
        lambda: named("可用性", 3, *["99.99"] * 20, "99.999", kind="ytd_rate"),
        "可用性 99.999，与前一个值对不上：截断或重述过。",
        "可用性 99.999 does not fit the value before it: truncated or restated.",
    ),
    "what no rate can be": (
        lambda: together(ordinary(), named("退款", 3, *YEAR, "100.3")),
        "退款写作 100.3，比率只能在 0 到 100% 之间，请核对；出金 99.981，在正常波动范围内。",
        "退款 is given as 100.3, which no rate can be: please check; 出金 99.981, in its ordinary range.",
    ),
    "what no rate can be, alone": (
        lambda: named("退款", 3, *YEAR, "-1"),
        "退款写作 -1，比率只能在 0 到 100% 之间，请核对。",
        "退款 is given as -1, which no rate can be: please check.",
    ),
    "too little is known": (
        lambda: named("入金", 1, *[None] * 46, "99.980", "99.981", "99.982"),
        "入金 99.982；数据还不够，分不出信号与波动。",
        "入金 99.982; too little is known yet to tell a signal from noise.",
    ),
    "too little is known of several": (
        lambda: together(named("入金", 1, "99.98", "99.97"), named("出金", 2, "99.98", "99.97")),
        "各项指标的数据都还不够，分不出信号与波动。",
        "Too little is known yet of any metric to tell a signal from noise.",
    ),
    "not certain at this precision": (
        locked_at_the_edge,
        "入金 99.97 是否异常，此精度下不能确定。",
        "Whether 入金 99.97 is out of the ordinary is not certain at this precision.",
    ),
    "the newest week has no values": (
        lambda: named("入金", 1, *YEAR, None),
        "第 24 周没有报告指标。",
        "Week 24 reports no metrics.",
    ),
}


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_is_composed_by_rules(situation: str, language: str) -> None:
    make, chinese, english = SITUATIONS[situation]
    found = re.search(r'<h1 class="headline">(.*?)</h1>', page_of(make(), language=language))
    assert found is not None
    assert unescape(found[1]).replace("\u00a0", " ") == (chinese if language == "zh" else english)
