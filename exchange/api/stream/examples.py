"""One example of every message of the stream, for its published description; tests hold them to the forms."""

from __future__ import annotations

from typing import Any, Final

from exchange.api.wire import fen_of
from exchange.marketdata.depth import PriceLevel, checksum

Document = dict[str, Any]

_AT: Final = "2026-11-20T01:02:03.000004Z"
_PLACE: Final = {
    "instrument": "ins-5",
    "client_order_id": "desk-1-0042",
    "side": "BUY",
    "time_in_force": "GTC",
    "price": "30.50",
    "quantity": 500,
}

REQUEST_EXAMPLES: Final[dict[str, Document]] = {
    "login": {"id": "1", "op": "login", "authorization": "Bearer key-17-1.c2VjcmV0", "line": "desk-1"},
    "subscribe": {
        "id": "2",
        "op": "subscribe",
        "channels": [{"channel": "book:ins-5"}, {"channel": "trades:ins-5", "after_seq": 1027}],
    },
    "unsubscribe": {"id": "3", "op": "unsubscribe", "channels": ["book:ins-5"]},
    "ping": {"id": "4", "op": "ping"},
    "cancel_on_disconnect": {"id": "5", "op": "cancel_on_disconnect", "enabled": True},
    "place": {"id": "6", "op": "place", "idempotency_key": "7f1d6c2e-0006", "body": _PLACE},
    "amend": {
        "id": "7",
        "op": "amend",
        "idempotency_key": "7f1d6c2e-0007",
        "order": "ord-1028",
        "body": {"quantity": 300},
    },
    "cancel": {"id": "8", "op": "cancel", "idempotency_key": "7f1d6c2e-0008", "client_order_id": "desk-1-0042"},
    "batch": {
        "id": "9",
        "op": "batch",
        "idempotency_key": "7f1d6c2e-0009",
        "body": {"commands": [{"do": "cancel", "order": "ord-1028"}, {"do": "place", **_PLACE}]},
    },
    "cancel_all": {
        "id": "10",
        "op": "cancel_all",
        "idempotency_key": "7f1d6c2e-0010",
        "body": {"instrument": "ins-5", "side": "BUY"},
    },
    "cancel_after": {
        "id": "11",
        "op": "cancel_after",
        "idempotency_key": "7f1d6c2e-0011",
        "body": {"seconds": 30},
    },
}

_ORDER: Final = {
    "id": "ord-1028",
    "instrument": "ins-5",
    "client_order_id": "desk-1-0042",
    "side": "BUY",
    "kind": "LIMIT",
    "time_in_force": "GTC",
    "price": "30.50",
    "quantity": 500,
    "cumulative": 0,
    "leaves": 500,
    "average_price": None,
    "fee": "0.00",
    "status": "NEW",
    "cancel_reason": None,
    "post_only": False,
    "self_trade_prevention": "CANCEL_NEWEST",
    "good_til": None,
    "placed_at": _AT,
    "updated_at": _AT,
}
_AMENDED: Final = {**_ORDER, "quantity": 300, "leaves": 300, "fee": None, "placed_at": None}
"""An amendment and a cancel tell what they did and no more; a test holds them to the answers of a venue."""

_ENDED: Final = {**_AMENDED, "leaves": 0, "status": "CANCELLED", "cancel_reason": "REQUESTED"}
_LEVEL: Final = {"price": "30.50", "quantity": 500, "orders": 1}
_LEVEL_AFTER: Final = {**_LEVEL, "quantity": 480}
_BALANCE: Final = {"asset": "CNY", "balance": "1500000.00", "held": "15250.00", "available": "1484750.00"}
_BAR: Final = {
    "start": "2026-11-20T01:02:00.000000Z",
    "end": "2026-11-20T01:03:00.000000Z",
    "open": "30.50",
    "high": "30.50",
    "low": "30.50",
    "close": "30.50",
    "volume": 20,
    "turnover": "610.00",
    "trades": 1,
}
_TRADE: Final = {
    "trade_no": 1,
    "id": "trd-1029-1",
    "instrument": "ins-5",
    "seq": 1029,
    "price": "30.50",
    "quantity": 20,
    "aggressor": "SELL",
    "at": _AT,
    "day": "2026-11-20",
}
_FILL: Final = {
    "id": "trd-1029-1",
    "instrument": "ins-5",
    "side": "BUY",
    "price": "30.50",
    "quantity": 20,
    "order": "ord-1028",
    "fee": "4.27",
    "aggressor": "SELL",
    "counterparty": "NMSG",
    "at": _AT,
    "day": "2026-11-20",
}


