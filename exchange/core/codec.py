"""The vocabulary's numbers: which tag each command and event has in canonical bytes.

A tag is given once and never reused; a record that is retired leaves its number empty. Golden vectors in
``tests/core/golden`` pin the bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, cast

from exchange.core import commands as c
from exchange.core import events as e
from exchange.core.canonical import TaggedUnion
from exchange.core.commands import (
    agreements,
    approvals,
    cash,
    credits,
    encumbrances,
    governance,
    instruments,
    orders,
    participants,
    projects,
    registry,
    uses,
)
from exchange.core.commands.approvals import Action

ACTIONS: Final = TaggedUnion(
    Action,
    {
        1: cash.WithdrawCash,
        2: projects.RecordIssuance,
        3: credits.AdmitLot,
        4: governance.AdoptRulebook,
        5: governance.RegisterStaff,
        6: instruments.ResumeTrading,
        7: participants.RegisterTrader,
        8: governance.ReplaceKeys,
        9: projects.RegisterProject,
        10: projects.SetFacility,
        11: credits.ReturnUnits,
        12: credits.CommitImport,
        13: registry.AnswerOnPaper,
        14: uses.UseUnits,
        15: uses.ReleaseUnits,
        16: uses.RevokeClaim,
        17: uses.SetObligation,
        18: uses.SetBudget,
        19: encumbrances.LiftEncumbrance,
        20: encumbrances.ReportReversal,
        21: encumbrances.ForceCancellation,
        22: encumbrances.WithdrawReversal,
    },
)
_ACTION_CODEC: Final = {Action: ACTIONS.codec}

COMMANDS: Final = TaggedUnion(
    c.Command,
    {
        1: governance.Genesis,
        2: governance.RegisterKey,
        3: governance.RevokeKey,
        4: participants.AdmitParticipant,
        5: instruments.ListInstrument,
        6: instruments.HaltTrading,
        7: instruments.EndOfDay,
        8: instruments.ContinueJob,
        9: instruments.AttestSnapshot,
        10: cash.DepositCash,
        11: orders.PlaceOrder,
        12: orders.CancelOrder,
        13: orders.AmendOrder,
        14: orders.CancelAllOrders,
        15: agreements.ProposeAgreement,
        16: agreements.AffirmAgreement,
        17: agreements.DeclineAgreement,
        18: agreements.ConfirmAgreement,
        19: approvals.Propose,
        20: approvals.Approve,
        21: approvals.RejectProposal,
        22: orders.SetCancelAfter,
        23: orders.CancelUnattended,
        24: governance.RotateKey,
        25: credits.RequestLock,
        26: credits.StageUnits,
        27: registry.AnswerRequest,
        28: registry.GiveUpWaiting,
        29: registry.SendRelease,
        30: uses.CallOffRelease,
        31: encumbrances.Encumber,
        32: encumbrances.ContinueEncumbering,
    },
    _ACTION_CODEC,
)

EVENTS: Final = TaggedUnion(
    e.Event,
    {
        1: e.Rejected,
        2: e.VenueOpened,
        3: e.RulebookAdopted,
        4: e.PersonRegistered,
        5: e.KeyRegistered,
        6: e.KeyRevoked,
        7: e.ActionProposed,
        8: e.ActionApproved,
        9: e.ProposalRejected,
        10: e.SnapshotAttested,
        11: e.ParticipantAdmitted,
        12: e.CashDeposited,
        13: e.CashWithdrawn,
        14: e.Booked,
        15: e.InstrumentListed,
        16: e.ReferencePriceSet,
        17: e.TradingHalted,
        18: e.TradingResumed,
        19: e.JobStarted,
        20: e.JobFinished,
        21: e.DayClosing,
        22: e.DayOpened,
        23: e.IssuanceRecorded,
        24: e.LotAdmitted,
        25: e.ParcelsMoved,
        26: e.ParcelsReshaped,
        27: e.OrderAccepted,
        28: e.OrderRested,
        29: e.OrderReduced,
        30: e.OrderReplaced,
        31: e.OrderCancelled,
        32: e.Traded,
        33: e.AgreementProposed,
        34: e.AgreementAffirmed,
        35: e.AgreementEnded,
        36: e.AgreementSettled,
        37: e.CancelAfterSet,
        38: e.KeyRotated,
        39: e.ProjectRegistered,
        40: e.FacilitySet,
        41: e.UnitsChanged,
        42: e.UnitsStaged,
        43: e.ImportCommitted,
        44: e.RegistryAsked,
        45: e.RegistryAnswered,
        46: e.RegistrySilent,
        47: e.RegistryContradicted,
        48: e.ClaimMade,
        49: e.ClaimApproved,
        50: e.ClaimEnded,
        51: e.ClaimFulfilled,
        52: e.ClaimRevoked,
        53: e.ReleaseMade,
        54: e.ReleaseApproved,
        55: e.ReleaseEnded,
        56: e.ReleaseSent,
        57: e.ReleaseDone,
        58: e.ObligationSet,
        59: e.BudgetSet,
        60: e.BudgetAdjusted,
        61: e.EncumbranceSet,
        62: e.UnitsEncumbered,
        63: e.EncumbranceLifted,
        64: e.ReversalReported,
        65: e.ReversalReplaced,
        66: e.UnitsFreed,
        67: e.ReturnAsked,
        68: e.ReversalWithdrawn,
        69: e.ReversalOwedAgain,
    },
    _ACTION_CODEC,
)


def encode_events(events: Iterable[e.Event]) -> bytes:
    """All events of one entry, one behind the other; each carries its tag, so the list needs no frame."""
    encoders = EVENTS.encoders
    return b"".join([encoders[type(event)](event) for event in events])


def decode_events(data: bytes) -> list[e.Event]:
    """The events of one entry; raises :class:`~exchange.core.canonical.CanonicalError` on anything else."""
    events: list[e.Event] = []
    at = 0
    while at < len(data):
        event, at = EVENTS.decode_from(data, at)
        events.append(cast(e.Event, event))
    return events


def encode_command(command: c.Command) -> bytes:
    """The canonical bytes of a command, tag first."""
    return COMMANDS.encode(command)


def decode_command(data: bytes) -> c.Command:
    """The command that these bytes are; raises :class:`~exchange.core.canonical.CanonicalError` otherwise."""
    return cast(c.Command, COMMANDS.decode(data))
