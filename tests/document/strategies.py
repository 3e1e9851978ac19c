"""Generators of report documents and pages: what teams write, and what anyone might type."""

from __future__ import annotations

from hypothesis import strategies as st

from app.document.headings import arrange
from app.document.lines import normalise_text
from app.document.outline import kind_without_heading
from app.document.schema import Block, Document, Property, Section

#: Line starts that mean something to a page, with and without the escapes that take that away.
STARTS = (
    "- ", "* ", "+ ", "-", "1. ", "1.", "2) ", "3、", "12、", "1.【", "2. 【", "•", "· ", "# ", "### ",
    "#", "#【", "##目标",
    "```", "~~~", "````", "|", "| a |", "---", "* * *", "- - -", "***", "===", "> ", "\\", "\\- ",
    "\\\\# ", "1\\. ", "\\1. ",
    "\\---", "　", "\u00a0", "\u3000\u3000", "-\u3000", "Created: ", "Created\\: ", "原因：", "处置：",
    "6/5 14:40 ", "<!-- ", "![", "[",
    "**", "~", "（1）", "①", "9~10", "5. 生产稳定性事件：", "生产事件：", "暂无", "\ufeff", "1. - ",
    "\x1c", "\u2028", "0.", "999999999. ",
)  # fmt: skip
PHRASES = (
    "账单迁移进度80%", "预计6/7上线", "总数20个，已完成12个", "入金有效成功率：99.97%", "8:48~9:50恢复",
    "**账单：**完成", "`code`",
    "[说明](https://example.test/a%20b)", "金额 1,200.50元", "事故数AB级0次，CD级1次", "release 2.0",
    "done 58/83", "",
    "10.2.3.4", "T+1", "一段普通的话。", "plain words", "：", "，原因网络抖动", "持续12mins后恢复", "_x_",
    "a | b", "\t", "\r", "\x00",
)  # fmt: skip

line = st.builds(
    lambda start, parts: start + "".join(parts),
    st.one_of(st.just(""), st.sampled_from(STARTS)),
    st.lists(st.one_of(st.sampled_from(PHRASES), st.text(max_size=6)), max_size=3),
)
typed = st.lists(line, min_size=1, max_size=4).map("\n".join)


def legal(text: str) -> list[str]:
    return normalise_text(text.encode("utf-8", "replace").decode("utf-8"))


paragraph_texts = typed.map(legal).filter(bool).map(lambda texts: texts[0])
item_texts = typed.map(legal).map(lambda texts: texts[0] if texts else "")


def _fence(lines: list[str]) -> str:
    body = [text for text in lines if not set(text.strip()) <= {"`"} or not text.strip()]
    return "\n".join(["```", *(text.replace("\n", " ").replace("\r", " ") for text in body), "```"])


code_texts = st.one_of(
    st.lists(line.map(lambda text: text.replace("\n", " ")), max_size=3).map(_fence),
    st.just("| name | count |\n| --- | --- |\n| a | 1 |"),
)


@st.composite
def blocks(draw: st.DrawFn, depth: int = 3) -> list[Block]:
    """Blocks as the program stores them: legal texts, no two tables in a row."""
    found: list[Block] = []
    for kind in draw(
        st.lists(st.sampled_from(["item", "item", "item", "paragraph", "paragraph", "code"]), max_size=4)
    ):
        if kind == "item":
            ordered = draw(st.booleans())
            below = draw(blocks(depth - 1)) if depth and draw(st.integers(0, 2)) == 0 else []
            found.append(Block(kind="item", text=draw(item_texts), ordered=ordered, blocks=below))
        elif kind == "paragraph":
            found.append(Block(kind="paragraph", text=draw(paragraph_texts)))
        else:
            found.append(Block(kind="code", text=draw(code_texts)))
    return found


HEADINGS = (
    ("【系统运行数据】", 2), ("【重点工作】", 2), ("【O1 服务业务】", 2), ("【O2系统升级】", 2),
    ("A. 账户升级", 3), ("B. 收单建设", 2),
    ("C. 数仓建设", 3), ("【支付平台】", 2), ("生产稳定性事件", 3), ("【其他】", 2),
    ("本周收获与反思", 1), ("收获与反思", 2),
    ("下周工作及目标", 1), ("日报合集", 1), ("上周进展", 1), ("随想", 2), ("System metrics", 2),
    ("O3 Safety", 2), ("Reflections", 1),
    ("# odd #", 4), ("**【O4 降本】**", 6), ("下周一", 2), ("x" * 50, 3),
)  # fmt: skip


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Whole documents whose kinds and parents are those their headings say."""
    chosen: list[tuple[str | None, int]] = list(draw(st.lists(st.sampled_from(HEADINGS), max_size=5)))
    has_second = draw(st.booleans())
    if draw(st.booleans()):
        chosen.insert(0, (None, 2))
    contents = [draw(blocks()) for _ in chosen]
    contents = [
        own or [Block(kind="paragraph", text="x")] if heading is None else own
        for (heading, _), own in zip(chosen, contents, strict=True)
    ]
    arranged = arrange(
        [(heading, level, bool(own)) for (heading, level), own in zip(chosen, contents, strict=True)]
    )
    sections = [
        Section(
            kind=kind_without_heading(own) if heading is None else said.kind,
            code=said.code,
            title=said.title,
            heading=heading,
            level=level,
            parent=said.parent,
            blocks=own,
        )
        for (heading, level), own, said in zip(chosen, contents, arranged, strict=True)
    ]
    return Document(
        title="第23周 2025-06-06",
        second_title="第23周 2025/06/06" if has_second else None,
        second_title_at=draw(st.integers(0, len(sections)))
        if has_second and len(sections) and sections[0].heading
        else 0,
        properties=draw(st.sampled_from([[], [Property(key="Created", value="2025年6月6日 21:06")]])),
        bom=draw(st.booleans()),
        sections=sections,
    )


pages = st.lists(
    st.builds(
        lambda indent, text, end: indent + text + end,
        st.sampled_from(["", "", "", " ", "  ", "    ", "        ", "\t", "   "]),
        st.one_of(
            line,
            st.sampled_from(
                ["# 第23周 2025-06-06", "## 【O1 服务业务】", "", "", "    ", "Created: 2025-06-06"]
            ),
        ),
        st.sampled_from(["\n", "\n", "\n\n", "\n    \n", "\r\n", "  \n"]),
    ),
    max_size=25,
).map("".join)
