"""What models and operations are, in Chinese: the English texts are the docstrings of the classes and functions.

A test looks for a row for every model, operation and example of the published document, and for rows that nothing uses.
"""

from __future__ import annotations

from typing import Final

from exchange.api.meanings.unit_descriptions import UNIT_MODELS_ZH, UNIT_OPERATIONS_ZH

OPERATIONS_ZH: Final[dict[str, str]] = {
    **UNIT_OPERATIONS_ZH,
    "send_batch": (
        "各命令按所列次序逐一执行，各有其结果：一条被拒绝，不妨碍其后的命令。任何一处字段有误，则整个请求被拒绝，"
        "不执行任何命令。"
    ),
    "set_cancel_after": (
        "供交易程序使用的断线保护：程序每隔几秒发送一次本请求；一旦停发，其申报不会留在它已看不到的市场中。"
        "以其他密钥提交的申报不受影响。"
    ),
    "list_order_events": (
        "所列为 `GET /v1/events` 中与该申报有关的事件。`limit` 按日志条目计数；一条日志不会拆成两页，"
        "其中可能有数百笔成交。"
    ),
    "list_candles": (
        "区间按北京时间划分，一日自北京时间零时起。最新一根可能尚未结束；没有成交的区间没有 K 线。协议交易不计入。"
    ),
    "list_keys": (
        "对他人的密钥，运营人员可见交易员与运营人员的，主管部门可见任何人的，即各自有权吊销的。对其余的人，"
        "视为没有密钥。"
    ),
    "make_key": (
        "来源网段也不得更宽：限定网段的密钥，所生成的密钥只能用其中的网段。密钥串只出现在首次应答中；"
        "以同一 Idempotency-Key "
        "重复提交，只会得知密钥串已经显示过。自行生成密钥串并提交其哈希的，每次得到的应答相同。"
    ),
    "revoke_key": (
        "它经轮换所接替的密钥，以及接替了它的密钥，一并吊销，因为窃取者可能已将其轮换；"
        "`revoked_keys` 列出全部。提交本请求的密钥也可能在内，此后不能再用。只有接替了它的密钥才能单独吊销它，"
        "以在宽限期结束之前提前结束轮换。已吊销的可再次吊销，不再有任何变化。\n\n"
        "已吊销密钥的未成交申报仍留在申报簿中，但该密钥的数据流要求过 `cancel_on_disconnect`，"
        "或其 cancel-after 开关已设且到时的除外。"
        "运营人员用 `DELETE /v1/participants/{participant}/orders` 将其与该企业的其他申报一并撤销；"
        "该企业的交易员用其他密钥 `DELETE /v1/orders` 撤销。"
    ),
    "rotate_key": (
        "任何密钥都可轮换自身，不论权限；有公钥的密钥须对请求签名，并给出新密钥的公钥。"
        "旧密钥在 `grace_seconds` 秒内仍有效。"
        "密钥串只出现在首次应答中，除非由提交者自行生成并提交其哈希。"
    ),
}
"""What an operation's text says after its summary; operations without an entry have only the summary."""

