"""Rule COVER: what a seller offers it has, what a buyer bids it can pay; no credit, no short selling (T18)."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter
from typing import Final

from exchange.core import holds
from exchange.core.instruments import Basket
from exchange.core.ledger.chart import CNY
from exchange.core.orders import LotHold, Order
from exchange.core.rejections import Refusal, RejectReason
from exchange.core.risk import MAX_NAMED_LOTS
from exchange.core.state import ExchangeState
from exchange.core.values import LotId, ParticipantId, Side, Tonnes

_SELL: Final = Side.SELL
_LOT: Final = attrgetter("lot")


def refuse_foreign_lots(state: ExchangeState, owner: ParticipantId, lots: tuple[LotId, ...]) -> Refusal | None:
    """Named lots must be the owner's own; another's look like none."""
    for lot in lots:
        if not state.parcels.has(lot, owner):
            return Refusal(RejectReason.LOT_NOT_FOUND)
    return None


def refuse_naming(side: Side, lots: tuple[LotId, ...]) -> Refusal | None:
    """Only a seller names lots, each once, and not too many."""
    if len(set(lots)) != len(lots) or len(lots) > MAX_NAMED_LOTS or (lots and side is Side.BUY):
        return Refusal(RejectReason.INVALID_FIELD)
    return None


def cover_order(state: ExchangeState, order: Order) -> Refusal | None:
    """Write into a new order what it will hold, or refuse because it is not there; the state is not changed."""
    if order.side is _SELL:
        basket = state.listing.basket_of[order.instrument]
        chosen = choose_tonnes(state, order.participant, basket, order.lots_named, order.leaves)
        if isinstance(chosen, Refusal):
            return chosen
        order.lots_held = chosen
        return None
    order.cash_held = needed = holds.cash_needed(order)
    return refuse_cash(state, order.participant, needed)


def refuse_cash(state: ExchangeState, owner: ParticipantId, needed: int) -> Refusal | None:
    """Whether available money covers ``needed`` fen."""
    available = state.balances.available(owner, CNY)
    if needed <= available:
        return None
    return Refusal(RejectReason.INSUFFICIENT_CASH, (("needed_cash", needed), ("available_cash", available)))


def choose_tonnes(
    state: ExchangeState, owner: ParticipantId, basket: Basket, named: tuple[LotId, ...], quantity: Tonnes
) -> list[LotHold] | Refusal:
    """The tonnes to hold: of the named lots in their order, else of all the owner's lots of the basket by the rule."""
    if not named:
        return choose_of(state, owner, map(_LOT, state.parcels.lots_in(owner, basket)), quantity)
    if any(state.credits.lots[lot].basket != basket for lot in named):
        return Refusal(RejectReason.LOT_NOT_ELIGIBLE)
    return choose_of(state, owner, named, quantity)


def choose_of(
    state: ExchangeState, owner: ParticipantId, lots: Iterable[LotId], quantity: Tonnes
) -> list[LotHold] | Refusal:
    """Take what is available of each lot in turn until the quantity is covered, or say how much there is in all.

    How much more of these lots is the owner's and not free is told, too, where there is any. No lot is looked at once
    the quantity is covered.
    """
    chosen: list[LotHold] = []
    looked_at: list[LotId] = []
    missing = int(quantity)
    for lot in lots:
        looked_at.append(lot)
        there = state.balances.available(owner, lot)
        if there <= 0:
            continue
        amount = min(there, missing)
        chosen.append(LotHold(lot, Tonnes(amount)))
        missing -= amount
        if not missing:
            return chosen
    needed, available = int(quantity), quantity - missing
    held = sum(state.balances.held(owner, lot) for lot in looked_at)
    if not held:
        return Refusal(RejectReason.INSUFFICIENT_TONNES, (("needed", needed), ("available", available)))
    return Refusal(RejectReason.INSUFFICIENT_TONNES, (("needed", needed), ("available", available), ("held", held)))
