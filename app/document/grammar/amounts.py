"""Money: `1,846.50元`, `50万`, `34笔，27,450元`, `USD 3,000`. Decimals are exact, never a float."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.document.grammar.folding import clause_start, prose
from app.document.grammar.found import FoundFact, closed
from app.document.grammar.patterns import any_of, words

#: More amounts than this in one block is no prose; what follows them is not read.
_LIMIT: Final = 1000
_LONGEST: Final = 18

_CURRENCIES: Final = {
    "CNY": "元 圆 块钱 人民币 元人民币 RMB CNY ¥",
    "USD": "美元 美金 $ US$ USD",
    "HKD": "港元 港币 HK$ HKD",
    "EUR": "欧元 € EUR",
    "GBP": "英镑 £ GBP",
    "JPY": "日元 JPY",
    "SGD": "新加坡元 新元 S$ SGD",
    "AUD": "澳元 AUD",
    "TWD": "新台币 台币 TWD",
}
_CURRENCY: Final = {name.lower(): code for code, names in _CURRENCIES.items() for name in names.split()}
_CODES: Final = any_of(*_CURRENCIES, "RMB")
#: Powers of ten.
_SCALES: Final = {
    **{
        "百": 2,
        "千": 3,
        "万": 4,
        "十万": 5,
        "百万": 6,
        "千万": 7,
        "亿": 8,
        "十亿": 9,
        "百亿": 10,
        "千亿": 11,
        "万亿": 12,
    },
    **{"k": 3, "w": 4, "m": 6, "mn": 6, "million": 6, "b": 9, "bn": 9, "billion": 9},
}
#: Of these, those that make a number money also without a currency.
_LARGE: Final = frozenset(["万", "百万", "千万", "亿", "十亿", "百亿", "千亿", "万亿"])


@dataclass(frozen=True, slots=True)
class FoundAmount:
    """Money at `text[start:end]`. `value` is an exact decimal; `count` the number of payments, where said."""

    start: int
    end: int
    value: str
    currency: str | None
    count: int | None
    certain: bool


_HINT = words(rf"[元圆万亿¥$€£额币]|[0-9]\s?w|美金|英镑|损失|资损|款项|块钱|{_CODES}")
_DIGIT = re.compile(r"[0-9]+")
_NUMBER = re.compile(
    r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,18})(?:\.[0-9]{1,6})?(?![0-9])",
)


def find_amounts(text: str) -> list[FoundAmount]:
    """The amounts of money in `text`, in order. A count of payments alone (`967笔`) is none."""
    line = prose(text)
    if not _HINT.search(line):
        return []
    typed = _with_typed_commas(text, line)
    found: list[FoundAmount] = []
    done = 0
    for count, digits in enumerate(_DIGIT.finditer(line)):
        if count >= 20 * _LIMIT or len(found) >= _LIMIT:
            break
        start = digits.start()
        if start < done or digits.end() - start > _LONGEST:
            continue
        number = _NUMBER.match(typed, start)
        amount = _amount(line, start, number.end()) if number else None
        if amount is not None:
            found.append(amount)
            done = amount.end
    return found


def amount_fact(amount: FoundAmount) -> FoundFact:
    values = {"value": amount.value, "currency": amount.currency, "count": amount.count}
    return FoundFact("amount", amount.start, amount.end, amount.certain, values)


_SIGN_BEFORE = words(
    r"(?P<sign>(?:US|HK|S)\$|[¥$€£]|(?:人民币|美元|港币|港元|欧元)\s?|",
    rf"(?<![A-Za-z]){_CODES}\s?¥?\s?)$",
)
_GLUED = re.compile(r"[0-9A-Za-z._%#@\x00/]$|[0-9]\s?[万亿千]?\s?[-~,]$")
_TAIL = words(
    rf"(?:\*\*)?(?:\s?(?P<scale>{any_of(*(scale for scale in _SCALES if not scale.isascii()))}",
    rf"|{any_of(*(scale for scale in _SCALES if scale.isascii()))}(?![A-Za-z0-9])))?[多余]?\s?(?:\*\*)?",
    r"(?P<unit>元人民币|元(?!旦|数据|素|件|器|宇宙|老|首|年|月|组|信息|模型)|",
    any_of("块钱 美元 美金 港元 港币 欧元 英镑 日元 新加坡元 新元 澳元 新台币 台币 人民币"),
    rf"|{_CODES}(?![A-Za-z]))?",
)
_LABEL = re.compile(r"(?:金额|总额|交易额|资损|损失|余额|款项)(?:共计|合计|约为|[约共为是达计\s:*=])*$")
_NO_AMOUNT_NEXT = re.compile(
    r"\s?(?:[个张项家条笔台套次件单人户%天月日年级倍位期类分种]|[-/:~.]\s?[0-9]|[A-Za-z])"
)
#: A bare 万 or 亿 counts something else where these follow ...
_COUNTED_NEXT = words(
    r"\s?",
    any_of(
        "级 笔 条 次 个 人 户 行 单 台 张 件 份 套 家 项 字 里 科 能 全 无 达(?!通) 象 物 分之 年 小时 天",
        "用户 订单 数据",
        "商户 记录 请求 调用 流水 消息 日志 QPS TPS PV UV DAU MAU 多?[个条笔次户人张台件家]",
    ),
)
#: ... or these stand before; money is what these speak of.
_COUNTED_BEFORE = words(
    any_of(
        "量 数 户 笔 次 人 条 行 QPS TPS DAU MAU PV UV 并发 请求 调用 记录 消息 日志 样本 粉丝 文件 峰值",
        "容量 吞吐",
    ),
    r"(?:约为|达到|超过|突破|[约为达超近共:\s已在至到>*])*$",
)
_OF_MONEY = words(
    any_of(
        "金额 费 款 成本 收入 节省 节约 降本 预算 采购 合同 投入 支出 营收 GMV 交易额 规模 充值 提现 赔付",
        "损失 资损",
        "余额 授信 佣 利润 省 价 付 到账 补贴 资金 额 罚 账 钱 cost saving saved revenue budget amount",
        "loss paid fee",
    )
)


def _amount(line: str, start: int, end: int) -> FoundAmount | None:
    digits = line[start:end]
    before = line[max(0, start - 24) : start]
    sign = _SIGN_BEFORE.search(before)
    tail = _TAIL.match(line, end)
    if tail is None or (not sign and _GLUED.search(before)):
        return None
    scale, unit = (tail["scale"] or "").lower(), tail["unit"]
    if scale.isascii() and scale != "w" and not sign and not unit:
        scale = ""
    if unit or scale:
        end = tail.end("unit" if unit else "scale")
    certain = _certainty(line, start, end, before, scale, is_marked=bool(sign or unit))
    if certain is None or (sign and not unit and not scale and line[end : end + 1] in ("%", "{")):
        return None
    name = sign["sign"].rstrip("¥ ") or "¥" if sign else unit
    begin = start - len(sign["sign"]) if sign else start
    begin, end, payments = _with_count(line, begin, end)
    return FoundAmount(
        begin, end, _value(digits, scale), _CURRENCY.get((name or "").lower()), payments, certain
    )


def _certainty(line: str, start: int, end: int, before: str, scale: str, *, is_marked: bool) -> bool | None:
    """Whether it is money for certain; None where it is no money at all."""
    if is_marked:
        return True
    if scale in _LARGE or scale == "w":
        if _COUNTED_NEXT.match(line, end) or _COUNTED_BEFORE.search(before):
            return None
        is_money = bool(_OF_MONEY.search(line[clause_start(line, start) : start]))
        if scale == "w":  # 50w is how some write 50万
            return False if is_money else None
        return is_money
    if _LABEL.search(before) and not _NO_AMOUNT_NEXT.match(line, end):
        return True
    return None


_SUM: Final = r"(?:涉及|交易|支付|退款|合计|共计|总计|总|共|订单|付款)*(?:金额|额)?"
_COUNT_BEFORE = re.compile(
    r"(?:(?<![0-9,.])(?P<n>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,9})\s?[笔单](?:交易|支付|订单|退款|付款)?|"
    r"(?:笔数|单数)\s?[共为约:]*\s?(?P<n2>[0-9]{1,9})\s?笔?)"
    rf"[\s,、/(]*{_SUM}(?:约为|共计|合计|[约共为是计:\s*])*$"
)
#: A count behind the amount, unless it belongs to the next amount.
_COUNT_AFTER = re.compile(
    r"\s?[(,、/]?\s?(?:共计|合计|共|涉及|总计)?\s?(?P<n>[0-9]{1,9})\s?[笔单](?!据|元|位)"
    rf"(?![\s,、/(]*{_SUM}[约为共:\s]*[¥$]?[0-9][0-9,.]{{0,24}}\s?[万亿千百]?元)"
)


def _with_count(line: str, start: int, end: int) -> tuple[int, int, int | None]:
    """The place with the number of payments said beside the amount, and that number."""
    low = max(0, start - 40)
    if count := _COUNT_BEFORE.search(line[low:start]):
        return low + count.start(), end, int((count["n"] or count["n2"]).replace(",", ""))
    if count := _COUNT_AFTER.match(line, end):
        return start, closed(line, start, count.end()), int(count["n"])
    return start, end, None


def _value(digits: str, scale: str) -> str:
    """The exact decimal: digits as typed where nothing scales them."""
    plain = digits.replace(",", "")
    if not scale:
        whole, point, fraction = plain.partition(".")
        return (whole.lstrip("0") or "0") + point + fraction
    value = f"{Decimal(plain).scaleb(_SCALES[scale]):f}"
    return value.rstrip("0").rstrip(".") if "." in value else value


def _with_typed_commas(text: str, line: str) -> str:
    """The line with full-width commas as typed: `5，200元` is two numbers, `5,200元` is one."""
    if "，" not in text:
        return line
    return "".join("，" if typed == "，" else folded for typed, folded in zip(text, line, strict=False))
