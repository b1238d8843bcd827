"""Fields of orders, books, trades and candles."""

from __future__ import annotations

from typing import Final

from exchange.api.meanings.meaning import Meaning

TRADING: Final[dict[str, Meaning]] = {
    "aggressor": Meaning(
        "Side of the incoming order, the one that traded at once: BUY or SELL.",
        "主动方（新申报一方）的方向：BUY 买入，SELL 卖出。",
    ),
    "asks": Meaning("Sell side of the book, lowest price first.", "卖盘，价格由低到高。"),
    "average_price": Meaning(
        "Volume-weighted average price of what was filled, CNY a tonne, half-up to the fen; null while nothing is.",
        "已成交部分的加权平均价，元/吨，四舍五入至分；未成交时为 null。",
    ),
    "best_ask": Meaning(
        "Lowest sell price with its tonnes and orders; null for an empty side.",
        "最优卖价及其吨数、笔数；无卖盘时为 null。",
    ),
    "best_bid": Meaning(
        "Highest buy price with its tonnes and orders; null for an empty side.",
        "最优买价及其吨数、笔数；无买盘时为 null。",
    ),
    "bids": Meaning("Buy side of the book, highest price first.", "买盘，价格由高到低。"),
    "cancel_reason": Meaning(
        "Why it ended with something left, null otherwise. REQUESTED: its owner cancelled it. CANCEL_ALL: "
        "with all others of its owner. IMMEDIATE_REMAINDER: what an IOC or FOK order could not trade at "
        "once. SELF_TRADE: it would have met the own owner group. DAY_ENDED: a GFD order at the end of the "
        "day. GOOD_TIL_PASSED: a GTD order after its last day. OUT_OF_BAND: its price is outside the band "
        "of a new day. CANCEL_AFTER: the dead-man's switch of its key went off. DISCONNECTED: the "
        "connection of its key ended. ENCUMBERED: the units that it would have delivered are held fast.",
        "未全部成交即终止的原因，否则为 null。REQUESTED：所有者撤单；CANCEL_ALL：全部撤单；"
        "IMMEDIATE_REMAINDER：IOC 或 FOK 未能即时成交的部分；SELF_TRADE：将与同一实际控制人成交；"
        "DAY_ENDED：GFD 申报于收市到期；GOOD_TIL_PASSED：GTD 申报已过截止日；"
        "OUT_OF_BAND：价格超出新一日的涨跌幅；CANCEL_AFTER：密钥的失联保护触发；"
        "DISCONNECTED：密钥的连接断开；ENCUMBERED：拟交付的减排量受到权利限制。",
    ),
    "candles": Meaning("Candles, oldest first.", "K 线，由旧到新。"),
    "change": Meaning(
        "Last price less reference price, CNY a tonne; null before the first trade.",
        "最新价与基准价之差，元/吨；尚无成交时为 null。",
    ),
    "change_percent": Meaning(
        "The same in percent of the reference price, two decimals.", "涨跌幅：上述差额占基准价的百分比，两位小数。"
    ),
    "client_order_id": Meaning(
        "The owner's own name for the order, unique among its open orders; null for none.",
        "所有者自定的申报名称，在其未结申报中唯一；未给出时为 null。",
    ),
    "close": Meaning("Price of the last trade of the interval, CNY a tonne.", "区间内最后一笔成交的单价，元/吨。"),
    "counterparty": Meaning("The other firm, by its id (par-...).", "对手方主体的编号（par-...）。"),
    "cumulative": Meaning("Tonnes that were filled so far.", "已成交量，吨。"),
    "day": Meaning("Trading day, in Asia/Shanghai, YYYY-MM-DD.", "交易日（北京时间），YYYY-MM-DD。"),
    "day_high": Meaning(
        "Highest price traded in the book on the current trading day, CNY a tonne; null before the first trade.",
        "当前交易日簿内最高成交价，元/吨；尚无成交时为 null。",
    ),
    "day_low": Meaning(
        "Lowest price traded in the book on the current trading day, CNY a tonne; null before the first trade.",
        "当前交易日簿内最低成交价，元/吨；尚无成交时为 null。",
    ),
    "day_open": Meaning(
        "Price of the first trade of the current trading day, CNY a tonne; null before it.",
        "当前交易日首笔成交价，元/吨；尚无成交时为 null。",
    ),
    "end": Meaning(
        "First instant behind the interval, RFC 3339 in UTC; it is not part of it.",
        "区间之后的第一个时刻（RFC 3339，UTC），不含在区间内。",
    ),
    "fee": Meaning("Fee charged to the own side so far, CNY.", "己方已收取的手续费，元。"),
    "finished": Meaning(
        "Whether all of them are cancelled already; when false the rest follows by itself.",
        "是否已全部撤销；为 false 时其余申报随后自动撤销。",
    ),
    "good_til": Meaning(
        "Last trading day of a GTD order, YYYY-MM-DD in Asia/Shanghai; null for all others.",
        "GTD 申报的最后有效交易日（北京时间），YYYY-MM-DD；其他申报为 null。",
    ),
    "halt_reason": Meaning("Why trading is halted; null when it is not.", "暂停交易的原因；未暂停时为 null。"),
    "halted": Meaning("Whether trading is halted now.", "当前是否暂停交易。"),
    "halts": Meaning("All halts in force, that of the market first.", "所有生效中的暂停，全市场的在前。"),
    "high": Meaning("Highest price traded in the interval, CNY a tonne.", "区间内最高成交价，元/吨。"),
    "highest": Meaning(
        "Highest price that an order may have today, CNY a tonne, itself allowed.", "当日申报价上限，元/吨，含此价。"
    ),
    "instrument": Meaning("Id of the instrument (ins-...).", "交易标的编号（ins-...）。"),
    "interval": Meaning(
        "Length of a candle: 1m, 5m and 15m minutes, 1h an hour, 1d a day in Asia/Shanghai.",
        "K 线周期：1m、5m、15m 为分钟，1h 为小时，1d 为日（北京时间）。",
    ),
    "kind": Meaning(
        "LIMIT: at the price or better. MARKET: at what the book offers, within its protection price.",
        "LIMIT：限价申报，以申报价或更优价成交；MARKET：市价申报，在保护价以内按簿内价格成交。",
    ),
    "last_price": Meaning(
        "Price of the newest trade in the book, CNY a tonne; null before the first.",
        "簿内最新成交价，元/吨；尚无成交时为 null。",
    ),
    "last_quantity": Meaning(
        "Tonnes of the newest trade; null before the first.", "最新一笔成交的吨数；尚无成交时为 null。"
    ),
    "leaves": Meaning("Tonnes that are still open; 0 once the order ended.", "未成交量，吨；申报终止后为 0。"),
    "levels": Meaning("How many prices of each side are given.", "每侧给出的价位个数。"),
    "lot_size": Meaning(
        "Tonnes of which every order's quantity is a multiple.", "交易单位：申报量须为此吨数的整数倍。"
    ),
    "low": Meaning("Lowest price traded in the interval, CNY a tonne.", "区间内最低成交价，元/吨。"),
    "lowest": Meaning(
        "Lowest price that an order may have today, CNY a tonne, itself allowed.", "当日申报价下限，元/吨，含此价。"
    ),
    "mode": Meaning(
        "How it is traded. CONTINUOUS: orders match at any time while the market is open.",
        "交易方式。CONTINUOUS：连续交易，开市期间随时撮合。",
    ),
    "open": Meaning("Price of the first trade of the interval, CNY a tonne.", "区间内首笔成交的单价，元/吨。"),
    "orders": Meaning("How many orders rest at this price.", "该价位的挂单笔数。"),
    "placed_at": Meaning("When the order was accepted, RFC 3339 in UTC.", "申报受理的时间（RFC 3339，UTC）。"),
    "post_only": Meaning(
        "Whether the order was to rest only: it would have been refused rather than trade at once.",
        "是否只挂单：若会立即成交则被拒绝。",
    ),
    "price": Meaning("Price, CNY a tonne.", "单价，元/吨。"),
    "quantity": Meaning("Whole tonnes of CO2 equivalent.", "数量，整吨二氧化碳当量。"),
    "reference_basis": Meaning(
        "Where the reference price comes from. DECLARED: declared at listing. VWAP: the volume-weighted "
        "average price of a day. CARRIED: kept over a day without trades.",
        "基准价来源。DECLARED：上市时申报；VWAP：某日加权平均价；CARRIED：当日无成交而沿用。",
    ),
    "reference_day": Meaning(
        "Trading day from which the reference price counts, YYYY-MM-DD.", "基准价自此交易日起适用，YYYY-MM-DD。"
    ),
    "reference_price": Meaning(
        "Price on which the day's band rests, CNY a tonne.", "当日涨跌幅所依据的基准价，元/吨。"
    ),
    "self_trade_prevention": Meaning(
        "What happens when it meets a resting order of the same owner group; the incoming order's choice "
        "counts. CANCEL_NEWEST: the incoming order ends. CANCEL_OLDEST: the resting order ends. "
        "CANCEL_BOTH: both end.",
        "与同一实际控制人的挂单相遇时的处理，以新申报的选择为准。CANCEL_NEWEST：撤销新申报；"
        "CANCEL_OLDEST：撤销挂单；CANCEL_BOTH：两者均撤销。",
    ),
    "settlement_venue": Meaning(
        "Where title passes. REGIONAL_CUSTODY: in this exchange's books, over units locked here. "
        "NATIONAL_SYSTEM: in the national system. BILATERAL: between the parties.",
        "权属转移的场所。REGIONAL_CUSTODY：本所账簿，标的已在此锁定；NATIONAL_SYSTEM：全国系统；"
        "BILATERAL：双方自行办理。",
    ),
    "side": Meaning("BUY or SELL.", "BUY 买入，SELL 卖出。"),
    "simulated": Meaning(
        "Whether its trading has no legal basis yet and is a simulation.", "其交易是否尚无法律依据、仅为模拟。"
    ),
    "start": Meaning("First instant of the interval, RFC 3339 in UTC.", "区间的第一个时刻（RFC 3339，UTC）。"),
    "status": Meaning(
        "NEW: resting, nothing filled. PARTIALLY_FILLED: resting, something filled. FILLED: all of it "
        "filled. CANCELLED: ended before all was filled. EXPIRED: ended because its time was over.",
        "NEW：挂单，未成交；PARTIALLY_FILLED：挂单，部分成交；FILLED：全部成交；"
        "CANCELLED：未全部成交即撤销；EXPIRED：有效期满而终止。",
    ),
    "symbol": Meaning("Short name of the instrument, unique in the market.", "标的代码，在本市场内唯一。"),
    "tax_inclusive": Meaning("Whether prices include tax.", "价格是否含税。"),
    "tick": Meaning("Smallest step between two prices, CNY a tonne.", "最小变动价位，元/吨。"),
    "time_in_force": Meaning(
        "How long it stands. GFD: until the end of the trading day. GTC: until it is cancelled. GTD: until "
        "the end of the day good_til. IOC: what trades at once, the rest is cancelled. FOK: all of it at "
        "once or nothing.",
        "申报有效期。GFD：当日有效；GTC：撤单前有效；GTD：至 good_til 当日收市有效；IOC：即时成交，"
        "剩余撤销；FOK：全部即时成交，否则撤销。",
    ),
    "trade_no": Meaning(
        "Number of the trade in its instrument, from 1 without gaps.", "该标的的成交序号，自 1 起连续。"
    ),
    "trades": Meaning("How many trades there were.", "成交笔数。"),
    "turnover": Meaning("Sum of price times quantity of these trades, CNY.", "成交金额合计，元。"),
    "updated_at": Meaning("When the order changed last, RFC 3339 in UTC.", "申报最近一次变动的时间（RFC 3339，UTC）。"),
    "volume": Meaning(
        "Tonnes traded in the book in the time in question (the current trading day, or the candle's interval).",
        "相应时段（当前交易日，或该 K 线区间）内的簿内成交量，吨。",
    ),
}
"""Name of a field → what it means, wherever no model says otherwise."""
