"""Ending what needs tonnes that are taken away from their owner: open sells, newest first, and then agreements.

A firm can have a hundred thousand sells open over one lot, and no entry may take that long; so one entry ends a bounded
number of them, and whoever asks goes on in the next.
"""

from __future__ import annotations

from exchange.core.credits.lots import Lot
from exchange.core.events.orders import CancelReason
from exchange.core.handlers.agreements import end_uncovered
from exchange.core.handlers.execution import end_resting
from exchange.core.handlers.step import Step
from exchange.core.state import ExchangeState
from exchange.core.values import AgreementId, LotId, OrderId, ParticipantId

Place = tuple[ParticipantId, LotId]


class Uncovering:
    """Frees tonnes within one entry, ending no more than ``most`` orders and agreements in all."""

    __slots__ = ("_agreements", "_asked", "_left", "_sells", "_step")

    def __init__(self, step: Step, most: int) -> None:
        """Begin with nothing ended."""
        self._step = step
        self._left = most
        self._asked: dict[Place, int] = {}
        self._sells: dict[Place, list[OrderId]] = {}
        self._agreements: dict[Place, list[AgreementId]] = {}

    def frees(self, lot: Lot, owner: ParticipantId, tonnes: int) -> bool:
        """Whether an owner has so many tonnes of a lot available besides those that were asked for before, after what
        stands in the way was ended.

        The owner must have that many that can be sold. False when this entry has ended as much as it may.
        """
        place, available = (owner, lot.lot), self._step.state.balances.available
        needed = self._asked.get(place, 0) + tonnes
        while available(owner, lot.lot) < needed:
            if not self._left:
                return False
            self._end_newest(lot, owner)
        self._asked[place] = needed
        return True

    def _end_newest(self, lot: Lot, owner: ParticipantId) -> None:
        """End one order, or one agreement when there is no order left. What another lot has ended is passed over."""
        state, place = self._step.state, (owner, lot.lot)
        if place not in self._sells:
            self._sells[place] = _sells_holding(state, owner, lot)
        sells = self._sells[place]
        while sells:
            order = state.orders.by_id.get(sells.pop())
            if order is not None:
                self._left -= 1
                end_resting(self._step, order, CancelReason.ENCUMBERED)
                return
        self._end_agreement(place)

    def _end_agreement(self, place: Place) -> None:
        if place not in self._agreements:
            self._agreements[place] = _agreements_holding(self._step.state, *place)
        self._left -= 1
        end_uncovered(self._step, self._agreements[place].pop())


def _sells_holding(state: ExchangeState, owner: ParticipantId, lot: Lot) -> list[OrderId]:
    """The owner's open sells that hold tonnes of a lot, oldest first; only the lot's own instrument can have them."""
    own, instrument = state.orders.own.get(owner), state.listing.baskets.get(lot.basket)
    if own is None or instrument is None:
        return []
    shelves = [entered.sells[instrument] for entered in own.by_key.values() if instrument in entered.sells]
    orders = (state.orders.by_id[number] for shelf in shelves for number in shelf)
    return sorted(order.order for order in orders if any(part.lot == lot.lot for part in order.lots_held))


def _agreements_holding(state: ExchangeState, owner: ParticipantId, lot: LotId) -> list[AgreementId]:
    """The agreements for which the owner's tonnes of a lot are held, oldest first."""
    return sorted(
        agreement.agreement
        for agreement in state.agreements.values()
        if agreement.seller == owner and any(part.lot == lot for part in agreement.lots_held)
    )
