"""What of a week's work goes on in the next: which items are open, and what they had promised.

An item is **open** until its text says that it is done. In order, the first that applies decides:

1. what is still to come (`预计6/13灰度`, `待开发7张`, `planned for`) leaves it open, whatever else is done;
2. a progress below 100 %, or a count below its total, leaves it open (`已完成80%`); at 100 % it is done;
3. a mark of being done (完成, 已上线, 已投产, released, …) that is not partial or denied closes it
   (`部分完成` and `未完成` do not);
4. what says none of this is open. A day in the past alone closes nothing.

An item that says nothing itself but has others below it is as open as they are. A branch is kept with its
open items only; one that is done stays where something below it is open, since that needs its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from app.document.grammar.folding import clause_end, clause_start, prose
from app.document.grammar.patterns import any_of, words
from app.document.grammar.verbs import PLANNED
from app.document.headings import says_none
from app.document.places import Path
from app.document.recognition import meant_kind
from app.document.schema import Block, DateFact, Document, DoneTotalFact, Fact, ProgressFact, SectionKind

#: Sections whose items are work that goes on; metrics, events, reflections and goals begin anew.
CARRIES: Final[frozenset[SectionKind]] = frozenset({"key_work", "workstream", "other", "custom"})

Said = Literal["open", "done", "nothing"]


@dataclass(frozen=True, slots=True)
class PromisedDate:
    """A planned date of an item: `iso` as in the document, `role` what is to happen on it.

    `first` is the day that was promised first, where it was another one, and `moved` how often it moved.
    """

    iso: str
    literal: str
    role: str | None
    first: str | None = None
    moved: int = 0

    @property
    def day(self) -> date | None:
        """The day itself; None where only a month or a span was promised."""
        return date.fromisoformat(self.iso) if len(self.iso) == len("2025-06-07") else None

    @property
    def first_day(self) -> date | None:
        return date.fromisoformat(self.first) if self.first else None


@dataclass(slots=True)
class OpenItem:
    """An open item of last week: its block, what it had reached and promised, and what is open below it.

    `below` also holds the item's own paragraphs, which go where it goes.
    """

    block: Block
    spot: tuple[int, Path] = (0, ())
    progress: str | None = None
    dates: list[PromisedDate] = field(default_factory=list)
    below: list[OpenItem] = field(default_factory=list)


def open_items(document: Document) -> dict[int, list[OpenItem]]:
    """The open items of a report by the index of their section, in their order; pure of any other."""
    facts: dict[tuple[int, Path], list[Fact]] = {}
    for fact in document.facts:
        facts.setdefault((fact.place.section, fact.place.path), []).append(fact)
    found = {}
    for index, section in enumerate(document.sections):
        if meant_kind(document, index) in CARRIES:
            items = list(_open_among(section.blocks, index, (), facts))
            if items:
                found[index] = items
    return found


def what_it_says(text: str, facts: Sequence[Fact]) -> Said:
    """Whether a text with the facts recognised in it says of its item that it is open or done."""
    line = _AS_PLANNED.sub("", prose(text))
    if any(isinstance(fact, DateFact) and fact.status == "planned" for fact in facts) or _to_come(line):
        return "open"
    progress = [fact.value for fact in facts if isinstance(fact, ProgressFact)]
    counts = [fact for fact in facts if isinstance(fact, DoneTotalFact)]
    if progress:
        return "done" if progress[-1] >= 100 else "open"
    if any(count.done < count.total for count in counts):
        return "open"
    marks = list(_marks(line))
    if "done" in marks or counts:
        return "done"
    return "open" if marks or _ONGOING.search(line) else "nothing"


def _open_among(
    blocks: Sequence[Block], section: int, above: Path, facts: dict[tuple[int, Path], list[Fact]]
) -> Iterator[OpenItem]:
    for position, block in enumerate(blocks):
        path = (*above, position)
        if block.kind != "item" or says_none(block.text):
            continue
        own = [n for n, child in enumerate(block.blocks) if child.kind != "item"]
        texts = [(block.text, path), *((block.blocks[n].text, (*path, n)) for n in own)]
        said = [what_it_says(text, facts.get((section, at), ())) for text, at in texts]
        below = list(_open_among(block.blocks, section, path, facts))
        has_items = len(own) < len(block.blocks)
        if "open" in said:
            is_open = True
        elif "done" in said or has_items:
            is_open = bool(below)
        else:
            is_open = True
        if is_open:
            known = [fact for _, at in texts for fact in facts.get((section, at), ())]
            yield OpenItem(
                block=block,
                spot=(section, path),
                progress=progress_said(known),
                dates=dates_promised(known),
                below=_in_order(block, own, below, section, path),
            )


def progress_said(facts: Sequence[Fact]) -> str | None:
    """The last progress among the facts of an item."""
    return next((f"{fact.value:f}%" for fact in reversed(facts) if isinstance(fact, ProgressFact)), None)


def dates_promised(facts: Sequence[Fact]) -> list[PromisedDate]:
    """The planned dates among the facts of an item."""
    return [
        PromisedDate(fact.iso, fact.literal, fact.role)
        for fact in facts
        if isinstance(fact, DateFact) and fact.status == "planned"
    ]


def _in_order(
    block: Block, own: Sequence[int], below: Sequence[OpenItem], section: int, path: Path
) -> list[OpenItem]:
    """The item's paragraphs and its open items as they stood."""
    paragraphs = {id(block.blocks[n]): OpenItem(block.blocks[n], (section, (*path, n))) for n in own}
    items = {id(item.block): item for item in below}
    known = {**paragraphs, **items}
    return [known[id(child)] for child in block.blocks if id(child) in known]


