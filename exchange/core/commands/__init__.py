"""Everything that can be asked of the exchange, one file a department.

A command is a slotted record that nobody changes after it was made. Its ``actor`` is the person who asks; the sequencer
adds when (``seq``, ``at``) and with which key; all three stand in the journal beside it.
"""

from __future__ import annotations

from exchange.core.commands.agreements import AffirmAgreement, ConfirmAgreement, DeclineAgreement, ProposeAgreement
from exchange.core.commands.approvals import Action, Approve, Propose, RejectProposal
from exchange.core.commands.cash import DepositCash
from exchange.core.commands.governance import Genesis, RegisterKey, RevokeKey
from exchange.core.commands.instruments import AttestSnapshot, ContinueJob, EndOfDay, HaltTrading, ListInstrument
from exchange.core.commands.orders import AmendOrder, CancelAllOrders, CancelOrder, PlaceOrder
from exchange.core.commands.participants import AdmitParticipant

Command = (
    Genesis
    | RegisterKey
    | RevokeKey
    | AdmitParticipant
    | ListInstrument
    | HaltTrading
    | EndOfDay
    | ContinueJob
    | AttestSnapshot
    | DepositCash
    | PlaceOrder
    | CancelOrder
    | AmendOrder
    | CancelAllOrders
    | ProposeAgreement
    | AffirmAgreement
    | DeclineAgreement
    | ConfirmAgreement
    | Propose
    | Approve
    | RejectProposal
)
"""What the sequencer accepts. The actions of :data:`Action` come wrapped in :class:`Propose`."""

__all__ = ["Action", "Command"]
