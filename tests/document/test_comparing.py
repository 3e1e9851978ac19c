"""What changed between two documents: sections, blocks, values."""

from __future__ import annotations

import time

from hypothesis import given, settings

from app.document.diff import BlockChange, Difference, compare
from app.document.matching import match
from app.document.places import walk
from app.document.reader import read
from app.document.schema import Document
from app.document.words import mirrored
from tests.document.strategies import documents

PAGE = """# 第24周 2025-06-13

## 【系统运行数据】

- 入金有效成功率：99.972%
- 出金有效成功率：99.990%

## 【O1 服务业务】

1. 商户对账单自助下载：PC 端提测，进度60%
2. 分期付能力接入，预计6/20上线
    - 渠道联调完成
    - 合同已签
3. 退款时效专项：梳理完成

## 【O2 系统升级】

1. 账户核心 3.0 于 6/17 完成正式切换

## 生产稳定性事件

- 6/10 14:40 青禾银行通道超时，原因：对方网络抖动，处置：14:58切换后恢复

## 下周工作及目标

1. 对账单 6/20 上线
"""


def changed(before: str, after: str) -> Difference:
    assert before in PAGE
    return compare(read(PAGE).document, read(PAGE.replace(before, after)).document)


def loud(difference: Difference) -> list[BlockChange]:
    return [block for section in difference.sections for block in section.blocks if not block.is_quiet]


def texts_of(block: BlockChange) -> tuple[str, str]:
    return (
        "".join(run.text for run in block.runs if run.kind != "insert"),
        "".join(run.text for run in block.runs if run.kind != "delete"),
    )


class TestABlock:
    def test_whose_words_changed_is_one_block_still(self) -> None:
        (block,) = loud(changed("提测，进度60%", "已上线，进度100%"))
        assert block.state == "changed"
        assert not block.moved
        assert [run.text for run in block.runs if run.kind == "insert"] == ["已上线", "100%"]

    def test_that_is_new_stands_where_it_was_put(self) -> None:
        difference = changed("3. 退款", "3. 灰度发布平台立项\n4. 退款")
        (block,) = loud(difference)
        assert (block.state, block.old) == ("added", None)
        assert difference.counts == {"added": 1}

    def test_that_is_gone_is_told_where_it_stood(self) -> None:
        difference = changed("    - 渠道联调完成\n", "")
        section = difference.sections[1]
        assert [block.state for block in section.blocks] == ["same", "same", "removed", "same", "same"]

    def test_that_stands_elsewhere_was_moved_and_not_written_anew(self) -> None:
        moved = changed("3. 退款时效专项：梳理完成\n", "").sections[1]
        assert [block.state for block in moved.blocks][-1] == "removed"
        after = PAGE.replace("3. 退款时效专项：梳理完成\n", "").replace(
            "1. 账户核心", "1. 退款时效专项：梳理完成\n2. 账户核心"
        )
        (block,) = loud(compare(read(PAGE).document, read(after).document))
        assert (block.state, block.moved) == ("same", True)

    def test_that_takes_its_branch_along_is_told_once(self) -> None:
        branch = "2. 分期付能力接入，预计6/20上线\n    - 渠道联调完成\n    - 合同已签\n"
        after = PAGE.replace(branch, "").replace("1. 商户", branch.replace("2.", "1.", 1) + "2. 商户")
        blocks = loud(compare(read(PAGE).document, read(after).document))
        assert len(blocks) == 1
        assert blocks[0].moved

    def test_that_was_nested_below_another_was_moved(self) -> None:
        (block,) = loud(changed("3. 退款", "    - 退款"))
        assert block.moved
        assert block.reshaped


