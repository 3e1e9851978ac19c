"""When an incident began and was over, and its grade."""

from __future__ import annotations

from datetime import date

import pytest

from app.document.phrases import find_grade, find_moment, find_recovery
from tests.document.test_phrases import MONDAY

#: The beginning of an incident's text: began, until (of a range), as written.
MOMENTS: list[tuple[str, tuple[str, str | None, str] | None]] = [
    ("6/10 10:25 网关超时告警", ("2025-06-10T10:25", None, "6/10 10:25")),
    ("6/10 0：42 监控发现积压", ("2025-06-10T00:42", None, "6/10 0：42")),
    ("6/10 8:20~9:05 通道抖动", ("2025-06-10T08:20", "2025-06-10T09:05", "6/10 8:20~9:05")),
    ("6/10 8:20-9:05 通道抖动", ("2025-06-10T08:20", "2025-06-10T09:05", "6/10 8:20-9:05")),
    ("6/10 8:20 至 9:05 通道抖动", ("2025-06-10T08:20", "2025-06-10T09:05", "6/10 8:20 至 9:05")),
    ("6/10 23:50~6/11 0:30 通道抖动", ("2025-06-10T23:50", "2025-06-11T00:30", "6/10 23:50~6/11 0:30")),
    ("6/10 23:50~次日0:30 通道抖动", ("2025-06-10T23:50", "2025-06-11T00:30", "6/10 23:50~次日0:30")),
    ("6/10 23:50~0:30 通道抖动", ("2025-06-10T23:50", None, "6/10 23:50~0:30")),
    ("06/03 8:31 账单延迟", ("2025-06-03T08:31", None, "06/03 8:31")),
    ("6月10日 10:25 报错", ("2025-06-10T10:25", None, "6月10日 10:25")),
    ("6月10日10:25，报错", ("2025-06-10T10:25", None, "6月10日10:25")),
    ("6月10日10点25分报错", ("2025-06-10T10:25", None, "6月10日10点25分")),
    ("6-10 10:25 报错", ("2025-06-10T10:25", None, "6-10 10:25")),
    ("6.10 10:25 报错", ("2025-06-10T10:25", None, "6.10 10:25")),
    ("2025-06-10 10:25 报错", ("2025-06-10T10:25", None, "2025-06-10 10:25")),
    ("2025-06-10T10:25 报错", ("2025-06-10T10:25", None, "2025-06-10T10:25")),
    ("2025/6/10 10：25：33 报错", ("2025-06-10T10:25", None, "2025/6/10 10：25：33")),
    ("６／１０　１０：２５ 报错", ("2025-06-10T10:25", None, "６／１０　１０：２５")),
    ("6/10 下午2:30 报错", ("2025-06-10T14:30", None, "6/10 下午2:30")),
    ("6/10 凌晨0:42 报错", ("2025-06-10T00:42", None, "6/10 凌晨0:42")),
    ("6/10 晚8点半 报错", ("2025-06-10T20:30", None, "6/10 晚8点半")),
    ("6/10（周二）10:25 报错", ("2025-06-10T10:25", None, "6/10（周二）10:25")),
    ("1. 6/10 10:25 报错", ("2025-06-10T10:25", None, "6/10 10:25")),
    ("1.6/10 10:25 报错", ("2025-06-10T10:25", None, "6/10 10:25")),
    ("（1）6/10 10:25 报错", ("2025-06-10T10:25", None, "6/10 10:25")),
    ("【C级】6/10 10:25 报错", ("2025-06-10T10:25", None, "6/10 10:25")),
    ("【6/10 10:25】报错", ("2025-06-10T10:25", None, "6/10 10:25")),
    ("**6/10 10:25** 报错", ("2025-06-10T10:25", None, "6/10 10:25")),
    ("发生时间：6/10 10:25", ("2025-06-10T10:25", None, "6/10 10:25")),
    ("本周二 10:25 报错", ("2025-06-10T10:25", None, "本周二 10:25")),
    ("June 10, 10:25 gateway down", ("2025-06-10T10:25", None, "June 10, 10:25")),
    ("Jun 10 2:40 PM gateway down", ("2025-06-10T14:40", None, "Jun 10 2:40 PM")),
    ("6/10 at 10:25 gateway down", ("2025-06-10T10:25", None, "6/10 at 10:25")),
    # a day without a clock time
    ("6/10 客服反馈退款失败", ("2025-06-10", None, "6/10")),
    ("6月10日，账单异常", ("2025-06-10", None, "6月10日")),
    ("6/10 25:70 报错", ("2025-06-10", None, "6/10")),
    # none
    ("监控 6/10 10:25 报错", None),
    ("10:25 报错", None),
    ("13/45 10:25 报错", None),
    ("2/30 10:25 报错", None),
    ("6/10个接口", None),
    ("3/4的商户失败", None),
    ("2.1 升级", None),
    ("617 上线", None),
    ("10日10:25 报错", None),
    ("周二报错", None),
    ("6/1010:25", None),
    ("[6/10 10:25](https://wiki.example.test/a)", None),
    ("", None),
]


class TestTheBeginning:
    @pytest.mark.parametrize(("text", "wanted"), MOMENTS, ids=[text[:30] for text, _ in MOMENTS])
    def test_it_is_the_time_the_text_begins_with(
        self, text: str, wanted: tuple[str, str | None, str] | None
    ) -> None:
        moment = find_moment(text, MONDAY)
        assert (moment and (moment.started_at, moment.until, moment.literal)) == wanted
        assert moment is None or text[moment.start : moment.end] == moment.literal

    def test_its_year_is_the_one_nearest_to_the_week(self) -> None:
        moment = find_moment("1/2 9:00 网关超时", date(2024, 12, 30))
        assert moment is not None
        assert moment.started_at == "2025-01-02T09:00"


