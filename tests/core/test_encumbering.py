"""Holding fast in chunks: nothing moves meanwhile, no entry takes long, and nothing slips through."""

from __future__ import annotations

import pytest

from exchange.core.commands import Command
from exchange.core.commands.agreements import AgreementKind, ProposeAgreement
from exchange.core.commands.approvals import Approve, Propose
from exchange.core.commands.credits import ReturnUnits
from exchange.core.commands.encumbrances import (
    ContinueEncumbering,
    Encumber,
    EncumbranceKind,
    ForceCancellation,
    LiftEncumbrance,
    ReportReversal,
)
from exchange.core.commands.instruments import Family, HaltTrading
from exchange.core.commands.orders import SetCancelAfter, TimeInForce
from exchange.core.commands.registry import RegistryOutcome
from exchange.core.commands.uses import Pick, Purpose
from exchange.core.events.encumbrances import EncumbranceLifted, UnitsEncumbered
from exchange.core.events.orders import CancelReason, OrderCancelled
from exchange.core.handlers import encumbering, reversals
from exchange.core.image import decode_state, encode_state
from exchange.core.machine import due
from exchange.core.rejections import RejectReason as R
from exchange.core.serials import SerialRange
from exchange.core.values import (
    NOBODY,
    EncumbranceId,
    Fen,
    InstrumentId,
    LotId,
    ParticipantId,
    PersonId,
    ProjectId,
    ReversalId,
    Side,
    Tonnes,
)
from tests.core.units_world import UNITS_WORLD
from tests.support.market import Market

CHUNK = 3


@pytest.fixture
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encumbering, "CHUNK", CHUNK)


class Scattered:
    """A lot of 40 tonnes whose first twenty lie in single tonnes with two firms in turn."""

    def __init__(self) -> None:
        self.market = market = Market()
        self.seller = market.firm("seller", cash=10**9)
        self.firms = [market.firm(code, cash=10**9) for code in ("one", "two")]
        self.lot = market.lot(self.seller, 40)
        self.instrument = market.instrument()
        for number in range(20):
            self.sell(self.seller, self.firms[number % 2], 1)

    def sell(self, seller: ParticipantId, buyer: ParticipantId, tonnes: int) -> R | None:
        """Rest an offer and take it."""
        market = self.market
        refused = market.give(market.order(seller, self.instrument, Side.SELL, tonnes, 3_000)).reason
        return (
            refused
            or market.give(market.order(buyer, self.instrument, Side.BUY, tonnes, 3_000, TimeInForce.IOC)).reason
        )

    def freeze(self, lo: int = 0, hi: int = 0) -> EncumbranceId:
        """Begin to freeze serials of the lot."""
        scope = (ProjectId(0), 0, self.lot, lo, hi)
        command = Encumber(self.market.regulator, EncumbranceKind.FREEZE, *scope, "order")
        return EncumbranceId(self.market.done(command).created)

    def held(self) -> int:
        """How many tonnes of the lot are held fast."""
        pieces = self.market.state.parcels.pieces(self.lot, self.market.state.credits.lots[self.lot].serials)
        return sum(part.tonnes for parcel, part in pieces if parcel.encumbered)


@pytest.fixture
def world() -> Scattered:
    """A scattered lot."""
    return Scattered()


def go_on(market: Market) -> None:
    """One more entry of the program itself."""
    command = due(market.state, market.now())
    assert isinstance(command, ContinueEncumbering)
    market.done(command)


@pytest.mark.usefixtures("_small_chunks")
def test_an_entry_holds_a_bounded_number_of_parcels_and_the_rest_follows(world: Scattered) -> None:
    number = world.freeze()
    held = [world.held()]
    while world.market.state.encumbrances.working:
        go_on(world.market)
        held.append(world.held())
    assert held == [3, 6, 9, 12, 15, 18, 40, 40]
    units = world.market.state.encumbrances.by_id[number].units
    assert [(one.lo, one.hi) for one in units.lots[world.lot]] == [(1, 41)]


