"""Third parties an incident names as its source: banks, clearing houses, channels, clouds.

Modest on purpose: a name counts only where its clause also says that something of theirs failed or
changed (`中行对账文件解析异常`); names of those who merely suffered are left out.
"""

from __future__ import annotations

import re

from app.document.phrases import fold

_BANKS = (
    "中国人民银行|人民银行|人行|央行|[\u4e00-\u9fff]{2,4}(?:农商|农村商业)银行|[\u4e00-\u9fff]{2,4}(?<!分|支|各|家|个)银行|"
    "中行|工行|建行|农行|交行|招行|邮储|浦发|民生|兴业|光大|中信|平安|广发|华夏|微众|网商"
)
_CLEARING = (
    "银联商务|银联|网联|银商|拉卡拉|微信支付|微信|支付宝|财付通|通联|易宝|连连|快钱|汇付|京东支付|云闪付|数字人民币|跨境清算|城银清算|农信银"
)
_OTHERS = "腾讯云|阿里云|华为云|金山云|百度云|运营商|电信|联通|移动|公安部|百望|企查查|天眼查"
_ENGLISH = (
    r"[A-Z][A-Za-z]+ Bank|UnionPay|NetsUnion|Alipay|WeChat Pay|Visa|Mastercard|PayPal|Stripe|Adyen|AWS|Azure|Google Cloud|Cloudflare"
)
_NAME = re.compile(rf"(?P<name>{_BANKS}|{_CLEARING}|{_OTHERS}|\b(?:{_ENGLISH})\b)")
_CHANNEL = re.compile(
    r"(?:^|发现|反馈|由于|导致|因|[,。;:、\s])(?P<name>[\u4e00-\u9fffA-Za-z]{2,6}?)(?:支付|代付|代扣|快捷|收单)?通道"
)
_GENERIC = re.compile(
    r"支付|银行|收单|代付|代扣|出金|入金|网关|快捷|渠道|三方|第三方|备用|单一|部分|某|该|此|多个|个别|短信|专用|绿色|应急|业务|主备|切换|各|其他|"
    r"全部|所有|关闭|恢复|新增|上游|下游|我方|对方|核心|系统|网络|并|已|将|的|后"
)
_FAULT = re.compile(
    r"故障|异常|升级|维护|超时|抖动|中断|不可用|报错|宕机|限流|延迟|变更|割接|下降|下跌|波动|降低|崩溃|无响应|未返回|未推送|错误|"
    r"fail|fault|outage|maintenance|upgrad|timeout|timed out|down|degrad|latency|unavailable|error",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[,。;!?\n]|(?<!\d)\.(?!\d)")
_NOT_BEFORE = re.compile(r"(?:与|和|切换至|切换到|切至|切到|迁移至|通知|联系|反馈给|告知|协调|推动|联合)$")
_REACH = 24


def find_parties(text: str) -> list[str]:
    """Names of third parties at fault, each once, in the order of the text."""
    folded = fold(text)
    found: dict[str, None] = {}
    for match in _NAME.finditer(folded):
        name = match["name"]
        if name.endswith("银行") and _is_plain(name):
            continue
        if _is_at_fault(folded, match.start(), match.end()):
            found.setdefault(text[match.start("name") : match.end("name")])
    for match in _CHANNEL.finditer(folded):
        if not _GENERIC.search(match["name"]) and _is_at_fault(folded, match.start("name"), match.end()):
            found.setdefault(text[match.start("name") : match.end("name")])
    return list(found)


def _is_plain(name: str) -> bool:
    """Whether the words before 银行 are none of its name: 合作银行, 多家银行, 导致银行."""
    return re.match(r"(?:.*(?:合作|多家|部分|各家|导致|由于|对手|收款|付款|开户|发卡|存管|监管|系统|的|因|与|和|在|向|是|为|到|被))银行$", name) is not None


def _is_at_fault(text: str, start: int, end: int) -> bool:
    if _NOT_BEFORE.search(text, max(0, start - 6), start):
        return False
    stop = _CLAUSE_END.search(text, end, end + _REACH)
    return _FAULT.search(text, end, stop.start() if stop else end + _REACH) is not None
