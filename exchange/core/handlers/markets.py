"""Listing instruments, halting and resuming them, ending the day."""

from __future__ import annotations

from exchange.core.canonical import Wide
from exchange.core.commands.instruments import (
    EndOfDay,
    Family,
    HaltTrading,
    League,
    ListInstrument,
    ResumeTrading,
    SourceCategory,
)
from exchange.core.events.markets import (
    DayClosing,
    InstrumentListed,
    JobKind,
    ReferenceBasis,
    ReferencePriceSet,
    TradingHalted,
    TradingResumed,
)
from exchange.core.handlers.jobs import start_job
from exchange.core.handlers.keys import is_text
from exchange.core.handlers.projects import VINTAGES
from exchange.core.handlers.step import Step
from exchange.core.instruments import Instrument, band, basket_of
from exchange.core.matching import OrderBook
from exchange.core.rejections import Refusal, RejectReason
from exchange.core.sessions import Phase
from exchange.core.state import ExchangeState
from exchange.core.values import (
    MAX_PRICE,
    Day,
    InstrumentId,
    Micros,
    ParticipantId,
    Tonnes,
    day_number,
    day_of,
    is_day,
)

MAX_LOT_SIZE = 1_000_000
MAX_TICK = 10_000

LONGEST_PAUSE = 31
"""How many days may lie between a trading day and the next.

The longest holiday of a Chinese market is the Spring Festival with nine days and the weekends around it, so a month is
more than any calendar needs. Without a limit one mistyped year would end every dated order and close the market until
that year comes, since no day ever goes back.
"""


def list_instrument(step: Step, command: ListInstrument) -> Refusal | None:
    """Open a book for one basket of units; the first reference price is declared with it (T17)."""
    refusal = _refuse_listing(step.state, command)
    if refusal is not None:
        return refusal
    # -- everything is checked; nothing below may fail --
    instrument = _new_instrument(step, command)
    step.state.listing.add(instrument)
    step.state.books[instrument.instrument] = OrderBook()
    step.created = instrument.instrument
    step.emit(_listed(instrument))
    step.emit(_reference_set(step, instrument))
    return None


def _reference_set(step: Step, instrument: Instrument) -> ReferencePriceSet:
    return ReferencePriceSet(
        instrument.instrument,
        step.state.session.day,
        ReferenceBasis.DECLARED,
        instrument.reference,
        instrument.lowest,
        instrument.highest,
    )


def _refuse_listing(state: ExchangeState, command: ListInstrument) -> Refusal | None:
    listing = state.listing
    if command.symbol in listing.symbols:
        return Refusal(RejectReason.SYMBOL_TAKEN)
    basket = basket_of(command.family, command.project, command.vintage, command.source_category, command.league)
    if basket in listing.baskets:
        return Refusal(RejectReason.BASKET_TAKEN)
    if not (is_text(command.symbol) and _fits(command)):
        return Refusal(RejectReason.INVALID_FIELD)
    if not (1 <= command.tick <= MAX_TICK and 1 <= command.lot_size <= MAX_LOT_SIZE):
        return Refusal(RejectReason.TICK_OUT_OF_RANGE)
    if not command.tick <= command.reference_price <= MAX_PRICE:
        return Refusal(RejectReason.PRICE_OUT_OF_RANGE)
    if command.reference_price % command.tick:
        return Refusal(RejectReason.PRICE_NOT_ON_TICK, (("tick_price", command.tick),))
    return None


def _fits(command: ListInstrument) -> bool:
    """A CCER names its project, a quota its category and league, and nothing of the other; OTHER_SINK has no book."""
    if command.vintage not in VINTAGES:
        return False
    if command.family is Family.REDUCTION_QUOTA:
        quota = command.source_category is not SourceCategory.NONE and command.league is not League.NONE
        return quota and not command.project
    plain = command.source_category is SourceCategory.NONE and command.league is League.NONE
    return command.family is Family.FORESTRY_CCER and plain and is_text(command.project)


def _new_instrument(step: Step, command: ListInstrument) -> Instrument:
    lowest, highest = band(command.reference_price, step.state.rulebook.band, command.tick)
    return Instrument(
        InstrumentId(step.new_id()),
        command.symbol,
        command.family,
        command.project,
        command.vintage,
        command.source_category,
        command.league,
        command.mode,
        command.settlement_venue,
        command.tick,
        command.lot_size,
        command.tax_inclusive,
        command.reference_price,
        lowest,
        highest,
        halted=False,
        day_volume=Tonnes(0),
        day_value=Wide(0),
    )


def _listed(instrument: Instrument) -> InstrumentListed:
    return InstrumentListed(
        instrument.instrument,
        instrument.symbol,
        instrument.family,
        instrument.project,
        instrument.vintage,
        instrument.source_category,
        instrument.league,
        instrument.mode,
        instrument.settlement_venue,
        instrument.tick,
        instrument.lot_size,
        instrument.tax_inclusive,
    )


def halt_trading(step: Step, command: HaltTrading) -> Refusal | None:
    """Stop trading at once; one person is enough. Halting what is halted already is repeated into the log."""
    state = step.state
    instrument = state.listing.instruments.get(command.instrument)
    if command.instrument and instrument is None:
        return Refusal(RejectReason.INSTRUMENT_NOT_FOUND)
    if not is_text(command.reason):
        return Refusal(RejectReason.INVALID_FIELD)
    # -- everything is checked; nothing below may fail --
    if instrument is None:
        state.session.halted = True
    else:
        instrument.halted = True
    step.emit(TradingHalted(command.instrument, command.reason))
    return None


def refuse_resume(state: ExchangeState, action: ResumeTrading) -> Refusal | None:
    """Only what is halted can resume."""
    instrument = state.listing.instruments.get(action.instrument)
    if action.instrument and instrument is None:
        return Refusal(RejectReason.INSTRUMENT_NOT_FOUND)
    halted = state.session.halted if instrument is None else instrument.halted
    return None if halted else Refusal(RejectReason.NOT_HALTED)


def resume_trading(step: Step, action: ResumeTrading) -> None:
    """Lift one halt; the market's and an instrument's are lifted separately."""
    if action.instrument:
        step.state.listing.instruments[action.instrument].halted = False
    else:
        step.state.session.halted = False
    step.emit(TradingResumed(action.instrument))


def end_day(step: Step, command: EndOfDay) -> Refusal | None:
    """Close the day; a job ends the day's orders in chunks, sets the reference prices and opens the next day."""
    session = step.state.session
    if session.phase is not Phase.OPEN:
        return Refusal(RejectReason.MARKET_CLOSED)
    if not (is_day(command.next_day) and command.next_day > session.day):
        return Refusal(RejectReason.ENDED_DAY_NOT_LATER)
    if _too_far(session.day, command.next_day, step.at):
        return Refusal(RejectReason.NEXT_DAY_TOO_FAR, (("highest", LONGEST_PAUSE),))
    # -- everything is checked; nothing below may fail --
    session.phase = Phase.CLOSING
    step.emit(DayClosing(session.day, command.next_day))
    start_job(step, JobKind.END_OF_DAY, ParticipantId(0), InstrumentId(0), command.next_day)
    return None


def _too_far(day: Day, next_day: Day, at: Micros) -> bool:
    """Whether the next day is out of reach of the day that ends, or of the clock.

    A day ends on its own evening, so the next one lies ahead of the clock as a rule; ended again and again, days must
    not run ahead of it for more than the longest pause either.
    """
    return day_number(next_day) - min(day_number(day), day_number(day_of(at))) > LONGEST_PAUSE
