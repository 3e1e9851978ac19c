"""The whole state of the page is in its address."""

from __future__ import annotations

from datetime import date

import pytest

from app.trends.asked import Asked


class TestWhatIsAsked:
    def test_leaves_out_what_is_usual(self) -> None:
        assert Asked().query() == ""
        assert Asked(weeks="26", until=date(2025, 6, 15)).query() == "?weeks=26&until=2025-06-15"

    def test_changes_one_thing_and_keeps_the_rest(self) -> None:
        asked = Asked(unit="ppm", as_of=date(2025, 6, 15))
        assert asked.query(weeks="all") == "?weeks=all&unit=ppm&as_of=2025-06-15"
        assert asked.query(as_of=None) == "?unit=ppm"

    def test_compares_two_periods_once_all_four_days_are_there(self) -> None:
        days = (date(2025, 1, 6), date(2025, 3, 30), date(2025, 3, 31), date(2025, 6, 15))
        names = ("from_a", "to_a", "from_b", "to_b")
        both = Asked(**dict(zip(names, days, strict=True))).compared
        assert both is not None
        assert [period.last for period in both] == [days[1], days[3]]
        assert Asked(from_a=days[0], to_a=days[1]).compared is None

    @pytest.mark.parametrize("wrong", ["a", "b"])
    def test_compares_no_period_that_ends_before_it_begins(self, wrong: str) -> None:
        days = {"from_a": date(2025, 1, 6), "to_a": date(2025, 3, 30)}
        days |= {"from_b": date(2025, 3, 31), "to_b": date(2025, 6, 15)}
        days[f"to_{wrong}"] = date(2024, 1, 1)
        assert Asked(**days).compared is None
