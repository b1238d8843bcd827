"""Everything that can become of units, once: each table about units gets its rows from this day."""

from __future__ import annotations

from dataclasses import replace

from exchange.core.commands.approvals import RejectProposal
from exchange.core.commands.credits import CommitImport, ImportRow, RequestLock, ReturnUnits, StageUnits
from exchange.core.commands.encumbrances import (
    Encumber,
    EncumbranceKind,
    ForceCancellation,
    LiftEncumbrance,
    ReportReversal,
    WithdrawReversal,
)
from exchange.core.commands.instruments import Family, League, SourceCategory
from exchange.core.commands.projects import (
    Activity,
    FacilityTerms,
    RecordIssuance,
    RegisterProject,
    Sector,
    SetFacility,
)
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
from exchange.core.credits.registry_lock import Request
from exchange.core.events.credits import UnitsStaged
from exchange.core.handlers.imports import rows_hash
from exchange.core.handlers.replacing import NO_DETAILS
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
    ReversalId,
    Tonnes,
)
from tests.support.market import FIRM, Market

VOLUNTARY = UseDetails("Steel", "钢铁", FIRM, "", 0, "", Intensity.NONE, Neutrality.NONE, "", Day(0), "", League.HOHHOT)
"""A use in Hohhot that serves nothing but the beneficiary's own wish."""

CONVERTED = replace(VOLUNTARY, league=League.NONE)
"""A cancellation of CCER so that quota can be issued against it."""


def live_through(market: Market, wood: ParticipantId, steel: ParticipantId) -> LotId:
    """One lot of 1,000 t of the forest firm's and what becomes of it, part by part, and what belongs to that."""
    _plan(market)
    lot = _lock(market, wood)
    _use(market, wood, lot)
    _release(market, wood, steel, lot)
    _convert(market, wood)
    _hold(market, wood, lot)
    _reverse(market, wood)
    _import(market, wood, steel)
    return lot


def _plan(market: Market) -> None:
    """A facility that is covered and then is not, its duty, and plans of the region and of a league, one set twice."""
    terms = FacilityTerms("ICP-1", "Mill", "钢厂", FIRM, Sector.STEEL, League.BAOTOU, 2024, 0)
    market.agree(SetFacility(market.operator, terms), market.regulator)
    market.agree(SetObligation(market.operator, "ICP-1", 2025, Tonnes(119)), market.regulator)
    market.agree(SetFacility(market.operator, replace(terms, covered_to=2025)), market.regulator)
    for league, planned in ((League.NONE, 5_000), (League.BAOTOU, 400), (League.BAOTOU, 500)):
        plan = SetBudget(market.operator, league, 2026, 2026, Tonnes(planned))
        market.agree(plan, market.regulator)


def _lock(market: Market, owner: ParticipantId) -> LotId:
    """A lot whose lock is answered late and refused, asked for again, and confirmed."""
    serials = next_serials(market, 1_000)
    lot = market.bring_in(market.issue(*serials), owner, *serials)
    market.wait(7_200)
    market.finish_jobs()
    market.done(market.answer(open_request(market), RegistryOutcome.REFUSED))
    market.done(RequestLock(market.operator, lot))
    market.registry_confirms()
    return lot


def next_serials(market: Market, tonnes: int) -> tuple[int, int]:
    """Serials that nothing was issued for."""
    lo = max((issuance.serials.hi for issuance in market.state.credits.issuances.values()), default=1)
    return lo, lo + tonnes


def open_request(market: Market) -> Request:
    """The first request that the registry has not answered."""
    return next(one for one in market.state.requests.by_id.values() if one.status.is_open)


def use(
    market: Market,
    firm: ParticipantId,
    *picks: Pick,
    purpose: Purpose = Purpose.VOLUNTARY,
    details: UseDetails = VOLUNTARY,
) -> UseUnits:
    """A use of serials by a firm."""
    quantity = Tonnes(sum(pick.hi - pick.lo for pick in picks))
    return UseUnits(market.traders[firm], firm, InstrumentId(0), picks, quantity, purpose, details)


