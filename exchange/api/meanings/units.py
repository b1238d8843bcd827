"""Fields of units, agreements, money and the ledger."""

from __future__ import annotations

from typing import Final

from exchange.api.meanings.meaning import Meaning

UNITS_AND_MONEY: Final[dict[str, Meaning]] = {
    "accept": Meaning("true settles the trade now, false refuses it.", "true 即刻结算，false 拒绝。"),
    "account": Meaning(
        "BANK: what must lie at the bank. CLEARING: what is between the parties while a trade settles. "
        "FEES: fees earned.",
        "BANK：应存于银行的资金；CLEARING：结算过程中的过渡账户；FEES：手续费收入。",
    ),
    "acquired": Meaning(
        "Day since which the owner holds them, YYYY-MM-DD in Asia/Shanghai.", "持有起始日（北京时间），YYYY-MM-DD。"
    ),
    "activity": Meaning(
        "What is done on the ground or in the plant: AFFORESTATION, FOREST_MANAGEMENT, GRASSLAND, WETLAND, "
        "MINE_RESTORATION, ENERGY_SAVING, CAPACITY_RETIREMENT, ENERGY_MIX, CARBON_CAPTURE, RENEWABLE_ENERGY, METHANE "
        "or OTHER. A sink has one of the first five or OTHER, what is no sink none of them.",
        "项目活动：AFFORESTATION 造林，FOREST_MANAGEMENT 森林经营，GRASSLAND 草原，WETLAND 湿地，"
        "MINE_RESTORATION 矿山修复，ENERGY_SAVING 节能，CAPACITY_RETIREMENT 淘汰产能，ENERGY_MIX 用能结构优化，"
        "CARBON_CAPTURE 碳捕集，RENEWABLE_ENERGY 可再生能源，METHANE 甲烷，OTHER 其他。"
        "碳汇项目须为前五项之一或 OTHER，非碳汇项目不得为前五项。",
    ),
    "affirmed_by": Meaning(
        "Id of the person who affirmed for the counterparty; null before that.",
        "代表对手方确认的人员编号；尚未确认时为 null。",
    ),
    "agrees": Meaning(
        "Whether BANK is the sum of all the others; false is an alarm.", "BANK 是否等于其余各项之和；false 即为警报。"
    ),
    "amount": Meaning("Amount of money, CNY with at most two decimals.", "金额，元，至多两位小数。"),
    "asset": Meaning(
        "CNY, or the id of a lot (lot-...), whose amounts are tonnes.", "CNY，或批次编号（lot-...），后者以吨计。"
    ),
    "available": Meaning("What can be used now: balance less what is held.", "可用数额：余额减去冻结。"),
    "balance": Meaning("All that there is, with what is held.", "全部余额，含冻结部分。"),
    "bank_account": Meaning(
        "Account at a bank to which the money goes; up to 100 ASCII characters.",
        "收款银行账号；至多 100 个 ASCII 字符。",
    ),
    "bank_reference": Meaning(
        "The bank's own reference of the payment; each is credited once for ever.", "银行流水号；每个流水号只入账一次。"
    ),
    "buy_fee": Meaning("Fee of the buyer, CNY.", "买方手续费，元。"),
    "buy_order": Meaning(
        "Id of the buyer's order (ord-...); null for an agreed trade.", "买方申报编号（ord-...）；协议交易为 null。"
    ),
    "buyer": Meaning("Id of the buying firm (par-...).", "买方主体编号（par-...）。"),
    "buyer_code": Meaning("Code of the buying firm.", "买方主体代码。"),
    "ccer_generation": Meaning(
        "Generation of a CCER. OLD: filed before 2017-03-14. NEW: later. NONE: no CCER.",
        "CCER 的新旧。OLD：2017-03-14 之前备案；NEW：此后；NONE：不是 CCER。",
    ),
    "counterparty_code": Meaning("Code of the firm to which it was proposed.", "对手方主体代码。"),
    "credit": Meaning(
        "Owner of the account that is credited: a participant's id, or an account of the venue: BANK, REGISTRY, "
        "CLEARING, FEES, RETIRED, CANCELLED, OUT, EXPORTED.",
        "贷方账户的所有者：主体编号，或场所账户 BANK、REGISTRY、CLEARING、FEES、RETIRED、CANCELLED、OUT、EXPORTED。",
    ),
    "credits_held": Meaning("Credits that are only held, CNY.", "待过账的贷方金额，元。"),
    "credits_posted": Meaning("Credits posted so far, CNY.", "已过账的贷方金额，元。"),
    "debit": Meaning(
        "Owner of the account that is debited: a participant's id, or an account of the venue: BANK, REGISTRY, "
        "CLEARING, FEES, RETIRED, CANCELLED, OUT, EXPORTED.",
        "借方账户的所有者：主体编号，或场所账户 BANK、REGISTRY、CLEARING、FEES、RETIRED、CANCELLED、OUT、EXPORTED。",
    ),
    "debits_held": Meaning("Debits that are only held, CNY.", "待过账的借方金额，元。"),
    "debits_posted": Meaning("Debits posted so far, CNY.", "已过账的借方金额，元。"),
    "derived": Meaning(
        "Always true: what was agreed is the total, and this price follows from it.",
        "恒为 true：约定的是总价，单价由其推算。",
    ),
    "derived_price": Meaning(
        "Total by tonnes, CNY a tonne, half-up to the fen; null where there is a price.",
        "总价除以吨数，元/吨，四舍五入至分；另有单价时为 null。",
    ),
    "derived_price_exact": Meaning(
        "Whether nothing was rounded away in derived_price.", "derived_price 是否未经舍入。"
    ),
    "ended_by": Meaning(
        "Id of the person who ended it; null when nobody did.", "终止该协议的人员编号；无人终止时为 null。"
    ),
    "exact": Meaning("Whether nothing was rounded away in value.", "value 是否未经舍入。"),
    "family": Meaning(
        "What kind of unit. FORESTRY_CCER: CCER of forestry. REDUCTION_QUOTA: regional reduction quota. "
        "OTHER_SINK: another sink, for agreed trades only.",
        "品类。FORESTRY_CCER：林业碳汇 CCER；REDUCTION_QUOTA：碳减排量指标；OTHER_SINK：其他碳汇，仅限协议交易。",
    ),
    "fees_paid": Meaning("Fees paid so far, CNY.", "累计已付手续费，元。"),
    "first_owner": Meaning(
        "Id of the firm for which it was admitted; null to whom that does not concern.",
        "转入时的所有者编号；无关者所见为 null。",
    ),
    "held": Meaning("What orders, agreements and withdrawals reserve.", "申报、协议与出金所冻结的数额。"),
    "issuance": Meaning("Id of the issuance (iss-...).", "签发编号（iss-...）。"),
    "layer": Meaning(
        "POST: moves the amount. HOLD: reserves it. RELEASE: gives a reservation back.",
        "POST：过账；HOLD：冻结；RELEASE：解冻。",
    ),
    "league": Meaning(
        "League or city of a reduction quota; NONE for units that are not quota.",
        "碳减排量指标所属盟市；非指标类为 NONE。",
    ),
    "lock_reference": Meaning(
        "The registry's receipt that these serials are locked for this venue.", "登记机构出具的序列号锁定凭证编号。"
    ),
    "lot": Meaning("Id of the lot (lot-...).", "批次编号（lot-...）。"),
    "lots": Meaning(
        "Lots that a seller delivers, in this order; empty lets the rule pick: oldest vintage, lowest serial.",
        "卖方交付的批次，按此次序；为空时按规则选取：年度最早、序列号最小者优先。",
    ),
    "mechanism": Meaning(
        "Scheme of the certification. NOT_STATED: the source names none. REGIONAL_QUOTA: the region's "
        "reduction quota. CCER, CDM, BCER, FFCER, PHCER, VCS, GOLD_STANDARD, CAR, ACR: the schemes of these names. "
        "OTHER: one that is not among these; registry and methodology say which.",
        "核证机制。NOT_STATED：来源未列明；REGIONAL_QUOTA：自治区碳减排量指标；CCER、CDM、BCER、FFCER、"
        "PHCER、VCS、GOLD_STANDARD、CAR、ACR：同名机制；OTHER：以上均不是，由登记机构和方法学写明。",
    ),
    "methodology": Meaning(
        'Methodology of the project, as the registry has it; "" for none.', "项目方法学，按登记机构所载；空文本表示无。"
    ),
    "monitoring_end": Meaning("Last day of the monitoring period, YYYY-MM-DD.", "监测期最后一日，YYYY-MM-DD。"),
    "monitoring_start": Meaning("First day of the monitoring period, YYYY-MM-DD.", "监测期第一日，YYYY-MM-DD。"),
    "origin": Meaning("BOOK: traded in a book. AGREED: an agreed trade.", "BOOK：簿内成交；AGREED：协议交易。"),
    "own_fee": Meaning(
        "Fee that the asking firm paid, CNY; null before settlement and for others.",
        "查询方所付手续费，元；结算前及非当事方为 null。",
    ),
    "parcels": Meaning(
        "Ranges of serials that are held, each with its own day and state.", "所持号段，各有其持有日与状态。"
    ),
    "project": Meaning('The registry\'s id of the project; "" for none.', "登记机构的项目编号；空文本表示无。"),
    "proposer_code": Meaning("Code of the firm that proposed.", "发起方主体代码。"),
    "ratio": Meaning(
        "Total and tonnes from which the price follows, as total/tonnes.", "推算单价所用的总价与吨数，写作“总价/吨数”。"
    ),
    "registry": Meaning("Registry that issued the units.", "签发标的的登记机构。"),
    "sell_fee": Meaning("Fee of the seller, CNY.", "卖方手续费，元。"),
    "sell_order": Meaning(
        "Id of the seller's order (ord-...); null for an agreed trade.", "卖方申报编号（ord-...）；协议交易为 null。"
    ),
    "seller": Meaning("Id of the selling firm (par-...).", "卖方主体编号（par-...）。"),
    "seller_code": Meaning("Code of the selling firm.", "卖方主体代码。"),
    "serial_hi": Meaning(
        "The serial behind the last one of the half-open range [serial_lo, serial_hi): it is not in it, so "
        "serial_hi - serial_lo is the number of tonnes.",
        "左闭右开区间 [serial_lo, serial_hi) 末号之后的序列号，不含在内；serial_hi - serial_lo 即吨数。",
    ),
    "serial_lo": Meaning(
        "The first serial of the half-open range [serial_lo, serial_hi); one serial is one tonne.",
        "左闭右开区间 [serial_lo, serial_hi) 的首个序列号；一号为一吨。",
    ),
    "site_parcels": Meaning(
        "Ground of the project, each parcel a path from the larger to the smaller unit (region, league, banner, farm, "
        "compartment, sub-compartment), such as INM/HULUNBUIR/GENHE/F03/012/03. Compared as it is written.",
        "项目地块，由大到小以路径表示（自治区/盟市/旗县/林场/林班/小班），"
        "例如 INM/HULUNBUIR/GENHE/F03/012/03。按所写内容比对。",
    ),
    "source": Meaning(
        "Owner from whom they went: a participant's id, or REGISTRY for what came in.",
        "转出方：主体编号；转入时为 REGISTRY。",
    ),
    "source_category": Meaning(
        "Where a reduction quota comes from: ENERGY_SAVING energy saving, CAPACITY_RETIREMENT retired "
        "capacity, ENERGY_MIX another energy mix, CCUS carbon capture, ECOSYSTEM_SINK ecosystem sink; NONE "
        "for no quota.",
        "碳减排量指标的来源：ENERGY_SAVING 节能降碳，CAPACITY_RETIREMENT 淘汰产能，ENERGY_MIX "
        "用能结构优化，CCUS 碳减排工程，ECOSYSTEM_SINK 生态系统碳汇；非指标类为 NONE。",
    ),
    "source_facility": Meaning('Facility that reduced; "" for none.', "产生减排量的设施；空文本表示无。"),
    "space": Meaning(
        "Name of the registry's serial space, in which a serial stands once.",
        "登记机构的序列号空间名称，同一空间内序列号不重复。",
    ),
    "state": Meaning(
        "Where it stands. ADMITTED: its lock was refused and can be asked for again. LOCK_REQUESTED: the registry was "
        "asked to lock it. LOCK_UNKNOWN: the registry did not answer. ACTIVE: it can be sold, unless something holds "
        "it fast. PENDING_OUT: a release is on its way. OUT: in the national market. RETURN_REQUESTED: the registry "
        "was asked to lock it again. PENDING_CANCEL: a use is on its way. RETIRED, CANCELLED, EXPORTED: "
        "used, for ever.",
        "所处状态。ADMITTED：锁定被拒，可再次申请；LOCK_REQUESTED：已请求锁定；LOCK_UNKNOWN：登记机构未答复；"
        "ACTIVE：可出售，但受权利限制者除外；PENDING_OUT：转出办理中；OUT：在全国市场；RETURN_REQUESTED：已请求重新锁定；"
        "PENDING_CANCEL：使用办理中；RETIRED、CANCELLED、EXPORTED：已使用，不可恢复。",
    ),
    "tag": Meaning(
        "REGIONAL: it can be sold here. NATIONAL: it is in the national market and cannot be sold here.",
        "REGIONAL：可在本所出售；NATIONAL：在全国市场，不可在本所出售。",
    ),
    "target": Meaning(
        "Owner to whom they went: a participant's id, or GONE for what was used or released.",
        "转入方：主体编号；已使用或已转出时为 GONE。",
    ),
    "total": Meaning("What is paid for the whole quantity, CNY.", "全部数量的总价，元。"),
    "transaction": Meaning("Id of the ledger transaction (txn-...).", "账务交易编号。"),
    "unit_price": Meaning("Price a tonne that follows from total and quantity.", "由总价与数量推算的单价。"),
    "vintage": Meaning("Year in which the reductions were made.", "减排量产生年度。"),
}
"""Name of a field → what it means, wherever no model says otherwise."""
