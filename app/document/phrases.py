"""What running text says in figures: facts, readings, moments, grades, amounts and links.

Text in, values out. Offsets are into the text given, which is one block's: a line, or several joined
by newlines. The text is never changed; matching goes on a half-width copy of the same length. Nothing
here raises, whatever the text. The grammar itself is in `app.document.grammar`, one file a kind.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from app.document.grammar.amounts import FoundAmount, amount_fact, find_amounts
from app.document.grammar.counts import PartsTotal, find_counts, find_parts_total, total_place
from app.document.grammar.dates import find_dates
from app.document.grammar.folding import fold, prose
from app.document.grammar.found import FoundFact, as_fact
from app.document.grammar.grades import find_grade
from app.document.grammar.incident_counts import IncidentCounts, find_incident_counts
from app.document.grammar.links import FoundLink, find_links
from app.document.grammar.moments import Moment, find_moment
from app.document.grammar.patterns import any_of, words
from app.document.grammar.progress import find_progress
from app.document.grammar.rates import Rate, find_rates, is_metric_name, segments
from app.document.grammar.reading_counts import agree as counts_agree
from app.document.grammar.reading_counts import may_be_a_day
from app.document.grammar.recoveries import find_recovery
from app.document.grammar.unreported import FoundUnreported, find_unreported
from app.document.grammar.verbs import DEADLINE_NEXT

__all__ = [
    "FoundAmount",
    "FoundFact",
    "FoundLink",
    "FoundUnreported",
    "IncidentCounts",
    "Moment",
    "PartsTotal",
    "Rate",
    "as_fact",
    "counts_agree",
    "find_amounts",
    "find_facts",
    "find_grade",
    "find_incident_counts",
    "find_links",
    "find_moment",
    "find_parts_total",
    "find_rates",
    "find_recovery",
    "find_unreported",
    "fold",
    "is_metric_name",
    "may_be_a_day",
    "segments",
    "total_place",
]

#: Without one of these a text has no facts.
_ANY_VALUE = re.compile(r"[0-9周月年]|星期|礼拜|季度|[A-Za-z]{3}")


def find_facts(text: str, monday: date, *, in_metrics: bool = False) -> list[FoundFact]:
    """The facts in one block of a report of the week of `monday`, by place.

    In the metrics section a percent or a count is a reading (`find_rates`), so only dates are facts
    there. A moment that an incident begins with is the incident's own, and no date.
    """
    line = prose(text)
    if not _ANY_VALUE.search(line):
        return []
    dates = find_dates(text, monday)
    if dates and (moment := _opening_of_incident(text, line, monday)):
        dates = [one for one in dates if one.start >= moment.end or one.end <= moment.start]
    if in_metrics:
        return dates
    counts = find_counts(text)
    facts = [*find_progress(text), *counts, *(amount_fact(amount) for amount in find_amounts(text))]
    facts += [one for one in dates if not _is_a_ratio(one, counts)]
    return sorted(facts, key=lambda fact: (fact.start, fact.end))


def _is_a_ratio(one: FoundFact, counts: Sequence[FoundFact]) -> bool:
    """`6/7` in `完成6/7个` was read as a count already; `6/20` between a total and its parts was not."""
    return any(
        count.kind == "done_total" and count.start <= one.start < count.end and one.end >= count.end - 3
        for count in counts
    )


_TROUBLE = words(
    any_of(
        "监控 告警 报警 反馈 异常 失败 故障 报错 超时 延迟 积压 中断 不可用 宕机 抖动 飙升 突增 打满 无法",
        r"投诉 缺失 不一致 重复 \b(?:alert|alarm|fail(?:ed|ure|ing)?|errors?|outage|down|timeouts?)\b",
        r"\b(?:incident|unavailable|spike|degraded|delayed)\b",
    )
)
_WORK_NEXT = words(
    r"\s*(?:完成|正式|计划|预计|[^,;。\n]{0,8}",
    any_of("上线 切换 发布 投产 割接 交付 提测 验收 部署 灰度 评审 启动 发版 go[-\\s]?live launch release"),
    ")",
)


def _opening_of_incident(text: str, line: str, monday: date) -> Moment | None:
    """The moment that `text` opens with, where it reads like the start of an incident, not of work."""
    moment = find_moment(text, monday)
    if moment is None or DEADLINE_NEXT.match(line, moment.end):
        return None
    said = line[moment.end : moment.end + 60]
    if "T" in moment.started_at:
        return moment if _TROUBLE.search(said) or not _WORK_NEXT.match(said) else None
    return moment if _TROUBLE.search(said[:24]) else None
