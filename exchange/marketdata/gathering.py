"""The beginning of an account that is followed: gathered in pieces, for a firm may have a hundred thousand open orders.

The committed view has them all, but to copy so many takes a tenth of a second, in which nobody else would be answered.
So an account is copied piece by piece, and whatever happens to it between two pieces is only noted: those orders are
copied again at the end. The last piece is taken in one step, so the account is exactly as it stands after one entry,
the newest one. It is small, unless so much happens to the account meanwhile that it would not become smaller.
"""

from __future__ import annotations

from typing import Final

from exchange.core.events.orders import OrderAccepted, OrderCancelled, OrderReduced, OrderReplaced, Traded
from exchange.core.values import Micros, OrderId, ParticipantId, Seq, Side
from exchange.marketdata.private import Accounts, OwnAccount, OwnOrder, OwnUpdate, own_order

PIECE: Final = 1_000
"""Orders that are copied at once: about a millisecond."""


class GatheredAccount:
    """An account on its way to be an :class:`OwnAccount`; told of events meanwhile (``Follower``), it tells nothing."""

    __slots__ = ("_accounts", "_again", "_left", "_orders", "_round", "participant")

    def __init__(self, participant: ParticipantId, accounts: Accounts) -> None:
        """Nothing is copied yet."""
        self.participant = participant
        self._accounts = accounts
        self._orders: dict[OrderId, OwnOrder] = {}
        self._left = list(accounts.open_orders(participant))
        self._left.reverse()
        self._round = len(self._left)
        self._again: dict[OrderId, None] = {}

    def go_on(self) -> OwnAccount | None:
        """Copy a further piece; the account, as it stands now, once that was all."""
        for _ in range(min(PIECE, len(self._left))):
            self._copy(self._left.pop())
        if self._left:
            return None
        if PIECE < len(self._again) < self._round:
            self._left, self._again = list(reversed(self._again)), {}
            self._round = len(self._left)
            return None
        for order in self._again:
            self._copy(order)
        return OwnAccount(self.participant, self._orders, self._accounts)

    def _copy(self, order: OrderId) -> None:
        row = self._accounts.order(order)
        if row is None:
            self._orders.pop(order, None)
        else:
            self._orders[order] = own_order(row)

    def on_accepted(self, event: OrderAccepted, _at: Micros) -> None:
        """A new order."""
        self._again[event.order] = None

    def on_amended(self, event: OrderReduced | OrderReplaced, _at: Micros) -> None:
        """New terms."""
        self._again[event.order] = None

    def on_cancelled(self, event: OrderCancelled, _at: Micros) -> None:
        """It ended."""
        self._again[event.order] = None

    def on_traded(self, event: Traded, side: Side, _counterparty: str, _at: Micros) -> None:
        """One of its orders was filled further."""
        self._again[event.buy_order if side is Side.BUY else event.sell_order] = None

    def on_posted(self, _asset: int, _posted: int, _held: int) -> None:
        """Balances are read in the last step."""

    def take(self, _seq: Seq, _at: Micros) -> OwnUpdate | None:
        """Nobody listens yet."""
        return None
