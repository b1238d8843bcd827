"""Orders: placing, amending and cancelling them, and reading the own ones."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from exchange.access.authority import Audience
from exchange.access.ids import Kind, id_number, id_text, id_text_or_none
from exchange.api.batch import LARGEST_BATCH, BatchAnswer, BatchIn, BatchRendering, commands_of, weigh
from exchange.api.fields import Body, Instrument, Whole, named
from exchange.api.operations import Call, Change, Document, Draft, GroupDraft, Read
from exchange.api.order_commands import (
    AmendIn,
    PlaceIn,
    amend_command,
    cancel_command,
    name_by_client,
    name_by_id,
    place_command,
)
from exchange.api.order_documents import (
    OrderModel,
    Shown,
    TradeModel,
    changed_order,
    shown_changed,
    shown_placed,
)
from exchange.api.order_json import order_answer
from exchange.api.outputs import Dated, InstrumentOut, ParticipantOut, TimeOut, name_of
from exchange.api.wire import time_text
from exchange.core.commands.governance import PersonRole
from exchange.core.commands.orders import AmendOrder, CancelAllOrders, CancelOrder, PlaceOrder, SetCancelAfter
from exchange.core.events.markets import JobFinished, JobStarted
from exchange.core.events.orders import CancelAfterSet, OrderCancelled
from exchange.core.handlers.unattended import LONGEST_SECONDS, SHORTEST_SECONDS
from exchange.core.values import NOBODY, InstrumentId, Micros, ParticipantId, Side, Sides
from exchange.sequencer.submission import Decided


class OrderAnswer(Dated):
    """What became of a command about an order: the order after it, and the own trades that it made."""

    order: OrderModel
    trades: list[TradeModel]


def _cancel_after(text: Any) -> Any:
    if text != 0 and not SHORTEST_SECONDS <= text <= LONGEST_SECONDS:
        raise PydanticCustomError("CANCEL_AFTER", "0, or within the bounds")
    return text


class CancelAfterIn(Body):
    """After how many seconds the orders that were entered with this key are cancelled unless this is sent again: 5 to
    86,400, or 0 to switch it off.
    """

    seconds: Annotated[int, Whole(0, LONGEST_SECONDS, 30), AfterValidator(_cancel_after)]


class CancelAfterAnswer(Dated):
    """The instant at which the orders of this key are cancelled; null when that is switched off."""

    deadline: TimeOut | None


class CancelAllQuery(Body):
    """Only orders of one instrument, of one side, or both."""

    instrument: Instrument | None = None
    side: Annotated[Side, named(Side)] | None = None


class CancelledAll(Dated):
    """Orders that were cancelled at once; more follow as a job when ``finished`` is false."""

    participant: ParticipantOut
    instrument: InstrumentOut | None
    side: Annotated[str, name_of(Side)] | None
    cancelled: int
    finished: bool


def place(call: Call) -> Draft:
    """Place an order; it trades at once with what it meets, and rests or ends with what is left."""
    command = place_command(call.who, call.body)
    return Draft(command, lambda decision: _answer(call, decision, shown_placed(decision)))


def _answer(call: Call, decision: Decided, shown: Shown) -> bytes:
    return order_answer(decision, shown, call.who.participant, call.services.view.people.code)


def _changed(call: Call, decision: Decided) -> bytes:
    row = call.services.view.orders.by_id.get(changed_order(decision))
    return _answer(call, decision, shown_changed(decision, None if row is None else row.terms))


def amend(call: Call) -> Draft:
    """Change the price or the total quantity of an open order."""
    command = amend_command(call.who, name_by_id(call.path["order"]), call.body)
    return Draft(command, lambda decision: _changed(call, decision))


def amend_by_client_id(call: Call) -> Draft:
    """Change the price or the total quantity of the open order that has this client_order_id."""
    command = amend_command(call.who, name_by_client(call.path["client_order_id"]), call.body)
    return Draft(command, lambda decision: _changed(call, decision))


def cancel(call: Call) -> Draft:
    """Cancel what is left of an order."""
    command = cancel_command(call.who, name_by_id(call.path["order"]))
    return Draft(command, lambda decision: _changed(call, decision))


def cancel_by_client_id(call: Call) -> Draft:
    """Cancel what is left of the open order that has this client_order_id."""
    command = cancel_command(call.who, name_by_client(call.path["client_order_id"]))
    return Draft(command, lambda decision: _changed(call, decision))


def batch(call: Call) -> GroupDraft:
    """Place, amend and cancel up to 500 orders in one request.

    The commands are done one right after the other, in their order, and each has a result of its own: one that is
    refused does not stop the next. A field that is wrong anywhere refuses the whole request, and nothing is done.
    """
    commands = commands_of(call.who, call.body)
    return GroupDraft(commands, BatchRendering(commands, call.language))


def cancel_after(call: Call) -> Draft:
    """Have the orders that were entered with this key cancelled, unless this is sent again in time.

    A dead-man's switch for a program that trades: it sends this every few seconds, and when it no longer does, its
    orders do not rest in a market that it does not see. Orders entered with other keys stay.
    """
    command = SetCancelAfter(call.who.person, call.who.participant, call.body.seconds)
    return Draft(command, deadline_document)


async def deadline_of_key(call: Call) -> Document:
    """When the orders that were entered with this key are cancelled; null when that is switched off."""
    key = call.services.view.people.key(call.who.key)
    assert key is not None, "a key that was just good is not there"
    return _deadline(key.deadline)


def deadline_document(decision: Decided) -> Document:
    """When the switch goes off. The last event is that of the key in use; those before it disarm keys it replaced."""
    return _deadline([event for event in decision.events if isinstance(event, CancelAfterSet)][-1].deadline)


def _deadline(at: Micros) -> Document:
    return {"deadline": time_text(at) if at else None}


def cancel_own(call: Call) -> Draft:
    """Cancel all own open orders, in one instrument or in all, of one side or both. Orders placed later stay."""
    return _cancel_all(call, call.who.participant)


def cancel_for(call: Call) -> Draft:
    """Cancel all open orders of a participant, as the operator; narrowed down as one's own."""
    return _cancel_all(call, ParticipantId(id_number(Kind.PARTICIPANT, call.path["participant"])))


