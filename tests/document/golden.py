"""The readings of the golden pages, as text a person can check line by line.

`python -m tests.document.golden` writes them anew; look at each changed line before you keep it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.document.listing import as_json
from app.document.reader import read
from app.document.schema import PageReading

PAGES = Path(__file__).parent / "pages"


def page_names() -> list[str]:
    return sorted(path.stem for path in PAGES.glob("*.md"))


def page_text(name: str) -> str:
    return (PAGES / f"{name}.md").read_bytes().decode("utf-8")


def expected(name: str) -> str:
    return (PAGES / f"{name}.reading.txt").read_text(encoding="utf-8")


def summary(reading: PageReading) -> str:
    """The reading without offsets: the week, the sections with their blocks, then every value."""
    return "".join(f"{line}\n" for line in _lines(as_json(reading), reading))


def _lines(got: dict[str, Any], reading: PageReading) -> Iterator[str]:
    yield f"title: {got['title']}"
    if reading.document.second_title:
        yield f"again: {reading.document.second_title}"
    week = got["week"]
    if week:
        named = f"{week['label']}, by {week['year_from']}"
        yield f"week: {week['year']} {week['number']}, {week['start']}..{week['end']} ({named})"
    for item in got["properties"]:
        yield f"property: {item['key']} = {item['value']}"
    for index, section in enumerate(got["sections"]):
        below = "" if section["parent"] is None else f" below {section['parent']}"
        yield ""
        named = f"{section['kind']} {section['code'] or '-'} {section['title'] or '-'}"
        yield f"{index} {named} (level {section['level']}{below})"
        yield from _contents(section, "    ")
    yield ""
    for metric in got["metrics"]:
        figure = f"{metric['value']} {metric['unit']} ({metric['decimals']})"
        yield f"metric: {metric['group'] or '-'} / {metric['name']} = {figure}"
    for grade, count in got["incident_counts"].items():
        yield f"count: {grade} {count}"
    for incident in got["incidents"]:
        yield f"incident: {incident['started_at']} .. {incident['recovered_at']}"
        for key in ("started_literal", "symptom", "impact", "cause", "handling", "grade", "parties"):
            if incident[key]:
                yield f"    {key}: {_one_line(incident[key])}"
        for amount in incident["amounts"]:
            yield f"    amount: {amount['value']} {amount['currency']} x{amount['count']}"
    for goal in got["goals"]:
        yield f"goal: {_one_line(goal['text'])}"
    yield f"reflections: {'none' if got['reflections']['empty'] else _one_line(got['reflections']['text'])}"
    for fact in got["facts"]:
        known = ("kind", "literal", "start", "end", "section", "certain")
        values = ", ".join(
            f"{key} {value}" for key, value in fact.items() if key not in known and value is not None
        )
        sure = "" if fact["certain"] else " ?"
        yield f"{fact['kind']}: {fact['section']} {_one_line(fact['literal'])} = {values}{sure}"
    for link in got["links"]:
        yield f"link: {link['kind']} [{link['text']}] {link['href']}"
    for problem in got["problems"]:
        yield f"problem: line {problem['line']} {problem['severity']} {problem['key']}"


def _contents(part: dict[str, Any], indent: str) -> Iterator[str]:
    for paragraph in part["paragraphs"]:
        yield f"{indent}¶ {_one_line(paragraph)}"
    for item in part["items"]:
        yield f"{indent}- {_one_line(item['text'])}"
        yield from _contents(item, indent + "    ")


def _one_line(value: Any) -> str:
    text = ", ".join(value) if isinstance(value, list) else str(value)
    return text.replace("\n", " ⏎ ").replace("\u00a0", "⍽").replace("\u3000", "▯")


if __name__ == "__main__":
    for name in page_names():
        (PAGES / f"{name}.reading.txt").write_text(summary(read(page_text(name))), encoding="utf-8")
