"""Progress in percent: `进度80%`, `总进度：62.5%`, `研发30%`, `修复进行中80%`, `80% done`.

A percent is progress only where the words beside it say so. Shares, rates, loads, targets and
changes are percents too, and far more of them.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from app.document.grammar.folding import clause_start, prose
from app.document.grammar.found import FoundFact, closed
from app.document.grammar.patterns import any_of, words
from app.document.grammar.verbs import COUNTER, PLANNED

#: More percents than this in one block is no prose; what follows them is not read.
_LIMIT: Final = 1000
_REACH: Final = 48

_PERCENT = re.compile(r"[0-9]\s?%")
_NUMBER = re.compile(r"(?<![0-9.,/~+<>≥≤=$¥-])[0-9]{1,3}(?:\.[0-9]{1,6})?$")


def find_progress(text: str) -> list[FoundFact]:
    """The percents of `text` that state progress, 0 to 100, each with the words that say so."""
    line = prose(text)
    if "%" not in line:
        return []
    facts: list[FoundFact] = []
    carried = -1  # where the words begin that a value before an arrow was said with
    previous = 0
    for count, percent in enumerate(_PERCENT.finditer(line)):
        if count >= _LIMIT:
            break
        last, end = percent.start() + 1, percent.end()
        number = _NUMBER.search(line[max(0, last - 12) : last])
        if number is None:
            previous = end
            continue
        start, value = last - len(number[0]), Decimal(number[0])
        arrow = _ARROW_NEXT.match(line, end)
        label = (
            carried if carried >= 0 else _label_start(line, start, end, previous, is_former=arrow is not None)
        )
        carried = label if arrow else -1
        previous = end
        if label < 0 or arrow or value > 100 or _FORMERLY.search(line[label:start]):
            continue
        is_exact = not _ABOUT.search(line, label, start) and not _ABOUT_NEXT.match(line, end)
        done = _DONE_NEXT.match(line, end) if label == start else None
        end = done.end() if done else closed(line, label, end)
        facts.append(FoundFact("progress", label, end, is_exact, {"value": value}))
    return facts


_ARROW_NEXT = words(
    r"\s?(?:→|⇒|-+>|=>|(?:提升|推进|增|升)?[到至])\s?(?=[0-9]{1,3}(?:\.[0-9]+)?\s?%)",
)
_FORMERLY = re.compile(r"[由从][^0-9]*$")
_ABOUT = words(any_of("约 大约 接近 about around roughly approximately"))
_ABOUT_NEXT = re.compile(r"\*{0,2}\s?左右")


def _label_start(line: str, start: int, end: int, previous: int, *, is_former: bool) -> int:
    """Where the words that make the percent progress begin; -1 where there are none."""
    low = max(0, start - _REACH, previous)
    before = line[low:start]
    clause = line[max(low, clause_start(line, start)) : start]
    if not is_former and _NO_PROGRESS_NEXT.match(line, end):
        return -1
    if _DONE_NEXT.match(line, end) and not _OTHER_PERCENT.search(clause) and not PLANNED.search(clause):
        return start
    label = _LABEL.search(before)
    if label and not label["sure"] and _is_of_something_else(line, start, end):
        return -1
    if label and _label_holds(before, label):
        return low + label.start()
    if (share := _SHARE_LABEL.search(before)) and (begin := _share_of_work(line, low + share.start())) >= 0:
        return begin
    if (english := _ENGLISH_LABEL.search(before)) and not _ENGLISH_PLAN.search(clause):
        return low + english.start()
    return start if _stands_alone(line, start, end, clause) else -1


# What is said before ----------------------------------------------------------------------------

_PHASE: Final = any_of(
    "研发 开发 测试 联调 设计 编码 编写 提测 验收 改造 迁移 整改 部署 评审 接入 切换 修复 对接 自测 回归",
    "压测 下线",
    "治理 搭建 建设 梳理 适配 重构 拆分 清理 替换 升级 录入 核对 盘点 实施 交付 上线 投产 调研 撰写 开通",
    "审核 准备",
    "收尾 复核 攻关 落地 构建 推进 执行 前端 后端 服务端 客户端 移动端 需求 方案 文档 代码 功能 UAT SIT QA",
)
_ONGOING: Final = any_of("进行 推进 实施 处理 编制 跟进 接洽 申请 筹备 制作 排查 处置")
_WORK: Final = any_of(
    "已?完成 迁移 投产 上线 下线 接入 切换 交付 改造 开发 整改 修复 测试 治理 验收 清理 关闭 解决"
)
#: Between a label and its number.
_FILL: Final = (
    r"(?:\s?\([^()\n]{0,30}\))?"
    + any_of(
        r"\s \* _ : = \( 【 \[ ——? (?<=\s)-(?=\s) 已经 已 达到 达成 达 约为 约 为 至 到 是 了 大约 目前",
        r"当前 整体 总体",
        "完成 推进 均 都 接近 由 从",
    )
    + "*"
)
_LABEL = words(
    "(?:(?P<sure>",
    any_of("总体 整体 总 研发 开发 测试 迁移 改造 项目 当前 目前 任务 实际 建设 工作 联调 累计"),
    "?(?:进度|进展)(?:情况)?|(?:任务|工作|项目|整体|总体|总)?(?:完成度|完成率|完成比例|完成比|完成百分比))",
    rf"|(?P<done>(?:已经?|均已|共)?{_WORK}[了的]?|已{_PHASE})",
    rf"|(?P<phase>{_PHASE})|(?P<ongoing>(?:{_PHASE}|{_ONGOING})中)|(?P<whole>总体|整体))",
    rf"(?P<fill>{_FILL})$",
)
_ENGLISH_LABEL = words(
    r"\b(?:(?:overall|total|current|project|dev|development|test|testing|migration)\s+)?",
    any_of(
        r"progress completion completed? done finished development dev testing coding design migration",
        r"integration",
        r"implementation build qa uat sit refactoring overall in\sprogress ongoing front-?end back-?end",
    ),
    r"(?:\s|:|=|\(|\[|\*|-(?=\s)|\b",
    any_of("is are at now currently about around approximately roughly stands reached to of status with"),
    r"\b)*$",
)
_ENGLISH_PLAN = words(r"\b(?:target|goal|plan(?:ned)?|expected|will be|should be)\b")

_NOT_A_PHASE = words(
    any_of(
        "覆盖 通过 成功 失败 使用 占用 增长 提升 下降 降低 减少 节省 节约 投入 占 可用 达标 留存 转化 支付",
        "预付 付",
    ),
    "$|",
    any_of("耗时 延迟 时延 性能(?!测试|压测) 成本 效率 人力 报错"),
)
_PLAN_LABEL = re.compile(r"(?:目标|计划|预计|预期|预估|应达|应有|时间|序时|理论)(?:的|总体|整体|总|完成)?$")
_ON_TIME = re.compile(r"(?:按时|及时|准时|交易|支付|订单|自动|首次|如期|按期|SLA|工单|流程)\s?$")
_SHARES = re.compile(r"(?:占比|分布|构成|比例|配比|投入)\s?:")
_OF_PAYMENT = re.compile(r"首付|首签|尾款|质保|款项|合同款|首款|首期款|预付|签约[0-9]")
_OTHER_WHOLE = re.compile(r"率|负载|下降|提升|增长|降低")


def _label_holds(before: str, label: re.Match[str]) -> bool:
    ahead = before[: label.start()]
    clause = ahead[clause_start(ahead, len(ahead)) :]
    if label["sure"]:
        is_rate = "完成" in label["sure"]
        return not _PLAN_LABEL.search(clause) and not (is_rate and _ON_TIME.search(clause))
    if _NOT_A_PHASE.search(clause) or _PLAN_LABEL.search(clause) or PLANNED.search(clause):
        return False
    if label["whole"]:
        return not _OTHER_WHOLE.search(clause)
    return not (label["phase"] and clause[-1:] in ("未", "不", "非", "后"))


def _is_of_something_else(line: str, start: int, end: int) -> bool:
    """`人力占比：研发60%，测试20%`, `签约20%，验收50%，质保30%`: parts of a sum, or of a payment."""
    sentence = line[clause_start(line, start, ends="。\n") : start]
    if _SHARES.search(sentence):
        return True
    return bool(_OF_PAYMENT.search(sentence[-24:]) or _OF_PAYMENT.search(line[end : end + 16]))


_SHARE_LABEL = re.compile(r"占比(?:[\s*:(已达为到]|约为|约)*$")
_WORK_BEFORE_SHARE = words(rf"(?:任务|工作|项目|整体)?(?:{_WORK}|进度)[^,;。!?\n()]{{0,6}}$")
_DONE_COUNT = words(rf"(?:已|完成)[^,;。!?\n0-9]{{0,10}}[0-9]+\s?{COUNTER}")
_OTHER_SHARE = re.compile(r"失败|异常|错误|投诉|退款|未|拒|损|风险|费|款|金额|成本|人")


def _share_of_work(line: str, at: int) -> int:
    """Where a share that is progress begins (`任务完成占比70%`, `完成90个，占比97%`); -1 for `失败占比3%`."""
    begin = clause_start(line, at)
    noun = line[begin:at]
    if noun.strip(" *_"):
        work = _WORK_BEFORE_SHARE.search(noun)
        return begin + work.start() if work and not _OTHER_SHARE.search(noun) else -1
    clause = line[clause_start(line, max(0, begin - 1)) : max(0, begin - 1)]
    return at if _DONE_COUNT.search(clause) and not _OTHER_SHARE.search(clause) else -1


# What is said after -----------------------------------------------------------------------------

#: It is a target, a share, or an amount of something.
_NO_PROGRESS_NEXT = words(
    r"\*{0,2}\s?(?:以上|以下|以内|之内|\+|款|首付|预付|定金|尾款|费|[-~/]\s?[0-9]|的?",
    any_of(
        "流量 用户 人力 人员 资源 成本 预算 时间 精力 机器 样本 股 份额 收益 请求 客户 商户 订单 交易 数据",
        "内存 水位",
        "负载 分位 折 税 利 佣 概率 权重 投入 资金 款项 合同 提升 下降 空间 CPU QPS TPS",
        "一致 准确 正确 通过 成功 达标 覆盖 匹配 命中 无误 可用",
        r"(?:用例|案例|场景)[^,;。\n]{0,6}通过",
    ),
    ")",
)
_DONE: Final = any_of("done completed? finished implemented migrated moved converted delivered")
_DONE_NEXT = words(
    r"\*{0,2}\s?(?:的?(?:已?完成(?![率度于])|进度|进展)|(?:is |are |now |already )?",
    rf"{_DONE}\b|through\b|of the way\b|",
    r"of (?:the )?(?:[a-z-]+ ){1,4}(?:are |is |have been |has been |were |was )?",
    rf"{_DONE}\b)",
)

# Nothing said -----------------------------------------------------------------------------------

#: The words before name another kind of percent.
_OTHER_PERCENT = words(
    any_of(
        "率 比 比例 负载 使用 占用 可用性 增长 提升 下降 降低 减少 节省 节约 上涨 回落 缩短 优化 超过 超",
        "高于 低于",
        "达标 目标 份额 概率 折扣 折 税 佣 利 毛利 费 款 流量 灰度 放量 健康度 准确 覆盖 转化 为 仅 CPU",
        "SLA rate",
        "usage coverage growth share margin up down by than target availability load",
    ),
    r"[\s:*(]*$|[<>≥≤+]\s?$",
)
_CLAUSE_OVER = re.compile(r"\s*(?:[,;。!?\n|)】\]、]|$)")


def _stands_alone(line: str, start: int, end: int, clause: str) -> bool:
    """`**37.5%**` or `【80%】` that ends its clause, after words that name no other kind of percent."""
    opening, closing = line[max(0, start - 2) : start], line[end : end + 2]
    if opening == "**" == closing:
        return not _OTHER_PERCENT.search(clause) and bool(_CLAUSE_OVER.match(line, end + 2))
    if opening[-1:] == "【" and closing[:1] == "】":
        return not _OTHER_PERCENT.search(clause[:-1])
    return False
