"""The facts a careful reader takes out of a block: the golden table `phrases/facts.tsv` says which."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from app.document.phrases import FoundFact, as_fact, find_facts

TABLE = Path(__file__).parent / "phrases" / "facts.tsv"


def cases() -> Iterator[tuple[date, str, str]]:
    monday = date.min
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("@"):
            monday = date.fromisoformat(line[1:])
        elif line and not line.startswith("#"):
            text, wanted = line.split("\t")
            yield monday, text.replace("\\n", "\n"), wanted


def shown(text: str, fact: FoundFact, *, like: str = "") -> str:
    """The fact in the table's words; where `like` has `*` for its role, so has this."""
    values = fact.values
    match fact.kind:
        case "progress":
            value = format(values["value"].normalize(), "f")
        case "date":
            role = "*" if like.endswith(" *") else values["role"]
            value = " ".join(part for part in (values["iso"], values["status"], role) if part)
        case "done_total":
            value = f"{values['done']}/{values['total']}"
        case "parts_total":
            parts = ",".join(f"{name} {number}" for name, number in values["parts"].items())
            value = f"{values['total']}{{{parts}}}{'' if values['sum_ok'] else '!'}"
        case "amount":
            value = f"{values['value']} {values['currency'] or '-'} {values['count'] or '-'}"
    literal = text[fact.start : fact.end].replace("\n", "\\n")
    return f"{fact.kind}{'' if fact.certain else '?'}:{literal}={value}"


@pytest.mark.parametrize(("monday", "text", "wanted"), list(cases()), ids=lambda value: str(value)[:40])
def test_a_block_is_read_as_a_careful_reader_reads_it(monday: date, text: str, wanted: str) -> None:
    facts = find_facts(text, monday)
    parts = [] if wanted == "-" else wanted.split(" ; ")
    likes = [*parts, *[""] * len(facts)]
    assert [shown(text, fact, like=like) for fact, like in zip(facts, likes, strict=False)] == parts
