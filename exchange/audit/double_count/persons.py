"""Who agreed: what two persons must agree to was proposed by one and approved by another, and done as proposed.

Both must have had the role for it. Which action needs whom is written out in :mod:`.roles`, and taken from no table of
the core; what narrows it (quota, supervisors, what the registry's word or a regulator holds fast) is found here, from
the events alone.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final

from exchange.audit.double_count.findings import Fact, Notebook
from exchange.audit.double_count.people import People
from exchange.audit.double_count.roles import AGREEING, OF_RECONCILIATION, Roles
from exchange.core.codec import ACTIONS
from exchange.core.commands.credits import AdmitLot, CommitImport, ReturnUnits
from exchange.core.commands.encumbrances import (
    ForceCancellation,
    LiftEncumbrance,
    ReportReversal,
    WithdrawReversal,
)
from exchange.core.commands.governance import AdoptRulebook, PersonRole, RegisterStaff, ReplaceKeys, Rule
from exchange.core.commands.instruments import Family
from exchange.core.commands.projects import RecordIssuance, RegisterProject, SetFacility
from exchange.core.commands.registry import AnswerOnPaper
from exchange.core.commands.uses import ReleaseUnits, RevokeClaim, SetBudget, SetObligation, UseUnits
from exchange.core.events.credits import FacilitySet, ImportCommitted, IssuanceRecorded, LotAdmitted, ProjectRegistered
from exchange.core.events.encumbrances import EncumbranceSet, ReversalReported, ReversalWithdrawn
from exchange.core.events.governance import (
    ActionApproved,
    ActionProposed,
    ProposalRejected,
    RulebookAdopted,
    VenueOpened,
)
from exchange.core.events.registry import RegistryAnswered
from exchange.core.events.uses import BudgetSet, ClaimApproved, ClaimRevoked, ObligationSet, ReleaseApproved
from exchange.core.values import NOBODY, day_start

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
    RulebookAdopted: (AdoptRulebook,),
}
"""Events that only an approval makes, and of which actions. A sandbox gives play units without any, and the venue opens
with its first rulebook. Persons and keys have a department of their own (:mod:`.people`).
"""

_PLAYED: Final = (ProjectRegistered, IssuanceRecorded, LotAdmitted)
_SUPERVISORS: Final = (PersonRole.REGULATOR, PersonRole.AUDITOR, PersonRole.REGISTRY)
_QUOTA: Final = Family.REDUCTION_QUOTA
_BY_REGULATOR: Final = frozenset({PersonRole.REGULATOR})


class Persons:
    """Follows proposals and approvals."""

    def __init__(self, notebook: Notebook, people: People) -> None:
        """Nothing is proposed yet."""
        self._tell = notebook.tell
        self._people = people
        self._approver: PersonRole | None = None
        self._quota: set[int] = set()
        self._only_regulators: set[int] = set()
        """Encumbrances that only a regulator lets go."""
        self._is_opening = False
        self._proposed: dict[int, ActionProposed] = {}
        self._lifting: set[int] = set()
        self._is_sandbox = False
        self._rules: tuple[Rule, ...] = ()
        """Those of the rulebook in force."""
        self.agreed: Any = None
        """The action that the entry which is being read carries out, None in every other entry."""
        self.agreed_proposal: int | None = None
        """The proposal of that action."""

    def begin(self) -> None:
        """The next entry."""
        self.agreed = self._approver = self.agreed_proposal = None
        self._is_opening = False

    def opened(self, event: VenueOpened) -> None:
        """The venue says whether it is a sandbox."""
        self._is_sandbox = event.sandbox_tonnes > 0
        self._is_opening = True

    def proposed(self, event: ActionProposed) -> None:
        """Somebody put an action before a second person, under the hash of what it is."""
        if hashlib.sha256(ACTIONS.encode(event.action)).digest() != event.action_hash:
            self._tell("ONE-PERSON", proposal=event.proposal, problem="another hash than that of the action")
        self._proposed[event.proposal] = event
        if not self._may_propose(event):
            self._tell("ROLE-WRONG", proposal=event.proposal, proposer=event.proposer, action=_name(event.action))

    def approved(self, event: ActionApproved) -> None:
        """A second person said yes, once."""
        proposed = self._proposed.pop(event.proposal, None)
        if proposed is None or proposed.proposer == event.approver:
            self._tell("ONE-PERSON", proposal=event.proposal, approver=event.approver)
            return
        self.agreed, self.agreed_proposal = proposed.action, event.proposal
        self._check_approver(proposed, event)
        self._people.agreed(proposed.action)
        if isinstance(proposed.action, LiftEncumbrance):
            self._lifting.add(proposed.action.encumbrance)

    def rejected(self, event: ProposalRejected) -> None:
        """It ended, so nobody can approve it any more."""
        if self._proposed.pop(event.proposal, None) is None:
            self._tell("ONE-PERSON", proposal=event.proposal, problem="ended twice, or never proposed")

    def open_action(self, proposal: int) -> Any:
        """What was proposed under this number and is not approved; None where nothing was."""
        proposed = self._proposed.get(proposal)
        return None if proposed is None else proposed.action

    # --- in which role -----------------------------------------------------------------------------------------------

    def _may_propose(self, event: ActionProposed) -> bool:
        """Whether it is in the proposer's own name, role and firm, with a key of theirs that is good."""
        role = self._people.role_of(event.proposer)
        own = event.action.actor == event.proposer and self._people.is_good_key(event.key, event.proposer)
        if role is PersonRole.TRADER:
            own = own and self._people.firm_of(event.proposer) == event.participant == self._whose(event.action)
        return own and role in AGREEING[type(event.action)].proposes

    def _whose(self, action: Any) -> int:
        """The firm that an action names, or that of the person whom it names."""
        if isinstance(action, ReplaceKeys):
            return self._people.firm_of(action.person)
        return int(getattr(action, "participant", 0) or getattr(action, "owner", 0))

    def _check_approver(self, proposed: ActionProposed, event: ActionApproved) -> None:
        """Whoever approves has the role for it; and what a stolen key has proposed died with that key."""
        role = self._approver = self._people.role_of(event.approver)
        facts: dict[str, Fact] = {"proposal": event.proposal, "approver": event.approver}
        facts["action"] = _name(proposed.action)
        if role not in self._approvers(proposed.action):
            self._tell("ROLE-WRONG", **facts)
        elif self._people.is_revoked(proposed.key):
            self._tell("ROLE-WRONG", **facts, problem="the proposer's key was revoked")

    def _approvers(self, action: Any) -> Roles:
        """Only a regulator lets a supervisor in, lets go what a regulator or the registry's word holds fast, and agrees
        to quota; what a file of units makes shows when it is made.
        """
        if isinstance(action, CommitImport):
            return AGREEING[CommitImport].approves | _BY_REGULATOR
        given = action.role if isinstance(action, RegisterStaff) else None
        if isinstance(action, ReplaceKeys):
            given = self._people.role_of(action.person)
        held = isinstance(action, LiftEncumbrance) and action.encumbrance in self._only_regulators
        narrow = held or given in _SUPERVISORS or self._is_of_quota(action)
        return _BY_REGULATOR if narrow else AGREEING[type(action)].approves

    def _is_of_quota(self, action: Any) -> bool:
        if isinstance(action, RegisterProject):
            return action.terms.family is _QUOTA
        return isinstance(action, RecordIssuance) and action.project in self._quota

    def held_fast(self, event: EncumbranceSet) -> None:
        """An encumbrance is there: by whom it was set says who lets it go."""
        by_registry = event.by == NOBODY or event.reference.startswith(OF_RECONCILIATION)
        if by_registry or self._people.role_of(event.by) is PersonRole.REGULATOR:
            self._only_regulators.add(event.encumbrance)

    def quota(self, event: ProjectRegistered | IssuanceRecorded) -> None:
        """Quota is issued with the regulator's approval; in a file of units too, which may have it among others."""
        if isinstance(event, ProjectRegistered) and event.terms.family is _QUOTA:
            self._quota.add(event.project)
        of_file = isinstance(self.agreed, CommitImport) and event.project in self._quota
        if of_file and self._approver is not PersonRole.REGULATOR:
            self._tell("ROLE-WRONG", project=event.project, what=_name(event))

    # --- what was agreed ---------------------------------------------------------------------------------------------

    def demand(self, event: Any) -> None:
        """An event that only an approval makes: it stands in the entry of one, and says what was agreed."""
        if (self._is_sandbox and type(event) in _PLAYED) or (self._is_opening and isinstance(event, RulebookAdopted)):
            return
        if not isinstance(self.agreed, AGREED[type(event)]) or not _is_as_agreed(self.agreed, event):
            self._tell("ONE-PERSON", what=type(event).__name__)

    def rules(self, event: RulebookAdopted) -> None:
        """Another version of the rulebook: where two persons agreed to it, what they named, nothing of what
        they took out, and all else as it was.
        """
        if isinstance(self.agreed, AdoptRulebook):
            named = {*self.agreed.removed, *(rule.rule for rule in self.agreed.rules)}
            others = (rule for rule in self._rules if rule.rule not in named)
            if event.rules != (*others, *self.agreed.rules):
                self._tell("ONE-PERSON", what="rules", version=event.version)
        self._rules = event.rules

    def demand_return(self, lot: int, owner: int, ranges: list[tuple[int, int]]) -> str | None:
        """Units come back: somebody else agreed to exactly these, and for this firm. Their lock's reference, None when
        nobody did.
        """
        action = self.agreed
        theirs = isinstance(action, ReturnUnits) and (action.lot, action.owner) == (lot, owner)
        if theirs and ranges == [(action.serial_lo, action.serial_hi)]:
            return str(action.lock_reference)
        self._tell("ONE-PERSON", what="ReturnUnits", lot=lot)
        return None

    def is_read_on_paper(self, event: RegistryAnswered) -> bool:
        """Whether two persons have read just this answer, in the registry's stead."""
        action = self.agreed
        said = (event.request, event.stated_at, event.outcome, event.receipt, event.message)
        return isinstance(action, AnswerOnPaper) and said == (
            action.request,
            day_start(action.stated_on),
            action.outcome,
            action.receipt,
            action.reason,
        )

    def may_lift(self, encumbrance: int) -> bool:
        """Whether two persons have agreed to lift an encumbrance."""
        return encumbrance in self._lifting


