"""What the writer may want to look at before publishing. Nothing of it hinders publication."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app import features
from app.db import Database
from app.document.reader import read
from app.document.recognition import recognise
from app.document.schema import Document
from app.reports.assembly import CarriedOver, WorkingCopy
from app.reports.checks import Finding, checks
from app.reports.editable import sections_to_edit
from app.reports.goal_queries import GoalOfWeek
from app.reports.last_said import said_within
from app.reports.models import Report, Section
from app.reports.said_before import read_as_last_said
from tests.conftest import Cast, Clock, SignIn
from tests.reports.pages import MONDAY, PAGE, store_week

WEEKS = "/teams/payments/weeks"
NEXT = MONDAY + timedelta(days=7)
FRIDAY = date(2025, 6, 6)


def copy_of(page: str, *, carried: dict[str, dict[str, Any]] | None = None) -> WorkingCopy:
    """A page as a working copy; `carried` says by the beginning of its text what was carried over."""
    features.join()
    document = read(f"# 第23周 2025-06-06\n\n{page}").document
    document = recognise(document, monday=MONDAY)
    item_ids = {(index, path): number for number, (index, path) in enumerate(_places(document), start=1)}
    known = {}
    for (index, path), item_id in item_ids.items():
        text = _text(document, index, path)
        for beginning, said in (carried or {}).items():
            if text.startswith(beginning):
                is_open = said.pop("is_open", False)
                known[item_id] = CarriedOver(
                    {"from": "2025-05-26", "text": text, "progress": None, "dates": [], **said}, is_open
                )
    return WorkingCopy(
        document,
        [100 + index for index in range(len(document.sections))],
        [1] * len(document.sections),
        item_ids,
        dict.fromkeys(item_ids.values(), 1),
        known,
    )


def _places(document: Document) -> list[tuple[int, tuple[int, ...]]]:
    waiting = [
        (index, (n,), block)
        for index, section in enumerate(document.sections)
        for n, block in enumerate(section.blocks)
    ]
    for index, path, block in waiting:
        waiting += [(index, (*path, n), child) for n, child in enumerate(block.blocks)]
    return [(index, path) for index, path, _ in waiting]


def _text(document: Document, index: int, path: tuple[int, ...]) -> str:
    blocks = document.sections[index].blocks
    for position in path[:-1]:
        blocks = blocks[position].blocks
    return blocks[path[-1]].text


def findings(page: str, *, goals: list[GoalOfWeek] | None = None, **more: Any) -> list[Finding]:
    copy = copy_of(page, **more)
    return checks(copy, sections_to_edit(copy), goals or [], said_within(copy), as_of=FRIDAY)


def found(page: str, **more: Any) -> list[str]:
    return [finding.key.removeprefix("check.") for finding in findings(page, **more)]


WORK = "## 【O1 业务支撑】\n\n- {}\n"
LAST = {"progress": "60%", "dates": [{"iso": "2025-06-13", "literal": "6/13", "role": "灰度"}]}

FOUND = [
    ("a total whose parts do not add up", WORK.format("总计14个：可归档6个，已投产5个，待处理2个"), "sum"),
    (
        "stated counts that differ from the list",
        "## 【系统运行数据】\n\n- 事故数AB级1次，CD级0次\n\n"
        "## 【生产稳定性事件】\n\n- 6/4 14:12 受理超时，14:41 恢复\n",
        "incident_counts",
    ),
    ("a metric without value", "## 【系统运行数据】\n\n- 入金有效成功率：\n", "metric"),
    ("a day that is past and still planned", WORK.format("预计6/4上线"), "past_plan"),
    ("a workstream without items", "## 【O1 业务支撑】\n\n## 【O2 平台升级】\n\n- 已完成\n", "no_work"),
    (
        "no statement about incidents",
        "## 【生产稳定性事件】\n\n# 本周收获与反思\n\n- 演练要早\n",
        "no_incidents",
    ),
    ("empty reflections", "# 本周收获与反思\n", "no_reflections"),
    ("no goals", "# 下周工作及目标\n", "no_goals"),
]
QUIET = [
    ("a total that adds up", WORK.format("总计14个：可归档6个，已投产5个，待处理3个")),
    (
        "stated counts that agree",
        "## 【系统运行数据】\n\n- 事故数AB级0次，CD级0次\n\n## 【生产稳定性事件】\n\n- 暂无\n",
    ),
    ("a metric that is said not to be reported", "## 【系统运行数据】\n\n- 入金有效成功率：未上报\n"),
    ("a planned day to come", WORK.format("预计6/13上线")),
    ("a day that is past and happened", WORK.format("6/4已上线")),
    ("none, said for incidents", "## 【生产稳定性事件】\n\n- 暂无\n"),
    ("none, said for reflections", "# 本周收获与反思\n\n暂无\n"),
]


class TestAFinding:
    @pytest.mark.parametrize(("what", "page", "key"), FOUND, ids=[case[0] for case in FOUND])
    def test_is_made_of(self, what: str, page: str, key: str) -> None:
        assert key in found(page)

    @pytest.mark.parametrize(("what", "page"), QUIET, ids=[case[0] for case in QUIET])
    def test_is_not_made_of(self, what: str, page: str) -> None:
        assert found(page) == []

    def test_is_made_of_each_goal_without_outcome(self) -> None:
        goals = [
            GoalOfWeek(7, 1, "年检材料定稿", None, None, 0, MONDAY),
            GoalOfWeek(8, 1, "切换演练", "done", None, 0, MONDAY),
        ]
        (only,) = findings(WORK.format("已完成"), goals=goals)
        assert (only.key, only.anchor, only.values) == ("check.goal", "goal-7", {"text": "年检材料定稿"})

    def test_is_made_of_what_recognition_is_not_sure_of(self) -> None:
        page = WORK.format("个人信息保护617上线")
        copy = copy_of(page)
        assert [fact.certain for fact in copy.document.facts] == [False]
        assert "uncertain" in found(page)

    def test_names_its_place_on_the_page(self) -> None:
        (only,) = findings("# 本周收获与反思\n")
        assert only.anchor == "section-100"

    def test_that_contradicts_comes_first(self) -> None:
        page = "# 下周工作及目标\n\n" + WORK.format("总计14个：可归档6个，已投产5个，待处理2个")
        assert found(page)[0] == "sum"


class TestSinceLastWeek:
    def test_a_progress_that_went_back_is_found(self) -> None:
        (only,) = findings(WORK.format("分期付：进度40%"), carried={"分期付": dict(LAST)})
        assert (only.key, only.values) == ("check.progress_back", {"before": "60%", "now": "40%"})

    def test_a_progress_that_went_on_is_not(self) -> None:
        assert found(WORK.format("分期付：进度60%"), carried={"分期付": dict(LAST)}) == []

    def test_a_promise_that_moved_is_found(self) -> None:
        (only,) = findings(WORK.format("分期付：进度70%，预计6/20灰度"), carried={"分期付": dict(LAST)})
        assert (only.key, only.values["before"]) == ("check.slipped", "6/13")

    def test_one_that_stands_or_comes_earlier_is_not(self) -> None:
        for day in ("6/13", "6/12"):
            assert found(WORK.format(f"分期付：预计{day}灰度"), carried={"分期付": dict(LAST)}) == []

    def test_what_nobody_confirmed_is_counted_and_not_looked_into(self) -> None:
        page = WORK.format("分期付：进度40%，预计6/2灰度") + "- 对账单：进度50%\n"
        is_open = {"分期付": {**LAST, "is_open": True}, "对账单": {"is_open": True}}
        (only,) = findings(page, carried=is_open)
        assert (only.key, only.values) == ("check.carried", {"count": 2})

    def test_what_was_dropped_is_not_counted(self) -> None:
        page = WORK.format("分期付：进度40%") + "- 已完成\n"
        assert found(page, carried={"分期付": {**LAST, "is_open": True, "dropped": True}}) == []

    def test_a_promise_that_moves_again_is_told_with_the_day_that_was_first(self) -> None:
        date = {"iso": "2025-06-13", "literal": "6/13", "role": "灰度", "first": "2025-05-30", "moved": 1}
        last = {**LAST, "dates": [date]}
        (only,) = findings(WORK.format("分期付：进度70%，预计6/20灰度"), carried={"分期付": last})
        assert only.key == "check.slipped_again"
        assert only.values == {"what": "灰度", "before": "6/13", "now": "6/20", "first": "5/30", "times": 2}

    def test_a_line_written_anew_is_held_against_the_carried_one_that_it_goes_on_with(self) -> None:
        page = WORK.format("分期付能力：进度40%，预计6/20灰度") + "- 分期付能力：进度60%，预计6/13灰度\n"
        carried = {"分期付能力：进度60%": {**LAST, "is_open": True, "dropped": True}}
        assert found(page, carried=carried) == ["progress_back", "slipped"]

    def test_another_line_is_not(self) -> None:
        page = WORK.format("退款专项：进度40%，预计6/20灰度") + "- 分期付能力：进度60%，预计6/13灰度\n"
        carried = {"分期付能力：进度60%": {**LAST, "is_open": True, "dropped": True}}
        assert found(page, carried=carried) == []

    def test_a_date_said_in_an_earlier_week_is_found_once_the_line_is_kept(self) -> None:
        page = WORK.format("分期付：预计下周二灰度")
        copy = copy_of(page, carried={"分期付": {"text": "分期付：预计下周二灰度"}})
        ids = {(index, path): item_id for (index, path), item_id in copy.item_ids.items()}
        said = {item_id: each.said for item_id, each in copy.carried.items()}
        copy.said_before.update(read_as_last_said(copy.document, ids, said, MONDAY))
        (only,) = checks(copy, sections_to_edit(copy), [], said_within(copy), as_of=FRIDAY)[:1]
        assert (only.key, only.values) == ("check.said_before", {"literal": "下周二", "meant": "6/3"})


@pytest.fixture
def lin(client: TestClient, cast: Cast, sign_in: SignIn, database: Database, clock: Clock) -> TestClient:
    store_week(database, cast.payments, cast.lin, clock.now)
    lin = sign_in(client, cast.lin)
    lin.post(WEEKS, data={"period_start": NEXT.isoformat()})
    return lin


class TestThePanel:
    def test_stands_on_the_editing_page_and_alone(self, lin: TestClient) -> None:
        page = lin.get(f"{WEEKS}/{NEXT}/edit").text
        alone = lin.get(f"{WEEKS}/{NEXT}/checks").text
        assert alone.strip() in page
        assert 'id="checks"' in alone
        assert f'data-url="{WEEKS}/{NEXT}/checks"' in alone

    def test_leads_to_places_that_are_on_the_page(self, lin: TestClient) -> None:
        page = lin.get(f"{WEEKS}/{NEXT}/edit").text
        anchors = {part.split('"')[0] for part in lin.get(f"{WEEKS}/{NEXT}/checks").text.split('href="#')[1:]}
        assert anchors
        assert [anchor for anchor in anchors if f'id="{anchor}"' not in page] == []

    def test_hinders_nobody_from_publishing(self, lin: TestClient, database: Database) -> None:
        with database.reading() as session:
            report = session.scalars(select(Report).where(Report.period_start == NEXT)).one()
            section = session.scalars(
                select(Section.id).where(Section.report_id == report.id, Section.kind == "workstream")
            ).first()
        lin.post(f"{WEEKS}/{NEXT}/items", data={"section": str(section), "text": "报表迁移已完成"})
        with database.reading() as session:
            report = session.get_one(Report, report.id)
        assert "undecided" in lin.get(f"{WEEKS}/{NEXT}/checks").text
        answer = lin.post(f"{WEEKS}/{NEXT}/publication", data={"version": str(report.version), "reason": ""})
        assert answer.status_code == 303

    def test_costs_four_statements_besides_knowing_who_asks(
        self, lin: TestClient, query_counter: Callable[[], Any]
    ) -> None:
        with query_counter() as short:
            lin.get(f"{WEEKS}/{NEXT}/checks")
        assert short.total <= 7

    def test_costs_no_more_however_long_the_week_is(
        self,
        lin: TestClient,
        database: Database,
        cast: Cast,
        clock: Clock,
        query_counter: Callable[[], Any],
    ) -> None:
        more = "".join(f"- 事项{number}：进度{number}%，预计6/4上线\n" for number in range(80))
        page = PAGE.replace("第23周 2025-06-06", "第22周 2025-05-30").replace(
            "- 报表迁移", f"{more}- 报表迁移"
        )
        store_week(database, cast.payments, cast.lin, clock.now, page)
        with query_counter() as long:
            lin.get(f"{WEEKS}/{MONDAY - timedelta(days=7)}/checks")
        assert long.total <= 8
