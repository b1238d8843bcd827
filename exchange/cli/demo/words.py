"""The Chinese words for what the API says in code words: sides, states, reasons. English tells the code words.

A code word that is not here is shown as it is. A test holds the tables to the enumerations of the exchange.
"""

from __future__ import annotations

from typing import Final

SIDES: Final = {"BUY": "买入", "SELL": "卖出"}
ROLES: Final = {"SELLER": "卖方", "BUYER": "买方", "BOTH": "买卖双向"}
TIMES_IN_FORCE: Final = {
    "GFD": "当日有效",
    "GTC": "撤单前有效",
    "GTD": "指定日前有效",
    "IOC": "即时成交剩余撤销",
    "FOK": "全部成交否则撤销",
}
CANCEL_REASONS: Final = {
    "REQUESTED": "主动撤单",
    "CANCEL_ALL": "全部撤单",
    "IMMEDIATE_REMAINDER": "未能即时成交",
    "SELF_TRADE": "防止自成交",
    "DAY_ENDED": "收市",
    "GOOD_TIL_PASSED": "有效期届满",
    "OUT_OF_BAND": "超出涨跌幅",
    "CANCEL_AFTER": "到时未续，自动撤单",
    "DISCONNECTED": "断线撤单",
    "ENCUMBERED": "减排量被限制",
}
FAMILIES: Final = {"FORESTRY_CCER": "林业 CCER", "REDUCTION_QUOTA": "碳减排量指标", "OTHER_SINK": "其他碳汇"}
LEAGUES: Final = {
    "NONE": "自治区",
    "HOHHOT": "呼和浩特",
    "BAOTOU": "包头",
    "HULUNBUIR": "呼伦贝尔",
    "HINGGAN": "兴安盟",
    "TONGLIAO": "通辽",
    "CHIFENG": "赤峰",
    "XILINGOL": "锡林郭勒",
    "ULANQAB": "乌兰察布",
    "ORDOS": "鄂尔多斯",
    "BAYANNUR": "巴彦淖尔",
    "WUHAI": "乌海",
    "ALXA": "阿拉善",
}
REQUEST_STATES: Final = {"OPEN": "待答复", "SILENT": "逾期未答复", "CONFIRMED": "已确认", "REFUSED": "已拒绝"}
USE_STATES: Final = {
    "PROPOSED": "待复核",
    "PENDING": "待登记机构注销",
    "FULFILLED": "已完成",
    "ENDED": "已终止",
    "REVOKED": "已撤销",
}
AGREEMENT_STATES: Final = {"PROPOSED": "待对手方确认", "AGREED": "已达成", "SETTLED": "已结算", "ENDED": "已终止"}
PROPOSAL_STATES: Final = {"OPEN": "待复核", "APPROVED": "复核通过", "REJECTED": "已驳回"}
REFERENCE_BASES: Final = {"DECLARED": "申报确定", "VWAP": "当日成交加权平均价", "CARRIED": "沿用上一基准价"}
VERIFIED: Final = {"YES": "已核对原文", "SECONDARY": "据其他来源", "OPERATOR_SET": "交易机构自定"}


def in_chinese(table: dict[str, str], word: str | None) -> str:
    """The Chinese word, or the code word itself."""
    return table.get(word or "", word or "")
