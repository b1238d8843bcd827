"""The words of the demo, in both languages, for what the API says in code words: sides, states, reasons.

English keeps the codes that traders say (BUY, GFD, FOK). A code word that is not here is shown as it is. A test holds
the tables to the enumerations of the exchange.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Word(NamedTuple):
    """What a code word is called in each language."""

    en: str
    zh: str


Words = dict[str, Word]

SIDES: Final[Words] = {
    "BUY": Word("BUY", "买入"),
    "SELL": Word("SELL", "卖出"),
}
ROLES: Final[Words] = {
    "SELLER": Word("seller", "卖方"),
    "BUYER": Word("buyer", "买方"),
    "BOTH": Word("buyer and seller", "买卖双向"),
}
TIMES_IN_FORCE: Final[Words] = {
    "GFD": Word("GFD", "当日有效"),
    "GTC": Word("GTC", "撤单前有效"),
    "GTD": Word("GTD", "指定日前有效"),
    "IOC": Word("IOC", "即时成交剩余撤销"),
    "FOK": Word("FOK", "全部成交否则撤销"),
}
CANCEL_REASONS: Final[Words] = {
    "REQUESTED": Word("at its owner's request", "主动撤单"),
    "CANCEL_ALL": Word("with all others", "全部撤单"),
    "IMMEDIATE_REMAINDER": Word("could not trade at once", "未能即时成交"),
    "SELF_TRADE": Word("would trade with itself", "防止自成交"),
    "DAY_ENDED": Word("the day has ended", "收市"),
    "GOOD_TIL_PASSED": Word("its last day is over", "有效期届满"),
    "OUT_OF_BAND": Word("outside the new band", "超出涨跌幅"),
    "CANCEL_AFTER": Word("not renewed in time", "到时未续，自动撤单"),
    "DISCONNECTED": Word("the line was lost", "断线撤单"),
    "ENCUMBERED": Word("its units are held fast", "减排量被限制"),
}
FAMILIES: Final[Words] = {
    "FORESTRY_CCER": Word("forestry CCER", "林业 CCER"),
    "REDUCTION_QUOTA": Word("reduction quota", "碳减排量指标"),
    "OTHER_SINK": Word("other sink", "其他碳汇"),
}
LEAGUES: Final[Words] = {
    "NONE": Word("region", "自治区"),
    "HOHHOT": Word("Hohhot", "呼和浩特"),
    "BAOTOU": Word("Baotou", "包头"),
    "HULUNBUIR": Word("Hulunbuir", "呼伦贝尔"),
    "HINGGAN": Word("Hinggan", "兴安盟"),
    "TONGLIAO": Word("Tongliao", "通辽"),
    "CHIFENG": Word("Chifeng", "赤峰"),
    "XILINGOL": Word("Xilingol", "锡林郭勒"),
    "ULANQAB": Word("Ulanqab", "乌兰察布"),
    "ORDOS": Word("Ordos", "鄂尔多斯"),
    "BAYANNUR": Word("Bayannur", "巴彦淖尔"),
    "WUHAI": Word("Wuhai", "乌海"),
    "ALXA": Word("Alxa", "阿拉善"),
}
REQUEST_STATES: Final[Words] = {
    "OPEN": Word("not answered yet", "待答复"),
    "SILENT": Word("no answer in time", "逾期未答复"),
    "CONFIRMED": Word("confirmed", "已确认"),
    "REFUSED": Word("refused", "已拒绝"),
}
USE_STATES: Final[Words] = {
    "PROPOSED": Word("waits for a second person", "待复核"),
    "PENDING": Word("waits for the registry's cancellation", "待登记机构注销"),
    "FULFILLED": Word("fulfilled", "已完成"),
    "ENDED": Word("ended", "已终止"),
    "REVOKED": Word("revoked", "已撤销"),
}
AGREEMENT_STATES: Final[Words] = {
    "PROPOSED": Word("waits for the other party", "待对手方确认"),
    "AGREED": Word("agreed", "已达成"),
    "SETTLED": Word("settled", "已结算"),
    "ENDED": Word("ended", "已终止"),
}
PROPOSAL_STATES: Final[Words] = {
    "OPEN": Word("waits for a second person", "待复核"),
    "APPROVED": Word("approved", "复核通过"),
    "REJECTED": Word("rejected", "已驳回"),
}
REFERENCE_BASES: Final[Words] = {
    "DECLARED": Word("declared", "申报确定"),
    "VWAP": Word("volume-weighted average of the day", "当日成交加权平均价"),
    "CARRIED": Word("carried over from the day before", "沿用上一基准价"),
}
VERIFIED: Final[Words] = {
    "YES": Word("checked against its text", "已核对原文"),
    "SECONDARY": Word("from another source", "据其他来源"),
    "OPERATOR_SET": Word("set by the venue", "交易机构自定"),
}


def in_english(table: Words, code: str | None) -> str:
    """The English word, or the code word itself."""
    return _word(table, code).en


def in_chinese(table: Words, code: str | None) -> str:
    """The Chinese word, or the code word itself."""
    return _word(table, code).zh


def _word(table: Words, code: str | None) -> Word:
    return table.get(code or "", Word(code or "", code or ""))
