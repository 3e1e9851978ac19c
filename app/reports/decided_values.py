"""What people decided on recognised values, put into a document. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pydantic import TypeAdapter

from app.document.places import Path
from app.document.schema import Document
from app.document.schema import Fact as DocumentFact
from app.reports.models import Fact

ANY_FACT: TypeAdapter[DocumentFact] = TypeAdapter(DocumentFact)


def apply_decisions(
    decided: Iterable[Fact], document: Document, item_ids: Mapping[tuple[int, Path], int]
) -> None:
    """Put corrected and confirmed facts in the place of the recognised ones, and leave dismissed ones out."""
    said: dict[tuple[int | None, str], list[Fact]] = {}
    for one in decided:
        said.setdefault((one.item_id, one.kind), []).append(one)
    places = {item_id: place for place, item_id in item_ids.items()}
    kept: list[DocumentFact] = []
    for fact in document.facts:
        item_id = item_ids[fact.place.section, fact.place.path]
        decision = _decision_on(fact, said.get((item_id, fact.kind), []))
        if decision is None:
            kept.append(fact)
        elif decision.decision != "dismissed":
            update_with = decision.value if decision.decision == "corrected" else {}
            kept.append(type(fact).model_validate({**fact.model_dump(), **update_with, "certain": True}))
    for decision in (
        one for left in said.values() for one in left
    ):  # what people added, or what is no longer recognised
        if decision.decision == "corrected" and decision.item_id in places:
            section, path = places[decision.item_id]
            place = {"section": section, "path": path, "start": decision.start, "end": decision.end}
            kept.append(
                ANY_FACT.validate_python(
                    {**decision.value, "kind": decision.kind, "literal": decision.literal, "place": place}
                )
            )
    kept.sort(key=lambda fact: (fact.place.section, fact.place.path, fact.place.start))
    document.facts = kept


def _decision_on(fact: DocumentFact, said: list[Fact]) -> Fact | None:
    """The decision on these words, taken out of `said`: recognition may read a word more or less of them."""
    start, end = fact.place.start, fact.place.end
    exact = (one for one in said if one.start == start)
    touching = (one for one in said if one.start < end and start < one.end)
    found = next(exact, None) or next(touching, None)
    if found is not None:
        said.remove(found)
    return found
