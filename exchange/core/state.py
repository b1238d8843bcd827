"""The whole memory of the exchange. Everything that the next command can depend on is in here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from exchange.core.approvals import Proposal, ProposalStatus
from exchange.core.commands.cash import WithdrawCash
from exchange.core.credits.budgets import Budgets
from exchange.core.credits.claims import Claims, ClaimStatus
from exchange.core.credits.encumbrance import Encumbrances
from exchange.core.credits.lots import CreditRegister
from exchange.core.credits.parcels import Parcels
from exchange.core.credits.registry_lock import Requests
from exchange.core.credits.staged import Imports
from exchange.core.deadlines import Deadlines
from exchange.core.instruments import Listing
from exchange.core.ledger.balances import Balances
from exchange.core.matching import OrderBook
from exchange.core.negotiated.agreed import Agreement
from exchange.core.orders import OpenOrders
from exchange.core.participants import Register
from exchange.core.rulebook import Rulebook
from exchange.core.sessions import Session
from exchange.core.timers import Timers
from exchange.core.values import (
    AgreementId,
    Fen,
    InstrumentId,
    IssuanceId,
    Micros,
    ParticipantId,
    ProjectId,
    ProposalId,
    Seq,
)


@dataclass(slots=True)
class ExchangeState:
    """The state after entry ``seq``; a new one is the state before the first entry.

    ``bank_references`` remembers every credited reference for ever, folded, with the entry that credited it.
    """

    seq: Seq = Seq(0)
    at: Micros = Micros(0)
    session: Session = field(default_factory=Session)
    rulebook: Rulebook = field(default_factory=Rulebook)
    register: Register = field(default_factory=Register)
    listing: Listing = field(default_factory=Listing)
    books: dict[InstrumentId, OrderBook] = field(default_factory=dict)
    orders: OpenOrders = field(default_factory=OpenOrders)
    deadlines: Deadlines = field(default_factory=Deadlines)
    balances: Balances = field(default_factory=Balances)
    credits: CreditRegister = field(default_factory=CreditRegister)
    parcels: Parcels = field(default_factory=Parcels)
    requests: Requests = field(default_factory=Requests)
    claims: Claims = field(default_factory=Claims)
    budgets: Budgets = field(default_factory=Budgets)
    encumbrances: Encumbrances = field(default_factory=Encumbrances)
    imports: Imports = field(default_factory=Imports)
    timers: Timers = field(default_factory=Timers)
    proposals: dict[ProposalId, Proposal] = field(default_factory=dict)
    agreements: dict[AgreementId, Agreement] = field(default_factory=dict)
    bank_references: dict[str, Seq] = field(default_factory=dict)

    def brought_in(self, project: ProjectId, firm: ParticipantId) -> dict[int, int]:
        """For how many tonnes of a project a firm answers, by vintage: those that it has brought in, whoever has them.

        What the registry has never locked here has become no unit. And quota that was issued against cancelled CCER is
        their tonnes under another name: who brought those in answers for them, so that one fire is owed once. Only when
        the conversion is revoked does the quota stand for itself, on nothing.
        """
        brought: dict[int, int] = {}
        for lot in (self.credits.lots[number] for number in self.credits.of_project.get(project, ())):
            if lot.brought_by == firm and not self._is_of_other_tonnes(lot.issuance):
                tonnes = lot.serials.tonnes - self.parcels.not_locked(lot.lot, firm)
                if tonnes:
                    brought[lot.vintage] = brought.get(lot.vintage, 0) + tonnes
        return brought

    def _is_of_other_tonnes(self, issuance: IssuanceId) -> bool:
        """Whether it is quota against a cancellation that is good."""
        behind = self.credits.issuances[issuance].converted
        return bool(behind) and self.claims.claims[behind].status is not ClaimStatus.REVOKED

    def held_by_proposals(self) -> Iterator[tuple[ParticipantId, Fen]]:
        """The money that open withdrawals hold, by owner."""
        for proposal in self.proposals.values():
            action = proposal.action
            if proposal.status is ProposalStatus.OPEN and isinstance(action, WithdrawCash):
                yield action.participant, action.amount
