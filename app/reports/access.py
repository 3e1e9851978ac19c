"""Which report a request may read or write: loaded and checked in one dependency.

Another team's week, or one that does not exist, is not found; a week one may not read or write yet
is forbidden.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.accounts import policy, sessions
from app.accounts.access import (
    CurrentViewer,
    TeamInView,
    VisibleTeam,
    WritableTeam,
    visible_team,
    writable_team,
)
from app.accounts.models import Team, User
from app.accounts.queries import TEAM
from app.errors import Forbidden, NotFound, SignInNeeded
from app.reports.forms import day_in_path
from app.reports.kept_pages import REPORT_STATE
from app.reports.models import Report
from app.web.access import declares_access
from app.web.database import DbSession, QuickReads

TO_CHANGE = (
    select(Report, *TEAM.selected_columns)
    .join(Team, Team.id == Report.team_id)
    .where(Team.slug == bindparam("slug"), Report.period_start == bindparam("monday"))
    .with_for_update(of=Report)
)
"""A team's week, whose row is then this request's alone."""


@dataclass(frozen=True, slots=True)
class ReportInView:
    """A report, and the team with what the viewer may do there."""

    report: Report
    team: TeamInView

    @property
    def url(self) -> str:
        return f"/teams/{self.team.slug}/weeks/{self.report.period_start.isoformat()}"


@dataclass(frozen=True, slots=True)
class KnownReport:
    """What one small query tells of a report that the viewer may read."""

    id: int
    published_revision: int
    version: int
    team: TeamInView
    period_start: str


@declares_access("report.readable")
async def known_report(request: Request, team: VisibleTeam, period: str) -> KnownReport:
    """The same check as `ReadableReport`, without a transaction: for pages that are kept."""
    known = await _known(request, team, period)
    if not known.published_revision and not team.may_see_drafts:
        raise Forbidden("report.not_published_yet")
    return known


@declares_access("report.editable")
async def editable_known_report(request: Request, team: WritableTeam, period: str) -> KnownReport:
    """The same check as `EditableReport`, without a transaction."""
    return await _known(request, team, period)


async def still_editable(request: Request, known: KnownReport) -> KnownReport:
    """Look again whether the person may write the report, in a request that lasts; refuses where not.

    That a page is open does not mean that somebody is there: the sign-in may end meanwhile.
    """
    viewer = await sessions.viewer_of(request, request.app.state.clock(), in_use=False)
    if viewer is None:
        raise SignInNeeded("signed_out")
    request.state.viewer = viewer
    team = await writable_team(await visible_team(request, known.team.slug))
    return await _known(request, team, known.period_start)


@declares_access("report.readable")
def readable_report(team: VisibleTeam, period: str, session: DbSession) -> ReportInView:
    """The report as readers may see it: published, or a draft for those who see drafts."""
    report = _load(session, team, period, lock=False)
    if not report.is_published and not team.may_see_drafts:
        raise Forbidden("report.not_published_yet")
    return ReportInView(report, team)


@declares_access("report.editable")
def editable_report(team: WritableTeam, period: str, session: DbSession, request: Request) -> ReportInView:
    """The report for one who writes it; a change locks its row, so that edits of one report take turns."""
    return ReportInView(_load(session, team, period, lock=request.method != "GET"), team)


@declares_access("report.editable")
def changing_report(
    viewer: CurrentViewer, team: str, period: str, session: DbSession, request: Request
) -> ReportInView:
    """The same check as `EditableReport`, with the team and the locked report in one statement."""
    row = session.execute(TO_CHANGE, {"slug": team, "monday": day_in_path(period)}).one_or_none()
    if row is None or not policy.may_see_team(viewer, row.Report.team_id):
        raise NotFound("report.not_found")
    found = TeamInView(viewer, *row[1:])
    request.state.team = found
    if not found.may_write:
        raise Forbidden("role.lead_needed")
    return ReportInView(row.Report, found)


def writer(team: WritableTeam, session: DbSession) -> User:
    """The signed-in person as a row, for what they write."""
    return session.get_one(User, team.viewer.user_id)


ReadableKnownReport = Annotated[KnownReport, Depends(known_report)]
ReadableReport = Annotated[ReportInView, Depends(readable_report)]
EditableKnownReport = Annotated[KnownReport, Depends(editable_known_report)]
ChangingReport = Annotated[ReportInView, Depends(changing_report)]
EditableReport = Annotated[ReportInView, Depends(editable_report)]
Writer = Annotated[User, Depends(writer)]


async def _known(request: Request, team: TeamInView, period: str) -> KnownReport:
    quick: QuickReads = request.app.state.quick
    rows = await quick.rows(
        REPORT_STATE, {"team_id": team.id, "period_start": day_in_path(period).isoformat()}
    )
    if not rows:
        raise NotFound("report.not_found")
    report_id, revision, _, version = rows[0]
    return KnownReport(report_id, revision, version, team, period)


def _load(session: Session, team: TeamInView, period: str, *, lock: bool) -> Report:
    day = day_in_path(period)
    query = select(Report).where(Report.team_id == team.id, Report.period_start == day)
    report = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if report is None:
        raise NotFound("report.not_found")
    return report