@pytest.mark.usefixtures("_small_chunks")
def test_while_units_are_being_held_fast_nothing_moves_anywhere(world: Scattered) -> None:
    market, (one, other) = world.market, world.firms
    elsewhere = market.lot(other, 10, Family.OTHER_SINK)
    offered = ProposeAgreement(
        market.traders[other], other, one, Side.SELL, AgreementKind.SPOT, Family.OTHER_SINK, "", Tonnes(5), Fen(5), ()
    )
    resting = market.next_order_id()
    market.done(market.order(one, world.instrument, Side.SELL, 1, 3_100))
    world.freeze(1, 20)
    assert world.sell(one, other, 1) is R.INSTRUMENT_HALTED
    assert market.amend(one, resting, price=3_050).reason is R.INSTRUMENT_HALTED
    assert market.give(offered).reason is R.INSTRUMENT_HALTED
    use = UNITS_WORLD.use(Pick(elsewhere, 0, 0))
    use.actor, use.participant, use.quantity = market.traders[other], other, Tonnes(1)
    assert market.give(Propose(use.actor, use)).reason is R.INSTRUMENT_HALTED
    market.finish_jobs()
    assert market.give(offered).reason is None
    assert market.give(Propose(use.actor, use)).reason is None
    assert world.sell(one, other, 1) is R.INSUFFICIENT_TONNES


@pytest.mark.usefixtures("_small_chunks")
def test_lifting_is_done_in_chunks_too_and_told_at_its_end(world: Scattered) -> None:
    number = world.freeze()
    world.market.finish_jobs()
    market = world.market
    assert market.give(Propose(market.operator, LiftEncumbrance(market.operator, number))).reason is None
    market.agree(LiftEncumbrance(market.operator, number), market.regulator)
    told = len(market.told)
    while market.state.encumbrances.working:
        assert not any(isinstance(event, EncumbranceLifted) for event in market.told[told:])
        go_on(market)
    assert isinstance(market.told[-1], EncumbranceLifted)
    assert world.held() == 0
    assert world.sell(world.firms[0], world.firms[1], 1) is None


@pytest.mark.parametrize("by_hand", [True, False])
def test_what_the_registrys_list_contradicts_no_two_operators_lift(world: Scattered, by_hand: bool) -> None:
    """Whether the program holds it by itself, or an operator does with what the reconciliation has found."""
    market = world.market
    scope = (ProjectId(0), 0, world.lot, 5, 10)
    reference = "registry reconciliation: MISSING_THERE"
    by = market.operator if by_hand else PersonId(NOBODY)
    made = market.give(Encumber(by, EncumbranceKind.SUSPENSION, *scope, reference))
    lift = LiftEncumbrance(market.operator, EncumbranceId(made.created))
    number, action_hash = market.propose(lift)
    assert market.give(Approve(market.second, number, action_hash, "")).reason is R.APPROVER_NOT_ENTITLED
    market.done(Approve(market.regulator, number, action_hash, ""))
    assert world.held() == 0


@pytest.mark.usefixtures("_small_chunks")
def test_a_restart_in_the_middle_goes_on_where_it_was(world: Scattered) -> None:
    first, market = world.freeze(5, 30), world.market
    go_on(market)
    market.state = decode_state(encode_state(market.state))
    second = world.freeze(1, 10)
    market.finish_jobs()
    for number, ranges in ((first, [(5, 30)]), (second, [(1, 10)])):
        units = market.state.encumbrances.by_id[number].units
        assert [(one.lo, one.hi) for one in units.lots[world.lot]] == ranges
    for number in (first, second):
        market.agree(LiftEncumbrance(market.operator, number), market.regulator)
        market.state = decode_state(encode_state(market.state))
        market.finish_jobs()
    assert world.held() == 0
    assert market.tonnes(world.seller, world.lot) == (20, 20)


def test_an_encumbrance_that_is_being_set_cannot_be_lifted(world: Scattered, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encumbering, "CHUNK", CHUNK)
    number, market = world.freeze(), world.market
    lift = LiftEncumbrance(market.operator, number)
    assert market.give(Propose(lift.actor, lift)).reason is R.INSTRUMENT_HALTED


