"""The open orders inside of the state's image, in rows of fixed size: what most of a start with a large book reads.

What every order has stands in one row of 129 bytes each, which ``struct`` takes apart by the million. What some orders
have (an own id of the client, lots that are held or named) stands in lists beside, in the order of the orders.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from operator import attrgetter
from typing import Final, TypeVar

from exchange.core.canonical import CanonicalError
from exchange.core.commands.orders import OrderKind, TimeInForce
from exchange.core.orders import LotHold, Order
from exchange.core.values import LotId, OrderId, SelfTradePrevention, Side, Tonnes

_ROW: Final = struct.Struct(">4q3H8qBH3q")
_COLUMNS: Final = attrgetter(
    *("order", "participant", "group", "instrument", "side", "kind", "time_in_force"),
    *("price", "quantity", "leaves", "cumulative", "value", "fee_rate", "fee", "good_til"),
    *("post_only", "self_trade_prevention", "priority", "cash_held", "key"),
)


@dataclass(slots=True)
class ClientIdRow:
    """The client's own id of an order."""

    order: OrderId
    client_order_id: str


@dataclass(slots=True)
class HeldRow:
    """Tonnes of a lot that an order holds."""

    order: OrderId
    lot: LotId
    quantity: Tonnes


@dataclass(slots=True)
class NamedLotRow:
    """A lot that the seller named."""

    order: OrderId
    lot: LotId


_Enum = TypeVar("_Enum", bound=IntEnum)


def _members(enum: type[_Enum]) -> dict[int, _Enum]:
    return {int(member): member for member in enum}


_SIDES: Final = _members(Side)
_KINDS: Final = _members(OrderKind)
_TIMES: Final = _members(TimeInForce)
_PREVENTIONS: Final = _members(SelfTradePrevention)
_TRUTH: Final = {0: False, 1: True}


def pack_orders(orders: Iterable[Order]) -> bytes:
    """What every order has, a row each."""
    pack = _ROW.pack
    return b"".join([pack(*_COLUMNS(order)) for order in orders])


def client_ids_of(orders: Iterable[Order]) -> list[ClientIdRow]:
    """The clients' own ids of those orders that have one."""
    return [ClientIdRow(order.order, order.client_order_id) for order in orders if order.client_order_id]


def held_by(orders: Iterable[Order]) -> list[HeldRow]:
    """The lots that the orders hold, of each order in its own sequence."""
    return [HeldRow(order.order, part.lot, part.quantity) for order in orders for part in order.lots_held]


def named_by(orders: Iterable[Order]) -> list[NamedLotRow]:
    """The lots that sellers named, of each order in its own sequence."""
    return [NamedLotRow(order.order, lot) for order in orders for lot in order.lots_named]


def unpack_orders(
    rows: bytes, client_ids: Iterable[ClientIdRow], held: Iterable[HeldRow], named: Iterable[NamedLotRow]
) -> Iterator[Order]:
    """The orders as they were packed, one at a time, so that each is used while it is in the caches.

    Raises:
        CanonicalError: if rows are cut short or not in the order of their ids, a value cannot be, or a list beside them
            tells of an order that is not there.
    """
    all_ids, all_held, all_named = iter(client_ids), iter(held), iter(named)
    own, part, name = next(all_ids, None), next(all_held, None), next(all_named, None)
    before = 0
    try:
        for order in _plain_orders(rows):
            number = order.order
            if number <= before:
                raise CanonicalError(f"order {number} stands behind order {before}")
            before = number
            if own is not None and own.order == number:
                order.client_order_id = own.client_order_id
                own = next(all_ids, None)
            while part is not None and part.order == number:
                order.lots_held.append(LotHold(part.lot, part.quantity))
                part = next(all_held, None)
            while name is not None and name.order == number:
                order.lots_named = (*order.lots_named, name.lot)
                name = next(all_named, None)
            yield order
    except (struct.error, KeyError) as error:
        raise CanonicalError(f"an order that cannot be: {error!r}") from error
    if (own, part, name) != (None, None, None):
        raise CanonicalError("something is told of an order that is not there")


def _plain_orders(rows: bytes) -> Iterator[Order]:
    """Orders without what stands in the lists beside. Written out, since this is done a million times at a start."""
    sides, kinds, times, preventions, truth = _SIDES, _KINDS, _TIMES, _PREVENTIONS, _TRUTH
    for (
        number, participant, group, instrument, side, kind, time_in_force,
        price, quantity, leaves, cumulative, value, fee_rate, fee, good_til,
        post_only, prevention, priority, cash_held, key,
    ) in _ROW.iter_unpack(rows):  # fmt: skip
        yield Order(
            number, participant, group, instrument, "", sides[side], kinds[kind], times[time_in_force],
            price, quantity, leaves, cumulative, value, fee_rate, fee,
            truth[post_only], preventions[prevention], good_til, priority, cash_held, [], (), key,
        )  # fmt: skip
