"""The words for work in Chinese and English reports: what is done, planned or past, and what is counted.

They are kept in one place because dates, progress and counts all lean on them. All are matched on
folded text (see `folding`).
"""

from __future__ import annotations

from typing import Final

from app.document.grammar.patterns import any_of, words

# Verbs ------------------------------------------------------------------------------------------

#: Verbs that mark a point in time: digits (`617`) or a month right before one of them are a date.
_MILESTONES: Final = """
    上线 提测 转测 送测 投产 转产 发布 发版 交付 切换 割接 验收 封板 封版 灰度 上架 下线 启动 启用 立项 结项
    开工 完工 竣工 开通 开放 试运行 试点 完成 完毕 部署 内测 公测 联调 封网 商用 切流 放量 全量 生效 施行 到期
    关停 停用 停服 过会 上会 截止 关闭 收尾 落地 达成 评审 kickoff
"""
_OTHER_VERBS: Final = """
    迁移 测试 开发 研发 自测 回归 压测 演练 演示 验证 复核 核对 复查 接入 对接 整改 改造 升级 合并 冻结 设计
    编码 提交 提报 提供 提审 送审 送检 报送 申报 上报 汇报 宣讲 宣导 培训 分享 推广 推进 推送 推出 开展 开始
    开启 进入 进场 入场 离场 到场 驻场 招标 开标 投标 签署 签约 签订 签字 续签 续期 换证 拿证 取证 年审 备案
    报备 登记 审批 审核 审计 审查 通过 批准 批复 获批 过审 确认 确定 定稿 定版 定级 定责 敲定 反馈 回传 输出
    产出 出具 给出 发出 发起 发送 发文 发放 下发 出台 公布 公示 公告 公开 执行 实施 实现 落实 投放 投入 交接
    移交 转交 转正 到位 到货 到账 入职 恢复 修复 解决 处理 结束 延期 推迟 延长 延后 暂停 重启 停机 维护 检查
    排查 复盘 分析 调研 沟通 讨论 研讨 交流 对齐 拉齐 准备 就绪 盘点 清理 归档 备份 补齐 补充 支持 支撑 下架
    回滚 回切 扩容 缩容 替换 更换 搬迁 搬家 闭环 收口 采购 付款 打款 回款 结算 兑现 上传 试用 走查 跟进 组织
    参加 召开 举行 举办 迎检 取得 获得 拿到 完善 优化 建设 搭建 构建 建立 梳理 制定 编写 撰写 更新 调整 扩大
    覆盖 铺开 观察 运行 值守 值班 上量 提升 出版 出包 打样 初验 终验 测评 评测 合入 合码 生成 拜访 面谈 面试
    报名 放假 返回
"""
_ENGLISH_VERB: Final = r"\b{}\b".format(
    any_of(
        r"kick(?:s|ed|ing)?[-\s]?off go(?:es|ing)?[-\s]live went[-\s]live cut(?:ting)?[-\s]?over",
        r"roll(?:s|ed|ing)?[-\s]?out sign(?:s|ed|ing)?[-\s]?off hand(?:s|ed|ing)?[-\s]?over",
        r"switch(?:es|ed|ing)?(?:[-\s]?over)? go\sinto\sproduction in\sproduction launch(?:es|ed|ing)?",
        r"releas(?:e[sd]?|ing) deploy(?:s|ed|ing|ment)? deliver(?:s|ed|ing|y)? ship(?:s|ped|ping)?",
        r"migrat(?:e[sd]?|ing|ion) start(?:s|ed|ing)? begin(?:s|ning)? began complet(?:e[sd]?|ing|ion)",
        r"finish(?:es|ed|ing)? done clos(?:e[sd]?|ing) test(?:s|ed|ing)? uat sit review(?:s|ed|ing)?",
        r"approv(?:e[sd]?|ing|al) submit(?:s|ted|ting)? freez(?:e[sd]?|ing) froze accept(?:s|ed|ance)?",
        r"verif(?:y|ies|ied|ication) validat(?:e[sd]?|ion) train(?:ing|ed)? present(?:s|ed|ing)? ready",
        r"upgrad(?:e[sd]?|ing) enabl(?:e[sd]?|ing) retir(?:e[sd]?|ing) audit(?:s|ed|ing)?",
        r"implement(?:s|ed|ing)? land(?:s|ed|ing)? publish(?:es|ed|ing)? resum(?:e[sd]?|ing)",
        r"expir(?:e[sd]?|ing)",
    )
)
_VERB: Final = f"(?:{any_of(_MILESTONES, _OTHER_VERBS)}|{_ENGLISH_VERB})"
_BEGINS_A_VERB: Final = "".join(sorted({verb[0] for verb in f"{_MILESTONES} {_OTHER_VERBS}".split()}))
ANY_VERB: Final = words(f"(?=[{_BEGINS_A_VERB}a-z])", _VERB)

