"""What happens to instruments, the trading day and mass jobs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from exchange.core.commands.instruments import Family, League, SettlementVenue, SourceCategory, TradingMode
from exchange.core.values import Day, InstrumentId, JobId, KeyId, ParticipantId, Price, Sides, Tonnes


@dataclass(slots=True)
class InstrumentListed:
    """An instrument can be traded."""

    instrument: InstrumentId
    symbol: str
    family: Family
    project: str
    vintage: int
    source_category: SourceCategory
    league: League
    mode: TradingMode
    settlement_venue: SettlementVenue
    tick: Price
    lot_size: Tonnes
    tax_inclusive: bool


class ReferenceBasis(IntEnum):
    """Where a reference price comes from (T17): declared at listing, the day's VWAP, or carried over a day without
    trades.
    """

    DECLARED = 1
    VWAP = 2
    CARRIED = 3


@dataclass(slots=True)
class ReferencePriceSet:
    """The reference price of an instrument for a day and the band around it; limits lie inside, ends included."""

    instrument: InstrumentId
    day: Day
    basis: ReferenceBasis
    reference: Price
    lowest: Price
    highest: Price


@dataclass(slots=True)
class TradingHalted:
    """Trading stopped in an instrument, or in all (0). A halt does not extend the day (T23)."""

    instrument: InstrumentId
    reason: str


@dataclass(slots=True)
class TradingResumed:
    """A halt was lifted."""

    instrument: InstrumentId


class JobKind(IntEnum):
    """Mass commands that are done in chunks, so that no single entry stops the market."""

    END_OF_DAY = 1
    CANCEL_ALL = 2
    CANCEL_AFTER = 3
    DISCONNECTED = 4


@dataclass(slots=True)
class JobStarted:
    """A mass command began; its chunks follow as entries of their own.

    ``participant``, ``instrument``, ``sides`` and ``key`` narrow down whose orders it is about, 0 where they do not.
    """

    job: JobId
    kind: JobKind
    participant: ParticipantId
    instrument: InstrumentId
    sides: Sides
    key: KeyId


@dataclass(slots=True)
class JobFinished:
    """The last chunk of a mass command was done; ``orders`` were ended in all."""

    job: JobId
    orders: int


@dataclass(slots=True)
class DayClosing:
    """The day's trading is over; orders are refused until the next day opens."""

    day: Day
    next_day: Day


@dataclass(slots=True)
class DayOpened:
    """A trading day began."""

    day: Day
