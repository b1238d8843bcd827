"""The ticker: where an instrument stands and what its trading day was so far, in one record.

The day is the trading day, which a command ends. The change is that of the last price against the day's reference price
(rule REF-PRICE: the volume-weighted price of the day before); before the day's first trade there is none, because the
last price is then another day's. Trades of the book count, agreed trades do not (rule REF-EXCL).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from exchange.core.canonical import Wide
from exchange.core.events.markets import ReferencePriceSet
from exchange.core.events.orders import Traded
from exchange.core.values import Price, Tonnes, notional
from exchange.marketdata.depth import PriceLevel

_NO_PRICE: Final = Price(0)


@dataclass(slots=True)
class DayFigures:
    """A trading day so far: prices in fen a tonne (0 before the first trade), volume in tonnes, turnover in fen."""

    opening: Price = _NO_PRICE
    highest: Price = _NO_PRICE
    lowest: Price = _NO_PRICE
    volume: Tonnes = Tonnes(0)
    turnover: Wide = Wide(0)
    trades: int = 0


@dataclass(slots=True)
class Quote:
    """What the ticker says at one moment; compared with the one before it to see whether there is anything to say."""

    best_bid: PriceLevel | None
    best_ask: PriceLevel | None
    last_price: Price
    last_quantity: Tonnes
    reference: Price
    opening: Price
    highest: Price
    lowest: Price
    volume: Tonnes
    turnover: Wide
    trades: int

    @property
    def change(self) -> int | None:
        """Last price less reference price, in fen; None before the day's first trade."""
        return self.last_price - self.reference if self.trades else None


class Ticker:
    """One instrument's last price, reference price and day. ``last_price`` is 0 before the first trade of all."""

    __slots__ = ("_next_reference", "day", "last_price", "last_quantity", "reference")

    def __init__(self) -> None:
        """Before anything happened."""
        self.reference = Price(0)
        self._next_reference = Price(0)
        self.last_price = Price(0)
        self.last_quantity = Tonnes(0)
        self.day = DayFigures()

    def restore(self, reference: Price, last_price: Price, day: DayFigures) -> None:
        """Where an instrument stood before this ticker began to follow it; the last trade's quantity comes with it."""
        self.reference = self._next_reference = reference
        self.last_price, self.day = last_price, day

    def on_traded(self, event: Traded) -> None:
        """A trade of the book."""
        day, price = self.day, event.price
        self.last_price, self.last_quantity = price, event.quantity
        if not day.trades:
            day.opening = day.highest = day.lowest = price
        elif price > day.highest:
            day.highest = price
        elif price < day.lowest:
            day.lowest = price
        day.trades += 1
        day.volume = Tonnes(day.volume + event.quantity)
        day.turnover = Wide(day.turnover + notional(price, event.quantity))

    def on_reference(self, event: ReferencePriceSet) -> None:
        """A reference price: the first one counts at once, that of the next day when the day opens."""
        self._next_reference = event.reference
        if not self.reference:
            self.reference = event.reference

    def on_day(self) -> None:
        """A new trading day, with no trades yet."""
        self.reference, self.day = self._next_reference, DayFigures()

    def quote(self, best_bid: PriceLevel | None, best_ask: PriceLevel | None) -> Quote:
        """What there is to say now, with the best prices of the book."""
        day = self.day
        return Quote(
            best_bid,
            best_ask,
            self.last_price,
            self.last_quantity,
            self.reference,
            day.opening,
            day.highest,
            day.lowest,
            day.volume,
            day.turnover,
            day.trades,
        )
