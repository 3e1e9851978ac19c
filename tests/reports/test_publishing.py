"""Drafts, publication, amendments, and revisions that nobody can change."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from starlette.testclient import TestClient

from app.accounts import actions
from app.accounts.models import Team
from app.db import Database
from app.metrics.models import Metric, Reading
from app.reports.kept_pages import KeptPages
from app.reports.models import Item, Report, Revision, Section
from app.reports.publishing import revision_hash
from tests.conftest import Cast, Clock, SignIn
from tests.reports.pages import MONDAY, PAGE, report_of, store_week

WEEKS = "/teams/payments/weeks"
URL = f"{WEEKS}/{MONDAY.isoformat()}"


@pytest.fixture
def published(database: Database, cast: Cast, clock: Clock) -> int:
    return store_week(database, cast.payments, cast.lin, clock.now)


@pytest.fixture
def lin(client: TestClient, cast: Cast, sign_in: SignIn) -> TestClient:
    return sign_in(client, cast.lin)


def edit(database: Database, client: TestClient, report_id: int, before: str, after: str) -> None:
    with database.reading() as session:
        item = session.scalars(
            select(Item).where(Item.report_id == report_id, Item.text.startswith(before))
        ).one()
    answer = client.post(f"{URL}/items/{item.id}", data={"text": after, "version": str(item.version)})
    assert answer.status_code == 303


def publish(client: TestClient, database: Database, report_id: int, reason: str = "", url: str = URL) -> Any:
    version = report_of(database, report_id).version
    return client.post(f"{url}/publication", data={"version": str(version), "reason": reason})


class TestPublishing:
    def test_a_draft_shows_it_to_readers(
        self, lin: TestClient, database: Database, cast: Cast, sign_in: SignIn
    ) -> None:
        lin.post(WEEKS, data={"period_start": "2025-06-09"})
        with database.reading() as session:
            report = session.scalars(select(Report)).one()
        url = f"{WEEKS}/2025-06-09"
        with database.reading() as session:
            section = session.scalars(select(Section).where(Section.kind == "other")).one()
        lin.post(f"{url}/items", data={"section": str(section.id), "text": "容量规划初稿评审"})
        assert sign_in(lin, cast.eve).get(url).status_code == 403
        assert publish(sign_in(lin, cast.lin), database, report.id, url=url).status_code == 303
        assert "容量规划初稿评审" in sign_in(lin, cast.eve).get(url).text

    def test_an_empty_draft_is_refused(self, lin: TestClient, database: Database) -> None:
        lin.post(WEEKS, data={"period_start": "2025-06-09"})
        with database.reading() as session:
            report = session.scalars(select(Report)).one()
        assert publish(lin, database, report.id, url=f"{WEEKS}/2025-06-09").status_code == 422

    def test_a_week_that_did_not_change_is_refused(
        self, lin: TestClient, database: Database, published: int
    ) -> None:
        assert publish(lin, database, published, "again").status_code == 409

    def test_what_one_has_not_seen_is_refused(
        self, lin: TestClient, database: Database, published: int
    ) -> None:
        version = report_of(database, published).version
        edit(database, lin, published, "商户对账单", "商户对账单：改过")
        answer = lin.post(f"{URL}/publication", data={"version": str(version), "reason": "改正"})
        assert answer.status_code == 409
        assert report_of(database, published).published_revision == 1


class TestAmending:
    def test_needs_a_reason(self, lin: TestClient, database: Database, published: int) -> None:
        edit(database, lin, published, "商户对账单", "商户对账单：改过")
        assert publish(lin, database, published).status_code == 422
        assert publish(lin, database, published, "补充上线情况").status_code == 303
        assert report_of(database, published).published_revision == 2

    def test_is_hidden_from_readers_until_it_is_published(
        self, lin: TestClient, database: Database, published: int
    ) -> None:
        edit(database, lin, published, "商户对账单", "商户对账单：改过")
        assert "商户对账单：改过" not in lin.get(URL).text
        publish(lin, database, published, "补充上线情况")
        page = lin.get(URL).text
        assert "商户对账单：改过" in page
        assert "补充上线情况" in page

    def test_keeps_the_reading_as_it_was_first_reported(
        self, lin: TestClient, database: Database, published: int
    ) -> None:
        edit(database, lin, published, "入金有效成功率", "入金有效成功率：99.981%")
        publish(lin, database, published, "口径更正")
        with database.reading() as session:
            rows = session.execute(
                select(Reading.revision, Reading.literal)
                .join(Metric, Metric.id == Reading.metric_id)
                .where(Metric.name == "入金有效成功率")
                .order_by(Reading.revision)
            ).all()
        assert [(row.revision, "99.972" in row.literal) for row in rows] == [(1, True), (2, False)]

    def test_discarded_leaves_what_is_published(
        self, lin: TestClient, database: Database, published: int
    ) -> None:
        edit(database, lin, published, "商户对账单", "商户对账单：改过")
        version = report_of(database, published).version
        assert lin.post(f"{URL}/discard", data={"version": str(version)}).status_code == 303
        assert report_of(database, published).state == "published"
        assert "商户对账单：改过" not in lin.get(f"{URL}/edit").text
        assert "商户对账单自助下载" in lin.get(f"{URL}/edit").text


TOUCHES: dict[str, tuple[str, dict[str, str]]] = {
    "a text": ("/items/{item}", {"text": "改过", "version": "{version}"}),
    "a new item": ("/items", {"section": "{section}", "text": "新的一项"}),
    "a heading": ("/sections/{section}", {"heading": "【O9 改名】", "version": "{section_version}"}),
    "the order": ("/sections/{section}/place", {"direction": "down"}),
    "a metric": (
        "/readings",
        {"item": "{metric}", "name": "入金有效成功率", "base": "99.972%", "literal": "91%"},
    ),
    "an event": ("/incidents", {"section": "{events}", "text": "6/6 10:20 监控发现云杉银行代付失败"}),
    "the page": ("/source", {"text": "# 第23周\n\n- 只剩一句\n", "version": "{report}"}),
    "a pasted page": (
        "/paste/page",
        {"text": "# 第23周\n\n- 只剩一句\n", "version": "{report}", "how": "replace"},
    ),
}


class TestAPublishedWeek:
    @pytest.mark.parametrize("touch", TOUCHES)
    def test_stays_as_it_is_for_readers_whatever_is_changed(
        self, lin: TestClient, database: Database, cast: Cast, sign_in: SignIn, published: int, touch: str
    ) -> None:
        def seen() -> tuple[str, Any]:
            page = sign_in(lin, cast.eve).get(URL).text
            sign_in(lin, cast.lin)
            with database.reading() as session:
                return page, session.execute(
                    select(Revision.number, Revision.document, Revision.hash, Revision.reason)
                ).all()

        before = seen()
        path, form = TOUCHES[touch]
        ids = ids_of(database, published)
        filled = {name: value.format(**ids) for name, value in form.items()}
        assert lin.post(URL + path.format(**ids), data=filled).status_code in {200, 303}
        report = report_of(database, published)
        assert (report.state, report.published_revision) == ("amending", 1)
        assert seen() == before
        publish(lin, database, published, "补充")
        page, revisions = seen()
        assert page != before[0]
        assert revisions[0] == before[1][0]


def ids_of(database: Database, report_id: int) -> dict[str, int]:
    """What the forms of `TOUCHES` name."""
    with database.reading() as session:
        items = session.scalars(select(Item).where(Item.report_id == report_id)).all()
        sections = session.scalars(select(Section).where(Section.report_id == report_id)).all()
    item = next(one for one in items if one.text.startswith("商户对账单"))
    section = next(one for one in sections if one.id == item.section_id)
    return {
        "item": item.id,
        "version": item.version,
        "section": section.id,
        "section_version": section.version,
        "metric": next(one.id for one in items if one.text.startswith("入金有效成功率")),
        "events": next(one.id for one in sections if one.kind == "incidents"),
        "report": report_of(database, report_id).version,
    }


class TestDiscardingADraft:
    def test_removes_it(self, lin: TestClient, database: Database) -> None:
        lin.post(WEEKS, data={"period_start": "2025-06-09"})
        assert lin.post(f"{WEEKS}/2025-06-09/discard", data={"version": "1"}).status_code == 303
        assert lin.get(f"{WEEKS}/2025-06-09").status_code == 404

    def test_never_removes_a_published_week(
        self, lin: TestClient, database: Database, published: int
    ) -> None:
        lin.post(f"{URL}/discard", data={"version": str(report_of(database, published).version)})
        assert report_of(database, published).published_revision == 1


class TestRevisions:
    def test_are_chained_by_hash(self, lin: TestClient, database: Database, published: int) -> None:
        for number in range(3):
            edit(database, lin, published, "商户对账单", f"商户对账单：第{number}次")
            publish(lin, database, published, f"第{number}次")
        with database.reading() as session:
            revisions = session.scalars(select(Revision).order_by(Revision.number)).all()
        previous = None
        for revision in revisions:
            assert revision.previous_hash == previous
            assert revision.hash == revision_hash(
                document=revision.document,
                number=revision.number,
                author=revision.author_name,
                reason=revision.reason,
                at=revision.created_at,
                previous=previous,
            )
            previous = revision.hash
        assert len(revisions) == 4

    @pytest.mark.parametrize(
        "statement",
        ["UPDATE revisions SET reason = 'x'", "DELETE FROM revisions", "DELETE FROM audit_events"],
    )
    def test_are_refused_by_the_database_itself_when_changed(
        self, database: Database, published: int, statement: str
    ) -> None:
        with pytest.raises(DBAPIError, match="never changed"), database.writing() as session:
            session.execute(text(statement))

    def test_are_each_viewable(self, lin: TestClient, database: Database, published: int) -> None:
        edit(database, lin, published, "商户对账单", "商户对账单：改过")
        publish(lin, database, published, "补充")
        assert "商户对账单自助下载" in lin.get(f"{URL}/revisions/1").text
        assert "商户对账单：改过" in lin.get(f"{URL}/revisions/2").text
        assert lin.get(f"{URL}/revisions/3").status_code == 404
        assert lin.get(f"{URL}/revisions").text.count("补充") >= 1


class TestKeptPages:
    def test_answer_304_to_a_browser_that_has_them(self, lin: TestClient, published: int) -> None:
        first = lin.get(URL)
        again = lin.get(URL, headers={"If-None-Match": first.headers["etag"]})
        assert again.status_code == 304

    def test_change_when_the_week_is_amended(
        self, lin: TestClient, database: Database, published: int
    ) -> None:
        before = lin.get(URL).headers["etag"]
        edit(database, lin, published, "商户对账单", "商户对账单：改过")
        publish(lin, database, published, "补充")
        assert lin.get(URL).headers["etag"] != before

    def test_are_never_one_persons_for_another(
        self, client: TestClient, published: int, cast: Cast, sign_in: SignIn
    ) -> None:
        lead = sign_in(client, cast.lin).get(URL)
        executive = sign_in(client, cast.eve).get(URL, headers={"If-None-Match": lead.headers["etag"]})
        assert executive.status_code == 200
        assert f"{URL}/edit" in lead.text
        assert f"{URL}/edit" not in executive.text

    def test_name_the_viewer_even_where_two_may_do_the_same(
        self,
        client: TestClient,
        published: int,
        database: Database,
        cast: Cast,
        sign_in: SignIn,
        clock: Clock,
    ) -> None:
        with database.writing() as session:
            wen = actions.create_user(session, name="wen", display_name="文", at=clock.now)
            actions.grant_role(session, wen, session.get_one(Team, cast.payments.id), "lead", at=clock.now)
        hers = sign_in(client, cast.lin).get(URL)
        his = sign_in(client, wen).get(URL, headers={"If-None-Match": hers.headers["etag"]})
        assert his.status_code == 200
        assert his.text == hers.text

    def test_are_not_given_to_somebody_signed_out(
        self, client: TestClient, published: int, cast: Cast, sign_in: SignIn, clock: Clock
    ) -> None:
        etag = sign_in(client, cast.lin).get(URL).headers["etag"]
        clock.now += timedelta(days=60)
        assert client.get(URL, headers={"If-None-Match": etag}).status_code == 303

    def test_cost_at_most_twelve_queries_at_first_and_three_when_kept(
        self, lin: TestClient, published: int, query_counter: Any
    ) -> None:
        with query_counter() as first:
            lin.get(URL)
        reads = [one for one in first.statements if not one.startswith("INSERT INTO page_snapshots")]
        assert len(reads) <= 12
        with query_counter() as kept:
            lin.get(URL)
        assert kept.total <= 3

    def test_cost_the_same_however_long_the_week_is(
        self,
        lin: TestClient,
        query_counter: Any,
        database: Database,
        cast: Cast,
        clock: Clock,
    ) -> None:
        store_week(database, cast.payments, cast.lin, clock.now)
        many = "\n".join(f"- 第{n}项：进度{n % 100}%，预计6/{n % 28 + 1}上线" for n in range(300))
        longer = PAGE.replace("第23周 2025-06-06", "第24周 2025-06-13").replace(
            "- 商户对账单自助下载：PC 端提测", many
        )
        store_week(database, cast.payments, cast.lin, clock.now, longer)
        with query_counter() as short:
            lin.get(URL)
        with query_counter() as long:
            assert "第299项" in lin.get(f"{WEEKS}/2025-06-09").text
        assert len(short.statements) == len(long.statements)

    def test_are_found_again_by_another_process(
        self, lin: TestClient, published: int, query_counter: Any
    ) -> None:
        first = lin.get(URL).text
        lin.app.state.kept_pages = KeptPages()  # type: ignore[attr-defined]  # nothing in memory
        with query_counter() as queries:
            assert lin.get(URL).text == first
        assert queries.total <= 4


class TestThePageBeforePublishing:
    def test_says_where_nothing_is_written_yet(self, lin: TestClient, published: int) -> None:
        lin.post(WEEKS, data={"period_start": "2025-06-09"})
        page = lin.get(f"{WEEKS}/2025-06-09/publication").text
        assert "There is nothing to publish yet" in page
        assert "<button" not in page.split('id="publication"')[1].split("</form>")[0]

    def test_shows_what_changed_since_last_week(
        self, lin: TestClient, database: Database, published: int
    ) -> None:
        lin.post(WEEKS, data={"period_start": "2025-06-09"})
        url = f"{WEEKS}/2025-06-09"
        with database.reading() as session:
            section = (
                session.scalars(
                    select(Section.id).join(Report).where(Report.state == "draft", Section.kind == "other")
                ).first()
                or session.scalars(
                    select(Section.id)
                    .join(Report)
                    .where(Report.state == "draft", Section.kind == "workstream")
                ).first()
            )
        lin.post(f"{url}/items", data={"section": str(section), "text": "容量规划初稿评审"})
        page = lin.get(f"{url}/publication").text
        assert "Publish week 24" in page
        assert "Since week 23:" in page
        assert "容量规划初稿评审" in page
        assert "neither edited nor kept" in page

    def test_shows_what_an_amendment_changes_and_asks_why(
        self, lin: TestClient, database: Database, published: int
    ) -> None:
        edit(database, lin, published, "商户对账单", "商户对账单自助下载：PC 端已上线")
        page = lin.get(f"{URL}/publication").text
        assert "已上线" in page
        assert 'name="reason"' in page

    def test_comes_again_with_words_where_the_reason_is_missing(
        self, lin: TestClient, database: Database, published: int
    ) -> None:
        edit(database, lin, published, "商户对账单", "商户对账单：改过")
        answer = publish(lin, database, published)
        assert answer.status_code == 422
        assert 'id="reason-error"' in answer.text

    def test_comes_again_as_it_stands_where_somebody_changed_the_week(
        self, lin: TestClient, database: Database, published: int
    ) -> None:
        edit(database, lin, published, "商户对账单", "商户对账单：改过")
        version = report_of(database, published).version
        edit(database, lin, published, "商户对账单", "商户对账单：又改过")
        answer = lin.post(f"{URL}/publication", data={"version": str(version), "reason": "改正"})
        assert answer.status_code == 409
        assert "又改过" in answer.text
        assert 'value="改正"' in answer.text

    def test_repeats_what_does_not_add_up_and_publishes_all_the_same(
        self, lin: TestClient, database: Database, published: int
    ) -> None:
        edit(database, lin, published, "商户对账单", "渠道总计12个，已上线5个，测试中6个")
        page = lin.get(f"{URL}/publication").text
        assert "None of it keeps you from publishing." in page
        assert f'href="{URL}/edit#item-' in page
        assert publish(lin, database, published, "补充").status_code == 303

    def test_says_where_nothing_changed(self, lin: TestClient, published: int) -> None:
        assert "Nothing has changed since revision 1" in lin.get(f"{URL}/publication").text
