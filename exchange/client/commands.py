"""What one can say about orders, the same by REST, in a batch and by the stream.

>>> Place("ins-9", "BUY", 100, "70.5").body()["price"]
'70.50'
>>> Cancel(client_order_id="mine-1").named()
{'client_order_id': 'mine-1'}
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exchange.client.wire import Money, money_text

Body = dict[str, object]


@dataclass(frozen=True, slots=True)
class Place:
    """A new order: ``side`` BUY or SELL, price in CNY a tonne, quantity in tonnes.

    What is None is left to the exchange. A market order has no price.
    """

    instrument: str
    side: str
    quantity: int
    price: Money | None = None
    kind: str = "LIMIT"
    time_in_force: str | None = None
    post_only: bool | None = None
    self_trade_prevention: str | None = None
    good_til: str | None = None
    client_order_id: str | None = None
    lots: Sequence[str] | None = None

    def body(self) -> Body:
        """As the API takes it."""
        return _present(
            {
                "instrument": self.instrument,
                "client_order_id": self.client_order_id,
                "side": self.side,
                "kind": self.kind,
                "time_in_force": self.time_in_force,
                "price": _price(self.price),
                "quantity": self.quantity,
                "post_only": self.post_only,
                "self_trade_prevention": self.self_trade_prevention,
                "good_til": self.good_til,
                "lots": None if self.lots is None else list(self.lots),
            }
        )

    def item(self) -> Body:
        """As an item of a batch."""
        return {"do": "place", **self.body()}


@dataclass(frozen=True, slots=True)
class Amend:
    """Another price or total quantity; only a lower quantity at the same price keeps the place in the queue.

    The order is named by its id, or by the own ``client_order_id``.
    """

    order: str | None = None
    price: Money | None = None
    quantity: int | None = None
    client_order_id: str | None = None

    def named(self) -> Body:
        """Which order."""
        return _named(self.order, self.client_order_id)

    def body(self) -> Body:
        """As the API takes it."""
        return _present({"price": _price(self.price), "quantity": self.quantity})

    def item(self) -> Body:
        """As an item of a batch."""
        return {"do": "amend", **self.named(), **self.body()}


@dataclass(frozen=True, slots=True)
class Cancel:
    """The end of an order, which is named by its id or by the own ``client_order_id``."""

    order: str | None = None
    client_order_id: str | None = None

    def named(self) -> Body:
        """Which order."""
        return _named(self.order, self.client_order_id)

    def item(self) -> Body:
        """As an item of a batch."""
        return {"do": "cancel", **self.named()}


Command = Place | Amend | Cancel


def _named(order: str | None, client_order_id: str | None) -> Body:
    if (order is None) == (client_order_id is None):
        raise ValueError("name the order by its id or by its client_order_id, and not by both")
    return _present({"order": order, "client_order_id": client_order_id})


def _price(price: Money | None) -> str | None:
    return None if price is None else money_text(price)


def _present(fields: Body) -> Body:
    return {name: value for name, value in fields.items() if value is not None}