def part(market: Market, lot: LotId, first: int, behind: int) -> Pick:
    """Serials of a lot, counted from its first one on."""
    lo = market.state.credits.lots[lot].serials.lo
    return Pick(lot, lo + first, lo + behind)


def _use(market: Market, wood: ParticipantId, lot: LotId) -> None:
    """A use that is withdrawn, one of which a part is refused, one that is refused as a whole, and one of quota, which
    is revoked afterwards.
    """
    withdrawn, _ = market.propose(use(market, wood, part(market, lot, 0, 10)))
    market.done(RejectProposal(market.second, withdrawn, "no"))
    market.agree(use(market, wood, part(market, lot, 0, 10), part(market, lot, 20, 30)), market.second)
    market.done(market.answer(open_request(market)))
    market.done(market.answer(open_request(market), RegistryOutcome.REFUSED))
    market.agree(use(market, wood, part(market, lot, 40, 50)), market.second)
    market.done(market.answer(open_request(market), RegistryOutcome.REFUSED))
    quota = market.lot(wood, 100, Family.REDUCTION_QUOTA)
    claim = ClaimId(market.agree(use(market, wood, part(market, quota, 0, 40)), market.second))
    market.agree(use(market, wood, part(market, quota, 40, 60)), market.second)
    market.agree(RevokeClaim(market.operator, claim, "measured wrongly"), market.regulator)


def _release(market: Market, wood: ParticipantId, steel: ParticipantId, lot: LotId) -> None:
    """A release that leaves and in part comes back to another firm, one that is called off, and a proposal of one."""
    leaves = release(market, wood, part(market, lot, 100, 150), part(market, lot, 160, 170))
    market.agree(leaves, market.second)
    called_off = ReleaseId(market.agree(release(market, wood, part(market, lot, 200, 210)), market.second))
    market.done(CallOffRelease(market.traders[wood], wood, called_off))
    market.cool_down()
    answered = open_request(market)
    market.done(market.answer(answered))
    market.done(market.answer(open_request(market), RegistryOutcome.REFUSED))
    back = part(market, lot, 110, 120)
    returned = ReturnUnits(market.operator, lot, steel, back.lo, back.hi, "lock-back")
    market.agree(returned, market.second, "lock-back")
    market.registry_confirms()
    market.propose(release(market, wood, part(market, lot, 200, 210)))


def release(market: Market, firm: ParticipantId, *picks: Pick) -> ReleaseUnits:
    """A release of serials to the national market."""
    return ReleaseUnits(market.traders[firm], firm, picks, "N-1")


def _convert(market: Market, wood: ParticipantId) -> None:
    """CCER that are cancelled so that quota of an ecosystem sink can be issued against them, in two parts."""
    terms = replace(market.project_terms("WOODS"), league=League.BAOTOU)
    market.agree(RegisterProject(market.operator, terms), market.second)
    lot = market.lot(wood, 100, project="WOODS")
    cancelled = use(market, wood, part(market, lot, 30, 60), purpose=Purpose.CONVERSION, details=CONVERTED)
    claim = ClaimId(market.agree(cancelled, market.second))
    market.registry_confirms()
    project = sink_project(market)
    for tonnes in (10, 20):
        issuance = IssuanceId(market.agree(sink_issuance(market, project, claim, tonnes), market.regulator))
        serials = market.state.credits.issuances[issuance].serials
        market.admit(issuance, wood, serials.lo, serials.hi)


def sink_project(market: Market) -> ProjectId:
    """A project for quota of an ecosystem sink."""
    terms = market.project_terms("SINK", Family.REDUCTION_QUOTA)
    terms = replace(
        terms, activity=Activity.AFFORESTATION, source_category=SourceCategory.ECOSYSTEM_SINK, source_facility=""
    )
    return ProjectId(market.agree(RegisterProject(market.operator, terms), market.regulator))


