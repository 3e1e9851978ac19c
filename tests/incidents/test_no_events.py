"""That there were no events is a statement, and holds only as long as there are none."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.document.event_lines import says_no_events
from app.document.writer import write
from app.incidents.models import Incident
from app.reports.models import Item, Report
from tests.conftest import Cast, Clock, SignIn
from tests.incidents.test_writing_events import URL, Writing
from tests.reports.pages import PAGE, store_week
from tests.reports.saving import OpenPage, uid

EVENT = "6/7 14:40 代扣失败"
NONE = "暂无"


@pytest.fixture
def week(database: Database, client: TestClient, cast: Cast, clock: Clock, sign_in: SignIn) -> Writing:
    report_id = store_week(database, cast.payments, cast.lin, clock.now)
    client.headers["Accept-Language"] = "zh-CN"
    return Writing(database, sign_in(client, cast.lin), report_id)


@pytest.fixture
def quiet(week: Writing) -> Writing:
    """A week that says there were no events."""
    week.clear()
    assert week.post("/incidents/none", section=week.section, said="true").status_code == 200
    return week


def texts(week: Writing) -> list[str]:
    section = next(one for one in week.document.sections if one.kind == "incidents")
    return [block.text for block in section.blocks]


def version(week: Writing) -> str:
    with week.database.reading() as session:
        return str(session.get_one(Report, week.report_id).version)


class TestSayingThatThereWereNone:
    def test_is_offered_only_where_nothing_stands(self, week: Writing) -> None:
        assert "incidents/none" not in week.client.get(f"{URL}/edit").text
        assert week.post("/incidents/none", section=week.section, said="true").status_code == 409

    def test_is_said_read_back_and_taken_back(self, week: Writing) -> None:
        week.clear()
        assert not says_no_events(week.document)
        answer = week.post("/incidents/none", section=week.section, said="true")
        assert "已注明本周无生产事件" in answer.text
        assert says_no_events(week.document)
        week.post("/incidents/none", section=week.section, said="true")
        section = next(one for one in week.document.sections if one.kind == "incidents")
        assert [block.text for block in section.blocks] == ["暂无"]
        week.post("/incidents/none", section=week.section, said="false")
        assert not says_no_events(week.document)

    def test_is_over_when_an_event_is_added(self, week: Writing) -> None:
        week.clear()
        week.post("/incidents/none", section=week.section, said="true")
        week.add("6/7 14:40 代扣失败")
        section = next(one for one in week.document.sections if one.kind == "incidents")
        assert [block.text for block in section.blocks] == ["6/7 14:40 代扣失败"]

    def test_is_told_to_readers(self, week: Writing) -> None:
        week.clear()
        week.post("/incidents/none", section=week.section, said="true")
        with week.database.reading() as session:
            version = session.get_one(Report, week.report_id).version
        week.client.post(f"{URL}/publication", data={"version": str(version), "reason": "无事件"})
        assert "本周无生产事件" in week.client.get(URL).text


class TestItIsTakenBack:
    """By an event, whichever way that comes in."""

    def test_by_one_line_in_its_own_form(self, quiet: Writing) -> None:
        quiet.add(EVENT)
        assert texts(quiet) == [EVENT]

    def test_by_a_line_of_the_outline(self, quiet: Writing) -> None:
        item = {"uid": uid(), "text": EVENT}
        answer = OpenPage(quiet.client).send({"kind": "add", "section": quiet.section, "items": [item]})
        assert answer.status_code == 200
        assert quiet.section in answer.json()["redraw"]
        assert texts(quiet) == [EVENT]

    def test_by_a_line_that_becomes_an_event_while_it_is_typed(self, quiet: Writing) -> None:
        page, name = OpenPage(quiet.client), uid()
        page.send({"kind": "add", "section": quiet.section, "items": [{"uid": name, "text": "6/7"}]})
        assert NONE in texts(quiet)
        item = quiet.item("6/7")
        assert page.text(item, EVENT).status_code == 200
        assert texts(quiet) == [EVENT]

    def test_by_an_event_moved_from_another_section(self, quiet: Writing) -> None:
        page, name = OpenPage(quiet.client), uid()
        other = quiet.item("商户对账单").section_id
        page.send({"kind": "add", "section": other, "items": [{"uid": name, "text": EVENT}]})
        assert NONE in texts(quiet)
        page.send({"kind": "move", "item": name, "section": quiet.section, "parent": None, "after": None})
        assert texts(quiet) == [EVENT]

    def test_by_a_plain_form_without_scripts(self, quiet: Writing) -> None:
        data = {"section": str(quiet.section), "text": EVENT}
        assert quiet.client.post(f"{URL}/items", data=data).status_code == 303
        assert texts(quiet) == [EVENT]

    def test_by_a_line_added_to_the_page_as_markdown(self, quiet: Writing) -> None:
        page = write(quiet.document).replace(f"- {NONE}", f"- {NONE}\n- {EVENT}")
        data = {"text": page, "base": page, "version": version(quiet)}
        assert quiet.client.post(f"{URL}/source", data=data).status_code == 303
        assert texts(quiet) == [EVENT]

    @pytest.mark.parametrize("how", ["add", "replace"])
    def test_by_a_pasted_page(self, quiet: Writing, how: str) -> None:
        page = f"# 第23周 2025-06-06\n\n## 【生产稳定性事件】\n\n- {EVENT}\n"
        data = {"text": page, "version": version(quiet), "how": how}
        assert quiet.client.post(f"{URL}/paste/page", data=data).status_code == 303
        assert texts(quiet) == [EVENT]

    def test_by_a_section_pasted_into(self, quiet: Writing) -> None:
        data = {"text": f"- {EVENT}\n", "version": version(quiet), "section": str(quiet.section)}
        assert quiet.client.post(f"{URL}/paste/page", data=data).status_code == 303
        assert texts(quiet) == [EVENT]

    def test_and_the_event_is_stored(self, quiet: Writing) -> None:
        OpenPage(quiet.client).send(
            {"kind": "add", "section": quiet.section, "items": [{"uid": uid(), "text": EVENT}]}
        )
        with quiet.database.reading() as session:
            row = session.query(Incident).filter_by(report_id=quiet.report_id).one()
            assert session.get_one(Item, row.item_id).text == EVENT

    def test_not_by_other_words_in_the_section(self, quiet: Writing) -> None:
        item = {"uid": uid(), "text": "各系统运行平稳"}
        OpenPage(quiet.client).send({"kind": "add", "section": quiet.section, "items": [item]})
        assert NONE in texts(quiet)


class TestWhereEventsStand:
    def test_saying_so_in_the_outline_is_refused(self, week: Writing) -> None:
        before = texts(week)
        item = {"uid": uid(), "text": NONE}
        answer = OpenPage(week.client).send({"kind": "add", "section": week.section, "items": [item]})
        assert answer.status_code == 409
        assert answer.json()["detail"] == "本周已有生产事件，不能再注明没有。"
        assert texts(week) == before

    def test_a_plain_form_is_refused_too(self, week: Writing) -> None:
        data = {"section": str(week.section), "text": NONE}
        assert week.client.post(f"{URL}/items", data=data).status_code == 409

    def test_in_another_section_the_button_is_refused_as_well(self, week: Writing) -> None:
        week.clear()
        other = week.item("商户对账单").section_id
        items = [{"uid": uid(), "text": "生产稳定性事件："}, {"uid": uid(), "text": EVENT}]
        OpenPage(week.client).send({"kind": "add", "section": other, "items": items})
        assert week.post("/incidents/none", section=week.section, said="true").status_code == 409

    def test_a_page_that_says_both_keeps_both_and_asks(self, week: Writing) -> None:
        page = PAGE.replace("## 【生产稳定性事件】\n", f"## 【生产稳定性事件】\n\n- {NONE}\n")
        data = {"text": page, "base": page, "version": version(week)}
        assert week.client.post(f"{URL}/source", data=data).status_code == 303
        assert NONE in texts(week)
        assert "写了没有生产事件，又列出 2 起" in week.client.get(f"{URL}/checks").text

    def test_a_pasted_page_that_says_none_does_not_say_it_beside_them(self, week: Writing) -> None:
        page = f"# 第23周 2025-06-06\n\n## 【生产稳定性事件】\n\n{NONE}\n\n## 【其他】\n\n- 团建\n"
        data = {"text": page, "version": version(week), "how": "add"}
        assert week.client.post(f"{URL}/paste/page", data=data).status_code == 303
        assert NONE not in texts(week)
        assert "团建" in write(week.document)
