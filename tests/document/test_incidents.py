"""Where a page lists its incidents, what belongs to each one, and what it says."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.document.incident_form import IncidentFields, fields_of, incident_blocks
from app.document.lines import normalise_text
from app.document.parties import find_parties
from app.document.reader import read
from app.document.schema import Document, Incident, Section
from app.document.vocabulary import Language
from app.document.writer import write

TITLE = "# 第23周 2025-06-06\n\n"
MONDAY = date(2025, 6, 2)


def incidents(text: str) -> list[Incident]:
    return read(TITLE + text).document.incidents


def one(text: str) -> Incident:
    found = incidents("## 生产稳定性事件\n\n" + text)
    assert len(found) == 1
    return found[0]


def starts(text: str) -> list[str | None]:
    return [incident.started_at for incident in incidents(text)]


class TestWhereTheyStand:
    def test_in_a_section_of_their_own(self) -> None:
        assert starts("## 【生产稳定性事件】\n\n- 6/3 10:12 甲\n- 6/4 0：25 乙\n") == [
            "2025-06-03T10:12",
            "2025-06-04T00:25",
        ]

    def test_one_level_below_a_workstream(self) -> None:
        assert starts("## 【O3 安全】\n\n- 加固\n\n### 生产事件\n\n- 6/3 10:12 甲\n") == ["2025-06-03T10:12"]

    def test_as_bullets_at_column_0_below_a_last_item(self) -> None:
        page = "## 【O3 安全】\n\n1. 加固\n2. 生产稳定性事件：\n- 6/3 10:12 甲\n处置：a\n- 6/4 10:00 乙\n"
        assert starts(page) == ["2025-06-03T10:12", "2025-06-04T10:00"]

    def test_nested_below_an_item(self) -> None:
        page = (
            "## 【O3 安全】\n\n- 生产稳定性事件：\n    - 6/3 10:12 甲\n        - 原因：a\n- 6/12 上线加固\n"
        )
        assert starts(page) == ["2025-06-03T10:12"]

    def test_nested_below_the_system_they_befell(self) -> None:
        assert len(starts("## 生产事件\n\n- 收单\n    - 6/3 10:12 甲\n- 代付\n    - 6/4 10:00 乙\n")) == 2

    def test_as_bare_paragraphs(self) -> None:
        page = "## 生产事件\n\n6/3 10:12 甲\n\n原因：a 处置：b\n\n6/4 10:00 乙\n\n处置：c\n\n原因：d\n"
        assert [(found.symptom, found.cause, found.handling) for found in incidents(page)] == [
            ("甲", "a", "b"),
            ("乙", "d", "c"),
        ]

    def test_as_lines_without_blank_lines_where_each_is_told_in_full(self) -> None:
        page = "## 生产事件\n\n6/3 10:12 甲\n处置：a\n6/4 10:00 乙\n处置：b\n"
        assert [(found.symptom, found.handling) for found in incidents(page)] == [("甲", "a"), ("乙", "b")]

    def test_below_a_line_in_bold(self) -> None:
        page = "## 【O3】\n\n**生产稳定性事件：**\n\n- 6/3 10:12 甲\n\n**下阶段：**\n\n- 6/12 10:00 发布\n"
        assert starts(page) == ["2025-06-03T10:12"]

    def test_unsorted_and_twice_the_same_minute(self) -> None:
        assert starts("## 生产事件\n\n- 6/4 9:00 a\n- 6/3 9:00 b\n- 6/3 9:00 c\n") == [
            "2025-06-04T09:00",
            "2025-06-03T09:00",
            "2025-06-03T09:00",
        ]

    def test_nowhere_else(self) -> None:
        assert (
            incidents(
                "## 【O1 服务】\n\n- 6/3 10:12 发布完成\n\n# 下周计划\n\n- 生产事件：\n- 6/9 10:00 复盘\n"
            )
            == []
        )


class TestWhatIsNone:
    @pytest.mark.parametrize("text", ["暂无", "- 暂无", "无", "None", "- 无事故。"])
    def test_a_word_for_nothing(self, text: str) -> None:
        assert incidents(f"## 生产事件\n\n{text}\n") == []

    def test_also_behind_the_words_that_open_the_list(self) -> None:
        assert incidents("## 【O3】\n\n- 生产事件：暂无\n- 6/9 10:00 发布\n") == []

    def test_a_line_with_only_a_link(self) -> None:
        page = "## 生产事件\n\n- 6/3 10:12 甲\n[复盘](a.md)\n- [台账](https://example.test/6.6)[周会](b.md)\n"
        reading = read(TITLE + page)
        assert [found.symptom for found in reading.document.incidents] == ["甲"]
        assert [link.text for link in reading.document.links] == ["复盘", "台账", "周会"]

    def test_an_introduction_or_an_end(self) -> None:
        assert [
            found.symptom
            for found in incidents("## 生产事件\n\n本周共1起：\n\n- 6/3 10:12 甲\n\n以上均已复盘。\n")
        ] == ["甲"]

    def test_a_plan_with_its_day(self) -> None:
        page = "## 生产事件\n\n- 6/3 10:12 甲\n- 6/12完成整改\n- 6/5 乙对账失败\n"
        assert starts(page) == ["2025-06-03T10:12", "2025-06-05"]

    def test_what_stands_below_another_point(self) -> None:
        page = "## 生产事件\n\n- 6/3 10:12 甲\n处置：a\n- 改进项\n    1. 加监控\n    2. 补用例\n"
        assert [found.handling for found in incidents(page)] == ["a"]

    def test_the_next_point_of_the_list_they_stand_in(self) -> None:
        page = (
            "## 【O3】\n\n1. 生产事件：\n- 6/3 10:12 甲\n处置：\n1. 停写\n2. 切换\n- 6/4 10:00 乙\n2. 周会\n"
        )
        assert [(found.symptom, found.handling) for found in incidents(page)] == [
            ("甲", "停写\n切换"),
            ("乙", None),
        ]


class TestClauses:
    def test_cause_and_handling_on_one_line(self) -> None:
        found = one("- 6/3 10:12 甲异常。\n原因：磁盘满 处置：扩容，10：41恢复。\n")
        assert (found.symptom, found.cause, found.handling) == ("甲异常。", "磁盘满", "扩容，10：41恢复。")
        assert found.recovered_at == "2025-06-03T10:41"

    @pytest.mark.parametrize(
        "text",
        [
            "- 6/3 10:12 甲\n原因：a\n处置：b\n",
            "- 6/3 10:12 甲\n处置：b\n原因：a\n",
            "- 6/3 10:12 甲\n    \n    原因：a\n    \n    处置：b\n    \n",
            "- 6/3 10:12 甲\n处置：b\n    \n    原因：a\n",
            "- 6/3 10:12 甲\n    - 原因：a\n    - 处置：b\n",
            "- 6/3 10:12 甲，原因a；处置：b\n",
            "- 6/3 10:12 甲，根本原因：a，应急处理：b\n",
            "- 6/3 10:12 甲 **原因：** a **处置：** b\n",
            "- 6/3 10:12 甲\n故障原因分析为：a\n处理措施：b\n",
            "6/3 10:12 甲\n\n原因: a\n\n处置: b\n",
            "- 6/3 10:12 甲\nCause: a\nHandling: b\n",
            "- 6/3 10:12 甲\nResolution: b\nRoot cause: a\n",
        ],
    )
    def test_every_shape(self, text: str) -> None:
        found = one(text)
        assert (found.symptom, found.cause, found.handling) == ("甲", "a", "b")

    def test_a_cause_without_the_word_stays_in_the_text(self) -> None:
        found = one("- 6/3 10:12 甲，由于证书过期，经查为漏换\n处置：更换\n")
        assert (found.symptom, found.cause) == ("甲，由于证书过期，经查为漏换", None)

    @pytest.mark.parametrize("text", ["甲，具体原因待复盘", "甲，原因待查", "甲，原因排查中", "甲，原因不明"])
    def test_a_cause_still_looked_for_is_none(self, text: str) -> None:
        assert one(f"- 6/3 10:12 {text}\n").cause is None

    def test_impact_has_a_label_too(self) -> None:
        found = one("- 6/3 10:12 甲，影响3张报表\n影响范围：12家商户\n")
        assert (found.symptom, found.impact) == ("甲，影响3张报表", "12家商户")

    def test_steps_belong_to_the_handling(self) -> None:
        found = one("- 6/3 10:12 甲\n    - 处置：\n        1. 停写\n        2. 10:30恢复\n")
        assert (found.handling, found.recovered_at) == ("停写\n10:30恢复", "2025-06-03T10:30")

    def test_a_follow_up_is_handling(self) -> None:
        assert one("- 6/3 10:12 甲\n原因：a\n后续改进：b\n").handling == "后续改进：b"

    def test_a_time_of_recovery_may_have_its_own_label(self) -> None:
        found = one("- 6/3 10:12 甲\n处置：重启\n恢复时间：11:00\n")
        assert (found.handling, found.recovered_at) == ("重启", "2025-06-03T11:00")

    def test_what_is_not_stated_is_none(self) -> None:
        found = one("- 6/3 10:12 甲\n")
        assert [found.cause, found.handling, found.impact, found.recovered_at, found.grade] == [None] * 5
        assert found.parties == []


class TestTimes:
    def test_a_range_ends_the_incident(self) -> None:
        found = one("- 6/3 8:48~9:50 甲\n")
        assert (found.started_at, found.recovered_at, found.symptom) == (
            "2025-06-03T08:48",
            "2025-06-03T09:50",
            "甲",
        )

    def test_a_time_within_the_line_counts_where_the_incident_is_told(self) -> None:
        found = one("- 网关超时（6/3 10:12），原因：发布\n")
        assert (found.started_at, found.cause) == ("2025-06-03T10:12", "发布")

    def test_a_mark_or_a_grade_may_stand_before_it(self) -> None:
        found = one("- 【CD级】**6/3 10:12** 甲\n")
        assert (found.started_at, found.grade) == ("2025-06-03T10:12", "CD")

    def test_its_place_in_the_page_runs_from_the_first_block_to_the_last(self) -> None:
        page = TITLE + "## 生产事件\n\n- 6/3 10:12 甲\n\n    原因：a\n\n- 6/4 9:00 乙\n"
        reading = read(page)
        source = reading.document.incidents[0].source
        assert source is not None
        assert page[source.start : source.end] == "6/3 10:12 甲\n\n    原因：a"


class TestParties:
    @pytest.mark.parametrize(
        ("text", "parties"),
        [
            ("监控发现招行通道超时", ["招行"]),
            ("晨星通道成功率下降", ["晨星"]),
            ("由于银联系统升级，交易超时", ["银联"]),
            ("青海银行核心系统故障", ["青海银行"]),
            ("Larch Bank line unstable", ["Larch Bank"]),
            ("招行代扣失败率上升", ["招行"]),
            ("晨星通道响应慢", ["晨星"]),
            ("青海银行对账文件晚到", ["青海银行"]),
            ("银联专线拥塞", ["银联"]),
            ("Larch Bank returned the settlement file late", ["Larch Bank"]),
            ("Larch Bank rejected our certificate", ["Larch Bank"]),
            ("Larch Bank throttled requests, retried", ["Larch Bank"]),
            ("Payments to Larch Bank rejected", []),
            ("向招行重复付款", []),
            ("招行、光大开户失败", []),
            ("招行、光大绑卡全部失败", []),
            ("晨星通道故障导致招行代付失败", ["晨星"]),
            ("通知银联排查我方系统异常", []),
            ("支付通道异常", []),
        ],
    )
    def test_are_those_whose_systems_failed(self, text: str, parties: list[str]) -> None:
        assert find_parties(text) == parties


words = st.text(alphabet="甲乙丙 abc，。*-#【]\\\n", max_size=12).map(
    lambda text: "\n".join(normalise_text(f"{text}现".lstrip("，\n ")))
)


class TestTheForm:
    """What the program writes for one incident is read back as the same fields."""

    def again(self, fields: IncidentFields, language: Language) -> IncidentFields:
        blocks = incident_blocks(fields, language=language, monday=MONDAY)
        heading = "生产稳定性事件" if language == "zh" else "Production incidents"
        section = Section(kind="incidents", title=heading, heading=heading, blocks=blocks)
        (found,) = read(write(Document(title="第23周 2025-06-06", sections=[section]))).document.incidents
        return fields_of(found)

    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_with_everything(self, language: Language) -> None:
        fields = IncidentFields(
            symptom="登录失败\n第二行",
            started_at="2025-06-05T14:40",
            started_literal="6/5 14:40",
            recovered_at="2025-06-06T01:10",
            impact="100笔",
            cause="证书过期",
            handling="- 更换\n1. 重启",
            grade="CD",
        )
        assert self.again(fields, language) == fields

    def test_a_recovery_the_handling_states_is_not_written_twice(self) -> None:
        fields = IncidentFields(
            "甲", started_at="2025-06-05T14:40", handling="15:10恢复", recovered_at="2025-06-05T15:10"
        )
        (block,) = incident_blocks(fields, language="zh", monday=MONDAY)
        assert [child.text for child in block.blocks] == ["处置：15:10恢复"]

    def test_a_day_of_another_year_is_written_with_it(self) -> None:
        fields = IncidentFields("甲", started_at="2024-10-05T14:40")
        (block,) = incident_blocks(fields, language="zh", monday=MONDAY)
        assert block.text == "2024-10-05 14:40 甲"
        assert self.again(fields, "zh").started_at == fields.started_at

    @settings(max_examples=150, deadline=None)
    @given(words, st.none() | words, st.none() | words, st.none() | words, st.sampled_from(["zh", "en"]))
    def test_whatever_was_typed(
        self, symptom: str, impact: str | None, cause: str | None, handling: str | None, language: Language
    ) -> None:
        fields = IncidentFields(
            symptom,
            started_at="2025-06-03T10:12",
            started_literal="6/3 10:12",
            impact=impact,
            cause=cause,
            handling=handling,
        )
        assert self.again(fields, language) == fields
