"""Where a field of all other models means something else than in the common tables."""

from __future__ import annotations

from typing import Final

from exchange.api.meanings.meaning import Meaning

OTHER_MODELS: Final[dict[str, dict[str, Meaning]]] = {
    "AgreementModel": {
        "side": Meaning("Side of the proposer: BUY or SELL.", "发起方的方向：BUY 买入，SELL 卖出。"),
        "kind": Meaning(
            "SPOT: delivers existing lots. PRE_ISSUANCE: stands as an agreement and moves nothing before its "
            "units are issued.",
            "SPOT：以现有批次交付；PRE_ISSUANCE：期货式（签发前），签发之前仅为协议，不作划转。",
        ),
        "status": Meaning(
            "PROPOSED: the counterparty has not affirmed. AGREED: both have. SETTLED: money and units have "
            "changed hands. ENDED: declined or refused.",
            "PROPOSED：待对手方确认；AGREED：双方已确认；SETTLED：已结算；ENDED：被拒绝或终止。",
        ),
        "proposer": Meaning("Id of the firm that proposed (par-...).", "发起方主体编号（par-...）。"),
        "quantity": Meaning("Whole tonnes agreed.", "约定的整吨数。"),
    },
    "AuditAgreement": {
        "side": Meaning("Side of the proposer: BUY or SELL.", "发起方的方向：BUY 买入，SELL 卖出。"),
        "kind": Meaning(
            "SPOT: delivers existing lots. PRE_ISSUANCE: moves nothing before its units are issued.",
            "SPOT：以现有批次交付；PRE_ISSUANCE：期货式（签发前），签发之前不作划转。",
        ),
        "status": Meaning(
            "PROPOSED: the counterparty has not affirmed. AGREED: both have. SETTLED: money and units have "
            "changed hands. ENDED: declined or refused.",
            "PROPOSED：待对手方确认；AGREED：双方已确认；SETTLED：已结算；ENDED：被拒绝或终止。",
        ),
        "proposer": Meaning("Id of the firm that proposed (par-...).", "发起方主体编号（par-...）。"),
        "seq": Meaning("Journal entry in which it was proposed.", "提出时的日志序号。"),
        "transaction": Meaning(
            "Id of the ledger transaction that settled it; null before that.", "结算所用账务交易编号；结算之前为 null。"
        ),
        "buy_fee": Meaning("Fee of the buyer, CNY; null before settlement.", "买方手续费，元；结算之前为 null。"),
        "sell_fee": Meaning("Fee of the seller, CNY; null before settlement.", "卖方手续费，元；结算之前为 null。"),
    },
    "ProposeAgreementIn": {
        "side": Meaning("Your own side: BUY or SELL.", "己方方向：BUY 买入，SELL 卖出。"),
        "kind": Meaning(
            "SPOT: delivers existing lots. PRE_ISSUANCE: stands as an agreement and moves nothing before its "
            "units are issued.",
            "SPOT：以现有批次交付；PRE_ISSUANCE：期货式（签发前），签发之前仅为协议，不作划转。",
        ),
        "counterparty": Meaning(
            "Id of the firm to agree with, of the list at /v1/members.", "对手方主体编号，见 /v1/members。"
        ),
        "total": Meaning("What is agreed for the whole quantity, CNY.", "全部数量的约定总价，元。"),
    },
    "AffirmIn": {
        "quantity": Meaning("Whole tonnes of the proposal, entered again.", "重新录入的整吨数，须与所提内容一致。"),
        "total": Meaning("Total of the proposal in CNY, entered again.", "重新录入的总价，元，须与所提内容一致。"),
    },
    "AgreementQuery": {
        "status": Meaning(
            "Only those with this status: PROPOSED, AGREED, SETTLED or ENDED; in capitals or small letters.",
            "仅列此状态：PROPOSED 待确认、AGREED 双方已确认、SETTLED 已结算、ENDED 已终止；大小写均可。",
        ),
    },
    "ProposalModel": {
        "status": Meaning(
            "OPEN: waits for a second person. APPROVED: done. REJECTED: ended without being done.",
            "OPEN：待复核；APPROVED：复核通过并已执行；REJECTED：已驳回。",
        ),
        "proposer": Meaning("Id of the person who proposed (per-...).", "经办人编号（per-...）。"),
        "reason": Meaning(
            "Why it was rejected; null when it was not. FORCED_CANCELLATION, and `rejected_by` null: the regulator's "
            "order took the units that it had set aside.",
            "驳回原因；未驳回时为 null。为 FORCED_CANCELLATION 且 `rejected_by` 为 null 的，"
            "其留存的减排量已由主管部门强制注销。",
        ),
    },
    "ProposalAnswer": {
        "status": Meaning(
            "OPEN: waits for a second person. APPROVED: done. REJECTED: ended without being done.",
            "OPEN：待复核；APPROVED：复核通过并已执行；REJECTED：已驳回。",
        ),
        "proposer": Meaning(
            "Id of the person who proposed (per-...); null where the answer does not know it.",
            "经办人编号（per-...）；应答不知道时为 null。",
        ),
        "reason": Meaning("Why it was rejected; null when it was not.", "驳回原因；未驳回时为 null。"),
    },
    "ProposalQuery": {
        "status": Meaning(
            "Only those with this status: OPEN, APPROVED or REJECTED; in capitals or small letters.",
            "仅列此状态：OPEN 待复核、APPROVED 已通过、REJECTED 已驳回；大小写均可。",
        ),
    },
    "Account": {
        "balance": Meaning("All of the cash, CNY.", "资金余额，元。"),
        "held": Meaning("What orders, agreements and withdrawals reserve, CNY.", "申报、协议与出金所冻结的资金，元。"),
        "available": Meaning("Cash that can be used now, CNY: balance less held.", "可用资金，元：余额减去冻结。"),
    },
    "Balance": {
        "balance": Meaning(
            "All that there is: CNY with two decimals, or whole tonnes of a lot, as text.",
            "全部余额：CNY 为两位小数，批次为整吨，均为文本。",
        ),
        "held": Meaning("What is reserved of it, likewise.", "其中冻结的数额，写法相同。"),
        "available": Meaning("What can be used now, likewise.", "可用数额，写法相同。"),
    },
    "VenueAccount": {
        "balance": Meaning(
            "What the account says, CNY: of BANK debits less credits, of the others credits less debits.",
            "账户余额，元：BANK 为借方减贷方，其余为贷方减借方。",
        ),
    },
    "Posting": {
        "amount": Meaning(
            "CNY with two decimals, or whole tonnes of a lot, as text.", "CNY 为两位小数，批次为整吨，均为文本。"
        ),
    },
    "UnitPrice": {
        "value": Meaning("CNY a tonne, half-up to the fen.", "元/吨，四舍五入至分。"),
    },
    "RejectIn": {
        "reason": Meaning("Why it is rejected; the proposer reads it.", "驳回原因，供经办人查看。"),
    },
    "AdmitIn": {
        "role": Meaning(
            "SELLER: sells only. BUYER: buys only. BOTH: does both.", "SELLER：仅卖出；BUYER：仅买入；BOTH：买卖均可。"
        ),
    },
    "ParticipantModel": {
        "role": Meaning(
            "SELLER: sells only. BUYER: buys only. BOTH: does both.", "SELLER：仅卖出；BUYER：仅买入；BOTH：买卖均可。"
        ),
    },
    "StaffAction": {
        "role": Meaning(
            "OPERATOR: runs the venue. REGULATOR: supervises. AUDITOR: reads only. REGISTRY: the national registry.",
            "OPERATOR：交易机构运营人员；REGULATOR：主管部门；AUDITOR：审计方，只读；REGISTRY：国家登记机构。",
        ),
        "public_key": Meaning(
            "Ed25519 public key, 43 characters of URL-safe base64; whoever shall approve needs one.",
            "Ed25519 公钥，43 个字符的 URL 安全 base64；须复核者必填。",
        ),
    },
    "LotAdmissionAction": {
        "owner": Meaning(
            "Firm for which it is admitted (par-...); a trader leaves it out for the own one.",
            "转入所归主体（par-...）；交易员不填即为所属主体。",
        ),
    },
    "TraderAction": {
        "participant": Meaning(
            "Firm for which the person will act (par-...); a trader leaves it out for the own one.",
            "该人员所代表的主体（par-...）；交易员不填即为所属主体。",
        ),
    },
    "DepositIn": {
        "amount": Meaning("Money that arrived, CNY.", "到账金额，元。"),
    },
    "WithdrawalIn": {
        "amount": Meaning("Money to pay out, CNY; held from now on.", "出金金额，元；即刻冻结。"),
    },
    "WithdrawalAction": {
        "amount": Meaning("Money to pay out, CNY; held from now on.", "出金金额，元；即刻冻结。"),
    },
    "KeyIn": {
        "expires_at": Meaning(
            "When the key ends, RFC 3339 in UTC, in the future and no later than that of the key that makes "
            "it; left out for never.",
            "密钥失效时间（RFC 3339，UTC），须在将来，且不晚于生成它的密钥；不填则永不失效。",
        ),
    },
    "RotateIn": {
        "public_key": Meaning(
            "Public key of the new key, 43 characters of URL-safe base64; needed when the old key has one, and never "
            "the same one.",
            "新密钥的公钥，43 个字符的 URL 安全 base64；旧密钥有公钥时必填，且不得与其相同。",
        ),
    },
    "KeyQuery": {
        "person": Meaning(
            "Whose keys (per-...); left out for the own ones.", "所查密钥的所有者（per-...）；不填则为本人。"
        ),
    },
    "Me": {
        "participant": Meaning(
            "Id of the firm that the person acts for (par-...); null for staff.",
            "所代表主体的编号（par-...）；场所人员为 null。",
        ),
    },
    "FieldProblem": {
        "code": Meaning(
            "What is wrong, stable; docs/ERRORS.md has them all.", "错误代码，固定不变；全部列于 docs/ERRORS.md。"
        ),
        "lowest": Meaning(
            "Smallest number that is allowed; of a list, how many entries it needs.",
            "允许的最小数值；对列表而言为最少项数。",
        ),
        "highest": Meaning(
            "Largest number that is allowed; of a list, how many entries it may have.",
            "允许的最大数值；对列表而言为最多项数。",
        ),
    },
    "Problem": {
        "code": Meaning(
            "Which problem it is, stable; docs/ERRORS.md has them all.", "问题代码，固定不变；全部列于 docs/ERRORS.md。"
        ),
        "status": Meaning("The HTTP status once more.", "HTTP 状态码。"),
        "type": Meaning(
            "Where the problem is explained: /problems/ and the code.", "问题说明的地址：/problems/ 加代码。"
        ),
    },
    "ProblemType": {
        "code": Meaning("Which problem it is, stable.", "问题代码，固定不变。"),
        "status": Meaning("HTTP status that it comes with.", "所用的 HTTP 状态码。"),
        "rule": Meaning('Rule that it enforces; "" for none.', "所依据的规则；空文本表示无。"),
    },
    "BrokenRule": {
        "id": Meaning("Id of the rule, such as REF-PRICE.", "规则编号，例如 REF-PRICE。"),
    },
    "RuleIn": {
        "id": Meaning("Id of the rule, ASCII.", "规则编号，ASCII。"),
    },
    "RulebookAction": {
        "removed": Meaning(
            "Ids of rules of the venue's own that are taken out, with all their entries.",
            "拟删除的本场所自定规则的编号，连同其全部条目。",
        ),
    },
    "RuleModel": {
        "id": Meaning("Id of the rule, ASCII.", "规则编号，ASCII。"),
    },
    "AuditRefusal": {
        "code": Meaning("Why it was refused; docs/ERRORS.md has all codes.", "拒绝代码；全部列于 docs/ERRORS.md。"),
        "key": Meaning(
            "Id of the key that was used (key-...); null for the program itself.",
            "所用密钥编号（key-...）；程序自身为 null。",
        ),
    },
    "RefusalQuery": {
        "code": Meaning("Only refusals with this code.", "仅列此拒绝代码。"),
    },
    "AuditRead": {
        "id": Meaning("Number of the row.", "行号。"),
        "seq": Meaning("Journal entry up to which the answer was true.", "该次应答截至的日志序号。"),
    },
    "Health": {
        "status": Meaning('"alive" while the process answers.', '进程应答时为 "alive"。'),
    },
    "Readiness": {
        "status": Meaning('"ready" when commands can be made durable now.', '现可持久化命令时为 "ready"。'),
    },
}
"""Name of a model → name of a field → what it means there and in the models made of it."""
