"""Signals told from noise: a metric's limits stretch by stretch, its signals, and what they come to. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from app.trends.axes import TimeAxis
from app.trends.statistics.readings import Baseline, Series, Value
from app.trends.statistics.rules import Crossings, Side, crossings, long_runs, outside, side
from app.trends.statistics.xmr import Bounds, Limits, Without, limits

RECENT = 52
"""Weeks that limits are taken from while nobody locked them."""

STAYS = 4
"""Weeks on one side before a line that seldom crosses is said to have moved there."""

Kind = Literal["outside", "run"]
Variation = Literal["better", "worse", "ordinary", "uncertain", "trial", "unknown"]
Assurance = Literal["meets", "misses", "sometimes", "met", "missed", "no_target", "no_value"]
"""`met` and `missed` speak of the newest week alone, where there are no limits to judge by, or on trial."""


@dataclass(frozen=True, slots=True)
class Signal:
    """A week out of the ordinary. `good` where it lies on the better side.

    Not `certain`: what was reported stands for an interval, and only one end of it would be a signal.
    `length` is that of its run.
    """

    kind: Kind
    side: Side
    good: bool
    certain: bool = True
    length: int = 0


@dataclass(frozen=True, slots=True)
class Stretch:
    """Weeks from `first` until before `until` that are judged by the same limits, or why by none.

    `baseline` where a person locked them.
    """

    first: int
    until: int
    found: Limits | Without
    baseline: Baseline | None = None
    crossings: Crossings | None = None

    @property
    def limits(self) -> Limits | None:
        return self.found if isinstance(self.found, Limits) else None


@dataclass(frozen=True, slots=True)
class Judged:
    """What a series comes to. `signals` by index; the newest stretch is the last."""

    series: Series
    stretches: tuple[Stretch, ...]
    signals: Mapping[int, Signal] = field(default_factory=dict)
    variation: Variation = "unknown"
    assurance: Assurance = "no_value"

    @property
    def newest(self) -> Stretch:
        return self.stretches[-1]

    @property
    def limits(self) -> Limits | None:
        """Those that the newest week is judged by."""
        return self.newest.limits

    @property
    def without(self) -> Without | None:
        """Why the newest week is judged by no limits."""
        return None if isinstance(self.newest.found, Limits) else self.newest.found

    @property
    def signal(self) -> Signal | None:
        """The newest value's."""
        latest = self.series.latest
        return self.signals.get(latest.index) if latest else None

    @property
    def shifted_to(self) -> Side:
        """The side on which the newest weeks stay, where the line crosses its centre too seldom; else 0.

        This is said of the whole stretch, not of a week.
        """
        crossed = self.newest.crossings
        stays = crossed is not None and crossed.too_few and crossed.current_length >= STAYS
        return crossed.current if crossed is not None and stays else 0

    def bounds_of(self, value: Value) -> Bounds | None:
        """The limits that the value of a week is judged by."""
        for stretch in reversed(self.stretches):
            if stretch.first <= value.index < stretch.until:
                return stretch.limits.of(value) if stretch.limits else None
        return None


def judge(series: Series, axis: TimeAxis) -> Judged:
    """Limits, signals, variation and assurance of a metric.

    Limits come from the newest 52 weeks, whatever stretch is looked at, until a person locks a baseline;
    from its first day on its limits hold, until the next one's.
    """
    stretches = _stretches(series, axis)
    signals: dict[int, Signal] = {}
    judged = []
    for stretch in stretches:
        found, crossed = _signals(series, stretch)
        signals |= found
        judged.append(Stretch(stretch.first, stretch.until, stretch.found, stretch.baseline, crossed))
    result = Judged(series, tuple(judged), signals)
    return Judged(series, result.stretches, signals, _variation(result), _assurance(result))


def _stretches(series: Series, axis: TimeAxis) -> list[Stretch]:
    stretches: list[Stretch] = []
    ends = axis.weeks
    for locked in reversed(series.metric.baselines):
        begins, until = axis.index(locked.from_day), axis.index(locked.until_day)
        if begins < ends:
            values = [value for value in series.history if begins <= value.index <= until]
            stretches.append(Stretch(begins, ends, limits(series.metric, values), locked))
            ends = begins
    begins = ends - RECENT
    values = [value for value in series.history if begins <= value.index < ends]
    if values or not stretches:
        stretches.append(Stretch(begins, ends, limits(series.metric, values)))
    return stretches[::-1]


def _signals(series: Series, stretch: Stretch) -> tuple[dict[int, Signal], Crossings | None]:
    found = stretch.limits
    if found is None:
        return {}, None
    values = [value for value in series.history if stretch.first <= value.index < stretch.until]
    down = series.metric.lower_is_better
    signals: dict[int, Signal] = {}
    if not found.trial:
        signals |= _in_long_runs(values, found, down=down, locked=stretch.baseline is not None)
    for value in values:
        bounds = found.of(value)
        ends = {outside(end, bounds.lower, bounds.upper) for end in found.ends(value)}
        which = outside(found.told(value), bounds.lower, bounds.upper) or next(filter(None, ends), 0)
        certain = ends == {which}
        if which and (certain or value.index not in signals):
            signals[value.index] = Signal("outside", which, (which > 0) != down, certain=certain)
    sides = [side(found.told(value), found.middle) for value in values]
    return signals, None if found.trial else crossings(sides)


def _in_long_runs(values: Sequence[Value], found: Limits, *, down: bool, locked: bool) -> dict[int, Signal]:
    """The weeks of runs too long; certain where they are so without weeks whose interval holds the median."""
    middle = found.middle
    sides = [side(found.told(value), middle) for value in values]
    sure = [
        each if {side(end, middle) for end in found.ends(value)} == {each} else 0
        for value, each in zip(values, sides, strict=True)
    ]
    certain = {place for first, last, _ in long_runs(sure, locked=locked) for place in range(first, last + 1)}
    signals = {}
    for first, last, which in long_runs(sides, locked=locked):
        places = [place for place in range(first, last + 1) if sides[place] == which]
        for place in places:
            signals[values[place].index] = Signal(
                "run", which, (which > 0) != down, certain=bool(certain & set(places)), length=len(places)
            )
    return signals


def _variation(judged: Judged) -> Variation:
    found, signal = judged.limits, judged.signal
    if found is None:
        return "unknown"
    if signal is not None:
        return ("better" if signal.good else "worse") if signal.certain else "uncertain"
    if found.trial:
        return "trial"
    shifted = judged.shifted_to
    if shifted:
        return "better" if (shifted > 0) != judged.series.metric.lower_is_better else "worse"
    return "ordinary"


def _assurance(judged: Judged) -> Assurance:
    """Whether the metric can be relied on to meet its target: where its limits lie, not its newest week.

    From fewer than twelve weeks nothing is relied on.
    """
    series, found = judged.series, judged.limits
    latest = series.latest
    if latest is None:
        return "no_value"
    target = series.target_in(latest.week)
    if target is None:
        return "no_target"
    if found is None or found.trial:
        return "met" if series.meets_target(latest) else "missed"
    bounds, wanted = found.of(latest), float(target.value)
    above, below = bounds.lower >= wanted, bounds.upper < wanted
    if series.metric.lower_is_better:
        above, below = bounds.upper <= wanted, bounds.lower > wanted
    return "meets" if above else "misses" if below else "sometimes"
