"""Progress in percent: `进度80%`, `总进度：91.9%`, `研发30%`, `修复进行中80%`, `80% done`.

A percent is progress only where the words beside it say so. Shares, rates, loads, targets and
changes are percents too, and far more of them.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from app.document.grammar.folding import clause_start, prose
from app.document.grammar.found import FoundFact, closed
from app.document.grammar.verbs import COUNTER, PLANNED

#: More percents than this in one block is no prose; what follows them is not read.
_LIMIT = 1000
_REACH = 48

_PERCENT = re.compile(r"[0-9]\s?%")
_NUMBER = re.compile(r"(?<![0-9.,/~+<>≥≤=$¥-])(?<![a-zA-Z])[0-9]{1,3}(?:\.[0-9]{1,6})?$")
_NUMBER_AFTER_LETTERS = re.compile(r"(?:progress|done|completed?|complete)[0-9]{1,3}(?:\.[0-9]{1,6})?$", re.IGNORECASE)

_PHASE: Final = (
    r"研发|开发|测试|联调|设计|编码|编写|提测|验收|改造|迁移|整改|部署|评审|接入|切换|修复|对接|自测|回归|压测|下线|治理|搭建|建设|"
    r"梳理|适配|重构|拆分|清理|替换|升级|录入|核对|盘点|实施|交付|前端|后端|服务端|客户端|移动端|需求|方案|文档|UAT|SIT|QA|"
    r"代码|功能|交易链路|上线|投产|调研|撰写|开通|审核|准备|收尾|复核|攻关|落地|构建|推进|执行"
)
_ONGOING: Final = r"进行|推进|实施|处理|编制|跟进|接洽|申请|筹备|制作|排查|处置"
_WORK: Final = r"已?完成|迁移|投产|上线|下线|接入|切换|交付|改造|开发|整改|修复|测试|治理|验收|清理|关闭|解决"

#: Between a label and its number.
_FILL: Final = (
    r"(?:\s?\([^()\n]{0,30}\))?(?:\s|\*|_|:|=|\(|【|\[|——?|(?<=\s)-(?=\s)|已经|已|达到|达成|达|约为|约|为|至|到|是|了|大约|目前|当前|"
    r"整体|总体|完成|推进|均|都|接近|由|从)*"
)
_LABEL = re.compile(
    rf"(?:(?P<sure>(?:总体|整体|总|研发|开发|测试|迁移|改造|项目|当前|目前|任务|实际|建设|工作|联调|累计)?(?:进度|进展)(?:情况)?|"
    rf"(?:任务|工作|项目|整体|总体|总)?(?:完成度|完成率|完成比例|完成比|完成百分比))|"
    rf"(?P<done>(?:已经?|均已|共)?(?:{_WORK})(?:了|的)?|已(?:{_PHASE}))|"
    rf"(?P<phase>{_PHASE})|(?P<ongoing>(?:{_PHASE}|{_ONGOING})中)|(?P<whole>总体|整体))(?P<fill>{_FILL})$",
    re.IGNORECASE,
)
_ENGLISH_LABEL = re.compile(
    r"\b(?:(?:overall|total|current|project|dev|development|test|testing|migration)\s+)?"
    r"(?:progress|completion|completed?|done|finished|development|dev|testing|coding|design|migration|integration|"
    r"implementation|build|qa|uat|sit|refactoring|overall|in progress|ongoing|front-?end|back-?end)"
    r"(?:\s|:|=|\(|\[|\*|-(?=\s)|\b(?:is|are|at|now|currently|about|around|approximately|roughly|stands|reached|to|of|status|with)\b)*$",
    re.ASCII | re.IGNORECASE,
)
_SHARE_LABEL = re.compile(r"占比(?:\s|\*|:|约为|约|为|达到|达|已|\()*$")
_DONE_NOUN = re.compile(rf"(?:任务|工作|项目|整体)?(?:{_WORK}|进度)[^,;。!?\n()]{{0,6}}$")
_DONE_COUNT = re.compile(rf"(?:已|完成)[^,;。!?\n0-9]{{0,10}}[0-9]+\s?(?:{COUNTER})", re.IGNORECASE | re.ASCII)
_BAD_SHARE = re.compile(r"失败|异常|错误|投诉|退款|未|拒|损|风险|费|款|金额|成本|人")

_NOT_A_PHASE = re.compile(r"(?:覆盖|通过|成功|失败|使用|占用|增长|提升|下降|降低|减少|节省|节约|投入|占|可用|达标|留存|转化|支付|预付|付)$|耗时|延迟|时延|性能(?!测试|压测)|成本|效率|人力|报错")
_PLAN_LABEL = re.compile(r"(?:目标|计划|预计|预期|预估|应达|应有|时间|序时|理论)(?:的|总体|整体|总|完成)?$")
_SHARES = re.compile(r"(?:占比|分布|构成|比例|配比|投入)\s?:")
_OF_PAYMENT = re.compile(r"首付|首签|尾款|质保|款项|合同款|首款|首期款|预付|签约[0-9]")
_ON_TIME = re.compile(r"(?:按时|及时|准时|交易|支付|订单|自动|首次|如期|按期|SLA|工单|流程)\s?$")
_ABOUT = re.compile(r"约|大约|接近|about|around|roughly|approximately", re.IGNORECASE)

#: Right after a percent: it is a target, a share, or an amount of something.
_NO_PROGRESS_NEXT = re.compile(
    r"\*{0,2}\s?(?:以上|以下|以内|之内|\+|款|首付|预付|定金|尾款|费|的?(?:流量|用户|人力|人员|资源|成本|预算|时间|精力|机器|样本|"
    r"股|份额|收益|请求|客户|商户|订单|交易|数据|内存|水位|负载|分位|CPU|QPS|TPS|折|税|利|佣|概率|权重|投入|资金|款项|合同|提升|下降|"
    r"(?:用例|案例|场景)[^,;。\n]{0,6}通过)|[-~/]\s?[0-9])",
    re.IGNORECASE,
)
_FORMERLY = re.compile(r"[由从][^0-9]*$")
_ARROW_NEXT = re.compile(r"\s?(?:→|⇒|-+>|=>|提升[到至]|推进[到至]|增[到至]|升[到至]|[到至])\s?(?=[0-9]{1,3}(?:\.[0-9]+)?\s?%)")
_DONE_NEXT = re.compile(
    r"\*{0,2}\s?(?:的?(?:已?完成(?![率度于])|进度|进展)|(?:is |are |now |already )?(?:done|complete(?:d)?|finished|implemented|migrated)\b|"
    r"through\b|of the way\b|of (?:the )?(?:[a-z-]+ ){1,4}(?:are |is |have been |has been |were |was )?"
    r"(?:done|complete|completed|finished|migrated|moved|converted|delivered|implemented)\b)",
    re.ASCII | re.IGNORECASE,
)
_ABOUT_NEXT = re.compile(r"\*{0,2}\s?左右")
_CLAUSE_OVER = re.compile(r"\s*(?:[,;。!?\n|)】\]、]|$)")
_NO_BOLD_PROGRESS = re.compile(
    r"(?:率|比|比例|负载|使用|占用|可用性|增长|提升|下降|降低|减少|节省|节约|上涨|回落|缩短|优化|超过|超|高于|低于|达标|目标|"
    r"份额|概率|折扣|折|税|佣|利|毛利|费|款|流量|灰度|放量|健康度|准确|覆盖|转化|为|仅|"
    r"CPU|SLA|rate|usage|coverage|growth|share|margin|up|down|by|than|target|availability|load)[\s:*(]*$|[<>≥≤+]\s?$",
    re.IGNORECASE,
)


def find_progress(text: str) -> list[FoundFact]:
    """The percents of `text` that state progress, 0 to 100, each with the words that say so."""
    line = prose(text)
    if "%" not in line:
        return []
    facts: list[FoundFact] = []
    carried = -1
    previous = 0
    for count, percent in enumerate(_PERCENT.finditer(line)):
        if count >= _LIMIT:
            break
        last, end = percent.start() + 1, percent.end()
        number = _NUMBER.search(line[max(0, last - 12) : last]) or _NUMBER_AFTER_LETTERS.search(line[max(0, last - 16) : last])
        if number is None:
            previous = end
            continue
        digits = number[0].lstrip("progesdncmltPROGESDNCMLT")
        start = last - len(digits)
        arrow = _ARROW_NEXT.match(line, end)
        label = carried if carried >= 0 else _label_start(line, start, end, previous, formerly=arrow is not None)
        carried = label if arrow else -1
        previous = end
        value = Decimal(digits)
        if label < 0 or arrow or value > 100 or _FORMERLY.search(line[label:start]):
            continue
        certain = not _ABOUT.search(line, label, start) and not _ABOUT_NEXT.match(line, end)
        done = _DONE_NEXT.match(line, end)
        end = done.end() if done and label == start else closed(line, label, end)
        facts.append(FoundFact("progress", label, end, certain, {"value": value}))
    return facts


def _label_start(line: str, start: int, end: int, previous: int, *, formerly: bool) -> int:
    """Where the words that make the percent progress begin; -1 where there are none."""
    low = max(0, start - _REACH, previous)
    before = line[low:start]
    clause = line[max(low, clause_start(line, start)) : start]
    if not formerly and _NO_PROGRESS_NEXT.match(line, end):
        return -1
    if _DONE_NEXT.match(line, end) and not _NO_BOLD_PROGRESS.search(clause) and not PLANNED.search(clause):
        return start
    label = _LABEL.search(before)
    if label and not label["sure"] and _is_of_something_else(line, start, end):
        return -1
    if label and _label_holds(before, label):
        return low + label.start()
    if (share := _SHARE_LABEL.search(before)) and (label_start := _share_of_work(line, low + share.start())) >= 0:
        return label_start
    if (english := _ENGLISH_LABEL.search(before)) and not re.search(r"\b(?:target|goal|plan(?:ned)?|expected|will be|should be)\b", clause, re.IGNORECASE):
        return low + english.start()
    return start if _stands_alone(line, start, end, clause) else -1


def _is_of_something_else(line: str, start: int, end: int) -> bool:
    """`人力占比：研发60%，测试20%`, `签约20%，验收50%，质保30%`: parts of a sum, or of a payment."""
    sentence = line[clause_start(line, start, ends="。\n") : start]
    return bool(_SHARES.search(sentence) or _OF_PAYMENT.search(sentence[-24:]) or _OF_PAYMENT.search(line[end : end + 16]))


def _label_holds(before: str, label: re.Match[str]) -> bool:
    ahead = before[: label.start()]
    clause = ahead[clause_start(ahead, len(ahead)) :]
    if label["sure"]:
        if label["sure"].endswith(("率", "比例", "比", "度")) and "完成" in label["sure"] and _ON_TIME.search(clause):
            return False
        return not _PLAN_LABEL.search(clause)
    if _NOT_A_PHASE.search(clause) or _PLAN_LABEL.search(clause) or PLANNED.search(clause):
        return False
    if label["whole"]:
        return not re.search(r"率|负载|下降|提升|增长|降低", clause)
    return not (label["phase"] and re.search(r"[未不非后]$", clause))


def _share_of_work(line: str, at: int) -> int:
    """Where a share that is progress begins: `任务完成占比70%`, `完成开发90个，占比97%`; -1 for `失败占比3%`."""
    begin = clause_start(line, at)
    noun = line[begin:at].strip(" *_")
    if noun:
        done = _DONE_NOUN.search(line[begin:at])
        return begin + done.start() if done and not _BAD_SHARE.search(noun) else -1
    clause = line[clause_start(line, max(0, begin - 1)) : max(0, begin - 1)]
    return at if _DONE_COUNT.search(clause) and not _BAD_SHARE.search(clause) else -1


def _stands_alone(line: str, start: int, end: int, clause: str) -> bool:
    """`**32.4%**` or `【80%】` that ends its clause, after words that name no other kind of percent."""
    opening, closing = line[max(0, start - 2) : start], line[end : end + 2]
    if opening == "**" == closing:
        return not _NO_BOLD_PROGRESS.search(clause) and bool(_CLAUSE_OVER.match(line, end + 2))
    if opening[-1:] == "【" and closing[:1] == "】":
        return not _NO_BOLD_PROGRESS.search(clause[:-1])
    return False
