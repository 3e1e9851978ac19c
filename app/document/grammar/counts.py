"""Totals with what is done of them, and with their parts.

`总数96个，已经完成开发88个`, `42个中的39个`, `总计14个：可归档6个，已投产5个，…`. Numbers before a
counter word are read in runs: a total, then its parts. One part that is done makes `done_total`;
named parts make `parts_total`. Numbers are kept as written, also where they do not add up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from app.document.grammar.folding import prose
from app.document.grammar.found import FoundFact, closed, done_total
from app.document.grammar.patterns import any_of, words
from app.document.grammar.ratios import ratios
from app.document.grammar.verbs import ANY_VERB, COUNTER, NOT_DONE_NEAR

#: More counts than this in one block is no prose; what follows them is not read.
_LIMIT: Final = 2000
_MOST_PARTS: Final = 12
_FARTHEST_PART: Final = 40


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
    facts = list(ratios(line))
    taken = [(fact.start, fact.end) for fact in facts]
    for fact in _runs(line):
        if not any(start < fact.end and fact.start < end for start, end in taken):
            facts.append(fact)
    facts.sort(key=lambda fact: fact.start)
    return [replace(fact, end=closed(line, fact.start, fact.end)) for fact in facts]


def find_parts_total(total_text: str, following: str) -> PartsTotal | None:
    """A total at the end of one block (`…，总计14个`) with its parts in the next (`可归档6个，已投产5个`).

    None where `total_text` states no total, or already states parts of it, or `following` does not
    begin with parts. The place of such a fact is `total_place(total_text)`.
    """
    total = _last_total(prose(total_text))
    if total is None:
        return None
    line = prose(following)
    parts = _without_increments(total.number, _parts(line, list(_counts(line)), 0, 0))
    if not parts or not _are_parts(line, total.number, parts, is_stated=True, fewest=1):
        return None
    return _parts_total(line, total.number, parts)


def total_place(text: str) -> tuple[int, int] | None:
    """Where the total stands that `find_parts_total` reads: `总计14个`."""
    total = _last_total(prose(text))
    return (total.start, total.end) if total else None


_STATES: Final = any_of(
    "done completed? open closed pending testing blocked migrated retired live remaining left todo",
    r"in\sprogress in\stest(?:ing)? not\sstarted",
)


# Runs -----------------------------------------------------------------------------------------------


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
        return done_total(first.at, following.end, following.number, first.number), index + 2
    if following and _is_done(line, first) and _is_total_of(line, first, following):
        return done_total(first.start, following.end, first.number, following.number), index + 2
    parts = _parts(line, counts, index + 1, first.end)
    if not parts:
        return None
    stated = _TOTAL.search(first.label)
    start = first.start + stated.start() if stated else first.at
    after = index + 1 + len(parts)
    parts = _without_increments(first.number, parts)
    done = [part for part in parts if _is_done(line, part)]
    rest = [part for part in parts if _REMAIN.search(part.label)]
    if (
        len(done) == 1
        and len(parts) == 1 + len(rest)
        and _are_alike(line, first, done[0], bool(stated), bool(rest))
    ):
        return done_total(start, parts[-1].end, done[0].number, first.number), after
    if _are_parts(line, first.number, parts, is_stated=bool(stated), fewest=2):
        values = _parts_total(line, first.number, parts)._asdict()
        return FoundFact("parts_total", start, parts[-1].end, True, values), after
    if done and done[0] in parts[:2] and _are_alike(line, first, done[0], bool(stated), bool(rest)):
        return done_total(start, done[0].end, done[0].number, first.number), counts.index(done[0]) + 1
    return None


_TOTAL = words(
    "(?:",
    any_of("总数 总计 共计 合计 总共 一共 总量 全量 全部 (?<!公)共 共有 拆分?成? 总(?![^数计共量])"),
    "|(?:计划|目标|应|需|需要)(?:完成|上线|迁移|改造|下线|接入|整改)?)",
    any_of(
        r"有 为 是 了 约 : \s \* 涉及 梳理出? 识别出? 发现 需 包括 包含",
        "待?(?:迁移|改造|下线|接入|整改|修复|切换|开发|测试|治理|排查)",
    ),
    "*$|^(?:本周|累计|目前|当前)?(?:总?共(?![享同性])|共计|总计|合计|一共)[^,;。已]{1,10}$",
    r"|\btotal(?:\s+of)?\s*:?\s*$",
)
_STRONG_TOTAL = words(r"总数|总计|共计|合计|总共|一共|总量|\btotal")
_FUTURE_TOTAL = re.compile(r"计划|目标|应|需")
_REMAIN = words(r"余下|剩余|剩下|还剩|尚余|尚剩|仅剩|剩|其余|还有|余$|\b(?:remaining|left|to go)\b")
_BREAK = re.compile(r"[。;!?\n0-9]")
_STOPS = re.compile(r"[。!?]|\n\s*\n")
_NOTE = re.compile(r"\([^()]*\)")
_OPENED = re.compile(r"[^,;。、()\n0-9]{0,10}\(")


def _parts(line: str, counts: list[_Count], index: int, end: int) -> list[_Count]:
    """The counts from `counts[index]` on that continue what ended at `end`: no sentence or total between."""
    parts: list[_Count] = []
    opened = _OPENED.match(line, end, end + 12)
    if opened:
        end = opened.end()
    for part in counts[index : index + 3 * _MOST_PARTS]:
        gap = line[end : part.start] if part.start >= end else ""
        if len(gap) > 5 * _FARTHEST_PART or _TOTAL.search(part.label) or len(parts) == _MOST_PARTS:
            break
        plain = _NOTE.sub("", gap)
        if len(plain) > _FARTHEST_PART or _STOPS.search(plain) or (opened and ")" in plain):
            break
        if "(" in plain:
            continue
        parts.append(part)
        end = part.end
    return parts


_INCREMENT = re.compile(r"^(?:其中)?[:\s]*(?:[本上当]周|[本上当]月|[今昨当本]日)|新增")


def _without_increments(total: int, parts: list[_Count]) -> list[_Count]:
    """`已投产101个，本周投产6个`: what the week added is among those that are done, and no part."""
    kept = [part for part in parts if not _INCREMENT.search(part.label)]
    is_whole = sum(part.number for part in parts) == total
    return parts if is_whole or not any(_DONE.search(part.label) for part in kept) else kept


def _last_total(line: str) -> _Count | None:
    counts = list(_counts(line))
    for index in range(len(counts) - 1, -1, -1):
        if match := _TOTAL.search(counts[index].label):
            if _parts(line, counts, index + 1, counts[index].end):
                return None
            return replace(counts[index], start=counts[index].start + match.start())
    return None


# Parts and what is done of them ------------------------------------------------------------------------

_LEAD = re.compile(
    r"^(?:[\s*_-]*(?:其中|目前|当前|截至目前|截止目前|本周|累计|现|现在|分别为|分别|包括|包含|含|即|已累计)[:\s]*)+"
)
_STATE = words(
    "^",
    any_of("已 可 待 未 不 无需 无须 暂 均 正在 新增 在 需 剩 余"),
    "|中$|",
    any_of("完成 就绪 通过 成功 失败 延期 阻塞 取消 下线 上线 投产 验收 开发 测试 进行"),
    "|^",
    any_of("高危 中危 低危 严重 一般 轻微 致命 提示 其他 其它 [PSL][0-5]"),
    rf"$|\b{_STATES}\b",
)
_STATE_NEXT = words(
    rf"\s?(?P<name>{_STATES}",
    r"|(?:已|可|待|未|不|正在|无需)[^\s,;。、()\n0-9]{1,7}|[^\s,;。、()\n0-9]{1,7}中)",
    r"(?=\s*(?:[,;。、)\n]|$|\band\b))",
)
_DONE_WORDS: Final = r"\b(?:done|completed?|finished|migrated|fixed|closed|resolved|delivered|live|passed)\b"
_DONE = words(f"已|完成|修复|解决|关闭|闭环|实际|通过|上线|交付|投产|{_DONE_WORDS}")
_DONE_NEXT = words(rf"[^,;。、()\n0-9]{{0,8}}?(?:已|完成|上线|通过|{_DONE_WORDS})")
_NOT_DONE = words(any_of("可 待 未 不 拟 预计 计划 将 失败 异常 中$ 剩 余 需 风险 延期 取消 暂停 阻塞 新增"))
_AMONG = re.compile(
    r"^[^,;。、()\n0-9]{0,12}?中(?:的|有|已经?|已经?完成|完成|,\s?(?:已经?|有)?(?:完成)?|\s)*$"
)


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
    """可归档 of `可归档6个`, 已投产 of `其中3个已投产`."""
    name = _LEAD.sub("", part.label.rpartition(":")[2]).strip(_TRIM)
    if name and name != "其中":
        return name
    state = _STATE_NEXT.match(line, part.end)
    return state["name"].strip() if state else ""


def _is_done(line: str, part: _Count) -> bool:
    label = _LEAD.sub("", part.label).strip(_TRIM)
    if label:
        return bool(_DONE.search(label)) and not _NOT_DONE.search(label)
    return bool(_DONE_NEXT.match(line, part.end)) and not NOT_DONE_NEAR.search(line[part.end : part.end + 12])


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
    return not NOT_DONE_NEAR.search(line[part.end : part.end + 12]) and (
        "有" not in between or bool(_DONE_NEXT.match(line, part.end))
    )


def _is_total_of(line: str, done: _Count, total: _Count) -> bool:
    """`已完成88个，共96个`, `完成18个（共52个）`."""
    gap = line[done.end : total.start]
    return (
        bool(_TOTAL.search(total.label))
        and not _INCREMENT.search(done.label)
        and not _FUTURE_TOTAL.search(total.label)
        and len(gap) <= 12
        and not _BREAK.search(gap)
        and done.number <= total.number
        and (not done.counter or not total.counter or done.counter == total.counter)
        and (not done.noun or not total.noun or done.noun[:2] == total.noun[:2])
    )


# Numbers before a counter word ---------------------------------------------------------------------

_COUNT = words(
    r"(?P<number>[0-9](?<![0-9./~+%-][0-9])(?<![0-9][:*][0-9])(?<!第[0-9])[0-9]{0,7}(?:,[0-9]{3})*)(?![0-9.])",
    rf"(?:\s?(?:\*\*)?(?P<counter>{COUNTER})|(?=\s*(?:[,、;。()\n]|$))|(?=\s?{_STATES}\b))",
)
_LABEL = re.compile(r"(?:[^,;。、()\n|【】!?0-9]|(?<=[A-Z])[0-9](?=\s)){0,20}$")
_NOUN = re.compile(r"[^\s,;。、:()\n|【】!?0-9*]{0,12}")
_TRIM: Final = " \t:*_为约是达-—"


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
        before = label[0] if label else ""
        noun = _NOUN.match(line, match.end())
        yield _Count(
            start=at - len(before.lstrip(_TRIM)),
            at=at,
            end=match.end(),
            number=int(digits),
            label=before.strip(_TRIM),
            counter=match["counter"] or "",
            noun=noun[0] if noun else "",
        )
        end = match.end()
