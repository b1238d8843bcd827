"""The venue's day and halts, instruments and their reference prices."""

from __future__ import annotations

from typing import Any, Final

from exchange.core.events.governance import VenueOpened
from exchange.core.events.markets import (
    DayClosing,
    DayOpened,
    InstrumentListed,
    ReferencePriceSet,
    TradingHalted,
    TradingResumed,
)
from exchange.core.values import NOBODY
from exchange.sequencer.journal import Leaf
from exchange.store.projections.happened import History, Rows

EVENTS: Final = (
    VenueOpened,
    InstrumentListed,
    ReferencePriceSet,
    TradingHalted,
    TradingResumed,
    DayClosing,
    DayOpened,
)


def project(history: History) -> Rows:
    """New instruments and reference prices; of halts and of the venue's day the last of the batch."""
    rows: Rows = {"venue": [], "instruments": [], "reference_prices": [], "venue_day": [], "trading_days": []}
    halts: dict[int, tuple[str | None, int]] = {}
    for leaf, event in history:
        if isinstance(event, TradingHalted | TradingResumed):
            reason = event.reason if isinstance(event, TradingHalted) else None
            halts[event.instrument] = (reason, leaf.seq)
        elif isinstance(event, DayOpened | DayClosing):
            rows["venue_day"] = [(event.day, isinstance(event, DayOpened), leaf.seq, True)]
            if isinstance(event, DayOpened):
                rows["trading_days"].append((leaf.seq, event.day))
        elif isinstance(event, InstrumentListed):
            rows["instruments"].append(_instrument_row(leaf, event))
        elif isinstance(event, ReferencePriceSet):
            rows["reference_prices"].append(_reference_row(leaf, event))
        else:
            is_sandbox = event.sandbox_tonnes > 0
            rows["venue"].append((True, event.venue, event.trading_day, True, None, is_sandbox, leaf.seq))
            rows["trading_days"].append((leaf.seq, event.trading_day))
    market = halts.pop(NOBODY, None)
    rows["venue_halt"] = [(*market, True)] if market is not None else []
    rows["instruments_halted"] = [(instrument, *halt) for instrument, halt in halts.items()]
    return rows


def _instrument_row(leaf: Leaf, event: InstrumentListed) -> tuple[Any, ...]:
    return (
        event.instrument,
        event.symbol,
        event.family,
        event.project,
        event.vintage,
        event.source_category,
        event.league,
        event.mode,
        event.settlement_venue,
        event.tick,
        event.lot_size,
        event.tax_inclusive,
        leaf.seq,
        leaf.at,
        None,
        leaf.seq,
    )


def _reference_row(leaf: Leaf, event: ReferencePriceSet) -> tuple[Any, ...]:
    return (event.instrument, leaf.seq, event.day, event.basis, event.reference, event.lowest, event.highest)
