"""What goes on in the next week: which items are open, and what of a branch is carried over."""

from __future__ import annotations

from datetime import date

import pytest

from app.document.carrying import OpenItem, open_items, what_it_says
from app.document.phrases import as_fact, find_facts
from app.document.reader import read

MONDAY = date(2025, 6, 2)


def said_by(text: str) -> str:
    return what_it_says(text, [as_fact(found, text, 0, (0,)) for found in find_facts(text, MONDAY)])


DONE = [
    "完成",
    "云杉银行：已投产",
    "监管类 31 张：完成",
    "账户核心切换演练已完成",
    "本周完成账户核心切换演练",
    "6/4 完成正式切换",
    "6月4日已上线",
    "商户对账单自助下载：6/3上线，运行平稳",
    "分期付能力已上线",
    "签约接口修复完毕",
    "已修复青禾银行签约接口问题",
    "旧链路已下线",
    "压测通过，已完成",
    "报表迁移进度100%",
    "报表迁移：总数148个，已完成148个",
    "全部完成迁移",
    "按计划完成上线",
    "比原计划提前两天完成",
    "项目已结项",
    "评审通过，已发布",
    "Settlement report: done",
    "Released on 4 June",
    "Refund flow shipped to all merchants",
    "Migration completed",
    "Progress 100%",
    "New gateway went live on Tuesday",
    "The old batch job is retired",
]
OPEN = [
    "部分完成",
    "基本完成",
    "未完成",
    "尚未完成联调",
    "已完成80%",
    "开发完成60%",
    "分期付能力：两家银行完成联调，进度60%，预计6/13灰度",
    "方案已完成，预计6/20上线",
    "开发已完成，待上线",
    "报表迁移：总数148个，已完成开发120个，占比81%",
    "资金类 52 张：已投产 50 张，待投产 2 张",
    "完成方案评审，余下两家下周联调",
    "计划6/13完成",
    "预计本周完成",
    "将于6/17上线",
    "争取月底完成",
    "推进账户核心切换，即将完成",
    "联调进行中",
    "青禾银行：签约接口待修复",
    "已提交申请，等待审批",
    "初步完成方案",
    "首批已上线，其余分批推进",
    "已暂停，等第三方排期",
    "进度99.9%",
    "Partially done",
    "Not done yet",
    "80% done",
    "Not completed",
    "Nearly finished",
    "Development completed, rollout planned for 20 June",
    "To be released on 20 June",
    "Will be completed next week",
    "Design done, implementation in progress",
    "12 of 15 stores migrated",
    "Waiting for sign-off before it can be released",
    "Blocked by the bank",
]
NOTHING = [
    "青禾银行签约接口",
    "账户核心 3.0",
    "6/3 与云杉银行会面",
    "Merchant portal",
    "上线率 99.9%",
    "完成率统计口径",
]


class TestAnItemsText:
    @pytest.mark.parametrize("text", DONE)
    def test_says_that_it_is_done(self, text: str) -> None:
        assert said_by(text) == "done"

    @pytest.mark.parametrize("text", OPEN)
    def test_says_that_it_is_open(self, text: str) -> None:
        assert said_by(text) == "open"

    @pytest.mark.parametrize("text", NOTHING)
    def test_that_has_no_mark_says_neither(self, text: str) -> None:
        assert said_by(text) == "nothing"

    def test_is_not_done_because_its_date_is_past(self) -> None:
        assert said_by("账户核心切换 5/6") != "done"


def shown(items: list[OpenItem]) -> list[object]:
    return [(item.block.text, shown(item.below)) if item.below else item.block.text for item in items]


def opened(page: str) -> dict[str, list[object]]:
    document = read(f"# 第23周 2025-06-06\n\n{page}").document
    return {
        document.sections[index].title or "": shown(items) for index, items in open_items(document).items()
    }


class TestABranch:
    def test_that_is_open_keeps_its_open_items_and_leaves_the_done_ones(self) -> None:
        assert opened(
            "## 【O1 业务支撑】\n\n"
            "- 分期付能力：进度60%\n    - 云杉银行：已投产\n    - 青禾银行：签约接口待修复\n"
        ) == {"业务支撑": [("分期付能力：进度60%", ["青禾银行：签约接口待修复"])]}

    def test_that_says_nothing_itself_is_as_open_as_what_is_below_it(self) -> None:
        assert opened(
            "## 【O1 业务支撑】\n\n"
            "- 报表迁移\n    - 监管类：已完成\n    - 资金类：进度60%\n- 对账单\n    - 前端：已上线\n"
        ) == {"业务支撑": [("报表迁移", ["资金类：进度60%"])]}

    def test_that_is_done_stays_as_the_place_of_what_is_open_below_it(self) -> None:
        assert opened("## 【O1 业务支撑】\n\n- 一期已上线\n    - 遗留问题处理中\n") == {
            "业务支撑": [("一期已上线", ["遗留问题处理中"])]
        }

    def test_keeps_the_paragraphs_of_its_items(self) -> None:
        assert opened("## 【O1 业务支撑】\n\n- 报表迁移\n\n    总数148个，已完成120个\n") == {
            "业务支撑": [("报表迁移", ["总数148个，已完成120个"])]
        }

    def test_is_done_where_a_paragraph_of_it_says_so(self) -> None:
        assert opened("## 【O1 业务支撑】\n\n- 报表迁移\n\n    全部完成\n") == {}


class TestAReport:
    def test_carries_work_and_neither_figures_nor_events_nor_goals(self) -> None:
        page = (
            "## 【系统运行数据】\n\n- 入金有效成功率：99.97%\n\n## 【重点工作】\n\n- 账户核心切换准备\n\n"
            "## 【生产稳定性事件】\n\n- 6/4 14:12 监控发现代扣受理超时，14:41 恢复\n\n"
            "# 本周收获与反思\n\n- 演练要早\n\n# 下周工作及目标\n\n1. 年检材料定稿\n"
        )
        assert opened(page) == {"重点工作": ["账户核心切换准备"]}

    def test_that_says_none_carries_nothing(self) -> None:
        assert opened("## 【其他】\n\n- 暂无\n") == {}

    def test_tells_of_each_open_item_its_progress_and_promised_dates(self) -> None:
        page = "# 第23周 2025-06-06\n\n## 【O1 业务支撑】\n\n- 分期付：进度60%，6/4完成联调，预计6/13灰度\n"
        (item,) = open_items(read(page).document)[0]
        assert item.progress == "60%"
        assert [(one.iso, one.role) for one in item.dates] == [("2025-06-13", "灰度")]
