"""A market whose units stand in every place that units can stand in, for being asked wrong things about them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from exchange.core.commands.approvals import Action
from exchange.core.commands.credits import CommitImport, ImportRow, StageUnits
from exchange.core.commands.encumbrances import (
    Encumber,
    EncumbranceKind,
    ForceCancellation,
    LiftEncumbrance,
    ReportReversal,
)
from exchange.core.commands.instruments import Family, League, SourceCategory
from exchange.core.commands.participants import ParticipantRole
from exchange.core.commands.projects import (
    Activity,
    CcerGeneration,
    FacilityTerms,
    ProjectTerms,
    RecordIssuance,
    RegisterProject,
    Sector,
    SetFacility,
)
from exchange.core.commands.registry import RegistryOutcome
from exchange.core.commands.uses import (
    Intensity,
    Neutrality,
    Pick,
    Purpose,
    ReleaseUnits,
    RevokeClaim,
    SetObligation,
    UseDetails,
    UseUnits,
)
from exchange.core.credits.registry_lock import Request
from exchange.core.handlers.imports import rows_hash
from exchange.core.image import decode_state, encode_state
from exchange.core.values import (
    ClaimId,
    Day,
    EncumbranceId,
    ImportId,
    InstrumentId,
    IssuanceId,
    LotId,
    ParticipantId,
    ProjectId,
    ReleaseId,
    RequestId,
    ReversalId,
    Side,
    Tonnes,
)
from tests.support.market import FIRM, Market

NO_INSTRUMENT = InstrumentId(0)
HOME = League.HULUNBUIR
"""Where the CCER come from."""

COOL_DOWN = 26 * 3_600
FIRM_2 = "91150200MA0N0MA11R"
"""The credit code of another one, of which the national market knows nothing."""

SURRENDERS: Final[dict[str, Any]] = {"facility": "MILL-1", "year": 2025, "beneficiary_code": FIRM}
"""What a surrender for the first mill says."""

NOTHING = UseDetails("Steel", "钢铁", FIRM, "", 0, "", Intensity.NONE, Neutrality.NONE, "", Day(0), "", League.HOHHOT)
"""What a voluntary use in Hohhot says."""


def ccer_terms(market: Market, code: str, *parcels: str, old: bool = False) -> ProjectTerms:
    """A forest project of the CCER mechanism in its home league."""
    generation = CcerGeneration.OLD if old else CcerGeneration.NEW
    terms = market.project_terms(code)
    return replace(terms, league=HOME, site_parcels=parcels or (f"INM/{code}",), ccer_generation=generation)


def sink_terms(market: Market, code: str, league: League = HOME, parcel: str = "INM/U1") -> ProjectTerms:
    """A project of ecosystem-sink quota, on the ground of the CCER that it is converted from."""
    return replace(
        market.project_terms(code, Family.REDUCTION_QUOTA),
        source_category=SourceCategory.ECOSYSTEM_SINK,
        source_facility="",
        league=league,
        site_parcels=(parcel,),
        activity=Activity.AFFORESTATION,
    )


class UnitsWorld:
    """A forest firm with CCER of a new and an old project, quota, and units of no stated mechanism; a mill that is in
    the national market; claims, releases, requests, encumbrances, reversals and imports in every phase.
    """

    def __init__(self) -> None:
        """Everything up to the moment of the questions."""
        self.market = market = Market()
        self.wood = market.firm("WOOD")
        self.steel = market.firm("STEEL", cash=1_000_000)
        self.mine = market.firm("MINE", ParticipantRole.BUYER, cash=1_000_000)
        self.trader, self.other = market.traders[self.wood], market.traders[self.steel]
        self._facilities()
        self._projects()
        self._lots()
        self._uses()
        self._requests()
        self._encumbrances()
        self._imports()
        self._releases()

    def _facilities(self) -> None:
        market = self.market
        terms = FacilityTerms("MILL-1", "Mill", "钢厂", FIRM, Sector.STEEL, League.BAOTOU, 2024, 0)
        market.agree(SetFacility(market.operator, terms), market.regulator)
        market.agree(SetObligation(market.operator, "MILL-1", 2025, Tonnes(1_019)), market.regulator)

    def register(self, terms: ProjectTerms) -> ProjectId:
        """A project with these terms."""
        market = self.market
        approver = market.regulator if terms.family is Family.REDUCTION_QUOTA else market.second
        return ProjectId(market.agree(RegisterProject(market.operator, terms), approver))

    def _projects(self) -> None:
        market = self.market
        self.new = self.register(ccer_terms(market, "U1"))
        self.old = self.register(ccer_terms(market, "U0", old=True))
        self.above = self.register(ccer_terms(market, "U2", "INM/U2", " inm ／u1/7"))
        self.quota = self.register(market.project_terms("Q1", Family.REDUCTION_QUOTA))
        covered = replace(market.project_terms("Q2", Family.REDUCTION_QUOTA), source_facility=" mill-１")
        self.covered = self.register(covered)
        self.sink = self.register(sink_terms(market, "S1"))
        self.foreign_sink = self.register(sink_terms(market, "S2", League.WUHAI))
        self.unstated = self.register(market.project_terms("O1", Family.OTHER_SINK))

    def issuance(self, project: ProjectId, lo: int, hi: int, year: int = 2023, space: str = "U") -> RecordIssuance:
        """Serials of a project for a whole year, of which 1,000 tonnes were verified."""
        start, end = Day(year * 10_000 + 101), Day(year * 10_000 + 1231)
        applied = Day((year + 1) * 10_000 + 601)
        actor, verified, text = self.market.operator, Tonnes(1_000), "{lo:6}-{hi:6}"
        return RecordIssuance(actor, project, start, end, verified, applied, space, text, lo, hi, ClaimId(0))

    def lot(self, project: ProjectId, owner: ParticipantId, lo: int, hi: int, year: int = 2023) -> LotId:
        """A lot of a new issuance, asked to be locked where the registry keeps it."""
        quota = self.market.state.credits.projects.family_of(project) is Family.REDUCTION_QUOTA
        approver = self.market.regulator if quota else self.market.second
        issued = IssuanceId(self.market.agree(self.issuance(project, lo, hi, year), approver))
        return self.market.bring_in(issued, owner, lo, hi, f"lock-{lo}")

    def _lots(self) -> None:
        market = self.market
        self.ccer = self.lot(self.new, self.wood, 1, 201)
        self.old_ccer = self.lot(self.old, self.wood, 201, 301)
        self.theirs = self.lot(self.new, self.steel, 301, 351)
        self.local = self.lot(self.quota, self.wood, 401, 501)
        self.unknown = self.lot(self.unstated, self.wood, 501, 601)
        market.registry_confirms()
        self.instrument = market.instrument(project="U1")
        market.done(market.order(self.wood, self.instrument, Side.SELL, 5, 3_000, lots=(self.ccer,)))
        market.done(market.order(self.steel, market.instrument(project="U0"), Side.BUY, 1, 2_900))

    def use(self, *picks: Pick, purpose: Purpose = Purpose.VOLUNTARY, **given: object) -> UseUnits:
        """A use of named serials by the forest firm."""
        quantity = Tonnes(sum(pick.hi - pick.lo for pick in picks))
        details = replace(NOTHING, **given)  # type: ignore[arg-type]
        return UseUnits(self.trader, self.wood, NO_INSTRUMENT, picks, quantity, purpose, details)

    def pick(self, lo: int, hi: int) -> Pick:
        """Serials of the forest firm's new CCER."""
        return Pick(self.ccer, lo, hi)

    def request_of(self, lot: LotId) -> Request:
        """The newest request about a lot."""
        return [one for one in self.market.state.requests.by_id.values() if one.lot == lot][-1]

    def _uses(self) -> None:
        """Serials 1 to 70 of the new CCER serve somebody by now, or are about to."""
        market = self.market
        converting = self.use(self.pick(1, 21), purpose=Purpose.CONVERSION, league=League.NONE)
        self.conversion = ClaimId(market.agree(converting, market.second))
        self.fulfilled = ClaimId(market.agree(self.use(self.pick(21, 31)), market.second))
        self.revoked = ClaimId(market.agree(self.use(self.pick(31, 41)), market.second))
        market.registry_confirms()
        market.agree(RevokeClaim(market.operator, self.revoked, "wrong"), market.regulator)
        self.pending = ClaimId(market.agree(self.use(self.pick(41, 51)), market.second))
        self.used, self.used_hash = market.propose(self.use(self.pick(51, 61)))
        offset = self.use(
            Pick(self.local, 401, 411),
            purpose=Purpose.NEW_PROJECT_OFFSET,
            project="New mill",
            intensity=Intensity.HIGH,
            facility="MILL-2",
            year=2025,
            beneficiary_code=FIRM_2,
        )
        self.offset, self.offset_hash = market.propose(offset)
        surrender = self.use(self.pick(61, 71), purpose=Purpose.NATIONAL_SURRENDER, league=League.NONE, **SURRENDERS)
        self.surrender, self.surrender_hash = market.propose(surrender)

    def _requests(self) -> None:
        """One that was refused, one that is open, and one that no registry can answer by itself."""
        market = self.market
        self.refused_lot = self.lot(self.old, self.wood, 601, 651)
        self.refused = self.request_of(self.refused_lot).request
        market.done(market.answer(self.request_of(self.refused_lot), RegistryOutcome.REFUSED))
        self.waiting_lot = self.lot(self.old, self.wood, 651, 701)
        self.waiting = self.request_of(self.waiting_lot).request
        market.agree(self.use(Pick(self.unknown, 501, 511)), market.second)
        self.on_paper = self.request_of(self.unknown).request
        self.receipt = market.state.requests.by_id[self.of_claim(self.fulfilled)].receipt
        self.receipts = (self.receipt, self.receipt.upper(), self.receipt.replace("-", " / 0"))

    def of_claim(self, claim: ClaimId) -> RequestId:
        """The request for the cancellation of a claim's units."""
        return self.market.state.requests.of_subject[claim][0]

    def _encumbrances(self) -> None:
        """Serials 191 to 200 are frozen; others were, and are free again. Three reversals, one of them replaced."""
        market = self.market
        frozen = Encumber(market.regulator, EncumbranceKind.FREEZE, ProjectId(0), 0, self.ccer, 191, 201, "order 7")
        self.frozen = EncumbranceId(market.done(frozen).created)
        lifted = replace(frozen, serial_lo=181, serial_hi=191)
        self.lifted = EncumbranceId(market.done(lifted).created)
        market.agree(LiftEncumbrance(market.operator, self.lifted), market.regulator)
        fire = ReportReversal(market.operator, self.new, 2023, self.wood, Tonnes(3), "fire")
        self.fire = ReversalId(market.agree(fire, market.second))
        scope = (ProjectId(0), 0, self.lot(self.unstated, self.steel, 801, 811), 0, 0)
        market.done(Encumber(market.operator, EncumbranceKind.PLEDGE, *scope, "loan"))
        pests = replace(fire, project=self.unstated, responsible=self.steel)
        self.pests = ReversalId(market.agree(pests, market.second))
        felled = replace(fire, project=self.quota, quantity=Tonnes(2))
        self.felled = ReversalId(market.agree(felled, market.second))
        market.agree(ForceCancellation(market.operator, self.felled), market.regulator)

    def row(self, line: int, lo: int, hi: int) -> ImportRow:
        """A row of a file: serials of the new project for 2022."""
        days = (20220101, 20221231, 1_000, 20230601)
        return ImportRow(line, "U1", *days, "U", "{lo:6}-{hi:6}", lo, hi, self.wood, f"row-{lo}")

    def stage(self, *rows: ImportRow) -> ImportId:
        """Rows that were put aside."""
        return ImportId(self.market.done(StageUnits(self.market.operator, ImportId(0), rows)).created)

    def commit(self, staged: ImportId) -> CommitImport:
        """The action that brings an import in."""
        rows = self.market.state.imports.by_id[staged].rows
        return CommitImport(self.market.operator, staged, rows_hash(rows))

    def _imports(self) -> None:
        market = self.market
        self.staged = self.stage(self.row(2, 2_001, 2_011), self.row(3, 2_011, 2_021))
        self.other_rows = self.stage(self.row(2, 2_021, 2_031), self.row(3, 2_031, 2_040))
        self.quota_rows = self.stage(replace(self.row(2, 3_001, 3_011), project="Q1"))
        late = replace(self.row(2, 2_041, 2_051), lock_reference="lock-late")
        self.late = self.stage(late)
        market.agree(self.issuance(self.new, 2_041, 2_042, 2021), market.second)
        self.committed = self.stage(self.row(2, 2_051, 2_061))
        market.agree(self.commit(self.committed), market.second)

    def release(self, lo: int, hi: int) -> ReleaseUnits:
        """A release of serials of the new CCER."""
        return ReleaseUnits(self.trader, self.wood, (self.pick(lo, hi),), "N-1")

    def released(self, action: Action) -> ReleaseId:
        """An approved release."""
        return ReleaseId(self.market.agree(action, self.market.second))

    def _releases(self) -> None:
        """Serials 91 to 100 are out; one release's time has come, one can be called off, one is proposed. So it is with
        requests: most are late and were found to be, one is late, one is not.
        """
        market = self.market
        self.gone = self.released(self.release(91, 101))
        market.cool_down()
        market.done(market.answer(market.state.requests.by_id[market.state.requests.of_subject[self.gone][0]]))
        self.leaving = self.released(self.release(101, 111))
        self.overdue = self.request_of(self.lot(self.old, self.wood, 701, 711)).request
        market.wait(COOL_DOWN)
        market.end_day()
        self.fresh = self.request_of(self.lot(self.old, self.wood, 711, 721)).request
        self.callable = self.released(self.release(111, 121))
        foreign = ReleaseUnits(self.other, self.steel, (Pick(self.theirs, 301, 311),), "N-2")
        self.foreign = self.released(foreign)
        self.proposed, self.proposed_hash = market.propose(self.release(121, 131))

    def copy(self) -> Market:
        """The same market once more, made from its image."""
        made = Market.__new__(Market)
        made.__dict__ |= self.market.__dict__
        made.state, made.log = decode_state(encode_state(self.market.state)), list(self.market.log)
        made.told = []
        return made


UNITS_WORLD = UnitsWorld()