MODELS_ZH: Final[dict[str, str]] = {
    **UNIT_MODELS_ZH,
    "Account": "一个主体的资金：`balance` 为全部余额，`held` 为申报、协议与出金所冻结的部分。",
    "AdmitIn": "待开户的企业，以其自身的代码开户。",
    "AffirmIn": "由对手方重新录入的交易条款。",
    "AgreementAnswer": "命令执行后的协议。",
    "AgreementPage": "若干协议。",
    "AgreementView": "一份协议的现状；`own_fee` 为查询方所付的手续费。",
    "AmendIn": "新的单价（元/吨）、新的申报总量（整吨），或两者。仅在价格不变而减少数量时保留排队位置。",
    "AmendItem": "修改未结申报的单价（元/吨）或总量（整吨）；以 `order` 或 `client_order_id` 二者之一指明申报。",
    "ApproveIn": "所复核内容的哈希；该类事项需要凭证的，还须从其来源重新录入。",
    "AuditAgreement": (
        "一份协议，不论状态，列明双方。`seq` 为提出时的日志序号，`last_seq` 为最近一条有关日志；"
        "`side` 为提出方的方向。"
        "手续费与账务编号在结算后给出。"
    ),
    "AuditAgreementPage": "若干协议。",
    "AuditOrder": "一笔申报及其主体与结果；`seq` 为受理时的日志序号。",
    "AuditOrderPage": "若干申报。",
    "AuditRead": (
        "工作人员的一次查阅：何人、以何密钥查阅了什么，给出了多少行。\n\n"
        "`operation` 为接口地址，`asked` 为其中名称与查询参数的取值，`seq` 为应答所截至的日志序号。下载中断的，"
        "`complete` 为 "
        'false；仍在进行或不知是否结束的，`complete` 与 `rows` 为 null。查不到其人的记录，名称为 "" 且没有角色；'
        "这样的行只可能由持有服务密码者写入。"
    ),
    "AuditReadPage": "若干查阅记录。",
    "AuditRefusal": (
        "一条已定序而被拒绝的命令：由何人、以何密钥提交，属何类型，因何被拒绝。\n\n"
        "场所人员提交的，`participant` 为 null；程序自身提交的，人员也为 null。`command` 为命令类型，"
        "申请则为所申请事项的类型；"
        '`rule` 为拒绝所依据的规则（"" 表示没有）。命令的内容见日志。'
    ),
    "AuditRefusalPage": "若干被拒绝的命令。",
    "AuditTrade": (
        "一笔已结算的成交，列明双方、申报与手续费，含簿内成交与协议交易。\n\n"
        "`value` 为实付金额：簿内成交为单价乘以数量，协议交易为约定的总价。协议交易没有单价：`derived_price` "
        "为总价除以吨数，四舍五入到分，`derived_price_exact` 说明是否未经舍入。`id` 为成交或协议的编号。"
    ),
    "AuditTradePage": "若干成交。",
    "BatchAnswer": "各命令的结果，与命令次序相同。",
    "BatchIn": "1 至 500 条命令，合计不超过 256 KiB；按所列次序逐一执行。\n\n字段有误的命令中，只说明第一条。",
    "BatchOrder": "批量中一条命令执行后的申报，数量以吨计。应答不知道 `client_order_id` 时为 null。",
    "BatchResult": (
        "一条命令的结果。`status` 为该命令单独提交时的状态码；200 或 201 时有 `order` 与 `trades`，否则有 `problem`。"
    ),
    "BatchTrade": "该命令产生的成交：单价为元/吨，数量为吨，手续费为本方的，以元计。",
    "Book": "买卖双方的最优价位，由优到劣。",
    "BrokenRule": (
        "拒绝所依据的规则；`article` 以请求的语言给出。规则集刚刚更换的片刻，`article` 与 `verified` 可能缺失。"
    ),
    "CancelAfterAnswer": "以本密钥提交的申报将被撤销的时间；已关闭时为 null。",
    "CancelAfterIn": ("若未再次收到本请求，以本密钥提交的申报在多少秒后撤销：5 至 86,400；0 为关闭。"),
    "CancelItem": "撤销未结申报的未成交部分；以 `order` 或 `client_order_id` 二者之一指明申报。",
    "CancelledAll": "已即时撤销的申报；`finished` 为 false 时，其余由后续任务撤销。",
    "Candle": "一个区间的成交；`end` 不属于该区间。没有成交的区间没有 K 线。",
    "CandlePage": "若干 K 线，由新到旧；其后仍有更早的，一页也可能不满。",
    "ConfirmIn": "交易机构是结算该交易，还是予以拒绝。",
    "DayEnding": "正在收市；当日到期的申报全部终止后，下一交易日开启。",
    "DeclineIn": "无须其他内容。",
    "Deposit": "已入账的资金。",
    "DepositIn": "到达结算账户的资金；同一银行流水号只能入账一次。",
    "EndOfDayIn": (
        "下一个交易日：任一较晚的日期，间隔不超过 31 天。\n\n"
        "本交易场所不设日历，填写周六即以周六为交易日：周五收市请填写下周一，遇节假日填写节后首日。填写过早的交易日，与其他交易日一样收市即可。"
    ),
    "Feed": "本方事件。以 `after_seq=next_after_seq` 续查；一条日志不会拆成两页。",
    "FeedItem": (
        "一个事件：在日志中的位置、类型与内容（字段因类型而异）。\n\n"
        "`Rejected` 为被拒绝的命令：其 `code`、命令类型、提交者、可据以取回完整应答的幂等键，以及命令所涉的编号。"
    ),
    "FieldProblem": (
        "一个字段的问题：指向请求体的 JSON Pointer，或 `query` 加指针；代码；应如何填写。\n\n"
        "`allowed` 为允许的取值，`lowest` 与 `highest` 为上下限，仅在有关时给出。"
    ),
    "Halt": "一项生效中的暂停：全市场，或仅此标的。各项分别解除。",
    "HaltIn": "暂停交易的原因。",
    "Halted": "交易已暂停；全市场时 `instrument` 为 null。",
    "Health": "进程有应答。",
    "Holding": (
        "一个主体在一个批次中的持仓，以吨计：`quantity` 为全部。其中 `held` 为申报与协议所冻结，"
        "`set_aside` 待登记机构答复或待使用、待转出，`encumbered` 受权利限制，其余为 `available`。"
    ),
    "HoldingPage": "一个主体的持仓，逐批列出。",
    "InstrumentAnswer": "一个标的。",
    "InstrumentModel": (
        "一个标的、其涨跌幅（含上下限）与当日行情。价格为元/吨，数量为吨。\n\n"
        "`simulated` 表示其交易尚无法律依据（规则集的类型，或 CCER 在本场所托管）。`halts` 为生效中的全部暂停，"
        "全市场的在前；`halt_reason` 为其中第一项的原因。"
    ),
    "InstrumentPage": "若干标的。",
    "IssuanceAction": (
        "登记登记机构就项目某一监测期的签发：序列号自 `serial_lo` 起，至 `serial_hi` 止（不含），一号为一吨。\n\n"
        "监测期在同一自然年内，该年即年度。`converted` 为用途 CONVERSION 的已完成使用，"
        "ECOSYSTEM_SINK 类指标凭其签发。"
    ),
    "IssuanceModel": (
        "登记机构就项目某一监测期的签发，由两人录入。\n\n"
        "一号为一吨，不含 `serial_hi`；`serial_text` 为登记机构写法的号段。"
    ),
    "IssuancePage": "若干签发。",
    "JournalEntry": "一条日志：叶的规范字节，以及其后的链头，均为十六进制。",
    "JournalPage": "若干日志条目；以 `after_seq=next_after_seq` 续查。",
    "KeyIn": (
        "待生成的密钥：用途、期限，以及可从何处使用。\n\n"
        "有 `public_key` 的密钥可以签名，从而可以复核与出金；生成这样的密钥，请求本身须签名。给出 `secret_hash` 的，"
        "密钥串由提交者生成，不论是否收到应答都不会丢失。"
    ),
    "KeyModel": (
        "一个密钥，不含密钥串；不失效的，`expires_at` 为 null。\n\n"
        "`public_key` 用于核验其签名，不能签名的为 null。`networks` 为仅可使用的来源网段，为空则不限。`made_with` "
        "为生成它的密钥，由两人录入的首个密钥为 null；`replaced_by` 为轮换后的新密钥。\n\n"
        "`strayed_at` 与 `strayed_from` 为最近一次以正确密钥串从允许网段之外使用的时间与地址（启动以来没有则为 "
        "null）。此类请求按错误的密钥拒绝。若非本人所为，说明密钥串已泄露，请吊销该密钥。"
    ),
    "KeyPage": "若干密钥。",
    "KeyReplacementAction": (
        "吊销一个已丢失全部密钥者的所有密钥，并重新录入首个密钥，其密钥串由本人生成。\n\n"
        "私钥丢失的，同样办理：录入另一个 `public_key`。"
    ),
    "LevelModel": "申报簿中的一个价位。",
    "ListInstrumentIn": (
        "待上市的标的。林业 CCER 须填 `project` 与 `vintage`，"
        "碳减排量指标须填 `source_category`、`vintage` 与 `league`。"
        "首个 `reference_price` 由首先引入该产品的一方申报。"
    ),
    "LotAdmissionAction": (
        "为持有者转入某次签发的序列号；`lock_reference` 为登记机构出具的锁定凭证。\n\n"
        "交易员为所属主体转入（默认）；运营人员须指明持有者。"
    ),
    "LotAnswer": "一个批次。",
    "LotModel": "某次签发中转入本场所的一段序列号。",
    "LotPage": "若干批次。",
    "Me": (
        "查询者为何人，以何密钥、为何用途、从何处（为空则不限）、至何时有效（null 为长期）。\n\n"
        "`signs` 说明该密钥是否有公钥，从而可以复核与出金。"
    ),
    "Member": "企业的公开信息：编号、代码与名称。",
    "MemberPage": "若干企业。",
    "MovementModel": (
        "由 `source` 转至 `target` 的序列号（主体；转入时来源为 REGISTRY，已使用或已转出时去向为 GONE）。"
    ),
    "MovementPage": "一个批次自转入以来的变动。",
    "NewKey": (
        "刚生成的密钥。`token` 仅此一次显示，即 `Authorization: Bearer` 所需的内容。自行生成密钥串并提交其哈希的，"
        "不显示："
        "令牌即 `<id>.<密钥串>`。"
    ),
    "OneAgreement": "一份协议。",
    "OneOrder": "一笔申报。",
    "OneProposal": "一份复核申请。",
    "OrderAnswer": "有关申报的命令的结果：执行后的申报，以及由此产生的本方成交。",
    "OrderEventPage": (
        "一笔申报的事件，由旧到新：即 `GET /v1/events` 中的各项，`n` 为同一日志条目中该申报事件的序号。"
    ),
    "OrderModel": (
        "一笔申报：未结时 `quantity == cumulative + leaves`；已终止的没有 `leaves`。\n\n"
        "市价申报的 `price` 为其保护价。修改或撤销的应答只说明该命令所做的，"
        "其中 `average_price`、`fee` 与 `placed_at` 为 "
        "null；其余请查询该申报。"
    ),
    "OrderPage": "若干申报。",
    "ParcelModel": (
        "一个批次中由同一持有者自同一日起持有的序列号；不含 `serial_hi`。\n\n"
        "仅 REGIONAL、ACTIVE 且 `encumbered` 为零的可出售。"
    ),
    "ParticipantAnswer": "一家企业。",
    "ParticipantModel": '一家企业。同一 `owner_group` 的企业互不成交；"" 表示不属于任何一组。',
    "ParticipantPage": "若干企业。",
    "PersonModel": "一名人员，恰有一个角色；场所人员与监管人员的 `participant` 为 null。",
    "PersonPage": "若干人员。",
    "PlaceIn": (
        "一笔申报。限价申报须有 `price`（元/吨）；市价申报可以此为保护价。\n\n"
        "不填 `time_in_force` 时，限价申报为 GFD，市价申报为 IOC（市价申报不能挂单）。`quantity` 为整吨。"
        "GTD 申报须填 "
        "`good_til`，其他不填。`lots` 为卖方愿意交付的批次，按此次序；"
        "不填则由规则选定（年份最早、序列号最小者优先）。"
    ),
    "PlaceItem": "提交申报：字段同 `POST /v1/orders`。",
    "Posting": "由 `debit` 账户记至 `credit` 账户的一笔分录；`amount` 为元或整吨。",
    "Problem": (
        "问题文档（RFC 9457）。`code` 固定不变；同一代码的 `title` 总是相同。\n\n"
        "`detail` 说明应如何处理，并给出本次的数值；`facts` 为供程序读取的同一数值。"
    ),
    "ProblemType": '一个问题代码的含义：两种语言的名称与说明，以及所依据的规则（"" 表示没有）。',
    "ProposalAnswer": (
        "命令执行后的复核申请；`created` 为所产生的编号（签发、批次、人员或使用）。\n\n"
        "`created_key` 为新录入人员首个密钥的编号，即其令牌中点号之前的部分。"
    ),
    "ProposalModel": (
        "一份复核申请及其结果。\n\n"
        "第二人所复核的是 `action_hash`，因此其间内容不会改变。"
        "须重新录入的凭证（`lock_reference`、`receipt`）在申请未结时只有经办人可见。"
        "`created` 为所产生的编号（签发、批次、人员或使用），`created_key` 为首个密钥的编号，即令牌中点号之前的部分。"
        "`facility_named` 为待复核的使用所填设施的登记内容。"
    ),
    "ProposalPage": "若干复核申请。",
    "ProposeAgreementIn": (
        "向 `/v1/members` 所列的 `counterparty` 提出的交易；`side` 为己方方向，`total` 为全部数量的约定总价。\n\n"
        "`lots` 为卖方愿意交付的批次，按此次序；不填则由规则选定。"
    ),
    "ProposeIn": "所申请的事项。",
    "Readiness": "现在可以持久化命令。",
    "RejectIn": "不予执行的原因。",
    "ResumeAction": "解除一个标的的暂停；不指明标的则解除全市场的。",
    "Revoked": (
        "永久失效的密钥；`revoked_keys` 为本次所吊销的，即它及与其有轮换接替关系的密钥，"
        "最早的在前；此前均已吊销的为空。"
    ),
    "RotateIn": (
        "用以替换提交本请求之密钥的内容；可签名的密钥由可签名的密钥替换。\n\n"
        "旧密钥在 `grace_seconds` 秒内仍可使用，程序可不间断地更换。给出 `secret_hash` 的，密钥串由提交者生成，"
        "不论是否收到应答都不会丢失。"
    ),
    "RotatedKey": "替换旧密钥的新密钥；旧密钥在 `replaced_until` 之前有效。",
    "RuleIn": "拟采用的规则集中的一条规则。",
    "RuleModel": "一条规则：数值与单位、所依据的条款，以及其可靠程度。",
    "RulebookAction": (
        "变更规则集：只变更所列规则，其余不变。\n\n"
        "`removed` 为拟删除的本场所自定规则的编号；没有拟删除的，`rules` 至少一条。"
    ),
    "RulebookModel": "现行规则集，含日后生效的规则。",
    "StaffAction": (
        "新增一名场所人员。首个密钥的密钥串由本人生成，只提交其 SHA-256。\n\n"
        "需要复核的人员还须有 `public_key`，私钥由本人保管：复核须签名。"
    ),
    "Statement": "一个持有者的账目：其分录，按日志次序。",
    "Status": (
        "场所现状。`head` 为截至 `as_of_seq` 的日志哈希，十六进制。\n\n"
        "`sandbox` 表示沙箱：资金与减排量均为模拟，每家新企业都会获得一些。"
    ),
    "Tape": "一个标的的公开成交，由新到旧。",
    "TapeTrade": "人人可见的成交，不含双方信息。`trade_no` 为该标的连续的成交序号，与实时流所示相同。",
    "TradeModel": "本方成交：本方的申报与手续费，以及对手方代码；对手方仅在成交后告知。",
    "TradePage": "若干本方成交。",
    "TraderAction": (
        "登记一名代表主体的人员（人数由规则 OPERATORS 限定）。\n\n"
        "首个密钥的密钥串由本人生成，只提交其 SHA-256；有 `public_key` 的还可出金。交易员为所属主体申请（默认）；"
        "运营人员须指明主体。"
    ),
    "UnitPrice": (
        "由总价与数量推算的单价，四舍五入到分；`exact` 说明是否未经舍入。\n\n单价总是推算的：约定并记载的是总价。"
    ),
    "VenueAccount": (
        "场所自身的一个账户，以元计：两侧各自的已记金额与仅为冻结的金额。\n\n"
        "`balance` 为账户余额：BANK 为银行应有的存款（借方减贷方），FEES 为已收手续费，"
        "CLEARING 除正在结算的交易外应为零"
        "（贷方减借方）。"
    ),
    "VenueAccounts": (
        "场所的账户。BANK 须等于 FEES、CLEARING 与各主体资金合计 `participants` 之和；`agrees` 说明是否相符。"
    ),
    "WithdrawalAction": "为所属主体出金。",
    "WithdrawalIn": "拟出金的金额；即刻冻结，运营人员复核通过时支付。",
}
"""Name of a model → what it is."""

ANSWERS_ZH: Final[dict[int, str]] = {
    400: "缺少幂等键，请求体不是一个可接受的 JSON 对象，或签名无法读取",
    401: "没有有效的密钥，或须签名而没有正确的签名",
    403: "该人员无权，或密钥没有该权限，或密钥不能签名",
    404: "对查询者而言不存在",
    409: "与现有内容冲突，或该幂等键已用于另一请求",
    413: "请求体过大",
    415: "请求体不是 application/json，或接收文件的地址未收到 text/csv",
    422: "字段不符合所述格式，或被规则拒绝",
    429: "请求过多；请在 Retry-After 秒之后重试",
    503: "暂时不能处理；请在 Retry-After 秒之后重试",
}
"""What a status of a problem stands for."""
