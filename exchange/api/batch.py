"""Several orders, amendments and cancels in one request: its body, its weight, and an answer with a result for each.

The request has one idempotency key and is durable as a whole; the commands are not atomic, each has its own result.
Results are compact, because five hundred whole orders would be a hundred kilobytes; a read has the rest.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, Self

import orjson
from pydantic import FailFast, Field, model_validator
from pydantic_core import PydanticCustomError

from exchange.access.ids import Kind, id_text
from exchange.access.principal import Principal
from exchange.api.answers import JSON_TYPE, rejected_of
from exchange.api.fields import Body, ClientOrderId, Model, Order
from exchange.api.language import Language
from exchange.api.operations import Document
from exchange.api.order_commands import (
    AmendIn,
    OrderName,
    PlaceIn,
    amend_command,
    cancel_command,
    place_command,
)
from exchange.api.order_documents import Shown, own_fills, shown_changed, shown_placed, status_of
from exchange.api.outputs import Dated, MoneyOut, OrderOut, TradeOut, name_of
from exchange.api.problem_models import Problem
from exchange.api.problems import refusal_answer, rejection_answer
from exchange.api.wire import money_text
from exchange.core.commands.orders import AmendOrder, CancelOrder, PlaceOrder
from exchange.core.events.orders import CancelReason
from exchange.core.rejections import RejectReason
from exchange.core.values import NOBODY, Seq, Side
from exchange.sequencer.journal import Answer
from exchange.sequencer.submission import MAX_GROUP, Decided
from exchange.store.tables.orders import OrderStatus

LARGEST_BATCH: Final = 256 * 1024
"""Most bytes of a batch's body."""

_DONE, _CREATED = 200, 201

OrderCommand = PlaceOrder | AmendOrder | CancelOrder


class PlaceItem(PlaceIn):
    """Place an order: the fields of ``POST /v1/orders``."""

    do: Literal["place"]


class _Named(Body):
    """Names one of the own orders, either by ``order`` or by ``client_order_id`` (open orders only)."""

    order: Order | None = None
    client_order_id: ClientOrderId | None = None

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        if (self.order is None) == (self.client_order_id is None):
            raise PydanticCustomError("ORDER_OR_CLIENT_ORDER_ID", "name the order in one way")
        return self

    @property
    def name(self) -> OrderName:
        """The order that it is about."""
        return OrderName(self.order or NOBODY, self.client_order_id or "")


class AmendItem(_Named, AmendIn):
    """Change the price (CNY a tonne) or the total quantity (whole tonnes) of an open order, which is named either by
    ``order`` or by ``client_order_id``.
    """

    do: Literal["amend"]


class CancelItem(_Named):
    """Cancel what is left of an open order, which is named either by ``order`` or by ``client_order_id``."""

    do: Literal["cancel"]


Item = Annotated[PlaceItem | AmendItem | CancelItem, Field(discriminator="do")]


class BatchIn(Body):
    """1 to 500 commands, at most 256 KiB in all; they are done in this order, one right after the other.

    Of the commands that have a wrong field the first is told.
    """

    # To look for every mistake in a quarter of a megabyte of them would hold up everybody else.
    commands: Annotated[list[Item], FailFast(), Field(min_length=1, max_length=MAX_GROUP)]


class BatchOrder(Model):
    """An order right after one command of a batch: quantities in tonnes. ``client_order_id`` is null where the answer
    does not know it.
    """

    id: OrderOut
    client_order_id: str | None
    status: Annotated[str, name_of(OrderStatus)]
    cumulative: int
    leaves: int
    cancel_reason: Annotated[str, name_of(CancelReason)] | None


class BatchTrade(Model):
    """A trade that the command made: price in CNY a tonne, quantity in tonnes, the own fee in CNY."""

    id: TradeOut
    price: MoneyOut
    quantity: int
    fee: MoneyOut


class BatchResult(Model):
    """What became of one command. ``status`` is what it would have been answered with alone; with 200 or 201 there are
    ``order`` and ``trades``, else there is the ``problem``.
    """

    seq: int
    status: int
    order: BatchOrder | None = None
    trades: list[BatchTrade] | None = None
    problem: Problem | None = None


class BatchAnswer(Dated):
    """The results, in the order of the commands."""

    results: list[BatchResult]


def weigh(fields: dict[str, Any]) -> tuple[int, int]:
    """How many weights a batch draws from the limit of orders, and how many from that of cancels.

    The body is decoded only: whatever is no cancel counts as an order, and a body without commands as one.
    """
    commands = fields.get("commands")
    if not isinstance(commands, list):
        return 1, 0
    cancels = sum(isinstance(item, dict) and item.get("do") == "cancel" for item in commands)
    return (len(commands) - cancels or not cancels), cancels


def commands_of(who: Principal, body: BatchIn) -> tuple[OrderCommand, ...]:
    """The commands of a batch."""
    return tuple([_command(who, item, number) for number, item in enumerate(body.commands)])


def _command(who: Principal, item: PlaceItem | AmendItem | CancelItem, number: int) -> OrderCommand:
    if isinstance(item, PlaceItem):
        return place_command(who, item, f"/commands/{number}")
    if isinstance(item, AmendItem):
        return amend_command(who, item.name, item)
    return cancel_command(who, item.name)


class BatchRendering:
    """The renderer of a batch (:class:`exchange.sequencer.submission.GroupRenderer`), in its client's language."""

    first = None
    """There is nothing in it that only the first caller may see."""

    def __init__(self, commands: tuple[OrderCommand, ...], language: Language) -> None:
        self._commands = commands
        self._language = language
        self._last = Seq(0)

    def item(self, position: int, decision: Decided) -> bytes:
        """One result."""
        self._last = decision.seq
        if decision.reason is not None:
            problem = rejection_answer(rejected_of(decision), decision.seq, decision.rules, self._language)
            return b'{"seq":%d,"status":%d,"problem":%b}' % (decision.seq, problem.status, problem.body)
        command = self._commands[position]
        if isinstance(command, PlaceOrder):
            return _result(decision, _CREATED, shown_placed(decision), command.client_order_id)
        return _result(decision, _DONE, shown_changed(decision, None), command.client_order_id)

    def whole(self, items: list[bytes]) -> Answer:
        """The answer."""
        body = b'{"results":[%b],"as_of_seq":%d}' % (b",".join(items), self._last)
        return Answer(_DONE, JSON_TYPE, self._language, body)

    def unsequenced(self, reason: RejectReason) -> Answer:
        """The answer to a batch that never was."""
        return refusal_answer(reason, self._language)


def _result(decision: Decided, status: int, shown: Shown, client_order_id: str) -> bytes:
    buys = shown.side is Side.BUY
    trades: list[Document] = [
        {
            "id": id_text(Kind.TRADE, event.trade),
            "price": money_text(event.price),
            "quantity": event.quantity,
            "fee": money_text(event.buy_fee if buys else event.sell_fee),
        }
        for event in own_fills(decision, shown.order)
    ]
    order: Document = {
        "id": id_text(Kind.ORDER, shown.order),
        "client_order_id": client_order_id or None,
        "status": status_of(shown.cumulative, shown.leaves, shown.cancelled)._name_,
        "cumulative": shown.cumulative,
        "leaves": shown.leaves,
        "cancel_reason": None if shown.cancelled is None else shown.cancelled._name_,
    }
    return orjson.dumps({"seq": decision.seq, "status": status, "order": order, "trades": trades})
