"""The computed sentences of the trend page, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol

from app.document.schema import WeekRule
from app.document.weeks import week_of
from app.metrics.scales import failures_per_million, plain
from app.trends.asked import Unit
from app.trends.axes import TimeAxis
from app.trends.queries import Accident, Week
from app.trends.statistics import Metric, Series, Value, runs

MOST_STRETCHES = 4
MOST_NAMED = 2
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


class Words:
    """Sentences about the weeks of one axis; values in percent or as failures per million."""

    def __init__(
        self, f: Language, *, axis: TimeAxis, weeks: Mapping[date, Week], rule: WeekRule, unit: Unit
    ) -> None:
        self._ = f.gettext
        self.ngettext = f.ngettext
        self._f = f
        self._and = f.key("trends.between_names")
        self._comma = f.key("trends.between_parts")
        self._semicolon = f.key("trends.between_sentences")
        self._full_stop = f.key("trends.full_stop")
        self._axis = axis
        self._weeks = weeks
        self._rule: WeekRule = rule
        self._unit = unit
        self._this_year = self.number_of(axis.week(axis.weeks - 1))[0]

    # Weeks

    def number_of(self, monday: date) -> tuple[int, int]:
        """Year and number, as the report is labelled, else as the team counts."""
        week = self._weeks.get(monday)
        return (week.year, week.number) if week else week_of(monday, self._rule)

    def week(self, monday: date) -> str:
        """`第 24 周`, `week 24`; with the year where it is not the newest week's."""
        year, number = self.number_of(monday)
        if year == self._this_year:
            return self._("week %(number)s") % {"number": number}
        return self._("week %(number)s of %(year)s") % {"number": number, "year": year}

    def stretches(self, indexes: Sequence[int]) -> str:
        """`第 3 周至第 5 周、第 9 周`; after a few only how many there are more."""
        found = runs(indexes)
        shown = found if len(found) <= MOST_STRETCHES else found[-MOST_STRETCHES + 1 :]
        names = [
            self.week(self._axis.week(first))
            if first == last
            else self._("%(first)s to %(last)s")
            % {"first": self.week(self._axis.week(first)), "last": self.week(self._axis.week(last))}
            for first, last in shown
        ]
        text = self._and.join(names)
        hidden = sum(last - first + 1 for first, last in found[: len(found) - len(shown)])
        if hidden:
            text += self.ngettext(" and %(count)s more", " and %(count)s more", hidden) % {"count": hidden}
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
        if abs(value) < LARGE_FROM:
            return plain(value)
        sizes = LARGE["zh" if self._f.language == "zh" else "en"]
        size, name = next(each for each in sizes if abs(value) >= each[0])
        return f"{plain(value / size)}{name}"

    def _in_failures(self, metric: Metric) -> bool:
        return self._unit == "ppm" and metric.is_rate

    def interval(self, metric: Metric, value: Value) -> str:
        low, high = self.bare(metric, value.low), self.bare(metric, value.high)
        if self._in_failures(metric) and not metric.lower_is_better:
            low, high = high, low
        return self._("%(low)s to %(high)s") % {"low": low, "high": high}

    def change(self, series: Series) -> tuple[str, str] | None:
        """`280 → 200 ppm` and `−29%`; the second is empty where there was no failure before."""
        change = series.change
        if change is None:
            return None
        percent = "" if change.percent is None else f"{change.percent:+d}%".replace("-", "−")
        return f"{plain(change.before)} → {plain(change.now)} ppm", "±0%" if percent == "+0%" else percent

    # Sentences

    def headline(self, measured: Sequence[Series]) -> str:
        """The newest week against its targets, in one sentence."""
        _, last = self._, self._axis.weeks - 1
        week = self.week(self._axis.week(last))
        now = [(series, series.by_index[last]) for series in measured if last in series.by_index]
        if not now:
            return self._sentence(_("%(week)s reports no metrics.") % {"week": week})
        judged = [(series, value, series.meets_target(value)) for series, value in now]
        missed = [(series, value) for series, value, met in judged if met is False]
        met = sum(1 for _series, _value, is_met in judged if is_met)
        if missed:
            return self._sentence(self._missed(missed, met))
        first = self._named(*now[0])
        if met:
            return self._sentence(
                self.ngettext(
                    "%(first)s in %(week)s; the one metric with a target meets it.",
                    "%(first)s in %(week)s; all %(count)s metrics with a target meet it.",
                    met,
                )
                % {"first": first, "week": week, "count": met}
            )
        named = self._semicolon.join(self._named(*each) for each in now[:MOST_NAMED])
        return self._sentence(
            _("%(named)s in %(week)s; no targets are set.") % {"named": named, "week": week}
        )

    def _missed(self, missed: Sequence[tuple[Series, Value]], met: int) -> str:
        _ = self._
        told = []
        for series, value in missed[:MOST_NAMED]:
            target = series.target_in(value.week)
            text = _("%(named)s misses its target of %(target)s")
            literal = self.number(series.metric, target.value, target.literal) if target else ""
            told.append(text % {"named": self._named(series, value), "target": literal})
        rest = []
        if more := len(missed) - len(told):
            rest.append(
                self.ngettext("%(count)s more missed", "%(count)s more missed", more) % {"count": more}
            )
        if met:
            rest.append(self.ngettext("%(count)s met", "%(count)s met", met) % {"count": met})
        if rest:
            told.append(self._comma.join(rest))
        return self._semicolon.join(told) + self._full_stop

    def _named(self, series: Series, value: Value) -> str:
        return self._("%(name)s %(value)s") % {
            "name": series.metric.name,
            "value": self.number(series.metric, value.value, value.literal),
        }

    def missing(self, indexes: Sequence[int]) -> str:
        """`缺报 2 周：第 6 周、第 9 周`, or nothing."""
        if not indexes:
            return ""
        count = self.ngettext("%(count)s week missing", "%(count)s weeks missing", len(indexes))
        return self._("%(count)s: %(weeks)s") % {
            "count": count % {"count": len(indexes)},
            "weeks": self.stretches(indexes),
        }

    def restated(self, series: Series) -> list[str]:
        """What was said otherwise before, a sentence a week."""
        return [
            self._("%(week)s restated from %(former)s to %(now)s")
            % {
                "week": self.week(value.week),
                "former": self.number(series.metric, value.former.value, value.former.literal),
                "now": self.number(series.metric, value.value, value.literal),
            }
            for value in series.restated
            if value.former is not None
        ]

    def description(self, series: Series) -> str:
        """`26 周，最新 99.972%，最低 99.912%（第 18 周），缺报 1 周`: a chart in one sentence."""
        _, metric = self._, series.metric
        parts = [
            self.ngettext("%(count)s week", "%(count)s weeks", self._axis.weeks) % {"count": self._axis.weeks}
        ]
        latest, worst = series.latest, series.worst
        if latest is None or worst is None:
            return parts[0] + self._comma + _("no values")
        newest = self.number(metric, latest.value, latest.literal)
        if latest.index != self._axis.weeks - 1:
            newest = _("%(value)s (%(week)s)") % {"value": newest, "week": self.week(latest.week)}
        parts.append(_("latest %(value)s") % {"value": newest})
        parts.extend(self._shape(series, worst))
        target = series.target_in(latest.week)
        if target:
            parts.append(_("target %(value)s") % {"value": self.number(metric, target.value, target.literal)})
        if series.missing:
            missing = len(series.missing)
            parts.append(
                self.ngettext("%(count)s week missing", "%(count)s weeks missing", missing)
                % {"count": missing}
            )
        if series.restated:
            restated = len(series.restated)
            parts.append(
                self.ngettext("%(count)s value restated", "%(count)s values restated", restated)
                % {"count": restated}
            )
        return self._comma.join(parts)

    def _shape(self, series: Series, worst: Value) -> list[str]:
        _ = self._
        if len(series.values) == 1:
            return [_("the only value")]
        if (
            worst.value
            == max(value.value for value in series.values)
            == min(value.value for value in series.values)
        ):
            return [_("the same every week")]
        if series.metric.is_year_to_date:
            return []
        text = (
            _("highest %(value)s (%(week)s)")
            if series.metric.lower_is_better
            else _("lowest %(value)s (%(week)s)")
        )
        literal = self.number(series.metric, worst.value, worst.literal)
        return [text % {"value": literal, "week": self.week(worst.week)}]

    def worst_of(self, series: Series, values: Sequence[Value]) -> str:
        """What a spot says that stands for several weeks."""
        worst = series.worst_among(values)
        text = f"{self.week(worst.week)} {self.number(series.metric, worst.value, worst.literal)}"
        if len(values) > 1:
            text += self._comma + self._("the worst of %(count)s weeks") % {"count": len(values)}
        return self._capital(text)

    def point(self, series: Series, value: Value, accidents: Sequence[int]) -> str:
        """What a point says when it is read out: week, value, what it stands for, target, what happened."""
        _, metric = self._, series.metric
        text = f"{self.week(value.week)} {self.number(metric, value.value, value.literal)}"
        if metric.is_rate:
            text = _("%(value)s (%(interval)s)") % {
                "value": text,
                "interval": self.interval(metric, value),
            }
        parts = [text]
        met = series.meets_target(value)
        if met is not None:
            parts.append(_("meets its target") if met else _("misses its target"))
        if value.former is not None:
            former = self.number(metric, value.former.value, value.former.literal)
            parts.append(_("restated from %(former)s") % {"former": former})
        if accidents:
            numbers = self._and.join(str(number) for number in accidents)
            parts.append(
                self.ngettext("accident no. %(numbers)s", "accidents no. %(numbers)s", len(accidents))
                % {"numbers": numbers}
            )
        return self._capital(self._comma.join(parts))

    def gap(self, index: int, withdrawn: str | None) -> str:
        week = self.week(self._axis.week(index))
        if withdrawn is not None:
            return self._capital(
                self._("%(week)s missing (%(former)s was withdrawn)") % {"week": week, "former": withdrawn}
            )
        return self._capital(self._("%(week)s missing") % {"week": week})

    def happened(self, accident: Accident) -> str:
        """An accident's day in short, else its week."""
        if accident.started_at:
            return self._f.short_day(date.fromisoformat(accident.started_at[:10]))
        return self._capital(self.week(accident.week))

    def _sentence(self, text: str) -> str:
        return self._capital(text)

    def _capital(self, text: str) -> str:
        return text[:1].upper() + text[1:]


def short_symptom(text: str) -> str:
    """The symptom's first line without Markdown, cut where it is long."""
    first = text.strip().split("\n", 1)[0]
    bare = first.replace("**", "").replace("__", "").replace("`", "").strip()
    return bare if len(bare) <= SYMPTOM_LENGTH else bare[: SYMPTOM_LENGTH - 1] + "…"
