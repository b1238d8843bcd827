"""Holds: what an open order reserves, so that every trade is paid and delivered before it happens (rule COVER).

A buy holds leaves times limit plus the largest fee that filling them could cost; a sell holds its leaves as tonnes of
named lots. The functions say what is needed and make the postings; they check nothing.
"""

from __future__ import annotations

from typing import Final

from exchange.core.events.participants import Layer, Posting
from exchange.core.ledger import posting
from exchange.core.ledger.chart import CLEARING, CNY
from exchange.core.orders import LotHold, Order
from exchange.core.values import Fen, ParticipantId, Ppm, Price, Side, Tonnes, notional, share

_BUY: Final = Side.BUY
_NO_MONEY: Final = Fen(0)
_HOLD: Final = Layer.HOLD
_RELEASE: Final = Layer.RELEASE


def cash_for(price: Price, leaves: Tonnes, value: Fen, fee: Fen, rate: Ppm) -> Fen:
    """Leaves at the limit plus the fee that their filling there would add, in fen."""
    most = notional(price, leaves)
    if not rate:
        return most
    return Fen(most + share(rate, Fen(value + most)) - fee)


def cash_needed(order: Order) -> Fen:
    """What a buy order must hold now (INV-15). Nothing is left to hold once nothing is left to fill."""
    leaves = order.leaves
    if not leaves:
        return _NO_MONEY
    if not order.fee_rate:
        return notional(order.price, leaves)
    return cash_for(order.price, leaves, order.value, order.fee, order.fee_rate)


def tonnes_held(order: Order) -> Tonnes:
    """What a sell order holds, over all its lots."""
    held = 0
    for part in order.lots_held:
        held += part.quantity
    return held  # type: ignore[return-value]


def place(order: Order) -> list[Posting]:
    """Reserve what a new order holds."""
    owner = order.participant
    if order.side is _BUY:
        # A price is at least one fen, so there is something to hold.
        return [Posting(_HOLD, owner, CLEARING, CNY, order.cash_held)]
    return [Posting(_HOLD, owner, CLEARING, part.lot, part.quantity) for part in order.lots_held]


def release_all(order: Order) -> list[Posting]:
    """Give back everything that an ending order holds."""
    owner = order.participant
    if order.side is _BUY:
        # What has something left to fill holds something.
        postings = [Posting(_RELEASE, owner, CLEARING, CNY, order.cash_held)]
        order.cash_held = _NO_MONEY
    else:
        postings = [Posting(_RELEASE, owner, CLEARING, part.lot, part.quantity) for part in order.lots_held]
        order.lots_held = []
    return postings


def hold_lots(owner: ParticipantId, lots: list[LotHold], out: list[Posting]) -> None:
    """Reserve tonnes of lots."""
    for part in lots:
        posting.hold(owner, part.lot, part.quantity, out)


def release_lots(owner: ParticipantId, lots: list[LotHold], out: list[Posting]) -> None:
    """Give reserved tonnes of lots back."""
    for part in lots:
        posting.release(owner, part.lot, part.quantity, out)


def shift_cash(order: Order, out: list[Posting]) -> None:
    """Bring a buy order's hold to what it needs after its price or leaves were amended."""
    needed = cash_needed(order)
    if needed > order.cash_held:
        posting.hold(order.participant, CNY, needed - order.cash_held, out)
    else:
        posting.release(order.participant, CNY, order.cash_held - needed, out)
    order.cash_held = needed


def drop_tonnes(order: Order, surplus: int, out: list[Posting]) -> None:
    """Release ``surplus`` tonnes of a sell order, from the lot that it would deliver last."""
    while surplus:
        part = order.lots_held[-1]
        amount = min(part.quantity, surplus)
        posting.release(order.participant, part.lot, amount, out)
        surplus -= amount
        if amount == part.quantity:
            order.lots_held.pop()
        else:
            part.quantity = Tonnes(part.quantity - amount)


def add_tonnes(order: Order, more: list[LotHold], out: list[Posting]) -> None:
    """Reserve more tonnes for a sell order; a lot that it ends with already is not listed twice."""
    hold_lots(order.participant, more, out)
    for part in more:
        same = next((held for held in order.lots_held if held.lot == part.lot), None)
        if same is None:
            order.lots_held.append(part)
        else:
            same.quantity = Tonnes(same.quantity + part.quantity)
