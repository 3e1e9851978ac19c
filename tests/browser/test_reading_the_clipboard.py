"""What is copied from Notion, Feishu, Word and Google Docs, as the Markdown of a page."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Open, Site

NOTION = """<meta charset='utf-8'><!-- notionvc: 1 --><h1>第24周 2025-06-13</h1>
<p>Owner: 林晚</p>
<h2>【O1 服务业务】</h2>
<ol><li><strong>账单：</strong>完成<ul><li>PC 端提测，进度60%</li>
<li>见 <a href="https://example.test/a(b)">设计说明</a></li></ul></li><li>渠道联调</li></ol>
<ul class="to-do-list"><li><div class="checkbox checkbox-on"></div> <span>复盘</span></li></ul>
<pre><code>select 1
</code></pre>"""
NOTION_MARKDOWN = """# 第24周 2025-06-13

Owner: 林晚

## 【O1 服务业务】

1. **账单：**完成
    - PC 端提测，进度60%
    - 见 [设计说明](https://example.test/a%28b%29)
2. 渠道联调
- [x] 复盘

```
select 1
```
"""

FEISHU = """<meta charset="utf-8"><div data-page-id="x" data-lark-html-role="root">
<h2 class="heading-2 ace-line">【O1 服务业务】</h2>
<ol class="list-number1" start="1"><li class="ace-line" data-list="number"><div>账单\u200b完成</div></li></ol>
<ul class="list-bullet2"><li class="ace-line" data-list="bullet"><div>PC 端<span
style="font-weight:bold">提测</span></div></li></ul>
<ul class="list-bullet2"><li class="ace-line" data-list="bullet"><div>移动端排期</div></li></ul>
<ol class="list-number1" start="2"><li class="ace-line" data-list="number"><div>渠道联调</div></li></ol>
<div class="ace-line"><strong>【其他】</strong></div>
<div class="ace-line">一段说明<br>第二行</div></div>"""
FEISHU_MARKDOWN = """## 【O1 服务业务】

1. 账单完成
    - PC 端**提测**
    - 移动端排期
2. 渠道联调

## 【其他】

一段说明
第二行
"""

WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office">
<head><style>p {margin:0}</style></head><body>
<h1><span lang=ZH-CN>第24周</span></h1>
<p class=MsoNormal><b><span>【系统运行数据】</span></b><o:p></o:p></p>
<p class=MsoListParagraph style='margin-left:18pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
lang=EN-US style='font-family:Wingdings;mso-list:Ignore'>·<span>&nbsp;&nbsp; </span></span><![endif]><span
>入金有效成功率：
99.972%</span></p>
<p class=MsoListParagraph style='mso-list:l0 level2 lfo1'><span
style='mso-list:Ignore'>1)<span>&nbsp; </span></span>其中青禾
银行稳定</p>
<table><tr><td><p>渠道</p></td><td><p>笔数</p></td></tr><tr><td><p>A|B</p></td><td><p>12</p></td></tr></table>
</body></html>"""
WORD_MARKDOWN = """# 第24周

## 【系统运行数据】

- 入金有效成功率： 99.972%
    1. 其中青禾银行稳定

| 渠道 | 笔数 |
| --- | --- |
| A\\|B | 12 |
"""

GOOGLE = """<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1"><h2 dir="ltr"><span
style="font-weight:400">Reflections</span></h2><ul><li dir="ltr" aria-level="1"><p><span
style="font-weight:700">Cut</span><span style="font-weight:400">-over done</span></p></li><ul><li
aria-level="2"><p><span>Watched for 72 h</span></p></li></ul></ul><p>Plain &lt;text&gt;</p></b>"""
GOOGLE_MARKDOWN = """## Reflections

- **Cut**-over done
    - Watched for 72 h

Plain <text>
"""


@pytest.fixture
def page(visit: Open, site: Site) -> Page:
    return visit("/account", as_=site.cast.lin).page


def ask(page: Page, what: str, argument: Any) -> Any:
    return page.evaluate(
        """async ([what, argument]) => {
          const module = await import(document.querySelector("script[src$='js/site.js']").src
            .replace("site.js", "writing/markdown.js"));
          if (what !== "fromClipboard") return module[what](argument);
          const clipboard = new DataTransfer();
          for (const [type, text] of Object.entries(argument)) clipboard.setData(type, text);
          return module.fromClipboard(clipboard);
        }""",
        [what, argument],
    )


class TestHtml:
    @pytest.mark.parametrize(
        ("html", "markdown"),
        [
            (NOTION, NOTION_MARKDOWN),
            (FEISHU, FEISHU_MARKDOWN),
            (WORD, WORD_MARKDOWN),
            (GOOGLE, GOOGLE_MARKDOWN),
        ],
        ids=["Notion", "Feishu", "Word", "Google Docs"],
    )
    def test_becomes_the_page_it_shows(self, page: Page, html: str, markdown: str) -> None:
        assert ask(page, "fromHtml", html) == markdown

    def test_runs_nothing_and_loads_nothing(self, page: Page) -> None:
        html = (
            "<p>a</p><script>window.ran = 1</script><img src='x' onerror='window.ran = 1' alt='图'>"
            "<style>body{}</style><a href='javascript:window.ran=1'>链接</a>"
        )
        assert ask(page, "fromHtml", html) == "a\n\n图链接\n"
        assert page.evaluate("window.ran") is None

    def test_keeps_wide_spaces_and_literal_marks(self, page: Page) -> None:
        assert ask(page, "fromHtml", "<p>　缩进 8:48~9:50 *星*</p>") == "　缩进 8:48~9:50 *星*\n"


class TestTheClipboard:
    def test_gives_plain_text_where_html_only_colours_it(self, page: Page) -> None:
        plain = "# 第24周\r\n\r\n- 一\r\n- 二"
        found = ask(
            page,
            "fromClipboard",
            {"text/plain": plain, "text/html": "<div><span style='color:red'># 第24周</span></div>"},
        )
        assert found == {"markdown": "# 第24周\n\n- 一\n- 二", "looksLikePage": False}

    def test_gives_the_page_of_an_html_copy(self, page: Page) -> None:
        found = ask(page, "fromClipboard", {"text/plain": "x", "text/html": NOTION})
        assert found == {"markdown": NOTION_MARKDOWN, "looksLikePage": True}

    @pytest.mark.parametrize(
        ("text", "is_page"),
        [
            ("## 【O1】\n- a\n## 【O2】\n- b", True),
            ("第24周 2025-06-13\n\n【系统运行数据】\n- 入金：99%\n- 出金：99%", True),
            ("- 一\n- 二\n    - 三", False),
            ("一句话", False),
            ("# 标题\n一句话", False),
        ],
    )
    def test_tells_a_page_from_a_list(self, page: Page, text: str, is_page: bool) -> None:
        assert ask(page, "looksLikePage", text) is is_page


class TestItems:
    def test_are_nested_as_they_are_indented(self, page: Page) -> None:
        assert ask(page, "itemsFrom", "1. 一\n\t- 甲\n    - 乙\n      续行\n2. 二\n3、三\n•四\n散句") == [
            {
                "text": "一",
                "ordered": True,
                "items": [
                    {"text": "甲", "ordered": False, "items": []},
                    {"text": "乙\n续行", "ordered": False, "items": []},
                ],
            },
            {"text": "二", "ordered": True, "items": []},
            {"text": "三", "ordered": True, "items": []},
            {"text": "•四", "ordered": False, "items": []},
            {"text": "散句", "ordered": False, "items": []},
        ]
