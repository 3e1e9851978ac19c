"""The sample weeks: everything in its place, and nothing twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app import paths
from app.accounts.models import Membership, OneTimeLink, Team, User
from app.db import Database
from app.errors import NotFound
from app.exchange.seeding import is_empty, sample_links, seed
from app.incidents.models import ThirdParty
from app.metrics.models import Metric, MetricName, Target
from app.reports.models import Report, Revision, Workstream
from tests.exchange.pages import unwatched
from tests.exchange.test_importing import counted

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
PLAN: dict[str, Any] = json.loads((paths.SEEDS / "teams.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def seeded(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    path = tmp_path_factory.mktemp("seeded") / "weekline.sqlite3"
    path.write_bytes(migrated_sqlite.read_bytes())
    database = Database(f"sqlite:///{path}")
    assert is_empty(database)
    seed(database, paths.SEEDS, at=NOW, watch=unwatched)
    yield database
    database.dispose()


def pages_in(folder: str) -> int:
    return len(list((paths.SEEDS / folder).glob("*.md")))


class TestLoading:
    def test_makes_the_teams_below_their_department(self, seeded: Database) -> None:
        with seeded.reading() as session:
            teams = {team.slug: team for team in session.scalars(select(Team))}
        department = teams.pop(PLAN["department"]["slug"])
        assert set(teams) == {team["slug"] for team in PLAN["teams"]}
        assert {team.parent_id for team in teams.values()} == {department.id}

    def test_makes_every_page_a_published_week(self, seeded: Database) -> None:
        with seeded.reading() as session:
            rows = session.execute(
                select(Team.slug, func.count().label("count"))
                .join(Report, Report.team_id == Team.id)
                .where(Report.state == "published")
                .group_by(Team.slug)
            ).all()
        assert {row.slug: row[1] for row in rows} == {
            team["slug"]: pages_in(team["folder"]) for team in PLAN["teams"]
        }

    def test_publishes_each_week_in_its_own_time_by_its_lead(self, seeded: Database) -> None:
        with seeded.reading() as session:
            rows = session.execute(
                select(Revision, Report.period_start)
                .join(Report, Report.id == Revision.report_id)
                .where(Revision.number == 1)
            ).all()
            leads = dict(session.execute(select(User.display_name, User.id)).all())  # type: ignore[arg-type]  # rows of two
        for revision, period in rows:
            assert 0 <= (revision.created_at.date() - period).days <= 6
            assert revision.author_id == leads[revision.author_name]

    def test_amends_what_is_amended(self, seeded: Database) -> None:
        (said,) = PLAN["amendments"]
        with seeded.reading() as session:
            (amended,) = session.scalars(select(Revision).where(Revision.number == 2)).all()
        assert amended.reason == said["reason"]
        assert amended.created_at == datetime.fromisoformat(said["at"])

    def test_makes_metrics_with_their_names_and_targets(self, seeded: Database) -> None:
        with seeded.reading() as session:
            for team in PLAN["teams"]:
                team_id = session.scalar(select(Team.id).where(Team.slug == team["slug"]))
                for said in team["metrics"]:
                    metric = session.scalars(
                        select(Metric).where(Metric.team_id == team_id, Metric.key == said["key"])
                    ).one()
                    for name in ("kind", "direction", "decimals", "rounding", "scale", "spc_scale"):
                        assert getattr(metric, name) == said[name], (said["key"], name)
                    targets = session.scalars(
                        select(Target).where(Target.metric_id == metric.id).order_by(Target.from_day)
                    )
                    assert [(str(t.value), t.from_day.isoformat()) for t in targets] == [
                        (t["value"], t["from"]) for t in said["targets"]
                    ]
                    names = session.scalars(select(MetricName.name).where(MetricName.metric_id == metric.id))
                    assert set(said["names"]) <= set(names)

    def test_finds_no_metric_that_is_not_described(self, seeded: Database) -> None:
        with seeded.reading() as session:
            keys = session.scalars(select(Metric.key)).all()
        assert sorted(keys) == sorted(m["key"] for team in PLAN["teams"] for m in team["metrics"])

    def test_makes_workstreams_and_third_parties(self, seeded: Database) -> None:
        with seeded.reading() as session:
            assert session.scalar(select(func.count(Workstream.id))) == sum(
                len(team["workstreams"]) for team in PLAN["teams"]
            )
            names = set(session.scalars(select(ThirdParty.name)))
        assert {party["name"] for team in PLAN["teams"] for party in team["third_parties"]} <= names

    def test_makes_people_with_their_roles(self, seeded: Database) -> None:
        with seeded.reading() as session:
            held = session.execute(
                select(User.name, Team.slug, Membership.role)
                .join(Membership, Membership.user_id == User.id)
                .join(Team, Team.id == Membership.team_id)
            ).all()
        assert {tuple(row) for row in held} == {
            (user["name"], role["team"], role["role"]) for user in PLAN["users"] for role in user["roles"]
        }

    def test_again_changes_nothing(self, seeded: Database) -> None:
        before = counted(seeded)
        counts = seed(seeded, paths.SEEDS, at=NOW, watch=unwatched)
        assert {team["made"] + team["updated"] + team["skipped"] for team in counts.values()} == {0}
        assert counted(seeded) == before

    def test_without_samples_is_refused(self, sqlite_database: Database, tmp_path: Path) -> None:
        with pytest.raises(NotFound):
            seed(sqlite_database, tmp_path, at=NOW, watch=unwatched)


class TestLinks:
    def test_one_for_each_role(self, seeded: Database) -> None:
        links = sample_links(seeded, paths.SEEDS, at=NOW)
        assert [link.role for link in links] == ["lead", "manager", "executive", "administrator"]
        assert all(link.path.startswith("/sign-in/") for link in links)

    def test_none_in_a_database_of_somebody_else(self, sqlite_database: Database) -> None:
        assert sample_links(sqlite_database, paths.SEEDS, at=NOW) == []
        with sqlite_database.reading() as session:
            assert session.scalars(select(OneTimeLink)).all() == []
