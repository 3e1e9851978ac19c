"""What the trend page says of a metric: of a chart in one sentence, of a point, of what was found."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from app.trends.statistics import Budget, Judged, Series, Value
from app.trends.statistics.xmr import FEWEST, FEWEST_TO_LOCK
from app.trends.words import Words, capital

MOST_RESTATED = 2


def describe(one: Judged, words: Words) -> str:
    """`第 24 周 99.972%，超出正常界限…，52 周，最低 …，缺报 1 周`: a chart in one sentence."""
    _, series = words.gettext, one.series
    metric, latest, worst = series.metric, series.latest, series.worst
    weeks = words.ngettext("%(count)s week", "%(count)s weeks", words.axis.weeks)
    if latest is None or worst is None:
        return weeks + words.comma + _("no values")
    parts = [weeks, _latest(series, latest, words)]
    if sign := _signal(one, latest, words):
        parts.append(sign)
    parts.extend(_shape(series, worst, words))
    target = series.target_in(latest.week)
    if target:
        parts.append(_("target %(value)s") % {"value": words.number(metric, target.value, target.literal)})
    if series.missing:
        parts.append(words.ngettext("%(count)s week missing", "%(count)s weeks missing", len(series.missing)))
    if series.restated:
        parts.append(
            words.ngettext("%(count)s value restated", "%(count)s values restated", len(series.restated))
        )
    return words.comma.join(parts)


def point(
    one: Judged, value: Value, accidents: Sequence[int], words: Words, *, events: int | None = None
) -> str:
    """What a point says when it is read out: week, value, interval, signal, target, what happened.

    A week that is worse than is ordinary and tells no event (`events` 0) is said to tell none.
    """
    _, series = words.gettext, one.series
    metric = series.metric
    text = f"{words.week(value.week)} {words.number(metric, value.value, value.literal)}"
    if metric.is_rate:
        text = _("%(value)s (%(interval)s)") % {"value": text, "interval": words.interval(metric, value)}
    parts = [text]
    if sign := _signal(one, value, words):
        parts.append(sign)
    met = series.meets_target(value)
    if met is not None:
        parts.append(_("meets its target") if met else _("misses its target"))
    if value.former is not None:
        former = words.number(metric, value.former.value, value.former.literal)
        parts.append(_("restated from %(former)s") % {"former": former})
    if accidents:
        numbers = words.between_names.join(str(number) for number in accidents)
        text = _("accident no. %(numbers)s") if len(accidents) == 1 else _("accidents no. %(numbers)s")
        parts.append(text % {"numbers": numbers})
    signal = one.signals.get(value.index)
    if events == 0 and signal is not None and signal.kind == "outside" and signal.certain and not signal.good:
        parts.append(_("no event is told"))
    return capital(words.comma.join(parts))


def impossible(series: Series, value: Value, words: Words) -> str:
    """What a week says whose value no rate can have."""
    text = words.gettext("%(week)s says %(value)s, which no rate can be: left out")
    return capital(text % {"week": words.week(value.week), "value": value.literal})


def worst_of(series: Series, values: Sequence[Value], words: Words) -> str:
    """What a spot says that stands for several weeks."""
    worst = series.worst_among(values)
    text = f"{words.week(worst.week)} {words.number(series.metric, worst.value, worst.literal)}"
    if len(values) > 1:
        text += words.comma + words.gettext("the worst of %(count)s weeks") % {"count": len(values)}
    return capital(text)


def gap(index: int, withdrawn: str | None, why: str | None, words: Words) -> str:
    """What a missing week says."""
    week = words.week(words.axis.week(index))
    if withdrawn is not None:
        text = words.gettext("%(week)s missing (%(former)s was withdrawn)")
        return capital(text % {"week": week, "former": withdrawn})
    text = words.gettext("%(week)s missing") % {"week": week}
    return capital(f"{text}{words.colon}{why}" if why else text)


def findings(one: Judged, budget: Budget | None, words: Words) -> list[str]:
    """What stands beside the name of a chart, in words: limits, gaps, restated values, targets, budget."""
    series = one.series
    told = [
        *_about_limits(one, words),
        *_about_targets(series, words),
        *([text] if (text := missing(series.missing, words)) else []),
        *(impossible(series, value, words) for index, value in series.impossible.items() if index >= 0),
        *restated(series, words),
    ]
    if (
        series.metric.retired_from is not None
        and words.axis.index(series.metric.retired_from) < words.axis.weeks
    ):
        day = words.day(series.metric.retired_from)
        told.append(words.gettext("retired from %(day)s on") % {"day": day})
    if budget is not None:
        used = f"{(budget.used * 100).quantize(1):,f}%"
        text = (
            words.gettext("%(used)s of this year's error budget used")
            if budget.weighted
            else words.gettext("%(used)s of this year's error budget used (not weighted by volume)")
        )
        told.append(text % {"used": used})
    return [capital(text) for text in told]


def precision(one: Judged, words: Words) -> str:
    """`三位`, `两位，偏粗`, `两位，9 周`: how far the digits reach, and how long the series is."""
    latest = one.series.latest
    if latest is None:
        return ""
    parts = [decimals_in_words(latest.decimals, words)]
    if one.without == "coarse":
        parts.append(words.gettext("coarse"))
    elif one.without == "too_few" or (one.limits is not None and one.limits.trial):
        weeks = sum(1 for value in one.series.history if value.index > words.axis.weeks - 1 - 52)
        parts.append(words.ngettext("%(count)s week", "%(count)s weeks", weeks))
    return words.comma.join(parts)


def decimals_in_words(decimals: int, words: Words) -> str:
    if decimals == 0:
        return words.gettext("whole")
    return words.ngettext("%(count)s decimal", "%(count)s decimals", decimals)


def missing(indexes: Sequence[int], words: Words) -> str:
    """`缺报 2 周：第 6 周、第 9 周`, or nothing."""
    if not indexes:
        return ""
    return words.gettext("%(count)s: %(weeks)s") % {
        "count": words.ngettext("%(count)s week missing", "%(count)s weeks missing", len(indexes)),
        "weeks": words.stretches(indexes),
    }


def restated(series: Series, words: Words) -> list[str]:
    """What was said otherwise before, a sentence a week; of many only the newest, and how many there are."""
    shown = series.restated[-MOST_RESTATED:]
    told = []
    for value in shown:
        if value.former is None:
            continue
        text = words.gettext("%(week)s restated from %(former)s to %(now)s") % {
            "week": words.week(value.week),
            "former": words.number(series.metric, value.former.value, value.former.literal),
            "now": words.number(series.metric, value.value, value.literal),
        }
        if value.times > 1:
            text += words.gettext(" (the last of %(count)s times)") % {"count": value.times}
        told.append(text)
    if more := len(series.restated) - len(shown):
        told.append(words.ngettext("%(count)s more week restated", "%(count)s more weeks restated", more))
    return told


def _latest(series: Series, latest: Value, words: Words) -> str:
    newest = words.number(series.metric, latest.value, latest.literal)
    if latest.index != words.axis.weeks - 1:
        newest = words.gettext("%(value)s (%(week)s)") % {"value": newest, "week": words.week(latest.week)}
    return words.gettext("latest %(value)s") % {"value": newest}


def _shape(series: Series, worst: Value, words: Words) -> list[str]:
    _ = words.gettext
    if len(series.values) == 1:
        return [_("the only value")]
    if not series.varies:
        return [_("the same every week")]
    if series.metric.is_year_to_date:
        return []
    text = (
        _("highest %(value)s (%(week)s)")
        if series.metric.lower_is_better
        else _("lowest %(value)s (%(week)s)")
    )
    literal = words.number(series.metric, worst.value, worst.literal)
    return [text % {"value": literal, "week": words.week(worst.week)}]


def _signal(one: Judged, value: Value, words: Words) -> str:
    """Why a week is out of the ordinary; empty where it is not."""
    _, signal = words.gettext, one.signals.get(value.index)
    bounds = one.bounds_of(value)
    if signal is None or bounds is None:
        return ""
    if not signal.certain:
        return _("not certain at this precision whether it is a signal")
    metric = one.series.metric
    above = words.shown_side(metric, signal.side) > 0
    if signal.kind == "run":
        text = (
            _("one of %(count)s weeks running above the centre")
            if above
            else _("one of %(count)s weeks running below the centre")
        )
        return text % {"count": signal.length}
    limit = words.bound(metric, bounds.upper if signal.side > 0 else bounds.lower, value.decimals)
    text = _("above the upper limit of %(limit)s") if above else _("below the lower limit of %(limit)s")
    return text % {"limit": limit}


def _about_limits(one: Judged, words: Words) -> list[str]:
    _, series = words.gettext, one.series
    found = one.limits
    if found is not None:
        locked = one.newest.baseline
        if locked is not None:
            day = words.day(locked.from_day)
            return [_("limits locked from %(day)s on: %(reason)s") % {"day": day, "reason": locked.reason}]
        if found.trial:
            return [
                words.ngettext(
                    "%(count)s week of data: the limits are on trial (hatched)",
                    "%(count)s weeks of data: the limits are on trial (hatched)",
                    found.weeks,
                )
                + words.semicolon
                + _("from %(fewest)s weeks on they can be locked") % {"fewest": FEWEST_TO_LOCK}
            ]
        if found.method == "p_prime":
            return [_("limits by volume (p′)")]
        return []
    if one.without == "coarse" and series.latest is not None:
        return [_coarse(series, words)]
    if one.without == "too_few":
        known = len([value for value in series.history if value.index > words.axis.weeks - 1 - 52])
        return [_("no limits yet: %(count)s of %(fewest)s weeks") % {"count": known, "fewest": FEWEST}]
    if one.without == "equal":
        return [_("no limits: the same every week")]
    return []


def _coarse(series: Series, words: Words) -> str:
    values = [value for value in series.history if value.index > words.axis.weeks - 1 - 52]
    distinct = {
        abs(after.value - before.value)
        for before, after in pairwise(values)
        if after.index - before.index == 1
    }
    decimals = values[-1].decimals
    text = words.ngettext(
        "no limits: its changes take %(count)s value only",
        "no limits: its changes take %(count)s values only",
        len(distinct),
    )
    if not series.metric.is_rate:
        return text
    advice = words.gettext("%(decimals)s are too coarse; report %(more)s or counts") % {
        "decimals": decimals_in_words(decimals, words),
        "more": decimals_in_words(decimals + 1, words),
    }
    return text + words.comma + advice


def _about_targets(series: Series, words: Words) -> list[str]:
    """Targets that changed in the weeks shown."""
    told = []
    for before, after in pairwise(series.metric.targets):
        if 0 < words.axis.index(after.from_day) < words.axis.weeks:
            text = words.gettext("target changed from %(former)s to %(now)s on %(day)s")
            told.append(
                text
                % {
                    "former": words.number(series.metric, before.value, before.literal),
                    "now": words.number(series.metric, after.value, after.literal),
                    "day": words.day(after.from_day),
                }
            )
    return told
