"""Bad data, drawn sensibly and said in words. The pictures are in `golden/`; open one in a browser to look.

    WEEKLINE_RENEW=1 python -m pytest tests/trends/test_pictures.py

draws them anew; look at what changed before it is committed.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from app.trends.accident_queries import Accident
from app.trends.axes import WEEK
from app.trends.mark_queries import Remark
from app.trends.queries import Trends
from app.trends.statistics import Baseline, TargetFrom
from tests.trends.drawing import page_of, picture, said, told
from tests.trends.laying import spread
from tests.trends.weeks import LAST

GOLDEN = Path(__file__).parent / "golden"
ORDINARY = spread("99.980", 1, -2, 0, 3, -1, 2, -3, 1, 0, 2, -2, 1, -1, 3, -2, 0, 2, -3, 1, -1, 2, 0, -2, 3)
TARGET = (TargetFrom(date(2024, 1, 1), "99.97%", Decimal("99.97")),)


def year(*, last: list[str] | None = None) -> list[str]:
    """52 ordinary weeks, ending as given."""
    ends = last or []
    weeks = [*ORDINARY, *ORDINARY, *ORDINARY]
    return [*weeks[: 52 - len(ends)], *ends]


def signals() -> Trends:
    accidents = [
        Accident(LAST - WEEK * 30, "C", "通道超时", "2024-11-12T10:00", 1),
        Accident(LAST, "B", "网关证书过期", "2025-06-11T14:12", 1),
    ]
    remark = Remark(1, None, LAST - WEEK * 20, LAST - WEEK * 20, "启用多路由", 1)
    return told(*year(last=["99.930"]), accidents=accidents, remarks=[remark], targets=TARGET)


def locked() -> Trends:
    first = LAST - WEEK * 30
    baseline = Baseline(first, first + WEEK * 12, "启用多路由")
    values = [*spread("99.960", *[2, -2, 1, -1, 3, 0, -3] * 3), *ORDINARY, *ORDINARY[:7]]
    return told(*values, baselines=(baseline,), targets=TARGET)


def target_changed() -> Trends:
    later = TargetFrom(date(2025, 1, 1), "99.99%", Decimal("99.99"))
    return told(*year(), targets=(*TARGET, later))


def restated_ten_times() -> Trends:
    revisions = [f"99.9{number}0" for number in range(10)] + ["99.981"]
    return told(*year()[:-4], revisions, *ORDINARY[:3], targets=TARGET)


def ten_weeks_restated() -> Trends:
    said_first = [[f"99.96{place}", value] for place, value in enumerate(ORDINARY[:10])]
    return told(*year()[:-12], *said_first, *ORDINARY[:2], targets=TARGET)


def by_volume() -> Trends:
    """The limits widen where few payments were made; the quiet week 21 is ordinary, week 23 is not."""
    volumes = [200_000 + 40_000 * (index % 5) for index in range(52)]
    volumes[-4] = volumes[-20] = 9_000
    return told(*year(last=["99.950", "99.981", "99.940", "99.979"]), volumes=volumes, targets=TARGET)


def week_53() -> Trends:
    return told(*year(), last=date(2024, 6, 10))


CASES: dict[str, tuple[Callable[[], Trends], str]] = {
    "a-signal": (signals, "入金有效成功率 99.930，超出正常界限"),
    "locked-limits": (locked, "启用多路由"),
    "one-point": (lambda: told(*[None] * 51, "99.980"), "只有一个值，还画不成线"),
    "trial-limits": (
        lambda: told(*[None] * 43, *spread("98.640", 3, -4, 9, -2, 5, -7, 0, 6, -1)),
        "9 周数据，界限为试行（斜纹）；满 12 周可由人锁定",
    ),
    "all-whole": (lambda: told(*["100%"] * 52, targets=TARGET), "不画界限：每周都一样"),
    "all-equal": (lambda: told(*["99.980"] * 52, targets=TARGET), "不画界限：每周都一样"),
    "two-decimals-only": (
        lambda: told(*["99.99", "99.98", "99.99", "100", "99.99"] * 10, "99.98", "99.99"),
        "2 位小数太粗；请报 3 位小数或报笔数",
    ),
    "a-year-missing": (
        lambda: told(*ORDINARY, *[None] * 52, *ORDINARY[:20]),
        "缺报 52 周",
    ),
    "restated-ten-times": (restated_ten_times, "（共重述 10 次）"),
    "ten-weeks-restated": (ten_weeks_restated, "另有 8 周重述过"),
    "limits-by-volume": (by_volume, "界限按量计算（p′）"),
    "below-90": (
        lambda: told(*spread("85.20", *[30, -200, 110, -40, 250, 0, -130] * 7), targets=()),
        "logit 轴",
    ),
    "one-week-below-90": (lambda: told(*year(last=["85.100", "99.981"]), targets=TARGET), "85.100"),
    "retired": (
        lambda: told(*year()[:40], *[None] * 12, retired_from=LAST - WEEK * 11),
        "自 3/24 起停用",
    ),
    "target-changed": (target_changed, "目标 1/1 由 99.97% 改为 99.99%"),
    "week-53": (week_53, "2023 年第 53 周"),
    "ordinary": (lambda: told(*year(), targets=TARGET), "在正常波动范围内；目标全部达到。"),
    "counts": (
        lambda: told(
            *[str((index * 7) % 11 + index % 3) for index in range(52)],
            kind="count",
            unit="个",
            direction="down",
            scale="linear",
        ),
        "单位：个",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_is_drawn_as_it_was(case: str) -> None:
    make, _ = CASES[case]
    drawn, file = picture(page_of(make(), weeks="all")), GOLDEN / f"{case}.svg"
    if os.environ.get("WEEKLINE_RENEW"):
        GOLDEN.mkdir(exist_ok=True)
        file.write_text(drawn, encoding="utf-8")
    assert drawn == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES)
def test_is_said_in_words(case: str) -> None:
    make, words = CASES[case]
    assert words in said(page_of(make(), weeks="all"))


class TestNoValuesAtAll:
    def test_are_said_to_be_none(self) -> None:
        page = page_of(told(*[None] * 10))
        assert "这段时间没有指标。" in page
        assert "<figure" not in page


class TestWeek53:
    def test_has_no_week_of_its_number_a_year_before(self) -> None:
        weeks = [*year(), *ORDINARY[:10]]
        page = page_of(told(*weeks, last=date(2023, 12, 25)), weeks="all")
        row = said(page[page.index("<tbody>") : page.index("</tbody>")])
        assert "— 3 位小数" in row
        assert "第 53 周" in said(page)


class TestTenYears:
    def test_stay_readable_and_small(self) -> None:
        weeks = [*ORDINARY * 22][:520]
        page = page_of(told(*weeks, targets=TARGET), weeks="all")
        drawn = picture(page)
        assert len(drawn.encode()) < 40_000
        assert drawn.count("<circle") < 60
        figure = page[page.index("<figure") : page.index("</figure>")]
        assert len(figure.encode()) < 40_000 + 110 * 260


class TestLanguages:
    def test_have_their_own_months_and_words(self) -> None:
        page = page_of(signals(), language="en")
        assert ">Dec<" in page
        assert "outside its ordinary range" in page
