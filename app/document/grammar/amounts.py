"""Money: `1,029,126,803.25元`, `50万`, `167笔，55,474,116元`, `USD 3,000`. Decimals are exact, never a float."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.document.grammar.folding import clause_start, prose
from app.document.grammar.found import FoundFact, closed

#: More amounts than this in one block is no prose; what follows them is not read.
_LIMIT = 1000

_NUMBER: Final = r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,6})?(?![0-9])|[0-9]{1,18}(?:\.[0-9]{1,6})?(?![0-9])"
_SCALE: Final = r"万亿|千万|百万|十万|千亿|百亿|十亿|亿|万|千|百"
_SCALES: Final = {
    "万亿": 12, "千亿": 11, "百亿": 10, "十亿": 9, "亿": 8, "千万": 7, "百万": 6, "十万": 5, "万": 4, "千": 3, "百": 2,
    "w": 4, "k": 3, "m": 6, "mn": 6, "million": 6, "bn": 9, "b": 9, "billion": 9,
}  # fmt: skip
_NAMES: Final = {
    "元": "CNY", "块": "CNY", "圆": "CNY", "元人民币": "CNY", "人民币": "CNY", "rmb": "CNY", "cny": "CNY", "¥": "CNY",
    "美元": "USD", "美金": "USD", "$": "USD", "us$": "USD", "usd": "USD", "港元": "HKD", "港币": "HKD", "hk$": "HKD", "hkd": "HKD",
    "欧元": "EUR", "€": "EUR", "eur": "EUR", "英镑": "GBP", "£": "GBP", "gbp": "GBP", "日元": "JPY", "jpy": "JPY",
    "新元": "SGD", "新加坡元": "SGD", "sgd": "SGD", "s$": "SGD", "澳元": "AUD", "aud": "AUD", "澳门元": "MOP", "台币": "TWD", "新台币": "TWD",
}  # fmt: skip
_AFTER: Final = (
    r"元人民币|元(?!旦|数据|素|件|器|宇宙|老|首|年|月|组|信息|模型)|块钱|美元|美金|港元|港币|欧元|英镑|日元|新加坡元|新元|澳元|新台币|台币|人民币|"
    r"(?:RMB|CNY|USD|HKD|EUR|GBP|JPY|SGD|AUD)(?![A-Za-z])"
)
_BEFORE = re.compile(
    r"(?P<sign>US\$|HK\$|S\$|¥|\$|€|£|(?:人民币|美元|港币|港元|欧元)\s?|(?<![A-Za-z])(?:RMB|CNY|USD|HKD|EUR|GBP|JPY|SGD|AUD)\s?¥?\s?)$",
    re.IGNORECASE,
)
_LABEL = re.compile(r"(?:金额|总额|交易额|资损|损失|余额|款项)(?:共计|合计|约为|约|共|为|是|达|计|\s|:|\*|=)*$")
_TAIL = re.compile(
    rf"(?:\*\*)?(?:\s?(?P<scale>{_SCALE}|(?:million|billion|mn|bn|[kmbw])(?![A-Za-z0-9])))?(?:多|余)?\s?(?:\*\*)?(?P<unit>{_AFTER})?",
    re.IGNORECASE,
)
_HINT = re.compile(r"[元万亿¥$€£额币]|[0-9]\s?w|美金|损失|资损|款项|块钱|RMB|CNY|USD|HKD|EUR|GBP|JPY|SGD|AUD", re.IGNORECASE)
_START = re.compile(r"[0-9]+")
_DIGITS = re.compile(_NUMBER)
_GLUED = re.compile(r"[0-9A-Za-z._%#@\x00/]$|[0-9]\s?[万亿千]?\s?[-~,]$")

#: A bare 万 or 亿 counts something else where these follow ...
_COUNTED_NEXT = re.compile(
    r"\s?(?:级|笔|条|次|个|人|户|行|单|台|张|件|份|套|家|项|字|里|用户|订单|数据|商户|记录|请求|调用|流水|消息|日志|QPS|TPS|PV|UV|DAU|MAU|"
    r"科|能|全|无|达(?!通)|象|物|分之|年|小时|天|多?[个条笔次户人张台件家])",
    re.IGNORECASE,
)
#: ... or these stand before; money is what these speak of.
_COUNTED_BEFORE = re.compile(
    r"(?:量|数|户|笔|次|人|条|QPS|TPS|DAU|MAU|PV|UV|并发|请求|调用|记录|消息|日志|样本|粉丝|文件|行|峰值|容量|吞吐)"
    r"(?:约为|约|为|达到|达|超过|超|近|共|:|\s|已|突破|在|至|到|>|\*)*$",
    re.IGNORECASE,
)
_MONEY_WORDS = re.compile(
    r"金额|费|款|成本|收入|节省|节约|降本|预算|采购|合同|投入|支出|营收|GMV|交易额|规模|充值|提现|赔付|损失|资损|余额|授信|佣|利润|"
    r"省|价|付|到账|补贴|资金|额|罚|账|钱|cost|saving|saved|revenue|budget|amount|loss|paid|fee",
    re.IGNORECASE,
)
_NOT_AFTER_LABEL = re.compile(r"\s?(?:[个张项家条笔台套次件单人户%天月日年级倍位期类分种]|[-/:~.]\s?[0-9]|[A-Za-z])")

_COUNT_BEFORE = re.compile(
    r"(?:(?<![0-9,.])(?P<n>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,9})\s?[笔单](?:交易|支付|订单|退款|付款)?|"
    r"(?:笔数|单数)\s?(?:共|为|约|:)*\s?(?P<n2>[0-9]{1,9})\s?笔?)"
    r"[\s,、/(]*(?:(?:涉及|交易|支付|退款|合计|共计|总计|总|共|订单|付款)*(?:金额|额)?(?:约为|约|共计|合计|共|为|是|计|:|\s|\*)*)$"
)
_COUNT_AFTER = re.compile(
    r"\s?[(,、/]?\s?(?:共计|合计|共|涉及|总计)?\s?(?P<n>[0-9]{1,9})\s?[笔单](?!据|元|位)(?![\s,、/(]*(?:涉及|交易|合计|共计|总|共)*(?:金额|额)?(?:约|为|共|:|\s)*[¥$]?[0-9][0-9,.]*\s?[万亿千百]?元)"
)


@dataclass(frozen=True, slots=True)
class FoundAmount:
    """Money at `text[start:end]`. `value` is an exact decimal; `count` the number of payments, where said."""

    start: int
    end: int
    value: str
    currency: str | None
    count: int | None
    certain: bool


def find_amounts(text: str) -> list[FoundAmount]:
    """The amounts of money in `text`, in order. A count of payments alone (`967笔`) is none."""
    line = prose(text)
    if not _HINT.search(line):
        return []
    typed = _with_typed_commas(text, line)
    found: list[FoundAmount] = []
    done = 0
    for count, digits in enumerate(_START.finditer(line)):
        if count >= 20 * _LIMIT or len(found) >= _LIMIT:
            break
        start = digits.start()
        if start < done or digits.end() - start > 18:
            continue
        number = _DIGITS.match(typed, start)
        amount = _amount(line, start, number.end()) if number else None
        if amount is not None:
            found.append(amount)
            done = amount.end
    return found


def amount_fact(amount: FoundAmount) -> FoundFact:
    values = {"value": amount.value, "currency": amount.currency, "count": amount.count}
    return FoundFact("amount", amount.start, amount.end, amount.certain, values)


def _amount(line: str, start: int, end: int) -> FoundAmount | None:
    digits = line[start:end]
    before = line[max(0, start - 24) : start]
    sign = _BEFORE.search(before)
    tail = _TAIL.match(line, end)
    if tail is None or (not sign and _GLUED.search(before)):
        return None
    scale, unit = tail["scale"], tail["unit"]
    is_slang = scale in ("w", "W")  # 50w is 50万
    if scale and scale.isascii() and not is_slang and not sign and not unit:
        scale = None
    label = _LABEL.search(before)
    if unit or scale:
        end = tail.end("unit" if unit else "scale")
    if unit or sign:
        certain = True
    elif is_slang:
        if not _MONEY_WORDS.search(line[clause_start(line, start) : start]) or _COUNTED_NEXT.match(line, end):
            return None
        certain = False
    elif scale in ("万", "亿", "千万", "百万", "十亿", "百亿", "千亿", "万亿"):
        if _COUNTED_NEXT.match(line, end) or _COUNTED_BEFORE.search(before):
            return None
        certain = bool(_MONEY_WORDS.search(line[clause_start(line, start) : start]))
    elif label and not _NOT_AFTER_LABEL.match(line, end):
        certain = True
    else:
        return None
    if sign and not unit and scale is None and re.match(r"%|[0-9]|\{", line[end : end + 1]):
        return None
    name = _NAMES.get((sign["sign"] if sign else unit or "").strip().rstrip("¥").strip().lower() or "¥") if sign or unit else None
    begin = start - len(sign["sign"]) if sign else start
    begin, end, payments = _with_count(line, begin, end)
    return FoundAmount(begin, end, _value(digits, scale), name, payments, certain)


def _with_count(line: str, start: int, end: int) -> tuple[int, int, int | None]:
    low = max(0, start - 40)
    if count := _COUNT_BEFORE.search(line[low:start]):
        return low + count.start(), end, int((count["n"] or count["n2"]).replace(",", ""))
    if count := _COUNT_AFTER.match(line, end):
        return start, closed(line, start, count.end()), int(count["n"])
    return start, end, None


def _value(digits: str, scale: str | None) -> str:
    plain = digits.replace(",", "")
    if scale is None:
        whole, point, fraction = plain.partition(".")
        return (whole.lstrip("0") or "0") + point + fraction
    shifted = Decimal(plain).scaleb(_SCALES[scale.lower()])
    value = f"{shifted:f}"
    return value.rstrip("0").rstrip(".") if "." in value else value


def _with_typed_commas(text: str, line: str) -> str:
    """The line with full-width commas as typed: `5，200元` is two numbers, `5,200元` is one."""
    if "，" not in text:
        return line
    return "".join("，" if typed == "，" else folded for typed, folded in zip(text, line, strict=False))
