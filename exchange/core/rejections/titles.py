"""The short name of each refusal, in English and Chinese: the same words every time that it occurs (RFC 9457, 3.1.4).

What to do about it, and the numbers of the one case, are the detail's matter: :mod:`exchange.core.rejections.texts`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from exchange.core.rejections.reasons import RejectReason as R


@dataclass(slots=True, frozen=True)
class Title:
    """One short name in both languages, without a full stop."""

    en: str
    zh: str


TITLES: Final[dict[R, Title]] = {
    R.NOT_AUTHORISED: Title("Not authorised", "无权操作"),
    R.KEY_NOT_VALID: Title("Key not valid", "密钥无效"),
    R.SCOPE_MISSING: Title("Scope missing", "权限范围不足"),
    R.KEY_SPENT: Title("Idempotency key spent", "幂等键已过期"),
    R.KEY_REUSED: Title("Idempotency key reused", "幂等键重复使用"),
    R.COMMAND_QUARANTINED: Title("Command quarantined", "命令已隔离"),
    R.PARTICIPANT_NOT_FOUND: Title("Participant not found", "未找到交易主体"),
    R.PERSON_NOT_FOUND: Title("Person not found", "未找到人员"),
    R.KEY_NOT_FOUND: Title("Key not found", "未找到密钥"),
    R.INSTRUMENT_NOT_FOUND: Title("Instrument not found", "未找到交易标的"),
    R.ORDER_NOT_FOUND: Title("Open order not found", "未找到未成交申报"),
    R.LOT_NOT_FOUND: Title("Lot not found", "未找到批次"),
    R.ISSUANCE_NOT_FOUND: Title("Issuance not found", "未找到签发记录"),
    R.PROPOSAL_NOT_FOUND: Title("Proposal not found", "未找到复核申请"),
    R.AGREEMENT_NOT_FOUND: Title("Agreement not found", "未找到协议"),
    R.ALREADY_OPENED: Title("Venue already open", "已经开业"),
    R.MARKET_CLOSED: Title("Market closed", "市场已收市"),
    R.INSTRUMENT_HALTED: Title("Trading halted", "交易已暂停"),
    R.NOT_HALTED: Title("Trading not halted", "未暂停交易"),
    R.PROPOSAL_CLOSED: Title("Proposal closed", "申请已办结"),
    R.AGREEMENT_CLOSED: Title("Agreement closed", "协议已了结"),
    R.AGREEMENT_NOT_AFFIRMED: Title("Agreement not affirmed", "协议未经对手方确认"),
    R.NOT_DELIVERABLE: Title("Nothing to deliver yet", "签发前不得交割"),
    R.ENDED_DAY_NOT_LATER: Title("Next trading day not later", "下一交易日有误"),
    R.JOB_NOT_FOUND: Title("Job not found", "未找到批处理任务"),
    R.AGREEMENT_BINDING: Title("Agreement binding", "协议已生效"),
    R.NEXT_DAY_TOO_FAR: Title("Next trading day too far away", "下一交易日过远"),
    R.CANCEL_AFTER_NOT_DUE: Title("Dead-man's switch not due", "失联保护未到期"),
    R.CODE_TAKEN: Title("Participant code taken", "交易主体代码重复"),
    R.SYMBOL_TAKEN: Title("Symbol taken", "标的代码重复"),
    R.BASKET_TAKEN: Title("Instrument for these units exists", "同类标的已上市"),
    R.TOO_MANY_OPERATORS: Title("Too many operators", "操作员超限"),
    R.INVALID_FIELD: Title("Field does not fit", "字段取值不符"),
    R.RULEBOOK_INCOMPLETE: Title("Rulebook incomplete", "规则集不完整"),
    R.TICK_OUT_OF_RANGE: Title("Tick or lot size out of range", "最小变动价位或交易单位超限"),
    R.KEY_TOO_WIDE: Title("Key too wide", "密钥权限过宽"),
    R.SECRET_USED: Title("Secret used before", "密钥串重复"),
    R.TOO_MANY_KEYS: Title("Too many keys", "密钥数量超限"),
    R.QUANTITY_OUT_OF_RANGE: Title("Quantity out of range", "数量超限"),
    R.QUANTITY_NOT_LOT_MULTIPLE: Title("Quantity not a multiple of the lot size", "数量不是交易单位的整数倍"),
    R.PRICE_OUT_OF_RANGE: Title("Price out of range", "价格超限"),
    R.PRICE_NOT_ON_TICK: Title("Price not on the tick", "价格不符合最小变动价位"),
    R.PRICE_OUTSIDE_BAND: Title("Price outside the band", "价格超出涨跌幅"),
    R.TIME_IN_FORCE_INVALID: Title("Time in force not possible", "有效期类型不符"),
    R.GOOD_TIL_INVALID: Title("good_til not possible", "good_til 取值不符"),
    R.POST_ONLY_INVALID: Title("Post-only not possible", "不能只挂单"),
    R.ROLE_CANNOT_BUY: Title("May not buy", "无买入资格"),
    R.ROLE_CANNOT_SELL: Title("May not sell", "无卖出资格"),
    R.CLIENT_ORDER_ID_TAKEN: Title("client_order_id taken", "client_order_id 重复"),
    R.TOO_MANY_OPEN_ORDERS: Title("Too many open orders", "未成交申报过多"),
    R.POST_ONLY_WOULD_TAKE: Title("Post-only would trade at once", "只挂单申报将立即成交"),
    R.NOT_FILLABLE: Title("Not fillable at once", "无法立即全部成交"),
    R.AMEND_CHANGES_NOTHING: Title("Amendment changes nothing", "改单无变化"),
    R.AMEND_BELOW_FILLED: Title("Amendment below the filled quantity", "改单数量不足"),
    R.TOO_MANY_FILLS: Title("Too many fills at once", "同时成交笔数过多"),
    R.KEY_REPLACED: Title("Key replaced", "密钥已轮换"),
    R.TOO_MANY_KEYS_MADE: Title("Too many keys made today", "当日新建密钥超限"),
    R.SAME_PERSON: Title("Second person needed", "须由他人复核"),
    R.APPROVER_NOT_ENTITLED: Title("Approver not entitled", "无权复核"),
    R.HASH_MISMATCH: Title("Hash does not match", "摘要不符"),
    R.EVIDENCE_MISMATCH: Title("Evidence does not match", "凭证不符"),
    R.PROPOSER_KEY_REVOKED: Title("Proposer's key revoked", "经办密钥已吊销"),
    R.TOO_MANY_OPEN_PROPOSALS: Title("Too many open proposals", "待复核申请过多"),
    R.SAME_OWNER_GROUP: Title("Same owner group", "同一实际控制人"),
    R.TERMS_MISMATCH: Title("Terms do not match", "协议条款不一致"),
    R.FAMILY_MISMATCH: Title("Family does not match", "类别不符"),
    R.TOTAL_OUT_OF_RANGE: Title("Total out of range", "总价超限"),
    R.TOO_MANY_OPEN_AGREEMENTS: Title("Too many open agreements", "未了结协议过多"),
    R.SERIALS_INVALID: Title("Serial range not possible", "序列号区间有误"),
    R.SERIALS_OVERLAP: Title("Serials recorded already", "序列号重复登记"),
    R.OUTSIDE_ISSUANCE: Title("Serials outside the issuance", "序列号超出签发范围"),
    R.ISSUANCE_INVALID: Title("Issuance does not fit together", "签发信息不符"),
    R.LOT_NOT_ELIGIBLE: Title("Lot not eligible", "批次不可用于交割"),
    R.SPACE_SPELT_OTHERWISE: Title("Serial space spelt otherwise", "序列号空间写法不一致"),
    R.LOCK_REFERENCE_USED: Title("Lock reference used", "锁定凭证已使用"),
    R.AMOUNT_OUT_OF_RANGE: Title("Amount out of range", "金额超限"),
    R.BANK_REFERENCE_USED: Title("Bank reference used", "银行流水号重复"),
    R.INSUFFICIENT_CASH: Title("Insufficient cash", "可用资金不足"),
    R.INSUFFICIENT_TONNES: Title("Insufficient tonnes", "可用减排量不足"),
    R.TOO_MANY_RANGES: Title("Too many serial ranges at once", "序列号区间过多"),
}
"""Every refusal has one; a test holds the table to the reasons."""
