"""Random ways to lose stored carbon again, and to replace it: by the regulator's order, or of the firm's own accord."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from exchange.core.commands.approvals import Approve
from exchange.core.commands.encumbrances import ForceCancellation, ReportReversal, WithdrawReversal
from exchange.core.commands.uses import Purpose, RevokeClaim, UseUnits
from exchange.core.handlers.replacing import NO_DETAILS
from exchange.core.values import ClaimId, InstrumentId, ParticipantId, ProjectId, ProposalId, ReversalId, Tonnes
from tests.oracle import origins
from tests.oracle.things import evidence_of
from tests.properties.coming_in import ComingIn
from tests.properties.drawn import ANY, MOSTLY, RARELY, at
from tests.properties.drawn_units import ANSWERS, VOLUNTARY, Choice, choices


class Losing(ComingIn):
    """The rules about what was lost."""

    def approve(self, number: ProposalId, by: int) -> None:
        """By one of the staff, who reads the evidence right."""
        known = self.twins.twin.proposals[number]
        person, evidence = at(self.twins.staff, by), evidence_of(known.action)
        self.twins.give(Approve(person, number, known.action_hash, evidence))
        self.note_new_lots()

    @rule(
        project=ANY, firm=st.sampled_from([0, 0, 2, 1]), tonnes=st.sampled_from([1, 5, 9, 30, 0]), by=ANY,
        force=MOSTLY, answers=ANSWERS,
    )  # fmt: skip
    def reverse(self, project: int, firm: int, tonnes: int, by: int, force: bool, answers: list[str]) -> None:
        """A fire is reported, and mostly the regulator has it replaced."""
        number = at(list(self.twins.twin.projects), project)
        report = ReportReversal(self.operator(), ProjectId(number), 0, self.firm(firm), Tonnes(tonnes), "fire")
        made = self.agree(report, at([1, 2, by], by))
        if made is not None and force:
            self.force_one(made.created, 2, answers)

    @precondition(lambda self: self.twins.twin.reversals)
    @rule(reversal=ANY, by=ANY, answers=ANSWERS)
    def force(self, reversal: int, by: int, answers: list[str]) -> None:
        """What is still owed of one is taken, mostly by the regulator."""
        self.force_one(at(list(self.twins.twin.reversals), reversal), at([2, by], by), answers)

    @precondition(lambda self: self.twins.twin.reversals)
    @rule(reversal=ANY, by=ANY)
    def withdraw(self, reversal: int, by: int) -> None:
        """One was a mistake, mostly in the regulator's eyes too."""
        number = ReversalId(at(list(self.twins.twin.reversals), reversal))
        self.agree(WithdrawReversal(self.operator(), number, "a mistake"), at([2, by], by))

    @precondition(lambda self: self.replacing())
    @rule(claim=ANY, by=ANY)
    def revoke_replacement(self, claim: int, by: int) -> None:
        """What replaced one was nothing, mostly in the regulator's eyes too."""
        number = ClaimId(at(self.replacing(), claim))
        self.agree(RevokeClaim(self.operator(), number, "never cancelled"), at([2, by], by))

    def replacing(self) -> list[int]:
        """Every use that has replaced something, is about to, or did until it was revoked."""
        return [number for number, made in self.twins.twin.claims.items() if made.reversal]

    def force_one(self, number: int, by: int, answers: list[str]) -> None:
        """As much of it as is there."""
        if self.agree(ForceCancellation(self.operator(), ReversalId(number)), by) is not None:
            self.hear(answers)

    @rule(
        firm=st.sampled_from([0, 0, 2]), choice=choices(), tonnes=st.sampled_from([2, 6, 12]), known=RARELY,
        other=RARELY, told=RARELY, ordered=RARELY, by=st.sampled_from([1, 1, 1, 2]), answers=ANSWERS,
    )  # fmt: skip
    def replace_freely(
        self, firm: int, choice: Choice, tonnes: int, known: bool, other: bool, told: bool, ordered: bool, by: int,
        answers: list[str],
    ) -> None:  # fmt: skip
        """What was lost of the project of some of the firm's units; or, ``known``, something that was lost before.

        Sometimes another firm tries, or gives details, or the regulator orders it before a second person agrees.
        """
        owner, reversals = self.firm(firm), list(self.twins.twin.reversals)
        picks, quantity = self.picks(owner, choice._replace(style="serials", lots=choice.lots[:1]))
        number = at(reversals, tonnes) if known and reversals else self.lose(picks[0].lot, owner, tonnes)
        if other:
            owner = self.firm(firm + 1)
        purpose, details = VOLUNTARY if told else (Purpose.VOLUNTARY, NO_DETAILS)
        units = (InstrumentId(0), picks, Tonnes(quantity))
        made = self.propose(UseUnits(self.trader(owner), owner, *units, purpose, details, ReversalId(number)))
        if ordered:
            self.force_one(number, 2, answers)
        if made.reason is None:
            self.approve(ProposalId(made.created), by)
            self.hear(answers)

    def lose(self, lot: int, firm: ParticipantId, tonnes: int) -> int:
        """A fire in the project of a lot, which a firm answers for."""
        project = ProjectId(origins.project_of(self.twins.twin, lot))
        made = self.agree(ReportReversal(self.operator(), project, 0, firm, Tonnes(tonnes), "fire"), 1)
        return 0 if made is None else made.created
