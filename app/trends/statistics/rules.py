"""Which weeks are out of the ordinary: outside the limits, too long on one side, too seldom across.

Run and crossing rules from J. Anhøj and A. V. Olesen, "Run charts revisited", PLoS ONE 9(11), 2014: of n
points that are not on the centre line, a longest run of more than log₂(n) + 3, or fewer crossings than the
lower 5 % point of a binomial with n − 1 trials and probability ½. They round log₂(n) + 3 to a whole number;
here it is not rounded. There is no rule for trends: six points rising in a row are found in half of all
24-week stretches of pure chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import comb, log2

Side = int
"""1 above the centre line, −1 below, 0 on it."""

TOLERANCE = 1e-9
FEWEST_FOR_RUNS = 12


@dataclass(frozen=True, slots=True)
class Crossings:
    """How often the line crosses the centre, the least that chance allows, and where it is now."""

    found: int
    least: int
    current: Side = 0
    current_length: int = 0

    @property
    def too_few(self) -> bool:
        return self.found < self.least


def side(value: float, centre: float) -> Side:
    if abs(value - centre) <= TOLERANCE * max(1.0, abs(centre)):
        return 0
    return 1 if value > centre else -1


def outside(value: float, lower: float, upper: float) -> Side:
    """−1 below the lower limit, 1 above the upper one, 0 between and on them."""
    room = TOLERANCE * max(1.0, abs(value))
    return -1 if value < lower - room else 1 if value > upper + room else 0


def longest_run_allowed(useful: int) -> float:
    """log₂(n) + 3: a longer run is a signal."""
    return log2(useful) + 3


@cache
def least_crossings(useful: int) -> int:
    """The 5 % point of the binomial distribution of n − 1 trials: fewer crossings are a signal."""
    trials = useful - 1
    if trials < 1:
        return 0
    below, total = 0.0, 2.0**trials
    for crossings in range(trials + 1):
        below += comb(trials, crossings) / total
        if below >= 0.05:
            return crossings
    return trials


def differs(above: int, below: int) -> bool:
    """The sign test, two-sided at 5 %: whether so many on one side of a median are more than chance."""
    trials = above + below
    tail = sum(comb(trials, each) for each in range(min(above, below) + 1)) / 2.0**trials
    return 2 * tail <= 0.05


def crossings(sides: Sequence[Side]) -> Crossings:
    """Points on the centre line neither cross nor count."""
    useful = [each for each in sides if each]
    if not useful:
        return Crossings(0, 0)
    turns = [place for place in range(1, len(useful)) if useful[place] != useful[place - 1]]
    length = len(useful) - (turns[-1] if turns else 0)
    return Crossings(len(turns), least_crossings(len(useful)), useful[-1], length)


def long_runs(sides: Sequence[Side], *, locked: bool = False) -> list[tuple[int, int, Side]]:
    """Runs that are too long, as first and last place and side; points on the line neither break nor count.

    Against locked limits a run is judged by the points up to it, so that what was once a signal stays one
    however many weeks follow; else by all the points there are.
    """
    found: list[tuple[int, int, Side]] = []
    everything = sum(1 for each in sides if each)
    first = length = seen = 0
    current: Side = 0
    signals = False
    last = 0
    for place, each in enumerate(sides):
        if not each:
            continue
        seen += 1
        if each != current:
            if signals:
                found.append((first, last, current))
            first, length, current, signals = place, 0, each, False
        length += 1
        last = place
        points = max(seen if locked else everything, FEWEST_FOR_RUNS)
        signals = signals or length > longest_run_allowed(points)
    if signals:
        found.append((first, last, current))
    return found
