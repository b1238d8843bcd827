"""The trading day, halts, and instruments with their reference prices and the day's figures, as committed."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import zip_longest
from operator import attrgetter
from typing import Final

from exchange.core.canonical import Wide
from exchange.core.events.governance import VenueOpened
from exchange.core.events.markets import (
    DayClosing,
    DayOpened,
    InstrumentListed,
    JobFinished,
    JobStarted,
    ReferenceBasis,
    ReferencePriceSet,
    TradingHalted,
    TradingResumed,
)
from exchange.core.events.orders import Traded
from exchange.core.sessions import Phase
from exchange.core.values import NOBODY, Day, InstrumentId, JobId, Micros, Price, Seq, Tonnes, notional
from exchange.sequencer.view.rows import DayRow, DayStatistics, InstrumentRow

NO_DAY: Final = Day(0)


def no_trades_yet() -> DayStatistics:
    """The figures of a day before its first trade."""
    return DayStatistics(Price(0), Price(0), Price(0), Tonnes(0), Wide(0), 0)


@dataclass(slots=True)
class Markets:
    """Every instrument, and the day and phase that all of them share. ``halted`` is the halt of the whole market,
    ``days`` are all trading days so far in their order.
    """

    day: Day = NO_DAY
    phase: Phase = Phase.NEW
    halted: bool = False
    halt_reason: str = ""
    instruments: dict[InstrumentId, InstrumentRow] = field(default_factory=dict)
    symbols: dict[str, InstrumentId] = field(default_factory=dict)
    jobs: dict[JobId, JobStarted] = field(default_factory=dict)
    days: list[DayRow] = field(default_factory=list)

    def day_of(self, seq: Seq) -> Day:
        """The trading day on which an entry was made, the first one for entries before it."""
        return self.days[max(bisect_right(self.days, seq, key=attrgetter("opened")) - 1, 0)].day

    def entries_of(self, day: Day) -> tuple[Seq, Seq | None] | None:
        """The first entry of a trading day and the first one after it (None for today); None if it is no such day."""
        for row, after in zip_longest(self.days, self.days[1:]):
            if row.day == day:
                return row.opened, None if after is None else after.opened
        return None

    def on_opened(self, event: VenueOpened, seq: Seq, _at: Micros) -> None:
        """The venue's first trading day begins."""
        self.day, self.phase = event.trading_day, Phase.OPEN
        self.days.append(DayRow(seq, event.trading_day))

    def on_listed(self, event: InstrumentListed, _seq: Seq, _at: Micros) -> None:
        """An instrument can be traded; its reference price follows in the same command."""
        zero = Price(0)
        unset = ReferencePriceSet(event.instrument, self.day, ReferenceBasis.DECLARED, zero, zero, zero)
        self.instruments[event.instrument] = InstrumentRow(event, unset, False, "", zero, no_trades_yet())
        self.symbols[event.symbol] = event.instrument

    def on_reference(self, event: ReferencePriceSet, _seq: Seq, _at: Micros) -> None:
        """The band of a day stands around a new reference price."""
        self.instruments[event.instrument].reference = event

    def on_halted(self, event: TradingHalted, _seq: Seq, _at: Micros) -> None:
        """Trading stopped, in one instrument or in all."""
        scope = self if event.instrument == NOBODY else self.instruments[event.instrument]
        scope.halted, scope.halt_reason = True, event.reason

    def on_resumed(self, event: TradingResumed, _seq: Seq, _at: Micros) -> None:
        """A halt was lifted."""
        scope = self if event.instrument == NOBODY else self.instruments[event.instrument]
        scope.halted, scope.halt_reason = False, ""

    def on_traded(self, event: Traded, _seq: Seq, _at: Micros) -> None:
        """A trade of the book enters the day's figures."""
        row = self.instruments[event.instrument]
        day, price = row.day, event.price
        row.last_price = price
        row.trades += 1
        if not day.trades:
            day.opening = day.highest = day.lowest = price
        elif price > day.highest:
            day.highest = price
        elif price < day.lowest:
            day.lowest = price
        day.trades += 1
        day.volume = Tonnes(day.volume + event.quantity)
        day.value = Wide(day.value + notional(price, event.quantity))

    def on_job_started(self, event: JobStarted, _seq: Seq, _at: Micros) -> None:
        """A mass command works on, chunk by chunk."""
        self.jobs[event.job] = event

    def on_job_finished(self, event: JobFinished, _seq: Seq, _at: Micros) -> None:
        """A mass command is done."""
        self.jobs.pop(event.job, None)

    def on_closing(self, _event: DayClosing, _seq: Seq, _at: Micros) -> None:
        """The day's trading is over."""
        self.phase = Phase.CLOSING

    def on_day(self, event: DayOpened, seq: Seq, _at: Micros) -> None:
        """A new trading day, with no trades yet."""
        self.day, self.phase = event.day, Phase.OPEN
        self.days.append(DayRow(seq, event.day))
        for row in self.instruments.values():
            row.day = no_trades_yet()
