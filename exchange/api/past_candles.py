"""Between the candles that market data keeps in memory and those that the database makes of older trades."""

from __future__ import annotations

from exchange.core.values import SHANGHAI_OFFSET_MICROS
from exchange.marketdata.candles import Candle, Interval
from exchange.store.queries import Bar, Intervals


def cut_of(interval: Interval) -> Intervals:
    """How the database cuts time for an interval."""
    return Intervals(interval.micros, SHANGHAI_OFFSET_MICROS)


def candle_of(bar: Bar) -> Candle:
    """What the database made, as market data has it."""
    return Candle(
        bar.start,
        bar.opening,
        bar.highest,
        bar.lowest,
        bar.closing,
        bar.volume,
        bar.turnover,
        bar.trades,
        bar.last_seq,
    )
