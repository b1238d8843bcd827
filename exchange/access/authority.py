"""What a principal may ask for: the early form of the core's own authority, and the scopes that a key needs.

Roles are not listed here a second time: the tables of the core are read, so that the edge and the core cannot disagree.
What is here is which scope of a key each command asks for, and who may read what.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from exchange.access.principal import Principal
from exchange.core.approvals import PROPOSERS
from exchange.core.authority import AUTHORITY
from exchange.core.commands import Action, Command
from exchange.core.commands.agreements import AffirmAgreement, ConfirmAgreement, DeclineAgreement, ProposeAgreement
from exchange.core.commands.approvals import Approve, Propose, RejectProposal
from exchange.core.commands.cash import DepositCash, WithdrawCash
from exchange.core.commands.credits import AdmitLot, RecordIssuance
from exchange.core.commands.governance import AdoptRulebook, PersonRole, RegisterKey, RegisterStaff, RevokeKey, Scope
from exchange.core.commands.instruments import EndOfDay, HaltTrading, ListInstrument, ResumeTrading
from exchange.core.commands.orders import AmendOrder, CancelAllOrders, CancelOrder, PlaceOrder
from exchange.core.commands.participants import AdmitParticipant, RegisterTrader

READ, TRADE, FUNDS, MANAGE = Scope.READ, Scope.TRADE, Scope.FUNDS, Scope.MANAGE
TRADER, OPERATOR, REGULATOR, AUDITOR = PersonRole.TRADER, PersonRole.OPERATOR, PersonRole.REGULATOR, PersonRole.AUDITOR

SCOPES: Final[dict[type, int]] = {
    PlaceOrder: TRADE,
    CancelOrder: TRADE,
    AmendOrder: TRADE,
    CancelAllOrders: TRADE | MANAGE,
    ProposeAgreement: TRADE,
    AffirmAgreement: TRADE,
    DeclineAgreement: TRADE,
    ConfirmAgreement: MANAGE,
    DepositCash: FUNDS,
    RegisterKey: MANAGE,
    RevokeKey: MANAGE,
    AdmitParticipant: MANAGE,
    RegisterTrader: MANAGE,
    ListInstrument: MANAGE,
    HaltTrading: MANAGE,
    EndOfDay: MANAGE,
    Propose: FUNDS | MANAGE,
    Approve: MANAGE,
    RejectProposal: FUNDS | MANAGE,
}
"""Of which scopes a key needs at least one to give a command. The program's own commands have none and no route."""

ACTION_SCOPES: Final[dict[type, int]] = {
    WithdrawCash: FUNDS,
    AdmitLot: FUNDS | MANAGE,
    RecordIssuance: MANAGE,
    AdoptRulebook: MANAGE,
    RegisterStaff: MANAGE,
    ResumeTrading: MANAGE,
}
"""The same for what is proposed: value in and out needs FUNDS, the venue's own matters need MANAGE."""


class Audience(Enum):
    """Who may read something, by role; PUBLIC needs no key at all."""

    PUBLIC = None  # an empty tuple is taken for "no value" by the enum of Python 3.11.2, which Debian 12 has
    EVERYBODY = (TRADER, OPERATOR, REGULATOR, AUDITOR)
    PARTICIPANTS = (TRADER,)
    SUPERVISION = (OPERATOR, REGULATOR, AUDITOR)

    @property
    def roles(self) -> tuple[PersonRole, ...]:
        """The roles that may read."""
        return self.value or ()

    def admits(self, principal: Principal) -> bool:
        """Whether the role is one of those."""
        return principal.role in self.roles


def may_command(role: PersonRole, command: type[Command]) -> bool:
    """Whether the role may give this kind of command at all; ownership is decided in the core."""
    return role in AUTHORITY[command].roles


def may_propose(principal: Principal, action: type[Action]) -> bool:
    """Whether the role may propose this kind of action at all."""
    return principal.role in PROPOSERS[action]
