"""Pages of trends without a database, and the charts cut out of them as pictures that stand alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from app import paths
from app.document.weeks import week_of
from app.trends.accident_queries import Accident
from app.trends.asked import Asked
from app.trends.axes import WEEK, TimeAxis
from app.trends.mark_queries import Remark
from app.trends.queries import Span, TeamRow, Trends, Week
from app.trends.statistics import Reading, series
from app.trends.trends_page import trends_page
from app.web import urls
from app.web.assets import Assets
from app.web.i18n import translate
from app.web.templates import Templates
from tests.trends.laying import metric, reading
from tests.trends.weeks import LAST

STANDALONE = """<?xml version="1.0" encoding="utf-8"?>
<?xml-stylesheet type="text/css" href="../../../static/css/weekline.css"?>
<?xml-stylesheet type="text/css" href="../../../static/css/trends.css"?>
<svg xmlns="http://www.w3.org/2000/svg" width="900" height="{height}">
<defs><path id="diamond" d="M0-6 6 0 0 6-6 0Z"/><path id="small-diamond" d="M0-4.6 4.6 0 0 4.6-4.6 0Z"/>
<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse">
<path class="hatch" d="M-1 7 7-1"/></pattern></defs>
<svg x="70" width="730" overflow="visible">
{chart}
</svg>
</svg>
"""


@dataclass(frozen=True)
class OneTeam:
    """As much of a team as the page's addresses need."""

    slug: str = "payments"
    name: str = "示例支付平台组"
    may_write: bool = False


def told(
    *values: str | Sequence[str] | None,
    last: date = LAST,
    accidents: Sequence[Accident] = (),
    remarks: Sequence[Remark] = (),
    volumes: Sequence[int] = (),
    **changes: object,
) -> Trends:
    """A team with one metric, a week a value until `last`; None for a missing one, several where restated.

    `volumes` are the denominators that are reported with the values.
    """
    axis = TimeAxis(last - WEEK * (len(values) - 1), len(values))
    readings: list[Reading] = []
    for index, value in enumerate(values):
        revisions = [] if value is None else [value] if isinstance(value, str) else list(value)
        readings += [
            replace(
                reading(
                    index,
                    literal,
                    volume=volumes[index] if volumes else None,
                    first=axis.first,
                    revision=number,
                ),
                stands=number == len(revisions),
            )
            for number, literal in enumerate(revisions, 1)
        ]
    known = {
        week: Week(index, week, *week_of(week, "jan1-monday"), amending=False)
        for index in range(axis.weeks)
        if values[index] is not None and (week := axis.week(index))
    }
    measured = metric(
        **({"first_week": readings[0].week if readings else axis.first, "team_id": 1} | changes)
    )
    return Trends(
        team=TeamRow(1, "payments", "示例支付平台组"),
        span=Span(axis.first, last),
        axis=axis,
        weeks=known,
        known=known,
        series=[series(measured, readings, axis)],
        accidents=list(accidents),
        remarks=remarks,
    )


def page_of(*trends: Trends, language: str = "zh", **asked: Any) -> str:
    """The page below its masthead."""
    wanted = Asked(**({"weeks": "52"} | asked))
    context = trends_page(list(trends), asked=wanted, rule="jan1-monday", today=LAST, f=translate(language))
    context |= {"team": OneTeam(), "viewer": None, "urls": urls}
    return _templates().render(language, "trends/_sheet.html", context)


def picture(page: str) -> str:
    """The first chart of the page, without the places for the pointer, as a picture of its own."""
    start = page.index('<svg class="chart"', page.index("<figure"))
    chart = page[start : page.index('<g class="spots"', start)] + "</svg>"
    height = re.match(r'<svg class="chart" height="([\d.]+)"', chart)
    assert height is not None
    chart = re.sub(r"\n\s*\n+", "\n", chart)
    return STANDALONE.format(height=height[1], chart=chart)


def said(page: str) -> str:
    """What is written on the page, with single spaces."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@cache
def _templates() -> Templates:
    return Templates(Assets(paths.STATIC))
