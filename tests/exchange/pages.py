"""Invented pages of some weeks, and a way to import them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TypeVar

from app.db import Database
from app.exchange import runs
from app.exchange.importing import Entry, OnConflict
from app.exchange.sources import Found, page_from
from tests.conftest import FRIDAY

T = TypeVar("T")
WEEK_23 = date(2025, 6, 2)


def page_of(monday: date = WEEK_23, *, rate: str = "99.972%", work: str = "对账引擎研发进度60%") -> str:
    number = monday.isocalendar().week
    return f"""# 第{number}周 {monday + timedelta(days=4)}

Created: {monday.year}年{monday.month}月{monday.day}日 17:05

## 【系统运行数据】

- 入金有效成功率：{rate}
- 事故数AB级0次，CD级1次

## 【O1 业务支撑】

- {work}，预计6/13灰度
    1. 云杉银行：已投产
- **账单：**完成，见[说明](说明%20页.md)

# 本周收获与反思

暂无

# 下周工作及目标

1. 切换演练
"""


def weeks_of_pages(count: int, first: date = WEEK_23) -> list[Found]:
    mondays = [first + timedelta(weeks=n) for n in range(count)]
    return [page_from(f"{monday}.md", page_of(monday).encode()) for monday in mondays]


def named(name: str, text: str) -> Found:
    return page_from(name, text.encode())


def unwatched(step: str, things: Iterable[T], total: int) -> Iterable[T]:
    return things


def import_found(
    database: Database,
    *found: Found,
    team: str | None = "payments",
    on_conflict: OnConflict = "skip",
    dry: bool = False,
) -> list[Entry]:
    options = runs.ImportOptions(team=team, on_conflict=on_conflict, language="en")
    if dry:
        return runs.dry_import(database, found, options, watch=unwatched)
    return runs.import_pages(database, found, options, at=FRIDAY, watch=unwatched)


def outcomes(entries: Iterable[Entry]) -> list[str]:
    """Each entry's outcome, or the key of the reason why it was skipped."""
    return [entry.reason.key.split(".")[-1] if entry.reason else entry.outcome for entry in entries]
