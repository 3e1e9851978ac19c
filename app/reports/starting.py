"""Starting a week: a draft from the team's last published week, with what is still open carried over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.document import weeks
from app.document.carrying import OpenItem, open_items
from app.document.headings import heading_for, read_words
from app.document.history import histories
from app.document.schema import Block, Document, Section, SectionKind, WeekRule
from app.document.vocabulary import Language
from app.errors import Conflict, Invalid
from app.reports import events
from app.reports.assembly import Path, lay_out, published_document
from app.reports.carried import said_of
from app.reports.events import MetricToAdd, WeekToStart
from app.reports.models import Report, Revision, SkippedWeek, Workstream
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
Carried = dict[tuple[int, Path], dict[str, Any]]
WEEKS_BACK = 26
"""As far back is looked for the day that was promised first."""
EARLIEST, LATEST = date(2000, 1, 3), date(2100, 1, 1)


@dataclass(slots=True)
class _Begun:
    """A section of the new week, and the items of last week's that go on in it."""

    section: Section
    opened: list[OpenItem]


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
    """A draft for the week that `period_start` lies in, with the headings of the team's last published week.

    Metrics stand there with their names and no value yet, open items as carried over: they are no part
    of the week before somebody edits or keeps them. A week that was skipped is so no longer. Raises
    Conflict where the week exists and Invalid where the day is out of range.
    """
    refuse_out_of_range(period_start)
    monday = weeks.monday_of(period_start)
    if find_report(session, team_id, monday) is not None:
        raise Conflict("report.week_exists", period=monday.isoformat())
    before = last_published(session, team_id, monday)
    year, number = weeks.week_of(monday, rule)
    label = f"第{number}周" if language == "zh" else f"Week {number}"
    title = f"{label} {monday.isoformat()}"
    begun = (
        _from_last_week(session, before, monday)
        if before
        else [_Begun(each, []) for each in _skeleton(language)]
    )
    _add_workstreams(session, team_id, begun, monday)
    carried = _carry_over(begun, published_weeks(session, before)) if before else {}
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
    session.execute(
        delete(SkippedWeek).where(SkippedWeek.team_id == team_id, SkippedWeek.period_start == monday)
    )
    session.flush()
    document = Document(title=title, sections=[each.section for each in begun])
    lay_out(session, report, document, carried=carried)
    beat(session, team_id)
    audit(session, "report.started", report, by=by, at=at)
    return report


def refuse_out_of_range(day: date) -> None:
    if not EARLIEST <= day < LATEST:
        raise Invalid("report.week_out_of_range", first=EARLIEST.isoformat(), last=LATEST.isoformat())


def last_published(session: Session, team_id: int, monday: date) -> Report | None:
    """The team's newest published week before a Monday: what a week is started from."""
    return session.scalars(
        select(Report)
        .where(Report.team_id == team_id, Report.period_start < monday, Report.published_revision > 0)
        .order_by(Report.period_start.desc())
        .limit(1)
    ).one_or_none()


def published_weeks(session: Session, before: Report) -> list[tuple[date, Document]]:
    """The published week and those before it with their Mondays, the newest first."""
    query = (
        select(Report.period_start, Revision.document)
        .join(Revision, (Revision.report_id == Report.id) & (Revision.number == Report.published_revision))
        .where(Report.team_id == before.team_id, Report.period_start <= before.period_start)
        .order_by(Report.period_start.desc())
        .limit(WEEKS_BACK)
    )
    return [(monday, Document.model_validate_json(stored)) for monday, stored in session.execute(query)]


def _from_last_week(session: Session, before: Report, monday: date) -> list[_Begun]:
    """The sections of last week, with the names of the metrics and the items that are open."""
    document = published_document(session, before)
    opened = open_items(document)
    begun = []
    for index, section in enumerate(document.sections):
        bare = section.model_copy(update={"blocks": [], "source": None})
        if section.kind == "metrics":
            bare.blocks = _metric_lines(document, index)
        begun.append(_Begun(bare, opened.get(index, [])))
    week = WeekToStart(before.team_id, monday, [metric.name for metric in document.metrics])
    _add_metrics(begun, metrics_left_out(session, [week]).get(before.team_id, []))
    return begun


