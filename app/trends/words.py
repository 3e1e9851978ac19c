"""Weeks, values and names as the trend page says them, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol

from app.document.schema import WeekRule
from app.document.weeks import week_of
from app.metrics.scales import failures_per_million, plain
from app.trends.accident_queries import Accident
from app.trends.asked import Unit
from app.trends.axes import TimeAxis
from app.trends.queries import Week
from app.trends.statistics import Metric, Series, Value, runs

MOST_STRETCHES = 4
SYMPTOM_LENGTH = 60
LARGE_FROM = 100_000
LARGE = {
    "zh": ((Decimal(10) ** 8, " 亿"), (Decimal(10) ** 4, " 万")),
    "en": ((Decimal(10) ** 9, "B"), (Decimal(10) ** 6, "M"), (Decimal(10) ** 3, "k")),
}
"""How an axis label of five zeros or more is shortened."""


class Language(Protocol):
    """What sentences need of a translation."""

    language: str

    def gettext(self, message: str) -> str: ...
    def key(self, key: str) -> str: ...
    def ngettext(self, one: str, many: str, count: int) -> str: ...
    def short_day(self, day: date) -> str: ...
    def day(self, day: date) -> str: ...


class Words:
    """Words for the weeks of one axis; values in percent or as failures per million.

    `teams` are the names of teams that stand side by side.
    """

    def __init__(
        self,
        f: Language,
        *,
        axis: TimeAxis,
        weeks: Mapping[date, Week],
        rule: WeekRule,
        unit: Unit,
        teams: Mapping[int, str] | None = None,
    ) -> None:
        self.gettext = f.gettext
        self.between_names = f.key("trends.between_names")
        self.comma = f.key("trends.between_parts")
        self.semicolon = f.key("trends.between_sentences")
        self.colon = f.key("trends.colon")
        self.full_stop = f.key("trends.full_stop")
        self.axis = axis
        self.unit = unit
        self._f = f
        self._teams = teams or {}
        self._weeks = weeks
        self._rule: WeekRule = rule
        self._this_year = self.number_of(axis.week(axis.weeks - 1))[0]

    def ngettext(self, one: str, many: str, count: int, **told: str) -> str:
        """A counted thing, the `%(count)s` filled in, and what else is told."""
        return self._f.ngettext(one, many, count) % {"count": count, **told}

    # Weeks

    def number_of(self, monday: date) -> tuple[int, int]:
        """Year and number, as the report is labelled, else as the team counts."""
        week = self._weeks.get(monday)
        return (week.year, week.number) if week else week_of(monday, self._rule)

    def week(self, monday: date) -> str:
        """`第 24 周`, `week 24`; with the year where it is not the newest week's."""
        year, number = self.number_of(monday)
        if year == self._this_year:
            return self.gettext("week %(number)s") % {"number": number}
        return self.gettext("week %(number)s of %(year)s") % {"number": number, "year": year}

    def stretches(self, indexes: Sequence[int]) -> str:
        """`第 3 周至第 5 周、第 9 周`; after a few only how many there are more."""
        found = runs(indexes)
        shown = found if len(found) <= MOST_STRETCHES else found[-MOST_STRETCHES + 1 :]
        names = [
            self.week(self.axis.week(first))
            if first == last
            else self.gettext("%(first)s to %(last)s")
            % {"first": self.week(self.axis.week(first)), "last": self.week(self.axis.week(last))}
            for first, last in shown
        ]
        text = self.between_names.join(names)
        hidden = sum(last - first + 1 for first, last in found[: len(found) - len(shown)])
        if hidden:
            text += self.ngettext(" and %(count)s more", " and %(count)s more", hidden)
        return text

    # Values

    def number(self, metric: Metric, value: Decimal, literal: str) -> str:
        """The literal as reported, or the failures per million that it means."""
        if self._in_failures(metric):
            return f"{plain(failures_per_million(value, metric.direction))}\u00a0ppm"
        return literal

    def bare(self, metric: Metric, value: Decimal) -> str:
        """A number that nobody typed: the end of an interval."""
        if metric.is_rate:
            return self.number(metric, value, f"{plain(value)}%")
        return plain(value)

    def tick(self, metric: Metric, value: Decimal) -> str:
        """An axis label; failures per million without the unit, large numbers in thousands or more."""
        if self._in_failures(metric):
            value = failures_per_million(value, metric.direction)
        elif metric.is_rate:
            return f"{plain(value)}%"
        return self._shortened(value) if abs(value) >= LARGE_FROM else plain(value)

    def amount(self, value: Decimal, currency: str | None) -> str:
        """Money in short: `820 万元`, `CNY 8.2M`, `USD 8.2M`; the number alone where no currency is said."""
        if abs(value) < LARGE[self._large_in][-1][0]:
            short = plain(value.quantize(Decimal(1)))
        else:
            size, name = next(each for each in LARGE[self._large_in] if abs(value) >= each[0])
            exact_to = Decimal("0.1") if value < 10 * size else Decimal(1)
            short = f"{plain((value / size).quantize(exact_to))}{name}"
        return self._money(short, currency)

    def exact_amount(self, value: Decimal, currency: str | None) -> str:
        """Money to the cent: `193.20元`, `CNY 193.20`."""
        return self._money(f"{value:,.2f}", currency)

    def _money(self, number: str, currency: str | None) -> str:
        if currency == "CNY":
            return self.gettext("CNY %(short)s") % {"short": number}
        return f"{currency} {number}" if currency else number.strip()

    def _shortened(self, value: Decimal) -> str:
        size, name = next(each for each in LARGE[self._large_in] if abs(value) >= each[0])
        return f"{plain(value / size)}{name}"

    @property
    def _large_in(self) -> str:
        return "zh" if self._f.language == "zh" else "en"

    def shown_side(self, metric: Metric, side: int) -> int:
        """The side as it is read: failures go up where successes go down."""
        return -side if self._in_failures(metric) and not metric.lower_is_better else side

    def _in_failures(self, metric: Metric) -> bool:
        return self.unit == "ppm" and metric.is_rate

    def interval(self, metric: Metric, value: Value) -> str:
        low, high = self.bare(metric, value.low), self.bare(metric, value.high)
        if self._in_failures(metric) and not metric.lower_is_better:
            low, high = high, low
        return self.gettext("%(low)s to %(high)s") % {"low": low, "high": high}

    def change(self, series: Series) -> tuple[str, str] | None:
        """`280 → 200 ppm` and `−29%`; the second is empty where there was no failure before."""
        change = series.change
        if change is None:
            return None
        percent = "" if change.percent is None else f"{change.percent:+d}%".replace("-", "−")
        return f"{plain(change.before)} → {plain(change.now)} ppm", "±0%" if percent == "+0%" else percent

    def bound(self, metric: Metric, value: float, decimals: int) -> str:
        """A limit, which is an estimate: to one digit more than was reported."""
        exact_to = Decimal(1).scaleb(-(decimals + 1))
        return self.bare(metric, Decimal(repr(value)).quantize(exact_to))

    # Sentences

    def named(self, series: Series, value: Value) -> str:
        return self.gettext("%(name)s %(value)s") % {
            "name": self.name(series),
            "value": self.number(series.metric, value.value, value.literal),
        }

    def name(self, series: Series) -> str:
        """The metric's name; with its team's where several are side by side."""
        team = self._teams.get(series.metric.team_id)
        return f"{team} · {series.metric.name}" if team else series.metric.name

    def happened(self, accident: Accident) -> str:
        """An accident's day in short, else its week."""
        if accident.started_at:
            return self._f.short_day(date.fromisoformat(accident.started_at[:10]))
        return capital(self.week(accident.week))

    def day(self, day: date) -> str:
        """A day in short, with its year where it is not the newest week's."""
        if day.year == self._this_year:
            return self._f.short_day(day)
        return self._f.day(day)


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def short_symptom(text: str) -> str:
    """The symptom's first line without Markdown, cut where it is long."""
    first = text.strip().split("\n", 1)[0]
    bare = first.replace("**", "").replace("__", "").replace("`", "").strip()
    return bare if len(bare) <= SYMPTOM_LENGTH else bare[: SYMPTOM_LENGTH - 1] + "…"
