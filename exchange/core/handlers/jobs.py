"""Mass commands in chunks: the end of a day and cancelling many orders. No single entry touches more than a chunk.

A job is part of the state. While one is unfinished the sequencer sends :class:`ContinueJob` between the clients'
commands, so the market goes on, and after a crash the job goes on where it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from exchange.core.canonical import Wide
from exchange.core.commands.instruments import ContinueJob
from exchange.core.commands.orders import CancelAllOrders, TimeInForce
from exchange.core.events.markets import DayOpened, JobFinished, JobKind, JobStarted, ReferencePriceSet
from exchange.core.events.orders import CancelReason
from exchange.core.handlers.execution import end_resting
from exchange.core.handlers.step import Step
from exchange.core.instruments import Instrument, band, next_reference
from exchange.core.orders import Order, OwnOrders
from exchange.core.rejections import Refusal, RejectReason
from exchange.core.rulebook import Rulebook, rulebook_on
from exchange.core.sessions import Job, Phase
from exchange.core.state import ExchangeState
from exchange.core.values import (
    Day,
    InstrumentId,
    JobId,
    KeyId,
    OrderId,
    ParticipantId,
    Side,
    Sides,
    Tonnes,
    derived_id,
)

NO_DAY: Final = Day(0)
ANY_KEY: Final = KeyId(0)

_CANCELLING: Final = {
    JobKind.CANCEL_ALL: CancelReason.CANCEL_ALL,
    JobKind.CANCEL_AFTER: CancelReason.CANCEL_AFTER,
    JobKind.DISCONNECTED: CancelReason.DISCONNECTED,
}
"""The jobs that cancel a participant's orders, and why those end."""

CHUNK = 500
"""How many orders one entry ends at the most."""


def start_job(
    step: Step,
    kind: JobKind,
    participant: ParticipantId,
    instrument: InstrumentId,
    next_day: Day = NO_DAY,
    key: KeyId = ANY_KEY,
    sides: Sides = Sides.BOTH,
) -> Job:
    """Begin a mass command over the orders that stand now."""
    last = OrderId(derived_id(step.seq))
    job = Job(JobId(step.new_id()), kind, participant, instrument, sides, key, last, next_day, False, 0)
    step.state.session.jobs[job.job] = job
    step.created = job.job
    step.emit(JobStarted(job.job, kind, participant, instrument, sides, key))
    return job


def _finish(step: Step, job: Job) -> None:
    del step.state.session.jobs[job.job]
    step.emit(JobFinished(job.job, job.ended))


def continue_job(step: Step, command: ContinueJob) -> Refusal | None:
    """Do the next chunk of a job."""
    job = step.state.session.jobs.get(command.job)
    if job is None:
        return Refusal(RejectReason.JOB_NOT_FOUND)
    # -- everything is checked; nothing below may fail --
    if job.kind in _CANCELLING:
        continue_cancelling(step, job)
    elif not job.day_set:
        _continue_expiring(step, job)
    else:
        _continue_fitting(step, job)
    return None


def _end_chunk(step: Step, job: Job, orders: Iterator[Order], reason: CancelReason | None) -> int:
    """End up to a chunk of orders; without a reason each order's own time in force gives it. Returns how many."""
    chunk = list(islice(orders, CHUNK))
    for order in chunk:
        end_resting(step, order, reason or _expiry(order))
    job.ended += len(chunk)
    return len(chunk)


def _expiry(order: Order) -> CancelReason:
    day_order = order.time_in_force is TimeInForce.GFD
    return CancelReason.DAY_ENDED if day_order else CancelReason.GOOD_TIL_PASSED


def cancel_all(step: Step, command: CancelAllOrders) -> Refusal | None:
    """Cancel a participant's open orders; the first chunk at once, the rest as a job. Orders placed later stay."""
    state = step.state
    if command.participant not in state.register.participants:
        return Refusal(RejectReason.PARTICIPANT_NOT_FOUND)
    if command.instrument and command.instrument not in state.listing.instruments:
        return Refusal(RejectReason.INSTRUMENT_NOT_FOUND)
    # -- everything is checked; nothing below may fail --
    job = start_job(step, JobKind.CANCEL_ALL, command.participant, command.instrument, sides=command.sides)
    continue_cancelling(step, job)
    return None


