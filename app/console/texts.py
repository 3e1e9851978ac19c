"""What the command line says, in English and Chinese; the terminal's LANG chooses.

A plain table, since `weekline --help` and `weekline read` must not wait for the catalogues to load.
Refusals have their words in `app/locales`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Literal

Language = Literal["zh", "en"]

TEXTS: dict[str, tuple[str, str]] = {
    # help
    "help": (
        "Weekly engineering status reports: written as pages, kept as records.",
        "团队周报：像页面一样书写，像数据一样保存。",
    ),
    "help.version": ("Show the version and end.", "显示版本后退出。"),
    "help.serve": ("Run the server.", "启动服务。"),
    "help.host": ("Address to listen on.", "监听地址。"),
    "help.port": ("Port to listen on.", "监听端口。"),
    "help.workers": ("Server processes; several need PostgreSQL.", "服务进程数；多个进程需要 PostgreSQL。"),
    "help.sample": (
        "Load the sample weeks into an empty database and print sign-in links.",
        "数据库为空时载入示例周报，并打印登录链接。",
    ),
    "help.migrate": ("Bring the database to this version's schema.", "把数据库升级到本版本的结构。"),
    "help.read": (
        "Read one page and show what was recognised; stores nothing.",
        "读取一个页面并显示识别结果；不保存任何内容。",
    ),
    "help.page": ("A page, or - for standard input.", "一个页面文件；- 表示标准输入。"),
    "help.json": ("Print the whole reading as JSON.", "以 JSON 输出完整的识别结果。"),
    "help.rule": ("Which week is number 1.", "第 1 周的算法。"),
    "help.import": (
        "Import pages: .md files, folders, Notion zip exports, or - for standard input.",
        "导入页面：.md 文件、文件夹、Notion 导出的 zip，或 -（标准输入）。",
    ),
    "help.paths": ("Files, folders, zips, or -.", "文件、文件夹、zip，或 -。"),
    "help.import.team": ("The team's short name.", "团队的短名。"),
    "help.dry_run": ("Say what would happen and store nothing.", "只说明会发生什么，不保存。"),
    "help.on_conflict": (
        "A changed page of a week that people edited since: skip it, or make a new revision of it.",
        "页面有改动而该周已有人编辑过时：跳过，或作为新的修订版本替换。",
    ),
    "help.export": ("Export weeks as Markdown pages or JSON.", "把周报导出为 Markdown 页面或 JSON。"),
    "help.week": ("One week: 2025-W23, or a day in it.", "某一周：2025-W23，或其中的一天。"),
    "help.from": ("First day, as 2025-06-02.", "起始日期，如 2025-06-02。"),
    "help.to": ("Last day, as 2025-06-29.", "结束日期，如 2025-06-29。"),
    "help.all": ("Every week.", "全部周报。"),
    "help.format": ("Form of the pages.", "导出格式。"),
    "help.output": ("Folder to write pages to.", "写入页面的文件夹。"),
    "help.drafts": ("Drafts and unpublished changes too.", "也包括草稿和未发布的修改。"),
    "help.seed": ("Load the sample weeks.", "载入示例周报。"),
    "help.links": ("Print one-time sign-in links for the sample people.", "打印示例人员的一次性登录链接。"),
    "help.health": ("Ask the running server whether it is well.", "询问运行中的服务是否正常。"),
    "help.backup": (
        "Write everything to one file; the server may run.",
        "把全部数据备份为一个文件；服务可以不停。",
    ),
    "help.backup.file": ("The backup file.", "备份文件。"),
    "help.restore": ("Make the database what a backup holds.", "用备份恢复数据库。"),
    "help.force": ("Replace a database that holds something.", "即使数据库里已有数据也替换。"),
    "help.user": (
        "People: add, list, password, link, grant, deactivate.",
        "人员：新增、列出、密码、链接、授权、停用。",
    ),
    "help.user.add": (
        "Add a person; prints a one-time sign-in link unless a password is given.",
        "新增人员；未给密码时打印一次性登录链接。",
    ),
    "help.user.password": ("Set a person's password.", "设置人员的密码。"),
    "help.user.link": ("Make a one-time sign-in link.", "生成一次性登录链接。"),
    "help.user.grant": ("Give a role on a team, or take it back.", "授予或收回团队中的角色。"),
    "help.user.deactivate": ("Let a person sign in no more.", "停用人员，不能再登录。"),
    "help.user.list": ("List people and their roles.", "列出人员和角色。"),
    "help.name": ("Name to sign in with.", "登录名。"),
    "help.display_name": ("Name as shown.", "显示的姓名。"),
    "help.administrator": ("May administer everything.", "管理员。"),
    "help.user.team": ("A team to give a role on.", "授予角色的团队。"),
    "help.user.language": ("Language of the pages shown to them.", "界面语言。"),
    "help.role": ("The role.", "角色。"),
    "help.revoke": ("Take the role back instead.", "改为收回该角色。"),
    "help.password_stdin": ("Read the password from standard input.", "从标准输入读取密码。"),
    "help.team": ("Teams: add, list.", "团队：新增、列出。"),
    "help.team.add": ("Add a team.", "新增团队。"),
    "help.team.list": ("List teams.", "列出团队。"),
    "help.slug": ("Short name for addresses: a-z, 0-9 and -.", "用于网址的短名：a-z、0-9 和 -。"),
    "help.team.name": ("Name of the team.", "团队名称。"),
    "help.parent": ("The department it belongs to.", "所属部门的短名。"),
    "help.language": ("Language of its pages.", "页面语言。"),
    "help.time_zone": ("Time zone, as Asia/Shanghai.", "时区，如 Asia/Shanghai。"),
    # serving
    "serving": ("Weekline runs at {url}", "Weekline 已启动：{url}"),
    "port_taken": (
        "port {port} on {host} is taken; stop the other program or choose another with --port",
        "{host} 的端口 {port} 已被占用；请停止占用它的程序，或用 --port 换一个端口",
    ),
    "cannot_listen": (
        "cannot listen on {host} port {port}: {why}; choose another with --host and --port",
        "无法监听 {host} 端口 {port}：{why}；请用 --host 和 --port 换一个",
    ),
    "one_worker": (
        "SQLite works with one worker; set --workers 1, or use PostgreSQL (WEEKLINE_DATABASE_URL)",
        "SQLite 只能用一个进程；请设 --workers 1，或改用 PostgreSQL（WEEKLINE_DATABASE_URL）",
    ),
    "migrated": ("the database was brought to schema {schema}", "数据库已升级到结构 {schema}"),
    "migrated.already": ("the database has schema {schema} already", "数据库结构已是 {schema}"),
    "healthy": ("the server is well", "服务正常"),
    "unhealthy": ("the server at {url} is not well: {why}", "{url} 的服务不正常：{why}"),
    # reading
    "read.one": (
        "{path} holds {count} pages; name one of them, or import it",
        "{path} 中有 {count} 个页面；请指定其中一个，或用 import 导入",
    ),
    "read.no_page": ("{path} holds no page", "{path} 中没有页面"),
    "read.untitled": ("(no title)", "（无标题）"),
    "read.week": ("week", "周次"),
    "read.week.none": ("not found on the page", "页面上没有找到"),
    "read.sections": ("sections", "栏目"),
    "read.items": ("items", "工作项"),
    "read.metrics": ("metrics", "指标"),
    "read.incidents": ("events", "生产事件"),
    "read.goals": ("goals", "下周目标"),
    "read.facts": ("facts", "数据点"),
    "read.links": ("links", "链接"),
    "read.problems": ("problems", "问题"),
    "info": ("note", "提示"),
    "warning": ("warning", "警告"),
    "error": ("error", "错误"),
    # importing and exporting
    "reading": ("reading pages", "读取页面"),
    "storing": ("storing", "保存"),
    "writing": ("writing pages", "写出页面"),
    "import.counts": (
        "pages found {found}, reports made {made}, updated {updated}, unchanged {unchanged}, "
        "skipped {skipped}",
        "找到页面 {found}，新建周报 {made}，更新 {updated}，未变 {unchanged}，跳过 {skipped}",
    ),
    "import.dry_run": ("dry run, nothing was stored: ", "试运行，未保存任何内容："),
    "import.nothing": (
        "no page found: name .md files, a folder, or a Notion export made with “Markdown & CSV”",
        "没有找到页面：请指定 .md 文件、文件夹，或以“Markdown 和 CSV”格式导出的 Notion zip",
    ),
    "import.skipped": ("skipped: {reason}", "已跳过：{reason}"),
    "made": ("new report", "新建"),
    "updated": ("new revision", "更新"),
    "unchanged": ("unchanged", "未变"),
    "export.counts": ("{count} pages written to {folder}", "已写出 {count} 个页面到 {folder}"),
    "export.nothing": ("there is no week to export", "没有可导出的周报"),
    "export.which": (
        "say which weeks: one (2025-W23), --from and --to, or --all",
        "请指明要导出的周：某一周（2025-W23）、--from 和 --to，或 --all",
    ),
    "export.output_needed": (
        "{count} weeks need a folder: add --output DIR",
        "共 {count} 周，需要一个文件夹：请加 --output DIR",
    ),
    "seed.team": ("{team}: {counts}", "{team}：{counts}"),
    "seed.loopback": (
        "sign-in links are printed only where the server listens on this machine alone "
        "(WEEKLINE_HOST {host})",
        "只有服务仅监听本机时才打印登录链接（WEEKLINE_HOST 为 {host}）",
    ),
    "link": ("{role} {name}: {url}", "{role} {name}：{url}"),
    "lead": ("lead", "负责人"),
    "manager": ("manager", "管理者"),
    "executive": ("executive", "高管"),
    "administrator": ("administrator", "管理员"),
    # backup
    "backup.done": ("backed up to {file} ({size})", "已备份到 {file}（{size}）"),
    "restore.done": ("restored from {file}", "已从 {file} 恢复"),
    # people
    "user.added": ("{name} was added", "已新增 {name}"),
    "user.link": ("sign-in link, works once: {url}", "一次性登录链接：{url}"),
    "user.password_set": ("the password of {name} was set", "已设置 {name} 的密码"),
    "user.password": ("Password", "密码"),
    "user.granted": ("{name} is now {role} of {team}", "{name} 现在是 {team} 的{role}"),
    "user.revoked": ("{name} has no role on {team} any more", "{name} 在 {team} 不再有角色"),
    "user.deactivated": ("{name} can no longer sign in", "{name} 已停用"),
    "user.inactive": ("inactive", "已停用"),
    "user.unknown": (
        "there is nobody named {name}; weekline user list shows everybody",
        "没有名为 {name} 的人员；可用 weekline user list 查看",
    ),
    "role_and_team": ("--team and --role belong together", "--team 和 --role 必须同时给出"),
    "role_or_revoke": ("give either --role or --revoke", "--role 和 --revoke 只能给一个"),
    "team.added": ("team {slug} was added", "已新增团队 {slug}"),
    # what goes wrong
    "problem": ("weekline: {message}", "weekline：{message}"),
    "setting": ("setting {name}: {why}", "设置 {name}：{why}"),
    "file": ("{path}: {why}", "{path}：{why}"),
    "disk_full": (
        "the disk is full{where}; make room and try again, nothing was half stored",
        "磁盘已满{where}；请腾出空间后重试，没有内容被保存一半",
    ),
    "disk_error": (
        "the database's disk cannot be written or read: make sure it is neither full nor failing ({why})",
        "数据库所在磁盘无法读写：请确认磁盘没有满、没有损坏（{why}）",
    ),
    "read_only": (
        "the database cannot be written: check the rights of its file and folder ({why})",
        "数据库不可写：请检查其文件和文件夹的权限（{why}）",
    ),
    "database_busy": (
        "the database is busy with somebody else's long write; try again ({why})",
        "数据库正忙于其他写入；请重试（{why}）",
    ),
    "not_a_database": (
        "the file is no SQLite database, or damaged ({why}); restore a backup with weekline restore",
        "文件不是 SQLite 数据库，或已损坏（{why}）；请用 weekline restore 恢复备份",
    ),
    "no_database": (
        "the database does not answer; check that it runs, and WEEKLINE_DATABASE_URL ({why})",
        "数据库没有响应；请确认它在运行，并检查 WEEKLINE_DATABASE_URL（{why}）",
    ),
    "bad_address": (
        "WEEKLINE_DATABASE_URL is no usable address; write sqlite:///path or postgresql://user:password@host/name",
        "WEEKLINE_DATABASE_URL 不是可用的地址；请写成 sqlite:///路径 或 postgresql://用户:密码@主机/库名",
    ),
    "interrupted": ("interrupted; nothing was half stored", "已中断；没有内容被保存一半"),
}


def terminal_language(environment: Mapping[str, str]) -> Language:
    """`zh` where the terminal's locale is Chinese."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            return "zh" if environment[name].lower().startswith("zh") else "en"
    return "en"


LANGUAGE: Language = terminal_language(os.environ)  # LANG is the terminal's, no setting of the program


def say(key: str, **values: object) -> str:
    """The text in the terminal's language."""
    english, chinese = TEXTS[key]
    return (chinese if LANGUAGE == "zh" else english).format(**values)