def sink_issuance(market: Market, project: ProjectId, claim: ClaimId, tonnes: int) -> RecordIssuance:
    """An issuance of sink quota against a claim."""
    given = market.issuance(*next_serials(market, tonnes))
    return replace(given, project=project, converted=claim, verified=Tonnes(1_000))


def _hold(market: Market, wood: ParticipantId, lot: LotId) -> None:
    """A freeze that is lifted, a pledge that stays, and a suspension, because the registry contradicts itself."""
    held = part(market, lot, 400, 500)
    freeze = Encumber(market.regulator, EncumbranceKind.FREEZE, ProjectId(0), 0, lot, held.lo, held.hi, "order 7")
    frozen = EncumbranceId(market.done(freeze).created)
    pledge = part(market, lot, 450, 600)
    market.done(Encumber(market.operator, EncumbranceKind.PLEDGE, ProjectId(0), 0, lot, pledge.lo, pledge.hi, "loan 1"))
    market.agree(LiftEncumbrance(market.operator, frozen), market.regulator)
    confirmed = next(one for one in market.state.requests.by_id.values() if one.lot == lot and one.receipt)
    market.done(market.answer(confirmed, RegistryOutcome.REFUSED))
    project = market.project("P1")
    market.done(Encumber(market.regulator, EncumbranceKind.JUDICIAL, project, 2022, LotId(0), 0, 0, "case 9"))
    market.finish_jobs()


def _reverse(market: Market, wood: ParticipantId) -> None:
    """Carbon that was lost again and is replaced in part, freely and then by order, twice."""
    project = market.project("P1")
    everything = market.state.brought_in(project, wood)[2023]
    report = ReportReversal(market.operator, project, 2023, wood, Tonnes(everything), "fire")
    mistake = ReversalId(market.agree(report, market.second))
    market.agree(WithdrawReversal(market.operator, mistake, "another project"), market.regulator)
    number = ReversalId(market.agree(report, market.second))
    lot = market.lot(wood, 30)
    lo = market.state.credits.lots[lot].serials.lo
    freely = replace(use(market, wood, Pick(lot, lo, lo + 10), details=NO_DETAILS), reversal=number)
    market.agree(freely, market.second)
    market.agree(ForceCancellation(market.operator, number), market.regulator)
    market.registry_confirms()
    market.lot(wood, 20)
    market.agree(ForceCancellation(market.operator, number), market.regulator)


def _import(market: Market, wood: ParticipantId, steel: ParticipantId) -> None:
    """A file in two portions with a bad row, which comes in; and one that stays where it is."""
    lo, _ = next_serials(market, 1)
    first = (row(2, lo, lo + 50, wood), row(3, lo + 50, lo + 60, wood, project="P99"))
    second = (row(4, lo + 60, lo + 70, steel),)
    staged = ImportId(market.done(StageUnits(market.operator, ImportId(0), first)).created)
    outcome = market.done(StageUnits(market.operator, staged, second))
    assert isinstance(outcome.events[0], UnitsStaged)
    rows = market.state.imports.by_id[staged].rows
    market.agree(CommitImport(market.operator, staged, rows_hash(rows)), market.second)
    market.registry_confirms()
    market.done(StageUnits(market.operator, ImportId(0), (row(2, lo + 900, lo + 950, wood, lock_reference="L-9"),)))


def row(line: int, lo: int, hi: int, owner: ParticipantId, **given: object) -> ImportRow:
    """A row of a file for project P1 in 2021."""
    made = ImportRow(
        line, "P1", 20210101, 20211231, 10_000, 20220601, "CCER", "CCER-{lo:6}-{hi:6}", lo, hi, owner, f"L-{line}"
    )
    for name, value in given.items():
        setattr(made, name, value)
    return made
