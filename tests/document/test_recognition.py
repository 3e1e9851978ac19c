"""Values are found in the text of the blocks, each with its place."""

from __future__ import annotations

from app.document.reader import read
from app.document.recognition import recognise, recognise_section
from app.document.schema import Block, Document, Metric, PartsTotalFact, Section

TITLE = "# 第23周 2025-06-06\n\n"


def document(text: str) -> Document:
    return read(TITLE + text).document


def metrics(text: str) -> list[tuple[str | None, str, str]]:
    found: list[Metric] = document(f"## 【系统运行数据】\n\n{text}").metrics
    return [(metric.group, metric.name, metric.value) for metric in found]


class TestMetrics:
    def test_stand_in_bullets_below_group_lines(self) -> None:
        page = "成功率：\n\n- 入金有效成功率：99.99%\n\n可用性：\n\n- 支付系统年度可用性：99.980%\n"
        assert metrics(page) == [
            ("成功率", "入金有效成功率", "99.99"),
            ("可用性", "支付系统年度可用性", "99.980"),
        ]

    def test_two_may_stand_in_one_bullet(self) -> None:
        assert metrics("- 出金有效成功率：99.972% ，一次支付成功率：99.17%\n") == [
            (None, "出金有效成功率", "99.972"),
            (None, "一次支付成功率", "99.17"),
        ]

    def test_a_group_may_be_a_bullet_over_others(self) -> None:
        assert metrics("- 成功率：\n    - 入金有效成功率：99.9%\n- 年度可用性：100%\n") == [
            ("成功率", "入金有效成功率", "99.9"),
            (None, "年度可用性", "100"),
        ]

    def test_a_sub_heading_is_a_group(self) -> None:
        assert metrics("### 成功率\n\n- 入金有效成功率：99.9%\n") == [("成功率", "入金有效成功率", "99.9")]

    def test_are_read_in_their_section_only(self) -> None:
        assert document("## 【O1 服务】\n\n- 入金有效成功率：99.99%\n").metrics == []

    def test_counts_of_accidents_are_the_pages_own(self) -> None:
        assert document("## 系统运行数据\n\n- 事故数AB级0次，CD级1次，另有一起待定级\n").incident_counts == {
            "AB": 0,
            "CD": 1,
        }
        assert document("## 系统运行数据\n\n- 正常\n").incident_counts == {}

    def test_the_day_of_a_counted_accident_is_no_promise(self) -> None:
        assert document("## 系统运行数据\n\n- 事故数AB级0次，CD级1次，6/5误拦待定级\n").facts == []


class TestGoals:
    def goals(self, text: str) -> list[str]:
        return [goal.text for goal in document(f"# 下周工作及目标\n\n{text}").goals]

    def test_are_the_items_of_their_section(self) -> None:
        assert self.goals("1. 压测\n    - 细节\n2. 割接\n") == ["压测", "割接"]

    def test_or_its_paragraphs_where_it_has_no_items(self) -> None:
        assert self.goals("压测\n\n割接\n") == ["压测", "割接"]

    def test_a_line_over_the_items_is_none(self) -> None:
        assert self.goals("**支付**\n\n- 压测\n") == ["压测"]

    def test_nor_is_a_word_for_nothing(self) -> None:
        assert self.goals("暂无\n") == []

    def test_may_stand_below_headings_of_the_workstreams(self) -> None:
        assert self.goals("## O1 服务业务\n\n- 压测\n\n## 【支付】\n\n- 割接\n") == ["压测", "割接"]


class TestReflections:
    def test_are_empty_where_nothing_is_said(self) -> None:
        for text in ("", "暂无\n", "- 无。\n"):
            assert document(f"# 本周收获与反思\n\n{text}").reflections.empty
        assert document("## 【其他】\n").reflections.empty

    def test_are_all_the_text_of_the_section(self) -> None:
        reflections = document("## 收获与反思\n\n思考：\n\n1. 甲\n    - 乙\n").reflections
        assert (reflections.empty, reflections.text) == (False, "思考：\n甲\n乙")


