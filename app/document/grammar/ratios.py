"""What is done of a total, written as a ratio: `46/65`, `118/240 张`, `39 of 42`.

`6/7` may be a day as well; it is a ratio only where the words before it leave no doubt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from app.document.grammar.folding import clause_start
from app.document.grammar.found import FoundFact, done_total
from app.document.grammar.patterns import any_of, words
from app.document.grammar.verbs import COUNTER, NOT_DONE_NEAR, VERB_NEXT

#: More ratios than this in one block is no prose; what follows them is not read.
_LIMIT: Final = 2000

_STROKE = re.compile(
    r"[0-9](?<![0-9A-Za-z./~%+-][0-9])(?<![0-9][:*][0-9])[0-9]{0,6}\s?/\s?[0-9]{1,7}(?![0-9./:%A-Za-z~+-])"
)
_COUNTER_NEXT = words(rf"\s?{COUNTER}")


def ratios(line: str) -> Iterator[FoundFact]:
    """The ratios of the folded line, those with a stroke first."""
    if "/" in line:
        yield from _strokes(line)
    if "of " in line:
        yield from _of(line)


def _strokes(line: str) -> Iterator[FoundFact]:
    for count, match in enumerate(_STROKE.finditer(line)):
        if count >= _LIMIT:
            return
        done, total = (int(part) for part in match[0].split("/"))
        counter = _COUNTER_NEXT.match(line, match.end())
        end = counter.end() if counter else match.end()
        if 0 < total >= done and _is_done_of(
            line, match.start(), end, done, total, is_counted=counter is not None
        ):
            yield done_total(match.start(), end, done, total)


_DONE: Final = r"\b(?:done|completed?|finished|migrated|fixed|closed|delivered)\b"
_WORK_DONE: Final = any_of("上线 投产 迁移 切换 提测 交付 改造 接入 整改 修复 下线 通过")
_LABEL = words(
    "(?:",
    any_of("完成率 完成度 完成占比 完成比例 进度 进展 已?完成(?:数|情况)?"),
    rf"|已[^,;!?。()\n0-9]{{1,8}}|覆盖(?!率)[^,;!?。()\n0-9]{{0,8}}|{_WORK_DONE}(?:数|完成)?|\bprogress\b|{_DONE})(?:[:*(【\[\s为是达至到])*$",
)
_SURE_LABEL = words(
    any_of("完成率 完成度 完成占比 完成比例 进度 进展 progress"),
    r"(?:[:*(【\[\s为是])*$|(?:完成|done|completed?)[\s:*]*$",
)
_DONE_NEXT = words(rf"\s?(?:已?完成(?![率度])|已{_WORK_DONE}|(?:are |is )?{_DONE})")
_REST_NEXT = re.compile(r"\s?[,;]\s?(?:剩余|余下|还剩|剩)\s?[0-9]")
_PROGRESS_BEFORE = words("完成|进度|已|done|complete")
_PERCENT_BEFORE = re.compile(r"(?P<value>[0-9]{1,3}(?:\.[0-9]{1,4})?)\s?%(?:\*\*)?\s?\(\s?(?:\*\*)?$")
#: A share of nothing else than the work the sentence is about: `占比52%（24/46）`.
_BARE_SHARE = re.compile(r"^[\s*]*占比")
_IS_BAD_SHARE = words(NOT_DONE_NEAR.pattern, "|投诉|退款|错误|拒|损|费|款|金额|人")
_SOMETHING_ELSE_NEXT = words(
    r"\s?(?:分(?!批|阶段)|原则|法则|端口|报错|错误|码|小时|比例|的?(?:端口|状态码|错误|时间|概率))"
)
_SOMETHING_ELSE_BEFORE = words(
    r"(?:得分|评分|打分|排名|第|HTTP|端口|错误码|状态码|返回|报|比分|\b(?:page|step|part|score|phase|rank)\b)\s?[:(]?\s?$"
)


def _is_done_of(line: str, start: int, end: int, done: int, total: int, *, is_counted: bool) -> bool:
    before = line[max(0, start - 24) : start]
    if _SOMETHING_ELSE_NEXT.match(line, end) or _SOMETHING_ELSE_BEFORE.search(before):
        return False
    clause = line[clause_start(line, start) : start]
    is_bad = bool(NOT_DONE_NEAR.search(clause))
    if percent := _PERCENT_BEFORE.search(before):  # 70%(46/65)
        fits = abs(float(percent["value"]) - 100 * done / total) <= 1.5
        if not fits or is_bad:
            return False
        return bool(_PROGRESS_BEFORE.search(clause)) or (
            total > 31
            and bool(_BARE_SHARE.search(clause))
            and not _IS_BAD_SHARE.search(line[max(0, start - 48) : start])
        )
    label = _LABEL.search(before)
    is_done_next = bool(_DONE_NEXT.match(line, end))
    if is_bad and (label or is_counted):
        return False
    if is_counted:
        return bool(label or is_done_next or _PROGRESS_BEFORE.search(clause))
    if label and _REST_NEXT.match(line, end):
        return True
    if 1 <= done <= 12 and total <= 31:  # may be a day
        return bool(_SURE_LABEL.search(before)) and not VERB_NEXT.match(line, end)
    return bool(label) or is_done_next


# In English -------------------------------------------------------------------------------------------

_WHOLE: Final = r"(?:[0-9]{1,3}(?:,[0-9]{3}){1,2}|[0-9]{1,7})"
_OF = words(
    rf"(?<![0-9.,/:-])(?P<done>{_WHOLE})\s(?:out\s)?of\s(?:the\s|all\s|our\s)?(?:total\s)?",
    rf"(?P<total>{_WHOLE})(?![0-9.,:/%]*[0-9%])",
)
_NO_OF_BEFORE = words(
    r"\b",
    any_of("page step part phase chapter slide week day round rank item stage version top"),
    r"\s$|\b",
    any_of("january february march april may june july august september october november december"),
    r"\s$",
)
_NO_OF_NEXT = words(r"\s(?:days?|hours?|minutes?|weeks?|months?|percent)\b")


def _of(line: str) -> Iterator[FoundFact]:
    for count, match in enumerate(_OF.finditer(line)):
        if count >= _LIMIT:
            return
        done, total, end = _number(match["done"]), _number(match["total"]), match.end()
        if not 0 < total >= done or _NO_OF_BEFORE.search(line[max(0, match.start() - 10) : match.start()]):
            continue
        is_year = 1900 <= total <= 2100 and not _COUNTER_NEXT.match(line, end)
        if is_year or _NO_OF_NEXT.match(line, end) or NOT_DONE_NEAR.search(line, end, end + 30):
            continue
        yield done_total(match.start(), end, done, total)


def _number(digits: str) -> int:
    return int(digits.replace(",", ""))
