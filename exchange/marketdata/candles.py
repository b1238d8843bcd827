"""Candles: the trades of one instrument's book by intervals of time.

Intervals are aligned to the clock of Asia/Shanghai (a fixed +08:00): a day begins at midnight there, four hours begin
at 0, 4, 8, 12, 16 and 20 o'clock. A trade belongs to the interval that its entry's instant lies in, begin included, end
excluded; so the ``1d`` candle is of the calendar day, while the figures of the trading day are in the ticker.

* Agreed trades (大宗, block) do not count, as they do not count for the reference price (rule REF-EXCL).
* An interval without a trade has no candle. The market is open a few hours a day and quiet at times; whoever draws a
  line through the gap does so with the close before it, and knows that nothing was traded.
* A candle is final once an entry of its end or later is committed: time in the journal never goes back.
* The newest 1,500 candles of each interval stay in memory, the one that is being made included.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from itertools import islice
from typing import Final

from exchange.core.canonical import Wide
from exchange.core.values import SHANGHAI_OFFSET_MICROS, Micros, Price, Seq, Tonnes, notional
from exchange.marketdata.tape import PublicTrade

CAPACITY: Final = 1_500
"""How many candles of each interval stay in memory for an instrument."""

_MINUTE: Final = 60_000_000


class Interval(Enum):
    """How long a candle is; the value is its name outside."""

    M1 = "1m"
    M5 = "5m"
    M15 = "15m"
    M30 = "30m"
    H1 = "1h"
    H4 = "4h"
    D1 = "1d"

    @property
    def micros(self) -> int:
        """Its length."""
        return _LENGTHS[self]

    def start(self, at: Micros) -> Micros:
        """When the interval begins that an instant lies in."""
        return Micros(at - (at + SHANGHAI_OFFSET_MICROS) % _LENGTHS[self])


_LENGTHS: Final = {
    Interval.M1: _MINUTE,
    Interval.M5: 5 * _MINUTE,
    Interval.M15: 15 * _MINUTE,
    Interval.M30: 30 * _MINUTE,
    Interval.H1: 60 * _MINUTE,
    Interval.H4: 240 * _MINUTE,
    Interval.D1: 1_440 * _MINUTE,
}


@dataclass(slots=True)
class Candle:
    """The trades of one interval: prices in fen a tonne, volume in tonnes, turnover in fen.

    ``last_seq`` is the entry of its last trade so far.
    """

    start: Micros
    opening: Price
    highest: Price
    lowest: Price
    closing: Price
    volume: Tonnes
    turnover: Wide
    trades: int
    last_seq: Seq


class _Series:
    """The newest candles of one interval."""

    __slots__ = ("candles", "forgotten_seq")

    def __init__(self, capacity: int) -> None:
        self.candles: deque[Candle] = deque(maxlen=capacity)
        self.forgotten_seq = Seq(0)

    def begin(self, candle: Candle) -> None:
        if len(self.candles) == self.candles.maxlen:
            self.forgotten_seq = self.candles[0].last_seq
        self.candles.append(candle)


class Candles:
    """All candles of one instrument. ``last_seq`` is the entry of the last trade."""

    __slots__ = ("_current", "_minute_end", "_series", "last_seq")

    def __init__(self, capacity: int = CAPACITY) -> None:
        """No trade yet."""
        self._series = {interval: _Series(capacity) for interval in Interval}
        self._current: list[Candle] = []
        self._minute_end = 0
        self.last_seq = Seq(0)

    @classmethod
    def rebuild(cls, trades: Iterable[PublicTrade], capacity: int = CAPACITY) -> Candles:
        """The candles that a history of trades makes, oldest trade first."""
        candles = cls(capacity)
        for trade in trades:
            candles.add(trade)
        return candles

    @classmethod
    def of_minutes(cls, minutes: Iterable[Candle], capacity: int = CAPACITY) -> Candles:
        """The candles of each interval that those of the minutes make, oldest first. The first of them is of the time
        before, as far as it is longer than the minutes reach back; whole days of minutes leave no such candle.
        """
        candles = cls(capacity)
        for minute in minutes:
            if not candles.last_seq:
                for series in candles._series.values():
                    series.forgotten_seq = minute.last_seq  # nobody who stands before it can be told what was missed
            candles._merge(minute)
        return candles

    def _merge(self, minute: Candle) -> None:
        """All trades of a minute at once."""
        for interval, series in self._series.items():
            start = interval.start(minute.start)
            if not series.candles or series.candles[-1].start != start:
                series.begin(replace(minute, start=start))
                continue
            candle = series.candles[-1]
            candle.highest = max(candle.highest, minute.highest)
            candle.lowest = min(candle.lowest, minute.lowest)
            candle.closing, candle.last_seq = minute.closing, minute.last_seq
            candle.volume = Tonnes(candle.volume + minute.volume)
            candle.turnover = Wide(candle.turnover + minute.turnover)
            candle.trades += minute.trades
        self._current = [series.candles[-1] for series in self._series.values()]
        self._minute_end = minute.start + Interval.M1.micros
        self.last_seq = minute.last_seq

    def add(self, trade: PublicTrade) -> None:
        """A trade of the book; time in the journal never goes back, so it is not earlier than the one before."""
        if trade.at >= self._minute_end:
            self._begin(trade)
        price, quantity, value = trade.price, trade.quantity, notional(trade.price, trade.quantity)
        for candle in self._current:
            if price > candle.highest:
                candle.highest = price
            elif price < candle.lowest:
                candle.lowest = price
            candle.closing = price
            candle.volume = Tonnes(candle.volume + quantity)
            candle.turnover = Wide(candle.turnover + value)
            candle.trades += 1
            candle.last_seq = trade.seq
        self.last_seq = trade.seq

    def _begin(self, trade: PublicTrade) -> None:
        """Begin the candles whose interval is a new one; where any begins, a minute does."""
        price = trade.price
        for interval, series in self._series.items():
            start = interval.start(trade.at)
            if not series.candles or series.candles[-1].start != start:
                series.begin(Candle(start, price, price, price, price, Tonnes(0), Wide(0), 0, trade.seq))
        self._current = [series.candles[-1] for series in self._series.values()]
        self._minute_end = Interval.M1.start(trade.at) + Interval.M1.micros

    def newest(self, interval: Interval, most: int) -> list[Candle]:
        """The newest candles of an interval, oldest of them first."""
        newest_first = list(islice(reversed(self._series[interval].candles), most))
        return newest_first[::-1]

    def since(self, interval: Interval, after_seq: Seq) -> list[Candle] | None:
        """The candles that entries after ``after_seq`` traded in; None when not all are here any more."""
        series = self._series[interval]
        if after_seq < series.forgotten_seq:
            return None
        found: list[Candle] = []
        for candle in reversed(series.candles):
            if candle.last_seq <= after_seq:
                break
            found.append(candle)
        return found[::-1]
