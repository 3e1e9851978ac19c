"""The words of a report page in both languages: headings of every section kind, and labels.

One table serves reading and writing. The first phrase of a row is the one the program writes; the
others are what people also write. Phrases are compared without white space, punctuation, case and
width, and without a leading "this week" (see `headings.phrase_key`).
"""

from __future__ import annotations

from typing import Literal

from app.document.schema import SectionKind

Language = Literal["zh", "en"]

# fmt: off
HEADINGS: dict[SectionKind, dict[Language, tuple[str, ...]]] = {
    "metrics": {
        "zh": (
            "系统运行数据", "运行数据", "系统运行情况", "系统数据", "系统指标", "运行指标", "核心指标",
            "关键指标", "核心数据", "关键数据", "业务指标", "数据指标", "指标", "指标数据",
            "稳定性指标", "稳定性数据", "系统运行指标", "系统运行", "运行情况", "支付运行数据",
        ),
        "en": (
            "System metrics", "Metrics", "Key metrics", "Operating data", "Operational metrics",
            "System data", "Key figures", "Service metrics", "KPIs", "Numbers", "System health",
            "System status",
        ),
    },
    "key_work": {
        "zh": (
            "重点工作", "重点工作进展", "重点项目", "重点项目进展", "重点事项", "重点进展", "关键工作",
            "重要工作", "重要事项", "重点任务", "重点", "核心工作", "重点专项", "重点关注",
        ),
        "en": (
            "Key work", "Highlights", "Key projects", "Key initiatives", "Priorities", "Main work",
            "Focus", "Top priorities", "Key items", "Key progress", "Important work",
        ),
    },
    "workstream": {
        "zh": (),
        "en": (),
    },
    "incidents": {
        "zh": (
            "生产稳定性事件", "生产事件", "线上事件", "稳定性事件", "生产事故", "线上事故", "生产故障",
            "线上故障", "生产问题", "线上问题", "事故", "故障", "事件", "系统故障", "系统事件",
            "生产异常", "生产稳定性问题", "稳定性问题", "突发事件", "生产安全事件", "生产稳定性",
            "生产运行事件", "故障与事故", "事件与事故", "系统稳定性事件", "线上稳定性事件",
        ),
        "en": (
            "Production incidents", "Incidents", "Production events", "Production issues", "Outages",
            "Events", "Incidents and outages", "Stability incidents", "Live incidents", "Incident log",
            "Accidents", "Production stability incidents", "Production stability events",
            "Stability events",
        ),
    },
    "other": {
        "zh": (
            "其他", "其它", "其他工作", "其它工作", "其他事项", "其它事项", "其他工作进展", "其他进展",
            "杂项",
        ),
        "en": (
            "Other", "Others", "Other work", "Miscellaneous", "Misc", "Other matters", "Anything else",
            "Other items",
        ),
    },
    "reflections": {
        "zh": (
            "本周收获与反思", "收获与反思", "收获与思考", "反思", "思考", "思考与反思", "总结与反思",
            "反思与收获", "收获", "反思与总结", "反思与改进", "经验与反思", "感悟", "收获与感悟",
            "心得", "心得体会", "复盘与反思", "思考与总结",
        ),
        "en": (
            "Reflections", "Lessons learned", "Reflection", "Lessons", "Learnings",
            "Lessons and reflections", "Retrospective", "Thoughts", "Learnings and reflections",
            "Gains and reflections", "What we learned",
        ),
    },
    "next_goals": {
        "zh": (
            "下周工作及目标", "下周工作", "下周目标", "下周计划", "下周工作计划", "下周重点",
            "下周重点工作", "下周安排", "下周工作安排", "下周工作重点", "下周工作目标",
            "下周目标与计划", "下周计划与目标", "下一周计划", "下周事项", "下周重点事项", "下周",
            "下周工作与计划", "下周关注", "下周任务", "下周待办", "下周预告", "下周规划",
        ),
        "en": (
            "Next week", "Next week's goals", "Goals for next week", "Plan for next week",
            "Plans for next week", "Next week's plan", "Next week's work", "Goals",
            "Next week's work and goals", "Next week plan", "Work and goals for next week",
            "Next goals", "Next week goals", "Coming week", "Next week's plans",
        ),
    },
    "daily_reports": {
        "zh": (
            "日报合集", "日报", "日报汇总", "日报列表", "日报链接", "每日日报", "日报集合", "日报归档",
            "各日日报", "日报明细",
        ),
        "en": (
            "Daily reports", "Dailies", "Daily notes", "Daily logs", "Daily updates", "Daily report",
            "Daily",
        ),
    },
    "custom": {
        "zh": (
            "上周进展", "进展", "工作进展", "工作内容", "工作", "工作总结", "上周工作", "上周工作进展",
            "附录", "备注", "说明", "目录", "总结", "小结", "概述", "概要", "背景", "上周工作回顾",
            "工作回顾", "上周工作总结", "风险", "问题", "风险与问题", "问题与风险", "风险与应对",
            "待协调事项", "需协调事项", "团队", "团队建设", "团队管理", "人员", "招聘", "培训", "学习",
            "分享", "学习与分享", "通知",
        ),
        "en": (
            "Last week", "Progress", "Last week's progress", "Work", "Appendix", "Notes", "Remarks",
            "Contents", "Summary", "Overview", "Background", "Last week's work", "Weekly progress",
            "Work done",
        ),
    },
}
# fmt: on

#: A whole text that says there is nothing.
NONE_WORDS: tuple[str, ...] = (
    "暂无", "无", "没有", "暂时没有", "本周无", "本周暂无", "无事件", "无事故", "无故障", "暂无事件",
    "暂无事故", "暂无内容", "本周无事件", "本周无事故", "本周无生产事件", "无生产事件", "无生产事故",
    "None", "Nil", "N/A", "Nothing", "No", "No incidents", "None yet", "None this week",
    "No incidents this week", "Nothing this week", "Nothing to report",
)  # fmt: skip

Label = Literal["symptom", "impact", "cause", "handling", "recovered", "grade"]

#: What the program writes before the parts of an incident.
LABELS: dict[Label, dict[Language, str]] = {
    "symptom": {"zh": "现象", "en": "Symptom"},
    "impact": {"zh": "影响", "en": "Impact"},
    "cause": {"zh": "原因", "en": "Cause"},
    "handling": {"zh": "处置", "en": "Handling"},
    "recovered": {"zh": "恢复时间", "en": "Recovered"},
    "grade": {"zh": "定级", "en": "Grade"},
}
