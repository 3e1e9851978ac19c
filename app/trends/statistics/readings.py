"""A metric's readings laid out on a time axis: values, gaps, restatements, targets. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from app.metrics.scales import WHOLE, Interval, failures_per_million, interval, is_met
from app.trends.axes import TimeAxis

Kind = Literal["rate", "ytd_rate", "count", "ytd_count", "gauge"]


@dataclass(frozen=True, slots=True)
class TargetFrom:
    """A target and the day from which it holds. A week is judged by the one in force on its Sunday."""

    from_day: date
    literal: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class Baseline:
    """Weeks from which a person locked the limits, and why. They hold from its first day on."""

    from_day: date
    until_day: date
    reason: str


@dataclass(frozen=True, slots=True)
class Metric:
    """What is measured; `first_week` is the first week it was ever reported, the rest oldest first."""

    id: int
    key: str
    name: str
    unit: str | None
    kind: str
    direction: str
    rounding: str
    scale: str
    retired_from: date | None
    first_week: date | None
    targets: tuple[TargetFrom, ...] = ()
    baselines: tuple[Baseline, ...] = ()
    spc_scale: str = "cbrt"
    team_id: int = 0

    @property
    def is_rate(self) -> bool:
        return self.kind in ("rate", "ytd_rate")

    @property
    def is_year_to_date(self) -> bool:
        return self.kind.startswith("ytd_")

    @property
    def is_count(self) -> bool:
        return self.kind in ("count", "ytd_count")

    @property
    def lower_is_better(self) -> bool:
        return self.direction == "down"


@dataclass(frozen=True, slots=True)
class Reading:
    """A value as a revision of a week's report said it; `stands` where that revision is the published one."""

    week: date
    revision: int
    stands: bool
    literal: str
    value: Decimal
    decimals: int
    numerator: Decimal | None = None
    denominator: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """A week's value that stands. `former` is what an earlier revision said, where that differs.

    `times` is how often it was said otherwise before.
    """

    index: int
    week: date
    literal: str
    value: Decimal
    decimals: int
    low: Decimal
    high: Decimal
    revision: int
    former: Reading | None = None
    times: int = 0
    numerator: Decimal | None = None
    denominator: Decimal | None = None


@dataclass(frozen=True, slots=True)
class FailureChange:
    """Failures per million before and now; `percent` None where there were none before."""

    before: Decimal
    now: Decimal
    percent: int | None


