"""What the trend page shows, put together: headline, scorecard, accidents, charts, years, periods, tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from app.document.schema import WeekRule
from app.trends import queries
from app.trends.accident_panel import Accidents, accident_panel
from app.trends.asked import Asked
from app.trends.axes import WEEK, TimeAxis
from app.trends.comparison_panel import comparison_panel
from app.trends.figures import Figure, Group, Shown, group, last_six
from app.trends.geometry.chart import CROWDED
from app.trends.headline import headline, missed_targets
from app.trends.paper import layout_for
from app.trends.queries import Trends, Week
from app.trends.scorecard import score, width_of
from app.trends.statistics import Budget, Judged, error_budget, judge
from app.trends.tables import Table, tables
from app.trends.words import Language, Words
from app.trends.year_panel import YearFigure, year_figure


@dataclass(frozen=True, slots=True)
class JudgedTeam:
    """A team's weeks with what its metrics come to; what pages, files and shared links are made of.

    `measured` leaves out metrics without a value in these weeks. `budgets` by metric id.
    """

    trends: Trends
    measured: list[Judged]
    budgets: Mapping[int, Budget]


def judged_team(trends: Trends, words: Words) -> JudgedTeam:
    measured = [judge(one, trends.axis) for one in trends.series if one.values]
    budgets = {
        one.series.metric.id: budget
        for one in measured
        if (budget := error_budget(one.series, lambda week: words.number_of(week)[0])) is not None
    }
    return JudgedTeam(trends, measured, budgets)


def words_for(found: Sequence[Trends], *, asked: Asked, rule: WeekRule, f: Language) -> Words:
    """The words of a page; teams are named where there are several."""
    known: dict[date, Week] = {}
    for trends in reversed(found):
        known |= trends.known
    teams = {trends.team.id: trends.team.name for trends in found} if len(found) > 1 else {}
    return Words(f, axis=found[0].axis, weeks=known, rule=rule, unit=asked.unit, teams=teams)


def trends_page(
    found: Sequence[Trends],
    *,
    asked: Asked,
    rule: WeekRule,
    today: date,
    f: Language,
    opens: bool = True,
) -> dict[str, Any]:
    """The page's context; nothing found is a page that says what to do next.

    Without `opens` no point leads to its report, for readers who may see this page alone.
    """
    if not found:
        return {"asked": asked, "found": found}
    axis = found[0].axis
    words = words_for(found, asked=asked, rule=rule, f=f)
    teams = [judged_team(trends, words) for trends in found]
    day = _day_asked_about(asked, axis, today)
    accidents = accident_panel(
        sorted(
            (
                (
                    accident,
                    trends.team.name if len(found) > 1 else "",
                    trends.team.slug,
                    trends.path(accident.week) or accident.week.isoformat(),
                )
                for trends in found
                for accident in trends.accidents
            ),
            key=lambda each: (each[0].week, each[0].started_at or ""),
        ),
        axis,
        day,
        words,
        events=sum(week.events for trends in found for week in trends.weeks.values()),
    )
    beside = asked.weeks == "6" and len(found) == 1
    shown = {trends.team.id: _shown(trends, accidents, beside=beside) for trends in found}
    measured = [one for team in teams for one in team.measured]
    groups, years = _groups(teams, shown, words), _years(teams, shown, asked, words)
    scores = [
        score(one, f"metric-{_first_of(measured, one)}", _team_of(one, found), words)
        for one in _by_metric(measured)
    ]
    return {
        "asked": asked,
        "found": found,
        "several": len(found) > 1,
        "beside": beside,
        "opens": opens,
        "axis": axis,
        "ticks": axis.ticks(),
        "six_weeks": [
            (last_six(axis).centre(index), words.number_of(last_six(axis).week(index))[1])
            for index in range(last_six(axis).weeks)
        ],
        "last_monday": axis.week(axis.weeks - 1),
        "last_day": axis.end - timedelta(days=1),
        "last_week": words.week(axis.week(axis.weeks - 1)),
        "headline": headline(measured, words),
        "missed": len(missed_targets(measured)),
        "unweighted": any(not budget.weighted for team in teams for budget in team.budgets.values()),
        "has_targets": any(one.assurance not in ("no_target", "no_value") for one in measured),
        "no_report": _no_report(found, words),
        "weeks_since": _weeks_since(found, asked, today),
        "restated": sum(len(one.series.restated) for one in measured),
        "accidents": accidents,
        "scores": scores,
        "score_width": width_of(scores),
        "groups": groups,
        "years": years,
        "silent": [
            one.metric.name
            for trends in found
            for one in trends.series
            if not one.values and one.metric.first_week
        ],
        "tables": _tables(teams, shown, words),
        "comparison": comparison_panel(
            measured, [one for trends in found for one in trends.accidents], axis, asked, words
        ),
        "has": _marks_used([figure for one in groups for figure in one.figures], years),
        "paper": layout_for(
            rows=len(scores),
            charts=[one.chart.height for each in groups for one in each.figures]
            + [one.chart.height for one in years],
            accidents=len(accidents.shown),
        ),
        "crowded": axis.weeks > CROWDED,
        "spot_width": axis.edge(-(-axis.weeks // CROWDED)),
        "earlier": axis.first - timedelta(days=1) if axis.first > _span(found).first else None,
        "later": (later := _later(found)),
        "later_until": later if later and later < _span(found).last else None,
        "published": sum(len(trends.weeks) for trends in found),
    }


def _day_asked_about(asked: Asked, axis: TimeAxis, today: date) -> date:
    """The day from which days since and overdue are counted."""
    last = today if asked.until is None else min(axis.end - timedelta(days=1), today)
    return last if asked.as_of is None else min(asked.as_of, last)


def _shown(trends: Trends, accidents: Accidents, *, beside: bool) -> Shown:
    mine = [each for each in accidents.shown if each.team_slug == trends.team.slug]
    return Shown(
        axis=trends.axis,
        six=last_six(trends.axis) if beside else None,
        team=trends.team.name,
        team_slug=trends.team.slug,
        weeks=trends.known,
        accidents=[(trends.axis.index(each.accident.week), each.number) for each in mine],
        remarks=trends.remarks,
        skipped=trends.skipped,
    )


def _groups(teams: Sequence[JudgedTeam], shown: Mapping[int, Shown], words: Words) -> list[Group]:
    """Weekly metrics; those of the same key side by side."""
    together: dict[str, list[tuple[Shown, Judged, Budget | None]]] = {}
    for team in teams:
        for one in team.measured:
            metric = one.series.metric
            if not metric.is_year_to_date:
                together.setdefault(_sameness(one), []).append(
                    (shown[team.trends.team.id], one, team.budgets.get(metric.id))
                )
    return [group(each, words) for each in together.values()]


def _years(
    teams: Sequence[JudgedTeam], shown: Mapping[int, Shown], asked: Asked, words: Words
) -> list[YearFigure]:
    return [
        figure
        for team in teams
        for one in team.measured
        if one.series.metric.is_year_to_date
        and (
            figure := year_figure(
                shown[team.trends.team.id], one, all_years=asked.weeks == "all", words=words
            )
        )
    ]


def _tables(teams: Sequence[JudgedTeam], shown: Mapping[int, Shown], words: Words) -> list[Table]:
    return [
        table
        for team in teams
        for table in tables(
            team.trends,
            [one.series for one in team.measured],
            shown[team.trends.team.id].numbers,
            words,
        )
    ]


def _sameness(one: Judged) -> str:
    """Metrics of several teams are the same where their keys and kinds are."""
    metric = one.series.metric
    key = metric.name if metric.key.startswith("metric-") else metric.key
    return f"{key} {metric.kind} {metric.direction}"


def _by_metric(measured: Sequence[Judged]) -> list[Judged]:
    """In the order of the first team, the same metric of several teams next to one another."""
    places: dict[str, int] = {}
    for one in measured:
        places.setdefault(_sameness(one), len(places))
    return sorted(measured, key=lambda one: places[_sameness(one)])


def _first_of(measured: Sequence[Judged], one: Judged) -> int:
    """The metric by whose id the charts of all the same are found."""
    if one.series.metric.is_year_to_date:
        return one.series.metric.id
    return next(each.series.metric.id for each in measured if _sameness(each) == _sameness(one))


def _team_of(one: Judged, found: Sequence[Trends]) -> str | None:
    if len(found) == 1:
        return None
    return next(trends.team.name for trends in found if trends.team.id == one.series.metric.team_id)


def _marks_used(figures: Sequence[Figure], years: Sequence[YearFigure]) -> dict[str, bool]:
    """Which marks the legend has to explain."""
    charts = [figure.chart for figure in figures]
    marks = [mark for chart in charts for mark in chart.marks]
    every = [*charts, *(year.chart for year in years)]
    return {
        "band": any(chart.bands for chart in charts),
        "trial": any(band.trial for chart in charts for band in chart.bands),
        "worse": any(mark.sign == "worse" for mark in marks),
        "better": any(mark.sign == "better" for mark in marks),
        "doubt": any(mark.sign == "doubt" for mark in marks),
        "target": any(chart.targets for chart in every),
        "whisker": any(chart.whiskers for chart in charts),
        "lane": any(chart.lane for chart in every),
        "restated": any(mark.former_y is not None for mark in marks),
        "gap": any(chart.gaps for chart in charts),
        "note": any(figure.notes for figure in figures),
    }


def _no_report(found: Sequence[Trends], words: Words) -> str:
    """The weeks between the first and the last in which no team reported."""
    silent = [
        index
        for index in range(max(0, found[0].axis.index(_span(found).first)), found[0].axis.weeks)
        if not any(trends.axis.week(index) in trends.weeks for trends in found)
    ]
    return words.stretches(silent) if silent else ""


def _weeks_since(found: Sequence[Trends], asked: Asked, today: date) -> int:
    if asked.until is not None or asked.as_of is not None:
        return 0
    return queries.weeks_since(_span(found), today)


def _span(found: Sequence[Trends]) -> queries.Span:
    return queries.Span(min(trends.span.first for trends in found), max(trends.span.last for trends in found))


def _later(found: Sequence[Trends]) -> date | None:
    """The last day of the page that follows, where a later week is published."""
    axis, newest = found[0].axis, _span(found).last
    if axis.end > newest:
        return None
    return min(axis.end + WEEK * (axis.weeks - 1), newest) + timedelta(days=6)
