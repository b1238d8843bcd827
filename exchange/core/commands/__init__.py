"""Everything that can be asked of the exchange, one file a department.

A command is a slotted record that nobody changes after it was made. Its ``actor`` is the person who asks; the sequencer
adds when (``seq``, ``at``) and with which key; all three stand in the journal beside it.
"""

from __future__ import annotations

from exchange.core.commands.agreements import AffirmAgreement, ConfirmAgreement, DeclineAgreement, ProposeAgreement
from exchange.core.commands.approvals import Action, Approve, Propose, RejectProposal
from exchange.core.commands.cash import DepositCash
from exchange.core.commands.credits import RequestLock, StageUnits
from exchange.core.commands.encumbrances import ContinueEncumbering, Encumber
from exchange.core.commands.governance import Genesis, RegisterKey, RevokeKey, RotateKey
from exchange.core.commands.instruments import AttestSnapshot, ContinueJob, EndOfDay, HaltTrading, ListInstrument
from exchange.core.commands.orders import (
    AmendOrder,
    CancelAllOrders,
    CancelOrder,
    CancelUnattended,
    PlaceOrder,
    SetCancelAfter,
)
from exchange.core.commands.participants import AdmitParticipant
from exchange.core.commands.registry import AnswerRequest, GiveUpWaiting, SendRelease
from exchange.core.commands.uses import CallOffRelease

Command = (
    Genesis
    | RegisterKey
    | RevokeKey
    | RotateKey
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
    | SetCancelAfter
    | CancelUnattended
    | ProposeAgreement
    | AffirmAgreement
    | DeclineAgreement
    | ConfirmAgreement
    | Propose
    | Approve
    | RejectProposal
    | RequestLock
    | StageUnits
    | AnswerRequest
    | GiveUpWaiting
    | SendRelease
    | CallOffRelease
    | Encumber
    | ContinueEncumbering
)
"""What the sequencer accepts. The actions of :data:`Action` come wrapped in :class:`Propose`."""

__all__ = ["Action", "Command"]
