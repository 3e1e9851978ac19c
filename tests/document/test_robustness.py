"""No page makes the reader fail, and none takes more than its share of time."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable
from typing import Any

import pytest

from app.document.listing import as_json
from app.document.outline import structure
from app.document.reader import read
from app.document.writer import write
from tests.document.golden import page_names, page_text
from tests.document.test_laws import content, words

BITS = (
    "\n", "\n\n", "- ", "1. ", "    ", "# ", "## ", "【", "】", "：", "原因：", "处置：", "6/5 14:40 ",
    "99.9%", "```", "|", "\\", "**", "~",
    "\r\n", "\u3000", "\u00a0", "[a](b)", "。", "，", "0", "９", "\x00", "Created: x", "生产事件：",
    "暂无", "5. ", "😀", "\ufeff", "第", "周",
    "2025-", "-W", "进度", "总数12个", "元", "/", "(", "]", "<!--", "---", "\x85", "\u2028", "1.【",
    "1、", "•", "\t",
)  # fmt: skip

HOSTILE: dict[str, str] = {
    "number signs": "#",
    "headings": "# a\n",
    "bracketed headings": "## 【O1 a】\n",
    "letters": "## A. x\n",
    "bullets on one line": "- ",
    "bullets": "- a\n",
    "empty bullets": "-\n",
    "typed numbers": "1、x\n",
    "square brackets": "[",
    "empty links": "[](",
    "links": "[a](b)\n",
    "brackets": "（",
    "digits": "1",
    "days": "6/5 14:40 ",
    "percents": "99.9%",
    "emphasis": "**a",
    "fences": "```\n",
    "growing fences": "`",
    "tables": "|a|b|\n",
    "backslashes": "\\- ",
    "no-break spaces": "\u00a0\n",
    "labels": "，原因待",
    "labelled": "处置：a 原因：b ",
    "openers": "- 生产事件\n",
    "incidents": "- 6/5 14:40 a，原因b\n",
    "lines": "a\n",
    "paragraphs": "a\n\n",
    "properties": "a: b\n",
    "totals": "总计12个\n\n可下线5个，已投产3个\n\n",
}


def mutated(chance: random.Random, page: str) -> str:
    for _ in range(chance.randrange(1, 8)):
        at, other = chance.randrange(len(page) + 1), chance.randrange(len(page) + 1)
        match chance.randrange(4):
            case 0:
                page = page[:at] + chance.choice(BITS) + page[at:]
            case 1:
                page = page[:at] + page[at + chance.randrange(1, 12) :]
            case 2:
                page = page[:at] + page[other : other + chance.randrange(1, 40)] + page[at:]
            case _:
                page = (
                    page[:at]
                    + chr(chance.choice((chance.randrange(0x20, 0x7F), chance.randrange(0x3000))))
                    + page[at + 1 :]
                )
    return page


class TestMutatedPages:
    @pytest.mark.parametrize("seed", range(8))
    def test_are_read_and_lose_no_word(self, seed: int) -> None:
        chance = random.Random(seed)
        pages = [page_text(name) for name in page_names()]
        for _ in range(40):
            page = mutated(chance, chance.choice(pages))
            reading = read(page)
            got = as_json(reading)
            json.dumps(got)
            for value in [*got["metrics"], *got["facts"]]:
                assert reading.text[value["start"] : value["end"]] == value["literal"]
            written = write(reading.document)
            assert words(written) == words(page)
            assert content(structure(written)) == content(structure(page))


def calls(work: Callable[[], Any]) -> int:
    """How many functions are called, of Python and of C: a measure of work that is the same everywhere."""
    count = 0

    def profile(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(profile)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


class TestHostilePages:
    @pytest.mark.parametrize("name", sorted(HOSTILE))
    @pytest.mark.parametrize(
        "below",
        [
            "",
            "# 第23周 2025-06-06\n\n## 【O1 a】\n\n- x\n",
            "# 第23周 2025-06-06\n\n## 生产事件\n\n6/5 14:40 ",
        ],
    )
    def test_cost_in_proportion_to_their_size(self, name: str, below: str) -> None:
        unit = HOSTILE[name]
        small, once, twice = (below + unit * (size // len(unit)) for size in (400, 2_000, 4_000))
        read(small)  # whatever is made once for all pages is made here
        assert calls(lambda: read(twice)) < 2.5 * calls(lambda: read(once)) + 1_000

    @pytest.mark.parametrize("name", sorted(HOSTILE))
    def test_are_written_with_every_word(self, name: str) -> None:
        page = HOSTILE[name] * (3_000 // len(HOSTILE[name]))
        assert words(write(structure(page))) == words(page)

    def test_may_be_a_million_characters_of_one_line(self) -> None:
        for unit in ("#", "- ", "[", "(", "1", "1 ", "\\", "*", "6/5 ", "【", "原因："):
            page = unit * (1_000_000 // len(unit))
            assert words(write(structure(page))) == words(page)

    def test_may_nest_thousands_deep(self) -> None:
        page = "".join(f"{' ' * (2 * depth)}- {depth}\n" for depth in range(1_000))
        reading = read(page)
        json.dumps(as_json(reading))
        assert reading.document.model_copy(deep=True) == reading.document
        assert words(write(reading.document)) == words(page)