def _is_as_agreed(action: Any, event: Any) -> bool:
    """Whether an event has what the action said; an import's rows are many, and :mod:`.files` holds them to
    their file.
    """
    if isinstance(action, RecordIssuance):
        figures = (event.verified, event.applied_on) == (action.verified, action.applied_on)
        same = (event.project, event.monitoring_start, event.monitoring_end, event.space_name, event.serial_text)
        agreed = (action.project, action.monitoring_start, action.monitoring_end, action.space, action.serial_text)
        serials = (action.serial_lo, action.serial_hi) == (event.serials.lo, event.serials.hi)
        return figures and same == agreed and serials and event.converted == action.converted
    if isinstance(action, AdmitLot):
        agreed_lot = (action.issuance, action.owner, action.serial_lo, action.serial_hi, action.lock_reference)
        return agreed_lot == (event.issuance, event.owner, event.serials.lo, event.serials.hi, event.lock_reference)
    if isinstance(action, ReportReversal):
        agreed_loss = (action.project, action.vintage, action.responsible, action.quantity, action.cause)
        return agreed_loss == (event.project, event.vintage, event.responsible, event.quantity, event.cause)
    if isinstance(action, WithdrawReversal):
        return bool((action.reversal, action.reason) == (event.reversal, event.reason))
    if isinstance(action, RevokeClaim):
        return bool((action.claim, action.reason) == (event.claim, event.reason))
    if isinstance(action, SetObligation):
        return bool((action.facility, action.year, action.due) == (event.facility, event.year, event.due))
    if isinstance(action, SetBudget):
        plan = (action.league, action.first_year, action.last_year, action.planned)
        return bool(plan == (event.league, event.first_year, event.last_year, event.planned))
    if isinstance(action, RegisterProject | SetFacility):
        return bool(action.terms == event.terms)
    if isinstance(action, AdoptRulebook):
        return bool(action.profile == event.profile)
    return True


def _name(action: Any) -> str:
    return type(action).__name__
