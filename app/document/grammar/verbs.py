"""The words for work in Chinese and English reports: what is done, whether it is planned, what is counted.

Regular expressions, kept in one place because dates, progress and counts all lean on them.
They are matched on folded text (see `folding`) with `re.ASCII | re.IGNORECASE`.
"""

from __future__ import annotations

import re
from typing import Final


def _any_of(*lines: str) -> str:
    """An alternation of the words on all lines, longest first."""
    words = {word for line in lines for word in line.split()}
    return "|".join(sorted(words, key=lambda word: (-len(word), word)))


#: Verbs that mark a point in time: a bare number or month right before one of them is a date.
MILESTONE: Final = _any_of(
    "上线 提测 转测 送测 投产 转产 发布 发版 交付 切换 割接 验收 封板 封版 灰度 上架 下线 启动 启用 立项 结项",
    "开工 完工 竣工 开通 开放 试运行 试点 完成 完毕 部署 内测 公测 联调 封网 商用 切流 放量 全量 生效 施行 到期 关停",
    "停用 停服 过会 上会 截止 关闭 收尾 落地 达成 评审 kickoff",
)
_ACTION: Final = _any_of(
    "迁移 测试 开发 研发 自测 回归 压测 演练 演示 验证 复核 核对 复查 接入 对接 整改 改造 升级 合并 冻结 提交 提报 提供 提审 送审 送检",
    "报送 申报 上报 汇报 宣讲 宣导 培训 分享 推广 推进 推送 推出 开展 开始 开启 开工 进入 进场 入场 离场 招标 开标 投标 签署 签约 签订 签字",
    "续签 审批 审核 审计 审查 通过 批准 批复 确认 确定 定稿 定版 定级 敲定 反馈 输出 产出 出具 给出 发出 发起 下发 出台 公布 公示 公告 执行 实施",
    "实现 投放 交接 移交 转交 到位 到货 到账 入职 恢复 修复 解决 处理 结束 延期 推迟 延长 延后 暂停 重启 检查 排查 复盘 分析 调研 "
    "沟通 讨论 研讨 设计 编码 准备 就绪 盘点 清理 归档 补齐 补充 支持 支撑 下架 回滚 扩容 缩容 替换 更换 搬迁 搬家 割接 闭环 发送 采购 付款 "
    "打款 结算 收口 上传 试用 走查 跟进 组织 参加 召开 举行 举办 迎检 过审 取得 获得 获批 拿到 完善 优化 建设 搭建 构建 "
    "建立 梳理 制定 编写 撰写 更新 调整 扩大 覆盖 铺开 观察 运行 值守 值班 上量 回切 投入 落实 提升 出版 出包 上报 备案 登记 初验 终验 "
    "到场 测评 评测 驻场 停机 维护 年审 续期 换证 拿证 取证 合入 合码 归档 生成 发文 报备 备份 备案 打样 定责 立项 竣工 回传 拜访 面谈 面试 交流 对齐 拉齐 公开 转正 报名 兑现 发放 放假 返回 回款",
)
ENGLISH_VERB: Final = (
    r"\b(?:kick(?:s|ed|ing)?[- ]?off|go(?:es|ing)?[- ]live|went[- ]live|cut(?:ting)?[- ]?over|roll(?:s|ed|ing)?[- ]?out|"
    r"sign(?:s|ed|ing)?[- ]?off|hand(?:s|ed|ing)?[- ]?over|switch(?:es|ed|ing)?(?:[- ]?over)?|launch(?:es|ed|ing)?|"
    r"releas(?:e[sd]?|ing)|deploy(?:s|ed|ing|ment)?|deliver(?:s|ed|ing|y)?|ship(?:s|ped|ping)?|migrat(?:e[sd]?|ing|ion)|"
    r"start(?:s|ed|ing)?|begin(?:s|ning)?|began|complet(?:e[sd]?|ing|ion)|finish(?:es|ed|ing)?|done|clos(?:e[sd]?|ing)|"
    r"test(?:s|ed|ing)?|uat|sit|review(?:s|ed|ing)?|approv(?:e[sd]?|ing|al)|submit(?:s|ted|ting)?|freez(?:e[sd]?|ing)|"
    r"froze|accept(?:s|ed|ance)?|verif(?:y|ies|ied|ication)|validat(?:e[sd]?|ion)|train(?:ing|ed)?|present(?:s|ed|ing)?|"
    r"upgrad(?:e[sd]?|ing)|go into production|in production|enabl(?:e[sd]?|ing)|retir(?:e[sd]?|ing)|"
    r"audit(?:s|ed|ing)?|implement(?:s|ed|ing)?|land(?:s|ed|ing)?|ready|"
    r"publish(?:es|ed|ing)?|resum(?:e[sd]?|ing)|expir(?:e[sd]?|ing))\b"
)
VERB: Final = f"{_any_of(MILESTONE.replace('|', ' '), _ACTION.replace('|', ' '))}|{ENGLISH_VERB}"

