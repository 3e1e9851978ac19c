"""What headings say, and which section encloses which."""

from __future__ import annotations

import pytest

from app.document.headings import heading_for, known_kind, read_words, says_none
from app.document.outline import structure
from app.document.schema import Section
from app.document.vocabulary import HEADINGS


def sections(*headings: str, title: str = "# 第23周 2025-06-06") -> list[Section]:
    return structure("\n\n".join([title, *(f"{heading}\n\n- x" for heading in headings)])).sections


def kinds(*headings: str) -> list[tuple[str, str | None, str | None]]:
    return [(section.kind, section.code, section.title) for section in sections(*headings)]


def parents(*headings: str) -> list[int | None]:
    return [section.parent for section in sections(*headings)]


class TestKinds:
    @pytest.mark.parametrize("kind", sorted(HEADINGS))
    def test_every_phrase_of_the_vocabulary_is_known(self, kind: str) -> None:
        for phrases in HEADINGS[kind].values():  # type: ignore[index]  # keys of the table itself
            assert {known_kind(phrase) for phrase in phrases} <= {kind}

    @pytest.mark.parametrize(
        "heading",
        [
            "【系统运行数据】",
            "系统运行数据",
            "**【系统运行数据】**",
            "【系统运行数据】：",
            "系统运行数据（截至6/6）",
            "一、系统运行数据",
            "📊 系统运行数据",
        ],
    )
    def test_brackets_emphasis_numbers_and_asides_do_not_matter(self, heading: str) -> None:
        assert kinds(f"## {heading}")[0][0] == "metrics"

    def test_words_that_say_which_week_do_not_matter(self) -> None:
        assert known_kind("本周重点工作") == "key_work"
        assert known_kind("This week's highlights") == "key_work"

    def test_joining_words_are_one(self) -> None:
        assert {known_kind(text) for text in ("收获与反思", "收获和反思", "收获及反思", "收获、反思")} == {
            "reflections"
        }

    @pytest.mark.parametrize(
        "heading",
        [
            "生产稳定性事件",
            "线上事故",
            "生产问题",
            "系统故障复盘",
            "稳定性事件汇总",
            "生产稳定性事件（3起）",
            "Incidents",
        ],
    )
    def test_incidents_have_many_names(self, heading: str) -> None:
        assert kinds(f"### {heading}")[0][0] == "incidents"

    def test_what_is_not_known_is_custom(self) -> None:
        assert kinds("## 随想", "## Odds and ends", "## 问题") == [
            ("custom", None, "随想"),
            ("custom", None, "Odds and ends"),
            ("custom", None, "问题"),
        ]


class TestWorkstreams:
    @pytest.mark.parametrize(
        "heading",
        [
            "【O1 服务业务】",
            "【O1服务业务】",
            "O1 服务业务",
            "O1：服务业务",
            "【O1、服务业务】",
            "O1 【服务业务】",
            "【Ｏ１ 服务业务】",
        ],
    )
    def test_have_a_code_and_a_title(self, heading: str) -> None:
        assert kinds(f"## {heading}") == [("workstream", "O1", "服务业务")]

    def test_may_have_no_code(self) -> None:
        assert kinds("## 【支付平台】", "## 【风控合规】") == [
            ("workstream", None, "支付平台"),
            ("workstream", None, "风控合规"),
        ]

    def test_may_have_no_title(self) -> None:
        assert kinds("## 【O3】") == [("workstream", "O3", None)]

    def test_a_word_that_begins_like_a_code_is_none(self) -> None:
        assert read_words("O2O业务").code is None

    def test_lettered_sub_headings_are_workstreams_too(self) -> None:
        assert kinds("## 【O2系统升级】", "### A. 账务3.0", "### B、收单")[1:] == [
            ("workstream", None, "账务3.0"),
            ("workstream", None, "收单"),
        ]

    def test_a_bracketed_heading_that_only_encloses_others_is_custom(self) -> None:
        page = "# 第23周\n\n# 【进展汇总】\n\n## 【O1 服务】\n\n- x\n"
        assert [section.kind for section in structure(page).sections] == ["custom", "workstream"]

    def test_a_bracketed_heading_below_next_weeks_goals_is_custom(self) -> None:
        assert kinds("# 下周工作及目标", "## 【支付】")[1][0] == "custom"


class TestEnclosing:
    def test_levels_enclose(self) -> None:
        assert parents("# 上周进展", "## 【O1 服务】", "### 生产事件", "## 【O2 升级】", "# 下周计划") == [
            None,
            0,
            1,
            0,
            None,
        ]

    def test_letters_are_siblings_even_one_level_off(self) -> None:
        assert parents("## 【O2 升级】", "### A. 一", "## B. 二", "### C. 三") == [None, 0, 0, 0]
        assert parents("## 【O2 升级】", "## A. 一", "### B. 二") == [None, 0, 0]

    def test_letters_start_again_under_the_next_section(self) -> None:
        assert parents("## 【O2 升级】", "### A. 一", "## B. 二", "## 【O3 安全】", "### A. 三") == [
            None,
            0,
            0,
            None,
            3,
        ]

    def test_incidents_after_a_letter_one_level_off_belong_to_the_workstream(self) -> None:
        assert parents("## 【O2 升级】", "### A. 一", "## B. 二", "### 生产事件") == [None, 0, 0, 0]

    def test_what_is_deeper_than_a_letter_belongs_to_it(self) -> None:
        assert parents("## 【O2 升级】", "### A. 一", "#### 细节", "### B. 二") == [None, 0, 1, 0]

    def test_levels_are_kept_as_written(self) -> None:
        assert [section.level for section in sections("## 【O2 升级】", "### A. 一", "## B. 二")] == [2, 3, 2]


