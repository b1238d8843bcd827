"""From the body of an order, an amendment or a cancel to its command, for single requests and for batches alike."""

from __future__ import annotations

import re
from typing import Annotated, Final

from pydantic import FailFast, Field

from exchange.access.ids import NEVER, Kind, id_number
from exchange.access.principal import Principal
from exchange.api.explaining_choices import lot_errors
from exchange.api.fields import (
    CLIENT_ORDER_ID,
    Body,
    ClientOrderId,
    DayText,
    Instrument,
    Lot,
    Price,
    Quantity,
    named,
)
from exchange.api.problem_tables import VALIDATION
from exchange.api.problems import ProblemError
from exchange.api.validation import invalid
from exchange.core.commands.orders import AmendOrder, CancelOrder, OrderKind, PlaceOrder, TimeInForce
from exchange.core.values import NOBODY, Day, InstrumentId, LotId, OrderId, SelfTradePrevention, Side, Tonnes
from exchange.core.values import Price as CorePrice

_UNLESS_SAID: Final = {OrderKind.LIMIT: TimeInForce.GFD, OrderKind.MARKET: TimeInForce.IOC}
"""The time in force of an order that names none."""

_CLIENT_ORDER_ID: Final = re.compile(CLIENT_ORDER_ID, re.ASCII)


class PlaceIn(Body):
    """An order. A limit order has a ``price`` (CNY a tonne); a market order may have one as its protection price.

    A ``time_in_force`` that is left out counts as GFD for a limit order, and as IOC for a market order, which cannot
    rest.
    ``quantity`` is in whole tonnes. GTD orders have ``good_til``, others do not. ``lots`` are the lots that a seller
    wants to deliver, in this order; none lets the rule pick (oldest vintage, lowest serial).
    """

    instrument: Instrument
    client_order_id: ClientOrderId | None = None
    side: Annotated[Side, named(Side)]
    kind: Annotated[OrderKind, named(OrderKind)] = OrderKind.LIMIT
    time_in_force: Annotated[TimeInForce, named(TimeInForce)] | None = None
    price: Price | None = None
    quantity: Quantity
    post_only: bool = False
    self_trade_prevention: Annotated[SelfTradePrevention, named(SelfTradePrevention)] = (
        SelfTradePrevention.CANCEL_NEWEST
    )
    good_til: DayText | None = None
    lots: Annotated[list[Lot], FailFast(), Field(max_length=100, default_factory=list)]


class AmendIn(Body):
    """The new price (CNY a tonne), the new total quantity (whole tonnes), or both. Only less quantity at the same price
    keeps the place.
    """

    price: Price | None = None
    quantity: Quantity | None = None


class OrderName:
    """How a client names one of its orders: by our id (then ``client_order_id`` is "") or its own (then ``order`` is
    0).
    """

    __slots__ = ("client_order_id", "order")

    def __init__(self, order: int, client_order_id: str = "") -> None:
        """Exactly one of them is given."""
        assert (order == NOBODY) != (client_order_id == "")
        self.order = OrderId(order)
        self.client_order_id = client_order_id


def name_by_id(text: str) -> OrderName:
    """An order by what stands in an address; what is no id names nothing."""
    return OrderName(id_number(Kind.ORDER, text))


def name_by_client(text: str) -> OrderName:
    """The same for the name that its owner gave it."""
    return OrderName(NOBODY, text) if _CLIENT_ORDER_ID.fullmatch(text) else OrderName(NEVER)


def place_command(who: Principal, body: PlaceIn, place: str = "") -> PlaceOrder:
    """The command to place an order; ``place`` is where in the request its body stands, as a JSON pointer.

    Raises :class:`~exchange.api.problems.ProblemError` for a limit order without a price, and for lots that cannot be
    named.
    """
    if body.price is None and body.kind is OrderKind.LIMIT:
        raise invalid(f"{place}/price", "MISSING")
    if body.lots and (wrong := [*lot_errors([LotId(lot) for lot in body.lots], body.side, place)]):
        raise ProblemError(VALIDATION, wrong)
    return PlaceOrder(
        who.person,
        who.participant,
        InstrumentId(body.instrument),
        body.client_order_id or "",
        body.side,
        body.kind,
        body.time_in_force or _UNLESS_SAID[body.kind],
        CorePrice(body.price or 0),
        Tonnes(body.quantity),
        body.post_only,
        body.self_trade_prevention,
        Day(body.good_til or 0),
        tuple([LotId(lot) for lot in body.lots]),
    )


def amend_command(who: Principal, name: OrderName, body: AmendIn) -> AmendOrder:
    """The command to amend an order."""
    price, quantity = CorePrice(body.price or 0), Tonnes(body.quantity or 0)
    return AmendOrder(who.person, who.participant, name.order, name.client_order_id, price, quantity)


def cancel_command(who: Principal, name: OrderName) -> CancelOrder:
    """The command to cancel an order."""
    return CancelOrder(who.person, who.participant, name.order, name.client_order_id)
