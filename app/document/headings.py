"""What a heading says: kind, code and title of a section, and which section encloses which."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from app.document.schema import SectionKind
from app.document.vocabulary import HEADINGS, NONE_WORDS, Language

_LONGEST = 200  # characters of a heading that are compared; longer ones are sentences
_CODE = re.compile(r"([OoＯｏ])[ \t]?([0-9０-９]{1,2})(?![0-9A-Za-z０-９]|[.．]\d)[\s\-—–:：、.．|·]*")
_LETTER = re.compile(r"([A-ZＡ-Ｚ])[ \t]*[.．、:：)）](?!\d)[ \t]*")
_NUMBER = re.compile(
    r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})[.．、)）](?!\d)[ \t]*"
    r"|[（(](?:\d{1,2}|[一二三四五六七八九十]{1,3})[）)][ \t]*"
)
_BRACKETS = {"【": "】", "〖": "〗", "「": "」", "[": "]"}
_THIS_WEEK = re.compile(r"(?:本周的?|这周的?|上周的?|本期|近期|thisweeks?|weekly)(?=.)")
_PARENTHESIS = re.compile(r"(?<=.)[（(][^（()）]{0,40}[)）]\s*$")
_AND = re.compile(r"(?<=\w)(?:和|与|及|以及|&|＆|、|/|\+|and)(?=\w)")
_INCIDENTS = re.compile(
    r"(?:生产|线上|系统|运行|安全|稳定性|突发|异常|平台|支付|环境|重大|主要|及|与)*"
    r"(?:事件|事故|故障|(?:生产|线上|稳定性|突发)(?:系统|运行)?(?:问题|异常))"
    r"(?:列表|汇总|情况|复盘|跟踪|处理|回顾|明细|说明|跟进|与事故|与故障|与问题)*"
)
_HOW_MANY = re.compile(r"(?:共|合计|总计)?\d{1,3}[起次个件例]$")
_OTHER = re.compile(r"(?:其他|其它).{0,4}|others?.{0,8}")
_NEXT = re.compile(r"(?:下一?周|下个?周).{0,3}(?:工作|目标|计划|重点|安排|任务|事项).{0,6}")


def phrase_key(text: str) -> str:
    """Text as headings are compared: no width, case, white space, brackets or punctuation."""
    folded = unicodedata.normalize("NFKC", text[:_LONGEST]).lower()
    joined = _AND.sub("与", "".join(folded.split()))
    return "".join(char for char in joined if char.isalnum())


_KINDS: dict[str, SectionKind] = {
    phrase_key(phrase): kind
    for kind, by_language in HEADINGS.items()
    for phrases in by_language.values()
    for phrase in phrases
}
_NONE = frozenset(phrase_key(words) for words in NONE_WORDS)


@dataclass(frozen=True, slots=True)
class HeadingWords:
    """A heading taken apart; `kind` is None where its words are not in the vocabulary."""

    kind: SectionKind | None
    code: str | None
    title: str | None
    letter: str | None
    numbered: bool
    bracketed: bool


@dataclass(frozen=True, slots=True)
class Arranged:
    kind: SectionKind
    code: str | None
    title: str | None
    parent: int | None


def known_kind(text: str) -> SectionKind | None:
    """The section kind a heading's words name, in either language."""
    for candidate in (text, _PARENTHESIS.sub("", text)):
        key = phrase_key(candidate)
        for phrase in (key, _THIS_WEEK.sub("", key, count=1) if _THIS_WEEK.match(key) else key):
            if phrase in _KINDS:
                return _KINDS[phrase]
            if len(phrase) <= 24:
                if _INCIDENTS.fullmatch(phrase):
                    return "incidents"
                if _NEXT.fullmatch(phrase):
                    return "next_goals"
                if _OTHER.fullmatch(phrase):
                    return "other"
    return None


def names_incidents(text: str) -> bool:
    """Whether a line such as `生产稳定性事件：` opens a list of incidents."""
    if len(text) > 60 or "\n" in text:
        return False
    title = read_words(text).title or ""
    return known_kind(title) == "incidents" or known_kind(_HOW_MANY.sub("", title)) == "incidents"


def says_none(text: str) -> bool:
    """Whether a text says that there is nothing: 暂无, 无, None, -."""
    if len(text) > 40:
        return False
    key = phrase_key(text)
    return key in _NONE or (not key and len(text) <= 8)


def heading_for(kind: SectionKind, *, title: str | None, code: str | None, language: Language) -> str:
    """The heading the program writes for a new section: `【O1 服务业务】`, `O1 Business services`."""
    words = HEADINGS[kind][language]
    text = " ".join(part for part in (code, title or (words[0] if words else None)) if part)
    return f"【{text}】" if language == "zh" else text


