"""Which week it is, by both rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.document.weeks import monday_of, period_of, week_of, weeks_in_year, which_week

YEARS = range(2019, 2033)


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=count) for count in range((date(year + 1, 1, 1) - first).days)]


class TestIsoWeeks:
    @pytest.mark.parametrize("year", YEARS)
    def test_every_day_has_the_week_of_the_iso_calendar(self, year: int) -> None:
        for day in days_of(year):
            assert week_of(day, "iso") == day.isocalendar()[:2]

    @pytest.mark.parametrize("year", YEARS)
    def test_a_year_has_as_many_weeks_as_28_december_says(self, year: int) -> None:
        assert weeks_in_year(year, "iso") == date(year, 12, 28).isocalendar().week

    @pytest.mark.parametrize("year", YEARS)
    def test_a_week_begins_on_the_monday_of_the_iso_calendar(self, year: int) -> None:
        for number in range(1, weeks_in_year(year, "iso") + 1):
            monday = date.fromisocalendar(year, number, 1)
            assert period_of(year, number, "iso") == (monday, monday + timedelta(days=6))

    def test_31_december_2026_is_in_week_53(self) -> None:
        assert week_of(date(2026, 12, 31), "iso") == (2026, 53)


class TestJan1MondayWeeks:
    @pytest.mark.parametrize("year", YEARS)
    def test_week_1_holds_1_january(self, year: int) -> None:
        monday, sunday = period_of(year, 1, "jan1-monday")
        assert monday <= date(year, 1, 1) <= sunday
        assert monday.isoweekday() == 1

    @pytest.mark.parametrize("year", [2024, 2025, 2026])
    def test_it_equals_iso_in_2024_to_2026(self, year: int) -> None:
        for day in days_of(year):
            iso_year, iso_week, _ = day.isocalendar()
            if iso_year == year and week_of(day, "jan1-monday")[0] == year:
                assert week_of(day, "jan1-monday") == (iso_year, iso_week)

    @pytest.mark.parametrize("year", [2021, 2022, 2023, 2027, 2028])
    def test_it_is_iso_and_one_in_2021_to_2023_and_2027_to_2028(self, year: int) -> None:
        for day in days_of(year)[7:-7]:
            iso_year, iso_week, _ = day.isocalendar()
            if iso_year == year:
                assert week_of(day, "jan1-monday") == (year, iso_week + 1)

    @pytest.mark.parametrize(
        ("day", "year", "number"),
        [
            ("2019-01-01", 2019, 1),
            ("2019-12-29", 2019, 52),
            ("2019-12-30", 2020, 1),
            ("2020-12-27", 2020, 52),
            ("2020-12-28", 2021, 1),
            ("2021-01-03", 2021, 1),
            ("2021-01-04", 2021, 2),
            ("2022-01-01", 2022, 1),
            ("2022-01-03", 2022, 2),
            ("2022-12-25", 2022, 52),
            ("2022-12-26", 2023, 1),
            ("2023-01-01", 2023, 1),
            ("2023-01-02", 2023, 2),
            ("2023-07-16", 2023, 29),
            ("2023-07-17", 2023, 30),
            ("2023-12-31", 2023, 53),
            ("2024-01-01", 2024, 1),
            ("2024-12-29", 2024, 52),
            ("2024-12-30", 2025, 1),
            ("2025-12-28", 2025, 52),
            ("2025-12-29", 2026, 1),
            ("2026-12-27", 2026, 52),
            ("2026-12-28", 2027, 1),
            ("2027-01-04", 2027, 2),
            ("2027-12-26", 2027, 52),
            ("2027-12-27", 2028, 1),
            ("2028-01-03", 2028, 2),
            ("2028-12-31", 2028, 53),
            ("2029-01-01", 2029, 1),
        ],
    )
    def test_days_worked_out_by_hand(self, day: str, year: int, number: int) -> None:
        assert week_of(date.fromisoformat(day), "jan1-monday") == (year, number)

    @pytest.mark.parametrize("year", YEARS)
    def test_a_year_has_53_weeks_when_it_ends_on_a_sunday_or_is_a_leap_year_begun_on_one(
        self, year: int
    ) -> None:
        is_long = date(year, 12, 31).isoweekday() == 7 or (
            date(year, 12, 31).isoweekday() == 1 and date(year, 1, 1).isoweekday() == 7
        )
        assert weeks_in_year(year, "jan1-monday") == (53 if is_long else 52)


class TestBothRules:
    @given(day=st.dates(date(1000, 1, 1), date(9000, 1, 1)), rule=st.sampled_from(["jan1-monday", "iso"]))
    def test_a_day_lies_in_the_period_of_its_week(self, day: date, rule: str) -> None:
        monday, sunday = period_of(*week_of(day, rule), rule)  # type: ignore[arg-type]  # drawn from both rules
        assert monday <= day <= sunday
        assert monday == monday_of(day)

    @pytest.mark.parametrize(
        ("year", "number", "rule"),
        [
            (2025, 0, "iso"),
            (2025, -1, "iso"),
            (2025, 53, "iso"),
            (2026, 54, "iso"),
            (2026, 53, "jan1-monday"),
            (2023, 54, "jan1-monday"),
            (0, 1, "iso"),
            (10_000, 1, "iso"),
        ],
    )
    def test_a_week_that_does_not_exist_is_an_error(self, year: int, number: int, rule: str) -> None:
        with pytest.raises(ValueError, match=r"week|year"):
            period_of(year, number, rule)  # type: ignore[arg-type]  # a rule as text

    def test_an_unknown_rule_is_an_error(self) -> None:
        with pytest.raises(ValueError, match="rule"):
            week_of(date(2025, 6, 9), "us-sunday")  # type: ignore[arg-type]  # that is the point


class TestWhichWeek:
    def test_sunday_evening_in_utc_is_monday_in_shanghai(self) -> None:
        instant = datetime(2025, 6, 15, 17, 0, tzinfo=UTC)
        assert which_week(instant, "Asia/Shanghai", "iso") == (date(2025, 6, 16), date(2025, 6, 22))
        assert which_week(instant, "UTC", "iso") == (date(2025, 6, 9), date(2025, 6, 15))

    def test_monday_morning_in_shanghai_is_sunday_in_new_york(self) -> None:
        instant = datetime(2025, 6, 16, 1, 0, tzinfo=timezone(timedelta(hours=8)))
        assert which_week(instant, "America/New_York", "jan1-monday")[0] == date(2025, 6, 9)

    def test_the_period_does_not_depend_on_the_rule(self) -> None:
        instant = datetime(2026, 12, 31, 12, 0, tzinfo=UTC)
        assert which_week(instant, "UTC", "iso") == which_week(instant, "UTC", "jan1-monday")

    def test_an_instant_without_a_zone_is_an_error(self) -> None:
        with pytest.raises(ValueError, match="time zone"):
            which_week(datetime(2025, 6, 15, 17, 0), "UTC", "iso")  # noqa: DTZ001 - that is the point

    def test_an_unknown_zone_is_an_error(self) -> None:
        with pytest.raises(ZoneInfoNotFoundError):
            which_week(datetime(2025, 6, 15, tzinfo=UTC), "Mars/Olympus", "iso")
