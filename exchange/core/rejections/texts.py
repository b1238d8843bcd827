"""What each refusal says, in English and Chinese, and which rule of the rulebook it enforces ("" where none does)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from exchange.core.rejections.reasons import RejectReason as R


@dataclass(slots=True, frozen=True)
class ReasonText:
    """The texts of one refusal. ``rule`` is an id of the rulebook, from which the article and version are added."""

    en: str
    zh: str
    rule: str = ""


TEXTS: Final[dict[R, ReasonText]] = {
    R.NOT_AUTHORISED: ReasonText(
        "This person may not give this command. Use a key of a person with the right role.",
        "该人员无权执行此操作,请使用具备相应角色人员的密钥。",
    ),
    R.KEY_NOT_VALID: ReasonText(
        "At its place in the log the key was revoked, expired or another person's. Use a key of yours that is valid.",
        "该请求排序时密钥已撤销、已过期或不属于该人员，请使用本人的有效密钥。",
    ),
    R.SCOPE_MISSING: ReasonText(
        "This key is not good for this. Use a key with the needed scope.",
        "该密钥缺少此操作所需的权限范围，请使用具备该权限的密钥。",
    ),
    R.KEY_SPENT: ReasonText(
        "This Idempotency-Key was used more than 90 days ago; its answer is no longer kept. Use a new key.",
        "该幂等键已于 90 天前使用,原应答不再保存,请使用新的幂等键。",
    ),
    R.KEY_REUSED: ReasonText(
        "This Idempotency-Key belongs to another request. Use a new key for a new request.",
        "该幂等键已用于另一请求,新请求请使用新的幂等键。",
    ),
    R.COMMAND_QUARANTINED: ReasonText(
        "This exact command is quarantined because it exposed a fault. The operator has been told; do not repeat it.",
        "该命令曾触发系统故障,已被隔离,运营方已获通知,请勿重复提交。",
    ),
    R.PARTICIPANT_NOT_FOUND: ReasonText("There is no such participant.", "参与方不存在。"),
    R.PERSON_NOT_FOUND: ReasonText("There is no such person.", "人员不存在。"),
    R.KEY_NOT_FOUND: ReasonText("There is no such key.", "密钥不存在。"),
    R.INSTRUMENT_NOT_FOUND: ReasonText("There is no such instrument.", "交易标的不存在。"),
    R.ORDER_NOT_FOUND: ReasonText(
        "There is no such open order; it may have been filled, cancelled or expired.",
        "没有此未完成的委托,可能已成交、已撤销或已失效。",
    ),
    R.LOT_NOT_FOUND: ReasonText("There is no such lot.", "批次不存在。"),
    R.ISSUANCE_NOT_FOUND: ReasonText("There is no such issuance.", "签发记录不存在。"),
    R.PROPOSAL_NOT_FOUND: ReasonText("There is no such proposal.", "提案不存在。"),
    R.AGREEMENT_NOT_FOUND: ReasonText("There is no such agreement.", "协议不存在。"),
    R.ALREADY_OPENED: ReasonText("The venue is open already.", "交易场所已开业。"),
    R.MARKET_CLOSED: ReasonText(
        "The trading day is being closed; wait until the next day opens.", "正在收市处理,请待下一交易日开市。", "HOURS"
    ),
    R.INSTRUMENT_HALTED: ReasonText(
        "Trading is halted. Cancelling is possible; new and amended orders are not.",
        "交易已暂停,可以撤单,不接受新委托与改单。",
        "HALT",
    ),
    R.NOT_HALTED: ReasonText("Trading is not halted.", "当前未处于暂停交易状态。", "HALT"),
    R.PROPOSAL_CLOSED: ReasonText("This proposal was approved or rejected before.", "该提案已被批准或否决。"),
    R.AGREEMENT_CLOSED: ReasonText("This agreement is settled or ended.", "该协议已结算或已终止。"),
    R.AGREEMENT_NOT_AFFIRMED: ReasonText(
        "The counterparty has not affirmed this agreement.", "对手方尚未确认该协议。", "BLOCK-FLOW"
    ),
    R.NOT_DELIVERABLE: ReasonText(
        "A pre-issuance agreement moves nothing before its units are issued.",
        "签发前协议在减排量签发之前不发生任何交收。",
        "UNIT",
    ),
    R.ENDED_DAY_NOT_LATER: ReasonText(
        "The next trading day must be a later calendar day.", "下一交易日必须晚于当前交易日。", "HOURS"
    ),
    R.JOB_NOT_FOUND: ReasonText("There is no such unfinished job.", "没有此未完成的批处理任务。"),
    R.AGREEMENT_BINDING: ReasonText(
        "Both parties have affirmed; neither can leave alone.", "双方均已确认,任何一方不得单方终止。", "BLOCK-FLOW"
    ),
    R.NEXT_DAY_TOO_FAR: ReasonText(
        "The next trading day is too far away; no holiday is that long.",
        "下一交易日间隔过长，超出任何法定假期的长度。",
        "HOURS",
    ),
    R.CODE_TAKEN: ReasonText("This participant code is in use.", "该参与方代码已被使用。"),
    R.SYMBOL_TAKEN: ReasonText("This symbol is in use.", "该标的代码已被使用。"),
    R.BASKET_TAKEN: ReasonText(
        "An instrument for these units is listed already; one kind of unit has one book.",
        "此类减排量已有挂牌标的,同一标的只设一个交易簿。",
        "INSTRUMENT-CCER",
    ),
    R.TOO_MANY_OPERATORS: ReasonText(
        "The account has as many operators as the rule allows.", "该账户的操作员人数已达上限。", "OPERATORS"
    ),
    R.INVALID_FIELD: ReasonText(
        "A field has a value that does not fit the others; see the documentation of this command.",
        "某字段取值与其他字段不相符,请参阅该命令的说明。",
    ),
    R.RULEBOOK_INCOMPLETE: ReasonText(
        "The rulebook lacks a rule that the engine needs, or gives one an impossible value.",
        "规则集缺少系统所需的规则,或规则取值不可行。",
    ),
    R.TICK_OUT_OF_RANGE: ReasonText("Tick or lot size is out of range.", "最小变动价位或交易单位超出范围。", "TICK"),
    R.KEY_TOO_WIDE: ReasonText(
        "A new key cannot be good for more, or for longer, than the key it is made with.",
        "新密钥的权限范围与有效期不得超出用于创建它的密钥。",
        "TWO-PERSONS",
    ),
    R.SECRET_USED: ReasonText(
        "A key with this secret was registered before. Make a new secret and hand over its SHA-256.",
        "该密钥串已登记过，请重新生成并提交其 SHA-256。",
        "TWO-PERSONS",
    ),
    R.QUANTITY_OUT_OF_RANGE: ReasonText("The quantity is out of range.", "数量超出范围。", "QTY-STEP"),
    R.QUANTITY_NOT_LOT_MULTIPLE: ReasonText(
        "The quantity is not a multiple of the instrument's lot size.", "数量不是该标的交易单位的整数倍。", "QTY-STEP"
    ),
    R.PRICE_OUT_OF_RANGE: ReasonText("The price is out of range.", "价格超出范围。", "TICK"),
    R.PRICE_NOT_ON_TICK: ReasonText(
        "The price is not a multiple of the instrument's tick.", "价格不是最小变动价位的整数倍。", "TICK"
    ),
    R.PRICE_OUTSIDE_BAND: ReasonText(
        "The price lies outside the day's band around the reference price.",
        "价格超出当日基准价涨跌幅范围。",
        "BAND-LISTED",
    ),
    R.TIME_IN_FORCE_INVALID: ReasonText(
        "A market order must be IOC or FOK.", "市价委托的有效期只能是 IOC 或 FOK。", "TIF-DAY"
    ),
    R.GOOD_TIL_INVALID: ReasonText(
        "good_til is for GTD orders: a real day, not before the current trading day.",
        "good_til 仅用于 GTD 委托,须为有效日期且不早于当前交易日。",
        "TIF-DAY",
    ),
    R.POST_ONLY_INVALID: ReasonText(
        "A post-only order must be able to rest: it cannot be market, IOC or FOK.",
        "只挂单委托必须能够挂入交易簿,不能为市价、IOC 或 FOK。",
    ),
    R.ROLE_CANNOT_BUY: ReasonText("This participant is admitted as a seller only.", "该参与方仅获准卖出。"),
    R.ROLE_CANNOT_SELL: ReasonText("This participant is admitted as a buyer only.", "该参与方仅获准买入。"),
    R.CLIENT_ORDER_ID_TAKEN: ReasonText(
        "An open order of this participant has this client_order_id.",
        "该参与方已有使用此 client_order_id 的未完成委托。",
    ),
    R.TOO_MANY_OPEN_ORDERS: ReasonText(
        "The participant has as many open orders as the rule allows.",
        "该参与方未完成委托数量已达上限。",
        "MAX-OPEN-ORDERS",
    ),
    R.POST_ONLY_WOULD_TAKE: ReasonText(
        "The order would trade at once; as post-only it may only rest.", "该委托将立即成交,只挂单委托不接受立即成交。"
    ),
    R.NOT_FILLABLE: ReasonText(
        "The whole quantity cannot be filled at once, as fill-or-kill asks.", "无法按 FOK 要求立即全部成交。"
    ),
    R.AMEND_CHANGES_NOTHING: ReasonText("The amendment changes neither price nor quantity.", "改单未改变价格或数量。"),
    R.AMEND_BELOW_FILLED: ReasonText(
        "The new quantity must be more than what has been filled; cancel the order instead.",
        "新数量必须大于已成交数量,否则请撤单。",
    ),
    R.TOO_MANY_FILLS: ReasonText(
        "The order would trade with more resting orders than one order may at once; send a smaller one.",
        "该委托将同时与过多挂单成交，超出单笔上限，请减少数量后重新提交。",
    ),
    R.SAME_PERSON: ReasonText(
        "The proposer cannot approve: a second person is needed.", "提案人不得自行批准,须由另一人批准。", "TWO-PERSONS"
    ),
    R.APPROVER_NOT_ENTITLED: ReasonText(
        "This person may not approve an action of this kind.", "该人员无权批准此类操作。", "TWO-PERSONS"
    ),
    R.HASH_MISMATCH: ReasonText(
        "The approved hash is not the proposal's; read the proposal again.",
        "批准的摘要与提案不符,请重新核对提案。",
        "TWO-PERSONS",
    ),
    R.EVIDENCE_MISMATCH: ReasonText(
        "The evidence entered by the second person differs from the proposal's.",
        "第二人录入的凭证与提案不一致。",
        "TWO-PERSONS",
    ),
    R.SAME_OWNER_GROUP: ReasonText(
        "Both sides belong to the same owner group.", "买卖双方属于同一实际控制人。", "SELF-TRADE"
    ),
    R.TERMS_MISMATCH: ReasonText(
        "Quantity or total differ from what was proposed.", "数量或总价与提议不一致。", "BLOCK-FLOW"
    ),
    R.FAMILY_MISMATCH: ReasonText("These units are of another family.", "减排量类别不符。"),
    R.TOTAL_OUT_OF_RANGE: ReasonText("The total is out of range.", "总价超出范围。"),
    R.SERIALS_INVALID: ReasonText("The serial range is empty or out of range.", "序列号区间为空或超出范围。", "UNIT"),
    R.SERIALS_OVERLAP: ReasonText(
        "Some of these serials are recorded already. No tonne is counted twice.",
        "部分序列号已有记录,任何一吨不得重复计算。",
        "ELIG-UNIQUE",
    ),
    R.OUTSIDE_ISSUANCE: ReasonText("The serials are not all of this issuance.", "序列号不全属于该签发批次。", "UNIT"),
    R.ISSUANCE_INVALID: ReasonText(
        "Family, mechanism, category, league, vintage or monitoring period do not fit together.",
        "类别、机制、来源、盟市、年份或监测期互不相符。",
        "UNIT",
    ),
    R.LOT_NOT_ELIGIBLE: ReasonText(
        "This lot cannot be delivered here: it is of another instrument or project.",
        "该批次不能用于此交割,其标的或项目不符。",
        "INSTRUMENT-CCER",
    ),
    R.SPACE_SPELT_OTHERWISE: ReasonText(
        "This serial space is known with other capital letters; use the known spelling.",
        "该序列号空间已以其他大小写形式登记，请使用已登记的写法。",
        "ELIG-UNIQUE",
    ),
    R.LOCK_REFERENCE_USED: ReasonText(
        "A lot was admitted with this lock reference before; each lock admits one lot.",
        "该锁定凭证编号已用于其他批次，一份锁定凭证只能登记一个批次。",
        "ELIG-UNIQUE",
    ),
    R.AMOUNT_OUT_OF_RANGE: ReasonText("The amount is out of range.", "金额超出范围。"),
    R.BANK_REFERENCE_USED: ReasonText("This bank reference was credited before.", "该银行流水号已入账。", "COVER"),
    R.INSUFFICIENT_CASH: ReasonText(
        "Available cash does not cover price times quantity and the largest fee.",
        "可用资金不足以覆盖价款与最高手续费。",
        "COVER",
    ),
    R.INSUFFICIENT_TONNES: ReasonText(
        "Available tonnes do not cover the quantity; there is no short selling.",
        "可用减排量不足,不得卖空。",
        "COVER",
    ),
}
