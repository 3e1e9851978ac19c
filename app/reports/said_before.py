"""Dates that were said in an earlier week and stand in this one as they were. Pure.

`下周二` in a line that was carried over and kept means the Tuesday that was meant, not that of next week.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.document.places import Path, block_at
from app.document.relative_dates import SaidBefore, dates_said_before, read_as_said
from app.document.schema import Document


def week_said(carried: Mapping[str, Any]) -> date:
    """The Monday of the week that said the words of a carried line first; `carried` is `Item.carried`."""
    return date.fromisoformat(carried.get("said") or carried["from"])


def read_as_last_said(
    document: Document,
    item_ids: Mapping[tuple[int, Path], int],
    said: Mapping[int, dict[str, Any]],
    monday: date,
) -> dict[int, list[SaidBefore]]:
    """Give dates in carried lines that nobody changed the days they were meant as; those dates by item."""
    found: dict[int, list[SaidBefore]] = {}
    for (index, path), item_id in item_ids.items() if said else ():
        known = said.get(item_id)
        if known is None or "goal" in known:
            continue
        block = block_at(document.sections[index].blocks, path)
        if block.text == known["text"]:
            week = week_said(known)
            dates = dates_said_before(block.text, week, monday)
            if dates:
                read_as_said(document, index, path, dates)
                found[item_id] = dates
    return found
