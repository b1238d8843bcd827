"""Mass commands and the ends of days, as the naive exchange does them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from exchange.core.commands.instruments import ContinueJob, EndOfDay
from exchange.core.commands.orders import CancelAllOrders, TimeInForce
from exchange.core.events.markets import JobKind
from exchange.core.values import Side
from tests.oracle.ledger import half_up
from tests.oracle.things import NaiveJob, NaiveOrder

if TYPE_CHECKING:
    from tests.oracle.exchange import NaiveExchange


def cancel_all(twin: NaiveExchange, command: CancelAllOrders) -> None:
    """Begin to end a firm's orders."""
    job = NaiveJob(JobKind.CANCEL_ALL, command.participant, command.instrument, twin.new_id(), 0)
    job.sides = command.sides
    twin.jobs[twin.new_id()] = job
    go_on(twin, twin.new_id())


def end_day(twin: NaiveExchange, command: EndOfDay) -> None:
    """Nobody trades from now on; the job does the rest."""
    twin.phase = "closing"
    twin.jobs[twin.new_id()] = NaiveJob(JobKind.END_OF_DAY, 0, 0, 0, command.next_day)


def continue_job(twin: NaiveExchange, command: ContinueJob) -> None:
    """The next chunk."""
    go_on(twin, command.job)


def go_on(twin: NaiveExchange, number: int) -> None:
    """End a chunk of the orders that a job concerns; a chunk that is not full was the last of its kind."""
    job = twin.jobs[number]
    ending = due(twin, job)[: twin.chunk]
    for order, reason in ending:
        twin.end(order, reason)
    if len(ending) == twin.chunk:
        return
    if job.kind is not JobKind.END_OF_DAY:
        del twin.jobs[number]
    elif not job.day_set:
        job.day_set = True
        set_references(twin)
    else:
        del twin.jobs[number]
        twin.day, twin.phase = job.next_day, "open"


def due(twin: NaiveExchange, job: NaiveJob) -> list[tuple[NaiveOrder, str]]:
    """What a job still has to end, in order, and why."""
    if job.kind is not JobKind.END_OF_DAY:
        old = sorted((o for o in twin.orders.values() if o.order < job.last), key=lambda o: (o.key, o.order))
        old = [o for o in old if o.firm == job.firm and job.instrument in (0, o.instrument)]
        old = [o for o in old if job.sides in (0, o.side)]
        return [(o, job.kind.name) for o in old if job.key == 0 or o.key in twin.keys.line(job.key)]
    if not job.day_set:
        over = [o for o in twin.orders.values() if 0 < o.good_til < job.next_day]
        over.sort(key=lambda o: (o.good_til, o.order))
        return [(o, "DAY_ENDED" if o.time_in_force is TimeInForce.GFD else "GOOD_TIL_PASSED") for o in over]
    out = [o for o in twin.orders.values() if not in_band(twin, o)]
    out.sort(key=lambda o: (o.instrument, o.side, *way_out(twin, o), o.arrived))
    return [(o, "OUT_OF_BAND") for o in out]


def way_out(twin: NaiveExchange, order: NaiveOrder) -> tuple[bool, int]:
    """Where an order outside the band stands: the too good first, the best of them first, then the worst first."""
    terms, buys = twin.instruments[order.instrument], order.side is Side.BUY
    too_good = order.price > terms.highest if buys else order.price < terms.lowest
    return not too_good, -order.price if buys is too_good else order.price


def in_band(twin: NaiveExchange, order: NaiveOrder) -> bool:
    """Whether an order's price may be traded at."""
    terms = twin.instruments[order.instrument]
    return terms.lowest <= order.price <= terms.highest


def set_references(twin: NaiveExchange) -> None:
    """The new day's reference is the old day's average, or the old reference; the band goes around it."""
    for terms in twin.instruments.values():
        volume = sum(quantity for _, quantity in terms.trades)
        if volume:
            average = Decimal(sum(price * quantity for price, quantity in terms.trades)) / volume
            terms.reference = max(1, half_up(average / terms.tick)) * terms.tick
        terms.trades = []
        terms.lowest, terms.highest = twin.band_around(terms.reference, terms.tick)
