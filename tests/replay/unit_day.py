"""A bit of the life of units for the journals: used, released, held fast, replaced, brought in from a file."""

from __future__ import annotations

from exchange.core.approvals import hash_of
from exchange.core.commands import Command
from exchange.core.commands.approvals import Action, Approve, Propose, RejectProposal
from exchange.core.commands.credits import CommitImport, ImportRow, StageUnits
from exchange.core.commands.encumbrances import (
    Encumber,
    EncumbranceKind,
    ForceCancellation,
    LiftEncumbrance,
    ReportReversal,
)
from exchange.core.commands.instruments import League
from exchange.core.commands.registry import AnswerRequest, RegistryOutcome
from exchange.core.commands.uses import (
    CallOffRelease,
    Intensity,
    Neutrality,
    Pick,
    Purpose,
    ReleaseUnits,
    SetBudget,
    UseDetails,
    UseUnits,
)
from exchange.core.handlers.imports import rows_hash
from exchange.core.values import (
    Day,
    EncumbranceId,
    ImportId,
    InstrumentId,
    LotId,
    PersonId,
    ProjectId,
    ProposalId,
    ReleaseId,
    ReversalId,
    Tonnes,
)
from exchange.sequencer.sequencer import Sequencer
from tests.sequencer.world import Stage

DETAILS = UseDetails("Mill", "钢厂", "", "", 0, "", Intensity.NONE, Neutrality.NONE, "", Day(0), "", League.HOHHOT)


class UnitDay:
    """Gives the commands of a day of units to a sequencer, one after the other."""

    def __init__(self, sequencer: Sequencer, stage: Stage) -> None:
        """The first firm's own lot is what everything is done with."""
        self.sequencer, self.stage, self.market = sequencer, stage, stage.market
        self.firm = stage.firms[0]
        self.trader = self.market.traders[self.firm]
        self.lot = next(lot for lot, owner in stage.market.state.parcels.held if owner == self.firm)

    async def live(self) -> None:
        """All of it."""
        await self.use()
        await self.release()
        await self.hold_fast()
        await self.replace()
        await self.bring_in()
        await self.agree(SetBudget(self.market.operator, League.BAOTOU, 2026, 2030, Tonnes(9)), self.market.regulator)

    async def give(self, command: Command) -> int:
        """One command; the id of what it made."""
        receipt = await self.sequencer.submit(self.stage.submission(0, command))
        return int(receipt.answer.body.split()[-2])

    async def agree(self, action: Action, approver: PersonId) -> int:
        """Proposed and approved."""
        number = await self.give(Propose(action.actor, action))
        return await self.give(Approve(approver, ProposalId(number), hash_of(action), ""))

    async def answer(self, outcome: RegistryOutcome) -> None:
        """The registry says the same about everything that it was asked."""
        for request in list(self.sequencer.state.requests.by_id.values()):
            if request.status.is_open:
                receipt = f"K-{request.request}" if outcome is RegistryOutcome.CONFIRMED else ""
                act, serials = (request.kind, request.account), (request.serials.lo, request.serials.hi)
                said = (*act, outcome, *serials, receipt, f"M-{request.request}", request.asked_at, bytes(64))
                await self.give(AnswerRequest(self.market.registry, request.request, *said))

    def using(self, lo: int, hi: int) -> UseUnits:
        """A voluntary use of serials, counted from the lot's highest so that orders do not need them."""
        top = self.market.state.credits.lots[LotId(self.lot)].serials.hi
        picks = (Pick(LotId(self.lot), top - hi, top - lo),)
        tonnes = Tonnes(hi - lo)
        return UseUnits(self.trader, self.firm, InstrumentId(0), picks, tonnes, Purpose.VOLUNTARY, DETAILS)

    async def use(self) -> None:
        """One that is cancelled, one that the registry refuses, one that is withdrawn."""
        await self.agree(self.using(0, 10), self.market.second)
        await self.answer(RegistryOutcome.CONFIRMED)
        await self.agree(self.using(10, 15), self.market.second)
        await self.answer(RegistryOutcome.REFUSED)
        number = await self.give(Propose(self.trader, self.using(20, 25)))
        await self.give(RejectProposal(self.trader, ProposalId(number), "no"))

    async def release(self) -> None:
        """One that is called off, and one that waits."""
        waiting, stopped = (ReleaseUnits(self.trader, self.firm, self.using(lo, lo + 5).picks, "N") for lo in (30, 40))
        await self.agree(waiting, self.market.operator)
        number = await self.agree(stopped, self.market.operator)
        await self.give(CallOffRelease(self.trader, self.firm, ReleaseId(number)))

    async def hold_fast(self) -> None:
        """Set by one person, lifted by two."""
        (pick,) = self.using(50, 60).picks
        scope = (ProjectId(0), 0, pick.lot, pick.lo, pick.hi)
        number = await self.give(Encumber(self.market.regulator, EncumbranceKind.FREEZE, *scope, "order 7"))
        await self.agree(LiftEncumbrance(self.market.operator, EncumbranceId(number)), self.market.regulator)
        await self.give(Encumber(self.market.operator, EncumbranceKind.PLEDGE, *scope, "contract"))

    async def replace(self) -> None:
        """A fire, and what the regulator has cancelled for it."""
        project = self.market.project()
        report = ReportReversal(self.market.operator, project, 2023, self.firm, Tonnes(7), "fire")
        number = await self.agree(report, self.market.second)
        await self.agree(ForceCancellation(self.market.operator, ReversalId(number)), self.market.regulator)
        await self.answer(RegistryOutcome.CONFIRMED)

    async def bring_in(self) -> None:
        """A file of two rows, of which one is bad."""
        start = max(one.serials.hi for one in self.market.state.credits.issuances.values())
        known = (20220101, 20221231, 1_000, 20230601, "CCER", "")
        good = ImportRow(2, "P1", *known, start, start + 9, self.firm, "file-2")
        bad = ImportRow(3, "P9", *known, start + 9, start + 12, self.firm, "file-3")
        number = await self.give(StageUnits(self.market.operator, ImportId(0), (good, bad)))
        commit = CommitImport(self.market.operator, ImportId(number), rows_hash([good]))
        await self.agree(commit, self.market.second)
        await self.answer(RegistryOutcome.CONFIRMED)
