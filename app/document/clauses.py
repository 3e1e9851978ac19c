"""The labelled parts of an incident's text: cause, handling, impact and what else people name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.document.lines import ASCII_SPACE
from app.document.phrases import fold
from app.document.vocabulary import Label

#: A label counts at the start of a clause only: 具体原因待复盘 is a sentence, no label.
_START = r"(?:^|(?<=[\s,.。;!?、)\]】>*_\-·•]))"
#: A label may be in bold, its colon within or without; the emphasis of what follows is not its own.
_END = r"(?(bold)(?:[*_]{1,3}[ ]*:|[ ]*:[ ]*[*_]{0,3})|[ ]*:)[ \t]*"

_WORDS: tuple[tuple[Label, str], ...] = (
    (
        "cause",
        r"(?:问题|故障|事故|异常|事件|根本|直接|初步|主要|具体|可能|触发|产生|报错|失败|的)*"
        r"(?:原因|根因|起因)(?:初步)?(?:分析|说明|定位|初判)?[为是]?"
        r"|(?:原因|根因)(?:及|和|与|/|、|&)(?:处置|处理|解决|措施|影响)[\u4e00-\u9fff]{0,4}"
        r"|(?:(?:root|direct|likely|probable|possible)[ ])?(?:causes?|reasons?)",
    ),
    (
        "recovered",
        r"(?:业务|系统|服务|故障|完全)?恢复(?:时间|时刻)"
        r"|(?:recovered|restored|resolved)(?:[ ]at)?|recovery[ ]time",
    ),
    (
        "handling",
        r"(?:应急|临时|现场|紧急|具体|快速|问题|故障|当前|目前|后续)*(?:处置|处理|解决|修复|止损|应对|恢复|补救)"
        r"(?:措施|方案|过程|结果|情况|办法|进展|方式|动作|步骤|方法|经过|状态)?"
        r"|handling|handled|actions?(?:[ ]taken)?|resolution|mitigations?|fix|remedy|response",
    ),
    (
        "impact",
        r"(?:业务|客户|用户|资金|交易|系统|具体|整体|主要|事件|故障)*"
        r"影响(?:范围|面|情况|程度|时长|业务|交易|说明|评估|时间)?"
        r"|(?:business[ ]|customer[ ]|user[ ])?impact",
    ),
    ("symptom", r"(?:问题|故障|事件|事故|异常)?(?:现象|描述)|symptoms?|what[ ]happened"),
    ("grade", r"(?:事故|事件|故障)?(?:定级|等级|级别)|grade|severity"),
)
_FOLLOW_UP = (
    r"(?:改进|整改|优化|后续|跟进|预防)(?:措施|计划|方案|动作|事项|改进|优化|安排|项)?"
    r"|follow[- ]?ups?|next[ ]steps"
)
_LABELLED = re.compile(
    _START
    + r"(?P<bold>[*_]{1,3})?(?:"
    + "|".join(f"(?P<{label}>{words})" for label, words in _WORDS)
    + f"|(?P<follow>{_FOLLOW_UP})){_END}",
    re.IGNORECASE,
)
#: `，原因待查` states no cause.
_UNSAID = (
    r"(?![ ]*(?:待|不明|未|正在|仍|尚|还|需|见|及|和|与|复盘|如下|调查|核实|排查"
    r"|(?:定位|分析|确认)(?!为|是)|[:]))"
)
_BARE_CAUSE = re.compile(
    rf"(?:(?:(?<=[,;。])|(?<=[,;。][ ]))(?:根本|直接)?原因(?:分析|定位|确认)?(?:是|为|系|在于)?"
    rf"|(?:^|(?<=\n))(?:根本|直接)?原因(?:是|为|系|在于|[ ])){_UNSAID}[ ]*(?=\S\S)"
)
_BARE_HANDLING = re.compile(r"(?:^|(?<=\n))处置[ ](?=\S)")
_LONGEST_STORY = 20_000
_SEPARATORS = ASCII_SPACE + "\n\u3000\xa0，,；;、"


@dataclass(frozen=True, slots=True)
class Clauses:
    """An incident's text by its labels; the parts together are the text without the labels."""

    symptom: str
    cause: str | None = None
    handling: str | None = None
    impact: str | None = None
    recovered: str | None = None
    grade: str | None = None


def split_clauses(text: str) -> Clauses:
    """Deal the text out to the labels that stand in it; what stands before the first is symptom."""
    parts: dict[Label, list[str]] = {"symptom": []}
    at, label = 0, "symptom"
    for start, end, next_label in find_labels(text):
        follow_up = next_label == "follow"
        if next_label == label or (follow_up and label == "handling"):
            continue
        _put(parts, label, _before_label(text[at:start]))
        at, label = (start, "handling") if follow_up else (end, next_label)
    _put(parts, label, text[at:].strip(ASCII_SPACE + "\n"))
    joined = {name: "\n".join(texts) or None for name, texts in parts.items()}
    return Clauses(
        symptom=joined["symptom"] or "",
        cause=joined.get("cause"),
        handling=joined.get("handling"),
        impact=joined.get("impact"),
        recovered=joined.get("recovered"),
        grade=joined.get("grade"),
    )


def begins_with_clause(text: str) -> bool:
    """Whether a text begins with a label of an incident's part, such as `处置：`."""
    return any(start == 0 or not text[:start].strip("*_ ") for start, _, _ in find_labels(text[:60]))


def has_clauses(text: str) -> bool:
    """Whether a cause or a handling is labelled somewhere in a text."""
    return any(label in ("cause", "handling") for _, _, label in find_labels(text[:_LONGEST_STORY]))


def ends_open(text: str) -> bool:
    """Whether a text ends with a label or a colon, so that what follows belongs to it."""
    return fold(text[-40:]).rstrip(" *_\n").endswith(":")


def find_labels(text: str) -> list[tuple[int, int, str]]:
    """Start, end and name of each label of a text, in order; `follow` is one of a follow-up."""
    folded = fold(text)
    found = [(*match.span(), _label(match)) for match in _LABELLED.finditer(folded)]
    found += [(*match.span(), "cause") for match in _BARE_CAUSE.finditer(folded)]
    found += [(*match.span(), "handling") for match in _BARE_HANDLING.finditer(folded)]
    labels: list[tuple[int, int, str]] = []
    for start, end, label in sorted(found, key=lambda item: (item[0], -item[1])):
        if not labels or start >= labels[-1][1]:
            labels.append((start, end, label))
    return labels


def _label(match: re.Match[str]) -> str:
    return next(name for name, words in match.groupdict().items() if words is not None and name != "bold")


def _before_label(text: str) -> str:
    """A part without what parts it from a label on the same line."""
    if text.endswith("\n"):
        return text.strip(ASCII_SPACE + "\n")
    return text.strip(ASCII_SPACE + "\n").rstrip(_SEPARATORS)


def _put(parts: dict[Label, list[str]], label: str, text: str) -> None:
    if text:
        parts.setdefault(label, []).append(text)  # type: ignore[arg-type]  # labels of the patterns above