#: Where a verb begins but a noun stands: 测试环境 is no test, 完成率 nothing done.
NOT_A_VERB: Final = words(
    any_of(
        "测试(?:环境|账号|账户|数据|用例|同学|团队|人员|服务?器|库|机|版)",
        "开发(?:商|者|环境|团队|同学|人员|平台|区|板)",
        "发布(?:会|稿|平台|系统|单|窗口) 验收(?:单|标准) 完成(?:率|度|情况|比例|占比) 交付(?:物|率)",
        "上线(?:量|率|单|清单|内容|范围|需求|材料|公告) 审批(?:流|单) 检查(?:项|表) 结算(?:单|户|中心|系统)",
        "运行(?:时|数据) 通过(?:率|量) 处理(?:器|率|量|能力) 分享会 采购单 部署(?:包|图) 接入(?:层|方|率)",
        "推送率 付款(?:方|人|码|失败|成功) 对接(?:人|方) 迁移率 审计(?:署|局) 建设银行 投入(?:产出)?比",
        "分析(?:师|报告) 报名费 支撑位 开放(?:城市|平台|银行) 准备金 支持(?:率|度) 培训班 推广费",
    )
)

#: Words that may stand between a date and its verb without changing what the date is.
_BETWEEN: Final = (
    any_of(
        r"\s \* : 左右 前后 之前 以前 前 内 之后 以后 后 起 晚上 晚间 晚 夜间 凌晨 早上 上午 下午 中午 中旬",
        r"[0-9]{1,2}[:点时][0-9]{0,2}分?(?:[-~][0-9]{1,2}:[0-9]{2})? \((?:周|星期)[一二三四五六日天]\)",
        "预计 计划 争取 拟 将 会 可 能 已经 已 就 再次 再 正式 全部 整体 陆续 逐步 逐渐 同步 统一 分批",
        "一起 一并",
        "进行 实现 集中 全面 顺利 成功 要 需 约 首次 首批 开始 完成 系统 服务 生产 线上 方案 整改 最终",
        "第[一二三四五]批",
    )
    + "{0,5}"
)
VERB_NEXT: Final = words(_BETWEEN, _VERB)
MILESTONE_NEXT: Final = words(_BETWEEN, f"(?:{any_of(_MILESTONES)}|{_ENGLISH_VERB})")

# Planned or past --------------------------------------------------------------------------------

#: Words that put a date into the future.
PLANNED: Final = words(
    any_of(
        "预计 预期 预估 预定 预排 (?<!按)(?<!按照)计划(?!内|外|性|书|表|生育|评审) 拟(?!合|态) 即将 目标",
        "争取 力争",
        "将(?!军|领|其|该|原|所有|全部) 期望 希望 定于 定在 原定 暂定 排期 待(?![遇办命机定查]) 余下 剩余",
        "尚需",
        "仍需 还需 后续 下一步 最晚 最迟 不晚于 应于 须于 需于 需在 须在 要在 会在 届时 准备于 准备在 截稿",
        "截止(?:日期|时间|日)",
        r"\b(?:will|plan(?:s|ned|ning)?|expect(?:s|ed)?|target(?:s|ed|ing)?|due|scheduled|to\sbe|aim(?:s|ing)?)\b",
        r"\b(?:deadline|going\sto|estimated?|tentative(?:ly)?|upcoming|should|shall|slated|ETA|DDL)\b",
    )
)
_PUT_OFF: Final = r"(?:postponed|moved|slipped|pushed|rescheduled|delayed)[a-z ]{0,8} to"
#: `moved from 9 June to 23 June`: the words before the first of two days, of which only one will be.
MOVED_FROM: Final = words(
    r"\b(?:postpon(?:e[sd]?|ing)|mov(?:e[sd]?|ing)|slip(?:s|ped|ping)?|push(?:e[sd]|ing)?|reschedul(?:e[sd]?|ing)"
    r"|delay(?:s|ed|ing)?|shift(?:s|ed|ing)?|brought)(?:\s[a-z-]+){0,2}\sfrom\s+$"
)
PLANNED_BEFORE: Final = words(rf"\b(?:by|before|until|till|no later than|{_PUT_OFF})\s*$")
#: Words that say a thing has happened.
PAST: Final = words(
    any_of(
        "已经?(?!确定|确认|排期|约|定于|定在|延期|推迟|计划|预定|安排|预约|申请) 了(?!解) 完毕 成功(?!率)",
        "顺利",
        "如期 如约 实际(?!情况|上)",
        r"\b(?:went|was|were|has\sbeen|have\sbeen|began|froze|successfully|already)\b",
        r"\b(?:complet|releas|deliver|deploy|launch|finish|start|migrat|approv|review|switch|clos|land)ed\b",
        r"\b(?:submitt|roll|kick|sign|shipp)ed\b",
    )
)

