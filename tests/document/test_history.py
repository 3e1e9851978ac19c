"""What earlier weeks said of an undertaking: since when in these words, and which day it promised first."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from app.document.history import History, histories, told
from app.document.reader import read
from app.document.schema import Document
from app.paths import SEEDS

MONDAY = date(2025, 6, 16)


def weeks(*lines: str) -> list[tuple[date, Document]]:
    """A week for each line, the newest first."""
    found = []
    for back, line in enumerate(lines):
        monday = MONDAY - timedelta(weeks=back)
        page = f"# {monday.isoformat()}\n\n## 【O1 业务】\n\n- {line}\n- 另一件事\n"
        found.append((monday, read(page, rule="iso").document))
    return found


def history(*lines: str) -> tuple[History, Document]:
    known = weeks(*lines)
    return histories(known)[0, (0,)], known[0][1]


def promise(*lines: str) -> tuple[str | None, str, int]:
    """First day, newest day and how often it moved."""
    found, document = history(*lines)
    (date_said,) = told(document, [(0, (0,))])[0, (0,)].dates
    one = found.of(date_said)
    return one.first, one.iso, one.moved


class TestAPromise:
    def test_that_moved_keeps_its_first_day(self) -> None:
        assert promise(
            "分期付能力：预计6/27灰度", "分期付能力：预计6/20灰度", "分期付能力：预计6/13灰度"
        ) == ("2025-06-13", "2025-06-27", 2)

    def test_that_stood_for_weeks_moved_once(self) -> None:
        assert promise(
            "分期付能力：预计6/27灰度",
            "分期付能力：进度60%，预计6/20灰度",
            "分期付能力：预计6/20灰度",
        ) == ("2025-06-20", "2025-06-27", 1)

    def test_that_was_not_named_for_a_week_is_not_forgotten(self) -> None:
        first, _, moved = promise(
            "分期付能力：预计6/27灰度", "分期付能力：联调中", "分期付能力：预计6/13灰度"
        )
        assert (first, moved) == ("2025-06-13", 1)

    def test_that_never_moved_has_no_first_day(self) -> None:
        assert promise("分期付能力：预计6/27灰度", "分期付能力：预计6/27灰度") == (None, "2025-06-27", 0)

    def test_for_something_else_is_another_one(self) -> None:
        assert promise("分期付能力：预计6/27全量", "分期付能力：预计6/13灰度")[0] is None

    def test_of_another_undertaking_is_not_its(self) -> None:
        assert promise("分期付能力：预计6/27灰度", "退款专项：预计6/13灰度")[0] is None


class TestTheWords:
    def test_are_as_old_as_the_first_week_that_had_them_without_a_break(self) -> None:
        same = "分期付能力：下周二上线"
        assert history(same, same, same)[0].since == MONDAY - timedelta(weeks=2)
        assert history(same, "分期付能力：周三上线", same)[0].since == MONDAY
        assert history(same)[0].since == MONDAY


def test_the_sample_weeks_tell_that_a_launch_moved_from_its_first_day() -> None:
    pages = [Path(path).read_text() for path in sorted((SEEDS / "payments").glob("*.md"))]
    known = sorted(
        ((one.week.start, one) for one in (read(page).document for page in pages) if one.week),
        key=lambda pair: pair[0],
        reverse=True,
    )
    until = [pair for pair in known if pair[0] <= date(2025, 6, 23)]
    if not until:
        pytest.fail("the sample weeks begin later")
    document, found = until[0][1], histories(until)
    parking = next(spot for spot, line in told(document, found).items() if line.text.startswith("停车无感"))
    (one,) = told(document, [parking])[parking].dates
    moved = found[parking].of(one)
    assert (moved.first, moved.iso, moved.moved) == ("2025-06-07", "2025-07-08", 3)
