"""An invented week that the tests of writing begin from, and how to store it."""

from __future__ import annotations

from datetime import date, datetime

from app import features
from app.accounts.models import Team, User
from app.db import Database
from app.document.reader import read
from app.reports.models import Report, SourcePage
from app.reports.publishing import store_page
from tests.states import known_step

MONDAY = date(2025, 6, 2)
PAGE = """# 第23周 2025-06-06

Created: 2025年6月6日 17:05

## 【系统运行数据】

成功率：

- 入金有效成功率：99.972%
- 出金有效成功率：99.985% ，一次支付成功率：97.14%

可用性：

- 支付系统年度可用性：99.990%
- 事故数AB级0次，CD级1次

## 【O1 业务支撑】

- 分期付能力：两家银行完成联调，进度60%，预计6/13灰度
    1. 云杉银行：已投产
    2. 青禾银行：签约接口待修复
- 商户对账单自助下载：PC 端提测

## 【O2 平台升级】

- 报表迁移：总数148个，已完成开发120个，占比81%

## 【生产稳定性事件】

- 6/4 14:12 监控发现青禾银行代扣受理超时

    原因：对方网关扩容期间连接被重置

    处置：14:26 切换通道，14:41 恢复

- 6/5 08:05 资金部反馈日报生成延迟

    处置：调整队列权重，09:10 全部生成完毕

# 本周收获与反思

暂无

# 下周工作及目标

1. 账户核心切换演练
2. 个人信息保护年检材料定稿
"""


def store_week(database: Database, team: Team, lead: User, at: datetime, text: str = PAGE) -> int:
    """Store the page as the team's published week; the report's id."""
    features.join()
    step = ("week", team.id, lead.id, lead.display_name, at, text)
    return known_step(database, step, lambda: _store_week(database, team, lead, at, text))


def _store_week(database: Database, team: Team, lead: User, at: datetime, text: str) -> int:
    with database.writing() as session:
        report = store_page(
            session,
            team=session.get_one(Team, team.id),
            reading=read(text),
            page=SourcePage(
                team_id=team.id,
                name="week.md",
                content=text.encode(),
                sha256="0" * 64,
                reader_version="test",
                created_at=at,
            ),
            by=session.get_one(User, lead.id),
            author_name=lead.display_name,
            at=at,
        )
        return report.id


def report_of(database: Database, report_id: int) -> Report:
    with database.reading() as session:
        return session.get_one(Report, report_id)
