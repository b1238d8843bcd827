"""Instruments: what can be traded in a book, its units, its reference price and the band around it.

A forestry-CCER instrument is project and vintage (T10), a reduction-quota instrument source category, vintage and
league. This triple or pair is its *basket*: every lot has one, and one basket has at most one instrument.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from exchange.core.canonical import Wide
from exchange.core.commands.instruments import Family, League, SettlementVenue, SourceCategory, TradingMode
from exchange.core.events.markets import ReferenceBasis
from exchange.core.values import MAX_PRICE, Fen, InstrumentId, Price, Tonnes, average_price, half_up_div

Basket = tuple[int, str, int, int, int]
"""(family, project, vintage, source category, league) with what the family does not use left empty."""

BASIS_POINTS: Final = 10_000


def basket_of(family: Family, project: str, vintage: int, category: SourceCategory, league: League) -> Basket:
    """The basket of an instrument or a lot: what makes two tonnes the same good."""
    if family is Family.REDUCTION_QUOTA:
        return (int(family), "", vintage, int(category), int(league))
    return (int(family), project, vintage, 0, 0)


@dataclass(slots=True)
class Instrument:
    """One book's terms and its day: ``day_value`` over ``day_volume`` is the VWAP that sets the next reference.

    The same money can be traded many times a day, so the value is a wide number where one trade's is not.
    """

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
    reference: Price
    lowest: Price
    highest: Price
    halted: bool
    day_volume: Tonnes
    day_value: Wide

    @property
    def basket(self) -> Basket:
        """Which lots can be delivered."""
        return basket_of(self.family, self.project, self.vintage, self.source_category, self.league)


@dataclass(slots=True)
class Listing:
    """All instruments, by id, by symbol and by basket; ``basket_of`` keeps what :attr:`Instrument.basket` makes."""

    instruments: dict[InstrumentId, Instrument] = field(default_factory=dict)
    symbols: dict[str, InstrumentId] = field(default_factory=dict)
    baskets: dict[Basket, InstrumentId] = field(default_factory=dict)
    basket_of: dict[InstrumentId, Basket] = field(default_factory=dict)

    def add(self, instrument: Instrument) -> None:
        """Enter a new instrument everywhere."""
        basket = instrument.basket
        self.instruments[instrument.instrument] = instrument
        self.symbols[instrument.symbol] = instrument.instrument
        self.baskets[basket] = instrument.instrument
        self.basket_of[instrument.instrument] = basket


def band(reference: Price, width: int, tick: Price) -> tuple[Price, Price]:
    """Lowest and highest limit price around a reference, ``width`` in basis points, each rounded half-up to the tick.

    Rule BAND-LISTED: article 16 of the settlement rules gives ± 10 %; half-up rounding of the limits is stated for
    Hubei and Shenzhen and taken over here.
    """
    lowest = half_up_div(reference * (BASIS_POINTS - width), BASIS_POINTS * tick) * tick
    highest = half_up_div(reference * (BASIS_POINTS + width), BASIS_POINTS * tick) * tick
    return Price(max(tick, lowest)), Price(min(MAX_PRICE // tick * tick, highest))


def next_reference(instrument: Instrument) -> tuple[Price, ReferenceBasis]:
    """The reference price for the next day (T17): the day's VWAP half-up to the tick, or carried without trades."""
    if not instrument.day_volume:
        return instrument.reference, ReferenceBasis.CARRIED
    tick = instrument.tick
    if tick == 1:
        return average_price(Fen(instrument.day_value), instrument.day_volume), ReferenceBasis.VWAP
    ticks = half_up_div(instrument.day_value, instrument.day_volume * tick)
    return Price(max(1, ticks) * tick), ReferenceBasis.VWAP
