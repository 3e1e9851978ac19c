"""Which week a page is about, and where its year comes from."""

from __future__ import annotations

import pytest

from app.document.reader import read
from app.document.schema import Week


def week(page: str) -> Week | None:
    return read(page).document.week


def said(page: str) -> tuple[int, int, str, str] | None:
    found = week(page)
    return found and (found.year, found.number, found.start.isoformat(), found.year_from)


def keys(page: str) -> list[str]:
    return [problem.key for problem in read(page).problems]


class TestLabels:
    @pytest.mark.parametrize(
        ("title", "label"),
        [
            ("第23周 2025-06-06", "第23周"),
            ("第 23 周（2025年6月6日）", "第 23 周"),
            ("2025年第23周", "2025年第23周"),
            ("支付中心周报 2025-W23", "2025-W23"),
            ("2025W23", "2025W23"),
            ("Week 23, 2025", "Week 23, 2025"),
            ("2025 week 23", "2025 week 23"),
            ("第二十三周 2025/6/6", "第二十三周"),
            ("第２３周 ２０２５-０６-０６", "第２３周"),
        ],
    )
    def test_are_kept_as_written(self, title: str, label: str) -> None:
        found = week(f"# {title}\n")
        assert found is not None
        assert (found.label, found.year, found.number) == (label, 2025, 23)

    def test_a_date_alone_names_its_week(self) -> None:
        assert said("# Weekly report 2025-06-06\n") == (2025, 23, "2025-06-02", "title_date")
        assert said("# 周报 June 6, 2025\n") == (2025, 23, "2025-06-02", "title_date")

    def test_a_day_of_the_week_is_no_label(self) -> None:
        assert week("# 第3周一例会\n") is None


class TestTheRule:
    def test_numbers_follow_the_teams_rule(self) -> None:
        page = "# 第30周 2023-07-21\n"
        assert said(page) == (2023, 30, "2023-07-17", "title_date")
        other = read(page, rule="iso").document.week
        assert other is not None
        assert other.start.isoformat() == "2023-07-24"

    def test_a_title_date_outside_the_week_is_a_problem(self) -> None:
        assert keys("# 第30周 2023-07-21\n") == []
        assert [problem.key for problem in read("# 第30周 2023-07-21\n", rule="iso").problems] == [
            "week.title_date"
        ]


class TestTheYear:
    def test_of_a_week_around_new_year_is_the_labels(self) -> None:
        assert said("# 第1周 2024-12-31\n") == (2025, 1, "2024-12-30", "title_date")
        assert said("# 第52周 2025-01-02\n") == (2024, 52, "2024-12-23", "title_date")

    def test_comes_from_the_creation_where_nothing_better_gives_it(self) -> None:
        assert said("# 第23周\n\nCreated: 2025年6月6日 21:06\n") == (2025, 23, "2025-06-02", "created")
        assert said("# 第23周\n\nCreated: June 6, 2025 2:59 PM\n") == (2025, 23, "2025-06-02", "created")

    def test_comes_from_the_second_title_or_a_property_that_names_the_week(self) -> None:
        assert said("# 第23周\n\n# 第23周 2025/06/06\n") == (2025, 23, "2025-06-02", "title_date")
        assert said("# 第23周\n\nCreated: 2026年1月5日\n日期: 2025-06-06\n") == (
            2025,
            23,
            "2025-06-02",
            "title_date",
        )
        assert said("# 周报\n\nWeek: 2025-W23\n") == (2025, 23, "2025-06-02", "label")

    def test_never_comes_from_the_day_of_an_edit_alone(self) -> None:
        assert week("# 周报\n\nLast edited: 2025-06-06\n") is None

    def test_a_page_was_made_in_its_week_or_later(self) -> None:
        assert said("# 第50周\n\nCreated: 2023年6月29日 21:06\n") == (2022, 50, "2022-12-05", "created")
        assert said("# 第1周\n\nCreated: 2024年12月30日\n") == (2025, 1, "2024-12-30", "created")

    def test_dates_of_the_text_are_better_than_a_migration(self) -> None:
        page = "# 第23周\n\nCreated: 2025年6月6日\n\n## 【其他】\n\n- 2024年6月4日上线\n- 2024-06-20验收\n"
        assert said(page) == (2024, 23, "2024-06-03", "content")

    def test_one_old_date_is_not(self) -> None:
        page = "# 第23周\n\nCreated: 2025年6月6日\n\n## 【其他】\n\n- 2024年6月4日签约\n"
        assert said(page) == (2025, 23, "2025-06-02", "created")

    def test_without_any_there_is_no_week(self) -> None:
        assert week("# 第23周\n") is None
        assert keys("# 第23周\n") == ["week.no_year"]

    def test_a_week_that_does_not_exist_is_a_problem(self) -> None:
        assert keys("# 第54周 2025-06-06\n") == ["week.no_such"]
        assert said("# 第54周 2025-06-06\n") == (2025, 23, "2025-06-02", "title_date")
        assert keys("# 2025-W60\n") == ["week.no_such"]


class TestWithoutAWeek:
    def test_values_that_need_none_are_read_all_the_same(self) -> None:
        reading = read(
            "# 周报\n\n## 【O1 服务】\n\n- 进度80%，6/7上线\n\n## 生产事件\n\n- 6/3 10:12 甲\n原因：乙\n"
        )
        assert [fact.kind for fact in reading.document.facts] == ["progress"]
        assert [(one.started_at, one.started_literal) for one in reading.document.incidents] == [
            (None, "6/3 10:12")
        ]
        assert [problem.key for problem in reading.problems] == ["week.unknown"]
