"""Orders: placing, amending and cancelling them, and reading the own ones."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from exchange.access.ids import Kind, id_number, id_text, id_text_or_none
from exchange.api.fields import (
    Body,
    ClientOrderId,
    DayText,
    Instrument,
    Lot,
    Price,
    Quantity,
    named,
)
from exchange.api.operations import Call, Change, Document, Draft
from exchange.api.order_documents import (
    OrderModel,
    Shown,
    TradeModel,
    order_document,
    own_fills,
    shown_changed,
    shown_placed,
    trade_document,
)
from exchange.api.outputs import Dated, InstrumentOut, ParticipantOut
from exchange.core.commands.governance import PersonRole
from exchange.core.commands.orders import (
    AmendOrder,
    CancelAllOrders,
    CancelOrder,
    OrderKind,
    PlaceOrder,
    TimeInForce,
)
from exchange.core.events.markets import JobFinished, JobStarted
from exchange.core.events.orders import OrderCancelled
from exchange.core.values import (
    NOBODY,
    Day,
    InstrumentId,
    LotId,
    OrderId,
    ParticipantId,
    SelfTradePrevention,
    Side,
    Tonnes,
)
from exchange.core.values import Price as CorePrice
from exchange.sequencer.submission import Decided


class OrderAnswer(Dated):
    """What became of a command about an order: the order after it, and the own trades that it made."""

    order: OrderModel
    trades: list[TradeModel]


class PlaceIn(Body):
    """An order. A limit order has a ``price``; a market order may have one as its protection price.

    GTD orders have ``good_til``, others do not. ``lots`` are the lots that a seller wants to deliver, in this order;
    none lets the rule pick (oldest vintage, lowest serial).
    """

    instrument: Instrument
    client_order_id: ClientOrderId | None = None
    side: Annotated[Side, named(Side)]
    kind: Annotated[OrderKind, named(OrderKind)] = OrderKind.LIMIT
    time_in_force: Annotated[TimeInForce, named(TimeInForce)] = TimeInForce.GFD
    price: Price | None = None
    quantity: Quantity
    post_only: bool = False
    self_trade_prevention: Annotated[SelfTradePrevention, named(SelfTradePrevention)] = (
        SelfTradePrevention.CANCEL_NEWEST
    )
    good_til: DayText | None = None
    lots: Annotated[list[Lot], Field(max_length=100, default_factory=list)]


class AmendIn(Body):
    """The new price, the new total quantity, or both. Only less quantity at the same price keeps the place."""

    price: Price | None = None
    quantity: Quantity | None = None


class CancelAllQuery(Body):
    """Only orders of one instrument."""

    instrument: Instrument | None = None


class CancelledAll(Dated):
    """Orders that were cancelled at once; more follow as a job when ``finished`` is false."""

    participant: ParticipantOut
    instrument: InstrumentOut | None
    cancelled: int
    finished: bool


def place(call: Call) -> Draft:
    """Place an order; it trades at once with what it meets, and rests or ends with what is left."""
    body: PlaceIn = call.body
    command = PlaceOrder(
        call.who.person,
        call.who.participant,
        InstrumentId(body.instrument),
        body.client_order_id or "",
        body.side,
        body.kind,
        body.time_in_force,
        CorePrice(body.price or 0),
        Tonnes(body.quantity),
        body.post_only,
        body.self_trade_prevention,
        Day(body.good_til or 0),
        tuple(LotId(lot) for lot in body.lots),
    )
    return Draft(command, lambda decision: _answer(call, decision, shown_placed(decision)))


def _answer(call: Call, decision: Decided, shown: Shown) -> Document:
    participant, code = call.who.participant, call.services.view.people.code
    fills = own_fills(decision, shown.order)
    trades = [trade_document(event, participant, decision.at, code) for event in fills]
    return {"order": order_document(shown), "trades": trades}


def _number(call: Call) -> OrderId:
    return OrderId(id_number(Kind.ORDER, call.path["order"]))


def _changed(call: Call, decision: Decided, order: OrderId) -> Document:
    row = call.services.view.orders.by_id.get(order)
    return _answer(call, decision, shown_changed(decision, order, None if row is None else row.terms))


def amend(call: Call) -> Draft:
    """Change the price or the total quantity of an open order."""
    body: AmendIn = call.body
    order = _number(call)
    price, quantity = CorePrice(body.price or 0), Tonnes(body.quantity or 0)
    command = AmendOrder(call.who.person, call.who.participant, order, price, quantity)
    return Draft(command, lambda decision: _changed(call, decision, order))


def cancel(call: Call) -> Draft:
    """Cancel what is left of an order."""
    order = _number(call)
    command = CancelOrder(call.who.person, call.who.participant, order)
    return Draft(command, lambda decision: _changed(call, decision, order))


def cancel_own(call: Call) -> Draft:
    """Cancel all own open orders, in one instrument or in all. Orders placed later stay."""
    return _cancel_all(call, call.who.participant)


def cancel_for(call: Call) -> Draft:
    """Cancel all open orders of a participant, as the operator."""
    return _cancel_all(call, ParticipantId(id_number(Kind.PARTICIPANT, call.path["participant"])))


def _cancel_all(call: Call, participant: ParticipantId) -> Draft:
    wanted = call.query.instrument
    instrument = InstrumentId(NOBODY if wanted is None else wanted)
    return Draft(CancelAllOrders(call.who.person, participant, instrument), _cancelled_all)


def _cancelled_all(decision: Decided) -> Document:
    (job,) = [event for event in decision.events if isinstance(event, JobStarted)]
    return {
        "participant": id_text(Kind.PARTICIPANT, job.participant),
        "instrument": id_text_or_none(Kind.INSTRUMENT, job.instrument),
        "cancelled": sum(isinstance(event, OrderCancelled) for event in decision.events),
        "finished": any(isinstance(event, JobFinished) for event in decision.events),
    }


OPERATIONS = (
    Change(method="POST", path="/v1/orders", command=PlaceOrder, body=PlaceIn, draft=place, answer=OrderAnswer),
    Change(
        method="DELETE",
        path="/v1/orders/{order}",
        command=CancelOrder,
        draft=cancel,
        answer=OrderAnswer,
        status=200,
    ),
    Change(
        method="PATCH",
        path="/v1/orders/{order}",
        command=AmendOrder,
        body=AmendIn,
        draft=amend,
        answer=OrderAnswer,
        status=200,
    ),
    Change(
        method="DELETE",
        path="/v1/orders",
        command=CancelAllOrders,
        query=CancelAllQuery,
        draft=cancel_own,
        only=(PersonRole.TRADER,),
        answer=CancelledAll,
        status=200,
    ),
    Change(
        method="DELETE",
        path="/v1/participants/{participant}/orders",
        command=CancelAllOrders,
        query=CancelAllQuery,
        draft=cancel_for,
        only=(PersonRole.OPERATOR,),
        answer=CancelledAll,
        status=200,
    ),
)
