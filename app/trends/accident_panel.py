"""Accidents on the trend page: strip, numbered list, days since the last grave one, causes, what is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.trends.accident_queries import LIGHT, Accident, FollowUp
from app.trends.axes import WEEK, TimeAxis
from app.trends.geometry import Bar, DotPlot, Happened, Strip, dot_plot, incident_strip, pareto
from app.trends.statistics import DaysBetween, RunChart, days_between, run_chart
from app.trends.words import Words, short_symptom

YEAR = 52
MOST_FOLLOW_UPS = 8
ORDER = ("A", "AB", "B", "C", "CD", "D", "open")
"""Grades, the gravest first."""


@dataclass(frozen=True, slots=True)
class NumberedAccident:
    number: int
    accident: Accident
    symptom: str
    happened: str
    week: str
    team: str
    team_slug: str
    path: str
    """What follows `weeks/` in the address of its report, as readers saw it."""
    outstanding: str
    """What is neither recovered nor lost of the amount at stake; "" where that is nothing, or not known."""


@dataclass(frozen=True, slots=True)
class OpenFollowUp:
    follow_up: FollowUp
    overdue: int
    accident: Accident
    again: str
    """When the same third party had its last accident since, while this was open."""


@dataclass(frozen=True, slots=True)
class Accidents:
    """`this_year` counts by grade; `names` are what the largest marks of the strip are called, by number.

    `sized_by` are the currencies of the amounts, "" where one is not said; `events` is how many production
    events the weeks tell, graded or not; `noticed` how many of the year's accidents monitoring noticed, of
    how many it is known who did.
    """

    shown: list[NumberedAccident]
    strip: Strip
    names: dict[int, str]
    sized_by: list[str]
    events: int
    noticed: tuple[int, int]
    by_grade: list[tuple[str, int]]
    this_year: list[tuple[str, int]]
    year: int
    since: DaysBetween
    last_grave: NumberedAccident | None
    light: RunChart
    causes: list[Bar]
    parties: list[Bar]
    took: DotPlot | None
    open: list[OpenFollowUp]
    open_count: int
    overdue_count: int

    @property
    def known_causes(self) -> list[Bar]:
        """The causes, where any is known."""
        return self.causes if any(bar.name not in (None, "unknown") for bar in self.causes) else []


def accident_panel(
    accidents: Sequence[tuple[Accident, str, str, str]],
    axis: TimeAxis,
    today: date,
    words: Words,
    *,
    events: int,
) -> Accidents:
    """Accidents with the name and slug of their team and the path to their report, oldest first."""
    numbered = [
        NumberedAccident(
            number,
            one,
            short_symptom(one.symptom),
            words.happened(one),
            words.week(one.week),
            team,
            slug,
            path,
            outstanding=words.exact_amount(one.outstanding, one.currency)
            if one.outstanding and one.outstanding > 0
            else "",
        )
        for number, (one, team, slug, path) in enumerate(
            (each for each in accidents if 0 <= axis.index(each[0].week) < axis.weeks), 1
        )
    ]
    every = [one for one, *_ in accidents]
    newest = axis.week(axis.weeks - 1)
    year = words.number_of(newest)[0]
    recent = [one for one in every if one.week > newest - WEEK * YEAR]
    grave = sorted(one.day for one in every if one.is_grave)
    shown_grave = [one for one in numbered if one.accident.is_grave]
    open_ones = sorted(
        (
            OpenFollowUp(follow_up, follow_up.overdue_days(today), one, _again(follow_up, one, every, words))
            for one in every
            for follow_up in one.follow_ups
        ),
        key=lambda each: (-each.overdue, each.follow_up.due or date.max, each.follow_up.id),
    )
    strip = incident_strip(
        axis,
        [
            Happened(
                one.number,
                one.accident.day,
                one.accident.grade,
                one.accident.amount,
                one.accident.currency,
            )
            for one in numbered
        ],
    )
    return Accidents(
        shown=numbered,
        strip=strip,
        names={
            mark.number: _name(numbered[mark.number - 1].accident, words)
            for mark in strip.marks
            if mark.named
        },
        sized_by=sorted({one.accident.currency or "" for one in numbered if one.accident.amount}),
        events=events,
        noticed=(
            sum(1 for one in recent if one.detected_by == "monitoring"),
            sum(1 for one in recent if one.detected_by),
        ),
        by_grade=grades([one.accident for one in numbered]),
        this_year=grades([one for one in every if words.number_of(one.week)[0] == year]),
        year=year,
        since=days_between(grave, today),
        last_grave=shown_grave[-1] if shown_grave else None,
        light=run_chart(_counts(recent, axis)),
        causes=pareto(one.cause or "unknown" for one in recent),
        parties=pareto(one.third_party for one in recent if one.third_party),
        took=dot_plot(
            [
                (one.number, one.accident.minutes)
                for one in numbered
                if one.accident.minutes is not None and one.accident.week > newest - WEEK * YEAR
            ]
        ),
        open=open_ones[:MOST_FOLLOW_UPS],
        open_count=len(open_ones),
        overdue_count=sum(1 for each in open_ones if each.overdue),
    )


def grades(accidents: Sequence[Accident]) -> list[tuple[str, int]]:
    """How many of each grade, the gravest first; grades without any are left out."""
    return [
        (grade, count)
        for grade in ORDER
        if (count := sum(1 for accident in accidents if accident.grade == grade))
    ]


def _again(follow_up: FollowUp, accident: Accident, every: Sequence[Accident], words: Words) -> str:
    since = max(accident.day, follow_up.opened or accident.day)
    later = [
        one
        for one in every
        if accident.third_party and one.third_party == accident.third_party and one.day > since
    ]
    return words.happened(max(later, key=lambda one: one.day)) if later else ""


def _counts(recent: Sequence[Accident], axis: TimeAxis) -> list[int]:
    """Accidents of the light grades in each of the newest 52 weeks."""
    weeks = [axis.week(axis.weeks - 1) - timedelta(days=7 * back) for back in range(YEAR - 1, -1, -1)]
    light = [one.week for one in recent if one.grade in LIGHT]
    return [light.count(week) for week in weeks]


def _name(accident: Accident, words: Words) -> str:
    amount = words.amount(accident.amount, accident.currency) if accident.amount else ""
    return " ".join(part for part in (accident.third_party or "", amount) if part)
