"""The whole life of units in a market of the core: everything that can become of a tonne happens once."""

from __future__ import annotations

from dataclasses import dataclass, field

from exchange.core.commands.approvals import RejectProposal
from exchange.core.commands.credits import CommitImport, ImportRow, ReturnUnits, StageUnits
from exchange.core.commands.encumbrances import (
    Encumber,
    EncumbranceKind,
    ForceCancellation,
    LiftEncumbrance,
    ReportReversal,
)
from exchange.core.commands.instruments import Family, League
from exchange.core.commands.projects import FacilityTerms, RegisterProject, Sector, SetFacility
from exchange.core.commands.registry import RegistryOutcome
from exchange.core.commands.uses import (
    CallOffRelease,
    Intensity,
    Neutrality,
    Pick,
    Purpose,
    ReleaseUnits,
    RevokeClaim,
    SetBudget,
    SetObligation,
    UseDetails,
    UseUnits,
)
from exchange.core.handlers.imports import rows_hash
from exchange.core.values import (
    ClaimId,
    Day,
    EncumbranceId,
    ImportId,
    InstrumentId,
    LotId,
    ParticipantId,
    ProjectId,
    ReleaseId,
    ReversalId,
    Side,
    Tonnes,
)
from tests.support.market import FIRM, Market

NO_INSTRUMENT, NO_PROJECT, NO_LOT = InstrumentId(0), ProjectId(0), LotId(0)
STEEL_WORKS = "STEEL-01"


def details(league: League = League.NONE, facility: str = "", year: int = 0, province: str = "") -> UseDetails:
    """For whom units are used, and what the purposes of this story need."""
    return UseDetails(
        "Steel", "钢铁", FIRM, facility, year, "", Intensity.NONE, Neutrality.NONE, "", Day(0), province, league
    )


