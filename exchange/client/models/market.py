"""What anybody may see: the venue, its instruments, their books and trades, and the rulebook."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class VenueStatus:
    """The venue as of journal entry ``as_of_seq``; ``head`` is the hash over the journal up to there, in hex.

    In a ``sandbox`` money and units are play, and each new firm is given some.
    """

    venue: str
    trading_day: date | None
    phase: str
    head: str
    as_of_seq: int
    halted: bool = False
    halt_reason: str | None = None
    sandbox: bool = False


@dataclass(frozen=True, slots=True)
class Halt:
    """A halt in force: ``scope`` is MARKET or INSTRUMENT. Each is lifted by itself."""

    scope: str
    reason: str


@dataclass(frozen=True, slots=True)
class Instrument:
    """What can be traded. Prices in CNY a tonne; ``lowest`` and ``highest`` are the day's band, ends included.

    ``volume``, ``turnover`` and ``trades`` are those of the current trading day.
    """

    id: str
    symbol: str
    family: str
    project: str
    vintage: int
    source_category: str
    league: str
    mode: str
    settlement_venue: str
    tick: Decimal
    lot_size: int
    tax_inclusive: bool
    halted: bool
    reference_price: Decimal
    lowest: Decimal
    highest: Decimal
    reference_basis: str
    reference_day: date
    simulated: bool
    last_price: Decimal | None
    volume: int
    turnover: Decimal
    trades: int
    halt_reason: str | None = None
    halts: tuple[Halt, ...] = ()
    day_open: Decimal | None = None
    day_high: Decimal | None = None
    day_low: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """One price of a book: tonnes and orders that rest there."""

    price: Decimal
    quantity: int
    orders: int


@dataclass(frozen=True, slots=True)
class Book:
    """The book of an instrument, best prices first."""

    instrument: str
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]
    as_of_seq: int


@dataclass(frozen=True, slots=True)
class TapeTrade:
    """A trade as the public sees it, by REST and by the stream: no parties.

    ``trade_no`` counts the trades of the instrument without gaps; ``aggressor`` is the side of the incoming order.
    """

    trade_no: int
    id: str
    instrument: str
    seq: int
    price: Decimal
    quantity: int
    aggressor: str
    at: datetime
    day: date


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with its number, its unit, the article that it rests on, and how sure it is."""

    id: str
    value: int
    unit: str
    article: str
    verified: str
    effective_from: date
    text_en: str
    text_zh: str


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The rulebook in force."""

    version: int
    profile: str
    rules: tuple[Rule, ...]
    as_of_seq: int
