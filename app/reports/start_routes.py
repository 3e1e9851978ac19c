"""Where `/` leads, starting a week, and skipping one."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from app.accounts import queries as accounts
from app.accounts.access import CurrentViewer, TeamInView, VisibleTeam, WritableTeam
from app.accounts.models import Team
from app.accounts.policy import Viewer
from app.document.weeks import monday_of
from app.reports import start_page
from app.reports.access import Writer
from app.reports.forms import NewWeekData, SkippedWeekData, WayBackData, day_in_path, day_of
from app.reports.skipping import skip_week, unskip_week
from app.reports.starting import refuse_out_of_range, start_report
from app.web import urls
from app.web.clock import Now
from app.web.database import DbSession
from app.web.htmx import go_to
from app.web.templates import page

router = APIRouter()


@router.get("/")
def home(request: Request, viewer: CurrentViewer, session: DbSession, now: Now) -> Response:
    """What the person's role is about: this week for a lead, else the weeks, or the trends."""
    teams = accounts.visible_teams(session, viewer)
    if not teams:
        return go_to(request, "/settings/teams" if viewer.is_administrator else "/teams")
    led = [team for team in teams if "lead" in viewer.roles_in(team.id)]
    written = [team for team in led if not any(other.parent_id == team.id for other in led)]
    if len(written) > 1:
        weeks = start_page.weeks_to_write(session, [_in_view(viewer, team) for team in written], now)
        return page(request, "reports/this_week.html", {"weeks": weeks})
    if written:
        (week,) = start_page.weeks_to_write(session, [_in_view(viewer, written[0])], now)
        if week.state is not None:
            address = urls.week(week.team, week.week.monday)
            return go_to(request, f"{address}/edit" if week.state == "draft" else address)
        return _start_page(request, session, week, now)
    managed = [team for team in teams if "manager" in viewer.roles_in(team.id)]
    if managed or viewer.is_administrator:
        return go_to(request, urls.weeks((managed or teams)[0]))
    return go_to(request, urls.trends(teams[0]))


@router.get("/teams/{team}/weeks/{period}/start")
def before_starting(
    request: Request, team: WritableTeam, period: str, session: DbSession, now: Now
) -> Response:
    """The same for any week that has no report; a week that has one is gone on with."""
    day = day_in_path(period)
    refuse_out_of_range(day)
    (week,) = start_page.weeks_to_write(session, [team], now, day=day)
    if week.state is not None:
        return go_to(request, f"{urls.week(team, week.week.monday)}/edit")
    start_page.refuse_too_far(team, week.week.monday, now)
    return _start_page(request, session, week, now)


@router.post("/teams/{team}/weeks")
def start(
    request: Request, team: WritableTeam, writer: Writer, form: NewWeekData, session: DbSession, now: Now
) -> Response:
    """Start the draft of the week that the day lies in; asks first where the week is unusual."""
    day = day_of(form.period_start)
    refuse_out_of_range(day)
    monday = monday_of(day)
    start_page.refuse_too_far(team, monday, now)
    if not form.sure and start_page.must_ask(session, team, monday, now):
        return go_to(request, f"{urls.week(team, monday)}/start")
    started = start_report(
        session,
        team_id=team.id,
        period_start=monday,
        rule=start_page.rule_of(team),
        language="en" if team.language == "en" else "zh",
        by=writer,
        at=now,
    )
    return go_to(request, f"{urls.week(team, started.period_start)}/{form.then}")


@router.post("/teams/{team}/skipped-weeks")
def skip(
    request: Request, team: WritableTeam, writer: Writer, form: SkippedWeekData, session: DbSession, now: Now
) -> Response:
    """Say why a week has no report."""
    skip_week(session, team_id=team.id, day=day_of(form.period_start), reason=form.reason, by=writer, at=now)
    return _back(request, team, form.next)


@router.post("/teams/{team}/skipped-weeks/{period}/removal")
def unskip(
    request: Request,
    team: WritableTeam,
    writer: Writer,
    period: str,
    form: WayBackData,
    session: DbSession,
    now: Now,
) -> Response:
    """Take a skip back."""
    unskip_week(session, team_id=team.id, monday=monday_of(day_in_path(period)), by=writer, at=now)
    return _back(request, team, form.next)


def _start_page(request: Request, session: DbSession, week: start_page.WeekToWrite, now: Now) -> Response:
    request.state.team = week.team
    context = start_page.start_page(session, week, now)
    return page(request, "reports/start.html", {"tab": "report", **context})


def _back(request: Request, team: VisibleTeam, way: str) -> Response:
    return go_to(request, urls.local_path(way) if way else urls.weeks(team))


def _in_view(viewer: Viewer, team: Team) -> TeamInView:
    return TeamInView(
        viewer,
        team.id,
        team.slug,
        team.name,
        team.language,
        team.time_zone,
        team.week_rule,
        team.pulse,
        team.parent_id,
    )
