"""Quota that stands on cancelled CCER, when the registry takes its word back or the claim is revoked."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from exchange.core.commands.approvals import Action, Approve, Propose
from exchange.core.commands.credits import AdmitLot
from exchange.core.commands.encumbrances import (
    Encumber,
    EncumbranceKind,
    ForceCancellation,
    LiftEncumbrance,
    ReportReversal,
)
from exchange.core.commands.instruments import Family, League, SourceCategory
from exchange.core.commands.projects import RecordIssuance
from exchange.core.commands.registry import RegistryOutcome
from exchange.core.commands.uses import Pick, Purpose, RevokeClaim
from exchange.core.credits.claims import ClaimStatus
from exchange.core.credits.encumbrance import RECONCILIATION
from exchange.core.credits.registry_lock import Request
from exchange.core.events.encumbrances import EncumbranceSet, UnitsEncumbered
from exchange.core.events.orders import OrderCancelled
from exchange.core.handlers import encumbering
from exchange.core.invariants import InvariantBrokenError, check_all
from exchange.core.rejections import RejectReason as R
from exchange.core.values import (
    NOBODY,
    ClaimId,
    EncumbranceId,
    InstrumentId,
    IssuanceId,
    LotId,
    PersonId,
    ProjectId,
    ReversalId,
    Side,
    Tonnes,
)
from tests.core.units_world import HOME, UNITS_WORLD
from tests.support.market import Market

U = UNITS_WORLD


@dataclass(slots=True)
class SinkMarket:
    """The world once more, in which quota was issued against a conversion, and ten tonnes of it came in."""

    market: Market
    issuance: IssuanceId
    lot: LotId

    @property
    def request(self) -> Request:
        """That by which the CCER were cancelled."""
        requests = self.market.state.requests
        return requests.by_id[requests.of_subject[U.conversion][0]]

    @property
    def issuing(self) -> RecordIssuance:
        """Some more quota against the same cancellation."""
        return replace(U.issuance(U.sink, 7_016, 7_018), converted=U.conversion)

    @property
    def revoking(self) -> RevokeClaim:
        """The conversion is to count no more."""
        return RevokeClaim(self.market.operator, U.conversion, "never cancelled")

    def admitting(self, lo: int, hi: int) -> AdmitLot:
        """Some of what was issued comes in."""
        return AdmitLot(self.market.operator, self.issuance, U.wood, lo, hi, f"sink-{lo}")

    def contradict(self) -> EncumbranceId:
        """The registry says now that it never cancelled those CCER."""
        return EncumbranceId(self.market.done(self.market.answer(self.request, RegistryOutcome.REFUSED)).created)

    def found(self) -> Encumber:
        """The program has found that the registry's list has some of those CCER as alive."""
        (part,) = self.market.state.claims.claims[U.conversion].units
        scope = (ProjectId(0), 0, part.lot, part.ranges[0].lo, part.ranges[0].lo + 1)
        return Encumber(PersonId(NOBODY), EncumbranceKind.SUSPENSION, *scope, f"{RECONCILIATION}OTHER_STATE")

    def trade(self, tonnes: int) -> None:
        """So many tonnes of the quota are sold; the seller offers all that he has left."""
        market = self.market
        listing = market.listing(family=Family.REDUCTION_QUOTA, symbol="SINK-2023")
        listed = replace(listing, source_category=SourceCategory.ECOSYSTEM_SINK, league=HOME)
        instrument = InstrumentId(market.done(listed).created)
        market.done(market.order(U.wood, instrument, Side.SELL, 10, 3_000))
        market.done(market.order(U.steel, instrument, Side.BUY, tonnes, 3_000))

    def lifting(self, number: EncumbranceId) -> LiftEncumbrance:
        """What holds the quota is to be lifted."""
        return LiftEncumbrance(self.market.operator, number)

    def reason(self, action: Action) -> R | None:
        """Why an action cannot even be proposed."""
        return self.market.give(Propose(self.market.operator, action)).reason

    def held(self) -> list[int]:
        """How many encumbrances hold each parcel of the quota that is on somebody's account."""
        lot = self.market.state.credits.lots[self.lot]
        return [parcel.encumbered for parcel, _ in self.market.state.parcels.live(self.lot, lot.serials)]


@pytest.fixture
def sink() -> SinkMarket:
    market = U.copy()
    action = replace(U.issuance(U.sink, 7_001, 7_016), converted=U.conversion)
    made = SinkMarket(market, IssuanceId(market.agree(action, market.regulator)), LotId(0))
    made.lot = LotId(market.agree(made.admitting(7_001, 7_011), market.second, "sink-7001"))
    return made


