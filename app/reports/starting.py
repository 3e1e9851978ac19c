"""Starting a week: a draft with the headings of the team's last week."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.document import weeks
from app.document.headings import heading_for, read_words
from app.document.schema import Block, Document, Section, SectionKind, WeekRule
from app.document.vocabulary import Language
from app.errors import Conflict, Invalid
from app.reports.assembly import lay_out, published_document
from app.reports.models import Report
from app.reports.trail import audit, beat

SKELETON: tuple[SectionKind, ...] = (
    "metrics",
    "key_work",
    "workstream",
    "incidents",
    "other",
    "reflections",
    "next_goals",
)
FIRST_WORKSTREAM: dict[Language, str] = {"zh": "业务支撑", "en": "Business services"}
EARLIEST, LATEST = date(2000, 1, 3), date(2100, 1, 1)


def find_report(session: Session, team_id: int, period_start: date) -> Report | None:
    return session.scalars(
        select(Report).where(Report.team_id == team_id, Report.period_start == period_start)
    ).one_or_none()


def start_report(
    session: Session,
    *,
    team_id: int,
    period_start: date,
    rule: WeekRule,
    language: Language,
    by: User | None,
    at: datetime,
) -> Report:
    """A draft for the week that `period_start` lies in, with the headings of the team's last week.

    Metrics stand there with their names and no value yet. Raises Conflict where the week exists and
    Invalid where the day is out of range.
    """
    if not EARLIEST <= period_start < LATEST:
        raise Invalid("report.week_out_of_range", first=EARLIEST.isoformat(), last=LATEST.isoformat())
    monday = weeks.monday_of(period_start)
    if find_report(session, team_id, monday) is not None:
        raise Conflict("report.week_exists", period=monday.isoformat())
    before = session.scalars(
        select(Report)
        .where(Report.team_id == team_id, Report.period_start < monday, Report.published_revision > 0)
        .order_by(Report.period_start.desc())
        .limit(1)
    ).one_or_none()
    year, number = weeks.week_of(monday, rule)
    label = f"第{number}周" if language == "zh" else f"Week {number}"
    title = f"{label} {monday.isoformat()}"
    sections = _headings_of(published_document(session, before)) if before else _skeleton(language)
    report = Report(
        team_id=team_id,
        period_start=monday,
        period_end=monday + timedelta(days=6),
        label=label,
        week_year=year,
        week_number=number,
        week_rule=rule,
        title=title,
        created_at=at,
        created_by_id=by.id if by else None,
        updated_at=at,
        updated_by_id=by.id if by else None,
    )
    session.add(report)
    session.flush()
    lay_out(session, report, Document(title=title, sections=sections))
    beat(session, team_id)
    audit(session, "report.started", report, by=by, at=at)
    return report


def usual_headings(language: Language) -> list[str]:
    """The headings a week usually has, as the program writes them."""
    return [
        heading_for(
            kind,
            title=FIRST_WORKSTREAM[language] if kind == "workstream" else None,
            code="O1" if kind == "workstream" else None,
            language=language,
        )
        for kind in SKELETON
    ]


def _headings_of(document: Document) -> list[Section]:
    """The sections of a document without their content; metrics keep their names."""
    empty: list[Section] = []
    for section in document.sections:
        blocks: list[Block] = []
        if section.kind == "metrics":
            index = len(empty)
            colon = "：" if any("一" <= c <= "鿿" for c in section.title or "") else ": "
            group = None
            for metric in document.metrics:
                if metric.place.section != index:
                    continue
                if metric.group and metric.group != group:
                    group = metric.group
                    blocks.append(Block(kind="paragraph", text=f"{group}{colon.strip()}"))
                blocks.append(Block(kind="item", text=f"{metric.name}{colon}".strip()))
        empty.append(
            Section(
                kind=section.kind,
                code=section.code,
                title=section.title,
                heading=section.heading,
                level=section.level,
                parent=section.parent,
                blocks=blocks,
            )
        )
    return empty


def _skeleton(language: Language) -> list[Section]:
    sections = []
    for kind, heading in zip(SKELETON, usual_headings(language), strict=True):
        words = read_words(heading)
        sections.append(Section(kind=kind, code=words.code, title=words.title, heading=heading, level=2))
    return sections
