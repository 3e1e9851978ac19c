"""What the reported numbers of a metric say. Numbers in, findings out; pure.

`series` lays readings out on a time axis; everything else judges them. Values are exact decimals; only
limits, which are estimates, are computed in floats.
"""

from app.trends.statistics.series import (
    FailureChange,
    Metric,
    Reading,
    Series,
    TargetFrom,
    Value,
    failure_change,
    runs,
    series,
    target_spans,
)

__all__ = [
    "FailureChange",
    "Metric",
    "Reading",
    "Series",
    "TargetFrom",
    "Value",
    "failure_change",
    "runs",
    "series",
    "target_spans",
]