def test_a_contradiction_holds_the_quota_in_the_same_entry_wherever_it_is(sink: SinkMarket) -> None:
    market = sink.market
    sink.trade(4)
    events = market.done(market.answer(sink.request, RegistryOutcome.REFUSED)).events
    assert [event.lot for event in events if isinstance(event, UnitsEncumbered)] == [sink.lot]
    assert [event.order for event in events if isinstance(event, OrderCancelled)]
    assert (market.tonnes(U.wood, sink.lot), market.tonnes(U.steel, sink.lot)) == ((6, 0), (4, 0))
    assert sink.held() == [1, 1]


def test_it_goes_on_in_chunks_where_there_is_much(sink: SinkMarket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encumbering, "CHUNK", 1)
    sink.trade(4)
    sink.contradict()
    assert sink.market.state.encumbrances.working
    assert sink.reason(sink.revoking) is R.INSTRUMENT_HALTED
    sink.market.finish_jobs()
    assert sink.held() == [1, 1]


def test_the_quota_comes_in_for_the_firm_whose_ccer_were_cancelled(sink: SinkMarket) -> None:
    """And whether anything may come in at all is said first."""
    theirs, buyers = (replace(sink.admitting(7_011, 7_016), owner=firm) for firm in (U.steel, U.mine))
    assert sink.reason(theirs) is R.OWNER_NOT_OF_CONVERSION
    assert sink.reason(replace(theirs, actor=U.other)) is R.NOT_AUTHORISED
    assert sink.market.give(Propose(U.other, replace(theirs, actor=U.other))).reason is R.OWNER_NOT_OF_CONVERSION
    assert sink.reason(buyers) is R.ROLE_CANNOT_SELL
    sink.contradict()
    assert sink.reason(theirs) is R.CONVERSION_INVALID


def test_a_firm_that_could_not_bring_the_quota_in_converts_nothing(sink: SinkMarket) -> None:
    """It is told so whatever else is wrong with what it names; for other uses its units are as good as any."""
    market = sink.market
    market.done(market.order(U.mine, U.instrument, Side.BUY, 5, 3_000))
    (bought,) = market.state.parcels.sellable(U.ccer, U.mine, market.state.credits.lots[U.ccer].serials)
    use = replace(U.use(Pick(U.ccer, bought.lo, bought.hi)), actor=market.traders[U.mine], participant=U.mine)
    converting = replace(use, purpose=Purpose.CONVERSION, details=replace(use.details, league=League.NONE))
    assert market.give(Propose(use.actor, converting)).reason is R.ROLE_CANNOT_SELL
    assert market.give(Propose(use.actor, replace(converting, details=use.details))).reason is R.ROLE_CANNOT_SELL
    market.done(Propose(use.actor, use))


def test_nothing_more_is_issued_or_comes_in_until_the_regulator_finds_it_good(sink: SinkMarket) -> None:
    market = sink.market
    number = sink.contradict()
    assert sink.reason(sink.issuing) is R.CONVERSION_INVALID
    assert sink.reason(sink.admitting(7_011, 7_016)) is R.CONVERSION_INVALID
    proposal, action_hash = market.propose(sink.lifting(number))
    assert market.give(Approve(market.second, proposal, action_hash, "")).reason is R.APPROVER_NOT_ENTITLED
    market.done(Approve(market.regulator, proposal, action_hash, ""))
    assert sink.held() == [0]
    market.agree(sink.issuing, market.regulator)
    market.agree(sink.admitting(7_011, 7_016), market.second, "sink-7011")


def test_a_contradiction_about_other_serials_is_no_matter(sink: SinkMarket) -> None:
    market = sink.market
    (other,) = market.state.requests.of_subject[U.fulfilled]
    market.done(market.answer(market.state.requests.by_id[other], RegistryOutcome.REFUSED))
    assert sink.held() == [0]
    assert sink.reason(sink.issuing) is None


@pytest.mark.parametrize("by_hand", [True, False])
def test_ccer_that_are_alive_again_in_the_registrys_list_hold_the_quota(sink: SinkMarket, by_hand: bool) -> None:
    """Whether the program has found it by the clock, or a person runs the reconciliation and sends it in."""
    market = sink.market
    sink.trade(4)
    found = replace(sink.found(), actor=market.operator) if by_hand else sink.found()
    number = EncumbranceId(market.done(found).created)
    assert sink.held() == [1, 1]
    assert sink.reason(sink.issuing) is R.CONVERSION_INVALID
    market.agree(sink.lifting(number), market.regulator)
    assert sink.held() == [0, 0]
    assert sink.reason(sink.issuing) is None


def test_a_revocation_after_a_reconciliation_needs_no_suspension_more_and_is_for_good(sink: SinkMarket) -> None:
    market = sink.market
    number = EncumbranceId(market.done(replace(sink.found(), actor=market.operator)).created)
    told = len(market.told)
    market.agree(sink.revoking, market.regulator)
    assert not [event for event in market.told[told:] if isinstance(event, EncumbranceSet)]
    assert sink.reason(sink.lifting(number)) is R.CONVERSION_INVALID
    assert sink.held() == [1]


