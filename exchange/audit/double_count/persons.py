"""Who agreed: what two persons must agree to was proposed by one and approved by another, and done as proposed."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from exchange.audit.double_count.findings import Notebook
from exchange.core.codec import ACTIONS
from exchange.core.commands.credits import AdmitLot, CommitImport, ReturnUnits
from exchange.core.commands.encumbrances import (
    ForceCancellation,
    LiftEncumbrance,
    ReportReversal,
    WithdrawReversal,
)
from exchange.core.commands.projects import RecordIssuance, RegisterProject, SetFacility
from exchange.core.commands.uses import ReleaseUnits, RevokeClaim, SetBudget, SetObligation, UseUnits
from exchange.core.events.credits import FacilitySet, ImportCommitted, IssuanceRecorded, LotAdmitted, ProjectRegistered
from exchange.core.events.encumbrances import ReversalReported, ReversalWithdrawn
from exchange.core.events.governance import ActionApproved, ActionProposed, VenueOpened
from exchange.core.events.uses import BudgetSet, ClaimApproved, ClaimRevoked, ObligationSet, ReleaseApproved

AGREED: Final[dict[type, tuple[type, ...]]] = {
    ProjectRegistered: (RegisterProject,),
    FacilitySet: (SetFacility,),
    IssuanceRecorded: (RecordIssuance, CommitImport),
    LotAdmitted: (AdmitLot, CommitImport),
    ImportCommitted: (CommitImport,),
    ClaimApproved: (UseUnits, ForceCancellation),
    ClaimRevoked: (RevokeClaim,),
    ReleaseApproved: (ReleaseUnits,),
    ReversalReported: (ReportReversal,),
    ReversalWithdrawn: (WithdrawReversal,),
    ObligationSet: (SetObligation,),
    BudgetSet: (SetBudget,),
}
"""Events that only an approval makes, and of which actions. A sandbox gives play units without any."""

_PLAYED: Final = (ProjectRegistered, IssuanceRecorded, LotAdmitted)


class Persons:
    """Follows proposals and approvals."""

    def __init__(self, notebook: Notebook) -> None:
        """Nothing is proposed yet."""
        self._tell = notebook.tell
        self._proposed: dict[int, ActionProposed] = {}
        self._lifting: set[int] = set()
        self._is_sandbox = False
        self.agreed: Any = None
        """The action that the entry which is being read carries out, None in every other entry."""

    def begin(self) -> None:
        """The next entry."""
        self.agreed = None

    def opened(self, event: VenueOpened) -> None:
        """The venue says whether it is a sandbox."""
        self._is_sandbox = event.sandbox_tonnes > 0

    def proposed(self, event: ActionProposed) -> None:
        """Somebody put an action before a second person, under the hash of what it is."""
        if hashlib.sha256(ACTIONS.encode(event.action)).digest() != event.action_hash:
            self._tell("ONE-PERSON", proposal=event.proposal, problem="another hash than that of the action")
        self._proposed[event.proposal] = event

    def approved(self, event: ActionApproved) -> None:
        """A second person said yes, once."""
        proposed = self._proposed.pop(event.proposal, None)
        if proposed is None or proposed.proposer == event.approver:
            self._tell("ONE-PERSON", proposal=event.proposal, approver=event.approver)
            return
        self.agreed = proposed.action
        if isinstance(proposed.action, LiftEncumbrance):
            self._lifting.add(proposed.action.encumbrance)

    def demand(self, event: Any) -> None:
        """An event that only an approval makes: it stands in the entry of one, and says what was agreed."""
        if self._is_sandbox and type(event) in _PLAYED:
            return
        if not isinstance(self.agreed, AGREED[type(event)]) or not _is_as_agreed(self.agreed, event):
            self._tell("ONE-PERSON", what=type(event).__name__)

    def demand_return(self, lot: int, ranges: list[tuple[int, int]]) -> str | None:
        """Units come back: somebody else agreed to exactly these. Their lock's reference, None when nobody did."""
        action = self.agreed
        if isinstance(action, ReturnUnits) and (action.lot, [(action.serial_lo, action.serial_hi)]) == (lot, ranges):
            return action.lock_reference
        self._tell("ONE-PERSON", what="ReturnUnits", lot=lot)
        return None

    def may_lift(self, encumbrance: int) -> bool:
        """Whether two persons have agreed to lift an encumbrance."""
        return encumbrance in self._lifting


def _is_as_agreed(action: Any, event: Any) -> bool:
    """Whether an event has what the action said; an import's rows are many, and are held to their file elsewhere."""
    if isinstance(action, RecordIssuance):
        same = (event.project, event.monitoring_start, event.monitoring_end, event.verified, event.space_name)
        agreed = (action.project, action.monitoring_start, action.monitoring_end, action.verified, action.space)
        serials = (action.serial_lo, action.serial_hi) == (event.serials.lo, event.serials.hi)
        return same == agreed and serials and event.converted == action.converted
    if isinstance(action, AdmitLot):
        agreed_lot = (action.issuance, action.owner, action.serial_lo, action.serial_hi, action.lock_reference)
        return agreed_lot == (event.issuance, event.owner, event.serials.lo, event.serials.hi, event.lock_reference)
    if isinstance(action, ReportReversal):
        agreed_loss = (action.project, action.vintage, action.responsible, action.quantity)
        return agreed_loss == (event.project, event.vintage, event.responsible, event.quantity)
    if isinstance(action, WithdrawReversal):
        return bool(action.reversal == event.reversal)
    if isinstance(action, RegisterProject | SetFacility):
        return bool(action.terms == event.terms)
    return True
