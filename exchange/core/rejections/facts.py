"""What the numbers of a refusal are called, in English and Chinese, and what they count.

A refusal carries its facts as names and whole numbers (:class:`~exchange.core.rejections.reasons.Refusal`); these are
the words with which they are told to people. Money is in fen inside and is told in CNY.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from exchange.core.rejections.reasons import RejectReason as R


@dataclass(slots=True, frozen=True)
class Unit:
    """What is counted. ``one`` is the English word for a single one, where it differs; ``money``: the number is fen;
    ``name``: it is a number by which a thing is called, and no amount.
    """

    en: str
    zh: str
    one: str = ""
    money: bool = False
    name: bool = False


PRICE: Final = Unit("CNY/t", "元/吨", money=True)
CASH: Final = Unit("CNY", "元", money=True)
TONNES: Final = Unit("t", "吨")
CHARACTERS: Final = Unit("characters", "个字符", "character")
OPERATORS: Final = Unit("operators", "人", "operator")
ORDERS: Final = Unit("open orders", "笔", "open order")
KEYS: Final = Unit("keys", "个密钥", "key")
DAYS: Final = Unit("days", "天", "day")
PROPOSALS: Final = Unit("open proposals", "份申请", "open proposal")
AGREEMENTS: Final = Unit("open agreements", "份协议", "open agreement")
LINE: Final = Unit("", "", name=True)
ENCUMBRANCES: Final = Unit("encumbrances", "项权利限制", "encumbrance")
ROWS: Final = Unit("rows", "行", "row")
RANGES: Final = Unit("ranges", "段", "range")
RULES: Final = Unit("rules", "条规则", "rule")
RESTING: Final = Unit("resting orders", "笔挂单", "resting order")


@dataclass(slots=True, frozen=True)
class FactText:
    """The name of a fact for people, and its unit."""

    en: str
    zh: str
    unit: Unit


FACTS: Final[dict[str, FactText]] = {
    "lowest": FactText("at least", "最少", TONNES),
    "highest": FactText("at most", "最多", TONNES),
    "lowest_price": FactText("lowest", "最低", PRICE),
    "highest_price": FactText("highest", "最高", PRICE),
    "tick_price": FactText("tick", "最小变动价位", PRICE),
    "lot_size": FactText("lot size", "交易单位", TONNES),
    "filled": FactText("filled", "已成交", TONNES),
    "needed": FactText("needed", "需要", TONNES),
    "available": FactText("available", "可用", TONNES),
    "lowest_cash": FactText("at least", "最低", CASH),
    "highest_cash": FactText("at most", "最高", CASH),
    "needed_cash": FactText("needed", "需要", CASH),
    "available_cash": FactText("available", "可用", CASH),
    "quantity": FactText("quantity", "填报数量", TONNES),
    "named": FactText("the serials are", "所列序列号合计", TONNES),
    "verified": FactText("verified", "核证量", TONNES),
    "line": FactText("line", "行号", LINE),
    "other_line": FactText("the other row is on line", "另一行的行号：", LINE),
    "serial": FactText("the first that is not there: serial", "首个不可办理的序列号：", LINE),
    "lowest_serial": FactText("of this lot: lowest serial_lo", "该批次的 serial_lo 最小为：", LINE),
    "highest_serial": FactText("highest serial_hi", "serial_hi 最大为：", LINE),
    "taken": FactText("the first that is recorded already: serial", "首个已有登记的序列号：", LINE),
    "taken_to": FactText("up to serial", "该段止于序列号：", LINE),
    "lot": FactText("lot", "批次：", LINE),
    "held": FactText("more in these lots and not free", "所涉批次中另有暂不可用的", TONNES),
    "encumbrances": FactText("it is held by", "该序列号受限于", ENCUMBRANCES),
    "asked": FactText("asked for already", "已在请求锁定之中", TONNES),
    "longest": FactText("at most", "最长", CHARACTERS),
    "project": FactText("it is taken by project", "占用该地块的项目：", LINE),
    "parcel": FactText("by its site parcel no.", "其地块序号：", LINE),
    "period_start": FactText("from", "其监测期起于：", LINE),
    "period_end": FactText("to", "止于：", LINE),
    "missing": FactText("it lacks", "缺少", RULES),
    "missing_rule": FactText("the first of them", "首条为：", LINE),
    "later": FactText("not in force yet:", "尚未生效的有", RULES),
    "later_rule": FactText("the first of them", "首条为：", LINE),
    "effective_from": FactText("from", "生效日期：", LINE),
    "trading_day": FactText("the trading day is", "当前交易日：", LINE),
    "earliest": FactText("the paper is at the earliest of", "书面答复的日期最早为：", LINE),
    "latest": FactText("at the latest of", "最晚为：", LINE),
    "wrong_rule": FactText("it is about the rule", "所涉规则：", LINE),
    "lowest_value": FactText("its value is at least", "取值最小为：", LINE),
    "highest_value": FactText("at most", "取值最大为：", LINE),
    "entry": FactText(
        "an id that is no name, a day that does not exist or too long a text in entry",
        "编号为空或含有不可用的字符、日期不存在或文字过长，序号：",
        LINE,
    ),
    "repeated_entry": FactText("there already for the same day: entry", "同一日期重复，序号：", LINE),
    "look_alike": FactText("its id is another one in other signs: entry", "编号与另一编号仅写法不同，序号：", LINE),
    "meant_rule": FactText("which is the rule", "该编号所指规则：", LINE),
    "other_unit": FactText("its unit is another than this rule has: entry", "单位与该规则现有的单位不同，序号：", LINE),
    "removed_entry": FactText(
        "kept by this venue, not in the rulebook, or named twice: removed no.",
        "为本场所执行的规则、不在规则集中或重复列出，removed 中的序号：",
        LINE,
    ),
}
"""Fact → how it is told."""

COUNTED: Final[dict[R, Unit]] = {
    R.NEXT_DAY_TOO_FAR: DAYS,
    R.TOO_MANY_OPERATORS: OPERATORS,
    R.TOO_MANY_KEYS: KEYS,
    R.TOO_MANY_KEYS_MADE: KEYS,
    R.TOO_MANY_OPEN_ORDERS: ORDERS,
    R.TOO_MANY_FILLS: RESTING,
    R.TOO_MANY_OPEN_PROPOSALS: PROPOSALS,
    R.TOO_MANY_OPEN_AGREEMENTS: AGREEMENTS,
    R.TOO_MANY_RANGES: RANGES,
    R.TOO_MANY_ROWS: ROWS,
    R.RULEBOOK_INCOMPLETE: RULES,
}
"""What ``highest`` counts where it is not tonnes."""


def fact_text(reason: R, name: str) -> FactText | None:
    """How a fact of a refusal is told; None for a name that has no words."""
    text = FACTS.get(name)
    if text is None or name != "highest" or reason not in COUNTED:
        return text
    return FactText(text.en, text.zh, COUNTED[reason])
