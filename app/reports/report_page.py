"""The page of one week as it is read: loads what it needs in at most nine statements, and lays it out."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.access import TeamInView
from app.document.headings import says_none
from app.document.schema import Document
from app.document.schema import Section as DocumentSection
from app.document.weeks import which_week
from app.reports import events, goal_queries, queries, revision_queries
from app.reports.lede import accidents_of, goals_clause, lede_of
from app.reports.markdown import render_inline
from app.reports.models import Report
from app.reports.page_events import NO_EVENTS, events_of
from app.reports.page_metrics import MetricsTable, metrics_table
from app.reports.page_text import NOTHING, Facts, Group, anchor, groups_of

WEEK = timedelta(days=7)
BRACKETS = "【】〖〗「」[]"


@dataclass(slots=True)
class SectionView:
    """A section of the page. `before` and `after` are what its heading says around the title."""

    key: str
    kind: str
    code: str | None
    before: str
    title: str
    after: str
    level: int
    is_part: bool
    """A heading over other sections, with no text of its own."""
    groups: list[Group]
    metrics: MetricsTable | None = None
    says_none: bool = False
    subs: list[SectionView] = field(default_factory=list)


def report_page(
    session: Session,
    *,
    report: Report,
    team: TeamInView,
    document: Document,
    now: datetime,
    with_source: bool = True,
) -> dict[str, Any]:
    """The context of the report's template, in at most nine statements however long the report is.

    `with_source` is False for an old revision, whose lines are not those of the report's imported page.
    """
    drafts = team.may_see_drafts
    url = f"/teams/{team.slug}/weeks/{report.period_start.isoformat()}"
    standing = revision_queries.standing_of(session, report)
    goals = goal_queries.goals_around(session, report, with_drafts=drafts)
    notes = _notes(session, report, document)
    source = f"{url}/source/imported" if report.source_page_id is not None else None
    facts = Facts(document, source if with_source else None)
    sections = sections_of(document, facts, notes)
    _attach_goals(sections, goals.next)
    previous, following = queries.neighbours(session, team.id, report.period_start, with_drafts=drafts)
    rows = [row for section in _all(sections) if section.metrics for row in section.metrics.metrics]
    incident_notes = notes.get("incident_notes", NOTHING)
    return {
        "report": report,
        "document": document,
        "url": url,
        "source_url": source,
        "rail": queries.year_rail(session, team.id, report.week_year, team.week_rule, with_drafts=drafts),
        "this_week": this_week(now, team),
        "standing": standing,
        "newest": standing.revisions.get(report.published_revision),
        "first_revision": standing.revisions.get(1),
        "lede": lede_of(document, metrics=rows, last_goals=goals.last, incident_notes=incident_notes),
        "sections": sections,
        "goals": goals,
        "goals_said": goals_clause(goals.last),
        "goals_are_last_weeks": goals.before == report.period_start - WEEK,
        "goals_from": queries.week_name_of(goals.before, team.week_rule) if goals.before else None,
        "goals_after": _place_of_goals(sections),
        "as_written": as_written(document, report),
        "inline": render_inline,
        "accidents": accidents_of(document, incident_notes),
        "previous": previous,
        "following": following,
        "week_name": lambda day: queries.week_name_of(day, team.week_rule),
        **notes,
    }


def sections_of(document: Document, facts: Facts, notes: dict[str, Any]) -> list[SectionView]:
    """The sections in page order, sub-sections inside the one they stand under."""
    happened = events_of(document, facts, notes.get("incident_notes", NOTHING))
    metric_notes = notes.get("metric_notes", NOTHING)
    depth: list[int] = []
    views: list[SectionView] = []
    for index, section in enumerate(document.sections):
        parent = section.parent
        is_part = _is_part(document.sections, index)
        above = -1 if parent is None or _is_part(document.sections, parent) else depth[parent]
        depth.append(above + 1)
        here = happened.get(index, NO_EVENTS)
        table = metrics_table(document, index, facts, metric_notes)
        blocks = (((position,), block) for position, block in enumerate(section.blocks))
        groups = [] if table else groups_of(blocks, index, facts, events=here.by_path, covered=here.covered)
        before, title, after = heading_words(section)
        view = SectionView(
            key=anchor(index),
            kind=section.kind,
            code=section.code,
            before=before,
            title=title,
            after=after,
            level=min(2 + depth[index], 4),
            is_part=is_part,
            groups=groups,
            metrics=table,
            says_none=len(section.blocks) == 1 and says_none(section.blocks[0].text),
        )
        if depth[index] and views:
            views[-1].subs.append(view)
        else:
            views.append(view)
    return views


def heading_words(section: DocumentSection) -> tuple[str, str, str]:
    """What the heading says before its title (`A.`), the title, and what it says after it."""
    heading, title = section.heading or "", section.title or ""
    before, found, after = heading.partition(title) if title else (heading, "", "")
    if title and not found:
        return "", heading.strip(BRACKETS + "*_# "), ""
    bare = before.strip(BRACKETS + "*_# ")
    if section.code and _folded(bare) == _folded(section.code):
        bare = ""
    return bare, title, after.strip(BRACKETS + "*_#:： ")


def as_written(document: Document, report: Report) -> list[str]:
    """Titles and properties of the page, as far as they say more than the week's number."""
    words = [text for text in (document.title, document.second_title) if text]
    if len(words) == 2 and _folded(words[0]) == _folded(words[1]):
        words = words[:1] if words[0] == words[1] else words
    of_the_week = (report.label, f"{report.label} {report.period_start.isoformat()}")
    if not document.properties and len(words) == 1 and _folded(words[0]) in map(_folded, of_the_week):
        return []
    return words + [f"{item.key}{item.separator}{item.value}" for item in document.properties]


def this_week(now: datetime, team: TeamInView) -> tuple[int, int]:
    """Year and number of the week that it is for the team."""
    monday, _ = which_week(now, team.time_zone, "iso" if team.week_rule == "iso" else "jan1-monday")
    return queries.week_name_of(monday, team.week_rule)


def _notes(session: Session, report: Report, document: Document) -> dict[str, Any]:
    subject = events.PageSubject(report, report.team_id, report.period_start, document)
    notes: dict[str, Any] = {}
    for joined in events.page_notes:
        notes.update(joined(session, subject))
    return notes


def _place_of_goals(sections: Sequence[SectionView]) -> str | None:
    """The section behind which last week's goals stand: the metrics, if they come before the work."""
    for section in sections:
        if section.metrics:
            return section.key
        if section.kind not in ("key_work", "custom") or section.subs:
            return None
    return None


def _attach_goals(sections: Sequence[SectionView], goals: Sequence[goal_queries.GoalOfWeek]) -> None:
    """Tell next week's goals that were goals before how often."""
    again = {goal.text: goal for goal in goals if goal.times_carried}
    if not again:
        return
    for section in _all(sections):
        if section.kind == "next_goals":
            for group in section.groups:
                for block in group.blocks:
                    block.goal = again.get(block.prose.text)


def _is_part(sections: Sequence[DocumentSection], index: int) -> bool:
    """Whether a heading only encloses sections of their own standing, such as `# 上周进展`."""
    section = sections[index]
    return (
        section.kind == "custom"
        and not section.blocks
        and section.parent is None
        and any(below.parent == index and (below.code or below.kind != "custom") for below in sections)
    )


def _all(sections: Sequence[SectionView]) -> list[SectionView]:
    return [each for section in sections for each in (section, *section.subs)]


def _folded(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", text).upper() if char.isalnum())
