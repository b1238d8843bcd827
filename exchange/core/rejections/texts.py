"""What each refusal says, in English and Chinese, and which rule of the rulebook it enforces ("" where none does)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from exchange.core.rejections.reasons import RejectReason as R


@dataclass(slots=True, frozen=True)
class ReasonText:
    """What to do about one refusal. ``rule`` is an id of the rulebook, from which the article and version are added."""

    en: str
    zh: str
    rule: str = ""


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
        "The next trading day is too far away; no holiday is that long. Name an earlier one.",
        "下一交易日间隔过长，没有这么长的休市假期，请填写较早的日期。",
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
        "A field has a value that does not fit the others; see the documentation of this command.",
        "某个字段的取值与其他字段不符，请参阅该操作的说明。",
    ),
    R.RULEBOOK_INCOMPLETE: ReasonText(
        "The rulebook lacks a rule that the engine needs, or gives one an impossible value.",
        "规则集缺少系统必需的规则，或某条规则的取值不可行。",
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
        "A key with this secret was registered before. Make a new secret and hand over its SHA-256.",
        "该密钥串此前已登记过，请重新生成密钥串并提交其 SHA-256。",
    ),
    R.TOO_MANY_KEYS: ReasonText(
        "This person has as many keys as one may have; revoke one that is no longer needed.",
        "该人员的有效密钥数量已达上限，请先吊销不再使用的密钥。",
    ),
    R.QUANTITY_OUT_OF_RANGE: ReasonText("The quantity is out of range.", "数量超出允许范围。", "QTY-STEP"),
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
        "This person may not approve an action of this kind.", "该人员无权复核此类申请。", "TWO-PERSONS"
    ),
    R.HASH_MISMATCH: ReasonText(
        "The hash is not that of the proposal, or of the rows that wait in the import; read it again.",
        "摘要与申请内容不符，或与导入中待提交的各行不符，请重新核对。",
        "TWO-PERSONS",
    ),
    R.EVIDENCE_MISMATCH: ReasonText(
        "The evidence entered by the second person differs from the proposal's.",
        "复核人录入的凭证与申请所载不一致。",
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
        "Some of these serials are recorded already, or stand in another row of the file. No tonne is counted twice.",
        "部分序列号已有登记，或已列于文件的另一行，任何一吨不得重复计算。",
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
        "Available tonnes do not cover the quantity: nobody sells, uses or releases what is not there and free.",
        "可用减排量少于所需数量，不得卖空，也不得超出可用数量使用或转出。",
        "COVER",
    ),
    R.TOO_MANY_RANGES: ReasonText(
        "This would move more separate serial ranges than one entry may; take a smaller quantity.",
        "该操作涉及的序列号区间过多，超出单次上限，请减少数量后重新提交。",
    ),
    R.PROJECT_NOT_FOUND: ReasonText("There is no such project.", "项目不存在。"),
    R.REQUEST_NOT_FOUND: ReasonText("There is no such request to the registry.", "登记请求不存在。"),
    R.CLAIM_NOT_FOUND: ReasonText("There is no such use.", "该次使用不存在。"),
    R.RELEASE_NOT_FOUND: ReasonText("There is no such release.", "转出申请不存在。"),
    R.ENCUMBRANCE_NOT_FOUND: ReasonText(
        "There is no such encumbrance, or it is not being worked off.", "该权利限制不存在，或不在处理之中。"
    ),
    R.REVERSAL_NOT_FOUND: ReasonText("There is no such reversal.", "逆转记录不存在。"),
    R.IMPORT_NOT_FOUND: ReasonText("There is no such import of yours.", "没有由您提交的该导入批次。"),
    R.REQUEST_CLOSED: ReasonText(
        "The registry has said this before; nothing is to be done.", "登记机构此前已作出相同答复，无需再处理。"
    ),
    R.NOT_DUE: ReasonText("The time for this has not come.", "尚未到规定时间。"),
    R.RELEASE_NOT_CALLABLE: ReasonText(
        "The time to call this release off is over, or it was never approved, or it was called off before.",
        "该转出已过撤回时限、尚未复核通过，或此前已撤回。",
        "RELEASE-CANCEL",
    ),
    R.CLAIM_CLOSED: ReasonText("Only a claim that is in effect can be revoked.", "仅生效中的使用可以撤销。"),
    R.ENCUMBRANCE_LIFTED: ReasonText("This encumbrance was lifted before.", "该权利限制此前已解除。"),
    R.IMPORT_COMMITTED: ReasonText(
        "Everything in this import is issued and admitted already.", "该次导入已全部签发并转入。"
    ),
    R.REGISTRY_ANSWERS_ITSELF: ReasonText(
        "Units of the national registry are confirmed by the registry alone, never on paper.",
        "国家登记机构的减排量只能由登记机构确认，不能凭纸质回执确认。",
        "CANCEL",
    ),
    R.REVERSAL_REPLACED: ReasonText(
        "Units were cancelled for this reversal, or are about to be; it cannot be taken back any more.",
        "该逆转已有或即将有减排量为其注销，不能再撤回。",
        "REVERSAL",
    ),
    R.PROJECT_CODE_TAKEN: ReasonText(
        "Another project has this code. Look it up, or use another code.",
        "该项目编号已被占用，请查询现有项目或更换编号。",
    ),
    R.PROJECT_INVALID: ReasonText(
        "Family, activity, mechanism, source, league and generation do not fit together, or the days are not in order.",
        "类别、项目活动、机制、来源、来源设施、盟市与 CCER 代次不相符，或日期顺序有误。",
    ),
    R.SITE_PARCELS_INVALID: ReasonText(
        "One site parcel is named twice or lies inside another. Name each piece of ground once.",
        "同一地块重复，或一个地块包含于另一地块之内，请逐块填报。",
        "ELIG-UNIQUE",
    ),
    R.STARTED_TOO_EARLY: ReasonText(
        "A CCER project must have started after the day of the rule (2012-11-08 by article 10 of the CCER Measures).",
        "核证自愿减排项目应于规则所定日期（《自愿减排管理办法》第十条为 2012 年 11 月 8 日）之后开工。",
        "ELIG-START",
    ),
    R.UNIQUENESS_MISSING: ReasonText(
        "Name the document in which the owner declares that the reductions take part in no other mechanism.",
        "请填写业主声明减排量未参与其他减排机制的唯一性文件编号。",
        "ELIG-UNIQUE",
    ),
    R.PLAN_PERIOD_INVALID: ReasonText(
        "A budget is for one year, or for a five-year period such as 2026 to 2030.",
        "预算应按单一年度或五年规划期（如 2026 至 2030 年）编制。",
        "BUDGET",
    ),
    R.TOO_MANY_ROWS: ReasonText(
        "This portion is empty or makes the import too long. Commit what is staged, or send fewer rows.",
        "本次提交为空或超出导入上限，请先提交已暂存的行，或减少行数。",
    ),
    R.QUANTITY_DIFFERS: ReasonText(
        "The quantity is not the sum of the serials that are named.", "数量与所列序列号之和不符。"
    ),
    R.PURPOSE_DETAILS: ReasonText(
        "This purpose needs other details, or some are given that it has no place for.",
        "该用途所需信息不全，或填写了与该用途无关的信息。",
        "CANCEL",
    ),
    R.FACILITY_NOT_COVERED: ReasonText(
        "This facility is not in the national market in that year. Check its code and the year.",
        "该设施在该年度未纳入全国碳市场，请核对设施编号和年度。",
        "OFFSET-CAP",
    ),
    R.OBLIGATION_NOT_SET: ReasonText(
        "It is not recorded how much this facility has to surrender for the year. Ask the regulator to enter it.",
        "尚未登记该设施该年度的应清缴量，请联系主管部门登记。",
        "OFFSET-CAP",
    ),
    R.NOTHING_TO_REPLACE: ReasonText(
        "Nothing is owed any more, or the firm has no such units that are free.",
        "已无待补足数量，或该主体没有可注销的同类减排量。",
        "REVERSAL",
    ),
    R.LEGAL_BASIS_MISSING: ReasonText(
        "A ratio other than 1, or an exception for covered facilities, needs an article that was read.",
        "比例不为 1，或对已纳入设施作例外规定的，须有已查证的条文依据，不得由交易机构自行设定。",
        "DIFF-HIGH",
    ),
    R.GROUND_TAKEN: ReasonText(
        "Another monitoring period of this ground overlaps it, with an activity that makes the same tonnes.",
        "同一地块已有重叠的监测期，且其活动产生同一减排量。同一吨减排量无论由谁核证只能签发一次。",
        "ELIG-UNIQUE",
    ),
    R.VERIFIED_DIFFERS: ReasonText(
        "Another figure was recorded as verified for this period. Check the verification report.",
        "该监测期此前登记的核证量与此不同，请核对核查报告。",
        "UNIT",
    ),
    R.VERIFIED_EXCEEDED: ReasonText(
        "More would be issued than was verified for this period.", "签发量超出该监测期的核证量。", "UNIT"
    ),
    R.PERIOD_INVALID: ReasonText(
        "The period must lie in one calendar year and in the crediting period and end before the application.",
        "监测期应在同一自然年及计入期之内，于申请日前结束，且申请日不得晚于当日。",
        "UNIT",
    ),
    R.REDUCTION_TOO_OLD: ReasonText(
        "CCER are issued for reductions after the day of ELIG-REDUCTION, and so many years before the application.",
        "核证减排量应产生于规则 ELIG-REDUCTION 所定日期之后，且在申请之日前规定年限以内。",
        "ELIG-VINTAGE",
    ),
    R.SOURCE_COVERED: ReasonText(
        "This facility is in the national market for that year: its reductions have been counted there already.",
        "该设施该年度已纳入全国碳市场，其减排量已在全国市场体现，不得再次签发。",
        "ETS-SOURCE",
    ),
    R.CONVERSION_INVALID: ReasonText(
        "Ecosystem-sink quota is issued, admitted and freed only against CCER of its league and year, cancelled for it "
        "and neither in doubt nor revoked.",
        "生态系统碳汇类指标只能凭登记机构已为此注销的同一盟市、同一年度核证减排量签发、转入和解除限制，"
        "且该注销既无争议也未撤销；其他类别不得填写该凭证。",
        "SINK-QUOTA",
    ),
    R.CONVERSION_EXCEEDED: ReasonText(
        "More quota would be issued than tonnes were cancelled for it.",
        "签发的指标超出为其注销的核证减排量。",
        "SINK-QUOTA",
    ),
    R.RECEIPT_USED: ReasonText(
        "This receipt stands for other units already. One receipt vouches for one range.",
        "该回执已用于其他减排量，一份回执只对应一段序列号。",
        "CANCEL",
    ),
    R.STATEMENT_OF_OTHER_SERIALS: ReasonText(
        "The statement speaks of other serials than were asked for.",
        "答复所涉序列号与请求不符。",
        "CANCEL",
    ),
    R.UNITS_NOT_THERE: ReasonText(
        "Not all of these serials are where they would have to be. A use or release takes the firm's own that are "
        "REGIONAL, ACTIVE and without encumbrances; a return those that are OUT; a new request for a lock those that "
        "are ADMITTED. GET /v1/lots/{lot}/parcels shows what they are.",
        "所列序列号并非全部处于可办理状态。使用或转出须为本方持有、REGIONAL、ACTIVE 且不受权利限制；转回须为 OUT；"
        "重新请求锁定须为 ADMITTED。现状可由 GET /v1/lots/{lot}/parcels 查询。",
    ),
    R.UNITS_ENCUMBERED: ReasonText(
        "Some of these units are frozen, pledged or suspended. They can move when that is lifted.",
        "部分减排量处于冻结、质押或暂停状态，解除后方可办理。",
        "FRAUD",
    ),
    R.FAMILY_CANNOT_SERVE: ReasonText(
        "Units of this family cannot be used for this purpose.", "该类减排量不能用于此用途。", "QUOTA-USE"
    ),
    R.OLD_CCER: ReasonText(
        "CCER registered before 2017-03-14 cannot be used for national surrender any more.",
        "2017 年 3 月 14 日前备案的 CCER 不得再用于全国清缴抵销。",
        "OLD-CCER",
    ),
    R.OFFSET_CAP: ReasonText(
        "CCER may stand for a share of what the facility has to surrender, rounded down, and no more.",
        "用于抵销的 CCER 不得超过应清缴量的规定比例（向下取整）。",
        "OFFSET-CAP",
    ),
    R.BUYER_COVERED: ReasonText(
        "This facility answers for that year in the national market; with regional quota it would pay twice.",
        "该设施该年度已在全国碳市场履约，使用区域指标将造成重复支付。",
        "ETS-BUYER",
    ),
    R.FACILITY_NOT_THE_FIRMS: ReasonText(
        "This facility is entered as another firm's; or it is not entered, and this firm runs one that is in the "
        "national market that year. Name one that is entered as this firm's.",
        "所填设施已登记在其他单位名下；或尚未登记，而该单位当年有设施已纳入全国碳市场。所填设施须已登记在该单位名下。",
        "ETS-BUYER",
    ),
    R.SECTOR_NOT_COVERED_YET: ReasonText(
        "The national market did not cover this sector in that year yet: see the rules ETS-POWER to ETS-ALUMINIUM.",
        "该行业当年尚未纳入全国碳市场，见规则 ETS-POWER 至 ETS-ALUMINIUM。",
        "ETS-SOURCE",
    ),
    R.FACILITY_IN_ANOTHER_LEAGUE: ReasonText(
        "This facility is entered in another league. Name the league in which it stands.",
        "该设施登记在其他盟市，请填写设施所在盟市。",
        "LEAGUE-CA",
    ),
    R.REVERSAL_EXCEEDED: ReasonText(
        "No more can be lost than was issued for this project and vintage, less what was reported as lost before.",
        "逆转量不得超过该项目该年份已签发量减去此前已登记的逆转量。",
        "REVERSAL",
    ),
    R.NOTHING_BROUGHT_IN: ReasonText(
        "This firm brought in no units of this project and vintage. Who only bought them answers for no loss.",
        "该企业未转入过该项目该年份的减排量；仅买入者不对逆转负责。",
        "REVERSAL",
    ),
    R.NOT_OF_NATIONAL_REGISTRY: ReasonText(
        "Only units of the national registry can be released to the national market.",
        "仅国家登记机构登记的减排量可以转出至全国市场。",
        "EXPORT",
    ),
    R.MIXED_UNITS: ReasonText(
        "Reduction quota ends here at once, other units when their registry confirms it: one use cannot take both. "
        "Make two uses.",
        "碳减排量指标即时核销，其他减排量须待登记机构确认注销，不得合并于同一用途申请，请分别申请。",
        "LEAGUE-CA",
    ),
}