@dataclass(frozen=True, slots=True)
class Series:
    """A metric's weeks on a time axis. `withdrawn` holds by index what only earlier revisions said.

    `impossible` are values that no rate can have, below 0 or above 100 %: they are shown as written and take
    part in nothing. `before` are the values from before the axis begins, with negative indexes: limits and
    last year need them. `by_index` has them too.
    """

    metric: Metric
    values: tuple[Value, ...]
    missing: tuple[int, ...]
    withdrawn: Mapping[int, str] = field(default_factory=dict)
    by_index: Mapping[int, Value] = field(default_factory=dict)
    missing_set: frozenset[int] = frozenset()
    before: tuple[Value, ...] = ()
    impossible: Mapping[int, Value] = field(default_factory=dict)

    @property
    def history(self) -> tuple[Value, ...]:
        """All that is known, oldest first."""
        return (*self.before, *self.values)

    @property
    def latest(self) -> Value | None:
        return self.values[-1] if self.values else None

    def in_days(self, first: date, last: date) -> tuple[Value, ...]:
        """The values of the weeks that begin in a stretch of days, both ends included."""
        return tuple(value for value in self.history if first <= value.week <= last)

    def middle_of_four(self) -> Value | None:
        """The median of the last four weeks, as it was reported; of two middle values the worse one.

        None where fewer than three of them have a value.
        """
        if self.latest is None:
            return None
        four = [
            value for back in range(4) if (value := self.by_index.get(self.latest.index - back)) is not None
        ]
        ranked = sorted(four, key=lambda value: value.value, reverse=self.metric.lower_is_better)
        return ranked[(len(ranked) - 1) // 2] if len(ranked) >= 3 else None

    @property
    def restated(self) -> tuple[Value, ...]:
        return tuple(value for value in self.values if value.former is not None)

    @property
    def worst(self) -> Value | None:
        """The worst of all; None where there is none."""
        return self.worst_among(self.values) if self.values else None

    def worst_among(self, values: Sequence[Value]) -> Value:
        """The lowest value, or the highest where lower is better; the newest of equals."""
        sign = -1 if self.metric.lower_is_better else 1
        return min(values, key=lambda value: (sign * value.value, -value.index))

    @property
    def varies(self) -> bool:
        return len({value.value for value in self.values}) > 1

    def target_in(self, week: date) -> TargetFrom | None:
        """The target that the week is judged by."""
        sunday = week + timedelta(days=6)
        held = [target for target in self.metric.targets if target.from_day <= sunday]
        return held[-1] if held else None

    def meets_target(self, value: Value) -> bool | None:
        """Whether it does; None without a target."""
        target = self.target_in(value.week)
        return None if target is None else is_met(value.value, target.value, self.metric.direction)

    @property
    def change(self) -> FailureChange | None:
        """How the failures of the latest week compare with the week before, where both are rates."""
        latest = self.latest
        before = self.by_index.get(latest.index - 1) if latest else None
        if latest is None or before is None or self.metric.kind != "rate":
            return None
        return failure_change(before.value, latest.value, self.metric.direction)


def series(metric: Metric, readings: Sequence[Reading], axis: TimeAxis) -> Series:
    """The metric's readings laid out on the axis.

    Missing are the weeks from its first one ever until it was retired that have no value.
    """
    by_week: dict[date, list[Reading]] = {}
    for reading in readings:
        by_week.setdefault(reading.week, []).append(reading)
    values: list[Value] = []
    withdrawn: dict[int, str] = {}
    impossible: dict[int, Value] = {}
    for week in sorted(by_week):
        told = by_week[week]
        if len(told) > 1:
            told.sort(key=lambda reading: reading.revision)
        standing = next((reading for reading in told if reading.stands), None)
        if standing is None:
            withdrawn[axis.index(week)] = told[-1].literal
        else:
            value = _value(metric, standing, told, axis)
            if metric.is_rate and not 0 <= value.value <= WHOLE:
                impossible[value.index] = value
            else:
                values.append(value)
    known = {value.index: value for value in values}
    begins = max(0, axis.index(metric.first_week)) if metric.first_week else axis.weeks
    ends = axis.weeks if metric.retired_from is None else min(axis.weeks, axis.index(metric.retired_from))
    missing = tuple(index for index in range(begins, ends) if index not in known and index not in impossible)
    shown = next((place for place, value in enumerate(values) if value.index >= 0), len(values))
    return Series(
        metric,
        tuple(values[shown:]),
        missing,
        withdrawn,
        known,
        frozenset(missing),
        before=tuple(values[:shown]),
        impossible=impossible,
    )


def failure_change(before: Decimal, now: Decimal, direction: str = "up") -> FailureChange:
    """280 → 200 failures per million is −29 %."""
    was, is_ = failures_per_million(before, direction), failures_per_million(now, direction)
    percent = int(((is_ - was) / was * 100).to_integral_value("ROUND_HALF_EVEN")) if was > 0 else None
    return FailureChange(was, is_, percent)


def target_spans(series: Series, axis: TimeAxis) -> list[tuple[int, int, TargetFrom]]:
    """Which target holds from which week until before which; whole weeks, as they are judged."""
    spans: list[tuple[int, int, TargetFrom]] = []
    ends = axis.weeks
    retired = series.metric.retired_from
    if retired is not None:
        ends = max(0, min(ends, axis.index(retired)))
    for target in reversed(series.metric.targets):
        begins = max(0, axis.index(target.from_day))
        if begins < ends:
            spans.append((begins, ends, target))
            ends = begins
    return spans[::-1]


def runs(indexes: Sequence[int]) -> list[tuple[int, int]]:
    """Neighbouring weeks as stretches: 3, 4, 5, 9 is 3 to 5 and 9."""
    found: list[tuple[int, int]] = []
    for index in indexes:
        if found and found[-1][1] == index - 1:
            found[-1] = (found[-1][0], index)
        else:
            found.append((index, index))
    return found


def _value(metric: Metric, standing: Reading, told: Sequence[Reading], axis: TimeAxis) -> Value:
    if metric.is_count and standing.decimals == 0:  # counted, not rounded
        stands_for = Interval(standing.value, standing.value)
    else:
        stands_for = interval(standing.value, standing.decimals, metric.rounding, rate=metric.is_rate)
    former = [
        reading
        for reading in told
        if reading.revision < standing.revision
        and (reading.value, reading.decimals) != (standing.value, standing.decimals)
    ]
    return Value(
        index=axis.index(standing.week),
        week=standing.week,
        literal=standing.literal,
        value=standing.value,
        decimals=standing.decimals,
        low=stands_for.low,
        high=stands_for.high,
        revision=standing.revision,
        former=former[-1] if former else None,
        times=len(former),
        numerator=standing.numerator,
        denominator=standing.denominator,
    )