@pytest.mark.usefixtures("_small_chunks")
def test_an_entry_ends_a_bounded_number_of_sells(world: Scattered) -> None:
    market, seller = world.market, world.seller
    for _ in range(10):
        market.done(market.order(seller, world.instrument, Side.SELL, 2, 3_000))
    command: Command | None = Encumber(
        market.regulator, EncumbranceKind.FREEZE, ProjectId(0), 0, world.lot, 21, 41, "order"
    )
    ended = []
    while command is not None:
        events = market.done(command).events
        ended.append(sum(isinstance(event, OrderCancelled) for event in events))
        command = due(market.state, market.now())
    assert ended == [3, 3, 3, 1]
    assert market.tonnes(seller, world.lot) == (20, 0)


def test_uncovered_sells_end_newest_first_with_their_reason(world: Scattered) -> None:
    market, seller = world.market, world.seller
    orders = []
    for tonnes in (5, 6, 7):
        orders.append(market.next_order_id())
        market.done(market.order(seller, world.instrument, Side.SELL, tonnes, 3_000))
    told = len(market.told)
    world.freeze(21, 29)
    ended = [event for event in market.told[told:] if isinstance(event, OrderCancelled)]
    assert [(event.order, event.reason) for event in ended] == [(orders[2], CancelReason.ENCUMBERED)]
    world.freeze(29, 41)
    assert not market.state.orders.by_id


def test_agreements_give_way_when_no_order_is_left() -> None:
    market = Market()
    seller, buyer = market.firm("seller"), market.firm("buyer", cash=10**6)
    lot = market.lot(seller, 20, Family.OTHER_SINK)
    for tonnes in (5, 6):
        terms = (AgreementKind.SPOT, Family.OTHER_SINK, "", Tonnes(tonnes), Fen(100), ())
        market.done(ProposeAgreement(market.traders[seller], seller, buyer, Side.SELL, *terms))
    scope = (ProjectId(0), 0, lot, 0, 0)
    serials = market.state.credits.lots[lot].serials
    partly = Encumber(
        market.regulator, EncumbranceKind.JUDICIAL, ProjectId(0), 0, lot, serials.lo, serials.lo + 12, "case"
    )
    market.done(partly)
    assert [agreement.open for agreement in market.state.agreements.values()] == [True, False]
    market.done(Encumber(market.regulator, EncumbranceKind.JUDICIAL, *scope, "case"))
    assert not any(agreement.open for agreement in market.state.agreements.values())
    assert market.tonnes(seller, lot) == (20, 0)


def test_one_event_tells_what_an_entry_holds_of_a_lot(world: Scattered) -> None:
    told = len(world.market.told)
    world.freeze(3, 17)
    events = [event for event in world.market.told[told:] if isinstance(event, UnitsEncumbered)]
    assert [(event.lot, event.ranges) for event in events] == [(world.lot, (SerialRange(3, 17),))]


@pytest.mark.parametrize("reached", [71, 111])
def test_what_comes_back_before_or_behind_a_working_encumbrance_is_held_once(
    reached: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encumbering, "CHUNK", 1)
    market = UNITS_WORLD.copy()
    back = ReturnUnits(market.operator, UNITS_WORLD.ccer, UNITS_WORLD.steel, 91, 101, "back")
    market.agree(back, market.second, "back")
    request = max(market.state.requests.by_id.values(), key=lambda one: one.request)
    scope = (UNITS_WORLD.new, 0, LotId(0), 0, 0)
    number = EncumbranceId(market.done(Encumber(market.operator, EncumbranceKind.SUSPENSION, *scope, "case")).created)
    made = market.state.encumbrances.by_id[number]
    while made.at_lot == UNITS_WORLD.ccer and made.at_serial < reached:
        go_on(market)
    assert made.working and (made.at_serial < 91) == (reached < 91)
    market.done(market.answer(request))
    assert market.tonnes(UNITS_WORLD.steel, UNITS_WORLD.ccer) == (10, 0)
    market.finish_jobs()
    parcels = market.state.parcels.pieces(UNITS_WORLD.ccer, SerialRange(91, 101))
    assert [parcel.encumbered for parcel, _ in parcels] == [1]
    market.agree(LiftEncumbrance(market.operator, number), market.regulator)
    market.finish_jobs()
    assert market.tonnes(UNITS_WORLD.steel, UNITS_WORLD.ccer) == (10, 10)


