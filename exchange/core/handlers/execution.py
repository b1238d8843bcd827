"""What happens to an order in the book: it meets resting orders, trades, rests, ends.

The caller has checked and placed the order's hold; from here on nothing can fail.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from exchange.core import holds
from exchange.core.canonical import Wide
from exchange.core.commands.orders import TimeInForce
from exchange.core.events.credits import ParcelsMoved
from exchange.core.events.orders import CancelReason, OrderCancelled, OrderRested, Traded
from exchange.core.handlers.step import Step
from exchange.core.instruments import Instrument
from exchange.core.matching import Fill, match
from exchange.core.orders import LotHold, Order
from exchange.core.settlement.dvp import settle_fill
from exchange.core.values import ParticipantId, Side, Tonnes, TradeId, TransactionId, notional

_BUY: Final = Side.BUY

IMMEDIATE = (TimeInForce.IOC, TimeInForce.FOK)


def execute(step: Step, order: Order) -> None:
    """Let an incoming order trade with the book; what is left of it rests or ends, as its terms say."""
    state = step.state
    book = state.books[order.instrument]
    fills, taken, _, stopped = match(
        book, order.side, order.price, order.leaves, order.group, order.self_trade_prevention
    )
    if fills:
        _count_day(state.listing.instruments[order.instrument], fills)
        for fill in fills:
            _trade(step, order, fill)
    for prevented in taken:
        _end(step, step.state.orders.by_id[prevented], CancelReason.SELF_TRADE, was_resting=True)
    if not order.leaves:
        state.orders.remove(order)
    elif stopped:
        _end(step, order, CancelReason.SELF_TRADE, was_resting=False)
    elif order.time_in_force in IMMEDIATE:
        _end(step, order, CancelReason.IMMEDIATE_REMAINDER, was_resting=False)
    else:
        book.rest(order.order, order.side, order.price, order.leaves, order.group, order.priority)
        step.emit(
            OrderRested(
                order.order, order.participant, order.instrument, order.side, order.price, order.leaves, order.priority
            )
        )


def _trade(step: Step, incoming: Order, fill: Fill) -> None:
    """Settle one fill and say what it was."""
    order_id, price, traded, _ = fill
    state, quantity = step.state, Tonnes(traded)
    resting = state.orders.by_id[order_id]
    buy, sell = (incoming, resting) if incoming.side is _BUY else (resting, incoming)
    trade = TradeId(step.new_id())
    postings, delivered, buy_fee, sell_fee = settle_fill(buy, sell, price, quantity)
    transaction = step.book(postings)
    deliver(step, transaction, sell.participant, buy.participant, delivered)
    step.emit(
        Traded(
            trade,
            buy.instrument,
            price,
            quantity,
            incoming.side,
            buy.order,
            sell.order,
            buy.participant,
            sell.participant,
            buy_fee,
            sell_fee,
            buy.leaves,
            sell.leaves,
            state.session.day,
        )
    )
    if not resting.leaves:
        state.orders.remove(resting)


def _count_day(instrument: Instrument, fills: Sequence[Fill]) -> None:
    """Add fills to the day's volume and value, of which the next reference price is made."""
    volume, value = int(instrument.day_volume), int(instrument.day_value)
    for _, price, quantity, _ in fills:
        volume += quantity
        value += notional(price, Tonnes(quantity))
    instrument.day_volume, instrument.day_value = Tonnes(volume), Wide(value)


def deliver(
    step: Step, transaction: TransactionId, seller: ParticipantId, buyer: ParticipantId, delivered: list[LotHold]
) -> None:
    """Move the serials of each lot that a transaction paid for, lowest first."""
    state = step.state
    for part in delivered:
        lot = state.credits.lots[part.lot]
        ranges, shape = state.parcels.move(lot, seller, buyer, part.quantity, state.session.day)
        step.emit(ParcelsMoved(transaction, part.lot, seller, buyer, ranges))
        step.emit(shape)


def end_resting(step: Step, order: Order, reason: CancelReason) -> None:
    """Take a resting order out of the book and give back what it held."""
    step.state.books[order.instrument].cancel(order.order)
    _end(step, order, reason, was_resting=True)


def _end(step: Step, order: Order, reason: CancelReason, *, was_resting: bool) -> None:
    postings = holds.release_all(order)
    step.state.orders.remove(order)
    step.book(postings)
    step.emit(
        OrderCancelled(
            order.order,
            order.participant,
            order.instrument,
            order.side,
            order.price,
            order.quantity,
            order.leaves,
            was_resting,
            reason,
        )
    )
