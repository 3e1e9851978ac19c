"""Third parties an incident names as its source: banks, clearing houses, channels, clouds.

Modest on purpose: a name counts only where its clause also says that something of theirs failed or
changed (`中行对账文件解析异常`); names of those who merely suffered are left out.
"""

from __future__ import annotations

import re

from app.document.phrases import fold

_CITIES = (
    "北京|上海|南京|宁波|杭州|江苏|天津|大连|盛京|锦州|哈尔滨|成都|重庆|贵阳|长沙|西安|青岛|齐鲁|郑州|中原|厦门|苏州|东莞|"
    "广州|珠海|昆仑|河北|吉林|甘肃|兰州|桂林|江西|温州|台州|泉州|威海|潍坊"
)
_BANKS = (
    r"中国人民银行|人民银行|人行(?!为)|央行|"
    rf"(?:中国|工商|建设|农业|交通|招商|邮政储蓄|邮储|浦发|民生|兴业|光大|中信|平安|广发|华夏|浙商|渤海|恒丰|徽商|新网|微众|网商|百信|众邦|"
    rf"苏宁|亿联|富民|三湘|汇丰|渣打|花旗|东亚|恒生|星展|农村商业|农商|开发|进出口|{_CITIES})银行|"
    "中行|工行|建行|农行|交行|招行|邮储|浦发|民生|兴业|光大|中信|平安|广发|华夏|微众|网商"
)
_OTHERS = (
    "银联商务|银联|网联|银商|拉卡拉|微信支付|微信|支付宝|财付通|通联|易宝|连连|快钱|汇付|京东支付|云闪付|城银清算|农信银|"
    "腾讯云|阿里云|华为云|金山云|百度云|运营商|中国电信|中国联通|中国移动|电信|联通|移动|公安部|百望|企查查|天眼查"
)
_ENGLISH = (
    r"[A-Z][A-Za-z]+ Bank|UnionPay|NetsUnion|Alipay|WeChat Pay|Visa|Mastercard|PayPal|Stripe|Adyen|AWS|Azure|"
    r"Google Cloud|Cloudflare"
)
_NAME = re.compile(rf"{_BANKS}|{_OTHERS}|\b(?:{_ENGLISH})\b")
_BEFORE = r"(?:^|发现|反馈|由于|经查|[,。;:!?、\s]|(?<!原)因(?!为))"
_UNKNOWN = re.compile(
    rf"{_BEFORE}(?P<name>[\u4e00-\u9fffA-Za-z]{{2,6}}?)(?:支付|代付|代扣|快捷|收单)?(?:通道|银行)"
)
_GENERIC = re.compile(
    r"监控|发现|反馈|支付|银行|收单|代付|代扣|出金|入金|网关|快捷|渠道|三方|备用|单一|部分|某|该|此|多个|多家|个别|短信|专用|绿色|应急|业务|主备|切换|各|其他|"
    r"全部|所有|关闭|恢复|新增|上游|下游|我方|对方|核心|系统|网络|并|已|将|的|后|合作|存管|监管|开户|发卡|对手|收款|付款|资金|导致|因为|与|和|通过|使用"
)
_FAULT = re.compile(
    r"故障|异常|升级|维护|超时|抖动|中断|不可用|报错|宕机|限流|延迟|变更|割接|下降|下跌|波动|降低|崩溃|无响应|未返回|未推送|错误|"
    r"不稳定|失败|降至|下滑|响应(?:缓?慢|变慢|迟缓)|晚到|迟到|重复|拥塞|拥堵|"
    r"reject|(?<!case )(?<!ticket )(?<!incident )\bclosed\b|throttl|\blost\b|\blate\b|duplicat|"
    r"fail|fault|unstable|unreachable|slow|outage|"
    r"maintenance|upgrad|timeout|timed out|\bdown\b|degrad|latency|unavailable|error",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[,。;!?\n]|(?<!\d)\.(?!\d)")
_NOT_BEFORE = re.compile(
    r"(?:与|和|至|到|通知|联系|反馈给|告知|协调|推动|联合|自|动|向|给|往|对|导致[^,。;]{0,8}|"
    r"\b(?:to|with|for|notified|asked|told|called|contacted|informed)\s)$",
    re.IGNORECASE,
)
#: What customers failed to do there: `存管开户均失败` names those who suffered.
_CUSTOMERS = re.compile(r"开户|销户|注册|登录|绑卡|实名|激活|签约|认证")
_REACH = 24
_ENGLISH_REACH = 48


def find_parties(text: str) -> list[str]:
    """Names of third parties at fault, each once, in the order of the text."""
    folded = fold(text)
    spans = [match.span() for match in _NAME.finditer(folded)]
    spans += [match.span("name") for match in _UNKNOWN.finditer(folded) if not _GENERIC.search(match["name"])]
    found: dict[str, None] = {}
    for start, end in sorted(spans):
        if folded.startswith("银行", end):
            end += 2
        if _is_at_fault(folded, start, end):
            found.setdefault(text[start:end])
    return list(found)


def _is_at_fault(text: str, start: int, end: int) -> bool:
    if _NOT_BEFORE.search(text, max(0, start - 10), start):
        return False
    reach = end + (_ENGLISH_REACH if text[end - 1].isascii() else _REACH)
    stop = _CLAUSE_END.search(text, end, reach)
    faults = _FAULT.finditer(text, end, stop.start() if stop else reach)
    return any(fault[0] != "失败" or not _CUSTOMERS.search(text, end, fault.start()) for fault in faults)
