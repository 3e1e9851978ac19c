"""How many of how many: `58/83`, `总数164个，已经完成开发159个`, `39 of 42`, `总计12个：可下线5个，已投产3个，…`.

Numbers before a counter word are read in runs: a total, then its parts. One part that is done makes
`done_total`; named parts make `parts_total`. Numbers are kept as written, also where they do not add up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from app.document.grammar.folding import clause_start, prose
from app.document.grammar.found import FoundFact, closed
from app.document.grammar.verbs import ANY_VERB, COUNTER, VERB_NEXT

#: More counts than this in one block is no prose; what follows them is not read.
_LIMIT = 2000
_MOST_PARTS = 12
_FARTHEST_PART = 40

_COUNT = re.compile(
    rf"(?P<number>[0-9](?<![0-9./~+%-][0-9])(?<![0-9][:*][0-9])(?<!第[0-9])[0-9]{{0,7}}(?:,[0-9]{{3}})*)(?![0-9.])(?:\s?(?:\*\*)?(?P<counter>{COUNTER})|(?=\s*(?:[,、;。()\n]|$))|"
    r"(?=\s?(?:done|completed?|retired|live|in test|in progress|pending|open|closed|migrated|blocked|not started|remaining|left)\b))",
    re.ASCII | re.IGNORECASE,
)
_LABEL = re.compile(r"(?:[^,;。、()\n|【】!?0-9]|(?<=[A-Z])[0-9](?=\s)){0,20}$")
_NOUN = re.compile(r"[^\s,;。、:()\n|【】!?0-9*]{0,12}")
_TRIM = " \t:*_为约是达-—"
_LEAD = re.compile(r"^(?:[\s*_-]*(?:其中|目前|当前|截至目前|截止目前|本周|累计|现|现在|分别为|分别|包括|包含|含|即|已累计)[:\s]*)+")

_TOTAL = re.compile(
    r"(?:总数|总计|共计|合计|总共|一共|总量|全量|全部|(?<![公])共|共有|拆分?成?|总(?![^数计共量])|(?:计划|目标|应|需|需要)(?:完成|上线|迁移|改造|下线|接入|整改)?)"
    r"(?:有|为|是|涉及|梳理出?|识别出?|发现|需|包括|包含|待?(?:迁移|改造|下线|接入|整改|修复|切换|开发|测试|治理|排查)|了|约|\s|:|\*)*$|^(?:本周|累计|目前|当前)?(?:总?共(?![享同性])|共计|总计|合计|一共)[^,;。已]{1,10}$|\btotal(?:\s+of)?\s*:?\s*$",
    re.IGNORECASE,
)
_STRONG_TOTAL = re.compile(r"(?:总数|总计|共计|合计|总共|一共|总量|\btotal)")
_DONE = re.compile(
    r"已(?!下线率)|完成|修复|解决|关闭|闭环|实际|通过|上线|交付|投产|(?:\b(?:done|completed?|finished|migrated|fixed|closed|resolved|delivered)\b)",
    re.IGNORECASE,
)
_NOT_DONE = re.compile(r"可|待|未|不|拟|预计|计划|将|失败|异常|中$|剩|余|需|风险|延期|取消|暂停|阻塞|新增")
_REMAIN = re.compile(r"(?:余下|剩余|剩下|还剩|尚余|尚剩|仅剩|剩|其余|还有|余$|\b(?:remaining|left|to go)\b)", re.IGNORECASE)
_STATE = re.compile(
    r"^(?:已|可|待|未|不|无需|无须|暂|均|正在|新增|在|需|剩|余)|中$|完成|就绪|通过|成功|失败|延期|阻塞|取消|下线|上线|投产|验收|开发|测试|进行|"
    r"^(?:高危|中危|低危|严重|一般|轻微|致命|提示|[PSL][0-5]|其他|其它)$|"
    r"\b(?:done|open|closed|pending|testing|blocked|migrated|retired|live|in progress|in test|not started|completed?|remaining|todo)\b",
    re.IGNORECASE,
)
_STATE_NEXT = re.compile(
    r"\s?(?P<name>not started|retired|remaining|left|(?:已|可|待|未|不|正在|无需)[^\s,;。、()\n0-9]{1,7}|[^\s,;。、()\n0-9]{1,7}中|in progress|in test(?:ing)?|pending|done|completed?|migrated|open|closed|blocked|retired|live)"
    r"(?=\s*(?:[,;。、)\n]|$|\band\b))",
    re.IGNORECASE,
)
_DONE_NEXT = re.compile(
    r"[^,;。、()\n0-9]{0,8}?(?:已|完成|上线|通过|\b(?:done|completed?|finished|migrated|fixed|closed|resolved|delivered|live|passed)\b)", re.IGNORECASE
)
_BAD = re.compile(r"失败|异常|风险|未|延期|报错|问题|不通过|阻塞|故障|\b(?:fail|failed|pending|open|blocked|error|at risk|delayed)\b", re.IGNORECASE)
_AMONG = re.compile(r"^[^,;。、()\n0-9]{0,12}?中(?:的|有|已经?|已经?完成|完成|,\s?(?:已经?|有)?(?:完成)?|\s)*$")


class PartsTotal(NamedTuple):
    """A total and its parts by name; `sum_ok` is False where the parts do not add up to the total."""

    total: int
    parts: dict[str, int]
    sum_ok: bool


@dataclass(frozen=True, slots=True)
class _Count:
    """A number before a counter word, with the words before it in its clause and the noun after it."""

    start: int
    at: int
    end: int
    number: int
    label: str
    counter: str
    noun: str


def find_counts(text: str) -> list[FoundFact]:
    """The `done_total` and `parts_total` facts of `text`, in order."""
    line = prose(text)
    facts = [*_ratios(line), *_of(line)]
    taken = [(fact.start, fact.end) for fact in facts]
    for fact in _runs(line):
        if not any(start < fact.end and fact.start < end for start, end in taken):
            facts.append(fact)
    facts.sort(key=lambda fact: fact.start)
    return [replace(fact, end=closed(line, fact.start, fact.end)) for fact in facts]


def find_parts_total(total_text: str, following: str) -> PartsTotal | None:
    """A total at the end of one block (`…，总计12个`) with its parts in the next (`可下线5个，已投产3个`).

    None where `total_text` states no total, or already states parts of it, or `following` does not
    begin with parts. The place of such a fact is `total_place(total_text)`.
    """
    total = _last_total(prose(total_text))
    if total is None:
        return None
    line = prose(following)
    parts = _parts(line, list(_counts(line)), 0, 0)
    if not parts or not _are_parts(line, total.number, parts, is_stated=True, fewest=1):
        return None
    return _parts_total(line, total.number, parts)


def total_place(text: str) -> tuple[int, int] | None:
    """Where the total stands that `find_parts_total` reads: `总计12个`."""
    total = _last_total(prose(text))
    return (total.start, total.end) if total else None


# A total and what follows it ----------------------------------------------------------------------


def _runs(line: str) -> Iterator[FoundFact]:
    counts = list(_counts(line))
    index = 0
    while index + 1 < len(counts):
        found = _run(line, counts, index)
        if found is None:
            index += 1
            continue
        fact, index = found
        yield fact


def _run(line: str, counts: list[_Count], index: int) -> tuple[FoundFact, int] | None:
    """The fact that begins with `counts[index]`, and the index of the first count after it."""
    first = counts[index]
    following = counts[index + 1] if index + 1 < len(counts) else None
    if following and _is_among(line, first, following):
        return _done_total(first.at, following.end, following.number, first.number), index + 2
    if following and _is_done(line, first) and _is_total_of(line, first, following):
        return _done_total(first.start, following.end, first.number, following.number), index + 2
    parts = _parts(line, counts, index + 1, first.end)
    if not parts:
        return None
    stated = _TOTAL.search(first.label)
    start = first.start + stated.start() if stated else first.at
    after = index + 1 + len(parts)
    done = [part for part in parts if _is_done(line, part)]
    rest = [part for part in parts if _REMAIN.search(part.label)]
    if len(done) == 1 and len(parts) == 1 + len(rest) and _are_alike(line, first, done[0], bool(stated), bool(rest)):
        return _done_total(start, parts[-1].end, done[0].number, first.number), after
    if _are_parts(line, first.number, parts, is_stated=bool(stated), fewest=2):
        values = _parts_total(line, first.number, parts)._asdict()
        return FoundFact("parts_total", start, parts[-1].end, True, values), after
    if done and done[0] in parts[:2] and _are_alike(line, first, done[0], bool(stated), bool(rest)):
        return _done_total(start, done[0].end, done[0].number, first.number), index + 2 + parts.index(done[0])
    return None


def _counts(line: str) -> Iterator[_Count]:
    end = 0
    for count, match in enumerate(_COUNT.finditer(line)):
        if count >= _LIMIT:
            return
        at = match.start()
        digits = match["number"].replace(",", "")
        if len(digits) > 9:
            continue
        label = _LABEL.search(line[max(end, at - 20) : at])
        words = label[0] if label else ""
        noun = _NOUN.match(line, match.end())
        yield _Count(
            start=at - len(words.lstrip(_TRIM)),
            at=at,
            end=match.end(),
            number=int(digits),
            label=words.strip(_TRIM),
            counter=match["counter"] or "",
            noun=noun[0] if noun else "",
        )
        end = match.end()


def _parts(line: str, counts: list[_Count], index: int, end: int) -> list[_Count]:
    """The counts from `counts[index]` on that continue what ended at `end`: no sentence or total between."""
    parts: list[_Count] = []
    opened = re.match(r"[^,;。、()\n0-9]{0,10}\(", line[end : end + 12])
    if opened:
        end += opened.end()
    for part in counts[index : index + 3 * _MOST_PARTS]:
        gap = line[end : part.start] if part.start >= end else ""
        if len(gap) > 5 * _FARTHEST_PART or _TOTAL.search(part.label) or len(parts) == _MOST_PARTS:
            break
        plain = re.sub(r"\([^()]*\)", "", gap)
        if len(plain) > _FARTHEST_PART or re.search(r"[。!?]|\n\s*\n", plain) or (opened and ")" in plain):
            break
        if "(" in plain:
            continue
        parts.append(part)
        end = part.end
    return parts


def _are_parts(line: str, total: int, parts: list[_Count], *, is_stated: bool, fewest: int) -> bool:
    names = [_name(line, part) for part in parts]
    if len(parts) < fewest or len(set(names)) < len(names) or not all(names):
        return False
    if any(len(name) > 12 for name in names) or any(part.number > total for part in parts):
        return False
    are_states = all(_STATE.search(name) for name in names)
    total_of_parts = sum(part.number for part in parts)
    if total_of_parts == total:
        return are_states or is_stated
    return is_stated and are_states and total_of_parts <= 1.5 * total


def _parts_total(line: str, total: int, parts: list[_Count]) -> PartsTotal:
    by_name = {_name(line, part): part.number for part in parts}
    return PartsTotal(total, by_name, sum(by_name.values()) == total)


def _name(line: str, part: _Count) -> str:
    """可下线 of `可下线5个`, 已投产 of `其中3个已投产`."""
    name = _LEAD.sub("", part.label.rpartition(":")[2]).strip(_TRIM)
    if name and name != "其中":
        return name
    state = _STATE_NEXT.match(line, part.end)
    return state["name"].strip() if state else ""


def _is_done(line: str, part: _Count) -> bool:
    label = _LEAD.sub("", part.label).strip(_TRIM)
    if label:
        return bool(_DONE.search(label)) and not _NOT_DONE.search(label)
    return bool(_DONE_NEXT.match(line, part.end)) and not _BAD.search(line[part.end : part.end + 12])


def _are_alike(line: str, total: _Count, done: _Count, stated: bool, has_rest: bool) -> bool:
    """Whether the done ones are some of the total, and not of something else nearby."""
    if done.number > total.number or (total.counter and done.counter and total.counter != done.counter):
        return False
    if not stated and not total.counter:
        return False
    one, other = total.noun[:2], done.noun[:2]
    is_same = bool(one) and one == other
    if stated and (not one or not other or is_same or ANY_VERB.match(done.noun)):
        return bool(_STRONG_TOTAL.search(total.label) or total.counter)
    return is_same or has_rest or (not stated and done.label.endswith("其中"))


def _is_among(line: str, total: _Count, part: _Count) -> bool:
    """`42个中的39个`."""
    between = line[total.end : part.at]
    if not (total.counter and part.number <= total.number and _AMONG.match(between)):
        return False
    return not _BAD.search(line[part.end : part.end + 12]) and ("有" not in between or bool(_DONE_NEXT.match(line, part.end)))


def _is_total_of(line: str, done: _Count, total: _Count) -> bool:
    """`已完成159个，共164个`, `完成19个（共61个）`."""
    gap = line[done.end : total.start]
    return (
        bool(_TOTAL.search(total.label))
        and not re.search(r"计划|目标|应|需", total.label)
        and len(gap) <= 12
        and not re.search(r"[。;!?\n0-9]", gap)
        and done.number <= total.number
        and (not done.counter or not total.counter or done.counter == total.counter)
        and (not done.noun or not total.noun or done.noun[:2] == total.noun[:2])
    )


def _last_total(line: str) -> _Count | None:
    counts = list(_counts(line))
    for index in range(len(counts) - 1, -1, -1):
        if match := _TOTAL.search(counts[index].label):
            if _parts(line, counts, index + 1, counts[index].end):
                return None
            return replace(counts[index], start=counts[index].start + match.start())
    return None


# Written as a ratio -------------------------------------------------------------------------------

_RATIO = re.compile(r"[0-9](?<![0-9A-Za-z./~%+-][0-9])(?<![0-9][:*][0-9])[0-9]{0,6}(?P<mark>\s?/\s?)[0-9]{1,7}(?![0-9./:%A-Za-z~+-])")
_RATIO_COUNTER = re.compile(rf"\s?(?P<counter>{COUNTER})", re.ASCII | re.IGNORECASE)
_RATIO_LABEL = re.compile(
    r"(?:完成率|完成度|完成占比|完成比例|进度|进展|已?完成(?:数|情况)?|已[^,;。!?()\n0-9]{1,8}|(?:上线|投产|迁移|切换|提测|交付|改造|接入|整改|修复|下线|通过)(?:数|完成)?|"
    r"\b(?:progress|done|completed?|finished|migrated|fixed|closed|delivered))(?:为|是|达|至|到|\s|:|\*|\(|【|\[)*$",
    re.IGNORECASE,
)
_RATIO_SURE = re.compile(r"(?:完成率|完成度|完成占比|完成比例|进度|进展|progress)(?:为|是|\s|:|\*)*[:(【\[\s]*$|(?:完成|done|completed?)(?:\s|:|\*)*$", re.IGNORECASE)
_REST_NEXT = re.compile(r"\s?[,;]\s?(?:剩余|余下|还剩|剩)\s?[0-9]")
_RATIO_PERCENT = re.compile(r"(?P<value>[0-9]{1,3}(?:\.[0-9]{1,4})?)\s?%(?:\*\*)?\s?[(,]?\s?$")
_RATIO_DONE_NEXT = re.compile(r"\s?(?:已?完成(?![率度])|已(?:上线|投产|迁移|切换|提测|交付|接入|修复|下线|通过)|(?:are |is )?(?:done|completed?|finished|migrated|fixed|closed|delivered)\b)", re.IGNORECASE)
_NO_RATIO_NEXT = re.compile(r"\s?(?:分(?!批|阶段)|原则|法则|端口|报错|错误|码|小时|比例|的?(?:端口|状态码|错误|时间|概率))")
_NO_RATIO_BEFORE = re.compile(r"(?:得分|评分|打分|排名|第|HTTP|http|端口|错误码|状态码|返回|报|比分|\b(?:page|step|part|score|phase|rank)\b)\s?[:(]?\s?$", re.IGNORECASE)


def _ratios(line: str) -> Iterator[FoundFact]:
    if "/" not in line:
        return
    for count, match in enumerate(_RATIO.finditer(line)):
        if count >= _LIMIT:
            return
        done, total = (int(part) for part in line[match.start() : match.end()].split("/"))
        counter = _RATIO_COUNTER.match(line, match.end())
        end = counter.end() if counter else match.end()
        if 0 < total >= done and _is_done_of_total(line, match.start(), end, done, total, counted=counter is not None):
            yield _done_total(match.start(), end, done, total)


def _is_done_of_total(line: str, start: int, end: int, done: int, total: int, *, counted: bool) -> bool:
    before = line[max(0, start - 24) : start]
    if _NO_RATIO_NEXT.match(line, end) or _NO_RATIO_BEFORE.search(before):
        return False
    clause = line[clause_start(line, start) : start]
    label = _RATIO_LABEL.search(before)
    if label and _BAD.search(clause):
        return False
    percent = _percent_before(before)
    if percent is not None and before.rstrip().endswith("("):
        return abs(percent - 100 * done / total) <= 1.5 and not _BAD.search(clause) and bool(label or re.search(r"完成|进度|已|done|complete", clause))
    if counted:
        return bool(label or _RATIO_DONE_NEXT.match(line, end) or re.search(r"已|完成|进度", clause)) and not _BAD.search(clause)
    if label and _REST_NEXT.match(line, end):
        return True
    if 1 <= done <= 12 and total <= 31:  # may be a day
        return bool(_RATIO_SURE.search(before)) and not VERB_NEXT.match(line, end)
    return bool(label) or bool(_RATIO_DONE_NEXT.match(line, end))


def _percent_before(before: str) -> float | None:
    percent = _RATIO_PERCENT.search(before)
    return float(percent["value"]) if percent else None


# In English -----------------------------------------------------------------------------------------

_OF = re.compile(
    r"[0-9](?<![0-9.,/:-][0-9])[0-9]{0,6}(?:\s(?:out\s)?of\s(?:the\s|all\s|our\s)?(?:total\s)?)(?P<total>[0-9]{1,7})(?![0-9.,:/%]*[0-9%])", re.IGNORECASE
)
_NO_OF_BEFORE = re.compile(r"\b(?:page|step|part|phase|chapter|slide|week|day|round|rank|item|stage|version|top|june?|july?|may|march|april|august)\s$", re.IGNORECASE)
_NO_OF_NEXT = re.compile(r"\s(?:days?|hours?|minutes?|weeks?|months?|percent)\b", re.IGNORECASE)


def _of(line: str) -> Iterator[FoundFact]:
    if "of " not in line:
        return
    for count, match in enumerate(_OF.finditer(line)):
        if count >= _LIMIT:
            return
        digits = re.match(r"[0-9]+", match[0])
        done, total = int(digits[0]) if digits else 0, int(match["total"])
        near = line[match.end() : match.end() + 30]
        if done > total or total == 0 or _NO_OF_BEFORE.search(line[max(0, match.start() - 10) : match.start()]):
            continue
        if _NO_OF_NEXT.match(near) or _BAD.search(near) or (1900 <= total <= 2100 and not _RATIO_COUNTER.match(near)):
            continue
        yield _done_total(match.start(), match.end(), done, total)


def _done_total(start: int, end: int, done: int, total: int) -> FoundFact:
    return FoundFact("done_total", start, end, True, {"done": done, "total": total})