def read_words(heading: str) -> HeadingWords:
    """Take a heading apart: `### A. 账户升级`, `【O2系统升级】`, `一、其他`."""
    text, letter, numbered, bracketed, code = heading, None, False, False, None
    text = _trimmed(text)
    for _ in range(4):
        before = text
        text, was_bracketed = _without_brackets(text)
        bracketed = bracketed or was_bracketed
        if code is None and (found := _CODE.match(text)):
            code, text = "O" + str(int(found[2])), text[found.end() :]
        elif code is None and letter is None and not numbered:
            if found := _LETTER.match(text):
                letter, text = unicodedata.normalize("NFKC", found[1]), text[found.end() :]
            elif (found := _NUMBER.match(text)) and text[found.end() :].strip():
                numbered, text = True, text[found.end() :]
        text = _trimmed(text)
        if text == before:
            break
    kind: SectionKind | None = "workstream" if code else known_kind(text)
    return HeadingWords(kind, code, text or None, letter, numbered, bracketed)


def arrange(headings: Sequence[tuple[str | None, int, bool]]) -> list[Arranged]:
    """Kind, code, title and parent of each section from (heading, level, has blocks of its own).

    Levels decide what encloses what, except for lettered sub-headings: `A.`, `B.`, `C.` are siblings
    under their workstream even when one of them is a level off, and start again under the next one.
    """
    words = [None if heading is None else read_words(heading) for heading, _, _ in headings]
    parents = _parents(words, [level for _, level, _ in headings])
    containers = {
        parents[index]
        for index, word in enumerate(words)
        if word is not None
        and word.letter is None
        and (word.code or word.kind not in (None, "custom", "incidents"))
    }
    arranged: list[Arranged] = []
    for index, word in enumerate(words):
        parent = parents[index]
        if word is None:
            arranged.append(Arranged("custom", None, None, None))
            continue
        encloses_only = index in containers and not headings[index][2]
        kind = word.kind or _unknown_kind(
            word, [arranged[i] for i in _ancestors(parents, parent)], encloses_only
        )
        arranged.append(Arranged(kind, word.code, word.title, parent))
    return arranged


def _unknown_kind(word: HeadingWords, ancestors: list[Arranged], encloses_only: bool) -> SectionKind:
    """A heading the vocabulary does not know is a workstream where people write one, else custom."""
    if any(above.kind not in ("workstream", "custom") for above in ancestors) or encloses_only:
        return "custom"
    below_workstream = bool(ancestors) and ancestors[0].kind == "workstream"
    if word.bracketed or ((word.letter or word.numbered) and below_workstream):
        return "workstream"
    return "custom"


def _parents(words: list[HeadingWords | None], levels: list[int]) -> list[int | None]:
    parents: list[int | None] = []
    stack: list[tuple[int, int, bool]] = []  # section, its level as meant, lettered
    group: tuple[int, int, str] | None = None  # workstream, level of its letters, last letter
    for index, word in enumerate(words):
        if word is None:
            parents.append(None)
            continue
        level = levels[index]
        if word.letter and word.kind is None:
            if group is None or word.letter <= group[2]:
                group = _new_group(stack, words, level, word.letter)
            else:
                group = (group[0], group[1], word.letter)
            if group is not None:
                level = group[1]
        elif group is not None and level < group[1]:
            group = None
        while stack and stack[-1][1] >= level:
            stack.pop()
        parents.append(stack[-1][0] if stack else None)
        stack.append((index, level, bool(word.letter)))
    return parents


def _new_group(
    stack: list[tuple[int, int, bool]], words: list[HeadingWords | None], level: int, letter: str
) -> tuple[int, int, str] | None:
    """The workstream that letters starting at this heading belong to, and the level they mean."""
    for section, its_level, lettered in reversed(stack):
        word = words[section]
        owns = word is not None and (word.code is not None or (word.bracketed and word.kind is None))
        if not lettered and (its_level < level or (its_level == level and owns)):
            return section, max(level, its_level + 1), letter
    return None


def _ancestors(parents: list[int | None], index: int | None) -> list[int]:
    found = []
    while index is not None:
        found.append(index)
        index = parents[index]
    return found


def _trimmed(text: str) -> str:
    """Without emphasis around it, closing number signs and a final colon."""
    text = text.strip("*_# \t\u3000\xa0").rstrip(":：*_ \t\u3000\xa0")
    while text and unicodedata.category(text[0]) in ("So", "Sk", "Cf", "Mn"):
        text = text[1:].lstrip()
    return text


def _without_brackets(text: str) -> tuple[str, bool]:
    closing = _BRACKETS.get(text[:1])
    if closing is None:
        return text, False
    end = text.find(closing)
    if end < 0:
        return (text[1:], True) if closing == "】" else (text, False)
    rest = text[end + 1 :]
    if not rest or _PARENTHESIS.fullmatch("x" + rest):
        return text[1:end], True
    return (f"{text[1:end]} {rest.strip()}", True) if closing == "】" else (text, False)