#: Handling, symptom, when it began (on 10 June), when it was over.
RECOVERIES: list[tuple[str, str, str, str | None]] = [
    # the last time that finishes something
    ("10:21 银行侧恢复", "", "10:12", "10T10:21"),
    ("运维扩容，18：05 报表补发完毕。", "", "14:20", "10T18:05"),
    ("11:20值班接手，13:05完成人工补账，商户全部结清", "", "10:36", "10T13:05"),
    ("1. 切换专线；2. 9:13名单已补推 3. 9:48，渠道侧全部到账；4. 抽查一致", "", "08:40", "10T09:48"),
    ("14:05扩容，14:10逐步恢复，14:30全部恢复", "", "14:00", "10T14:30"),
    ("15:20开始恢复，15:45恢复完毕", "", "15:00", "10T15:45"),
    ("15:45银行侧修复完成，16:00补单完成", "", "15:00", "10T16:00"),
    ("恢复时间：15:21", "", "15:00", "10T15:21"),
    ("系统于15:21恢复正常", "", "15:00", "10T15:21"),
    ("重启后恢复正常（15:21）", "", "15:00", "10T15:21"),
    ("15:20 切换备用通道，交易恢复", "", "15:00", "10T15:20"),
    ("16点20分恢复", "", "15:00", "10T16:20"),
    ("下午4:20恢复", "", "15:00", "10T16:20"),
    ("故障持续至15:40", "", "15:00", "10T15:40"),
    ("Recovered at 15:20", "", "15:00", "10T15:20"),
    ("restarted at 15:12; service restored 15:18", "", "15:00", "10T15:18"),
    # not the recovery
    ("11:20值班接手", "", "10:36", None),
    ("15:21尚未恢复", "", "15:00", None),
    ("预计16:00恢复", "", "15:00", None),
    ("15:20恢复，17:00完成复盘", "", "15:00", "10T15:20"),
    ("15:10定位为慢查询，15:25重启", "", "15:00", None),
    ("已通知业务方", "", "15:00", None),
    ("", "通常在7:00产出", "15:00", None),
    # another day is never guessed
    ("0:20恢复", "", "23:50", None),
    ("次日0:20恢复", "", "23:50", "11T00:20"),
    ("6/11 0:20恢复", "", "23:50", "11T00:20"),
    ("23:58切换，0:20恢复", "", "23:50", None),
    # how long it lasted
    ("持续18mins后恢复，业务无感", "", "09:05", "10T09:23"),
    ("持续30分钟", "", "09:05", "10T09:35"),
    ("约2小时恢复", "", "09:05", "10T11:05"),
    ("历时1小时20分钟恢复", "", "09:05", "10T10:25"),
    ("半小时后恢复", "", "09:05", "10T09:35"),
    ("两小时后解决", "", "09:05", "10T11:05"),
    ("1.5小时恢复", "", "09:05", "10T10:35"),
    ("Recovered after 18 minutes", "", "09:05", "10T09:23"),
    ("", "影响时长25分钟", "09:05", "10T09:30"),
    ("延迟30分钟", "", "09:05", None),
    ("持续30分钟仍未恢复", "", "09:05", None),
    ("超过30分钟未恢复", "", "09:05", None),
    # in the symptom only words of recovery count
    ("", "通道中断，9:17自动恢复", "09:05", "10T09:17"),
    ("", "9:17生成完毕的账单缺页", "09:05", None),
]


class TestTheEnd:
    @pytest.mark.parametrize(("handling", "symptom", "began", "wanted"), RECOVERIES)
    def test_it_is_over_when_the_page_says_so(
        self, handling: str, symptom: str, began: str, wanted: str | None
    ) -> None:
        over = find_recovery(handling, symptom, f"2025-06-10T{began}")
        assert over == (wanted and f"2025-06-{wanted}")

    def test_the_end_of_the_moments_range_is_taken_where_the_handling_says_nothing(self) -> None:
        assert find_recovery("已扩容", "", "2025-06-10T08:20", "2025-06-10T09:05") == "2025-06-10T09:05"
        assert find_recovery("8:55恢复", "", "2025-06-10T08:20", "2025-06-10T09:05") == "2025-06-10T08:55"

    def test_a_day_without_a_time_has_a_time_it_was_over_but_no_length(self) -> None:
        assert find_recovery("16:02完成数据订正", "", "2025-06-10") == "2025-06-10T16:02"
        assert find_recovery("持续30分钟", "", "2025-06-10") is None

    def test_a_beginning_that_is_no_time_gives_nothing(self) -> None:
        assert find_recovery("15:21恢复", "", "on Tuesday") is None


class TestTheGrade:
    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("定级C级", "C"),
            ("定级：D", "D"),
            ("定为C级", "C"),
            ("评定为C级生产事故", "C"),
            ("C级事故", "C"),
            ("Ｃ级事故", "C"),
            ("AB级事故", "AB"),
            ("A/B级事故", "AB"),
            ("通道抖动（D级）", "D"),
            ("【D级】通道抖动", "D"),
            ("事故等级：B", "B"),
            ("grade B", "B"),
            ("Grade: C", "C"),
            ("graded D", "D"),
            ("待定级", "open"),
            ("级别待定", "open"),
            ("暂未定级", "open"),
            ("定级待确认", "open"),
            ("grade pending", "open"),
            ("A级机房断电", None),
            ("B级供应商", None),
            ("未达到C级事故", None),
            ("非D级事故", None),
            ("upgrade b", None),
            ("CD级", None),
            ("", None),
        ],
    )
    def test_it_is_the_one_stated(self, text: str, wanted: str | None) -> None:
        assert find_grade(text) == wanted
