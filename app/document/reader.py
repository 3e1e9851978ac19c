"""The reader: the text of a weekly report page as a document, and what it was unsure of."""

from __future__ import annotations

from collections.abc import Iterator

from app.document.blocks import MAX_BLOCKS
from app.document.headings import read_words
from app.document.labels import find_week
from app.document.outline import Outline
from app.document.places import walk
from app.document.problems import problem
from app.document.recognition import meant_kind, recognise
from app.document.schema import (
    Block,
    DateFact,
    Document,
    Fact,
    PageReading,
    PartsTotalFact,
    Problem,
    Section,
    Source,
    WeekRule,
)
from app.document.vocabulary import Language

VERSION = "2"
_SHOWN = 40


def read(text: str, *, rule: WeekRule = "jan1-monday", language: Language = "zh") -> PageReading:
    """Read a page. `language` is that of the problems' messages, not of the page.

    Every offset of the answer counts characters of its `text`, which is the page with `\\r\\n` as `\\n`.
    """
    text = text.replace("\r\n", "\n")
    outline = Outline(text)
    document = outline.read()
    titles = [title for title in (document.title, document.second_title) if title]
    texts = (block.text for section in document.sections for _, block in walk(section.blocks))
    document.week, doubts = find_week(titles, document.properties, texts, rule)
    document = recognise(document, monday=document.week.start if document.week else None)
    problems = [] if document.title else [problem("title.missing", line=0, language=language)]
    problems += [
        problem(doubt.key, line=outline.title_line if titles else 0, language=language, **doubt.values)
        for doubt in doubts
    ]
    problems += _problems(document, language)
    problems.sort(key=lambda found: found.line)
    return PageReading(document=document, problems=problems, text=text)


def _problems(document: Document, language: Language) -> Iterator[Problem]:
    yield from _section_problems(document, language)
    yield from _incident_problems(document, language)
    for fact in document.facts:
        yield from _fact_problems(document, fact, language)


def _section_problems(document: Document, language: Language) -> Iterator[Problem]:
    count = len(document.sections)
    seen: set[str] = set()
    for index, section in enumerate(document.sections):
        count += sum(1 for _ in walk(section.blocks))
        name = _shortened(section.heading or (section.blocks[0].text if section.blocks else ""))
        is_unknown = section.heading is not None and read_words(section.heading).kind is None
        if is_unknown and section.blocks and meant_kind(document, index) == "custom":
            yield problem("section.custom", line=_line(section.source), language=language, heading=name)
        if section.code is not None and section.parent is None:
            if section.code in seen:
                yield problem("section.twice", line=_line(section.source), language=language, heading=name)
            seen.add(section.code)
        if section.kind == "metrics":
            yield from _metric_problems(document, index, section, language)
    if count > MAX_BLOCKS:
        last = document.sections[-1].blocks[-1]
        yield problem("page.too_long", line=_line(last.source), language=language)


def _metric_problems(
    document: Document, index: int, section: Section, language: Language
) -> Iterator[Problem]:
    """Items among the metrics in which no figure was found."""
    read_in = {metric.place.path for metric in document.metrics if metric.place.section == index}
    for path, block in walk(section.blocks):
        if block.kind == "item" and not block.blocks and path not in read_in and _has_rate(block):
            yield problem(
                "metrics.none", line=_line(block.source), language=language, text=_shortened(block.text)
            )


def _incident_problems(document: Document, language: Language) -> Iterator[Problem]:
    week = document.week
    for incident in document.incidents:
        line = _line(incident.source)
        if incident.started_at is None:
            if week is not None:
                yield problem(
                    "incident.no_time", line=line, language=language, text=_shortened(incident.symptom)
                )
        elif (
            week is not None
            and not week.start.isoformat() <= incident.started_at[:10] <= week.end.isoformat()
        ):
            yield problem(
                "incident.outside_week",
                line=line,
                language=language,
                started=incident.started_at.replace("T", " "),
                start=week.start.isoformat(),
                end=week.end.isoformat(),
            )


def _fact_problems(document: Document, fact: Fact, language: Language) -> Iterator[Problem]:
    line = _line(fact.source)
    if isinstance(fact, PartsTotalFact) and not fact.sum_ok:
        text, total = _shortened(fact.literal), fact.total
        yield problem(
            "fact.sum", line=line, language=language, text=text, total=total, sum=sum(fact.parts.values())
        )
    if isinstance(fact, DateFact) and not fact.certain:
        yield problem("fact.uncertain", line=line, language=language, literal=fact.literal, value=fact.iso)


def _has_rate(block: Block) -> bool:
    return "%" in block.text or "％" in block.text


def _line(source: Source | None) -> int:
    return 0 if source is None else source.line


def _shortened(text: str) -> str:
    line = text.split("\n", 1)[0]
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"
