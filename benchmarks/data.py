"""A deterministic archive: teams × weeks of pages in the shapes people write, from a seed."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

from app import features
from app.accounts.models import Membership, SignInSession, Team, User
from app.accounts.sessions import hash_token
from app.db import Database
from app.document.reader import read
from app.document.weeks import week_of
from app.reports.models import SourcePage
from app.reports.publishing import store_page
from app.reports.starting import start_report

START = date(2016, 1, 4)
NOW = datetime(2026, 1, 1, 9, 0, tzinfo=UTC)
TOKEN = "benchmark-token"
PARTIES = ("青禾银行", "云杉银行", "蓝屿银行", "松石支付")
THINGS = ("账户核心", "对账平台", "商户门户", "清算引擎", "风控规则", "湖仓报表", "收银台", "资金调拨")
DOINGS = (
    "方案评审完成",
    "联调通过",
    "灰度观察无异常",
    "压测达标",
    "接口开发中",
    "验收问题修复中",
    "值守名单确认",
)
VERBS = ("上线", "提测", "投产", "完成切换", "交付")


def page_of(random_: random.Random, monday: date) -> str:
    """A page of about 3 kB: metrics, four workstreams, incidents, reflections, goals."""
    year, number = week_of(monday, "jan1-monday")
    lines = [f"# 第{number}周 {monday.isoformat()}", "", "## 【系统运行数据】", ""]
    for name in ("入金有效成功率", "出金有效成功率", "退款成功率"):
        lines.append(f"- {name}：99.{random_.randrange(900, 1000)}%")
    lines += [
        f"- 支付系统年度可用性：99.{random_.randrange(980, 1000)}%",
        f"- 事故数AB级0次，CD级{year % 2}次",
        "",
    ]
    for code, title in (("O1", "业务支撑"), ("O2", "平台升级"), ("O3", "稳定与安全"), ("O4", "降本提效")):
        lines += [f"## 【{code} {title}】", ""]
        for _ in range(7):
            lines.append(f"- {_item(random_, monday)}")
            for child in range(random_.randrange(0, 4)):
                lines.append(f"    {child + 1}. {_item(random_, monday)}")
        lines.append("")
    lines += ["## 【生产稳定性事件】", ""]
    for _ in range(random_.randrange(0, 4)):
        day = monday + timedelta(days=random_.randrange(0, 7))
        party = random_.choice(PARTIES)
        lines += [
            f"- {day.month}/{day.day} {random_.randrange(0, 24)}:{random_.randrange(10, 60)} "
            f"监控发现{party}代扣超时，涉及{random_.randrange(1, 900)}笔，{random_.randrange(1, 99999)}元",
            "",
            f"    原因：{party}网关升级期间连接被重置",
            "",
            "    处置：切换通道后恢复",
            "",
        ]
    lines += ["# 本周收获与反思", "", "暂无", "", "# 下周工作及目标", ""]
    lines += [f"{n}. {_item(random_, monday)}" for n in range(1, 6)]
    return "\n".join(lines) + "\n"


def _item(random_: random.Random, monday: date) -> str:
    day = monday + timedelta(days=random_.randrange(-3, 40))
    total = random_.randrange(20, 200)
    done = random_.randrange(0, total)
    return (
        f"{random_.choice(THINGS)}：{random_.choice(DOINGS)}，总数{total}个，已完成{done}个，"
        f"进度{done * 100 // total}%，预计{day.month}/{day.day}{random_.choice(VERBS)}"
    )


def fill(database: Database, *, teams: int, weeks: int, seed: int = 7) -> None:
    """Store teams × weeks of published reports and one draft a team, with one lead of them all."""
    features.join()
    random_ = random.Random(seed)
    with database.writing() as session:
        lead = User(name="bench", display_name="Bench", created_at=NOW, language="zh")
        session.add(lead)
        session.flush()
        now = datetime.now(UTC)
        session.add(
            SignInSession(
                token_hash=hash_token(TOKEN),
                user_id=lead.id,
                created_at=now,
                seen_at=now,
                expires_at=now + timedelta(days=30),
            )
        )
        for number in range(teams):
            team = Team(slug=f"team-{number}", name=f"团队 {number}", created_at=NOW)
            session.add(team)
            session.flush()
            session.add(Membership(user_id=lead.id, team_id=team.id, role="lead"))
            for week in range(weeks):
                text = page_of(random_, START + timedelta(weeks=week))
                page = SourcePage(
                    team_id=team.id,
                    name=f"{week}.md",
                    content=text.encode(),
                    sha256=f"{number:032d}{week:032d}",
                    reader_version="benchmark",
                    created_at=NOW,
                )
                store_page(
                    session, team=team, reading=read(text), page=page, by=lead, author_name="Bench", at=NOW
                )
                session.expunge(page)
            start_report(
                session,
                team_id=team.id,
                period_start=START + timedelta(weeks=weeks),
                rule="jan1-monday",
                language="zh",
                by=lead,
                at=NOW,
            )
