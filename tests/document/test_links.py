"""Links in a block: in Markdown and bare."""

from __future__ import annotations

import pytest

from app.document.phrases import find_links

#: A block, and its links as (text, target, kind).
LINKS: list[tuple[str, list[tuple[str, str, str]]]] = [
    ("见[周报](https://wiki.example.test/w)", [("周报", "https://wiki.example.test/w", "external")]),
    ("[日报 6/10](%E6%97%A5%E6%8A%A5%20a1b2.md)", [("日报 6/10", "%E6%97%A5%E6%8A%A5%20a1b2.md", "page")]),
    ("[甲](a.md)[乙](b.md)", [("甲", "a.md", "page"), ("乙", "b.md", "page")]),
    ("[甲](a.md) [乙](https://b.test)", [("甲", "a.md", "page"), ("乙", "https://b.test", "external")]),
    (
        "[https://x.test/v1.6](https://x.test/v1.6)",
        [("https://x.test/v1.6", "https://x.test/v1.6", "external")],
    ),
    ("https://x.test/v1.6", [("https://x.test/v1.6", "https://x.test/v1.6", "external")]),
    ("https://x.test/v1.6.", [("https://x.test/v1.6", "https://x.test/v1.6", "external")]),
    ("[甲](https://x.test/a_(b))", [("甲", "https://x.test/a_(b)", "external")]),
    ("https://x.test/a_(b)。", [("https://x.test/a_(b)", "https://x.test/a_(b)", "external")]),
    ("（https://x.test/a）", [("https://x.test/a", "https://x.test/a", "external")]),
    ("(https://x.test/a)", [("https://x.test/a", "https://x.test/a", "external")]),
    ("详见https://x.test/p查看", [("https://x.test/p", "https://x.test/p", "external")]),
    (
        "https://x.test/周报/第3周 后",
        [("https://x.test/周报/第3周", "https://x.test/周报/第3周", "external")],
    ),
    (
        "https://x.test/a?b=c&d=1#e，后",
        [("https://x.test/a?b=c&d=1#e", "https://x.test/a?b=c&d=1#e", "external")],
    ),
    ("<https://x.test/a>", [("https://x.test/a", "https://x.test/a", "external")]),
    ("**https://x.test/a**", [("https://x.test/a", "https://x.test/a", "external")]),
    ("[甲](<乙 丙.md>)", [("甲", "乙 丙.md", "page")]),
    ('[甲](a.md "标题")', [("甲", "a.md", "page")]),
    ("[甲](#x)", [("甲", "#x", "page")]),
    ("[甲](../a/b.md)", [("甲", "../a/b.md", "page")]),
    ("[甲](mailto:a@x.test)", [("甲", "mailto:a@x.test", "external")]),
    ("[外[内](a.md)", [("内", "a.md", "page")]),
    ("[![图](p.png)](https://x.test)", [("![图](p.png)", "https://x.test", "external")]),
    ("甲\nhttps://x.test/a\n乙", [("https://x.test/a", "https://x.test/a", "external")]),
    ("![图](p.png)", []),
    ("`[甲](a.md)`", []),
    ("`https://x.test`", []),
    (r"\[甲](a.md)", []),
    ("[甲]()", []),
    ("[甲](a b)", []),
    ("[甲][乙]", []),
    ("https://", []),
    ("[]", []),
    ("", []),
]


class TestLinks:
    @pytest.mark.parametrize(("text", "wanted"), LINKS, ids=[text[:40] for text, _ in LINKS])
    def test_text_and_target_are_as_written(self, text: str, wanted: list[tuple[str, str, str]]) -> None:
        assert [(link.text, link.href, link.kind) for link in find_links(text)] == wanted

    @pytest.mark.parametrize("text", [text for text, wanted in LINKS if wanted])
    def test_a_link_stands_where_it_says(self, text: str) -> None:
        for link in find_links(text):
            assert link.href in text[link.start : link.end]
