"""Bodies about orders that can be sent as they are, once their ids are one's own."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel

from exchange.api.batch import BatchIn
from exchange.api.example import Example
from exchange.api.order_commands import AmendIn, PlaceIn
from exchange.api.resources.orders import CancelAfterIn

_BID: Final[dict[str, Any]] = {"instrument": "ins-49", "side": "BUY", "quantity": 500, "price": "70.00"}
_OFFER: Final[dict[str, Any]] = {"instrument": "ins-49", "side": "SELL", "quantity": 200, "price": "71.50"}

ORDER_EXAMPLES: Final[dict[type[BaseModel], dict[str, Example]]] = {
    PlaceIn: {
        "bid": Example(
            "Buy 500 t at 70.00 CNY/t or less, until the end of the day",
            "以不高于 70.00 元/吨买入 500 吨，当日有效",
            {**_BID, "client_order_id": "desk-1-0042"},
        ),
        "offer of a named lot": Example(
            "Sell 200 t of one lot, and only if it rests first",
            "卖出指定批次的 200 吨，仅挂单，不主动成交",
            {**_OFFER, "post_only": True, "lots": ["lot-31"]},
        ),
        "at once or not at all": Example(
            "Buy 500 t within the price band, all of it now or nothing",
            "在涨跌幅内立即买入 500 吨，不能全部成交即撤销",
            {"instrument": "ins-49", "side": "BUY", "quantity": 500, "kind": "MARKET", "time_in_force": "FOK"},
        ),
    },
    AmendIn: {
        "less": Example(
            "Less quantity, which keeps the place in the queue", "减少数量，保留排队位置", {"quantity": 300}
        ),
        "another price": Example(
            "Another price, with a new place in the queue", "修改价格，重新排队", {"price": "70.50"}
        ),
    },
    BatchIn: {
        "a new quote": Example(
            "Take the old quote back and make a new one, on both sides",
            "撤回原双边报价并重新报价",
            {
                "commands": [
                    {"do": "cancel", "client_order_id": "quote-17-bid"},
                    {"do": "cancel", "client_order_id": "quote-17-offer"},
                    {"do": "place", **_BID, "client_order_id": "quote-18-bid"},
                    {"do": "place", **_OFFER, "client_order_id": "quote-18-offer"},
                ]
            },
        ),
        "a smaller order": Example(
            "Reduce one order, named by its id",
            "减少一笔申报的数量，以编号指明",
            {"commands": [{"do": "amend", "order": "ord-1042", "quantity": 100}]},
        ),
    },
    CancelAfterIn: {
        "arm or renew": Example(
            "Cancel my orders unless this comes again within 30 s",
            "30 秒内未再次收到此请求即撤销本密钥的申报",
            {"seconds": 30},
        ),
        "switch off": Example("Switch it off", "关闭", {"seconds": 0}),
    },
}
"""Model of a body → its examples by name."""
