"""Orders in rows: only what was packed is read, and everything that was."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from exchange.core.canonical import CanonicalError
from exchange.core.order_rows import (
    ClientIdRow,
    HeldRow,
    NamedLotRow,
    client_ids_of,
    held_by,
    named_by,
    pack_orders,
    unpack_orders,
)
from exchange.core.values import LotId, OrderId, Tonnes
from tests.core.golden.story import told

ORDERS = list(told().state.orders.by_id.values())
ROWS = pack_orders(ORDERS)
SIZE = len(ROWS) // len(ORDERS)
SIDE_AT = 32
"""Where a row tells the side: behind four numbers."""


def test_orders_come_back_as_they_were() -> None:
    assert list(unpack_orders(ROWS, client_ids_of(ORDERS), held_by(ORDERS), named_by(ORDERS))) == ORDERS


@pytest.mark.parametrize(
    "damage",
    [
        lambda rows: rows[:-1],
        lambda rows: rows[:SIZE] + rows,
        lambda rows: rows[SIZE:] + rows[:SIZE],
        lambda rows: rows[:SIDE_AT] + b"\x00\x63" + rows[SIDE_AT + 2 :],
    ],
)
def test_rows_that_cannot_be_are_refused(damage: Callable[[bytes], bytes]) -> None:
    assert len(ORDERS) > 1
    with pytest.raises(CanonicalError):
        list(unpack_orders(damage(ROWS), client_ids_of(ORDERS), held_by(ORDERS), named_by(ORDERS)))


def test_nothing_is_told_of_an_order_that_is_not_there() -> None:
    nobody, lot = OrderId(ORDERS[-1].order + 1), LotId(1)
    for own, held, named in (
        ([ClientIdRow(nobody, "x")], [], []),
        ([], [HeldRow(nobody, lot, Tonnes(1))], []),
        ([], [], [NamedLotRow(nobody, lot)]),
    ):
        with pytest.raises(CanonicalError, match="not there"):
            list(unpack_orders(ROWS, own, held, named))
