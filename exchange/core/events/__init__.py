"""Everything that can happen, one file a department.

Events carry all that a reader needs to follow the exchange without its state: the committed view, the projections and
the feeds are built from them alone, after they are durable.
"""

from __future__ import annotations

from exchange.core.events.agreements import AgreementAffirmed, AgreementEnded, AgreementProposed, AgreementSettled
from exchange.core.events.credits import IssuanceRecorded, LotAdmitted, ParcelsMoved, ParcelsReshaped
from exchange.core.events.governance import (
    ActionApproved,
    ActionProposed,
    KeyRegistered,
    KeyRevoked,
    KeyRotated,
    PersonRegistered,
    ProposalRejected,
    Rejected,
    RulebookAdopted,
    SnapshotAttested,
    VenueOpened,
)
from exchange.core.events.markets import (
    DayClosing,
    DayOpened,
    InstrumentListed,
    JobFinished,
    JobStarted,
    ReferencePriceSet,
    TradingHalted,
    TradingResumed,
)
from exchange.core.events.orders import (
    CancelAfterSet,
    OrderAccepted,
    OrderCancelled,
    OrderReduced,
    OrderReplaced,
    OrderRested,
    Traded,
)
from exchange.core.events.participants import Booked, CashDeposited, CashWithdrawn, ParticipantAdmitted

Event = (
    Rejected
    | VenueOpened
    | RulebookAdopted
    | PersonRegistered
    | KeyRegistered
    | KeyRevoked
    | KeyRotated
    | ActionProposed
    | ActionApproved
    | ProposalRejected
    | SnapshotAttested
    | ParticipantAdmitted
    | CashDeposited
    | CashWithdrawn
    | Booked
    | InstrumentListed
    | ReferencePriceSet
    | TradingHalted
    | TradingResumed
    | JobStarted
    | JobFinished
    | DayClosing
    | DayOpened
    | IssuanceRecorded
    | LotAdmitted
    | ParcelsMoved
    | ParcelsReshaped
    | OrderAccepted
    | OrderRested
    | OrderReduced
    | OrderReplaced
    | OrderCancelled
    | CancelAfterSet
    | Traded
    | AgreementProposed
    | AgreementAffirmed
    | AgreementEnded
    | AgreementSettled
)

__all__ = [
    "ActionApproved",
    "ActionProposed",
    "AgreementAffirmed",
    "AgreementEnded",
    "AgreementProposed",
    "AgreementSettled",
    "Booked",
    "CancelAfterSet",
    "CashDeposited",
    "CashWithdrawn",
    "DayClosing",
    "DayOpened",
    "Event",
    "InstrumentListed",
    "IssuanceRecorded",
    "JobFinished",
    "JobStarted",
    "KeyRegistered",
    "KeyRevoked",
    "KeyRotated",
    "LotAdmitted",
    "OrderAccepted",
    "OrderCancelled",
    "OrderReduced",
    "OrderReplaced",
    "OrderRested",
    "ParcelsMoved",
    "ParcelsReshaped",
    "ParticipantAdmitted",
    "PersonRegistered",
    "ProposalRejected",
    "ReferencePriceSet",
    "Rejected",
    "RulebookAdopted",
    "SnapshotAttested",
    "Traded",
    "TradingHalted",
    "TradingResumed",
    "VenueOpened",
]
