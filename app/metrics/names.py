"""What a page calls a metric, and what the name tells about it. Pure.

A table of well-known names in Chinese and English gives stable keys; the rest is guessed from words
and the unit, and a person may set it afterwards.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from app.metrics.models import MetricKind
from app.metrics.scales import LIVES_BELOW, WHOLE, Scale

NAME_LENGTH = 200

WELL_KNOWN: dict[str, tuple[str, ...]] = {
    "pay_in_success": (
        "入金有效成功率",
        "入金成功率",
        "pay-in success rate",
        "effective pay-in success rate",
        "pay-in effective success rate",
    ),
    "pay_out_success": (
        "出金有效成功率",
        "出金成功率",
        "pay-out success rate",
        "effective pay-out success rate",
        "pay-out effective success rate",
        "payout success rate",
    ),
    "first_attempt_success": (
        "一次支付成功率",
        "一次成功率",
        "first-attempt success rate",
        "first-attempt payment success rate",
        "first attempt payment success",
    ),
    "availability_ytd": (
        "年度可用性",
        "年度可用率",
        "availability, year to date",
        "availability, YTD",
        "year-to-date availability",
        "YTD availability",
        "annual availability",
    ),
    "refund_success": ("退款成功率", "退款有效成功率", "refund success rate"),
}
NAMED_AT_THE_END = {"availability_ytd"}
"""Keys whose names may be preceded by a system's: 支付系统年度可用性."""

_DROPPED = re.compile(r"[\s\-_·・,.:'\"*`()\[\]{}<>〈〉《》「」『』【】〔〕、。‐‑‒–—―−]+")
_YEAR_TO_DATE = re.compile(
    r"年度|年累计|全年|本年|今年|年初至今|year.to.date|\bytd\b|this year|\bannual", re.I
)
_FAILING = re.compile(
    r"失败|错误|异常|故障|事故|事件|投诉|超时|延迟|时延|耗时|时长|不可用|丢失|差错|积压"
    r"|fail|error|incident|accident|complaint|time-?out|latency|delay|duration|downtime|unavailab|backlog|defect",
    re.I,
)
_SUCCEEDING = re.compile(r"成功|可用性|可用率|达成|完成|及时|success|\bavailab|uptime|complet", re.I)
_COUNTED = re.compile(r"[次个笔起件例单人条台家项户张]数?$|数$|数量|笔数|次数|\bcount\b|number of", re.I)
_COUNT_UNITS = frozenset("次个笔起件例单人条台家项户张") | {
    "times",
    "time",
    "count",
    "incidents",
    "events",
    "cases",
    "orders",
    "tickets",
}


@dataclass(frozen=True, slots=True)
class Guess:
    """What a name, a unit and a first value tell about a metric."""

    kind: MetricKind
    direction: Literal["up", "down"]
    scale: Scale


def fold(name: str) -> str:
    """The name without what people vary: width, case, spaces, brackets, hyphens, colons and emphasis."""
    wide = unicodedata.normalize("NFKC", name).casefold()
    return (_DROPPED.sub("", wide) or wide.strip())[:NAME_LENGTH]


def known_key(name: str) -> str | None:
    """The stable key of a well-known metric."""
    folded = fold(name)
    if folded in _KEYS:
        return _KEYS[folded]
    return next((key for ending, key in _ENDINGS if folded.endswith(ending)), None)


def guess(name: str, *, unit: str | None, value: Decimal | None, decimals: int) -> Guess:
    """The kind, the better direction and the scale of a metric met for the first time."""
    named = unicodedata.normalize("NFKC", name)
    measure = unicodedata.normalize("NFKC", unit or "").strip().casefold()
    year_to_date = _YEAR_TO_DATE.search(named) is not None
    fails = _FAILING.search(named) and not _SUCCEEDING.search(named)
    direction: Literal["up", "down"] = "down" if fails else "up"
    if measure == "%":
        of_whole = value is None or 0 <= value <= WHOLE
        scale: Scale = (
            "linear" if not of_whole else "nines" if value is None or value >= LIVES_BELOW else "logit"
        )
        return Guess("ytd_rate" if year_to_date else "rate", direction, scale)
    if measure in _COUNT_UNITS or (decimals == 0 and _COUNTED.search(named)):
        return Guess("ytd_count" if year_to_date else "count", direction, "linear")
    return Guess("gauge", direction, "linear")


_KEYS = {fold(name): key for key, names in WELL_KNOWN.items() for name in names}
_ENDINGS = [(fold(name), key) for key in NAMED_AT_THE_END for name in WELL_KNOWN[key]]
