"""An order and its trades as they are shown, whether they come from the events of a command, the view, or the past.

An answer to a command is made of that command's events alone, because nothing else is sure to be the same when the
batch is durable. So it tells what they tell: after an amendment or a cancel the average price and the fee of earlier
fills are not in it, and a read of the order shows them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Final

from exchange.access.ids import Kind, id_text
from exchange.api.fields import Model
from exchange.api.operations import Document
from exchange.api.outputs import DayOut, InstrumentOut, MoneyOut, OrderOut, TimeOut, TradeOut, name_of
from exchange.api.wire import day_text, day_text_or_none, money_text, time_text
from exchange.core.commands.orders import OrderKind, TimeInForce
from exchange.core.events import Event
from exchange.core.events.orders import (
    CancelReason,
    OrderAccepted,
    OrderCancelled,
    OrderReduced,
    OrderReplaced,
    OrderRested,
    Traded,
)
from exchange.core.values import (
    Fen,
    Micros,
    OrderId,
    ParticipantId,
    Price,
    SelfTradePrevention,
    Side,
    Tonnes,
    average_price,
    notional,
)
from exchange.sequencer.submission import Decided
from exchange.sequencer.view.rows import OrderRow
from exchange.store.queries import Order, Trade
from exchange.store.tables.orders import OrderStatus

EXPIRED_BY: Final = (CancelReason.DAY_ENDED, CancelReason.GOOD_TIL_PASSED)


class OrderModel(Model):
    """An order: ``quantity == cumulative + leaves`` while it is open; an ended one has no leaves.

    ``price`` of a market order is its protection price. ``average_price``, ``fee`` and ``placed_at`` are null in the
    answer to an amendment or a cancel, which tells what that one command did; read the order for the rest.
    """

    id: OrderOut
    instrument: InstrumentOut
    client_order_id: str | None
    side: Annotated[str, name_of(Side)]
    kind: Annotated[str, name_of(OrderKind)] | None
    time_in_force: Annotated[str, name_of(TimeInForce)] | None
    price: MoneyOut
    quantity: int
    cumulative: int
    leaves: int
    average_price: MoneyOut | None
    fee: MoneyOut | None
    status: Annotated[str, name_of(OrderStatus)]
    cancel_reason: Annotated[str, name_of(CancelReason)] | None
    post_only: bool | None
    self_trade_prevention: Annotated[str, name_of(SelfTradePrevention)] | None
    good_til: DayOut | None
    placed_at: TimeOut | None
    updated_at: TimeOut | None


class TradeModel(Model):
    """An own trade: the own order and fee, and the counterparty by its code, which is told after the trade only."""

    id: TradeOut
    instrument: InstrumentOut
    side: Annotated[str, name_of(Side)]
    price: MoneyOut
    quantity: int
    order: OrderOut
    fee: MoneyOut
    aggressor: Annotated[str, name_of(Side)]
    counterparty: str
    at: TimeOut
    day: DayOut


@dataclass(slots=True)
class Shown:
    """What there is to show of an order; ``value`` and ``fee`` are None where they are not known, ``terms`` too."""

    order: OrderId
    terms: OrderAccepted | None
    instrument: int
    side: Side
    price: Price
    quantity: Tonnes
    leaves: Tonnes
    cumulative: Tonnes
    value: Fen | None
    fee: Fen | None
    cancelled: CancelReason | None
    placed_at: Micros | None
    updated_at: Micros


def status_of(cumulative: int, leaves: int, cancelled: CancelReason | None) -> OrderStatus:
    """Where an order stands, in the words of FIX (OrdStatus)."""
    if cancelled is not None:
        return OrderStatus.EXPIRED if cancelled in EXPIRED_BY else OrderStatus.CANCELLED
    if not leaves:
        return OrderStatus.FILLED
    return OrderStatus.PARTIALLY_FILLED if cumulative else OrderStatus.NEW


def order_document(shown: Shown) -> Document:
    """An order as it is shown."""
    terms = shown.terms
    cancelled, updated_at = shown.cancelled, time_text(shown.updated_at)
    placed_at = updated_at if shown.placed_at == shown.updated_at else _time_or_none(shown.placed_at)
    # ``_name_`` is what ``name``, a property written in Python, gives; six of them took a tenth of a whole request.
    return {
        "id": id_text(Kind.ORDER, shown.order),
        "instrument": id_text(Kind.INSTRUMENT, shown.instrument),
        "client_order_id": None if terms is None else terms.client_order_id or None,
        "side": shown.side._name_,
        "kind": None if terms is None else terms.kind._name_,
        "time_in_force": None if terms is None else terms.time_in_force._name_,
        "price": money_text(shown.price),
        "quantity": shown.quantity,
        "cumulative": shown.cumulative,
        "leaves": shown.leaves,
        "average_price": _average(shown),
        "fee": None if shown.fee is None else money_text(shown.fee),
        "status": status_of(shown.cumulative, shown.leaves, cancelled)._name_,
        "cancel_reason": None if cancelled is None else cancelled._name_,
        "post_only": None if terms is None else terms.post_only,
        "self_trade_prevention": None if terms is None else terms.self_trade_prevention._name_,
        "good_til": None if terms is None else day_text_or_none(terms.good_til),
        "placed_at": placed_at,
        "updated_at": updated_at,
    }


def _time_or_none(at: Micros | None) -> str | None:
    return None if at is None else time_text(at)


def _average(shown: Shown) -> str | None:
    if not shown.cumulative or shown.value is None:
        return None
    return money_text(average_price(shown.value, shown.cumulative))


def shown_row(row: OrderRow) -> Shown:
    """An open order of the committed view."""
    terms = row.terms
    return Shown(
        terms.order,
        terms,
        terms.instrument,
        terms.side,
        row.price,
        row.quantity,
        row.leaves,
        row.cumulative,
        row.value,
        row.fee,
        None,
        row.placed_at,
        row.last_at,
    )


def shown_past(order: Order) -> Shown:
    """An order of the history, open or ended."""
    terms = OrderAccepted(
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
    return Shown(
        order.order,
        terms,
        order.instrument,
        order.side,
        order.price,
        order.quantity,
        order.leaves,
        order.cumulative,
        order.cumulative_value,
        order.fee,
        order.cancel_reason,
        order.placed_at,
        order.last_at,
    )


def shown_placed(decision: Decided) -> Shown:
    """An order as its own command left it: accepted, perhaps filled, perhaps ended."""
    (terms,) = [event for event in decision.events if isinstance(event, OrderAccepted)]
    shown = Shown(
        terms.order,
        terms,
        terms.instrument,
        terms.side,
        terms.price,
        terms.quantity,
        terms.quantity,
        Tonnes(0),
        Fen(0),
        Fen(0),
        None,
        decision.at,
        decision.at,
    )
    _follow(shown, decision.events)
    return shown


def changed_order(decision: Decided) -> OrderId:
    """The order that an amendment or a cancel was about, however it was named."""
    changes = (OrderReduced, OrderReplaced, OrderCancelled)
    return next(event.order for event in decision.events if isinstance(event, changes))


def shown_changed(decision: Decided, terms: OrderAccepted | None) -> Shown:
    """An order as an amendment or a cancel left it; ``terms`` are the committed ones, which never change."""
    order = changed_order(decision)
    events = [event for event in decision.events if is_about(event, order)]
    first = events[0]
    assert isinstance(first, OrderReduced | OrderReplaced | OrderCancelled)
    filled = Tonnes(first.quantity - first.leaves)
    shown = Shown(
        order,
        terms,
        first.instrument,
        first.side,
        first.price,
        first.quantity,
        first.leaves,
        filled,
        None,
        None,
        None,
        None,
        decision.at,
    )
    _follow(shown, events)
    return shown


def is_about(event: Event, order: OrderId) -> bool:
    """Whether an event after its acceptance is about an order."""
    about = isinstance(event, OrderReduced | OrderReplaced | OrderRested | OrderCancelled) and event.order == order
    return about or (isinstance(event, Traded) and order in (event.buy_order, event.sell_order))


def _follow(shown: Shown, events: Iterable[Event]) -> None:
    """Carry an order through the later events of its command."""
    for event in events:
        if isinstance(event, Traded):
            _fill(shown, event)
        elif isinstance(event, OrderCancelled) and event.order == shown.order:
            shown.leaves, shown.cancelled = Tonnes(0), event.reason


def _fill(shown: Shown, event: Traded) -> None:
    buys = event.buy_order == shown.order
    shown.leaves = event.buy_leaves if buys else event.sell_leaves
    shown.cumulative = Tonnes(shown.quantity - shown.leaves)
    if shown.value is not None and shown.fee is not None:
        shown.value = Fen(shown.value + notional(event.price, event.quantity))
        shown.fee = Fen(shown.fee + (event.buy_fee if buys else event.sell_fee))


def order_terms_document(terms: OrderAccepted) -> Document:
    """An order as it was accepted, for the feed."""
    return {
        "order": id_text(Kind.ORDER, terms.order),
        "instrument": id_text(Kind.INSTRUMENT, terms.instrument),
        "client_order_id": terms.client_order_id or None,
        "side": terms.side._name_,
        "kind": terms.kind._name_,
        "time_in_force": terms.time_in_force._name_,
        "price": money_text(terms.price),
        "quantity": terms.quantity,
        "post_only": terms.post_only,
        "self_trade_prevention": terms.self_trade_prevention._name_,
        "good_til": day_text_or_none(terms.good_til),
    }


def trade_document(
    event: Traded | Trade, participant: ParticipantId, at: Micros, code: Callable[[ParticipantId], str]
) -> Document:
    """A trade as one of its parties sees it; ``code`` names the other one."""
    buys = event.buyer == participant
    side = Side.BUY if buys else Side.SELL
    return {
        "id": id_text(Kind.TRADE, event.trade),
        "instrument": id_text(Kind.INSTRUMENT, event.instrument),
        "side": side._name_,
        "price": money_text(event.price),
        "quantity": event.quantity,
        "order": id_text(Kind.ORDER, event.buy_order if buys else event.sell_order),
        "fee": money_text(event.buy_fee if buys else event.sell_fee),
        "aggressor": event.aggressor._name_,
        "counterparty": code(event.seller if buys else event.buyer),
        "at": time_text(at),
        "day": day_text(event.day),
    }


def own_fills(decision: Decided, order: OrderId) -> Iterator[Traded]:
    """The trades of one order in a decision."""
    for event in decision.events:
        if isinstance(event, Traded) and order in (event.buy_order, event.sell_order):
            yield event
