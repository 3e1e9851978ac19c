"""What the reported numbers of a metric say. Numbers in, findings out; pure.

`series` lays readings out on a time axis; everything else judges them. Values are exact decimals; only
limits, which are estimates, are computed in floats.
"""

from app.trends.statistics.periods import Comparison, Half, compare
from app.trends.statistics.rare import DaysBetween, RunChart, days_between, run_chart
from app.trends.statistics.readings import (
    Baseline,
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
from app.trends.statistics.signals import Assurance, Judged, Signal, Stretch, Variation, judge
from app.trends.statistics.xmr import Bounds, Limits, Without
from app.trends.statistics.year import Budget, Check, checks, error_budget, same_week_last_year

__all__ = [
    "Assurance",
    "Baseline",
    "Bounds",
    "Budget",
    "Check",
    "Comparison",
    "DaysBetween",
    "FailureChange",
    "Half",
    "Judged",
    "Limits",
    "Metric",
    "Reading",
    "RunChart",
    "Series",
    "Signal",
    "Stretch",
    "TargetFrom",
    "Value",
    "Variation",
    "Without",
    "checks",
    "compare",
    "days_between",
    "error_budget",
    "failure_change",
    "judge",
    "run_chart",
    "runs",
    "same_week_last_year",
    "series",
    "target_spans",
]
