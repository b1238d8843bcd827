"""How many separate serial ranges a delivery would move: asked before it, because each costs everybody's time.

Trading in single tonnes scatters a holding into single serials. To deliver one range costs about a hundred microseconds
until it is written, and everybody waits while one entry is done; seventy thousand at once were six seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from exchange.core.matching import fills_of
from exchange.core.orders import LotHold, Order
from exchange.core.rejections import Refusal, RejectReason
from exchange.core.state import ExchangeState
from exchange.core.values import LotId, OrderId, ParticipantId, Price, Side, Tonnes

MAX_RANGES: Final = 2_000
"""Ranges that one entry may deliver: about 0.2 s. No tonne is split, so as many tonnes are never refused."""

TOO_SCATTERED: Final = Refusal(RejectReason.TOO_MANY_RANGES, (("highest", MAX_RANGES),))

Delivery = tuple[ParticipantId, LotHold]
"""Who delivers how much of which lot."""


def refuse_scattered(state: ExchangeState, deliveries: Iterable[Delivery]) -> Refusal | None:
    """Whether these deliveries, one after the other, move too many ranges; looks at no more than it may count."""
    if sum(islice(_ranges(state, deliveries), MAX_RANGES + 1)) > MAX_RANGES:
        return Refusal(RejectReason.TOO_MANY_RANGES, (("highest", MAX_RANGES),))
    return None


def _ranges(state: ExchangeState, deliveries: Iterable[Delivery]) -> Iterator[int]:
    """A 1 for each range that is moved, lowest first, as the deliveries will find them."""
    done: dict[tuple[LotId, ParticipantId], tuple[int, int]] = {}
    for seller, part in deliveries:
        place = (part.lot, seller)
        parcels = state.parcels.held[place]
        at, used = done.get(place, (0, 0))
        missing = int(part.quantity)
        while missing:
            yield 1
            free = parcels[at].hi - parcels[at].lo - used
            if free > missing:
                used += missing
                break
            missing -= free
            at, used = at + 1, 0
        done[place] = (at, used)


def refuse_scattered_fills(
    state: ExchangeState, order: Order, price: Price, quantity: Tonnes, held: list[LotHold]
) -> Refusal | None:
    """The same for what an order would trade at once; ``held`` are the tonnes that cover it when it sells.

    A parcel is at least a tonne, so an order that is small enough is not looked at.
    """
    if quantity <= MAX_RANGES:
        return None
    book = state.books[order.instrument]
    fills = fills_of(book, order.side, price, quantity, order.group, order.self_trade_prevention)
    if order.side is Side.SELL:
        sold = Tonnes(sum(taken for _, taken in fills))
        return refuse_scattered(state, ((order.participant, part) for part in _first(held, sold)))
    return refuse_scattered(state, _delivered_by_resting(state, fills))


def _delivered_by_resting(state: ExchangeState, fills: Iterable[tuple[OrderId, int]]) -> Iterator[Delivery]:
    for order_id, taken in fills:
        resting = state.orders.by_id[order_id]
        for part in _first(resting.lots_held, Tonnes(taken)):
            yield resting.participant, part


def _first(held: Iterable[LotHold], quantity: Tonnes) -> Iterator[LotHold]:
    """What is taken of these lots for a quantity, in their order."""
    missing = int(quantity)
    for part in held:
        if not missing:
            return
        taken = min(missing, int(part.quantity))
        missing -= taken
        yield LotHold(part.lot, Tonnes(taken))
