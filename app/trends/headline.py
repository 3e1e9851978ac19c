"""The sentence on top of the trend page: signals first, else that there are none; then targets missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.trends.statistics import Judged, Value, checks
from app.trends.words import Words, capital

MOST_NAMED = 2
"""Of each kind; of what improves only one, where something gets worse."""
TIMES = Decimal("1.95")
"""From which a change is told as a multiple."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What is said of one metric, and how much it matters: lower is said first."""

    rank: int
    text: str


def headline(judged: Sequence[Judged], words: Words) -> str:
    """The newest week in one sentence."""
    last = words.axis.weeks - 1
    now = [one for one in judged if last in one.series.by_index]
    if not now and not any(last in one.series.impossible for one in judged):
        week = words.week(words.axis.week(last))
        return capital(words.gettext("%(week)s reports no metrics.") % {"week": week})
    worse = sorted((told for one in now if (told := _worse(one, words))), key=lambda told: told.rank)
    better = sorted((told for one in now if (told := _better(one, words))), key=lambda told: told.rank)
    parts = [told.text for told in worse[:MOST_NAMED]]
    if more := len(worse) - len(parts):
        parts.append(
            words.ngettext("%(count)s more is getting worse", "%(count)s more are getting worse", more)
        )
    doubted = _doubted(judged, words)
    parts += [text for _, text in doubted[:MOST_NAMED]]
    named = 1 if worse else MOST_NAMED
    parts += [told.text for told in better[:named]]
    if (more := len(better) - named) > 0:
        parts.append(words.ngettext("%(count)s more improves", "%(count)s more improve", more))
    believed = [one for one in now if all(one is not other for other, _ in doubted)]
    if not worse and not better and believed:
        parts.append(_quiet(believed, words))
    if not worse:
        parts += _targets(now, words)
    text = capital(words.semicolon.join(parts)) + words.full_stop
    # A number and its unit, and what became of it, stay on one line.
    return text.replace(" → ", "\u00a0→\u00a0").replace(" ppm", "\u00a0ppm").replace(" 倍", "\u00a0倍")


def missed_targets(judged: Sequence[Judged]) -> list[Judged]:
    """The metrics whose newest week is short of its target."""
    return [
        one
        for one in judged
        if one.series.latest is not None and one.series.meets_target(one.series.latest) is False
    ]


def _doubted(judged: Sequence[Judged], words: Words) -> list[tuple[Judged, str]]:
    """The newest values that cannot be true: no rate, or not after the one before in its year."""
    last = words.axis.weeks - 1
    told: list[tuple[Judged, str]] = []
    for one in judged:
        value = one.series.impossible.get(last)
        if value is not None:
            text = words.gettext("%(name)s is given as %(value)s, which no rate can be: please check")
            told.append((one, text % {"name": words.name(one.series), "value": value.literal}))
        elif one.series.metric.is_year_to_date and last in one.series.by_index and not _fits(one, words):
            text = words.gettext("%(named)s does not fit the value before it: truncated or restated")
            told.append((one, text % {"named": words.named(one.series, one.series.by_index[last])}))
    return told


def _fits(one: Judged, words: Words) -> bool:
    """Whether the newest value of a year so far can follow the one before."""
    return checks(one.series, lambda week: words.number_of(week)[0])[-1].consistent


def change_in_words(one: Judged, words: Words) -> str:
    """`失败 130 → 280 ppm，是上周的 2.2 倍`; empty where the week before is missing, or it is no rate."""
    change, told = one.series.change, words.change(one.series)
    if change is None or told is None:
        return ""
    text = words.gettext("failures %(change)s") % {"change": told[0]}
    if change.before > 0 and change.now / change.before >= TIMES:
        times = (change.now / change.before).quantize(Decimal("0.1"))
        return text + words.gettext(", %(times)s times last week's") % {"times": times}
    return text + (f"{words.comma}{told[1]}" if told[1] else "")