# Beside a date ----------------------------------------------------------------------------------

#: Right after a date: it is a deadline.
DEADLINE_NEXT: Final = words(
    r"\s*(?:\([^()]{1,6}\))?\s*[日号底末]?",
    r"(?:之前|以前|前(?!端|置|后|期|台|海|述|提(?!交|测|供|报|审|出)|排|往|线|瞻)|截止|\s?deadline)",
)
DEADLINE_BEFORE: Final = words(r"截止(?:日期|时间|日)")
#: The day before: what stands before it was still to come.
EVE: Final = "前(?:[夜夕晚]|一[天日晚夜])"
EVE_NEXT: Final = words(rf"[^,;。、\n]{{0,8}}?{EVE}")
EVE_BEFORE: Final = words(r"\b(?:eve\s+of|day\s+before)\s+(?:the\s+|our\s+)?$")
AS_OF_BEFORE: Final = words(r"(?:截至|截止|截)(?:目前|当前|今日)?[到至于为]?\s*:?\s*$|\bas (?:of|at)\s*$")

_TIME_OF: Final = any_of("时间 日期 节点 时点 期限 周期 工期")
_IS: Final = r"(?:[是为在于到至约:*\s]|大约)*$"
#: Words after which nothing but a date can stand.
SURE_CUE_BEFORE: Final = words(rf"(?:\b(?:ETA|DDL|deadline|due)\b|{_TIME_OF}|截止)", _IS)
#: Words after which a number may well be a date.
CUE_BEFORE: Final = words(
    "(?:",
    any_of(
        "预计 预期 预估 预定 计划 拟 将 将于 会在 要在 需在 须在 应在 争取 力争 目标 定于 定在 定为 排期",
        "暂定 原定",
        "改为 改到 (?:调整|延期|延后|延|推迟|顺延|提前|推)[到至为] 于 最晚 最迟 不晚于 截至 截止",
        f"(?:{any_of(_MILESTONES, '计划 预计 目标 开始 结束')})(?:时间|日期|节点|时点|日)",
    ),
    r"(?:时间|日期|日|节点)?",
    rf"|{_TIME_OF}(?=[:\s])",
    rf"|\b(?:ETA|DDL|deadline|due|by|before|on|until|since|from|in|for|around|{_PUT_OFF})\b)",
    _IS,
)

# Counted ----------------------------------------------------------------------------------------

#: Words that only count what a number is of: 个, 笔.
MEASURE: Final = any_of(
    "个(?!月|人信息|税|性|贷|位数) 项(?!目) 张 家(?!装|居|庭|里) 条(?!件|款|线|例) 笔(?!记) 台(?!账|湾|阶)",
    "套(?!件|餐|现) 人(?!行|工|力|员|民|社|脸|事|物|保|均|寿|天|日|月) 次(?!日|月|年|级|要|新) 份(?!额) 件",
    "单(?!据|元|测|点|独|证|位|笔|日) 例(?!会|如|行) 起 处(?!理|于|置) 组(?!织|件|长) 支(?!付|持|撑|行)",
    "名(?!称|单) 户(?!名|型) 款(?!项) 道 页(?!面) 步 类 种 批(?!量|次|准|复) 轮 门(?!店|户|禁) 座 列 辆 块",
    "场(?!景) 颗 根 幅 篇 本(?!周|月|次) 版(?!本) 期 级 档",
)
#: Things that are counted without such a word.
COUNTED_NOUN: Final = any_of(
    "接口 服务 系统 模块 任务 需求 用例 模板 报表 脚本 应用 机器 节点 商户 渠道 银行 功能 页面 域名 表 库",
    "城市",
    r"\b(?:tasks?|services?|items?|cases?|reports?|systems?|stor(?:y|ies)|bugs?|issues?|modules?|apis?)\b",
    r"\b(?:tables?|merchants?|servers?|hosts?|nodes?|tickets?|interfaces?|endpoints?|teams?|people)\b",
    r"\b(?:jobs?|points?)\b",
)
#: Words for what is counted: a number before one of them is a count.
COUNTER: Final = f"(?:{MEASURE}|{COUNTED_NOUN})"
#: Words near a count that say it is not one of what is done.
NOT_DONE_NEAR: Final = words(
    any_of(
        "失败 异常 风险 未 延期 报错 问题 不通过 阻塞 故障",
        r"\b(?:fail|failed|pending|open|blocked|error|at\srisk|delayed)\b",
    )
)
