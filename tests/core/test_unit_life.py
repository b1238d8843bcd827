"""The life of a unit in the core: lock, use, release and return, encumbrance, reversal, budgets, imports."""

from __future__ import annotations

import hashlib

import pytest

from exchange.core.commands.approvals import Action, Propose, RejectProposal
from exchange.core.commands.credits import CommitImport, ImportRow, RequestLock, ReturnUnits, StageUnits
from exchange.core.commands.encumbrances import (
    Encumber,
    EncumbranceKind,
    ForceCancellation,
    LiftEncumbrance,
    ReportReversal,
)
from exchange.core.commands.instruments import EndOfDay, Family, League
from exchange.core.commands.projects import FacilityTerms, RegisterProject, Sector, SetFacility
from exchange.core.commands.registry import RegistryOutcome
from exchange.core.commands.uses import (
    CallOffRelease,
    Intensity,
    Neutrality,
    Pick,
    Purpose,
    ReleaseUnits,
    SetObligation,
    UseDetails,
    UseUnits,
)
from exchange.core.credits.claims import ClaimStatus
from exchange.core.events.credits import UnitsStaged
from exchange.core.events.uses import BudgetAdjusted
from exchange.core.handlers.imports import rows_hash
from exchange.core.image import decode_state, encode_state
from exchange.core.rejections import RejectReason as R
from exchange.core.serials import SerialRange
from exchange.core.values import (
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

NO_PROJECT, NO_LOT = ProjectId(0), LotId(0)


def details(**given: object) -> UseDetails:
    """Details of a voluntary use in Hohhot, with some of them changed."""
    made = UseDetails("Steel", "钢铁", FIRM, "", 0, "", Intensity.NONE, Neutrality.NONE, "", Day(0), "", League.HOHHOT)
    for name, value in given.items():
        setattr(made, name, value)
    return made


class Life:
    """A market with one forest firm that has 100 tonnes of a CCER lot."""

    def __init__(self) -> None:
        self.market = Market()
        self.wood = self.market.firm("WOOD")
        self.steel = self.market.firm("STEEL", cash=10_000_000)
        self.lot = self.market.lot(self.wood, 100)
        self.instrument = self.market.instrument()

    def use(self, *picks: Pick, quantity: int = 10, purpose: Purpose = Purpose.VOLUNTARY, **given: object) -> UseUnits:
        """A use by the forest firm."""
        instrument = InstrumentId(0) if picks else self.instrument
        actor = self.market.traders[self.wood]
        return UseUnits(actor, self.wood, instrument, picks, Tonnes(quantity), purpose, details(**given))

    def states(self) -> dict[str, int]:
        """Tonnes of the lot by state."""
        sums: dict[str, int] = {}
        whole = self.market.state.credits.lots[self.lot].serials
        for parcel, part in self.market.state.parcels.pieces(self.lot, whole):
            sums[parcel.state.name] = sums.get(parcel.state.name, 0) + part.tonnes
        return sums

    def refused(self, action: Action) -> R | None:
        """Why it cannot even be proposed."""
        return self.market.give(Propose(action.actor, action)).reason


@pytest.fixture
def life() -> Life:
    """A new market."""
    return Life()


def test_a_ccer_is_not_sellable_before_the_registry_has_confirmed_its_lock(life: Life) -> None:
    market = life.market
    issuance = market.issue(500, 600)
    lot = market.bring_in(issuance, life.wood, 500, 600)
    assert market.tonnes(life.wood, lot) == (100, 0)
    assert market.give(market.order(life.wood, life.instrument, Side.SELL, 150, 3_000)).reason is R.INSUFFICIENT_TONNES
    market.registry_confirms()
    assert market.tonnes(life.wood, lot) == (100, 100)
    market.done(market.order(life.wood, life.instrument, Side.SELL, 150, 3_000))


def test_a_refused_lock_can_be_asked_for_again(life: Life) -> None:
    market = life.market
    lot = market.bring_in(market.issue(500, 600), life.wood, 500, 600)
    (request,) = [one for one in market.state.requests.by_id.values() if one.lot == lot]
    market.done(market.answer(request, RegistryOutcome.REFUSED))
    assert market.tonnes(life.wood, lot) == (100, 0)
    market.done(RequestLock(market.operator, lot))
    market.registry_confirms()
    assert market.tonnes(life.wood, lot) == (100, 100)


def test_silence_never_unlocks_and_a_late_answer_counts(life: Life) -> None:
    market = life.market
    lot = market.bring_in(market.issue(500, 600), life.wood, 500, 600)
    market.wait(7_200)
    market.finish_jobs()
    (parcel, _), *_ = market.state.parcels.pieces(lot, SerialRange(500, 600))
    assert parcel.state.name == "LOCK_UNKNOWN"
    assert market.tonnes(life.wood, lot) == (100, 0)
    market.registry_confirms()
    assert market.tonnes(life.wood, lot) == (100, 100)


def test_a_use_of_ccer_is_pending_until_the_receipt(life: Life) -> None:
    market = life.market
    number = market.agree(life.use(quantity=30), market.second)
    assert life.states() == {"ACTIVE": 70, "PENDING_CANCEL": 30}
    market.registry_confirms()
    assert life.states() == {"ACTIVE": 70, "CANCELLED": 30}
    assert market.state.claims.claims[number].status is ClaimStatus.FULFILLED  # type: ignore[index]
    assert market.tonnes(life.wood, life.lot) == (70, 70)


def test_a_rejected_use_gives_the_very_serials_back(life: Life) -> None:
    market = life.market
    proposal, _ = market.propose(life.use(Pick(life.lot, 41, 51)))
    assert life.states() == {"ACTIVE": 90, "PENDING_CANCEL": 10}
    market.done(RejectProposal(market.second, proposal, "no"))
    assert life.states() == {"ACTIVE": 100}
    assert len(market.state.parcels.held[life.lot, life.wood]) == 1


def test_serials_in_an_order_cannot_be_used(life: Life) -> None:
    market = life.market
    market.done(market.order(life.wood, life.instrument, Side.SELL, 95, 3_000))
    assert life.refused(life.use(quantity=10)) is R.INSUFFICIENT_TONNES
    assert life.refused(life.use(Pick(life.lot, 1, 11))) is R.INSUFFICIENT_TONNES
    assert life.refused(life.use(quantity=5)) is None


def test_what_the_registry_refuses_to_cancel_is_free_again(life: Life) -> None:
    market = life.market
    number = market.agree(life.use(Pick(life.lot, 1, 11), Pick(life.lot, 21, 31), quantity=20), market.second)
    first, second = [one for one in market.state.requests.by_id.values() if one.status.is_open]
    market.done(market.answer(first))
    market.done(market.answer(second, RegistryOutcome.REFUSED))
    claim = market.state.claims.claims[number]  # type: ignore[index]
    assert (claim.status, claim.quantity) == (ClaimStatus.FULFILLED, 10)
    assert life.states() == {"ACTIVE": 90, "CANCELLED": 10}


MILL: dict[str, object] = {"facility": "icp-1", "year": 2025, "beneficiary_code": FIRM}


def test_a_surrender_stays_within_five_percent(life: Life) -> None:
    market = life.market
    terms = FacilityTerms("ICP-1", "Mill", "钢厂", FIRM, Sector.STEEL, League.BAOTOU, 2024, 0)
    market.agree(SetFacility(market.operator, terms), market.regulator)
    surrender = life.use(quantity=6, purpose=Purpose.NATIONAL_SURRENDER, **MILL, league=League.NONE)
    assert life.refused(surrender) is R.OBLIGATION_NOT_SET
    market.agree(SetObligation(market.operator, "ICP-1", 2025, Tonnes(119)), market.regulator)
    assert life.refused(surrender) is R.OFFSET_CAP
    surrender.quantity = Tonnes(5)
    market.agree(surrender, market.second)
    surrender.quantity = Tonnes(1)
    assert life.refused(surrender) is R.OFFSET_CAP


def test_a_use_in_another_league_adjusts_both_budgets(life: Life) -> None:
    market = life.market
    lot = market.lot(life.wood, 50, Family.REDUCTION_QUOTA)
    use = life.use(Pick(lot, 0, 0), quantity=20)
    before = len(market.told)
    market.agree(use, market.second)
    (adjusted,) = [event for event in market.told[before:] if isinstance(event, BudgetAdjusted)]
    assert (adjusted.source, adjusted.used_in, adjusted.quantity) == (League.BAOTOU, League.HOHHOT, 20)
    assert market.tonnes(life.wood, lot) == (30, 30)


def release(life: Life, lo: int, hi: int) -> ReleaseId:
    """An approved release of serials."""
    market = life.market
    action = ReleaseUnits(market.traders[life.wood], life.wood, (Pick(life.lot, lo, hi),), "N-1")
    return ReleaseId(market.agree(action, market.second))


def test_a_release_leaves_after_its_cool_down_and_comes_back_by_a_new_lock(life: Life) -> None:
    market = life.market
    release(life, 11, 21)
    assert life.states() == {"ACTIVE": 90, "PENDING_OUT": 10}
    market.cool_down()
    market.registry_confirms()
    assert life.states() == {"ACTIVE": 90, "OUT": 10}
    assert market.tonnes(life.wood, life.lot) == (90, 90)
    back = ReturnUnits(market.operator, life.lot, life.steel, 11, 21, "lock-back")
    market.agree(back, market.second, "lock-back")
    market.registry_confirms()
    assert market.tonnes(life.steel, life.lot) == (10, 10)


def test_what_comes_back_counts_in_its_own_league_again(life: Life) -> None:
    market = life.market
    terms = market.project_terms("P5")
    terms.league = League.HULUNBUIR
    market.agree(RegisterProject(market.operator, terms), market.second)
    lot = market.admit(market.issue(500, 600, project="P5"), life.wood, 500, 600)
    leave = ReleaseUnits(market.traders[life.wood], life.wood, (Pick(lot, 511, 521),), "N-1")
    market.agree(leave, market.second)
    market.cool_down()
    market.registry_confirms()
    sums = [(key[0], key[1], one.quantity) for key, one in market.state.budgets.adjustments.items()]
    assert sums == [(League.HULUNBUIR, League.NONE, 10)]
    market.agree(ReturnUnits(market.operator, lot, life.wood, 511, 521, "lock-back"), market.second, "lock-back")
    market.registry_confirms()
    assert [one.quantity for one in market.state.budgets.adjustments.values()] == [0]


def test_a_release_can_be_called_off_until_two_hours_before(life: Life) -> None:
    market = life.market
    first, second = release(life, 11, 21), release(life, 31, 41)
    call_off = CallOffRelease(market.traders[life.wood], life.wood, first)
    market.done(EndOfDay(market.operator, Day(20260923)))
    market.finish_jobs()
    market.wait(23 * 3_600)
    market.done(call_off)
    market.wait(3_600)
    call_off.release = second
    assert market.give(call_off).reason is R.RELEASE_NOT_CALLABLE
    assert life.states() == {"ACTIVE": 90, "PENDING_OUT": 10}


def encumber(life: Life, lo: int = 0, hi: int = 0) -> EncumbranceId:
    """A freeze of serials of the lot by one person."""
    command = Encumber(life.market.regulator, EncumbranceKind.FREEZE, NO_PROJECT, 0, life.lot, lo, hi, "order 7")
    return EncumbranceId(life.market.done(command).created)


def test_a_freeze_cancels_uncovered_sells_newest_first_and_two_lift_it(life: Life) -> None:
    market = life.market
    market.done(market.order(life.wood, life.instrument, Side.SELL, 60, 3_000))
    market.done(market.order(life.wood, life.instrument, Side.SELL, 30, 3_000))
    number = encumber(life, 1, 31)
    assert [order.leaves for order in market.state.orders.by_id.values()] == [60]
    assert market.tonnes(life.wood, life.lot) == (100, 10)
    assert life.refused(life.use(Pick(life.lot, 21, 31))) is R.UNITS_NOT_THERE
    market.agree(LiftEncumbrance(market.operator, number), market.regulator)
    assert market.tonnes(life.wood, life.lot) == (100, 40)


def test_two_encumbrances_hold_until_both_are_lifted(life: Life) -> None:
    market = life.market
    first, second = encumber(life, 1, 51), encumber(life, 31, 71)
    assert market.tonnes(life.wood, life.lot)[1] == 30
    market.agree(LiftEncumbrance(market.operator, first), market.regulator)
    assert market.tonnes(life.wood, life.lot)[1] == 60
    market.agree(LiftEncumbrance(market.operator, second), market.regulator)
    assert market.tonnes(life.wood, life.lot)[1] == 100
    assert len(market.state.parcels.held[life.lot, life.wood]) == 1


def test_a_suspended_project_holds_later_lots_too(life: Life) -> None:
    market = life.market
    project = market.project("P1")
    command = Encumber(market.operator, EncumbranceKind.SUSPENSION, project, 2023, NO_LOT, 0, 0, "case 1")
    number = EncumbranceId(market.done(command).created)
    later, other = market.lot(life.wood, 40), market.lot(life.wood, 40, vintage=2024)
    assert market.tonnes(life.wood, later) == (40, 0)
    assert market.tonnes(life.wood, other) == (40, 40)
    market.agree(LiftEncumbrance(market.operator, number), market.regulator)
    assert market.tonnes(life.wood, later) == (40, 40)


def test_a_reversal_is_replaced_and_the_shortfall_stays(life: Life) -> None:
    market = life.market
    market.agree(life.use(quantity=30), market.second)
    market.registry_confirms()
    report = ReportReversal(market.operator, market.project("P1"), 2023, life.wood, Tonnes(100), "fire")
    number = ReversalId(market.agree(report, market.second))
    market.agree(ForceCancellation(market.operator, number), market.regulator)
    market.registry_confirms()
    reversal = market.state.encumbrances.reversals[number]
    assert (reversal.replaced, reversal.shortfall) == (70, 30)
    assert life.states() == {"CANCELLED": 100}


def row(line: int, lo: int, hi: int, owner: ParticipantId, **given: object) -> ImportRow:
    """A row of a file for project P1 in 2022."""
    made = ImportRow(
        line, "P1", 20220101, 20221231, 1_000, 20230601, "CCER", "CCER-{lo:6}-{hi:6}", lo, hi, owner, f"L-{line}"
    )
    for name, value in given.items():
        setattr(made, name, value)
    return made


def test_an_import_comes_in_whole(life: Life) -> None:
    market = life.market
    rows = (row(2, 501, 601, life.wood), row(3, 601, 611, life.steel))
    staged = ImportId(market.done(StageUnits(market.operator, ImportId(0), rows)).created)
    market.agree(CommitImport(market.operator, staged, rows_hash(list(rows))), market.second)
    market.registry_confirms()
    assert sum(market.tonnes(life.wood, lot)[0] for lot in market.state.credits.lots) == 200


CONTRADICTIONS = [
    (R.SERIALS_OVERLAP, {"serial_lo": 590, "serial_hi": 600}),
    (R.SPACE_SPELT_OTHERWISE, {"space": "New-1"}),
    (R.LOCK_REFERENCE_USED, {"lock_reference": "L -2"}),
    (R.LOCK_REFERENCE_USED, {"lock_reference": "(l_02)"}),
    (R.VERIFIED_EXCEEDED, {"serial_hi": 1_502}),
    (R.VERIFIED_DIFFERS, {"verified": 999}),
    (R.GROUND_TAKEN, {"monitoring_start": 20220601}),
]


@pytest.mark.parametrize(("reason", "given"), CONTRADICTIONS)
@pytest.mark.parametrize("portions", [1, 2])
def test_a_row_that_contradicts_an_earlier_one_is_left_out(
    life: Life, portions: int, reason: R, given: dict[str, object]
) -> None:
    """Be the earlier one in the same portion or in one before."""
    space = "NEW1" if "space" in given else "CCER"
    first, second = row(2, 501, 601, life.wood, space=space), row(3, 601, 611, life.steel, **{"space": space} | given)
    market, staged, events = life.market, ImportId(0), []
    for rows in ((first, second),) if portions == 1 else ((first,), (second,)):
        outcome = market.done(StageUnits(market.operator, staged, rows))
        staged = ImportId(outcome.created)
        events += [event for event in outcome.events if isinstance(event, UnitsStaged)]
    (left_out,) = [each for event in events for each in event.refused]
    assert (left_out.line, R(left_out.reason)) == (3, reason)
    # It is told which row it contradicts; by how much is too much is no matter between two rows.
    facts = dict(zip(left_out.fact_names, left_out.fact_values, strict=True))
    alone = reason in (R.VERIFIED_EXCEEDED, R.SERIALS_OF_ANOTHER_SPACE)
    assert facts.get("other_line") == (None if alone else 2)
    assert market.state.imports.by_id[staged].rows == [first]
    market.agree(CommitImport(market.operator, staged, rows_hash([first])), market.second)


def test_a_row_that_was_left_out_takes_nothing_from_those_after_it(life: Life) -> None:
    market = life.market
    bad = row(3, 600, 701, life.wood)
    after = row(4, 601, 701, life.wood, lock_reference="L-3")
    event = market.done(StageUnits(market.operator, ImportId(0), (row(2, 501, 601, life.wood), bad, after))).events[0]
    assert isinstance(event, UnitsStaged)
    assert [each.line for each in event.refused] == [3]
    assert [each.line for each in event.rows] == [2, 4]


def test_nothing_is_not_brought_in(life: Life) -> None:
    market = life.market
    staged = ImportId(market.done(StageUnits(market.operator, ImportId(0), (row(2, 501, 601, life.wood),))).created)
    assert life.refused(CommitImport(market.operator, staged, hashlib.sha256().digest())) is R.HASH_MISMATCH


def test_a_bad_row_is_left_out_with_its_reason_and_the_good_ones_stay(life: Life) -> None:
    market = life.market
    bad = row(3, 601, 611, life.wood, project="P9")
    rows = (row(2, 501, 601, life.wood), bad, row(4, 611, 621, life.wood))
    event = market.done(StageUnits(market.operator, ImportId(0), rows)).events[0]
    assert isinstance(event, UnitsStaged)
    assert event.rows == (rows[0], rows[2])
    assert [(each.line, R(each.reason)) for each in event.refused] == [(3, R.PROJECT_NOT_FOUND)]
    assert market.state.imports.by_id[event.staged].rows == [rows[0], rows[2]]


def test_the_image_has_all_of_it(life: Life) -> None:
    market = life.market
    market.agree(life.use(Pick(life.lot, 21, 31)), market.second)
    release(life, 41, 51)
    encumber(life, 45, 60)
    market.bring_in(market.issue(500, 600), life.wood, 500, 600)
    report = ReportReversal(market.operator, market.project("P1"), 2023, life.wood, Tonnes(5), "fire")
    market.agree(report, market.second)
    rows = (row(2, 1_501, 1_601, life.wood),)
    market.done(StageUnits(market.operator, ImportId(0), rows))
    image = encode_state(market.state)
    assert encode_state(decode_state(image)) == image
