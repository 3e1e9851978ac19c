"""The sample weeks: teams, people and metrics as `seeds/teams.json` has them, and their pages imported.

Loading again changes nothing, and nothing that people changed since is touched.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

import app.features
import app.models  # noqa: F401  # every table, and the features joined, so that publishing reaches them
from app.accounts import actions, queries
from app.accounts.models import Team, User
from app.db import Database
from app.document.schema import WeekRule
from app.document.vocabulary import Language
from app.errors import NotFound
from app.exchange import importing
from app.exchange.runs import Watch
from app.exchange.sources import pages_at
from app.incidents.models import ThirdParty
from app.metrics.actions import find_or_make_metric, set_target
from app.metrics.models import Metric
from app.reports.models import Workstream

Json = dict[str, Any]
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class SampleLink:
    """A one-time way in for one of the sample people; `path` is below the public address."""

    role: str
    display_name: str
    path: str


def seed(database: Database, folder: Path, *, at: datetime, watch: Watch) -> dict[str, dict[str, int]]:
    """Load the samples in one transaction; how many pages came of what, by team."""
    plan = _plan(folder)
    with database.writing() as session:
        teams = _make_teams(session, plan, at)
        people = _make_people(session, plan, teams, at)
        for said in plan["teams"]:
            _describe(session, teams[said["slug"]], said)
        counts = {
            said["slug"]: _import(session, folder, plan, said, teams[said["slug"]], people, at, watch)
            for said in plan["teams"]
        }
        for amendment in plan["amendments"]:
            _amend(session, folder, amendment, teams[amendment["team"]], people[amendment["by"]])
    return counts


def sample_links(database: Database, folder: Path, *, at: datetime) -> list[SampleLink]:
    """A new one-time link for one person of each role; none where the samples were never loaded."""
    plan = _plan(folder)
    wanted: dict[str, str] = {}
    for person in plan["users"]:
        roles = [held["role"] for held in person["roles"]]
        for role in ["administrator"] if person["administrator"] else roles:
            wanted.setdefault(role, person["name"])
    links = []
    with database.writing() as session:
        if queries.team_by_slug(session, plan["department"]["slug"]) is None:
            return []
        for role in ("lead", "manager", "executive", "administrator"):
            user = queries.user_by_name(session, wanted[role]) if role in wanted else None
            if user is not None and user.active:
                path = actions.make_sign_in_link(session, user, at=at)
                links.append(SampleLink(role, user.display_name, path))
    return links


def is_empty(database: Database) -> bool:
    """Whether there is neither a team nor a person yet."""
    with database.reading() as session:
        return all(session.scalar(select(each).limit(1)) is None for each in (Team.id, User.id))


def _plan(folder: Path) -> Json:
    path = folder / "teams.json"
    if not path.is_file():
        raise NotFound("exchange.seed.missing", folder=str(folder))
    return cast("Json", json.loads(path.read_text(encoding="utf-8")))


def _make_teams(session: Session, plan: Json, at: datetime) -> dict[str, Team]:
    department = _make_team(session, plan["department"], None, at)
    teams = {said["slug"]: _make_team(session, said, department, at) for said in plan["teams"]}
    return {department.slug: department, **teams}


def _make_team(session: Session, said: Json, parent: Team | None, at: datetime) -> Team:
    return queries.team_by_slug(session, said["slug"]) or actions.create_team(
        session,
        slug=said["slug"],
        name=said["name"],
        language=said["language"],
        time_zone=said["time_zone"],
        week_rule=said["week_rule"],
        parent=parent,
        at=at,
    )


def _make_people(session: Session, plan: Json, teams: dict[str, Team], at: datetime) -> dict[str, User]:
    people = {}
    for said in plan["users"]:
        user = queries.user_by_name(session, said["name"])
        if user is None:
            user = actions.create_user(
                session,
                name=said["name"],
                display_name=said["display_name"],
                language=said["language"],
                is_administrator=said["administrator"],
                at=at,
            )
            for held in said["roles"]:
                actions.grant_role(session, user, teams[held["team"]], held["role"], at=at)
        people[said["name"]] = user
    return people


def _describe(session: Session, team: Team, said: Json) -> None:
    """The team's workstreams, metrics and third parties, where it has none yet."""
    if not _has(session, Workstream, team):
        session.add_all(
            Workstream(
                team_id=team.id,
                code=each["code"],
                title=each["title"],
                from_day=date.fromisoformat(each["from"]),
                until_day=date.fromisoformat(each["until"]) if each["until"] else None,
            )
            for each in said["workstreams"]
        )
    if not _has(session, ThirdParty, team):
        session.add_all(
            ThirdParty(team_id=team.id, name=each["name"], aliases=each["aliases"])
            for each in said["third_parties"]
        )
    if not _has(session, Metric, team):
        for each in said["metrics"]:
            _make_metric(session, team, each)
    session.flush()


