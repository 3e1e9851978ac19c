"""The little line beside a metric: 26 weeks in a hundred pixels. Pure; lines and steps serve charts too."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.metrics.scales import Scale, fitting_scale, position

Spot = tuple[float, float]

PAD = 4.0
LANE_Y = 3.0
BELOW_LANE = 8.0
"""Where exactly 100 % stands, and the highest place for everything finite then."""


@dataclass(frozen=True, slots=True)
class Sparkline:
    """Ready for SVG: `trace` is path data; `end` is the newest point, None where that week is missing.

    `spots` are the places of all weeks.
    """

    width: int
    height: int
    trace: str
    target_y: float | None
    end: Spot | None
    end_is_whole: bool
    spots: tuple[Spot | None, ...] = ()


def sparkline(
    values: Sequence[Decimal | None],
    *,
    declared_scale: str,
    target: Decimal | None = None,
    steps: bool = False,
    restarts: Collection[int] = (),
    width: int = 104,
    height: int = 28,
) -> Sparkline | None:
    """A week a value, oldest first, None for a missing one; None as the answer where nothing is known.

    `steps` draws the step line of a year-to-date metric, new at each index in `restarts`.
    """
    known = [value for value in values if value is not None]
    if not known:
        return None
    drawn = [*known, target] if target is not None else known
    scale = fitting_scale(declared_scale, drawn)
    low, high = _range(scale, drawn)
    slot = (width - 2 * PAD) / len(values)
    top = BELOW_LANE if any(position(scale, value) is None for value in drawn) else PAD

    def y(value: Decimal) -> float:
        at = position(scale, value)
        if at is None:
            return LANE_Y
        share = (at - low) / (high - low) if high > low else 0.5
        return height - PAD - share * (height - PAD - top)

    spots = [
        None if value is None else (PAD + (index + 0.5) * slot, y(value))
        for index, value in enumerate(values)
    ]
    newest = values[-1]
    return Sparkline(
        width=width,
        height=height,
        trace=step_path(spots, slot, restarts) if steps else line_path(spots),
        target_y=None if target is None else round(y(target), 1),
        end=None if spots[-1] is None else (round(spots[-1][0], 1), round(spots[-1][1], 1)),
        end_is_whole=newest is not None and position(scale, newest) is None,
        spots=tuple(spots),
    )


def line_path(spots: Sequence[Spot | None]) -> str:
    """Path data through the spots, broken where one is missing; a lone spot is a dot (a round line cap)."""
    parts = []
    for index, spot in enumerate(spots):
        if spot is None:
            continue
        before = index > 0 and spots[index - 1] is not None
        after = index + 1 < len(spots) and spots[index + 1] is not None
        parts.append(f"{'L' if before else 'M'}{number(spot[0])} {number(spot[1])}")
        if not before and not after:
            parts.append("h0")
    return "".join(parts)


def step_path(spots: Sequence[Spot | None], slot: float, restarts: Collection[int] = ()) -> str:
    """Path data of a step a spot, `slot` wide around it; broken where one is missing or a year begins."""
    parts = []
    for index, spot in enumerate(spots):
        if spot is None:
            continue
        joined = index > 0 and spots[index - 1] is not None and index not in restarts
        if joined:
            parts.append(f"V{number(spot[1])}")
        else:
            parts.append(f"M{number(spot[0] - slot / 2)} {number(spot[1])}")
        parts.append(f"H{number(spot[0] + slot / 2)}")
    return "".join(parts)


def number(value: float) -> str:
    """At most one decimal: a tenth of a pixel."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def _range(scale: Scale, values: Sequence[Decimal]) -> tuple[float, float]:
    at = [where for value in values if (where := position(scale, value)) is not None]
    return (min(at), max(at)) if at else (0.0, 0.0)
