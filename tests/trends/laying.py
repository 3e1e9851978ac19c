"""Series as the tests of statistics need them: `laid_out("99.98", None, "99.9")`, a week a value."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from app.trends.axes import WEEK, TimeAxis
from app.trends.statistics import Judged, Metric, Reading, Series, judge, series

FIRST = date(2025, 1, 6)


def metric(**changes: object) -> Metric:
    usual: dict[str, object] = {
        "id": 1,
        "key": "pay_in_success",
        "name": "入金有效成功率",
        "unit": "%",
        "kind": "rate",
        "direction": "up",
        "rounding": "nearest",
        "scale": "nines",
        "retired_from": None,
        "first_week": FIRST,
    }
    return Metric(**(usual | changes))  # type: ignore[arg-type]  # fields by name


def reading(
    index: int, literal: str, *, volume: int | None = None, first: date = FIRST, revision: int = 1
) -> Reading:
    number = literal.rstrip("%")
    value = Decimal(number)
    return Reading(
        first + WEEK * index,
        revision,
        stands=True,
        literal=literal,
        value=value,
        decimals=len(number.partition(".")[2]),
        numerator=None if volume is None else value * volume / 100,
        denominator=None if volume is None else Decimal(volume),
    )


def laid_out(
    *values: str | None, volumes: Sequence[int] | None = None, first: date = FIRST, **changes: object
) -> tuple[Series, TimeAxis]:
    """A metric's weeks from `first` on; None for a missing one."""
    axis = TimeAxis(first, max(len(values), 1))
    readings = [
        reading(index, value, volume=volumes[index] if volumes else None, first=first)
        for index, value in enumerate(values)
        if value is not None
    ]
    return series(metric(first_week=first, **changes), readings, axis), axis


def judged(*values: str | None, **changes: object) -> Judged:
    return judge(*laid_out(*values, **changes))  # type: ignore[arg-type]  # as `laid_out` takes them


def spread(centre: str, *steps: int) -> list[str]:
    """Values around a centre, in steps of its last digit: `spread("99.980", 1, -2)` is 99.981, 99.978."""
    middle = Decimal(centre)
    exponent = middle.as_tuple().exponent
    assert isinstance(exponent, int)
    return [str(middle + step * Decimal(1).scaleb(exponent)) for step in steps]
