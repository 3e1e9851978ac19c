"""Incident rows follow the text of their report; what a person decided about an incident stays.

The text gives times, symptom, impact, cause, handling, amounts and, while nobody decided it, the grade.
Third party and detection are guessed once and then belong to people. A row is the same incident as
long as it begins in the same item, or else has the same time and symptom.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.models import Team, User
from app.document.schema import Document
from app.document.schema import Incident as Told
from app.errors import Invalid
from app.incidents.models import GradeChange, Incident, ThirdParty
from app.incidents.parties import fold, party_of
from app.reports.events import ItemIds, Publication, WorkingCopyChange
from app.reports.models import Item, Report, Section

GRADES = ("A", "B", "C", "D", "AB", "CD", "open")
NAME_LENGTH = 120
NOBODY: Mapping[str, int] = {}

_DETECTED = tuple(
    (by, re.compile(words, re.IGNORECASE))
    for by, words in (
        (
            "monitoring",
            r"(?:监控|告警|巡检|探测|拨测)\S{0,6}?(?:发现|提示|触发|显示|报警)|\b(?:monitoring|alert(?:ing|s)?|alarm)\b",
        ),
        ("regulator", r"(?:监管|人行|央行|银保监|金融局)\S{0,6}?(?:反馈|通知|来函|通报)|\bregulator"),
        (
            "finance",
            r"(?:资金部|财务|资金|会计|清算|结算)\S{0,6}?(?:反馈|发现|通知|报告|反映)"
            r"|\b(?:finance|accounting|treasury)\b[^.]{0,20}\b(?:report|notic|found|told)",
        ),
        (
            "customer",
            r"(?:客户|用户|商户|客服|投诉|门店)\S{0,6}?(?:反馈|发现|来电|投诉|报告|反映|通知)"
            r"|\b(?:customers?|merchants?|users?|support)\b[^.]{0,20}\b(?:report|notic|complain|told|found)",
        ),
        (
            "partner",
            r"(?:银行|通道|渠道|合作方|对方|机构|供应商|银联|网联)\S{0,4}?(?:反馈|通知|来电|告知)"
            r"|\b(?:bank|partner|vendor|provider)\b[^.]{0,20}\b(?:report|notif|told|inform)",
        ),
        (
            "business",
            r"(?:业务|运营|产品|销售|交易侧|业务侧|业务方|[A-Z]{2,6})\S{0,6}?(?:反馈|发现|报告|反映)"
            r"|\b(?:business|operations|sales)\b[^.]{0,20}\b(?:report|notic|found|told)",
        ),
    )
)


def follow_text(session: Session, change: WorkingCopyChange) -> None:
    """Bring the rows of the changed sections in line with the incidents recognised in their text.

    `change.document` holds just those sections; rows of the others only change their position.
    """
    rows = _rows_of(session, change.report.id)
    changed = set(change.item_ids.values())
    affected = [row for row in rows if row.item_id is None or row.item_id in changed]
    if not affected and not change.document.incidents:
        return
    told = _reconcile(session, change.report, affected, change.document, change.item_ids)
    _put_in_order(session, [row for row in rows if row not in affected], told)


def keep_incidents(session: Session, publication: Publication) -> None:
    """Bring all rows of the report in line with what was published, and fill in what the text implies.

    Third parties are found or made by name; a grade that changed since the last publication is kept
    as a GradeChange.
    """
    report, document = publication.report, publication.document
    rows = _rows_of(session, report.id) if publication.revision > 1 or _has_rows(session, report) else []
    if not rows and not document.incidents:
        return
    parties = _third_parties(
        session, report.team_id, (name for told in document.incidents for name in told.parties)
    )
    kept = _reconcile(session, report, rows, document, publication.item_ids, parties)
    for position, (row, told) in enumerate(zip(kept, document.incidents, strict=True)):
        row.position = position
        for name, value in _implied(told, parties).items():
            if getattr(row, name) is None:
                setattr(row, name, value)
    session.flush()
    _keep_grades(session, kept, publication)


def set_grade(
    session: Session,
    incident: Incident,
    grade: str | None,
    *,
    by: User,
    at: datetime,
    reason: str | None,
) -> None:
    """Decide the grade of an incident: from now on the text does not change it. None is no accident.

    Raises Invalid for a grade there is not.
    """
    if grade is not None and grade not in GRADES:
        raise Invalid("incident.unknown_grade", typed=str(grade)[:20])
    if incident.grade_decided and incident.grade == grade:
        return
    if incident.grade != grade:
        session.add(
            GradeChange(
                incident_id=incident.id,
                at=at,
                before=incident.grade,
                after=grade,
                author_id=by.id,
                reason=(reason or "").strip() or None,
            )
        )
    incident.grade = grade
    incident.grade_decided = True
    incident.version += 1
    session.execute(update(Team).where(Team.id == incident.team_id).values(pulse=Team.pulse + 1))
    session.flush()


def detected_by(symptom: str) -> str | None:
    """Who noticed, as the first words of a symptom say it; None where they do not."""
    head = symptom[:60]
    found = [(match.start(), by) for by, words in _DETECTED if (match := words.search(head))]
    return min(found)[1] if found else None


def _reconcile(
    session: Session,
    report: Report,
    rows: list[Incident],
    document: Document,
    item_ids: ItemIds,
    parties: Mapping[str, int] = NOBODY,
) -> list[Incident]:
    """The row of each incident the document tells, in its order; rows that are told no more are deleted."""
    waiting = list(rows)
    kept: list[Incident | None] = []
    for told in document.incidents:
        item_id = item_ids.get((told.section, told.blocks[0])) if told.blocks else None
        row = _best(waiting, told, item_id)
        if row is not None:
            waiting.remove(row)
            _update(row, told, item_id)
        kept.append(row)
    if waiting:
        session.execute(delete(Incident).where(Incident.id.in_([row.id for row in waiting])))
        for row in waiting:
            session.expunge(row)
    new = [told for told, row in zip(document.incidents, kept, strict=True) if row is None]
    made = iter(_insert(session, report, new, item_ids, parties))
    return [row if row is not None else next(made) for row in kept]


def _best(waiting: list[Incident], told: Told, item_id: int | None) -> Incident | None:
    """The row that told is: of the same item, the same words first; else the same time and symptom."""
    same_words = [
        row for row in waiting if row.started_literal == told.started_literal and row.symptom == told.symptom
    ]
    same_item = [row for row in waiting if item_id is not None and row.item_id == item_id]
    both = [row for row in same_words if row in same_item]
    for rows in (both, same_item, same_words):
        if rows:
            return rows[0]
    return None


def _update(row: Incident, told: Told, item_id: int | None) -> None:
    values = _told(told, item_id)
    if row.grade_decided:
        del values["grade"]
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if changed:
        for name, value in changed.items():
            setattr(row, name, value)
        row.version += 1


def _insert(
    session: Session, report: Report, told: list[Told], item_ids: ItemIds, parties: Mapping[str, int]
) -> list[Incident]:
    if not told:
        return []
    rows = [
        {
            "team_id": report.team_id,
            "report_id": report.id,
            "position": position,
            **_told(one, item_ids.get((one.section, one.blocks[0])) if one.blocks else None),
            **_implied(one, parties),
        }
        for position, one in enumerate(told)
    ]
    statement = insert(Incident).returning(Incident, sort_by_parameter_order=True)
    return list(session.scalars(statement, rows))


def _told(told: Told, item_id: int | None) -> dict[str, Any]:
    """The columns that the text gives."""
    return {
        "item_id": item_id,
        "started_at": told.started_at,
        "started_literal": told.started_literal,
        "recovered_at": told.recovered_at,
        "symptom": told.symptom,
        "impact": told.impact,
        "cause": told.cause,
        "handling": told.handling,
        "grade": told.grade,
        "amounts": [amount.model_dump(mode="json") for amount in told.amounts],
    }


def _implied(told: Told, parties: Mapping[str, int]) -> dict[str, Any]:
    """The columns that are guessed from the text once, and then belong to people."""
    return {
        "detected_by": detected_by(told.symptom),
        "third_party_id": party_of(told.parties, told.symptom, told.cause, parties),
    }


def _has_rows(session: Session, report: Report) -> bool:
    """Whether a draft left rows behind; a page that was imported has none."""
    query = select(Incident.id).where(Incident.report_id == report.id).limit(1)
    return session.execute(query).first() is not None


def _rows_of(session: Session, report_id: int) -> list[Incident]:
    session.flush()
    query = select(Incident).where(Incident.report_id == report_id).order_by(Incident.position, Incident.id)
    return list(session.scalars(query, execution_options={"populate_existing": True}))


def _put_in_order(session: Session, others: list[Incident], told: list[Incident]) -> None:
    """Number the report's rows as the page tells them, section by section."""
    items = [row.item_id for row in (*others, *told) if row.item_id is not None]
    places: dict[int, int] = {}
    if others and items:
        query = select(Item.id, Section.position).join(Section, Section.id == Item.section_id)
        places = dict(iter(session.execute(query.where(Item.id.in_(items)))))
    ordered = sorted((*others, *told), key=lambda row: places.get(row.item_id or 0, -1))
    for position, row in enumerate(ordered):
        if row.position != position:
            row.position = position
    session.flush()


