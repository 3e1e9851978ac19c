"""Saying what became of last week's goals, and what is left to look at before publishing."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from app.reports import edit_page, goals
from app.reports.access import EditableReport, Writer
from app.reports.edit_routes import REPORT
from app.reports.forms import OutcomeData
from app.reports.once import OnceOnly
from app.web.clock import Now
from app.web.database import DbSession
from app.web.htmx import go_to, wants_fragment
from app.web.templates import page

router = APIRouter()


@router.get(REPORT + "/checks")
def findings(request: Request, shown: EditableReport, session: DbSession, now: Now) -> Response:
    """What is missing, undecided or does not add up, as it now stands."""
    context = edit_page.findings_page(session, report=shown.report, team=shown.team, now=now)
    return page(request, "reports/edit/_checks.html", {"team": shown.team, "url": shown.url, **context})


@router.post(REPORT + "/outcomes/{goal_id}")
def say_outcome(
    request: Request,
    shown: EditableReport,
    writer: Writer,
    goal_id: int,
    form: OutcomeData,
    once: OnceOnly,
    session: DbSession,
    now: Now,
) -> Response:
    """What became of a goal that last week set for this one; carried over, it is one of this week's."""
    goal = goals.goal_set_for(session, shown.report, goal_id)
    changed = goals.say_outcome(
        session,
        shown.report,
        goal,
        outcome=form.outcome or None,
        note=form.note.strip() or None,
        version=form.version,
        language="en" if shown.team.language == "en" else "zh",
        by=writer,
        at=now,
    )
    if not wants_fragment(request):
        return go_to(request, f"{shown.url}/edit#goal-{goal_id}")
    last = edit_page.last_weeks_goals(session, shown.report, shown.team.week_rule)
    context = {
        "team": shown.team,
        "report": shown.report,
        "url": shown.url,
        **last,
        "goal": next(each for each in last["last_goals"] if each.id == goal_id),
        **edit_page.some_sections(session, shown.report, changed),
    }
    return once.answered(page(request, "reports/edit/_outcome_said.html", context))