def test_the_program_does_what_is_urgent_first(world: Scattered, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encumbering, "CHUNK", CHUNK)
    market, (one, _) = world.market, world.firms
    market.done(SetCancelAfter(market.traders[one], one, 5))
    market.bring_in(market.issue(1_000, 1_010), one, 1_000, 1_010)
    market.wait(4_000)
    world.freeze()
    kinds = []
    while (command := due(market.state, market.now())) is not None:
        kinds.append(type(command).__name__)
        market.done(command)
    assert list(dict.fromkeys(kinds)) == ["ContinueEncumbering", "CancelUnattended", "GiveUpWaiting"]


# -- reversals and forced cancellation --


def reversal(market: Market, firm: ParticipantId, tonnes: int, project: str = "P1") -> ReversalId:
    """Tonnes that a firm has to replace."""
    report = ReportReversal(market.operator, market.project(project), 2023, firm, Tonnes(tonnes), "fire")
    return ReversalId(market.agree(report, market.second))


def test_units_cannot_hide_in_orders_from_a_forced_cancellation(world: Scattered) -> None:
    market, seller = world.market, world.seller
    for tonnes in (12, 8):
        market.done(market.order(seller, world.instrument, Side.SELL, tonnes, 3_300))
    number = reversal(market, seller, 6)
    market.agree(ForceCancellation(market.operator, number), market.regulator)
    assert [order.leaves for order in market.state.orders.by_id.values()] == [12]
    assert market.tonnes(seller, world.lot) == (20, 2)
    market.registry_confirms()
    made = market.state.encumbrances.reversals[number]
    assert (made.replaced, made.pending, made.shortfall) == (6, 0, 0)
    claim = list(market.state.claims.claims.values())[-1]
    assert (claim.purpose, claim.units[0].ranges) == (Purpose.FORCED, (SerialRange(21, 27),))


def test_a_forced_cancellation_ends_a_bounded_number_of_sells_and_goes_on_with_the_next_order(
    world: Scattered, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reversals, "MOST_ENDED", 3)
    market, seller = world.market, world.seller
    for _ in range(10):
        market.done(market.order(seller, world.instrument, Side.SELL, 2, 3_300))
    number = reversal(market, seller, 15)
    shortfalls = []
    for _ in range(3):
        market.agree(ForceCancellation(market.operator, number), market.regulator)
        market.registry_confirms()
        shortfalls.append(market.state.encumbrances.reversals[number].shortfall)
    assert shortfalls == [9, 3, 0]
    assert market.tonnes(seller, world.lot) == (5, 1)


def test_what_the_registry_does_not_cancel_is_owed_again(world: Scattered) -> None:
    market = world.market
    number = reversal(market, world.seller, 30)
    force = ForceCancellation(market.operator, number)
    market.agree(force, market.regulator)
    made = market.state.encumbrances.reversals[number]
    assert (made.pending, made.owed, made.shortfall) == (20, 10, 30)
    (request,) = [one for one in market.state.requests.by_id.values() if one.status.is_open]
    market.done(market.answer(request, RegistryOutcome.REFUSED))
    assert (made.pending, made.owed, made.shortfall) == (0, 30, 30)
    market.agree(force, market.regulator)
    market.registry_confirms()
    assert (made.replaced, made.shortfall) == (20, 10)
    assert market.give(Propose(force.actor, force)).reason is R.NOTHING_TO_REPLACE


def test_a_halted_market_does_not_keep_units_from_being_held_fast(world: Scattered) -> None:
    world.market.done(HaltTrading(world.market.operator, InstrumentId(0), "rumours"))
    world.freeze()
    assert world.held() == 40
