"""How long the trend page takes to make, and how that grows: `python -m benchmarks.trends`.

Everything but the database: judging, drawing, words, and the template. The budget is 150 ms for 104 weeks of
8 metrics; ten years of 20 metrics may take as much longer as they have more points, and no more.
"""

from __future__ import annotations

import gc
import sys
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from statistics import median
from time import process_time

from app import paths
from app.trends.accident_queries import Accident
from app.trends.asked import Asked
from app.trends.axes import WEEK, TimeAxis
from app.trends.queries import Span, TeamRow, Trends, Week
from app.trends.statistics import Metric, Reading, TargetFrom, series
from app.trends.trends_page import trends_page
from app.web import urls
from app.web.assets import Assets
from app.web.i18n import translate
from app.web.templates import Templates

LAST = date(2025, 6, 9)
ROUNDS = 7
BUDGET_MS = 150.0
SMALL, LARGE = (104, 8), (520, 20)
PAGE = "trends/_sheet.html"


@dataclass(frozen=True)
class Team:
    """As much of a team as the page's addresses need."""

    slug: str = "payments"
    name: str = "Payments"
    may_write: bool = False


def synthetic(weeks: int, metrics: int, *, seed: int = 1) -> Trends:
    """Weeks of rates, with a target each, signals, a gap, and an accident every sixth week."""
    random = Random(seed)
    axis = TimeAxis(LAST - WEEK * (weeks - 1), weeks)
    known = {
        axis.week(index): Week(index + 1, axis.week(index), *axis.week(index).isocalendar()[:2], False)
        for index in range(weeks)
    }
    return Trends(
        team=TeamRow(1, "payments", "Payments"),
        span=Span(axis.first, LAST),
        axis=axis,
        weeks=known,
        known=known,
        series=[
            series(_metric(place, axis), _readings(random, axis, place), axis) for place in range(metrics)
        ],
        accidents=[
            Accident(
                axis.week(index),
                "ABCD"[index % 4],
                "the bank answers late",
                f"{axis.week(index) + timedelta(days=2)}T10:30",
                team_id=1,
                id=index,
                amount=Decimal(index * 1000 + 1),
                minutes=10 + index,
            )
            for index in range(0, weeks, 6)
        ],
    )


def render(trends: Trends, templates: Templates, language: str = "en") -> str:
    """The page below its masthead, as it is sent."""
    asked = Asked(weeks="all")
    context = trends_page([trends], asked=asked, rule="iso", today=LAST, f=translate(language))
    return templates.render(language, PAGE, {"team": Team(), "viewer": None, "urls": urls, **context})


def took(trends: Trends, templates: Templates, rounds: int = ROUNDS) -> float:
    """Milliseconds of processor time, the median of the rounds."""
    times = []
    for _ in range(rounds):
        begun = process_time()
        render(trends, templates)
        times.append((process_time() - begun) * 1000)
    return median(times)


def main() -> int:
    templates = Templates(Assets(paths.STATIC))
    small, large = synthetic(*SMALL), synthetic(*LARGE)
    render(small, templates)
    gc.collect()
    gc.freeze()  # as the server does after its warm-up
    few, many = took(small, templates), took(large, templates)
    points = LARGE[0] * LARGE[1] / (SMALL[0] * SMALL[1])
    print(f"{SMALL[0]} weeks × {SMALL[1]} metrics: {few:.0f} ms (budget {BUDGET_MS:.0f})")
    growth = f"{many / few:.1f} × for {points:.1f} × the points"
    print(f"{LARGE[0]} weeks × {LARGE[1]} metrics: {many:.0f} ms, {growth}")
    return 0 if few <= BUDGET_MS and many <= points * few else 1


def _metric(place: int, axis: TimeAxis) -> Metric:
    return Metric(
        id=place + 1,
        key=f"metric-{place + 1}",
        name=f"Success rate {place + 1}",
        unit="%",
        kind="rate",
        direction="up",
        rounding="nearest",
        scale="nines",
        retired_from=None,
        first_week=axis.first,
        targets=(TargetFrom(axis.first, "99.95%", Decimal("99.95")),),
        team_id=1,
    )


def _readings(random: Random, axis: TimeAxis, place: int) -> list[Reading]:
    readings = []
    for index in range(axis.weeks):
        if index % 40 == 6 + place:
            continue
        failures = random.gauss(300, 60) * (4 if index % 50 == 13 else 1)
        value = Decimal(round(100_000 - max(failures, 0) / 10)) / 1000
        readings.append(Reading(axis.week(index), 1, True, f"{value}%", value, 3))
    return readings


if __name__ == "__main__":
    sys.exit(main())