class TestTitles:
    def test_the_first_heading_is_the_title(self) -> None:
        assert structure("# 第23周 2025-06-06\n").title == "第23周 2025-06-06"

    def test_it_may_be_a_plain_first_line(self) -> None:
        document = structure("第23周周报 2025-06-06\n正文\n\n## 【其他】\n")
        assert (document.title, document.title_level) == ("第23周周报 2025-06-06", 0)
        assert [section.heading for section in document.sections] == [None, "【其他】"]

    def test_or_of_another_level_if_it_names_a_week(self) -> None:
        assert structure("## 2025-W23\n").title_level == 2

    def test_a_known_section_is_no_title(self) -> None:
        document = structure("# 上周进展\n\n## 【O1 服务】\n")
        assert document.title is None
        assert [section.title for section in document.sections] == ["上周进展", "服务"]

    @pytest.mark.parametrize(
        "again", ["第23周 2025/06/06", "第23周 2025.6.6", "第23周（2025年6月6日）", "第23周"]
    )
    def test_the_title_again_with_other_separators_is_no_section(self, again: str) -> None:
        document = structure(f"# 第23周 2025-06-06\n\nCreated: x y\n\n# {again}\n\n## 【其他】\n")
        assert document.second_title == again
        assert len(document.sections) == 1

    def test_a_title_may_be_partly_in_brackets(self) -> None:
        assert structure("# 【支付中心】周报 2025-06-06\n").title == "【支付中心】周报 2025-06-06"

    def test_the_week_with_other_words_is_a_section(self) -> None:
        assert structure("# 第23周 2025-06-06\n\n# 第23周进展\n").second_title is None

    def test_another_week_is_a_section(self) -> None:
        assert structure("# 第23周 2025-06-06\n\n# 第24周 2025-06-13\n").second_title is None

    def test_it_stays_where_it_stood(self) -> None:
        document = structure("# 第23周\n\n- a\n\n# 第23周\n\n- b\n")
        assert (document.second_title_at, len(document.sections)) == (1, 2)

    def test_text_may_stand_before_the_title(self) -> None:
        document = structure("导出说明\n\n# 第23周\n\n## 【其他】\n")
        assert (document.title_at, document.sections[0].heading) == (1, None)


class TestProperties:
    def read(self, text: str) -> list[tuple[str, str, str]]:
        return [
            (item.key, item.separator, item.value) for item in structure(f"# 第23周\n\n{text}").properties
        ]

    def test_are_lines_of_key_and_value_in_the_owners_words(self) -> None:
        assert self.read("Created: 2025年6月6日 21:06\nTags: 支付, 周报\n状态：已发布\n") == [
            ("Created", ": ", "2025年6月6日 21:06"),
            ("Tags", ": ", "支付, 周报"),
            ("状态", "：", "已发布"),
        ]

    def test_stand_below_the_title_only(self) -> None:
        assert self.read("## 【其他】\n\n状态：正常\n") == []

    def test_end_where_text_begins(self) -> None:
        document = structure("# 第23周\nOwner: lin\n正文一句话\n")
        assert len(document.properties) == 1
        assert document.sections[0].blocks[0].text == "正文一句话"

    def test_may_stand_below_the_second_title(self) -> None:
        document = structure("# 第23周\n\n# 第23周\n\nOwner: lin\n")
        assert document.properties_at == "second_title"

    def test_a_time_or_an_address_is_none(self) -> None:
        assert self.read("6/6 0：17 监控发现异常\n") == []
        assert self.read("https://example.test/a\n") == []


class TestRunsWithoutAHeading:
    def test_bracketed_bullets_below_the_properties_are_key_work(self) -> None:
        section = structure("# 第23周\n\nOwner: lin\n\n- 【甲】a\n- 【乙】b\n").sections[0]
        assert (section.kind, section.heading, section.title) == ("key_work", None, None)

    def test_other_text_is_custom(self) -> None:
        assert structure("# 第23周\n\n- a\n").sections[0].kind == "custom"


class TestWordsOfTheProgram:
    def test_headings_are_written_in_either_language(self) -> None:
        assert heading_for("metrics", title=None, code=None, language="zh") == "【系统运行数据】"
        assert heading_for("workstream", title="服务业务", code="O1", language="zh") == "【O1 服务业务】"
        assert heading_for("workstream", title="Business", code="O1", language="en") == "O1 Business"

    @pytest.mark.parametrize("text", ["暂无", "无。", "None", "N/A", "-", "本周无", " 暂无 "])
    def test_nothing_is_said_in_several_ways(self, text: str) -> None:
        assert says_none(text)

    @pytest.mark.parametrize("text", ["暂无进展，下周启动", "无锡项目", "None of the tests failed"])
    def test_but_not_in_a_sentence(self, text: str) -> None:
        assert not says_none(text)
