"""Two people's changes of one page: put together where they touch different lines."""

from __future__ import annotations

import pytest

from app.document.page_merging import Clash, merge_pages
from tests.reports.pages import PAGE


def merged(mine: str, theirs: str, base: str = PAGE) -> str:
    page = merge_pages(base, mine, theirs)
    assert page.clashes == []
    assert merge_pages(base, theirs, mine).clashes == []
    return page.text


class TestChangesOfDifferentLines:
    def test_are_put_together(self) -> None:
        mine = PAGE.replace("PC 端提测", "PC 端已上线")
        theirs = PAGE.replace("总数148个", "总数150个")
        assert merged(mine, theirs) == mine.replace("总数148个", "总数150个")

    def test_in_lines_beside_each_other_are_put_together(self) -> None:
        mine = PAGE.replace("进度60%", "进度70%")
        theirs = PAGE.replace("云杉银行：已投产", "云杉银行：已投产三天")
        assert merged(mine, theirs) == mine.replace("已投产", "已投产三天")

    def test_may_add_lines_at_the_same_place(self) -> None:
        mine = PAGE.replace("PC 端提测\n", "PC 端提测\n- 我加的\n")
        theirs = PAGE.replace("PC 端提测\n", "PC 端提测\n- 别人加的\n")
        assert merged(mine, theirs) == PAGE.replace("PC 端提测\n", "PC 端提测\n- 别人加的\n- 我加的\n")

    def test_may_remove_a_line_beside_one_that_was_added(self) -> None:
        mine = PAGE.replace("- 商户对账单自助下载：PC 端提测\n", "")
        theirs = PAGE.replace("PC 端提测\n", "PC 端提测\n- 别人加的\n")
        assert merged(mine, theirs) == PAGE.replace("- 商户对账单自助下载：PC 端提测", "- 别人加的")

    def test_may_be_different_words_of_one_line(self) -> None:
        mine = PAGE.replace("进度60%", "进度70%")
        theirs = PAGE.replace("预计6/13灰度", "预计6/20灰度")
        assert "进度70%，预计6/20灰度" in merged(mine, theirs)

    @pytest.mark.parametrize("other", [PAGE, "", "# 第23周 2025-06-06\n"])
    def test_of_one_alone_are_that_ones(self, other: str) -> None:
        assert merge_pages(PAGE, other, PAGE).text == other
        assert merge_pages(PAGE, PAGE, other).text == other
        assert merge_pages(PAGE, other, other).text == other


class TestChangesOfOneLine:
    MINE, THEIRS = PAGE.replace("PC 端提测", "PC 端已上线"), PAGE.replace("PC 端提测", "PC 端延期")
    CLASH = Clash("- 商户对账单自助下载：PC 端延期", "- 商户对账单自助下载：PC 端已上线")

    def test_clash_with_both_texts(self) -> None:
        assert merge_pages(PAGE, self.MINE, self.THEIRS).clashes == [self.CLASH]

    def test_clash_where_one_took_away_what_the_other_changed(self) -> None:
        gone = PAGE.replace("- 商户对账单自助下载：PC 端提测\n", "")
        clash = merge_pages(PAGE, self.MINE, gone).clashes
        assert clash == [Clash("", self.CLASH.mine)]

    @pytest.mark.parametrize(
        ("kept", "says"),
        [
            (["theirs"], ["PC 端延期"]),
            (["mine"], ["PC 端已上线"]),
            (["theirs", "mine"], ["PC 端延期", "PC 端已上线"]),
            ([], []),
        ],
    )
    def test_become_what_the_person_keeps(self, kept: list[str], says: list[str]) -> None:
        key = self.CLASH.key
        settled = merge_pages(
            PAGE, self.MINE, self.THEIRS, settled=[key], kept=[f"{key}-{one}" for one in kept]
        )
        assert settled.clashes == []
        lines = [line for line in settled.text.split("\n") if "商户对账单" in line]
        assert lines == [f"- 商户对账单自助下载：{words}" for words in says]

    def test_clash_again_where_the_words_are_others_by_now(self) -> None:
        key = self.CLASH.key
        again = merge_pages(PAGE, self.MINE.replace("已上线", "下线"), self.THEIRS, settled=[key], kept=[])
        assert len(again.clashes) == 1


def test_a_page_of_equal_lines_is_answered() -> None:
    page = "\n".join(["- 无"] * 20_000)
    assert merge_pages(page, page + "\n- 我", "- 别人\n" + page).text