def metrics_left_out(session: Session, weeks: Sequence[WeekToStart]) -> dict[int, list[MetricToAdd]]:
    """By team, the metrics that the last page does not name and the team reports otherwise."""
    found: dict[int, list[MetricToAdd]] = {}
    for usual_metrics in events.usual_metrics:
        for team_id, missing in usual_metrics(session, weeks).items():
            found.setdefault(team_id, []).extend(missing)
    return found


def _add_metrics(begun: Sequence[_Begun], missing: Iterable[MetricToAdd]) -> None:
    places = [each.section for each in begun if each.section.kind == "metrics"]
    for metric in missing:
        section, at = next(
            (
                (section, at + 1)
                for section in places
                for at, block in enumerate(section.blocks)
                if metric.after and block.text == _metric_line(metric.after, section)
            ),
            (places[0] if places else None, 0),
        )
        if section is not None:
            section.blocks.insert(at, Block(kind="item", text=_metric_line(metric.name, section)))


def _carry_over(begun: Sequence[_Begun], weeks: Sequence[tuple[date, Document]]) -> Carried:
    """Put the open items into their sections; what last week and those before it said of each, by place."""
    carried: Carried = {}
    monday, known = weeks[0][0], histories(weeks)

    def blocks_of(items: Iterable[OpenItem], section: int, above: Path) -> list[Block]:
        blocks = []
        for position, item in enumerate(items):
            path = (*above, position)
            carried[section, path] = said_of(item, monday, known.get(item.spot))
            below = blocks_of(item.below, section, path)
            blocks.append(item.block.model_copy(update={"blocks": below, "source": None, "number": None}))
        return blocks

    for index, each in enumerate(begun):
        if each.opened:
            each.section.blocks = blocks_of(each.opened, index, ())
    return carried


def _metric_lines(document: Document, index: int) -> list[Block]:
    """A line for each metric of a section, with its name and no value, below the groups they stood in."""
    section = document.sections[index]
    lines: list[Block] = []
    group = None
    for metric in document.metrics:
        if metric.place.section != index:
            continue
        if metric.group and metric.group != group:
            group = metric.group
            lines.append(Block(kind="paragraph", text=_metric_line(group, section)))
        lines.append(Block(kind="item", text=_metric_line(metric.name, section)))
    return lines


def _metric_line(name: str, section: Section) -> str:
    """`入金有效成功率：`, with the colon of the section's language."""
    return f"{name}{'：' if any('一' <= character <= '鿿' for character in section.title or '') else ':'}"


def _add_workstreams(session: Session, team_id: int, begun: list[_Begun], monday: date) -> None:
    """Put the team's workstreams of now that last week did not have where their codes belong."""
    known = {each.section.code for each in begun if each.section.kind == "workstream"} - {None}
    if not known:
        return
    current = session.scalars(
        select(Workstream)
        .where(
            Workstream.team_id == team_id,
            Workstream.from_day <= monday + timedelta(days=6),
            Workstream.until_day.is_(None) | (Workstream.until_day >= monday),
        )
        .order_by(Workstream.code, Workstream.from_day)
    )
    for workstream in {each.code: each for each in current if each.code not in known}.values():
        _insert_workstream(begun, workstream)


def _insert_workstream(begun: list[_Begun], workstream: Workstream) -> None:
    """After the workstream before it and the parts of that, with a heading in the same manner."""
    places = [
        index for index, each in enumerate(begun) if each.section.kind == "workstream" and each.section.code
    ]
    before = [index for index in places if (begun[index].section.code or "") < workstream.code]
    at = before[-1] if before else places[0]
    like = begun[at].section
    place = at + 1 if before else at
    while before and place < len(begun) and (begun[place].section.parent or -1) >= at:
        place += 1
    heading = (like.heading or "").replace(like.code or "", workstream.code)
    if like.title:
        heading = heading.replace(like.title, workstream.title)
    for each in begun[place:]:
        if each.section.parent is not None and each.section.parent >= place:
            each.section.parent += 1
    section = like.model_copy(
        update={"code": workstream.code, "title": workstream.title, "heading": heading, "blocks": []}
    )
    begun.insert(place, _Begun(section, []))


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


def _skeleton(language: Language) -> list[Section]:
    sections = []
    for kind, heading in zip(SKELETON, usual_headings(language), strict=True):
        words = read_words(heading)
        sections.append(Section(kind=kind, code=words.code, title=words.title, heading=heading, level=2))
    return sections