_DONE = words(
    "(?:",
    any_of("完成 完毕 完结 结项 结案 竣工 收官 闭环 解决 修复"),
    "(?!率|度|比|后|前|时)|",
    any_of("上线 投产 发布 发版 下线 交付 落地 关闭 全量 割接 切换 通过 验收"),
    "(?!率|后|前|时|日|中|于未|情况|环境|窗口|计划|方案|清单|材料|标准|的))",
)
#: These are enough by themselves. Others need a word that it has happened: 上线 may be a plan.
_SURE = re.compile("完成|完毕|完结|结项|结案|竣工|收官|闭环")
_SAYS_SO = words(
    any_of(
        "已经? 均已? 都已? 全部 顺利 正式 成功 如期 按期 按时 了 完成 完毕 本周 今[日天] 昨[日天]",
        "周[一二三四五六日]",
    )
)
_DATED = words(r"[0-9]\s?[日号]?\s?$")
_ENGLISH_DONE = words(
    r"\b(?:done|completed?|finished|released|shipped|launched|deployed|delivered|closed|resolved|went live"
    r"|gone live|is live|are live|in production|signed off|rolled out|merged|retired)\b"
)
_DENIED = words(
    any_of(
        "未能?(?:全部|完全|正式|如期|按期)? 尚未 还未 还没 没有? 不能 无法 部分 基本 大部分? 大致 初步 局部",
        "一期 首批 近半 半数 [一1]半 阶段性 逐步 陆续 待 等待 即将 拟 需 须 推进 争取 力争 计划 预计 准备",
        "正在 继续 持续 分批 分阶段 有望 暂缓 推迟 延期",
    ),
    "[^,;。]{0,8}$",
)
_ENGLISH_DENIED = words(
    r"\b(?:not|n't|never|nearly|almost|partly|partially|half|mostly|to be|will be|being|until|before|yet to|"
    r"need(?:s|ed)? to be|should be|can be|cannot be|could not be|once|when|if|after)\b[^,;.]{0,16}$"
)
_ENGLISH_DENIED_NEXT = words(r"\s*(?:partially|partly|so far|except|but not)\b")
_TO_COME = words(
    any_of(
        "待(?!遇|办|命|机|定级|查) 余下 剩余 其余 尚需 仍需 还需 还差 剩 后续 下一步 下周 继续 持续推进",
        "(?:进行|推进|开发|测试|联调|处理|评审|排期|修复|沟通|筹备)中 未(?:完成|上线|投产|开始|启动) 尚未",
        "暂停 暂缓 阻塞",
    )
)
_ENGLISH_TO_COME = words(
    r"\b(?:to do|todo|remaining|remains|still|pending|in progress|ongoing|under way|underway|waiting|blocked"
    r"|on hold|paused|next step|to follow|left to|continues?|not yet|not started)\b"
)
_ONGOING = words(any_of("中$ 中[,;。] 推进 跟进 进行 准备 讨论 评估"))
_AS_PLANNED = words(any_of("原计划 原定 按计划 按照计划 比计划 较计划 计划内 计划外"))
_LEFT_NOTHING = words(any_of("无(?:剩余|遗留|待) 没有(?:剩余|遗留) 剩余0 待[^,;。]{0,6}0[个张项家]"))


def _to_come(line: str) -> bool:
    """Whether a clause tells of what is still ahead."""
    line = _LEFT_NOTHING.sub("", line)
    return bool(_TO_COME.search(line) or _ENGLISH_TO_COME.search(line) or PLANNED.search(line))


def _marks(line: str) -> Iterator[Said]:
    """The marks of being done, each as `done`, or as `open` where it is denied or only in part."""
    for mark in _DONE.finditer(line):
        start, end = clause_start(line, mark.start()), clause_end(line, mark.end())
        before = line[start : mark.start()]
        if _DENIED.search(before):
            yield "open"
        elif _SURE.search(mark[0]) or _SAYS_SO.search(line[start:end]) or _DATED.search(before):
            yield "done"
    for mark in _ENGLISH_DONE.finditer(line):
        before = line[clause_start(line, mark.start()) : mark.start()]
        is_denied = _ENGLISH_DENIED.search(before) or _ENGLISH_DENIED_NEXT.match(line, mark.end())
        yield "open" if is_denied else "done"