class TestFacts:
    def test_are_read_in_every_section_but_the_daily_reports(self) -> None:
        page = (
            "- 6/7上线\n\n## 【其他】\n\n- 6/8上线\n\n# 下周计划\n\n- 6/9上线\n\n# 日报合集\n\n- 6/6 日报\n"
        )
        assert [fact.literal for fact in document(page).facts] == ["6/7", "6/8", "6/9"]

    def test_progress_in_the_metrics_is_none(self) -> None:
        assert document("## 系统运行数据\n\n- 迁移完成率：80%\n").facts == []

    def test_of_an_incident_only_amounts_are_facts(self) -> None:
        page = "## 生产事件\n\n- 6/3 10:12 甲失败12笔，3,400.50元\n处置：6/4完成补单，进度80%\n"
        assert [(fact.kind, fact.literal) for fact in document(page).facts] == [
            ("amount", "12笔，3,400.50元")
        ]

    def test_the_parts_of_a_total_may_stand_in_the_paragraph_below(self) -> None:
        for page in (
            "1.【账单】总计12个\n\n可下线5个，已投产3个，测试验证中4个\n",
            "- 迁移\n    \n    1.【账单】总计12个\n    \n    可下线5个，已投产3个，测试验证中4个\n",
            "- 账单总计12个\n    \n    可下线5个，已投产3个，测试验证中4个\n",
        ):
            (fact,) = document(f"## 【O2】\n\n{page}").facts
            assert isinstance(fact, PartsTotalFact)
            assert (fact.literal, fact.total, sum(fact.parts.values()), fact.sum_ok) == (
                "总计12个",
                12,
                12,
                True,
            )

    def test_totals_that_do_not_add_up_are_kept_as_written(self) -> None:
        reading = read(TITLE + "## 【O2】\n\n- 账单总计12个\n\n    可下线5个，已投产3个，测试中3个\n")
        (fact,) = reading.document.facts
        assert isinstance(fact, PartsTotalFact)
        assert not fact.sum_ok
        assert [(problem.key, problem.line) for problem in reading.problems] == [("fact.sum", 5)]

    def test_code_holds_none_but_tables_do(self) -> None:
        assert document("## 【O2】\n\n```\n6/7上线\n```\n").facts == []
        assert [fact.literal for fact in document("## 【O2】\n\n| 甲 | 6/7上线 |\n").facts] == ["6/7"]


class TestPlaces:
    def test_walk_down_from_the_section(self) -> None:
        found = document("## 【O1】\n\n- a\n    - b\n    - 进度80%\n")
        place = found.facts[0].place
        block = found.sections[place.section].blocks[place.path[0]].blocks[place.path[1]]
        assert block.text[place.start : place.end] == "进度80%"

    def test_sources_stay_true_on_unindented_and_escaped_lines(self) -> None:
        page = TITLE + "## 【O1】\n\n- 甲\n1\\. 进度70%\n        乙，进度80%\n"
        reading = read(page)
        sources = [fact.source for fact in reading.document.facts]
        assert [page[one.start : one.end] for one in sources if one] == ["进度70%", "进度80%"]
        assert [one.line for one in sources if one] == [6, 7]


class TestEditedDocuments:
    def test_are_recognised_again(self) -> None:
        read_one = document("## 【O1】\n\n- 进度70%\n")
        read_one.sections[0].blocks[0] = Block(kind="item", text="进度90%")
        assert read_one.week is not None
        again = recognise(read_one, monday=read_one.week.start)
        assert [(fact.literal, fact.source) for fact in again.facts] == [("进度90%", None)]

    def test_a_section_is_recognised_by_itself(self) -> None:
        whole = document("## 【O1】\n\n- 进度70%\n\n# 下周计划\n\n- 压测\n")
        assert whole.week is not None
        values = recognise_section(whole, 1, monday=whole.week.start)
        assert values.goals == whole.goals
        assert values.facts == []

    def test_need_no_page(self) -> None:
        section = Section(
            kind="next_goals", title="下周计划", heading="下周计划", blocks=[Block(kind="item", text="压测")]
        )
        assert [goal.text for goal in recognise(Document(sections=[section]), monday=None).goals] == ["压测"]
