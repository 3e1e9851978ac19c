"""What the forms of the metrics' settings send, and which field a refusal is about. Pure.

Every field is text with a default: what is missing or wrong is said beside its field by the action that
needs it.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from app.reports.forms import FormModel, Text
from app.web.limits import within_limit

Line = Annotated[Text, AfterValidator(within_limit)]

FIELDS = {
    "metric.no_name": "name",
    "metric.name_of_another": "name",
    "metric.has_name": "also",
    "metric.bad_unit": "unit",
    "metric.rate_in_percent": "unit",
    "metric.unknown_kind": "kind",
    "metric.not_a_rate": "kind",
    "metric.unknown_direction": "direction",
    "metric.bad_decimals": "decimals",
    "metric.unknown_rounding": "rounding",
    "metric.unknown_scale": "scale",
    "metric.scale_needs_rate": "scale",
    "metric.unknown_spc_scale": "spc_scale",
}
NAME_FIELDS = {"metric.no_name": "also", "metric.has_name": "also"}
TARGET_FIELDS = {
    "target.not_a_number": "literal",
    "target.out_of_range": "literal",
    "target.day_taken": "from_day",
    "form.not_a_day": "from_day",
    "form.day_out_of_range": "from_day",
}
ANNOTATION_FIELDS = {
    "annotation.no_text": "text",
    "form.not_a_day": "day",
    "form.day_out_of_range": "day",
}
BASELINE_FIELDS = {
    "baseline.no_reason": "reason",
    "baseline.day_taken": "from_day",
    "baseline.backwards": "until_day",
    "baseline.too_few_weeks": "until_day",
    "form.not_a_day": "from_day",
    "form.day_out_of_range": "from_day",
}
CORRECTION_FIELDS = {
    "reading.no_value": "literal",
    "reading.not_a_number": "literal",
    "reading.out_of_range": "literal",
    "reading.same_value": "literal",
    "reading.changed_meanwhile": "literal",
    "report.reason_needed": "reason",
}
RETIREMENT_FIELDS = {"form.not_a_day": "retired_from", "form.day_out_of_range": "retired_from"}


class MetricForm(FormModel):
    """What a metric is."""

    name: Line = ""
    unit: Line = ""
    kind: Line = ""
    direction: Line = ""
    decimals: Line = ""
    rounding: Line = ""
    scale: Line = ""
    spc_scale: Line = ""
    version: int = 0


class NameForm(FormModel):
    """A further name that pages call the metric by."""

    also: Line = ""


class VersionForm(FormModel):
    version: int = 0


class TargetForm(FormModel):
    literal: Line = ""
    from_day: Line = ""
    version: int = 0


class RetirementForm(FormModel):
    retired_from: Line = ""
    version: int = 0


class PlaceForm(FormModel):
    direction: Line = ""


class MergerForm(FormModel):
    """Which metric is taken in, and the versions of both that the person was asked about."""

    other: int = 0
    version: int = 0
    other_version: int = 0


class AnnotationForm(FormModel):
    """A remark; `back` is the page to return to."""

    text: Line = ""
    day: Line = ""
    everywhere: bool = False
    version: int = 0
    back: Line = ""


class BaselineForm(FormModel):
    from_day: Line = ""
    until_day: Line = ""
    reason: Line = ""
    version: int = 0
    back: Line = ""


class CorrectionForm(FormModel):
    """A reading set right: `base` is the value that the form showed."""

    literal: Line = ""
    base: Line = ""
    reason: Line = ""
    back: Line = ""
