"""Placing, cancelling and amending orders of the continuous book."""

from __future__ import annotations

from typing import Final

from exchange.core import holds, risk
from exchange.core.commands.orders import AmendOrder, CancelOrder, PlaceOrder, TimeInForce
from exchange.core.events.orders import CancelReason, OrderAccepted, OrderReduced, OrderReplaced
from exchange.core.events.participants import Posting
from exchange.core.handlers.cover import choose_tonnes, cover_order, refuse_cash, refuse_foreign_lots, refuse_naming
from exchange.core.handlers.execution import end_resting, execute
from exchange.core.handlers.scattered import refuse_scattered_fills
from exchange.core.handlers.step import Step
from exchange.core.instruments import Instrument
from exchange.core.matching import TOO_MANY, OrderBook, left_over, would_take
from exchange.core.orders import LotHold, Order
from exchange.core.participants import Participant
from exchange.core.rejections import Refusal, RejectReason
from exchange.core.sessions import Phase
from exchange.core.state import ExchangeState
from exchange.core.values import Fen, OrderId, OwnerGroupId, Price, Side, Tonnes

NO_ORDER: Final = OrderId(0)
NO_TONNES: Final = Tonnes(0)
NO_MONEY: Final = Fen(0)
_BUY: Final = Side.BUY
_FOK: Final = TimeInForce.FOK
_GFD: Final = TimeInForce.GFD
_OPEN: Final = Phase.OPEN
_REQUESTED: Final = CancelReason.REQUESTED

MAX_CLIENT_ORDER_ID = 36

MAX_FILLS = 1_000
"""How many resting orders one incoming order may take from the book, traded or cancelled by self-trade prevention.

Everybody waits while one entry is applied, encoded and written. A fill costs about 25 microseconds until it is encoded
and 430 bytes of events, so this many are some 25 ms and 0.4 MB; fifty thousand, without the limit, 1.6 s and 22 MB.
"""


def place_order(step: Step, command: PlaceOrder) -> Refusal | None:
    """Check an order, hold what it needs, let it trade, and rest or end what is left."""
    state = step.state
    instrument = state.listing.instruments.get(command.instrument)
    if instrument is None:
        return Refusal(RejectReason.INSTRUMENT_NOT_FOUND)
    participant = state.register.participants[command.participant]
    refusal = _refuse_order(state, instrument, participant, command)
    if refusal is not None:
        return refusal
    order = _new_order(step, instrument, participant.group, command)
    refusal = (
        _refuse_at_book(state, order)
        or cover_order(state, order)
        or refuse_scattered_fills(state, order, order.price, order.leaves, order.lots_held)
    )
    if refusal is not None:
        return refusal
    # -- everything is checked; nothing below may fail --
    step.created = order.order
    state.orders.add(order)
    step.emit(_accepted(order))
    step.book(holds.place(order))
    execute(step, order)
    return None


def refuse_phase(state: ExchangeState, instrument: Instrument) -> Refusal | None:
    """Orders come in while the day is open, neither the market nor the instrument is halted, and no units are just
    being held fast.
    """
    if state.session.phase is not _OPEN:
        return Refusal(RejectReason.MARKET_CLOSED)
    if state.session.halted or instrument.halted or state.encumbrances.working:
        return Refusal(RejectReason.INSTRUMENT_HALTED)
    return None


def _refuse_order(
    state: ExchangeState, instrument: Instrument, participant: Participant, command: PlaceOrder
) -> Refusal | None:
    named = command.lots
    return (
        (refuse_foreign_lots(state, command.participant, named) if named else None)
        or refuse_phase(state, instrument)
        or (refuse_naming(command.side, named) if named else None)
        or (_refuse_client_order_id(command) if command.client_order_id else None)
        or risk.refuse_terms(instrument, participant, command, state.session.day)
        or _refuse_count(state, command)
    )