@dataclass
class UnitStory:
    """A market in which it happens; ``lot`` is CCER of Hulunbuir, ``quota`` of Baotou, both the forest firm's."""

    market: Market
    wood: ParticipantId = field(init=False)
    lot: LotId = field(init=False)
    quota: LotId = field(init=False)

    def __post_init__(self) -> None:
        """Bring the units in."""
        market = self.market
        self.wood = market.firm("WOOD", cash=1_000_000)
        terms = market.project_terms("P1")
        terms.league = League.HULUNBUIR
        market.agree(RegisterProject(market.operator, terms), market.second)
        self.lot = market.lot(self.wood, 1_000)
        self.quota = market.lot(self.wood, 500, Family.REDUCTION_QUOTA)

    def tell(self) -> None:
        """All of it."""
        self.plan()
        self.use()
        self.release()
        self.encumber()
        self.lose()
        self.bring_a_file()

    def use_units(self, purpose: Purpose, pick: Pick, **given: object) -> ClaimId:
        """A use that two persons agreed on; the registry has not been heard yet."""
        who = self.market.traders[self.wood]
        quantity = Tonnes(pick.hi - pick.lo)
        told = details(**given)  # type: ignore[arg-type]
        action = UseUnits(who, self.wood, NO_INSTRUMENT, (pick,), quantity, purpose, told)
        return ClaimId(self.market.agree(action, self.market.second))

    def plan(self) -> None:
        """A covered facility, what it has to surrender, and a plan of Baotou."""
        market, regulator = self.market, self.market.regulator
        works = FacilityTerms(STEEL_WORKS, "Works", "钢厂", FIRM, Sector.STEEL, League.BAOTOU, 2024, 0)
        market.agree(SetFacility(market.operator, works), regulator)
        market.agree(SetObligation(market.operator, STEEL_WORKS, 2025, Tonnes(2_019)), regulator)
        market.agree(SetBudget(market.operator, League.BAOTOU, 2026, 2030, Tonnes(900)), regulator)

    def use(self) -> None:
        """One of each fate: fulfilled here, elsewhere and nationally, refused, rejected, revoked, and still waiting."""
        market = self.market
        lot, quota = self.lot, self.quota
        self.use_units(Purpose.VOLUNTARY, Pick(quota, *self.quota_serials(0, 40)), league=League.BAOTOU)
        self.use_units(Purpose.VOLUNTARY, Pick(quota, *self.quota_serials(40, 90)), league=League.ORDOS)
        self.use_units(Purpose.INTER_PROVINCE, Pick(quota, *self.quota_serials(90, 100)), province="河北")
        surrender = self.use_units(Purpose.NATIONAL_SURRENDER, Pick(lot, 1, 31), facility=STEEL_WORKS, year=2025)
        market.registry_confirms()
        market.agree(RevokeClaim(market.operator, surrender, "counted elsewhere"), market.regulator)
        self.use_units(Purpose.NATIONAL_SURRENDER, Pick(lot, 31, 51), facility=STEEL_WORKS, year=2025)
        self.refuse()
        who = market.traders[self.wood]
        pick = Pick(lot, 51, 61)
        action = UseUnits(who, self.wood, NO_INSTRUMENT, (pick,), Tonnes(10), Purpose.VOLUNTARY, details(League.ALXA))
        proposal, _ = market.propose(action)
        market.done(RejectProposal(market.operator, proposal, "no"))
        self.use_units(Purpose.VOLUNTARY, pick, league=League.ALXA)

    def quota_serials(self, lo: int, hi: int) -> tuple[int, int]:
        """Serials of the quota counted from its first one."""
        first = self.market.state.credits.lots[self.quota].serials.lo
        return first + lo, first + hi

    def refuse(self) -> None:
        """The registry refuses everything that it was asked."""
        market = self.market
        for request in list(market.state.requests.by_id.values()):
            if request.status.is_open:
                market.done(market.answer(request, RegistryOutcome.REFUSED))

    def release_units(self, lo: int, hi: int) -> ReleaseId:
        """An approved release."""
        who = self.market.traders[self.wood]
        action = ReleaseUnits(who, self.wood, (Pick(self.lot, lo, hi),), "N-1")
        return ReleaseId(self.market.agree(action, self.market.second))

    def release(self) -> None:
        """One that leaves and comes back in part, one that is called off, one that is on its way."""
        market = self.market
        self.release_units(101, 131)
        called = self.release_units(131, 141)
        market.done(CallOffRelease(market.traders[self.wood], self.wood, called))
        market.cool_down()
        market.registry_confirms()
        back = ReturnUnits(market.operator, self.lot, self.wood, 111, 121, "lock-back")
        market.agree(back, market.second, "lock-back")
        market.registry_confirms()
        self.release_units(141, 151)
        bring = market.bring_in(market.issue(5_001, 5_011), self.wood, 5_001, 5_011)
        market.wait(3_601)
        market.finish_jobs()
        assert bring

    def encumber(self) -> None:
        """Two on the same serials, of which one is lifted; one on a project, under which more comes in."""
        market = self.market
        pledge = self.hold(EncumbranceKind.PLEDGE, 201, 301)
        self.hold(EncumbranceKind.FREEZE, 251, 351)
        lift = LiftEncumbrance(market.operator, EncumbranceId(pledge))
        market.agree(lift, market.second)
        project = market.project("P9")
        told = Encumber(market.operator, EncumbranceKind.SUSPENSION, project, 0, NO_LOT, 0, 0, "looked into")
        market.done(told)
        market.admit(market.issue(6_001, 6_011, project="P9"), self.wood, 6_001, 6_011)
        market.finish_jobs()

    def hold(self, kind: EncumbranceKind, lo: int, hi: int) -> int:
        """Hold serials of the lot fast, with a sell in the way."""
        market = self.market
        made = market.done(Encumber(market.operator, kind, NO_PROJECT, 0, self.lot, lo, hi, "paper"))
        market.finish_jobs()
        return made.created

    def lose(self) -> None:
        """A fire, and what is cancelled for it; the registry has not done all of it."""
        market = self.market
        lost = ReportReversal(market.operator, market.project("P1"), 2023, self.wood, Tonnes(25), "fire")
        reversal = ReversalId(market.agree(lost, market.second))
        market.agree(ForceCancellation(market.operator, reversal), market.regulator)

    def bring_a_file(self) -> None:
        """A file with a bad row, which comes in; and the beginning of another one."""
        market = self.market
        rows = (self.row(2, 7_001), self.row(3, 7_101, project="NONE"), self.row(4, 7_201))
        staged = ImportId(market.done(StageUnits(market.operator, ImportId(0), rows)).created)
        kept = market.state.imports.by_id[staged].rows
        market.agree(CommitImport(market.operator, staged, rows_hash(kept)), market.second)
        market.done(StageUnits(market.operator, ImportId(0), (self.row(2, 7_301),)))

    def row(self, line: int, lo: int, project: str = "P1") -> ImportRow:
        """A row of ten tonnes."""
        return ImportRow(
            line,
            project,
            20220101,
            20221231,
            1_000,
            20230601,
            "CCER",
            "C-{lo:6}-{hi:6}",
            lo,
            lo + 10,
            self.wood,
            f"F-{lo}",
        )

    def sell(self, quantity: int) -> None:
        """An order that holds units."""
        market = self.market
        instrument = market.instrument()
        market.done(market.order(self.wood, instrument, Side.SELL, quantity, 3_000))