#: Words that may stand between a date and its verb without changing what the date is.
_BETWEEN: Final = (
    r"(?:\s|左右|前后|之前|以前|前|内|之后|以后|后|起|晚上|晚间|晚|夜间|凌晨|早上|上午|下午|中午|中旬|"
    r"[0-9]{1,2}[:点时][0-9]{0,2}分?(?:[-~][0-9]{1,2}:[0-9]{2})?|\((?:周|星期)[一二三四五六日天]\)|"
    r"预计|计划|争取|拟|将|会|可|能|已经|已|就|再次|再|正式|全部|整体|陆续|逐步|逐渐|同步|统一|分批|一起|一并|进行|实现|集中|"
    r"全面|顺利|成功|要|需|约|首次|首批|开始|完成|系统|服务|生产|线上|方案|整改|最终|第[一二三四五]批|:|\*){0,5}"
)
VERB_NEXT: Final = re.compile(f"{_BETWEEN}(?:{VERB})", re.ASCII | re.IGNORECASE)
MILESTONE_NEXT: Final = re.compile(f"{_BETWEEN}(?:{MILESTONE}|{ENGLISH_VERB})", re.ASCII | re.IGNORECASE)
_FIRST: Final = "".join(sorted({word[0] for word in VERB.split("|") if not word.startswith(("\\", "("))}))
ANY_VERB: Final = re.compile(rf"(?=[{_FIRST}A-Za-z])(?:{VERB})", re.ASCII | re.IGNORECASE)
#: Where a verb begins but a noun stands: 测试环境 is no test, 完成率 nothing done.
NOT_A_VERB: Final = re.compile(
    r"测试(?:环境|账号|账户|数据|用例|同学|团队|人员|服务?器|库|机|版)|开发(?:商|者|环境|团队|同学|人员|平台|区|板)|"
    r"发布(?:会|稿|平台|系统|单|窗口)|验收(?:单|标准)|完成(?:率|度|情况|比例|占比)|上线(?:量|率|单|清单|内容|范围|需求|材料|公告)|交付(?:物|率)|"
    r"审批(?:流|单)|检查(?:项|表)|结算(?:单|户|中心|系统)|运行(?:时|数据)|通过(?:率|量)|处理(?:器|率|量|能力)|分享会|采购单|"
    r"部署(?:包|图)|接入(?:层|方|率)|推送率|付款(?:方|人|码|失败|成功)|对接(?:人|方)|迁移率|审计(?:署|局)|建设银行|"
    r"投入(?:产出)?比|分析(?:师|报告)|报名费|支撑位|开放(?:城市|平台|银行)|准备金|支持(?:率|度)|培训班|推广费"
)

