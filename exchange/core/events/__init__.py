"""Everything that can happen, one file a department.

Events carry all that a reader needs to follow the exchange without its state: the committed view, the projections and
the feeds are built from them alone, after they are durable.
"""

from __future__ import annotations

from exchange.core.events.agreements import AgreementAffirmed, AgreementEnded, AgreementProposed, AgreementSettled
from exchange.core.events.credits import (
    FacilitySet,
    ImportCommitted,
    IssuanceRecorded,
    LotAdmitted,
    ParcelsMoved,
    ParcelsReshaped,
    ProjectRegistered,
    UnitsChanged,
    UnitsStaged,
)
from exchange.core.events.encumbrances import (
    EncumbranceLifted,
    EncumbranceSet,
    ReversalOwedAgain,
    ReversalReplaced,
    ReversalReported,
    ReversalWithdrawn,
    UnitsEncumbered,
    UnitsFreed,
)
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
from exchange.core.events.registry import (
    RegistryAnswered,
    RegistryAsked,
    RegistryContradicted,
    RegistrySilent,
    ReturnAsked,
)
from exchange.core.events.uses import (
    BudgetAdjusted,
    BudgetSet,
    ClaimApproved,
    ClaimEnded,
    ClaimFulfilled,
    ClaimMade,
    ClaimRevoked,
    ObligationSet,
    ReleaseApproved,
    ReleaseDone,
    ReleaseEnded,
    ReleaseMade,
    ReleaseSent,
)

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
    | ProjectRegistered
    | FacilitySet
    | UnitsChanged
    | UnitsStaged
    | ImportCommitted
    | RegistryAnswered
    | RegistryAsked
    | RegistryContradicted
    | RegistrySilent
    | BudgetAdjusted
    | BudgetSet
    | ClaimApproved
    | ClaimEnded
    | ClaimFulfilled
    | ClaimMade
    | ClaimRevoked
    | ObligationSet
    | ReleaseApproved
    | ReleaseDone
    | ReleaseEnded
    | ReleaseMade
    | ReleaseSent
    | EncumbranceLifted
    | EncumbranceSet
    | ReturnAsked
    | ReversalOwedAgain
    | ReversalReplaced
    | ReversalReported
    | ReversalWithdrawn
    | UnitsEncumbered
    | UnitsFreed
)

__all__ = [
    "ActionApproved",
    "ActionProposed",
    "AgreementAffirmed",
    "AgreementEnded",
    "AgreementProposed",
    "AgreementSettled",
    "Booked",
    "BudgetAdjusted",
    "BudgetSet",
    "CancelAfterSet",
    "CashDeposited",
    "CashWithdrawn",
    "ClaimApproved",
    "ClaimEnded",
    "ClaimFulfilled",
    "ClaimMade",
    "ClaimRevoked",
    "DayClosing",
    "DayOpened",
    "EncumbranceLifted",
    "EncumbranceSet",
    "Event",
    "FacilitySet",
    "ImportCommitted",
    "InstrumentListed",
    "IssuanceRecorded",
    "JobFinished",
    "JobStarted",
    "KeyRegistered",
    "KeyRevoked",
    "KeyRotated",
    "LotAdmitted",
    "ObligationSet",
    "OrderAccepted",
    "OrderCancelled",
    "OrderReduced",
    "OrderReplaced",
    "OrderRested",
    "ParcelsMoved",
    "ParcelsReshaped",
    "ParticipantAdmitted",
    "PersonRegistered",
    "ProjectRegistered",
    "ProposalRejected",
    "ReferencePriceSet",
    "RegistryAnswered",
    "RegistryAsked",
    "RegistryContradicted",
    "RegistrySilent",
    "Rejected",
    "ReleaseApproved",
    "ReleaseDone",
    "ReleaseEnded",
    "ReleaseMade",
    "ReleaseSent",
    "ReturnAsked",
    "ReversalOwedAgain",
    "ReversalReplaced",
    "ReversalReported",
    "ReversalWithdrawn",
    "RulebookAdopted",
    "SnapshotAttested",
    "Traded",
    "TradingHalted",
    "TradingResumed",
    "UnitsChanged",
    "UnitsEncumbered",
    "UnitsFreed",
    "UnitsStaged",
    "VenueOpened",
]
