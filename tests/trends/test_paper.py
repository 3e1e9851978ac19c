"""The layout on paper: the roomiest one in which all of the page is on one sheet."""

from __future__ import annotations

import pytest

from app.trends.paper import layout_for


class TestTheLayout:
    @pytest.mark.parametrize(
        ("rows", "charts", "accidents", "layout"),
        [
            (1, 1, 0, "few"),
            (5, 5, 10, "few"),
            (8, 8, 13, "many"),
            (10, 10, 13, "many"),
            (20, 20, 16, "most"),
            (60, 60, 90, "most"),
        ],
    )
    def test_is_the_roomiest_that_fits(self, rows: int, charts: int, accidents: int, layout: str) -> None:
        assert layout_for(rows=rows, charts=[190.0] * charts, accidents=accidents) == layout

    def test_counts_the_highest_chart_of_those_abreast(self) -> None:
        low = [190.0] * 6
        assert layout_for(rows=6, charts=low, accidents=9) == "few"
        assert layout_for(rows=6, charts=[*low[:5], 320.0], accidents=9) == "many"

    def test_of_a_page_without_charts_is_the_roomiest(self) -> None:
        assert layout_for(rows=0, charts=[], accidents=3) == "few"
