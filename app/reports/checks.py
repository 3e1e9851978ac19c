"""What a writer may want to look at before publishing: what is missing, undecided, or does not add up.

Pure. Nothing here hinders publication; only an empty report is refused, elsewhere. Each finding names the
place on the editing page that it is about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from app.document.carrying import PromisedDate
from app.document.event_lines import events_against, statement_of
from app.document.places import block_at
from app.document.schema import Block, DateFact, PartsTotalFact, ProgressFact
from app.reports.assembly import WorkingCopy
from app.reports.editable import SectionToEdit
from app.reports.goal_queries import GoalOfWeek
from app.reports.last_said import LastSaid
from app.web.i18n import N_

Kind = Literal["contradiction", "undecided", "hint"]
KINDS: tuple[Kind, ...] = ("contradiction", "undecided", "hint")
EXCERPT = 28
GRADES_OF = {"AB": {"A", "B", "AB"}, "CD": {"C", "D", "CD"}}


@dataclass(frozen=True, slots=True)
class Finding:
    """`key` is that of its message, `values` what stands in it, `anchor` an element of the editing page."""

    key: str
    kind: Kind
    anchor: str
    values: dict[str, Any] = field(default_factory=dict)


def checks(
    copy: WorkingCopy,
    sections: Sequence[SectionToEdit],
    goals: Sequence[GoalOfWeek],
    before: Mapping[int, LastSaid],
    *,
    as_of: date,
) -> list[Finding]:
    """The findings of a week that is being written, those that contradict first.

    `sections` are the copy's as the page shows them, `goals` those that last week set for this one,
    `before` what last week said of items, by their ids; `as_of` is the day from which planned days
    count as past.
    """
    found = [
        *_sums(copy),
        *_incident_counts(copy),
        *_none_and_events(copy),
        *_since_last_week(copy, before),
        *_goals_without_outcome(goals),
        *_metrics_without_value(sections),
        *_unconfirmed(copy),
        *_uncertain(copy),
        *_said_before(copy),
        *_past_plans(copy, as_of),
        *_silent_sections(copy),
    ]
    return sorted(found, key=lambda finding: KINDS.index(finding.kind))


def _sums(copy: WorkingCopy) -> Iterator[Finding]:
    for fact, item_id in _facts(copy):
        if isinstance(fact, PartsTotalFact) and not fact.sum_ok:
            yield Finding(
                N_("check.sum"),
                "contradiction",
                f"item-{item_id}",
                {"total": fact.total, "sum": sum(fact.parts.values())},
            )


def _incident_counts(copy: WorkingCopy) -> Iterator[Finding]:
    document = copy.document
    index = next((n for n, section in enumerate(document.sections) if section.kind == "incidents"), None)
    if index is None:
        return
    for grades, stated in document.incident_counts.items():
        letters = GRADES_OF.get(grades, {grades})
        listed = sum(1 for incident in document.incidents if incident.grade in letters)
        if listed != stated:
            yield Finding(
                N_("check.incident_counts"),
                "contradiction",
                f"section-{copy.section_ids[index]}",
                {"grades": "/".join(grades), "stated": stated, "listed": listed},
            )


def _none_and_events(copy: WorkingCopy) -> Iterator[Finding]:
    """A section that says there were no events, and events all the same."""
    for index, section in enumerate(copy.document.sections):
        events = events_against(copy.document, index) if statement_of(section) is not None else []
        if events:
            anchor = f"section-{copy.section_ids[index]}"
            yield Finding(N_("check.none_and_events"), "contradiction", anchor, {"count": len(events)})


def _since_last_week(copy: WorkingCopy, before: Mapping[int, LastSaid]) -> Iterator[Finding]:
    """A progress that went back, and promised days that moved."""
    for fact, item_id in _facts(copy):
        last = before.get(item_id)
        if last is None:
            continue
        if isinstance(fact, ProgressFact):
            was = _percent(last.progress)
            if was is not None and fact.value < was:
                yield Finding(
                    N_("check.progress_back"),
                    "contradiction",
                    f"item-{item_id}",
                    {"before": last.progress, "now": f"{fact.value:f}%"},
                )
        elif isinstance(fact, DateFact) and fact.status == "planned" and fact.precision == "day":
            for one in last.dates:
                if one.role == fact.role and one.day is not None and one.iso < fact.iso:
                    yield _slipped(one, fact, item_id)


def _slipped(before: PromisedDate, now: DateFact, item_id: int) -> Finding:
    """The first day that was promised and the newest, where it moved before; else the last two."""
    values: dict[str, Any] = {"what": now.role or "", "now": _short(now.literal, now.iso)}
    values["before"] = _short(before.literal, before.iso)
    first = before.first_day
    if first is not None:
        values |= {"first": f"{first.month}/{first.day}", "times": before.moved + 1}
    key = N_("check.slipped_again") if first is not None else N_("check.slipped")
    return Finding(key, "hint", f"item-{item_id}", values)


def _said_before(copy: WorkingCopy) -> Iterator[Finding]:
    """Dates that were said in an earlier week, and that readers would take for others."""
    for fact, item_id in _facts(copy):
        for one in copy.said_before.get(item_id, ()):
            if isinstance(fact, DateFact) and fact.place.start == one.start:
                yield Finding(
                    N_("check.said_before"),
                    "undecided",
                    f"item-{item_id}",
                    {"literal": fact.literal, "meant": one.absolute or fact.iso},
                )


def _short(literal: str, iso: str) -> str:
    """The words of a date; a relative one as the day it meant."""
    if any(character.isdigit() for character in literal):
        return literal
    day = date.fromisoformat(iso)
    return f"{day.month}/{day.day}"


def _goals_without_outcome(goals: Sequence[GoalOfWeek]) -> Iterator[Finding]:
    for goal in goals:
        if goal.outcome is None:
            yield Finding(N_("check.goal"), "undecided", f"goal-{goal.id}", {"text": _excerpt(goal.text)})


def _metrics_without_value(sections: Sequence[SectionToEdit]) -> Iterator[Finding]:
    for section in sections:
        for metric in section.metrics:
            if metric.is_reported and not metric.literal:
                yield Finding(N_("check.metric"), "undecided", f"reading-{metric.key}", {"name": metric.name})


def _unconfirmed(copy: WorkingCopy) -> Iterator[Finding]:
    kinds = {
        item_id: block_at(copy.document.sections[index].blocks, path).kind
        for (index, path), item_id in copy.item_ids.items()
    }
    waiting = [
        item_id
        for item_id in kinds
        if kinds[item_id] == "item"
        and item_id in copy.carried
        and copy.carried[item_id].is_open
        and not copy.carried[item_id].is_dropped
    ]
    if waiting:
        yield Finding(N_("check.carried"), "undecided", f"item-{waiting[0]}", {"count": len(waiting)})


def _uncertain(copy: WorkingCopy) -> Iterator[Finding]:
    for fact, item_id in _facts(copy):
        if not fact.certain:
            yield Finding(N_("check.uncertain"), "undecided", f"item-{item_id}", {"literal": fact.literal})


def _past_plans(copy: WorkingCopy, as_of: date) -> Iterator[Finding]:
    for fact, item_id in _facts(copy):
        if (
            isinstance(fact, DateFact)
            and fact.status == "planned"
            and fact.precision == "day"
            and date.fromisoformat(fact.iso) < as_of
        ):
            yield Finding(
                N_("check.past_plan"),
                "undecided",
                f"item-{item_id}",
                {"literal": fact.literal, "what": fact.role or ""},
            )


def _silent_sections(copy: WorkingCopy) -> Iterator[Finding]:
    """Sections that say nothing where something is expected, be it that there is nothing."""
    document = copy.document
    for index, section in enumerate(document.sections):
        if any(_says_something(copy, (index, (n,)), block) for n, block in enumerate(section.blocks)):
            continue
        if any(below.parent == index for below in document.sections):
            continue
        anchor = f"section-{copy.section_ids[index]}"
        name = " ".join(filter(None, [section.code, section.title]))
        match section.kind:
            case "incidents":
                yield Finding(N_("check.no_incidents"), "undecided", anchor)
            case "workstream" if not _waits(copy, index):
                yield Finding(N_("check.no_work"), "hint", anchor, {"name": name})
            case "next_goals":
                yield Finding(N_("check.no_goals"), "hint", anchor)
            case "reflections":
                yield Finding(N_("check.no_reflections"), "hint", anchor)
            case _:
                pass


def _waits(copy: WorkingCopy, index: int) -> bool:
    """Whether something that was carried over into the section waits to be kept."""
    ids = (item_id for (section, _), item_id in copy.item_ids.items() if section == index)
    return any(
        carried.is_open and not carried.is_dropped for carried in map(copy.carried.get, ids) if carried
    )


def _says_something(copy: WorkingCopy, place: tuple[int, tuple[int, ...]], block: Block) -> bool:
    carried = copy.carried.get(copy.item_ids[place])
    if carried is not None and carried.is_open:
        return False
    index, path = place
    return bool(block.text.strip()) or any(
        _says_something(copy, (index, (*path, n)), child) for n, child in enumerate(block.blocks)
    )


def _facts(copy: WorkingCopy) -> Iterator[tuple[Any, int]]:
    """The facts of the week with their items, without those of what is carried over and still open."""
    for fact in copy.document.facts:
        item_id = copy.item_ids[fact.place.section, fact.place.path]
        carried = copy.carried.get(item_id)
        if carried is None or not carried.is_open:
            yield fact, item_id


def _percent(literal: str | None) -> Decimal | None:
    try:
        return Decimal((literal or "").rstrip("%"))
    except InvalidOperation:
        return None


def _excerpt(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT else f"{line[: EXCERPT - 1]}…"