def _third_parties(session: Session, team_id: int, names: Iterable[str]) -> Mapping[str, int]:
    """The ids of the team's third parties by folded name and alias; those named and not known are made."""
    wanted = {fold(name): name.strip()[:NAME_LENGTH] for name in names if name.strip()}
    known = _known_parties(session, team_id)
    missing = [name for folded, name in wanted.items() if folded not in known]
    if missing:
        rows = [{"team_id": team_id, "name": name, "aliases": []} for name in missing]
        try:
            with session.begin_nested():
                session.execute(insert(ThirdParty), rows)
        except IntegrityError:  # somebody else named one of them meanwhile
            known = _known_parties(session, team_id)
            rows = [row for row in rows if fold(str(row["name"])) not in known]
            if rows:
                session.execute(insert(ThirdParty), rows)
        known = _known_parties(session, team_id)
    return known


def _known_parties(session: Session, team_id: int) -> dict[str, int]:
    query = select(ThirdParty.id, ThirdParty.name, ThirdParty.aliases).where(ThirdParty.team_id == team_id)
    known: dict[str, int] = {}
    for party_id, name, aliases in session.execute(query):
        for said in (*aliases, name):
            known[fold(str(said))] = party_id
    return known


def _keep_grades(session: Session, rows: list[Incident], publication: Publication) -> None:
    """A GradeChange for each grade that is another one than at the last publication."""
    before: dict[int, str | None] = {}
    if publication.revision > 1:
        query = select(GradeChange.incident_id, GradeChange.after).where(
            GradeChange.incident_id.in_([row.id for row in rows])
        )
        before = dict(iter(session.execute(query.order_by(GradeChange.id))))
    changes = [
        {
            "incident_id": row.id,
            "at": publication.at,
            "before": before.get(row.id),
            "after": row.grade,
            "author_id": publication.by_id,
            "reason": None,
        }
        for row in rows
        if row.grade != before.get(row.id)
    ]
    if changes:
        session.execute(insert(GradeChange), changes)