def _has(session: Session, model: type[Workstream | ThirdParty | Metric], team: Team) -> bool:
    return session.scalar(select(model.id).where(model.team_id == team.id).limit(1)) is not None


def _make_metric(session: Session, team: Team, said: Json) -> None:
    metric_id = find_or_make_metric(
        session,
        team.id,
        said["name"],
        unit=said["unit"],
        value=Decimal(said["targets"][0]["value"]) if said["targets"] else None,
        decimals=said["decimals"],
        key=said["key"],
        kind=said["kind"],
        also=tuple(said["names"]),
    )
    metric = session.get_one(Metric, metric_id)
    for name in ("direction", "rounding", "scale", "spc_scale"):
        setattr(metric, name, said[name])
    for target in said["targets"]:
        set_target(
            session,
            metric_id,
            literal=f"{target['value']}{said['unit'] if said['unit'] == '%' else ''}",
            from_day=date.fromisoformat(target["from"]),
        )


def _import(
    session: Session,
    folder: Path,
    plan: Json,
    said: Json,
    team: Team,
    people: dict[str, User],
    at: datetime,
    watch: Watch,
) -> dict[str, int]:
    found = list(pages_at([str(folder / said["folder"])]))
    rule, language = cast("WeekRule", team.week_rule), cast("Language", team.language)
    shelf = importing.Shelf.of(session, team)
    pages = importing.read_pages(found, rule=rule, language=language, known=shelf.week_of_hash)
    entries = importing.plan(shelf, watch("reading", pages, len(found)), rule=rule, language=language)
    for entry in entries:
        if entry.reason is not None and entry.reason.key == "exchange.skipped.older":
            entry.outcome = "unchanged"  # the week that the samples amend
    entries.sort(key=lambda entry: entry.week.start if entry.week else date.min)
    sign = _signature(plan["publishing"], team, people[said["lead"]], at)
    stored = importing.store(session, team, entries, signed=sign, at=at)
    return importing.counts(watch("storing", stored, len(entries)))


def _signature(
    publishing: Json, team: Team, lead: User, at: datetime
) -> Callable[[importing.Entry], importing.Signature]:
    """The lead signs each week at the hour on which the samples count as published."""
    zone = ZoneInfo(team.time_zone)
    hour = time.fromisoformat(publishing["time"])
    days = timedelta(days=DAYS.index(publishing["weekday"]))

    def sign(entry: importing.Entry) -> importing.Signature:
        assert entry.week is not None
        published = datetime.combine(entry.week.start + days, hour, zone)
        return importing.Signature(lead, lead.display_name, min(published, at))

    return sign


def _amend(session: Session, folder: Path, said: Json, team: Team, by: User) -> None:
    """Replace a sample week by its second version, unless that was done, or people went on from the first."""
    rule, language = cast("WeekRule", team.week_rule), cast("Language", team.language)
    shelf = importing.Shelf.of(session, team)
    found = pages_at([str(folder / said["page"])])
    pages = importing.read_pages(found, rule=rule, language=language, known=shelf.week_of_hash)
    entries = importing.plan(shelf, pages, rule=rule, language=language)
    signature = importing.Signature(by, by.display_name, datetime.fromisoformat(said["at"]), said["reason"])
    for _ in importing.store(session, team, entries, signed=lambda _: signature, at=signature.at):
        pass
