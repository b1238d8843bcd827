"""What each refusal says, in English and Chinese, and which rule of the rulebook it enforces ("" where none does)."""

from __future__ import annotations

from typing import Final

from exchange.core.rejections.reason_text import ReasonText
from exchange.core.rejections.reasons import RejectReason as R
from exchange.core.rejections.unit_texts import UNIT_TEXTS

TEXTS: Final[dict[R, ReasonText]] = {
    R.NOT_AUTHORISED: ReasonText(
        "This person may not give this command, or not for this participant. Use a key of one who may.",
        "该人员无权进行此项操作，或无权为该交易主体办理，请使用有权人员的密钥。",
    ),
    R.KEY_NOT_VALID: ReasonText(
        "At its place in the log the key was revoked, expired or another person's. Use a key of yours that is valid.",
        "轮到处理该请求时，所用密钥已吊销、已过期或不属于该人员，请使用本人的有效密钥。",
    ),
    R.SCOPE_MISSING: ReasonText(
        "This key is not good for this. Use a key with the needed scope.",
        "该密钥不含此项操作所需的权限范围，请使用具备该权限的密钥。",
    ),
    R.KEY_SPENT: ReasonText(
        "This Idempotency-Key was used more than 90 days ago; its answer is no longer kept. Use a new key.",
        "该幂等键的使用已超过 90 天，原应答不再保存，请换用新的幂等键。",
    ),
    R.KEY_REUSED: ReasonText(
        "This Idempotency-Key belongs to another request. Use a new key for a new request.",
        "该幂等键已用于另一请求，新请求请使用新的幂等键。",
    ),
    R.COMMAND_QUARANTINED: ReasonText(
        "This exact command is quarantined because it exposed a fault. The operator has been told; do not repeat it.",
        "该命令曾触发系统故障，现已隔离；交易机构已获通知，请勿重复提交。",
    ),
    R.PARTICIPANT_NOT_FOUND: ReasonText("There is no such participant.", "交易主体不存在。"),
    R.PERSON_NOT_FOUND: ReasonText("There is no such person.", "人员不存在。"),
    R.KEY_NOT_FOUND: ReasonText("There is no such key.", "密钥不存在。"),
    R.INSTRUMENT_NOT_FOUND: ReasonText("There is no such instrument.", "交易标的不存在。"),
    R.ORDER_NOT_FOUND: ReasonText(
        "There is no such open order; it may have been filled, cancelled or expired.",
        "没有这笔未成交申报，可能已全部成交、已撤单或已失效。",
    ),
    R.LOT_NOT_FOUND: ReasonText("There is no such lot.", "批次不存在。"),
    R.ISSUANCE_NOT_FOUND: ReasonText("There is no such issuance.", "签发记录不存在。"),
    R.PROPOSAL_NOT_FOUND: ReasonText("There is no such proposal.", "复核申请不存在。"),
    R.AGREEMENT_NOT_FOUND: ReasonText("There is no such agreement.", "协议不存在。"),
    R.ALREADY_OPENED: ReasonText("The venue is open already.", "本交易场所已经开业。"),
    R.MARKET_CLOSED: ReasonText(
        "The trading day is being closed; wait until the next day opens.",
        "正在进行收市处理，请待下一交易日开市后申报。",
        "HOURS",
    ),
    R.INSTRUMENT_HALTED: ReasonText(
        "Trading is halted, or units are just being held fast. Cancelling is possible; try again when it is over.",
        "交易已暂停，或正在设定权利限制。可以撤单，其他操作请稍后再试。",
        "HALT",
    ),
    R.NOT_HALTED: ReasonText("Trading is not halted.", "当前未暂停交易，无需恢复。", "HALT"),
    R.PROPOSAL_CLOSED: ReasonText("This proposal was approved or rejected before.", "该申请此前已复核通过或已驳回。"),
    R.AGREEMENT_CLOSED: ReasonText("This agreement is settled or ended.", "该协议已结算或已终止。"),
    R.AGREEMENT_NOT_AFFIRMED: ReasonText(
        "The counterparty has not affirmed this agreement.", "对手方尚未确认该协议。", "BLOCK-FLOW"
    ),
    R.NOT_DELIVERABLE: ReasonText(
        "A pre-issuance agreement moves nothing before its units are issued.",
        "期货式（签发前）协议在减排量签发之前不发生交割。",
        "UNIT",
    ),
    R.ENDED_DAY_NOT_LATER: ReasonText(
        "Name a later day: the next on which the market is to open.", "请填写较晚的日期，即下一个开市日期。", "HOURS"
    ),
    R.JOB_NOT_FOUND: ReasonText("There is no such unfinished job.", "没有这项未完成的批处理任务。"),
    R.AGREEMENT_BINDING: ReasonText(
        "Both parties have affirmed; neither can leave alone.", "双方均已确认，任何一方不得单方终止。", "BLOCK-FLOW"
    ),
    R.NEXT_DAY_TOO_FAR: ReasonText(
        "The next trading day is too far away; no holiday is that long. It is counted from the trading day or from "
        "today's date, whichever is earlier. Name an earlier one.",
        "下一交易日间隔过长，没有这么长的休市假期（自当前交易日与今日日期中较早者起算），请填写较早的日期。",
        "HOURS",
    ),
    R.CANCEL_AFTER_NOT_DUE: ReasonText(
        "The dead-man's switch of this key is not armed, or its time has not come.",
        "该密钥未启用失联保护，或尚未到期。",
    ),
    R.CODE_TAKEN: ReasonText("This participant code is in use.", "该交易主体代码已被使用。"),
    R.SYMBOL_TAKEN: ReasonText("This symbol is in use.", "该标的代码已被使用。"),
    R.BASKET_TAKEN: ReasonText(
        "An instrument for these units is listed already; one kind of unit has one book.",
        "此类减排量已有上市标的；同类减排量只设一个申报簿。",
        "INSTRUMENT-CCER",
    ),
    R.TOO_MANY_OPERATORS: ReasonText(
        "The account has as many operators as the rule allows.", "该账户的操作员人数已达规定上限。", "OPERATORS"
    ),
    R.INVALID_FIELD: ReasonText(
        "A field has a value that cannot be, or that does not fit the others; see the documentation of this command.",
        "某个字段的取值有误，或与其他字段不符，请参阅该操作的说明。",
    ),
    R.RULEBOOK_INCOMPLETE: ReasonText(
        "The rulebook would lack a rule that this venue keeps, or have it only from a later day on, or give it a value "
        "that cannot be or another unit, or have nearly its id on another. Name all entries of each rule that changes, "
        "one for each day.",
        "规则集缺少本场所执行的规则，或该规则尚未生效，或取值不可行，或单位与现有的不同，或另有编号与之近似的规则。须列明每条拟变更规则的全部条目，每一生效日期各一条。",
    ),
    R.TICK_OUT_OF_RANGE: ReasonText(
        "Tick or lot size is out of range.", "最小变动价位或交易单位超出允许范围。", "TICK"
    ),
    R.KEY_TOO_WIDE: ReasonText(
        "A new key cannot be good for more, for longer or from more networks than the key it is made with, and it can "
        "sign only if that one can.",
        "新密钥的权限范围、有效期和可用网络不得超出创建它所用的密钥；该密钥不能签名的，新密钥也不能签名。",
        "TWO-PERSONS",
    ),
    R.SECRET_USED: ReasonText(
        "A key with this secret is entered here already, for this person or another; no two share one. Make a new "
        "secret (exchange keys --secret does it) and hand over its SHA-256.",
        "该密钥串此前已在此登记（为该人员或其他人员），不得共用。请重新生成密钥串"
        "（可用 exchange keys --secret）并提交其 SHA-256。",
    ),
    R.PUBLIC_KEY_USED: ReasonText(
        "A key with this public key is entered here already, for this person or another, and may be revoked by now; a "
        "key pair serves once. Make a new one (exchange keys --secret --private-key FILE does it).",
        "该公钥此前已在此登记（为该人员或其他人员，可能已吊销）；每对密钥只能使用一次。请重新生成密钥对"
        "（可用 exchange keys --secret --private-key 文件）。",
        "TWO-PERSONS",
    ),
    R.TOO_MANY_KEYS: ReasonText(
        "This person has as many keys as one may have; revoke one that is no longer needed.",
        "该人员的有效密钥数量已达上限，请先吊销不再使用的密钥。",
    ),
    R.QUANTITY_OUT_OF_RANGE: ReasonText("The quantity is out of range.", "数量超出允许范围。"),
    R.QUANTITY_NOT_LOT_MULTIPLE: ReasonText(
        "The quantity is not a multiple of the instrument's lot size.",
        "申报数量须为该标的交易单位的整数倍。",
        "QTY-STEP",
    ),
    R.PRICE_OUT_OF_RANGE: ReasonText("The price is out of range.", "价格超出允许范围。", "TICK"),
    R.PRICE_NOT_ON_TICK: ReasonText(
        "The price is not a multiple of the instrument's tick.", "申报价格须为最小变动价位的整数倍。", "TICK"
    ),
    R.PRICE_OUTSIDE_BAND: ReasonText(
        "The price lies outside the day's band around the reference price.",
        "申报价格超出以基准价计算的当日涨跌幅限制。",
        "BAND-LISTED",
    ),
    R.TIME_IN_FORCE_INVALID: ReasonText(
        "A market order must be IOC or FOK.", "市价申报的有效期类型只能是 IOC 或 FOK。", "TIF-DAY"
    ),
    R.GOOD_TIL_INVALID: ReasonText(
        "good_til is for GTD orders: a real day, not before the current trading day.",
        "good_til 仅用于 GTD 申报，须为真实日期，且不早于当前交易日。",
        "TIF-DAY",
    ),
    R.POST_ONLY_INVALID: ReasonText(
        "A post-only order must be able to rest: it cannot be market, IOC or FOK.",
        "只挂单申报须能挂入申报簿，不能是市价、IOC 或 FOK 申报。",
    ),
    R.ROLE_CANNOT_BUY: ReasonText("This participant is admitted as a seller only.", "该交易主体仅获准卖出。"),
    R.ROLE_CANNOT_SELL: ReasonText("This participant is admitted as a buyer only.", "该交易主体仅获准买入。"),
    R.CLIENT_ORDER_ID_TAKEN: ReasonText(
        "An open order of this participant has this client_order_id.",
        "该交易主体已有一笔未成交申报使用此 client_order_id。",
    ),
    R.TOO_MANY_OPEN_ORDERS: ReasonText(
        "The participant has as many open orders as the rule allows.",
        "该交易主体的未成交申报笔数已达规定上限。",
        "MAX-OPEN-ORDERS",
    ),
    R.POST_ONLY_WOULD_TAKE: ReasonText(
        "The order would trade at once; as post-only it may only rest.", "该申报将立即成交；只挂单申报只能挂单等待。"
    ),
    R.NOT_FILLABLE: ReasonText(
        "The whole quantity cannot be filled at once, as fill-or-kill asks.",
        "申报数量无法立即全部成交，不满足 FOK 的要求。",
    ),
    R.AMEND_CHANGES_NOTHING: ReasonText(
        "The amendment changes neither price nor quantity.", "改单未改变价格，也未改变数量。"
    ),
    R.AMEND_BELOW_FILLED: ReasonText(
        "The new quantity must be more than what has been filled; cancel the order instead.",
        "改单后的数量须大于已成交数量；不再需要的，请撤单。",
    ),
    R.TOO_MANY_FILLS: ReasonText(
        "The order would trade with more resting orders than one order may at once; send a smaller one.",
        "该申报将同时与过多挂单成交，超出单笔上限，请减少数量后重新申报。",
    ),
    R.KEY_REPLACED: ReasonText(
        "This key has been replaced by another one before; a key is rotated once. Use the one that replaced it.",
        "该密钥此前已轮换，每个密钥只能轮换一次，请使用轮换后的新密钥。",
        "TWO-PERSONS",
    ),
    R.TOO_MANY_KEYS_MADE: ReasonText(
        "This person has made and rotated as many keys today as one may in a day, which ends at midnight in Shanghai. "
        "Revoking is always possible.",
        "该人员今日新建和轮换的密钥数量已达单日上限，请于次日（北京时间零时后）再办理；吊销密钥不受此限。",
    ),
    R.SAME_PERSON: ReasonText(
        "The proposer cannot approve: a second person is needed.",
        "经办人不得复核自己提交的申请，须由另一人复核。",
        "TWO-PERSONS",
    ),
    R.APPROVER_NOT_ENTITLED: ReasonText(
        "This person may not decide about an action of this kind. What is refused to an operator is a regulator's to "
        "decide, and what is refused to a regulator an operator's.",
        "该人员无权复核此类申请：运营人员无权复核的，由主管部门复核；主管部门无权复核的，由运营人员复核。",
        "TWO-PERSONS",
    ),
    R.HASH_MISMATCH: ReasonText(
        "The hash is not that of the proposal, or of the rows that wait in the import; read it again.",
        "摘要与申请内容不符，或与导入中待提交的各行不符，请重新核对。",
        "TWO-PERSONS",
    ),
    R.EVIDENCE_MISMATCH: ReasonText(
        "The evidence entered by the second person differs from the proposal's. Read the paper again and enter what "
        "stands there; the proposal stays open. If the proposal is wrong, reject it.",
        "复核人录入的凭证与申请所载不一致。请重新核对凭证原件，如实录入，该申请仍待复核；如申请有误，请予驳回。",
        "TWO-PERSONS",
    ),
    R.PROPOSER_KEY_REVOKED: ReasonText(
        "The key that this was proposed with has been revoked since. Reject the proposal and propose it again.",
        "提交该复核申请所用的密钥已被吊销，请驳回该申请，由本人重新提交。",
        "TWO-PERSONS",
    ),
    R.TOO_MANY_OPEN_PROPOSALS: ReasonText(
        "This person has as many open proposals as one may have; wait until some are decided, or reject them.",
        "该人员待复核的申请数量已达上限，请待其处理或驳回后再提交。",
        "TWO-PERSONS",
    ),
    R.SAME_OWNER_GROUP: ReasonText(
        "Both sides belong to the same owner group.", "买卖双方属于同一实际控制人。", "SELF-TRADE"
    ),
    R.TERMS_MISMATCH: ReasonText(
        "Quantity or total differ from what was proposed.", "数量或总价与对方所提条款不一致。", "BLOCK-FLOW"
    ),
    R.FAMILY_MISMATCH: ReasonText("These units are of another family.", "减排量类别不符。"),
    R.TOTAL_OUT_OF_RANGE: ReasonText("The total is out of range.", "总价超出允许范围。"),
    R.TOO_MANY_OPEN_AGREEMENTS: ReasonText(
        "The participant has proposed as many agreements that are still open as it may; decline or settle some.",
        "该交易主体提出的未了结协议数量已达上限，请先终止或完成部分协议。",
        "BLOCK-FLOW",
    ),
    R.SERIALS_INVALID: ReasonText(
        "The serial range is empty or out of range: serial_hi is the serial behind the last, so it is the greater one.",
        "序列号区间为空或超出允许范围：serial_hi 为末个序列号的后一个，须大于 serial_lo。",
        "UNIT",
    ),
    R.SERIALS_OVERLAP: ReasonText(
        "Some of these serials are recorded already: the registry's serials are issued here once, and each is admitted "
        "in one lot. No tonne is counted twice.",
        "部分序列号已有登记：同一登记机构的序列号在此只签发一次，且只转入一个批次，任何一吨不得重复计算。",
        "ELIG-UNIQUE",
    ),
    R.OUTSIDE_ISSUANCE: ReasonText(
        "The serials are not all of this issuance.", "所列序列号不全属于该签发记录。", "UNIT"
    ),
    R.LOT_NOT_ELIGIBLE: ReasonText(
        "This lot cannot be delivered here: it is of another instrument or project.",
        "该批次不能用于此次交割，其标的或项目不符。",
        "INSTRUMENT-CCER",
    ),
    R.SPACE_SPELT_OTHERWISE: ReasonText(
        "This serial space is known in another spelling; use the known one.",
        "该序列号空间已按另一种写法登记，请使用已登记的写法。",
        "ELIG-UNIQUE",
    ),
    R.SERIALS_OF_ANOTHER_SPACE: ReasonText(
        "Serials that are written so are of another serial space; name that space, or correct the serial text.",
        "这样书写的序列号属于另一个序列号空间，请填写该空间，或更正号段写法。",
        "ELIG-UNIQUE",
    ),
    R.LOCK_REFERENCE_USED: ReasonText(
        "This lock reference is of another lot, or of another row of the file; each lock admits one lot.",
        "该锁定凭证编号已用于其他批次或文件的另一行；一份锁定凭证只能转入一个批次。",
        "ELIG-UNIQUE",
    ),
    R.AMOUNT_OUT_OF_RANGE: ReasonText("The amount is out of range.", "金额超出允许范围。"),
    R.BANK_REFERENCE_USED: ReasonText(
        "This bank reference was credited before.", "该银行流水号已经入账，不得重复入账。", "COVER"
    ),
    R.INSUFFICIENT_CASH: ReasonText(
        "Available cash does not cover it: an order needs price times quantity and the largest fee, an agreed trade "
        "its total and the fee, a withdrawal its amount.",
        "可用资金不足：申报须备足价款和最高手续费，协议交易须备足总价和手续费，出金须备足所提金额。",
        "COVER",
    ),
    R.INSUFFICIENT_TONNES: ReasonText(
        "Available tonnes do not cover the quantity: nobody sells, uses or releases what is not there and free. What "
        "is frozen, pledged or suspended, or set aside for orders, uses and releases, is not free: "
        "GET /v1/lots/{lot}/parcels shows what holds it. What is told below is of the lots that were looked at; of an "
        "instrument these are the lots of which something is free. GET /v1/holdings shows all.",
        "可用减排量少于所需数量，不得卖空，也不得超出可用数量使用或转出。已冻结、质押、暂停，或已为申报、使用、转出预留的，"
        "均不可用，可由 GET /v1/lots/{lot}/parcels 查询。以下数量仅就所涉批次而言：按标的选取的，只计尚有可用量的批次；"
        "全部持有见 GET /v1/holdings。",
        "COVER",
    ),
    R.TOO_MANY_RANGES: ReasonText(
        "This would move more separate serial ranges than one entry may; take a smaller quantity.",
        "该操作涉及的序列号区间过多，超出单次上限，请减少数量后重新提交。",
    ),
    **UNIT_TEXTS,
}
