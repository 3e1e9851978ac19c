"""The sentence on top of the trend page: signals first, else that there are none; then targets missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.trends.statistics import Judged, Value
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
    if not now:
        week = words.week(words.axis.week(last))
        return capital(words.gettext("%(week)s reports no metrics.") % {"week": week})
    worse = sorted((told for one in now if (told := _worse(one, words))), key=lambda told: told.rank)
    better = sorted((told for one in now if (told := _better(one, words))), key=lambda told: told.rank)
    parts = [told.text for told in worse[:MOST_NAMED]]
    if more := len(worse) - len(parts):
        parts.append(
            words.ngettext("%(count)s more is getting worse", "%(count)s more are getting worse", more)
        )
    named = 1 if worse else MOST_NAMED
    parts += [told.text for told in better[:named]]
    if (more := len(better) - named) > 0:
        parts.append(words.ngettext("%(count)s more improves", "%(count)s more improve", more))
    if not parts:
        parts = [_quiet(now, words)]
    if not worse:
        parts += _targets(now, words)
    return capital(words.semicolon.join(parts)) + words.full_stop


def missed_targets(judged: Sequence[Judged]) -> list[Judged]:
    """The metrics whose newest week is short of its target."""
    return [
        one
        for one in judged
        if one.series.latest is not None and one.series.meets_target(one.series.latest) is False
    ]


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
    if not judged:
        return _("%(named)s; too little is known yet to tell a signal from noise") % {
            "named": words.named(first, value)
        }
    if len(now) == 1:
        return _("%(named)s, in its ordinary range") % {"named": words.named(first, value)}
    if len(judged) == len(now):
        return _("all metrics are in their ordinary range")
    return words.ngettext(
        "the one metric that can be judged is in its ordinary range",
        "all %(count)s metrics that can be judged are in their ordinary range",
        len(judged),
    )


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
