"""Where a field of orders, books and the stream means something else than in :mod:`exchange.api.meanings.trading`."""

from __future__ import annotations

from typing import Final

from exchange.api.meanings.meaning import Meaning

TRADING_MODELS: Final[dict[str, dict[str, Meaning]]] = {
    "PlaceIn": {
        "client_order_id": Meaning(
            "Your own name for the order, 1 to 36 visible ASCII characters, unique among your open orders; may "
            "be left out.",
            "自定的申报名称，1 至 36 个可见 ASCII 字符，在未结申报中唯一；可不填。",
        ),
        "price": Meaning(
            "CNY a tonne. A LIMIT order must have one; of a MARKET order it is the protection price, and "
            "without one the edge of the day's band is.",
            "元/吨。LIMIT 申报必填；MARKET 申报中为保护价，不填则为当日涨跌幅边界。",
        ),
        "time_in_force": Meaning(
            "GFD: until the end of the trading day; the default of a LIMIT order. GTC: until it is cancelled. "
            "GTD: until the end of the day good_til. IOC: what trades at once, the rest is cancelled; the "
            "default of a MARKET order. FOK: all of it at once or nothing. A MARKET order is IOC or FOK.",
            "申报有效期。GFD：当日有效，LIMIT 申报的默认值；GTC：撤单前有效；GTD：至 good_til 当日收市有效；"
            "IOC：即时成交，剩余撤销，MARKET 申报的默认值；FOK：全部即时成交，否则撤销。MARKET 申报只可为 IOC "
            "或 FOK。",
        ),
        "quantity": Meaning(
            "Whole tonnes to buy or sell, a multiple of the instrument's lot_size.",
            "买卖的整吨数，须为标的 lot_size 的整数倍。",
        ),
        "post_only": Meaning(
            "true: rest only; the order is refused if it would trade at once.", "true：只挂单，若会立即成交则被拒绝。"
        ),
        "good_til": Meaning(
            "Last trading day of a GTD order, YYYY-MM-DD in Asia/Shanghai; only a GTD order has one.",
            "GTD 申报的最后有效交易日（北京时间），YYYY-MM-DD；仅 GTD 申报填写。",
        ),
        "kind": Meaning(
            "LIMIT: at the price or better, the default. MARKET: at once, at what the book offers within the "
            "protection price.",
            "LIMIT：限价申报，以申报价或更优价成交，为默认值；MARKET：市价申报，在保护价以内按簿内价格即时成交。",
        ),
    },
    "AmendIn": {
        "price": Meaning("New price, CNY a tonne; left out to keep the old one.", "新单价，元/吨；不填则不变。"),
        "quantity": Meaning(
            "New total quantity in whole tonnes, with what is filled already; left out to keep the old one.",
            "新的申报总量，整吨，含已成交部分；不填则不变。",
        ),
    },
    "_Named": {
        "order": Meaning(
            "Id of the order (ord-...); either this or client_order_id.",
            "申报编号（ord-...）；与 client_order_id 二选一。",
        ),
        "client_order_id": Meaning(
            "Your own name for the open order; either this or order.", "未结申报的自定名称；与 order 二选一。"
        ),
    },
    "OrderModel": {
        "price": Meaning("CNY a tonne; of a market order its protection price.", "元/吨；市价申报为其保护价。"),
        "quantity": Meaning(
            "Tonnes in all: cumulative + leaves while it is open.", "申报总量，吨；未结时等于 cumulative + leaves。"
        ),
        "kind": Meaning(
            "LIMIT or MARKET; null in the answer to a command where the order's terms are not known yet.",
            "LIMIT 限价，MARKET 市价；命令应答中尚不知申报内容时为 null。",
        ),
        "average_price": Meaning(
            "Volume-weighted average price of what was filled, CNY a tonne, half-up to the fen; null while "
            "nothing is. Null too in the answer to an amendment or a cancel, which is made of that command "
            "alone: read the order.",
            "已成交部分的加权平均价，元/吨，四舍五入至分；未成交时为 null。改单与撤单的应答仅据该命令作出，"
            "亦为 null，请查询该申报。",
        ),
        "fee": Meaning(
            "Fee charged so far, CNY. Null in the answer to an amendment or a cancel, which is made of that "
            "command alone: read the order.",
            "已收取的手续费，元。改单与撤单的应答仅据该命令作出，为 null，请查询该申报。",
        ),
        "placed_at": Meaning(
            "When the order was accepted, RFC 3339 in UTC. Null in the answer to an amendment or a cancel, "
            "which is made of that command alone: read the order.",
            "申报受理的时间（RFC 3339，UTC）。改单与撤单的应答仅据该命令作出，为 null，请查询该申报。",
        ),
    },
    "OrderAnswer": {
        "order": Meaning("The order after the command.", "命令执行后的申报。"),
        "trades": Meaning("Own trades that the command made.", "该命令产生的己方成交。"),
    },
    "BatchResult": {
        "order": Meaning(
            "The order after the command; null for one that was refused.", "命令执行后的申报；被拒绝时为 null。"
        ),
        "trades": Meaning("Own trades that the command made.", "该命令产生的己方成交。"),
        "status": Meaning(
            "HTTP status that the command alone would have had: 200 or 201 when it was done.",
            "该命令单独提交时的 HTTP 状态：执行成功为 200 或 201。",
        ),
    },
    "BatchOrder": {
        "id": Meaning("Id of the order (ord-...).", "申报编号（ord-...）。"),
        "client_order_id": Meaning(
            "Your own name for the order; null for none, or where the answer does not know it.",
            "自定的申报名称；没有或应答不知道时为 null。",
        ),
    },
    "TradeModel": {
        "side": Meaning("Own side: BUY or SELL.", "己方方向：BUY 买入，SELL 卖出。"),
        "fee": Meaning("Own fee, CNY.", "己方手续费，元。"),
        "order": Meaning("Id of the own order (ord-...).", "己方申报编号（ord-...）。"),
        "counterparty": Meaning("Code of the other firm.", "对手方主体代码。"),
    },
    "BatchTrade": {
        "fee": Meaning("Own fee, CNY.", "己方手续费，元。"),
    },
    "LevelModel": {
        "quantity": Meaning("Tonnes that rest at this price.", "该价位的挂单量，吨。"),
    },
    "Level": {
        "quantity": Meaning(
            "Tonnes that rest at this price; in an update 0 says that none do any more.",
            "该价位的挂单量，吨；更新帧中 0 表示已无挂单。",
        ),
    },
    "ListInstrumentIn": {
        "reference_price": Meaning(
            "First reference price, CNY a tonne, declared by who brings the product in.",
            "首个基准价，元/吨，由产品首个提供方申报。",
        ),
    },
    "CancelledAll": {
        "instrument": Meaning("Id of the instrument; null for all instruments.", "标的编号；全部标的时为 null。"),
        "side": Meaning("BUY or SELL; null for both sides.", "BUY 买入，SELL 卖出；买卖双向时为 null。"),
    },
    "CancelAllQuery": {
        "instrument": Meaning("Only orders of this instrument; left out for all.", "仅撤销此标的的申报；不填则全部。"),
        "side": Meaning(
            "Only bids (BUY) or only offers (SELL); left out for both.",
            "仅撤销买入（BUY）或卖出（SELL）申报；不填则双向。",
        ),
    },
    "Halted": {
        "instrument": Meaning("Id of the instrument; null for the whole market.", "标的编号；全市场时为 null。"),
    },
    "ResumeAction": {
        "instrument": Meaning(
            "Instrument whose halt is lifted; left out for that of the whole market.",
            "恢复交易的标的；不填则恢复全市场。",
        ),
    },
    "AuditTrade": {
        "id": Meaning(
            "Id of the trade (trd-...) or of the agreement (agr-...).", "成交编号（trd-...）或协议编号（agr-...）。"
        ),
        "value": Meaning("What was paid in all, CNY.", "成交金额，元。"),
        "price": Meaning(
            "Price in the book, CNY a tonne; null for an agreed trade.", "簿内成交价，元/吨；协议交易为 null。"
        ),
        "aggressor": Meaning(
            "Side of the incoming order: BUY or SELL; null for an agreed trade.",
            "主动方的方向：BUY 买入，SELL 卖出；协议交易为 null。",
        ),
        "instrument": Meaning(
            "Id of the instrument (ins-...); null for an agreed trade.", "标的编号（ins-...）；协议交易为 null。"
        ),
        "symbol": Meaning("Short name of the instrument; null for an agreed trade.", "标的代码；协议交易为 null。"),
    },
    "AuditOrder": {
        "seq": Meaning("Journal entry in which it was placed.", "受理时的日志序号。"),
        "id": Meaning("Id of the order (ord-...).", "申报编号（ord-...）。"),
    },
    "Halt": {
        "reason": Meaning("Why trading stopped.", "暂停交易的原因。"),
    },
    "HaltIn": {
        "reason": Meaning("Why trading stops, for everybody to read.", "暂停交易的原因，公开可见。"),
    },
    "OrderQuery": {
        "status": Meaning(
            "open: NEW or PARTIALLY_FILLED. closed: FILLED, CANCELLED or EXPIRED. all: every one. Or one "
            "status; in small letters or capitals. Without it only open orders are shown.",
            "open：NEW 或 PARTIALLY_FILLED；closed：FILLED、CANCELLED 或 EXPIRED；all：全部；或某一状态，大小写均可。"
            "不填时仅列未结申报。",
        ),
        "client_order_id": Meaning(
            "Only orders of this name. Without status only an open one is shown; status=all finds ended ones too.",
            "仅列使用此名称的申报。不填 status 时仅列未结申报；status=all 兼列已终结的申报。",
        ),
        "day": Meaning("The trading day of the placing, in Asia/Shanghai.", "申报的交易日（北京时间）。"),
        "since": Meaning("Placed at this instant or later, RFC 3339 in UTC.", "申报时间不早于此刻（RFC 3339，UTC）。"),
        "until": Meaning("Placed before this instant, RFC 3339 in UTC.", "申报时间早于此刻（RFC 3339，UTC）。"),
    },
    "AnswerMessage": {
        "status": Meaning("HTTP status that the REST operation would have had.", "对应 REST 操作的 HTTP 状态。"),
        "body": Meaning(
            "Body of the REST answer; a problem document from 400 on.",
            "对应 REST 应答的内容；状态 400 及以上为问题文档。",
        ),
        "id": Meaning(
            "Id of the request that it answers; null when that could not be read.",
            "所应答请求的编号；无法读取时为 null。",
        ),
    },
    "Request": {
        "id": Meaning(
            "Your own name for the request, 1 to 36 characters; the answer has it.",
            "自定的请求编号，1 至 36 个字符，应答中原样返回。",
        ),
    },
    "Message": {
        "seq": Meaning("The journal entry up to which the channel is told.", "本频道内容截至的日志序号。"),
        "at": Meaning(
            "When that entry was made, RFC 3339 in UTC; null before the first one.",
            "该条目的时间（RFC 3339，UTC）；首条之前为 null。",
        ),
    },
    "HeartbeatMessage": {
        "seq": Meaning("The newest journal entry.", "最新的日志序号。"),
        "at": Meaning("The time of the exchange, RFC 3339 in UTC.", "交易所时间（RFC 3339，UTC）。"),
    },
    "Pong": {
        "at": Meaning("The time of the exchange, RFC 3339 in UTC.", "交易所时间（RFC 3339，UTC）。"),
    },
    "Trades": {
        "trades": Meaning("Trades, oldest first.", "成交，由旧到新。"),
    },
    "PrivateSnapshot": {
        "orders": Meaning("Own open orders of this part, oldest first.", "本部分的己方未结申报，由旧到新。"),
        "balances": Meaning("Own balances of this part.", "本部分的己方余额。"),
        "part": Meaning(
            "Which part this is, from 1. All parts are of one entry; the account is whole with the last.",
            "本帧为第几部分，自 1 起。各部分截至同一日志序号；收到最后一部分即为完整账户。",
        ),
        "parts": Meaning("In how many parts the account comes.", "账户快照共分几部分。"),
    },
    "Login": {
        "line": Meaning(
            "Name of this line, 1 to 36 printable characters of the client's choice; "
            "an older line of the same key and name ends first.",
            "客户端为本连接自定的名称，1 至 36 个可打印字符；同一密钥、同一名称的旧连接先行结束。",
        ),
    },
    "LoggedIn": {
        "replaced": Meaning(
            "Whether an older line of this name has ended, with its orders if it had asked for that.",
            "是否已有同名旧连接因此结束（若其曾申请断线撤单，则其申报亦已撤销）。",
        ),
    },
    "PrivateUpdate": {
        "orders": Meaning(
            "Own orders that changed, as they stand after it; ended ones a last time.",
            "变动的己方申报（变动后的状态）；终止者最后出现一次。",
        ),
    },
    "Subscription": {
        "after_seq": Meaning(
            "Entry up to which the reader has the channel already; left out for a snapshot.",
            "读者已有内容的截至日志序号；不填则先给快照。",
        ),
        "channel": Meaning("Name of the channel, such as book:ins-5.", "频道名称，例如 book:ins-5。"),
    },
    "Fill": {
        "side": Meaning("Own side: BUY or SELL.", "己方方向：BUY 买入，SELL 卖出。"),
        "fee": Meaning("Own fee, CNY.", "己方手续费，元。"),
        "order": Meaning("Id of the own order (ord-...).", "己方申报编号（ord-...）。"),
        "counterparty": Meaning("Code of the other firm.", "对手方主体代码。"),
    },
}
"""Name of a model → name of a field → what it means there and in the models made of it."""
