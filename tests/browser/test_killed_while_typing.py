"""The browser, the network or the server is killed while somebody types: at most a second of typing is lost,
and "saved" was never said of what the server did not have. `python -m benchmarks.typing` does it 200 times.

Guards: `Vault.keep` within SOON, and "saved" only after the server named the save (`ofChange` in sending.js).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from benchmarks.data import page_of
from benchmarks.typing import KINDS, MAY_BE_LOST, MONDAY, Came, Week, one_round
from tests.serving import free_port


@pytest.fixture
def week(tmp_path: Path) -> Iterator[Week]:
    week = Week(tmp_path, free_port())
    week.make(page_of(random.Random(7), MONDAY))
    try:
        week.start()
        yield week
    finally:
        week.kill()


@pytest.mark.parametrize("kind", KINDS)
def test_at_most_a_second_of_typing_is_lost_and_nothing_is_said_to_be_saved_that_is_not(
    playwright: Playwright, week: Week, tmp_path: Path, kind: str
) -> None:
    came = Came()
    for seed in range(2):
        one_round(playwright, week, tmp_path / "profile", random.Random(seed), came, kind=kind)
    assert came.false == []
    assert max(came.lost) <= MAY_BE_LOST