def _refuse_client_order_id(command: PlaceOrder) -> Refusal | None:
    too_long = len(command.client_order_id) > MAX_CLIENT_ORDER_ID
    return Refusal(RejectReason.INVALID_FIELD, (("longest", MAX_CLIENT_ORDER_ID),)) if too_long else None


def _refuse_count(state: ExchangeState, command: PlaceOrder) -> Refusal | None:
    orders = state.orders
    if command.client_order_id and orders.named(command.participant, command.client_order_id):
        return Refusal(RejectReason.CLIENT_ORDER_ID_TAKEN)
    highest = state.rulebook.open_orders
    mine = orders.own.get(command.participant)
    if mine is not None and mine.count >= highest:
        return Refusal(RejectReason.TOO_MANY_OPEN_ORDERS, (("highest", highest),))
    return None


def _refuse_at_book(state: ExchangeState, order: Order) -> Refusal | None:
    book = state.books[order.instrument]
    if not would_take(book, order.side, order.price):
        return Refusal(RejectReason.NOT_FILLABLE) if order.time_in_force is _FOK else None
    if order.post_only:
        return Refusal(RejectReason.POST_ONLY_WOULD_TAKE)
    return _refuse_sweep(order, order.price, order.leaves, book)


def _refuse_sweep(order: Order, price: Price, quantity: Tonnes, book: OrderBook) -> Refusal | None:
    """Whether an order coming in at a price takes more than it may, or as fill-or-kill not enough.

    Whether an order that takes too much would have been filled is not looked into: that may take the whole book.
    """
    left = left_over(book, order.side, price, quantity, order.group, order.self_trade_prevention, MAX_FILLS)
    if left == TOO_MANY:
        return Refusal(RejectReason.TOO_MANY_FILLS, (("highest", MAX_FILLS),))
    if left and order.time_in_force is _FOK:
        return Refusal(RejectReason.NOT_FILLABLE)
    return None


def _new_order(step: Step, instrument: Instrument, group: OwnerGroupId, command: PlaceOrder) -> Order:
    state = step.state
    good_til = state.session.day if command.time_in_force is _GFD else command.good_til
    return Order(
        OrderId(step.new_id()),
        command.participant,
        group,
        command.instrument,
        command.client_order_id,
        command.side,
        command.kind,
        command.time_in_force,
        command.price or risk.effective_price(instrument, command),
        command.quantity,
        command.quantity,
        NO_TONNES,
        NO_MONEY,
        state.rulebook.fee,
        NO_MONEY,
        command.post_only,
        command.self_trade_prevention,
        good_til,
        step.seq,
        NO_MONEY,
        [],
        command.lots,
        step.key,
    )


def _accepted(order: Order) -> OrderAccepted:
    return OrderAccepted(
        order.order,
        order.participant,
        order.group,
        order.instrument,
        order.client_order_id,
        order.side,
        order.kind,
        order.time_in_force,
        order.price,
        order.quantity,
        order.post_only,
        order.self_trade_prevention,
        order.good_til,
    )


def _named(state: ExchangeState, command: CancelOrder | AmendOrder) -> Order | Refusal:
    """The open order that a command names in exactly one of the two ways. Another's order looks like none, and so does
    one that is named in both.
    """
    number, name = command.order, command.client_order_id
    if name:
        number = NO_ORDER if number else state.orders.named(command.participant, name)
    order = state.orders.by_id.get(number)
    if order is None or order.participant != command.participant:
        return Refusal(RejectReason.ORDER_NOT_FOUND)
    return order


def cancel_order(step: Step, command: CancelOrder) -> Refusal | None:
    """Cancel what is left of an order; possible in every phase."""
    order = _named(step.state, command)
    if isinstance(order, Refusal):
        return order
    # -- everything is checked; nothing below may fail --
    end_resting(step, order, _REQUESTED)
    return None