#: Words that put a date into the future.
PLANNED: Final = re.compile(
    r"预计|预期|预估|预定|预排|(?<!按)(?<!按照)计划(?!内|外|性|书|表|生育|评审)|拟(?!合|态)|即将|将(?!军|领|其|该|原|所有|全部)|目标|争取|力争|"
    r"期望|希望|定于|定在|原定|暂定|排期|待(?![遇办命机定查])|余下|剩余|尚需|仍需|还需|后续|下一步|最晚|最迟|不晚于|应于|须于|需于|需在|须在|要在|会在|"
    r"届时|准备于|准备在|ETA|DDL|截止(?:日期|时间|日)|截稿|"
    r"\b(?:will|plan(?:s|ned)?|planning|expect(?:s|ed)?|target(?:s|ed|ing)?|due|scheduled|to be|aim(?:s|ing)?|"
    r"deadline|going to|estimated?|tentative(?:ly)?|upcoming|should|shall|slated|eta)\b",
    re.ASCII | re.IGNORECASE,
)
PLANNED_BEFORE: Final = re.compile(
    r"\b(?:by|before|until|till|no later than|(?:postponed|moved|slipped|pushed|rescheduled|delayed)[a-z ]{0,8} to)\s*$",
    re.ASCII | re.IGNORECASE,
)
#: Words that say a thing has happened.
PAST: Final = re.compile(
    r"已经?(?!确定|确认|排期|约|定于|定在|延期|推迟|计划|预定|安排|预约|申请)|了(?!解)|完毕|成功(?!率)|顺利|如期|如约|实际(?!情况|上)|"
    r"\b(?:went|was|were|has been|have been|began|froze|successfully|already|"
    r"(?:complet|releas|deliver|deploy|launch|finish|start|migrat|submitt|approv|review|switch|clos|rolled|kick|sign|shipp|land)ed)\b",
    re.ASCII | re.IGNORECASE,
)
#: Directly after a date: it is a deadline.
DEADLINE_NEXT: Final = re.compile(
    r"\s*(?:\([^()]{1,6}\))?\s*(?:日|号|底|末)?(?:之前|以前|前(?!端|置|后|期|台|海|述|提(?!交|测|供|报|审|出)|排|往|线|瞻)|截止|\s?deadline)"
)
#: A cue after which nothing but a date can stand.
SURE_CUE_BEFORE: Final = re.compile(
    r"(?:\b(?:ETA|DDL|deadline|due)\b|时间|日期|节点|期限|周期|工期|截止)(?:是|为|在|于|:|\s|\*)*$", re.ASCII | re.IGNORECASE
)
AS_OF_BEFORE: Final = re.compile(r"(?:截至|截止|截)(?:目前|当前|今日)?(?:到|至|于|为)?\s*:?\s*$|\bas (?:of|at)\s*$", re.ASCII | re.IGNORECASE)
DEADLINE_BEFORE: Final = re.compile(r"截止(?:日期|时间|日)", re.ASCII | re.IGNORECASE)

#: Directly before a number: the number is when something is to happen, or happened.
CUE_BEFORE: Final = re.compile(
    r"(?:预计|预期|预估|预定|计划|拟|将|将于|会在|要在|需在|须在|应在|争取|力争|目标|定于|定在|定为|排期|暂定|原定|改为|改到|"
    r"(?:调整|延期|延后|延|推迟|顺延|提前|推)(?:到|至|为)|于|最晚|最迟|不晚于|截至|截止|"
    r"(?:上线|提测|转测|投产|发布|交付|切换|验收|完成|启动|评审|计划|预计|截止|目标|开始|结束|发版|封版)(?:时间|日期|节点|时点|日)|"
    r"(?:时间|日期|节点|时点|期限|周期|工期)(?=[:\s])|\b(?:ETA|DDL|deadline|due|by|before|on|until|since|from|in|for|around|(?:postponed|moved|slipped|rescheduled|pushed|delayed)[a-z ]{0,8} to)\b)"
    r"(?:时间|日期|日|节点)?(?:是|为|在|于|到|至|约|大约|:|,|\s|\*)*$",
    re.ASCII | re.IGNORECASE,
)

#: Words for what is counted. A number before one of them is a count.
COUNTER: Final = (
    r"(?:个(?!月|人信息|税|性|贷|位数)|项(?!目)|张|家(?!装|居|庭|里)|条(?!件|款|线|例)|笔(?!记)|台(?!账|湾|阶)|套(?!件|餐|现)|"
    r"人(?!行|工|力|员|民|社|脸|事|物|保|均|寿|天|日|月)|次(?!日|月|年|级|要|新)|份(?!额)|件|单(?!据|元|测|点|独|证|位|笔|日)|"
    r"例(?!会|如|行)|起|处(?!理|于|置)|组(?!织|件|长)|支(?!付|持|撑|行)|名(?!称|单)|户(?!名|型)|款(?!项)|道|页(?!面)|步|类|种|"
    r"批(?!量|次|准|复)|轮|门(?!店|户|禁)|座|列|辆|块|场(?!景)|颗|根|幅|篇|本(?!周|月|次)|版(?!本)|期|级|档|"
    r"个?(?:接口|服务|系统|模块|任务|需求|用例|模板|报表|脚本|应用|机器|节点|商户|渠道|银行|功能|页面|域名|表|库|城市)|"
    r"\b(?:tasks?|services?|items?|cases?|reports?|systems?|stor(?:y|ies)|bugs?|issues?|modules?|apis?|tables?|"
    r"merchants?|servers?|hosts?|nodes?|tickets?|interfaces?|endpoints?|teams?|people|jobs?|points?)\b)"
)
