"""What the editing page shows besides the sections: what to look at, last week's goals, the year."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.accounts.access import TeamInView
from app.document.schema import Document
from app.reports import events, goal_queries, queries
from app.reports.assembly import working_copy
from app.reports.checks import checks
from app.reports.editable import sections_to_edit
from app.reports.last_said import last_said
from app.reports.models import Report
from app.reports.report_page import this_week
from app.reports.starting import usual_headings

GRADES = ("A", "B", "C", "D", "open")


def edit_page(session: Session, *, report: Report, team: TeamInView, now: datetime) -> dict[str, Any]:
    """The context of the editing page, in at most ten statements however long the report is."""
    copy = working_copy(session, report)
    sections = sections_to_edit(copy)
    goals = last_weeks_goals(session, report, team.week_rule)
    return {
        "report": report,
        "document": copy.document,
        "sections": sections,
        "findings": checks(
            copy,
            sections,
            goals["last_goals"],
            last_said(session, report, copy),
            as_of=_as_of(report, team, now),
        ),
        "rail": queries.year_rail(session, team.id, report.week_year, team.week_rule),
        **goals,
        "this_week": this_week(now, team),
        "grades": GRADES,
        "usual_headings": usual_headings("en" if team.language == "en" else "zh"),
        **section_notes(session, report, copy.document),
    }


def findings_page(session: Session, *, report: Report, team: TeamInView, now: datetime) -> dict[str, Any]:
    """What to look at before publishing, anew; in four statements however long the report is.

    In five where nothing was carried over into the week, which is held against last week then.
    """
    copy = working_copy(session, report)
    goals = goal_queries.goals_around(session, report, with_drafts=True).last
    before, as_of = last_said(session, report, copy), _as_of(report, team, now)
    return {"findings": checks(copy, sections_to_edit(copy), goals, before, as_of=as_of)}


def _as_of(report: Report, team: TeamInView, now: datetime) -> date:
    """The day up to which the week's plans are past: today, or the end of a week that is over."""
    today = now.astimezone(ZoneInfo(team.time_zone)).date()
    return min(today, report.period_end + timedelta(days=1))


def some_sections(session: Session, report: Report, section_ids: Iterable[int]) -> dict[str, Any]:
    """What the templates of sections need to show these alone."""
    copy = working_copy(session, report, only_sections=section_ids)
    return {
        "sections": sections_to_edit(copy),
        "grades": GRADES,
        **section_notes(session, report, copy.document),
    }


def last_weeks_goals(session: Session, report: Report, week_rule: str) -> dict[str, Any]:
    """What the checklist of last week's goals needs: one statement, two where a week lies between."""
    goals = goal_queries.goals_around(session, report, with_drafts=True)
    week = timedelta(days=7)
    skipped = (
        queries.skipped_between(session, [report.team_id], goals.before + week, report.period_start - week)
        if goals.before and goals.before < report.period_start - week
        else {}
    )
    return {
        "skipped_since": [
            (queries.week_name_of(monday, week_rule)[1], reason)
            for (_, monday), reason in sorted(skipped.items())
        ],
        "last_goals": goals.last,
        "goals_from": queries.week_name_of(goals.before, week_rule) if goals.before else None,
        "goals_are_last_weeks": goals.before == report.period_start - week,
        "week_name": lambda day: queries.week_name_of(day, week_rule),
    }


def section_notes(session: Session, report: Report, document: Document) -> dict[str, Any]:
    """What other features know beside the sections (sparklines, targets, repeats)."""
    subject = events.PageSubject(report, report.team_id, report.period_start, document)
    notes: dict[str, Any] = {}
    for joined in events.entry_notes:
        notes.update(joined(session, subject))
    return notes