def continue_cancelling(step: Step, job: Job) -> None:
    """Cancel the next chunk of a participant's orders; the job is done when there is no full chunk any more."""
    if _end_chunk(step, job, _orders_to_cancel(step.state, job), _CANCELLING[job.kind]) < CHUNK:
        _finish(step, job)


def _orders_to_cancel(state: ExchangeState, job: Job) -> Iterator[Order]:
    """The participant's orders, key by key, the oldest key and the oldest order first; others are not looked at."""
    own = state.orders.own.get(job.participant)
    if own is None:
        return
    for key in _keys_of(state, job, own):
        for number in own.by_key[key].oldest_first(job.instrument, job.sides):
            if number > job.last:
                break
            yield state.orders.by_id[number]


def _keys_of(state: ExchangeState, job: Job, own: OwnOrders) -> list[KeyId]:
    """The keys whose orders a job is about: all of the participant's, or one and those that it replaced."""
    if not job.key:
        return sorted(own.by_key)
    keys = state.register.keys
    line = keys[job.key].line
    return sorted(key for key in own.by_key if key <= job.key and keys[key].line == line)


def _continue_expiring(step: Step, job: Job) -> None:
    """End the orders whose last day is over; when none is left, give every instrument its next reference price."""
    if _end_chunk(step, job, _orders_to_expire(step.state, job.next_day), None) == CHUNK:
        return
    rulebook = _rulebook_of_next_day(step.state, job)
    for instrument in step.state.listing.instruments.values():
        _set_reference(step, instrument, job.next_day, rulebook)
    job.day_set = True


def _rulebook_of_next_day(state: ExchangeState, job: Job) -> Rulebook:
    rulebook = state.rulebook
    return rulebook_on(rulebook.version, rulebook.profile, rulebook.rules, job.next_day)


def _orders_to_expire(state: ExchangeState, next_day: Day) -> Iterator[Order]:
    for day in state.orders.last_days:
        if day >= next_day:
            return
        for order_id in state.orders.expiring[day]:
            yield state.orders.by_id[order_id]


def _set_reference(step: Step, instrument: Instrument, day: Day, rulebook: Rulebook) -> None:
    """Rule REF-PRICE: the day's VWAP, or carried; block and agreed trades never count (REF-EXCL)."""
    instrument.reference, basis = next_reference(instrument)
    instrument.lowest, instrument.highest = band(instrument.reference, rulebook.band, instrument.tick)
    instrument.day_volume, instrument.day_value = Tonnes(0), Wide(0)
    step.emit(
        ReferencePriceSet(
            instrument.instrument,
            day,
            basis,
            instrument.reference,
            instrument.lowest,
            instrument.highest,
        )
    )


def _continue_fitting(step: Step, job: Job) -> None:
    """End the orders that the new band leaves outside, so that no order can trade there; then open the day.

    The day changes here and not before, for whatever is booked in the meantime: a use is of the year, and under the
    rules, of the last day that was opened, which is all that the log tells.
    """
    if _end_chunk(step, job, _orders_out_of_band(step.state), CancelReason.OUT_OF_BAND) == CHUNK:
        return
    state = step.state
    state.rulebook = _rulebook_of_next_day(state, job)
    state.session.day, state.session.phase = job.next_day, Phase.OPEN
    _finish(step, job)
    step.emit(DayOpened(job.next_day))


def _orders_out_of_band(state: ExchangeState) -> Iterator[Order]:
    """The orders that no price of the new day can meet, found at the far ends of each side without a look between."""
    for instrument in state.listing.instruments.values():
        book = state.books[instrument.instrument]
        for side in (Side.BUY, Side.SELL):
            for resting in book.orders_outside(side, instrument.lowest, instrument.highest):
                yield state.orders.by_id[resting.order_id]
