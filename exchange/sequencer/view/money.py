"""Balances and fees as committed. The arithmetic of a posting is the ledger's own."""

from __future__ import annotations

from dataclasses import dataclass, field

from exchange.core.events.agreements import AgreementSettled
from exchange.core.events.orders import Traded
from exchange.core.events.participants import Booked
from exchange.core.ledger.balances import Balance, Balances
from exchange.core.values import Fen, Micros, ParticipantId, Seq

_EMPTY = Balance()


@dataclass(slots=True)
class Money:
    """Every account of the ledger (cash in fen, lots in tonnes) and what each participant has paid in fees."""

    balances: Balances = field(default_factory=Balances)
    fees: dict[ParticipantId, Fen] = field(default_factory=dict)

    def balance(self, owner: int, asset: int) -> Balance:
        """An account; an empty one where nothing was ever posted."""
        return self.balances.get(owner, asset) or _EMPTY

    def on_booked(self, event: Booked, _seq: Seq, _at: Micros) -> None:
        """A ledger transaction."""
        self.balances.apply(event.postings)

    def on_traded(self, event: Traded, _seq: Seq, _at: Micros) -> None:
        """Both sides of a trade paid their fees."""
        self._charge(event.buyer, event.buy_fee)
        self._charge(event.seller, event.sell_fee)

    def on_settled(self, event: AgreementSettled, _seq: Seq, _at: Micros) -> None:
        """Both sides of an agreed trade paid their fees."""
        self._charge(event.buyer, event.buy_fee)
        self._charge(event.seller, event.sell_fee)

    def _charge(self, participant: ParticipantId, fee: Fen) -> None:
        if fee:
            self.fees[participant] = Fen(self.fees.get(participant, 0) + fee)
