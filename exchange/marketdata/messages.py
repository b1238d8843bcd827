"""The forms of everything that is streamed; the published description of the stream is generated from these models.

They document and test what is sent. The bytes are made from plain dictionaries in :mod:`exchange.marketdata.frames`,
with the same spelling of values as in REST answers: prices and money are CNY as decimal strings, quantities integers in
tonnes, instants RFC 3339 in UTC, ids opaque strings. A client passes over fields that it does not know.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from exchange.access.ids import Kind
from exchange.core.commands.orders import OrderKind, TimeInForce
from exchange.core.events.orders import CancelReason
from exchange.core.values import SelfTradePrevention, Side
from exchange.marketdata.candles import Interval


class OrderStatus(IntEnum):
    """Where an order stands, in the words of FIX (OrdStatus, tag 39); the first two are working."""

    NEW = 1
    PARTIALLY_FILLED = 2
    FILLED = 3
    CANCELLED = 4
    EXPIRED = 5


def _names(enum: type[IntEnum]) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": [member.name for member in enum]})


Money = Annotated[str, Field(pattern=r"^-?[0-9]{1,20}\.[0-9]{2}$", examples=["30.00"])]
Percent = Annotated[str, Field(pattern=r"^-?[0-9]{1,20}\.[0-9]{2}$", examples=["-1.25"])]
Amount = Annotated[str, Field(pattern=r"^-?[0-9]{1,20}(\.[0-9]{2})?$", examples=["1500000.00", "500"])]
Instant = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z$",
        examples=["2026-11-20T01:02:03.000004Z"],
    ),
]
Date = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", examples=["2026-11-20"])]
InstrumentId = Annotated[str, Field(pattern=Kind.INSTRUMENT.pattern, examples=["ins-17"])]
OrderId = Annotated[str, Field(pattern=Kind.ORDER.pattern, examples=["ord-1027"])]
TradeId = Annotated[str, Field(pattern=Kind.TRADE.pattern, examples=["trd-1027-1"])]
Asset = Annotated[
    str,
    Field(
        pattern=f"^CNY$|{Kind.LOT.pattern}",
        examples=["CNY", "lot-12"],
    ),
]
Tonnes = Annotated[int, Field(ge=0)]
SideName = Annotated[str, _names(Side)]

PRIVATE: Final = "private"
"""The channel of the own account."""


class Message(BaseModel):
    """What every frame says: which channel it is of, and where it leads.

    A reader that stands at ``prev_seq`` stands at ``seq`` after it. A snapshot needs nothing before it (null).
    """

    model_config = ConfigDict(extra="ignore")

    channel: Annotated[str, Field(examples=["book:ins-17"])]
    seq: Annotated[int, Field(ge=0)]
    prev_seq: Annotated[int, Field(ge=0)] | None
    at: Instant | None


class MarketMessage(Message):
    """A frame about one instrument."""

    instrument: InstrumentId


class Level(BaseModel):
    """One price of a book. In an update the size is the new one, and 0 means that nothing rests there any more."""

    price: Money
    quantity: Tonnes
    orders: Annotated[int, Field(ge=0)]


class BookMessage(MarketMessage):
    """Both sides, best prices first. ``checksum`` is the CRC-32 over the best ten levels of both sides after it."""

    bids: list[Level]
    asks: list[Level]
    checksum: Annotated[int, Field(ge=0, le=4_294_967_295)]


class BookSnapshot(BookMessage):
    """The whole book."""

    type: Literal["snapshot"]
    prev_seq: None


class BookUpdate(BookMessage):
    """The levels that changed, merged over the entries from ``first_seq`` to ``seq``; at most 20 a second."""

    type: Literal["update"]
    prev_seq: int
    first_seq: Annotated[int, Field(ge=1)]


class Trade(BaseModel):
    """A trade of the book, without its parties. ``trade_no`` counts the instrument's trades without gaps."""

    trade_no: Annotated[int, Field(ge=1)]
    id: TradeId
    instrument: InstrumentId
    seq: Annotated[int, Field(ge=1)]
    price: Money
    quantity: Tonnes
    aggressor: SideName
    at: Instant
    day: Date


class Trades(MarketMessage):
    """Trades, oldest first: every one of an entry at once. A snapshot has the newest ones."""

    type: Literal["snapshot", "update"]
    trades: list[Trade]


class Ticker(MarketMessage):
    """Where an instrument stands, and its trading day so far; at most 20 a second."""

    type: Literal["snapshot", "update"]
    best_bid: Level | None
    best_ask: Level | None
    last_price: Money | None
    last_quantity: Tonnes | None
    reference_price: Money
    change: Money | None
    change_percent: Percent | None
    day_open: Money | None
    day_high: Money | None
    day_low: Money | None
    volume: Tonnes
    turnover: Money
    trades: int


class Candle(BaseModel):
    """The trades of one interval; ``end`` is not part of it. An interval without trades has no candle."""

    start: Instant
    end: Instant
    open: Money
    high: Money
    low: Money
    close: Money
    volume: Tonnes
    turnover: Money
    trades: Annotated[int, Field(ge=1)]


class Candles(MarketMessage):
    """Candles as they are now, oldest first: those that changed, or in a snapshot the newest one."""

    type: Literal["snapshot", "update"]
    interval: Annotated[str, WithJsonSchema({"type": "string", "enum": [interval.value for interval in Interval]})]
    candles: list[Candle]


class Order(BaseModel):
    """An own order as it stands after the entry, with the fields that REST shows."""

    id: OrderId
    instrument: InstrumentId
    client_order_id: str | None
    side: SideName
    kind: Annotated[str, _names(OrderKind)]
    time_in_force: Annotated[str, _names(TimeInForce)]
    price: Money
    quantity: Tonnes
    cumulative: Tonnes
    leaves: Tonnes
    average_price: Money | None
    fee: Money
    status: Annotated[str, _names(OrderStatus)]
    cancel_reason: Annotated[str | None, WithJsonSchema({"enum": [None, *(reason.name for reason in CancelReason)]})]
    post_only: bool
    self_trade_prevention: Annotated[str, _names(SelfTradePrevention)]
    good_til: Date | None
    placed_at: Instant
    updated_at: Instant


class Fill(BaseModel):
    """An own trade, with the fields that REST shows; the counterparty by its code."""

    id: TradeId
    instrument: InstrumentId
    side: SideName
    price: Money
    quantity: Tonnes
    order: OrderId
    fee: Money
    aggressor: SideName
    counterparty: str
    at: Instant
    day: Date


class Balance(BaseModel):
    """An own account after the entry: CNY with two decimals, or whole tonnes of a lot, as strings."""

    asset: Asset
    balance: Amount
    held: Amount
    available: Amount


class PrivateSnapshot(Message):
    """A part of the own account: open orders, oldest first, and balances.

    All parts are of the same entry and come one after the other, with nothing of this channel in between; together they
    are the whole account. What happened since follows behind the last one.
    """

    type: Literal["snapshot"]
    prev_seq: None
    part: Annotated[int, Field(ge=1)]
    parts: Annotated[int, Field(ge=1)]
    orders: list[Order]
    balances: list[Balance]


class PrivateUpdate(Message):
    """What one entry changed: orders as they stand after it (ended ones a last time), each fill, balances."""

    type: Literal["update"]
    prev_seq: int
    orders: list[Order]
    fills: list[Fill]
    balances: list[Balance]


MESSAGES: Final = (BookSnapshot, BookUpdate, Trades, Ticker, Candles, PrivateSnapshot, PrivateUpdate)
"""Everything that is streamed from here."""