def other_holds(market: Market, found: Encumber) -> list[Encumber]:
    """What persons hold of the same CCER that is no doubt: for another reason, of another kind, or of a project."""
    of_lot = market.state.credits
    project = of_lot.issuances[of_lot.lots[U.ccer].issuance].project
    by_hand = replace(found, actor=market.operator)
    return [
        replace(by_hand, reference="a doubt"),
        replace(by_hand, kind=EncumbranceKind.FREEZE),
        replace(by_hand, project=project, lot=LotId(0), serial_lo=0, serial_hi=0),
    ]


def test_what_else_persons_hold_of_the_ccer_does_not_reach_the_quota(sink: SinkMarket) -> None:
    for hold in other_holds(sink.market, sink.found()):
        sink.market.done(hold)
    assert sink.held() == [0]
    assert sink.reason(sink.issuing) is None


def test_a_revocation_after_a_contradiction_leaves_the_quota_held_for_good(sink: SinkMarket) -> None:
    market = sink.market
    number = sink.contradict()
    lifting = market.propose(sink.lifting(number))
    told = len(market.told)
    market.agree(sink.revoking, market.regulator)
    assert not [event for event in market.told[told:] if isinstance(event, EncumbranceSet)]
    assert market.give(Approve(market.regulator, *lifting, "")).reason is R.CONVERSION_INVALID
    assert sink.reason(sink.lifting(number)) is R.CONVERSION_INVALID
    assert (sink.held(), market.tonnes(U.wood, sink.lot)) == ([1], (10, 0))


def test_a_revocation_by_itself_holds_the_quota_too(sink: SinkMarket) -> None:
    market = sink.market
    sink.trade(4)
    market.agree(sink.revoking, market.regulator)
    assert market.state.claims.claims[ClaimId(U.conversion)].status is ClaimStatus.REVOKED
    (number,) = [one for one, made in market.state.encumbrances.standing.items() if made.by == NOBODY]
    assert sink.held() == [1, 1]
    assert sink.reason(sink.lifting(number)) is R.CONVERSION_INVALID
    assert sink.reason(sink.issuing) is R.CONVERSION_INVALID
    assert sink.reason(sink.admitting(7_011, 7_016)) is R.CONVERSION_INVALID


def test_whether_something_is_going_on_is_asked_before_what_the_claim_is(
    sink: SinkMarket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a claim that was revoked already, too: the order of refusals is the same whatever its state."""
    market = sink.market
    market.agree(sink.revoking, market.regulator)
    assert sink.reason(sink.revoking) is R.CLAIM_CLOSED
    monkeypatch.setattr(encumbering, "CHUNK", 1)
    market.done(Encumber(market.regulator, EncumbranceKind.FREEZE, ProjectId(0), 0, U.ccer, 0, 0, "order 7"))
    assert market.state.encumbrances.working
    assert sink.reason(sink.revoking) is R.INSTRUMENT_HALTED


def test_quota_in_doubt_that_nothing_holds_is_noticed(sink: SinkMarket) -> None:
    market = sink.market
    market.finish_jobs()
    check_all(market.state)
    market.state.claims.claims[U.conversion].status = ClaimStatus.REVOKED
    with pytest.raises(InvariantBrokenError, match="INV-11"):
        check_all(market.state)


def test_a_freeze_of_such_quota_or_its_ccer_by_persons_is_lifted_as_any_other(sink: SinkMarket) -> None:
    market = sink.market
    freeze = Encumber(market.operator, EncumbranceKind.FREEZE, U.sink, 0, LotId(0), 0, 0, "order 12")
    number = EncumbranceId(market.done(freeze).created)
    of_ccer = replace(freeze, project=ProjectId(0), lot=U.ccer, serial_lo=1, serial_hi=180)
    other = EncumbranceId(market.done(of_ccer).created)
    market.agree(sink.revoking, market.regulator)
    assert sink.held() == [2]
    market.agree(sink.lifting(number), market.second)
    market.agree(sink.lifting(other), market.second)
    assert sink.held() == [1]


def test_what_was_used_of_it_is_replaced_by_who_brought_it_in_and_what_is_missing_is_recorded(
    sink: SinkMarket,
) -> None:
    """Units that nothing stands behind replace nothing: the order takes other quota of the firm's."""
    market = sink.market
    market.agree(U.use(Pick(sink.lot, 7_001, 7_007)), market.second)
    market.agree(sink.revoking, market.regulator)
    loss = ReportReversal(market.operator, U.sink, 2023, U.wood, Tonnes(6), "the registry never cancelled the CCER")
    number = ReversalId(market.agree(loss, market.second))
    there = sum(market.state.balances.available(U.wood, lot) for lot in (U.local, sink.lot))
    market.agree(ForceCancellation(market.operator, number), market.regulator)
    reversal = market.state.encumbrances.reversals[number]
    assert reversal.replaced == min(6, there)
    assert sink.held() == [1]