class TestASection:
    def test_with_another_title_is_the_same_section(self) -> None:
        difference = changed("【O2 系统升级】", "【O2 平台升级】")
        section = next(one for one in difference.sections if not one.is_quiet)
        assert (section.state, section.old, section.new) == ("changed", 2, 2)
        assert loud(difference) == []

    def test_that_is_gone_is_told_with_all_that_stood_in_it(self) -> None:
        difference = changed("## 【O2 系统升级】\n\n1. 账户核心 3.0 于 6/17 完成正式切换\n", "")
        section = difference.sections[2]
        assert (section.state, section.old, section.new) == ("removed", 2, None)
        assert [block.state for block in section.blocks] == ["removed"]


class TestValues:
    def test_a_metric_is_told_from_what_to_what(self) -> None:
        (metric,) = changed("99.972%", "99.981%").metrics
        assert (metric.name, metric.old, metric.new) == ("入金有效成功率", "99.972%", "99.981%")

    def test_a_metric_that_is_no_longer_reported_is_told(self) -> None:
        (metric,) = changed("- 出金有效成功率：99.990%\n", "").metrics
        assert (metric.old, metric.new) == ("99.990%", None)

    def test_an_event_is_told_with_what_became_of_it(self) -> None:
        (event,) = changed("14:58切换后恢复", "15:20切换后恢复").incidents
        assert event.old is not None
        assert event.new is not None
        assert "15:20" in event.new

    def test_a_goal_is_told(self) -> None:
        (goal,) = changed("1. 对账单 6/20 上线", "1. 对账单 6/27 上线").goals
        assert (goal.old, goal.new) == ("对账单 6/20 上线", "对账单 6/27 上线")


class TestTheLawsOfComparing:
    @settings(max_examples=150, deadline=None)
    @given(documents(), documents())
    def test_applied_to_the_old_document_it_gives_the_new_one(self, old: Document, new: Document) -> None:
        difference = compare(old, new)
        for side, document in ((0, old), (1, new)):
            found: dict[tuple[int, tuple[int, ...]], str] = {}
            for section in difference.sections:
                for block in section.blocks:
                    spot = (block.old, block.new)[side]
                    if spot is not None:
                        assert spot not in found
                        found[spot] = texts_of(block)[side]
            assert found == {
                (index, path): block.text
                for index, section in enumerate(document.sections)
                for path, block in walk(section.blocks)
            }
        assert [one.new for one in difference.sections if one.new is not None] == list(
            range(len(new.sections))
        )
        assert {one.old for one in difference.sections} - {None} == set(range(len(old.sections)))

    @settings(max_examples=80, deadline=None)
    @given(documents())
    def test_of_a_document_with_itself_it_is_empty(self, document: Document) -> None:
        difference = compare(document, document)
        assert difference.is_empty
        assert not difference.counts
        assert difference.metrics == difference.incidents == difference.goals == ()

    @settings(max_examples=100, deadline=None)
    @given(documents(), documents())
    def test_it_matches_the_same_both_ways(self, old: Document, new: Document) -> None:
        there, back = compare(old, new), compare(new, old)
        assert there.counts["added"] == back.counts["removed"]
        assert there.counts["changed"] == back.counts["changed"]
        runs = {(block.new, block.old): mirrored(block.runs) for one in back.sections for block in one.blocks}
        for section in there.sections:
            for block in section.blocks:
                assert runs[block.old, block.new] == block.runs

    def test_hostile_documents_are_compared_in_a_moment(self) -> None:
        old = read(
            "# 第24周 2025-06-13\n\n" + "".join(f"- 渠道{n % 7}完成{n % 11}笔\n" for n in range(4_000))
        ).document
        new = read(
            "# 第24周 2025-06-13\n\n" + "".join(f"- 渠道{n % 5}完成{n % 13}件\n" for n in range(4_000))
        ).document
        began = time.process_time()
        compare(old, new)
        assert time.process_time() - began < 3


class TestMatching:
    def test_control_two_items_with_the_same_words_are_matched_one_to_one(self) -> None:
        sections = read("# 第24周 2025-06-13\n\n## 【其他】\n\n- 暂无\n- 暂无\n").document.sections
        pairs = match(sections, sections)
        assert pairs.blocks == {(0, (0,)): (0, (0,)), (0, (1,)): (0, (1,))}