def amend_order(step: Step, command: AmendOrder) -> Refusal | None:
    """Change price or total quantity. Only less quantity at the same price keeps the place in the queue."""
    state = step.state
    order = _named(state, command)
    if isinstance(order, Refusal):
        return order
    instrument = state.listing.instruments[order.instrument]
    price, quantity = command.price or order.price, command.quantity or order.quantity
    refusal = _refuse_amendment(state, instrument, order, price, quantity)
    if refusal is not None:
        return refusal
    leaves = Tonnes(quantity - order.cumulative)
    more = _cover_amendment(state, order, price, leaves)
    if isinstance(more, Refusal):
        return more
    refusal = refuse_scattered_fills(state, order, price, leaves, [*order.lots_held, *more])
    if refusal is not None:
        return refusal
    # -- everything is checked; nothing below may fail --
    if price == order.price and leaves < order.leaves:
        _reduce(step, order, quantity, leaves)
    else:
        _replace(step, order, price, quantity, more)
    return None


def _refuse_amendment(
    state: ExchangeState, instrument: Instrument, order: Order, price: Price, quantity: Tonnes
) -> Refusal | None:
    refusal = (
        refuse_phase(state, instrument)
        or risk.refuse_quantity(instrument, quantity)
        or risk.refuse_price(instrument, price)
    )
    if refusal is not None:
        return refusal
    moved = price != order.price
    if order.post_only and moved and would_take(state.books[order.instrument], order.side, price):
        return Refusal(RejectReason.POST_ONLY_WOULD_TAKE)
    if not moved and quantity == order.quantity:
        return Refusal(RejectReason.AMEND_CHANGES_NOTHING)
    if quantity <= order.cumulative:
        return Refusal(RejectReason.AMEND_BELOW_FILLED, (("filled", order.cumulative),))
    return _refuse_sweep(order, price, Tonnes(quantity - order.cumulative), state.books[order.instrument])


def _cover_amendment(state: ExchangeState, order: Order, price: Price, leaves: Tonnes) -> list[LotHold] | Refusal:
    """The further tonnes that a sell order needs (none for a buy, whose further cash is only checked).

    A seller who named lots offered these and no others, so more is covered by them alone.
    """
    if order.side is Side.BUY:
        needed = holds.cash_for(price, leaves, order.value, order.fee, order.fee_rate)
        return refuse_cash(state, order.participant, needed - order.cash_held) or []
    further = Tonnes(leaves - order.leaves)
    if further <= 0:
        return []
    return choose_tonnes(state, order.participant, state.listing.basket_of[order.instrument], order.lots_named, further)


def _reduce(step: Step, order: Order, quantity: Tonnes, leaves: Tonnes) -> None:
    postings: list[Posting] = []
    surplus = order.leaves - leaves
    order.quantity, order.leaves = quantity, leaves
    step.state.books[order.instrument].reduce(order.order, leaves)
    if order.side is Side.BUY:
        holds.shift_cash(order, postings)
    else:
        holds.drop_tonnes(order, surplus, postings)
    step.book(postings)
    step.emit(OrderReduced(order.order, order.participant, order.instrument, order.side, order.price, quantity, leaves))


def _replace(step: Step, order: Order, price: Price, quantity: Tonnes, more: list[LotHold]) -> None:
    """Take the order out of the book, give it its new terms and priority, and let it come in again."""
    step.state.books[order.instrument].cancel(order.order)
    old_price, old_leaves = order.price, order.leaves
    order.price, order.quantity, order.leaves = price, quantity, Tonnes(quantity - order.cumulative)
    order.priority = step.seq
    postings: list[Posting] = []
    if order.side is Side.BUY:
        holds.shift_cash(order, postings)
    elif order.leaves < old_leaves:
        holds.drop_tonnes(order, old_leaves - order.leaves, postings)
    else:
        holds.add_tonnes(order, more, postings)
    step.emit(_replaced(order, old_price, old_leaves))
    step.book(postings)
    execute(step, order)


def _replaced(order: Order, old_price: Price, old_leaves: Tonnes) -> OrderReplaced:
    return OrderReplaced(
        order.order,
        order.participant,
        order.instrument,
        order.side,
        old_price,
        old_leaves,
        order.price,
        order.quantity,
        order.leaves,
    )
