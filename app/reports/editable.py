"""The working copy as it is edited: sections, items, events and metrics as fields, values as chips. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from app.document.entries import Entry, section_entries
from app.document.event_lines import next_day_recovery, statement_of
from app.document.incident_form import short_moment, shown_recovery
from app.document.relative_dates import SaidBefore
from app.document.schema import Block, Fact, Incident, WeekRule
from app.document.weeks import week_of
from app.reports.assembly import Path, WorkingCopy
from app.reports.carried import SaidLastWeek, said_last_week
from app.reports.page_events import minutes_between


@dataclass(frozen=True, slots=True)
class Chip:
    """A recognised value below its text; `fields` are what a person may correct, by name."""

    item_id: int
    kind: str
    literal: str
    start: int
    end: int
    certain: bool
    fields: dict[str, str]
    day: date | None = None
    adds_up: bool = True
    said_in: int | None = None
    """Of a date that was said in an earlier week, its number; `absolute` is how to write what it meant."""
    absolute: str | None = None

    def number(self, name: str) -> Decimal:
        """A field of digits as the number it is."""
        return Decimal(self.fields[name])


@dataclass(frozen=True, slots=True)
class EventToEdit:
    """An event as a form; `item_ids` are the items its text stands in, the first one first."""

    number: int
    item_ids: list[int]
    parts: str
    """Those that stand side by side, each with its version: `12-3 13-1`; others are below one of them."""
    last_id: int
    """The last of them that stands beside the first, not below one: what follows the event follows it."""
    version: str
    started: str
    symptom: str
    impact: str
    cause: str
    handling: str
    grade: str | None
    recovered: str
    day: date | None
    is_outside: bool
    """Whether it began on a day that is not of the week."""
    minutes: int | None
    next_day: str | None
    """When it was over if the clock time that is said, earlier than the start, is of the day after."""


@dataclass(slots=True)
class ItemToEdit:
    id: int
    section_id: int
    version: int
    kind: str
    text: str
    ordered: bool
    number: int
    chips: list[Chip] = field(default_factory=list)
    items: list[ItemToEdit] = field(default_factory=list)
    event: EventToEdit | None = None
    carried: SaidLastWeek | None = None

    @property
    def rows(self) -> int:
        """Lines the text takes at about 44 wide characters, before CSS fits the field to it."""
        return sum(1 + _width(line) // 84 for line in self.text.split("\n"))


@dataclass(frozen=True, slots=True)
class MetricToEdit:
    """A metric line as a field: `literal` is what stands there now, empty where nothing does yet.

    `base` is the same with the counts behind it, to know a value that was changed meanwhile.
    """

    item_id: int
    name: str
    literal: str
    base: str
    is_reported: bool
    numerator: str
    denominator: str
    key: str


@dataclass(frozen=True, slots=True)
class SectionToEdit:
    id: int
    version: int
    kind: str
    code: str | None
    title: str | None
    heading: str | None
    sub: bool
    items: list[ItemToEdit]
    metrics: list[MetricToEdit]
    says_none: bool
    """Of events: whether it says that there were none, which is then not among the items."""
    plain_items: list[ItemToEdit]
    """Items of the metrics section in which and below which there is no metric."""
    dropped: list[ItemToEdit]
    """Items that were carried over and taken out again, which can be brought back."""
    open_carried: int
    """How many carried items nobody edited or kept yet."""


def sections_to_edit(copy: WorkingCopy) -> list[SectionToEdit]:
    """The sections whose items are in the copy."""
    chips = _chips(copy)
    covered, first_of = _events(copy)
    sections = []
    for index, section in enumerate(copy.document.sections):
        if not copy.holds(copy.section_ids[index]):
            continue
        items = list(_items(copy, index, section.blocks, (), chips, covered, first_of))
        items, dropped = _without_dropped(copy, items)
        statement = statement_of(section)
        if statement is not None:
            items = [item for item in items if item.text != statement.text]
        metrics = _metrics(copy, index, section.blocks) if section.kind == "metrics" else []
        sections.append(
            SectionToEdit(
                id=copy.section_ids[index],
                version=copy.section_versions[index],
                kind=section.kind,
                code=section.code,
                title=section.title,
                heading=section.heading,
                sub=section.parent is not None and copy.document.sections[section.parent].kind != "custom",
                items=items,
                metrics=metrics,
                says_none=statement is not None,
                plain_items=list(_without_metric(items, {metric.item_id for metric in metrics})),
                dropped=dropped,
                open_carried=sum(1 for item in _all_of(items) if item.kind == "item" and is_open(item)),
            )
        )
    return sections


def chips_of_item(copy: WorkingCopy, item_id: int) -> list[Chip]:
    return _chips(copy).get(item_id, [])


def find_item(sections: Iterable[SectionToEdit], item_id: int) -> ItemToEdit | None:
    """The item with this id, wherever it is nested."""
    items = [item for section in sections for item in section.items]
    return next((item for item in _all_of(items) if item.id == item_id), None)


def _all_of(items: Iterable[ItemToEdit]) -> Iterator[ItemToEdit]:
    """The items and all below them."""
    for item in items:
        yield item
        yield from _all_of(item.items)


def is_open(item: ItemToEdit) -> bool:
    """Whether the item was carried over and nobody edited or kept it yet."""
    return item.carried is not None and item.carried.is_open


def _said_last_week(copy: WorkingCopy, item_id: int) -> SaidLastWeek | None:
    carried, week = copy.carried.get(item_id), copy.document.week
    return said_last_week(carried, week) if carried is not None and week is not None else None


def _without_dropped(
    copy: WorkingCopy, items: Iterable[ItemToEdit]
) -> tuple[list[ItemToEdit], list[ItemToEdit]]:
    """The items that stand on the page, and the dropped ones."""
    standing: list[ItemToEdit] = []
    dropped: list[ItemToEdit] = []
    for item in items:
        carried = copy.carried.get(item.id)
        if carried is not None and carried.is_dropped:
            dropped.append(item)
            continue
        item.items, more = _without_dropped(copy, item.items)
        standing.append(item)
        dropped += more
    return standing, dropped


def _items(
    copy: WorkingCopy,
    section: int,
    blocks: list[Block],
    above: Path,
    chips: Mapping[int, list[Chip]],
    covered: set[tuple[int, Path]],
    first_of: Mapping[tuple[int, Path], EventToEdit],
) -> Iterator[ItemToEdit]:
    number = 0
    for position, block in enumerate(blocks):
        path = (*above, position)
        event = first_of.get((section, path))
        if (section, path) in covered and event is None:
            continue
        item_id = copy.item_ids[section, path]
        number += block.kind == "item"
        yield ItemToEdit(
            id=item_id,
            section_id=copy.section_ids[section],
            version=copy.versions[item_id],
            kind=block.kind,
            text=block.text,
            ordered=block.ordered,
            number=number,
            chips=chips.get(item_id, []),
            items=[] if event else list(_items(copy, section, block.blocks, path, chips, covered, first_of)),
            event=event,
            carried=_said_last_week(copy, item_id),
        )


def _events(
    copy: WorkingCopy,
) -> tuple[set[tuple[int, Path]], dict[tuple[int, Path], EventToEdit]]:
    covered: set[tuple[int, Path]] = set()
    first_of: dict[tuple[int, Path], EventToEdit] = {}
    for number, incident in enumerate(copy.document.incidents):
        keys = [(incident.section, path) for path in incident.blocks]
        covered.update(keys)
        first_of[keys[0]] = event_to_edit(copy, incident, number)
    return covered, first_of


def event_to_edit(copy: WorkingCopy, incident: Incident, number: int) -> EventToEdit:
    week = copy.document.week
    assert week is not None
    day = date.fromisoformat(incident.started_at[:10]) if incident.started_at else None
    next_day = next_day_recovery(incident)
    ids = [copy.item_ids[incident.section, path] for path in incident.blocks]
    depth = min(len(path) for path in incident.blocks)
    tops = [id for id, path in zip(ids, incident.blocks, strict=True) if len(path) == depth]
    return EventToEdit(
        number=number,
        item_ids=ids,
        parts=" ".join(f"{id}-{copy.versions[id]}" for id in tops),
        last_id=tops[-1],
        version=event_version(copy, incident),
        started=incident.started_literal or "",
        symptom=incident.symptom,
        impact=incident.impact or "",
        cause=incident.cause or "",
        handling=incident.handling or "",
        grade=incident.grade,
        recovered=shown_recovery(incident, week.start),
        day=day,
        is_outside=day is not None and not week.start <= day <= week.end,
        minutes=minutes_between(incident.started_at, incident.recovered_at),
        next_day=short_moment(next_day, week.start) if next_day else None,
    )


def event_version(copy: WorkingCopy, incident: Incident) -> str:
    """The versions of all items an event stands in, so that a change of any of them is seen."""
    ids = (copy.item_ids[incident.section, path] for path in incident.blocks)
    return ".".join(f"{item_id}-{copy.versions[item_id]}" for item_id in ids)


def metric_to_edit(item_id: int, entry: Entry) -> MetricToEdit:
    rate = entry.rate
    return MetricToEdit(
        item_id=item_id,
        name=entry.name,
        literal=entry.literal,
        base=entry.written,
        is_reported=entry.state != "unreported",
        numerator=_grouped(rate.numerator) if rate else "",
        denominator=_grouped(rate.denominator) if rate else "",
        key=f"{item_id}-{entry.number}",
    )


def _metrics(copy: WorkingCopy, section: int, blocks: list[Block]) -> list[MetricToEdit]:
    return [metric_to_edit(copy.item_ids[section, path], entry) for path, entry in section_entries(blocks)]


def _without_metric(items: list[ItemToEdit], with_metric: set[int]) -> Iterator[ItemToEdit]:
    for item in items:
        waiting = [item]
        while waiting:
            one = waiting.pop()
            if one.id in with_metric:
                break
            waiting += one.items
        else:
            yield item


def _grouped(count: str | None) -> str:
    """A count with its thousands parted: `1,234,567`."""
    return f"{int(count):,}" if count else ""


def _chips(copy: WorkingCopy) -> dict[int, list[Chip]]:
    chips: dict[int, list[Chip]] = {}
    rule = copy.document.week.rule if copy.document.week else "iso"
    for fact in copy.document.facts:
        item_id = copy.item_ids[fact.place.section, fact.place.path]
        chips.setdefault(item_id, []).append(_chip(fact, item_id, rule, _said_before(copy, fact, item_id)))
    return chips


def _said_before(copy: WorkingCopy, fact: Fact, item_id: int) -> SaidBefore | None:
    """What is known of a date that was said in an earlier week, as long as nobody decided on another day."""
    for one in copy.said_before.get(item_id, ()):
        if fact.kind == "date" and (fact.place.start, fact.iso) == (one.start, one.iso):
            return one
    return None


def _chip(fact: Fact, item_id: int, rule: WeekRule, before: SaidBefore | None) -> Chip:
    fields: dict[str, str]
    day: date | None = None
    adds_up = True
    match fact.kind:
        case "progress":
            fields = {"value": f"{fact.value:f}"}
        case "date":
            fields = {"iso": fact.iso, "role": fact.role or "", "status": fact.status}
            if fact.precision == "day":
                day = date.fromisoformat(fact.iso)
        case "done_total":
            fields = {"done": str(fact.done), "total": str(fact.total)}
        case "parts_total":
            fields = {"total": str(fact.total)}
            adds_up = fact.sum_ok
        case "amount":
            fields = {"value": fact.value, "currency": fact.currency or "", "count": str(fact.count or "")}
    return Chip(
        item_id=item_id,
        kind=fact.kind,
        literal=fact.literal,
        start=fact.place.start,
        end=fact.place.end,
        certain=fact.certain,
        fields=fields,
        day=day,
        adds_up=adds_up,
        said_in=week_of(before.week, rule)[1] if before else None,
        absolute=before.absolute if before else None,
    )


def _width(line: str) -> int:
    """Columns a line takes, a wide character counting two."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in line)
