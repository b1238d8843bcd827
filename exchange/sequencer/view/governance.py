"""The venue, its rulebook and its proposals as committed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from exchange.core.approvals import ProposalStatus
from exchange.core.commands.encumbrances import LiftEncumbrance
from exchange.core.events.credits import ImportCommitted, IssuanceRecorded, LotAdmitted, ProjectRegistered
from exchange.core.events.encumbrances import ReversalReported
from exchange.core.events.governance import (
    ActionApproved,
    ActionProposed,
    KeyRegistered,
    PersonRegistered,
    ProposalRejected,
    RulebookAdopted,
    SnapshotAttested,
    VenueOpened,
)
from exchange.core.events.uses import ClaimMade, ReleaseMade
from exchange.core.values import NOBODY, EncumbranceId, KeyId, Micros, PersonId, ProposalId, Seq
from exchange.sequencer.view.rows import Made, ProposalRow


@dataclass(slots=True)
class Governance:
    """Who the venue is and by which rules it runs. Every adopted rulebook stays, since refusals name their version.

    A sandbox gives each firm play money and play units.
    """

    venue: str = ""
    is_sandbox: bool = False
    rulebooks: dict[int, RulebookAdopted] = field(default_factory=dict)
    proposals: dict[ProposalId, ProposalRow] = field(default_factory=dict)
    attested: SnapshotAttested | None = None
    lifting: dict[EncumbranceId, ProposalId] = field(default_factory=dict)
    """The proposal by which an encumbrance was lifted, or is being lifted; it can be only one."""
    _approved: tuple[Seq, ProposalRow] | None = None

    @property
    def rulebook(self) -> RulebookAdopted | None:
        """The version in force; None before the first entry."""
        return self.rulebooks[max(self.rulebooks)] if self.rulebooks else None

    def on_opened(self, event: VenueOpened, _seq: Seq, _at: Micros) -> None:
        """The first event of all."""
        self.venue = event.venue
        self.is_sandbox = event.sandbox_cash > 0 or event.sandbox_tonnes > 0

    def on_rulebook(self, event: RulebookAdopted, _seq: Seq, _at: Micros) -> None:
        """A version of the rulebook came into force."""
        self.rulebooks[event.version] = event

    def on_proposed(self, event: ActionProposed, seq: Seq, at: Micros) -> None:
        """An action waits for its second person."""
        nobody, never = PersonId(NOBODY), Micros(0)
        row = ProposalRow(event, ProposalStatus.OPEN, seq, at, nobody, never, "", Made.NOTHING, 0, KeyId(NOBODY))
        self.proposals[event.proposal] = row

    def on_approved(self, event: ActionApproved, seq: Seq, at: Micros) -> None:
        """The second person approved; what the execution makes follows in the same entry."""
        row = self.proposals[event.proposal]
        row.status, row.closed_by, row.closed_at = ProposalStatus.APPROVED, event.approver, at
        self._approved = (seq, row)
        self._note_lifting(row)

    def restore(self, rows: Iterable[ProposalRow]) -> None:
        """Take the proposals of an image."""
        for row in rows:
            self.proposals[row.terms.proposal] = row
            self._note_lifting(row)

    def _note_lifting(self, row: ProposalRow) -> None:
        action = row.terms.action
        if row.status is ProposalStatus.APPROVED and isinstance(action, LiftEncumbrance):
            self.lifting[action.encumbrance] = row.terms.proposal

    def _executed(self, seq: Seq) -> ProposalRow | None:
        """The proposal whose approval this entry is, if it is one: persons and keys come in without one too."""
        return self._approved[1] if self._approved is not None and self._approved[0] == seq else None

    def _made(self, seq: Seq, made: Made, number: int) -> None:
        """Note what this entry made, if it approves a proposal. An import makes much and is itself the last."""
        row = self._executed(seq)
        if row is not None:
            row.made, row.made_id = made, number

    def on_project(self, event: ProjectRegistered, seq: Seq, _at: Micros) -> None:
        """A project was recorded."""
        self._made(seq, Made.PROJECT, event.project)

    def on_issuance(self, event: IssuanceRecorded, seq: Seq, _at: Micros) -> None:
        """An issuance was recorded, for a proposal or without one."""
        self._made(seq, Made.ISSUANCE, event.issuance)

    def on_lot(self, event: LotAdmitted, seq: Seq, _at: Micros) -> None:
        """A lot was admitted."""
        self._made(seq, Made.LOT, event.lot)

    def on_import(self, event: ImportCommitted, seq: Seq, _at: Micros) -> None:
        """A file of units came in."""
        self._made(seq, Made.IMPORT, event.staged)

    def on_reversal(self, event: ReversalReported, seq: Seq, _at: Micros) -> None:
        """Stored carbon was lost again."""
        self._made(seq, Made.REVERSAL, event.reversal)

    def on_claim(self, event: ClaimMade, _seq: Seq, _at: Micros) -> None:
        """Units were chosen for a use, in the entry in which it was proposed; a forced one when it was approved."""
        row = self.proposals.get(event.proposal)
        if row is not None:
            row.made, row.made_id = Made.USE, event.claim

    def on_release(self, event: ReleaseMade, _seq: Seq, _at: Micros) -> None:
        """Units were chosen for a release, in the entry in which it was proposed."""
        row = self.proposals[event.proposal]
        row.made, row.made_id = Made.RELEASE, event.release

    def on_person(self, event: PersonRegistered, seq: Seq, _at: Micros) -> None:
        """A person came in."""
        self._made(seq, Made.PERSON, event.person)

    def on_key(self, event: KeyRegistered, seq: Seq, _at: Micros) -> None:
        """A key was entered: by an approval it is the first one of a person."""
        if row := self._executed(seq):
            row.key = event.key

    def on_rejected(self, event: ProposalRejected, _seq: Seq, at: Micros) -> None:
        """A proposal ended without being executed."""
        row = self.proposals[event.proposal]
        row.status, row.closed_by, row.closed_at = ProposalStatus.REJECTED, event.by, at
        row.closed_reason = event.reason

    def on_attested(self, event: SnapshotAttested, _seq: Seq, _at: Micros) -> None:
        """The log names the state hash after an earlier entry."""
        self.attested = event