def _answer(name: str, status: int, body: Document, **more: Any) -> Document:
    return {"type": "answer", "id": name, "status": status, **more, "body": {**body, "as_of_seq": 1028}}


def _frame(channel: str, prev_seq: int | None, **fields: Any) -> Document:
    place = {"channel": channel, "type": "snapshot" if prev_seq is None else "update", "seq": 1029}
    return {**place, "prev_seq": prev_seq, "at": _AT, **fields}


def _checked(level: Document) -> tuple[str, int]:
    """The text that the checksum of a book with this one bid is made of, and the checksum as the exchange makes it."""
    priced = PriceLevel(fen_of(level["price"]), level["quantity"], level["orders"])
    return f"{level['price']}:{priced.quantity}:{priced.orders}|", checksum([priced], [])


CHECKED_BEFORE: Final = _checked(_LEVEL)
CHECKED_AFTER: Final = _checked(_LEVEL_AFTER)
"""Of the example of a book's snapshot, and of the update that follows it."""


def _market(kind: str, prev_seq: int | None, **fields: Any) -> Document:
    return _frame(f"{kind}:ins-5", prev_seq, instrument="ins-5", **fields)


SERVER_EXAMPLES: Final[dict[str, Document]] = {
    "login": _answer("1", 200, {"replaced": False}),
    "subscribe": _answer("2", 200, {"channels": ["book:ins-5", "trades:ins-5"]}),
    "unsubscribe": _answer("3", 200, {"channels": ["book:ins-5"]}),
    "ping": _answer("4", 200, {"at": _AT}),
    "cancel_on_disconnect": _answer("5", 200, {"enabled": True}),
    "place": _answer("6", 201, {"order": _ORDER, "trades": []}, replayed=True),
    "amend": _answer("7", 200, {"order": _AMENDED, "trades": []}),
    "cancel": _answer("8", 200, {"order": _ENDED, "trades": []}),
    "batch": _answer("9", 200, {"results": [{"seq": 1027, "status": 201, "order": {
        "id": "ord-1027", "client_order_id": None, "status": "NEW", "cumulative": 0, "leaves": 500,
        "cancel_reason": None,
    }, "trades": []}]}),
    "cancel_all": _answer("10", 200, {
        "participant": "par-2", "instrument": "ins-5", "side": "BUY", "cancelled": 3, "finished": True,
    }),
    "cancel_after": _answer("11", 200, {"deadline": _AT}),
    "bookSnapshot": _market("book", None, seq=1028, bids=[_LEVEL], asks=[], checksum=CHECKED_BEFORE[1]),
    "bookUpdate": _market(
        "book", 1028, bids=[_LEVEL_AFTER], asks=[], checksum=CHECKED_AFTER[1], first_seq=1029,
    ),
    "trades": _market("trades", 1011, trades=[_TRADE]),
    "ticker": _market(
        "ticker", 1028, best_bid=_LEVEL_AFTER, best_ask=None, last_price="30.50", last_quantity=20,
        reference_price="30.00", change="0.50", change_percent="1.67", day_open="30.50", day_high="30.50",
        day_low="30.50", volume=20, turnover="610.00", trades=1,
    ),
    "candles": _frame("candles:ins-5:1m", 1011, instrument="ins-5", interval="1m", candles=[_BAR]),
    "privateSnapshot": _frame("private", None, seq=1028, part=1, parts=1, orders=[_ORDER], balances=[_BALANCE]),
    "privateUpdate": _frame("private", 1028, orders=[{**_ORDER, "cumulative": 20, "leaves": 480, "fee": "4.27",
                                                      "average_price": "30.50", "status": "PARTIALLY_FILLED"}],
                            fills=[_FILL], balances=[_BALANCE]),
    "heartbeatMessage": {"type": "heartbeat", "seq": 1029, "at": _AT},
}  # fmt: skip
