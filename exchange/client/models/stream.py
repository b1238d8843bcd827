"""What the stream says. Quantities in tonnes, prices and money in CNY; ``seq`` is the journal entry that a message
brings its reader to, ``prev_seq`` the one that its channel stood at before (None in a snapshot, which needs nothing).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from exchange.client.models.market import Level, TapeTrade
from exchange.client.models.trading import Order, Trade


@dataclass(frozen=True, slots=True)
class StreamMessage:
    """What every message of a channel has; ``type`` is snapshot or update."""

    channel: str
    type: str
    seq: int
    prev_seq: int | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class BookMessage(StreamMessage):
    """A whole book, or the levels that changed with their new sizes (0: gone); best prices first.

    ``checksum`` is the CRC-32 over the ten best levels of both sides after it. A
    :class:`~exchange.client.book.LocalBook` is kept from these.
    """

    instrument: str
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]
    checksum: int
    first_seq: int | None = None


@dataclass(frozen=True, slots=True)
class TradesMessage(StreamMessage):
    """Trades, oldest first: all of an entry, or in a snapshot the newest ones."""

    instrument: str
    trades: tuple[TapeTrade, ...]


@dataclass(frozen=True, slots=True)
class TickerMessage(StreamMessage):
    """Where an instrument stands, and its trading day so far; ``change`` is None before the first trade."""

    instrument: str
    best_bid: Level | None
    best_ask: Level | None
    last_price: Decimal | None
    last_quantity: int | None
    reference_price: Decimal
    change: Decimal | None
    change_percent: Decimal | None
    day_open: Decimal | None
    day_high: Decimal | None
    day_low: Decimal | None
    volume: int
    turnover: Decimal
    trades: int


@dataclass(frozen=True, slots=True)
class Candle:
    """The trades of one interval; ``end`` is not part of it. An interval without a trade has no candle."""

    start: datetime
    end: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: int
    turnover: Decimal
    trades: int


@dataclass(frozen=True, slots=True)
class CandlesMessage(StreamMessage):
    """Candles as they are now, oldest first: those that changed, or in a snapshot the newest one."""

    instrument: str
    interval: str
    candles: tuple[Candle, ...]


@dataclass(frozen=True, slots=True)
class Balance:
    """An own account: ``asset`` is CNY or the id of a lot; money in CNY, units in whole tonnes."""

    asset: str
    balance: Decimal
    held: Decimal
    available: Decimal


@dataclass(frozen=True, slots=True)
class PrivateMessage(StreamMessage):
    """The own account: every open order and balance, or what one entry changed.

    In an update an order that ended is there a last time, and ``fills`` are the own trades of the entry. The exchange
    sends a large account in ``parts``; a :class:`~exchange.client.stream.StreamClient` gives it out as one message.
    """

    orders: tuple[Order, ...]
    balances: tuple[Balance, ...]
    fills: tuple[Trade, ...] = ()
    part: int = 1
    parts: int = 1