def _cancel_all(call: Call, participant: ParticipantId) -> Draft:
    instrument, side = call.query.instrument, call.query.side
    command = CancelAllOrders(
        call.who.person,
        participant,
        InstrumentId(NOBODY if instrument is None else instrument),
        Sides.BOTH if side is None else Sides(side),
    )
    return Draft(command, _cancelled_all)


def _cancelled_all(decision: Decided) -> Document:
    (job,) = [event for event in decision.events if isinstance(event, JobStarted)]
    return {
        "participant": id_text(Kind.PARTICIPANT, job.participant),
        "instrument": id_text_or_none(Kind.INSTRUMENT, job.instrument),
        "side": None if job.sides is Sides.BOTH else job.sides.name,
        "cancelled": sum(isinstance(event, OrderCancelled) for event in decision.events),
        "finished": any(isinstance(event, JobFinished) for event in decision.events),
    }


_BY_CLIENT_ID = "/v1/orders/by-client-id/{client_order_id}"

OPERATIONS = (
    Change(method="POST", path="/v1/orders", command=PlaceOrder, body=PlaceIn, draft=place, answer=OrderAnswer),
    Change(
        method="POST",
        path="/v1/orders/batch",
        command=PlaceOrder,
        body=BatchIn,
        draft=batch,
        answer=BatchAnswer,
        status=200,
        largest=LARGEST_BATCH,
        weigh=weigh,
    ),
    Change(
        method="DELETE",
        path="/v1/orders/{order}",
        command=CancelOrder,
        draft=cancel,
        answer=OrderAnswer,
        status=200,
        cancels=True,
    ),
    Change(
        method="DELETE",
        path=_BY_CLIENT_ID,
        command=CancelOrder,
        draft=cancel_by_client_id,
        answer=OrderAnswer,
        status=200,
        cancels=True,
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
        method="PATCH",
        path=_BY_CLIENT_ID,
        command=AmendOrder,
        body=AmendIn,
        draft=amend_by_client_id,
        answer=OrderAnswer,
        status=200,
    ),
    Read(
        path="/v1/cancel-after",
        audience=Audience.PARTICIPANTS,
        handle=deadline_of_key,
        answer=CancelAfterAnswer,
        own=True,
    ),
    Change(
        method="PUT",
        path="/v1/cancel-after",
        command=SetCancelAfter,
        body=CancelAfterIn,
        draft=cancel_after,
        answer=CancelAfterAnswer,
        status=200,
        cancels=True,
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
        cancels=True,
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
        cancels=True,
    ),
)
