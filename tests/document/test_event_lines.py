"""Events as they are typed or pasted, a line each."""

from __future__ import annotations

from datetime import date

import pytest

from app.document.event_lines import event_blocks, next_day_recovery, read_events, says_no_events
from app.document.reader import read
from app.document.schema import Incident

MONDAY = date(2025, 6, 2)


def blocks(text: str) -> list[tuple[str, list[str]]]:
    return [(block.text, [below.text for below in block.blocks]) for block in event_blocks(text, MONDAY)]


def event(text: str) -> Incident:
    (found,) = read_events(event_blocks(text, MONDAY), MONDAY)
    return found


class TestALine:
    def test_is_an_event(self) -> None:
        assert blocks("6/5 14:40 监控发现代扣超时") == [("6/5 14:40 监控发现代扣超时", [])]

    def test_that_begins_with_a_time_begins_the_next(self) -> None:
        assert blocks("- 6/4 14:12 一\n处置：14:41 恢复\n2. 6/5 23:50 二\n\n• 6/6 08:05 三") == [
            ("6/4 14:12 一", ["处置：14:41 恢复"]),
            ("6/5 23:50 二", []),
            ("6/6 08:05 三", []),
        ]

    def test_without_a_time_belongs_to_the_one_above(self) -> None:
        assert blocks("网关抖动\n原因：网络\n处置：切换") == [("网关抖动", ["原因：网络", "处置：切换"])]

    def test_may_begin_with_a_number_and_a_label(self) -> None:
        assert [head for head, _ in blocks("1.【通道】6/4 10:00 超时\n2、6/5 11:00 超时")] == [
            "【通道】6/4 10:00 超时",
            "6/5 11:00 超时",
        ]

    @pytest.mark.parametrize("text", ["", " \n ", "- ", "\u3000"])
    def test_of_nothing_is_none(self, text: str) -> None:
        assert all(head for head, _ in blocks(text))

    def test_is_parsed_into_its_parts(self) -> None:
        found = event("6/5 14:40 监控发现代扣超时，影响：失败12笔，金额1,200元；原因：扩容；处置：14:52 恢复")
        assert (found.started_at, found.recovered_at) == ("2025-06-05T14:40", "2025-06-05T14:52")
        assert (found.cause, found.impact) == ("扩容", "失败12笔，金额1,200元")
        assert [amount.value for amount in found.amounts] == ["1200"]


class TestARecoveryEarlierThanTheStart:
    def test_may_be_of_the_next_day_which_only_a_person_can_say(self) -> None:
        found = event("6/5 23:50 出金失败；处置：00:12 恢复")
        assert found.recovered_at is None
        assert next_day_recovery(found) == "2025-06-06T00:12"

    @pytest.mark.parametrize(
        "text",
        [
            "6/5 23:50 出金失败；处置：23:58 恢复",
            "6/5 23:50 出金失败；处置：次日 00:12 恢复",
            "6/5 23:50 出金失败；处置：持续12分钟后恢复",
            "6/5 23:50 出金失败；处置：23:52 切换",
            "6/5 出金失败；处置：00:12 恢复",
            "出金失败；处置：00:12 恢复",
        ],
    )
    def test_is_not_asked_about_otherwise(self, text: str) -> None:
        assert next_day_recovery(event(text)) is None


class TestNoEvents:
    @pytest.mark.parametrize("words", ["暂无", "None", "无"])
    def test_is_said_in_words(self, words: str) -> None:
        assert says_no_events(read(f"# 第23周\n## 【生产事件】\n- {words}\n").document)

    def test_is_not_said_by_an_empty_section(self) -> None:
        assert not says_no_events(read("# 第23周\n## 【生产事件】\n").document)

    def test_is_not_said_where_there_are_some(self) -> None:
        page = "# 第23周 2025-06-06\n## 【生产事件】\n- 暂无\n- 6/5 14:40 代扣失败\n"
        assert not says_no_events(read(page).document)
