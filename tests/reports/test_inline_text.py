"""The inline Markdown of an item: rendered without raw HTML, values marked, no word lost."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reports.markdown import Mark, render_inline
from tests.reports.reading import parse, stands_in


def said(text: str) -> str:
    return parse(str(render_inline(text))).text()


class TestMarkup:
    @pytest.mark.parametrize(
        ("text", "html"),
        [
            ("一段普通的话", "一段普通的话"),
            ("a < b & c", "a &lt; b &amp; c"),
            ("**账单：**完成", "<strong>账单：</strong>完成"),
            ("前**“重点”**后", "前<strong>“重点”</strong>后"),
            ("8:48~9:50 恢复", "8:48~9:50 恢复"),
            ("约~~旧~~新", "约<s>旧</s>新"),
            ("3*4*5 与 a_b_c", "3*4*5 与 a_b_c"),
            ("`SELECT 1`", "<code>SELECT 1</code>"),
            ("第一行\n第二行", "第一行<br>第二行"),
            ("**第一行**\n第二行", "<strong>第一行</strong><br>第二行"),
            ("\\*不是强调\\*", "*不是强调*"),
            ("1.2.3.4 与 v2.0.6", "1.2.3.4 与 v2.0.6"),
        ],
    )
    def test_is_what_people_mean(self, text: str, html: str) -> None:
        assert str(render_inline(text)) == html

    def test_a_bare_address_stays_text(self) -> None:
        assert "<a" not in str(render_inline("见 example.test 与 wiki.6"))


class TestLinks:
    def test_to_other_sites_are_links_without_an_opener(self) -> None:
        html = str(render_inline("[说明](https://example.test/a%20b?x=1&y=2)"))
        assert html == '<a href="https://example.test/a%20b?x=1&amp;y=2" rel="noopener">说明</a>'

    def test_to_pages_that_cannot_be_opened_are_their_name(self) -> None:
        html = str(render_inline("[日报 6/5](%E6%97%A5%E6%8A%A5%2065.md)[日报 6/6](b.md)"))
        assert html == '<span class="page-link">日报 6/5</span><span class="page-link">日报 6/6</span>'

    def test_without_a_text_are_called_by_their_address(self) -> None:
        assert said("[](https://example.test/%E4%B8%AD)") == "https://example.test/中"
        assert said("![](%E5%9B%BE.png)") == "图.png"


class TestValues:
    def test_are_marked_where_they_stand(self) -> None:
        assert str(render_inline("进度80%，完成", [Mark(2, 5)])) == '进度<span class="fact">80%</span>，完成'

    def test_lead_to_the_line_they_were_read_from(self) -> None:
        html = str(render_inline("预计6/7上线", [Mark(2, 5, "/x/source#L4", "第 4 行")]))
        assert html == '预计<a class="fact" href="/x/source#L4" title="第 4 行">6/7</a>上线'

    def test_do_not_break_the_markup_around_them(self) -> None:
        html = str(render_inline("**进度80%**完成", [Mark(2, 10)]))
        assert html == '<strong><span class="fact">进度80%</span></strong><span class="fact">完</span>成'

    def test_inside_a_link_are_no_link_of_their_own(self) -> None:
        html = str(render_inline("[进度80%](https://example.test)", [Mark(3, 6, "#L1")]))
        assert html == '<a href="https://example.test" rel="noopener">进度<span class="fact">80%</span></a>'

    def test_that_overlap_are_marked_once(self) -> None:
        html = str(render_inline("总数20个，已完成12个", [Mark(0, 12), Mark(9, 12)]))
        assert html == '<span class="fact">总数20个，已完成12个</span>'

    def test_are_found_behind_links_that_hold_the_same_words(self) -> None:
        html = str(render_inline("[6/7](a67.md)，6/7上线", [Mark(14, 17)]))
        assert html == '<span class="page-link">6/7</span>，<span class="fact">6/7</span>上线'

    @given(st.data())
    def test_change_no_character(self, data: Any) -> None:
        text = data.draw(st.text(alphabet="进度80%*_`[]()~\\ \n<&>：，a", max_size=40))
        ends = data.draw(st.lists(st.integers(0, len(text)), max_size=6).map(sorted))
        marks = [Mark(start, end) for start, end in zip(ends[::2], ends[1::2], strict=False)]
        assert parse(str(render_inline(text, marks))).text() == said(text)


ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox)",
    '[x](https://example.test/" onmouseover="alert(1))',
    '[x](https://example.test "a\\" onclick=alert(1) b=\\"")',
    "![x](javascript:alert(1))",
    "<https://example.test/onload=alert(1)>",
    "<javascript:alert(1)>",
    "**<b onclick=alert(1)>x</b>**",
    "`<svg/onload=alert(1)>`",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)",
    "[<img src=x onerror=alert(1)>](https://example.test)",
    "[a](b.md)<div hx-get=/x hx-trigger=load>",
]


class TestAttacks:
    @pytest.mark.parametrize("attack", ATTACKS)
    def test_become_text(self, attack: str) -> None:
        for text in (attack, f"**{attack}**", f"一、{attack}\n二", f"[a]({attack})"):
            for marks in ([], [Mark(1, max(2, len(text) - 1), "/s#L1", 'a"b')]):
                harmless(str(render_inline(text, marks)))

    @given(
        st.lists(st.sampled_from([*ATTACKS, "**", "`", "\n", "](", "[", "6/7", "“"]), max_size=5).map("".join)
    )
    def test_mixed_become_text(self, text: str) -> None:
        harmless(str(render_inline(text, [Mark(0, len(text) // 2, "/s#L1", "x")])))


def harmless(html: str) -> None:
    for node in parse(html).walk():
        assert node.tag in {"page", "a", "br", "code", "em", "s", "span", "strong"}, html
        assert set(node.attributes) <= {"href", "rel", "title", "class"}, html
        assert node.attributes.get("href", "/").startswith(("/", "http://", "https://", "mailto:")), html


@given(st.text(alphabet="进度80%*_`[]()~ \n：，a6/7", max_size=60).filter(lambda text: "](" not in text))
def test_no_word_is_lost(text: str) -> None:
    words = "".join(character for character in text if character.isalnum())
    assert stands_in(words, said(text))