def _worse(one: Judged, words: Words) -> _Told | None:
    value, signal = one.series.latest, one.signal
    if value is None or one.variation not in ("worse", "uncertain"):
        return None
    named = words.named(one.series, value)
    if signal is not None and not signal.certain:
        text = words.gettext("whether %(named)s is out of the ordinary is not certain at this precision")
        return _Told(3, text % {"named": named})
    if signal is not None and signal.kind == "outside":
        text = words.gettext("%(named)s, outside its ordinary range") % {"named": named}
        how = change_in_words(one, words)
        return _Told(0, f"{text}{words.colon}{how}" if how else text)
    return _Told(1 if signal is not None else 2, _level(one, value, words))


def _better(one: Judged, words: Words) -> _Told | None:
    value, signal = one.series.latest, one.signal
    if value is None or one.variation != "better":
        return None
    if signal is not None and signal.kind == "outside":
        text = words.gettext("%(named)s, better than its ordinary range")
        return _Told(0, text % {"named": words.named(one.series, value)})
    return _Told(1, words.gettext("%(name)s keeps improving") % {"name": words.name(one.series)})


def _level(one: Judged, value: Value, words: Words) -> str:
    """A level that moved: how long the run is, and on which side."""
    _ = words.gettext
    signal = one.signal
    side = words.shown_side(one.series.metric, signal.side if signal is not None else one.shifted_to)
    named = words.named(one.series, value)
    if signal is None:
        text = (
            _("%(named)s, lately above its usual level")
            if side > 0
            else _("%(named)s, lately below its usual level")
        )
        return text % {"named": named}
    text = (
        _("%(named)s, %(count)s weeks running above its usual level")
        if side > 0
        else _("%(named)s, %(count)s weeks running below its usual level")
    )
    return text % {"named": named, "count": signal.length}


def _quiet(now: Sequence[Judged], words: Words) -> str:
    """What is said where nothing is out of the ordinary."""
    _ = words.gettext
    judged = [one for one in now if one.variation == "ordinary"]
    first = now[0].series
    value = first.by_index[words.axis.weeks - 1]
    if not judged and len(now) > 1 and all(one.without in (None, "too_few") for one in now):
        return _("too little is known yet of any metric to tell a signal from noise")
    if not judged:
        return _not_judged(now[0], words) % {"named": words.named(first, value)}
    if len(now) == 1:
        return _("%(named)s, in its ordinary range") % {"named": words.named(first, value)}
    if len(judged) == len(now):
        return _("all metrics are in their ordinary range")
    if len(judged) == 1:
        return words.ngettext(
            "%(named)s, in its ordinary range; %(count)s other cannot be judged",
            "%(named)s, in its ordinary range; %(count)s others cannot be judged",
            len(now) - 1,
            named=words.named(judged[0].series, judged[0].series.by_index[words.axis.weeks - 1]),
        )
    return words.ngettext(
        "the metric that can be judged is in its ordinary range",
        "the %(count)s metrics that can be judged are in their ordinary range",
        len(judged),
    )


def _not_judged(one: Judged, words: Words) -> str:
    """Why nothing can be told from the newest value, which stands in for `named`."""
    _ = words.gettext
    if one.without == "coarse":
        return _("%(named)s; its digits are too coarse to tell a signal from noise")
    if one.without == "equal":
        return _("%(named)s, the same every week")
    if one.without == "year_to_date":
        return _("%(named)s so far this year, which is not judged week by week")
    return _("%(named)s; too little is known yet to tell a signal from noise")


def _targets(now: Sequence[Judged], words: Words) -> list[str]:
    _ = words.gettext
    missed = missed_targets(now)
    if not missed:
        with_target = [one for one in now if one.assurance not in ("no_target", "no_value")]
        return [_("every target is met")] if with_target else []
    told = []
    for one in missed[:MOST_NAMED]:
        latest = one.series.latest
        target = one.series.target_in(latest.week) if latest else None
        if latest is None or target is None:
            continue
        text = (
            _("%(name)s reliably misses its target of %(target)s")
            if one.assurance == "misses"
            else _("%(name)s misses its target of %(target)s")
        )
        literal = words.number(one.series.metric, target.value, target.literal)
        told.append(text % {"name": words.name(one.series), "target": literal})
    if more := len(missed) - len(told):
        told.append(words.ngettext("%(count)s more missed", "%(count)s more missed", more))
    return told
