"""Where accounts stand by the committed view, as market data asks it (:mod:`exchange.marketdata.private`)."""

from __future__ import annotations

from collections.abc import Iterable

from exchange.core.ledger.chart import CNY
from exchange.core.values import OrderId, ParticipantId, Seq
from exchange.marketdata.private import OpenOrder
from exchange.sequencer.committed_view import CommittedView


class ViewAccounts:
    """The committed view in the words of market data."""

    def __init__(self, view: CommittedView) -> None:
        self._view = view

    @property
    def seq(self) -> Seq:
        """Up to which entry all of this is true."""
        return self._view.seq

    def open_orders(self, participant: ParticipantId) -> Iterable[OrderId]:
        """A participant's open orders, oldest first."""
        return self._view.orders.by_participant.get(participant, ())

    def order(self, order: OrderId) -> OpenOrder | None:
        """An order, as long as it is open."""
        return self._view.orders.by_id.get(order)

    def count(self, participant: ParticipantId) -> int:
        """How many open orders it has."""
        return len(self._view.orders.by_participant.get(participant, ()))

    def balances(self, participant: ParticipantId) -> Iterable[tuple[int, int, int]]:
        """Money, and every lot of which it has a tonne: (asset, all of it, what of it is held)."""
        for asset in (CNY, *self._view.units.held_lots(participant)):
            balance = self._view.money.balance(participant, asset)
            yield asset, balance.posted, balance.debits_pending

    def code(self, participant: ParticipantId) -> str:
        """The code by which others see it."""
        return self._view.people.code(participant)
